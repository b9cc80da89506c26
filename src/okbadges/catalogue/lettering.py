"""Words as vector outlines: a name drawn once looks the same in every wallet, without a font.

The outlines are taken with fontTools from a font installed where the artwork is drawn (the extra ``artwork``); a server
never needs it. A name is set on one line or two, as large as fits, along the gentle arc of the badge's band. All lengths
are units of the drawing; numbers are rounded to one decimal, so the same font and name give the same bytes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from okbadges.errors import ConfigurationError, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Point = tuple[float, float]

DEFAULT_FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"
"""Debian's ``fonts-dejavu-core``: the committed artwork is drawn with it. Its forms are those of Verdana, and it has the Sámi letters."""

SUMMARY_DASH = "\N{EN DASH} "
"""Before the kind in a summary badge's name. Where the name breaks into two lines there, the break stands for the dash."""


class PathWriter:
    """Writes SVG path data in as few characters as it can: relative commands, one decimal, no needless signs."""

    def __init__(self) -> None:
        """Start an empty path at the origin."""
        self._parts: list[str] = []
        self._command = ""
        self._x = self._y = self._start_x = self._start_y = 0  # in tenths of a unit

    def move(self, to: Point) -> None:
        """Begin a new outline at ``to``."""
        self._write("m", to)
        self._start_x, self._start_y = self._x, self._y

    def line(self, to: Point) -> None:
        """Draw a straight line to ``to``."""
        self._write("l", to)

    def quadratic(self, control: Point, to: Point) -> None:
        """Draw a quadratic curve to ``to``."""
        self._write("q", control, to)

    def cubic(self, first: Point, second: Point, to: Point) -> None:
        """Draw a cubic curve to ``to``."""
        self._write("c", first, second, to)

    def smooth(self, second: Point, to: Point) -> None:
        """Draw a cubic curve that leaves as the curve before it arrived."""
        self._write("s", second, to)

    def arc(self, radius: float, to: Point, *, clockwise: bool) -> None:
        """Draw the shorter arc of a circle to ``to``."""
        x, y = _tenths(to)
        steps = [str(int(clockwise)), _short(x - self._x), _short(y - self._y)]
        self._parts.append(f"a{radius:g} {radius:g} 0 0 " + " ".join(steps))
        self._command, self._x, self._y = "a", x, y

    def close(self) -> None:
        """End the outline where it began."""
        self._parts.append("z")
        self._command, self._x, self._y = "z", self._start_x, self._start_y

    def text(self) -> str:
        """Return the path data written so far."""
        return "".join(self._parts)

    def _write(self, command: str, *points: Point) -> None:
        numbers: list[str] = []
        for point in points:
            x, y = _tenths(point)
            numbers += [_short(x - self._x), _short(y - self._y)]
        self._x, self._y = _tenths(points[-1])
        written = " ".join(numbers).replace(" -", "-")
        same = command == self._command and command != "m"
        separator = " " if same and not written.startswith("-") else ""
        self._parts.append((separator if same else command) + written)
        self._command = command


def _tenths(point: Point) -> tuple[int, int]:
    return round(point[0] * 10), round(point[1] * 10)


def _short(tenths: int) -> str:
    """Return tenths of a unit as the shortest decimal: 12 → 1.2, -5 → -.5, 30 → 3."""
    whole, tenth = divmod(abs(tenths), 10)
    digits = f"{whole or ''}.{tenth}" if tenth else str(whole)
    return f"-{digits}" if tenths < 0 else digits


@dataclass(frozen=True, slots=True)
class Font:
    """An opened font: glyph outlines, the width of every glyph and the kerning of pairs, in the font's own units."""

    units: int
    cap_height: float
    names: dict[int, str]
    glyphs: Any
    kerning: dict[tuple[str, str], int]

    def placed(self, text: str) -> list[tuple[str, float, float]]:
        """Return each glyph of ``text`` with its place and width. Raises `InvalidInput` for a letter the font lacks."""
        placed: list[tuple[str, float, float]] = []
        x = 0.0
        before = ""
        for letter in text:
            name = self.names.get(ord(letter))
            if name is None:
                raise InvalidInput("letter-not-in-font", f"The font has no letter {letter!r}; draw with another font.")
            x += self.kerning.get((before, name), 0)
            width = float(self.glyphs[name].width)
            placed.append((name, x, width))
            x += width
            before = name
        return placed

    def width(self, text: str) -> float:
        """Return the width of ``text`` at size 1."""
        _, x, width = self.placed(text)[-1]
        return (x + width) / self.units


def open_font(path: Path) -> Font:
    """Open the font at ``path``. Raises `ConfigurationError` when the font or the extra ``artwork`` is not installed."""
    try:
        from fontTools.ttLib import TTFont  # noqa: PLC0415 - an extra: only whoever draws needs it
    except ImportError as missing:
        raise artwork_extra_missing() from missing
    if not path.is_file():
        raise ConfigurationError(
            "artwork-font-missing", f"There is no font at {path}: apt-get install fonts-dejavu-core, or name another."
        )
    font = TTFont(path)
    glyphs, names = font.getGlyphSet(), font.getBestCmap()
    pairs = font["kern"].kernTables[0].kernTable if "kern" in font else {}
    capital = font["glyf"]["H"].yMax if "glyf" in font else font["OS/2"].sCapHeight
    units = font["head"].unitsPerEm
    return Font(units=units, cap_height=capital / units, names=names, glyphs=glyphs, kerning=pairs)


def artwork_extra_missing() -> ConfigurationError:
    """Return the error that says how to install what drawing needs."""
    return ConfigurationError("artwork-extra-missing", 'Drawing needs more libraries: pip install "okbadges[artwork]"')


@dataclass(frozen=True, slots=True)
class Band:
    """The band a name is set on: part of a ring around a far centre above it, so that the middle hangs lowest."""

    centre: Point
    radius: float
    width: float
    one_line: float
    two_lines: float
    smallest: float

    def at(self, radius: float, angle: float) -> Point:
        """Return the point at ``angle`` (radians, clockwise seen from below the centre) on the ring of ``radius``."""
        return self.centre[0] + radius * math.sin(angle), self.centre[1] + radius * math.cos(angle)


def set_lines(font: Font, name: str, band: Band) -> tuple[float, list[str]]:
    """Return the font size and the one or two lines in which ``name`` is set largest.

    One line is kept where it loses little; otherwise the break that allows the largest letters and the most even lines
    wins (in a summary badge's name, the one at its dash). Raises `InvalidInput` when the name would be set smaller than ``band.smallest``: it could not be read.
    """
    whole = band.width / font.width(name)
    size, lines = min(whole, band.one_line), [name]
    if whole < band.two_lines and " " in name:
        size, _, _, lines = max(_breaks(font, name, band))
    if size < band.smallest:
        raise InvalidInput("badge-name-too-long", f"The name {name!r} does not fit the band in letters one can read.")
    return size, lines


def _breaks(font: Font, name: str, band: Band) -> Iterator[tuple[float, bool, float, list[str]]]:
    """Go through the ways to break ``name`` in two: size, whether it breaks at the dash, evenness (0 at best), the lines."""
    words = name.split(" ")
    for place in range(1, len(words)):
        first, rest = " ".join(words[:place]), " ".join(words[place:])
        second = rest.removeprefix(SUMMARY_DASH)
        if not first.endswith(SUMMARY_DASH.strip()):
            widths = font.width(first), font.width(second)
            size = min(band.width / max(widths), band.two_lines)
            yield size, second != rest, -abs(widths[0] - widths[1]), [first, second]


def outline_name(font: Font, name: str, band: Band) -> str:
    """Return ``name`` as SVG path data along ``band``. Raises `InvalidInput` as `set_lines` and `Font.placed` do."""
    size, lines = set_lines(font, name, band)
    leading = size * 1.14
    pen = PathWriter()
    for number, line in enumerate(lines):
        middle = (number - (len(lines) - 1) / 2) * leading
        _draw_line(pen, font, line, size, band, band.radius + middle + size * font.cap_height / 2)
    return pen.text()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where one letter stands: its foot on the arc, how it leans, and how large it is."""

    foot: Point
    angle: float
    scale: float
    middle: float

    def of(self, point: Point) -> Point:
        """Return where a point of the font's outline falls on the drawing."""
        across, up = (point[0] - self.middle) * self.scale, point[1] * self.scale
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        return self.foot[0] + across * cos - up * sin, self.foot[1] - across * sin - up * cos


def _draw_line(pen: PathWriter, font: Font, line: str, size: float, band: Band, baseline: float) -> None:
    """Draw one line with every letter upright on the arc of radius ``baseline``."""
    scale = size / font.units
    half = font.width(line) * size / 2
    for name, x, width in font.placed(line):
        angle = ((x + width / 2) * scale - half) / baseline
        _draw_glyph(pen, font, name, _Place(band.at(baseline, angle), angle, scale, width / 2))


def _draw_glyph(pen: PathWriter, font: Font, name: str, place: _Place) -> None:
    from fontTools.pens.basePen import decomposeQuadraticSegment  # noqa: PLC0415 - an extra: only whoever draws needs it
    from fontTools.pens.recordingPen import DecomposingRecordingPen  # noqa: PLC0415 - the same

    recording = DecomposingRecordingPen(font.glyphs)
    font.glyphs[name].draw(recording)
    for step, points in recording.value:
        if step == "moveTo":
            pen.move(place.of(points[0]))
        elif step == "lineTo":
            pen.line(place.of(points[0]))
        elif step == "qCurveTo":
            for control, to in decomposeQuadraticSegment(points):
                pen.quadratic(place.of(control), place.of(to))
        elif step == "curveTo":
            pen.cubic(place.of(points[0]), place.of(points[1]), place.of(points[2]))
        else:
            pen.close()
