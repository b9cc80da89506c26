"""``/passport/paper``: the passport on paper. The code on every sheet leads to a link of the holder's own, which shows what is true then.

A paper is a copy: it holds only what anyone may know who has the link, in the month's precision, and no name. It is made from a link,
after the same preview as any other, and so it is listed with the links and taken back like them.
"""

from __future__ import annotations

import uuid  # noqa: TC003 - FastAPI reads the annotation at run time
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from fastapi import Request, Response

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import HolderOf  # noqa: TC001 - the same
from okbadges.errors import Gone
from okbadges.issuing.links import Links
from okbadges.issuing.order import Purpose, latest_share_day
from okbadges.pages.badge_view import BadgeView, badge_view
from okbadges.pages.badges import families
from okbadges.pages.passport.choices import PAPER, Typed, standing, wanted_link
from okbadges.pages.passport.frame import passport_page, see
from okbadges.pages.passport.links import link_address
from okbadges.pages.passport.share import show_preview
from okbadges.pages.printed_code import printed_code, spoken_code
from okbadges.pages.site import visit
from okbadges.pages.words import time_zone
from okbadges.passport.collection import collection_of
from okbadges.passport.own_links import own_links
from okbadges.passport.sharing import as_it_would_open, open_own_link
from okbadges.verification.report import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlmodel import Session

    from okbadges.edge.rooms import Rooms
    from okbadges.pages.words import Phrase, Words
    from okbadges.passport.holder import Holder
    from okbadges.passport.own_links import OwnLink
    from okbadges.passport.sharing import OpenedLink, SharedCredential

_LINES, _HEAD_LINES = 55, 9
"""What a sheet of A4 has room for beside its foot, and how much of it the heading of the first one takes."""
_LINE = 68
"""How many letters of a wide typeface stand on a line."""

router = Router(prefix="/passport/paper", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class PaperArea:
    """An area of studies that a badge relates to, in a few words: its name, its code in each generation, and its unit."""

    name: Phrase
    codes: str
    unit: Phrase
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PaperBadge:
    """One badge as a sheet has it."""

    badge: BadgeView
    issued: str
    areas: tuple[PaperArea, ...]


@router.get("")
def look_first(request: Request, rooms: RoomsOf, holder: HolderOf, badge: uuid.UUID | None = None) -> Response:
    """Show exactly what the code of a paper with every badge that stands, or with one ``badge``, will show; nothing is made yet."""
    today = rooms.now().date()
    with rooms.database.read() as session:
        chosen = (badge,) if badge else standing(collection_of(session, holder).shelf)
        if not chosen:
            return see(request, "/passport/share")
        what = Typed(
            purpose=Purpose.OTHER,
            badges=tuple(map(str, chosen)),
            shows=(),
            name="",
            expires_on=latest_share_day(today).isoformat(),
            link=str(rooms.stamp("holder").row_id()),
            then=PAPER,
        )
        opened = as_it_would_open(session, holder, wanted_link(what), now=rooms.now())
        same = _link_to_the_same(session, rooms, holder, opened)
    return show_preview(request, rooms, opened, what, same=same)


@router.get("/{link_id}")
def paper(request: Request, rooms: RoomsOf, holder: HolderOf, link_id: uuid.UUID) -> Response:
    """Show the paper of a link of the holder's own, as it is printed; the page of a link that has ended says so."""
    try:
        with rooms.database.read() as session:
            opened = open_own_link(session, holder.participants, link_id, now=rooms.now())
    except Gone:
        return see(request, link_address(link_id))
    words, links = visit(request).words, Links(rooms.secrets, rooms.base_url)
    in_force = [one for one in opened.credentials if rooms.verify(one.document).verdict is Verdict.VALID]
    return passport_page(
        request,
        "passport/paper.html",
        sheets=sheets([_paper_badge(one, words) for one in _by_family(in_force)]),
        is_all=len(in_force) == len(opened.credentials),
        code=printed_code(links.share_link(link_id), spoken_code(opened, links)),
        link_page=link_address(link_id),
        until=words.day(opened.expires_on),
        printed=words.day(rooms.now().astimezone(time_zone()).date()),
    )


def sheets(badges: Sequence[PaperBadge]) -> list[list[PaperBadge]]:
    """Lay badges on as few sheets as they need, about as full as each other; none is cut, and none left out."""
    fewest = len(_filled(badges, _LINES))
    laid = (_filled(badges, lines) for lines in range(_LINES + 1))
    return next(one for one in laid if len(one) == fewest)


def _filled(badges: Sequence[PaperBadge], lines: int) -> list[list[PaperBadge]]:
    """Lay one badge after the other on sheets of so many lines; what is longer has a sheet of its own."""
    laid: list[list[PaperBadge]] = [[]]
    left = lines - _HEAD_LINES
    for badge in badges:
        taken = _lines(badge)
        if laid[-1] and taken > left:
            laid.append([])
            left = lines
        laid[-1].append(badge)
        left -= taken
    return laid


def _lines(one: PaperBadge) -> int:
    """Return how many lines a badge takes on a sheet, with its heading and the air around it."""
    areas = [f"{area.name.text} {area.codes} {area.unit.text} {' '.join(area.notes)}" for area in one.areas]
    facts = " ".join([one.issued, *areas])
    texts = [one.badge.description.text, *(step.text for step in one.badge.criteria), facts]
    return 6 + sum(ceil(len(text) / _LINE) for text in texts)


def _link_to_the_same(session: Session, rooms: Rooms, holder: Holder, wanted: OpenedLink) -> OwnLink | None:
    """Return an open link that shows the same badges and nothing beside them: its paper can be printed again."""
    badges = {one.credential_id for one in wanted.credentials}
    for link in own_links(session, holder.participants, now=rooms.now()):
        if link.purpose is wanted.purpose and not link.shows and not link.has_name and link.badges == len(badges):
            opened = open_own_link(session, holder.participants, link.id, now=rooms.now())
            if {one.credential_id for one in opened.credentials} == badges:
                return link
    return None


def _by_family(credentials: Sequence[SharedCredential]) -> list[SharedCredential]:
    """Return credentials in the order of the catalogue's families; in each family they keep their order."""
    order = [group[0].family.id for group in families([one.badge for one in credentials])]
    return sorted(credentials, key=lambda one: order.index(one.badge.family.id))


def _paper_badge(shared: SharedCredential, words: Words) -> PaperBadge:
    badge = badge_view(shared.badge, words)
    issued = words("paper.issued", month=words.in_month(shared.awarded_on), issuer=shared.issuer)
    return PaperBadge(badge, issued, tuple(_areas(badge)))


def _areas(badge: BadgeView) -> Iterable[PaperArea]:
    """Go through the areas of all generations, the newest first; one that kept its name is said once, with its codes."""
    rows = [row for table in badge.generations for row in table.rows]
    for name in dict.fromkeys(row.area for row in rows):
        same = [row for row in rows if row.area == name]
        codes = ", ".join(dict.fromkeys(row.code for row in same))
        yield PaperArea(name, codes, same[0].unit, same[0].notes)
