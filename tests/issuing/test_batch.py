"""A batch that is cut off is run again: what was issued stays, what is missing is made, and nothing is made twice."""

from __future__ import annotations

import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

from sqlmodel import select

from okbadges.building import build_rooms
from okbadges.cli.operator import operator_of
from okbadges.errors import InvalidInput
from okbadges.issuing.batch import GROUPS_IN_FLIGHT, TOGETHER
from okbadges.issuing.lines import Line, Outcome, Result, counted, refused
from okbadges.issuing.order import Order
from okbadges.organisations.workshops import find_organisation
from okbadges.passport.erasure import erase_participant
from okbadges.progress.observation import Observation
from okbadges.storage.tables import CredentialRow, EventRow
from support.journal import broken_links
from support.world import settings_for

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms
    from okbadges.issuing.batch_plan import Plan
    from support.world import World

ORDER = Order(
    badge="digi-turva",
    organisation="kemi",
    workshop="kahvila",
    participant=None,
    language="fi",
    awarded_on=date(2026, 11, 20),
    observation=Observation("instructor", ("observation",), 2),
    criteria_met=True,
)


def lines(count: int) -> list[Line | Outcome]:
    """Return as many lines, each for somebody new."""
    return [Line(number, ORDER) for number in range(1, count + 1)]


def plan(rooms: Rooms, asked: list[Line | Outcome], name: str = "monday") -> Plan:
    """Plan these lines as the operator."""
    return rooms.batches.plan(asked, caller=operator_of(rooms), organisation="kemi", name=name)


def require_whole(rooms: Rooms, expected: int) -> None:
    """Assert that so many credentials are stored, each with one event, in an unbroken chain, each with an index of its own."""
    with rooms.database.read() as session:
        rows = session.exec(select(CredentialRow)).all()
        events = session.exec(select(EventRow).where(EventRow.action == "credential.issued")).all()
        assert len(rows) == expected
        assert len({(row.status_list_id, row.status_index) for row in rows}) == expected
        assert sorted(event.subject for event in events) == sorted(row.credential_id for row in rows)
        assert {event.actor for event in events} <= {"operator"}
        assert list(broken_links(session)) == []


def test_a_run_that_is_cut_off_goes_on_where_it_was(world: World) -> None:
    """Whatever stops it after k rows, the next run issues what is missing; each row has one credential, the one it had."""
    rooms = world.rooms
    asked = lines(3 * TOGETHER)
    seen: dict[int, str] = {}
    for k in (1, TOGETHER, 2 * TOGETHER + 7):
        run = rooms.batches.issue(plan(rooms, asked))
        for outcome in islice(run, k):
            assert outcome.issued is not None
            assert seen.setdefault(outcome.number, outcome.issued.credential_id) == outcome.issued.credential_id
        run.close()
    whole = list(rooms.batches.issue(plan(rooms, asked)))
    assert {outcome.result for outcome in whole} <= {Result.ISSUED, Result.REPEATED}
    found = {outcome.number: outcome.issued.credential_id for outcome in whole if outcome.issued}
    assert len(set(found.values())) == len(asked)
    assert {number: found[number] for number in seen} == seen
    require_whole(rooms, len(asked))


def test_what_is_yielded_is_committed(world: World) -> None:
    """An outcome that says `issued` can be read by others at that moment."""
    rooms = world.rooms
    others = build_rooms(settings_for(str(rooms.database.engine.url.render_as_string(hide_password=False))), demo=False)
    try:
        for outcome in rooms.batches.issue(plan(rooms, lines(3))):
            assert outcome.issued is not None
            with others.database.read() as session:
                wanted = CredentialRow.credential_id == outcome.issued.credential_id
                assert session.exec(select(CredentialRow).where(wanted)).one().document == outcome.issued.document
    finally:
        others.writer.close()
        others.database.close()


def test_when_the_writer_is_gone_the_rest_waits(world: World) -> None:
    """What is committed stays; every other row is refused with a word that it can be tried again, and then it is issued."""
    rooms = world.rooms
    asked = lines(5 * TOGETHER + 40)
    run = rooms.batches.issue(plan(rooms, asked))
    outcomes = list(islice(run, 10))
    rooms.writer.close()
    outcomes += run
    assert len(outcomes) == len(asked)
    missing = [outcome for outcome in outcomes if outcome.result is Result.REFUSED]
    assert missing
    assert all(outcome.refusal and outcome.refusal.retry for outcome in missing)
    codes = Counter(outcome.refusal.code for outcome in missing if outcome.refusal)
    assert codes.keys() <= {"shutting-down", "not-tried"}
    assert 1 <= codes["shutting-down"] <= GROUPS_IN_FLIGHT * TOGETHER  # the groups that were begun and met it
    require_whole(rooms, len(asked) - len(missing))

    others = build_rooms(
        settings_for(rooms.database.engine.url.render_as_string(hide_password=False)), demo=False, now=world.clock
    )
    try:
        again = counted(others.batches.issue(plan(others, asked)))
        assert (again["issued"], again["repeated"]) == (len(missing), len(asked) - len(missing))
        require_whole(others, len(asked))
    finally:
        others.writer.close()
        others.database.close()


def test_equal_batches_side_by_side_issue_once(world: World) -> None:
    """Four people start the same batch at the same moment: every row has one credential, and all four are told which."""
    rooms = world.rooms
    asked = lines(30)

    def run(_: int) -> dict[int, str]:
        return {
            outcome.number: outcome.issued.credential_id
            for outcome in rooms.batches.issue(plan(rooms, asked))
            if outcome.issued
        }

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(run, range(4)))
    assert all(one == found[0] for one in found)
    require_whole(rooms, 30)


def test_no_row_gets_lost(world: World) -> None:
    """Lines that could not be read, lines that cannot be issued and right ones: each has exactly one outcome."""
    rooms = world.rooms
    asked = lines(5)
    asked[1] = refused(2, "?", InvalidInput("invalid-field", "Write a badge.", field="badge"))
    asked[3] = Line(4, replace(ORDER, badge="digi-xyz"))
    asked.append(Line(6, replace(ORDER, participant=uuid.uuid4())))
    for found in (rooms.batches.check(plan(rooms, asked)), list(rooms.batches.issue(plan(rooms, asked)))):
        results = {outcome.number: outcome.refusal.code if outcome.refusal else "" for outcome in found}
        assert results == {1: "", 2: "invalid-field", 3: "", 4: "unknown-badge", 5: "", 6: "unknown-participant"}
        assert len(found) == 6
    require_whole(rooms, 3)


def test_what_was_erased_is_told_before_and_at_the_run(world: World) -> None:
    """A row whose credential was erased since is refused in the same words by the dry run and by the run itself."""
    rooms = world.rooms
    [done] = rooms.batches.issue(plan(rooms, lines(1)))
    assert done.issued is not None
    participant = done.issued.participant
    with rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    erase_participant(rooms.writer, rooms.stamp("test"), organisation=kemi, participant_id=participant)
    for found in (rooms.batches.check(plan(rooms, lines(1))), list(rooms.batches.issue(plan(rooms, lines(1))))):
        assert [outcome.refusal and outcome.refusal.code for outcome in found] == ["erased"]


def test_the_operator_reads_no_labels(world: World) -> None:
    """Whoever is no member leads no group: a label at the command line is refused."""
    asked: list[Line | Outcome] = [Line(2, ORDER, group="aamu", label="Sani")]
    [outcome] = world.rooms.batches.check(plan(world.rooms, asked))
    assert outcome.refusal is not None
    assert outcome.refusal.code == "unknown-group"
