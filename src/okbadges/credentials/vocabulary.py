"""The JSON-LD terms of every context that okbadges understands, stated as data in a notation of our own.

A context is a table, one line per term::

    name    IRI    [coercion]    [container]    [words]

Lines that are indented under a term are its scoped context (JSON-LD 1.1, 4.1.8 and 4.1.9). The columns:

* IRI: ``sec:proof`` by the abbreviations below, ``sec:`` alone when the suffix is the name of the term, ``<...>`` taken as it
  stands, ``=Other`` for a term that means the same as another. An IRI that ends in ``#`` makes the term a prefix.
* coercion: ``@id``, ``@vocab``, ``@json`` or the IRI of a datatype.
* container: ``set``, ``list`` or ``graph``.
* words: ``bare`` (its scoped context does not say ``id`` and ``type`` again), ``forget`` (its scoped context is ``null``: all
  terms are forgotten inside).

Other lines: ``+block`` takes in the lines of a shared block, ``-name`` (in a table that is like another one) takes a term out, a
name alone goes into the scope of a term that is there already.

Nothing here is ever fetched. ``context_document`` writes a table out as the JSON-LD document that it stands for; the tests hold
that against the published files.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from okbadges.credentials.strict_json import Json

CREDENTIALS_V2: Final = "https://www.w3.org/ns/credentials/v2"
CREDENTIALS_V1: Final = "https://www.w3.org/2018/credentials/v1"
CREDENTIALS_EXAMPLES_V2: Final = "https://www.w3.org/ns/credentials/examples/v2"
OPEN_BADGES_3_0_3: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OPEN_BADGES_3_0_2: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json"
OPEN_BADGES_3_0_1: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"
OPEN_BADGES_3_0: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context.json"
OPEN_BADGES_EXTENSIONS: Final = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
DATA_INTEGRITY_V2: Final = "https://w3id.org/security/data-integrity/v2"
DATA_INTEGRITY_V1: Final = "https://w3id.org/security/data-integrity/v1"
MULTIKEY_V1: Final = "https://w3id.org/security/multikey/v1"
JWK_V1: Final = "https://w3id.org/security/jwk/v1"
STATUS_LIST_2021_V1: Final = "https://w3id.org/vc/status-list/2021/v1"
CITIZENSHIP_V4: Final = "https://w3id.org/citizenship/v4rc1"
CLR_2_0_1: Final = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
CLR_2_0: Final = "https://purl.imsglobal.org/spec/clr/v2p0/context.json"
ED25519_2020_V1: Final = "https://w3id.org/security/suites/ed25519-2020/v1"
DID_V1: Final = "https://www.w3.org/ns/did/v1"

_ABBREVIATIONS: Final = MappingProxyType(
    {
        "vc": "https://www.w3.org/2018/credentials#",
        "status": "https://www.w3.org/ns/credentials/status#",
        "list": "https://w3id.org/vc/status-list#",
        "sec": "https://w3id.org/security#",
        "schema": "https://schema.org/",
        # What the list of 2021 says, with http.
        "schemas": "http://schema.org/",
        "ob": "https://purl.imsglobal.org/spec/vc/ob/vocab.html#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        # Not the namespace of XML Schema, but what these contexts say, and so what everyone signs.
        "xsds": "https://www.w3.org/2001/XMLSchema#",
        "jwt": "https://www.iana.org/assignments/jwt#",
        "jose": "https://www.iana.org/assignments/jose#",
        "did": "https://www.w3.org/ns/did#",
        "dc": "http://purl.org/dc/terms/",
        "as": "https://www.w3.org/ns/activitystreams#",
        "clr": "https://purl.imsglobal.org/spec/vc/clr/vocab.html#",
        "citizen": "https://w3id.org/citizenship#",
    }
)

_BLOCKS: Final = MappingProxyType(
    {
        "relationships": """
assertionMethod          sec:                            @id    set
authentication           sec:authenticationMethod        @id    set
capabilityDelegation     sec:capabilityDelegationMethod  @id    set
capabilityInvocation     sec:capabilityInvocationMethod  @id    set
keyAgreement             sec:keyAgreementMethod          @id    set
""",
        "proof": """
challenge                sec:
created                  dc:                             xsd:dateTime
domain                   sec:
expires                  sec:expiration                  xsd:dateTime
nonce                    sec:
proofPurpose             sec:                            @vocab
    +relationships
proofValue               sec:                            sec:multibase
verificationMethod       sec:                            @id
""",
        "proof-of-2018": """
challenge                sec:
created                  dc:                             xsd:dateTime
domain                   sec:
expires                  sec:expiration                  xsd:dateTime
jws                      sec:
nonce                    sec:
proofPurpose             sec:                            @vocab
    sec                  <https://w3id.org/security#>
    assertionMethod      sec:                            @id    set
    authentication       sec:authenticationMethod        @id    set
proofValue               sec:
verificationMethod       sec:                            @id
""",
        "citizenship-document": """
filingLocation           citizen:                        @id
identifier               schema:
lprCategory              citizen:
lprNumber                citizen:
mrzHash                  citizen:                        sec:multibase
""",
        "prefixes-of-2018": """
sec                      <https://w3id.org/security#>
xsd                      <http://www.w3.org/2001/XMLSchema#>
""",
    }
)

_CREDENTIALS_V2: Final = """
description              schema:
digestMultibase          sec:                            sec:multibase
digestSRI                vc:                             vc:sriString
mediaType                schema:encodingFormat
name                     schema:
VerifiableCredential     vc:
    confidenceMethod     vc:                             @id
    credentialSchema     vc:                             @id
    credentialStatus     vc:                             @id
    credentialSubject    vc:                             @id
    description          schema:
    evidence             vc:                             @id
    issuer               vc:                             @id
    name                 schema:
    proof                sec:                            @id    graph
    refreshService       vc:                             @id
    relatedResource      vc:                             @id
    renderMethod         vc:                             @id
    termsOfUse           vc:                             @id
    validFrom            vc:                             xsd:dateTime
    validUntil           vc:                             xsd:dateTime
EnvelopedVerifiableCredential    vc:
VerifiablePresentation   vc:
    holder               vc:                             @id
    proof                sec:                            @id    graph
    termsOfUse           vc:                             @id
    verifiableCredential vc:                             @id    graph    forget
EnvelopedVerifiablePresentation  vc:
JsonSchemaCredential     vc:
JsonSchema               vc:
    jsonSchema           vc:                             @json
BitstringStatusListCredential    status:
BitstringStatusList      status:
    encodedList          status:                         sec:multibase
    statusPurpose        status:
    ttl                  status:
BitstringStatusListEntry status:
    statusListCredential status:                         @id
    statusListIndex      status:
    statusPurpose        status:
    statusMessage        status:
        message          status:
        status           status:
    statusReference      status:                         @id
    statusSize           status:                         xsds:integer
DataIntegrityProof       sec:
    +proof
    cryptosuite          sec:                            sec:cryptosuiteString
    previousProof        sec:                            @id
...                      jwt:
_sd                      jwt:                            @json
_sd_alg                  jwt:
aud                      jwt:                            @id
cnf                      jwt:                            bare
    kid                  jwt:                            @id
    jwk                  jwt:                            @json
exp                      jwt:                            xsds:nonNegativeInteger
iat                      jwt:                            xsds:nonNegativeInteger
iss                      jose:                           @id
jku                      jose:                           @id
kid                      jose:                           @id
nbf                      jwt:                            xsds:nonNegativeInteger
sub                      jose:                           @id
x5u                      jose:                           @id
"""

# The content of 2026-06-29: with `endorsementJwt` and `jti`, which the same address did not have before.
_OPEN_BADGES_3_0_3: Final = """
OpenBadgeCredential      ob:
Achievement              ob:
    achievementType      ob:
    alignment            ob:                             set
    creator              ob:
    creditsAvailable     ob:                             xsds:float
    criteria             ob:Criteria                     @id
    fieldOfStudy         ob:
    humanCode            ob:
    image                ob:                             @id
    otherIdentifier      ob:                             set
    related              ob:                             set
    resultDescription    ob:                             set
    specialization       ob:
    tag                  schema:keywords                 set
    version              ob:
    inLanguage           schema:
AchievementCredential    =OpenBadgeCredential
AchievementSubject       ob:
    achievement          ob:
    activityEndDate      ob:                             xsds:date
    activityStartDate    ob:                             xsds:date
    creditsEarned        ob:                             xsds:float
    identifier           ob:                             set
    image                ob:                             @id
    licenseNumber        ob:
    result               ob:                             set
    role                 ob:
    source               ob:                             @id
    term                 ob:
Address                  ob:
    addressCountry       schema:
    addressCountryCode   ob:CountryCode
    addressLocality      schema:
    addressRegion        schema:
    geo                  ob:GeoCoordinates
    postOfficeBoxNumber  schema:
    postalCode           schema:
    streetAddress        schema:
Alignment                schema:AlignmentObject
    targetCode           ob:
    targetDescription    schema:
    targetFramework      schema:
    targetName           schema:
    targetType           ob:
    targetUrl            schema:                         xsds:anyURI
Criteria                 ob:
EndorsementCredential    ob:
EndorsementSubject       ob:
    endorsementComment   ob:
Evidence                 ob:
    audience             schema:
    genre                schema:
GeoCoordinates           ob:
    latitude             schema:
    longitude            schema:
IdentifierEntry          ob:
    identifier           ob:
    identifierType       ob:
IdentityObject           ob:
    hashed               ob:                             xsds:boolean
    identityHash         ob:
    identityType         ob:
    salt                 ob:
Image                    ob:
    caption              schema:
Profile                  ob:
    additionalName       schema:
    address              ob:                             @id
    dateOfBirth          ob:                             xsds:date
    email                schema:
    familyName           schema:
    familyNamePrefix     ob:
    givenName            schema:
    honorificPrefix      schema:
    honorificSuffix      schema:
    image                ob:                             @id
    otherIdentifier      ob:                             set
    parentOrg            ob:                             @id
    patronymicName       ob:
    phone                ob:
    official             ob:
Related                  ob:
    version              ob:
    inLanguage           schema:
Result                   ob:
    achievedLevel        ob:                             xsds:anyURI
    resultDescription    ob:                             xsds:anyURI
    status               ob:
    value                schema:
ResultDescription        ob:
    allowedValue         ob:                             list
    requiredLevel        ob:                             xsds:anyURI
    requiredValue        ob:
    resultType           ob:
    rubricCriterionLevel ob:                             set
    valueMax             ob:
    valueMin             ob:
RubricCriterionLevel     ob:
    level                ob:
    points               ob:
alignment                ob:                             set
description              schema:
endorsement              ob:                             set
endorsementJwt           ob:                             set
image                    ob:                             @id
inLanguage               schema:
name                     schema:
narrative                ob:
url                      schema:                         xsds:anyURI
awardedDate              ob:                             <xsd:dateTime>
jti                      jwt:                            @id
"""

_OPEN_BADGES_3_0_2: Final = """
Achievement
    image                ob:Image                        @id
    -inLanguage
AchievementSubject
    achievement          ob:achievement-0
    image                ob:Image                        @id
Profile
    image                ob:Image                        @id
Related
    -inLanguage
-awardedDate
-endorsementJwt
image                    ob:Image                        @id
-inLanguage
-jti
"""

_OPEN_BADGES_3_0_1: Final = """
xsd                      <https://www.w3.org/2001/XMLSchema#>
OpenBadgeCredential      ob:
Achievement              ob:                             bare
    achievementType      ob:                             xsds:string
    alignment            ob:                             set
    creator              ob:
    creditsAvailable     ob:                             xsds:float
    criteria             ob:Criteria                     @id
    fieldOfStudy         ob:                             xsds:string
    humanCode            ob:                             xsds:string
    image                ob:Image                        @id
    otherIdentifier      ob:                             set
    related              ob:                             set
    resultDescription    ob:                             set
    specialization       ob:                             xsds:string
    tag                  schema:keywords                 xsds:string    set
    version              ob:                             xsds:string
AchievementCredential    =OpenBadgeCredential
AchievementSubject       ob:                             bare
    achievement          ob:achievement-0
    activityEndDate      ob:                             xsds:date
    activityStartDate    ob:                             xsds:date
    creditsEarned        ob:                             xsds:float
    identifier           ob:                             set
    image                ob:Image                        @id
    licenseNumber        ob:                             xsds:string
    result               ob:                             set
    role                 ob:                             xsds:string
    source               ob:                             @id
    term                 ob:                             xsds:string
Address                  ob:                             bare
    addressCountry       schema:                         xsds:string
    addressCountryCode   ob:CountryCode                  xsds:string
    addressLocality      schema:                         xsds:string
    addressRegion        schema:                         xsds:string
    geo                  ob:GeoCoordinates
    postOfficeBoxNumber  schema:                         xsds:string
    postalCode           schema:                         xsds:string
    streetAddress        schema:                         xsds:string
Alignment                schema:AlignmentObject          bare
    targetCode           ob:                             xsds:string
    targetDescription    schema:                         xsds:string
    targetFramework      schema:                         xsds:string
    targetName           schema:                         xsds:string
    targetType           ob:                             xsds:string
    targetUrl            schema:                         xsds:anyURI
Criteria                 ob:
EndorsementCredential    ob:
EndorsementSubject       ob:                             bare
    endorsementComment   ob:                             xsds:string
Evidence                 ob:                             bare
    audience             schema:                         xsds:string
    genre                schema:                         xsds:string
GeoCoordinates           ob:                             bare
    latitude             schema:                         xsds:string
    longitude            schema:                         xsds:string
IdentifierEntry          ob:                             bare
    identifier           ob:                             xsds:string
    identifierType       ob:                             xsds:string
IdentityObject           ob:                             bare
    hashed               ob:                             xsds:boolean
    identityHash         ob:                             xsds:string
    identityType         ob:                             xsds:string
    salt                 ob:                             xsds:string
Image                    ob:                             bare
    caption              schema:                         xsds:string
Profile                  ob:                             bare
    additionalName       schema:                         xsds:string
    address              ob:                             @id
    dateOfBirth          ob:                             xsds:date
    email                schema:                         xsds:string
    familyName           schema:                         xsds:string
    familyNamePrefix     ob:                             xsds:string
    givenName            schema:                         xsds:string
    honorificPrefix      schema:                         xsds:string
    honorificSuffix      schema:                         xsds:string
    image                ob:Image                        @id
    otherIdentifier      ob:                             set
    parentOrg            ob:                             @id
    patronymicName       ob:                             xsds:string
    phone                ob:                             xsds:string
    official             ob:                             xsds:string
Related                  ob:                             bare
    version              ob:                             xsds:string
Result                   ob:                             bare
    achievedLevel        ob:                             xsds:anyURI
    resultDescription    ob:                             xsds:anyURI
    status               ob:                             xsds:string
    value                schema:                         xsds:string
ResultDescription        ob:                             bare
    allowedValue         ob:                             xsds:string    set
    requiredLevel        ob:                             xsds:anyURI
    requiredValue        ob:                             xsds:string
    resultType           ob:                             xsds:string
    rubricCriterionLevel ob:                             set
    valueMax             ob:                             xsds:string
    valueMin             ob:                             xsds:string
RubricCriterionLevel     ob:                             bare
    level                ob:                             xsds:string
    points               ob:                             xsds:string
alignment                ob:                             set
description              schema:                         xsds:string
endorsement              ob:                             set
image                    ob:                             @id
name                     schema:                         xsds:string
narrative                ob:                             xsds:string
url                      schema:                         xsds:anyURI
awardedDate              ob:                             xsds:dateTime
"""

_OPEN_BADGES_3_0: Final = """
Achievement
    alignment            ob:                             ob:Alignment          set
    creator              ob:Profile
    -image
    otherIdentifier      ob:                             ob:IdentifierEntry    set
    related              ob:                             ob:Related            set
    resultDescription    ob:                             ob:ResultDescription  set
AchievementSubject
    achievement          ob:Achievement
    identifier           ob:                             ob:IdentityObject     set
    -image
    result               ob:                             ob:Result             set
    source               ob:                             ob:Profile
Alignment                schema:
Profile
    address              ob:Address
    -image
    otherIdentifier      ob:                             ob:IdentifierEntry    set
    parentOrg            ob:                             xsds:string
    phone                ob:PhoneNumber                  xsds:string
ResultDescription
    rubricCriterionLevel ob:                             ob:RubricCriterionLevel  set
alignment                ob:                             ob:Alignment          set
endorsement              ob:                             ob:EndorsementCredential  set
image                    ob:                             ob:Image
-awardedDate
"""

_OPEN_BADGES_EXTENSIONS: Final = """
1EdTechJsonSchemaValidator2019   <https://purl.imsglobal.org/spec/vccs/v1p0/context.json#1EdTechJsonSchemaValidator2019>
1EdTechRevocationList            <https://purl.imsglobal.org/spec/vcrl/v1p0/context.json#1EdTechRevocationList>
1EdTechCredentialRefresh         <https://purl.imsglobal.org/spec/vccr/v1p0/context.json#1EdTechCredentialRefresh>
"""

_CREDENTIALS_V1: Final = """
VerifiableCredential     vc:
    cred                 <https://www.w3.org/2018/credentials#>
    +prefixes-of-2018
    credentialSchema     vc:                             @id
        cred             <https://www.w3.org/2018/credentials#>
        JsonSchemaValidator2018     vc:
    credentialStatus     vc:                             @id
    credentialSubject    vc:                             @id
    evidence             vc:                             @id
    expirationDate       vc:                             xsd:dateTime
    holder               vc:                             @id
    issued               vc:                             xsd:dateTime
    issuer               vc:                             @id
    issuanceDate         vc:                             xsd:dateTime
    proof                sec:                            @id    graph
    refreshService       vc:                             @id
        cred             <https://www.w3.org/2018/credentials#>
        ManualRefreshService2018    vc:
    termsOfUse           vc:                             @id
    validFrom            vc:                             xsd:dateTime
    validUntil           vc:                             xsd:dateTime
VerifiablePresentation   vc:
    cred                 <https://www.w3.org/2018/credentials#>
    sec                  <https://w3id.org/security#>
    holder               vc:                             @id
    proof                sec:                            @id    graph
    verifiableCredential vc:                             @id    graph
EcdsaSecp256k1Signature2019      sec:
    +prefixes-of-2018
    +proof-of-2018
EcdsaSecp256r1Signature2019      sec:
    +prefixes-of-2018
    +proof-of-2018
Ed25519Signature2018     sec:
    +prefixes-of-2018
    +proof-of-2018
# The published RsaSignature2018 uses prefixes that it does not define: its IRIs stay as they are written there.
RsaSignature2018         sec:                            bare
    challenge            <sec:challenge>
    created              dc:                             <xsd:dateTime>
    domain               <sec:domain>
    expires              <sec:expiration>                <xsd:dateTime>
    jws                  <sec:jws>
    nonce                <sec:nonce>
    proofPurpose         <sec:proofPurpose>              @vocab
        sec              <https://w3id.org/security#>
        assertionMethod  sec:                            @id    set
        authentication   sec:authenticationMethod        @id    set
    proofValue           <sec:proofValue>
    verificationMethod   <sec:verificationMethod>        @id
proof                    sec:                            @id    graph
"""

_DATA_INTEGRITY_V1: Final = """
proof                    sec:                            @id    graph
DataIntegrityProof       sec:
    +proof
    cryptosuite          sec:
"""

_DATA_INTEGRITY_V2: Final = """
proof                    sec:                            @id    graph
DataIntegrityProof       sec:
    +proof
    cryptosuite          sec:                            sec:cryptosuiteString
    previousProof        sec:                            @id
"""

_ED25519_2020_V1: Final = """
proof                    sec:                            @id    graph
Ed25519VerificationKey2020       sec:
    controller           sec:                            @id
    revoked              sec:                            xsd:dateTime
    publicKeyMultibase   sec:                            sec:multibase
Ed25519Signature2020     sec:
    +proof
"""

_MULTIKEY_V1: Final = """
Multikey                 sec:
    controller           sec:                            @id
    revoked              sec:                            xsd:dateTime
    expires              sec:expiration                  xsd:dateTime
    publicKeyMultibase   sec:                            sec:multibase
    secretKeyMultibase   sec:                            sec:multibase
"""

_JWK_V1: Final = """
JsonWebKey               sec:
    controller           sec:                            @id
    revoked              sec:                            xsd:dateTime
    expires              sec:expiration                  xsd:dateTime
    publicKeyJwk         sec:                            @json
    secretKeyJwk         sec:                            @json
"""

_STATUS_LIST_2021_V1: Final = """
StatusList2021Credential list:
    description          schemas:
    name                 schemas:
StatusList2021           list:
    statusPurpose        list:
    encodedList          list:
StatusList2021Entry      list:
    statusPurpose        list:
    statusListIndex      list:
    statusListCredential list:                           @id
"""

_CLR_2_0_1: Final = """
ClrCredential            clr:
    partial              clr:                            <xsd:boolean>
ClrSubject               clr:
    cred                 <https://www.w3.org/2018/credentials#>
    obi                  <https://purl.imsglobal.org/spec/vc/ob/vocab.html#>
    achievement          clr:                            ob:Achievement           set
    association          clr:                            clr:Association          set
    verifiableCredential clr:                            vc:                      set
    identifier           clr:identifier-1                ob:Identifier            set
Association              clr:                            bare
    associationType      clr:AssociationType
    sourceId             clr:                            <xsd:anyURI>
    targetId             clr:                            <xsd:anyURI>
"""

_CLR_2_0: Final = """
ClrCredential
    -partial
ClrSubject
    obi                  <https://purl.imsglobal.org/spec/ob/v3p0/vocab.html#>
    achievement          clr:                            <https://purl.imsglobal.org/spec/ob/v3p0/vocab.html#Achievement>  set
    -identifier
"""

# The vectors of the W3C's ECDSA cryptosuites are about residents and their cards.
_CITIZENSHIP_V4: Final = """
image                    schema:                         @id
QuantitativeValue        schema:                         bare
    unitCode             schema:
    value                schema:
PostalAddress            schema:                         bare
    addressCountry       schema:
    addressLocality      schema:
    addressRegion        schema:
Person                   schema:
    additionalName       schema:
    birthCountry         citizen:
    birthDate            schema:                         xsd:dateTime
    familyName           schema:
    gender               schema:
    givenName            schema:
    height               schema:
    image                schema:                         @id
    maritalStatus        citizen:
    marriageCertificateNumber    citizen:
    marriageLocation     citizen:                        @id
PermanentResident        citizen:
    commuterClassification       citizen:
    formerNationality    citizen:
    permanentResidentCard        citizen:                @id
    residence            citizen:                        @id
    residentSince        citizen:                        xsd:dateTime
PermanentResidentCard    citizen:
    +citizenship-document
PermanentResidentCardCredential  citizen:
EmployablePerson         citizen:
    commuterClassification       citizen:
    employmentAuthorizationDocument    citizen:          @id
    formerNationality    citizen:
    residence            citizen:                        @id
    residentSince        citizen:                        xsd:dateTime
EmploymentAuthorizationDocument  citizen:
    +citizenship-document
EmploymentAuthorizationDocumentCredential    citizen:
NaturalizedPerson        citizen:
    formerNationality    citizen:
    certificateOfNaturalization  citizen:                @id
    residence            citizen:                        @id
    residentSince        citizen:                        xsd:dateTime
    commuterClassification       citizen:
CertificateOfNaturalization  citizen:
    ceremonyDate         citizen:                        xsd:dateTime
    ceremonyLocation     citizen:                        @id
    filingLocation       citizen:                        @id
    naturalizationLocation       citizen:                @id
    naturalizedBy        citizen:
    identifier           schema:
    insRegistrationNumber        citizen:
CertificateOfNaturalizationCredential    citizen:
Citizen                  citizen:
    certificateOfCitizenship     citizen:                @id
CertificateOfCitizenship citizen:
    filingLocation       citizen:                        @id
    identifier           schema:
    ceremonyDate         citizen:                        xsd:dateTime
    ceremonyLocation     citizen:                        @id
    cisRegistrationNumber        citizen:
CertificateOfCitizenshipCredential   citizen:
"""

_DID_V1: Final = """
alsoKnownAs              as:                             @id
+relationships
controller               sec:                            @id
service                  did:                            @id
    serviceEndpoint      did:                            @id
verificationMethod       sec:                            @id
"""


GENERAL_DELIMITERS: Final = ("#", "/", ":", "?", "[", "]", "@")
"""How an IRI ends that others may begin with (RFC 3986, 2.2)."""


@dataclass(frozen=True, slots=True)
class Term:
    """What one term means where its context is in force."""

    name: str
    iri: str
    """An IRI; ``@id`` or ``@type``; or the name of another term, to mean the same."""
    coercion: str = ""
    """``@id``, ``@vocab``, ``@json``, the IRI of a datatype, or nothing."""
    container: str = ""
    """``set``, ``list``, ``graph`` or nothing."""
    scope: Context | None = None
    """The context that is in force inside its values (or inside nodes of this type)."""
    protected: bool = True

    @property
    def prefix(self) -> bool:
        """Say whether ``name:suffix`` stands for an IRI (JSON-LD 1.1, 4.1.5): its own ends as only the start of one does."""
        return self.iri.endswith(GENERAL_DELIMITERS)

    def means_the_same_as(self, other: Term) -> bool:
        """Compare two definitions but for whether they are protected (JSON-LD 1.1 API, 4.2.2 step 27)."""
        return self is other or (
            self.iri == other.iri
            and self.coercion == other.coercion
            and self.container == other.container
            and self.scope == other.scope
        )


@dataclass(frozen=True, slots=True)
class Context:
    """The terms of one context, or of the scope of one term, by name."""

    terms: Mapping[str, Term]
    protected: bool = True
    vocab: str | None = None
    """What terms that are not listed begin with (``@vocab``), empty to have none; not said in the contexts of badges."""
    forgets: bool = False
    """``@context: null``: no term from outside is known inside."""
    written_out: bool = False
    """Whether a document wrote it out itself, so that it must leave the known words alone."""


_FORGET: Final = Context(terms=MappingProxyType({}), forgets=True)


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a table, with the lines that are indented under it."""

    words: tuple[str, ...]
    below: tuple[_Line, ...]


def context_document(url: str) -> dict[str, Json]:
    """Return the JSON-LD context document that ``url`` stands for; raises ``KeyError`` for an address that is not ours to know."""
    return {"@context": _context_json(CONTEXTS[url])}


def _context_json(context: Context) -> Json:
    if context.forgets:
        return None
    result: dict[str, Json] = {"@protected": True} if context.protected else {}
    if context.vocab:
        result["@vocab"] = context.vocab
    for term in context.terms.values():
        result[term.name] = _term_json(term)
    return result


def _term_json(term: Term) -> Json:
    if not (term.coercion or term.container or term.scope):
        return term.iri
    result: dict[str, Json] = {"@id": term.iri}
    if term.coercion:
        result["@type"] = term.coercion
    if term.container:
        result["@container"] = f"@{term.container}"
    if term.scope:
        result["@context"] = _context_json(term.scope)
    return result


def _lines(table: str) -> tuple[_Line, ...]:
    """Read a table into its tree of lines; blocks are taken in."""
    rows = [row for row in table.splitlines() if row.strip() and not row.startswith("#")]
    return tuple(_tree(rows))


def _tree(rows: list[str]) -> Iterator[_Line]:
    position = 0
    while position < len(rows):
        row = rows[position]
        end = position + 1
        while end < len(rows) and rows[end].startswith("    "):
            end += 1
        below = [inner[4:] for inner in rows[position + 1 : end]]
        if row.startswith("+"):
            yield from _lines(_BLOCKS[row[1:]])
        else:
            yield _Line(tuple(row.split()), tuple(_tree(below)))
        position = end


def _context(
    lines: Iterable[_Line], *, protected: bool = True, bare: bool = False, like: Context | None = None
) -> Context:
    """Make the context of these lines, beginning with the terms of ``like``."""
    terms = dict(like.terms) if like else {}
    if not (bare or like):
        terms = {name: Term(name, f"@{name}", protected=protected) for name in ("id", "type")}
    for line in lines:
        name = line.words[0]
        if name.startswith("-"):
            del terms[name[1:]]
            continue
        before = terms.get(name)
        if len(line.words) == 1 and before and before.scope:
            terms[name] = replace(before, scope=_context(line.below, protected=protected, like=before.scope))
        else:
            scope = before.scope if before and not line.below else None
            terms[name] = _term(line, protected=protected, scope=scope)
    return Context(MappingProxyType(terms), protected)


def _term(line: _Line, *, protected: bool, scope: Context | None) -> Term:
    name, iri, *words = line.words
    coercion = next((_iri(word, name) for word in words if ":" in word or word.startswith("@")), "")
    container = next((word for word in words if word in {"set", "list", "graph"}), "")
    if "forget" in words:
        scope = _FORGET
    elif line.below:
        scope = _context(line.below, protected=protected, bare="bare" in words)
    return Term(name, _iri(iri, name), coercion, container, scope, protected)


def _iri(word: str, name: str) -> str:
    if word.startswith("@"):
        return word
    if word.startswith("<"):
        return word[1:-1]
    if word.startswith("="):
        return word[1:]
    abbreviation, _, suffix = word.partition(":")
    return _ABBREVIATIONS[abbreviation] + (suffix or name)


def _contexts() -> dict[str, Context]:
    """Read every table; the older Open Badges contexts are stated as changes to a later or an earlier one."""
    credentials_v2 = _context(_lines(_CREDENTIALS_V2))
    badges_3_0_3 = _context(_lines(_OPEN_BADGES_3_0_3))
    badges_3_0_1 = _context(_lines(_OPEN_BADGES_3_0_1), protected=False)
    clr_2_0_1 = _context(_lines(_CLR_2_0_1), protected=False)
    return {
        CREDENTIALS_V2: credentials_v2,
        CREDENTIALS_V1: _context(_lines(_CREDENTIALS_V1)),
        CREDENTIALS_EXAMPLES_V2: Context(
            MappingProxyType({}), protected=False, vocab="https://www.w3.org/ns/credentials/examples#"
        ),
        OPEN_BADGES_3_0_3: badges_3_0_3,
        OPEN_BADGES_3_0_2: _context(_lines(_OPEN_BADGES_3_0_2), like=badges_3_0_3),
        OPEN_BADGES_3_0_1: badges_3_0_1,
        OPEN_BADGES_3_0: _context(_lines(_OPEN_BADGES_3_0), protected=False, like=badges_3_0_1),
        OPEN_BADGES_EXTENSIONS: _context(_lines(_OPEN_BADGES_EXTENSIONS), protected=False),
        DATA_INTEGRITY_V2: _context(_lines(_DATA_INTEGRITY_V2)),
        DATA_INTEGRITY_V1: _context(_lines(_DATA_INTEGRITY_V1)),
        MULTIKEY_V1: _context(_lines(_MULTIKEY_V1)),
        ED25519_2020_V1: _context(_lines(_ED25519_2020_V1)),
        JWK_V1: _context(_lines(_JWK_V1)),
        STATUS_LIST_2021_V1: _context(_lines(_STATUS_LIST_2021_V1), bare=True),
        DID_V1: _context(_lines(_DID_V1)),
        CITIZENSHIP_V4: _context(_lines(_CITIZENSHIP_V4), bare=True),
        CLR_2_0_1: clr_2_0_1,
        CLR_2_0: _context(_lines(_CLR_2_0), protected=False, like=clr_2_0_1),
    }


CONTEXTS: Final[Mapping[str, Context]] = MappingProxyType(_contexts())
"""Every context that okbadges knows, by its address."""

ANY_CONTEXTS: Final = frozenset(CONTEXTS)
"""What any credential may use, where a service takes more than badges (conformance runs)."""

BADGE_CONTEXTS: Final = ANY_CONTEXTS - {CREDENTIALS_EXAMPLES_V2, CITIZENSHIP_V4, CLR_2_0_1, CLR_2_0, JWK_V1}
"""What a badge may use. The examples context is for conformance suites only, because its ``@vocab`` makes any word a term; the
others there say nothing that belongs into a badge, and terms that are not in force cannot be misused."""
