"""``/v1/badges``: the catalogue for programs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from okbadges.catalogue.shelf import latest_badge, latest_badges
from okbadges.edge.badge_json import BadgeJson, badge_json
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time

router = APIRouter(prefix="/v1/badges", tags=["badges"])


@router.get("", responses=responses(503), response_model_exclude_none=True)
def list_badges(rooms: RoomsOf) -> list[BadgeJson]:
    """List the badges that are issued, each in its newest version."""
    with rooms.database.read() as session:
        return [badge_json(badge, rooms.base_url) for badge in latest_badges(session)]


@router.get("/{slug}", responses=responses(404, 503), response_model_exclude_none=True)
def read_badge(slug: Annotated[str, Path(examples=["digi-turva"])], rooms: RoomsOf) -> BadgeJson:
    """Describe one badge in its newest version."""
    with rooms.database.read() as session:
        return badge_json(latest_badge(session, slug), rooms.base_url)
