"""Which events reach which webhook: badges everybody, decisions the school alone; after a restore and a handover too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlmodel import select

from okbadges.operations import retention
from okbadges.operations.doctor import examine
from okbadges.operations.handover import export_issuer
from okbadges.storage.tables import WebhookAttemptRow, WebhookDeliveryRow
from support.college import new_college
from support.decided import decide
from support.receiver import Receiver, at_time, running_receiver, verified
from support.restoring import backup_of, copy
from support.sharing import sharer
from support.webhooks import administrator, deliveries, make, publish_again, send, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from okbadges.operations.restore import Restored
    from support.world import World

    Restoring = Callable[..., tuple[World, Restored]]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Run a receiver."""
    with running_receiver() as running:
        yield running


def test_a_badge_is_told_to_everybody(world: World, receiver: Receiver) -> None:
    """A new version in the catalogue reaches the webhooks of every organisation, with its number and address."""
    make(world, receiver, events=["badge.published"])
    publish_again(world, "digi-turva")
    with running_receiver() as other:
        make(world, other, organisation="ranua", headers=administrator(world, "ranua"))
        publish_again(world, "digi-turva")
        send(world)
        assert [message.said["data"]["version"] for message in receiver.got] == [2, 3]
        (message,) = other.got
    assert message.said["type"] == "badge.published"
    data = message.said["data"]
    assert (data["id"], data["version"], data["chain"]) == ("digi-turva", 3, "installation")
    assert world.client.get(data["url"]).json()["version"] == 3


@pytest.mark.parametrize("own_issuer", [False, True])
def test_a_decision_is_told_to_its_school_alone(world: World, receiver: Receiver, *, own_issuer: bool) -> None:
    """Not to the workshop whose badges were its grounds; and it says neither what was decided nor about whom."""
    college = new_college(world, own_issuer=own_issuer)
    make(world, receiver, organisation="lappia", headers=administrator(world, "lappia"))
    with running_receiver() as kemis:
        make(world, kemis)
        record = decide(world, college, sharer(world))
        send(world)
        assert "recognition.decided" not in {message.said["type"] for message in kemis.got}
    (message,) = receiver.got
    assert message.said["type"] == "recognition.decided"
    assert message.said["data"]["id"] == str(record.id)
    assert set(message.said["data"]) == {"id", "url", "chain", "number"}
    assert world.client.get(message.said["data"]["url"], headers=college.as_tuula).status_code == 200


def test_after_a_restore_the_same_ids_are_sent(
    world: World,
    receiver: Receiver,
    restored: Restoring,
    second_place: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What waited at the backup, and all that happened after it, comes with the ids it had or would have had; what was done stays done."""
    at_time(monkeypatch, world.clock)
    webhook = make(world, receiver)
    world.issue()
    send(world)
    world.issue()
    receiver.answers(500, 200)
    send(world)
    backup = backup_of(world, tmp_path / "backup.zip")
    world.issue()
    with running_receiver() as later:
        newer = make(world, later)
        world.issue()
        world.clock.move(seconds=6)
        send(world)
        before = [message.id for message in receiver.got], [message.id for message in later.got]
        assert [len(ids) for ids in before] == [5, 1]
        copy(world, second_place)
        again, _ = restored(backup, second_place)
        receiver.got.clear()
        later.got.clear()
        send(again)
        assert [message.id for message in receiver.got] == before[0][2:]
        assert [message.id for message in later.got] == before[1]
        verified(newer.secret, later.got[0])
    verified(webhook.secret, receiver.got[0])
    assert {one["state"] for one in deliveries(again, webhook)} == {"delivered"}
    assert len(deliveries(again, webhook)) == 4


def test_a_handed_over_issuer_says_no_more_here(world: World, receiver: Receiver, tmp_path: Path) -> None:
    """What happened before is sent; its webhooks stay here, can be tested, disabled and deleted, and hear of badges."""
    webhook = make(world, receiver)
    issued = world.issue()
    rooms, operator = world.rooms, world.rooms.stamp("operator")
    files = {"file": tmp_path / "ok.handover", "key_file": tmp_path / "ok.key"}
    export_issuer(rooms.database, rooms.writer, operator, rooms.secrets, "ok", **files)
    send(world)
    assert [message.said["data"]["id"] for message in receiver.got] == [issued["id"]]
    publish_again(world, "digi-turva")
    assert world.client.post(f"{webhook.path}/test", headers=world.as_aino()).status_code == 202
    receiver.answers(200, 410)
    send(world)
    assert [message.said["type"] for message in receiver.got[1:]] == ["badge.published", "webhook.test"]
    assert shown(world, webhook)["disabled_because"] == "gone"
    assert world.client.delete(webhook.path, headers=world.as_aino()).status_code == 204
    assert [one for one in examine(world.rooms) if one.about in ("journal", "webhook")] == []


def test_the_doctor_tells_of_disabled_ones(world: World, receiver: Receiver) -> None:
    """One that was disabled by itself is told with what to do; one that somebody paused is not."""
    webhook = make(world, receiver)
    paused = make(world, receiver)
    world.client.patch(paused.path, json={"enabled": False}, headers=world.as_aino())
    world.issue()
    receiver.answers(410)
    send(world)
    (finding,) = [one for one in examine(world.rooms) if one.about == "webhook"]
    assert webhook.id in finding.words
    assert "kemi" in finding.words
    assert receiver.url not in finding.words + finding.remedy


def test_what_is_done_goes_after_thirty_days(world: World, receiver: Receiver) -> None:
    """With its attempts, and said in the journal; what still waits stays."""
    webhook = make(world, receiver)
    world.issue()
    world.issue()
    receiver.answers(200, 500)
    send(world)
    world.clock.move(days=29)
    stamp = world.rooms.stamp("duty")
    assert not retention.run(world.rooms.writer, stamp, world.rooms.periods, last_run_at=None)
    world.clock.move(days=2)
    stamp = world.rooms.stamp("duty")
    deleted = retention.run(world.rooms.writer, stamp, world.rooms.periods, last_run_at=None)
    assert deleted.messages == 1
    (left,) = deliveries(world, webhook)
    assert left["state"] == "pending"
    with world.rooms.database.read() as session:
        assert len(session.exec(select(WebhookDeliveryRow)).all()) == 1
        assert len(session.exec(select(WebhookAttemptRow)).all()) == 1
