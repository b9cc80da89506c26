"""Credentials and presentations as JWT: reading them, and telling which document a payload is.

Three forms are out in the world, and all are read: Open Badges 3.0, 8.2 (``typ`` JWT, the payload is the credential and repeats
some of it in claims), VC Data Model 1.1, 6.3.1 (the credential is the claim ``vc``, a presentation ``vp``), and VC-JOSE-COSE
(``vc+jwt``, ``vp+jwt``, with neither of those claims). `jws` reads what is around the payload; whether the claims agree with the
document is for `jwt_claims`; both are asked again of everything that was signed here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from okbadges.credentials.jws import read_jws, verify_jws
from okbadges.credentials.plain_reading import require_plain_reading
from okbadges.credentials.strict_json import DEFAULT_LIMITS, loads
from okbadges.credentials.times import moment_text
from okbadges.credentials.vocabulary import CREDENTIALS_V1
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.jws import UnverifiedJws
    from okbadges.credentials.keys import PublicKey
    from okbadges.credentials.strict_json import Json, Limits

Held: TypeAlias = Literal["credential", "presentation", "other"]
"""What a payload is; ``other`` is anything that does not call itself verifiable, an Open Badges 2.0 assertion for example."""

ENVELOPE_CLAIMS: Final = frozenset({"iss", "sub", "jti", "nbf", "exp", "iat"})
"""Claims that repeat or wrap the credential and are not members of it."""
PRESENTATION_CLAIMS: Final = ENVELOPE_CLAIMS | {"aud", "nonce"}
"""Claims around a presentation: it is made for somebody, on their demand."""

_MEDIA: Final[Mapping[str, Held | None]] = {
    "jwt": None,
    "vc+jwt": "credential",
    "vc+ld+json+jwt": "credential",
    "vp+jwt": "presentation",
    "vp+ld+json+jwt": "presentation",
}
_CONTENT: Final[Mapping[str, Held]] = {
    "vc": "credential",
    "vc+ld+json": "credential",
    "vp": "presentation",
    "vp+ld+json": "presentation",
}
_WRAPPED: Final[Mapping[str, Held]] = {"vc": "credential", "vp": "presentation"}
_TYPES: Final[Mapping[str, Held]] = {
    "VerifiableCredential": "credential",
    "VerifiablePresentation": "presentation",
}
# Members that make a document of the payload itself, so that a claim vc or vp beside them would be a second one.
_OF_A_DOCUMENT: Final = frozenset(
    {
        "@context",
        "id",
        "type",
        "issuer",
        "holder",
        "credentialSubject",
        "credentialStatus",
        "verifiableCredential",
        "proof",
    }
    | {"validFrom", "validUntil", "issuanceDate", "expirationDate"}
)
_LATEST_SECOND: Final = 253_402_300_799  # the end of the year 9999


@dataclass(frozen=True, slots=True)
class UnverifiedJwt:
    """A JWT that was read and not checked: who holds one knows what it claims, not that it is true."""

    jws: UnverifiedJws
    claims: Mapping[str, Json]

    @property
    def algorithm(self) -> str:
        """The algorithm that the header names; the key decides."""
        return self.jws.header.algorithm

    @property
    def key_id(self) -> str | None:
        """The header's ``kid``."""
        return self.jws.header.key_id

    @property
    def embedded_key(self) -> PublicKey | None:
        """The header's ``jwk``; that somebody sent a key along says nothing about whose it is."""
        return self.jws.header.embedded_key

    def held(self) -> Held:
        """Say what the payload is, by its claims ``vc`` and ``vp``, its types and the media types of the header.

        Raises "ambiguous-credential" when it is two things (a claim ``vc`` or ``vp`` beside another document, or where
        VC-JOSE-COSE, 1.1.2.1, forbids them), "jwt-type-not-allowed" when the header says that it is something else, and
        "malformed-jwt" for a ``vc`` or ``vp`` that is no object.
        """
        media = _MEDIA[self.jws.header.media_type or "jwt"]
        content = _CONTENT[self.jws.header.content_type] if self.jws.header.content_type else None
        found = {kind for claim, kind in _WRAPPED.items() if claim in self.claims}
        if found and (media is not None or _OF_A_DOCUMENT & self.claims.keys()):
            raise CredentialError("ambiguous-credential", "the JWT has a claim vc or vp where none may be")
        found |= {kind for name, kind in _TYPES.items() if name in _listed(self._body().get("type"))}
        if len(found) > 1:
            raise CredentialError("ambiguous-credential", "the JWT says that it is a credential and a presentation")
        stated = {kind for kind in (media, content) if kind is not None}
        if len(stated | found) > 1:
            raise CredentialError("jwt-type-not-allowed", "the JWT says that it is something else (typ, cty)")
        return next(iter(found or stated), "other")

    def unverified_document(self) -> dict[str, Json]:
        """Return the credential or presentation that the payload is, and whatever else it may be as it stands.

        Claims that only belong to the envelope are left out. Of a document in the claim ``vc`` or ``vp`` what it leaves to
        the claims is filled in from them (VC Data Model 1.1, 6.3.1); whether the two agree otherwise is not looked at.

        Raises what `held` and `require_plain_reading` refuse, and "malformed-time" for a claim that would become a date and
        is none.
        """
        kind, body = self.held(), self._body()
        if body is not self.claims:
            filled = _filled_credential if kind == "credential" else _filled_presentation
            document = filled(body, self.claims)
        else:
            outside = PRESENTATION_CLAIMS if kind == "presentation" else ENVELOPE_CLAIMS
            document = {name: value for name, value in self.claims.items() if name not in outside}
        if kind != "other":
            # What a presentation holds was signed by others; each is read on its own, in its own form.
            require_plain_reading({name: value for name, value in document.items() if name != "verifiableCredential"})
        return document

    def unverified_credential(self) -> dict[str, Json]:
        """Return the credential to check; like `unverified_document`, and "jwt-type-not-allowed" for a presentation."""
        if self.held() == "presentation":
            raise CredentialError("jwt-type-not-allowed", "the JWT is a presentation, not a credential")
        return self.unverified_document()

    def audience(self) -> tuple[str, ...]:
        """Return whom the JWT is for (``aud``, RFC 7519, 4.1.3), empty when it does not say; raise "malformed-jwt"."""
        names = _listed(self.claims["aud"]) if "aud" in self.claims else []
        texts = tuple(name for name in names if isinstance(name, str))
        if len(texts) != len(names):
            raise CredentialError("malformed-jwt", "the JWT is for somebody whose name is no text (aud)")
        return texts

    def nonce(self) -> str | None:
        """Return the challenge that the JWT answers (``nonce``), None when it answers none; raise "malformed-jwt"."""
        value = self.claims.get("nonce")
        if "nonce" in self.claims and not isinstance(value, str):
            raise CredentialError("malformed-jwt", "the challenge that the JWT answers is no text (nonce)")
        return value if isinstance(value, str) else None

    def moment(self, claim: Literal["nbf", "exp", "iat"]) -> datetime | None:
        """Return the time that ``claim`` states, None when it is not there; raise "malformed-time"."""
        return numeric_date(self.claims[claim]) if claim in self.claims else None

    def _body(self) -> Mapping[str, Json]:
        """Return the claim ``vc`` or ``vp``, or else the whole payload."""
        for claim in _WRAPPED:
            body = self.claims.get(claim)
            if claim in self.claims and not isinstance(body, dict):
                raise CredentialError("malformed-jwt", f"the claim {claim} of the JWT is not an object")
            if isinstance(body, dict):
                return body
        return self.claims


def read_jwt(compact: str, *, limits: Limits = DEFAULT_LIMITS) -> UnverifiedJwt:
    """Read a compact JWS whose payload is a JSON object; the signature is not looked at.

    Raises what `read_jws` refuses, "malformed-jwt" for another payload, "jwt-type-not-allowed" for a ``typ`` or ``cty`` that
    is not one of a credential or presentation, and the codes of the JSON reader.
    """
    return jwt_in(read_jws(compact, max_payload_bytes=limits.bytes), limits=limits)


def jwt_in(jws: UnverifiedJws, *, limits: Limits = DEFAULT_LIMITS) -> UnverifiedJwt:
    """Read the payload of a JWS as `read_jwt` does; raises like it."""
    header = jws.header
    for name, value, allowed in (("typ", header.media_type, _MEDIA), ("cty", header.content_type, _CONTENT)):
        if value is not None and value not in allowed:
            raise CredentialError("jwt-type-not-allowed", f"the JWT says that it is something else ({name})")
    claims = loads(jws.payload, limits=limits)
    if not isinstance(claims, dict):
        raise CredentialError("malformed-jwt", "the payload of the JWT is not a JSON object")
    return UnverifiedJwt(jws, claims)


def verify_jwt(jwt: UnverifiedJwt, public_key: PublicKey) -> None:
    """Check the signature with the issuer's key; raises like `verify_jws`. What the claims say is not looked at."""
    verify_jws(jwt.jws, public_key)


def numeric_date(value: Json) -> datetime:
    """Read a NumericDate (RFC 7519, section 2) with whole seconds; raise "malformed-time" for anything else."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LATEST_SECOND:
        raise CredentialError("malformed-time", "a time of the JWT is not a number of seconds")
    return datetime.fromtimestamp(value, UTC)


def date_members(document: Mapping[str, Json]) -> tuple[str, str]:
    """Return the names under which a credential states its begin and end: those of VC Data Model 1.1 or of 2.0."""
    if CREDENTIALS_V1 in _listed(document.get("@context")):
        return "issuanceDate", "expirationDate"
    return "validFrom", "validUntil"


def only_subject(document: Mapping[str, Json]) -> Mapping[str, Json] | None:
    """Return the subject of a credential, alone or the only one in a list; None when there is none, or several."""
    subjects = _listed(document.get("credentialSubject"))
    return subjects[0] if len(subjects) == 1 and isinstance(subjects[0], dict) else None


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def _filled_credential(credential: Mapping[str, Json], claims: Mapping[str, Json]) -> dict[str, Json]:
    """Return the credential of the claim ``vc`` with what it leaves to the other claims."""
    filled = dict(credential)
    issuer, subject = credential.get("issuer", {}), only_subject(credential)
    if "jti" in claims:
        filled.setdefault("id", claims["jti"])
    if "iss" in claims and isinstance(issuer, dict) and "id" not in issuer:
        filled["issuer"] = {**issuer, "id": claims["iss"]} if issuer else claims["iss"]
    for claim, name in zip(("nbf", "exp"), date_members(credential), strict=True):
        if claim in claims and name not in credential:
            filled[name] = moment_text(numeric_date(claims[claim]))
    if "sub" in claims and subject is not None and "id" not in subject:
        filled["credentialSubject"] = {**subject, "id": claims["sub"]}
    return filled


def _filled_presentation(presentation: Mapping[str, Json], claims: Mapping[str, Json]) -> dict[str, Json]:
    """Return the presentation of the claim ``vp`` with what it leaves to the other claims."""
    filled = dict(presentation)
    for claim, name in (("jti", "id"), ("iss", "holder")):
        if claim in claims:
            filled.setdefault(name, claims[claim])
    return filled
