"""Who says something: profiles, the endorsements about them, and what every kind of credential has."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from okbadges.credentials.model.values import (
    CompactJws,
    Contexts,
    Day,
    IdentifierType,
    Iri,
    Many,
    Moment,
    Names,
    Number,
    Text,
    holding,
)


def _as_profile(value: object) -> object:
    return {"id": value, "type": ["Profile"]} if isinstance(value, str) else value


class Part(BaseModel):
    """Any object of a credential: members under their JSON names, nothing converted, extensions allowed."""

    model_config = ConfigDict(strict=True, frozen=True, extra="allow", alias_generator=to_camel, defer_build=True)


class _Closed(Part):
    """One of the three classes that have no extensions."""

    model_config = ConfigDict(extra="forbid")


class Image(_Closed):
    """A picture by its address or as a data URI."""

    id: Iri
    type: Literal["Image"]
    caption: Text | None = None


class IdentityObject(_Closed):
    """An identifier of the recipient, hashed with an optional salt or plain."""

    type: Literal["IdentityObject"]
    hashed: bool
    identity_hash: Text
    identity_type: IdentifierType
    salt: Text | None = None


class IdentifierEntry(_Closed):
    """Another identifier of a profile or an achievement."""

    type: Literal["IdentifierEntry"]
    identifier: Text
    identifier_type: IdentifierType


class Typed(Part):
    """An object whose ``type`` is one text (``CredentialStatus``, ``TermsOfUse``, ``Proof``)."""

    type: Text
    id: Iri | None = None


class CredentialSchema(Typed):
    """A schema that the credential says it follows; also the shape of ``RefreshService``."""

    id: Iri


class Proof(Typed):
    """An embedded proof; `data_integrity` reads it more strictly."""

    created: Moment | None = None
    cryptosuite: Text | None = None
    challenge: Text | None = None
    domain: Text | None = None
    nonce: Text | None = None
    proof_purpose: Text | None = None
    proof_value: Text | None = None
    verification_method: Text | None = None


class GeoCoordinates(Part):
    """A place on the earth."""

    type: Literal["GeoCoordinates"]
    latitude: Number
    longitude: Number


class Address(Part):
    """A postal address."""

    type: Annotated[Names, holding("Address")]
    address_country: Text | None = None
    address_country_code: Text | None = None
    address_region: Text | None = None
    address_locality: Text | None = None
    street_address: Text | None = None
    post_office_box_number: Text | None = None
    postal_code: Text | None = None
    geo: GeoCoordinates | None = None


class Party(Part):
    """What a profile holds in both data models; they differ in what others say inside it."""

    id: Iri
    type: Annotated[Names, holding("Profile")]
    name: Text | None = None
    url: Text | None = None
    phone: Text | None = None
    description: Text | None = None
    endorsement_jwt: Many[CompactJws] | None = None
    image: Image | None = None
    email: Text | None = None
    address: Address | None = None
    other_identifier: Many[IdentifierEntry] | None = None
    official: Text | None = None
    family_name: Text | None = None
    given_name: Text | None = None
    additional_name: Text | None = None
    patronymic_name: Text | None = None
    honorific_prefix: Text | None = None
    honorific_suffix: Text | None = None
    family_name_prefix: Text | None = None
    date_of_birth: Day | None = None


class Profile(Party):
    """An issuer, creator, endorser or other party."""

    endorsement: Many[EndorsementCredential] | None = None
    parent_org: Profile | None = None


class Evidence(Part):
    """What backs the achievement; at the level of the credential."""

    type: Annotated[Names, holding("Evidence")]
    id: Iri | None = None
    narrative: Text | None = None
    name: Text | None = None
    description: Text | None = None
    genre: Text | None = None
    audience: Text | None = None


class CredentialMembers(Part):
    """What every kind of credential has in both data models."""

    id: Iri
    awarded_date: Moment | None = None
    description: Text | None = None
    proof: Many[Proof] | None = None
    credential_schema: Many[CredentialSchema] | None = None
    credential_status: Typed | None = None
    refresh_service: CredentialSchema | None = None
    terms_of_use: Many[Typed] | None = None
    evidence: Many[Evidence] | None = None


class Credential(CredentialMembers):
    """What both kinds of credential have in VCDM 2.0."""

    context: Annotated[Contexts, Field(alias="@context")]
    issuer: Annotated[Profile, BeforeValidator(_as_profile)]
    valid_from: Moment
    valid_until: Moment | None = None


class EndorsementSubject(Part):
    """The endorsed thing, and what is said about it."""

    id: Iri
    type: Annotated[Names, holding("EndorsementSubject")]
    endorsement_comment: Text | None = None


class EndorsementCredential(Credential):
    """A credential in which someone backs a badge, an achievement or a profile."""

    type: Annotated[Names, holding("VerifiableCredential"), holding("EndorsementCredential")]
    name: Text
    credential_subject: EndorsementSubject
