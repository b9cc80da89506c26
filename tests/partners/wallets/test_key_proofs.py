"""Key proofs by themselves: what a wallet could send to be taken for another, and any text at all."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okbadges.credentials.jws import write_jws
from okbadges.errors import InvalidInput
from okbadges.partners.wallets.key_proofs import proven_wallet
from okbadges.partners.wallets.nonces import new_nonce
from okbadges.storage.sealing import Secrets
from support.wallets import LUMI, OTSO

if TYPE_CHECKING:
    from collections.abc import Callable

ISSUER = "https://badges.example"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECRETS = Secrets(bytes(32))
NONCE = new_nonce(SECRETS, now=NOW, random_bytes=secrets.token_bytes)
CLAIMS = {"aud": ISSUER, "iat": int(NOW.timestamp()), "nonce": NONCE}
HEADER = {"typ": "openid4vci-proof+jwt", "alg": "EdDSA", "kid": LUMI.method}
RIGHT = write_jws({**HEADER}, json.dumps(CLAIMS).encode(), LUMI.signer).compact


def proven(jwt: str) -> str:
    """Return who proved their key."""
    return proven_wallet(jwt, audience=ISSUER, secrets=SECRETS, now=NOW)


def outcome(jwt: str) -> str:
    """Return who proved their key, or the code of the refusal."""
    try:
        return proven(jwt)
    except InvalidInput as refused:
        return refused.code


def part(value: Any) -> str:
    """Return a part of a JWT."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def by_hand(header: dict[str, Any], sign: Callable[[bytes], bytes], payload: Any = None) -> str:
    """Return a JWT with any header, signed by any means."""
    signed = f"{part({**HEADER, **header})}.{part(payload if payload is not None else CLAIMS)}"
    return f"{signed}.{part(sign(signed.encode()))}"


def by_lumi(message: bytes) -> bytes:
    """Sign as Lumi's wallet."""
    return LUMI.signer.sign(message)


def with_public_key(message: bytes) -> bytes:
    """Sign with the public key as if it were a secret."""
    return hmac.digest(LUMI.key.encoded, message, hashlib.sha256)


def test_it_works() -> None:
    """Both kinds of keys are proven."""
    assert proven(RIGHT) == LUMI.did
    assert (
        proven(
            write_jws({**HEADER, "alg": "ES256", "kid": OTSO.method}, json.dumps(CLAIMS).encode(), OTSO.signer).compact
        )
        == OTSO.did
    )


FORGED = {
    "no algorithm": by_hand({"alg": "none"}, lambda _: b""),
    "no algorithm, but a signature": by_hand({"alg": "none"}, by_lumi),
    "no algorithm, written otherwise": by_hand({"alg": "nOnE"}, by_lumi),
    "a secret": by_hand({"alg": "HS256"}, with_public_key),
    "a secret, called EdDSA": by_hand({}, with_public_key),
    "another algorithm than the key's": by_hand({"alg": "ES256"}, by_lumi),
    "an algorithm that is not offered": by_hand({"alg": "Ed25519"}, by_lumi),
    "a list of algorithms": by_hand({"alg": ["EdDSA"]}, by_lumi),
    "no signature": by_hand({}, lambda _: b""),
    "a signature of zeros": by_hand({}, lambda _: bytes(64)),
    "another's signature": by_hand({}, OTSO.signer.sign),
    "kid and jwk": by_hand({"jwk": LUMI.key.jwk()}, by_lumi),
    "a private key along": by_hand({"kid": None, "jwk": {**LUMI.key.jwk(), "d": part(bytes(32))}}, by_lumi),
    "a key of small order": by_hand(
        {"kid": None, "jwk": {"kty": "OKP", "crv": "Ed25519", "x": part(bytes(32))}}, lambda _: bytes(64)
    ),
    "a key for encryption": by_hand({"kid": None, "jwk": {**LUMI.key.jwk(), "use": "enc"}}, by_lumi),
    "kid as a number": by_hand({"kid": 7}, by_lumi),
    "critical": by_hand({"crit": ["x"], "x": 1}, by_lumi),
    "unencoded payload": by_hand({"b64": False, "crit": ["b64"]}, by_lumi),
    "a huge header": by_hand({"x": "a" * 13_000}, by_lumi),
    "a huge payload": by_hand({}, by_lumi, {**CLAIMS, "x": "a" * 5_000}),
    "a payload that is a list": by_hand({}, by_lumi, [CLAIMS]),
    "a payload that is no JSON": by_hand({}, by_lumi, b"hello"),
    "a claim twice": by_hand({}, by_lumi, json.dumps(CLAIMS).replace("{", '{"aud":"x",', 1).encode()),
    "a huge number": by_hand({}, by_lumi, {**CLAIMS, "iat": 10**400}),
    "infinity": by_hand({}, by_lumi, json.dumps({**CLAIMS, "iat": float("inf")}).encode()),
    "nested": by_hand({}, by_lumi, b'{"aud":' + b"[" * 2_000 + b"]" * 2_000 + b"}"),
    "four parts": f"{RIGHT}.x",
    "a space before": f" {RIGHT}",
    "a line after": f"{RIGHT}\n",
    "padding": f"{RIGHT}=",
    "nothing": "",
}


@pytest.mark.parametrize("name", sorted(FORGED))
def test_what_proves_nothing(name: str) -> None:
    """Each is refused as a proof that does not hold."""
    with pytest.raises(InvalidInput) as refused:
        proven(FORGED[name])
    assert refused.value.code == "invalid-proof"


@given(st.text(max_size=300) | st.from_regex(r"[A-Za-z0-9_-]{0,80}\.[A-Za-z0-9_-]{0,80}\.[A-Za-z0-9_-]{0,90}"))
def test_any_text_is_refused(text: str) -> None:
    """Whatever is sent is refused in words, never by a fault."""
    with pytest.raises(InvalidInput):
        proven(text)


@given(st.integers(0, len(RIGHT) - 1), st.sampled_from("AZaz09-_."))
def test_one_changed_letter_is_enough(place: int, letter: str) -> None:
    """Of a proof that holds no letter can be another: what it is about and who made it stay together."""
    changed = RIGHT[:place] + letter + RIGHT[place + 1 :]
    if changed == RIGHT:
        return
    with pytest.raises(InvalidInput):
        proven(changed)


@given(
    st.dictionaries(
        st.sampled_from(["typ", "alg", "kid", "jwk", "x5c", "crit"]),
        st.none() | st.text() | st.integers() | st.lists(st.text()),
    )
)
def test_strange_headers(header: dict[str, Any]) -> None:
    """With a right signature around them, strange headers are refused or change nothing of whose key it is."""
    assert outcome(by_hand(header, by_lumi)) in (LUMI.did, "invalid-proof")
