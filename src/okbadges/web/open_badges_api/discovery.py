"""``/ims/ob/v3p0/discovery``: the service description document, for everybody, worth keeping for an hour."""

from __future__ import annotations

import hashlib
from typing import Any

from fastapi import Request, Response

from okbadges import __version__
from okbadges.credentials.strict_json import dumps
from okbadges.edge.limits import client_of
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.partners.open_badges_api.service_description import DISCOVERY, service_description
from okbadges.web.open_badges_api.forms import JSON, require_acceptable
from okbadges.web.open_badges_api.status_info import refusals

router = Router(prefix=DISCOVERY, tags=["Open Badges API"])

MAX_AGE_SECONDS = 3600
_KNOWN: dict[str, Any] = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of what you have",
    "schema": {"type": "string"},
}


@router.get(
    "",
    summary="Service description",
    responses={
        200: {"description": "The document", "content": {JSON: {"schema": {"type": "object"}}}},
        304: {"description": "Not modified"},
        **refusals(406, 429),
    },
    openapi_extra={"parameters": [_KNOWN]},
)
def get_service_description(request: Request, rooms: RoomsOf) -> Response:
    """Return the service description document: which operations, scopes and addresses there are."""
    rooms.limits.take_of_address(client_of(request.scope))
    require_acceptable(request)
    body = dumps(service_description(rooms.base_url, version=__version__))
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": f"public, max-age={MAX_AGE_SECONDS}"}
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    if not known.isdisjoint({etag, "*"}):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=JSON, headers=headers)
