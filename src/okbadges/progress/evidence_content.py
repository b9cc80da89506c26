"""What a piece of evidence may hold: a plain text, a photo that is drawn again, or a file of a kind that says what it is.

What it is follows from its bytes, never from a name or from what the sender calls it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from okbadges.errors import InvalidInput, TooLarge
from okbadges.progress import photos
from okbadges.progress.notes import readable

if TYPE_CHECKING:
    from okbadges.progress.photos import Photos

MOST_BYTES = 5 * 1024 * 1024
LONGEST_TEXT = 5_000
PLAIN_TEXT, PDF = "text/plain; charset=utf-8", "application/pdf"
SUFFIXES = {PLAIN_TEXT: "txt", PDF: "pdf", photos.MEDIA_TYPE: "jpg"}

_PDF_START, _PDF_END = b"%PDF-", b"%%EOF"


class PieceKind(StrEnum):
    """What a piece of evidence is."""

    TEXT = "text"
    PHOTO = "photo"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Content:
    """What a piece holds, checked and ready to be sealed."""

    kind: PieceKind
    media_type: str
    data: bytes


def text_content(text: str) -> Content:
    """Return a text as it is kept. Raises `InvalidInput`: ``text-too-long``, ``text-characters``, ``evidence-empty``."""
    plain = readable(text, longest=LONGEST_TEXT, field="text")
    if not plain:
        raise _empty("text")
    return Content(PieceKind.TEXT, PLAIN_TEXT, plain.encode())


def photo_content(data: bytes, drawing: Photos) -> Content:
    """Return a photo as it is kept: a new JPEG. Raises `TooLarge`, `InvalidInput` and what `Photos.redraw` raises."""
    _check_size(data)
    return Content(PieceKind.PHOTO, photos.MEDIA_TYPE, drawing.redraw(data))


def file_content(data: bytes) -> Content:
    """Return a file as it is kept: unchanged. Raises `TooLarge`, and `InvalidInput` (``file-type``) for all but PDF and plain text."""
    _check_size(data)
    if data.startswith(_PDF_START) and _PDF_END in data[-1024:]:
        return Content(PieceKind.FILE, PDF, data)
    if not _is_plain_text(data):
        raise InvalidInput(
            "file-type",
            "A file is a whole PDF or plain text (UTF-8); send a picture as a photo, and save anything else as PDF.",
            field="file",
        )
    return Content(PieceKind.FILE, PLAIN_TEXT, data)


def _check_size(data: bytes) -> None:
    if not data:
        raise _empty("file")
    if len(data) > MOST_BYTES:
        raise TooLarge("file-too-large", f"Send at most {MOST_BYTES // 1024**2} MiB.", field="file")


def _is_plain_text(data: bytes) -> bool:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return text.translate(dict.fromkeys(map(ord, "\t\n\r\f"))).isprintable()


def _empty(field: str) -> InvalidInput:
    return InvalidInput(
        "evidence-empty", "There is nothing in it; send what shows what the participant did.", field=field
    )
