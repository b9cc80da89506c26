"""Everything as one file: the badges to carry away, the pieces of evidence, and all that is held about the person, as a ZIP.

It is made while it is sent, so that nothing of it is ever on a disk or whole in memory.
"""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import orjson

from okbadges.credentials.baking import bake_png
from okbadges.errors import OkbadgesError
from okbadges.issuing.forms import Form
from okbadges.passport.brought import brought_of
from okbadges.passport.collection import collection_of
from okbadges.passport.own_data import evidence_files, own_data
from okbadges.passport.shown_endorsements import endorsements_held
from okbadges.recognition.recognised import decided_in_data

if TYPE_CHECKING:
    from collections.abc import Iterator

    from okbadges.edge.rooms import Rooms
    from okbadges.pages.words import Words
    from okbadges.passport.collection import Held
    from okbadges.passport.holder import Holder

_BEGINNING = (1980, 1, 1, 0, 0, 0)
"""When every file in the archive was made, as far as it says: the day on which somebody took it along is nobody's business."""


class _Outlet:
    """What the archive is written to: it remembers until it is asked, and cannot go back."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def write(self, piece: bytes, /) -> int:
        self._waiting += piece
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """There is nothing to close."""

    def take(self) -> bytes:
        piece = bytes(self._waiting)
        self._waiting.clear()
        return piece


def archive(rooms: Rooms, holder: Holder, words: Words) -> Iterator[bytes]:
    """Make the archive piece by piece: ``read-me.txt``, ``badges/``, ``endorsements/``, ``others/``, ``evidence/`` and ``everything.json``."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in _files(rooms, holder, words):
            made.writestr(zipfile.ZipInfo(name, _BEGINNING), content, zipfile.ZIP_DEFLATED)
            yield outlet.take()
    yield outlet.take()


def _files(rooms: Rooms, holder: Holder, words: Words) -> Iterator[tuple[str, bytes]]:
    yield "read-me.txt", words("settings.archive.read_me").encode()
    with rooms.database.read() as session:
        held = collection_of(session, holder).held
        everything = own_data(session, rooms.secrets, holder)
        everything["decisions"] = decided_in_data(session, rooms.secrets, holder.participants)
        endorsements = endorsements_held(session, holder)
        brought = brought_of(session, rooms.secrets, holder.passport_id)
    yield "everything.json", orjson.dumps(everything, option=orjson.OPT_INDENT_2)
    for number, one in enumerate(held, start=1):
        for suffix, content in _forms(rooms, one):
            yield f"badges/{number:02d}-{one.badge.slug}.{suffix}", content
    for number, endorsement in enumerate(endorsements, start=1):
        yield f"endorsements/{number:02d}.json", endorsement.document
    for number, other in enumerate(brought, start=1):
        yield f"others/{number:02d}.{'jwt' if other.is_jwt else 'json'}", other.document
    with rooms.database.read() as session:
        yield from evidence_files(session, rooms.secrets, holder)


def _forms(rooms: Rooms, held: Held) -> Iterator[tuple[str, bytes]]:
    """Go through the files of one badge; what cannot be made (of a revoked one, or without a key) is not in the archive."""
    yield "json", held.document
    yield "png", bake_png(held.image_png, held.document)
    for form, suffix in ((Form.VC_JWT, "jwt"), (Form.SELECTIVE_BASE, "selective.json")):
        try:
            yield suffix, rooms.forms.get(held.credential_id, form, actor="holder")
        except OkbadgesError:
            continue
