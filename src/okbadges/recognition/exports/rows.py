"""Rows for a study secretary: decisions as CSV that opens in a spreadsheet, in the words of whoever asks; no cell is ever a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.recognition.record import Decided, TargetKind
from okbadges.spreadsheets import write_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from decimal import Decimal

    from okbadges.catalogue.texts import OfficialName, Texts
    from okbadges.recognition.record import DecisionRecord, Person

    Say = Callable[[str], str]
    """Gives the word for a code: ``column.decided``, ``decided.full``, ``grade.passed``."""

COLUMNS = (
    "student",
    "decided_on",
    "school",
    "institution_oid",
    "unit",
    "unit_code",
    "target",
    "target_code",
    "generation",
    "diary_number",
    "decided",
    "osp",
    "weeks",
    "grade",
    "process",
    "decider",
    "assessors",
    "grounds_fi",
    "grounds_sv",
    "next_step",
    "conditions",
    "badges",
    "state",
    "supersedes",
    "correction",
    "id",
)
"""``student`` is empty, or what the school typed for this one file: the name is never kept here."""


def sheet(decisions: Iterable[tuple[DecisionRecord, bool]], say: Say, language: str, *, student: str = "") -> bytes:
    """Return decisions, each with whether another took its place, as a CSV file with headings in words; all of one ``student``, if named."""
    headings = {name: say(f"column.{name}") for name in COLUMNS}
    rows = [
        {"student": student, **_row(record, say, language, is_superseded=is_superseded)}
        for record, is_superseded in decisions
    ]
    return write_rows(list(headings.values()), ({headings[name]: value for name, value in row.items()} for row in rows))


def _row(record: DecisionRecord, say: Say, language: str, *, is_superseded: bool) -> dict[str, str]:
    target = record.target
    return {
        "decided_on": record.decided_on.isoformat(),
        "school": record.school.name,
        "institution_oid": record.school.institution_oid or "",
        "unit": _name(target.unit_name, language),
        "unit_code": _code(target.unit_uri),
        "target": _name(target.name, language),
        "target_code": target.code,
        "generation": record.requirements.generation if target.kind is TargetKind.COMMON_AREA else "",
        "diary_number": record.requirements.diary_number or "",
        "decided": say(f"decided.{record.decided}"),
        "osp": _number(record.recognised_osp),
        "weeks": str(record.recognised_weeks or ""),
        "grade": say(f"grade.{record.grade}") if record.grade else "",
        "process": say(f"process.{record.process}"),
        "decider": _person(record.decider),
        "assessors": "; ".join(map(_person, record.assessors)),
        "grounds_fi": record.grounds.fi,
        "grounds_sv": record.grounds.sv or "",
        "next_step": _text(record.next_step, language),
        "conditions": record.conditions or "",
        "badges": "; ".join(one.name for one in record.badges if one.counted),
        "state": say(f"state.{_state(record, is_superseded=is_superseded)}"),
        "supersedes": str(record.supersedes or ""),
        "correction": record.correction or "",
        "id": str(record.id),
    }


def _state(record: DecisionRecord, *, is_superseded: bool) -> str:
    if is_superseded:
        return "superseded"
    return "withdrawn" if record.decided is Decided.WITHDRAWN else "standing"


def _name(name: OfficialName | None, language: str) -> str:
    return name.in_language(language)[0] if name else ""


def _text(texts: Texts | None, language: str) -> str:
    return texts.in_language(language)[0] if texts else ""


def _code(uri: str | None) -> str:
    return (uri or "").rpartition("_")[2]


def _number(number: Decimal | None) -> str:
    """Return a number with the decimal comma of Finnish spreadsheets."""
    return "" if number is None else f"{number.normalize():f}".replace(".", ",")


def _person(person: Person) -> str:
    return f"{person.name}, {person.title}" if person.title else person.name
