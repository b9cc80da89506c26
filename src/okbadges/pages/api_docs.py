"""``/docs``: the reference of our API for programmers, rendered here from the OpenAPI document, readable without any script.

`reference` turns the document into what the page shows and knows no HTML; it takes the document as the only truth, so a route
that says nothing of itself has nothing to say here either. English only, like the API itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import Request, Response

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.pages.api_calls import curl
from okbadges.pages.api_fields import Field, Schemas, Span, spans
from okbadges.pages.site import Preview, Visit, site_of, visit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

PROBLEM = "application/problem+json"
_METHODS = ("get", "post", "put", "patch", "delete")
_PLACES = {"path": "In the address", "query": "After the question mark", "header": "In a header"}
_FIRST_PROBLEM = 400

router = Router(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ParameterGroup:
    """The parameters that stand in one place of a request."""

    place: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent with a request."""

    media_types: tuple[str, ...]
    about: tuple[Span, ...]
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that is not a problem; ``fields`` are those of the thing answered, or of each thing in a list."""

    status: int
    phrase: str
    media_type: str | None
    type: str | None
    about: tuple[Span, ...]
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status with which a request is refused, always with a problem document."""

    status: int
    meaning: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method at one address."""

    anchor: str
    method: str
    path: str
    summary: str
    about: tuple[tuple[Span, ...], ...]
    needs_key: bool
    parameters: tuple[ParameterGroup, ...]
    body: Body | None
    curl: str
    answers: tuple[Answer, ...]
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class Resource:
    """The operations on one kind of thing."""

    anchor: str
    name: str
    about: tuple[Span, ...]
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """The whole reference."""

    version: str
    base_url: str
    resources: tuple[Resource, ...]
    problem_fields: tuple[Field, ...]


@router.get("/docs")
def api_docs(request: Request, rooms: RoomsOf) -> Response:
    """Show the reference of the API."""
    whole = reference(request.app.openapi(), base_url=rooms.base_url, today=rooms.now().date())
    here = visit(request)
    words = site_of(request.app).words
    # the frame is English too, whatever the visitor reads elsewhere; links keep the language they came with
    page = Visit(here.site, request, here.choice, words.get("en", here.words))
    preview = Preview("API reference", "Issue, look up, revoke and verify Open Badges 3.0 over HTTP.")
    headers = {"Cache-Control": "public, max-age=300"}
    return page.page("api_docs.html", preview=preview, headers=headers, switch=False, api=whole)


def reference(openapi: Mapping[str, Any], *, base_url: str, today: date) -> Reference:
    """Read an OpenAPI 3.1 document. ``today`` stands in the examples for dates that have no example of their own."""
    schemas = Schemas(openapi.get("components", {}).get("schemas", {}))
    about = {tag["name"]: tag.get("description", "") for tag in openapi.get("tags", ())}
    by_resource: dict[str, list[Operation]] = {name: [] for name in about}
    for path, methods in openapi["paths"].items():
        for method in (name for name in _METHODS if name in methods):
            made = _operation(method, path, methods[method], schemas, base_url=base_url, today=today)
            by_resource.setdefault(next(iter(methods[method].get("tags", ())), "other"), []).append(made)
    return Reference(
        version=openapi["info"]["version"],
        base_url=base_url,
        resources=tuple(
            Resource(_anchor(name), name[:1].upper() + name[1:], spans(about.get(name, "")), tuple(operations))
            for name, operations in by_resource.items()
            if operations
        ),
        problem_fields=schemas.rows({"$ref": "#/components/schemas/Problem"}),
    )


def _operation(
    method: str, path: str, described: Mapping[str, Any], schemas: Schemas, *, base_url: str, today: date
) -> Operation:
    responses = {int(status): answer for status, answer in described["responses"].items() if status.isdigit()}
    body = described.get("requestBody")
    return Operation(
        anchor=_anchor(f"{method}-{path}"),
        method=method.upper(),
        path=path,
        summary=_sentence(described.get("summary", "")),
        about=tuple(
            spans(paragraph) for paragraph in re.split(r"\n\s*\n", described.get("description", "")) if paragraph
        ),
        needs_key=bool(described.get("security")),
        parameters=tuple(_parameters(described.get("parameters", ()), schemas)),
        body=_body(body, schemas) if body else None,
        curl=curl(method, path, described, schemas, base_url=base_url, today=today),
        answers=tuple(_answer(status, one, schemas) for status, one in responses.items() if status < _FIRST_PROBLEM),
        refusals=tuple(
            Refusal(status, one["description"]) for status, one in sorted(responses.items()) if status >= _FIRST_PROBLEM
        ),
    )


def _parameters(described: Sequence[Mapping[str, Any]], schemas: Schemas) -> Iterator[ParameterGroup]:
    for place, words in _PLACES.items():
        fields = tuple(
            schemas.field(one["name"], {**one["schema"], **_about(one)}, required=one.get("required", False))
            for one in described
            if one["in"] == place
        )
        if fields:
            yield ParameterGroup(words, fields)


def _about(parameter: Mapping[str, Any]) -> dict[str, Any]:
    return {"description": parameter["description"]} if "description" in parameter else {}


def _body(described: Mapping[str, Any], schemas: Schemas) -> Body:
    content = described["content"]
    schema = next(iter(content.values())).get("schema", {})
    about = described.get("description") or schemas.resolve(schema).schema.get("description", "")
    return Body(tuple(content), spans(about), schemas.rows(schema))


def _answer(status: int, described: Mapping[str, Any], schemas: Schemas) -> Answer:
    content = described.get("content") or {}
    media_type = next(iter(content), None)
    schema = content[media_type].get("schema", {}) if media_type else {}
    inner, _ = schemas.items(schema)
    phrase = HTTPStatus(status).phrase
    return Answer(
        status=status,
        phrase=phrase,
        media_type=media_type,
        type=schemas.type_of(schema) if schema else None,
        about=spans(inner.schema.get("description", "")),
        fields=schemas.rows(schema) if schema else (),
    )


def _anchor(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _sentence(summary: str) -> str:
    """Undo the capitals of a summary that was made from a function's name."""
    first, *rest = summary.split(" ")
    return " ".join([first, *(word.lower() if word.istitle() else word for word in rest)])
