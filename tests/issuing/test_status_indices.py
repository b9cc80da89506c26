"""Status indices: never given twice, spread over the list, rolling over when a list is full."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING

from okbadges.issuing.status_indices import BLOCK, StatusIndices
from okbadges.organisations.issuers import find_issuer

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


def test_a_restart_never_goes_back(world: World) -> None:
    """A new process begins after the block of the one before, used or not."""
    found = issuer(world)
    first = indices(world).take(found)
    later = {indices(world).take(found).index for _ in range(5)}
    assert first.index not in later
    assert len(later) == 5
