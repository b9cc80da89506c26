"""The few files that pages need (style, script, mark), kept in memory under names that hold a hash of their content.

A name never changes its content, so a browser may keep it for good; a new release has new names.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import Response
from markupsafe import Markup

from okbadges.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FOREVER = "public, max-age=31536000, immutable"

_MEDIA_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_HASH_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, as it is and compressed."""

    media_type: str
    content: bytes
    compressed: bytes


@dataclass(frozen=True, slots=True)
class Assets:
    """The static files by served name, and the served name by file name."""

    files: Mapping[str, Asset]
    names: Mapping[str, str]

    def address(self, name: str) -> str | None:
        """Return the address of a file, or None when there is no such file."""
        served = self.names.get(name)
        return f"/static/{served}" if served else None

    def inside(self, name: str) -> Markup:
        """Return a file as it stands between the tags of a page, which a content policy lets through by `policy_hash`."""
        return Markup(self._content(name).decode())  # noqa: S704 - a file of ours

    def policy_hash(self, name: str) -> str:
        """Return the source expression of a content policy that allows exactly this file inside a page (CSP 3, 2.3.1)."""
        return f"'sha256-{base64.b64encode(hashlib.sha256(self._content(name)).digest()).decode()}'"

    def _content(self, name: str) -> bytes:
        return self.files[self.names[name]].content

    def answer(self, served_name: str, accept_encoding: str) -> Response:
        """Return a file, compressed where the browser takes it. Raises `NotFound` for a name that is not served."""
        asset = self.files.get(served_name)
        if asset is None:
            raise NotFound("unknown-static-file", "There is no such file.")
        headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
        if "gzip" in accept_encoding:
            headers["Content-Encoding"] = "gzip"
            return Response(asset.compressed, media_type=asset.media_type, headers=headers)
        return Response(asset.content, media_type=asset.media_type, headers=headers)


def read_assets(folder: Path) -> Assets:
    """Read every file of ``folder`` that has a type we serve."""
    files: dict[str, Asset] = {}
    names: dict[str, str] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix not in _MEDIA_TYPES:
            continue
        content = path.read_bytes()
        served = f"{path.stem}.{hashlib.sha256(content).hexdigest()[:_HASH_LENGTH]}{path.suffix}"
        files[served] = Asset(_MEDIA_TYPES[path.suffix], content, gzip.compress(content, mtime=0))
        names[path.name] = served
    return Assets(files, names)
