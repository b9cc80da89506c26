"""A photo as it is kept: drawn again, so that nothing is left of the file but what it shows.

Where and when it was taken, with what, its thumbnail, its colour profile and whatever was hidden in it go; it is turned upright and
made as small as a screen needs. What comes out is always a JPEG. A file can be small and the picture in it enormous, so its size is
read before any of it is drawn, and few are drawn at the same time.
"""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING

from okbadges.errors import InvalidInput, OkbadgesError, Unavailable

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

MEDIA_TYPE = "image/jpeg"
LONGEST_SIDE = 2000
MOST_PIXELS = 25_000_000
"""As many as telephones take; drawn, they are 100 MB."""
_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 85
# A JPEG is drawn over and over, once for each scan: a camera's has about ten, and 5 MB have room for a hundred thousand. Their mark
# cannot stand in the picture by chance; in the film that some telephones put behind it, it can, a few dozen times.
_SCAN, _MOST_SCANS, _MOST_DRAWN = b"\xff\xda", 500, 1_000_000_000


class Photos:
    """Draws photos again, so many at once; for one process."""

    def __init__(self, *, at_once: int = 2, patience_seconds: float = 10.0) -> None:
        """Draw ``at_once`` photos side by side; whoever comes later waits for so many seconds."""
        self._turns = threading.BoundedSemaphore(at_once)
        self._patience = patience_seconds

    def redraw(self, data: bytes) -> bytes:
        """Return the photo as a new JPEG.

        Raises `InvalidInput`: ``photo-unreadable`` (another format, or broken), ``photo-too-many-pixels``; and `Unavailable`
        (``busy-photos``).
        """
        if not self._turns.acquire(timeout=self._patience):
            raise Unavailable("busy-photos", "Too many photos are arriving now; send it again in a moment.")
        try:
            return _redrawn(data)
        finally:
            self._turns.release()


def _redrawn(data: bytes) -> bytes:
    from PIL import Image, ImageOps  # noqa: PLC0415 - most commands and requests never draw

    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as photo:
            _check_effort(photo, data)
            photo.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(photo).convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except OkbadgesError:
        raise
    except Exception as broken:  # a hostile file can make a decoder raise anything
        raise InvalidInput(
            "photo-unreadable", "This is no whole photo; send a JPEG, PNG or WebP.", field="file"
        ) from broken
    # a picture of its own, to which nothing of the file is attached; what was transparent becomes white
    plain = Image.new("RGB", upright.size, "white")
    plain.paste(upright, mask=upright.getchannel("A"))
    drawn = io.BytesIO()
    plain.save(drawn, "JPEG", quality=_QUALITY, optimize=True)
    return drawn.getvalue()


def _check_effort(photo: ImageFile, data: bytes) -> None:
    """Refuse a file that would cost too much memory or time to draw; only its beginning was read so far."""
    pixels, scans = photo.width * photo.height, data.count(_SCAN) if photo.format in ("JPEG", "MPO") else 1
    if pixels > MOST_PIXELS:
        raise _too_many_pixels()
    if scans > _MOST_SCANS or scans * pixels > _MOST_DRAWN:
        raise InvalidInput("photo-unreadable", "This JPEG has too many scans to be a photo.", field="file")


def _too_many_pixels() -> InvalidInput:
    return InvalidInput(
        "photo-too-many-pixels", f"A photo has at most {MOST_PIXELS // 1_000_000} million pixels.", field="file"
    )
