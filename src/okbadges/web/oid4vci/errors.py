"""Errors as the protocol says them: ``{"error": …, "error_description": …}`` (OpenID4VCI 1.0, 6.3, 8.3.1, 11.3; RFC 6749, 5.2; RFC 6750, 3.1)."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from fastapi.responses import JSONResponse

from okbadges.web.oauth.answers import OAuthErrorJson, in_plain_characters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import Response

    from okbadges.edge.problems import Problem

TOKEN, CREDENTIAL, NOTIFICATION = "/oid4vci/token", "/oid4vci/credential", "/oid4vci/notification"
_NOT_AUTHENTICATED, _MALFORMED, _TOO_MANY, _SERVER = 401, 400, 429, 500
_KEPT_STATUSES: Final = frozenset({401, 405, 413, 429, 503})
_OF_THE_PROTOCOL: Final = frozenset(
    {
        "invalid-grant",
        "invalid-request",
        "unsupported-grant-type",
        "invalid-credential-request",
        "unknown-credential-configuration",
        "unknown-credential-identifier",
        "invalid-proof",
        "invalid-nonce",
        "invalid-encryption-parameters",
        "invalid-notification-id",
        "invalid-notification-request",
    }
)
"""Codes of ours that are the protocol's own, but for how they are written."""
_DENIED: Final = frozenset({403, 404, 409, 410, 422})
"""What speaks against giving the badge to this wallet, whatever it asks again."""
# what is wrong with a request where the protocol has no code of its own, by the door
_OTHERWISE: Final[Mapping[str, str]] = MappingProxyType(
    {
        TOKEN: "invalid_request",
        CREDENTIAL: "invalid_credential_request",
        NOTIFICATION: "invalid_notification_request",
    }
)


def at_token(problem: Problem) -> Response:
    """Say a problem of the token endpoint."""
    return _said(problem, TOKEN)


def at_credential(problem: Problem) -> Response:
    """Say a problem of the credential endpoint."""
    return _said(problem, CREDENTIAL)


def at_notification(problem: Problem) -> Response:
    """Say a problem of the notification endpoint."""
    return _said(problem, NOTIFICATION)


DIALECTS: Final = MappingProxyType({TOKEN: at_token, CREDENTIAL: at_credential, NOTIFICATION: at_notification})


def oauth_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe such errors for the OpenAPI document of a route."""
    words = {401: "A token that holds is needed", 413: "The body is too large", 429: "Too many requests"}
    return {
        status: {"model": OAuthErrorJson, "description": words.get(status, "The request cannot be accepted as it is")}
        for status in statuses
    }


def _said(problem: Problem, door: str) -> Response:
    status = problem.status if problem.status in _KEPT_STATUSES or problem.status >= _SERVER else _MALFORMED
    return JSONResponse(
        {"error": _code(problem, door), "error_description": in_plain_characters(problem.detail)}, status
    )


def _code(problem: Problem, door: str) -> str:
    if problem.code in _OF_THE_PROTOCOL:
        return problem.code.replace("-", "_")
    if problem.status == _NOT_AUTHENTICATED:
        return "invalid_token"
    if problem.status == _TOO_MANY:
        return "slow_down"
    if problem.status >= _SERVER:
        return "temporarily_unavailable" if problem.status != _SERVER else "server_error"
    if door == CREDENTIAL and problem.status in _DENIED:
        return "credential_request_denied"
    return _OTHERWISE[door]
