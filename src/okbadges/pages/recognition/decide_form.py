"""The form of a decision: what was typed, as it was typed, and what it means."""

from __future__ import annotations

import uuid
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

from fastapi import Form
from pydantic import BaseModel, ConfigDict

from okbadges.errors import InvalidInput
from okbadges.recognition.deciding import Wanted
from okbadges.recognition.record import Decided, Matched, Process
from okbadges.spreadsheets import read_date

if TYPE_CHECKING:
    from datetime import date

    from okbadges.recognition.record import Grade

Choice = TypeVar("Choice", bound=StrEnum)

GRADES: tuple[Grade, ...] = ("passed", "1", "2", "3", "4", "5")
LANGUAGES = ("fi", "sv", "en", "se", "de", "fr", "es", "it", "et", "ru", "uk", "ar", "fa", "so", "ku", "zh", "ja")
"""The languages that an area about a language can be about: those of the schools, and of those who come there."""
_UUID_7 = 7
_MOST_SEEN = 120


class Typed(BaseModel):
    """What the form sent. Nothing is judged yet, so that nothing that was typed is lost.

    ``id`` is the one that the decision will have, so that a button pressed twice makes one decision. ``seen`` is how the badges stood
    when the form was shown, ``warned`` the words that whoever typed was asked about already.
    """

    model_config = ConfigDict(frozen=True)

    id: str = ""
    decided: str = ""
    process: str = ""
    matched: str = ""
    title: str = ""
    assessor: str = ""
    assessor_title: str = ""
    assessor_is_ours: str = ""
    osp: str = ""
    weeks: str = ""
    grade: str = ""
    language: str = ""
    diary_number: str = ""
    version: str = ""
    begins_on: str = ""
    sent_on: str = ""
    grounds_fi: str = ""
    grounds_sv: str = ""
    next_step_fi: str = ""
    next_step_sv: str = ""
    conditions: str = ""
    evidence_viewed: str = ""
    compared: str = ""
    tuva_plan: str = ""
    funded: str = ""
    outcomes: list[str] = []
    correction: str = ""
    supersedes: str = ""
    seen: list[str] = []
    warned: list[str] = []

    @property
    def texts(self) -> tuple[str, ...]:
        """Return what was written in words of one's own, that there is."""
        texts = (self.grounds_fi, self.grounds_sv, self.next_step_fi, self.next_step_sv, self.conditions)
        return tuple(text for text in (*texts, self.correction) if text.strip())


TypedDecision = Annotated[Typed, Form()]


def wanted(typed: Typed) -> Wanted:
    """Return what was decided.

    Raises `InvalidInput` for what cannot be read: ``choose`` (with the field), ``osp-form``, ``number-form``, ``date``.
    """
    return Wanted(
        decided=_chosen(Decided, typed.decided, "decided"),
        process=_chosen(Process, typed.process, "process"),
        matched=_chosen(Matched, typed.matched, "matched"),
        grounds=(typed.grounds_fi, typed.grounds_sv),
        outcomes=tuple(typed.outcomes),
        next_step=(typed.next_step_fi, typed.next_step_sv),
        title=typed.title,
        assessor=typed.assessor,
        assessor_title=typed.assessor_title,
        assessor_is_ours=bool(typed.assessor_is_ours),
        osp=_osp(typed.osp),
        weeks=_number(typed.weeks, "weeks"),
        grade=_grade(typed.grade),
        language=_language(typed.language),
        diary_number=typed.diary_number,
        version=_number(typed.version, "version"),
        begins_on=_day(typed.begins_on, "begins_on"),
        sent_on=_day(typed.sent_on, "sent_on"),
        conditions=typed.conditions,
        evidence_viewed=bool(typed.evidence_viewed),
        compared=bool(typed.compared),
        tuva_plan=bool(typed.tuva_plan),
        funded=bool(typed.funded),
        correction=typed.correction,
    )


def wanted_id(typed: Typed) -> uuid.UUID:
    """Return the id that the form gave the decision. Raises `InvalidInput` (``form-old``) for what no form of ours gave."""
    try:
        found = uuid.UUID(typed.id)
    except ValueError:
        found = uuid.UUID(int=0)
    if found.version != _UUID_7:
        raise InvalidInput("form-old", "Open the form again.", field="id")
    return found


def superseded_by(typed: Typed) -> uuid.UUID | None:
    """Return the decision in whose place this one comes, as the form said it. Raises `InvalidInput` (``form-old``)."""
    try:
        return uuid.UUID(typed.supersedes) if typed.supersedes else None
    except ValueError:
        raise InvalidInput("form-old", "Open the form again.", field="id") from None


def seen_lines(typed: Typed) -> tuple[str, ...]:
    """Return how the badges stood when the form was shown; no more of it than a link can show."""
    return tuple(typed.seen[:_MOST_SEEN])


def _chosen(kind: type[Choice], text: str, field: str) -> Choice:
    try:
        return kind(text)
    except ValueError:
        raise InvalidInput("choose", f"One of: {', '.join(kind)}.", field=field) from None


def _osp(text: str) -> Decimal | None:
    """Return competence points as people write them: 2, 1,5 or 1.5."""
    plain = text.strip().replace(",", ".")
    if not plain:
        return None
    try:
        number = Decimal(plain) if plain.isascii() else None
    except InvalidOperation:
        number = None
    exponent = number.as_tuple().exponent if number is not None else None
    if number is None or not isinstance(exponent, int) or not -2 <= exponent <= 2:  # noqa: PLR2004 - 0.25 is the smallest step
        raise InvalidInput("osp-form", "Write a number of competence points, like 2 or 1.5.", field="osp")
    return number


def _number(text: str, field: str) -> int | None:
    plain = text.strip()
    if not plain:
        return None
    if not (plain.isascii() and plain.isdecimal() and len(plain) < 5):  # noqa: PLR2004 - four digits
        raise InvalidInput("number-form", "Write a whole number.", field=field)
    return int(plain)


def _grade(text: str) -> Grade | None:
    if not text or text == "later":
        return None
    found: Literal["1", "2", "3", "4", "5", "passed"] | None = next((one for one in GRADES if one == text), None)
    if found is None:
        raise InvalidInput("choose", "Choose a grade, or that it comes later.", field="grade")
    return found


def _language(text: str) -> str | None:
    if not text:
        return None
    if text not in LANGUAGES:
        raise InvalidInput("choose", "Choose a language.", field="language")
    return text


def _day(text: str, field: str) -> date | None:
    return read_date(text.strip(), field=field) if text.strip() else None
