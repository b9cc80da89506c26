"""The OpenAPI document as it really is: every refusal is a problem document, also those that FastAPI describes by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from okbadges.edge.problems import PROBLEM_TYPE, Problem

if TYPE_CHECKING:
    from fastapi import FastAPI

_OWN = ("HTTPValidationError", "ValidationError")


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
    problem = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in document["paths"].values():
        for operation in path.values():
            for response in operation["responses"].values():
                if "HTTPValidationError" in str(response.get("content")):
                    response.update(description="The request cannot be accepted as it is", content=problem)
    return document
