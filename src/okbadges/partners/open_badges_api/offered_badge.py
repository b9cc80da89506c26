"""A badge that a program offers to put into a passport: what it is known by, and which of two is the newer (Open Badges 3.0, section 10).

Reading believes nothing: who signed it, and whether that holds, is for `okbadges.verification`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote

from okbadges.errors import CredentialError, InvalidInput
from okbadges.verification.intake import credential_in, form_of
from okbadges.verification.kinds import kind_of
from okbadges.verification.reading import issuer_id, items, members, read_time, text, validity_members
from okbadges.verification.report import Kind

if TYPE_CHECKING:
    from okbadges.storage.sealing import Secrets
    from okbadges.verification.received import Received

LONGEST_ID = 2000
"""Characters in the id of a credential or of an issuer."""
_WHITESPACE = " \t\r\n"
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class OfferedBadge:
    """A badge as it was offered; ``begins`` and ``signed_at`` say which of two equal ones is the newer."""

    document: bytes
    is_jwt: bool
    issuer: str
    credential_id: str
    begins: datetime
    signed_at: datetime

    def known_as(self, secrets: Secrets) -> bytes:
        """Return the HMAC that two credentials share when they are one: same issuer, same id, once their ``%`` signs are read."""
        return secrets.brought_hash(_plain(self.issuer), _plain(self.credential_id))

    def is_older_than(self, other: OfferedBadge) -> bool:
        """Tell whether ``other`` is the more up-to-date of two equal ones."""
        return (self.begins, self.signed_at) < (other.begins, other.signed_at)


def read_offered(document: bytes, *, is_jwt: bool) -> OfferedBadge:
    """Return what was offered, read as a badge of Open Badges 3.0.

    Raises `InvalidInput`: ``badge-unreadable`` (also when it is not of the form that its media type says), ``badge-kind`` (an endorsement, a
    presentation, a badge of 2.0), ``badge-nameless`` (an id, an issuer or a beginning is missing).
    """
    if form_of(document) != ("jwt" if is_jwt else "json"):
        wanted = "a JWT (compact JWS)" if is_jwt else "a JSON object"
        raise InvalidInput("badge-unreadable", f"With this Content-Type the body must be {wanted}.", field="body")
    try:
        received = credential_in(document)
    except CredentialError as refused:
        raise InvalidInput("badge-unreadable", f"The badge cannot be read: {refused.detail}", field="body") from None
    if kind_of(received.document) is not Kind.BADGE:
        raise InvalidInput(
            "badge-kind", "Only an AchievementCredential of Open Badges 3.0 can be put here.", field="type"
        )
    return _named(document, is_jwt=is_jwt, received=received)


def _named(document: bytes, *, is_jwt: bool, received: Received) -> OfferedBadge:
    read = received.document
    issuer, credential_id = issuer_id(read), text(read.get("id"))
    begins = read_time(read.get(validity_members(read)[0]))
    for name, value in (("issuer", issuer), ("id", credential_id), ("validFrom", begins)):
        if not value or (isinstance(value, str) and len(value) > LONGEST_ID):
            raise InvalidInput(
                "badge-nameless", f"The badge needs {name}, of at most {LONGEST_ID} characters.", field=name
            )
    return OfferedBadge(
        document=document,
        is_jwt=is_jwt,
        issuer=issuer or "",
        credential_id=credential_id or "",
        begins=begins or _LONG_AGO,
        signed_at=_signed_at(received),
    )


def _signed_at(received: Received) -> datetime:
    """Return when it was signed last, as the proofs say; long ago for what does not say."""
    if received.jwt is not None:
        try:
            return received.jwt.moment("iat") or _LONG_AGO
        except CredentialError:
            return _LONG_AGO
    moments = (read_time(members(proof).get("created")) for proof in items(received.document.get("proof")))
    return max((moment for moment in moments if moment is not None), default=_LONG_AGO)


def _plain(identifier: str) -> str:
    return unquote(identifier).strip(_WHITESPACE)
