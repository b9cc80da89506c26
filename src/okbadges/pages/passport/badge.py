"""`/passport/badges/{row_id}`: one badge of the holder, said to them; taking it or putting it away, own words, files, and who sees it."""

from __future__ import annotations

import uuid  # noqa: TC003 - FastAPI reads the annotation at run time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import Form, Request, Response

from okbadges.edge.problems import problem_of
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import HolderOf, SameSite
from okbadges.errors import Conflict, InvalidInput
from okbadges.issuing import forms
from okbadges.organisations.consents import How
from okbadges.pages import files
from okbadges.pages.passport.frame import has_agreed, passport_page, see, standing_for_holder
from okbadges.pages.passport.own_words import Mistake, TypedWords, keep_typed, kept_words, mistake_of, words_form
from okbadges.pages.passport.recognised import own_endorsements, recognised_on
from okbadges.pages.passport.view import badge_address, steps_address, told_badge
from okbadges.pages.site import visit
from okbadges.passport.accepting import Decision, decide
from okbadges.passport.collection import Held, held_by
from okbadges.passport.own_links import OwnLink, links_of_credential
from okbadges.passport.sharing import SharedCredential, shared_credential, successor_of
from okbadges.passport.shown_endorsements import endorsements_of
from okbadges.recognition.recognised import recognised
from okbadges.storage.tables import CredentialRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from okbadges.edge.rooms import Rooms
    from okbadges.pages.words import Words
    from okbadges.passport.holder import Holder
    from okbadges.passport.reflections import Reflection
    from okbadges.passport.shown_endorsements import Endorsement
    from okbadges.recognition.recognised import Recognised

router = Router(prefix="/passport/badges/{row_id}", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A badge of the passport with all that its page shows."""

    held: Held
    newer: uuid.UUID | None
    links: Sequence[OwnLink]
    own: Mapping[str, Reflection]
    asks: bool
    decided: Sequence[Recognised]
    endorsements: Sequence[Endorsement]


@router.get("")
def badge_page(request: Request, rooms: RoomsOf, holder: HolderOf, row_id: uuid.UUID) -> Response:
    """Show one badge of the passport, checked now."""
    return _page(request, rooms, _opened(rooms, holder, row_id))


@router.post("/decision", dependencies=[SameSite])
def decide_on_badge(
    request: Request,
    rooms: RoomsOf,
    holder: HolderOf,
    row_id: uuid.UUID,
    decision: Annotated[Decision, Form()],
    then: Annotated[Literal["badge", "passport"], Form()] = "badge",
) -> Response:
    """Do what the holder says about the badge, and lead back to where they said it."""
    try:
        decide(
            rooms.writer,
            rooms.stamp("holder"),
            decision,
            credential=row_id,
            participants=holder.participants,
            how=How.PASSPORT,
        )
    except Conflict as refused:
        words, key = visit(request).words, f"passport.mistake.{refused.code}"
        mistake = words(key) if words.knows(key) else refused.detail
        status = problem_of(refused).status
        return _page(request, rooms, _opened(rooms, holder, row_id), status=status, mistake=mistake)
    return see(request, f"/passport?about={row_id}" if then == "passport" else f"/passport/badges/{row_id}")


@router.post("/words", dependencies=[SameSite])
def keep_words(request: Request, rooms: RoomsOf, holder: HolderOf, row_id: uuid.UUID, what: TypedWords) -> Response:
    """Keep own words about the badge; a refused form comes back with all that was typed."""
    opened = _opened(rooms, holder, row_id)
    what = what.about("")
    own = opened.own.get("")
    participant = own.participant_id if own else opened.held.participant_id
    try:
        keep_typed(rooms, holder, participant, opened.held.badge.slug, what)
    except InvalidInput as refused:
        wrong = mistake_of(what, refused, visit(request).words)
        return _page(request, rooms, opened, status=problem_of(refused).status, wrong=wrong)
    return see(request, f"/passport/badges/{row_id}#own")


@router.get("/credential.json")
def credential_file(rooms: RoomsOf, holder: HolderOf, row_id: uuid.UUID) -> Response:
    """Answer the signed document as a file."""
    return files.credential_json(_carried(rooms, holder, row_id))


@router.get("/badge.png")
def png_file(rooms: RoomsOf, holder: HolderOf, row_id: uuid.UUID) -> Response:
    """Answer the baked PNG."""
    return files.baked_png(_carried(rooms, holder, row_id))


@router.get("/badge.svg")
def svg_file(rooms: RoomsOf, holder: HolderOf, row_id: uuid.UUID) -> Response:
    """Answer the baked SVG."""
    return files.baked_svg(_carried(rooms, holder, row_id))


@router.get("/badge.jwt")
def jwt_file(rooms: RoomsOf, holder: HolderOf, row_id: uuid.UUID) -> Response:
    """Answer the credential as JWT, signed now if nobody asked before."""
    shared = _carried(rooms, holder, row_id)
    return files.jwt_file(shared, rooms.forms.get(shared.credential_id, forms.Form.VC_JWT, actor="holder"))


@router.get("/badge-selective.json")
def selective_file(rooms: RoomsOf, holder: HolderOf, row_id: uuid.UUID) -> Response:
    """Answer the file of which the holder shows parts; nobody else is ever given it."""
    shared = _carried(rooms, holder, row_id)
    base = rooms.forms.get(shared.credential_id, forms.Form.SELECTIVE_BASE, actor="holder")
    return files.selective_file(shared, base)


def _opened(rooms: Rooms, holder: Holder, row_id: uuid.UUID) -> _Opened:
    """Return a badge of this passport. Raises `NotFound` (``unknown-credential``) for any other."""
    with rooms.database.read() as session:
        held = held_by(session, holder, row_id)
        return _Opened(
            held=held,
            newer=successor_of(session, row_id),
            links=links_of_credential(session, row_id, now=rooms.now()),
            own=kept_words(session, rooms, holder, held.badge.slug),
            asks=not has_agreed(session, holder.participants),
            decided=recognised(session, rooms.secrets, holder.participants, rooms.units),
            endorsements=endorsements_of(session, [row_id]),
        )


def _carried(rooms: Rooms, holder: Holder, row_id: uuid.UUID) -> SharedCredential:
    """Return what the files of a badge of this passport are made of. Raises as `_opened` does."""
    with rooms.database.read() as session:
        held_by(session, holder, row_id)
        return shared_credential(session, session.get_one(CredentialRow, row_id), for_teacher=False)


def _page(
    request: Request,
    rooms: Rooms,
    opened: _Opened,
    *,
    status: int = 200,
    mistake: str | None = None,
    wrong: Mistake | None = None,
) -> Response:
    words, held = visit(request).words, opened.held
    here, report = badge_address(held), rooms.verify(held.document)
    revoked_on = held.revoked_at.date() if held.revoked_at else None
    standing = standing_for_holder(report, words, revoked_on=revoked_on, is_replaced=opened.newer is not None)
    return passport_page(
        request,
        "passport/badge.html",
        status=status,
        mistake=mistake,
        badge=told_badge(held.badge, words, was=standing.is_revoked),
        held=held,
        standing=standing,
        newer=f"/passport/badges/{opened.newer}" if opened.newer else None,
        facts=((words("passport.issuer"), held.issuer), (words("passport.awarded"), words.day(held.awarded_on))),
        recognised=recognised_on(opened.decided, held.row_id, words),
        endorsements=own_endorsements(opened.endorsements, held.language, words),
        decision=f"{here}/decision",
        asks=opened.asks,
        own=words_form("own", f"{here}/words", "", opened.own, wrong),
        steps=steps_address(held.badge),
        files=here,
        forms=rooms.forms.offered(held.credential_id),
        links=[_link(one, words) for one in opened.links],
    )


def _link(link: OwnLink, words: Words) -> str:
    return words(f"claim.links.{link.purpose.value}", day=words.day(link.expires_on))
