"""What an issuer publishes: its did document and its status lists. Cacheable, open to every origin, signed."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Annotated

from fastapi import Path, Request, Response

from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf, rooms_of
from okbadges.edge.routing import Router
from okbadges.edge.straight import Ready, Road
from okbadges.issuing.publishing import MAX_AGE_SECONDS, Published
from okbadges.web.public import Known, public_answer

router = Router(tags=["issuers"])

DID_MAX_AGE_SECONDS = 300
"""How long a did document may be kept; a new key waits longer than that before it signs (`PUBLISH_AHEAD`)."""
LARGEST_NUMBER = 2_147_483_647
"""The largest whole number that both databases keep."""

_Slug = Annotated[str, Path(examples=["demo"])]


class DidDocument(Response):
    """A DID document, as its media type says."""

    media_type = "application/did+json"


class SignedCredential(Response):
    """A signed credential, as its media type says."""

    media_type = "application/vc"


@router.get(
    "/issuers/{slug}/did.json",
    summary="DID document",
    response_class=DidDocument,
    responses={304: {"description": "Not modified"}, **responses(404, 503)},
)
def did_document(slug: _Slug, rooms: RoomsOf, if_none_match: Known = None) -> Response:
    """Return the issuer's DID document (`did:web`), with every key it ever signed with."""
    return _serve(
        rooms.publishing.did_document(slug), DidDocument.media_type, if_none_match, max_age=DID_MAX_AGE_SECONDS
    )


@router.get(
    "/.well-known/did.json",
    summary="DID document of a domain",
    response_class=DidDocument,
    responses={304: {"description": "Not modified"}, **responses(404, 503)},
)
def did_document_of_domain(request: Request, rooms: RoomsOf, if_none_match: Known = None) -> Response:
    """Return the DID document of the issuer whose own domain the request names as its host."""
    found = rooms.publishing.did_document_at(request.headers.get("host", ""))
    return _serve(found, DidDocument.media_type, if_none_match, max_age=DID_MAX_AGE_SECONDS)


@router.get(
    "/issuers/{slug}/status/{number}",
    summary="Status list",
    response_class=SignedCredential,
    responses={304: {"description": "Not modified"}, **responses(404, 503)},
)
async def status_list(
    slug: _Slug,
    number: Annotated[int, Path(ge=1, le=LARGEST_NUMBER, examples=[1])],
    rooms: RoomsOf,
    if_none_match: Known = None,
) -> Response:
    """Return a status list as a signed `BitstringStatusListCredential`."""
    publishing = rooms.publishing
    found = await rooms.one_maker.found_or_made(
        ("status list", slug, number),
        partial(publishing.recent_status_list, slug, number),
        partial(publishing.status_list, slug, number),
    )
    return _serve(found, SignedCredential.media_type, if_none_match, max_age=MAX_AGE_SECONDS)


async def _status_list(request: Request, slug: str, number: str) -> Response | Ready:
    known = request.headers.get("if-none-match")
    recent = rooms_of(request).publishing.recent_status_list(slug, int(number))
    if recent is not None and known in (None, recent.etag):
        return _ready(recent, known)
    return await status_list(slug, int(number), rooms_of(request), known)


ROADS = (Road("GET", "/issuers/{slug}/status/{number}", _status_list, shapes=(("number", "[1-9][0-9]{0,8}"),)),)


@lru_cache(maxsize=128)
def _ready(published: Published, known: str | None) -> Ready:
    """Return the whole answer with a status list: for whoever has none of it yet, or has this one."""
    return Ready.of(_serve(published, SignedCredential.media_type, known, max_age=MAX_AGE_SECONDS))


def _serve(published: Published, media_type: str | None, known: str | None, *, max_age: int) -> Response:
    return public_answer(published.body, known=known, etag=published.etag, media_type=media_type, max_age=max_age)
