"""The teacher's part: creditable only with a valid recognition record on the day of the award, and never one skill badge alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from okbadges.catalogue.published import PublishedBadge
from okbadges.organisations.workshops import RecognitionRecord
from okbadges.pages.study_plan import StudyPlan, study_plan
from okbadges.passport.sharing import Observation, TeacherFacts

if TYPE_CHECKING:
    from okbadges.pages.site import Site

Find = Callable[[str], PublishedBadge]

AWARDED = date(2026, 11, 20)
VVTD = "ammatillisenoppiaineet_vvtd"


def record(target: str, begins: date = date(2026, 1, 1), ends: date | None = date(2026, 12, 31)) -> RecognitionRecord:
    """Return a recognition record for an area or unit."""
    return RecognitionRecord("OTT-1", "https://college.example/1", target, "Lapin ammattiopisto", begins, ends)


def facts(
    *records: RecognitionRecord, observation: Observation | None = None, language: str | None = None
) -> TeacherFacts:
    """Return what a study plan link knows of an award."""
    return TeacherFacts("Kemin taitopaja", "Kahvila", AWARDED, language, observation, records)


def credits_of(plan: StudyPlan) -> dict[str, str]:
    """Return what is said of each area of 2022 and 2026 by its code."""
    return {row.code: " ".join(row.credit) for table in plan.generations for row in table.rows}


def test_a_recognised_area_may_be_recognised_together(site: Site, badge: Find) -> None:
    """A skill badge with a valid record: together with others, with a planning estimate; and only in that generation."""
    plan = study_plan(badge("digi-turva"), facts(record(VVTD)), site.words["fi"], in_force=True)
    said = credits_of(plan)
    assert said["VVTD"].startswith("Voidaan tunnustaa yhdessä osa-alueen muiden merkkien kanssa.")
    assert "0,25 osp osa-alueen 2 osp" in said["VVTD"]
    assert said["VVTD26"] == site.words["fi"]("study.no_record")
    assert plan.offers_osp
    assert plan.withheld is None


@pytest.mark.parametrize("slug", ["digi-turva", "kooste-digitaalinen-ymparisto"])
def test_where_the_coverage_is_not_known_nothing_is_said_to_be_creditable(site: Site, badge: Find, slug: str) -> None:
    """A record of an area whose requirements nobody has compared the badge with offers a question, not recognition."""
    found = badge(slug)
    (area,) = (one for one in found.areas if one.area_code == "VVTD26")
    assert area.coverage == "unknown"
    said = credits_of(study_plan(found, facts(record(area.area_uri)), site.words["fi"], in_force=True))["VVTD26"]
    assert said.startswith("Voi liittyä tähän osa-alueeseen. Oppilaitos arvioi.")
    assert "Voidaan tunnustaa" not in said


def test_a_summary_badge_may_be_recognised_and_has_no_estimate(site: Site, badge: Find) -> None:
    """A summary badge only collects: its area may be recognised, and it adds no planning osp of its own."""
    plan = study_plan(badge("kooste-digitaalinen-ymparisto"), facts(record(VVTD)), site.words["fi"], in_force=True)
    assert credits_of(plan)["VVTD"].startswith("Voidaan tunnustaa. Oppilaitos päättää.")
    assert "osp" not in credits_of(plan)["VVTD"]
    assert not plan.offers_osp


@pytest.mark.parametrize(
    "records",
    [
        (),
        (record(VVTD, ends=date(2026, 11, 19)),),
        (record(VVTD, begins=date(2026, 11, 21)),),
        (record("ammatillisenoppiaineet_yttt"),),
    ],
)
def test_without_a_valid_record_nothing_is_offered_and_the_page_says_why(
    site: Site, badge: Find, records: tuple[RecognitionRecord, ...]
) -> None:
    """No record, one that had ended, one that began later, one for another area: no credit, no osp, said once."""
    plan = study_plan(badge("digi-turva"), facts(*records), site.words["fi"], in_force=True)
    assert plan.withheld == site.words["fi"]("study.no_record")
    assert set(credits_of(plan).values()) == {""}
    assert not plan.offers_osp


@pytest.mark.parametrize("day", [AWARDED, date(2026, 11, 20)])
def test_a_record_holds_on_its_first_and_last_day(site: Site, badge: Find, day: date) -> None:
    """Both ends of a record are inside it."""
    for valid in (record(VVTD, begins=day), record(VVTD, ends=day), record(VVTD, ends=None)):
        plan = study_plan(badge("digi-turva"), facts(valid), site.words["fi"], in_force=True)
        assert plan.withheld is None


def test_a_record_for_the_whole_unit_covers_its_areas(site: Site, badge: Find) -> None:
    """Recognition of a unit is recognition for each of its areas, in that generation."""
    plan = study_plan(badge("digi-turva"), facts(record("tutkinnonosat_106727")), site.words["fi"], in_force=True)
    said = credits_of(plan)
    assert said["VVTD"].startswith("Voidaan")
    assert not said["VVTD26"].startswith("Voidaan")


def test_a_badge_that_is_not_in_force_offers_nothing(site: Site, badge: Find) -> None:
    """Revoked, expired or altered: what it was is shown, and nothing is suggested."""
    plan = study_plan(badge("digi-turva"), facts(record(VVTD)), site.words["fi"], in_force=False)
    assert plan.withheld == site.words["fi"]("study.not_valid")
    assert "Voidaan" not in str(plan)


def test_vocational_units_need_a_record_of_their_own(site: Site, badge: Find) -> None:
    """A unit shows behind its own record only; otherwise the page says that units are not shown."""
    puu = badge("kasi-puu")
    unit = puu.teacher_only.vocational_units[0]
    shown = study_plan(puu, facts(record(unit.uri)), site.words["fi"], in_force=True)
    hidden = study_plan(puu, facts(record(VVTD)), site.words["fi"], in_force=True)
    assert [row.code for row in shown.vocational] == [unit.code]
    assert not shown.vocational_withheld
    assert hidden.vocational == ()
    assert hidden.vocational_withheld
    assert unit.code not in str(hidden)


def test_tuva_parts_need_a_record_of_their_own(site: Site, badge: Find) -> None:
    """The same holds for parts of TUVA."""
    ruoka = badge("arki-ruoka")
    part = ruoka.teacher_only.tuva_parts[0]
    shown = study_plan(ruoka, facts(record(part.uri)), site.words["fi"], in_force=True)
    hidden = study_plan(ruoka, facts(), site.words["fi"], in_force=True)
    assert [row.code for row in shown.tuva] == [part.code]
    assert hidden.tuva == ()
    assert hidden.tuva_withheld


def test_generations_are_named_by_when_studies_began(site: Site, badge: Find) -> None:
    """The newest first; the oldest apart, for students in transition."""
    plan = study_plan(badge("digi-turva"), facts(), site.words["fi"], in_force=True)
    assert [table.heading for table in plan.generations] == [
        "Opinnot, jotka alkavat 1.8.2026 tai myöhemmin",
        "Opinnot, jotka ovat alkaneet 1.8.2022\N{EN DASH}31.7.2026",
    ]
    assert len(plan.folded) == 1


@pytest.mark.parametrize("role", ["instructor", "teacher", "workplace-supervisor", "other-professional"])
def test_an_observation_is_told_by_role_times_and_days(site: Site, badge: Find, role: str) -> None:
    """Who by role, how often, between which days and how; never a name."""
    seen = Observation(role, ("observation", "work-sample"), 3, date(2026, 10, 1), date(2026, 11, 1))
    plan = study_plan(badge("digi-turva"), facts(observation=seen), site.words["sv"], in_force=True)
    said = " ".join(plan.observation)
    assert site.words["sv"](f"study.observed_by.{role}") in said
    assert "3 olika tillfällen" in said
    assert "1 oktober 2026\N{EN DASH}1 november 2026" in said
    assert "arbetsprov" in said


def test_one_occasion_on_one_day_is_told_as_such(site: Site, badge: Find) -> None:
    """One day is not a period, and once is not several times."""
    seen = Observation("teacher", (), 1, date(2026, 11, 1), None)
    plan = study_plan(badge("digi-turva"), facts(observation=seen), site.words["en"], in_force=True)
    assert plan.observation[1:] == ("It was seen on one occasion.", "Day: 1 November 2026.")


def test_an_award_without_an_observation_says_so(site: Site, badge: Find) -> None:
    """A missing observation is no silence."""
    plan = study_plan(badge("digi-turva"), facts(), site.words["fi"], in_force=True)
    assert plan.observation == ("Havaintoa ei ole kirjattu.",)


def test_records_are_named_once_and_only_valid_ones(site: Site, badge: Find) -> None:
    """One report that covers several areas is one line; a record that was not valid is no reason to trust."""
    ended = replace(record("x", ends=date(2026, 2, 1)), report_id="OLD")
    plan = study_plan(badge("digi-turva"), facts(record(VVTD), record("y"), ended), site.words["fi"], in_force=True)
    assert len(plan.records) == 1
    assert "OTT-1" in plan.records[0].sentence


def test_a_report_address_is_a_link_only_over_https(site: Site, badge: Find) -> None:
    """An address of another kind is left out."""
    odd = replace(record(VVTD), report_url="javascript:alert(1)")
    plan = study_plan(badge("digi-turva"), facts(odd), site.words["fi"], in_force=True)
    assert plan.records[0].address is None


def test_a_badge_of_a_language_counts_to_the_area_of_that_language_only(site: Site, badge: Find) -> None:
    """`vuoro-kielet` awarded in Swedish is offered for the second national language and not for a foreign one."""
    records = (record("ammatillisenoppiaineet_vvtk"), record("ammatillisenoppiaineet_vvvk"))
    swedish = credits_of(
        study_plan(badge("vuoro-kielet"), facts(*records, language="sv"), site.words["fi"], in_force=True)
    )
    english = credits_of(
        study_plan(badge("vuoro-kielet"), facts(*records, language="en"), site.words["fi"], in_force=True)
    )
    assert "Voidaan tunnustaa" in swedish["VVTK"]
    assert "Voidaan tunnustaa" not in swedish["VVVK"]
    assert "Voidaan tunnustaa" not in english["VVTK"]
    assert "Voidaan tunnustaa" in english["VVVK"]
