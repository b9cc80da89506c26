"""Deciding: from a matter and what a teacher decided to the record that is kept. Every rule of a decision is here.

A workshop does not grade and does not credit; the school does (product.md, rule 2). There is no failure: "not now" says what comes next.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.catalogue.texts import Texts
from okbadges.errors import InvalidInput
from okbadges.organisations.wording import one_line
from okbadges.progress.notes import readable
from okbadges.recognition.mapping.picture import Outlook
from okbadges.recognition.record import (
    RECOGNISES,
    Decided,
    DecisionRecord,
    Person,
    Requirements,
    School,
    TargetKind,
)

if TYPE_CHECKING:
    import uuid
    from datetime import date, datetime
    from decimal import Decimal

    from okbadges.recognition.matters import Matter
    from okbadges.recognition.providers import EducationProvider
    from okbadges.recognition.record import Grade, Matched, Process

LONGEST_TEXT = 2000
LONGEST_NAME = 80
MOST_OSP = 180
"""A whole qualification: nothing that a badge could be about is larger."""
_ENDS = (Decided.FULL, Decided.WITHDRAWN)
"""After these the student has nothing to do."""
# the signs of the centuries: + 1800, - and U to Y 1900, A to F 2000
_IDENTITY_CODE = re.compile(r"(?<!\d)\d{6}[-+A-FU-Y]\d{3}[0-9A-Z](?!\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a teacher decided, as the form said it. What does not belong to the decision (a grade for "not now") is left aside.

    ``outcomes`` are those that a part is made of. ``grounds`` and ``next_step`` are texts in Finnish and in Swedish. ``compared`` tells that the teacher compared the badges with
    the text of the requirements: asked for where nobody else could.
    """

    decided: Decided
    process: Process
    matched: Matched
    grounds: tuple[str, str]
    next_step: tuple[str, str] = ("", "")
    outcomes: tuple[str, ...] = ()
    title: str = ""
    assessor: str = ""
    assessor_title: str = ""
    assessor_is_ours: bool = False
    osp: Decimal | None = None
    weeks: int | None = None
    grade: Grade | None = None
    language: str | None = None
    diary_number: str = ""
    version: int | None = None
    begins_on: date | None = None
    sent_on: date | None = None
    conditions: str = ""
    evidence_viewed: bool = False
    compared: bool = False
    tuva_plan: bool = False
    funded: bool = False
    correction: str = ""


@dataclass(frozen=True, slots=True)
class Deciding:
    """Who decides, for which school, and when; ``supersedes`` is the decision in whose place this one comes."""

    id: uuid.UUID
    now: datetime
    provider: EducationProvider
    name: str
    supersedes: uuid.UUID | None = None


def record_of(matter: Matter, wanted: Wanted, deciding: Deciding) -> DecisionRecord:
    """Return the record of a decision.

    Raises `InvalidInput`: ``not-offered`` (the badges do not allow it), ``compare``, ``outcomes-none``, ``outcome-not-shown``, ``grounds-missing``,
    ``next-step-missing``, ``correction-missing``, ``osp-size``, ``weeks-missing``, ``weeks-size``, ``grade-scale``, ``begins-on``, ``sent-on``,
    ``identity-code``, ``text-too-long``, ``text-characters``, ``name``.
    """
    _require_possible(matter, wanted)
    covered, missing = _outcomes(matter, wanted)
    provider, is_full = deciding.provider, wanted.decided is Decided.FULL
    return DecisionRecord(
        id=deciding.id,
        decided_at=deciding.now,
        decided_on=deciding.now.date(),
        school=_school(provider),
        decider=_decider(wanted, deciding),
        assessors=_assessors(wanted, provider),
        requirements=_requirements(matter, wanted),
        target=matter.target.model_copy(update={"language": wanted.language or matter.target.language}),
        decided=wanted.decided,
        outcomes_covered=covered,
        outcomes_missing=missing,
        recognised_osp=_osp(matter, wanted),
        recognised_weeks=_weeks(matter, wanted),
        grade=_grade(matter, wanted) if is_full else None,
        process=wanted.process,
        process_code=provider.process_code(wanted.process),
        sent_for_assessment_on=_not_later(wanted.sent_on, deciding),
        grounds=_grounds(wanted),
        next_step=None if wanted.decided in _ENDS else _next_step(wanted),
        conditions=None if wanted.decided is Decided.WITHDRAWN else _text(wanted.conditions, "conditions") or None,
        badges=matter.badges,
        evidence_viewed=wanted.evidence_viewed,
        matched=wanted.matched,
        supersedes=deciding.supersedes,
        correction=_correction(wanted, deciding),
        funded=wanted.funded and wanted.decided in RECOGNISES,
        tuva_plan=wanted.tuva_plan and matter.target.kind is TargetKind.COMMON_AREA,
    )


def _require_possible(matter: Matter, wanted: Wanted) -> None:
    if wanted.decided not in matter.offered:
        raise InvalidInput(
            "not-offered",
            f"The badges do not allow this decision now; they allow: {', '.join(matter.offered)}.",
            field="decided",
        )
    if matter.outlook is Outlook.NOT_COMPARED and wanted.decided in RECOGNISES and not wanted.compared:
        raise InvalidInput(
            "compare", "Compare the badges with the outcomes of the requirements first.", field="compared"
        )


def _outcomes(matter: Matter, wanted: Wanted) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the outcomes that are covered and those that are missing: of a part as the teacher ticked them, else as the badges show them.

    Where no outcome is known, there is none to tick.
    """
    if wanted.decided is not Decided.PART or not matter.covered:
        return matter.covered, matter.missing
    if not wanted.outcomes:
        raise InvalidInput("outcomes-none", "Tick at least one outcome that is recognised.", field="outcomes")
    if not set(wanted.outcomes) <= set(matter.covered):
        raise InvalidInput(
            "outcome-not-shown", "No badge that counts shows this outcome; leave it unticked.", field="outcomes"
        )
    every = (*matter.covered, *matter.missing)
    return (
        tuple(one for one in every if one in wanted.outcomes),
        tuple(one for one in every if one not in wanted.outcomes),
    )


def _school(provider: EducationProvider) -> School:
    return School(
        name=provider.organisation.name, provider_oid=provider.provider_oid, institution_oid=provider.institution_oid
    )


def _decider(wanted: Wanted, deciding: Deciding) -> Person:
    title = _line(wanted.title, "title")
    return Person(name=deciding.name, title=title, institution_oid=deciding.provider.institution_oid)


def is_the_same(one: DecisionRecord, other: DecisionRecord) -> bool:
    """Tell whether two records say the same, whenever they were made: a button that was pressed twice."""
    return one.model_copy(update={"decided_at": other.decided_at, "decided_on": other.decided_on}) == other


def _assessors(wanted: Wanted, provider: EducationProvider) -> tuple[Person, ...]:
    name, title = _line(wanted.assessor, "assessor"), _line(wanted.assessor_title, "assessor_title")
    if name is None:
        return ()
    return (
        Person(name=name, title=title, institution_oid=provider.institution_oid if wanted.assessor_is_ours else None),
    )


def _requirements(matter: Matter, wanted: Wanted) -> Requirements:
    if wanted.version is not None and not 1 <= wanted.version <= 999:  # noqa: PLR2004 - what a version can be
        raise InvalidInput("version", "The version of the requirements is a whole number, like 2.", field="version")
    if wanted.begins_on is not None and wanted.begins_on < matter.applies_from:
        raise InvalidInput(
            "begins-on",
            f"These requirements are for study rights from {matter.applies_from} on; choose the earlier ones.",
            field="begins_on",
        )
    return Requirements(
        generation=matter.generation,
        diary_number=_line(wanted.diary_number, "diary_number"),
        version=wanted.version,
        begins_on=wanted.begins_on,
    )


def _osp(matter: Matter, wanted: Wanted) -> Decimal | None:
    """Return the competence points that are recognised: all of the target where the whole is, else what the teacher says."""
    size = matter.target.osp
    if wanted.decided not in RECOGNISES or matter.target.kind is TargetKind.TUVA_PART:
        return None
    if wanted.decided is Decided.FULL and size is not None:
        return size
    if wanted.osp is None:
        return None
    is_part = wanted.decided is Decided.PART and size is not None
    most = size if size is not None else MOST_OSP
    if wanted.osp <= 0 or wanted.osp > most or (is_part and wanted.osp == most):
        raise InvalidInput(
            "osp-size", f"Give competence points above 0 and {'under' if is_part else 'up to'} {most}.", field="osp"
        )
    return wanted.osp


def _weeks(matter: Matter, wanted: Wanted) -> int | None:
    """Return the weeks of a part of TUVA that are recognised; the whole part has its size in the student's plan."""
    if wanted.decided not in RECOGNISES or matter.target.kind is not TargetKind.TUVA_PART:
        return None
    if wanted.weeks is None:
        if wanted.decided is Decided.PART:
            return None
        raise InvalidInput("weeks-missing", "Say how many weeks the part is in the student's plan.", field="weeks")
    least = max(1, matter.weeks.least if matter.weeks and wanted.decided is Decided.FULL else 1)
    most = matter.weeks.most if matter.weeks else MOST_OSP
    if not least <= wanted.weeks <= most:
        raise InvalidInput("weeks-size", f"Give {least} to {most} weeks.", field="weeks")
    return wanted.weeks


def _grade(matter: Matter, wanted: Wanted) -> Grade | None:
    if matter.target.kind is TargetKind.TUVA_PART and wanted.grade not in (None, "passed"):
        raise InvalidInput("grade-scale", "A part of TUVA is passed; it has no other grade.", field="grade")
    return wanted.grade


def _grounds(wanted: Wanted) -> Texts:
    fi, sv = _text(wanted.grounds[0], "grounds_fi"), _text(wanted.grounds[1], "grounds_sv")
    if not fi:
        raise InvalidInput("grounds-missing", "Write the grounds in Finnish.", field="grounds_fi")
    return Texts(fi=fi, sv=sv or None)


def _next_step(wanted: Wanted) -> Texts | None:
    fi, sv = _text(wanted.next_step[0], "next_step_fi"), _text(wanted.next_step[1], "next_step_sv")
    if fi:
        return Texts(fi=fi, sv=sv or None)
    if wanted.decided is Decided.NOT_NOW:
        raise InvalidInput("next-step-missing", "Write what the student can do next.", field="next_step_fi")
    return None


def _correction(wanted: Wanted, deciding: Deciding) -> str | None:
    if deciding.supersedes is None:
        return None
    note = _text(wanted.correction, "correction")
    if not note:
        raise InvalidInput("correction-missing", "Write what is corrected, and why.", field="correction")
    return note


def _not_later(day: date | None, deciding: Deciding) -> date | None:
    if day is not None and day > deciding.now.date():
        raise InvalidInput("sent-on", "This day has not come yet.", field="sent_on")
    return day


def _text(text: str, field: str) -> str:
    """Return a text of one or more lines; no identity code stands in it: the student's own papers have that."""
    try:
        plain = readable(text, longest=LONGEST_TEXT, field="text")
    except InvalidInput as refused:
        raise InvalidInput(refused.code, refused.detail, field=field) from None
    if _IDENTITY_CODE.search(plain):
        raise InvalidInput("identity-code", "Leave the personal identity code out.", field=field)
    return plain


def _line(text: str, field: str) -> str | None:
    return one_line(text, longest=LONGEST_NAME, field=field, code="name") if text.strip() else None
