"""The OpenAPI document as it really is: every refusal is a problem document, also those that FastAPI describes by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from okbadges.edge.problems import PROBLEM_TYPE, Problem, responses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

_OWN_SHAPES = ("/oauth/", "/ims/", "/oid4vci/token", "/oid4vci/credential", "/oid4vci/notification")
"""Where a protocol has refusals of its own, which its routes describe."""
_CLIENT = {
    "type": "http",
    "scheme": "basic",
    "description": "`client_id` and `client_secret`: those of `/oauth/register`, or the prefix of an access key and the whole key",
}
"""A form says who sends it, so the framework does not know of it."""
_OWN = ("HTTPValidationError", "ValidationError")
_SPEAKS_PROBLEMS = ("/v1/", "/vc-api/")


def install_openapi(app: FastAPI) -> None:
    """Make ``app`` describe its refusals as problems."""
    describe = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _with_problems(describe())
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]  # the way that FastAPI documents for this


def _with_problems(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in _OWN:
        schemas.pop(name, None)
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schema.pop("$defs", {}))
    schemas["Problem"] = schema
    document["components"].setdefault("securitySchemes", {})["Client"] = _CLIENT
    problem = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    _describe_messages(document)
    for path, operations in document["paths"].items():
        for operation in operations.values():
            if path.startswith(_OWN_SHAPES) and "HTTPValidationError" in str(operation["responses"].get("422")):
                del operation["responses"]["422"]
            for response in operation["responses"].values():
                if "HTTPValidationError" in str(response.get("content")):
                    response.update(description="The request cannot be accepted as it is", content=problem)
            if path.startswith(_SPEAKS_PROBLEMS):
                for status, refusal in responses(*_before_the_route(operation)).items():
                    operation["responses"].setdefault(str(status), refusal)
    return document


def _describe_messages(document: dict[str, Any]) -> None:
    """Say of each message to a webhook only what its answer's status means to us: what a receiver answers is the receiver's."""
    for name, message in document.get("webhooks", {}).items():
        for operation in message.values():
            operation["responses"] = {
                status: one for status, one in operation["responses"].items() if status not in ("200", "422")
            }
            operation["operationId"] = f"webhook-{name}"


def _before_the_route(operation: dict[str, Any]) -> Iterator[int]:
    """Return the statuses with which an operation is refused before its route is asked: at the threshold, by size, by rate."""
    yield 400
    if "requestBody" in operation:
        yield 413
    if "security" in operation:
        yield 429
