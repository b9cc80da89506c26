"""``/passport/settings``: the PIN, what was agreed to, evidence, everything as one file, another card, and erasing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Form, Request, Response
from fastapi.responses import StreamingResponse

from okbadges.edge.limits import client_of
from okbadges.edge.problems import problem_of
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotations at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import HolderOf, SameSite, begin_visit, end_visit
from okbadges.errors import InvalidInput, OkbadgesError
from okbadges.organisations.consents import Consenting, all_agree, consents_of, newest
from okbadges.pages.files import NOT_KEPT
from okbadges.pages.passport.archive import archive
from okbadges.pages.passport.frame import passport_page, see
from okbadges.pages.passport.programs import program_views
from okbadges.pages.site import visit
from okbadges.passport.agreeing import agree, take_back
from okbadges.passport.cards import read_code
from okbadges.passport.elsewhere import NewHome, new_homes
from okbadges.passport.erasure import erase_evidence_of_badge, erase_participant
from okbadges.passport.holder import card_by_code, card_issued_at, check_pin, holder_of_card, organisations_of, set_pin
from okbadges.passport.joining import join_passports
from okbadges.passport.kept_evidence import kept_evidence

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping, Sequence

    from okbadges.edge.rooms import Rooms
    from okbadges.organisations.consents import Consent
    from okbadges.organisations.workshops import Organisation
    from okbadges.pages.words import Words
    from okbadges.passport.holder import Holder
    from okbadges.passport.kept_evidence import KeptEvidence

router = Router(prefix="/passport/settings", include_in_schema=False)

_SETTINGS = "/passport/settings"
_LONGEST_FIELD = 200
_ASKED = (Consenting.RECEIVING, Consenting.EVIDENCE)
Typed = Annotated[str, Form(max_length=_LONGEST_FIELD)]


@dataclass(frozen=True, slots=True)
class ConsentView:
    """Something that can be agreed to, in words: what it is, since when it holds, and what happens when it is taken back."""

    purpose: Consenting
    name: str
    about: str
    state: str
    then: str
    holds: bool
    said: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """What was refused on which form: the sentence beside the field, and what was typed there, if it may be shown again."""

    place: str
    words: str
    typed: str = ""


@router.get("")
def settings_page(request: Request, rooms: RoomsOf, holder: HolderOf, done: str = "") -> Response:
    """Show what the holder decides about their passport; ``done`` names what was done just now."""
    return _page(request, rooms, holder, done=done)


@router.post("/pin", dependencies=[SameSite])
def set_a_pin(request: Request, rooms: RoomsOf, holder: HolderOf, pin: Typed = "", current: Typed = "") -> Response:
    """Set the PIN, over the one before only with it; this browser stays in, every other one has to open the passport again."""
    try:
        _require_pin(rooms, holder, current)
    except OkbadgesError as refused:
        return _refused(request, rooms, holder, "pin-current", refused)
    try:
        set_pin(rooms.writer, rooms.stamp("holder"), rooms.secrets, holder, pin.strip())
    except OkbadgesError as refused:
        return _refused(request, rooms, holder, "pin", refused)
    return _still_in(rooms, holder, "pin-set", request)


@router.post("/pin/remove", dependencies=[SameSite])
def remove_the_pin(request: Request, rooms: RoomsOf, holder: HolderOf, current: Typed = "") -> Response:
    """Take the PIN away, for whoever knows it: an open passport that somebody left is not enough."""
    try:
        _require_pin(rooms, holder, current)
    except OkbadgesError as refused:
        return _refused(request, rooms, holder, "pin-remove", refused)
    set_pin(rooms.writer, rooms.stamp("holder"), rooms.secrets, holder, None)
    return _still_in(rooms, holder, "pin-removed", request)


@router.post("/consents/{purpose}/give", dependencies=[SameSite])
def give_consent(request: Request, rooms: RoomsOf, holder: HolderOf, purpose: Consenting) -> Response:
    """Agree to receiving badges, or to evidence being kept."""
    agree(rooms.writer, rooms.stamp("holder"), holder, purpose)
    return _done(request, f"{purpose}-given")


@router.post("/consents/{purpose}/withdraw", dependencies=[SameSite])
def withdraw_consent(request: Request, rooms: RoomsOf, holder: HolderOf, purpose: Consenting) -> Response:
    """Take it back: nothing new is issued, or what is kept as evidence goes."""
    take_back(rooms.writer, rooms.stamp("holder"), holder, purpose)
    return _done(request, f"{purpose}-withdrawn")


@router.post("/evidence/{badge}/erase", dependencies=[SameSite])
def erase_evidence(request: Request, rooms: RoomsOf, holder: HolderOf, badge: str) -> Response:
    """Delete what is kept as evidence for one badge."""
    for participant_id, organisation in _organisations(rooms, holder).items():
        erase_evidence_of_badge(
            rooms.writer,
            rooms.stamp("holder"),
            organisation=organisation,
            participant_id=participant_id,
            badge=badge,
        )
    return _done(request, "evidence-erased")


@router.get("/everything.zip")
def everything(request: Request, rooms: RoomsOf, holder: HolderOf) -> Response:
    """Answer everything as one file."""
    headers = {**NOT_KEPT, "Content-Disposition": 'attachment; filename="osaamispassi.zip"'}
    return StreamingResponse(
        archive(rooms, holder, visit(request).words), media_type="application/zip", headers=headers
    )


@router.post("/join", dependencies=[SameSite])
def join(
    request: Request, rooms: RoomsOf, holder: HolderOf, code: Typed = "", pin: Typed = "", mine: Typed = ""
) -> Response:
    """Bring what is behind another card into this passport, once the holder said that both cards are theirs: alone they cannot undo it."""
    try:
        if mine != "yes":
            raise InvalidInput("not-mine", "Say first that both cards are yours.", field="mine")
        join_passports(rooms.writer, rooms.stamp("holder"), holder, _other_card(request, rooms, code, pin.strip()))
    except OkbadgesError as refused:
        return _refused(request, rooms, holder, "join", refused, typed=code)
    return _done(request, "joined")


@router.get("/erase")
def erase_page(request: Request, rooms: RoomsOf, holder: HolderOf) -> Response:
    """Say what goes and what stays, before anything is erased."""
    return _erase_page(request, rooms, holder)


@router.post("/erase", dependencies=[SameSite])
def erase_everything(
    request: Request, rooms: RoomsOf, holder: HolderOf, sure: Typed = "", current: Typed = ""
) -> Response:
    """Erase the person: everything behind every card of this passport, for good; and say where else something of it is.

    Where there is a PIN only whoever knows it can.
    """
    if sure != "yes":
        return _erase_page(request, rooms, holder, not_sure=True)
    try:
        _require_pin(rooms, holder, current)
    except OkbadgesError as refused:
        return _erase_page(request, rooms, holder, refused=refused)
    organisations = _organisations(rooms, holder)
    for participant_id, organisation in organisations.items():
        erase_participant(rooms.writer, rooms.stamp("holder"), organisation=organisation, participant_id=participant_id)
    answer = passport_page(request, "passport/erased.html", elsewhere=_elsewhere(rooms, organisations))
    end_visit(rooms, answer)
    return answer


def _page(
    request: Request, rooms: Rooms, holder: Holder, *, done: str = "", refused: Refused | None = None, status: int = 200
) -> Response:
    words = visit(request).words
    with rooms.database.read() as session:
        agreed = consents_of(session, holder.participants)
        evidence = kept_evidence(session, holder)
        issued_at = card_issued_at(session, holder)
        organisations = sorted({one.name for one in organisations_of(session, holder).values()})
        programs = program_views(session, rooms, holder, words)
    return passport_page(
        request,
        "passport/settings.html",
        status=status,
        has_pin=holder.has_pin,
        has_mail=rooms.post is not None,
        card=words("settings.pin.card", day=words.moment(issued_at)),
        consents=[_consent_view(purpose, agreed, holder, words) for purpose in _ASKED],
        evidence=[_named(one, words) for one in evidence],
        organisations=organisations,
        programs=programs,
        done=words(f"settings.done.{done}") if words.knows(f"settings.done.{done}") else None,
        refused=refused,
    )


def _consent_view(purpose: Consenting, agreed: Sequence[Consent], holder: Holder, words: Words) -> ConsentView:
    key, last = f"settings.consents.{purpose}", newest(agreed, purpose)
    holds = all_agree(agreed, purpose, holder.participants)
    if last is None or (last.withdrawn_at is None and not holds):
        state = words(f"{key}.unsaid")
    else:
        day = words.day((last.withdrawn_at or last.given_at).date())
        state = words(f"{key}.{'given' if holds else 'withdrawn'}", day=day)
    return ConsentView(
        purpose, words(f"{key}.name"), words(f"{key}.about"), state, words(f"{key}.then"), holds, last is not None
    )


def _named(kept: KeptEvidence, words: Words) -> tuple[str, str, str]:
    """Return a badge with evidence: its name, what is kept in words, and its slug."""
    name, _ = kept.badge.name.in_language(words.language)
    return name, words.counted("settings.evidence.pieces", kept.pieces), kept.badge.slug


def _refused(
    request: Request, rooms: Rooms, holder: Holder, place: str, refused: OkbadgesError, *, typed: str = ""
) -> Response:
    """Show the page again with what was wrong beside its field, and what was typed still there."""
    status = problem_of(refused).status
    said = Refused(place, _said_of(refused, visit(request).words), typed[:40])
    return _page(request, rooms, holder, refused=said, status=status)


def _said_of(refused: OkbadgesError, ours: Words) -> str:
    key = f"settings.refused.{refused.code}"
    return ours(key) if ours.knows(key) else refused.detail


def _erase_page(
    request: Request, rooms: Rooms, holder: Holder, *, not_sure: bool = False, refused: OkbadgesError | None = None
) -> Response:
    return passport_page(
        request,
        "passport/erase.html",
        status=422 if not_sure else problem_of(refused).status if refused else 200,
        has_pin=holder.has_pin,
        wrong_pin=_said_of(refused, visit(request).words) if refused else None,
        several=len(holder.participants) > 1,
        elsewhere=_elsewhere(rooms, _organisations(rooms, holder)),
        not_sure=not_sure,
    )


def _done(request: Request, what: str) -> Response:
    return see(request, f"{_SETTINGS}?done={what}")


def _still_in(rooms: Rooms, holder: Holder, what: str, request: Request) -> Response:
    """Go back to the page with a visit that begins now: the one before ended with the change of the PIN."""
    answer = _done(request, what)
    begin_visit(rooms, answer, holder.card_id)
    return answer


def _require_pin(rooms: Rooms, holder: Holder, typed: str) -> None:
    """Ask for the PIN of the open passport where it has one. Raises `InvalidInput` (``own-pin-needed``), and as `check_pin`, which counts the tries."""
    if not holder.has_pin:
        return
    if not typed.strip():
        raise InvalidInput("own-pin-needed", "Type the PIN of your passport too.", field="current")
    with rooms.database.read() as session:
        check_pin(session, rooms.secrets, rooms.failures, holder.card_id, typed.strip())


def _organisations(rooms: Rooms, holder: Holder) -> dict[uuid.UUID, Organisation]:
    with rooms.database.read() as session:
        return organisations_of(session, holder)


def _elsewhere(rooms: Rooms, organisations: Mapping[uuid.UUID, Organisation]) -> list[NewHome]:
    """Return where issuers of a passport were handed over: what went there is erased there."""
    with rooms.database.read() as session:
        return new_homes(session, {one.id for one in organisations.values()})


def _other_card(request: Request, rooms: Rooms, code: str, pin: str) -> uuid.UUID:
    """Return the other card. Raises what a wrong code or PIN raises; `InvalidInput` (``pin-needed``) where its PIN is missing."""
    tried_from = client_of(request.scope)
    with rooms.database.read() as session:
        card_id = card_by_code(session, rooms.secrets, rooms.failures, read_code(code), tried_from=tried_from)
        other = holder_of_card(session, card_id)
        if other is not None and other.has_pin:
            if not pin:
                raise InvalidInput("pin-needed", "That passport has a PIN. Type it too.", field="pin")
            check_pin(session, rooms.secrets, rooms.failures, card_id, pin)
        return card_id
