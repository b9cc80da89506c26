"""``POST /vc-api/exchanges/{token}``: two messages, in the order in which the Learner Credential Wallet sends them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from support.corrections import code_of, events, looked_up, side_by_side
from support.wallets import LUMI, OTSO, ask, bearer, exchange, offer_again, offered

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.wallets import Offered, Wallet
    from support.world import World

ISSUER = "http://localhost:8000"


def begun(world: World, offer: Offered) -> dict[str, Any]:
    """Send the first message and return what is asked."""
    answer = exchange(world, offer, {})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store"), answer.text
    request: dict[str, Any] = answer.json()
    return request


def answered(world: World, offer: Offered, wallet: Wallet = LUMI, **changes: Any) -> Any:
    """Take an offer with both messages."""
    presentation = wallet.presentation(begun(world, offer), **changes)
    return exchange(world, offer, {"verifiablePresentation": presentation})


@pytest.mark.parametrize(
    ("wallet", "suite"),
    [(LUMI, "Ed25519Signature2020"), (LUMI, "eddsa-rdfc-2022"), (OTSO, "ecdsa-rdfc-2019")],
)
def test_it_works(world: World, wallet: Wallet, suite: str) -> None:
    """Asked is who the wallet is, given is a presentation with its credential, about its key and valid."""
    offer = offered(world)
    request = begun(world, offer)["verifiablePresentationRequest"]
    (query,), (service,) = request["query"], request["interact"]["service"]
    assert query["type"] == "DIDAuthentication"
    assert {"method": "key"} in query["acceptedMethods"]
    assert {"cryptosuite": "Ed25519Signature2020"} in query["acceptedCryptosuites"]
    assert (request["domain"], service["serviceEndpoint"]) == (ISSUER, f"{ISSUER}/vc-api/exchanges/{offer.its.token}")
    answer = answered(world, offer, wallet, suite=suite)
    assert answer.status_code == 200, answer.text
    presented = answer.json()["verifiablePresentation"]
    assert presented["type"] == ["VerifiablePresentation"]
    (credential,) = presented["verifiableCredential"]
    assert credential["credentialSubject"]["id"] == wallet.did
    assert world.client.post("/v1/verify", content=orjson.dumps(credential)).json()["verdict"] == "VALID"
    assert looked_up(world, credential["id"])["copy_of"] == offer.credential_id
    assert len(events(world, "wallet-offer.taken")) == 1


def test_the_same_wallet_gets_the_same(world: World) -> None:
    """Once more from the beginning, by this door or the other, the same wallet has the same credential; another one is refused."""
    offer = offered(world)
    first = answered(world, offer)
    world.clock.move(seconds=1)
    assert answered(world, offer).content == first.content
    assert len(events(world, "wallet-offer.taken")) == len(events(world, "wallet-offer.taken-again")) == 1
    assert code_of(answered(world, offer, OTSO, suite="ecdsa-rdfc-2019")) == (409, "wallet-offer-taken")
    again = offer_again(world, offer.holder, offer.credential)
    (credential,) = first.json()["verifiablePresentation"]["verifiableCredential"]
    by_other_door = ask(world, bearer(world, again), LUMI.proof(world)).json()["credentials"][0]["credential"]
    assert by_other_door == credential


def test_an_answer_is_good_once(world: World) -> None:
    """The same presentation again is refused, and so is one for a challenge from before the one that was answered."""
    offer = offered(world)
    early = begun(world, offer)
    world.clock.move(seconds=1)
    message = {"verifiablePresentation": LUMI.presentation(begun(world, offer))}
    assert exchange(world, offer, message).status_code == 200
    assert code_of(exchange(world, offer, message)) == (400, "challenge-used")
    late = exchange(world, offer, {"verifiablePresentation": LUMI.presentation(early)})
    assert code_of(late) == (400, "challenge-used")


def test_two_wallets_at_once(world: World) -> None:
    """Two wallets answer at the same moment: exactly one has the badge afterwards."""
    offer = offered(world)
    messages = [
        {"verifiablePresentation": LUMI.presentation(begun(world, offer))},
        {"verifiablePresentation": OTSO.presentation(begun(world, offer), suite="ecdsa-rdfc-2019")},
    ]
    answers = side_by_side([partial(exchange, world, offer, message) for message in messages])
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(events(world, "credential.issued")) == 2


def test_what_the_other_door_gave_is_gone(world: World) -> None:
    """A wallet that took the badge by OpenID4VCI is the one wallet of this offer."""
    offer = offered(world)
    assert ask(world, bearer(world, offer), OTSO.proof(world)).status_code == 200
    assert code_of(answered(world, offer)) == (409, "wallet-offer-taken")


def _altered(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda presentation: {**presentation, **changes}


def _proof(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda presentation: {**presentation, "proof": {**presentation["proof"], **changes}}


WRONG: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], str]] = {
    "another holder": (_altered(holder=OTSO.did), "key-not-issuers"),
    "a holder that is fetched": (_altered(holder="did:web:evil.example"), "holder-not-supported"),
    "a holder that is none": (_altered(holder=7), "holder-not-supported"),
    "a changed content": (_altered(id="urn:uuid:6f2d1c1e-0d5a-4f0e-9d5b-1c8a2f7e4b11"), "bad-signature"),
    "another challenge": (_proof(challenge="other"), "challenge-unknown"),
    "no challenge": (_proof(challenge=None), "challenge-missing"),
    "another domain": (_proof(domain="https://other.example"), "bad-signature"),
    "another purpose": (_proof(proofPurpose="assertionMethod"), "purpose-mismatch"),
    "no proof": (_altered(proof=None), "challenge-missing"),
    "proofs": (lambda presentation: {**presentation, "proof": [presentation["proof"]]}, "challenge-missing"),
    "a broken value": (_proof(proofValue="z1"), "malformed-proof"),
    "a credential in it": (_altered(verifiableCredential=[{"id": "x"}]), "credentials-not-asked"),
    "another type": (_altered(type=["VerifiableCredential"]), "not-a-presentation"),
    "unknown contexts": (_altered(**{"@context": ["https://evil.example/v1"]}), "schema"),
}


@pytest.mark.parametrize("name", sorted(WRONG))
def test_presentations_that_do_not_hold(world: World, name: str) -> None:
    """Each is a problem with what was wrong, nothing is taken, and the right one goes through."""
    change, code = WRONG[name]
    offer = offered(world)
    right = LUMI.presentation(begun(world, offer))
    answer = exchange(world, offer, {"verifiablePresentation": change(right)})
    assert answer.headers["content-type"] == "application/problem+json"
    assert code_of(answer) == (400, code)
    assert events(world, "wallet-offer.taken") == []
    assert exchange(world, offer, {"verifiablePresentation": right}).status_code == 200


def test_a_proof_for_another_place_is_refused(world: World) -> None:
    """A proof that a wallet made for another service, and for another offer's challenge, is good for nothing here."""
    offer = offered(world)
    request = begun(world, offer)
    request["verifiablePresentationRequest"]["domain"] = "https://other.example"
    message = {"verifiablePresentation": LUMI.presentation(request)}
    assert code_of(exchange(world, offer, message)) == (400, "challenge-mismatch")
    newer = offer_again(world, offer.holder, offer.credential)
    crossed = {"verifiablePresentation": LUMI.presentation({**request})}
    assert code_of(exchange(world, newer, crossed)) == (400, "challenge-unknown")


def test_a_challenge_lasts_ten_minutes(world: World) -> None:
    """Whoever is too late begins again."""
    offer = offered(world)
    request = begun(world, offer)
    world.clock.move(minutes=11)
    late = exchange(world, offer, {"verifiablePresentation": LUMI.presentation(request)})
    assert code_of(late) == (400, "challenge-unknown")
    assert answered(world, offer).status_code == 200
    world.clock.move(minutes=20)
    assert code_of(exchange(world, offer, {})) == (410, "wallet-offer-ended")


@pytest.mark.parametrize("message", [[], "x", {"verifiablePresentation": "a.b.c"}, {"verifiablePresentation": []}])
def test_messages_that_are_none(world: World, message: Any) -> None:
    """What is not a message is refused as a problem; members that others use are passed over."""
    offer = offered(world)
    assert exchange(world, offer, message).status_code == 422
    assert exchange(world, offer, {"type": "x", "zcap": []}).status_code == 200
    nothing = world.client.post(f"/vc-api/exchanges/{offer.its.token}")
    assert nothing.status_code == 422
    assert world.client.post("/vc-api/exchanges/nothing", json={}).status_code == 404
