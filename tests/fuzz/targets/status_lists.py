"""The decoders of status lists: a list that is read has as many bits as it says, and can be asked for each of them."""

from __future__ import annotations

from gzip import compress
from typing import TYPE_CHECKING

from fuzz.finding import refusals
from okbadges.credentials.multibase import encode_base64url
from okbadges.credentials.status_list import StatusBits, decode_list, decode_list_2021

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def target(data: bytes) -> None:
    """Decode the text as both kinds of list, and the bytes as what has been packed already."""
    text = data.decode("latin-1")
    for decode, encoded in ((decode_list, text), (decode_list_2021, text), (decode_list, "u" + encode_base64url(data))):
        with refusals():
            bits = decode(encoded, max_bytes=1_000_000)
            assert bits.get(0) in {True, False}
            assert bits.get(bits.size - 1) in {True, False}


def seeds(_shared: Path | None) -> Iterator[bytes]:
    """Yield lists, whole and packed."""
    bits = StatusBits()
    bits.set(7)
    yield bits.encoded().encode()
    yield compress(bits.to_bytes())
    yield encode_base64url(compress(bytes(16 * 1024))).encode()
    yield compress(b"short")
