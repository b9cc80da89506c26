"""How the Open Badges API says that something went wrong: ``Imsx_StatusInfo`` with a code of its list, under every path that is its own.

A refusal for want of a token, or of a scope, also says so as RFC 6750 has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from okbadges.edge.problems import Problem

PATHS = "/ims/ob/v3p0"
SYSTEM = "okbadges"
"""Who says it, in ``imsx_codeMinorFieldName``."""
TOKEN_MISSING, WRONG_QUERY = "token-missing", "query-parameter"

MinorCode = Literal[
    "forbidden", "fullsuccess", "internal_server_error", "invalid_data", "invalid_query_parameter", "misdirected_request",
    "not_acceptable", "not_allowed", "not_found", "not_modified", "server_busy", "unauthorizedrequest", "unknown",
]  # fmt: skip

_MINOR: Mapping[int, MinorCode] = {
    400: "invalid_data",
    401: "unauthorizedrequest",
    403: "forbidden",
    404: "not_found",
    405: "not_allowed",
    406: "not_acceptable",
    413: "invalid_data",
    415: "invalid_data",
    422: "invalid_data",
    429: "server_busy",
    500: "internal_server_error",
    503: "server_busy",
}
_NOT_FOUND = 404
_CHALLENGE = 'Bearer realm="okbadges"'


class _Said(BaseModel):
    """Names as the standard writes them."""

    model_config = ConfigDict(populate_by_name=True)


class CodeMinorField(_Said):
    """One code, and which system says it."""

    name: str = Field(alias="imsx_codeMinorFieldName", examples=[SYSTEM])
    value: MinorCode = Field(alias="imsx_codeMinorFieldValue", examples=["unauthorizedrequest"])


class CodeMinor(_Said):
    """The codes of one answer."""

    fields: list[CodeMinorField] = Field(alias="imsx_codeMinorField", min_length=1)


class StatusInfo(_Said):
    """What went wrong, as the Open Badges API says it (`Imsx_StatusInfo`)."""

    major: Literal["failure", "processing", "success", "unsupported"] = Field(alias="imsx_codeMajor")
    severity: Literal["error", "status", "warning"] = Field(alias="imsx_severity")
    description: str = Field(alias="imsx_description", examples=["Send an access token: Authorization: Bearer okt_…"])
    minor: CodeMinor = Field(alias="imsx_codeMinor")


def status_info(problem: Problem) -> Response:
    """Say a problem as the Open Badges API does, with its status."""
    info = StatusInfo(
        major="failure",
        severity="status" if problem.status == _NOT_FOUND else "error",
        description=problem.detail,
        minor=CodeMinor(fields=[CodeMinorField(name=SYSTEM, value=_minor(problem))]),
    )
    return JSONResponse(info.model_dump(by_alias=True), problem.status, headers=_challenge(problem))


def _minor(problem: Problem) -> MinorCode:
    return "invalid_query_parameter" if problem.code == WRONG_QUERY else _MINOR.get(problem.status, "unknown")


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe refusals for the OpenAPI document of a route."""
    return {status: {"model": StatusInfo, "description": _MINOR.get(status, "unknown")} for status in sorted(statuses)}


def _challenge(problem: Problem) -> dict[str, str]:
    """Return what is asked of the caller (RFC 6750, 3): nothing of an error where no token was sent."""
    match problem.status, problem.code:
        case 401, code:
            error = "" if code == TOKEN_MISSING else ', error="invalid_token"'
        case 403, "scope-missing":
            error = ', error="insufficient_scope"'
        case _:
            return {}
    return {"WWW-Authenticate": _CHALLENGE + error}
