"""Issuing to a whole group: many lines, each with an outcome of its own, and a repeat of the same lines changes nothing.

Every line has an idempotency key that follows from what it says, so a run that was cut off is simply run again: what is issued
stays issued, and only what is missing is made. What a summary badge brings together is issued before it, wherever the lines stand.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

import structlog
from sqlmodel import col, select

from okbadges.catalogue.shelf import latest_badge
from okbadges.errors import InvalidInput, OkbadgesError, Unavailable
from okbadges.issuing.answers import erased
from okbadges.issuing.batch_plan import Planning
from okbadges.issuing.issue import LONGEST_REPEAT_KEY
from okbadges.issuing.lines import Outcome, Result, refused
from okbadges.issuing.named import named_by
from okbadges.issuing.prepare import Wanted
from okbadges.issuing.standing import standing_of
from okbadges.organisations.roles import Scope
from okbadges.storage.tables import CredentialRow

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Generator, Sequence
    from datetime import datetime

    from okbadges.issuing.answers import Issued
    from okbadges.issuing.batch_plan import Plan, Planned
    from okbadges.issuing.issue import Issuing, Pending
    from okbadges.issuing.lines import Line
    from okbadges.issuing.order import Order
    from okbadges.organisations.callers import Caller
    from okbadges.storage.database import Database
    from okbadges.storage.sealing import Secrets

TOGETHER = 256
"""How many lines go through the steps as one group, and are one change of the writer's: others wait a tenth of a second for it."""
GROUPS_IN_FLIGHT = 3
"""How many groups are on their way at once: while one waits for the disk, the next is signed."""
_LOOKED_UP = 500
_OF_ONE_LINE = ("not-stored", "idempotency-key-in-flight")

T = TypeVar("T")


class Batches:
    """Issues many lines for one organisation; one of it serves a whole process."""

    def __init__(self, *, issuing: Issuing, database: Database, secrets: Secrets, now: Callable[[], datetime]) -> None:
        """Issue through ``issuing``, with the clock given."""
        self._issuing = issuing
        self._database = database
        self._secrets = secrets
        self._now = now

    def plan(
        self, lines: Sequence[Line | Outcome], *, caller: Caller, organisation: str, name: str | None = None
    ) -> Plan:
        """Find out for whom every line is, and whether it stands there twice; nothing is changed.

        ``name`` sets this batch apart: the same lines under another name are issued once more. Lines for somebody new need one:
        their row in it is how they are known again.
        Raises `NotAllowed` (scope, organisation) and `InvalidInput` (``batch-name``) for the batch as a whole.
        """
        caller.require(Scope.ISSUE)
        awarding = caller.organisation(organisation)
        _check_name(name)
        with self._database.read() as session:
            return Planning(session, self._secrets, caller, awarding, name).plan(lines)

    def check(self, plan: Plan) -> list[Outcome]:
        """Return what would become of every line now; nothing is signed, reserved or stored. Raises `Unavailable`."""
        earlier = self._issued_earlier([*plan.skills, *plan.summaries])
        outcomes = list(plan.refused)
        ready: set[tuple[uuid.UUID | None, str]] = set()
        for planned in (*plan.skills, *plan.summaries):
            outcome = self._checked(planned, plan, earlier.get(planned.repeat.key_hash), ready)
            if outcome.result is Result.READY:
                ready.add((planned.order.participant, planned.order.badge))
            outcomes.append(outcome)
        return sorted(outcomes, key=_by_number)

    def issue(self, plan: Plan) -> Generator[Outcome, None, None]:
        """Issue every line and yield each outcome after its commit; those refused by the plan come first.

        Once the database is away, the lines that are left are refused (``not-tried``) and can be run again.
        """
        yield from plan.refused
        is_away = False
        # a summary rests on what is committed, so the second wave begins when the first is over
        for wave in (plan.skills, plan.summaries):
            waiting: deque[list[tuple[Planned, Pending | Exception]]] = deque()
            left = iter(wave)
            while group := list(islice(left, TOGETHER)):
                if is_away:
                    yield from map(_not_tried, group)
                    continue
                waiting.append(self._begin(group, plan.caller))
                if len(waiting) == GROUPS_IN_FLIGHT:
                    is_away = yield from _finished(waiting.popleft())
            while waiting:
                is_away = (yield from _finished(waiting.popleft())) or is_away

    def _begin(self, group: Sequence[Planned], caller: Caller) -> list[tuple[Planned, Pending | Exception]]:
        wanted = [Wanted(planned.order, caller, planned.repeat) for planned in group]
        try:
            begun = self._issuing.begin_all(wanted)
        except Exception as broken:  # noqa: BLE001 - told for every line of the group
            begun = [broken] * len(group)
        return list(zip(group, begun, strict=True))

    def _issued_earlier(self, rows: Sequence[Planned]) -> dict[bytes, bytes]:
        """Return the request hash of each line that an earlier run issued, by the hash of its key."""
        keys = [planned.repeat.key_hash for planned in rows]
        found: dict[bytes, bytes] = {}
        with self._database.read() as session:
            for begin in range(0, len(keys), _LOOKED_UP):
                some = select(CredentialRow.repeat_hash, CredentialRow.request_hash).where(
                    col(CredentialRow.repeat_hash).in_(keys[begin : begin + _LOOKED_UP])
                )
                found.update({key: request or b"" for key, request in session.exec(some) if key is not None})
        return found

    def _checked(
        self, planned: Planned, plan: Plan, earlier: bytes | None, ready: set[tuple[uuid.UUID | None, str]]
    ) -> Outcome:
        """Check one line; ``earlier`` is the request hash of what was issued for it, ``ready`` what this batch brings."""
        number, order = planned.number, planned.order
        if earlier is not None and earlier == planned.repeat.request_hash:
            return Outcome(number, order.badge, Result.REPEATED)
        try:
            if earlier is not None:
                # erasure leaves the key of a request, and not what it said
                raise _changed() if earlier else erased()
            self._check_order(order, plan, ready)
        except Unavailable:
            raise
        except OkbadgesError as error:
            return _refused(planned, error)
        return Outcome(number, order.badge, Result.READY)

    def _check_order(self, order: Order, plan: Plan, ready: set[tuple[uuid.UUID | None, str]]) -> None:
        try:
            self._issuing.check(order, caller=plan.caller)
        except InvalidInput as error:
            if error.code != "summary-incomplete":
                raise
            with self._database.read() as session:
                badge = latest_badge(session, order.badge)
                left = tuple(slug for slug in badge.collects if (order.participant, slug) not in ready)
                # as it will stand when the skill badges of this batch are issued
                standing_of(
                    session,
                    order,
                    badge.model_copy(update={"collects": left}),
                    plan.organisation,
                    named=named_by(session, [order]),
                    member_id=plan.caller.member_id,
                    now=self._now(),
                )


def _finished(group: Sequence[tuple[Planned, Pending | Exception]]) -> Generator[Outcome, None, bool]:
    """Yield each outcome after its commit; return whether the database is away."""
    is_away = False
    for planned, begun in group:
        outcome = _finish(planned, begun)
        is_away = is_away or _is_away(outcome)
        yield outcome
    return is_away


def _finish(planned: Planned, begun: Pending | Exception) -> Outcome:
    issued = _attempt(planned, partial(_issued, begun))
    if isinstance(issued, Outcome):
        return issued
    result = Result.REPEATED if issued.repeated else Result.ISSUED
    return Outcome(planned.number, planned.order.badge, result, issued=issued)


def _issued(begun: Pending | Exception) -> Issued:
    if isinstance(begun, Exception):
        raise begun
    return begun.finish()


def _attempt(planned: Planned, act: Callable[[], T]) -> T | Outcome:
    """Return what ``act`` does for one line, or that the line was refused: nothing takes the other lines with it."""
    try:
        return act()
    except OkbadgesError as error:
        return _refused(planned, error)
    except Exception as unexpected:  # noqa: BLE001 - a fault of ours that one line meets is not met by the others
        structlog.get_logger().error("unexpected-error", error=type(unexpected).__name__)
        words = "Something broke on our side with this row. Run the same rows again, and tell us if it stays."
        return _refused(planned, OkbadgesError("internal-error", words))


def _not_tried(planned: Planned) -> Outcome:
    words = "Issuing stopped before this row had its turn. Run the same rows again: nothing is issued twice."
    return _refused(planned, Unavailable("not-tried", words))


def _refused(planned: Planned, error: OkbadgesError) -> Outcome:
    if error.code == "idempotency-key-reused":
        error = _changed()
    return refused(planned.number, planned.order.badge, error)


def _changed() -> InvalidInput:
    return InvalidInput(
        "row-changed",
        "An earlier run issued this row when it said something else (for example another workshop, observation or last day); "
        "nothing was changed. Correct that credential, or give this batch another name to issue one more.",
    )


def _is_away(outcome: Outcome) -> bool:
    """Tell whether what was missing is missing for the next line too: the database, or a clock that can be trusted."""
    refusal = outcome.refusal
    return refusal is not None and refusal.retry and refusal.code not in _OF_ONE_LINE


def _by_number(outcome: Outcome) -> int:
    return outcome.number


def _check_name(name: str | None) -> None:
    if name is not None and not (1 <= len(name) <= LONGEST_REPEAT_KEY and name.isprintable()):
        raise InvalidInput(
            "batch-name",
            f"The name of a batch (Idempotency-Key) must have 1 to {LONGEST_REPEAT_KEY} printable characters.",
            field="Idempotency-Key",
        )
