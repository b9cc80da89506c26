"""What became of a workshop's badges at schools: how many people's were considered, what was recognised, and why not. For those who lead.

It shows where a badge can be made better, and nobody's decision. Each person counts once for each badge, by the best that came of it.
Numbers are of people, in steps of five: 5 says five or more, 10 says ten or more, and whatever is fewer than five is not told, nought
included. So no difference of two numbers, of a total and its parts or of today and yesterday, is the outcome of one person or of a few.
Where the parts are small and many, the total is told lower than it is: together they would say how many each of them has at the least.
For the same reason organisations are never added up, and there is nothing to filter by.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlmodel import col, select

from okbadges.recognition.record import Decided
from okbadges.storage.successions import is_replaced
from okbadges.storage.tables import BadgeVersionRow, CredentialRow, DecisionBadgeRow, DecisionRow

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping

    from sqlmodel import Session

    from okbadges.organisations.workshops import Organisation

FEWEST: Final = 5
"""What is true of fewer people is not told."""
NOT_COUNTED: Final = "not-counted"
"""The badge did not count, and the decision does not say why."""
_BEST_FIRST: Final = (Decided.FULL.value, Decided.PART.value, Decided.REFER.value, Decided.NOT_NOW.value)


@dataclass(frozen=True, slots=True)
class BadgeStatistics:
    """One badge of one organisation. Every number is of people, and says so many or more; None: fewer than five, or not told.

    ``why_not`` are the reasons that at least five people's badges did not count for: ``not-now``, ``refer``, or why the badge was barred.
    """

    badge: str
    considered: int | None
    full: int | None
    part: int | None
    why_not: Mapping[str, int]


def badge_statistics(session: Session, organisation: Organisation) -> list[BadgeStatistics]:
    """Return the statistics of every badge that an organisation has awarded, by slug. What was superseded or erased is not in it."""
    outcomes = _outcomes(session, organisation)
    return [_statistics(badge, outcomes.get(badge, {}).values()) for badge in _awarded(session, organisation)]


def _statistics(badge: str, outcomes: Iterable[str]) -> BadgeStatistics:
    counted = Counter(outcomes)
    told = {outcome: number for outcome, people in counted.items() if (number := _told(people)) is not None}
    return BadgeStatistics(
        badge=badge,
        considered=_told(min(counted.total(), _most(told))),
        full=told.pop(Decided.FULL.value, None),
        part=told.pop(Decided.PART.value, None),
        why_not=dict(sorted(told.items())),
    )


def _most(told: Mapping[str, int]) -> int:
    """Return the largest total that leaves open, of each decision that is not told, whether anybody has it at all."""
    untold = sum(outcome not in told for outcome in _BEST_FIRST)
    return sum(told.values()) + (FEWEST - 1) * (len(told) + max(untold - 1, 0))


def _told(people: int) -> int | None:
    """Return a number of people as it is told."""
    return people // FEWEST * FEWEST or None


def _outcomes(session: Session, organisation: Organisation) -> dict[str, dict[uuid.UUID, str]]:
    """Return for each badge what came of it for each person at the best."""
    rows = session.exec(
        select(BadgeVersionRow.slug, CredentialRow.participant_id, DecisionRow.decided, DecisionBadgeRow)
        .join(DecisionRow, col(DecisionRow.id) == DecisionBadgeRow.decision_id)
        .join(CredentialRow, col(CredentialRow.id) == DecisionBadgeRow.credential_row_id)
        .join(BadgeVersionRow, col(BadgeVersionRow.id) == CredentialRow.badge_version_id)
        .where(CredentialRow.organisation_id == organisation.id, ~is_replaced(DecisionRow))
        .where(DecisionRow.decided != Decided.WITHDRAWN.value)
    )
    found: dict[str, dict[uuid.UUID, str]] = defaultdict(dict)
    for badge, person, decided, seen in rows:
        outcome = decided if seen.counted else seen.bar or NOT_COUNTED
        known = found[badge].get(person)
        if known is None or _place(outcome) < _place(known):
            found[badge][person] = outcome
    return found


def _place(outcome: str) -> tuple[int, str]:
    """Return where an outcome stands among the others, the best first."""
    return (_BEST_FIRST.index(outcome) if outcome in _BEST_FIRST else len(_BEST_FIRST), outcome)


def _awarded(session: Session, organisation: Organisation) -> list[str]:
    its = (
        select(BadgeVersionRow.slug)
        .join(CredentialRow, col(CredentialRow.badge_version_id) == BadgeVersionRow.id)
        .where(CredentialRow.organisation_id == organisation.id)
        .distinct()
    )
    return sorted(session.exec(its))
