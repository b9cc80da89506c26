"""``/decisions/{id}``: a decision of one's own school, to read and to take along: for eHOKS, for Koski, whole, and as a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from fastapi import APIRouter, Request, Response

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.errors import Conflict, NotFound
from okbadges.pages.recognition.decision_view import decision_view, export_views
from okbadges.pages.recognition.decisions import say_in_sheet
from okbadges.pages.recognition.endorsing_view import endorsing_view
from okbadges.pages.recognition.frame import DecisionOf, TeacherOf, TeacherRoute, download, private_page
from okbadges.pages.recognition.gathered import ground_of
from okbadges.pages.recognition.to_fill import to_fill_text
from okbadges.pages.site import visit
from okbadges.recognition.decisions import find_decision
from okbadges.recognition.exports.ehoks import to_ehoks
from okbadges.recognition.exports.koski import to_koski
from okbadges.recognition.exports.rows import sheet
from okbadges.recognition.looking_up import successor_of

if TYPE_CHECKING:
    import uuid

    from okbadges.edge.rooms import Rooms
    from okbadges.pages.recognition.frame import Teacher
    from okbadges.recognition.exports.shape import Export
    from okbadges.recognition.record import DecisionRecord

router = APIRouter(prefix="/decisions/{decision}", include_in_schema=False, route_class=TeacherRoute)

CSV = "text/csv; charset=utf-8"
_EXPORTS = {"ehoks": to_ehoks, "koski": to_koski}


@router.get("")
def decision_page(
    request: Request, rooms: RoomsOf, teacher: TeacherOf, decision: DecisionOf, done: str = ""
) -> Response:
    """Show a decision; ``done=kept`` says that it was kept just now."""
    record, successor = opened(rooms, teacher, decision)
    words = visit(request).words
    return private_page(
        request,
        "recognition/decision.html",
        title=words("recognition.decision.title"),
        view=decision_view(record, rooms, ground_of(rooms), words),
        exports=export_views(record, words, is_superseded=successor is not None),
        supersedes=record.supersedes,
        successor=successor,
        endorsing=endorsing_view(rooms, teacher, record),
        is_new=done == "kept",
        teacher=teacher,
    )


@router.get("/decision.json")
def own_json(rooms: RoomsOf, teacher: TeacherOf, decision: DecisionOf) -> Response:
    """Answer the whole record, byte by byte as it is kept: its hash is the one in the journal."""
    record, _ = opened(rooms, teacher, decision)
    return download(record.written(), "application/json", f"{_name(record)}.json")


@router.get("/row.csv")
def one_row(request: Request, rooms: RoomsOf, teacher: TeacherOf, decision: DecisionOf) -> Response:
    """Answer the decision as a row for a study secretary."""
    record, successor = opened(rooms, teacher, decision)
    words = visit(request).words
    content = sheet([(record, successor is not None)], say_in_sheet(words), words.language)
    return download(content, CSV, f"{_name(record)}.csv")


@router.get("/{system}.json")
def export_json(rooms: RoomsOf, teacher: TeacherOf, decision: DecisionOf, system: str) -> Response:
    """Answer the decision in the shape of eHOKS or Koski. Raises `Conflict` where that system does not take it."""
    record, export = _exported(rooms, teacher, decision, system)
    content = orjson.dumps(export.content, option=orjson.OPT_INDENT_2)
    return download(content, "application/json", f"{system}-{_name(record)}.json")


@router.get("/{system}-to-fill.txt")
def export_to_fill(request: Request, rooms: RoomsOf, teacher: TeacherOf, decision: DecisionOf, system: str) -> Response:
    """Answer what is to be filled in there, by whom and why: it goes along with the export to whoever fills it."""
    record, export = _exported(rooms, teacher, decision, system)
    name = f"{system}-{_name(record)}"
    text = to_fill_text(record, export, visit(request).words, system=system, beside=f"{name}.json")
    return download(text.encode(), "text/plain; charset=utf-8", f"{name}-to-fill.txt")


def opened(rooms: Rooms, teacher: Teacher, decision_id: uuid.UUID) -> tuple[DecisionRecord, uuid.UUID | None]:
    """Return a decision of the teacher's school, and the one that took its place. Raises `NotFound` (``unknown-decision``)."""
    with rooms.database.read() as session:
        record = find_decision(session, rooms.secrets, teacher.school, decision_id)
        return record, successor_of(session, teacher.school, decision_id)


def _exported(rooms: Rooms, teacher: Teacher, decision_id: uuid.UUID, system: str) -> tuple[DecisionRecord, Export]:
    """Return a decision in the shape of a system. Raises `NotFound`, `Conflict` (``decision-superseded``, and what the system refuses)."""
    record, successor = opened(rooms, teacher, decision_id)
    if system not in _EXPORTS:
        raise NotFound("not-found", "There is nothing at this address.")
    if successor is not None:
        raise Conflict("decision-superseded", "Another decision took the place of this one; take that along.")
    return record, _EXPORTS[system](record)


def _name(record: DecisionRecord) -> str:
    """Return what a file of the decision is called: the target and the day, and no name of anybody."""
    return f"{record.target.code.lower()}-{record.decided_on.isoformat()}-{record.id.hex[-6:]}"
