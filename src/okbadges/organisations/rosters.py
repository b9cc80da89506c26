"""Rosters: the participants of a group as rows of a spreadsheet, taken in as a whole, or refused with every mistake by its row.

A row names somebody by label, by id, or by both. A label that somebody in the group has means that somebody, so that the same file
again changes nothing. Nobody leaves a group because a file does not name them.
"""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlmodel import select

from okbadges.errors import InvalidInput
from okbadges.organisations.groups import require_running, running_groups_of
from okbadges.organisations.labels import check_label, folded, free_label
from okbadges.organisations.participants import (
    MOST_AT_ONCE,
    Participant,
    open_label,
    present_labels,
    require_room,
    stay_row,
    taken_labels,
    touch,
    write_label,
    write_new,
)
from okbadges.organisations.stays import known_to, may_take_in
from okbadges.organisations.workshops import chain_of
from okbadges.storage import journal
from okbadges.storage.ids import uuid4
from okbadges.storage.tables import GroupRow, ParticipantRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.organisations.groups import Group
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer

_MOST_TOLD = 20


class Result(StrEnum):
    """What becomes of a row."""

    UNCHANGED = "unchanged"
    ADDED = "added"
    JOINED = "joined"
    RELABELLED = "relabelled"


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One row as it was written: its number in the spreadsheet and its two cells, either of which may be empty."""

    number: int
    participant: str
    label: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a row, and whose it is: None for somebody new in a dry run. ``label`` is what is to be kept, None if nothing."""

    number: int
    result: Result
    participant_id: uuid.UUID | None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Mistake:
    """Why a row cannot be taken in."""

    number: int
    column: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Who brings the file: a leader, who may name labels; an administrator, who may not; the operator, who has no ``member_id``."""

    member_id: uuid.UUID | None = None
    may_label: bool = True


class RosterRefused(InvalidInput):
    """A file with mistakes; all of them are in ``mistakes``."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        """Say the first ones in words."""
        told = " ".join(f"Row {one.number}: {one.detail}" for one in mistakes[:_MOST_TOLD])
        more = f" And {len(mistakes) - _MOST_TOLD} more." if len(mistakes) > _MOST_TOLD else ""
        super().__init__("roster-refused", f"Nothing was changed. {told}{more}", field="rows")
        self.mistakes = tuple(mistakes)


def check_roster(
    session: Session, secrets: Secrets, *, group: Group, rows: Sequence[RosterRow], reader: Reader
) -> tuple[list[Outcome], list[Mistake]]:
    """Return what an import would do and every mistake; nothing is changed. Raises as `import_roster` but for mistakes."""
    connection = session.connection()
    _require_few(rows)
    require_running(connection, group)
    planning = _Planning(connection, secrets, group, reader)
    planning.plan(rows)
    return planning.outcomes, planning.mistakes


def import_roster(
    writer: Writer, stamp: Stamp, secrets: Secrets, *, group: Group, rows: Sequence[RosterRow], reader: Reader
) -> list[Outcome]:
    """Take in the rows, all or none; a repeat changes nothing.

    Raises `RosterRefused`, `InvalidInput` (``row-count``), `Conflict`: ``group-full``, ``group-ended``, ``group-handed-over``.
    """
    _require_few(rows)

    def change(connection: Connection) -> list[Outcome]:
        require_running(connection, group)
        planning = _Planning(connection, secrets, group, reader)
        planning.plan(rows)
        if planning.mistakes:
            raise RosterRefused(planning.mistakes)
        done = [_apply(connection, stamp, secrets, group, outcome) for outcome in planning.outcomes]
        counts = Counter(outcome.result for outcome in done if outcome.result is not Result.UNCHANGED)
        if counts:
            require_room(planning.there, counts[Result.ADDED] + counts[Result.JOINED])
            details = {result.value: counts[result] for result in Result if result is not Result.UNCHANGED}
            chain = chain_of(connection, group.organisation)
            journal.append(
                connection, stamp, journal.Event(chain, "participants.imported", f"group:{group.id}", details)
            )
        return done

    return writer.write(change)


def _require_few(rows: Sequence[RosterRow]) -> None:
    if not 1 <= len(rows) <= MOST_AT_ONCE:
        raise InvalidInput("row-count", f"Send 1 to {MOST_AT_ONCE} rows at once.", field="rows")


def _apply(connection: Connection, stamp: Stamp, secrets: Secrets, group: Group, planned: Outcome) -> Outcome:
    if planned.participant_id is None:
        newcomer = Participant(uuid4(stamp.random_bytes), group.organisation.id, planned.label)
        write_new(connection, stamp, secrets, newcomer, group.id)
        return Outcome(planned.number, planned.result, newcomer.id, planned.label)
    if planned.result is Result.JOINED:
        add(connection, stay_row(stamp, group.id, planned.participant_id))
        touch(connection, stamp, planned.participant_id)
    if planned.label is not None:
        write_label(connection, stamp, secrets, planned.participant_id, planned.label)
    return planned


class _Planning:
    """Goes through the rows: first each by itself, then whether the labels that would stand there in the end are each somebody's own."""

    def __init__(self, connection: Connection, secrets: Secrets, group: Group, reader: Reader) -> None:
        self._connection, self._secrets, self._group, self._reader = connection, secrets, group, reader
        self.there = present_labels(connection, secrets, group.id)
        self._by_label = {folded(label): who for who, label in self.there.items() if label is not None}
        self._own: dict[uuid.UUID, str | None] = dict(self.there)
        self._first_rows: dict[uuid.UUID | str, int] = {}
        self.outcomes: list[Outcome] = []
        self.mistakes: list[Mistake] = []

    def plan(self, rows: Sequence[RosterRow]) -> None:
        for row in rows:
            column = "participant" if row.participant else "label"
            try:
                self.outcomes.append(self._outcome(row))
            except InvalidInput as refused:
                self.mistakes.append(Mistake(row.number, refused.field or column, refused.code, refused.detail))
        self._check_final_labels()
        self.mistakes.sort(key=lambda one: one.number)

    def _outcome(self, row: RosterRow) -> Outcome:
        label = self._label(row) if row.label else None
        who = self._named(row.participant) if row.participant else None
        if who is None and label is None:
            raise InvalidInput("row-empty", "Give a label, or the id of a participant.", field="label")
        if who is None and label is not None:
            who = self._by_label.get(folded(label))
            if who is not None:
                # another spelling of a label is no new one
                label = self._own[who]
        self._require_once(row, who, label)
        if who is None:
            return Outcome(row.number, Result.ADDED, None, label)
        changed = label if label is not None and label != self._own[who] else None
        if who not in self.there:
            return Outcome(row.number, Result.JOINED, who, changed)
        return Outcome(row.number, Result.RELABELLED if changed else Result.UNCHANGED, who, changed)

    def _label(self, row: RosterRow) -> str:
        if not self._reader.may_label:
            raise InvalidInput(
                "label-not-yours", "Only the leader of the group writes labels; leave it empty.", field="label"
            )
        return check_label(row.label)

    def _named(self, written: str) -> uuid.UUID:
        """Return whom an id names, if they may be taken in by who brings the file."""
        try:
            who = uuid.UUID(written)
        except ValueError:
            raise InvalidInput("participant-id", "This is not the id of a participant.", field="participant") from None
        if who in self.there:
            return who
        member = self._reader.member_id
        if not known_to(self._connection, self._group, who) or (
            member is not None and not may_take_in(self._connection, member, who)
        ):
            raise InvalidInput("unknown-participant", "You cannot take in such a participant.", field="participant")
        sealed = select(ParticipantRow.sealed_label).where(ParticipantRow.id == who)
        self._own[who] = open_label(self._secrets, who, self._connection.execute(sealed).scalar_one())
        return who

    def _require_once(self, row: RosterRow, who: uuid.UUID | None, label: str | None) -> None:
        key = who if who is not None else folded(label or "")
        first = self._first_rows.setdefault(key, row.number)
        if first == row.number:
            return
        if who is not None:
            raise InvalidInput("participant-twice", f"Row {first} is the same participant.", field="participant")
        taken = taken_labels(self.there) | {one for one in self._first_rows if isinstance(one, str)}
        proposed = free_label(label or "", taken)
        raise InvalidInput("label-taken", f"Row {first} has this label too; how about “{proposed}”?", field="label")

    def _check_final_labels(self) -> None:
        """Find the rows after which two in a group would have one label."""
        named = {outcome.participant_id for outcome in self.outcomes}
        taken = {folded(label) for who, label in self.there.items() if label is not None and who not in named}
        for outcome in self.outcomes:
            kept = self._own.get(outcome.participant_id) if outcome.participant_id else None
            label = outcome.label or kept
            if label is None:
                continue
            elsewhere = self._taken_elsewhere(outcome)
            if folded(label) in taken | elsewhere:
                self.mistakes.append(self._taken(outcome, label, taken | elsewhere))
            taken.add(folded(label))

    def _taken_elsewhere(self, outcome: Outcome) -> set[str]:
        """Return the labels of others in the other groups of somebody who is given a new one: it is read there too."""
        who = outcome.participant_id
        if who is None or outcome.label is None:
            return set()
        others = running_groups_of(who).where(GroupRow.id != self._group.id)
        found = self._connection.execute(others).scalars().all()
        return set[str]().union(
            *(taken_labels(present_labels(self._connection, self._secrets, group), but=who) for group in found)
        )

    def _taken(self, outcome: Outcome, label: str, taken: set[str]) -> Mistake:
        words = "Somebody else in the group, or in another group of theirs, has this label."
        if self._reader.may_label and outcome.label is not None:
            words = f"Somebody else in a group of theirs has this label; how about “{free_label(label, taken)}”?"
        return Mistake(outcome.number, "label", "label-taken", words)
