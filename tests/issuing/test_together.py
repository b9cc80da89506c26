"""Orders that go through the steps together: each meets its own fate, and who waits for it waits without a thread."""

from __future__ import annotations

import asyncio
import uuid
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from okbadges.errors import InvalidInput, NotFound, Unavailable
from okbadges.issuing import issue
from okbadges.issuing.award import store_awards
from okbadges.issuing.issue import Pending
from okbadges.issuing.order import Order
from okbadges.issuing.prepare import Wanted
from okbadges.organisations.access_keys import caller_of
from okbadges.progress.observation import Observation
from okbadges.storage.tables import CredentialRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from okbadges.organisations.callers import Caller
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


def test_one_that_is_refused_when_it_is_stored_takes_no_other_with_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody is erased between looking and storing: their badge is not issued, and the others of the group are."""
    somebody = begun(world, an_order())[0]
    assert isinstance(somebody, Pending)
    participant = somebody.finish().participant

    def meanwhile_erased(connection: Any, awards: Sequence[Any]) -> Any:
        connection.execute(text("UPDATE participants SET stands_for_erased = :yes"), {"yes": True})
        return store_awards(connection, awards)

    with monkeypatch.context() as patched:
        patched.setattr(issue, "store_awards", meanwhile_erased)
        outcomes = begun(world, an_order(), an_order(participant=participant), an_order())
        first, refused, last = (one for one in outcomes if isinstance(one, Pending))
        assert first.finish().credential_id != last.finish().credential_id
        with pytest.raises(NotFound):
            refused.finish()
    assert count(world) == 3


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
        return again.finish().repeated

    assert asyncio.run(story())
    assert count(world) == 1
