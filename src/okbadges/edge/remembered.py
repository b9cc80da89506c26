"""Pages that were made before and would be made the same now. In this process only, bounded in bytes, never on a disk.

A page is remembered without the moment of checking: that is a slot, filled on each view. It is compressed once, piece by piece, and
the slots go between the pieces as they are (RFC 1951, 3.2.4), so that a view costs neither a rendering nor a compression.
"""

from __future__ import annotations

import asyncio
import re
import struct
import threading
import zlib
from collections import OrderedDict
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from markupsafe import escape

from okbadges.edge.one_maker import OneMaker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Hashable, Iterable, Mapping
    from datetime import datetime

SLOTS: Final = ("moment", "instant")
"""A day and a time of day, and a moment for a technical reader."""
MOST_BYTES: Final = 12 * 1024 * 1024
_MADE_AT_ONCE: Final = 4
_LEVEL: Final = 6
# RFC 1952: without a name, a time or a system; the last block of deflate is an empty stored one
_GZIP_HEADER: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LAST_BLOCK: Final = b"\x01\x00\x00\xff\xff"


class SlottedPage:
    """A page with slots for the moment of checking: the same bytes each time, but for what they say of that."""

    def __init__(self, html: str, mark: str) -> None:
        """Take a page apart that has ``mark`` and the name of a slot wherever the moment belongs."""
        parts = re.split(f"{mark}({'|'.join(SLOTS)})", html)
        self._pieces = [piece.encode() for piece in parts[::2]]
        self._slots = parts[1::2]
        self._compressed = [_deflated(piece) for piece in self._pieces]
        self.size = sum(map(len, self._pieces)) + 2 * sum(map(len, self._compressed))
        self._filled: tuple[Mapping[str, bytes], bytes] | None = None

    def plain(self, moments: Mapping[str, bytes]) -> bytes:
        """Return the page with its slots filled by ``moments``, which are safe in HTML."""
        return b"".join(_between(self._pieces, [moments[slot] for slot in self._slots]))

    def compressed(self, moments: Mapping[str, bytes]) -> bytes:
        """Return the same page as a gzip file."""
        known = self._filled
        if known is not None and known[0] is moments:
            return known[1]
        made = self._gzip(moments)
        self._filled = moments, made
        return made

    def _gzip(self, moments: Mapping[str, bytes]) -> bytes:
        whole = self.plain(moments)
        filled = [_stored(moments[slot]) for slot in self._slots]
        end = struct.pack("<II", zlib.crc32(whole), len(whole) & 0xFFFFFFFF)
        return b"".join((_GZIP_HEADER, *_between(self._compressed, filled), _LAST_BLOCK, end))


@dataclass(frozen=True, slots=True)
class Remembered:
    """A page and what it was made from: the edition of everything stored, and from when until when nothing changes by itself."""

    page: SlottedPage
    language: str
    edition: int
    since: datetime
    until: datetime

    def holds(self, edition: int, now: datetime) -> bool:
        """Tell whether the page would be made the same now."""
        return self.edition == edition and self.since <= now < self.until


class RememberedPages:
    """The pages of this process, each under all that was asked; whatever was not asked for longest goes first. For any number of threads."""

    def __init__(self, mark: str, *, most_bytes: int = MOST_BYTES) -> None:
        """Keep pages of so many bytes together; ``mark`` is what marks their slots."""
        self.mark = mark
        self._most = most_bytes
        self._moments: dict[str, tuple[datetime, Mapping[str, bytes]]] = {}
        self._bytes = 0
        self._pages: OrderedDict[Hashable, Remembered] = OrderedDict()
        self._makers, self._free = OneMaker(), asyncio.Semaphore(_MADE_AT_ONCE)
        self._lock = threading.Lock()

    def moments(
        self, language: str, now: datetime, say: Callable[[datetime], Mapping[str, str]]
    ) -> Mapping[str, bytes]:
        """Return what fills the slots of pages in a language now, as ``say`` says it: the same object for all views within a second."""
        second = now.replace(microsecond=0)
        known = self._moments.get(language)
        if known is None or known[0] != second:
            known = second, {slot: str(escape(text)).encode() for slot, text in say(now).items()}
            self._moments[language] = known
        return known[1]

    def __contains__(self, asked: Hashable) -> bool:
        """Tell whether there is a page for what was asked, be it still the same or not."""
        return asked in self._pages

    def find(self, asked: Hashable, *, edition: int, now: datetime) -> Remembered | None:
        """Return the page for what was asked, if it would be made the same now."""
        with self._lock:
            found = self._pages.get(asked)
            if found is None or not found.holds(edition, now):
                return None
            self._pages.move_to_end(asked)
            return found

    def keep(self, asked: Hashable, page: Remembered) -> None:
        """Remember a page in the place of an earlier one; of a page that lasts for no time, that it is made for each view."""
        with self._lock:
            earlier = self._pages.pop(asked, None)
            self._bytes -= earlier.page.size if earlier else 0
            if page.until <= page.since:
                return
            self._bytes += page.page.size
            self._pages[asked] = page
            while self._bytes > self._most and self._pages:
                self._bytes -= self._pages.popitem(last=False)[1].page.size

    async def made_by_another(self, asked: Hashable) -> bool:
        """Wait until the page for what was asked is made anew, if somebody makes it now; tell whether somebody did.

        For one of which nothing is known nobody waits: it may be a page that is never kept.
        """
        return asked in self._pages and await self._makers.made_by_another(asked)

    @asynccontextmanager
    async def making(self, asked: Hashable) -> AsyncIterator[None]:
        """Let others wait for the page that the block makes; on the event loop.

        Few pages are made at a time: more would take turns at the interpreter, and hold the memory of all of them meanwhile. Many open a new
        link at once (a class, a QR code on a wall): the block looks once more, since whoever waited for a turn may find what was made meanwhile.
        """
        with self._makers.making(asked):
            async with self._free:
                yield

    def __len__(self) -> int:
        """Return how many pages are remembered."""
        return len(self._pages)


def _between(pieces: list[bytes], filled: list[bytes]) -> Iterable[bytes]:
    yield pieces[0]
    for slot, piece in zip(filled, pieces[1:], strict=True):
        yield slot
        yield piece


def _deflated(piece: bytes) -> bytes:
    """Return a piece as blocks of deflate that end at a whole byte and refer to nothing before them."""
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compressor.compress(piece) + compressor.flush(zlib.Z_FULL_FLUSH)


def _stored(slot: bytes) -> bytes:
    """Return what fills a slot as one stored block of deflate, at most 65 535 bytes."""
    return b"\x00" + struct.pack("<HH", len(slot), len(slot) ^ 0xFFFF) + slot
