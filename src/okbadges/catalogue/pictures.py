"""The pictures of the badges as files: ``<slug>.<language>.svg`` and ``.png``, and ``<slug>.emblem.svg`` without words.

They are drawn beforehand and kept in git; here they are only read and looked over. The alternative text of a picture is what its
SVG says of itself: ``<title>``, and ``<desc>`` after it.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.catalogue.mistakes import Mistake
from okbadges.catalogue.texts import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from okbadges.catalogue.badge_files import BadgeDefinition
    from okbadges.catalogue.texts import Language

MOST_SVG_BYTES = 200_000
MOST_PNG_BYTES = 1_000_000

_PNG_START = b"\x89PNG\r\n\x1a\n"
_TITLE, _DESCRIPTION = (re.compile(rf"<{tag}\b[^>]*>\s*([^<]+?)\s*</{tag}>") for tag in ("title", "desc"))
_UNWANTED = re.compile(
    r"<!doctype|<!entity|<script|<foreignobject|\bon[a-z]+\s*=|(?:href|src)\s*=\s*[\"'](?!#)|url\((?!#)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture of a badge in one language."""

    svg: str
    png: bytes
    alt: str


@dataclass(frozen=True, slots=True)
class BadgePictures:
    """All pictures of one badge."""

    emblem_svg: str
    by_language: Mapping[Language, Picture]


def find_pictures(
    folder: Path, badges: Mapping[str, BadgeDefinition]
) -> tuple[dict[str, BadgePictures], list[Mistake]]:
    """Read the pictures of all ``badges`` by slug, and say every one that is missing or not fit to be shown or signed into."""
    found: dict[str, BadgePictures] = {}
    mistakes: list[Mistake] = []
    for slug in badges:
        by_language = {language: _picture(folder, slug, language, mistakes) for language in LANGUAGES}
        emblem = _svg(folder, f"{slug}.emblem.svg", mistakes)
        whole = {language: picture for language, picture in by_language.items() if picture}
        if emblem and len(whole) == len(LANGUAGES):
            found[slug] = BadgePictures(emblem, whole)
    wanted = {f"{slug}.{ending}" for slug in badges for ending in _ENDINGS}
    mistakes += [
        Mistake(f"artwork/{path.name}", "", "belongs to no badge")
        for path in (sorted(folder.iterdir()) if folder.is_dir() else ())
        if path.suffix in {".svg", ".png"} and path.name not in wanted
    ]
    return found, mistakes


_ENDINGS = ("emblem.svg", *(f"{language}.{kind}" for language in LANGUAGES for kind in ("svg", "png")))


def _picture(folder: Path, slug: str, language: Language, mistakes: list[Mistake]) -> Picture | None:
    name = f"{slug}.{language}"
    svg = _svg(folder, f"{name}.svg", mistakes)
    png = _bytes(folder, f"{name}.png", MOST_PNG_BYTES, mistakes)
    if png and not png.startswith(_PNG_START):
        mistakes.append(Mistake(f"artwork/{name}.png", "", "is not a PNG"))
        png = b""
    alt = _alternative_text(svg)
    if svg and not alt:
        mistakes.append(Mistake(f"artwork/{name}.svg", "title", "is missing: the picture must say what it shows"))
    return Picture(svg, png, alt) if svg and png and alt else None


def _alternative_text(svg: str) -> str:
    """Return the title and, where it says more, the description after it; empty when there is no title."""
    title, description = (
        html.unescape(match.group(1)) if match else "" for match in (_TITLE.search(svg), _DESCRIPTION.search(svg))
    )
    if not title or not description or description in title:
        return title
    return description if description.startswith(title) else f"{title.rstrip('.')}. {description}"


def _svg(folder: Path, name: str, mistakes: list[Mistake]) -> str:
    raw = _bytes(folder, name, MOST_SVG_BYTES, mistakes)
    text = raw.decode("utf-8", errors="replace")
    wrong = ""
    if raw and not re.match(r"(?:<\?xml[^>]*\?>\s*)?<svg\b", text):
        wrong = "is not an SVG"
    elif unwanted := _UNWANTED.search(text):
        wrong = f"holds {unwanted.group()!r}: a picture loads and runs nothing"
    if wrong:
        mistakes.append(Mistake(f"artwork/{name}", "", wrong))
        return ""
    return text


def _bytes(folder: Path, name: str, most: int, mistakes: list[Mistake]) -> bytes:
    """Return the bytes of a file; none, after saying so, when it is missing, empty or too large."""
    path = folder / name
    raw = path.read_bytes() if path.is_file() else b""
    if not raw:
        mistakes.append(Mistake(f"artwork/{name}", "", "is missing" if not path.is_file() else "is empty"))
    elif len(raw) > most:
        mistakes.append(Mistake(f"artwork/{name}", "", f"is over {most // 1000} kB"))
        return b""
    return raw
