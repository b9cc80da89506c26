"""Taking a credential out of a PNG, and baking one in: nothing but the chunk changes."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from fuzz.finding import files, refusals
from okbadges.credentials.baking import bake_png, unbake
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk with its checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def picture(*between: bytes) -> bytes:
    """Return a picture of one pixel with these chunks in it."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return SIGNATURE + head + b"".join(between) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def mended(data: bytes) -> bytes:
    """Return the bytes with right checksums, as far as they are chunks at all: else hardly any mutant gets past them."""
    at, parts = len(SIGNATURE), [SIGNATURE]
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        if at + 12 + length > len(data):
            break
        parts.append(chunk(data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    return b"".join(parts) + data[at:]


def target(data: bytes) -> None:
    """Take out of the picture; where there is nothing inside, bake and take out again."""
    for png in (data, mended(data)):
        with refusals():
            try:
                unbake(png)
            except CredentialError as error:
                if error.code != "no-credential" or not png.startswith(SIGNATURE):
                    raise
                assert unbake(bake_png(png, b'{"a":1}')) == b'{"a":1}'


def seeds(shared: Path | None) -> Iterator[bytes]:
    """Yield pictures with and without something inside."""
    yield picture()
    for keyword in (b"openbadgecredential", b"openbadges"):
        yield picture(chunk(b"iTXt", keyword + b'\0\0\0\0\0{"a":1}'))
        yield picture(chunk(b"iTXt", keyword + b"\0\1\0\0\0" + zlib.compress(b"{}")))
        yield picture(chunk(b"tEXt", keyword + b"\0https://issuer.example/1"))
        yield picture(chunk(b"zTXt", keyword + b"\0\0" + zlib.compress(b"{}")))
    yield from files(shared, "interop/samples/*.png", largest=20_000)
