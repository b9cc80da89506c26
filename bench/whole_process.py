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
    """Return what signs one unsigned credential."""
    from okbadges.credentials.data_integrity import sign  # noqa: PLC0415 - each operation imports what it needs
    from okbadges.credentials.multibase import decode_multibase_base58  # noqa: PLC0415
    from okbadges.credentials.signers import Ed25519Signer  # noqa: PLC0415

    key = material["ed25519"]
    signer = Ed25519Signer(decode_multibase_base58(key["secretKeyMultibase"], max_characters=64)[2:])

    def issue(text: str) -> bytes:
        return dumps(sign(orjson.loads(text), signer=signer, verification_method=key["id"])) + b"\n"

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

    documents = {url: Fetched(200, {}, dumps(document)) for url, document in material["documents"].items()}
    now = datetime.fromisoformat(material["now"])

    def report(text: str) -> None:
        assert verify(text.encode(), fetch=documents.__getitem__, now=now).verdict == "VALID"

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
