"""Status indices: never given twice, spread over the list, rolling over when a list is full."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING

from sqlalchemy import update

from okbadges.issuing.status_indices import BLOCK, StatusIndices
from okbadges.organisations.issuers import find_issuer
from okbadges.storage.tables import StatusListRow
from support.world import order

if TYPE_CHECKING:
    from okbadges.organisations.issuers import Issuer
    from support.world import World


def indices(world: World, list_size: int = 131_072) -> StatusIndices:
    """Return the allocator of one more process on the same database."""
    return StatusIndices(world.rooms.writer, now=world.clock, random_bytes=secrets.token_bytes, list_size=list_size)


def issuer(world: World) -> Issuer:
    """Return the issuer of this world."""
    with world.rooms.database.read() as session:
        return find_issuer(session, "ok")


def test_many_processes_never_get_the_same_place(world: World) -> None:
    """Four processes that take places at the same time get four hundred different ones."""
    found, processes = issuer(world), [indices(world) for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        slots = list(pool.map(lambda i: processes[i % 4].take(found), range(400)))
    assert len({(slot.list_row_id, slot.index) for slot in slots}) == 400


def test_neighbours_are_far_apart(world: World) -> None:
    """Places that are taken one after the other do not lie side by side."""
    found, allocator = issuer(world), indices(world)
    places = [allocator.take(found).index for _ in range(BLOCK)]
    assert sum(abs(a - b) == 1 for a, b in pairwise(places)) <= 1
    assert all(0 <= place < 131_072 for place in places)


def test_a_full_list_is_followed_by_the_next(world: World) -> None:
    """A small list gives each of its places once, then a new list begins."""
    found, allocator = issuer(world), indices(world, list_size=50)
    slots = [allocator.take(found) for _ in range(120)]
    assert [slot.list_number for slot in slots] == [1] * 50 + [2] * 50 + [3] * 20
    assert sorted(slot.index for slot in slots[:50]) == list(range(50))


def test_the_next_block_is_there_before_it_is_needed(world: World) -> None:
    """While the writer is busy with something else, the places of the next block are taken without waiting for it."""
    found, allocator = issuer(world), indices(world, list_size=BLOCK)
    taken = [allocator.take(found) for _ in range(BLOCK - 1)]
    world.rooms.writer.write(lambda _: None)  # what was asked for before is done by now
    goes_on = threading.Event()
    busy = world.rooms.writer.submit(lambda _: goes_on.wait(60))
    taken += [allocator.take(found) for _ in range(BLOCK // 2)]
    assert not busy.done()
    goes_on.set()
    assert busy.result()
    assert {slot.list_number for slot in taken} == {1, 2}
    assert len({(slot.list_number, slot.index) for slot in taken}) == len(taken)


def test_a_restart_never_goes_back(world: World) -> None:
    """A new process begins after the block of the one before, used or not."""
    found = issuer(world)
    first = indices(world).take(found)
    later = {indices(world).take(found).index for _ in range(5)}
    assert first.index not in later
    assert len(later) == 5


_TAKES = """
import json, secrets, sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from okbadges.issuing.status_indices import StatusIndices
from okbadges.organisations.issuers import find_issuer
from okbadges.storage.database import Database
from okbadges.storage.writer import Writer

database = Database(sys.argv[1])
writer = Writer(database)
indices = StatusIndices(writer, now=lambda: datetime.now(UTC), random_bytes=secrets.token_bytes, list_size=64)
with database.read() as session:
    issuer = find_issuer(session, "ok")
sys.stdin.readline()
with ThreadPoolExecutor(4) as pool:
    slots = list(pool.map(lambda _: indices.take(issuer), range(80)))
print(json.dumps([(slot.list_number, slot.index) for slot in slots]))
writer.close()
database.close()
"""


def test_processes_that_meet_at_the_end_of_a_list_share_the_next_one(world: World) -> None:
    """Three processes of four threads each take 240 places of lists of 64 at the same time: each place once, no list twice, none left out."""
    url = world.rooms.database.engine.url.render_as_string(hide_password=False)
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", _TAKES, url]
    processes = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for _ in range(3)]
    for process in processes:
        process.stdin.write("\n")  # type: ignore[union-attr]  # it is a pipe
        process.stdin.flush()  # type: ignore[union-attr]
    taken = [tuple(slot) for process in processes for slot in json.loads(process.communicate(timeout=60)[0])]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert len(set(taken)) == len(taken) == 240
    # each process may keep some places for later, and no list is begun before the one before it is given away
    numbers = {number for number, _ in taken}
    assert numbers == set(range(1, max(numbers) + 1))
    assert max(numbers) <= -(-(240 + 3 * 2 * BLOCK) // 64)


def test_issuing_goes_on_when_a_list_is_full(world: World) -> None:
    """Badges that are issued side by side around the end of a full-sized list are all issued, and those in the next list verify at once."""
    world.issue()
    nearly = update(StatusListRow).values(next_counter=StatusListRow.size - BLOCK)
    world.rooms.writer.write(lambda connection: connection.execute(nearly) and None)
    people = 3 * BLOCK
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda _: world.client.post("/v1/credentials", json=order(), headers=world.as_iida()), range(people)
            )
        )
    assert {answer.status_code for answer in answers} == {201}
    entries = [answer.json()["credential"]["credentialStatus"] for answer in answers]
    places = Counter((entry["statusListCredential"].rpartition("/")[2], entry["statusListIndex"]) for entry in entries)
    assert len(places) == people
    assert {number for number, _ in places} == {"1", "2"}
    last = max(answers, key=lambda one: int(one.json()["credential"]["credentialStatus"]["statusListCredential"][-1]))
    said = world.client.post("/v1/verify", json=last.json()["credential"])
    assert said.json()["verdict"] == "VALID", said.text
