"""`/workshop/recognised`: what became of the organisation's badges at schools, for those who award them.

The numbers are those of `okbadges.recognition.statistics`, and nothing is reckoned from them here: no sum, no share, no order by size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import Request, Response

from okbadges.catalogue.shelf import latest_of_all
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.pages.badge_view import badge_card
from okbadges.pages.site import visit
from okbadges.pages.work.frame import WORK, LeaderOf, WorkRoute, work_page
from okbadges.recognition.statistics import badge_statistics

if TYPE_CHECKING:
    from okbadges.catalogue.published import PublishedBadge
    from okbadges.pages.badge_view import BadgeCard
    from okbadges.pages.words import Words
    from okbadges.recognition.statistics import BadgeStatistics

router = Router(route_class=WorkRoute, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class LearnedView:
    """One badge that schools considered: each number by its name, and why it came to nothing yet, in words."""

    badge: BadgeCard
    numbers: tuple[tuple[str, str], ...]
    why_not: tuple[tuple[str, str], ...]


@router.get(f"{WORK}/recognised")
def learned_page(request: Request, rooms: RoomsOf, who: LeaderOf) -> Response:
    """Show the badges of which there is a number to tell, and below them the names of the others."""
    words = visit(request).words
    with rooms.database.read() as session:
        found = badge_statistics(session, who.organisation)
        badges = latest_of_all(session)
    return work_page(
        request,
        who,
        "work/learned.html",
        told=[_view(one, badges[one.badge], words) for one in found if one.considered],
        untold=[badge_card(badges[one.badge], words) for one in found if not one.considered],
    )


def _view(one: BadgeStatistics, badge: PublishedBadge, words: Words) -> LearnedView:
    numbers = {"considered": one.considered, "full": one.full, "part": one.part}
    return LearnedView(
        badge=badge_card(badge, words),
        numbers=tuple((words(f"learned.{name}"), _number(number, words)) for name, number in numbers.items()),
        why_not=tuple((_why(reason, words), _number(number, words)) for reason, number in one.why_not.items()),
    )


def _number(number: int | None, words: Words) -> str:
    return words("learned.fewer") if number is None else words("learned.at_least", number=number)


def _why(reason: str, words: Words) -> str:
    key = f"learned.why.{reason}"
    return words(key if words.knows(key) else "learned.why.not-counted")
