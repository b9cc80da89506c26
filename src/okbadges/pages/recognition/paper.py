"""``/decisions/{id}/print``: one sheet for the school's archive or for the student, the decision or "not yet, and what next".

The student's name is written on the paper by hand, or typed here and put on the sheet: it is in the answer to that form, and nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Form, Request, Response

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import SameSite
from okbadges.errors import InvalidInput
from okbadges.pages.recognition.decision import opened, student_name
from okbadges.pages.recognition.decision_view import decision_view
from okbadges.pages.recognition.frame import DecisionOf, ReaderOf, TeacherRoute, mistake_of, private_page
from okbadges.pages.recognition.gathered import ground_of
from okbadges.pages.site import visit
from okbadges.pages.words import time_zone

if TYPE_CHECKING:
    import uuid

    from okbadges.edge.rooms import Rooms
    from okbadges.pages.mistake import Mistake
    from okbadges.pages.recognition.frame import Reader

router = Router(prefix="/decisions/{decision}/print", include_in_schema=False, route_class=TeacherRoute)


@router.get("")
def paper_page(request: Request, rooms: RoomsOf, reader: ReaderOf, decision: DecisionOf) -> Response:
    """Show the sheet with a line for the student's name."""
    return _sheet(request, rooms, reader, decision)


@router.post("", dependencies=[SameSite])
def paper_with_name(
    request: Request,
    rooms: RoomsOf,
    reader: ReaderOf,
    decision: DecisionOf,
    student: Annotated[str, Form()] = "",
) -> Response:
    """Show the sheet with a name on it, once; nothing is kept."""
    try:
        name = student_name(student)
    except InvalidInput as refused:
        mistake = mistake_of(refused, visit(request).words)
        return _sheet(request, rooms, reader, decision, typed=student, mistake=mistake)
    return _sheet(request, rooms, reader, decision, name=name, typed=name)


def _sheet(
    request: Request,
    rooms: Rooms,
    reader: Reader,
    decision_id: uuid.UUID,
    *,
    name: str = "",
    typed: str = "",
    mistake: Mistake | None = None,
) -> Response:
    record, successor = opened(rooms, reader, decision_id)
    words = visit(request).words
    view = decision_view(record, rooms, ground_of(rooms), words)
    return private_page(
        request,
        "recognition/paper.html",
        title=words("recognition.paper.decision") if view.is_recognised else view.headline,
        mistake=mistake,
        view=view,
        assessors=[one.name for one in record.assessors],
        name=name,
        student=typed,
        is_superseded=successor is not None,
        printed=words("qr.printed", day=words.day(rooms.now().astimezone(time_zone()).date())),
        teacher=reader,
    )
