"""The restore drill: issue, back up, go on, lose the database, restore, and look whether anything acknowledged is missing.

What a client was answered is all that the drill believes; it is compared with what the restored installation says.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
from sqlmodel import col, select

from okbadges.app import create_app
from okbadges.storage.tables import CredentialRow, StatusListRow
from okbadges.verification.report import Verdict
from support.doors import Doors
from support.journal import broken_links
from support.restoring import backup_of, copy, erase, reopened, restore_into
from support.world import Clock, opened, order, settings_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from okbadges.operations.restore import Restored
    from support.world import Prepared, World

_COPY_EVERY = 250
_NEW_AFTERWARDS = 40


@dataclass(slots=True)
class Ledger:
    """What the clients were told: bytes of each answer by idempotency key, and whom and what they revoked and erased."""

    answers: dict[str, bytes] = field(default_factory=dict)
    credentials: dict[str, Any] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)

    def places(self) -> list[tuple[str, str]]:
        """Return every place in a status list that a client was told of."""
        entries = [one["credential"]["credentialStatus"] for one in self.credentials.values()]
        return [(entry["statusListCredential"], entry["statusListIndex"]) for entry in entries]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a drill found; everything but the counts of what was done has to be zero."""

    acknowledged: int
    newer_than_backup: int
    revoked: int
    erased: int
    lost: int
    doubled: int
    reused_places: int
    wrong_verdicts: int
    erased_that_came_back: int
    other_answers_to_retries: int
    broken_links: int

    @property
    def faults(self) -> int:
        """Return how much is wrong."""
        return (
            self.lost
            + self.doubled
            + self.reused_places
            + self.wrong_verdicts
            + self.erased_that_came_back
            + self.other_answers_to_retries
            + self.broken_links
        )


@dataclass(frozen=True, slots=True)
class Drilled:
    """Both restores of a drill: with the second place, and of the backup alone with the gap that it reported."""

    whole: Figures
    alone: Figures
    gap: Restored


def drill(ground: tuple[str, Prepared], empty: Callable[[], str], folder: Path, *, count: int) -> Drilled:
    """Run the drill with so many credentials: three fifths of them before the backup."""
    url, keys = ground
    clock, ledger = Clock(), Ledger()
    second_place = folder / "drill-second-place"
    second_place.mkdir()
    doors = Doors(lambda: create_app(settings_for(url)))
    with opened(url, keys, clock, doors) as world:
        in_backup = count * 3 // 5
        for number in range(in_backup):
            _issue(world, ledger, number)
        backup = backup_of(world, folder / "drill.zip")
        known = set(ledger.credentials)
        clock.move(hours=2)
        for number in range(in_backup, count):
            _issue(world, ledger, number)
            if number % _COPY_EVERY == 0:
                copy(world, second_place)
        _revoke_some(world, ledger)
        _erase_some(world, ledger)
        copy(world, second_place)
    clock.move(hours=1)
    whole_url, alone_url = empty(), empty()
    restore_into(whole_url, world, backup, second_place)
    with reopened(whole_url, world, doors) as again:
        whole = _figures(again, ledger, set(ledger.credentials), known)
    gap = restore_into(alone_url, world, backup)
    with reopened(alone_url, world, doors) as again:
        alone = _figures(again, ledger, known, known)
    return Drilled(whole, alone, gap)


def _issue(world: World, ledger: Ledger, number: int) -> None:
    key = f"drill-{number}"
    headers = {**world.as_iida(), "Idempotency-Key": key}
    answer = world.client.post("/v1/credentials", json=order(), headers=headers)
    assert answer.status_code == 201, answer.text
    ledger.answers[key] = answer.content
    ledger.credentials[answer.json()["id"]] = answer.json()


def _revoke_some(world: World, ledger: Ledger) -> None:
    """Revoke every twentieth, old and new."""
    for credential_id in list(ledger.credentials)[::20]:
        path = f"/v1/credentials/{credential_id}/revoke"
        answer = world.client.post(path, json={"reason": "issued-in-error"}, headers=world.as_iida())
        assert answer.is_success, answer.text
        ledger.revoked.add(credential_id)


def _erase_some(world: World, ledger: Ledger) -> None:
    """Erase every fiftieth, old and new, some of them revoked."""
    for credential_id, issued in list(ledger.credentials.items())[::50]:
        erase(world, issued["participant"])
        ledger.erased.add(credential_id)


def _figures(again: World, ledger: Ledger, expected: set[str], in_backup: set[str]) -> Figures:
    """Compare what the clients know with what is there; ``expected`` is what must be there, all of it or what was in the backup."""
    is_whole = expected != in_backup
    revoked, erased = (ledger.revoked, ledger.erased) if is_whole else (set(), set())
    with again.rooms.database.read() as session:
        rows = list(session.exec(select(CredentialRow.credential_id, CredentialRow.document)))
        broken = len(list(broken_links(session)))
    there = Counter(row[0] for row in rows)
    wrong = 0
    for credential_id, issued in ledger.credentials.items():
        verdict = again.rooms.verify(_bytes(issued)).verdict
        wrong += verdict is not (Verdict.REVOKED if credential_id in revoked else Verdict.VALID)
    again.clock.move(minutes=1)
    retries = [key for key, answer in ledger.answers.items() if not _is_gone(answer, expected, erased)][-50:]
    others = sum(_retry(again, key) != ledger.answers[key] for key in retries)
    before = set(ledger.places())
    fresh = Ledger()
    for number in range(_NEW_AFTERWARDS):
        _issue(again, fresh, 1_000_000 + number)
    return Figures(
        acknowledged=len(expected),
        newer_than_backup=len(expected - in_backup),
        revoked=len(revoked),
        erased=len(erased),
        lost=len(expected - set(there)),
        doubled=sum(number > 1 for number in there.values()) + len(set(fresh.credentials) & set(ledger.credentials)),
        reused_places=len(before & set(fresh.places())) + len(ledger.places()) - len(before) + _shared_places(again),
        wrong_verdicts=wrong,
        erased_that_came_back=sum(document is not None for name, document in rows if name in erased),
        other_answers_to_retries=others,
        broken_links=broken,
    )


def _bytes(issued: dict[str, Any]) -> bytes:
    return orjson.dumps(issued["credential"])


def _is_gone(answer: bytes, expected: set[str], erased: set[str]) -> bool:
    """Tell whether an answer is of a credential that is not to be there, or of somebody who was erased."""
    credential_id = orjson.loads(answer)["id"]
    return credential_id not in expected or credential_id in erased


def _retry(again: World, key: str) -> bytes:
    headers = {**again.as_iida(), "Idempotency-Key": key}
    return again.client.post("/v1/credentials", json=order(), headers=headers).content


def _shared_places(again: World) -> int:
    """Return how many places in the status lists belong to more than one credential, whatever the database promises."""
    with again.rooms.database.read() as session:
        rows = session.exec(
            select(StatusListRow.number, CredentialRow.status_index).join(
                StatusListRow, col(StatusListRow.id) == CredentialRow.status_list_id
            )
        )
        return sum(number > 1 for number in Counter((row[0], row[1]) for row in rows).values())
