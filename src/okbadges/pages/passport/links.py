"""``/passport/share/links``: the holder's own open links; each with its code, what it shows in words, and the way to take it back."""

from __future__ import annotations

import uuid  # noqa: TC003 - FastAPI reads the annotation at run time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from fastapi import Request, Response

from okbadges.edge.problems import STATUS
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import HolderOf, SameSite
from okbadges.errors import Gone
from okbadges.issuing.links import Links
from okbadges.issuing.order import Purpose
from okbadges.pages.passport.frame import passport_page, see
from okbadges.pages.printed_code import printed_code, spoken_code
from okbadges.pages.shared_view import name_view
from okbadges.pages.site import visit
from okbadges.pages.words import time_zone
from okbadges.passport.own_links import Shown, own_links, withdraw_link
from okbadges.passport.sharing import open_own_link
from okbadges.passport.shown_words import shown_name

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms
    from okbadges.pages.words import Phrase, Words
    from okbadges.passport.holder import Holder
    from okbadges.passport.own_links import OwnLink
    from okbadges.passport.sharing import OpenedLink, SharedCredential

_LINKEDIN = "https://www.linkedin.com/profile/add"
_LINKS = "/passport/share/links"
_PAPERS = "/passport/paper"

router = Router(prefix=_LINKS, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class LinkLine:
    """An open link in the list: for whom, until when, how much it shows, where it is and where it is taken back."""

    title: str
    until: str
    shows: str
    address: str
    withdraw: str


@dataclass(frozen=True, slots=True)
class LinkedIn:
    """One badge, and the address that puts it on a LinkedIn profile."""

    name: Phrase
    address: str


@router.get("")
def links_page(request: Request, rooms: RoomsOf, holder: HolderOf, done: str = "") -> Response:
    """List the open links; ``done=withdrawn`` says that one was taken back just now."""
    return _list(request, rooms, holder, said="withdrawn" if done == "withdrawn" else None)


@router.get("/{link_id}")
def link_page(request: Request, rooms: RoomsOf, holder: HolderOf, link_id: uuid.UUID, done: str = "") -> Response:
    """Show a link of the holder's own, to be shown to others (``done=made``: just made); of one that has ended, the open ones."""
    try:
        with rooms.database.read() as session:
            opened = open_own_link(session, holder.participants, link_id, now=rooms.now())
            name = shown_name(session, rooms.secrets, link_id)
    except Gone:
        return _list(request, rooms, holder, said="ended", status=STATUS[Gone])
    here, links = visit(request), Links(rooms.secrets, rooms.base_url)
    link = links.share_link(link_id)
    return passport_page(
        request,
        "passport/link.html",
        is_new=done == "made",
        title=here.words(f"sharing.for.{opened.purpose.value}"),
        code=printed_code(link, spoken_code(opened, links)),
        link_id=link_id,
        may_decide=opened.purpose is Purpose.STUDY_PLAN,
        paper=paper_address(link_id),
        badges=[here.words.phrase(one.badge.name.in_language(here.words.language)) for one in opened.credentials],
        shown=shown_in_words(opened, here.words, has_name=name is not None),
        name=name_view(name, here.words),
        until=here.words.day(opened.expires_on),
        linkedin=_linkedin(opened, here.words, link) if may_be_public(opened, has_name=name is not None) else None,
        printed=here.words("qr.printed", day=here.words.day(rooms.now().astimezone(time_zone()).date())),
    )


@router.post("/{link_id}/withdraw", dependencies=[SameSite])
def withdraw(request: Request, rooms: RoomsOf, holder: HolderOf, link_id: uuid.UUID) -> Response:
    """Take a link back at once; nobody asks why."""
    withdraw_link(rooms.writer, rooms.stamp("holder"), holder.participants, link_id)
    return see(request, f"{_LINKS}?done=withdrawn")


def link_address(link_id: uuid.UUID) -> str:
    """Return where a link of the holder's own has its page."""
    return f"{_LINKS}/{link_id}"


def paper_address(link_id: uuid.UUID) -> str:
    """Return where a link of the holder's own is on paper."""
    return f"{_PAPERS}/{link_id}"


def shown_in_words(opened: OpenedLink, words: Words, *, has_name: bool) -> list[str]:
    """Say what a link shows, one sentence for each thing."""
    said = _in_words(opened.purpose, opened.shows, len(opened.credentials), words)
    return [*said, words("sharing.says.name" if has_name else "sharing.says.nameless")]


def may_be_public(opened: OpenedLink, *, has_name: bool) -> bool:
    """Tell whether a link shows nothing but public facts, so that it may stand where everybody finds it."""
    return opened.purpose is not Purpose.STUDY_PLAN and not opened.shows and not has_name


def _list(
    request: Request,
    rooms: Rooms,
    holder: Holder,
    *,
    said: str | None,
    status: int = 200,
) -> Response:
    words = visit(request).words
    with rooms.database.read() as session:
        found = own_links(session, holder.participants, now=rooms.now())
    lines = [_line(one, words) for one in found]
    return passport_page(request, "passport/links.html", status=status, lines=lines, said=said)


def _line(link: OwnLink, words: Words) -> LinkLine:
    said = _in_words(link.purpose, link.shows, link.badges, words)
    return LinkLine(
        title=words(f"sharing.for.{link.purpose.value}"),
        until=words("sharing.until", day=words.day(link.expires_on)),
        shows=" ".join([*said, words("sharing.says.name")] if link.has_name else said),
        address=link_address(link.id),
        withdraw=f"{link_address(link.id)}/withdraw",
    )


def _in_words(purpose: Purpose, shows: frozenset[Shown], badges: int, words: Words) -> list[str]:
    if not badges:
        return [words("sharing.says.nothing")]
    said = [words.counted("sharing.says.badges", badges)]
    if purpose is Purpose.STUDY_PLAN:
        said.append(words("sharing.says.study-plan"))
    # a teacher is told the day in any case
    beside = [one for one in Shown if one in shows and not (one is Shown.DAY and purpose is Purpose.STUDY_PLAN)]
    return said + [words(f"sharing.says.{one.value}") for one in beside]


def _linkedin(opened: OpenedLink, words: Words, link: str) -> list[LinkedIn]:
    """Return an address for each badge that stands, with what everybody may know: its name, its issuer, the month, the link."""
    return [
        LinkedIn(words.phrase(one.badge.name.in_language(words.language)), _linkedin_address(one, link))
        for one in opened.credentials
        if one.revoked_on is None
    ]


def _linkedin_address(shared: SharedCredential, link: str) -> str:
    facts = {
        "startTask": "CERTIFICATION_NAME",
        "name": shared.badge.name.in_language(shared.language)[0],
        "organizationName": shared.issuer,
        "issueYear": shared.awarded_on.year,
        "issueMonth": shared.awarded_on.month,
        "certUrl": link,
    }
    return f"{_LINKEDIN}?{urlencode(facts)}"
