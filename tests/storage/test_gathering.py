"""Work that is done together: in order, as much as has arrived, and everybody is answered on the loop they wait on."""

from __future__ import annotations

import asyncio
import threading

import pytest

from okbadges.errors import Unavailable
from okbadges.storage.gathering import Awaited, Gathering, answer_all


def test_what_arrives_meanwhile_is_the_next_group() -> None:
    """The first is worked on alone; what came while it was goes together, in order, no more at once than allowed."""
    groups: list[list[int]] = []
    begun, go_on = threading.Event(), threading.Event()

    def work(group: list[int]) -> None:
        groups.append(group)
        begun.set()
        go_on.wait(timeout=30)

    gathering = Gathering(work, name="test", most=3)
    gathering.put(0)
    begun.wait(timeout=30)
    for number in range(1, 6):
        gathering.put(number)
    go_on.set()
    gathering.close()
    assert groups == [[0], [1, 2, 3], [4, 5]]


def test_after_closing_nothing_is_taken() -> None:
    """Who comes too late hears that the service stops; closing what was never used is fine."""
    gathering: Gathering[int] = Gathering(lambda _: None, name="test", most=3)
    gathering.close()
    with pytest.raises(Unavailable):
        gathering.put(1)


def test_answers_come_to_who_waits_and_not_to_who_went_away() -> None:
    """A coroutine gets its answer or its error from another thread; one that was cancelled disturbs nobody."""

    async def story() -> tuple[int, str, bool]:
        first, second, gone = Awaited[int](), Awaited[int](), Awaited[int]()
        gone.future.cancel()
        answers: list[tuple[Awaited[int], int | Exception]] = [(gone, 1), (first, 2), (second, LookupError("three"))]
        threading.Thread(target=answer_all, args=(answers,)).start()
        with pytest.raises(LookupError) as refused:
            await second.future
        return await first.future, str(refused.value), gone.future.cancelled()

    assert asyncio.run(story()) == (2, "three", True)
