"""``/decisions/{id}/correct``: a decision is never edited; another one takes its place, and both can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.visits import SameSite
from okbadges.pages.recognition.decide_form import TypedDecision  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.pages.recognition.decision import opened
from okbadges.pages.recognition.frame import DecisionOf, TeacherOf, TeacherRoute, see
from okbadges.pages.recognition.gathered import ground_of
from okbadges.pages.recognition.prefill import form_again
from okbadges.pages.recognition.settling import Desk, form_page, settle
from okbadges.recognition.looking_up import belongs
from okbadges.recognition.matters import matter_again

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms
    from okbadges.pages.recognition.frame import Teacher
    from okbadges.recognition.record import DecisionRecord

router = APIRouter(prefix="/decisions/{decision}/correct", include_in_schema=False, route_class=TeacherRoute)


@router.get("")
def correct_page(request: Request, rooms: RoomsOf, teacher: TeacherOf, decision: DecisionOf) -> Response:
    """Show the form as it was decided; of a decision that has a newer one in its place, show that."""
    record, successor = opened(rooms, teacher, decision)
    if successor is not None:
        return see(request, f"/decisions/{successor}")
    desk = _desk(rooms, teacher, record)
    return form_page(request, rooms, desk, form_again(rooms, teacher, record, desk.matter))


@router.post("", dependencies=[SameSite])
def correct(
    request: Request, rooms: RoomsOf, teacher: TeacherOf, decision: DecisionOf, typed: TypedDecision
) -> Response:
    """Keep a decision in the place of this one, on the badges as they were seen then."""
    record, _ = opened(rooms, teacher, decision)
    with rooms.database.read() as session:
        kept = belongs(session, teacher.school, record.id, member_id=teacher.member_id)
    return settle(request, rooms, _desk(rooms, teacher, record), kept, typed)


def _desk(rooms: Rooms, teacher: Teacher, record: DecisionRecord) -> Desk:
    return Desk(
        teacher=teacher,
        matter=matter_again(record, ground_of(rooms)),
        action=f"/decisions/{record.id}/correct",
        back=f"/decisions/{record.id}",
        corrects=record.id,
    )
