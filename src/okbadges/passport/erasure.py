"""Erasing a participant: everything about them goes, and what they carried away still verifies and can still be revoked.

Of each credential stay its id, hash, place in the status list, which badge and language it was, who issued it when, and what it
corrects; nothing that says whose it was. These rows then belong to the one participant of the organisation who stands for everybody erased. A place in a
status list is never given again. Of an issuer that was handed over goes what is still here; the rest is said (`okbadges.passport.elsewhere`).

What a school decided is the school's document and holds no name: it stays, and says of nobody any more whose it was. What the school
signed about a credential goes; its id and its place in a status list stay, as those of the credential do.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update
from sqlmodel import col

from okbadges.errors import NotFound
from okbadges.passport.brought import forget_brought
from okbadges.passport.elsewhere import chain_here
from okbadges.passport.let_in import forget_ways_in
from okbadges.passport.profiles import forget_profile
from okbadges.storage import journal
from okbadges.storage.ids import uuid4
from okbadges.storage.tables import (
    CardRow,
    CollectedCredentialRow,
    ConfirmationRow,
    ConsentRow,
    CredentialFormRow,
    CredentialRow,
    DecisionBadgeRow,
    DecisionRow,
    EndorsementRow,
    EvidenceRow,
    GroupParticipantRow,
    OAuthTokenRow,
    ParticipantRow,
    PassportRow,
    ReflectionRow,
    ShareLinkItemRow,
    ShareLinkRow,
    TickedStepRow,
    WalletOfferRow,
)
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Connection
    from sqlmodel import Session, SQLModel

    from okbadges.organisations.workshops import Organisation
    from okbadges.storage.journal import Stamp
    from okbadges.storage.writer import Writer

_CLAIM_HASH_BYTES = 32


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows of each kind were emptied or deleted; ``decisions`` are schools', which do not say whose they were any more."""

    credentials: int
    forms: int
    share_links: int
    ticked_steps: int
    confirmations: int
    evidence: int
    reflections: int
    consents: int
    group_stays: int
    decisions: int
    endorsements: int


def organisation_of(session: Session, participant_id: uuid.UUID, organisations: Iterable[Organisation]) -> Organisation:
    """Return which of these organisations a participant belongs to. Raises `NotFound` (``unknown-participant``) for none."""
    row = session.get(ParticipantRow, participant_id)
    for organisation in organisations:
        if row is not None and row.organisation_id == organisation.id and not row.stands_for_erased:
            return organisation
    raise _unknown()


def erase_participant(writer: Writer, stamp: Stamp, *, organisation: Organisation, participant_id: uuid.UUID) -> Erased:
    """Erase a participant of an organisation for good, in one change. Raises `NotFound` (``unknown-participant``), also afterwards."""

    def change(connection: Connection) -> Erased:
        _require(connection, organisation, participant_id)
        erased = erase_rows(connection, stamp, organisation.id, participant_id)
        event = journal.Event(
            chain=chain_here(connection, organisation),
            action="participant.erased",
            subject=f"participant:{participant_id}",
            details=asdict(erased),
        )
        journal.append(connection, stamp, event)
        return erased

    return writer.write(change)


def erase_rows(connection: Connection, stamp: Stamp, organisation_id: uuid.UUID, participant_id: uuid.UUID) -> Erased:
    """Empty and delete every row about a participant inside a change: without an event, so that a restore can do it again."""
    theirs = select(col(CredentialRow.id)).where(col(CredentialRow.participant_id) == participant_id)
    credentials = list(connection.scalars(theirs))
    erased = Erased(
        decisions=_cut_decisions(connection, stamp, participant_id, credentials),
        endorsements=_empty_endorsements(connection, stamp, credentials),
        credentials=len(credentials),
        forms=_delete(connection, CredentialFormRow, col(CredentialFormRow.credential_row_id).in_(credentials)),
        consents=_delete(connection, ConsentRow, col(ConsentRow.participant_id) == participant_id),
        share_links=_delete_share_links(connection, participant_id, credentials),
        ticked_steps=_delete(connection, TickedStepRow, col(TickedStepRow.participant_id) == participant_id),
        confirmations=_delete(connection, ConfirmationRow, col(ConfirmationRow.participant_id) == participant_id),
        evidence=_delete(connection, EvidenceRow, col(EvidenceRow.participant_id) == participant_id),
        reflections=_delete(connection, ReflectionRow, col(ReflectionRow.participant_id) == participant_id),
        group_stays=_delete(connection, GroupParticipantRow, col(GroupParticipantRow.participant_id) == participant_id),
    )
    _delete_wallet_offers(connection, credentials)
    # which of them belonged together would say that they are one person's
    _delete(connection, CollectedCredentialRow, col(CollectedCredentialRow.credential_row_id).in_(credentials))
    _delete(connection, CollectedCredentialRow, col(CollectedCredentialRow.summary_id).in_(credentials))
    if credentials:
        _empty_credentials(connection, stamp, credentials, _stand_in(connection, stamp, organisation_id))
    passport_id = connection.execute(
        select(col(ParticipantRow.passport_id)).where(col(ParticipantRow.id) == participant_id)
    ).scalar_one_or_none()
    _delete(connection, ParticipantRow, col(ParticipantRow.id) == participant_id)
    if passport_id is not None:
        _delete_when_empty(connection, passport_id)
    return erased


def erase_evidence_of_badge(
    writer: Writer, stamp: Stamp, *, organisation: Organisation, participant_id: uuid.UUID, badge: str
) -> int:
    """Delete what a participant's evidence for one badge is, once it is decided what it was kept for; return how many pieces.

    Raises `NotFound` (``unknown-participant``). Where there is none nothing is changed.
    """

    def change(connection: Connection) -> int:
        _require(connection, organisation, participant_id)
        about = (col(EvidenceRow.participant_id) == participant_id) & (col(EvidenceRow.badge) == badge)
        pieces = _delete(connection, EvidenceRow, about)
        if pieces:
            event = journal.Event(
                chain=chain_here(connection, organisation),
                action="evidence.erased",
                subject=f"participant:{participant_id}",
                details={"badge": badge, "count": pieces},
            )
            journal.append(connection, stamp, event)
        return pieces

    return writer.write(change)


def _require(connection: Connection, organisation: Organisation, participant_id: uuid.UUID) -> None:
    known = connection.execute(
        select(col(ParticipantRow.id)).where(
            col(ParticipantRow.id) == participant_id,
            col(ParticipantRow.organisation_id) == organisation.id,
            col(ParticipantRow.stands_for_erased).is_(False),
        )
    )
    if known.first() is None:
        raise _unknown()


def _unknown() -> NotFound:
    return NotFound("unknown-participant", "There is no such participant, or they were erased already.")


def _delete_when_empty(connection: Connection, passport_id: uuid.UUID) -> None:
    """Delete a passport, its cards and what programs brought into it once nobody of it is left."""
    left = select(col(ParticipantRow.id)).where(col(ParticipantRow.passport_id) == passport_id).limit(1)
    if connection.execute(left).first() is None:
        forget_ways_in(connection, passport_id)
        forget_brought(connection, passport_id)
        forget_profile(connection, passport_id)
        _delete(connection, CardRow, col(CardRow.passport_id) == passport_id)
        _delete(connection, PassportRow, col(PassportRow.id) == passport_id)


def _delete(connection: Connection, table: type[SQLModel], which: ColumnElement[bool]) -> int:
    return connection.execute(delete(table).where(which)).rowcount


def _delete_share_links(connection: Connection, participant_id: uuid.UUID, credentials: Sequence[uuid.UUID]) -> int:
    """Delete a participant's links, and their credentials from the links of others; a link that shows nothing any more goes too."""
    theirs = col(ShareLinkItemRow.credential_row_id).in_(credentials)
    shown_by = select(col(ShareLinkItemRow.share_link_id)).where(theirs)
    own = select(col(ShareLinkRow.id)).where(col(ShareLinkRow.participant_id) == participant_id)
    links = {*connection.scalars(shown_by), *connection.scalars(own)}
    _delete(connection, ShareLinkItemRow, theirs | col(ShareLinkItemRow.share_link_id).in_(own))
    left = set(
        connection.scalars(
            select(col(ShareLinkItemRow.share_link_id)).where(col(ShareLinkItemRow.share_link_id).in_(links))
        )
    )
    _delete(connection, ConsentRow, col(ConsentRow.share_link_id).in_(links - left))
    on_them = col(DecisionRow.share_link_id).in_(links - left)
    connection.execute(update(DecisionRow).where(on_them).values(share_link_id=None))
    return _delete(connection, ShareLinkRow, col(ShareLinkRow.id).in_(links - left))


def _delete_wallet_offers(connection: Connection, credentials: Sequence[uuid.UUID]) -> None:
    """Delete what was offered to wallets, with the tokens that opened it; the copies are credentials and go as these do."""
    offers = select(col(WalletOfferRow.id)).where(col(WalletOfferRow.credential_row_id).in_(credentials))
    _delete(connection, OAuthTokenRow, col(OAuthTokenRow.offer_id).in_(offers))
    _delete(connection, WalletOfferRow, col(WalletOfferRow.credential_row_id).in_(credentials))


def _cut_decisions(
    connection: Connection, stamp: Stamp, participant_id: uuid.UUID, credentials: Sequence[uuid.UUID]
) -> int:
    """Take out of schools' decisions whose they were and which rows they were about; the records stay as they are."""
    of_these = col(DecisionBadgeRow.credential_row_id).in_(credentials)
    connection.execute(update(DecisionBadgeRow).where(of_these).values(credential_row_id=None))
    theirs = col(DecisionRow.participant_id) == participant_id
    nobody = {"participant_id": None, "share_link_id": None, "erased_at": stamp.now}
    return connection.execute(update(DecisionRow).where(theirs).values(nobody)).rowcount


def _empty_endorsements(connection: Connection, stamp: Stamp, credentials: Sequence[uuid.UUID]) -> int:
    """Leave of each endorsement what a revocation needs."""
    of_these = col(EndorsementRow.credential_row_id).in_(credentials)
    nothing = {"credential_row_id": None, "document": None, "erased_at": stamp.now}
    return connection.execute(update(EndorsementRow).where(of_these).values(nothing)).rowcount


def _stand_in(connection: Connection, stamp: Stamp, organisation_id: uuid.UUID) -> uuid.UUID:
    """Return the participant who stands for everybody erased of an organisation; the first erasure makes it."""
    found: uuid.UUID | None = connection.execute(
        select(col(ParticipantRow.id)).where(
            col(ParticipantRow.organisation_id) == organisation_id, col(ParticipantRow.stands_for_erased).is_(True)
        )
    ).scalar_one_or_none()
    if found is not None:
        return found
    row = ParticipantRow(
        id=uuid4(stamp.random_bytes),
        organisation_id=organisation_id,
        last_event_at=stamp.now,
        created_at=stamp.now,
        stands_for_erased=True,
    )
    add(connection, row)
    return row.id


def _empty_credentials(
    connection: Connection, stamp: Stamp, credentials: Sequence[uuid.UUID], stand_in: uuid.UUID
) -> None:
    """Leave of each credential what a verifier and a revocation need. ``repeat_hash`` stays, so that its request is never done again."""
    for row_id in credentials:
        issued_at = connection.execute(
            select(col(CredentialRow.issued_at)).where(col(CredentialRow.id) == row_id)
        ).scalar_one()
        connection.execute(
            update(CredentialRow)
            .where(col(CredentialRow.id) == row_id)
            .values(
                participant_id=stand_in,
                document=None,
                observation=None,
                sealed_revocation_note=None,
                share_link_id=None,
                request_hash=None,
                award_language=None,
                valid_until_on=None,
                accepted_at=None,
                declined_at=None,
                hidden_at=None,
                awarded_on=issued_at.date().replace(day=1),
                claim_token_hash=stamp.random_bytes(_CLAIM_HASH_BYTES),
                erased_at=stamp.now,
            )
        )
