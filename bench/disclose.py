"""Selective disclosure (ecdsa-sd-2023): the issuer's base proof, the holder's derived one, and the verifier's check."""

from __future__ import annotations

import json
import secrets
from itertools import cycle
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec

import peer_processes as peers
from material import material
from measures import Measure, alternating, beside, timed
from okbadges.credentials.controllers import PublishedKey, controller_document
from okbadges.credentials.data_integrity import only_proof
from okbadges.credentials.multibase import encode_multibase_base58
from okbadges.credentials.selective import derive, open_badges_mandatory, sign_base, verify_derived
from okbadges.credentials.signers import EcdsaSigner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from material import Material
    from measures import Effort, Row

_TEXTS = 20
_SECRET = 0x1F2E3D4C5B6A798897A6B5C4D3E2F10F1E2D3C4B5A69788796A5B4C3D2E1F0
_PURSUIT = {
    "activityStartDate": "2026-09-01T00:00:00Z",
    "activityEndDate": "2026-11-20T00:00:00Z",
    "narrative": "Kahvilassa joka viikko.",
}
"""What a holder may show or keep back, beside what is mandatory."""
_REVEALED = ("/credentialSubject/narrative",)


def disclose(effort: Effort) -> Iterator[Row]:
    """Measure the three steps; what each side makes, the other accepts, before anything is timed."""
    given, signer = material(), EcdsaSigner.from_number(_SECRET, ec.SECP256R1())
    method = f"{given.prepared.issuer.did}#key-sd"
    bodies = given.unsigned(_TEXTS)
    for body in bodies:
        body["credentialSubject"] |= _PURSUIT

    def base_of(body: Mapping[str, Any]) -> dict[str, Any]:
        return sign_base(body, signer=signer, verification_method=method, random_bytes=secrets.token_bytes)

    bases = [base_of(body) for body in bodies]
    derived = [derive(base, reveal=_REVEALED, public_key=signer.public_key) for base in bases]
    in_turn = {"base proof": cycle(bodies), "derive": cycle(bases), "verify": cycle(derived)}
    steps: dict[str, tuple[Callable[[], object], str, list[dict[str, Any]]]] = {
        "base proof": (lambda: base_of(next(in_turn["base proof"])), "sd-base", bodies),
        "derive": (lambda: derive(next(in_turn["derive"]), reveal=_REVEALED), "sd-derive", bases),
        "verify": (lambda: _verify(next(in_turn["verify"]), signer), "sd-verify", derived),
    }
    node_material = _for_node(given, signer, method, bodies[0])
    node_material["texts"] = {
        operation: [json.dumps(one) for one in documents] for _, operation, documents in steps.values()
    }
    with peers.node(node_material) as node:
        contenders = {name: timed(act, effort.count(6)) for name, (act, _, _) in steps.items()}
        if node is not None:
            _verify(node.ask("sd-derive", "sd-derive")["last"], signer)
            for _, operation, _ in steps.values():
                contenders[operation] = node.repetition(operation, operation, effort.count(2))
        took = alternating(contenders, effort)
    for name, (_, operation, _) in steps.items():
        theirs = took.get(operation)
        told = f"{took[name].wall:.0f} µs wall" if theirs else peers.NO_NODE
        yield beside(f"ecdsa-sd-2023 {name}", "Node", took[name], theirs, target=5, note=told)


def _verify(document: Mapping[str, Any], signer: EcdsaSigner) -> None:
    verify_derived(document, only_proof(document), signer.public_key)


def _for_node(given: Material, signer: EcdsaSigner, method: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return Node's material with an issuer whose did document lists the P-256 key too."""
    found, did = given.for_node(), given.prepared.issuer.did
    name = method.removeprefix(f"{did}#")
    document = controller_document(did, [PublishedKey(name, signer.public_key)])
    for url, listed in found["documents"].items():
        if listed["id"] == did:
            found["documents"][url] = document
    secret = encode_multibase_base58(b"\x86\x26" + _SECRET.to_bytes(32))
    key = {"type": "Multikey", "id": method, "controller": did, "publicKeyMultibase": signer.public_key.multibase()}
    found["p256"] = {**key, "secretKeyMultibase": secret}
    found["mandatory"], found["reveal"] = list(open_badges_mandatory(body)), list(_REVEALED)
    return found


MEASURES = (Measure("disclose", disclose),)
