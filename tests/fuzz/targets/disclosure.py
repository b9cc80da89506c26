"""The CBOR in the proofValue of ecdsa-sd-2023: whatever is read has exactly this one spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cbor2

from fuzz.finding import files, refusals
from okbadges.credentials.multibase import decode_multibase_base64url, encode_multibase_base64url
from okbadges.credentials.selective.proof_value import read_base, read_derived
from okbadges.credentials.strict_json import loads
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TAGS = (b"\xd9\x5d\x00", b"\xd9\x5d\x01")


def target(data: bytes) -> None:
    """Read the bytes, as they are and behind each tag, as both kinds of proof."""
    for tag in (b"", *TAGS):
        text = encode_multibase_base64url(tag + data)
        with refusals():
            assert read_base(text).text() == text
        with refusals():
            assert read_derived(text).text() == text


def seeds(shared: Path | None) -> Iterator[bytes]:
    """Yield the values of the samples, and some that are almost right."""
    yield cbor2.dumps([bytes(64), bytes(35), bytes(32), [bytes(64)], ["/issuer"]])
    yield cbor2.dumps([bytes(64), bytes(35), [bytes(64)], {0: bytes(32)}, [0, 1]])
    yield cbor2.dumps([bytes(64), bytes(35), [bytes(64)], {0: bytes(32), 1: bytes(31)}, [1, 1]], canonical=True)
    for sample in files(shared, "interop/samples/*sd-2023*.json", "standards/data/vectors/w3c-ecdsa-sd-2023/*.json"):
        document = loads(sample)
        proof = document.get("proof") if isinstance(document, dict) else None
        value = proof.get("proofValue") if isinstance(proof, dict) else None
        if isinstance(value, str):
            try:
                yield decode_multibase_base64url(value, max_characters=100_000)
            except CredentialError:
                continue
