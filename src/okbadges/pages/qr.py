"""QR codes: an SVG small enough to stand in a page, and a PNG for paper. The quiet zone of four modules is part of both.

The mask is fixed (any of the eight is readable) and the version follows from the length, which makes a code in a fraction of the
time that trying them out takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from itertools import groupby

QUIET_ZONE = 4
_MASK = 3
_BYTES = (14, 26, 42, 62, 84, 106, 122, 152, 180, 213)
"""How many bytes versions 1 to 10 hold at error correction M (ISO/IEC 18004, table 7)."""
_PNG_MODULE = 12  # pixels: a code of 41 modules is printed sharply at 5 cm


@dataclass(frozen=True, slots=True)
class Code:
    """A code as a page draws it: one SVG path in a square of ``size`` modules."""

    path: str
    size: int


def drawn(text: str) -> Code:
    """Return the code for ``text``, to be drawn in a page."""
    modules = matrix(text)
    return Code(path(modules), len(modules))


def matrix(text: str) -> list[list[bool]]:
    """Return the modules of a code for ``text`` (error correction M), quiet zone included."""
    from qrcode import QRCode  # noqa: PLC0415 - imported late: a server that never shows a code does not pay for it
    from qrcode.constants import ERROR_CORRECT_M  # noqa: PLC0415 - the same

    version = next((number for number, most in enumerate(_BYTES, start=1) if len(text.encode()) <= most), None)
    code = QRCode(version, error_correction=ERROR_CORRECT_M, border=QUIET_ZONE, mask_pattern=_MASK)
    code.add_data(text)
    code.make(fit=version is None)
    return [[bool(module) for module in row] for row in code.get_matrix()]


def path(modules: list[list[bool]]) -> str:
    """Return the dark modules as one SVG path, a stroke for each run in a row."""
    strokes = []
    for y, row in enumerate(modules):
        x = 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                strokes.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length
    return "".join(strokes)


def svg(text: str) -> bytes:
    """Return a code as an SVG file, black on white."""
    code = drawn(text)
    size = code.size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="{size * 8}" height="{size * 8}" '
        f'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{code.path}"/></svg>'
    ).encode()


def png(text: str) -> bytes:
    """Return a code as a PNG file of black and white pixels, about 500 on a side."""
    from PIL import Image  # noqa: PLC0415 - imported late, as Pillow is slow to load

    modules = matrix(text)
    size = len(modules)
    image = Image.new("1", (size, size), color=1)
    image.putdata([0 if dark else 1 for row in modules for dark in row])
    large = image.resize((size * _PNG_MODULE, size * _PNG_MODULE), Image.Resampling.NEAREST)
    written = BytesIO()
    large.save(written, format="PNG", optimize=True)
    return written.getvalue()
