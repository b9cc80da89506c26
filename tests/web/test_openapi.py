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


PLACES = ("/v1/", "/vc-api/", "/ims/", "/issuers/", "/.well-known/", "/oauth/", "/oid4vci/", "/healthz", "/readyz")
# Protocols that say errors in their own shape, as JSON: by the beginning of their paths, a schema of their refusals.
DIALECTS = {
    "/ims/ob/v3p0/": "StatusInfo",
    "/oauth/": "OAuthError",
    "/oid4vci/token": "OAuthError",
    "/oid4vci/credential": "OAuthError",
    "/oid4vci/notification": "OAuthError",
}


def test_every_refusal_is_described_as_a_problem(document: dict[str, Any]) -> None:
    """Each documented answer from 400 on is application/problem+json, or of the shape that its protocol has."""
    for path, operations in document["paths"].items():
        shape = next((name for beginning, name in DIALECTS.items() if path.startswith(beginning)), "Problem")
        media_type = "application/problem+json" if shape == "Problem" else "application/json"
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert list(answer["content"]) == [media_type], (path, status)
                    assert f"#/components/schemas/{shape}" in str(answer["content"]), (path, status)


def test_every_operation_says_what_it_does(document: dict[str, Any]) -> None:
    """Each operation has a summary, a description and a tag; pages are not in it."""
    for path, operations in document["paths"].items():
        assert path.startswith(PLACES)
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
    scope = "https://purl.imsglobal.org/spec/ob/v3p0/scope/credential.upsert"
    assert paths["/ims/ob/v3p0/credentials"]["post"]["security"] == [{"OAuth2ACG": [scope]}]
    assert "security" not in paths["/ims/ob/v3p0/discovery"]["get"]
