"""``/.well-known/openid-credential-issuer`` and the authorization server that wallets find through it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
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
