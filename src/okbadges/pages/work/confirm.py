"""`/workshop/confirm/{participant}/{badge}`: the second person's word for a summary badge. They see what it rests on, and no label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import HTTPException, Request, Response

from okbadges.catalogue.shelf import latest_badge
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.sign_ins import SignedInOf  # noqa: TC001 - the same
from okbadges.edge.visits import SameSite
from okbadges.errors import InvalidInput, NotFound, OkbadgesError
from okbadges.organisations.groups import led_by
from okbadges.organisations.roles import Scope
from okbadges.pages.badge_view import artwork
from okbadges.pages.files import NOT_KEPT
from okbadges.pages.site import visit
from okbadges.pages.work.award_view import collected
from okbadges.pages.work.frame import REFUSALS, WORK, ParticipantOf, Typed, WorkRoute, mistake_of, see, work_page
from okbadges.progress.confirmations import (
    confirm,
    confirmations_of,
    find_confirmation,
    require_summary,
    withdraw,
    witness,
)
from okbadges.progress.on_the_way import standpoints
from okbadges.progress.steps import progress_of

if TYPE_CHECKING:
    import uuid

    from sqlmodel import Session

    from okbadges.catalogue.published import PublishedBadge
    from okbadges.edge.rooms import Rooms
    from okbadges.organisations.sign_ins import SignedIn
    from okbadges.progress.confirmations import Confirmation, Witness
    from okbadges.progress.on_the_way import Standpoint
    from okbadges.progress.steps import Progress

router = Router(prefix="/workshop/confirm/{participant}/{badge}", route_class=WorkRoute, include_in_schema=False)
_MOST_WORDS = 200


@dataclass(frozen=True, slots=True)
class _Asked:
    """What somebody is asked for: who they are to it, the badge, what is behind it, and their own word if it counts."""

    witness: Witness
    badge: PublishedBadge
    progress: Progress
    at: Standpoint
    own: Confirmation | None
    leads: bool


@router.get("")
def confirm_page(
    request: Request, rooms: RoomsOf, who: SignedInOf, participant: ParticipantOf, badge: str, said: str = ""
) -> Response:
    """Show the summary badge and what it rests on, and ask for a word."""
    return _page(request, rooms, who, participant, badge, said=said)


@router.post("", dependencies=[SameSite])
def say_word(
    request: Request, rooms: RoomsOf, who: SignedInOf, participant: ParticipantOf, badge: str, do: Typed = ""
) -> Response:
    """Give one's word (``give``), or take it back while no badge rests on it (``withdraw``)."""
    asked = _asked(rooms, who, participant, badge)
    stamp = rooms.stamp(who.caller.actor)
    try:
        with rooms.database.read() as session:
            require_summary(session, badge)
        if do == "give":
            confirm(rooms.writer, stamp, asked.witness, badge)
        elif do == "withdraw" and asked.own is not None:
            with rooms.database.read() as session:
                own, organisation = find_confirmation(session, who.caller, asked.own.id)
            withdraw(rooms.writer, stamp, who.caller, own, organisation)
        elif do != "withdraw":
            raise InvalidInput("invalid-field", "One of: give, withdraw.", field="do")
    except REFUSALS as refused:
        return _page(request, rooms, who, participant, badge, refused=refused)
    return see(request, f"/workshop/confirm/{participant}/{badge}?said={'given' if do == 'give' else 'taken'}")


def _asked(rooms: Rooms, who: SignedIn, participant_id: uuid.UUID, slug: str) -> _Asked:
    """Return what whoever is signed in is asked for. Raises `NotFound` for a participant of others and for what is no summary badge."""
    if Scope.CONFIRM not in who.caller.scopes:
        raise HTTPException(303, headers={"Location": WORK, **NOT_KEPT})
    today = rooms.now().date()
    with rooms.database.read() as session:
        badge = latest_badge(session, slug)
        if badge.kind != "summary":
            raise NotFound("unknown-badge", f"{slug} is no summary badge; no second person is asked about it.")
        return _Asked(
            witness=witness(session, who.caller, participant_id),
            badge=badge,
            progress=progress_of(session, participant_id, badge),
            at=standpoints(session, [participant_id], today=today)[participant_id],
            own=next((one for one in _usable(session, participant_id, slug, who) if one.last_day >= today), None),
            leads=led_by(session, who.member_id, participant_id),
        )


def _usable(session: Session, participant_id: uuid.UUID, slug: str, who: SignedIn) -> list[Confirmation]:
    words = confirmations_of(session, participant_id, limit=_MOST_WORDS)
    return [one for one in words if one.badge == slug and one.member_id == who.member_id and not one.is_used]


def _page(
    request: Request,
    rooms: Rooms,
    who: SignedIn,
    participant_id: uuid.UUID,
    slug: str,
    *,
    said: str = "",
    refused: OkbadgesError | None = None,
) -> Response:
    words, asked, key = visit(request).words, _asked(rooms, who, participant_id, slug), f"work.said.{said}"
    held = asked.at.holds(slug)
    with rooms.database.read() as session:
        rests_on = collected(session, asked.badge, {one.badge for one in asked.at.held}, words)
    return work_page(
        request,
        who,
        "work/confirm.html",
        mistake=mistake_of(refused, words) if refused else None,
        here=f"/workshop/confirm/{participant_id}/{slug}",
        family=asked.badge.family.id,
        name=words.phrase(asked.badge.name.in_language(words.language)),
        artwork=artwork(asked.badge, words.language),
        rests_on=rests_on,
        steps=[
            (words.phrase(step.criterion.in_language(words.language)), step.tick is not None)
            for step in asked.progress.steps
        ],
        own=words("work.confirm.own", day=words.day(asked.own.last_day)) if asked.own else "",
        held=words("work.held.since", day=words.day(held.awarded_on)) if held else "",
        leads=asked.leads,
        said=words(key) if words.knows(key) else "",
    )
