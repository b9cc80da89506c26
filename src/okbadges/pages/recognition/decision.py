"""``/decisions/{id}``: a decision of one's own school, to read and to take along: for eHOKS, for Koski, whole, and as a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import orjson
from fastapi import Form, Request, Response

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import SameSite
from okbadges.errors import Conflict, InvalidInput, NotFound
from okbadges.organisations.wording import one_line
from okbadges.pages.recognition.decision_view import decision_view, export_views
from okbadges.pages.recognition.decisions import say_in_sheet
from okbadges.pages.recognition.endorsing_view import endorsing_view
from okbadges.pages.recognition.frame import (
    DecisionOf,
    ReaderOf,
    TeacherRoute,
    download,
    mistake_of,
    private_page,
)
from okbadges.pages.recognition.gathered import ground_of
from okbadges.pages.recognition.to_fill import to_fill_text
from okbadges.pages.site import visit
from okbadges.recognition.deciding import LONGEST_NAME
from okbadges.recognition.decisions import find_decision
from okbadges.recognition.exports.ehoks import to_ehoks
from okbadges.recognition.exports.koski import to_koski
from okbadges.recognition.exports.rows import sheet
from okbadges.recognition.looking_up import successor_of

if TYPE_CHECKING:
    import uuid

    from okbadges.edge.rooms import Rooms
    from okbadges.pages.mistake import Mistake
    from okbadges.pages.recognition.frame import Reader
    from okbadges.recognition.exports.shape import Export
    from okbadges.recognition.record import DecisionRecord

router = Router(prefix="/decisions/{decision}", include_in_schema=False, route_class=TeacherRoute)

CSV = "text/csv; charset=utf-8"
_EXPORTS = {"ehoks": to_ehoks, "koski": to_koski}


@router.get("")
def decision_page(request: Request, rooms: RoomsOf, reader: ReaderOf, decision: DecisionOf, done: str = "") -> Response:
    """Show a decision; ``done=kept`` says that it was kept just now."""
    return _page(request, rooms, reader, decision, is_new=done == "kept")


def _page(
    request: Request,
    rooms: Rooms,
    reader: Reader,
    decision_id: uuid.UUID,
    *,
    is_new: bool = False,
    student: str = "",
    mistake: Mistake | None = None,
) -> Response:
    record, successor = opened(rooms, reader, decision_id)
    words = visit(request).words
    return private_page(
        request,
        "recognition/decision.html",
        title=words("recognition.decision.title"),
        view=decision_view(record, rooms, ground_of(rooms), words),
        exports=export_views(record, words, is_superseded=successor is not None),
        supersedes=record.supersedes,
        successor=successor,
        endorsing=endorsing_view(rooms, reader, record),
        is_new=is_new,
        student=student,
        mistake=mistake,
        teacher=reader,
    )


@router.get("/decision.json")
def own_json(rooms: RoomsOf, reader: ReaderOf, decision: DecisionOf) -> Response:
    """Answer the whole record, byte by byte as it is kept: its hash is the one in the journal."""
    record, _ = opened(rooms, reader, decision)
    return download(record.written(), "application/json", f"{_name(record)}.json")


@router.get("/row.csv")
def one_row(request: Request, rooms: RoomsOf, reader: ReaderOf, decision: DecisionOf) -> Response:
    """Answer the decision as a row for a study secretary."""
    return _row(request, opened(rooms, reader, decision), student="")


@router.post("/row.csv", dependencies=[SameSite])
def one_row_with_name(
    request: Request,
    rooms: RoomsOf,
    reader: ReaderOf,
    decision: DecisionOf,
    student: Annotated[str, Form()] = "",
) -> Response:
    """Answer the row with the student's name in it, once; nothing is kept."""
    try:
        name = student_name(student)
    except InvalidInput as refused:
        mistake = mistake_of(refused, visit(request).words)
        return _page(request, rooms, reader, decision, student=student, mistake=mistake)
    return _row(request, opened(rooms, reader, decision), student=name)


def student_name(typed: str) -> str:
    """Return the student's name as it was typed for one paper or file; empty where nothing was. Raises `InvalidInput` (``name``)."""
    return one_line(typed, longest=LONGEST_NAME, field="student", code="name") if typed.strip() else ""


def _row(request: Request, found: tuple[DecisionRecord, uuid.UUID | None], *, student: str) -> Response:
    record, successor = found
    words = visit(request).words
    content = sheet([(record, successor is not None)], say_in_sheet(words), words.language, student=student)
    return download(content, CSV, f"{_name(record)}.csv")


@router.get("/{system}.json")
def export_json(rooms: RoomsOf, reader: ReaderOf, decision: DecisionOf, system: str) -> Response:
    """Answer the decision in the shape of eHOKS or Koski. Raises `Conflict` where that system does not take it."""
    record, export = _exported(rooms, reader, decision, system)
    content = orjson.dumps(export.content, option=orjson.OPT_INDENT_2)
    return download(content, "application/json", f"{system}-{_name(record)}.json")


@router.get("/{system}-to-fill.txt")
def export_to_fill(request: Request, rooms: RoomsOf, reader: ReaderOf, decision: DecisionOf, system: str) -> Response:
    """Answer what is to be filled in there, by whom and why: it goes along with the export to whoever fills it."""
    record, export = _exported(rooms, reader, decision, system)
    name = f"{system}-{_name(record)}"
    text = to_fill_text(record, export, visit(request).words, system=system, beside=f"{name}.json")
    return download(text.encode(), "text/plain; charset=utf-8", f"{name}-to-fill.txt")


def opened(rooms: Rooms, reader: Reader, decision_id: uuid.UUID) -> tuple[DecisionRecord, uuid.UUID | None]:
    """Return a decision of the reader's school, and the one that took its place. Raises `NotFound` (``unknown-decision``)."""
    with rooms.database.read() as session:
        record = find_decision(session, rooms.secrets, reader.school, decision_id)
        return record, successor_of(session, reader.school, decision_id)


def _exported(rooms: Rooms, reader: Reader, decision_id: uuid.UUID, system: str) -> tuple[DecisionRecord, Export]:
    """Return a decision in the shape of a system. Raises `NotFound`, `Conflict` (``decision-superseded``, and what the system refuses)."""
    record, successor = opened(rooms, reader, decision_id)
    if system not in _EXPORTS:
        raise NotFound("not-found", "There is nothing at this address.")
    if successor is not None:
        raise Conflict("decision-superseded", "Another decision took the place of this one; take that along.")
    return record, _EXPORTS[system](record)


def _name(record: DecisionRecord) -> str:
    """Return what a file of the decision is called: the target and the day, and no name of anybody."""
    return f"{record.target.code.lower()}-{record.decided_on.isoformat()}-{record.id.hex[-6:]}"
