"""A whole process of okbadges as a library: ``python whole_process.py issue|verify|report MATERIAL.json``, once for every text.

The material is that of the peers in Node (`bench/peers/node/thousand.mjs`), which do the same: ``issue`` writes signed credentials; ``verify``
looks the key up in the issuer's document and checks proof and dates; ``report`` is the whole report with the status list.
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from okbadges.credentials.strict_json import dumps, loads

if TYPE_CHECKING:
    from collections.abc import Callable


def issuing(material: dict[str, Any]) -> Callable[[str], bytes]:
    """Return what signs one unsigned credential, by a template for all that differ in their slots alone, as the product does."""
    from okbadges.credentials.multibase import decode_multibase_base58  # noqa: PLC0415 - each operation imports what it needs
    from okbadges.credentials.signers import Ed25519Signer  # noqa: PLC0415
    from okbadges.credentials.template import Kind, Slot, Template  # noqa: PLC0415

    key = material["ed25519"]
    signer = Ed25519Signer(decode_multibase_base58(key["secretKeyMultibase"], max_characters=64)[2:])

    slots = {
        "credential": Slot(Kind.UUID, "urn:uuid:0b6ee5e2-5d0f-4f2e-9c43-0a8d7c2b1f01"),
        "subject": Slot(Kind.UUID, "urn:uuid:0b6ee5e2-5d0f-4f2e-9c43-0a8d7c2b1f02"),
        "from": Slot(Kind.MOMENT, "9127-03-04T05:06:07Z"),
        "index": Slot(Kind.NUMBER, "718281828459"),
    }
    templates: dict[bytes, Template] = {}

    def issue(text: str) -> bytes:
        document = orjson.loads(text)
        places = {
            "credential": (document, "id"),
            "subject": (document["credentialSubject"], "id"),
            "from": (document, "validFrom"),
            "index": (document["credentialStatus"], "statusListIndex"),
        }
        values = {name: holder[member] for name, (holder, member) in places.items()}
        for name, (holder, member) in places.items():
            holder[member] = slots[name].stands_in
        alike = dumps(document)
        template = templates.get(alike)
        if template is None:
            template = templates[alike] = Template(document, slots, verification_method=key["id"])
        return template.sign(values, signer=signer, published_key=signer.public_key) + b"\n"

    return issue


def verifying(material: dict[str, Any]) -> Callable[[str], None]:
    """Return what verifies key, proof and dates of one credential."""
    from okbadges.credentials.controllers import permitted_key  # noqa: PLC0415 - each operation imports what it needs
    from okbadges.credentials.data_integrity import only_proof, verify_proof  # noqa: PLC0415
    from okbadges.credentials.times import read_moment  # noqa: PLC0415

    documents, now = material["documents"], datetime.fromisoformat(material["now"])

    def verify(text: str) -> None:
        document: Any = loads(text)
        proof: Any = only_proof(document)
        issuer = document["issuer"]["id"]
        key = permitted_key(documents[issuer], proof["verificationMethod"], issuer, now=now)
        verify_proof(document, proof, key)
        assert read_moment(document["validFrom"]) <= now
        assert "validUntil" not in document or now <= read_moment(document["validUntil"])

    return verify


def reporting(material: dict[str, Any]) -> Callable[[str], None]:
    """Return what makes the whole report on one credential."""
    from okbadges.verification import Fetched, verify  # noqa: PLC0415 - each operation imports what it needs
    from okbadges.verification.proven import Proven  # noqa: PLC0415

    documents = {url: Fetched(200, {}, dumps(document)) for url, document in material["documents"].items()}
    now, proven = datetime.fromisoformat(material["now"]), Proven()

    def report(text: str) -> None:
        assert verify(text.encode(), fetch=documents.__getitem__, now=now, proven=proven).verdict == "VALID"

    return report


def main() -> None:
    """Do it for every text."""
    operation, file = sys.argv[1:]
    material = orjson.loads(Path(file).read_bytes())
    act = {"issue": issuing, "verify": verifying, "report": reporting}[operation](material)
    texts = material["texts"]["whole"]
    for text in texts:
        made = act(text)
        if made is not None:
            sys.stdout.buffer.write(made)
    sys.stderr.write(f"{len(texts)}\n")


if __name__ == "__main__":
    main()
