"""``/decisions/{id}/endorsement``: a teacher's one button that turns a decision into the school's signed word about the badges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request, Response

from okbadges.edge.problems import problem_of
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import SameSite
from okbadges.errors import Conflict
from okbadges.pages.recognition.endorsing_view import endorsing_view
from okbadges.pages.recognition.frame import DecisionOf, TeacherOf, TeacherRoute, private_page, see
from okbadges.pages.recognition.names import badge_names
from okbadges.pages.site import visit
from okbadges.recognition.decisions import find_decision

if TYPE_CHECKING:
    import uuid

    from okbadges.edge.rooms import Rooms
    from okbadges.pages.recognition.frame import Teacher

router = Router(prefix="/decisions/{decision}/endorsement", include_in_schema=False, route_class=TeacherRoute)


@router.get("")
def endorsement_page(request: Request, rooms: RoomsOf, teacher: TeacherOf, decision: DecisionOf) -> Response:
    """Show what the school has signed about a decision, or the button that makes it."""
    return _page(request, rooms, teacher, decision)


@router.post("", dependencies=[SameSite])
def endorse(request: Request, rooms: RoomsOf, teacher: TeacherOf, decision: DecisionOf) -> Response:
    """Sign it, once, and show it; what cannot be signed is said, with why."""
    try:
        rooms.endorsing.endorse(teacher.school, decision, actor=teacher.actor)
    except Conflict as refused:
        return _page(request, rooms, teacher, decision, refused=refused)
    return see(request, f"/decisions/{decision}/endorsement")


def _page(
    request: Request, rooms: Rooms, teacher: Teacher, decision: uuid.UUID, *, refused: Conflict | None = None
) -> Response:
    words = visit(request).words
    with rooms.database.read() as session:
        record = find_decision(session, rooms.secrets, teacher.school, decision)
    view = endorsing_view(rooms, teacher, record)
    why_not, names = refused or view.why_not, badge_names(rooms, record.badges, words)
    return private_page(
        request,
        "endorsing.html",
        title=words("recognised.school.title"),
        status=problem_of(refused).status if refused else 200,
        refused=words(f"recognised.school.refused.{why_not.code}") if why_not else None,
        made=[names[one] for one in view.made if one in names],
        decision=decision,
    )
