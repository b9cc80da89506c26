"""``/v1/badges``: the catalogue for programs. Everybody may read it, and keep it for a while."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query, Response
from pydantic import TypeAdapter

from okbadges.catalogue.shelf import latest_badge, latest_badges
from okbadges.edge.badge_json import BadgeJson, badge_json
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.web.lists import Limit, Since, cut
from okbadges.web.public import NOT_MODIFIED, Known, as_json, public_answer

router = Router(prefix="/v1/badges", tags=["badges"])

_BADGES = TypeAdapter(list[BadgeJson])
_Slug = Annotated[str, Path(max_length=64, examples=["digi-turva"])]


@router.get(
    "",
    summary="List the badges",
    response_model=list[BadgeJson],
    responses={**NOT_MODIFIED, **responses(422, 503)},
)
def list_badges(
    rooms: RoomsOf,
    since: Since = None,
    after: Annotated[
        str | None, Query(max_length=64, description="The slug of the last one on the page before")
    ] = None,
    limit: Limit = 200,
    if_none_match: Known = None,
) -> Response:
    """List the badges that are issued, each in its newest version, by slug. For ``since`` counts that this version was published.

    Where there are more, the header `Link` has the address of the next page (`rel="next"`). A badge that is not issued any more is in no list.
    """
    with rooms.database.read() as session:
        found = [one for one in latest_badges(session, since=since) if after is None or one.slug > after]
    page, last = cut(found, limit)
    body = _BADGES.dump_json([badge_json(badge, rooms.base_url) for badge in page], exclude_none=True)
    return public_answer(body, known=if_none_match, headers=_next(rooms.base_url, last.slug, limit) if last else None)


@router.get(
    "/{slug}",
    summary="Read a badge",
    response_model=BadgeJson,
    responses={**NOT_MODIFIED, **responses(404, 422, 503)},
)
def read_badge(slug: _Slug, rooms: RoomsOf, if_none_match: Known = None) -> Response:
    """Describe one badge in its newest version: what it says on its page, in every language."""
    with rooms.database.read() as session:
        badge = latest_badge(session, slug)
    return public_answer(as_json(badge_json(badge, rooms.base_url)), known=if_none_match)


def _next(base_url: str, after: str, limit: int) -> dict[str, str]:
    return {"Link": f'<{base_url}/v1/badges?limit={limit}&after={after}>; rel="next"'}
