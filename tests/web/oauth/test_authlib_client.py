"""The whole story with a client that is not ours: authlib's own, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from support.passport import new_card, two_people
from support.programs import BACK, OFFLINE, READ, REGISTRATION, back_address
from support.served import served_world
from support.world import order

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.world import World

WAIT = 30


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Run the real application behind a port."""
    with served_world(tmp_path_factory.mktemp("authlib")) as running:
        yield running


@pytest.fixture(scope="module")
def metadata(world: World) -> dict[str, Any]:
    """Return what the server says of itself: the only address that a program knows is the server's."""
    told = requests.get(f"{world.rooms.base_url}/.well-known/oauth-authorization-server", timeout=WAIT)
    found: dict[str, Any] = told.json()
    assert found["issuer"] == world.rooms.base_url
    return found


def test_a_backpack_from_registration_to_the_end(world: World, metadata: dict[str, Any]) -> None:
    """Metadata, registration, a holder's word, tokens with PKCE, a refresh, giving back: and then nothing opens any more."""
    registered = requests.post(metadata["registration_endpoint"], json=REGISTRATION, timeout=WAIT).json()
    program = OAuth2Session(
        registered["client_id"],
        registered["client_secret"],
        scope=f"{READ} {OFFLINE}",
        redirect_uri=BACK,
        code_challenge_method="S256",
    )
    verifier = generate_token(64)
    address, state = program.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier)

    holder = requests.Session()
    card = new_card(world, two_people(world)[0])
    assert "Backpack" not in holder.get(address, timeout=WAIT).text
    asked = holder.get(card.address, timeout=WAIT)
    assert asked.url.startswith(metadata["authorization_endpoint"])
    answered = holder.post(asked.url, data={"decision": "allow", "scope": [READ, OFFLINE]}, timeout=WAIT)

    tokens = program.fetch_token(
        metadata["token_endpoint"],
        authorization_response=back_address(answered.text),
        state=state,
        code_verifier=verifier,
    )
    assert set(tokens["scope"].split()) == {READ, OFFLINE}
    newer = program.refresh_token(metadata["token_endpoint"])
    assert newer["access_token"] != tokens["access_token"]
    assert program.revoke_token(metadata["revocation_endpoint"], token_type_hint="refresh_token").status_code == 200
    with pytest.raises(OAuthError, match="invalid_grant"):
        program.refresh_token(metadata["token_endpoint"], refresh_token=newer["refresh_token"])


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a_server_with_its_access_key(world: World, metadata: dict[str, Any], method: str) -> None:
    """It asks with its access key, issues a badge with the token, and is refused what it did not ask for."""
    key = world.keys.iida
    server = OAuth2Session(key.split("_")[1], key, token_endpoint_auth_method=method, scope="credentials:issue")
    server.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")
    issued = server.post(f"{world.rooms.base_url}/v1/credentials", json=order(), timeout=WAIT)
    assert issued.status_code == 201
    refused = server.post(
        f"{world.rooms.base_url}/v1/credentials/{issued.json()['id']}/revoke",
        json={"reason": "issued-in-error"},
        timeout=WAIT,
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "scope-missing")


def test_a_wrong_secret_is_an_error_that_it_knows(world: World, metadata: dict[str, Any]) -> None:
    """Authlib reads the refusal as what it is."""
    server = OAuth2Session(world.keys.iida.split("_")[1], world.keys.partner)
    with pytest.raises(OAuthError, match="invalid_client"):
        server.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")
