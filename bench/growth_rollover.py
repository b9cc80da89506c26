"""What a status list of 131 072 places costs when it is full and the next one opens, and when it is signed anew.

The places before the end of a list are taken in one step, in blocks as the product reserves them; the last of them and the first of the
next list by issuing badges through the whole application, one after the other.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, Final

from sqlalchemy import update
from sqlmodel import col, select

from growth_measure import Inside
from growth_village import BADGES, wanted_badge
from okbadges.issuing.status_indices import BLOCK
from okbadges.storage.tables import StatusListRow

if TYPE_CHECKING:
    from growth_village import Place
    from support.world import World

AROUND: Final = 3 * BLOCK
"""Half as many badges are issued after a boundary; before it, whatever the process had reserved already."""
MOST: Final = 4096
"""So many badges are issued at the most, waiting for a list to open."""


def rolled_over(world: World, place: Place, *, lists: int) -> dict[str, float]:
    """Return milliseconds: the median issue around the ends of some lists, the slowest that opened one, and the slowest of all others.

    Then what it takes to answer a list whose bits changed: building, packing, signing and keeping it.
    """
    inside = Inside(world)
    others: list[float] = []
    opened: list[float] = []
    for _ in range(lists):
        _go_near_the_end(world, place)
        left = MOST
        while left:
            left -= 1
            before, began = _newest(world, place), time.perf_counter()
            _issue(inside, world, place)
            taken = (time.perf_counter() - began) * 1000
            if _newest(world, place) == before:
                others.append(taken)
            else:
                opened.append(taken)
                left = min(left, AROUND // 2)
    assert len(opened) == lists
    anew = [_signed_anew(inside, world, place) for _ in range(5)]
    inside.close()
    return {
        "issue, median": statistics.median(others),
        "issue, slowest": max(others),
        "issue that opens a list": max(opened),
        "list signed anew, CPU": statistics.median(anew),
    }


def _issue(inside: Inside, world: World, place: Place) -> bytes:
    return inside.call("POST", "/v1/credentials", place.headers, wanted_badge(world, place, None, BADGES[0]))


def _newest(world: World, place: Place) -> tuple[int, int]:
    """Return number and key of the issuer's newest list."""
    its = col(StatusListRow.issuer_id) == place.organisation.issuer_id
    newest = select(StatusListRow.number, StatusListRow.id).where(its).order_by(col(StatusListRow.number).desc())
    with world.rooms.database.read() as session:
        number, key = session.exec(newest.limit(1)).one()
    return number, key.int


def _go_near_the_end(world: World, place: Place) -> None:
    """Let nearly all places of the newest list be given away, as if to others."""
    number, _ = _newest(world, place)
    near = update(StatusListRow).where(
        col(StatusListRow.issuer_id) == place.organisation.issuer_id, col(StatusListRow.number) == number
    )
    last = col(StatusListRow.size) - AROUND // 2
    world.rooms.writer.write(lambda connection: connection.execute(near.values(next_counter=last)) and None)


def _signed_anew(inside: Inside, world: World, place: Place) -> float:
    """Change a bit of a list by taking a badge back, and return the CPU milliseconds of the next answer, which shows it."""
    row = _with_revocations(world, place)
    path = f"/issuers/ok/status/{row.number}"
    inside.call("GET", path, {})
    changed = update(StatusListRow).where(col(StatusListRow.id) == row.id).values(revision=StatusListRow.revision + 1)
    world.rooms.writer.write(lambda connection: connection.execute(changed) and None)
    world.clock.move(seconds=2)
    began = time.process_time()
    inside.call("GET", path, {})
    return (time.process_time() - began) * 1000


def _with_revocations(world: World, place: Place) -> StatusListRow:
    """Return the first list of the issuer: the one with the most badges, of which a few in a hundred were taken back."""
    its = select(StatusListRow).where(StatusListRow.issuer_id == place.organisation.issuer_id)
    with world.rooms.database.read() as session:
        return session.exec(its.order_by(col(StatusListRow.number)).limit(1)).one()
