"""Metadata of the credential issuer and of its authorization server, and credential offers by reference."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Path
from fastapi.responses import JSONResponse

from okbadges.edge.problems import responses
from okbadges.edge.rooms import Rooms, RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.errors import NotFound
from okbadges.partners.wallets.documents import authorization_server_metadata, credential_offer, issuer_metadata
from okbadges.partners.wallets.offers import Addresses, untaken_offer

router = Router(tags=["wallets"])

MAX_AGE = {"Cache-Control": "max-age=300"}
_NOT_KEPT = {"Cache-Control": "no-store"}
_Token = Annotated[str, Path(max_length=100, description="The token in the QR code")]


@router.get("/.well-known/openid-credential-issuer", summary="Credential issuer metadata", responses=responses(404))
def metadata_of_issuer(rooms: RoomsOf) -> JSONResponse:
    """Return who issues here, where, and in which forms: the credential issuer's identifier is the base URL."""
    return _metadata_of_issuer(rooms, "")


@router.get("/.well-known/openid-credential-issuer{place:path}", include_in_schema=False)
def metadata_of_issuer_at(rooms: RoomsOf, place: str) -> JSONResponse:
    """Return the same where the base URL has a path: it follows the well-known part (OpenID4VCI 1.0, 12.2.2)."""
    return _metadata_of_issuer(rooms, place)


@router.get(
    "/.well-known/oauth-authorization-server/oid4vci",
    summary="Authorization server metadata for wallets",
    responses=responses(404),
)
def metadata_of_server(rooms: RoomsOf) -> JSONResponse:
    """Return where wallets exchange a pre-authorized code: an authorization server of its own, beside that of `/oauth`."""
    return _metadata_of_server(rooms, "")


@router.get("/.well-known/oauth-authorization-server{place:path}/oid4vci", include_in_schema=False)
def metadata_of_server_at(rooms: RoomsOf, place: str) -> JSONResponse:
    """Return the same where the base URL has a path (RFC 8414, 3.1)."""
    return _metadata_of_server(rooms, place)


@router.get("/oid4vci/offers/{token}", summary="Credential offer", responses=responses(404, 410, 503))
def offer_by_reference(token: _Token, rooms: RoomsOf) -> JSONResponse:
    """Return a credential offer (`credential_offer_uri`), as long as no wallet has taken it and it has not ended."""
    return JSONResponse(offered(rooms, token), headers=_NOT_KEPT)


def offered(rooms: Rooms, token: str) -> dict[str, Any]:
    """Return the credential offer of a token. Raises as `untaken_offer`."""
    with rooms.database.read() as session:
        offer = untaken_offer(session.connection(), token, now=rooms.now())
    return credential_offer(offer, Addresses(rooms.secrets, rooms.base_url, offer.id))


def _metadata_of_issuer(rooms: Rooms, place: str) -> JSONResponse:
    _require_ours(rooms, place)
    return JSONResponse(issuer_metadata(rooms.base_url), headers=MAX_AGE)


def _metadata_of_server(rooms: Rooms, place: str) -> JSONResponse:
    _require_ours(rooms, place)
    return JSONResponse(authorization_server_metadata(rooms.base_url), headers=MAX_AGE)


def _require_ours(rooms: Rooms, place: str) -> None:
    if place != urlsplit(rooms.base_url).path:
        raise NotFound("unknown-credential-issuer", f"The credential issuer here is {rooms.base_url}.")
