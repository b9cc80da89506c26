"""Issuing for callers that wait without holding a thread: what is ordered at the same time goes through the steps together."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, Final

from okbadges.issuing.issue import Pending, Wanted
from okbadges.organisations.roles import Scope
from okbadges.storage.gathering import Gathering

if TYPE_CHECKING:
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
        self._gathering: Gathering[tuple[Wanted, Future[Pending]]] = Gathering(
            self._begin, name="okbadges-issuing", most=MOST_TOGETHER
        )

    def issue(self, order: Order, *, caller: Caller, repeat_key: str | None = None) -> Future[Pending]:
        """Issue one credential; when the future is done its commit is too, and `Pending.finish` returns at once.

        Raises what is wrong with the scope or the key, and `Unavailable` when the service shuts down. Everything else that
        `Issuing.issue` raises is raised by the future or by `Pending.finish`.
        """
        caller.require(Scope.ISSUE)
        repeat = None if repeat_key is None else self._issuing.repeat_of(order, caller, repeat_key)
        answer: Future[Pending] = Future()
        answer.set_running_or_notify_cancel()
        self._gathering.put((Wanted(order, caller, repeat), answer))
        return answer

    def close(self) -> None:
        """Begin what was ordered, then stop."""
        self._gathering.close()

    def _begin(self, group: list[tuple[Wanted, Future[Pending]]]) -> None:
        try:
            begun = self._issuing.begin_all([wanted for wanted, _ in group])
        except Exception as unexpected:  # noqa: BLE001 - whatever it is, everybody must get an answer
            begun = [unexpected] * len(group)
        for (_, answer), one in zip(group, begun, strict=True):
            _settle(answer, one)


def _settle(answer: Future[Pending], begun: Pending | Exception) -> None:
    """Answer after the commit, or at once where there is none to wait for."""
    if isinstance(begun, Exception):
        answer.set_exception(begun)
    elif begun.stored is None:
        answer.set_result(begun)
    else:
        begun.stored.add_done_callback(lambda _: answer.set_result(begun))
