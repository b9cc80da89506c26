"""How a badge looks: a bowl with a softly carved birch rim, a field in its family's colour, a pictogram, a band with the name.

Drawing is pure: the same definition gives the same bytes. `draw_badge` and `draw_emblem` return SVG without fonts, scripts,
ids or anything from elsewhere, so that it can stand in a page, a wallet or a credential; `alternative_text` says in words what
the picture shows; `draw_all` writes the files of ``badge_definitions/artwork``. Summary badges are dark wood and night, with
a cloudberry-yellow sign. The rim carries one peg for each small step. The drawing is 480 units wide.
"""

from __future__ import annotations

import io
import math
from collections import Counter
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from okbadges.catalogue.lettering import Band, PathWriter, artwork_extra_missing, open_font, outline_name
from okbadges.catalogue.pictograms import PICTOGRAMS
from okbadges.catalogue.texts import LANGUAGES
from okbadges.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from okbadges.catalogue.badge_files import BadgeDefinition
    from okbadges.catalogue.pictograms import Pictogram


@dataclass(frozen=True, slots=True)
class Colours:
    """What a family is painted with: the bowl's ground and shade, the ink of the sign, and the wood of the rim."""

    ground: str
    shade: str
    ink: str = "#FFFFFF"
    wood: str = "#E2BC86"
    wood_edge: str = "#AD7A42"
    wood_grain: str = "#CBA061"
    wood_light: str = "#EFD2A3"
    peg: str = ""

    @property
    def peg_colour(self) -> str:
        """The colour of the pegs in the rim: the family's shade, as if burnt into the wood."""
        return self.peg or self.shade


FAMILY_COLOURS = {
    "arki": Colours("#B4531A", "#8F3F12"),
    "tyo": Colours("#1F4E79", "#163A5C"),
    "vuorovaikutus": Colours("#8A2F5B", "#6B2246"),
    "digi": Colours("#0B6E6E", "#075454"),
    "kadentaidot": Colours("#5B6B1E", "#465315"),
    "opiskelu": Colours("#5A3E99", "#443077"),
    "hyvinvointi": Colours("#2F7D4F", "#225E3B"),
    "kooste": Colours(
        "#22303C", "#151F28", "#FFD166", "#3B2F26", "#1E1712", "#4C3D31", wood_light="#FFD166", peg="#FFD166"
    ),
}
PAPER = "#FFFDF8"
"""The band's own colour; the name stands on it in the family's shade."""

PNG_WIDTH = 512
LOBES, LOBE_DEPTH = 12, 0.02
"""The rim is a ring that swells and sinks this often, by this part of its radius: as a knife leaves it, never spiky."""

STEP_ANGLE, STEPS_ANGLE = math.radians(13), math.radians(110)
"""The angle between two pegs, and the angle that all of them may take together."""

BAND = Band((240, -528), radius=900, width=410, one_line=42, two_lines=36, smallest=22)
BAND_HALF_HEIGHT, BAND_ANGLE = 52, 0.2535


def draw_badge(badge: BadgeDefinition, language: str, name_outline: str) -> str:
    """Return the whole badge as SVG with its name in ``language``, whose letters are the path ``name_outline``.

    Raises `InvalidInput` for a badge without pictogram or a family without colours.
    """
    colours, pictogram = _colours(badge), _pictogram(badge)
    bowl = _Bowl(centre_y=226, radius=216)
    sign = _sign(pictogram, colours, middle_y=190, scale=9.7, stroke=1.65)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 458" role="img" lang="{escape(language)}">'
        f"<title>{escape(_called(badge, language))}</title><desc>{escape(alternative_text(badge, language))}</desc>"
        f"{bowl.draw(colours, len(badge.criteria))}{sign}{_band(colours)}"
        f'<path fill="{colours.shade}" d="{name_outline}"/></svg>\n'
    )


def draw_emblem(badge: BadgeDefinition) -> str:
    """Return the badge without band and words, for lists and small sizes; its name has to stand beside it.

    Raises `InvalidInput` for a badge without pictogram or a family without colours.
    """
    colours = _colours(badge)
    bowl = _Bowl(centre_y=236, radius=228)
    sign = _sign(_pictogram(badge), colours, middle_y=239, scale=12.4, stroke=1.7)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 480" aria-hidden="true">'
        f"{bowl.draw(colours, len(badge.criteria))}{sign}</svg>\n"
    )


def alternative_text(badge: BadgeDefinition, language: str) -> str:
    """Return what the picture of the badge shows, with its name, in ``language`` (fi, sv or en)."""
    return f"{_called(badge, language)}: {_pictogram(badge).shows(language)}."


def draw_all(badges: Iterable[BadgeDefinition], folder: Path, font_path: Path) -> list[Path]:
    """Draw every badge into ``folder`` (emblem, and SVG and PNG in each language) and return the files written.

    Raises `ConfigurationError` when the font or the extra ``artwork`` is missing, `InvalidInput` for what cannot be drawn.
    """
    font = open_font(font_path)
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for badge in badges:
        pictures = {f"{badge.slug}.emblem.svg": draw_emblem(badge).encode()}
        for language in LANGUAGES:
            svg = draw_badge(badge, language, outline_name(font, badge.name.in_language(language)[0], BAND))
            pictures[f"{badge.slug}.{language}.svg"] = svg.encode()
            pictures[f"{badge.slug}.{language}.png"] = draw_png(svg)
        for name, content in pictures.items():
            (folder / name).write_bytes(content)
            written.append(folder / name)
    return written


def draw_png(svg: str, width: int = PNG_WIDTH) -> bytes:
    """Return ``svg`` as a PNG of ``width`` pixels with a palette, as small as it gets. Raises `ConfigurationError` without the extra."""
    try:
        import resvg_py  # noqa: PLC0415 - an extra: only whoever draws needs it
        from PIL import Image  # noqa: PLC0415 - the same
    except ImportError as missing:
        raise artwork_extra_missing() from missing
    drawn = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=width, skip_system_fonts=True))
    with Image.open(io.BytesIO(drawn)) as picture:
        size, pixels = picture.size, picture.convert("RGBA").tobytes()
    indexes, palette = _with_palette(pixels)
    small = Image.frombytes("P", size, indexes)
    small.putpalette(palette, "RGBA")
    packed = io.BytesIO()
    small.save(packed, "PNG", optimize=True)
    return packed.getvalue()


def _with_palette(pixels: bytes) -> tuple[bytes, bytes]:
    """Return RGBA ``pixels`` as places in a palette, and the palette: the 256 commonest colours as they are, never averaged."""
    colours = [pixels[place : place + 4] for place in range(0, len(pixels), 4)]
    counts = Counter(colours)
    kept = sorted(counts, key=lambda colour: (-counts[colour], colour))[:256]
    places = {colour: place for place, colour in enumerate(kept)}
    for rare in counts.keys() - places.keys():
        places[rare] = places[min(kept, key=lambda colour: (math.dist(colour, rare), colour))]
    return bytes(map(places.__getitem__, colours)), b"".join(kept)


@dataclass(frozen=True, slots=True)
class _Bowl:
    """The carved bowl seen from above: rim, grain, pegs and the hollow field."""

    centre_y: float
    radius: float

    def draw(self, colours: Colours, steps: int) -> str:
        """Return the bowl with one peg for each of ``steps``."""
        rings = "".join(
            f'<circle cx="240" cy="{self.centre_y}" r="{self.radius - inset}" stroke-dasharray="{grain}"/>'
            for inset, grain in ((15, "150 40 320 30 90 60 420 60"), (34, "60 50 250 40 300 60 130 60"))
        )
        return (
            f'<path fill="{colours.wood_edge}" d="{self._rim(grown=2, lowered=8)}"/>'
            f'<path fill="{colours.wood}" stroke="{colours.wood_light}" stroke-width="5" d="{self._rim()}"/>'
            f'<g fill="none" stroke="{colours.wood_grain}" stroke-width="3" stroke-linecap="round">{rings}</g>'
            f"{self._disc(47, colours.wood_edge)}{self._disc(52, colours.shade)}"
            f"{self._disc(57.5, colours.ground, lit=True)}{self._pegs(colours.peg_colour, steps)}"
        )

    def _disc(self, inset: float, colour: str, *, lit: bool = False) -> str:
        """Return a filled circle; the ``lit`` one is moved away from the light, so that the field looks hollow."""
        x, y = (242, self.centre_y + 5) if lit else (240, self.centre_y)
        return f'<circle cx="{x:g}" cy="{y:g}" r="{self.radius - inset:g}" fill="{colour}"/>'

    def _pegs(self, colour: str, steps: int) -> str:
        angle = min(STEP_ANGLE, STEPS_ANGLE / max(steps, 1))
        pen = PathWriter()
        for step in range(steps):
            turn = (step - (steps - 1) / 2) * angle
            reach = self.radius - 25
            x, y = 240 + reach * math.sin(turn), self.centre_y - reach * math.cos(turn)
            pen.move((x, y))
            pen.line((x, y))
        return f'<path stroke="{colour}" stroke-width="18" stroke-linecap="round" d="{pen.text()}"/>'

    def _rim(self, *, grown: float = 0, lowered: float = 0) -> str:
        """Return the lobed ring as few smooth curves: broad on the swellings, tight between them."""
        half_lobe = math.pi / LOBES
        pen = PathWriter()
        leaving = (0.0, 0.0)
        for turn in range(2 * LOBES + 1):
            swells = turn % 2 == 0
            radius = (self.radius + grown) * (1 + (LOBE_DEPTH if swells else -LOBE_DEPTH))
            handle = radius * half_lobe * (0.5 if swells else 0.28)
            angle = turn * half_lobe
            sin, cos = math.sin(angle), math.cos(angle)
            x, y = 240 + radius * sin, self.centre_y + lowered - radius * cos
            arriving = (x - cos * handle, y - sin * handle)
            if turn == 0:
                pen.move((x, y))
            elif turn == 1:
                pen.cubic(leaving, arriving, (x, y))
            else:
                pen.smooth(arriving, (x, y))
            leaving = (x + cos * handle, y + sin * handle)
        pen.close()
        return pen.text()


def _sign(pictogram: Pictogram, colours: Colours, *, middle_y: float, scale: float, stroke: float) -> str:
    """Return the pictogram with its weight at the middle of the field; ``stroke`` is in units of its grid of 24."""
    across, down = pictogram.nudge
    x, y = 240 + (across - 12) * scale, middle_y + (down - 12) * scale
    return (
        f'<path fill="none" stroke="{colours.ink}" stroke-width="{stroke}" stroke-linecap="round" stroke-linejoin="round" '
        f'transform="translate({x:.1f} {y:.1f}) scale({scale})" d="{pictogram.strokes}"/>'
    )


def _band(colours: Colours) -> str:
    """Return the band: paper with an edge in the family's shade and a shadow that gives it thickness."""
    paper = _band_outline(BAND_HALF_HEIGHT)
    return (
        f'<path fill="{colours.shade}" transform="translate(0 7)" d="{paper}"/>'
        f'<path fill="{PAPER}" stroke="{colours.shade}" stroke-width="5" stroke-linejoin="round" d="{paper}"/>'
    )


def _band_outline(half_height: float) -> str:
    upper, lower = BAND.radius - half_height, BAND.radius + half_height
    pen = PathWriter()
    pen.move(BAND.at(upper, -BAND_ANGLE))
    pen.arc(upper, BAND.at(upper, BAND_ANGLE), clockwise=False)
    pen.line(BAND.at(lower, BAND_ANGLE))
    pen.arc(lower, BAND.at(lower, -BAND_ANGLE), clockwise=True)
    pen.close()
    return pen.text()


def _called(badge: BadgeDefinition, language: str) -> str:
    """Return what one calls the badge when speaking of it; the name of a summary badge already says that it is one."""
    word = {"sv": "Märket", "en": "Badge"}.get(language, "Osaamismerkki")
    return f"{word} {badge.name.in_language(language)[0]}"


def _pictogram(badge: BadgeDefinition) -> Pictogram:
    found = PICTOGRAMS.get(badge.slug)
    if found is None:
        raise InvalidInput(
            "badge-without-pictogram",
            f"{badge.slug} has no pictogram: draw one in catalogue/pictograms.py.",
            field="slug",
        )
    return found


def _colours(badge: BadgeDefinition) -> Colours:
    found = FAMILY_COLOURS.get(badge.family)
    if found is None:
        families = ", ".join(FAMILY_COLOURS)
        raise InvalidInput(
            "family-without-colour", f"The family {badge.family} has no colours; there are {families}.", field="family"
        )
    return found
