"""``POST /oid4vci/token``: the code of an offer, once, with the digits of the passport."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from support.corrections import events, side_by_side
from support.journal import broken_links
from support.wallets import FORM, LUMI, ask, bearer, offer_again, offered, token_for

if TYPE_CHECKING:
    from support.world import World

CONFIGURATION = "OpenBadgeCredential_ldp_vc"


def test_it_works(world: World) -> None:
    """Code and digits become a token for half an hour, and the journal says so on the chain of the operator."""
    offer = offered(world)
    answer = token_for(world, offer)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert body["access_token"].startswith("okt_")
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 1800)
    (event,) = events(world, "wallet-offer.opened")
    assert (event.chain, event.subject, event.actor) == ("installation", f"wallet-offer:{offer.its.offer_id}", "wallet")
    with world.rooms.database.read() as session:
        assert not list(broken_links(session))


def test_a_code_is_used_once(world: World) -> None:
    """The same code again is refused, and the token of the first time goes on."""
    offer = offered(world)
    headers = bearer(world, offer)
    again = token_for(world, offer)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert ask(world, headers, LUMI.proof(world)).status_code == 200


def test_side_by_side_one_token(world: World) -> None:
    """Of many who use one code at once exactly one gets a token."""
    offer = offered(world, digits=False)
    answers = side_by_side([partial(token_for, world, offer, tx_code=None) for _ in range(8)])
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7
    assert len(events(world, "wallet-offer.opened")) == 1


@pytest.mark.parametrize("digits", ["000000", "", "12345", "1" * 5000, "४५६७८९", "abcdef"])
def test_wrong_digits(world: World, digits: str) -> None:
    """Other digits than those of the passport are refused and nothing is lost."""
    offer = offered(world)
    answer = token_for(world, offer, tx_code=digits)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert token_for(world, offer).status_code == 200


def test_five_tries_end_the_offer(world: World) -> None:
    """After five wrong tries the right digits do not help either; a new offer does, and the page of the old one says that it ended."""
    offer = offered(world)
    for _ in range(4):
        assert token_for(world, offer, tx_code="000000").json()["error"] == "invalid_grant"
    assert not events(world, "wallet-offer.ended")
    fifth = token_for(world, offer, tx_code="000000").json()
    assert "too often" in fifth["error_description"]
    assert world.client.get(f"/oid4vci/offers/{offer.its.token}").status_code == 410
    assert len(events(world, "wallet-offer.ended")) == 1
    locked = token_for(world, offer)
    assert (locked.status_code, locked.json()["error"]) == (400, "invalid_grant")
    assert "has ended" in locked.json()["error_description"]
    world.clock.move(minutes=29)
    assert token_for(world, offer).status_code == 400
    assert len(events(world, "wallet-offer.ended")) == 1
    assert token_for(world, offer_again(world, offer.holder, offer.credential)).status_code == 200


def test_digits_that_are_missing_or_not_asked_for(world: World) -> None:
    """Both are said as what they are: a request that is not right (OpenID4VCI 1.0, 6.3)."""
    offer = offered(world)
    assert token_for(world, offer, tx_code=None).json()["error"] == "invalid_request"
    plain = offer_again(world, offer.holder, offer.credential, digits=False)
    assert token_for(world, plain).json()["error"] == "invalid_request"
    assert token_for(world, plain, tx_code=None).status_code == 200


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": "authorization_code"}, "unsupported_grant_type"),
        ({"pre-authorized_code": None}, "invalid_request"),
        ({"pre-authorized_code": ""}, "invalid_request"),
        ({"pre-authorized_code": "unknown"}, "invalid_grant"),
        ({"pre-authorized_code": "🦊" * 50}, "invalid_grant"),
        ({"authorization_details": "{"}, "invalid_request"),
        ({"authorization_details": "[]"}, "invalid_request"),
        (
            {"authorization_details": '[{"type":"openid_credential","credential_configuration_id":[]}]'},
            "invalid_request",
        ),
    ],
)
def test_forms_that_are_refused(world: World, changes: dict[str, str | None], error: str) -> None:
    """Each is refused with the protocol's own error, and the code is still good."""
    offer = offered(world)
    answer = token_for(world, offer, **changes)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.headers["cache-control"] == "no-store"
    assert token_for(world, offer).status_code == 200


def test_what_is_no_form(world: World) -> None:
    """JSON, a field twice, a NUL, broken UTF-8, a code in the address: refused as `invalid_request`."""
    offer = offered(world)
    form = "&".join(f"{name}={value}" for name, value in offer.code().items())
    for body in (f"{form}&tx_code=1", f"{form}&x=%00", f"{form}&x=%FF", "&".join(f"a{n}=1" for n in range(50))):
        answer = world.client.post("/oid4vci/token", content=body, headers=FORM)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request"), body
    assert world.client.post("/oid4vci/token", json=offer.code()).json()["error"] == "invalid_request"
    assert world.client.post(f"/oid4vci/token?{form}", data=offer.code()).json()["error"] == "invalid_request"
    assert world.client.post("/oid4vci/token", content=b"a" * 70_000, headers=FORM).status_code == 413
    refused = world.client.get("/oid4vci/token")
    assert (refused.status_code, refused.json()["error"]) == (405, "invalid_request")
    assert token_for(world, offer).status_code == 200


def test_details_are_answered_with_identifiers(world: World) -> None:
    """Who asks with `authorization_details` gets identifiers, and has to use them."""
    offer = offered(world)
    wanted = '[{"type":"openid_credential","credential_configuration_id":"OpenBadgeCredential_ldp_vc"}]'
    body = token_for(world, offer, authorization_details=wanted).json()
    assert body["authorization_details"][0]["credential_identifiers"] == [CONFIGURATION]
    headers = {"Authorization": f"Bearer {body['access_token']}"}
    assert ask(world, headers, LUMI.proof(world)).json()["error"] == "invalid_credential_request"
    unknown = ask(world, headers, LUMI.proof(world), credential_configuration_id=None, credential_identifier="x")
    assert unknown.json()["error"] == "unknown_credential_identifier"
    given = ask(
        world, headers, LUMI.proof(world), credential_configuration_id=None, credential_identifier=CONFIGURATION
    )
    assert given.status_code == 200
