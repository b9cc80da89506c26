"""PNG: the chunks in which a credential stands (Open Badges 3.0, 5.3.1; Open Badges Baking 1.0 for the badges of 2.0)."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Final

from okbadges.credentials.baking.limits import Place, Unbaked, check_size, credential_text, malformed
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Iterator

PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"

_KEYWORDS: Final = ((b"openbadgecredential\0", Place.OPEN_BADGES_3), (b"openbadges\0", Place.OPEN_BADGES_2))
_TEXT_CHUNKS: Final = frozenset({b"iTXt", b"tEXt", b"zTXt"})
_PLAIN: Final = b"\0\0\0\0"  # not compressed, by method 0, no language, no translated keyword
_IHDR_LENGTH: Final = 13
_AFTER_IHDR: Final = len(PNG_SIGNATURE) + 12 + _IHDR_LENGTH
_MOST_CHUNKS: Final = 4096


def with_credential(png: bytes, credential: bytes) -> bytes:
    """Return ``png`` with ``credential`` in a plain ``iTXt`` chunk right after the header; nothing is checked here."""
    body = _KEYWORDS[0][0] + _PLAIN + credential
    chunk = struct.pack(">I", len(body)) + b"iTXt" + body + struct.pack(">I", zlib.crc32(b"iTXt" + body))
    return png[:_AFTER_IHDR] + chunk + png[_AFTER_IHDR:]


def png_credentials(png: bytes) -> Iterator[Unbaked]:
    """Yield what stands in the places of a credential; raise like `okbadges.credentials.baking.take_out`.

    The old form of 2.0, an address in a ``tEXt`` chunk, is one of them.
    """
    has_pixels = False
    for kind, data in _chunks(png):
        has_pixels = has_pixels or kind == b"IDAT"
        if kind not in _TEXT_CHUNKS:
            continue
        for keyword, place in _KEYWORDS:
            if bytes(data[: len(keyword)]) == keyword:
                yield Unbaked(_text(kind, data[len(keyword) :], place), place)
    if not has_pixels:
        raise malformed("the PNG has no pixels")


def _text(kind: bytes, rest: memoryview, place: Place) -> bytes:
    if kind == b"tEXt" and place is Place.OPEN_BADGES_2:
        return credential_text(bytes(rest))
    if kind != b"iTXt" or bytes(rest[: len(_PLAIN)]) != _PLAIN:
        raise CredentialError("ambiguous-credential", "the credential is compressed, translated or in a foreign chunk")
    return credential_text(bytes(rest[len(_PLAIN) :]))


def _chunks(png: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Yield type and data of every chunk; raise unless the file is a whole PNG from the header to its end."""
    check_size(png)
    if not png.startswith(PNG_SIGNATURE):
        raise malformed("not a PNG")
    view, at, count, kind = memoryview(png), len(PNG_SIGNATURE), 0, b""
    while kind != b"IEND":
        if at + 12 > len(png):
            raise malformed("the PNG is cut off")
        (length,), kind = struct.unpack_from(">I", view, at), bytes(view[at + 4 : at + 8])
        end = at + 12 + length
        if end > len(png) or not kind.isalpha():
            raise malformed("a chunk of the PNG is longer than the file, or has no name")
        if zlib.crc32(view[at + 4 : end - 4]) != struct.unpack_from(">I", view, end - 4)[0]:
            raise malformed("a chunk of the PNG does not match its checksum")
        if (count == 0) != (kind == b"IHDR") or (kind == b"IHDR" and length != _IHDR_LENGTH):
            raise malformed("the PNG does not start with its one header")
        at, count = end, count + 1
        if count > _MOST_CHUNKS:
            raise CredentialError("image-too-large", f"the PNG has more than {_MOST_CHUNKS} chunks")
        yield kind, view[end - 4 - length : end - 4]
    if at != len(png):
        raise malformed("something follows the end of the PNG")
