"""The ``curl`` call of an operation, made from the examples of its OpenAPI description so that it can be copied and run."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from okbadges.pages.api_fields import Resolved, Schemas

    Schema = Mapping[str, Any]

_SHOWN_BY: Mapping[str, str] = MappingProxyType(
    {
        "Access key": '-H "Authorization: Bearer $ACCESS_KEY"',
        "Client": '-u "$CLIENT_ID:$CLIENT_SECRET"',
    }
)
"""How a caller shows who they are, by the name of what they need; for anything else they have a token."""
_OTHERWISE = '-H "Authorization: Bearer $TOKEN"'
BODY_FILE = "credential.json"
"""What is sent where a body is any JSON at all: then it is a credential, and it comes from a file."""
TABLE_FILE = "table.csv"
"""What is sent where a body is a spreadsheet."""

_JSON, _CSV = "application/json", "text/csv"
_FORMS = {"multipart/form-data": "-F", "application/x-www-form-urlencoded": "--data-urlencode"}
"""With which option curl sends each field of a form; it says itself what it sends, with the line that parts the fields."""
_DAYS_LATER = 30
_SHORT_LINE = 60


def curl(method: str, path: str, described: Mapping[str, Any], schemas: Schemas, *, base_url: str, today: date) -> str:
    """Return the call on several lines, quoted for a POSIX shell. What nobody else may know is taken from variables."""
    sampler = _Sampler(schemas, today)
    parameters = described.get("parameters", ())
    address = base_url + path
    for one in (one for one in parameters if one["in"] == "path"):
        address = address.replace(f"{{{one['name']}}}", quote(str(sampler.parameter(one)), safe=":"))
    query = {one["name"]: sampler.parameter(one) for one in parameters if one["in"] == "query" and _is_shown(one)}
    if query:
        address += f"?{urlencode(query)}"
    headers = {one["name"]: one["schema"]["examples"][0] for one in parameters if _is_header_with_example(one)}
    lines = [f"curl {'' if method == 'get' else f'-X {method.upper()} '}{_quoted(address)}"]
    lines += [_SHOWN_BY.get(name, _OTHERWISE) for needed in described.get("security", [])[:1] for name in needed]
    lines += [f"-H {_quoted(f'{name}: {example}')}" for name, example in headers.items()]
    content = described.get("requestBody", {}).get("content")
    if content:
        lines += _body_lines(content, schemas, sampler)
    return " \\\n  ".join(lines)


def _is_shown(parameter: Mapping[str, Any]) -> bool:
    return parameter.get("required", False) or bool(parameter.get("schema", {}).get("examples"))


def _is_header_with_example(parameter: Mapping[str, Any]) -> bool:
    return parameter["in"] == "header" and bool(parameter.get("schema", {}).get("examples"))


def _body_lines(content: Mapping[str, Any], schemas: Schemas, sampler: _Sampler) -> list[str]:
    media_type = _JSON if _JSON in content else next(iter(content))
    header = f"-H {_quoted(f'Content-Type: {media_type}')}"
    body = schemas.resolve(content[media_type].get("schema", {}))
    if media_type in _FORMS:
        given = [one["value"] for one in content[media_type].get("examples", {}).values()]
        fields = (given[0] if given else sampler.members(body)).items()
        return [f"{_FORMS[media_type]} {_quoted(f'{name}={_plain(value)}')}" for name, value in fields]
    if not body.members:
        return [header, f"--data-binary @{TABLE_FILE if media_type == _CSV else BODY_FILE}"]
    return [header, f"-d {_quoted(_pretty(sampler.members(body)))}"]


def _plain(value: object) -> str:
    """Write a field of a form: a text as it is, anything else as in JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def _pretty(value: object, indent: str = "") -> str:
    """Write JSON for reading: what is short stays on one line."""
    flat = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict) or not value or len(indent) + len(flat) <= _SHORT_LINE:
        return flat
    deeper = f"{indent}  "
    members = (f"{deeper}{json.dumps(name)}: {_pretty(inner, deeper)}" for name, inner in value.items())
    return "{\n" + ",\n".join(members) + f"\n{indent}}}"


class _Sampler:
    """Chooses a value for whatever has to be there, and for optional objects that have examples in them."""

    def __init__(self, schemas: Schemas, today: date) -> None:
        self._schemas = schemas
        self._today = today

    def parameter(self, described: Mapping[str, Any]) -> object:
        """Return the value of a parameter; one without any example is its name in capitals, to be filled in."""
        given = described.get("example")
        return given if given is not None else self.value(described["name"], described.get("schema", {}))

    def members(self, found: Resolved) -> dict[str, object]:
        """Return an object with its required members and with those that somebody gave an example for."""
        required = found.schema.get("required") or ()
        return {
            name: self.value(name, schema)
            for name, schema in found.members.items()
            if name in required or self._has_example(schema)
        }

    def value(self, name: str, schema: Schema) -> object:
        """Return the example of a schema, or something that fits it."""
        found = self._schemas.resolve(schema)
        given = found.schema.get("examples") or found.schema.get("enum")
        if given:
            return given[0]
        return self.members(found) if found.members else self._made_up(name, found.schema)

    def _made_up(self, name: str, schema: Schema) -> object:
        match schema.get("type"), schema.get("format"):
            case "array", _:
                return [self.value(name, schema.get("items") or {})]
            case "integer" | "number", _:
                return schema.get("minimum", 1)
            case "boolean", _:
                return True
            case _, "date":
                return self._day(name)
            case _:
                return name.upper().replace("-", "_")

    def _day(self, name: str) -> str:
        """Return today, which is right for every date that is not the end of something."""
        ends = name.startswith("expires") or name.endswith("until")
        return (self._today.fromordinal(self._today.toordinal() + _DAYS_LATER) if ends else self._today).isoformat()

    def _has_example(self, schema: Schema) -> bool:
        found = self._schemas.resolve(schema)
        return bool(found.schema.get("examples")) or any(self._has_example(one) for one in found.members.values())


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
