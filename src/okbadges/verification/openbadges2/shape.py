"""Whether an Assertion, a BadgeClass and a Profile are built as Open Badges 2.0 says: what must be there, and of which form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

from okbadges.errors import CredentialError
from okbadges.verification.openbadges2.addresses import web_address
from okbadges.verification.openbadges2.contexts import require_plain_terms
from okbadges.verification.reading import items, members, text, types_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from okbadges.credentials.strict_json import Json

Test: TypeAlias = "Callable[[object], bool]"

HOSTED: Final = frozenset({"HostedBadge", "hosted"})
SIGNED: Final = frozenset({"SignedBadge", "signed"})

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_HASH = re.compile(r"(?:sha256\$[0-9a-fA-F]{64}|md5\$[0-9a-fA-F]{32})")
_LOOKS_HASHED = re.compile(r"[a-z0-9]+\$[0-9a-fA-F]{16,}")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_uri(value: object) -> bool:
    return isinstance(value, str) and _URI.fullmatch(value) is not None


def _is_no_data(value: object) -> bool:
    return _is_uri(value) and not str(value).lower().startswith("data:")


def _is_linked(value: object) -> bool:
    """Allow what is named by its address, or there itself."""
    return _is_uri(value) or (isinstance(value, dict) and ("id" not in value or _is_uri(value["id"])))


def _is_described(value: object) -> bool:
    """Allow an address, or words that need none: evidence and criteria may be named by a blank node."""
    return _is_uri(value) or (isinstance(value, dict) and _is_text(value.get("id", "-")))


def _is_image(value: object) -> bool:
    return _is_uri(value) or _is_uri(members(value).get("id"))


def _is_baked_image(value: object) -> bool:
    """Allow no data URI: the picture of an assertion holds the assertion, so it cannot be inside it."""
    return _is_no_data(value) or _is_no_data(members(value).get("id"))


def _is_alignment(value: object) -> bool:
    return _is_text(members(value).get("targetName")) and _is_uri(members(value).get("targetUrl"))


def _many(test: Test) -> Test:
    return lambda value: all(test(item) for item in items(value))


_ASSERTION: Final[Mapping[str, Test]] = {
    "image": _is_baked_image,
    "evidence": _many(_is_described),
    "narrative": _is_text,
    "expires": _is_text,
    "revoked": _is_flag,
    "revocationReason": lambda value: isinstance(value, str),
    "uid": _is_text,
    "endorsement": _many(_is_linked),
    "@language": _is_text,
}
_ASSERTION_NEEDS: Final[Mapping[str, Test]] = {
    "recipient": lambda value: isinstance(value, dict),
    "badge": _is_linked,
    "issuedOn": _is_text,
}
_BADGE: Final[Mapping[str, Test]] = {
    "image": _is_image,
    "alignment": _many(_is_alignment),
    "tags": _many(_is_text),
    "endorsement": _many(_is_linked),
    "@language": _is_text,
}
_BADGE_NEEDS: Final[Mapping[str, Test]] = {
    "id": _is_uri,
    "name": _is_text,
    "description": _is_text,
    "criteria": _is_described,
    "issuer": _is_linked,
}
_PROFILE: Final[Mapping[str, Test]] = {
    "telephone": _is_text,
    "description": _is_text,
    "image": _is_image,
    "publicKey": _many(_is_linked),
    "verification": lambda value: isinstance(value, dict),
    "revocationList": _is_linked,
    "endorsement": _many(_is_linked),
    "@language": _is_text,
}
_PROFILE_NEEDS: Final[Mapping[str, Test]] = {"id": _is_uri, "name": _is_text, "url": _is_uri, "email": _is_text}


def is_hosted(assertion: Mapping[str, Json]) -> bool:
    """Say whether an assertion of sound shape is verified by fetching it; the other way is a signature."""
    return bool(types_of(assertion.get("verification", assertion.get("verify"))) & HOSTED)


def is_revoked(assertion: Mapping[str, Json]) -> bool:
    """Say whether an assertion says of itself that it was taken back."""
    return assertion.get("revoked") is True


def require_assertion(assertion: Mapping[str, Json]) -> None:
    """Raise unless it is an Assertion of sound shape; of one that was taken back only ``id`` and ``revoked`` are asked.

    Raises "not-an-assertion", "schema", "hosted-without-address", and what `require_plain_terms` raises.
    """
    if "Assertion" not in types_of(assertion):
        raise CredentialError("not-an-assertion", "This is no Assertion: it awards nothing to anybody.", where="/type")
    require_plain_terms(assertion)
    _require(assertion, {"id": _is_uri}, _ASSERTION, "")
    if is_revoked(assertion):
        return
    _require(assertion, _ASSERTION_NEEDS, {}, "")
    _require_recipient(members(assertion.get("recipient")))
    _require_way(assertion)


def require_badge(badge: Mapping[str, Json], *, is_inside: bool) -> None:
    """Raise "schema" unless it is a BadgeClass of sound shape, or what `require_plain_terms` raises.

    ``is_inside`` says that it is part of an Assertion whose terms were looked at with it.
    """
    _require_type(badge, {"BadgeClass"}, "/badge")
    if not is_inside:
        require_plain_terms(badge)
    _require(badge, _BADGE_NEEDS, _BADGE, "/badge")


def require_profile(profile: Mapping[str, Json]) -> None:
    """Raise "schema" unless it is the Profile of an issuer of sound shape, or what `require_plain_terms` raises."""
    _require_type(profile, {"Issuer", "Profile"}, "/badge/issuer")
    require_plain_terms(profile)
    _require(profile, _PROFILE_NEEDS, _PROFILE, "/badge/issuer")
    instructions = members(profile.get("verification"))
    if instructions.get("verificationProperty", "id") not in ("id", "@id"):
        where = "/badge/issuer/verification/verificationProperty"
        raise CredentialError("schema", "Only id is defined as the property to verify by.", where=where)


def _require_type(document: Mapping[str, Json], names: set[str], where: str) -> None:
    if not types_of(document) & names:
        raise CredentialError("schema", f"The type is not {' or '.join(sorted(names))}.", where=f"{where}/type")


def _require(
    document: Mapping[str, Json], needed: Mapping[str, Test], optional: Mapping[str, Test], where: str
) -> None:
    for name in needed:
        if name not in document:
            raise CredentialError("schema", f"The member {name} is missing.", where=where)
    for name, test in {**needed, **optional}.items():
        if name in document and not test(document[name]):
            raise CredentialError("schema", f"The member {name} is not as it should be.", where=f"{where}/{name}")


def _require_recipient(recipient: Mapping[str, object]) -> None:
    identity, hashed = text(recipient.get("identity")), recipient.get("hashed", False)
    sound = (
        bool(identity)
        and len(items(recipient.get("type"))) == 1
        and _many(_is_text)(recipient.get("type"))
        and isinstance(hashed, bool)
        and isinstance(recipient.get("salt", ""), str)
    )
    # Somebody who forgets to say that it is hashed must not be read as if the hash were somebody's name.
    pattern = _HASH if hashed else _LOOKS_HASHED
    if not sound or (pattern.fullmatch(identity or "") is not None) is not hashed:
        raise CredentialError("schema", "It does not say plainly who the recipient is.", where="/recipient")


def _require_way(assertion: Mapping[str, Json]) -> None:
    if ("verification" in assertion) is ("verify" in assertion):
        raise CredentialError("schema", "It does not say, or says twice, how to verify it.", where="/verification")
    types = types_of(assertion.get("verification", assertion.get("verify")))
    hosted, signed = bool(types & HOSTED), bool(types & SIGNED)
    if hosted is signed:
        raise CredentialError("schema", "It is neither plainly hosted nor plainly signed.", where="/verification/type")
    if hosted and (web_address(assertion.get("id")) is None or "#" in str(assertion.get("id"))):
        raise CredentialError("hosted-without-address", "It says that it is hosted, but not where.", where="/id")
