"""Badges as JWT (RS256 with 2048 bits, ES256), signed and verified, against jose in Node."""

from __future__ import annotations

import json
from itertools import cycle
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

import peer_processes as peers
from material import material
from measures import Measure, alternating, beside, timed
from okbadges.credentials.jwt_signing import sign_vc_jwt
from okbadges.credentials.signers import EcdsaSigner, RsaSigner
from okbadges.credentials.vc_jwt import read_jwt, verify_jwt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from measures import Effort, Row, Spent, Turns
    from okbadges.credentials.signers import Signer

_TEXTS = 20


def tokens(effort: Effort) -> Iterator[Row]:
    """Measure both algorithms; jose takes our token, and we take its, before anything is timed."""
    given = material()
    rsa_key, p256_key = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())
    signers: dict[str, Signer] = {"RS256": RsaSigner(rsa_key), "ES256": EcdsaSigner(p256_key)}
    private = {"RS256": RSAAlgorithm.to_jwk(rsa_key, as_dict=True), "ES256": ECAlgorithm.to_jwk(p256_key, as_dict=True)}
    bodies = given.unsigned(_TEXTS)
    node_material = given.for_node() | {"jose": {}}
    contenders: dict[str, Callable[[], Spent]] = {}
    for algorithm, signer in signers.items():
        kid = f"{given.prepared.issuer.did}#{algorithm}"
        compact = [sign_vc_jwt(body, signer=signer, key_id=kid) for body in bodies]
        public = dict(signer.public_key.jwk())
        node_material["jose"][algorithm] = {"privateJwk": private[algorithm], "publicJwk": public, "kid": kid}
        node_material["texts"] |= {
            f"sign-{algorithm}": [json.dumps(_payload(one)) for one in compact],
            f"verify-{algorithm}": compact,
        }
        contenders |= _ours(effort, algorithm, signer, kid, bodies, compact)
    with peers.node(node_material) as node:
        if node is not None:
            for algorithm, signer in signers.items():
                verify_jwt(read_jwt(node.ask(f"sign-{algorithm}", f"sign-{algorithm}")["last"]), signer.public_key)
            contenders |= {f"node {one}": node.repetition(one, one, effort.count(40)) for one in node_material["texts"]}
        took = alternating(contenders, effort)
    for algorithm in signers:
        yield from _rows(algorithm, took)


def _ours(
    effort: Effort, algorithm: str, signer: Signer, kid: str, bodies: list[dict[str, Any]], compact: list[str]
) -> dict[str, Callable[[], Spent]]:
    to_sign, to_verify, key = cycle(bodies), cycle(compact), signer.public_key
    message = compact[0].encode()
    signature = signer.sign(message)
    return {
        f"sign-{algorithm}": timed(lambda: sign_vc_jwt(next(to_sign), signer=signer, key_id=kid), effort.count(20)),
        f"verify-{algorithm}": timed(lambda: verify_jwt(read_jwt(next(to_verify)), key), effort.count(40)),
        f"check-{algorithm}": timed(lambda: key.verify(signature, message), effort.count(40)),
        f"raw-{algorithm}": timed(lambda: signer.sign(message), effort.count(20)),
    }


def _rows(algorithm: str, took: dict[str, Turns]) -> Iterator[Row]:
    check, raw = took[f"check-{algorithm}"], took[f"raw-{algorithm}"]
    for what in ("sign", "verify"):
        own, theirs = took[f"{what}-{algorithm}"], took.get(f"node {what}-{algorithm}")
        # what was signed is verified before it leaves, which jose does not do: measured apart, as for the other proofs
        ours = own.without(check) if what == "sign" else own
        told = f"OpenSSL alone {(raw if what == 'sign' else check).cpu:.0f} µs"
        told += f"; with the check of the new signature {own.cpu:.0f} µs" if what == "sign" else ""
        note = f"{told}; Node {theirs.wall:.0f} µs wall" if theirs else peers.NO_NODE
        yield beside(f"{algorithm} JWT {what}", "Node jose", ours, theirs, target=1, note=note)


def _payload(compact: str) -> dict[str, Any]:
    return dict(read_jwt(compact).claims)


MEASURES = (Measure("tokens", tokens),)
