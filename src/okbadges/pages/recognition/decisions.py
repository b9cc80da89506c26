"""``/decisions``: what one's own school decided, the newest first, and all of it as a file for a study secretary."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Query, Request, Response

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.pages.recognition.decision_view import FILLS, person
from okbadges.pages.recognition.frame import ReaderOf, TeacherRoute, download, private_page
from okbadges.pages.site import visit
from okbadges.recognition.decisions import decisions_of, find_decision
from okbadges.recognition.exports.rows import sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from okbadges.edge.rooms import Rooms
    from okbadges.pages.recognition.frame import Reader
    from okbadges.pages.recognition.glance import Fill
    from okbadges.pages.words import Phrase, Words
    from okbadges.recognition.decisions import DecisionLine
    from okbadges.recognition.record import DecisionRecord

router = Router(include_in_schema=False, route_class=TeacherRoute)

ON_A_PAGE = 30
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class LineView:
    """One decision in the list."""

    address: str
    fill: Fill
    headline: str
    target: Phrase
    code: str
    day: str
    by: str
    is_superseded: bool


@router.get("/decisions")
def decisions_page(
    request: Request, rooms: RoomsOf, reader: ReaderOf, before: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    """List the school's decisions."""
    words = visit(request).words
    found = _page_of(rooms, reader, _place(before), ON_A_PAGE + 1)
    lines = found[:ON_A_PAGE]
    return private_page(
        request,
        "recognition/decisions.html",
        title=words("recognition.decisions.title"),
        lines=[_view(line, record, words) for line, record in lines],
        older=f"/decisions?before={lines[-1][0].id}" if len(found) > ON_A_PAGE else None,
        is_first=not before,
        teacher=reader,
    )


@router.get("/decisions.csv")
def decisions_csv(request: Request, rooms: RoomsOf, reader: ReaderOf) -> Response:
    """Answer all decisions of the school as CSV."""
    words = visit(request).words
    content = sheet(_all(rooms, reader), say_in_sheet(words), words.language)
    return download(content, "text/csv; charset=utf-8", f"decisions-{rooms.now().date().isoformat()}.csv")


def say_in_sheet(words: Words) -> Callable[[str], str]:
    """Return what gives a sheet its words, in the language of the page."""

    def say(code: str) -> str:
        kind, _, name = code.partition(".")
        keys = {
            "column": f"recognition.column.{name}",
            "decided": f"recognition.decided.{name}",
            "grade": f"recognition.grade.{name}",
            "process": f"recognition.process.{name}",
            "state": f"recognition.state.{name}",
        }
        return words(keys[kind])

    return say


def _all(rooms: Rooms, reader: Reader) -> Iterator[tuple[DecisionRecord, bool]]:
    before: uuid.UUID | None = None
    while found := _page_of(rooms, reader, before, _AT_ONCE):
        yield from ((record, line.is_superseded) for line, record in found)
        before = found[-1][0].id


def _page_of(
    rooms: Rooms, reader: Reader, before: uuid.UUID | None, limit: int
) -> list[tuple[DecisionLine, DecisionRecord]]:
    with rooms.database.read() as session:
        lines = decisions_of(session, reader.school, before=before, limit=limit)
        return [(line, find_decision(session, rooms.secrets, reader.school, line.id)) for line in lines]


def _place(before: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(before) if before else None
    except ValueError:
        return None


def _view(line: DecisionLine, record: DecisionRecord, words: Words) -> LineView:
    return LineView(
        address=f"/decisions/{line.id}",
        fill=FILLS[line.decided],
        headline=words(f"recognition.decided.{line.decided}"),
        target=words.phrase(record.target.name.in_language(words.language)),
        code=record.target.code,
        day=words.day(line.decided_on),
        by=person(record.decider),
        is_superseded=line.is_superseded,
    )
