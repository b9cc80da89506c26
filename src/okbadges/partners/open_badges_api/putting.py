"""Putting a badge of another issuer into a passport, as the Open Badges API has it (6.2.3, upsertCredential).

1. It is read: a badge of Open Badges 3.0, with an issuer, an id and a beginning. 2. What is there already, byte for byte, needs nothing
more. 3. It is verified now, and only a signature that was seen to hold lets it in: nothing unproven is kept, or takes the place of
anything. What has ended, was revoked or has a status that cannot be read is kept, because a passport keeps what its holder has.
4. A genuine badge of ours that the holder has is theirs already, by our own records. 5. Of two equal ones the newer is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlmodel import col

from okbadges.errors import InvalidInput, NotAllowed, Unavailable
from okbadges.partners.open_badges_api.offered_badge import OfferedBadge, read_offered
from okbadges.partners.tokens import unknown_token
from okbadges.passport.brought import JWT, Bringing, add_brought, kept_document, replace_brought, room_in
from okbadges.storage.tables import CredentialRow, IssuerRow, OAuthGrantRow, PassportRow
from okbadges.verification.checks import CONTENT_UNALTERED, ISSUER_KEY, verdict_of
from okbadges.verification.report import Outcome, Verdict

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable

    from sqlalchemy import Connection

    from okbadges.partners.grants import Granted
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer
    from okbadges.verification import Report

LARGEST_BADGE = 256 * 1024
"""In bytes: a badge with its picture inside has a few tens of thousands."""
MOST_BADGES = 500
MOST_BYTES = 16 * 1024 * 1024
"""What one passport holds of others at the most."""
JSON = "application/json"


class Put(Enum):
    """What became of a badge that was put."""

    CREATED = auto()
    REPLACED = auto()
    KNOWN = auto()
    """It was there already, exactly so, or it is a badge of ours that the holder has."""
    OUTDATED = auto()
    """A newer one of the same is there, and stays."""


@dataclass(frozen=True, slots=True)
class Putting:
    """Who puts something, and what that needs: ``verify`` is how this service verifies whatever it is given."""

    writer: Writer
    secrets: Secrets
    granted: Granted
    verify: Callable[[bytes], Report]

    def put(self, stamp: Stamp, document: bytes, *, is_jwt: bool) -> Put:
        """Put a badge into the passport of the grant.

        Raises as `read_offered` does, and `InvalidInput` (``badge-not-genuine``, ``badge-unproven``), `Unavailable` (``issuer-unreachable``),
        `NotAllowed` (``passport-full``), `NotAuthenticated`.
        """
        offered = read_offered(document, is_jwt=is_jwt)
        known_as = offered.known_as(self.secrets)
        if self._is_there(offered, known_as):
            return Put.KNOWN
        _require_genuine(self.verify(document))
        return self.writer.write(lambda connection: self._keep(connection, stamp, offered, known_as))

    def _is_there(self, offered: OfferedBadge, known_as: bytes) -> bool:
        with self.writer.database.read() as session:
            kept = kept_document(session.connection(), self.secrets, self.granted.passport_id, known_as)
        return kept is not None and kept[1] == offered.document

    def _keep(self, connection: Connection, stamp: Stamp, offered: OfferedBadge, known_as: bytes) -> Put:
        """Keep it inside a change, in which whatever was looked at before is looked at again."""
        require_standing(connection, self.granted)
        if _is_of_ours(connection, self.granted, offered):
            return Put.KNOWN
        media_type = JWT if offered.is_jwt else JSON
        bringing = Bringing(self.granted.passport_id, self.granted.client_row_id, offered.document, media_type)
        kept = kept_document(connection, self.secrets, self.granted.passport_id, known_as)
        if kept is None:
            _require_room(connection, self.granted.passport_id, len(offered.document))
            add_brought(connection, stamp, self.secrets, bringing, known_as=known_as)
            return Put.CREATED
        row_id, before = kept
        if before == offered.document:
            return Put.KNOWN
        if offered.is_older_than(read_offered(before, is_jwt=not before.lstrip().startswith(b"{"))):
            return Put.OUTDATED
        _require_room(connection, self.granted.passport_id, len(offered.document) - len(before), more=0)
        replace_brought(connection, stamp, self.secrets, bringing, row_id=row_id)
        return Put.REPLACED


def require_standing(connection: Connection, granted: Granted) -> None:
    """Raise `NotAuthenticated` (``token-unknown``) when the holder took the grant back, or the passport ended, a moment ago."""
    standing = (
        select(col(OAuthGrantRow.id))
        .join(PassportRow, col(PassportRow.id) == col(OAuthGrantRow.passport_id))
        .where(
            col(OAuthGrantRow.id) == granted.grant_id,
            col(OAuthGrantRow.passport_id) == granted.passport_id,
            col(OAuthGrantRow.ended_at).is_(None),
        )
    )
    if connection.execute(standing).first() is None:
        raise unknown_token()


def _require_genuine(report: Report) -> None:
    """Let through only what was seen to be as its issuer signed it.

    Raises `InvalidInput`: ``badge-not-genuine``, with the check that found it, or ``badge-unproven``, when its signature cannot be
    verified here; `Unavailable` (``issuer-unreachable``) when the network alone was in the way.
    """
    if report.verdict not in (Verdict.INVALID, Verdict.REJECTED):
        _require_proven(report)
        return
    found = next((check for check in report.checks if check.required and verdict_of(check) is report.verdict), None)
    reason = f"{found.message} ({found.code})" if found else report.verdict.value
    raise InvalidInput(
        "badge-not-genuine", f"This badge is not as its issuer signed it, so it is not kept: {reason}", field="body"
    )


def _require_proven(report: Report) -> None:
    its = {check.id: check for check in report.checks}
    content, key = its.get(CONTENT_UNALTERED), its.get(ISSUER_KEY)
    if content and key and content.outcome is key.outcome is Outcome.PASSED:
        return
    if key and key.code == "issuer-unreachable":
        raise Unavailable(
            "issuer-unreachable", "The key of the issuer could not be fetched now; put the badge again later."
        )
    open_one = key if key and content and content.code == "earlier-step" else content
    reason = f"{open_one.message} ({open_one.code})" if open_one else report.verdict.value
    raise InvalidInput(
        "badge-unproven",
        f"The signature of this badge cannot be verified here, so it is not kept: {reason}",
        field="body",
    )


def _is_of_ours(connection: Connection, granted: Granted, offered: OfferedBadge) -> bool:
    """Tell whether it is a credential of an issuer here that is the holder's by our own records, a copy for a wallet too."""
    theirs = (
        select(col(CredentialRow.id))
        .join(IssuerRow, col(IssuerRow.id) == col(CredentialRow.issuer_id))
        .where(
            col(CredentialRow.credential_id) == offered.credential_id,
            col(IssuerRow.did) == offered.issuer,
            col(CredentialRow.participant_id).in_(granted.participants),
            col(CredentialRow.erased_at).is_(None),
        )
    )
    return connection.execute(theirs).first() is not None


def _require_room(connection: Connection, passport_id: uuid.UUID, size: int, *, more: int = 1) -> None:
    room = room_in(connection, passport_id)
    if room.credentials + more > MOST_BADGES or room.bytes + size > MOST_BYTES:
        raise NotAllowed(
            "passport-full",
            f"A passport holds at most {MOST_BADGES} badges of others, {MOST_BYTES // 1024 // 1024} MiB together; "
            "the holder can remove some of them.",
        )
