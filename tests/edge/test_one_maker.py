"""One makes what all want who come at once, and the others wait."""

from __future__ import annotations

import asyncio
import threading

import pytest

from okbadges.edge.one_maker import OneMaker


class Made:
    """Something that is remembered once it is made; making it takes until all have come."""

    def __init__(self, *, comers: int, kept: bool = True) -> None:
        """Make it when so many have looked for it; ``kept`` says whether it can be found afterwards."""
        self.makings: list[str] = []
        self._kept, self._found = kept, False
        self._comers, self._all_came = comers, threading.Event()

    def find(self) -> str | None:
        """Return it if it is there."""
        self._comers -= 1
        if self._comers == 0:
            self._all_came.set()
        return "made" if self._found else None

    def make(self) -> str:
        """Make it."""
        assert self._all_came.wait(10)
        self.makings.append(threading.current_thread().name)
        self._found = self._kept
        return "made"


def wanted_by(count: int, made: Made) -> list[str]:
    """Let so many want it at the same moment, and return what each was given."""

    async def all_at_once() -> list[str]:
        one_maker = OneMaker()
        return await asyncio.gather(*(one_maker.found_or_made("it", made.find, made.make) for _ in range(count)))

    return asyncio.run(all_at_once())


def test_it_works() -> None:
    """Of many one makes it, in a thread, and all have it."""
    made = Made(comers=40)
    assert wanted_by(40, made) == ["made"] * 40
    assert len(made.makings) == 1
    assert made.makings != [threading.current_thread().name]


def test_what_is_there_is_not_made() -> None:
    """Who finds it waits for nobody."""
    made = Made(comers=1)
    assert wanted_by(1, made) == wanted_by(1, made) == ["made"]
    assert len(made.makings) == 1


def test_what_is_not_kept_is_made_by_each() -> None:
    """Nobody waits a second time: what is made for one moment only is made as often as it is wanted."""
    made = Made(comers=3, kept=False)
    assert wanted_by(3, made) == ["made"] * 3
    assert len(made.makings) == 3


def test_a_failure_is_that_of_who_made_it() -> None:
    """Whoever waited for one that failed tries it, and hears of a failure of their own."""
    tries = []

    def fails() -> str:
        tries.append(1)
        raise ValueError(len(tries))

    async def all_at_once() -> list[str | BaseException]:
        one_maker = OneMaker()
        of_each = (one_maker.found_or_made("it", lambda: None, fails) for _ in range(3))
        refused = await asyncio.gather(*of_each, return_exceptions=True)
        with pytest.raises(ValueError, match="4"):
            await one_maker.found_or_made("it", lambda: None, fails)
        return refused

    assert sorted(str(one) for one in asyncio.run(all_at_once())) == ["1", "2", "3"]
