"""Ticking a step when it was seen, and taking a tick back that was a mistake: one change and one event for each.

A second tick of the same step changes nothing. Taking one back removes its row, and leaves nothing behind that could be read as a
failure: a participant has shown a step, or nothing is said about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete
from sqlmodel import col, select

from okbadges.catalogue.published import PublishedBadge
from okbadges.catalogue.shelf import latest_row
from okbadges.errors import Conflict, InvalidInput, NotFound
from okbadges.organisations.groups import require_leader
from okbadges.organisations.participants import touch
from okbadges.organisations.workshops import chain_of
from okbadges.progress.notes import checked_note, seal_note
from okbadges.progress.observation import EARLIEST_AWARD
from okbadges.progress.steps import criterion_hash
from okbadges.storage import journal
from okbadges.storage.tables import TickedStepRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Collection, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Connection
    from sqlmodel import Session

    from okbadges.organisations.callers import Caller
    from okbadges.organisations.workshops import Organisation
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer


@dataclass(frozen=True, slots=True)
class ParticipantStep:
    """One step (its 1-based number) of the newest version of a badge, for one participant."""

    organisation: Organisation
    participant_id: uuid.UUID
    badge_row_id: uuid.UUID
    badge: str
    version: int
    is_retired: bool
    number: int
    criterion_hash: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """That a step was seen: by whom (a role), how, on which day (UTC), and a note for those who lead the participant's groups.

    ``badge_version`` is the version that the instructor had before their eyes, where their program says so.
    """

    observed_by: str
    method: str
    observed_on: date
    note: str | None = None
    badge_version: int | None = None


def find_step(session: Session, caller: Caller, participant_id: uuid.UUID, badge: str, number: int) -> ParticipantStep:
    """Return a step of a participant with whom the caller may work. Raises `NotFound` with what there is not."""
    steps = steps_for(session, caller, participant_id, badge)
    if not 1 <= number <= len(steps):
        raise NotFound("unknown-step", f"{badge} has the steps 1 to {len(steps)}.", field="step")
    return steps[number - 1]


def find_steps(
    session: Session, caller: Caller, participant_id: uuid.UUID, badge: str, criteria: Collection[str]
) -> list[ParticipantStep]:
    """Return the steps that have these criteria (by their hashes), of a participant with whom the caller may work.

    Raises `NotFound` with what there is not, `InvalidInput` (``step-missing``) for none, `Conflict` (``badge-changed``) for a
    criterion that the newest version does not have.
    """
    steps = {step.criterion_hash: step for step in steps_for(session, caller, participant_id, badge)}
    if not criteria:
        raise InvalidInput("step-missing", "Choose the steps that were seen.", field="step")
    if not steps.keys() >= set(criteria):
        raise Conflict("badge-changed", f"The steps of {badge} have changed; read them again.", field="step")
    return [step for key, step in steps.items() if key in criteria]


def steps_for(session: Session, caller: Caller, participant_id: uuid.UUID, badge: str) -> list[ParticipantStep]:
    """Return the steps of the newest version of a badge for a participant with whom the caller may work. Raises as `find_step`."""
    organisation = require_leader(session, caller, participant_id)
    row = latest_row(session, badge)
    return [
        ParticipantStep(
            organisation=organisation,
            participant_id=participant_id,
            badge_row_id=row.id,
            badge=badge,
            version=row.version,
            is_retired=row.retired_at is not None,
            number=number,
            criterion_hash=criterion_hash(criterion),
        )
        for number, criterion in enumerate(PublishedBadge.model_validate_json(row.definition).criteria, start=1)
    ]


def tick_step(writer: Writer, stamp: Stamp, secrets: Secrets, step: ParticipantStep, seen: Sighting) -> bool:
    """Tick a step, and tell whether that is new: one that was ticked before stays as it is.

    Raises `InvalidInput` (``badge-retired``, ``observed-in-future``, ``observed-too-early``, and those of a note), `Conflict`
    (``badge-changed``: the instructor read another version), and `NotFound` when the participant was erased meanwhile.
    """
    return writer.write(_ticking(stamp, secrets, step, seen))


def tick_steps(writer: Writer, stamp: Stamp, secrets: Secrets, steps: Sequence[ParticipantStep], seen: Sighting) -> int:
    """Tick several steps that were seen at once, of one participant or of several; return how many of them are new.

    Each is a change of its own, and whatever `tick_step` refuses is refused for all before the first.
    """
    changes = [_ticking(stamp, secrets, step, seen) for step in steps]
    waiting = [writer.submit(change) for change in changes]
    return sum(one.result() for one in waiting)


def untick_step(writer: Writer, stamp: Stamp, step: ParticipantStep) -> None:
    """Take a tick back that was a mistake; where there is none, nothing changes."""

    def change(connection: Connection) -> None:
        if connection.execute(delete(TickedStepRow).where(*_same(step))).rowcount:
            touch(connection, stamp, step.participant_id)
            _tell(connection, stamp, "step.unticked", step)

    writer.write(change)


def _ticking(stamp: Stamp, secrets: Secrets, step: ParticipantStep, seen: Sighting) -> Callable[[Connection], bool]:
    """Return the change that ticks one step; its result tells whether that is new."""
    _check(step, seen, today=stamp.now.date())
    row_id, note = stamp.row_id(), checked_note(seen.note)
    row = TickedStepRow(
        id=row_id,
        participant_id=step.participant_id,
        badge=step.badge,
        badge_version_id=step.badge_row_id,
        step=step.number,
        criterion_hash=step.criterion_hash,
        observed_by=seen.observed_by,
        method=seen.method,
        observed_on=seen.observed_on,
        sealed_note=seal_note(secrets, stamp, row_id, note),
        ticked_at=stamp.now,
        ticked_by=stamp.actor,
    )

    def change(connection: Connection) -> bool:
        if connection.execute(select(TickedStepRow.id).where(*_same(step))).first():
            return False
        touch(connection, stamp, step.participant_id)
        add(connection, row)
        _tell(connection, stamp, "step.ticked", step)
        return True

    return change


def _check(step: ParticipantStep, seen: Sighting, *, today: date) -> None:
    if step.is_retired:
        raise InvalidInput(
            "badge-retired", f"The badge {step.badge} is retired: it is not issued any more.", field="badge"
        )
    if seen.badge_version not in (None, step.version):
        raise Conflict(
            "badge-changed",
            f"The newest version of {step.badge} is {step.version}; read its steps again before you tick one.",
            field="badge_version",
        )
    if seen.observed_on > today:
        raise InvalidInput(
            "observed-in-future",
            f"observed_on is {seen.observed_on}, later than today ({today}, UTC). Tick the step when it was seen.",
            field="observed_on",
        )
    if seen.observed_on < EARLIEST_AWARD:
        raise InvalidInput("observed-too-early", f"observed_on must be {EARLIEST_AWARD} or later.", field="observed_on")


def _same(step: ParticipantStep) -> tuple[ColumnElement[bool], ...]:
    return (
        col(TickedStepRow.participant_id) == step.participant_id,
        col(TickedStepRow.badge) == step.badge,
        col(TickedStepRow.criterion_hash) == step.criterion_hash,
    )


def _tell(connection: Connection, stamp: Stamp, action: str, step: ParticipantStep) -> None:
    event = journal.Event(
        chain=chain_of(connection, step.organisation),
        action=action,
        subject=f"participant:{step.participant_id}",
        details={"badge": step.badge, "version": step.version, "step": step.number},
    )
    journal.append(connection, stamp, event)
