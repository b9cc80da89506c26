"""The only table of status codes: which error becomes which answer, as an RFC 9457 problem or as a page for people.

A problem names the field at fault and carries the stable code; it never carries a stack trace or what the database said.
"""

from __future__ import annotations

import traceback
from types import MappingProxyType
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
MOST_LISTED = 20
# in characters: a problem repeats no more of a request than a person needs to find the place
_LONGEST_NAME, _LONGEST_WORDS = 64, 300

STATUS: Mapping[type[errors.OkbadgesError], int] = {
    errors.TooLarge: 413,
    errors.UnsupportedMediaType: 415,
    errors.NotAcceptable: 406,
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
    errors: list[FieldProblem] | None = Field(default=None, description="Each field at fault, the first twenty")


_UNEXPECTED = Problem(title="Something broke", status=500, detail=_UNEXPECTED_WORDS, code="internal-error")


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe problem answers for the OpenAPI document of a route."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": _title(status), "content": {PROBLEM_TYPE: {"schema": schema}}} for status in statuses
    }


def install_problems(
    app: FastAPI,
    *,
    page: Callable[[Request, int, str, str], Response],
    dialects: Mapping[str, Callable[[Problem], Response]] = MappingProxyType({}),
) -> Callable[[Request, Exception], Response]:
    """Answer every error of ``app`` as a problem, or as ``page(request, status, code, detail)`` where a person asked.

    ``dialects`` are protocols that say errors in their own shape: by the beginning of the paths that are theirs.
    Returns how an error is answered that is raised outside of the routes, or that nobody expected.
    """
    answers = _Answers(page, dialects)
    app.add_exception_handler(errors.OkbadgesError, answers.own)
    app.add_exception_handler(RequestValidationError, answers.invalid)
    app.add_exception_handler(HTTPException, answers.http)
    return answers.anything


class _Answers:
    """The answer to each kind of error."""

    def __init__(
        self, page: Callable[[Request, int, str, str], Response], dialects: Mapping[str, Callable[[Problem], Response]]
    ) -> None:
        self._page = page
        self._dialects = dialects

    def anything(self, request: Request, error: Exception) -> Response:
        """Answer one of our errors with its problem, and any other with plain words; the log tells where it broke."""
        if isinstance(error, errors.OkbadgesError):
            _log_unavailable(error)
            return self._answer(request, problem_of(error), _headers(error))
        _log_unexpected(error)
        try:
            return self._answer(request, _UNEXPECTED, None)
        except Exception as broken_page:  # noqa: BLE001 - the page for bugs may have one
            _log_unexpected(broken_page)
            return _as_json(_UNEXPECTED)

    async def own(self, request: Request, error: Exception) -> Response:
        return self.anything(request, error)

    async def invalid(self, request: Request, error: Exception) -> Response:
        return self._answer(request, _invalid(request, cast("RequestValidationError", error)), None)

    async def http(self, request: Request, error: Exception) -> Response:
        refused = cast("HTTPException", error)
        if isinstance(refused.__cause__, errors.OkbadgesError):
            # FastAPI wraps whatever reading the body raised
            return self.anything(request, refused.__cause__)
        return self._answer(request, _of_framework(refused), refused.headers)

    def _answer(self, request: Request, problem: Problem, headers: Mapping[str, str] | None) -> Response:
        dialect = next((say for path, say in self._dialects.items() if request.url.path.startswith(path)), None)
        if dialect is not None:
            response = dialect(problem)
            headers = {**(headers or {}), **response.headers}
        elif prefers_page(request):
            response = self._page(request, problem.status, problem.code, problem.detail)
        else:
            response = _as_json(problem)
        added = {"Cache-Control": "no-store", **(headers or {})}
        # a protocol that asks for a token says so in its own words
        said = set() if dialect is None else set(response.headers)
        response.headers.update({name: value for name, value in added.items() if name.lower() not in said})
        return response


def _as_json(problem: Problem) -> Response:
    content = problem.model_dump(exclude_none=True)
    return JSONResponse(content, problem.status, {"Cache-Control": "no-store"}, media_type=PROBLEM_TYPE)


def problem_of(error: errors.OkbadgesError) -> Problem:
    """Return the problem document of one of our errors."""
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    return Problem(title=error.title, status=status, detail=error.detail, code=error.code, field=error.field)


def _headers(error: errors.OkbadgesError) -> dict[str, str]:
    if isinstance(error, errors.NotAuthenticated):
        # RFC 6750, 3.1: who showed nothing is told no error
        wrong = ', error="invalid_token"' if error.code in ("token-unknown", "token-expired") else ""
        return {"WWW-Authenticate": f'Bearer realm="okbadges"{wrong}'}
    if isinstance(error, errors.TooManyRequests):
        return {"Retry-After": str(error.retry_after_seconds)}
    return {}


def _invalid(request: Request, error: RequestValidationError) -> Problem:
    """Turn pydantic's findings into one problem that names every field."""
    sent = request.headers.get("content-type", "").partition(";")[0].strip()
    is_api = request.url.path.startswith(("/v1/", "/vc-api/"))
    is_about_body = any(one["loc"][:1] == ("body",) for one in error.errors())
    if request.method == "POST" and is_about_body and sent not in (_BODY_TYPES[:1] if is_api else _BODY_TYPES):
        return problem_of(_NOT_JSON)
    found = error.errors()
    fields = [
        FieldProblem(
            field=_path(one["loc"]), detail=_short(str(one["msg"]).removeprefix("Value error, "), _LONGEST_WORDS)
        )
        for one in found[:MOST_LISTED]
    ]
    more = f" ({len(found) - len(fields)} more are not listed.)" if len(found) > len(fields) else ""
    return Problem(
        title=errors.InvalidInput.title,
        status=422,
        detail=f"{fields[0].field}: {fields[0].detail}{more}",
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
    inner = [_short(str(part), _LONGEST_NAME) for part in location if part not in ("body", "query", "path", "header")]
    return ".".join(inner) or "body"


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"


def _title(status: int) -> str:
    for kind, its_status in STATUS.items():
        if its_status == status:
            return kind.title
    return {405: "Method not allowed"}.get(status, "The request failed")
