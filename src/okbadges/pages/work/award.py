"""`/workshop/people/{participant}/badges/{badge}/award`: a look at what will be awarded, and the award. Sent twice, it awards once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request, Response

from okbadges.catalogue.published import PublishedBadge
from okbadges.catalogue.shelf import latest_row
from okbadges.catalogue.texts import LANGUAGES
from okbadges.corrections.records import list_records
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import SameSite
from okbadges.errors import Conflict, InvalidInput, OkbadgesError
from okbadges.issuing.order import Order
from okbadges.organisations.groups import require_leader
from okbadges.organisations.participants import read_label
from okbadges.organisations.workshops import workshops_of
from okbadges.pages.site import visit
from okbadges.pages.work.award_view import SPOKEN, award_view, colleague_code
from okbadges.pages.work.frame import (
    REFUSALS,
    LeaderOf,
    ParticipantOf,
    Typed,
    WorkRoute,
    mistake_of,
    read_day,
    see,
    seen_as,
    work_page,
)
from okbadges.pages.work.view import groups_now, steps_address
from okbadges.progress.confirmations import usable_confirmation
from okbadges.progress.evidence import months_after
from okbadges.progress.on_the_way import standpoints
from okbadges.progress.steps import progress_of

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import date

    from sqlmodel import Session

    from okbadges.catalogue.texts import Language
    from okbadges.edge.rooms import Rooms
    from okbadges.organisations.sign_ins import SignedIn
    from okbadges.organisations.workshops import Workshop
    from okbadges.progress.on_the_way import Standpoint
    from okbadges.progress.steps import Progress

router = Router(
    prefix="/workshop/people/{participant}/badges/{badge}/award", route_class=WorkRoute, include_in_schema=False
)
_FIELDS = frozenset({"language", "awarded_on", "valid_until", "award_language", "workshop"})
_MOST_COUNTED = 200


@dataclass(frozen=True, slots=True)
class TypedAward:
    """What the form sends, as it was typed. ``repeat`` knows the same form again, ``version`` is what was looked at."""

    language: str
    awarded_on: str
    workshop: str
    valid_until: str = ""
    award_language: str = ""
    version: str = ""
    repeat: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be awarded to somebody: the badge as it is now, where, and why."""

    participant_id: uuid.UUID
    name: str
    badge: PublishedBadge
    workshops: Sequence[Workshop]
    progress: Progress
    at: Standpoint
    has_second_word: bool
    repeat: str


def _typed_award(
    *,
    language: Typed = "",
    awarded_on: Typed = "",
    workshop: Typed = "",
    valid_until: Typed = "",
    award_language: Typed = "",
    version: Typed = "",
    repeat: Typed = "",
) -> TypedAward:
    return TypedAward(language, awarded_on, workshop, valid_until, award_language, version, repeat)


@router.get("")
def award_page(request: Request, rooms: RoomsOf, who: LeaderOf, participant: ParticipantOf, badge: str) -> Response:
    """Show what will be awarded, and whatever still stands in its way."""
    offer = _offer(rooms, who, participant, badge)
    if offer.at.holds(badge):
        return see(request, f"{steps_address(participant, badge)}/awarded")
    return _page(request, rooms, who, offer, _usual(offer, rooms.now().date(), visit(request).words.language))


@router.post("", dependencies=[SameSite])
def award(
    request: Request,
    rooms: RoomsOf,
    who: LeaderOf,
    participant: ParticipantOf,
    badge: str,
    typed: Annotated[TypedAward, Depends(_typed_award)],
) -> Response:
    """Award the badge and go on to what happens then; a form that was sent before leads there too."""
    offer = _offer(rooms, who, participant, badge)
    if not offer.at.holds(badge):
        try:
            if typed.version != str(offer.badge.version):
                raise Conflict("badge-changed", "There is a newer version; look at it first.", field="version")
            rooms.issuing.issue(_order(typed, offer, who), caller=who.caller, repeat_key=typed.repeat)
        except REFUSALS as refused:
            return _page(request, rooms, who, offer, typed, refused=refused)
    return see(request, f"{steps_address(participant, badge)}/awarded")


def _offer(rooms: Rooms, who: SignedIn, participant_id: uuid.UUID, slug: str) -> Offer:
    """Return what can be awarded to somebody whom the caller may work with. Raises `NotFound` for any other."""
    today = rooms.now().date()
    with rooms.database.read() as session:
        require_leader(session, who.caller, participant_id)
        badge = PublishedBadge.model_validate_json(latest_row(session, slug).definition)
        label = read_label(session, rooms.secrets, member_id=who.member_id, participant_id=participant_id)
        word = usable_confirmation(session, participant_id, slug, not_by=who.member_id, today=today)
        return Offer(
            participant_id=participant_id,
            name=seen_as(label, participant_id),
            badge=badge,
            workshops=_workshops(session, who, participant_id),
            progress=progress_of(session, participant_id, badge),
            at=standpoints(session, [participant_id], today=today)[participant_id],
            has_second_word=word is not None,
            repeat=_repeat(session, rooms, who, participant_id, slug),
        )


def _workshops(session: Session, who: SignedIn, participant_id: uuid.UUID) -> list[Workshop]:
    """Return where it can be awarded: at the workshops of the groups in which the caller meets them, else at any of the organisation."""
    there = {group.workshop for group in groups_now(session, who.caller, participant_id)}
    every = workshops_of(session, who.organisation)
    return [one for one in every if one.slug in there] or every


def _repeat(session: Session, rooms: Rooms, who: SignedIn, participant_id: uuid.UUID, slug: str) -> str:
    """Return as what this award is known again: the same on every phone until the badge was awarded, and nothing to be guessed."""
    earlier = list_records(session, who.organisation, participant=participant_id, after=None, limit=_MOST_COUNTED)
    count = sum(one.badge == slug for one in earlier)
    return rooms.secrets.repeat_hash("award page", participant_id.hex, slug, str(count)).hex()


def _usual(offer: Offer, today: date, language: str) -> TypedAward:
    """Return the form as it is shown first: today, in the language of their newest badge, else in that of the page."""
    months = offer.badge.suggested_validity_months
    return TypedAward(
        language=offer.at.held[0].language if offer.at.held else language,
        awarded_on=today.isoformat(),
        workshop=offer.workshops[0].slug if offer.workshops else "",
        valid_until=months_after(today, months).isoformat() if months else "",
    )


def _order(typed: TypedAward, offer: Offer, who: SignedIn) -> Order:
    """Return what is ordered. Raises `InvalidInput` for what no field of the form can hold."""
    language: Language | None = next((one for one in LANGUAGES if one == typed.language), None)
    if language is None:
        raise InvalidInput("badge-language", "Choose one of the languages.", field="language")
    if typed.workshop not in [one.slug for one in offer.workshops]:
        raise InvalidInput("unknown-workshop", "Choose one of the workshops.", field="workshop")
    if typed.award_language and typed.award_language not in SPOKEN:
        raise InvalidInput("award-language-unknown", "Choose one of the languages.", field="award_language")
    return Order(
        badge=offer.badge.slug,
        organisation=who.organisation.slug,
        workshop=typed.workshop,
        participant=offer.participant_id,
        language=language,
        awarded_on=read_day(typed.awarded_on, field="awarded_on"),
        valid_until=read_day(typed.valid_until, field="valid_until") if typed.valid_until.strip() else None,
        award_language=typed.award_language or None,
    )


def _hindrance(rooms: Rooms, who: SignedIn, offer: Offer, usual: TypedAward) -> OkbadgesError | None:
    """Return what stands in the way whatever is chosen in the form: a step, a badge, a word that is missing."""
    spoken = SPOKEN[0] if offer.badge.records_language else ""
    try:
        rooms.issuing.check(_order(replace(usual, award_language=spoken), offer, who), caller=who.caller)
    except REFUSALS as refused:
        return None if refused.field in _FIELDS else refused
    return None


def _page(
    request: Request,
    rooms: Rooms,
    who: SignedIn,
    offer: Offer,
    typed: TypedAward,
    *,
    refused: OkbadgesError | None = None,
) -> Response:
    words, today = visit(request).words, rooms.now().date()
    hindrance = _hindrance(rooms, who, offer, _usual(offer, today, words.language))
    with rooms.database.read() as session:
        view = award_view(session, offer, words, language=typed.language)
    asks = hindrance is not None and hindrance.code == "second-person-missing"
    return work_page(
        request,
        who,
        "work/award.html",
        mistake=mistake_of(refused, words) if refused else None,
        here=f"{steps_address(offer.participant_id, offer.badge.slug)}/award",
        steps=steps_address(offer.participant_id, offer.badge.slug),
        name=offer.name,
        offer=offer,
        typed=typed,
        view=view,
        hindrance=mistake_of(hindrance, words).sentence if hindrance else "",
        code=colleague_code(rooms, offer.participant_id, offer.badge.slug) if asks else None,
        today=today.isoformat(),
    )
