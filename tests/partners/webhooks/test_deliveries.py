"""Webhooks: what is told to whom, signed so that any receiver can verify it, tried again, disabled with a notice, and never lost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from standardwebhooks.webhooks import WebhookVerificationError

from okbadges.partners.webhooks.deliveries import AGAIN_AFTER
from support.receiver import (
    Receiver,
    answering,
    at_time,
    closing,
    dripping,
    dripping_body,
    flooding,
    hanging,
    no_http,
    running_receiver,
    verified,
)
from support.wallets import LUMI, ask, bearer, offered
from support.webhooks import EVERYTHING, administrator, deliveries, make, patient_for, send, shown
from support.work import told, working

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.receiver import Behaviour
    from support.world import World


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Run a receiver."""
    with running_receiver() as running:
        yield running


def revoke(world: World, credential_id: str) -> None:
    """Let Iida revoke a credential."""
    path = f"/v1/credentials/{credential_id}/revoke"
    answer = world.client.post(path, json={"reason": "issued-in-error"}, headers=world.as_iida())
    assert answer.status_code in (200, 204), answer.text


def test_it_works(world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is issued is told once, in a message that the library of receivers verifies, and that says ids alone."""
    at_time(monkeypatch, world.clock)
    webhook = make(world, receiver)
    issued = world.issue()
    assert send(world) == 1
    assert send(world) == 0
    (message,) = receiver.got
    said = verified(webhook.secret, message)
    assert said == {
        "type": "credential.issued",
        "timestamp": "2026-11-21T12:00:00Z",
        "data": {
            "id": issued["id"],
            "url": f"http://localhost:8000/v1/credentials/{issued['id']}",
            "chain": "ok",
            "number": said["data"]["number"],
        },
    }
    assert world.client.get(said["data"]["url"], headers=world.as_iida()).json()["id"] == issued["id"]
    (delivery,) = deliveries(world, webhook)
    assert delivery["id"] == message.id
    assert (delivery["state"], delivery["attempts"], delivery["next_at"]) == ("delivered", 1, None)
    assert [one["outcome"] for one in delivery["log"]] == ["delivered"]


def test_a_copy_in_a_wallet_is_told_to_nobody(world: World, receiver: Receiver) -> None:
    """Neither that a holder took a badge into a wallet, nor that the copy is revoked with it: of the badge itself each is told once."""
    make(world, receiver)
    offer = offered(world)
    assert ask(world, bearer(world, offer), LUMI.proof(world)).status_code == 200
    revoke(world, offer.credential_id)
    send(world)
    told = [(message.said["type"], message.said["data"]["id"]) for message in receiver.got]
    assert told == [("credential.issued", offer.credential_id), ("credential.revoked", offer.credential_id)]


def test_a_message_says_nothing_of_whom(world: World, receiver: Receiver) -> None:
    """No message holds the participant, a label, the workshop or who issued; nor does the journal hold address, label or secret."""
    webhook = make(world, receiver, label="Rekisteri kahvilan asiakkaille")
    issued = world.issue()
    revoke(world, issued["id"])
    send(world)
    for message in receiver.got:
        assert set(message.said) == {"type", "timestamp", "data"}
        assert set(message.said["data"]) == {"id", "url", "chain", "number"}
        for word in (issued["participant"], "kahvila", "Iida", "digi-turva", "access-key"):
            assert word.encode() not in message.body
    journal = world.client.get("/v1/audit/events?limit=200", headers=world.as_audrey()).text
    assert "webhook.created" in journal
    for word in (receiver.url, "Rekisteri", webhook.secret):
        assert word not in journal


def test_each_is_told_what_it_asked_for(world: World, receiver: Receiver) -> None:
    """Only chosen types, only the own organisation's credentials, and only what happened after it was made."""
    world.issue()
    make(world, receiver, events=["credential.revoked"])
    other = world.issue()
    with running_receiver() as ranuas:
        make(
            world,
            ranuas,
            organisation="ranua",
            headers=administrator(world, "ranua"),
        )
        send(world)
        assert receiver.got == ranuas.got == []
        revoke(world, other["id"])
        send(world)
        assert [message.said["type"] for message in receiver.got] == ["credential.revoked"]
        assert receiver.got[0].said["data"]["id"] == other["id"]
        assert ranuas.got == []


def test_they_come_in_the_order_of_the_journal(world: World, receiver: Receiver) -> None:
    """As long as each is taken, the numbers of one chain only grow."""
    make(world, receiver)
    for _ in range(12):
        world.issue()
    send(world)
    numbers = [message.said["data"]["number"] for message in receiver.got]
    assert len(numbers) == 12
    assert numbers == sorted(numbers)


def test_one_that_fails_does_not_hold_up_the_others(world: World, receiver: Receiver) -> None:
    """A message that is refused waits for its next time, and those after it go on."""
    webhook = make(world, receiver)
    for _ in range(3):
        world.issue()
    receiver.answers(500, 200)
    assert [send(world), send(world)] == [1, 2]
    world.clock.move(seconds=6)
    assert send(world) == 1
    ids = [message.id for message in receiver.got]
    assert ids[3] == ids[0]
    assert len(set(ids)) == 3
    assert {one["state"] for one in deliveries(world, webhook)} == {"delivered"}


def test_it_is_tried_again_after_growing_pauses_and_given_up(world: World, receiver: Receiver) -> None:
    """Ten attempts with the same id and the same bytes, each after its pause and not before, then it is given up and kept in the log."""
    webhook = make(world, receiver)
    world.issue()
    receiver.answers(500)
    assert send(world) == 1
    for pause in AGAIN_AFTER:
        world.clock.move(seconds=pause.total_seconds() - 1)
        assert send(world) == 0
        world.clock.move(seconds=pause.total_seconds() / 10 + 2)
        assert send(world) == 1
    world.clock.move(days=3)
    assert send(world) == 0
    assert len(receiver.got) == 10
    assert len({(message.id, message.body) for message in receiver.got}) == 1
    times = [int(message.headers["webhook-timestamp"]) for message in receiver.got]
    assert times == sorted(set(times))
    (delivery,) = deliveries(world, webhook)
    assert (delivery["state"], delivery["attempts"], delivery["next_at"]) == ("given-up", 10, None)
    assert [one["status"] for one in delivery["log"]] == [500] * 10


@pytest.mark.parametrize(
    ("behaviour", "outcome", "status"),
    [
        (answering(500), "refused", 500),
        (answering(404), "refused", 404),
        (answering(301, Location="http://127.0.0.1:1/elsewhere"), "redirected", 301),
        (answering(307, Location="/here"), "redirected", 307),
        (closing, "unreachable", None),
        (no_http, "unreachable", None),
        (hanging, "timeout", None),
        (dripping, "timeout", None),
    ],
    ids=["500", "404", "301", "307", "closes", "no-http", "hangs", "drips"],
)
def test_what_is_no_success(
    world: World, receiver: Receiver, behaviour: Behaviour, outcome: str, status: int | None
) -> None:
    """It is noted as what it was and tried again; no redirect is ever followed."""
    patient_for(world, 0.5)
    webhook = make(world, receiver)
    world.issue()
    receiver.answers(behaviour, 200)
    send(world)
    (delivery,) = deliveries(world, webhook)
    assert delivery["state"] == "pending"
    assert [(one["outcome"], one["status"]) for one in delivery["log"]] == [(outcome, status)]
    world.clock.move(seconds=6)
    send(world)
    assert deliveries(world, webhook)[0]["state"] == "delivered"
    assert [message.id for message in receiver.got] == [delivery["id"]] * 2


@pytest.mark.parametrize("behaviour", [answering(200), answering(299), flooding, dripping_body])
def test_what_is_a_success(world: World, receiver: Receiver, behaviour: Behaviour) -> None:
    """Every status of 200 to 299, whatever body comes with it: of the body nothing is read."""
    webhook = make(world, receiver)
    world.issue()
    receiver.answers(behaviour)
    send(world)
    assert deliveries(world, webhook)[0]["state"] == "delivered"


def test_gone_disables_at_once(world: World, receiver: Receiver) -> None:
    """410 ends it: it is disabled and said so, in the API and in the journal, and nothing more is sent until somebody enables it."""
    webhook = make(world, receiver)
    world.issue()
    receiver.answers(410, 200)
    send(world)
    world.issue()
    world.clock.move(days=1)
    assert send(world) == 0
    said = shown(world, webhook)
    assert (said["enabled"], said["disabled_because"], said["waiting"]) == (False, "gone", 1)
    journal = world.client.get("/v1/audit/events?action=webhook.disabled", headers=world.as_audrey()).json()
    assert [one["details"] for one in journal["events"]] == [{"because": "gone"}]
    answer = world.client.patch(webhook.path, json={"enabled": True}, headers=world.as_aino())
    assert answer.json()["enabled"]
    while send(world):
        """Until nothing waits."""
    assert len({message.id for message in receiver.got}) == 2
    assert {one["state"] for one in deliveries(world, webhook)} == {"delivered"}


def test_who_fails_for_five_days_is_disabled(world: World, receiver: Receiver) -> None:
    """Not by one message that is given up, nor by one bad moment after a long silence; but when the next one fails for hours too."""
    webhook = make(world, receiver)
    receiver.answers(500)
    world.issue()
    send(world)
    for pause in AGAIN_AFTER:
        world.clock.move(seconds=pause.total_seconds() * 1.1 + 1)
        assert send(world) == 1
    world.clock.move(days=60)
    world.issue()
    send(world)
    for pause in AGAIN_AFTER[:4]:
        assert shown(world, webhook)["enabled"]
        world.clock.move(seconds=pause.total_seconds() * 1.1 + 1)
        assert send(world) == 1
    said = shown(world, webhook)
    assert (said["enabled"], said["disabled_because"]) == (False, "failing")
    (told,) = world.client.get("/v1/audit/events?action=webhook.disabled", headers=world.as_audrey()).json()["events"]
    assert (told["actor"], told["details"]) == ("webhooks", {"because": "failing"})


def test_a_success_begins_anew(world: World, receiver: Receiver) -> None:
    """One message that arrives, and nothing has failed for long."""
    webhook = make(world, receiver)
    receiver.answers(500, 500, 200, 500)
    world.issue()
    send(world)
    assert shown(world, webhook)["failing_since"] == "2026-11-21T12:00:00Z"
    world.clock.move(days=6)
    world.issue()
    send(world)
    send(world)
    assert shown(world, webhook)["failing_since"] is None
    world.clock.move(minutes=6)
    send(world)
    assert shown(world, webhook)["failing_since"] == "2026-11-27T12:06:00Z"
    assert shown(world, webhook)["enabled"]


@pytest.mark.parametrize(
    ("status", "retry_after", "waits"),
    [
        (429, "120", timedelta(seconds=120)),
        (503, "Sat, 21 Nov 2026 13:00:00 GMT", timedelta(hours=1)),
        (429, "1", timedelta(seconds=5)),
        (429, "99999999999999999999", timedelta(hours=24)),
        (503, "Sat, 01 Jan 2000 00:00:00 GMT", timedelta(seconds=5)),
        (503, "soon", timedelta(seconds=5)),
        (503, "-1", timedelta(seconds=5)),
        (500, "120", timedelta(seconds=5)),
    ],
)
def test_retry_after(world: World, receiver: Receiver, status: int, retry_after: str, waits: timedelta) -> None:
    """It makes a pause longer, up to a day, and never shorter; only 429 and 503 may ask for it."""
    make(world, receiver)
    world.issue()
    receiver.answers(answering(status, Retry_After=retry_after), 200)
    send(world)
    world.clock.move(seconds=waits.total_seconds() - 1)
    assert send(world) == 0
    world.clock.move(seconds=2)
    assert send(world) == 1


def test_rotation(world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a day both secrets verify what comes, after it the new one alone; too many at once are refused."""
    at_time(monkeypatch, world.clock)
    webhook = make(world, receiver)
    path = f"{webhook.path}/rotate-secret"
    new = world.client.post(path, headers=world.as_aino()).json()["secret"]
    world.issue()
    send(world)
    assert verified(webhook.secret, receiver.got[0]) == verified(new, receiver.got[0])
    assert len(receiver.got[0].headers["webhook-signature"].split(" ")) == 2
    for _ in range(2):
        newest = world.client.post(path, headers=world.as_aino()).json()["secret"]
    refused = world.client.post(path, headers=world.as_aino())
    assert (refused.status_code, refused.json()["code"]) == (409, "rotated-too-often")
    world.clock.move(hours=24)
    world.issue()
    send(world)
    verified(newest, receiver.got[1])
    for old in (webhook.secret, new):
        with pytest.raises(WebhookVerificationError, match="No matching signature"):
            verified(old, receiver.got[1])


def test_a_message_that_was_altered_or_replayed_does_not_verify(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another body, id or time, and a time long past, are refused by the library of receivers; a redelivery is signed anew."""
    at_time(monkeypatch, world.clock)
    webhook = make(world, receiver)
    world.issue()
    send(world)
    (message,) = receiver.got
    for change in (
        {"webhook-id": "another"},
        {"webhook-timestamp": str(int(message.headers["webhook-timestamp"]) + 1)},
    ):
        with pytest.raises(WebhookVerificationError):
            verified(webhook.secret, type(message)(message.headers | change, message.body))
    with pytest.raises(WebhookVerificationError):
        verified(webhook.secret, type(message)(message.headers, message.body + b" "))
    world.clock.move(minutes=6)
    with pytest.raises(WebhookVerificationError, match="too old"):
        verified(webhook.secret, message)
    again = world.client.post(f"{webhook.path}/deliveries/{message.id}/redeliver", headers=world.as_aino())
    assert again.status_code == 202, again.text
    refused = world.client.post(f"{webhook.path}/deliveries/{message.id}/redeliver", headers=world.as_aino())
    assert (refused.status_code, refused.json()["code"]) == (409, "delivery-pending")
    send(world)
    assert [one.id for one in receiver.got] == [message.id] * 2
    assert verified(webhook.secret, receiver.got[1]) == message.said


def test_a_test_comes_whatever_it_is_told_of(world: World, receiver: Receiver) -> None:
    """Each test is a message of its own; no other webhook hears of it."""
    webhook = make(world, receiver, events=["badge.published"])
    with running_receiver() as other:
        make(world, other)
        asked = world.client.post(f"{webhook.path}/test", headers=world.as_aino())
        assert asked.status_code == 202
        send(world)
        assert other.got == []
    (message,) = receiver.got
    assert message.id == asked.json()["delivery"]
    assert message.said["type"] == "webhook.test"
    assert message.said["data"]["id"] == webhook.id


def test_what_was_deleted_sends_nothing(world: World, receiver: Receiver) -> None:
    """Not what was waiting either; its address and secrets are gone from the database."""
    webhook = make(world, receiver)
    world.issue()
    receiver.answers(500, 200)
    send(world)
    assert world.client.delete(webhook.path, headers=world.as_aino()).status_code == 204
    world.clock.move(hours=1)
    world.issue()
    assert send(world) == 0
    assert world.client.get(webhook.path, headers=world.as_aino()).status_code == 404
    assert world.client.delete(webhook.path, headers=world.as_aino()).status_code == 404
    listed = world.client.get("/v1/webhooks?organisation=kemi", headers=world.as_aino()).json()
    assert listed == {"webhooks": [], "next": None}
    assert len(receiver.got) == 1


def test_while_paused_nothing_is_sent_and_nothing_is_left_out(world: World, receiver: Receiver) -> None:
    """What happens meanwhile comes when it is enabled again; pausing twice changes nothing."""
    webhook = make(world, receiver)
    for _ in range(2):
        said = world.client.patch(webhook.path, json={"enabled": False}, headers=world.as_aino()).json()
        assert (said["enabled"], said["disabled_because"]) == (False, "paused")
    world.issue()
    assert send(world) == 0
    world.client.patch(webhook.path, json={"enabled": True}, headers=world.as_aino())
    assert send(world) == 1
    changes = world.client.get("/v1/audit/events?action=webhook.changed", headers=world.as_audrey()).json()["events"]
    assert [one["details"] for one in changes] == [{"enabled": 0}, {"enabled": 1}]


def test_everything_has_its_event(world: World, receiver: Receiver) -> None:
    """A change of the address, the label and the events says which; a repeat says nothing."""
    webhook = make(world, receiver, events=["badge.published"])
    change = {"url": f"{receiver.url}/2", "label": "Other", "events": EVERYTHING}
    for _ in range(2):
        said = world.client.patch(webhook.path, json=change, headers=world.as_aino()).json()
    assert (said["url"], said["label"], said["events"]) == (change["url"], "Other", EVERYTHING)
    (event,) = world.client.get("/v1/audit/events?action=webhook.changed", headers=world.as_audrey()).json()["events"]
    assert event["details"] == {"changed": "url label", "events": " ".join(EVERYTHING)}
    assert event["subject"] == f"webhook:{webhook.id}"


def test_an_administrator_reads_that_one_stopped(world: World, receiver: Receiver) -> None:
    """On the page where they begin; not one that somebody paused, and not an instructor, who cannot mend it."""
    make(world, receiver)
    paused = make(world, receiver)
    world.client.patch(paused.path, json={"enabled": False}, headers=world.as_aino())
    pages = working(world, world.keys.aino_id), working(world)
    assert [told(page.get("/workshop?at=groups").text) for page in pages] == [[], []]
    receiver.answers(410)
    world.issue()
    send(world)
    (words,), none = (told(page.get("/workshop?at=groups").text) for page in pages)
    assert words.startswith("Tieto uusista merkeistä ei mene enää toiseen järjestelmään.")
    assert none == []
