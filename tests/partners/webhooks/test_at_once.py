"""Sending while other things happen: several processes, a process that is killed, a receiver that hangs, and a stop."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from okbadges.app import create_app
from okbadges.operations.dispatch import Dispatch, sending_of
from okbadges.partners.webhooks.deliveries import due_deliveries, take
from okbadges.partners.webhooks.fan_out import fan_out
from okbadges.storage.database import Database
from okbadges.storage.writer import Writer
from support.receiver import Receiver, closing, hanging, running_receiver
from support.webhook_process import sending_process
from support.webhooks import deliveries, make, send
from support.world import BASE_URL, Clock, World, settings_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.world import Prepared

pytestmark = pytest.mark.long


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Run a receiver."""
    with running_receiver() as running:
        yield running


def test_two_processes_send_each_message_once(world: World, receiver: Receiver) -> None:
    """Both read the journal on and send at the same time; nothing is sent twice, and nothing is left."""
    webhook = make(world, receiver)
    for _ in range(30):
        world.issue()
    with ExitStack() as running:
        processes = [running.enter_context(sending_process(world)) for _ in range(2)]
        sent = [int(process.communicate(timeout=120)[0]) for process in processes]
    assert sum(sent) + send(world) == 30
    assert set(Counter(message.id for message in receiver.got).values()) == {1}
    assert {message.id for message in receiver.got} == {one["id"] for one in deliveries(world, webhook)}


def test_eight_that_take_the_same_delivery(world: World, receiver: Receiver) -> None:
    """One of them gets it; eight that read the same events make each delivery once."""
    webhook = make(world, receiver)
    world.issue()
    url, now = world.rooms.database.engine.url.render_as_string(hide_password=False), world.clock()
    ready = threading.Barrier(8)
    taken: list[uuid.UUID] = []

    def look() -> None:
        database = Database(url)
        writer = Writer(database)
        ready.wait()
        fan_out(writer, now=now)
        with database.read() as session:
            due = due_deliveries(session, uuid.UUID(webhook.id), now=now, limit=10)
        assert len(due) == 1
        ready.wait()
        taken.extend(one for one in due if take(writer, one, now=now))
        writer.close()
        database.close()

    processes = [threading.Thread(target=look) for _ in range(8)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert len(taken) == 1


def test_a_process_killed_between_sending_and_noting(world: World, receiver: Receiver) -> None:
    """What came and was never noted comes again a minute later, with its id and the same bytes, and no earlier."""
    webhook = make(world, receiver)
    world.issue()
    receiver.answers(hanging, 200)
    with sending_process(world) as process:
        receiver.wait_for(1)
        process.kill()
    assert send(world) == 0
    world.clock.move(seconds=61)
    assert send(world) == 1
    first, second = receiver.got
    assert (first.id, first.body) == (second.id, second.body)
    (delivery,) = deliveries(world, webhook)
    assert (delivery["state"], delivery["attempts"], len(delivery["log"])) == ("delivered", 2, 1)


def test_one_that_hangs_holds_up_nobody_else(world: World, receiver: Receiver) -> None:
    """While one receiver says nothing, another gets all of its messages."""
    receiver.answers(hanging)
    make(world, receiver)
    with running_receiver() as good:
        make(world, good)
        dispatch = Dispatch(sending_of(world.rooms), look_every=0.05)
        dispatch.start()
        for _ in range(60):
            world.issue()
        receiver.wait_for(1)
        got = good.wait_for(60)
        assert not receiver.free.is_set()
        dispatch.stop()
    assert len({message.id for message in got}) == 60
    numbers = [message.said["data"]["number"] for message in got]
    assert numbers == sorted(numbers)


def test_a_server_sends_by_itself(ground: tuple[str, Prepared], receiver: Receiver) -> None:
    """Serving is enough: nobody has to ask for it, and a stop ends it."""
    url, keys = ground
    clock = Clock()
    app = create_app(settings_for(url), now=clock, with_duties=True)
    with TestClient(app, base_url=BASE_URL) as client:
        served = World(app, client, clock, keys)
        make(served, receiver)
        issued = served.issue()
        (message,) = receiver.wait_for(1)
        assert message.said["data"]["id"] == issued["id"]
    names = {thread.name for thread in threading.enumerate()}
    assert "okbadges-webhooks" not in names


def test_a_stop_does_not_wait_for_one_that_hangs(world: World, receiver: Receiver) -> None:
    """It leaves, and whoever starts next sends again what was under way, with its id."""
    receiver.answers(hanging, 200)
    webhook = make(world, receiver)
    dispatch = Dispatch(sending_of(world.rooms), look_every=0.05)
    dispatch.start()
    world.issue()
    receiver.wait_for(1)
    dispatch.stop()
    assert not receiver.free.is_set()
    assert deliveries(world, webhook)[0]["state"] == "pending"
    world.clock.move(seconds=61)
    assert send(world) == 1
    assert receiver.got[0].id == receiver.got[1].id


def test_a_receiver_that_fails_now_and_then_gets_everything(world: World, receiver: Receiver) -> None:
    """Through errors, closed connections and a kill, each event comes at least once, and what comes twice has one id."""
    make(world, receiver)
    receiver.answers(500, 200, closing, 200, 503, 200, hanging, 302, 200)
    issued = [world.issue()["id"] for _ in range(12)]
    for _ in range(3):
        send(world)
        world.clock.move(minutes=7)
    with sending_process(world) as process:
        receiver.wait_for(7)
        process.kill()
    for _ in range(8):
        world.clock.move(hours=1)
        send(world)
    by_event: dict[str, set[str]] = {}
    for message in receiver.got:
        by_event.setdefault(message.said["data"]["id"], set()).add(message.id)
    assert set(by_event) == set(issued)
    assert {len(ids) for ids in by_event.values()} == {1}
    assert len(set.union(*by_event.values())) == 12


def test_nothing_there_writes_nothing(world: World, receiver: Receiver) -> None:
    """Looking with nothing to read and nothing due takes no turn of the writer."""
    make(world, receiver)
    world.issue()
    while send(world):
        """Until all is sent."""
    sending = sending_of(world.rooms)
    world.rooms.writer.close()
    sending.read_on()
    assert sending.due() == []
