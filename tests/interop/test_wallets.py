"""Wallets that are not ours take badges from here: OpenID4VCI by its library, VC-API by those of the Learner Credential Wallet."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import jwt
import pytest

from okbadges.building import utc_now
from okbadges.credentials.keys import public_key_from_multibase
from okbadges.credentials.vc_jwt import read_jwt
from okbadges.partners.wallets.documents import offer_link, qr_address
from support.learners import new_participant
from support.passport import give_badge, holder_of, new_card
from support.served import served_world
from support.wallet_tool import WalletTool
from support.wallets import Offered, offer_again

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from okbadges.passport.holder import Holder
    from support.verifier import IndependentVerifiers
    from support.world import World

pytestmark = pytest.mark.node

LDP_VC, JWT_VC = "OpenBadgeCredential_ldp_vc", "OpenBadgeCredential_jwt_vc_json"
SEED = "ab" * 32
REFUSED = {
    "replayed-code": (400, "invalid_grant"),
    "wrong-digits": (400, "invalid_grant"),
    "locked-digits": (400, "invalid_grant"),
    "bad-nonce": (400, "invalid_nonce"),
    "no-proof": (400, "invalid_proof"),
    "other-audience": (400, "invalid_proof"),
    "unknown-configuration": (400, "unknown_credential_configuration"),
    "token-in-query": (400, "invalid_request"),
}


@pytest.fixture(scope="module")
def wallet(checkout: Path) -> WalletTool:
    """Return the wallet."""
    folder = checkout / ".cache" / "wallet"
    if shutil.which("node") is None or not (folder / "node_modules").is_dir():
        pytest.skip("needs node, npm and the installed libraries of wallets: make interop")
    return WalletTool(checkout / "tests" / "tools" / "wallet" / "wallet.mjs", folder)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Serve an installation by today's clock, as the libraries of wallets know no other."""
    with served_world(tmp_path_factory.mktemp("wallets"), now=utc_now) as world:
        yield world


@pytest.fixture(scope="module")
def sani(served: World) -> tuple[Holder, Any]:
    """Return who holds a badge, and the badge."""
    participant = new_participant(served)
    badge = give_badge(served, participant)
    return holder_of(served, new_card(served, participant)), badge


@pytest.fixture
def offer(served: World, sani: tuple[Holder, Any]) -> Offered:
    """Return a new offer of the badge."""
    return offer_again(served, *sani)


def by_value(served: World, offer: Offered) -> str:
    """Return the link that holds the offer itself."""
    document = served.client.get(f"/oid4vci/offers/{offer.its.token}").json()
    return f"openid-credential-offer://?credential_offer={quote(json.dumps(document))}"


def opened_by_pyjwt(served: World, credential: str) -> dict[str, Any]:
    """Return the claims of a JWT, of which another library found the signature right; the independent verifiers know no P-256 Multikey."""
    methods = served.client.get("/issuers/ok/did.json").json()["verificationMethod"]
    wanted = jwt.get_unverified_header(credential)["kid"]
    (multibase,) = (one["publicKeyMultibase"] for one in methods if one["id"] == wanted)
    key = jwt.PyJWK({**public_key_from_multibase(multibase).jwk(), "alg": "ES256"})
    claims: dict[str, Any] = jwt.decode(credential, key, algorithms=["ES256"])
    return claims


@pytest.mark.parametrize(
    ("way", "configuration", "alg", "binding"),
    [
        ("reference", LDP_VC, "EdDSA", "did"),
        ("reference", JWT_VC, "ES256", "did"),
        ("value", LDP_VC, "ES256", "jwk"),
        ("value", JWT_VC, "EdDSA", "jwk"),
        ("qr", LDP_VC, "EdDSA", "did"),
    ],
)
def test_openid4vci(
    served: World,
    wallet: WalletTool,
    offer: Offered,
    node_verifier: IndependentVerifiers,
    tmp_path: Path,
    *,
    way: str,
    configuration: str,
    alg: str,
    binding: str,
) -> None:
    """From the offer to the notification, in both forms, with both kinds of keys; what it got is verified by others too."""
    link = {"reference": offer_link(offer.its), "qr": qr_address(offer.its), "value": by_value(served, offer)}[way]
    taken = wallet.openid(link, offer.its.digits, configuration=configuration, alg=alg, binding=binding)
    assert taken["ok"] is True, taken
    assert taken["version"] == "V1"
    credential = taken["credential"]
    document: Any = read_jwt(credential).unverified_document() if configuration == JWT_VC else credential
    assert document["credentialSubject"]["id"].startswith("did:key:" if binding == "did" else "did:jwk:")
    if binding == "did":
        assert document["credentialSubject"]["id"] == taken["did"]
    if configuration == JWT_VC:
        assert served.client.post("/v1/verify", content=credential.encode()).json()["verdict"] == "VALID"
        assert opened_by_pyjwt(served, credential)["sub"] == document["credentialSubject"]["id"]
        return
    file = tmp_path / "badge.json"
    file.write_text(json.dumps(credential))
    (opinion,) = node_verifier.ask([file], base_url=served.rooms.base_url)
    assert opinion.accepted, str(opinion)


@pytest.mark.parametrize("twist", sorted(REFUSED))
def test_openid4vci_refusals(wallet: WalletTool, offer: Offered, twist: str) -> None:
    """What the wallet does wrongly is refused with the status and the error of the protocol."""
    refused = wallet.openid(offer_link(offer.its), offer.its.digits, twist=twist)
    assert (refused["ok"], refused["status"], refused["error"]) == (False, *REFUSED[twist]), refused


def test_the_same_wallet_and_another(served: World, wallet: WalletTool, sani: tuple[Holder, Any]) -> None:
    """A wallet that comes again with its key, by a new offer, gets the credential that it has; another one gets its own."""
    links = [offer_again(served, *sani) for _ in range(3)]
    got = []
    for seed in (SEED, SEED, None):
        one = offer_again(served, *sani)
        got.append(wallet.openid(offer_link(one.its), one.its.digits, seed=seed))
    first, again, other = (taken["credential"]["id"] for taken in got)
    assert first == again != other
    ended = wallet.openid(offer_link(links[0].its), links[0].its.digits)
    assert (ended["ok"], ended["status"]) == (False, 410)


@pytest.mark.parametrize("suite", ["Ed25519Signature2020", "eddsa-rdfc-2022"])
def test_vc_api(
    served: World,
    wallet: WalletTool,
    offer: Offered,
    node_verifier: IndependentVerifiers,
    tmp_path: Path,
    suite: str,
) -> None:
    """From the interaction URL to the credential, with a presentation as the Learner Credential Wallet signs it, or a newer one."""
    taken = wallet.exchange(qr_address(offer.its), suite)
    assert taken["ok"] is True, taken
    assert taken["credential"]["credentialSubject"]["id"] == taken["did"]
    file = tmp_path / "badge.json"
    file.write_text(json.dumps(taken["credential"]))
    (opinion,) = node_verifier.ask([file], base_url=served.rooms.base_url)
    assert opinion.accepted, str(opinion)
    assert "@digitalcredentials/verifier-core" in opinion.passed


@pytest.mark.parametrize(("twist", "code"), [("replay", "challenge-used"), ("other-domain", "challenge-mismatch")])
def test_vc_api_refusals(wallet: WalletTool, offer: Offered, twist: str, code: str) -> None:
    """The same presentation again, and one for another domain, are problems."""
    refused = wallet.exchange(qr_address(offer.its), "Ed25519Signature2020", twist=twist)
    assert (refused["ok"], refused["status"], refused["code"]) == (False, 400, code), refused
