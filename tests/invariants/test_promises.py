"""The order of work that every promise rests on, step by step. `make sabotage` breaks it in eight ways and asks these tests.

They look from outside: at answers, at rows, and at the one place where a signature is made.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import select

from okbadges.credentials.signers import Ed25519Signer
from okbadges.storage.tables import CredentialRow

if TYPE_CHECKING:
    from invariants.promises import Installation
    from support.world import World


def stored(process: World) -> int:
    """Return how many credentials there are."""
    with process.rooms.database.read() as session:
        return len(session.exec(select(CredentialRow.id)).all())


def test_a_repeat_is_the_same_answer(installation: Installation) -> None:
    """One Idempotency-Key is one credential: in this process, in another one, and after a restart; another order is refused."""
    process = installation.start()
    first = installation.issue(process, "the-key")
    assert installation.issue(process, "the-key") == first
    for other in (installation.start(), installation.start()):
        assert installation.issue(other, "the-key") == first
    another = installation.send(process, "the-key", language="sv")
    assert (another.status_code, another.json()["code"]) == (422, "idempotency-key-reused")
    assert stored(process) == 1
    assert installation.violations() == []


def test_nothing_is_answered_before_the_commit(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the commit of an award is under way its client waits, and once it is done gets what is stored."""
    process = installation.start()
    # its block of places is reserved by this one
    installation.issue(process, "before")
    dialect, commits, may_go_on = process.rooms.database.engine.dialect, threading.Event(), threading.Event()
    commit = dialect.do_commit

    def slow(connection: Any) -> None:
        commits.set()
        assert may_go_on.wait(30)
        commit(connection)

    monkeypatch.setattr(dialect, "do_commit", slow)
    with ThreadPoolExecutor(1) as pool:
        request = pool.submit(installation.issue, process, "the-key")
        try:
            assert commits.wait(30)
            # long enough for an answer that does not wait
            threading.Event().wait(0.3)
            assert not request.done()
        finally:
            may_go_on.set()
        request.result()
    assert installation.violations() == []


@pytest.mark.parametrize("which", range(1, 7))
def test_whichever_commit_fails(installation: Installation, monkeypatch: pytest.MonkeyPatch, which: int) -> None:
    """One of the commits after an order fails: whoever was acknowledged is stored, and in any case row and event together."""
    process = installation.start()
    dialect, commits = process.rooms.database.engine.dialect, iter(range(1, 1000))
    commit, failure = dialect.do_commit, dialect.loaded_dbapi.OperationalError

    def failing(connection: Any) -> None:
        if next(commits) == which:
            raise failure("failpoint")
        commit(connection)

    with monkeypatch.context() as patched:
        patched.setattr(dialect, "do_commit", failing)
        for number in range(2):
            assert installation.send(process, f"key-{number}").status_code in (201, 503)
        process.rooms.writer.close()
    assert installation.violations() == []
    again = installation.start()
    for number in range(2):
        installation.issue(again, f"key-{number}")
    assert installation.violations() == []


def test_no_process_takes_the_place_of_another(installation: Installation) -> None:
    """Two processes and one that comes after a restart give places of their own, all of them below their list's counter."""
    processes = [installation.start(), installation.start()]
    for number in range(6):
        installation.issue(processes[number % 2], f"key-{number}")
    installation.issue(installation.start(), "after a restart")
    assert installation.violations() == []


def test_a_signature_that_does_not_verify_stays_inside(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that miscalculates signs nothing that is stored or answered; when it is well again, the same order works."""
    process, sign = installation.start(), Ed25519Signer.sign

    def miscalculated(signer: Ed25519Signer, message: bytes) -> bytes:
        signature = sign(signer, message)
        return signature[:-1] + bytes([signature[-1] ^ 1])

    with monkeypatch.context() as patched:
        patched.setattr(Ed25519Signer, "sign", miscalculated)
        assert installation.send(process, "the-key").status_code >= 400
    assert stored(process) == 0
    installation.issue(process, "the-key")
    assert installation.violations() == []


def test_what_was_linted_is_signed_once(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each award takes one signature, and a repeat none: two signatures could be two credentials."""
    process, sign, signatures = installation.start(), Ed25519Signer.sign, []

    def counted(signer: Ed25519Signer, message: bytes) -> bytes:
        signatures.append(message)
        return sign(signer, message)

    monkeypatch.setattr(Ed25519Signer, "sign", counted)
    for number in (0, 1, 1, 2, 0):
        installation.issue(process, f"key-{number}")
    assert len(signatures) == 3
