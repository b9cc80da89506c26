"""The JWTs that are issued here are accepted by implementations that are not okbadges."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from okbadges.credentials.baking import bake_svg
from okbadges.credentials.jwt_signing import sign_vc_jwt
from okbadges.credentials.signers import EcdsaSigner, Ed25519Signer, RsaSigner
from verification.making import credential

if TYPE_CHECKING:
    from pathlib import Path

    from okbadges.credentials.signers import Signer
    from support.verifier import IndependentVerifiers

pytestmark = pytest.mark.node

ISSUER = "https://issuer.example/profile/1"
KEYS = "https://issuer.example/keys"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><rect width="1" height="1"/></svg>'
SIGNERS: dict[str, Signer] = {
    "rs256": RsaSigner(rsa.generate_private_key(65537, 2048)),
    "es256": EcdsaSigner.from_number(7, ec.SECP256R1()),
    "eddsa": Ed25519Signer(bytes(32)),
}


def test_it_works(tmp_path: Path, node_verifier: IndependentVerifiers) -> None:
    """Each kind of key, named in a set or carried along, as a file and baked: accepted; one changed letter: refused."""
    key_set = [{**signer.public_key.jwk(), "kid": name} for name, signer in SIGNERS.items()]
    url_map = tmp_path / "map.json"
    url_map.write_text(json.dumps({KEYS: {"keys": key_set}}))
    badge = credential(ISSUER, validUntil="2099-01-01T00:00:00Z", validFrom="2024-01-01T00:00:00Z")
    files, forged = [], tmp_path / "forged.jwt"
    for name, signer in SIGNERS.items():
        for key_id in (f"{KEYS}#{name}", None):
            compact = sign_vc_jwt(badge, signer=signer, key_id=key_id)
            file = tmp_path / f"{name}-{'kid' if key_id else 'jwk'}.jwt"
            file.write_text(compact)
            files.append(file)
    baked = tmp_path / "baked.svg"
    baked.write_bytes(bake_svg(SVG, files[0].read_bytes()))
    head, payload, signature = files[0].read_text().split(".")
    forged.write_text(f"{head}.{payload[:-9]}A{payload[-8:]}.{signature}")
    *opinions, of_forged = node_verifier.ask([*files, baked, forged], url_map=url_map)
    assert [str(opinion) for opinion in opinions if not opinion.accepted] == []
    assert not of_forged.accepted
