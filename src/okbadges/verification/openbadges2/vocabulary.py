"""The terms of https://w3id.org/openbadges/v2 as data, so that no context is ever fetched.

Badges of 2.0 are read by their names, not as linked data. That is only right while every name means what this context says,
which `contexts` makes sure of with this table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Definition: TypeAlias = "str | dict[str, str]"

PREFIXES: Final[Mapping[str, str]] = {
    "extensions": "https://w3id.org/openbadges/extensions#",
    "obi": "https://w3id.org/openbadges#",
    "cred": "https://w3id.org/credentials#",
    "dc": "http://purl.org/dc/terms/",
    "schema": "http://schema.org/",
    "sec": "https://w3id.org/security#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_NAMED: Final[Mapping[str, str]] = {
    "id": "@id",
    "type": "@type",
    "AlignmentObject": "schema:AlignmentObject",
    "CryptographicKey": "sec:Key",
    "Endorsement": "cred:Credential",
    "hosted": "obi:HostedBadge",
    "signed": "obi:SignedBadge",
    "verify": "verification",
}
_NAMED_AS_THEY_ARE: Final = (
    "validation Assertion BadgeClass Criteria Evidence Extension FrameValidation IdentityObject Image HostedBadge Issuer Profile"
    " RevocationList SignedBadge TypeValidation VerificationObject validatesType validationFrame validationSchema"
)
_TEXTS: Final[Mapping[str, str]] = {
    "schema": (
        "caption description email genre name targetDescription targetFramework targetName targetUrl telephone version"
    ),
    "obi": (
        "allowedOrigins audience endorsementComment narrative revocationReason salt targetCode uid verificationProperty"
    ),
    "sec": "publicKeyPem",
}
_LINKS: Final[Mapping[str, str]] = {
    "schema": "author image url",
    "cred": "claim",
    "dc": "creator",
    "sec": "owner publicKey",
    "obi": "alignment badge criteria evidence issuer recipient revocationList",
}
_OTHERS: Final[Mapping[str, dict[str, str]]] = {
    "created": {"@id": "dc:created", "@type": "xsd:dateTime"},
    "endorsement": {"@id": "cred:credential", "@type": "@id"},
    "expires": {"@id": "sec:expiration", "@type": "xsd:dateTime"},
    "hashed": {"@id": "obi:hashed", "@type": "xsd:boolean"},
    "identity": {"@id": "obi:identityHash"},
    "issuedOn": {"@id": "obi:issueDate", "@type": "xsd:dateTime"},
    "related": {"@id": "dc:relation", "@type": "@id"},
    "revoked": {"@id": "obi:revoked", "@type": "xsd:boolean"},
    "revokedAssertions": {"@id": "obi:revoked"},
    "startsWith": {"@id": "http://purl.org/dqm-vocabulary/v1/dqm#startsWith"},
    "tags": {"@id": "schema:keywords"},
    "verification": {"@id": "obi:verify", "@type": "@id"},
}

TERMS: Final[Mapping[str, Definition]] = {
    **PREFIXES,
    **_NAMED,
    **{name: f"obi:{name}" for name in _NAMED_AS_THEY_ARE.split()},
    **{name: {"@id": f"{prefix}:{name}"} for prefix, names in _TEXTS.items() for name in names.split()},
    **{name: {"@id": f"{prefix}:{name}", "@type": "@id"} for prefix, names in _LINKS.items() for name in names.split()},
    **_OTHERS,
}
"""The context, term by term, as it is published."""


def full_iri(name: str) -> str:
    """Return a compact IRI with one of our prefixes written out; anything else as it is."""
    prefix, colon, rest = name.partition(":")
    return PREFIXES[prefix] + rest if colon and prefix in PREFIXES else name


def _iri(definition: Definition) -> str:
    return full_iri(definition if isinstance(definition, str) else definition["@id"])


MEANINGS: Final = frozenset(_iri(definition) for name, definition in TERMS.items() if name not in PREFIXES)
"""What the terms stand for, written out: another name for one of these is a second spelling."""
