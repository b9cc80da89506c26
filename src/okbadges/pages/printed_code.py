"""The QR code of a link with its address and its code to be typed, as a page shows them on the screen and on paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.pages import qr
from okbadges.passport.cards import written

if TYPE_CHECKING:
    from collections.abc import Callable

    from okbadges.issuing.links import Links
    from okbadges.passport.sharing import OpenedLink

_GROUP = 4


@dataclass(frozen=True, slots=True)
class PrintedCode:
    """The QR code of a link: its path in a square of ``size`` modules, and the address, whole and in pieces that a line may end after.

    ``spoken`` is the code that is typed at ``place`` instead of the address; None for a link that has none.
    """

    path: str
    size: int
    link: str
    address: tuple[str, ...]
    spoken: str | None = None
    place: str = ""


def printed_code(link: str, spoken: str | None = None, *, draw: Callable[[str], qr.Code] = qr.drawn) -> PrintedCode:
    """Return the code of a link whose token is its last part; the token is written in groups of four, to be typed from paper."""
    code = draw(link)
    before, _, token = link.rpartition("/")
    groups = [token[start : start + _GROUP] for start in range(0, len(token), _GROUP)]
    here = before.removeprefix("https://")
    place = f"{here.rpartition('/')[0]}/verify"
    return PrintedCode(code.path, code.size, link, (f"{here}/", *groups), spoken, place)


def spoken_code(opened: OpenedLink, links: Links) -> str | None:
    """Return the code of a share link in groups of four; None for a link that has none."""
    return written(links.share_code(opened.id)) if opened.has_code else None
