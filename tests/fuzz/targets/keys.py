"""Public keys as JWK, Multikey and PEM: what is read writes the same key again, and can be asked about any signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz.finding import files, refusals
from okbadges.credentials.keys import PublicKey, public_key_from_jwk, public_key_from_multibase
from okbadges.credentials.pem import public_key_from_pem
from okbadges.credentials.strict_json import dumps, loads
from verification.jwts import EcdsaKey
from verification.making import Maker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def _try(key: PublicKey) -> None:
    assert public_key_from_jwk(dict(key.jwk())) == key
    if key.kind != "rsa":
        assert public_key_from_multibase(key.multibase()) == key
    assert not key.verify(b"\0" * 64, b"message")


def target(data: bytes) -> None:
    """Read the bytes as each form."""
    with refusals():
        jwk = loads(data)
        if isinstance(jwk, dict):
            _try(public_key_from_jwk(jwk))
    text = data.decode("latin-1")
    with refusals():
        _try(public_key_from_multibase(text))
    with refusals():
        _try(public_key_from_pem(text))


def seeds(shared: Path | None) -> Iterator[bytes]:
    """Yield keys of several kinds."""
    for key in (Maker.by_key().signer.public_key, EcdsaKey().public_key):
        yield dumps(dict(key.jwk()))
        yield key.multibase().encode()
    yield from files(
        shared, "standards/data/vectors/w3c-vc-jose-cose/vm-*.json", "standards/data/vectors/*/*eyPair.json"
    )
