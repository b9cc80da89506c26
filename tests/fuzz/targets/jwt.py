"""The JWT reader: what it reads is one document, and everything it says about it can be asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz.finding import files, refusals
from okbadges.credentials.vc_jwt import read_jwt, verify_jwt
from verification.jwts import claims_of, compact
from verification.making import Maker, credential

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAKER = Maker.by_key()
SIGNED = [
    compact(header, payload, MAKER.signer.sign)
    for header, payload in (
        ({"alg": "EdDSA", "kid": MAKER.method}, claims_of(credential(MAKER.did))),
        ({"alg": "EdDSA", "typ": "vc+jwt"}, {"vc": credential(MAKER.did), "iss": MAKER.did}),
        ({"alg": "EdDSA", "typ": "JWT"}, {"vc": credential(MAKER.did), "iss": MAKER.did, "nbf": 1_790_000_000}),
        ({"alg": "EdDSA", "crit": ["b64"]}, {"vp": {"type": "VerifiablePresentation"}}),
    )
]


def target(data: bytes) -> None:
    """Read, ask everything, verify; a signature that holds is over the very bytes that the maker signed."""
    with refusals():
        jwt = read_jwt(data.decode("latin-1"))
        with refusals():
            jwt.unverified_document()
        with refusals():
            jwt.audience()
        with refusals():
            jwt.nonce()
        with refusals():
            jwt.moment("nbf")
        verify_jwt(jwt, MAKER.signer.public_key)
        assert data in SIGNED


def seeds(shared: Path | None) -> Iterator[bytes]:
    """Yield JWTs of several makers."""
    yield from SIGNED
    yield from files(shared, "interop/samples/*.jwt", "standards/data/vectors/ob30-spec-jwt/*.jwt")
    yield from files(shared, "standards/data/vectors/w3c-vc-jose-cose/*jose*.txt")
