"""``/ims/ob/v3p0/profile``: what a program says of the holder, given back to those that the holder allows to read it.

okbadges knows no name of anybody and makes up none: until a program has put a profile there is nothing here. What is put is whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.errors import NotFound
from okbadges.partners.open_badges_api.offered_profile import read_profile
from okbadges.partners.open_badges_api.putting import require_standing
from okbadges.partners.open_badges_api.service_description import PROFILE
from okbadges.passport.profiles import keep_profile, profile_of
from okbadges.web.open_badges_api.calling import ProfilePutter, ProfileReader  # noqa: TC001 - the same
from okbadges.web.open_badges_api.forms import JSON, NOT_KEPT, media_type_of, require_acceptable
from okbadges.web.open_badges_api.status_info import refusals

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms
    from okbadges.partners.grants import Granted

router = Router(prefix=PROFILE, tags=["Open Badges API"])

_EXAMPLE = {"id": "urn:uuid:0c1ad6f6-8e51-4a52-9b8c-8a0d3c1b7f11", "type": ["Profile"], "name": "Sani"}
_BODY: dict[str, Any] = {JSON: {"schema": {"type": "object", "required": ["id", "type"]}, "example": _EXAMPLE}}
_ANSWER: dict[int | str, dict[str, Any]] = {200: {"description": "The profile", "content": _BODY}}


@router.get("", summary="Profile of the holder", responses=_ANSWER | refusals(401, 403, 404, 406, 429, 503))
def get_profile(request: Request, rooms: RoomsOf, granted: ProfileReader) -> Response:
    """Return the profile that was put for the holder. Nobody checked what it says."""
    require_acceptable(request)
    with rooms.database.read() as session:
        kept = profile_of(session, rooms.secrets, granted.passport_id)
    if kept is None:
        raise NotFound("profile-missing", "No program has put a profile for this holder.")
    return Response(kept.document, media_type=JSON, headers=NOT_KEPT)


@router.put(
    "",
    summary="Put the profile",
    responses=_ANSWER | refusals(401, 403, 413, 415, 422, 429, 503),
    openapi_extra={"requestBody": {"required": True, "content": _BODY}},
)
async def put_profile(request: Request, rooms: RoomsOf, granted: ProfilePutter) -> Response:
    """Put a whole profile in the place of the one before; the answer is what is kept."""
    media_type_of(request, JSON, "application/ld+json")
    document = read_profile(await request.body())
    await run_in_threadpool(_keep, rooms, granted, document)
    return Response(document, media_type=JSON, headers=NOT_KEPT)


def _keep(rooms: Rooms, granted: Granted, document: bytes) -> None:
    keep_profile(
        rooms.writer,
        rooms.stamp(granted.actor),
        rooms.secrets,
        granted.passport_id,
        document,
        still=lambda connection: require_standing(connection, granted),
    )
