"""Decisions: kept sealed, found by the school that made them, superseded and never edited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from okbadges.errors import ConfigurationError, Conflict, NotFound
from okbadges.organisations.workshops import chain_of
from okbadges.recognition.endorsements import revoke_those_of
from okbadges.recognition.record import Decided, DecisionRecord, TargetKind, read_record, record_hash
from okbadges.recognition.standing import require_place, same_person
from okbadges.storage import journal
from okbadges.storage.sealing import Sealed
from okbadges.storage.tables import CredentialRow, DecisionBadgeRow, DecisionRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Collection, Mapping
    from datetime import date, datetime

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.organisations.workshops import Organisation
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a decision belongs: the school, who decided, and whose badges they were (by the link that showed them)."""

    organisation: Organisation
    member_id: uuid.UUID
    participant_id: uuid.UUID | None
    share_link_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision as it is listed: nothing of it is opened."""

    id: uuid.UUID
    member_id: uuid.UUID
    generation: str
    target_kind: TargetKind
    target_uri: str
    decided: Decided
    decided_on: date
    decided_at: datetime
    is_superseded: bool


def keep_decision(
    writer: Writer,
    stamp: Stamp,
    secrets: Secrets,
    record: DecisionRecord,
    kept: Kept,
    *,
    bars: Mapping[str, str],
    matter: Collection[str] = (),
) -> None:
    """Keep a decision; the same one again changes nothing. ``bars`` say, by credential id, why a badge did not count.

    ``matter`` are the URIs of its target in all generations (`one_matter`). Raises `NotFound` (``unknown-decision``) for a decision of
    others that it would supersede, `Conflict`: ``decision-superseded`` where that was done already, ``decided-meanwhile``
    (`DecidedMeanwhile`) where another one stands about the same. What was endorsed by the one that is superseded is revoked with it.
    """
    row, person = _row(record, kept, secrets, stamp.random_bytes), kept.participant_id

    def change(connection: Connection) -> None:
        if connection.execute(select(DecisionRow.id).where(DecisionRow.id == record.id)).first():
            return
        if record.supersedes is not None:
            _require_open(connection, kept.organisation, record.supersedes)
        same = {record.target.uri, *matter}
        require_place(connection, kept.organisation, person, same, supersedes=record.supersedes)
        if record.supersedes is not None:
            revoke_those_of(connection, stamp, record.supersedes)
        add(connection, row)
        _add_badges(connection, record, bars)
        journal.append(connection, stamp, _event(chain_of(connection, kept.organisation), record, row.record_hash))

    writer.write(change)


def _row(record: DecisionRecord, kept: Kept, secrets: Secrets, random_bytes: Callable[[int], bytes]) -> DecisionRow:
    written, bound = record.written(), bound_to(record.id)
    return DecisionRow(
        id=record.id,
        organisation_id=kept.organisation.id,
        member_id=kept.member_id,
        participant_id=kept.participant_id,
        share_link_id=kept.share_link_id,
        generation=record.requirements.generation,
        target_kind=record.target.kind,
        target_uri=record.target.uri,
        decided=record.decided,
        decided_on=record.decided_on,
        decided_at=record.decided_at,
        sealed_record=secrets.seal(written, bound_to=bound, random_bytes=random_bytes, kind=Sealed.WORDS),
        record_hash=record_hash(written),
        supersedes_id=record.supersedes,
    )


def _event(chain: str, record: DecisionRecord, its_hash: str) -> journal.Event:
    details = {
        "decided": record.decided,
        "target": record.target.uri,
        "generation": record.requirements.generation,
        "record_hash": its_hash,
        "supersedes": str(record.supersedes) if record.supersedes else None,
    }
    return journal.Event(chain=chain, action="decision.made", subject=f"decision:{record.id}", details=details)


def find_decision(
    session: Session, secrets: Secrets, organisation: Organisation, decision_id: uuid.UUID
) -> DecisionRecord:
    """Return a decision of the school, whole. Raises `NotFound` (``unknown-decision``), `ConfigurationError` for one that was altered."""
    row = session.get(DecisionRow, decision_id)
    if row is None or row.organisation_id != organisation.id:
        raise _unknown()
    return open_record(secrets, row)


def open_record(secrets: Secrets, row: DecisionRow) -> DecisionRecord:
    """Return the record of a decision that was found. Raises `ConfigurationError` (``decision-altered``) for one that was altered."""
    written = secrets.unseal(row.sealed_record, bound_to=bound_to(row.id), kind=Sealed.WORDS)
    if record_hash(written) != row.record_hash:
        raise ConfigurationError("decision-altered", f"The record of decision {row.id} is not the one that was kept.")
    return read_record(written)


def decisions_of(
    session: Session, organisation: Organisation, *, before: uuid.UUID | None = None, limit: int = 50
) -> list[DecisionLine]:
    """Return the school's decisions, the newest first, before that id."""
    its = select(DecisionRow).where(DecisionRow.organisation_id == organisation.id)
    if before is not None:
        its = its.where(DecisionRow.id < before)
    return _lines(session, list(session.exec(its.order_by(col(DecisionRow.id).desc()).limit(limit))))


def decisions_about(session: Session, organisation: Organisation, participant_id: uuid.UUID) -> list[DecisionLine]:
    """Return what the school decided about a person and what stands of it, the newest first, whichever link showed the badges."""
    its = select(DecisionRow).where(
        DecisionRow.organisation_id == organisation.id,
        col(DecisionRow.participant_id).in_(same_person(participant_id)),
    )
    newest_first = its.order_by(col(DecisionRow.decided_at).desc(), col(DecisionRow.id).desc())
    lines = _lines(session, list(session.exec(newest_first)))
    return [line for line in lines if not line.is_superseded and line.decided is not Decided.WITHDRAWN]


def _lines(session: Session, rows: list[DecisionRow]) -> list[DecisionLine]:
    superseding = select(DecisionRow.supersedes_id).where(col(DecisionRow.supersedes_id).in_([row.id for row in rows]))
    superseded = set(session.exec(superseding))
    return [
        DecisionLine(
            id=row.id,
            member_id=row.member_id,
            generation=row.generation,
            target_kind=TargetKind(row.target_kind),
            target_uri=row.target_uri,
            decided=Decided(row.decided),
            decided_on=row.decided_on,
            decided_at=row.decided_at,
            is_superseded=row.id in superseded,
        )
        for row in rows
    ]


def _require_open(connection: Connection, organisation: Organisation, decision_id: uuid.UUID) -> None:
    its = select(DecisionRow.id).where(DecisionRow.id == decision_id, DecisionRow.organisation_id == organisation.id)
    if connection.execute(its).first() is None:
        raise _unknown()
    require_standing(connection, decision_id)


def require_standing(connection: Connection, decision_id: uuid.UUID) -> None:
    """Raise `Conflict` (``decision-superseded``) for a decision in whose place another one came."""
    if connection.execute(select(DecisionRow.id).where(DecisionRow.supersedes_id == decision_id)).first():
        raise Conflict(
            "decision-superseded",
            "This decision was superseded already; correct the one that took its place.",
            field="supersedes",
        )


def _add_badges(connection: Connection, record: DecisionRecord, bars: Mapping[str, str]) -> None:
    ids = [one.credential_id for one in record.badges]
    found = select(CredentialRow.credential_id, CredentialRow.id).where(col(CredentialRow.credential_id).in_(ids))
    rows = {row.credential_id: row.id for row in connection.execute(found)}
    for position, one in enumerate(record.badges):
        add(
            connection,
            DecisionBadgeRow(
                decision_id=record.id,
                position=position,
                credential_row_id=rows.get(one.credential_id),
                badge=one.badge,
                counted=one.counted,
                bar=bars.get(one.credential_id),
            ),
        )


def _unknown() -> NotFound:
    return NotFound("unknown-decision", "Your school has no such decision.", field="decision")


def bound_to(decision_id: uuid.UUID) -> str:
    """Return what the record of a decision is sealed to."""
    return f"decision:{decision_id.hex}"
