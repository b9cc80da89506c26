"""The revocation list of 1EdTech (``1EdTechRevocationList``, VCRL 1.0; deprecated in favour of Bitstring Status List).

It is a plain JSON document that names the credentials that were taken back, and as a rule nobody signs it: all that makes it the
issuer's is the place where it stands. So it is relied on when it stands at the origin of the issuer's own identifier, or when it
is signed by the issuer after all; anybody else's page says nothing. A list that cannot be had says nothing either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from okbadges.credentials.dids import did_web_to_url
from okbadges.credentials.strict_json import Limits, loads
from okbadges.credentials.vc_jwt import read_jwt
from okbadges.errors import CredentialError
from okbadges.verification.intake import MAX_CREDENTIAL_BYTES, form_of
from okbadges.verification.reading import issuer_id, items, members, text
from okbadges.verification.received import Received
from okbadges.verification.status_lists import require_proven

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from okbadges.credentials.strict_json import Json
    from okbadges.verification.profile import Profile
    from okbadges.verification.resolve import Documents

ENTRY_TYPE = "1EdTechRevocationList"

_MEMBERS = ("revokedCredentials", "revokedCredential")
"""The first is what 1EdTech's validator and the issuers that we know of use, the second is how the classes are named elsewhere."""


def is_revoked(
    url: str, document: Mapping[str, Json], *, documents: Documents, now: datetime, profile: Profile
) -> bool:
    """Say whether the list at ``url`` names the credential ``document``.

    An entry counts when its ``revoked`` is true or not there. Raises `FetchError` when the list cannot be had, and
    `CredentialError`: ``status-malformed`` (the credential has no id, or the list is not built as one), ``status-issuer-mismatch``
    (it is another's, or stands elsewhere unsigned), ``status-list-mismatch``, ``status-bad-signature`` and the codes of reading.
    """
    wanted, issuer = text(document.get("id")), issuer_id(document)
    if wanted is None or issuer is None:
        raise CredentialError("status-malformed", "The credential has no id by which the list could name it.")
    revoked = documents.once(
        ("revocation list", url, issuer), lambda: _revoked(url, issuer, documents=documents, now=now, profile=profile)
    )
    return _comparable(wanted) in revoked


def _revoked(url: str, issuer: str, *, documents: Documents, now: datetime, profile: Profile) -> frozenset[str]:
    """Return the ids of all that are taken back: one broken entry makes the whole list one that is not relied on."""
    received = _read(documents.get(url))
    found = received.document
    if received.jwt is not None or "proof" in found:
        require_proven(received, issuer, documents=documents, now=now, profile=profile)
    else:
        _require_place(url, issuer)
    _require_of_issuer(found, url, issuer)
    named = [_entry(entry) for member in _MEMBERS for entry in items(found.get(member))]
    return frozenset(_comparable(name) for name, revoked in named if revoked)


def _read(body: bytes) -> Received:
    limits = Limits(bytes=MAX_CREDENTIAL_BYTES)
    if form_of(body) == "jwt":
        jwt = read_jwt(body.strip().decode("ascii"), limits=limits)
        issuer = {"issuer": jwt.claims["iss"]} if "iss" in jwt.claims else {}
        return Received({**issuer, **jwt.claims}, jwt)
    found = loads(body, limits=limits)
    if not isinstance(found, dict):
        raise CredentialError("status-malformed", "What the address answers is not a revocation list.")
    return Received(found)


def _require_place(url: str, issuer: str) -> None:
    origin = _origin_of_issuer(issuer)
    if origin is None or origin != _origin(url):
        raise CredentialError(
            "status-issuer-mismatch",
            "The revocation list is not signed and does not stand at the issuer's own address.",
        )


def _origin_of_issuer(issuer: str) -> tuple[str, str] | None:
    return _origin(did_web_to_url(issuer) if issuer.startswith("did:web:") else issuer)


def _origin(url: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme != "https" or not parts.netloc or "@" in parts.netloc:
        return None
    return parts.scheme, parts.netloc.lower().removesuffix(":443")


def _require_of_issuer(found: Mapping[str, Json], url: str, issuer: str) -> None:
    """Require that the list contradicts nothing; an answer that names no credential must at least say whose list it is."""
    names_some = any(member in found for member in _MEMBERS)
    for member, stated, expected, code in (
        ("issuer", issuer_id(found), issuer, "status-issuer-mismatch"),
        ("id", text(found.get("id")), url, "status-list-mismatch"),
    ):
        if member in found and stated != expected:
            raise CredentialError(code, f"The revocation list belongs elsewhere, as its {member} says.")
        if member not in found and not names_some:
            raise CredentialError("status-malformed", "What the address answers is not a revocation list.")


def _entry(entry: object) -> tuple[str, bool]:
    name, revoked = text(members(entry).get("id")), members(entry).get("revoked", True)
    if name is None or not isinstance(revoked, bool):
        raise CredentialError("status-malformed", "An entry of the revocation list does not say what it names.")
    return name, revoked


def _comparable(name: str) -> str:
    """Return an id as Open Badges compares it (3.0, equality of credentials): no percent escapes, no white space around."""
    return unquote(name).strip()
