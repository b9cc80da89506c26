"""The sheet of cards to print: A4, eight cards of a wallet's size, to be cut. No name is on a card, and nothing that says why.

Above each card is a narrow strip that tells whose it is and is cut off before the card is handed over. The sheet is answered by the
API, which prints it with labels for their leader, or written to a file that needs no server any more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi.responses import HTMLResponse

from okbadges.edge.rooms import rooms_of
from okbadges.pages import qr
from okbadges.pages.language import with_language
from okbadges.pages.site import visit
from okbadges.pages.words import FIRST_LANGUAGE

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping, Sequence

    from fastapi import Request

    from okbadges.pages.site import Site
    from okbadges.pages.words import Words
    from okbadges.passport.cards import Card

ON_ONE_SHEET = 8
_STYLE = "card_sheet.css"
_ID_SHOWN = 4


@dataclass(frozen=True, slots=True)
class PrintedCard:
    """One card as it is printed: its QR code in a square of ``size`` modules, its code, and the word on the strip above it."""

    path: str
    size: int
    code: str
    whose: str


def card_sheet(
    request: Request, cards: Sequence[Card], labels: Mapping[uuid.UUID, str], *, language: str | None = None
) -> HTMLResponse:
    """Answer the sheet as a page, in ``language`` or the visitor's own. It is about people and never kept."""
    here, rooms = visit(request, language), rooms_of(request)
    style = f"{rooms.base_url}{here.site.assets.address(_STYLE)}"
    html = _rendered(
        here.site,
        here.words,
        _printed(cards, labels, here.words.language),
        base_url=rooms.base_url,
        demo=rooms.demo,
        address=style,
    )
    return HTMLResponse(html, headers={"Cache-Control": "no-store", "Vary": "Accept, Accept-Language"})


def card_file(site: Site, cards: Sequence[Card], *, language: str, base_url: str, demo: bool) -> bytes:
    """Return the sheet as a file with its style inside. Nobody's label is on it: a card is told apart by its participant's id."""
    words = site.words[language]
    return _rendered(site, words, _printed(cards, {}, language), base_url=base_url, demo=demo).encode()


def _printed(cards: Sequence[Card], labels: Mapping[uuid.UUID, str], language: str) -> list[PrintedCard]:
    """Return the cards in the order of their strips, as a leader looks for them. A card opens in the language that it is in."""
    printed = []
    for card in cards:
        address = card.address if language == FIRST_LANGUAGE else with_language(card.address, language)
        code = qr.drawn(address)
        whose = labels.get(card.participant_id) or f"…{card.participant_id.hex[-_ID_SHOWN:]}"
        printed.append(PrintedCard(code.path, code.size, card.code, whose))
    return sorted(printed, key=lambda one: one.whose.casefold())


def _rendered(
    site: Site,
    words: Words,
    cards: Sequence[PrintedCard],
    *,
    base_url: str,
    demo: bool,
    address: str | None = None,
) -> str:
    """Return the HTML; its style is linked at an ``address`` where there is one, and otherwise stands in it."""
    return site.templates.get_template("card_sheet.html").render(
        t=words,
        language=words.language,
        sheets=[cards[start : start + ON_ONE_SHEET] for start in range(0, len(cards), ON_ONE_SHEET)],
        # where a line may end in the short address
        address=re.findall(r"[^./:]*[./:]*", f"{base_url.removeprefix('https://')}/p"),
        demo=demo,
        style_address=address,
        style=None if address else site.assets.inside(_STYLE),
    )
