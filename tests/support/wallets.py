"""Wallets in tests: a badge that Sani offers, and a wallet with a key of its own that takes it by either protocol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec

from okbadges.credentials.data_integrity import sign
from okbadges.credentials.dids import did_jwk, did_key
from okbadges.credentials.signers import EcdsaSigner, Ed25519Signer
from okbadges.credentials.vocabulary import CREDENTIALS_V1, CREDENTIALS_V2, ED25519_2020_V1
from okbadges.partners.wallets.documents import LDP_VC
from okbadges.partners.wallets.offers import Addresses, make_offer
from okbadges.partners.wallets.pre_authorized import GRANT_TYPE
from okbadges.storage.tables import CredentialRow
from support.learners import new_participant
from support.passport import give_badge, holder_of, new_card
from verification.jwts import compact

if TYPE_CHECKING:
    import uuid

    from httpx2 import Response

    from okbadges.credentials.keys import PublicKey
    from okbadges.credentials.signers import Signer
    from okbadges.passport.holder import Holder
    from support.world import World

JSON = {"Accept": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Offered:
    """A badge on offer: whose, which, and what is derived for wallets."""

    holder: Holder
    credential: uuid.UUID
    credential_id: str
    its: Addresses

    def code(self, **changes: str | None) -> dict[str, str]:
        """Return the form that exchanges its code, with some fields changed; None leaves one out."""
        usual = {"grant_type": GRANT_TYPE, "pre-authorized_code": self.its.code, "tx_code": self.its.digits}
        return {name: value for name, value in {**usual, **changes}.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Wallet:
    """A wallet with one key."""

    signer: Signer

    @property
    def key(self) -> PublicKey:
        """Return its public key."""
        return self.signer.public_key

    @property
    def did(self) -> str:
        """Return its did:key."""
        return did_key(self.key)

    @property
    def method(self) -> str:
        """Return its key's name."""
        return f"{self.did}#{self.did.removeprefix('did:key:')}"

    @property
    def algorithm(self) -> str:
        """Return how JOSE calls its signatures."""
        return "EdDSA" if self.key.kind == "ed25519" else "ES256"

    def proof(self, world: World, *, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """Return a key proof for this service, of now, with some header members or claims changed; None leaves one out."""
        usual = {"aud": world.rooms.base_url, "iat": int(world.clock().timestamp()), "nonce": nonce(world)}
        head = {"typ": "openid4vci-proof+jwt", "alg": self.algorithm, "kid": self.method}
        return compact(_changed(head, header or {}), _changed(usual, claims), self.signer.sign).decode()

    def presentation(self, request: dict[str, Any], *, suite: str = "Ed25519Signature2020", **changes: Any) -> Any:
        """Return the presentation that a request asks for, as the Learner Credential Wallet makes it."""
        asked = request["verifiablePresentationRequest"]
        contexts = [CREDENTIALS_V1, ED25519_2020_V1] if suite == "Ed25519Signature2020" else [CREDENTIALS_V2]
        document = {"@context": contexts, "type": ["VerifiablePresentation"], "holder": self.did, **changes}
        return sign(
            document,
            signer=self.signer,
            verification_method=self.method,
            suite=suite,
            purpose="authentication",
            challenge=asked["challenge"],
            domain=asked["domain"],
        )


LUMI, OTSO = Wallet(Ed25519Signer(bytes([7]) * 32)), Wallet(EcdsaSigner(ec.derive_private_key(8, ec.SECP256R1())))
"""Two wallets, one with an Ed25519 key and one with a P-256 key."""
LUMI_AS_JWK = did_jwk(LUMI.key)


def offered(world: World, *, digits: bool = True, **order: object) -> Offered:
    """Let Sani offer a badge to a wallet."""
    sani = new_participant(world)
    badge = give_badge(world, sani, **order)  # type: ignore[arg-type]  # of the order
    return offer_again(world, holder_of(world, new_card(world, sani)), badge, digits=digits)


def offer_again(world: World, holder: Holder, badge: uuid.UUID, *, digits: bool = True) -> Offered:
    """Let a holder offer one of their badges, once more."""
    rooms = world.rooms
    made = make_offer(rooms.writer, rooms.stamp("holder"), rooms.secrets, holder, badge, asks_digits=digits)
    with rooms.database.read() as session:
        credential_id = session.get_one(CredentialRow, badge).credential_id
    return Offered(holder, badge, credential_id, Addresses(rooms.secrets, rooms.base_url, made))


def nonce(world: World) -> str:
    """Return a nonce of the service."""
    found: str = world.client.post("/oid4vci/nonce").json()["c_nonce"]
    return found


def token_for(world: World, offer: Offered, **changes: str | None) -> Response:
    """Exchange the code of an offer."""
    return world.client.post("/oid4vci/token", data=offer.code(**changes))


def bearer(world: World, offer: Offered) -> dict[str, str]:
    """Return the headers of a wallet that exchanged the code of an offer."""
    answer = token_for(world, offer)
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def ask(world: World, headers: dict[str, str], *proofs: str, **body: Any) -> Response:
    """Ask for the credential with key proofs; members of the body can be changed."""
    usual: dict[str, Any] = {"credential_configuration_id": LDP_VC, "proofs": {"jwt": list(proofs)}}
    return world.client.post("/oid4vci/credential", json=_changed(usual, body), headers=headers)


def exchange(world: World, offer: Offered, message: Any) -> Response:
    """Send a message to the exchange of an offer."""
    return world.client.post(f"/vc-api/exchanges/{offer.its.token}", json=message)


def _changed(usual: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}
