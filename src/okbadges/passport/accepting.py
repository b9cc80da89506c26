"""Accepting: nothing is the participant's until they say so, and whatever they say needs no reason and can be changed.

A badge that was accepted can be hidden and shown again. Only what is accepted and not hidden is shown to anybody. Each link is a consent
of its own: what is put away or declined is taken off every link for good, and taken back it is on none.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from okbadges.errors import Conflict, NotFound
from okbadges.organisations import consents
from okbadges.organisations.consents import Consenting, How
from okbadges.storage import journal
from okbadges.storage.tables import CredentialRow, IssuerRow, ParticipantRow, ShareLinkItemRow, ShareLinkRow

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Select

    from okbadges.storage.journal import Stamp
    from okbadges.storage.writer import Writer


class Decision(StrEnum):
    """What the holder says to a badge."""

    ACCEPT = "accept"
    DECLINE = "decline"
    HIDE = "hide"
    SHOW = "show"


_ACTIONS = {
    Decision.ACCEPT: "credential.accepted",
    Decision.DECLINE: "credential.declined",
    Decision.HIDE: "credential.hidden",
    Decision.SHOW: "credential.shown",
}


DECISIONS = frozenset(_ACTIONS.values())
"""The actions of the journal that tell of a decision."""


def can_be_shown() -> ColumnElement[bool]:
    """Return the condition under which a credential may be shown to others: accepted, not hidden, not erased."""
    return (
        col(CredentialRow.accepted_at).is_not(None)
        & col(CredentialRow.hidden_at).is_(None)
        & col(CredentialRow.erased_at).is_(None)
    )


@cache
def shown_by_link() -> ColumnElement[bool]:
    """Return the condition under which a link shows a credential that is on it: it may be shown, and is in the passport of its owner.

    What was taken out of a joined passport is somebody's own again, and stands on no link of the others.
    """
    owner, other = aliased(ParticipantRow), aliased(ParticipantRow)
    together = (
        select(col(owner.id))
        .join(other, col(other.passport_id) == col(owner.passport_id))
        .where(col(owner.id) == col(ShareLinkRow.participant_id), col(other.id) == col(CredentialRow.participant_id))
    )
    is_owners = col(CredentialRow.participant_id) == col(ShareLinkRow.participant_id)
    return can_be_shown() & or_(is_owners, together.exists())


def decide(
    writer: Writer,
    stamp: Stamp,
    decision: Decision,
    *,
    credential: uuid.UUID,
    participants: Collection[uuid.UUID],
    how: How,
    still: Callable[[Connection], None] = lambda _: None,
) -> bool:
    """Do what the holder says about one of their credentials (a row's key); False where it was so already.

    ``still`` raises what speaks against it by now. Accepting the first badge is also the consent to receive badges; where that was taken back it stays so. Raises `NotFound` (``unknown-credential``) for a credential
    of others, `Conflict` (``not-accepted``) for hiding or showing what is not theirs yet.
    """

    def change(connection: Connection) -> bool:
        still(connection)
        found = connection.execute(_said(credential, participants)).one_or_none()
        if found is None:
            raise NotFound("unknown-credential", "There is no such badge in this passport.")
        values = _values(decision, found.accepted_at, found.declined_at, found.hidden_at, stamp.now)
        if not values:
            return False
        # a badge that was corrected or renewed is one badge to its holder, also behind a link that names the earlier credential
        line = _line_of(connection, credential)
        # taken back it is on no link either: links of before this rule still name what was put away
        taken_off = _take_off_links(connection, stamp, line)
        connection.execute(update(CredentialRow).where(col(CredentialRow.id).in_(line)).values(**values))
        if decision is Decision.ACCEPT and not consents.who_withdrew(
            connection, [found.participant_id], Consenting.RECEIVING
        ):
            consents.give(connection, stamp, found.participant_id, Consenting.RECEIVING, how)
        event = journal.Event(
            found.slug, action=_ACTIONS[decision], subject=found.credential_id, details={"how": how, **taken_off}
        )
        journal.append(connection, stamp, event)
        return True

    return writer.write(change)


def end_link(connection: Connection, stamp: Stamp, link_id: uuid.UUID) -> bool:
    """Withdraw a link inside a change, and the consent to it; False where it was withdrawn already."""
    is_open = (col(ShareLinkRow.id) == link_id) & col(ShareLinkRow.withdrawn_at).is_(None)
    # nobody will read the name again
    ended = update(ShareLinkRow).where(is_open).values(withdrawn_at=stamp.now, sealed_name=None)
    if not connection.execute(ended).rowcount:
        return False
    consents.withdraw_share(connection, stamp, link_id)
    return True


def take_off_links_again(connection: Connection, stamp: Stamp, credential_id: str) -> None:
    """Do once more inside a restore what a decision did at the stamp's time to the links that there were then."""
    found = connection.execute(select(col(CredentialRow.id)).where(col(CredentialRow.credential_id) == credential_id))
    for row_id in found.scalars().all():
        _take_off_links(connection, stamp, _line_of(connection, row_id))


def _take_off_links(connection: Connection, stamp: Stamp, line: Collection[uuid.UUID]) -> dict[str, int]:
    """Take credentials off the open links that they are on; one that shows nothing else is withdrawn. Return how many, for the event."""
    on_it = select(col(ShareLinkItemRow.share_link_id)).where(col(ShareLinkItemRow.credential_row_id).in_(line))
    links = set(
        connection.scalars(
            select(col(ShareLinkRow.id)).where(
                col(ShareLinkRow.id).in_(on_it),
                col(ShareLinkRow.withdrawn_at).is_(None),
                col(ShareLinkRow.expires_on) >= stamp.now.date(),
                col(ShareLinkRow.created_at) <= stamp.now,
            )
        )
    )
    others = (
        select(col(ShareLinkItemRow.share_link_id))
        .join(CredentialRow, col(CredentialRow.id) == col(ShareLinkItemRow.credential_row_id))
        .join(ShareLinkRow, col(ShareLinkRow.id) == col(ShareLinkItemRow.share_link_id))
        .where(col(ShareLinkRow.id).in_(links), col(CredentialRow.id).not_in(line), shown_by_link())
    )
    going_on = set(connection.scalars(others))
    off = col(ShareLinkItemRow.share_link_id).in_(going_on) & col(ShareLinkItemRow.credential_row_id).in_(line)
    connection.execute(delete(ShareLinkItemRow).where(off))
    for link_id in links - going_on:
        end_link(connection, stamp, link_id)
    return {"links": len(links), "withdrawn": len(links - going_on)} if links else {}


def _line_of(connection: Connection, credential: uuid.UUID) -> set[uuid.UUID]:
    """Return a credential with all that it took the place of, and all that took its place."""
    line, ends = {credential}, {credential}
    while ends:
        later = select(col(CredentialRow.id)).where(col(CredentialRow.supersedes_id).in_(ends))
        earlier = select(col(CredentialRow.supersedes_id)).where(
            col(CredentialRow.id).in_(ends), col(CredentialRow.supersedes_id).is_not(None)
        )
        ends = {one for one in (*connection.scalars(later), *connection.scalars(earlier)) if one is not None} - line
        line |= ends
    return line


def _said(
    credential: uuid.UUID, participants: Collection[uuid.UUID]
) -> Select[str, uuid.UUID, datetime | None, datetime | None, datetime | None, str]:
    """Return the query for what the holder said of one of their credentials so far, and its issuer."""
    return (
        select(
            col(CredentialRow.credential_id),
            col(CredentialRow.participant_id),
            col(CredentialRow.accepted_at),
            col(CredentialRow.declined_at),
            col(CredentialRow.hidden_at),
            col(IssuerRow.slug),
        )
        .join(IssuerRow, col(IssuerRow.id) == col(CredentialRow.issuer_id))
        .where(
            col(CredentialRow.id) == credential,
            col(CredentialRow.participant_id).in_(participants),
            col(CredentialRow.erased_at).is_(None),
        )
    )


def _values(
    decision: Decision,
    accepted_at: datetime | None,
    declined_at: datetime | None,
    hidden_at: datetime | None,
    now: datetime,
) -> Mapping[str, datetime | None]:
    """Return what changes in the row; nothing where it already is as the holder says."""
    match decision:
        case Decision.ACCEPT:
            return {} if accepted_at else {"accepted_at": now, "declined_at": None, "hidden_at": None}
        case Decision.DECLINE:
            return {} if declined_at else {"accepted_at": None, "declined_at": now, "hidden_at": None}
        case Decision.HIDE | Decision.SHOW if accepted_at is None:
            raise Conflict("not-accepted", "Take this badge into your passport first.")
        case Decision.HIDE:
            return {} if hidden_at else {"hidden_at": now}
        case Decision.SHOW:
            return {"hidden_at": None} if hidden_at else {}
