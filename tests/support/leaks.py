"""Looking for a planted secret in whatever left or stayed: as it is, in base64 (whatever stands before it), and in hex."""

from __future__ import annotations

import base64
import gzip
import zipfile
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def traces(secret: bytes) -> set[bytes]:
    """Return every form in which a secret of eight bytes or more could stand somewhere."""
    assert len(secret) >= 6, "too short to be told from chance"
    found = {secret, secret.hex().encode(), secret.hex().upper().encode()}
    for before in range(3):
        # the characters at both ends depend on what stands beside the secret; those in between never do
        whole = base64.b64encode(b"\0" * before + secret)
        inner = whole[-(-before * 8 // 6) : len(whole) - 4]
        if len(inner) >= 8:
            found |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return found


def places_of(secrets: Mapping[str, bytes], texts: Mapping[str, bytes]) -> list[str]:
    """Return which secret stands in which text."""
    return [
        f"{name} in {place}"
        for name, secret in secrets.items()
        for place, text in texts.items()
        if any(trace in text for trace in traces(secret))
    ]


def unpacked(file: Path) -> Iterator[tuple[str, bytes]]:
    """Yield a file as it is, and what is in it when it is packed."""
    data = file.read_bytes()
    yield file.name, data
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as packed:
            for name in packed.namelist():
                yield f"{file.name}/{name}", packed.read(name)
    for name, unpack in (("gzip", gzip.decompress), ("zlib", zlib.decompress)):
        try:
            yield f"{file.name} ({name})", unpack(data)
        except (OSError, EOFError, zlib.error):
            continue
