"""``GET /v1/credentials/{id}/forms/vc-jwt``."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from okbadges.organisations.roles import Scope

if TYPE_CHECKING:
    from support.world import World


def test_it_works(world: World) -> None:
    """The JWT of a credential of one's own, by its media type, the same every time; a verifier calls it valid."""
    issued = world.issue()
    answer = world.client.get(f"/v1/credentials/{issued['id']}/forms/vc-jwt", headers=world.as_iida())
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/jwt"
    assert answer.text.count(".") == 2
    bare = world.client.get(
        f"/v1/credentials/{issued['id'].removeprefix('urn:uuid:')}/forms/vc-jwt", headers=world.as_iida()
    )
    assert bare.content == answer.content
    world.clock.move(seconds=2)
    assert world.client.post("/v1/verify", content=answer.content).json()["verdict"] == "VALID"


def test_only_who_may_read_it_gets_it(world: World) -> None:
    """No key: 401; a key without the scope: 403; another organisation's: 404, as if there were none."""
    path = f"/v1/credentials/{world.issue()['id']}/forms/vc-jwt"
    assert world.client.get(path).status_code == 401
    assert world.client.get(path, headers=world.key([Scope.ISSUE])).status_code == 403
    assert world.client.get(path, headers=world.as_tuula()).status_code == 403
    assert world.client.get(path, headers=world.as_partner()).status_code == 404


def test_the_base_is_for_the_holder_only(world: World) -> None:
    """There is no such form in the API, for nobody."""
    issued = world.issue()
    for form in ("ecdsa-sd-2023", "selective", "vc-jwt/x", "VC-JWT"):
        answer = world.client.get(f"/v1/credentials/{issued['id']}/forms/{form}", headers=world.as_aino())
        assert answer.status_code == 404


@pytest.mark.parametrize(
    "name", ["x", "urn:uuid:", "%F0%9F%92%A9", "9" * 400, "urn:uuid:6f2d1c1e-0d5a-4f0e-9d5b-1c8a2f7e4b11"]
)
def test_what_is_no_credential_is_not_found(world: World, name: str) -> None:
    """Whatever stands there instead of an id."""
    answer = world.client.get(f"/v1/credentials/{quote(name, safe='%')}/forms/vc-jwt", headers=world.as_iida())
    assert answer.status_code == 404
    assert answer.json()["code"] == "unknown-credential"


def test_a_revoked_credential_gets_no_new_form(world: World) -> None:
    """409 in words."""
    issued = world.issue()
    world.client.post(f"/v1/credentials/{issued['id']}/revoke", json={"reason": "replaced"}, headers=world.as_iida())
    answer = world.client.get(f"/v1/credentials/{issued['id']}/forms/vc-jwt", headers=world.as_iida())
    assert (answer.status_code, answer.json()["code"]) == (409, "credential-revoked")
