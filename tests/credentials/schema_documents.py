"""Makes documents from a JSON Schema: valid ones, of every class and with every member that it has, by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import random

_DEEPEST: Final = 7
_TEXTS: Final = ("x", "", "Ryhmätyö", "2026", "urn:uuid:1")
_IRIS: Final = ("urn:uuid:1", "https://badges.example/a", "did:web:badges.example")
_NAMES_OF_IRIS: Final = frozenset({"id", "issuer"})
_BY_PATTERN: Final = {
    r"^[a-zA-Z0-9_-]+\.[a-zA-Z0-9_-]*\.[a-zA-Z0-9_-]+$": ("a.b.c", "eyJ.e30.c2ln", "a..c"),
    r"(ext:)[a-z|A-Z|0-9|.|-|_]+": ("ext:x", "ext:Own.Kind_1"),
    r"^[a-z]{2,4}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$": ("fi", "sv-FI", "zh-Hant-TW", "es-419"),
    r"^https:\/\/purl\.imsglobal\.org\/spec\/ob\/v3p0\/context(-3\.\d\.\d)*\.json$": (
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/context.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json",
    ),
}
_BY_FORMAT: Final = {
    "date-time": ("2026-03-01T00:00:00Z", "2026-03-01T12:30:00.5+02:00", "2026-02-28T23:59:59-11:00"),
    "date": ("2026-03-01", "1999-12-31"),
}


class Documents:
    """Documents that a schema accepts.

    ``looseness`` is how often a form is taken that the schema allows and hardly anybody writes: a language map for a text, a
    single text for a list of types, an object for a context, a member of one's own.
    """

    def __init__(self, schema: dict[str, Any], chance: random.Random, *, looseness: float) -> None:
        """Make documents from ``schema``; the same ones for the same ``chance``."""
        self._schema = schema
        self._definitions = schema.get("$defs", {})
        self._chance = chance
        self._looseness = looseness

    def one(self) -> Any:
        """Return one more document."""
        return self._value(self._schema, "", 0)

    def _loose(self) -> bool:
        return self._chance.random() < self._looseness

    def _value(self, schema: dict[str, Any], name: str, depth: int) -> Any:
        if "$ref" in schema:
            return self._value(self._definitions[schema["$ref"].rpartition("/")[2]], name, depth)
        alternatives = schema.get("oneOf") or schema.get("anyOf")
        if alternatives:
            return self._value(self._branch(alternatives, name), name, depth)
        if "allOf" in schema:
            return [word for part in schema["allOf"] for word in self._value(part, name, depth)]
        if "enum" in schema:
            return self._chance.choice(schema["enum"])
        return self._of_kind(schema["type"], schema, name, depth)

    def _of_kind(self, kind: str, schema: dict[str, Any], name: str, depth: int) -> Any:
        if kind == "object":
            return self._object(schema, depth + 1)
        if kind == "array":
            return self._array(schema, name, depth)
        if kind == "string":
            return self._text(schema, name)
        choices: tuple[Any, ...] = (True, False) if kind == "boolean" else (0, 2.5, -1)
        return self._chance.choice(choices)

    def _branch(self, alternatives: list[dict[str, Any]], name: str) -> dict[str, Any]:
        """Choose one alternative: a plain text before a language map, a list before a lonely type or context."""
        least = min(_oddness(one, name) for one in alternatives)
        usual = [one for one in alternatives if _oddness(one, name) == least]
        return self._chance.choice(alternatives if self._loose() else usual)

    def _object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        if "propertyNames" in schema:
            inner = schema["additionalProperties"]
            return {"fi": self._value(inner, "", depth) if {"enum", "pattern"} & inner.keys() else "x"}
        required = schema.get("required", [])
        often = 0.5 if depth == 1 else 0.25
        members = {
            name: self._value(inner, name, depth)
            for name, inner in schema.get("properties", {}).items()
            if name in required or (depth < _DEEPEST and self._chance.random() < often)
        }
        if schema.get("additionalProperties") is not False and self._loose():
            members["own"] = self._chance.choice([1, "x", {"a": [True]}, ["x"]])
        if "achievement" in members and not self._loose():
            _keep_rules_between_members(members)
        return members

    def _array(self, schema: dict[str, Any], name: str, depth: int) -> list[Any]:
        items = schema.get("items", {})
        if isinstance(items, list):
            found = [self._value(item, name, depth) for item in items]
            return found + ([self._value(schema["additionalItems"], "", depth)] if self._loose() else [])
        if "contains" in schema:
            found = [self._value(schema["contains"], name, depth)]
            return found + ([self._value(items, "", depth)] if self._loose() else [])
        return [self._value(items, name, depth) for _ in range(self._chance.choice((1, 1, 2)))]

    def _text(self, schema: dict[str, Any], name: str) -> str:
        if "pattern" in schema:
            return self._chance.choice(_BY_PATTERN[schema["pattern"]])
        if "format" in schema:
            return self._chance.choice(_BY_FORMAT[schema["format"]])
        if name == "type":
            return self._chance.choice(("Own", "https://badges.example/Kind"))
        return self._chance.choice(_IRIS if name in _NAMES_OF_IRIS and not self._loose() else _TEXTS)


def _oddness(schema: dict[str, Any], name: str) -> int:
    """Return how seldom a form is written."""
    if "propertyNames" in schema:
        return 2
    kinds = {schema.get("type"), *(part.get("type") for part in schema.get("allOf", ()))}
    return int(name in {"type", "@context"} and "array" not in kinds)


def _keep_rules_between_members(subject: dict[str, Any]) -> None:
    """Let the subject have an id and its results refer to nothing: the text has rules here that no schema states."""
    subject.setdefault("id", _IRIS[0])
    results = subject.get("result", [])
    for result in results if isinstance(results, list) else [results]:
        result.pop("resultDescription", None)
