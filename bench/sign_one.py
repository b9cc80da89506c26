"""Signing one credential from badge and participant, and the signatures that nobody can be faster than."""

from __future__ import annotations

import json
import secrets
from functools import partial
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nacl.signing import SigningKey

import peer_processes as peers
from material import material
from measures import Measure, Row, alternating, beside, timed, warming_and

if TYPE_CHECKING:
    from collections.abc import Iterator

    from measures import Effort

_MESSAGE = bytes(range(64))
"""As long as what an eddsa-rdfc-2022 proof signs: two hashes."""
_TEXTS = 50
_TIMES = 60


def raw(effort: Effort) -> Iterator[Row]:
    """Measure libsodium and OpenSSL alone: what a signature and a verification cost at the least."""
    seed = secrets.token_bytes(32)
    sodium, openssl = SigningKey(seed), Ed25519PrivateKey.from_private_bytes(seed)
    signature, verify_key, public_key = openssl.sign(_MESSAGE), sodium.verify_key, openssl.public_key()
    assert sodium.sign(_MESSAGE).signature == signature
    took = alternating(
        {
            "libsodium signs": timed(lambda: sodium.sign(_MESSAGE), effort.count(500)),
            "OpenSSL signs": timed(lambda: openssl.sign(_MESSAGE), effort.count(500)),
            "libsodium verifies": timed(lambda: verify_key.verify(_MESSAGE, signature), effort.count(200)),
            "OpenSSL verifies": timed(lambda: public_key.verify(signature, _MESSAGE), effort.count(200)),
        },
        effort,
    )
    for what in ("signs", "verifies"):
        ours, peer = took[f"OpenSSL {what}"], took[f"libsodium {what}"]
        yield beside(f"raw Ed25519 {what}: OpenSSL", "libsodium", ours, peer, note=f"{ours.wall:.0f} µs wall")


def sign(effort: Effort) -> Iterator[Row]:
    """Measure signing; the check of the new signature, which the product always makes, is measured apart and taken off."""
    given = material()
    key, sodium = given.prepared.key, SigningKey(secrets.token_bytes(32))
    signature = key.signer.sign(_MESSAGE)
    node_material = given.for_node()
    node_material["texts"]["bodies"] = [json.dumps(body) for body in given.unsigned(_TEXTS)]
    times = effort.count(_TIMES)
    with peers.node(node_material) as node:
        contenders = {
            "whole": timed(given.sign_next(times * warming_and(effort.turns)), times),
            "check": timed(partial(key.published_key.verify, signature, _MESSAGE), effort.count(100)),
            "libsodium": timed(lambda: sodium.sign(_MESSAGE), effort.count(400)),
        }
        if node is not None:
            assert node.ask("issue", "bodies")["last"] == json.loads(given.seen(1)[0]), "Node signs something else"
            contenders["node"] = node.repetition("issue", "bodies", effort.count(10))
        took = alternating(contenders, effort)
    whole, check = took["whole"], took["check"]
    ours = whole.without(check)
    note = f"with the check {whole.cpu:.0f} µs CPU, {whole.wall:.0f} µs wall"
    yield beside("sign one credential", "libsodium", ours, took["libsodium"], target=0.25, note=note)
    theirs = took.get("node")
    told = f"the same bytes; Node {theirs.wall:.0f} µs wall" if theirs else peers.NO_NODE
    yield beside("sign one credential", "Node", ours, theirs, target=80, note=told)
    yield Row("check of the new signature", "OpenSSL and libsodium", check.cpu, None, note="after every signing")


MEASURES = (Measure("raw", raw), Measure("sign", sign))
