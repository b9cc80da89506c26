"""Random bytes that are drawn many at a time: none is given twice."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import TYPE_CHECKING

from okbadges.storage.drawn_ahead import DrawnAhead

if TYPE_CHECKING:
    import pytest


class Numbers:
    """A source that gives 0, 1, 2 …, two bytes each, and notes how much was drawn."""

    def __init__(self) -> None:
        """Begin with 0."""
        self.drawn: list[int] = []
        self._next = count()

    def __call__(self, wanted: int) -> bytes:
        """Return the next ones."""
        self.drawn.append(wanted)
        return b"".join(next(self._next).to_bytes(2) for _ in range(wanted // 2))


def test_it_works() -> None:
    """What is asked for comes in order from few draws; what does not fit any more is not used."""
    source = Numbers()
    draw = DrawnAhead(source)
    assert [draw(2) for _ in range(3000)] == [number.to_bytes(2) for number in range(3000)]
    assert source.drawn == [4096, 4096]
    assert len(draw(5000)) == 5000
    assert source.drawn == [4096, 4096, 5000]


def test_no_two_threads_are_given_the_same() -> None:
    """However many draw at once."""
    draw = DrawnAhead(Numbers())
    with ThreadPoolExecutor(8) as threads:
        given = list(threads.map(lambda _: draw(2), range(20_000)))
    assert len(set(given)) == 20_000


def test_a_process_that_came_of_another_draws_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """What its parent had drawn ahead is its parent's."""
    source = Numbers()
    draw = DrawnAhead(source)
    first, parent = draw(2), os.getpid()
    monkeypatch.setattr(os, "getpid", lambda: parent + 1)
    assert draw(2) == (2048).to_bytes(2) != first
    assert source.drawn == [4096, 4096]


def test_a_process_that_was_forked_while_somebody_drew_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread that holds the lock is its parent's, and will never let go in the child."""
    begun, go_on, parent = threading.Event(), threading.Event(), os.getpid()

    def source(wanted: int) -> bytes:
        if not begun.is_set():
            begun.set()
            go_on.wait(10)
        return bytes(wanted)

    draw = DrawnAhead(source)
    with ThreadPoolExecutor(1) as thread:
        drawing = thread.submit(draw, 2)
        assert begun.wait(10)
        monkeypatch.setattr(os, "getpid", lambda: parent + 1)
        assert len(draw(2)) == 2
        assert not drawing.done()
        go_on.set()
