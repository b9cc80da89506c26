"""Base58btc, base64url and Multibase: whatever is read has exactly this one spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz.finding import refusals
from okbadges.credentials import multibase

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WAYS = (
    (multibase.decode_base58, multibase.encode_base58),
    (multibase.decode_base64url, multibase.encode_base64url),
    (multibase.decode_multibase_base58, multibase.encode_multibase_base58),
    (multibase.decode_multibase_base64url, multibase.encode_multibase_base64url),
)


def target(data: bytes) -> None:
    """Read the text in all four ways, and the bytes through all four forms."""
    text = data.decode("utf-8", "surrogateescape")
    for decode, encode in WAYS:
        with refusals():
            assert encode(decode(text, max_characters=2_000)) == text
        assert decode(encode(data[:500]), max_characters=2_000) == data[:500]


def seeds(_shared: Path | None) -> Iterator[bytes]:
    """Yield texts in every form."""
    yield from (
        b"z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
        b"uAQIDBAUGBwg",
        b"AQIDBA",
        b"1111",
        b"z",
        b"u",
        b"Zm8=",
    )
