"""The schemas of the OpenAPI document as rows that a person can read: one row for each field, nested ones after their parent.

A reference is followed, a field that is also allowed to be null is read as the field, and a shape that comes up again in the
same table is not spelled out twice.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Schema = Mapping[str, Any]

_REFERENCE = "#/components/schemas/"
_CODE = re.compile(r"(`+)(.+?)\1", re.DOTALL)
_FORMATS = {"date": "date", "date-time": "date and time", "uuid": "UUID", "binary": "file"}
_NAMES = {"string": "string", "integer": "integer", "number": "number", "boolean": "true or false", "null": "null"}
_MANY = {"true or false": "true or false values", "date and time": "dates and times", "any JSON": "any JSON values"}
_ANYTHING = "any JSON"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text, or of code that stood between backticks."""

    text: str
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One row: where the field is (``parents`` ends with a dot), what may stand in it, and what it means."""

    parents: str
    name: str
    depth: int
    type: str
    required: bool
    about: tuple[Span, ...] = ()
    choices: tuple[str, ...] = ()
    limits: str = ""
    example: str | None = None
    same_as: str | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """A schema without references and without the null that it allows beside itself."""

    schema: Schema
    name: str | None
    nullable: bool

    @property
    def members(self) -> Mapping[str, Schema]:
        """Return the named members, when it is an object that has any."""
        return self.schema.get("properties") or {}


@dataclass(frozen=True, slots=True)
class Schemas:
    """The shapes of one OpenAPI document, by name."""

    by_name: Mapping[str, Schema] = field(default_factory=dict)

    def resolve(self, schema: Schema) -> Resolved:
        """Follow references; what stands beside a reference (a description, an example) wins over what it points to."""
        if "$ref" in schema:
            name = schema["$ref"].removeprefix(_REFERENCE)
            target = self.resolve(self.by_name.get(name, {}))
            return Resolved({**target.schema, **_without(schema, "$ref")}, target.name or name, target.nullable)
        choices = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf") or ()
        real = [choice for choice in choices if choice.get("type") != "null"]
        if len(real) != 1:
            return Resolved(schema, None, nullable=False)
        target = self.resolve(real[0])
        merged = {**target.schema, **_without(schema, "anyOf", "oneOf", "allOf")}
        return Resolved(merged, target.name, target.nullable or len(real) < len(choices))

    def items(self, schema: Schema) -> tuple[Resolved, bool]:
        """Return the shape itself, or for a list the shape of its items; and whether it is a list."""
        found = self.resolve(schema)
        if found.schema.get("type") == "array":
            return self.resolve(found.schema.get("items") or {}), True
        return found, False

    def type_of(self, schema: Schema) -> str:
        """Say in a few words what may stand there."""
        found = self.resolve(schema).schema
        kind = found.get("type")
        if kind == "array":
            return f"list of {_plural(self.type_of(found.get('items') or {}))}"
        if kind == "object":
            return self._type_of_object(found)
        if "anyOf" in found or "oneOf" in found:
            return " or ".join(dict.fromkeys(self.type_of(one) for one in found.get("anyOf") or found["oneOf"]))
        if isinstance(kind, str):
            return _FORMATS.get(found.get("format", ""), _NAMES.get(kind, kind))
        return _ANYTHING

    def _type_of_object(self, schema: Schema) -> str:
        if schema.get("properties"):
            return "object"
        values = schema.get("additionalProperties")
        kind = self.type_of(values) if isinstance(values, dict) else _ANYTHING
        return "JSON object" if kind == _ANYTHING else f"object of {_plural(kind)}, by key"

    def rows(self, schema: Schema) -> tuple[Field, ...]:
        """Return the fields of an object, or of the objects in a list."""
        return tuple(self._rows(self.items(schema)[0], parents="", depth=0, shown={}))

    def _rows(self, found: Resolved, *, parents: str, depth: int, shown: dict[str, str]) -> Iterator[Field]:
        required = found.schema.get("required") or ()
        for name, schema in found.members.items():
            row = self.field(name, schema, required=name in required)
            inner, is_list = self.items(schema)
            if not inner.members:
                yield replace(row, parents=parents, depth=depth)
                continue
            path = f"{parents}{name}"
            seen_at = shown.get(inner.name or path)
            if seen_at is not None:
                # what the shape itself is was said there; what it is for here is said by the field
                about = spans(schema.get("description", ""))
                yield replace(row, parents=parents, depth=depth, about=about, same_as=seen_at)
            else:
                yield replace(row, parents=parents, depth=depth)
                shown[inner.name or path] = path
                yield from self._rows(
                    inner, parents=f"{path}[]." if is_list else f"{path}.", depth=depth + 1, shown=shown
                )

    def field(self, name: str, schema: Schema, *, required: bool) -> Field:
        """Describe one field by itself."""
        found = self.resolve(schema)
        inner, is_list = self.items(schema)
        kind = self.type_of(schema)
        return Field(
            parents="",
            name=name,
            depth=0,
            # where a field can be left out, that it may be null as well is of no interest
            type=f"{kind} or null" if found.nullable and required else kind,
            required=required,
            about=spans(schema.get("description") or found.schema.get("description") or ""),
            choices=tuple(str(choice) for choice in inner.schema.get("enum", ())),
            limits=_first_capital("; ".join([*_limits(found.schema), *(_limits(inner.schema) if is_list else ())])),
            example=_shown(found.schema["examples"][0]) if found.schema.get("examples") else None,
        )


def spans(text: str) -> tuple[Span, ...]:
    """Split a text at its backticks."""
    found, end = [], 0
    for match in _CODE.finditer(text):
        found += [Span(text[end : match.start()]), Span(match.group(2), is_code=True)]
        end = match.end()
    return tuple(span for span in (*found, Span(text[end:])) if span.text)


def _without(schema: Schema, *names: str) -> dict[str, Any]:
    # a title is made from the name of the field and says nothing that the name does not
    return {name: value for name, value in schema.items() if name not in (*names, "title")}


def _plural(kind: str) -> str:
    if kind in _MANY:
        return _MANY[kind]
    if " or " in kind:
        return " or ".join(_plural(one) for one in kind.split(" or "))
    first, of, rest = kind.partition(" of ")
    return f"{first}s{of}{rest}"


def _limits(schema: Schema) -> list[str]:
    """Return the limits of a value in words."""
    lengths = _between(schema.get("minLength"), schema.get("maxLength"), "character")
    counts = _between(schema.get("minItems"), schema.get("maxItems"), "item")
    values = _between(schema.get("minimum"), schema.get("maximum"), "")
    pattern = f"matches {schema['pattern']}" if "pattern" in schema else None
    default = f"when left out: {_shown(schema['default'])}" if schema.get("default") is not None else None
    return [limit for limit in (lengths, counts, values, pattern, default) if limit]


def _between(least: float | None, most: float | None, unit: str) -> str | None:
    if least is None and most is None:
        return None
    words = f"{least:g} to {most:g}" if least is not None and most is not None else ""
    words = words or (f"at least {least:g}" if least is not None else f"at most {most:g}")
    one = 1 in (most, least if most is None else None)
    return f"{words} {unit}{'' if one else 's'}" if unit else words


def _first_capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _shown(value: Any) -> str:  # noqa: ANN401 - an example can be any JSON
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
