"""Many requests at once, in one process and in several: one key is one credential, one place is one credential's, one change is one event."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from crash.processes import Task, issue_from_many
from okbadges.credentials.template import Template
from okbadges.keys.keyring import PUBLISH_AHEAD
from okbadges.keys.rotation import mark_compromised
from okbadges.organisations.issuers import find_issuer
from okbadges.storage.tables import CredentialRow, EventRow, StatusListRow
from support.world import BASE_URL, order

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from invariants.promises import Installation
    from support.world import World

pytestmark = pytest.mark.long

ROOM_LEFT = 40
IN_FLIGHT = "idempotency-key-in-flight"


def credentials(process: World) -> Sequence[CredentialRow]:
    """Return every stored credential."""
    with process.rooms.database.read() as session:
        return session.exec(select(CredentialRow)).all()


def test_fifty_equal_requests_are_one_credential(installation: Installation) -> None:
    """Fifty requests with one Idempotency-Key, all at once: one credential, and whoever got an answer got the same one."""
    process = installation.start()
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: installation.send(process, "the-key"), range(50)))
    for answer in answers:
        assert answer.status_code == 201 or answer.json()["code"] == IN_FLIGHT, answer.text
    assert any(answer.status_code == 201 for answer in answers)
    installation.issue(process, "the-key")
    assert len(credentials(process)) == 1
    assert installation.violations() == []


def test_many_processes_share_one_database(installation: Installation, tmp_path: Path) -> None:
    """Three real processes issue at once: two hundred places for two hundred keys, twenty of which all of them send.

    `make crash` does it with 2 000 on eight.
    """
    shared = [f"shared-{number}" for number in range(20)]
    tasks = [_task(installation, [*shared, *(f"{process}-{number}" for number in range(60))]) for process in range(3)]
    _remember(installation, issue_from_many(tasks, tmp_path))
    process = installation.start()
    for key in shared:
        installation.issue(process, key)
    assert len({(row.status_list_id, row.status_index) for row in credentials(process)}) == 200
    assert installation.violations() == []


def test_two_hundred_revocations_are_one_change(installation: Installation) -> None:
    """Two hundred revocations of one credential from two processes: one event, and everybody hears the same time."""
    processes = [installation.start(), installation.start()]
    credential_id = installation.issue(processes[0], "the-key")
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda n: installation.revoke(processes[n % 2], credential_id), range(200)))
    assert {answer.status_code for answer in answers} == {200}
    with processes[0].rooms.database.read() as session:
        events = session.exec(select(EventRow).where(EventRow.action == "credential.revoked")).all()
        assert [event.subject for event in events] == [credential_id]
        assert [row.revision for row in session.exec(select(StatusListRow))] == [1]
    assert installation.violations() == []


def test_a_list_that_fills_up_is_followed_by_the_next(installation: Installation) -> None:
    """Two processes fill the last places of a list together; nobody waits for the next list and no place is lost or doubled."""
    first = installation.start()
    installation.issue(first, "before")
    with first.rooms.database.read() as session:
        before = session.exec(select(StatusListRow)).one()
    first.rooms.writer.write(
        lambda connection: connection.execute(
            update(StatusListRow).where(col(StatusListRow.id) == before.id).values(next_counter=before.size - ROOM_LEFT)
        )
    )
    processes = [installation.start(), installation.start()]
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda n: installation.issue(processes[n % 2], f"key-{n}"), range(120)))
    for credential_id in ids[::10]:
        installation.revoke(processes[0], credential_id)
    with first.rooms.database.read() as session:
        lists = session.exec(select(StatusListRow).order_by(col(StatusListRow.number))).all()
    assert [row.number for row in lists] == [1, 2]
    assert lists[0].next_counter == lists[0].size
    # one was issued before, and then every place that was left
    assert sum(row.status_list_id == before.id for row in credentials(first)) == 1 + ROOM_LEFT
    assert installation.violations() == []


def test_a_key_is_rotated_at_full_load(installation: Installation) -> None:
    """Two new keys come while two processes issue: no request fails, and every credential verifies, whichever key signed it."""
    processes, stopping = [installation.start(), installation.start()], threading.Event()
    rooms = processes[0].rooms
    with rooms.database.read() as session:
        issuer = find_issuer(session, "ok")

    issued = [0] * 4

    def keep_issuing(client: int) -> None:
        while not stopping.is_set():
            installation.issue(processes[client % 2], f"client-{client}-{issued[client]}")
            issued[client] += 1

    def answered_since(before: Sequence[int]) -> bool:
        return all(now > then + 1 for now, then in zip(issued, before, strict=True))

    with ThreadPoolExecutor(4) as pool:
        clients = [pool.submit(keep_issuing, client) for client in range(4)]
        try:
            for _ in range(2):
                rooms.keyring.add_key(rooms.writer, rooms.stamp("test"), issuer)
                # in steps, each after what began before the last one is answered: no request is minutes old, however slow the machine
                for _ in range(6):
                    before = tuple(issued)
                    while not answered_since(before) and not any(client.done() for client in clients):
                        time.sleep(0.01)
                    installation.clock.move(seconds=PUBLISH_AHEAD.total_seconds() / 5)
        finally:
            stopping.set()
        for client in clients:
            client.result()
    assert len({row.signing_key_id for row in credentials(processes[0])}) == 3
    assert installation.violations() == []


def test_a_key_is_found_compromised_while_it_signs(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an old key signed just before it was marked is not stored just after: nobody would find it in the list to reissue."""
    process = installation.start()
    rooms = process.rooms
    with rooms.database.read() as session:
        issuer = find_issuer(session, "ok")

    sign = Template.sign

    def overtaken(*given: Any, **named: Any) -> bytes:
        document: bytes = sign(*given, **named)
        stamp = rooms.stamp("test")
        mark_compromised(rooms.keyring, rooms.database, rooms.writer, stamp, issuer, 1, since=stamp.now)
        return document

    with monkeypatch.context() as patched:
        patched.setattr(Template, "sign", overtaken)
        answer = installation.send(process, "the-key")
    assert answer.status_code in (409, 503), answer.text
    installation.issue(process, "the-key")
    assert installation.violations() == []


def test_reissuing_against_revoking(installation: Installation) -> None:
    """Some reissue a credential while others revoke it: it is revoked, and has one successor at the most."""
    processes = [installation.start(), installation.start()]
    for round_ in range(3):
        first = installation.issue(processes[0], f"first-{round_}")
        with ThreadPoolExecutor(10) as pool:
            work = [
                pool.submit(installation.reissue, processes[n % 2], first, f"successor-{round_}-{n}")
                if n < 5
                else pool.submit(installation.revoke, processes[n % 2], first)
                for n in range(10)
            ]
            statuses = [one.result().status_code for one in work]
        assert set(statuses[5:]) == {200}
        assert set(statuses[:5]) <= {201, 409}
        rows = {row.credential_id: row for row in credentials(processes[0])}
        successors = [row for row in rows.values() if row.supersedes_id == rows[first].id]
        assert len(successors) == statuses.count(201) <= 1
        assert rows[first].revoked_at is not None
        assert all(row.revoked_at is None for row in successors)
    assert installation.violations() == []


def _task(installation: Installation, keys: Sequence[str]) -> Task:
    return Task(
        database_url=installation.url,
        base_url=BASE_URL,
        now=installation.clock().isoformat(),
        access_key=installation.keys.iida,
        order=order(),
        keys=tuple(keys),
    )


def _remember(installation: Installation, answers: Sequence[tuple[str, int, bytes]]) -> None:
    for key, status, body in answers:
        installation.ledger.sends(key)
        if status == 201:
            installation.ledger.was_issued(key, body)
        else:
            assert IN_FLIGHT.encode() in body, body
