"""Issuing for callers that wait without holding a thread: what is ordered at the same time goes through the steps together."""

from __future__ import annotations

import asyncio
from concurrent.futures import wait
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from okbadges.errors import NotAllowed
from okbadges.issuing.issue import Outdated, Pending
from okbadges.issuing.prepare import Wanted
from okbadges.organisations.roles import Scope
from okbadges.storage.gathering import Awaited, Gathering, answer_all

if TYPE_CHECKING:
    from concurrent.futures import Future

    from okbadges.issuing.answers import Issued
    from okbadges.issuing.issue import Issuing
    from okbadges.issuing.order import Order
    from okbadges.organisations.callers import Caller

MOST_TOGETHER: Final = 64
"""How many go through the steps as one group; more arrive meanwhile and are the next one."""


class Together:
    """Issues in groups, on one thread; what was begun is finished, also for who went away."""

    def __init__(self, issuing: Issuing) -> None:
        """Issue through ``issuing``."""
        self._issuing = issuing
        self._before: list[Future[Any]] = []
        self._gathering: Gathering[tuple[Wanted, Awaited[Pending]]] = Gathering(
            self._begin, name="okbadges-issuing", most=MOST_TOGETHER
        )

    async def issue(
        self, order: Order, *, caller: Caller, repeat_key: str | None = None, as_of: int | None = None
    ) -> Issued:
        """Issue one credential; when this returns it is committed.

        Raises what `Issuing.issue` raises, and `Outdated` where the caller was known ``as_of`` another edition than the present one, or might
        not do it then.
        """
        try:
            caller.require(Scope.ISSUE)
            repeat = None if repeat_key is None else self._issuing.repeat_of(order, caller, repeat_key)
        except NotAllowed as refused:
            if as_of is None:
                raise
            raise Outdated from refused
        answer: Awaited[Pending] = Awaited()
        self._gathering.put((Wanted(order, caller, repeat, as_of=as_of), answer))
        pending = await answer.future
        return await asyncio.to_thread(pending.finish) if pending.asks_again() else pending.finish()

    def close(self) -> None:
        """Begin what was ordered, then stop."""
        self._gathering.close()

    def _begin(self, group: list[tuple[Wanted, Awaited[Pending]]]) -> None:
        try:
            begun = self._issuing.begin_all([wanted for wanted, _ in group])
        except Exception as unexpected:  # noqa: BLE001 - whatever it is, everybody must get an answer
            begun = [unexpected] * len(group)
        answers: dict[Future[Any] | None, list[tuple[Awaited[Pending], Pending | Exception]]] = {}
        for (_, answer), one in zip(group, begun, strict=True):
            stored = one.stored if isinstance(one, Pending) else None
            answers.setdefault(stored, []).append((answer, one))
        for stored, its in answers.items():
            if stored is None:
                answer_all(its)
            else:
                stored.add_done_callback(partial(_after_commit, its))
        # one group waits for the disk while the next is signed; whoever comes meanwhile makes that a larger one, which costs each of them less
        before, self._before = self._before, [stored for stored in answers if stored is not None]
        wait(before)


def _after_commit(answers: list[tuple[Awaited[Pending], Pending | Exception]], _stored: Future[Any]) -> None:
    answer_all(answers)
