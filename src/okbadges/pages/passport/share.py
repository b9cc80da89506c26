"""``/passport/share``: two ready ways, every choice for who wants it, a preview of exactly what others see, and the link itself.

Nothing is made before the holder has seen the preview; making the link is their consent to it.
"""

from __future__ import annotations

import uuid  # noqa: TC003 - FastAPI reads the annotation at run time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Annotated

from fastapi import Form, Request, Response

from okbadges.edge.problems import STATUS
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import HolderOf, SameSite
from okbadges.errors import Conflict, InvalidInput, NotFound
from okbadges.issuing.links import Links
from okbadges.issuing.order import Purpose, latest_share_day
from okbadges.pages import files
from okbadges.pages.passport.choices import (
    PAPER,
    Mistake,
    Typed,
    TypedLink,
    beside_choices,
    family_choices,
    mistake_of,
    purpose_choices,
    ready_ways,
    usual,
    wanted_key,
    wanted_link,
)
from okbadges.pages.passport.frame import passport_page, see
from okbadges.pages.passport.links import link_address, paper_address, shown_in_words
from okbadges.pages.shared_view import name_view, shared_views
from okbadges.pages.site import visit
from okbadges.passport.collection import collection_of
from okbadges.passport.own_links import LONGEST_NAME, Shown, make_link, own_links
from okbadges.passport.reflections import reflections_of
from okbadges.passport.seen import looks_as_seen, seen_mark
from okbadges.passport.sharing import as_it_would_open
from okbadges.passport.shown_endorsements import endorsements_held
from okbadges.passport.shown_evidence import open_own_evidence
from okbadges.progress.evidence import evidence_of

if TYPE_CHECKING:
    from sqlmodel import Session

    from okbadges.edge.rooms import Rooms
    from okbadges.passport.collection import Held
    from okbadges.passport.holder import Holder
    from okbadges.passport.own_links import OwnLink
    from okbadges.passport.sharing import OpenedLink

_EVIDENCE = "/passport/share/evidence"

router = Router(prefix="/passport/share", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What there is to choose from: the shelf, what can be shown beside its badges, and how many links are open."""

    shelf: tuple[Held, ...]
    beside: tuple[Shown, ...]
    links: int


@router.get("")
def share_form(request: Request, rooms: RoomsOf, holder: HolderOf) -> Response:
    """Show the two ready ways, and every choice folded away below them."""
    return _form(request, rooms, holder)


@router.post("/change", dependencies=[SameSite])
def change_choices(request: Request, rooms: RoomsOf, holder: HolderOf, what: TypedLink) -> Response:
    """Show the choices again as they were made, from the preview."""
    return _form(request, rooms, holder, what)


@router.post("/preview", dependencies=[SameSite])
def preview_link(request: Request, rooms: RoomsOf, holder: HolderOf, what: TypedLink) -> Response:
    """Show exactly what others would see, with the button that makes the link; nothing is made yet."""
    return _look(request, rooms, holder, replace(what, link=""))


@router.post("", dependencies=[SameSite])
def make(
    request: Request, rooms: RoomsOf, holder: HolderOf, what: TypedLink, seen: Annotated[str, Form()] = ""
) -> Response:
    """Make the link that was looked at, once, and lead to it; when it would show anything else by now, show the preview again."""
    links, stamp = Links(rooms.secrets, rooms.base_url), rooms.stamp("holder")
    try:
        wanted, key = wanted_link(what), wanted_key(what)
        as_seen = partial(looks_as_seen, secrets=rooms.secrets, holder=holder, wanted=wanted, mark=seen, now=stamp.now)
        made = make_link(rooms.writer, stamp, links, holder, wanted, link_id=key, as_seen=as_seen)
    except Conflict:
        return _look(request, rooms, holder, what, again=True, changed=bool(seen))
    except (InvalidInput, NotFound) as refused:
        return _form(request, rooms, holder, what, refused)
    return see(request, paper_address(made) if what.then == PAPER else f"{link_address(made)}?done=made")


@router.get("/evidence/{piece_id}")
def own_evidence(rooms: RoomsOf, holder: HolderOf, piece_id: uuid.UUID) -> Response:
    """Answer a photo or file of the holder's own, for the preview."""
    with rooms.database.read() as session:
        piece, data = open_own_evidence(session, rooms.secrets, holder.participants, piece_id)
    return files.evidence(piece, data)


def _look(
    request: Request, rooms: Rooms, holder: Holder, what: Typed, *, again: bool = False, changed: bool = False
) -> Response:
    """Show the preview of a link, or its form with what was wrong; ``again``: nothing was made, as it would not show what was seen."""
    try:
        wanted = wanted_link(what)
        with rooms.database.read() as session:
            opened = as_it_would_open(session, holder, wanted, now=rooms.now())
    except (InvalidInput, NotFound) as refused:
        return _form(request, rooms, holder, what, refused)
    key = wanted_key(what) or rooms.stamp("holder").row_id()
    what = replace(what, name=(wanted.name or "").strip(), link=str(key))
    return show_preview(request, rooms, opened, what, changed=changed, status=STATUS[Conflict] if again else 200)


def _form(
    request: Request,
    rooms: Rooms,
    holder: Holder,
    what: Typed | None = None,
    refused: InvalidInput | NotFound | None = None,
) -> Response:
    """Show the form, as it was typed (``what``) and with what was wrong (``refused``) if anything was."""
    here, today = visit(request), rooms.now().date()
    with rooms.database.read() as session:
        ground = _ground(session, rooms, holder)
    mistake = mistake_of(refused, here.words) if refused else None
    filled = what or usual(ground.shelf, today=today)
    return passport_page(
        request,
        "passport/share.html",
        status=_status(refused),
        ready=ready_ways(ground.shelf, here.words, today=today),
        families=family_choices(ground.shelf, filled.badges, here.words),
        purposes=purpose_choices(filled.purpose, here.words, today=today),
        beside=beside_choices(ground.beside, filled.shows, here.words),
        typed=filled,
        is_open=what is not None,
        mistake=mistake or Mistake("", ""),
        first_day=today,
        last_day=latest_share_day(today),
        longest_name=LONGEST_NAME,
        open_links=here.words.counted("sharing.open_links", ground.links) if ground.links else None,
    )


def show_preview(
    request: Request,
    rooms: Rooms,
    opened: OpenedLink,
    what: Typed,
    *,
    same: OwnLink | None = None,
    changed: bool = False,
    status: int = 200,
) -> Response:
    """Show what others would see; ``same`` is a link that shows it to them already, ``changed`` tells that it was another thing before."""
    words = visit(request).words
    # before anything is shown: what comes later than the mark is looked at again
    with rooms.database.read() as session:
        seen = seen_mark(session, rooms.secrets, opened, today=rooms.now().date())
    return passport_page(
        request,
        "passport/preview.html",
        status=status,
        seen=seen,
        changed=changed,
        views=shared_views(opened, rooms, words, evidence_at=lambda one: f"{_EVIDENCE}/{one.piece.id}"),
        name=name_view(what.name or None, words),
        frame=words(f"sharing.preview.frame.{opened.purpose.value}"),
        until=words.day(opened.expires_on),
        may_decide=opened.purpose is Purpose.STUDY_PLAN,
        for_paper=what.then == PAPER,
        same=paper_address(same.id) if same else None,
        same_until=words.day(same.expires_on) if same else None,
        shown=shown_in_words(opened, words, has_name=bool(what.name)),
        typed=what,
    )


def _ground(session: Session, rooms: Rooms, holder: Holder) -> _Ground:
    beside = [Shown.DAY]
    if any(evidence_of(session, one, limit=1) for one in holder.participants):
        beside.append(Shown.EVIDENCE)
    if reflections_of(session, rooms.secrets, holder.participants):
        beside.append(Shown.OWN_WORDS)
    if endorsements_held(session, holder):
        beside.append(Shown.ENDORSEMENT)
    links = own_links(session, holder.participants, now=rooms.now())
    return _Ground(collection_of(session, holder).shelf, tuple(beside), len(links))


def _status(refused: InvalidInput | NotFound | None) -> int:
    """Return the status of the form: what is not in the passport any more is a conflict with it, nothing that was not found."""
    if refused is None:
        return 200
    return STATUS[Conflict if isinstance(refused, NotFound) else InvalidInput]
