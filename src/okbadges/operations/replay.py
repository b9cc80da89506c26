"""Redoing what happened after a backup, from the second place, inside the change that restores the backup.

The events come back byte for byte, so that every chain goes on unbroken. Rows come back in the newest state that was copied;
erasures and deletions are done again; what has no copy (steps, groups, labels, new evidence) is counted and named.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import delete, select
from sqlmodel import SQLModel, col

from okbadges.errors import Conflict
from okbadges.operations.chain_walk import BEFORE_THE_FIRST
from okbadges.operations.copied_rows import without
from okbadges.operations.loose_references import is_of_schools, put_over_of_schools, settle_what_schools_keep
from okbadges.operations.redoing import ERASED, INSTEAD, REDONE
from okbadges.operations.row_look_ups import named_id
from okbadges.operations.second_place import copied_events, mark_of
from okbadges.organisations.consents import Consenting
from okbadges.passport.accepting import DECISIONS, take_off_links_again
from okbadges.passport.brought import forget_brought, move_brought
from okbadges.passport.erasure import erase_rows
from okbadges.passport.mail import forget_mail
from okbadges.passport.profiles import forget_profile
from okbadges.storage.journal import Stamp
from okbadges.storage.rows import put, put_over, table_named
from okbadges.storage.tables import (
    CardRow,
    ConsentRow,
    EventHeadRow,
    EventRow,
    EvidenceRow,
    ParticipantRow,
    PassportMailRow,
    ReflectionRow,
)

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import ColumnElement, Connection

    from okbadges.operations.chain_walk import Head
    from okbadges.operations.months import Owner
    from okbadges.operations.row_look_ups import Event
    from okbadges.operations.second_place import CopiedEvent
    from okbadges.storage.rows import Row
    from okbadges.storage.sealing import Secrets


_NEVER_WITHOUT_ROWS = ("credential.issued", "credential.revoked", "decision.made")
_OF_PASSPORTS = ("brought-credential.removed", "mail.removed", "passport.joined", "profile.removed")
_GONE = ("evidence.deleted", "evidence.erased", "reflection.wiped", *_OF_PASSPORTS)


@dataclass(frozen=True, slots=True)
class NotRedone:
    """What happened after the backup and has to be done again by hand: which action, how often, from when to when."""

    action: str
    count: int
    first_at: datetime
    last_at: datetime


@dataclass(slots=True)
class Replayed:
    """What a replay did: how many events there were, the newest one's time, and what it could not redo."""

    events: int = 0
    newest_at: datetime | None = None
    redone: Counter[str] = field(default_factory=Counter)
    not_redone: dict[str, NotRedone] = field(default_factory=dict)

    def count(self, event: Event, *, is_redone: bool) -> None:
        """Count one event."""
        action, at = event["action"], event["at"]
        self.events += 1
        self.newest_at = max(self.newest_at or at, at)
        if is_redone:
            self.redone[action] += 1
        else:
            before = self.not_redone.get(action) or NotRedone(action, 0, at, at)
            self.not_redone[action] = NotRedone(
                action, before.count + 1, min(before.first_at, at), max(before.last_at, at)
            )


@dataclass(slots=True)
class SecondPlace:
    """A second place that goes with a backup, ``heads`` being the newest event of each chain in the backup.

    Every event is shown to `look` once, in order; then `newer` and `rows` know where to begin and whose rows to leave out.
    """

    folder: Path
    owner: Owner
    secrets: Secrets
    heads: Mapping[str, Head]
    _since: str = ""
    _erased: set[str] = field(default_factory=set)

    def look(self, copied: CopiedEvent) -> None:
        """Take note of an event, and open its rows. Raises `Conflict` (``second-place-differs``) for another past than the backup's."""
        event = copied.event
        number, hashed = self.heads.get(event["chain"], BEFORE_THE_FIRST)
        if event["number"] == number and event["event_hash"] != hashed:
            raise another_past(event["chain"], number)
        if event["number"] > number:
            self._since = self._since or copied.file
            copied.rows(self.secrets)
            participant = named_id(event["subject"])
            if event["action"] == ERASED and participant is not None:
                self._erased.add(mark_of(self.secrets, participant))

    def newer(self) -> Iterator[CopiedEvent]:
        """Go through the events that the backup does not have."""
        if self._since:
            for copied in copied_events(self.folder, self.owner, self._since):
                if copied.event["number"] > self.heads.get(copied.event["chain"], BEFORE_THE_FIRST)[0]:
                    yield copied

    def rows(self, table_name: str) -> Iterator[Row]:
        """Go through the copied rows of a table, those copied last at the end, without those of anybody erased since."""
        for copied in self.newer():
            if table_name in copied.tables:
                rows = copied.rows(self.secrets)
                if not self._erased.isdisjoint(copied.of):
                    rows = without(rows, lambda one: mark_of(self.secrets, one) in self._erased)
                yield from rows.get(table_name, ())


def another_past(chain: str, number: int) -> Conflict:
    """Return the refusal of a second place that does not go with the backup."""
    return Conflict(
        "second-place-differs",
        f"The second place does not belong to this backup: event {number} of the chain {chain} is another one there. "
        "Was the database restored before without it? Then use the folder that was begun after that.",
    )


def replay(connection: Connection, place: SecondPlace, *, random_bytes: Callable[[int], bytes]) -> Replayed:
    """Redo everything newer than the backup that was just loaded."""
    replayed = Replayed()
    tables: set[str] = set()
    erasures, deletions, decisions = [], [], []
    for copied in place.newer():
        event = copied.event
        lost = event["action"] in _NEVER_WITHOUT_ROWS and not (copied.tables or copied.is_erased)
        replayed.count(event, is_redone=event["action"] in REDONE and not lost)
        tables.update(copied.tables)
        if event["action"] == ERASED:
            erasures.append(event)
        elif event["action"] in _GONE:
            deletions.append(event)
        elif event["action"] in DECISIONS:
            decisions.append(event)
    _continue_chains(connection, place)
    for table in SQLModel.metadata.sorted_tables:
        if table.name in tables and is_of_schools(table.name):
            put_over_of_schools(connection, table, partial(place.rows, table.name))
        elif table.name in tables:
            put_over(connection, table, place.rows(table.name), INSTEAD.get(table.name))
        if table.name == ParticipantRow.__tablename__:
            # before their credentials are brought to the state that the erasure left them in
            _erase_again(connection, erasures, random_bytes)
    _delete_again(connection, deletions)
    settle_what_schools_keep(connection)
    for event in decisions:
        stamp = Stamp(event["actor"], event["at"], random_bytes)
        take_off_links_again(connection, stamp, event["subject"])
    return replayed


def _continue_chains(connection: Connection, place: SecondPlace) -> None:
    """Put the events back as they were, and set the heads to the newest."""
    heads: dict[str, Row] = {}

    def events() -> Iterator[Row]:
        for copied in place.newer():
            event = copied.event
            heads[event["chain"]] = {name: event[name] for name in ("chain", "number", "event_hash", "at")}
            yield dict(event)

    put(connection, table_named(EventRow.__tablename__), events())
    put_over(connection, table_named(EventHeadRow.__tablename__), heads.values())


def _erase_again(connection: Connection, erasures: list[Event], random_bytes: Callable[[int], bytes]) -> None:
    for event in erasures:
        participant = named_id(event["subject"])
        organisation: uuid.UUID | None = connection.execute(
            select(col(ParticipantRow.organisation_id)).where(col(ParticipantRow.id) == participant)
        ).scalar_one_or_none()
        if participant is not None and organisation is not None:
            erase_rows(connection, Stamp(event["actor"], event["at"], random_bytes), organisation, participant)


def _delete_again(connection: Connection, deletions: list[Event]) -> None:
    for event in deletions:
        named, details = named_id(event["subject"]), orjson.loads(event["details"])
        if event["action"] == "reflection.wiped":
            words = col(ReflectionRow.id) == named_id(details.get("words", ""))
            connection.execute(delete(ReflectionRow).where(words, col(ReflectionRow.participant_id) == named))
            continue
        if event["action"] in _OF_PASSPORTS and named is not None:
            _take_out_again(connection, event["action"], named, details)
            continue
        which = col(EvidenceRow.id) == named
        if event["action"] == "evidence.erased":
            about = (col(EvidenceRow.participant_id) == named) & (col(EvidenceRow.badge) == details.get("badge"))
            which = about & (col(EvidenceRow.created_at) <= event["at"])
        connection.execute(delete(EvidenceRow).where(which))
    connection.execute(delete(EvidenceRow).where(_consent_was_taken_back()))
    connection.execute(delete(PassportMailRow).where(_went_with_its_card()))


def _take_out_again(connection: Connection, action: str, passport_id: uuid.UUID, details: Mapping[str, str]) -> None:
    """Do again what was done to what hangs on a passport and has no copy."""
    match action:
        case "mail.removed":
            forget_mail(connection, passport_id)
        case "profile.removed":
            forget_profile(connection, passport_id)
        case "brought-credential.removed":
            forget_brought(connection, passport_id, row_id=named_id(details["brought"]))
        case "passport.joined":
            other = named_id(details.get("other", ""))
            if other is not None:
                move_brought(connection, out_of=other, into=passport_id)
                forget_profile(connection, other)


def _went_with_its_card() -> ColumnElement[bool]:
    """Return which e-mail addresses were added before the card that opens their passport now: they ended with the card before."""
    card = select(col(CardRow.id)).where(
        col(CardRow.passport_id) == col(PassportMailRow.passport_id),
        col(CardRow.ended_at).is_(None),
        col(CardRow.issued_at) <= col(PassportMailRow.added_at),
    )
    return ~card.exists()


def _consent_was_taken_back() -> ColumnElement[bool]:
    """Return which evidence is from before its consent was taken back, in whichever passport its participant was then: it went with it."""
    taken_back = select(col(ConsentRow.id)).where(
        col(ConsentRow.participant_id) == col(EvidenceRow.participant_id),
        col(ConsentRow.purpose) == Consenting.EVIDENCE,
        col(ConsentRow.withdrawn_at) >= col(EvidenceRow.created_at),
    )
    return taken_back.exists()
