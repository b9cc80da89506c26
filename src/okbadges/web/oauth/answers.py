"""Answers and refusals as OAuth says them (RFC 6749, 5.2): never kept, with the error's own name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from okbadges.edge.problems import Problem

NOT_KEPT = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_NAMED = frozenset({"invalid-client-metadata", "invalid-redirect-uri", "unapproved-software-statement"})
_BAD_REQUEST, _UNAUTHORISED, _UNPROCESSABLE, _TOO_MANY, _BROKEN, _UNAVAILABLE = 400, 401, 422, 429, 500, 503
_OF_STATUS = {
    _UNAUTHORISED: "invalid_client",
    _TOO_MANY: "temporarily_unavailable",
    _BROKEN: "server_error",
    _UNAVAILABLE: "temporarily_unavailable",
}


class OAuthErrorJson(BaseModel):
    """A refusal: its name for programs, and words for people."""

    error: str = Field(
        examples=["invalid_grant"], description="The error's name, as RFC 6749, 7009, 7591 and OpenID4VCI list them"
    )
    error_description: str | None = Field(default=None, examples=["Invalid 'code' in request."])


def answered(status: int, body: Mapping[str, Any]) -> Response:
    """Return an answer that nobody keeps."""
    headers = {**NOT_KEPT, **({"WWW-Authenticate": 'Basic realm="okbadges"'} if status == _UNAUTHORISED else {})}
    return JSONResponse(dict(body), status, headers)


def oauth_error(problem: Problem) -> Response:
    """Say a problem as OAuth does."""
    status = _BAD_REQUEST if problem.status == _UNPROCESSABLE else problem.status
    return answered(
        status, {"error": _name(problem, "invalid_request"), "error_description": in_plain_characters(problem.detail)}
    )


def registration_error(problem: Problem) -> Response:
    """Say a problem as dynamic registration does (RFC 7591, 3.2.2): about the addresses to lead back to, or about anything else."""
    status = _BAD_REQUEST if problem.status == _UNPROCESSABLE else problem.status
    about_redirects = (problem.field or "").startswith("redirect_uris")
    name = _name(problem, "invalid_redirect_uri" if about_redirects else "invalid_client_metadata")
    return answered(status, {"error": name, "error_description": in_plain_characters(problem.detail)})


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe refusals for the OpenAPI document of a route."""
    words = {
        _BAD_REQUEST: "What was sent cannot be accepted as it is",
        _UNAUTHORISED: "The program did not say who it is in a way that holds",
        413: "The request is too large",
        _TOO_MANY: "Too many requests, or too many that failed",
        _UNAVAILABLE: "Not available right now",
    }
    return {status: {"description": words[status], "model": OAuthErrorJson} for status in statuses}


def _name(problem: Problem, otherwise: str) -> str:
    if problem.code in _NAMED:
        return problem.code.replace("-", "_")
    return _OF_STATUS.get(problem.status, otherwise)


def in_plain_characters(words: str) -> str:
    """Return words in the characters that an error_description may have (RFC 6749, 5.2)."""
    spoken = words.replace('"', "'").replace("\\", "/").replace("…", "...")
    return "".join(one if " " <= one <= "~" else "?" for one in spoken)
