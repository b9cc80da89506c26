"""``/ims/ob/v3p0/credentials``: what the holder has, page by page, and putting a badge of another issuer into their passport."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.errors import InvalidInput
from okbadges.partners.open_badges_api.putting import Put, Putting
from okbadges.partners.open_badges_api.reading import CredentialPage, credentials_for
from okbadges.partners.open_badges_api.service_description import (
    CREDENTIALS,
    JSON_TYPES,
    JWT_TYPES,
    service_description,
)
from okbadges.web.open_badges_api.calling import Putter, Reader  # noqa: TC001 - the same
from okbadges.web.open_badges_api.forms import JSON, NOT_KEPT, media_type_of, require_acceptable
from okbadges.web.open_badges_api.paging import paging_headers, wanted_page
from okbadges.web.open_badges_api.status_info import refusals

if TYPE_CHECKING:
    from collections.abc import Iterable

router = Router(prefix=CREDENTIALS, tags=["Open Badges API"])

_DESCRIBED = service_description("", version="")["paths"]["/credentials"]
_STATUS = {Put.CREATED: 201, Put.REPLACED: 200, Put.KNOWN: 200, Put.OUTDATED: 304}
_JWS = {"type": "string", "examples": ["eyJhbGciOiJFUzI1NiJ9.eyJpZCI6InVybjp1dWlkOuKApiJ9.c2lnbmF0dXJl"]}
_BODIES: dict[str, Any] = {one: {"schema": {"type": "object"}} for one in JSON_TYPES} | {
    one: {"schema": _JWS} for one in JWT_TYPES
}
_PAGE: dict[str, Any] = {
    "description": "A page: badges with an embedded proof in `credential`, JWTs in `compactJwsString`.",
    "headers": {name: {"schema": {"type": kind}} for name, kind in (("X-Total-Count", "integer"), ("Link", "string"))},
    "content": {
        JSON: {
            "schema": {
                "type": "object",
                "properties": {
                    "credential": {"type": "array", "items": {"type": "object"}},
                    "compactJwsString": {"type": "array", "items": {"type": "string"}},
                },
                "additionalProperties": False,
            }
        }
    },
}


@router.get(
    "",
    summary="Badges of the holder",
    responses={200: _PAGE, **refusals(400, 401, 403, 406, 429, 503)},
    openapi_extra={"parameters": _DESCRIBED["get"]["parameters"]},
)
def get_credentials(request: Request, rooms: RoomsOf, granted: Reader) -> Response:
    """Return a page of the badges that the holder took, and of those that programs brought, in the order in which they came."""
    require_acceptable(request)
    wanted = wanted_page(request)
    with rooms.database.read() as session:
        page = credentials_for(session, rooms.secrets, granted, wanted)
    return Response(
        _written(page), media_type=JSON, headers={**NOT_KEPT, **paging_headers(rooms.base_url, wanted, page)}
    )


@router.post(
    "",
    summary="Put a badge",
    response_class=Response,
    responses={
        200: {"description": "It was there already, or is in the place of what was", "content": _BODIES},
        201: {"description": "It is in the passport now", "content": _BODIES},
        304: {"description": "A newer one of the same is there, and stays"},
        **refusals(401, 403, 413, 415, 422, 429, 503),
    },
    openapi_extra={"requestBody": {"required": True, "content": _BODIES}},
)
async def upsert_credential(request: Request, rooms: RoomsOf, granted: Putter) -> Response:
    """Put a badge of another issuer into the passport, where the holder sees it as that. The answer is what was sent, as it was sent."""
    media_type = media_type_of(request, *JSON_TYPES, *JWT_TYPES)
    document = await request.body()
    if not document:
        raise InvalidInput("empty-body", "Send the badge as the body.", field="body")
    putting = Putting(rooms.writer, rooms.secrets, granted, rooms.verify)
    put = partial(putting.put, rooms.stamp(granted.actor), document, is_jwt=media_type in JWT_TYPES)
    async with rooms.verify_turns.turn():
        became = await run_in_threadpool(put)
    if became is Put.OUTDATED:
        return Response(status_code=_STATUS[became], headers=NOT_KEPT)
    return Response(document, _STATUS[became], media_type=media_type, headers=NOT_KEPT)


def _written(page: CredentialPage) -> bytes:
    """Write a page around the exact bytes of what is in it."""
    return b'{"credential":[%s],"compactJwsString":[%s]}' % (_listed(page.documents), _listed(map(_quoted, page.jwts)))


def _listed(values: Iterable[bytes]) -> bytes:
    return b",".join(values)


def _quoted(jwt: bytes) -> bytes:
    # a compact JWS has no sign that JSON would escape
    return b'"%s"' % jwt
