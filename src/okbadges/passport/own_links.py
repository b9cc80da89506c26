"""The holder's own share links: making one, seeing which are open, taking one back at once.

A link shows chosen badges to somebody for a purpose until a day, and of everything else only what the holder says: the day of the
award, evidence, own words, and a name that they typed for this link alone. Making it is the consent to it; withdrawing it ends both.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import func
from sqlalchemy import select as core_select
from sqlmodel import col, select

from okbadges.errors import Conflict, InvalidInput, NotFound
from okbadges.issuing.order import Purpose, latest_share_day
from okbadges.organisations import consents
from okbadges.organisations.consents import Consenting, How
from okbadges.organisations.labels import refuse_identifiers
from okbadges.organisations.wording import one_line
from okbadges.passport.accepting import can_be_shown, end_link, shown_by_link
from okbadges.passport.holder import chain_of_passport
from okbadges.storage import journal
from okbadges.storage.sealing import Sealed, token_hash
from okbadges.storage.tables import CredentialRow, IssuerRow, ParticipantRow, ShareLinkItemRow, ShareLinkRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Collection, Iterable
    from datetime import date, datetime

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.issuing.links import Links
    from okbadges.passport.holder import Holder
    from okbadges.storage.journal import Stamp
    from okbadges.storage.writer import Writer

MOST_BADGES = 50
LONGEST_NAME = 80


class Shown(StrEnum):
    """What a link can show beside the badges."""

    DAY = "day"
    EVIDENCE = "evidence"
    OWN_WORDS = "own-words"
    ENDORSEMENT = "endorsement"
    """What a school signed about a badge (`okbadges.passport.shown_endorsements`)."""


USUAL_DAYS = {Purpose.STUDY_PLAN: 90, Purpose.WORKPLACE: 30, Purpose.OTHER: 30}
"""How long a link lasts when the holder does not say: a study-plan talk is seldom the day after."""


@dataclass(frozen=True, slots=True)
class WantedLink:
    """A link as the holder wants it: which credentials (rows' keys, in this order), for what, what beside them, until when."""

    purpose: Purpose
    credentials: tuple[uuid.UUID, ...]
    shows: frozenset[Shown]
    name: str | None
    expires_on: date


@dataclass(frozen=True, slots=True)
class OwnLink:
    """A share link as its owner sees it; ``id`` names it and opens nothing. ``badges`` is how many it shows now."""

    id: uuid.UUID
    purpose: Purpose
    expires_on: date
    created_at: datetime
    shows: frozenset[Shown]
    has_name: bool
    badges: int


def check_link(session: Session, holder: Holder, wanted: WantedLink, *, today: date) -> WantedLink:
    """Return a wanted link as it would be made, for a preview. Raises what `make_link` raises; nothing is changed."""
    return _checked(session.connection(), holder, wanted, today=today)


def make_link(
    writer: Writer,
    stamp: Stamp,
    links: Links,
    holder: Holder,
    wanted: WantedLink,
    *,
    link_id: uuid.UUID | None = None,
    as_seen: Callable[[Connection], bool] = lambda _: True,
) -> uuid.UUID:
    """Make a share link and return its key; `okbadges.issuing.links.Links.share_link` gives its address.

    A form that is sent twice names the same ``link_id`` and makes one link. ``as_seen`` tells whether it would show what its holder saw.
    Raises `InvalidInput`: ``no-badges``, ``too-many-badges``, ``share-expiry``, ``share-name`` and what identifies a person elsewhere;
    `NotFound` (``unknown-credential``) for what is not the holder's, not accepted or hidden, and (``unknown-share-link``) for a key of
    others; `Conflict` (``link-not-as-seen``).
    """
    link_id = link_id or stamp.row_id()

    def change(connection: Connection) -> None:
        if _is_made(connection, holder, link_id):
            return
        checked = _checked(connection, holder, wanted, today=stamp.now.date())
        if not as_seen(connection):
            raise Conflict("link-not-as-seen", "Something changed since you looked. Look at the preview once more.")
        owner = _owner(connection, checked.credentials[0])
        add(connection, _row(stamp, links, link_id, owner, checked), *_items(link_id, checked.credentials))
        consents.give(connection, stamp, owner, Consenting.SHARING, How.PASSPORT, share_link_id=link_id)
        event = journal.Event(
            chain_of_passport(connection, holder.passport_id),
            action="share-link.made",
            subject=f"share-link:{link_id}",
            details={"purpose": checked.purpose, "badges": len(checked.credentials), "shows": _joined(checked.shows)},
        )
        journal.append(connection, stamp, event)

    writer.write(change)
    return link_id


def own_links(session: Session, participants: Collection[uuid.UUID], *, now: datetime) -> list[OwnLink]:
    """Return the open links that show something of these participants, the newest first."""
    rows = session.exec(
        select(ShareLinkRow)
        .where(
            col(ShareLinkRow.participant_id).in_(participants),
            col(ShareLinkRow.withdrawn_at).is_(None),
            col(ShareLinkRow.expires_on) >= now.date(),
        )
        .order_by(col(ShareLinkRow.id).desc())
    ).all()
    return [_own(session, row) for row in rows]


def links_of_credential(session: Session, row_id: uuid.UUID, *, now: datetime) -> list[OwnLink]:
    """Return the open links that show one credential, the oldest first."""
    rows = session.exec(
        select(ShareLinkRow)
        .join(ShareLinkItemRow, col(ShareLinkItemRow.share_link_id) == ShareLinkRow.id)
        .where(ShareLinkItemRow.credential_row_id == row_id)
        .where(col(ShareLinkRow.withdrawn_at).is_(None), col(ShareLinkRow.expires_on) >= now.date())
        .order_by(col(ShareLinkRow.id))
    ).all()
    return [_own(session, row) for row in rows]


def withdraw_link(
    writer: Writer,
    stamp: Stamp,
    participants: Collection[uuid.UUID],
    link_id: uuid.UUID,
    *,
    still: Callable[[Connection], None] = lambda _: None,
) -> None:
    """Take a link back; from now on it is gone, and taking it back again changes nothing. ``still`` raises what speaks against it by now.

    Raises `NotFound` (``unknown-share-link``) for a link that shows nothing of these participants.
    """

    def change(connection: Connection) -> None:
        still(connection)
        chain = connection.execute(
            core_select(col(IssuerRow.slug))
            .join(CredentialRow, col(CredentialRow.issuer_id) == col(IssuerRow.id))
            .join(ShareLinkItemRow, col(ShareLinkItemRow.credential_row_id) == col(CredentialRow.id))
            .where(
                col(ShareLinkItemRow.share_link_id) == link_id,
                col(CredentialRow.participant_id).in_(participants),
            )
            .limit(1)
        ).scalar_one_or_none()
        if chain is None:
            raise unknown_link()
        if end_link(connection, stamp, link_id):
            event = journal.Event(chain, action="share-link.withdrawn", subject=f"share-link:{link_id}")
            journal.append(connection, stamp, event)

    writer.write(change)


def shown_of(row: ShareLinkRow) -> frozenset[Shown]:
    """Return what a stored link shows beside the badges."""
    return frozenset(Shown(one) for one in row.shows.split())


def bound_to(link_id: uuid.UUID) -> str:
    """Return what a link's sealed name is bound to."""
    return f"share-link:{link_id.hex}"


def unknown_link() -> NotFound:
    """Return the refusal of a link that is not the holder's."""
    return NotFound("unknown-share-link", "There is no such link of yours.")


def _is_made(connection: Connection, holder: Holder, link_id: uuid.UUID) -> bool:
    """Tell whether the holder made this link before. Raises `NotFound` where somebody else did."""
    made = core_select(col(ShareLinkRow.participant_id)).where(col(ShareLinkRow.id) == link_id)
    owner = connection.execute(made).scalar_one_or_none()
    if owner is not None and owner not in holder.participants:
        raise unknown_link()
    return owner is not None


def _checked(connection: Connection, holder: Holder, wanted: WantedLink, *, today: date) -> WantedLink:
    chosen = tuple(dict.fromkeys(wanted.credentials))
    if not chosen:
        raise InvalidInput("no-badges", "Choose at least one badge.", field="badges")
    if len(chosen) > MOST_BADGES:
        raise InvalidInput("too-many-badges", f"Choose {MOST_BADGES} badges at the most.", field="badges")
    latest = latest_share_day(today)
    if not today <= wanted.expires_on <= latest:
        raise InvalidInput("share-expiry", f"Choose a day between {today} and {latest}.", field="expires_on")
    theirs = core_select(col(CredentialRow.id)).where(
        col(CredentialRow.id).in_(chosen), col(CredentialRow.participant_id).in_(holder.participants), can_be_shown()
    )
    if set(connection.scalars(theirs)) != set(chosen):
        raise NotFound("unknown-credential", "One of these badges is not in your passport any more. Choose again.")
    return WantedLink(wanted.purpose, chosen, wanted.shows, _name(wanted.name), wanted.expires_on)


def _name(typed: str | None) -> str | None:
    if not (typed or "").strip():
        return None
    name = one_line(typed or "", longest=LONGEST_NAME, field="name", code="share-name")
    refuse_identifiers(name, field="name")
    return name


def _owner(connection: Connection, credential: uuid.UUID) -> uuid.UUID:
    found: uuid.UUID = connection.execute(
        core_select(col(ParticipantRow.id))
        .join(CredentialRow, col(CredentialRow.participant_id) == col(ParticipantRow.id))
        .where(col(CredentialRow.id) == credential)
    ).scalar_one()
    return found


def _row(stamp: Stamp, links: Links, link_id: uuid.UUID, owner: uuid.UUID, wanted: WantedLink) -> ShareLinkRow:
    sealed = None
    if wanted.name is not None:
        sealed = links.secrets.seal(
            wanted.name.encode(), bound_to=bound_to(link_id), random_bytes=stamp.random_bytes, kind=Sealed.OWN_WORDS
        )
    return ShareLinkRow(
        id=link_id,
        participant_id=owner,
        token_hash=token_hash(links.share_token(link_id)),
        code_hash=links.share_code_hash(link_id),
        purpose=wanted.purpose,
        expires_on=wanted.expires_on,
        shows=_joined(wanted.shows),
        sealed_name=sealed,
        created_at=stamp.now,
    )


def _items(link_id: uuid.UUID, credentials: Iterable[uuid.UUID]) -> Iterable[ShareLinkItemRow]:
    for position, one in enumerate(credentials):
        yield ShareLinkItemRow(share_link_id=link_id, position=position, credential_row_id=one)


def _joined(shows: Iterable[Shown]) -> str:
    return " ".join(sorted(shows))


def _own(session: Session, row: ShareLinkRow) -> OwnLink:
    shown = (
        select(func.count(col(ShareLinkItemRow.position)))
        .join(CredentialRow, col(CredentialRow.id) == ShareLinkItemRow.credential_row_id)
        .join(ShareLinkRow, col(ShareLinkRow.id) == ShareLinkItemRow.share_link_id)
        .where(ShareLinkItemRow.share_link_id == row.id, shown_by_link())
    )
    return OwnLink(
        id=row.id,
        purpose=Purpose(row.purpose),
        expires_on=row.expires_on,
        created_at=row.created_at,
        shows=shown_of(row),
        has_name=row.sealed_name is not None,
        badges=session.exec(shown).one(),
    )
