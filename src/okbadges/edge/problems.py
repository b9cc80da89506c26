"""The only table of status codes: which error becomes which answer, as an RFC 9457 problem or as a page for people.

A problem names the field at fault and carries the stable code; it never carries a stack trace or what the database said.
"""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, cast

import structlog
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from okbadges import errors
from okbadges.edge.negotiation import prefers_page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from fastapi import FastAPI, Request
    from starlette.responses import Response

PROBLEM_TYPE = "application/problem+json"

STATUS: Mapping[type[errors.OkbadgesError], int] = {
    errors.TooLarge: 413,
    errors.MalformedInput: 400,
    errors.InvalidInput: 422,
    errors.CredentialError: 422,
    errors.NotAuthenticated: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.Gone: 410,
    errors.Conflict: 409,
    errors.TooManyRequests: 429,
    errors.Unavailable: 503,
    errors.ConfigurationError: 503,
    errors.OkbadgesError: 500,
}

_BODY_TYPES = ("application/json", "multipart/form-data", "application/x-www-form-urlencoded")
_NOT_JSON = errors.InvalidInput("content-type", "Send JSON, with Content-Type: application/json.", field="Content-Type")

_UNEXPECTED_WORDS = (
    "Something broke on our side. Nothing was changed by this request; try again, and tell us if it stays."
)

_HTTP_WORDS = {
    404: ("not-found", "There is nothing at this address."),
    405: ("method-not-allowed", "This address does not take that method; see /docs for what it takes."),
}


class FieldProblem(BaseModel):
    """One field at fault."""

    field: str = Field(description="Dotted path of the field", examples=["share.expires_on"])
    detail: str = Field(description="What is wrong with it and what would be right")


class Problem(BaseModel):
    """A problem document (RFC 9457): what went wrong, in words, with a stable code."""

    type: str = Field(default="about:blank", description="Always about:blank; `code` is what programs compare")
    title: str = Field(examples=["The request cannot be accepted as it is"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["There is no badge digi-xyz; GET /v1/badges lists them."])
    code: str = Field(examples=["unknown-badge"], description="Stable, kebab-case, never changes its meaning")
    field: str | None = Field(default=None, examples=["badge"], description="The field at fault, if one is")
    errors: list[FieldProblem] | None = Field(default=None, description="Every field at fault, when there are several")


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe problem answers for the OpenAPI document of a route."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": _title(status), "content": {PROBLEM_TYPE: {"schema": schema}}} for status in statuses
    }


def install_problems(app: FastAPI, *, page: Callable[[Request, int, str, str], Response]) -> None:
    """Answer every error of ``app`` as a problem, or as ``page(request, status, code, detail)`` where a person asked."""

    def answer(request: Request, problem: Problem, headers: Mapping[str, str] | None) -> Response:
        if prefers_page(request):
            response = page(request, problem.status, problem.code, problem.detail)
        else:
            response = JSONResponse(problem.model_dump(exclude_none=True), problem.status, media_type=PROBLEM_TYPE)
        response.headers.update({"Cache-Control": "no-store", **(headers or {})})
        return response

    async def own(request: Request, error: Exception) -> Response:
        refused = cast("errors.OkbadgesError", error)
        _log_unavailable(refused)
        return answer(request, problem_of(refused), _headers(refused))

    async def invalid(request: Request, error: Exception) -> Response:
        return answer(request, _invalid(request, cast("RequestValidationError", error)), None)

    async def http(request: Request, error: Exception) -> Response:
        refused = cast("HTTPException", error)
        if isinstance(refused.__cause__, errors.OkbadgesError):
            # FastAPI wraps whatever reading the body raised
            return await own(request, refused.__cause__)
        return answer(request, _of_framework(refused), refused.headers)

    async def unexpected(request: Request, error: Exception) -> Response:
        _log_unexpected(error)
        problem = Problem(title="Something broke", status=500, detail=_UNEXPECTED_WORDS, code="internal-error")
        return answer(request, problem, None)

    app.add_exception_handler(errors.OkbadgesError, own)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, unexpected)


def problem_of(error: errors.OkbadgesError) -> Problem:
    """Return the problem document of one of our errors."""
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    return Problem(title=error.title, status=status, detail=error.detail, code=error.code, field=error.field)


def _headers(error: errors.OkbadgesError) -> dict[str, str]:
    if isinstance(error, errors.NotAuthenticated):
        return {"WWW-Authenticate": 'Bearer realm="okbadges"'}
    if isinstance(error, errors.TooManyRequests):
        return {"Retry-After": str(error.retry_after_seconds)}
    return {}


def _invalid(request: Request, error: RequestValidationError) -> Problem:
    """Turn pydantic's findings into one problem that names every field."""
    sent = request.headers.get("content-type", "").partition(";")[0].strip()
    if request.method == "POST" and sent not in _BODY_TYPES:
        return problem_of(_NOT_JSON)
    fields = [FieldProblem(field=_path(one["loc"]), detail=str(one["msg"])) for one in error.errors()]
    return Problem(
        title=errors.InvalidInput.title,
        status=422,
        detail=f"{fields[0].field}: {fields[0].detail}",
        code="invalid-field",
        field=fields[0].field,
        errors=fields,
    )


def _of_framework(refused: HTTPException) -> Problem:
    code, detail = _HTTP_WORDS.get(refused.status_code, ("http-error", str(refused.detail)))
    return Problem(title=_title(refused.status_code), status=refused.status_code, detail=detail, code=code)


def _log_unavailable(refused: errors.OkbadgesError) -> None:
    """Tell the operator why something is not available; callers only hear that it is not."""
    if isinstance(refused, errors.Unavailable | errors.ConfigurationError):
        cause = type(refused.__cause__).__name__ if refused.__cause__ else None
        structlog.get_logger().warning("not-available", code=refused.code, cause=cause)


def _log_unexpected(error: Exception) -> None:
    """Tell the operator where it broke, without the error's own words: they may hold data."""
    places = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-6:]]
    structlog.get_logger().error("unexpected-error", error=type(error).__name__, places=places)


def _path(location: Sequence[str | int]) -> str:
    inner = [str(part) for part in location if part not in ("body", "query", "path", "header")]
    return ".".join(inner) or "body"


def _title(status: int) -> str:
    for kind, its_status in STATUS.items():
        if its_status == status:
            return kind.title
    return {405: "Method not allowed"}.get(status, "The request failed")
