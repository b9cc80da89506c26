"""``/openapi.json``: complete, with examples, and every refusal a problem."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from support.world import World


@pytest.fixture
def document(world: World) -> dict[str, Any]:
    """Return the OpenAPI document of a running installation."""
    found: dict[str, Any] = world.client.get("/openapi.json").json()
    return found


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    """Each $ref names a schema that is there."""
    schemas = document["components"]["schemas"]
    references: set[str] = set()

    def walk(node: object) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                references.add(node["$ref"])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(document)
    assert references
    assert {reference.rsplit("/", 1)[1] for reference in references} <= set(schemas)
    assert "HTTPValidationError" not in schemas


def test_every_refusal_is_described_as_a_problem(document: dict[str, Any]) -> None:
    """Each documented answer from 400 on is application/problem+json."""
    for path, operations in document["paths"].items():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    # OAuth has its own shape of an error
                    said = "application/json" if path.startswith("/oauth/") else "application/problem+json"
                    assert list(answer["content"]) == [said], (path, status)


def test_every_operation_says_what_it_does(document: dict[str, Any]) -> None:
    """Each operation has a summary, a description and a tag; pages are not in it."""
    for path, operations in document["paths"].items():
        assert path.startswith(("/v1/", "/vc-api/", "/issuers/", "/.well-known/", "/oauth/", "/healthz", "/readyz"))
        for operation in operations.values():
            assert operation["summary"]
            assert operation["description"]
            assert operation["tags"]


def test_what_needs_a_key_says_so(document: dict[str, Any]) -> None:
    """Issuing, reading and revoking are marked as needing an access key; the catalogue and verifying are open."""
    paths = document["paths"]
    assert paths["/v1/credentials"]["post"]["security"] == [{"Access key": []}]
    assert paths["/v1/credentials/{credential_id}/revoke"]["post"]["security"] == [{"Access key": []}]
    assert "security" not in paths["/v1/badges"]["get"]
    assert "security" not in paths["/v1/verify"]["post"]
