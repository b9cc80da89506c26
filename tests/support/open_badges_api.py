"""A client of the Open Badges API that is made of the published OpenAPI file and of nothing that we wrote.

It builds each request from an operation of the file, and looks at every answer: its status is described there, its body follows the
file's schema for that status, and the headers that the file names are there.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jsonschema_rs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import httpx2

_FILE = "standards/data/openapi/imsob_v3p0_openapi3.json"
_SCHEMAS = "standards/data/schemas"
_AS_JSON_LD = {
    "AchievementCredential": "ob_v3p0_achievementcredential_schema.json",
    "Profile": "ob_v3p0_profile_schema.json",
    "GetOpenBadgeCredentialsResponse": "ob_v3p0_getopenbadgecredentialsresponse_schema.json",
}
"""What is signed is JSON-LD, where one value may stand without its list. The file's own schemas know lists only (and refuse every
``@context``, which a later version of the file corrects); beside them the same classes are published for JSON-LD, in these."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the file."""

    path: str
    method: str
    described: Mapping[str, Any]

    @property
    def scope(self) -> str | None:
        """Return the scope that it needs; None where it needs no token."""
        needs = self.described.get("security")
        return str(needs[0]["OAuth2ACG"][0]) if needs else None


class OpenBadgesClient:
    """Calls the operations of the published file by their names."""

    def __init__(self, shared: Path, calls: Any, *, base: str = "/ims/ob/v3p0") -> None:
        """Read the file; ``calls`` makes requests as httpx does."""
        self._file: dict[str, Any] = json.loads((shared / _FILE).read_text(encoding="utf-8"))
        self._schemas = shared / _SCHEMAS
        self._calls, self._base = calls, base
        self.operations = {
            described["operationId"]: Operation(path, method, described)
            for path, methods in self._file["paths"].items()
            for method, described in methods.items()
        }

    def call(
        self,
        name: str,
        *,
        token: str | None = None,
        query: Mapping[str, object] | None = None,
        body: bytes | None = None,
        media_type: str = "application/json",
    ) -> httpx2.Response:
        """Call an operation and return its answer, once it is as the file describes it."""
        operation = self.operations[name]
        known = {one["name"] for one in operation.described.get("parameters", ())}
        assert set(query or {}) <= known, f"the file knows no such parameter of {name}"
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        if body is not None:
            assert media_type in operation.described["requestBody"]["content"], f"{name} takes no {media_type}"
            headers["Content-Type"] = media_type
        answer = self._calls.request(
            operation.method.upper(), self._base + operation.path, params=query, headers=headers, content=body
        )
        self.check(name, answer)
        return answer  # type: ignore[no-any-return]  # whatever makes the requests

    def check(self, name: str, answer: Any) -> None:
        """Raise AssertionError unless the answer is one that the file describes for the operation."""
        responses = self.operations[name].described["responses"]
        described = responses.get(str(answer.status_code)) or responses["default"]
        for header in described.get("headers", {}):
            assert header in answer.headers, f"{name} {answer.status_code} lacks {header}"
        if answer.status_code == 304:
            assert answer.content == b""
            return
        media_type = answer.headers["content-type"].partition(";")[0]
        assert media_type in described["content"], f"{name} {answer.status_code} is {media_type}"
        schema = described["content"][media_type]["schema"]
        value = answer.text if media_type == "text/plain" else json.loads(answer.content)
        found = [f"{one.instance_path}: {one.message}" for one in self._validator(schema).iter_errors(value)]
        assert found == [], (name, answer.status_code, found[:5])

    def _validator(self, schema: Mapping[str, Any]) -> Any:
        """Return what validates by a schema of the file, or by the one that is published for the same class as JSON-LD."""
        published = _AS_JSON_LD.get(schema.get("$ref", "").rpartition("/")[2])
        if published is not None:
            written = json.loads((self._schemas / published).read_text(encoding="utf-8"))
            return jsonschema_rs.Draft201909Validator(written, validate_formats=True)
        whole = {**schema, "components": {"schemas": copy.deepcopy(self._file["components"]["schemas"])}}
        return jsonschema_rs.Draft4Validator(whole, validate_formats=True)
