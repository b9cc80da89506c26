"""``/decisions/{id}/correct``: a decision is never edited; another one takes its place, and both can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request, Response

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import SameSite
from okbadges.errors import Gone, InvalidInput, NotFound
from okbadges.issuing.links import Links
from okbadges.pages.recognition.decide_form import TypedDecision  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.pages.recognition.decision import opened
from okbadges.pages.recognition.frame import DecisionOf, TeacherOf, TeacherRoute, see
from okbadges.pages.recognition.gathered import Asked, gather, ground_of
from okbadges.pages.recognition.prefill import form_again
from okbadges.pages.recognition.settling import WITHOUT_PROOF, Desk, form_page, settle
from okbadges.recognition.looking_up import bars_of, belongs, successor_of
from okbadges.recognition.matters import matter_again, matter_at
from okbadges.recognition.standing import one_matter, standing_decision
from okbadges.recognition.verifying_again import verified_again

if TYPE_CHECKING:
    import uuid

    from okbadges.edge.rooms import Rooms
    from okbadges.pages.recognition.frame import Teacher
    from okbadges.recognition.decisions import Kept
    from okbadges.recognition.matters import Matter
    from okbadges.recognition.record import DecisionRecord

router = Router(prefix="/decisions/{decision}/correct", include_in_schema=False, route_class=TeacherRoute)


@router.get("")
def correct_page(request: Request, rooms: RoomsOf, teacher: TeacherOf, decision: DecisionOf) -> Response:
    """Show the form as it was decided; of a decision that has a newer one in its place, show that."""
    record, successor = opened(rooms, teacher, decision)
    desk = _desk(rooms, teacher, record, _kept(rooms, teacher, record))
    if successor is not None or desk.corrects != record.id or not desk.matter.offered:
        return see(request, f"/decisions/{successor or desk.corrects}")
    return form_page(request, rooms, desk, form_again(rooms, teacher, record, desk.matter))


@router.post("", dependencies=[SameSite])
def correct(
    request: Request, rooms: RoomsOf, teacher: TeacherOf, decision: DecisionOf, typed: TypedDecision
) -> Response:
    """Keep a decision in the place of this one, on the badges as they are now; on what was seen then, where they cannot be read any more."""
    record, _ = opened(rooms, teacher, decision)
    kept = _kept(rooms, teacher, record)
    desk = _desk(rooms, teacher, record, kept)
    return settle(request, rooms, desk, kept, typed)


def _kept(rooms: Rooms, teacher: Teacher, record: DecisionRecord) -> Kept:
    with rooms.database.read() as session:
        return belongs(session, teacher.school, record.id, member_id=teacher.member_id)


def _desk(rooms: Rooms, teacher: Teacher, record: DecisionRecord, kept: Kept) -> Desk:
    with rooms.database.read() as session:
        decided = matter_again(record, ground_of(rooms), bars_of(session, record))
    again = verified_again(decided, _now(rooms, record, kept), decided_on=record.decided_on)
    return Desk(
        teacher=teacher,
        matter=again.matter,
        again=again,
        action=f"/decisions/{record.id}/correct",
        back=f"/decisions/{record.id}",
        corrects=_standing(rooms, record, kept),
        matched=tuple(dict.fromkeys([record.matched, *WITHOUT_PROOF])),
    )


def _now(rooms: Rooms, record: DecisionRecord, kept: Kept) -> Matter | None:
    """Return the matter as the student's link shows it now, every badge verified; None where it shows nothing of it any more."""
    if kept.share_link_id is None:
        return None
    token = Links(rooms.secrets, rooms.base_url).share_token(kept.share_link_id)
    try:
        gathered = gather(rooms, token, Asked(record.requirements.generation))
        return matter_at(gathered.picture, record.target.uri, ground_of(rooms))
    except (Gone, NotFound, InvalidInput):
        return None


def _standing(rooms: Rooms, record: DecisionRecord, kept: Kept) -> uuid.UUID:
    """Return what stands about the same: this decision, what came in its place, or a newer one of somebody who joined two passports."""
    same = one_matter(rooms.units, record.target.uri)
    with rooms.database.read() as session:
        found = standing_decision(session.connection(), kept.organisation, kept.participant_id, same)
        last = record.id
        while found is None and (successor := successor_of(session, kept.organisation, last)) is not None:
            last = successor
    return found or last
