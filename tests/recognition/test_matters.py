"""Matters: what may be decided at each target of a picture, and with which badges."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from okbadges.catalogue.own import own_definitions
from okbadges.catalogue.texts import Texts
from okbadges.errors import NotFound
from okbadges.recognition.mapping.considered import Considered
from okbadges.recognition.mapping.picture import Outlook, picture
from okbadges.recognition.matters import Ground, Matter, matter_again, matter_at
from okbadges.recognition.record import (
    Decided,
    DecisionRecord,
    Matched,
    Person,
    Process,
    Requirements,
    School,
    TargetKind,
)
from okbadges.recognition.tuva import read_tuva_parts
from okbadges.verification.report import Verdict
from recognition.conftest import record_for
from support.studying import SKILLS, YTTT

if TYPE_CHECKING:
    from okbadges.catalogue.units import Generations
    from recognition.conftest import Earning

TODAY = date(2026, 11, 21)
ALL = (Decided.FULL, Decided.PART, Decided.NOT_NOW, Decided.REFER)
SOME = (Decided.PART, Decided.NOT_NOW, Decided.REFER)
NEVER = (Decided.NOT_NOW, Decided.REFER)
WORK_LIFE, CLEANING, SORTING = "koulutuksenosattuva_102", "tutkinnonosat_106840", "tutkinnonosat_107072"


@pytest.fixture(scope="session")
def ground(units: Generations) -> Ground:
    """Return what the requirements are known by."""
    return Ground(units, read_tuva_parts(own_definitions()))


def at(ground: Ground, target: str, *badges: Considered, generation: str = "2022") -> Matter:
    """Return the matter at a target."""
    found = ground.units.named(generation)
    assert found is not None
    return matter_at(picture(badges, found, ground.units, today=TODAY), target, ground)


def test_the_whole_area_may_be_recognised_where_all_is_shown(ground: Ground, earned: Earning) -> None:
    """Every badge of YTTT with its record: everything may be decided, and the badges are kept with what they counted by."""
    found = at(ground, YTTT, *(earned(slug, records=record_for(YTTT)) for slug in SKILLS))
    assert (found.outlook, found.offered) == (Outlook.WHOLE, ALL)
    assert (found.covered, found.missing) == (("YTTT-1", "YTTT-2", "YTTT-3"), ())
    assert (found.target.osp, found.target.version, found.target.unit_uri) == (Decimal(2), 1, "tutkinnonosat_106729")
    assert [(one.counted, one.report_id, one.verdict) for one in found.badges] == [
        (True, "R-2024-7", Verdict.VALID) for _ in SKILLS
    ]
    assert found.bars == {}


def test_in_2026_the_teacher_compares(ground: Ground, earned: Earning) -> None:
    """Where nobody published the text everything may be decided, without a size and without an outcome."""
    badges = [earned(slug, records=record_for(YTTT)) for slug in SKILLS]
    found = at(ground, f"{YTTT}26", *badges, generation="2026")
    assert (found.outlook, found.offered) == (Outlook.NOT_COMPARED, ALL)
    assert (found.target.osp, found.covered, found.missing, found.applies_from) == (None, (), (), date(2026, 8, 1))


def test_a_part_is_never_the_whole(ground: Ground, earned: Earning) -> None:
    """Two badges of one outcome: a part may be recognised, not all of it."""
    badges = [earned(slug, records=record_for(YTTT)) for slug in ("tyo-pelisaannot", "tyo-ohjeesta-valmiiksi")]
    found = at(ground, YTTT, *badges)
    assert (found.offered, found.missing) == (SOME, ("YTTT-1", "YTTT-2"))


def test_a_lone_badge_is_never_recognised(ground: Ground, earned: Earning) -> None:
    """One badge alone: what comes next, or somebody else."""
    assert at(ground, YTTT, earned("tyo-pelisaannot", records=record_for(YTTT))).offered == NEVER


def test_without_a_record_nothing_is_recognised(ground: Ground, earned: Earning) -> None:
    """The badges are considered all the same, each with why it does not count."""
    found = at(ground, YTTT, *(earned(slug) for slug in SKILLS))
    assert (found.offered, set(found.bars.values())) == (NEVER, {"no-record"})
    assert found.counted == ()


def test_what_is_not_in_force_is_considered_and_does_not_count(ground: Ground, earned: Earning) -> None:
    """A revoked badge of the area is kept in the decision, with its verdict; one of another area is not."""
    good = [earned(slug, records=record_for(YTTT)) for slug in SKILLS if slug != "tyo-oikeudet"]
    revoked = earned("tyo-oikeudet", records=record_for(YTTT), verdict=Verdict.REVOKED)
    elsewhere = earned("digi-laite", verdict=Verdict.REVOKED)
    found = at(ground, YTTT, *good, revoked, elsewhere)
    assert found.offered == SOME
    assert found.bars == {revoked.credential_id: "not-in-force"}
    assert [one.verdict for one in found.badges if not one.counted] == [Verdict.REVOKED]


def test_an_area_at_which_nothing_is_in_force_can_still_be_answered(ground: Ground, earned: Earning) -> None:
    """All badges of it were revoked since: "not now" is left."""
    found = at(ground, YTTT, earned("tyo-oikeudet", verdict=Verdict.REVOKED))
    assert (found.offered, found.outlook) == (NEVER, Outlook.NOT_COUNTED)


@pytest.mark.parametrize(
    "target", ["", "x", "ammatillisenoppiaineet_mlma", "tutkinnonosat_106729", CLEANING, WORK_LIFE]
)
def test_a_target_of_which_nothing_is_shown_is_not_there(ground: Ground, earned: Earning, target: str) -> None:
    """A unit is no area, and what no badge points at cannot be decided about here."""
    with pytest.raises(NotFound, match="None of these badges"):
        at(ground, target, earned("digi-laite"))


def test_a_vocational_unit_is_never_recognised_whole(ground: Ground, earned: Earning) -> None:
    """Two badges with its record are a part of it; one is not enough; without the record nothing is offered."""
    pair = ("tyo-materiaali-kiertoon", "kasi-varasto")
    both = at(ground, SORTING, *(earned(slug, records=record_for(SORTING)) for slug in pair))
    assert (both.target.kind, both.outlook, both.offered) == (TargetKind.VOCATIONAL_UNIT, Outlook.PART, SOME)
    lone = at(ground, SORTING, earned("kasi-varasto", records=record_for(SORTING)), earned("tyo-materiaali-kiertoon"))
    assert (lone.outlook, lone.offered) == (Outlook.NOT_ALONE, NEVER)
    bare = at(ground, CLEANING, earned("kasi-puhtaus"))
    assert (bare.outlook, bare.offered, set(bare.bars.values())) == (Outlook.NO_RECORD, NEVER, {"no-record"})


def test_a_part_of_tuva_has_weeks(ground: Ground, earned: Earning) -> None:
    """Its size is in the student's plan, so a teacher may find a part or the whole of it."""
    found = at(ground, WORK_LIFE, *(earned(slug, records=record_for(WORK_LIFE)) for slug in SKILLS))
    assert (found.target.kind, found.outlook) == (TargetKind.TUVA_PART, Outlook.PART)
    assert set(found.offered) == set(ALL)
    assert found.weeks is not None
    assert (found.weeks.least, found.weeks.most) == (0, 20)


def test_one_badge_is_no_part_of_tuva(ground: Ground, earned: Earning) -> None:
    """Alone, or without a record: nothing is recognised."""
    assert at(ground, WORK_LIFE, earned("tyo-pelisaannot", records=record_for(WORK_LIFE))).offered == NEVER
    assert at(ground, WORK_LIFE, *(earned(slug) for slug in SKILLS)).offered == NEVER


@pytest.mark.parametrize(("target", "slug"), [(CLEANING, "kasi-puhtaus"), (WORK_LIFE, "tyo-pelisaannot")])
def test_other_kinds_are_found_by_what_is_not_in_force(ground: Ground, earned: Earning, target: str, slug: str) -> None:
    """A revoked badge still says what it pointed at."""
    found = at(ground, target, earned(slug, verdict=Verdict.REVOKED))
    assert (found.offered, set(found.bars.values())) == (NEVER, {"not-in-force"})


def test_the_language_of_the_award_is_that_of_the_area(ground: Ground, earned: Earning) -> None:
    """Swedish counts to the second national language, and the target says so."""
    records = record_for("ammatillisenoppiaineet_vvtk")
    found = at(ground, "ammatillisenoppiaineet_vvtk", earned("vuoro-kielet", records=records, award_language="sv"))
    assert found.target.language == "sv"
    with pytest.raises(NotFound):
        at(ground, "ammatillisenoppiaineet_vvvk", earned("vuoro-kielet", records=records, award_language="sv"))


def test_a_badge_of_others_is_considered(ground: Ground) -> None:
    """It is in the matter by its own words, and counts for nothing."""
    other = Considered("urn:uuid:other", "1" * 64, "Teamwork", "en", Verdict.VALID, "Somebody", None, (YTTT,))
    found = at(ground, YTTT, other)
    assert (found.offered, found.bars) == (NEVER, {"urn:uuid:other": "badge-of-others"})


@pytest.mark.parametrize(
    ("decided", "offered"),
    [(Decided.FULL, ALL), (Decided.PART, SOME), (Decided.NOT_NOW, NEVER), (Decided.REFER, NEVER)],
)
def test_a_correction_never_recognises_more(
    ground: Ground, earned: Earning, decided: Decided, offered: tuple[Decided, ...]
) -> None:
    """What was decided, or less: for more a teacher looks at the badges anew."""
    matter = at(ground, YTTT, *(earned(slug, records=record_for(YTTT)) for slug in SKILLS))
    again = matter_again(_decided(matter, decided), ground, {})
    assert (again.offered, again.outlook, again.badges) == ((*offered, Decided.WITHDRAWN), None, matter.badges)
    assert (again.covered, again.target, again.applies_from) == (matter.covered, matter.target, matter.applies_from)


def _decided(matter: Matter, decided: Decided) -> DecisionRecord:
    return DecisionRecord(
        id=uuid.UUID(int=1),
        decided_at=datetime(2026, 11, 21, tzinfo=UTC),
        decided_on=TODAY,
        school=School(name="Lappia", provider_oid="1.2.246.562.10.1", institution_oid=None),
        decider=Person(name="Tuula"),
        requirements=Requirements(generation="2022", diary_number=None, version=None, begins_on=None),
        target=matter.target,
        decided=decided,
        outcomes_covered=matter.covered,
        outcomes_missing=matter.missing,
        process=Process.DIRECTLY,
        process_code=None,
        grounds=Texts(fi="x"),
        badges=matter.badges,
        matched=Matched.IN_PERSON,
    )
