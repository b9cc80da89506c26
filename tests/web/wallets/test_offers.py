"""``GET /oid4vci/offers/{token}`` and ``/w/{token}``: what a wallet reads first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from okbadges.passport.accepting import Decision
from support.corrections import correct
from support.passport import say
from support.wallets import JSON, LUMI, ask, bearer, offer_again, offered

if TYPE_CHECKING:
    from support.world import World

ISSUER = "http://localhost:8000"


def test_it_works(world: World) -> None:
    """The offer names the issuer, both forms, the code, and what digits to ask for; nothing of the person or the badge."""
    offer = offered(world)
    answer = world.client.get(f"/oid4vci/offers/{offer.its.token}")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "credential_issuer": ISSUER,
        "credential_configuration_ids": ["OpenBadgeCredential_ldp_vc", "OpenBadgeCredential_jwt_vc_json"],
        "grants": {
            "urn:ietf:params:oauth:grant-type:pre-authorized_code": {
                "pre-authorized_code": offer.its.code,
                "tx_code": {
                    "input_mode": "numeric",
                    "length": 6,
                    "description": "Kuusi numeroa näkyy osaamispassissasi.",
                },
            }
        },
    }


def test_without_digits_none_are_asked_for(world: World) -> None:
    """A holder can offer without digits."""
    offer = offered(world, digits=False)
    (grant,) = world.client.get(f"/oid4vci/offers/{offer.its.token}").json()["grants"].values()
    assert grant == {"pre-authorized_code": offer.its.code}


def test_one_address_answers_programs_by_what_they_are(world: World) -> None:
    """With `iuv=1` it says every protocol, without it is the credential offer; also to who says nothing or everything of formats."""
    offer = offered(world)
    page = f"/w/{offer.its.token}"
    for accept in ("application/json", "*/*", "application/json, text/plain, */*"):
        protocols = world.client.get(f"{page}?iuv=1", headers={"Accept": accept}).json()["protocols"]
        assert protocols == {
            "vcapi": f"{ISSUER}/vc-api/exchanges/{offer.its.token}",
            "OID4VCI": "openid-credential-offer://?credential_offer_uri="
            f"http%3A%2F%2Flocalhost%3A8000%2Foid4vci%2Foffers%2F{offer.its.token}",
            "website": f"{ISSUER}{page}",
        }
        by_reference = world.client.get(f"/oid4vci/offers/{offer.its.token}").json()
        assert world.client.get(page, headers={"Accept": accept}).json() == by_reference


@pytest.mark.parametrize("way", ["expired", "replaced", "revoked", "hidden", "declined", "taken"])
def test_an_offer_that_is_over_says_so(world: World, way: str) -> None:
    """After half an hour, a newer offer, or whatever happens to the badge, there is nothing to take."""
    offer = offered(world)
    if way == "expired":
        world.clock.move(minutes=30)
    elif way == "replaced":
        offer_again(world, offer.holder, offer.credential)
    elif way == "taken":
        assert ask(world, bearer(world, offer), LUMI.proof(world)).status_code == 200
    elif way == "revoked":
        correct(world, offer.credential_id, "revoke", reason="issued-in-error")
    else:
        (participant,) = offer.holder.participants
        say(world, participant, offer.credential, Decision.HIDE if way == "hidden" else Decision.DECLINE)
    for address in (f"/oid4vci/offers/{offer.its.token}", f"/w/{offer.its.token}", f"/w/{offer.its.token}?iuv=1"):
        answer = world.client.get(address, headers=JSON)
        assert answer.status_code == 410, address
        assert answer.json()["code"] == ("wallet-offer-taken" if way == "taken" else "wallet-offer-ended")


@pytest.mark.parametrize("token", ["x", "a" * 27, "a" * 101, "%00", "%F0%9F%A6%8A"])
def test_a_token_of_nothing(world: World, token: str) -> None:
    """A token that is none opens nothing, whatever it is."""
    assert world.client.get(f"/oid4vci/offers/{token}", headers=JSON).status_code in (404, 422)
    assert world.client.get(f"/w/{token}", headers=JSON).status_code == 404
