"""`/workshop/people/{participant}/badges/{badge}/awarded`: that a badge was awarded, and what to do now. Its code is shown to hand it over, and not kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request, Response

from okbadges.catalogue.shelf import badge_version
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import SameSite
from okbadges.issuing.links import Links
from okbadges.organisations.groups import require_leader
from okbadges.organisations.participants import read_label
from okbadges.pages.badge_view import artwork
from okbadges.pages.printed_code import printed_code
from okbadges.pages.site import visit
from okbadges.pages.work.frame import LeaderOf, ParticipantOf, WorkRoute, see, seen_as, work_page
from okbadges.pages.work.view import group_address, groups_now, person_address, steps_address
from okbadges.passport.cards import open_card
from okbadges.passport.claiming import to_hand_over
from okbadges.progress.on_the_way import standpoints

if TYPE_CHECKING:
    import uuid

    from okbadges.edge.rooms import Rooms
    from okbadges.organisations.sign_ins import SignedIn

router = Router(prefix="/workshop/people/{participant}/badges/{badge}", route_class=WorkRoute, include_in_schema=False)


@router.get("/awarded")
def awarded_page(request: Request, rooms: RoomsOf, who: LeaderOf, participant: ParticipantOf, badge: str) -> Response:
    """Show the badge that they hold, and how it comes to them."""
    words = visit(request).words
    with rooms.database.read() as session:
        require_leader(session, who.caller, participant)
        at = standpoints(session, [participant], today=rooms.now().date())[participant]
        held = at.holds(badge)
        if held is None:
            return see(request, steps_address(participant, badge))
        version = badge_version(session, badge, held.version)
        label = read_label(session, rooms.secrets, member_id=who.member_id, participant_id=participant)
        groups, card = groups_now(session, who.caller, participant), open_card(session, participant)
        claim = to_hand_over(session, participant, badge, awarded_by=who.caller.actor)
    return work_page(
        request,
        who,
        "work/awarded.html",
        here=steps_address(participant, badge),
        person=person_address(participant),
        groups=[(group_address(one.id), one.name) for one in groups],
        name=seen_as(label, participant),
        badge=words.phrase(version.name.in_language(held.language)),
        artwork=artwork(version, held.language),
        when=words("work.held.since", day=words.day(held.awarded_on)),
        way="opened" if card and card.opened_at else "card" if card else "none",
        can_hand_over=claim is not None,
        ready=[one for one in at.ready if one.badge.slug != badge],
    )


@router.get("/code")
def no_code(request: Request, who: LeaderOf, participant: ParticipantOf, badge: str) -> Response:  # noqa: ARG001 - only who leads is led on
    """Lead back: a code has no address of its own, and an ended sign-in comes back here."""
    return see(request, f"{steps_address(participant, badge)}/awarded")


@router.post("/code", dependencies=[SameSite])
def show_code(request: Request, rooms: RoomsOf, who: LeaderOf, participant: ParticipantOf, badge: str) -> Response:
    """Show the badge's claim link as a QR code, for the person to read with their own phone."""
    claim = _claim(rooms, who, participant, badge)
    if claim is None:
        return see(request, f"{steps_address(participant, badge)}/awarded")
    code = printed_code(Links(rooms.secrets, rooms.base_url).claim_link(claim))
    return work_page(request, who, "work/code.html", code=code, back=f"{steps_address(participant, badge)}/awarded")


def _claim(rooms: Rooms, who: SignedIn, participant_id: uuid.UUID, badge: str) -> uuid.UUID | None:
    """Return the credential whose code may be shown. Raises `NotFound` for somebody whom the caller may not work with."""
    with rooms.database.read() as session:
        require_leader(session, who.caller, participant_id)
        return to_hand_over(session, participant_id, badge, awarded_by=who.caller.actor)
