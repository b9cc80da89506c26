"""The front page: what this is, and the two ways in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request, Response

from okbadges.catalogue.shelf import latest_badges
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.pages.badge_view import BadgeCard, badge_card
from okbadges.pages.badges import PUBLIC, families
from okbadges.pages.site import Preview, visit

if TYPE_CHECKING:
    from okbadges.catalogue.published import PublishedBadge
    from okbadges.pages.words import Words

router = Router(include_in_schema=False)


@router.get("/")
def front_page(request: Request, rooms: RoomsOf) -> Response:
    """Show what badges are, one of each family, and where to go."""
    with rooms.database.read() as session:
        badges = latest_badges(session)
    here = visit(request)
    preview = Preview(here.words("front.title"), here.words("front.skill"))
    return here.page("front.html", preview=preview, headers=PUBLIC, emblems=_one_of_each(badges, here.words))


def _one_of_each(badges: list[PublishedBadge], words: Words) -> list[BadgeCard]:
    """Return the first badge of every family, so that the front page shows the whole range."""
    return [badge_card(group[0], words) for group in families(badges)]
