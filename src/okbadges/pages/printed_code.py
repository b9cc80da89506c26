"""The QR code of a link with its address, as a page shows it on the screen and on paper."""

from __future__ import annotations

from dataclasses import dataclass

from okbadges.pages import qr

_GROUP = 4


@dataclass(frozen=True, slots=True)
class PrintedCode:
    """The QR code of a link: its path in a square of ``size`` modules, and the address, whole and in pieces that a line may end after."""

    path: str
    size: int
    link: str
    address: tuple[str, ...]


def printed_code(link: str) -> PrintedCode:
    """Return the code of a link whose token is its last part; the token is written in groups of four, to be typed from paper."""
    modules = qr.matrix(link)
    before, _, token = link.rpartition("/")
    groups = [token[start : start + _GROUP] for start in range(0, len(token), _GROUP)]
    pieces = (f"{before.removeprefix('https://')}/", *groups)
    return PrintedCode(qr.path(modules), len(modules), link, pieces)
