"""What the API has promised: the operations under /v1, what each demands, and what each answers with, read from its OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Document = Mapping[str, Any]
Promise = dict[str, list[str]]
"""What one operation ``demands``, and what it ``answers`` with."""

_DEEPEST = 6


def promises(document: Document) -> dict[str, Promise]:
    """Return, for each operation, the members that it ``demands`` and those that its successes ``answer`` with, as dotted paths in order."""
    return {
        f"{method.upper()} {path}": {
            "answers": sorted(set(_answers(document, operation))),
            "demands": sorted(set(_demands(document, operation))),
        }
        for path, operations in sorted(document["paths"].items())
        if path.startswith("/v1/")
        for method, operation in sorted(operations.items())
    }


def broken(promised: Mapping[str, Promise], now: Mapping[str, Promise]) -> list[str]:
    """Say what is gone of what was promised, and what is demanded that was not."""
    said = [f"{operation} is gone" for operation in promised if operation not in now]
    for operation, promise in promised.items():
        there = now.get(operation, promise)
        said += [f"{operation} does not answer with {one}" for one in promise["answers"] if one not in there["answers"]]
        said += [f"{operation} demands {one}" for one in there["demands"] if one not in promise["demands"]]
    return said


def _demands(document: Document, operation: Document) -> Iterator[str]:
    for one in operation.get("parameters", ()):
        if one.get("required") and one["in"] != "path":
            yield f"{one['in']}:{one['name']}"
    for content in operation.get("requestBody", {}).get("content", {}).values():
        yield from _members(document, content.get("schema", {}), only_required=True)


def _answers(document: Document, operation: Document) -> Iterator[str]:
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            for content in answer.get("content", {}).values():
                yield from _members(document, content.get("schema", {}), only_required=False)


def _members(
    document: Document, schema: Document, where: str = "", *, only_required: bool, depth: int = 0
) -> Iterator[str]:
    """Walk a schema; what stands in each item of a list is named as if it stood in the list."""
    if depth > _DEEPEST:
        return
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    inner = [*schema.get("anyOf", ()), *schema.get("allOf", ()), *([schema["items"]] if "items" in schema else ())]
    for one in inner:
        yield from _members(document, one, where, only_required=only_required, depth=depth + 1)
    for name, member in schema.get("properties", {}).items():
        if only_required and name not in schema.get("required", ()):
            continue
        path = f"{where}.{name}" if where else name
        yield path
        yield from _members(document, member, path, only_required=only_required, depth=depth + 1)
