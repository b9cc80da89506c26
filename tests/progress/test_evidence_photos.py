"""A photo is drawn again: nothing stays but what it shows, and no file takes more than its share of memory or time."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from okbadges.errors import InvalidInput, Unavailable
from okbadges.progress.photos import LONGEST_SIDE, Photos

GPS, ORIENTATION, CAMERA, DESCRIPTION = 0x8825, 0x0112, 0x010F, 0x010E


def saved(picture: Image.Image, form: str, **more: Any) -> bytes:
    """Return a picture as a file."""
    file = io.BytesIO()
    picture.save(file, form, **more)
    return file.getvalue()


def two_colours(size: tuple[int, int] = (400, 200), mode: str = "RGB") -> Image.Image:
    """Return a picture whose left half is red and whose right half is blue."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    return picture.convert(mode)


def with_secrets() -> Image.Exif:
    """Return what a telephone writes beside a photo: a place, a camera, words, and which way is up."""
    exif = Image.Exif()
    exif[CAMERA] = "SECRET-CAMERA"
    exif[DESCRIPTION] = "SECRET-WORDS"
    exif[ORIENTATION] = 6
    gps = exif.get_ifd(GPS)
    gps.update({1: "N", 2: (66.0, 30.0, 12.5), 3: "E", 4: (25.0, 43.0, 1.5), 29: "2026:11:20"})
    return exif


def drawn(data: bytes) -> Image.Image:
    """Return what comes out, opened."""
    return Image.open(io.BytesIO(Photos().redraw(data)))


def colour(picture: Image.Image, x: int, y: int) -> str:
    """Return which of red, blue or white a place has; a JPEG is not exact."""
    red, green, blue = picture.getpixel((x, y))  # type: ignore[misc]
    if min(red, green, blue) > 200:
        return "white"
    return "red" if red > blue else "blue"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_it_works(form: str) -> None:
    """Place, camera and words are gone, and the photo stands upright."""
    data = saved(two_colours(), form, exif=with_secrets())
    assert b"SECRET" in data
    picture = drawn(data)
    assert picture.format == "JPEG"
    assert picture.size == (200, 400)
    assert (colour(picture, 100, 20), colour(picture, 100, 380)) == ("red", "blue")
    assert dict(picture.getexif()) == {}
    assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"SECRET" not in Photos().redraw(data)
    assert b"Exif" not in Photos().redraw(data)


def test_everything_else_that_can_hide_is_gone() -> None:
    """A comment, a colour profile, XMP, text chunks, and whatever stands behind the picture do not come along."""
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "SECRET")
    words.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>SECRET</x:xmpmeta>")
    picture = two_colours()
    files = [
        saved(picture, "PNG", pnginfo=words, icc_profile=b"SECRET" * 30),
        saved(picture, "JPEG", comment=b"SECRET", icc_profile=b"SECRET" * 30, xmp=b"SECRET"),
        saved(picture, "WEBP", xmp=b"SECRET", icc_profile=b"SECRET" * 30),
        saved(picture, "JPEG") + b"PK\x03\x04SECRET<script>alert(1)</script>",
    ]
    for file in files:
        assert b"SECRET" in file
        again = Photos().redraw(file)
        assert b"SECRET" not in again
        assert b"<script" not in again


@pytest.mark.parametrize("size", [(5000, 1000), (1000, 5000), (2001, 2001)])
def test_it_is_made_as_small_as_a_screen_needs(size: tuple[int, int]) -> None:
    """The longest side is 2 000 pixels at the most, and the shape stays."""
    picture = drawn(saved(two_colours(size), "JPEG"))
    assert max(picture.size) == LONGEST_SIDE
    assert picture.width / picture.height == pytest.approx(size[0] / size[1], rel=0.01)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "I;16"])
def test_every_kind_of_colours_is_drawn(mode: str) -> None:
    """Black and white, palettes, inks and sixteen bits become a usual JPEG."""
    source = Image.new("I;16", (40, 20)) if mode == "I;16" else two_colours((40, 20), mode)
    picture = drawn(saved(source, "JPEG" if mode == "CMYK" else "PNG"))
    assert (picture.mode, picture.size) == ("RGB", (40, 20))


def test_what_was_transparent_is_white() -> None:
    """Colours under full transparency do not come to light."""
    picture = two_colours((40, 20), "RGBA")
    picture.putalpha(0)
    assert colour(drawn(saved(picture, "PNG")), 20, 10) == "white"


def test_only_the_first_of_several_pictures_is_kept() -> None:
    """An animation, and the second picture that telephones put behind a photo, are left out."""
    first, second = two_colours(), Image.new("RGB", (400, 200), "white")
    for file in (
        saved(first, "PNG", save_all=True, append_images=[second]),
        saved(first, "WEBP", save_all=True, append_images=[second]),
        saved(first, "MPO", save_all=True, append_images=[second]),
    ):
        picture = drawn(file)
        assert colour(picture, 20, 100) == "red"
        assert getattr(picture, "n_frames", 1) == 1


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_that_says(width: int, height: int, *, rows: bytes = b"", extra: bytes = b"") -> bytes:
    """Return a PNG that says how large it is, with whatever rows."""
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = _chunk(b"IDAT", zlib.compress(rows, 9))
    return b"\x89PNG\r\n\x1a\n" + head + extra + body + _chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("width", "height"), [(30_000, 30_000), (10_000, 10_000), (2**31 - 1, 2**31 - 1), (5001, 5000)]
)
def test_a_small_file_cannot_be_an_enormous_picture(width: int, height: int) -> None:
    """Its size is read before anything is drawn."""
    with pytest.raises(InvalidInput) as refused:
        Photos().redraw(png_that_says(width, height, rows=bytes(1000)))
    assert refused.value.code == "photo-too-many-pixels"


def test_the_canvas_of_an_animation_counts_too() -> None:
    """A WebP that says 16 000 by 16 000 around a tiny picture is refused."""
    tiny = saved(two_colours((4, 4)), "WEBP", save_all=True, append_images=[two_colours((4, 4), "L")])
    place = tiny.index(b"VP8X") + 12
    bomb = tiny[:place] + (15_999).to_bytes(3, "little") * 2 + tiny[place + 6 :]
    with pytest.raises(InvalidInput):
        Photos().redraw(bomb)


def test_text_that_unpacks_without_end_is_refused() -> None:
    """A compressed comment of a gigabyte in a PNG is not unpacked."""
    endless = _chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(80_000_000), 9))
    with pytest.raises(InvalidInput):
        Photos().redraw(png_that_says(10, 10, rows=bytes(31 * 10), extra=endless))


@pytest.mark.parametrize(("size", "scans"), [((64, 64), 1000), ((5000, 5000), 60)])
def test_a_jpeg_with_endless_scans_is_refused(size: tuple[int, int], scans: int) -> None:
    """Each scan is drawn over the ones before it: so many of them are no photo but work."""
    photo = saved(two_colours(size), "JPEG", progressive=True)
    scan = photo.rindex(b"\xff\xda")
    endless = photo[:scan] + photo[scan:-2] * scans + b"\xff\xd9"
    with pytest.raises(InvalidInput) as refused:
        Photos().redraw(endless)
    assert refused.value.code == "photo-unreadable"


def test_what_is_no_whole_photo_is_refused() -> None:
    """Nothing, words, a picture of another kind, half a file and broken ones are told apart from photos."""
    jpeg, png = saved(two_colours(), "JPEG"), saved(two_colours(), "PNG")
    for wrong in (
        b"",
        b"\xff\xd8\xff",
        b"no photo at all",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7\n%%EOF",
        saved(two_colours(), "GIF"),
        saved(two_colours(), "BMP"),
        saved(two_colours(), "TIFF"),
        jpeg[: len(jpeg) // 2],
        png[: len(png) // 2],
        png_that_says(10, 10, rows=b""),
        png_that_says(0, 0),
    ):
        with pytest.raises(InvalidInput) as refused:
            Photos().redraw(wrong)
        assert refused.value.code == "photo-unreadable"
        assert refused.value.field == "file"


@pytest.mark.filterwarnings("ignore")  # Pillow warns of what is broken beside a picture
def test_no_broken_byte_gets_through_as_anything_else() -> None:
    """A photo with any byte changed is drawn or refused, and nothing else happens."""
    photo = saved(two_colours((32, 32)), "JPEG", exif=with_secrets())
    for place in range(len(photo)):
        broken = photo[:place] + bytes([photo[place] ^ 0xFF]) + photo[place + 1 :]
        try:
            again = Photos().redraw(broken)
        except InvalidInput:
            continue
        assert b"SECRET" not in again


def test_few_are_drawn_at_once() -> None:
    """When everybody is busy for too long, the sender is asked to come back."""
    drawing = Photos(at_once=1, patience_seconds=0.01)
    drawing._turns.acquire()
    with pytest.raises(Unavailable) as busy:
        drawing.redraw(saved(two_colours(), "JPEG"))
    assert busy.value.code == "busy-photos"
    drawing._turns.release()
    assert drawing.redraw(saved(two_colours(), "JPEG"))
