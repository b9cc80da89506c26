"""``POST /oauth/revoke``: a program gives a token back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from support.passport import open_passport, two_people
from support.programs import Backpack, new_program

if TYPE_CHECKING:
    from fastapi.testclient import TestClient
    from httpx2 import Response

    from support.world import World

AT = "/oauth/revoke"


@pytest.fixture
def visit(world: World) -> TestClient:
    """Return the browser in which Sani's passport is open."""
    return open_passport(world, two_people(world)[0])


@pytest.fixture
def backpack(world: World) -> Backpack:
    """Return a program that registered itself."""
    return new_program(world)


@pytest.fixture
def server(world: World) -> Backpack:
    """Return a server that uses its access key."""
    return Backpack(world, world.keys.iida.split("_")[1], world.keys.iida)


def give_back(program: Backpack, token: str | None, **hint: str) -> Response:
    """Give a token back."""
    return program.ask({"token": token, **hint}, at=AT)


@pytest.mark.parametrize("hint", [{}, {"token_type_hint": "refresh_token"}, {"token_type_hint": "access_token"}])
def test_it_works(visit: TestClient, backpack: Backpack, hint: dict[str, str]) -> None:
    """A refresh token that is given back ends everything that the holder had allowed, whatever the program thinks it is."""
    tokens = backpack.tokens(visit)
    answer = give_back(backpack, tokens["refresh_token"], **hint)
    assert (answer.status_code, answer.json()) == (200, {})
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert backpack.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert "Backpack" not in visit.get("/passport/settings").text
    assert give_back(backpack, tokens["refresh_token"]).status_code == 200


def test_an_access_token_ends_alone(visit: TestClient, backpack: Backpack) -> None:
    """The program may go on with its refresh token."""
    tokens = backpack.tokens(visit)
    assert give_back(backpack, tokens["access_token"], token_type_hint="access_token").status_code == 200
    assert backpack.refresh(tokens["refresh_token"]).status_code == 200


def test_a_server_gives_its_token_back(world: World, server: Backpack) -> None:
    """The token of an access key ends at once; the key stays."""
    token = server.ask({"grant_type": "client_credentials"}).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert world.client.get("/v1/credentials/nonsense", headers=headers).status_code == 404
    assert give_back(server, token).status_code == 200
    assert world.client.get("/v1/credentials/nonsense", headers=headers).json()["code"] == "token-unknown"
    assert world.client.get("/v1/credentials/nonsense", headers=world.as_iida()).status_code == 404


@pytest.mark.parametrize("token", ["okt_unknown", "okr_unknown", "nonsense"])
def test_what_is_not_known_is_no_mistake(backpack: Backpack, token: str) -> None:
    """A token that is not there opens nothing already."""
    assert give_back(backpack, token).status_code == 200


def test_nobody_ends_what_is_anothers(world: World, visit: TestClient, backpack: Backpack, server: Backpack) -> None:
    """Another program and an access key are refused, and the token stays; so does an access key that is sent as a token."""
    tokens = backpack.tokens(visit)
    for other in (new_program(world), server):
        refused = give_back(other, tokens["refresh_token"])
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert backpack.refresh(tokens["refresh_token"]).status_code == 200
    key_token = server.ask({"grant_type": "client_credentials"}).json()["access_token"]
    partner = Backpack(world, world.keys.partner.split("_")[1], world.keys.partner)
    assert give_back(partner, key_token).json()["error"] == "invalid_grant"
    assert give_back(server, world.keys.iida).status_code == 200
    headers = {"Authorization": f"Bearer {key_token}"}
    assert world.client.get("/v1/credentials/nonsense", headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"token": ""}, "invalid_request"),
        ({"token": "okt_a", "token_type_hint": "id_token"}, "unsupported_token_type"),
        ({"token": "okt_ä"}, "invalid_request"),
        ({"token": "a" * 3000}, "invalid_request"),
    ],
)
def test_what_is_malformed_is_refused(backpack: Backpack, form: dict[str, str], error: str) -> None:
    """No token, a kind that is none: 400 with OAuth's name for it."""
    refused = backpack.ask({**form}, at=AT)
    assert (refused.status_code, refused.json()["error"]) == (400, error)


def test_who_is_not_known_is_refused(world: World, backpack: Backpack) -> None:
    """Without a name, or with a wrong secret: 401; in the address nothing is taken, and other methods are none."""
    assert world.client.post(AT, data={"token": "okt_a"}).status_code == 401
    refused = give_back(replace(backpack, secret="wrong"), "okt_a")
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert refused.headers["www-authenticate"].startswith("Basic")
    in_address = world.client.post(f"{AT}?token=okt_a", data={"token": "okt_a"}, headers=backpack.headers)
    assert in_address.json()["error"] == "invalid_request"
    assert world.client.get(AT).json()["error"] == "invalid_request"
