"""Deciding: every rule between a teacher's form and the record."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from okbadges.catalogue.texts import Texts
from okbadges.catalogue.units import TuvaWeeks
from okbadges.errors import InvalidInput
from okbadges.organisations.workshops import Organisation
from okbadges.recognition.deciding import Deciding, Wanted, is_the_same, record_of
from okbadges.recognition.mapping.picture import Outlook
from okbadges.recognition.matters import ALWAYS, Matter
from okbadges.recognition.providers import EducationProvider
from okbadges.recognition.record import Decided, Matched, Process, Target, TargetKind, read_record
from recognition.exports.making import YTTT
from support.college import INSTITUTION_OID, PROVIDER_OID

if TYPE_CHECKING:
    from okbadges.recognition.record import DecisionRecord

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
CODES = tuple(f"osaamisentodentamisenprosessi_000{number}" for number in (1, 2, 3))
LAPPIA = EducationProvider(
    Organisation(uuid.UUID(int=2), uuid.UUID(int=3), "lappia", "Ammattiopisto Lappia", second_person_for_summary=False),
    PROVIDER_OID,
    INSTITUTION_OID,
    CODES,
)
TUVA = YTTT.model_copy(update={"kind": TargetKind.TUVA_PART, "uri": "koulutuksenosattuva_102", "osp": None})


def matter(target: Target = YTTT, **changes: Any) -> Matter:
    """Return a matter at which everything may be decided."""
    usual = Matter(
        target, "2022", date(2022, 8, 1), Outlook.WHOLE, tuple(Decided), (), covered=("YTTT-1",), missing=("YTTT-2",)
    )
    return replace(usual, **changes)


def wanted(decided: Decided = Decided.FULL, **changes: Any) -> Wanted:
    """Return what a teacher decided."""
    usual: dict[str, Any] = {
        "process": Process.BY_DEMONSTRATION,
        "matched": Matched.IN_PERSON,
        "grounds": ("Merkit osoittavat sen.", "Märkena visar det."),
        "next_step": ("Näytä vielä työsopimus.", ""),
        "outcomes": ("YTTT-1",),
    }
    return Wanted(decided, **{**usual, **changes})


def made(what: Wanted, about: Matter | None = None, *, supersedes: uuid.UUID | None = None) -> DecisionRecord:
    """Return the record of a decision of Tuula's."""
    return record_of(about or matter(), what, Deciding(uuid.UUID(int=1), NOW, LAPPIA, "Tuula Opettaja", supersedes))


@pytest.mark.parametrize(("decided", "is_kept"), [(Decided.FULL, True), (Decided.NOT_NOW, False)])
def test_funding_belongs_to_what_is_recognised(decided: Decided, *, is_kept: bool) -> None:
    """A tick that was left from another choice is not kept with "not now"."""
    assert made(wanted(decided, funded=True)).funded is is_kept


def test_a_whole_area_has_its_own_size() -> None:
    """The school, who decided, the code of the process as the school confirmed it; the size is that of the area, whatever was typed."""
    record = made(wanted(title=" lehtori ", osp=Decimal(1), grade="3", diary_number="OPH-1825-2021", version=2))
    assert (record.recognised_osp, record.grade, record.recognised_weeks) == (Decimal(2), "3", None)
    assert (record.decider.name, record.decider.title) == ("Tuula Opettaja", "lehtori")
    assert (record.school.provider_oid, record.decider.institution_oid) == (PROVIDER_OID, INSTITUTION_OID)
    assert (record.process, record.process_code) == (Process.BY_DEMONSTRATION, CODES[2])
    assert (record.requirements.diary_number, record.requirements.version) == ("OPH-1825-2021", 2)
    assert (record.outcomes_covered, record.outcomes_missing) == (("YTTT-1",), ("YTTT-2",))
    assert (record.next_step, record.decided_on) == (None, NOW.date())
    assert record.grounds == Texts(fi="Merkit osoittavat sen.", sv="Märkena visar det.")


@pytest.mark.parametrize("decided", ALWAYS)
def test_what_does_not_belong_is_left_aside(decided: Decided) -> None:
    """A "not now" has no points, no weeks and no grade, whatever the form still held."""
    record = made(wanted(decided, osp=Decimal(1), weeks=3, grade="5"))
    assert (record.recognised_osp, record.recognised_weeks, record.grade) == (None, None, None)
    assert record.next_step == Texts(fi="Näytä vielä työsopimus.")


def test_a_part_has_fewer_points_and_no_grade() -> None:
    """Half of the area is one point; the grade is given to the whole."""
    record = made(wanted(Decided.PART, osp=Decimal("0.5"), grade="5"))
    assert (record.recognised_osp, record.grade) == (Decimal("0.5"), None)
    assert made(wanted(Decided.PART)).recognised_osp is None


def test_a_part_is_the_outcomes_that_are_recognised() -> None:
    """Of those that the badges show the teacher recognises some; all others are still to come."""
    about = matter(covered=("YTTT-1", "YTTT-3"), missing=("YTTT-2",))
    record = made(wanted(Decided.PART, outcomes=("YTTT-3",)), about)
    assert (record.outcomes_covered, record.outcomes_missing) == (("YTTT-3",), ("YTTT-1", "YTTT-2"))
    whole = made(wanted(outcomes=("YTTT-3",)), about)
    assert (whole.outcomes_covered, whole.outcomes_missing) == (("YTTT-1", "YTTT-3"), ("YTTT-2",))


def test_outcomes_that_nobody_knows_are_not_asked_for() -> None:
    """A part of an area of 2026, or of TUVA, has none."""
    about = matter(outlook=Outlook.NOT_COMPARED, covered=(), missing=())
    record = made(wanted(Decided.PART, compared=True, outcomes=("YTTT-1",)), about)
    assert (record.outcomes_covered, record.outcomes_missing) == ((), ())


def test_a_size_that_nobody_published_is_the_teachers() -> None:
    """In 2026 the whole may be any size, or left open; the teacher has compared the text."""
    about = matter(YTTT.model_copy(update={"osp": None}), outlook=Outlook.NOT_COMPARED)
    assert made(wanted(osp=Decimal(3), compared=True), about).recognised_osp == Decimal(3)
    assert made(wanted(compared=True), about).recognised_osp is None


def test_a_part_of_tuva_is_in_weeks() -> None:
    """The whole says how many; it is passed or still open."""
    about = matter(TUVA, weeks=TuvaWeeks(least=0, most=20))
    record = made(wanted(weeks=4, grade="passed", osp=Decimal(1)), about)
    assert (record.recognised_weeks, record.recognised_osp, record.grade) == (4, None, "passed")
    assert made(wanted(Decided.PART), about).recognised_weeks is None


def test_a_study_plan_of_tuva_is_kept() -> None:
    """For an area, where the plan says what it is for; a part of TUVA says it itself."""
    assert made(wanted(tuva_plan=True)).tuva_plan
    assert not made(wanted()).tuva_plan
    assert not made(wanted(tuva_plan=True, weeks=1), matter(TUVA)).tuva_plan


def test_an_older_record_keeps_its_bytes() -> None:
    """What a later version added is not written where it says nothing: the hash in the journal stays that of the file."""
    written = made(wanted()).written()
    assert b"tuva_plan" not in written
    assert read_record(written).written() == written
    planned = made(wanted(tuva_plan=True)).written()
    assert read_record(planned).tuva_plan


def test_a_second_assessor_is_named() -> None:
    """With the OID of the school where they are of it."""
    (assessor,) = made(wanted(assessor="Veikko", assessor_title="opo", assessor_is_ours=True)).assessors
    assert (assessor.name, assessor.title, assessor.institution_oid) == ("Veikko", "opo", INSTITUTION_OID)
    (other,) = made(wanted(assessor="Veikko")).assessors
    assert other.institution_oid is None


def test_a_correction_says_what() -> None:
    """The decision that it supersedes and the note; without one before it there is no note."""
    before = uuid.UUID(int=9)
    record = made(wanted(correction="Väärä osa-alue."), supersedes=before)
    assert (record.supersedes, record.correction) == (before, "Väärä osa-alue.")
    assert made(wanted(correction="x")).correction is None


REFUSED: dict[str, tuple[str, str, Wanted, Matter, bool]] = {
    "not offered": ("not-offered", "decided", wanted(), matter(offered=ALWAYS), False),
    "not compared": ("compare", "compared", wanted(), matter(outlook=Outlook.NOT_COMPARED), False),
    "part not compared": ("compare", "compared", wanted(Decided.PART), matter(outlook=Outlook.NOT_COMPARED), False),
    "no grounds": ("grounds-missing", "grounds_fi", wanted(grounds=(" ", "sv")), matter(), False),
    "no next step": (
        "next-step-missing",
        "next_step_fi",
        wanted(Decided.NOT_NOW, next_step=("", "x")),
        matter(),
        False,
    ),
    "no outcome": ("outcomes-none", "outcomes", wanted(Decided.PART, outcomes=()), matter(), False),
    "an outcome that no badge shows": (
        "outcome-not-shown",
        "outcomes",
        wanted(Decided.PART, outcomes=("YTTT-1", "YTTT-2")),
        matter(),
        False,
    ),
    "nothing": ("osp-size", "osp", wanted(Decided.PART, osp=Decimal(0)), matter(), False),
    "less than nothing": ("osp-size", "osp", wanted(Decided.PART, osp=Decimal(-1)), matter(), False),
    "all of it": ("osp-size", "osp", wanted(Decided.PART, osp=Decimal(2)), matter(), False),
    "too much": ("osp-size", "osp", wanted(Decided.PART, osp=Decimal(3)), matter(), False),
    "no weeks": ("weeks-missing", "weeks", wanted(), matter(TUVA), False),
    "too many weeks": ("weeks-size", "weeks", wanted(weeks=21), matter(TUVA, weeks=TuvaWeeks(least=2, most=20)), False),
    "too few weeks": ("weeks-size", "weeks", wanted(weeks=1), matter(TUVA, weeks=TuvaWeeks(least=2, most=20)), False),
    "no week at all": ("weeks-size", "weeks", wanted(Decided.PART, weeks=0), matter(TUVA), False),
    "a grade in TUVA": ("grade-scale", "grade", wanted(weeks=1, grade="3"), matter(TUVA), False),
    "too early": ("begins-on", "begins_on", wanted(begins_on=date(2022, 7, 31)), matter(), False),
    "not sent yet": ("sent-on", "sent_on", wanted(sent_on=date(2026, 11, 22)), matter(), False),
    "no version": ("version", "version", wanted(version=0), matter(), False),
    "a long name": ("name", "assessor", wanted(assessor="x" * 81), matter(), False),
    "a name of two lines": ("name", "title", wanted(title="a\nb"), matter(), False),
    "a long text": ("text-too-long", "conditions", wanted(conditions="x" * 2001), matter(), False),
    "a hidden sign": ("text-characters", "grounds_sv", wanted(grounds=("a", "b\u202ec")), matter(), False),
    "an identity code": ("identity-code", "grounds_fi", wanted(grounds=("Otto 131052-308T", "")), matter(), False),
    "no correction": ("correction-missing", "correction", wanted(), matter(), True),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_decided_is_refused(name: str) -> None:
    """Each refusal has its code and its field."""
    code, field, what, about, corrects = REFUSED[name]
    with pytest.raises(InvalidInput) as refused:
        made(what, about, supersedes=uuid.UUID(int=9) if corrects else None)
    assert (refused.value.code, refused.value.field) == (code, field)


@pytest.mark.parametrize(
    "text", ["OPH-1825-2021", "Raportti OTT-2026-7", "20.11.2026", "040 1234567", "131052A308", "131052-30"]
)
def test_numbers_that_are_no_identity_codes_may_stand(text: str) -> None:
    """Diary numbers, reports and days belong into grounds."""
    assert made(wanted(grounds=(text, ""))).grounds.fi == text


def test_the_same_decision_is_told_from_another() -> None:
    """Pressed twice it differs by its moment only."""
    one = made(wanted())
    assert is_the_same(one, one.model_copy(update={"decided_at": datetime(2027, 1, 1, tzinfo=UTC)}))
    assert not is_the_same(one, made(wanted(grade="1")))
