"""Keys are rotated at full load without a failure, and a compromised one signs nothing more and is believed by nobody."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from okbadges.app import create_app
from okbadges.errors import InvalidInput, NotFound
from okbadges.issuing.forms import Form
from okbadges.keys.kinds import KeyKind
from okbadges.keys.rotation import Compromised, keys_of, mark_compromised, to_reissue
from okbadges.organisations.issuers import find_issuer
from okbadges.storage.tables import EventRow
from support.world import BASE_URL, order, settings_for

if TYPE_CHECKING:
    from datetime import datetime

    from okbadges.organisations.issuers import Issuer
    from support.world import Prepared, World

DID = "did:web:localhost%3A8000:issuers:ok"


def issuer_of(world: World) -> Issuer:
    """Return the issuer of this world."""
    with world.rooms.database.read() as session:
        return find_issuer(session, "ok")


def mark(world: World, number: int = 1, *, since: datetime | None = None) -> Compromised:
    """Mark a key as compromised, since an hour ago."""
    rooms, since = world.rooms, since or world.clock() - timedelta(hours=1)
    return mark_compromised(
        rooms.keyring, rooms.database, rooms.writer, rooms.stamp("test"), issuer_of(world), number, since=since
    )


def listed(world: World) -> dict[str, tuple[str, ...]]:
    """Return what has to be issued anew, with the forms that are not believed any more."""
    with world.rooms.database.read() as session:
        return {one.credential_id: one.forms for one in to_reissue(session, find_issuer(session, "ok"))}


def verdict(world: World, credential: Any) -> tuple[str, str | None]:
    """Return our own verdict on a credential, and the code of the check of its key."""
    report = world.rooms.verify(credential if isinstance(credential, bytes) else orjson.dumps(credential))
    return report.verdict.value, next(check.code for check in report.checks if check.id == "issuer-key")


def issue_until(stop: threading.Event, client: TestClient, headers: dict[str, str], answers: list[Any]) -> None:
    """Issue as fast as it goes."""
    while not stop.is_set():
        answers.append(client.post("/v1/credentials", json=order(), headers=headers))


def each_got_two_more(answers: list[list[Any]]) -> None:
    """Wait until each client was answered twice, so that nothing is on its way that began before; half a minute at the most."""
    before = [len(its) for its in answers]
    latest = time.monotonic() + 30
    while any(len(its) < had + 2 for its, had in zip(answers, before, strict=True)):
        assert time.monotonic() < latest, answers
        time.sleep(0.01)


def test_keys_are_rotated_at_full_load_without_a_failure(world: World, ground: tuple[str, Prepared]) -> None:
    """While four clients of two processes issue without a pause, the key is rotated three times: nothing fails, everything verifies."""
    stop, answers = threading.Event(), [list[Any]() for _ in range(4)]
    app = create_app(settings_for(ground[0]), now=world.clock)
    with TestClient(app, base_url=BASE_URL, raise_server_exceptions=False) as other:
        clients = [world.client, other] * 2
        threads = [
            threading.Thread(target=issue_until, args=(stop, client, world.as_iida(), its))
            for client, its in zip(clients, answers, strict=True)
        ]
        for thread in threads:
            thread.start()
        for _ in range(3):
            world.rooms.keyring.add_key(world.rooms.writer, world.rooms.stamp("test"), issuer_of(world))
            for _ in range(3):  # the journal takes nothing from a clock that was read long before the newest event
                world.clock.move(minutes=4)
                each_got_two_more(answers)
        stop.set()
        for thread in threads:
            thread.join()
    together = [answer for its in answers for answer in its]
    assert {answer.status_code for answer in together} == {201}
    credentials = [answer.json()["credential"] for answer in together]
    methods = [credential["proof"]["verificationMethod"] for credential in credentials]
    assert set(methods) == {f"{DID}#key-{number}" for number in (1, 3, 4, 5)}
    world.clock.move(seconds=2)
    assert {verdict(world, credential)[0] for credential in credentials} == {"VALID"}


def test_a_compromised_key_is_replaced_and_believed_by_nobody(world: World) -> None:
    """The last key of its kind gets a successor that signs at once; what the old one signed is invalid, what the new one signs valid."""
    before = world.issue()["credential"]
    done = mark(world)
    assert done.changed
    assert done.replaced_by is not None
    assert (done.replaced_by.number, done.replaced_by.signs_from) == (3, world.clock())
    document = world.client.get("/issuers/ok/did.json").json()
    assert document["verificationMethod"][0]["revoked"] == "2026-11-21T11:00:00Z"
    assert document["assertionMethod"] == [f"{DID}#key-2", f"{DID}#key-3"]
    after = world.issue()["credential"]
    assert after["proof"]["verificationMethod"] == f"{DID}#key-3"
    assert verdict(world, before) == ("INVALID", "key-revoked")
    assert verdict(world, after)[0] == "VALID"
    assert listed(world) == {before["id"]: ("eddsa-rdfc-2022",)}


def test_a_key_that_waited_takes_over_at_once(world: World) -> None:
    """Where another key is published already, none is made: it signs before its time."""
    world.rooms.keyring.add_key(world.rooms.writer, world.rooms.stamp("test"), issuer_of(world))
    assert mark(world).replaced_by is None
    assert world.issue()["credential"]["proof"]["verificationMethod"] == f"{DID}#key-3"


def test_status_lists_are_signed_anew(world: World) -> None:
    """A list signed by the compromised key would prove nothing; who asks a second later gets one by the new key."""
    path = world.issue()["credential"]["credentialStatus"]["statusListCredential"].removeprefix(BASE_URL)
    assert world.client.get(path).json()["proof"]["verificationMethod"] == f"{DID}#key-1"
    mark(world)
    world.clock.move(seconds=1)
    assert world.client.get(path).json()["proof"]["verificationMethod"] == f"{DID}#key-3"


def test_marking_again_changes_nothing_but_to_an_earlier_moment(world: World) -> None:
    """One event for each change; a second key is not made."""
    first = mark(world)
    assert not mark(world).changed
    assert not mark(world, since=first.since + timedelta(minutes=1)).changed
    earlier = mark(world, since=first.since - timedelta(days=1))
    assert (earlier.changed, earlier.replaced_by) == (True, None)
    with world.rooms.database.read() as session:
        states = keys_of(session, find_issuer(session, "ok"))
        events = session.exec(select(EventRow).where(EventRow.action == "key.compromised")).all()
    assert [state.compromised_since for state in states] == [earlier.since, None, None]
    assert [orjson.loads(event.details)["replaced_by"] for event in events] == [3, None]
    assert {event.subject for event in events} == {f"{DID}#key-1"}


def test_what_cannot_be_marked_is_refused(world: World) -> None:
    """A key that is not there, and a moment that has not been."""
    with pytest.raises(NotFound, match="no key 9"):
        mark(world, 9)
    with pytest.raises(InvalidInput) as refused:
        mark(world, since=world.clock() + timedelta(seconds=1))
    assert refused.value.code == "since-in-future"
    assert listed(world) == {}


def test_only_what_still_has_to_be_issued_anew_is_listed(world: World) -> None:
    """What was revoked or reissued is not on the list, nor what another key signed; a form counts like the credential itself."""
    left, revoked, form_only, replaced = (world.issue() for _ in range(4))
    for issued in (left, form_only):
        world.rooms.forms.get(issued["id"], Form.VC_JWT, actor="test")
    mark(world, 2)
    assert listed(world) == {left["id"]: ("vc-jwt",), form_only["id"]: ("vc-jwt",)}
    mark(world, 1)
    for path, issued in ((f"/{revoked['id']}/revoke", revoked), (f"/{replaced['id']}/reissue", replaced)):
        answer = world.client.post(
            f"/v1/credentials{path}", json={"reason": "issued-in-error"}, headers=world.as_iida()
        )
        assert answer.status_code in (200, 201), (answer.text, issued)
    both = ("eddsa-rdfc-2022", "vc-jwt")
    assert listed(world) == {left["id"]: both, form_only["id"]: both}


def test_a_form_of_a_compromised_key_is_made_anew(world: World) -> None:
    """Whoever asks again gets one that is believed; then the form is not on the list any more."""
    issued = world.issue()
    before = world.rooms.forms.get(issued["id"], Form.VC_JWT, actor="test")
    mark(world, 2)
    assert verdict(world, before) == ("INVALID", "key-revoked")
    after = world.rooms.forms.get(issued["id"], Form.VC_JWT, actor="test")
    world.clock.move(seconds=2)
    assert verdict(world, after)[0] == "VALID"
    assert world.rooms.forms.get(issued["id"], Form.VC_JWT, actor="test") == after
    assert listed(world) == {}


def test_a_key_of_another_kind_leaves_status_lists_alone(world: World) -> None:
    """Only Ed25519 keys sign lists."""
    path = world.issue()["credential"]["credentialStatus"]["statusListCredential"].removeprefix(BASE_URL)
    before = world.client.get(path).content
    assert mark(world, 2).replaced_by is not None
    world.clock.move(seconds=5)
    assert world.client.get(path).content == before
    with world.rooms.database.read() as session:
        found = world.rooms.keyring.signing_key(session, find_issuer(session, "ok"), KeyKind.P256)
    assert found.verification_method == f"{DID}#key-3"
