"""``GET /.well-known/oauth-authorization-server``: what a program reads first (RFC 8414)."""

from __future__ import annotations

from typing import Any

from fastapi import Response
from pydantic import BaseModel, Field

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.partners.oauth.metadata import METADATA_AT, server_metadata

router = Router(tags=["OAuth 2.0"])


class MetadataJson(BaseModel, extra="allow"):
    """Where the doors of the authorization server are, and what it takes there."""

    issuer: str = Field(examples=["https://badges.example.org"])
    authorization_endpoint: str
    token_endpoint: str
    registration_endpoint: str
    revocation_endpoint: str
    scopes_supported: list[str]
    response_types_supported: list[str] = Field(examples=[["code"]])
    grant_types_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    revocation_endpoint_auth_methods_supported: list[str]
    code_challenge_methods_supported: list[str] = Field(examples=[["S256"]])
    authorization_response_iss_parameter_supported: bool


@router.get(METADATA_AT, summary="What the authorization server takes", response_model=MetadataJson)
def authorization_server(rooms: RoomsOf, response: Response) -> dict[str, Any]:
    """Return the metadata of the authorization server (RFC 8414). They change with releases only, and may be kept for an hour."""
    response.headers["Cache-Control"] = "public, max-age=3600"
    return server_metadata(rooms.base_url)
