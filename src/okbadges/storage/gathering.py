"""Work that is cheaper together: what arrives while a thread works is worked on as one group."""

from __future__ import annotations

import asyncio
import queue
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeVar

from okbadges.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")


class Gathering(Generic[T]):
    """Hands what was put into it to ``work``, in order, as many at a time as have arrived, on a thread of its own."""

    def __init__(self, work: Callable[[list[T]], None], *, name: str, most: int) -> None:
        """Work on ``most`` at a time; the thread starts with the first. ``work`` answers everybody itself and raises nothing."""
        self._work = work
        self._name = name
        self._most = most
        self._queue: queue.SimpleQueue[T | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._closed = False

    def put(self, item: T) -> None:
        """Put something in. Raises `Unavailable` (``shutting-down``) after `close`."""
        with self._starting:
            if self._closed:
                raise Unavailable("shutting-down", "The service is shutting down; send the request again.")
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            self._queue.put(item)

    def close(self) -> None:
        """Finish what was put in, then stop."""
        with self._starting:
            self._closed = True
            thread = self._thread
        if thread is not None:
            self._queue.put(None)
            thread.join()

    def _run(self) -> None:
        while True:
            first = self._queue.get()
            if first is None:
                return
            group = [first]
            last = False
            while len(group) < self._most:
                try:
                    more = self._queue.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    last = True
                    break
                group.append(more)
            self._work(group)
            if last:
                return


class Awaited(Generic[T]):
    """An answer that a coroutine waits for while threads work it out: made on its event loop, and given to `answer_all` by a thread."""

    __slots__ = ("future",)

    def __init__(self) -> None:
        """Begin to wait, on the running event loop."""
        self.future: asyncio.Future[T] = asyncio.get_running_loop().create_future()


def answer_all(answers: Sequence[tuple[Awaited[T], T | Exception]]) -> None:
    """Give each its answer, from any thread: the event loop is woken once for all of them. Who went away is passed over."""
    loops = {awaited.future.get_loop() for awaited, _ in answers}
    for loop in loops:
        with suppress(RuntimeError):  # the loop was closed, and nobody waits any more
            loop.call_soon_threadsafe(_answer, [one for one in answers if one[0].future.get_loop() is loop])


def _answer(answers: Sequence[tuple[Awaited[T], T | Exception]]) -> None:
    for awaited, answer in answers:
        if awaited.future.done():
            continue
        if isinstance(answer, Exception):
            awaited.future.set_exception(answer)
        else:
            awaited.future.set_result(answer)
