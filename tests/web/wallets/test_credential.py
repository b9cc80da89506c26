"""``POST /oid4vci/credential``: a token and a key proof become the wallet's credential."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from okbadges.credentials.vc_jwt import read_jwt
from okbadges.passport.accepting import Decision
from support.corrections import correct, events, looked_up, side_by_side
from support.journal import broken_links
from support.passport import say
from support.wallets import LUMI, LUMI_AS_JWK, OTSO, ask, bearer, nonce, offer_again, offered

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.world import World

JWT_FORM = "OpenBadgeCredential_jwt_vc_json"


def verdict(world: World, document: bytes) -> str:
    """Return what our own verifier says of a file."""
    return str(world.client.post("/v1/verify", content=document).json()["verdict"])


@pytest.mark.parametrize("wallet", [LUMI, OTSO])
def test_it_works(world: World, wallet: Any) -> None:
    """The credential is about the wallet's key, valid, a copy that names its original, and the bytes that are stored."""
    offer = offered(world)
    answer = ask(world, bearer(world, offer), wallet.proof(world))
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    body = answer.json()
    assert set(body) == {"credentials", "notification_id"}
    (credential,) = (one["credential"] for one in body["credentials"])
    assert credential["credentialSubject"]["id"] == wallet.did
    assert verdict(world, orjson.dumps(credential)) == "VALID"
    assert looked_up(world, credential["id"])["copy_of"] is not None
    stored = world.client.get(f"/v1/credentials/{credential['id']}", headers=world.as_iida()).json()["credential"]
    assert stored == credential
    (event,) = events(world, "wallet-offer.taken")
    assert event.details == "{}"
    with world.rooms.database.read() as session:
        assert not list(broken_links(session))


def test_as_jwt(world: World) -> None:
    """The JWT form is that of the copy and names the wallet as its subject."""
    offer = offered(world)
    headers = bearer(world, offer)
    jwt = ask(world, headers, LUMI.proof(world), credential_configuration_id=JWT_FORM).json()["credentials"][0][
        "credential"
    ]
    assert read_jwt(jwt).claims["sub"] == LUMI.did
    assert verdict(world, jwt.encode()) == "VALID"
    document = ask(world, headers, LUMI.proof(world)).json()["credentials"][0]["credential"]
    assert read_jwt(jwt).claims["jti"] == document["id"]


def test_a_key_in_the_header_is_named_by_did_jwk(world: World) -> None:
    """A wallet that shows its key gets a credential about the did:jwk of it."""
    proof = LUMI.proof(world, header={"kid": None, "jwk": LUMI.key.jwk()})
    answer = ask(world, bearer(world, offered(world)), proof)
    assert answer.json()["credentials"][0]["credential"]["credentialSubject"]["id"] == LUMI_AS_JWK


@pytest.mark.parametrize("fragment", ["#0", ""])
def test_a_did_jwk_may_be_named(world: World, fragment: str) -> None:
    """A wallet may name itself by its did:jwk, with the name of its one key or without."""
    proof = LUMI.proof(world, header={"kid": f"{LUMI_AS_JWK}{fragment}"})
    assert ask(world, bearer(world, offered(world)), proof).status_code == 200


def test_the_same_wallet_gets_the_same(world: World) -> None:
    """By the same token, or by a new offer, the same wallet gets the same credential, byte for byte; nothing more is told."""
    offer = offered(world)
    headers = bearer(world, offer)
    first = ask(world, headers, LUMI.proof(world))
    assert ask(world, headers, LUMI.proof(world)).content == first.content
    assert len(events(world, "wallet-offer.taken")) == 1
    again = ask(world, bearer(world, offer_again(world, offer.holder, offer.credential)), LUMI.proof(world))
    assert again.json()["credentials"] == first.json()["credentials"]
    assert len(events(world, "credential.issued")) == 2


def test_another_wallet_is_refused(world: World) -> None:
    """What one wallet has taken no other gets, also with the same token."""
    headers = bearer(world, offered(world))
    assert ask(world, headers, LUMI.proof(world)).status_code == 200
    refused = ask(world, headers, OTSO.proof(world))
    assert (refused.status_code, refused.json()["error"]) == (400, "credential_request_denied")
    assert len(events(world, "credential.issued")) == 2


def test_of_two_at_once_one_gets_it(world: World) -> None:
    """Two wallets that ask at the same moment: exactly one has it afterwards."""
    headers = bearer(world, offered(world))
    proofs = [wallet.proof(world) for wallet in (LUMI, OTSO) for _ in range(4)]
    answers = side_by_side([partial(ask, world, headers, proof) for proof in proofs])
    given = {answer.content for answer in answers if answer.status_code == 200}
    assert len(given) == 1
    assert sorted(answer.status_code for answer in answers) == [200] * 4 + [400] * 4
    assert len(events(world, "wallet-offer.taken")) == 1
    assert len(events(world, "credential.issued")) == 2


@pytest.mark.parametrize("way", ["revoked", "hidden"])
def test_a_badge_that_was_taken_back_is_not_given(world: World, way: str) -> None:
    """After the token, but before the credential, the badge is revoked or put away: the token opens nothing."""
    offer = offered(world)
    headers, (participant,) = bearer(world, offer), offer.holder.participants
    if way == "hidden":
        say(world, participant, offer.credential, Decision.HIDE)
    else:
        correct(world, offer.credential_id, "revoke", reason="issued-in-error")
    answer = ask(world, headers, LUMI.proof(world))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
    assert len(events(world, "credential.issued")) == 1


def test_tokens_that_open_nothing(world: World) -> None:
    """No token, an access key, an invented one, one that is too old, one in the address: each refused as RFC 6750 says it."""
    offer = offered(world)
    headers = bearer(world, offer)
    missing = ask(world, {}, LUMI.proof(world))
    assert (missing.status_code, missing.headers["www-authenticate"]) == (401, 'Bearer realm="okbadges"')
    for shown in (world.as_iida(), {"Authorization": "Bearer okt_x"}, {"Authorization": "Basic b2s6"}):
        answer = ask(world, shown, LUMI.proof(world))
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
    token = headers["Authorization"].removeprefix("Bearer ")
    in_address = world.client.post(f"/oid4vci/credential?access_token={token}", json={}, headers=headers)
    assert (in_address.status_code, in_address.json()["error"]) == (400, "invalid_request")
    proof = LUMI.proof(world)
    world.clock.move(minutes=30)
    old = ask(world, headers, proof)
    assert (old.status_code, old.json()["error"]) == (401, "invalid_token")
    assert 'error="invalid_token"' in old.headers["www-authenticate"]


BODIES: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({"credential_configuration_id": None}, "invalid_credential_request"),
    "both": ({"credential_identifier": "x"}, "invalid_credential_request"),
    "number": ({"credential_configuration_id": 7}, "invalid_credential_request"),
    "unknown": ({"credential_configuration_id": "UniversityDegree"}, "unknown_credential_configuration"),
    "encrypted": ({"credential_response_encryption": {}}, "invalid_encryption_parameters"),
    "no proofs": ({"proofs": None}, "invalid_proof"),
    "proofs of draft 13": ({"proofs": None, "proof": {"proof_type": "jwt", "jwt": "x"}}, "invalid_proof"),
    "empty": ({"proofs": {}}, "invalid_proof"),
    "list": ({"proofs": []}, "invalid_proof"),
    "none": ({"proofs": {"jwt": []}}, "invalid_proof"),
    "two": ({"proofs": {"jwt": ["a.b.c", "a.b.c"]}}, "invalid_proof"),
    "two kinds": ({"proofs": {"jwt": ["a.b.c"], "di_vp": [{}]}}, "invalid_proof"),
    "object": ({"proofs": {"jwt": [{}]}}, "invalid_proof"),
    "no jwt": ({"proofs": {"jwt": ["hello"]}}, "invalid_proof"),
    "huge": ({"proofs": {"jwt": ["a" * 20_000]}}, "invalid_proof"),
}


@pytest.mark.parametrize("name", sorted(BODIES))
def test_bodies_that_are_refused(world: World, name: str) -> None:
    """Each is refused with the protocol's own error."""
    changes, error = BODIES[name]
    answer = ask(world, bearer(world, offered(world)), LUMI.proof(world), **changes)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["error_description"].isascii()


def test_what_is_no_json(world: World) -> None:
    """A list, broken JSON, a member twice, another type, too much: refused, and the token is still good."""
    headers = bearer(world, offered(world))
    for body in (b"[]", b"{", b'{"proofs":1,"proofs":2}', b"", b'"x"', b"\xff"):
        answer = world.client.post(
            "/oid4vci/credential", content=body, headers={**headers, "Content-Type": "application/json"}
        )
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_credential_request"), body
    as_text = world.client.post("/oid4vci/credential", content=b"{}", headers={**headers, "Content-Type": "text/plain"})
    assert as_text.json()["error"] == "invalid_credential_request"
    assert world.client.post("/oid4vci/credential", content=b" " * 70_000, headers=headers).status_code in (400, 413)
    assert ask(world, headers, LUMI.proof(world)).status_code == 200


PROOFS: dict[str, tuple[Callable[[World], str], str]] = {
    "audience": (lambda world: LUMI.proof(world, aud="https://other.example"), "invalid_proof"),
    "audience in a list": (lambda world: LUMI.proof(world, aud=["http://localhost:8000"]), "invalid_proof"),
    "no audience": (lambda world: LUMI.proof(world, aud=None), "invalid_proof"),
    "no nonce": (lambda world: LUMI.proof(world, nonce=None), "invalid_proof"),
    "invented nonce": (
        lambda world: LUMI.proof(world, nonce="1795348800000000.abcdefghijklmnop." + "a" * 22),
        "invalid_nonce",
    ),
    "strange nonce": (lambda world: LUMI.proof(world, nonce="nonce"), "invalid_nonce"),
    "nonce with more": (lambda world: LUMI.proof(world, nonce=nonce(world) + "\n"), "invalid_nonce"),
    "no iat": (lambda world: LUMI.proof(world, iat=None), "invalid_proof"),
    "iat as text": (lambda world: LUMI.proof(world, iat="1"), "invalid_proof"),
    "iat of long ago": (lambda world: LUMI.proof(world, iat=1), "invalid_proof"),
    "iat of the future": (lambda world: LUMI.proof(world, iat=4_000_000_000), "invalid_proof"),
    "iat as truth": (lambda world: LUMI.proof(world, iat=True), "invalid_proof"),
    "over": (lambda world: LUMI.proof(world, exp=1), "invalid_proof"),
    "type": (lambda world: LUMI.proof(world, header={"typ": "JWT"}), "invalid_proof"),
    "no type": (lambda world: LUMI.proof(world, header={"typ": None}), "invalid_proof"),
    "no key": (lambda world: LUMI.proof(world, header={"kid": None}), "invalid_proof"),
    "kid and jwk": (lambda world: LUMI.proof(world, header={"jwk": LUMI.key.jwk()}), "invalid_proof"),
    "jwk with its private part": (
        lambda world: LUMI.proof(world, header={"kid": None, "jwk": {**LUMI.key.jwk(), "d": "AAAA"}}),
        "invalid_proof",
    ),
    "somebody else's jwk": (
        lambda world: LUMI.proof(world, header={"kid": None, "jwk": OTSO.key.jwk()}),
        "invalid_proof",
    ),
    "somebody else's did": (lambda world: LUMI.proof(world, header={"kid": OTSO.method}), "invalid_proof"),
    "another key of its did": (lambda world: LUMI.proof(world, header={"kid": f"{LUMI.did}#key-2"}), "invalid_proof"),
    "a did that is fetched": (
        lambda world: LUMI.proof(world, header={"kid": "did:web:evil.example#0"}),
        "invalid_proof",
    ),
    "no did": (lambda world: LUMI.proof(world, header={"kid": "key-1"}), "invalid_proof"),
    "critical header": (lambda world: LUMI.proof(world, header={"crit": ["b64"], "b64": False}), "invalid_proof"),
    "b64": (lambda world: LUMI.proof(world, header={"b64": True}), "invalid_proof"),
    "certificates": (lambda world: LUMI.proof(world, header={"x5c": ["AAAA"]}), "invalid_proof"),
}


@pytest.mark.parametrize("name", sorted(PROOFS))
def test_proofs_that_do_not_hold(world: World, name: str) -> None:
    """Each is refused with the protocol's own error, and the next proof that holds is taken."""
    make, error = PROOFS[name]
    headers = bearer(world, offered(world))
    answer = ask(world, headers, make(world))
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert events(world, "wallet-offer.taken") == []
    assert ask(world, headers, LUMI.proof(world)).status_code == 200


def test_a_nonce_lasts_ten_minutes(world: World) -> None:
    """A nonce that was given eleven minutes ago is too old, and the wallet is told to ask for another."""
    headers, given = bearer(world, offered(world)), nonce(world)
    world.clock.move(minutes=11)
    assert ask(world, headers, LUMI.proof(world, nonce=given)).json()["error"] == "invalid_nonce"
    assert ask(world, headers, LUMI.proof(world)).status_code == 200
