"""Orders that go through the steps together: each meets its own fate, and who waits for it waits without a thread."""

from __future__ import annotations

import asyncio
import threading
import uuid
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError
from sqlmodel import col

from okbadges.catalogue.shelf import latest_badge, latest_row
from okbadges.errors import Conflict, InvalidInput, NotFound, Unavailable
from okbadges.issuing import issue
from okbadges.issuing.award import store_awards
from okbadges.issuing.in_flight import InFlight
from okbadges.issuing.issue import Issuing, Pending
from okbadges.issuing.order import Order
from okbadges.issuing.prepare import Wanted
from okbadges.organisations import consents
from okbadges.organisations.access_keys import caller_of
from okbadges.organisations.consents import Consenting, How
from okbadges.progress.observation import Observation
from okbadges.progress.steps import criterion_hash
from okbadges.storage.tables import CredentialRow, ParticipantRow, TickedStepRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection
    from sqlalchemy.exc import IntegrityError

    from okbadges.issuing.answers import Issued
    from okbadges.issuing.award import Repeat
    from okbadges.organisations.callers import Caller
    from okbadges.storage.journal import Stamp
    from support.world import World


def caller(world: World) -> Caller:
    """Return Iida's program."""
    with world.rooms.database.read() as session:
        return caller_of(session, world.rooms.secrets, world.keys.iida, now=world.clock())


def an_order(workshop: str = "kahvila", participant: uuid.UUID | None = None) -> Order:
    """Return an order for somebody new, unless it says for whom."""
    observation = Observation("instructor", ("observation",), 2)
    awarded_on = date(2026, 11, 20)
    return Order(
        "digi-turva", "kemi", workshop, participant, "fi", awarded_on, observation=observation, criteria_met=True
    )


def begun(world: World, *orders: Order) -> list[Pending | Exception]:
    """Begin these together, each with a key of its own."""
    who, issuing = caller(world), world.rooms.issuing
    return issuing.begin_all([Wanted(one, who, issuing.repeat_of(one, who, uuid.uuid4().hex)) for one in orders])


def issued(world: World, *orders: Order) -> list[Issued]:
    """Issue these together."""
    return [one.finish() for one in begun(world, *orders) if isinstance(one, Pending)]


def count(world: World) -> int:
    """Return how many credentials there are."""
    with world.rooms.database.read() as session:
        found: int = session.execute(select(func.count()).select_from(CredentialRow)).scalar_one()
        return found


def test_one_that_is_refused_takes_no_other_with_it(world: World) -> None:
    """What one order names is not there, or cannot be in any database; those before and after it are issued."""
    outcomes = begun(world, an_order(), an_order("no-such"), an_order("kah\0vila"), an_order())
    assert [isinstance(one, Pending) for one in outcomes] == [True, False, False, True]
    assert all(isinstance(one, InvalidInput) for one in outcomes[1:3])
    ids = {one.finish().credential_id for one in outcomes if isinstance(one, Pending)}
    assert len(ids) == count(world) == 2


def tick_all(world: World, participant: uuid.UUID) -> None:
    """Let every step of the badge be seen for somebody."""
    rooms = world.rooms
    with rooms.database.read() as session:
        row, badge = latest_row(session, "digi-turva"), latest_badge(session, "digi-turva")
    stamp = rooms.stamp("test")
    ticks = [
        TickedStepRow(
            id=stamp.row_id(),
            participant_id=participant,
            badge=badge.slug,
            badge_version_id=row.id,
            step=number,
            criterion_hash=criterion_hash(criterion),
            observed_by="instructor",
            method="observation",
            observed_on=date(2026, 11, 19),
            ticked_at=stamp.now,
            ticked_by="test",
        )
        for number, criterion in enumerate(badge.criteria, start=1)
    ]
    rooms.writer.write(lambda connection: add(connection, *ticks))


def erase(connection: Connection, stamp: Stamp, participant: uuid.UUID) -> None:
    """Let somebody be one whom others stand for."""
    del stamp
    connection.execute(
        update(ParticipantRow).where(col(ParticipantRow.id) == participant).values(stands_for_erased=True)
    )


def withdraw(connection: Connection, stamp: Stamp, participant: uuid.UUID) -> None:
    """Let somebody want no badges any more."""
    consents.give(connection, stamp, participant, Consenting.RECEIVING, How.IN_PERSON)
    consents.withdraw(connection, stamp, [participant], Consenting.RECEIVING)


@pytest.mark.parametrize(("what", "refusal"), [(erase, NotFound), (withdraw, Conflict)])
def test_one_that_is_refused_when_it_is_stored_takes_no_other_with_it(
    world: World, monkeypatch: pytest.MonkeyPatch, what: Callable[..., None], refusal: type[Exception]
) -> None:
    """Somebody is erased, or takes their consent back, between looking and storing: they get no badge, and the others of the group do."""
    one, another = issued(world, an_order(), an_order())
    stamp = world.rooms.stamp("somebody")

    def meanwhile(connection: Any, awards: Sequence[Any]) -> Any:
        what(connection, stamp, one.participant)
        return store_awards(connection, awards)

    with monkeypatch.context() as patched:
        patched.setattr(issue, "store_awards", meanwhile)
        orders = an_order(), an_order(participant=one.participant), an_order(participant=another.participant)
        first, refused, last = (pending for pending in begun(world, *orders) if isinstance(pending, Pending))
        assert first.finish().participant != last.finish().participant == another.participant
        with pytest.raises(refusal):
            refused.finish()
    assert count(world) == 4


def test_each_of_many_known_participants_has_their_own_answer(world: World) -> None:
    """One had a badge before and comes twice, one took their consent back, one nobody knows; an order with a strange badge is for one who is known."""
    one, other = issued(world, an_order(), an_order())
    world.rooms.writer.write(lambda connection: withdraw(connection, world.rooms.stamp("other"), other.participant))
    known = an_order(participant=one.participant)
    strange = replace(known, badge="digi\0turva")
    outcomes = begun(
        world, known, an_order(participant=other.participant), an_order(participant=uuid.uuid4()), strange, known
    )
    refused = [getattr(outcome, "code", None) for outcome in outcomes]
    assert refused[:3] == [None, "consent-withdrawn", "unknown-participant"]
    assert isinstance(outcomes[3], InvalidInput)
    assert {pending.finish().participant for pending in outcomes if isinstance(pending, Pending)} == {one.participant}
    assert count(world) == 4


def test_a_step_ticked_for_one_is_not_ticked_for_another(world: World) -> None:
    """Of two in one group only the one whose steps were all seen needs nobody's word."""
    one, other = issued(world, an_order(), an_order())
    tick_all(world, one.participant)
    orders = [
        replace(an_order(participant=who.participant), criteria_met=False, observation=None) for who in (one, other)
    ]
    ready, missing = begun(world, *orders)
    assert isinstance(ready, Pending)
    assert getattr(missing, "code", None) == "steps-not-ticked"


def test_equal_orders_in_one_group_issue_once(world: World) -> None:
    """The second of two equal requests gets what the first one got, and is told so."""
    who, issuing, order = caller(world), world.rooms.issuing, an_order()
    wanted = Wanted(order, who, issuing.repeat_of(order, who, "the-key"))
    first, second = (one.finish() for one in issuing.begin_all([wanted, wanted]) if isinstance(one, Pending))
    assert (first.document, first.repeated, second.repeated) == (second.document, False, True)
    assert count(world) == 1


def test_a_database_that_is_away_is_said_to_be_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is nobody's mistake and not ours: 503, and the request may come again."""

    def gone(*_: object, **__: object) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    with monkeypatch.context() as patched:
        patched.setattr(issue, "prepare", gone)
        with pytest.raises(Unavailable):
            begun(world, an_order())
    assert isinstance(begun(world, an_order())[0], Pending)


def test_who_goes_away_is_issued_all_the_same(world: World) -> None:
    """What was begun is finished; the same request again gets it."""
    rooms, who = world.rooms, caller(world)

    async def story() -> bool:
        asked = asyncio.ensure_future(rooms.together.issue(an_order(), caller=who, repeat_key="the-key"))
        await asyncio.sleep(0)
        asked.cancel()
        again = await rooms.together.issue(an_order(), caller=who, repeat_key="the-key")
        return again.repeated

    assert asyncio.run(story())
    assert count(world) == 1


def test_nobody_asks_the_database_on_the_event_loop(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two equal requests that met in the database, as those of two processes do, the second finds out in a thread who was first."""
    rooms, who, asked_on, whole = world.rooms, caller(world), list[str](), Issuing._same_request_won

    def looked_up(self: Issuing, repeat: Repeat | None, refused: IntegrityError) -> Issued:
        asked_on.append(threading.current_thread().name)
        return whole(self, repeat, refused)

    async def both() -> list[Issued]:
        once = (rooms.together.issue(an_order(), caller=who, repeat_key="the-key") for _ in range(2))
        return await asyncio.gather(*once)

    # two processes know nothing of each other
    monkeypatch.setattr(InFlight, "enter_if_free", lambda _self, _key: True)
    monkeypatch.setattr(Issuing, "_same_request_won", looked_up)
    first, second = asyncio.run(both())
    assert first.credential_id == second.credential_id
    assert {first.repeated, second.repeated} == {False, True}
    assert count(world) == 1
    assert len(asked_on) == 1
    assert threading.main_thread().name not in asked_on
