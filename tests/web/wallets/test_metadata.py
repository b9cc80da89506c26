"""``/.well-known/openid-credential-issuer`` and the authorization server that wallets find through it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from okbadges.app import create_app
from support.world import Clock, prepare, settings_for

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import World

ISSUER = "http://localhost:8000"


def test_it_works(world: World) -> None:
    """The issuer says where everything is, in which forms it issues, and how keys are proven."""
    answer = world.client.get("/.well-known/openid-credential-issuer")
    assert answer.headers["content-type"] == "application/json"
    found = answer.json()
    assert found["credential_issuer"] == ISSUER
    assert found["credential_endpoint"] == f"{ISSUER}/oid4vci/credential"
    assert found["nonce_endpoint"] == f"{ISSUER}/oid4vci/nonce"
    assert found["notification_endpoint"] == f"{ISSUER}/oid4vci/notification"
    assert {one["locale"] for one in found["display"]} == {"fi", "sv", "en"}
    both = found["credential_configurations_supported"]
    assert {name: one["format"] for name, one in both.items()} == {
        "OpenBadgeCredential_ldp_vc": "ldp_vc",
        "OpenBadgeCredential_jwt_vc_json": "jwt_vc_json",
    }
    for one in both.values():
        assert one["proof_types_supported"] == {"jwt": {"proof_signing_alg_values_supported": ["ES256", "EdDSA"]}}
        assert one["cryptographic_binding_methods_supported"] == ["did:key", "did:jwk", "jwk"]
        assert one["credential_definition"]["type"] == ["VerifiableCredential", "OpenBadgeCredential"]


def test_its_authorization_server_is_its_own(world: World) -> None:
    """The server that the issuer names has its metadata where RFC 8414 puts it, and knows one grant."""
    (server,) = world.client.get("/.well-known/openid-credential-issuer").json()["authorization_servers"]
    assert server == f"{ISSUER}/oid4vci"
    found = world.client.get("/.well-known/oauth-authorization-server/oid4vci").json()
    assert found["issuer"] == server
    assert found["token_endpoint"] == f"{ISSUER}/oid4vci/token"
    assert found["grant_types_supported"] == ["urn:ietf:params:oauth:grant-type:pre-authorized_code"]
    assert found["pre-authorized_grant_anonymous_access_supported"] is True


@pytest.mark.parametrize("place", ["openid-credential-issuer/other", "oauth-authorization-server/other/oid4vci"])
def test_there_is_no_other_issuer(world: World, place: str) -> None:
    """Metadata at the place of another identifier is not there."""
    assert world.client.get(f"/.well-known/{place}").status_code == 404


def test_where_the_base_url_has_a_path(tmp_path: Path) -> None:
    """The path follows the well-known part (OpenID4VCI 1.0, 12.2.2; RFC 8414, 3.1), and without it there is nothing."""
    url, base_url = f"sqlite:///{tmp_path}/okbadges.sqlite3", f"{ISSUER}/merkit"
    prepare(url, base_url=base_url)
    with TestClient(create_app(settings_for(url, base_url=base_url), now=Clock()), base_url=ISSUER) as client:
        found = client.get("/.well-known/openid-credential-issuer/merkit").json()
        assert found["credential_issuer"] == base_url
        server = client.get("/.well-known/oauth-authorization-server/merkit/oid4vci").json()
        assert [server["issuer"]] == found["authorization_servers"]
        for place in ("openid-credential-issuer", "oauth-authorization-server/oid4vci"):
            assert client.get(f"/.well-known/{place}").status_code == 404
