"""Rates at the doors: a key and an address are let through so often, and told when to come back."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from fastapi.testclient import TestClient

from okbadges.app import create_app
from support.world import BASE_URL, order, settings_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.world import World

WHO = "/v1/credentials/nonsense"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "fi"}


@contextmanager
def limited(world: World, **rates: str) -> Iterator[TestClient]:
    """Serve the same installation with rates."""
    url = world.rooms.database.engine.url.render_as_string(hide_password=False)
    with TestClient(
        create_app(settings_for(url).model_copy(update=rates), now=world.clock), base_url=BASE_URL
    ) as client:
        yield client


def test_a_key_calls_as_often_as_it_may(world: World) -> None:
    """The sixth call of a key within the hour is refused with the seconds to wait, wherever it goes; another key goes on."""
    with limited(world, rate_per_key="5/hour") as client:
        codes = [client.get(WHO, headers=world.as_iida()).status_code for _ in range(5)]
        refused = client.post("/v1/credentials", json=order(), headers=world.as_iida())
        assert (codes, refused.status_code, refused.json()["code"]) == ([404] * 5, 429, "too-many-requests")
        assert 1 <= int(refused.headers["retry-after"]) <= 720
        assert client.get(WHO, headers=world.as_aino()).status_code == 404
        # whoever has no key that holds uses up nobody's calls
        assert client.get(WHO).status_code == 401
        said = client.get("/metrics", headers=world.as_audrey()).text
    assert 'okbadges_limited_total{limit="access-key"} 1.0' in said


def test_an_address_verifies_as_often_as_it_may(world: World) -> None:
    """All four doors share one allowance; reading pages is free; a person gets a page, a program a problem; a body is not read."""
    with limited(world, rate_per_address="4/hour") as client:
        doors = ("/v1/verify", "/verify", "/vc-api/credentials/verify", "/vc-api/presentations/verify")
        assert 429 not in {client.post(door, json={}).status_code for door in doors}
        for door in doors:
            refused = client.post(door, content=b"x" * 3_000_000)
            assert (refused.status_code, refused.json()["code"]) == (429, "too-many-requests")
            assert int(refused.headers["retry-after"]) >= 1
        page = client.post("/verify", headers=BROWSER)
        assert (page.status_code, page.headers["content-type"]) == (429, "text/html; charset=utf-8")
        assert page.headers["content-security-policy"].startswith("default-src 'none'")
        assert client.get("/verify").status_code == 200
        assert client.get("/badges").status_code == 200
        assert TestClient(client.app, client=("192.0.2.9", 1)).post("/v1/verify", json={}).status_code == 200


def test_what_the_address_line_says_changes_nothing(world: World) -> None:
    """A header that claims another address is not believed by the service itself; that is the server's, for proxies it trusts."""
    with limited(world, rate_per_address="1/hour") as client:
        codes = [
            client.post("/v1/verify", json={}, headers={"X-Forwarded-For": f"192.0.2.{number}"}).status_code
            for number in range(3)
        ]
    assert codes == [200, 429, 429]
