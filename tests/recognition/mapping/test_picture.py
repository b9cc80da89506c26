"""The picture of a set of badges in a student's requirements: worked cases with the catalogue as it is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from okbadges.recognition.mapping.considered import Considered
from okbadges.recognition.mapping.picture import Bar, Extent, Outlook, picture
from okbadges.verification.report import Verdict
from recognition.conftest import AWARDED_ON, record_for

if TYPE_CHECKING:
    from okbadges.catalogue.units import Generations
    from okbadges.recognition.mapping.picture import AreaPicture, Picture
    from recognition.conftest import Earning

TODAY = date(2026, 11, 21)
YTTT = "ammatillisenoppiaineet_yttt"
SKILLS = ("tyo-ala-tutuksi", "tyo-ohjeesta-valmiiksi", "tyo-oikeudet", "tyo-pelisaannot", "vuoro-ryhma-ja-palaute")


def seen(units: Generations, generation: str, *badges: Considered) -> Picture:
    """Return the picture in a generation."""
    found = units.named(generation)
    assert found is not None
    return picture(badges, found, units, today=TODAY)


def area(found: Picture, code: str) -> AreaPicture:
    """Return one area of a picture."""
    return next(one for one in found.areas if one.place.area.code == code)


def test_all_badges_of_an_area_make_it_whole(units: Generations, earned: Earning) -> None:
    """Every YTTT badge from a recognised workshop: the whole area in the codes of 2022, each outcome with who shows it."""
    found = area(seen(units, "2022", *(earned(slug, records=record_for(YTTT)) for slug in SKILLS)), "YTTT")
    assert found.outlook is Outlook.WHOLE
    assert (found.place.unit.code, found.place.area.uri) == ("106729", YTTT)
    assert (found.planning_osp, found.place.area.osp) == (Decimal(2), Decimal(2))
    assert found.missing == ()
    shown = {one.outcome.id: [each.badge.name for each in one.shown_by] for one in found.outcomes}
    assert len(shown["YTTT-3"]) == 3
    assert found.carried_over
    assert all(one.age_days == 185 for one in found.badges)


def test_the_summary_badge_makes_it_whole_too(units: Generations, earned: Earning) -> None:
    """A summary badge shows every outcome fully, and brings no estimate of its own."""
    found = area(seen(units, "2022", earned("kooste-tyoelamassa-toimiminen", records=record_for(YTTT))), "YTTT")
    assert found.outlook is Outlook.WHOLE
    assert {one.extent for one in found.outcomes} == {Extent.FULLY}
    assert found.planning_osp is None


def test_a_summary_badge_whose_basis_was_revoked_does_not_count(units: Generations, earned: Earning) -> None:
    """It shows no outcome until the workshop looked at it again; the badges that stand still make a part, and no record is missing."""
    summary = earned("kooste-tyoelamassa-toimiminen", records=record_for(YTTT), basis_ended=True)
    alone = area(seen(units, "2022", summary), "YTTT")
    assert (alone.outlook, alone.badges[0].bar) == (Outlook.NOT_COUNTED, Bar.BASIS_ENDED)
    skills = [earned(slug, records=record_for(YTTT)) for slug in SKILLS if slug != "tyo-pelisaannot"]
    found = area(seen(units, "2022", summary, *skills), "YTTT")
    assert (found.outlook, found.planning_osp) == (Outlook.PART, Decimal("1.5"))


def test_the_same_badges_are_not_compared_in_2026(units: Generations, earned: Earning) -> None:
    """Nobody has published the texts of 2026: possible, not compared, without a size and without a missing outcome."""
    found = seen(units, "2026", *(earned(slug, records=record_for(YTTT)) for slug in SKILLS))
    ours = area(found, "YTTT26")
    assert ours.outlook is Outlook.NOT_COMPARED
    assert (ours.place.unit.code, ours.place.area.osp, ours.planning_osp) == ("108358", None, None)
    assert (ours.outcomes, ours.missing) == ((), ())
    assert all(one.by_other_generation for one in ours.badges)


def test_without_a_record_nothing_is_offered(units: Generations, earned: Earning) -> None:
    """The same badges from a workshop that nobody recognised: shown with the reason, and no outcome counts as shown."""
    found = area(seen(units, "2022", *(earned(slug) for slug in SKILLS)), "YTTT")
    assert found.outlook is Outlook.NO_RECORD
    assert {one.bar for one in found.badges} == {Bar.NO_RECORD}
    assert (found.counted, found.covered, found.planning_osp) == ((), (), None)


@pytest.mark.parametrize("until", [date(2026, 5, 19), date(2026, 5, 20)])
def test_the_record_must_be_valid_on_the_day_of_the_award(units: Generations, earned: Earning, until: date) -> None:
    """A record whose last day is the day of the award counts; one that ended the day before does not."""
    badges = [earned(slug, records=record_for(YTTT, until=until)) for slug in SKILLS]
    found = area(seen(units, "2022", *badges), "YTTT")
    assert (found.outlook is Outlook.WHOLE) == (until >= AWARDED_ON)


@pytest.mark.parametrize("generation", ["2018", "2022", "2026"])
def test_a_lone_badge_is_never_enough(units: Generations, earned: Earning, generation: str) -> None:
    """One skill badge alone is never creditable, even where it names every outcome of its area."""
    badge = earned("tyo-idea-toteen", records=record_for("ammatillisenoppiaineet_ytyy"))
    found = seen(units, generation, badge)
    assert [one.outlook for one in found.areas] == [Outlook.NOT_ALONE]


def test_every_skill_badge_alone_is_never_enough(units: Generations, earned: Earning, catalogue: object) -> None:
    """That holds for each of the catalogue, in each generation, with each record there could be."""
    badges = getattr(catalogue, "badges")  # noqa: B009 - the fixture's type is in another file
    for slug in (slug for slug, badge in badges.items() if badge.kind == "skill"):
        one = earned(slug, award_language="sv")
        assert one.earned is not None
        records = record_for(*(each.area_uri for each in one.earned.areas))
        for generation in ("2018", "2022", "2026"):
            badge = earned(slug, award_language="sv", records=records)
            for each in seen(units, generation, badge).areas:
                assert each.outlook is Outlook.NOT_ALONE, (slug, generation)


def test_two_badges_that_name_every_outcome_are_a_part(units: Generations, earned: Earning) -> None:
    """Naming each outcome is not the whole area: the estimates have to reach its size too."""
    records = record_for("ammatillisenoppiaineet_vvtd")
    found = area(
        seen(units, "2022", earned("digi-laite", records=records), earned("digi-turva", records=records)), "VVTD"
    )
    assert found.missing == ()
    assert (found.planning_osp, found.outlook) == (Decimal(1), Outlook.PART)


def test_what_is_missing_is_named(units: Generations, earned: Earning) -> None:
    """Two badges of the same outcome leave the others missing, by our own words for them."""
    records = record_for(YTTT)
    badges = (earned("tyo-pelisaannot", records=records), earned("tyo-ohjeesta-valmiiksi", records=records))
    found = area(seen(units, "2022", *badges), "YTTT")
    assert found.outlook is Outlook.PART
    assert [one.id for one in found.covered] == ["YTTT-3"]
    assert [one.id for one in found.missing] == ["YTTT-1", "YTTT-2"]


def test_a_revoked_badge_is_left_out_and_said(units: Generations, earned: Earning) -> None:
    """In a mixed set the revoked one does not count, and the picture says which it was."""
    records = record_for(YTTT)
    good = [earned(slug, records=records) for slug in SKILLS if slug != "tyo-oikeudet"]
    revoked = earned("tyo-oikeudet", records=records, verdict=Verdict.REVOKED)
    found = seen(units, "2022", *good, revoked)
    assert found.left_out == (revoked,)
    assert area(found, "YTTT").outlook is Outlook.PART
    assert [one.id for one in area(found, "YTTT").missing] == ["YTTT-2"]


@pytest.mark.parametrize("verdict", [one for one in Verdict if one is not Verdict.VALID])
def test_only_what_is_valid_counts(units: Generations, earned: Earning, verdict: Verdict) -> None:
    """Whatever else the verification said, also that it could not check: nothing is mapped."""
    found = seen(units, "2022", earned("kooste-tyoelamassa-toimiminen", records=record_for(YTTT), verdict=verdict))
    assert (found.areas, len(found.left_out)) == ((), 1)


def test_a_renewed_badge_counts_once(units: Generations, earned: Earning) -> None:
    """Two awards of one badge are one competence: still a lone badge, by its newest day."""
    records = record_for(YTTT)
    earlier = earned("tyo-pelisaannot", records=records, awarded_on=date(2025, 1, 10))
    later = earned("tyo-pelisaannot", records=records)
    for badges in ((earlier, later), (later, earlier)):
        found = area(seen(units, "2022", *badges), "YTTT")
        assert (found.outlook, [one.badge for one in found.badges]) == (Outlook.NOT_ALONE, [later])


@pytest.mark.parametrize(("language", "code"), [("sv", "VVTK"), ("fi", "VVTK"), ("en", "VVVK"), ("ar", "VVVK")])
def test_a_language_counts_to_one_area(units: Generations, earned: Earning, language: str, code: str) -> None:
    """`vuoro-kielet` counts to the second national language or to a foreign one, never to both."""
    records = record_for("ammatillisenoppiaineet_vvtk", "ammatillisenoppiaineet_vvvk")
    found = seen(units, "2022", earned("vuoro-kielet", records=records, award_language=language))
    assert [one.place.area.code for one in found.areas] == [code]


def test_a_language_that_nobody_recorded_counts_to_none(units: Generations, earned: Earning) -> None:
    """Without the language both areas say that it is not known, and neither counts it."""
    records = record_for("ammatillisenoppiaineet_vvtk", "ammatillisenoppiaineet_vvvk")
    found = seen(units, "2022", earned("vuoro-kielet", records=records))
    assert [(one.place.area.code, [each.bar for each in one.badges]) for one in found.areas] == [
        ("VVTK", [Bar.LANGUAGE_UNKNOWN]),
        ("VVVK", [Bar.LANGUAGE_UNKNOWN]),
    ]
    assert {one.outlook for one in found.areas} == {Outlook.NOT_COUNTED}


def of_others(*codes: str) -> Considered:
    """Return a badge of another service whose alignments say these codes."""
    return Considered("urn:uuid:other", "1" * 64, "Teamwork", "en", Verdict.VALID, "Somebody else", None, codes)


@pytest.mark.parametrize(
    "code",
    [
        YTTT,
        "ammatillisenoppiaineet_YTTT",
        f"https://virkailija.opintopolku.fi/koodisto-service/rest/codeelement/{YTTT}/1",
    ],
)
def test_a_badge_of_others_is_shown_by_its_alignment(units: Generations, code: str) -> None:
    """It is at the area that its alignment names, it counts for nothing by itself, and the picture says why."""
    found = area(seen(units, "2022", of_others(code)), "YTTT")
    assert found.outlook is Outlook.OTHERS_ONLY
    assert [(one.bar, one.record, one.age_days) for one in found.badges] == [(Bar.OTHERS, None, None)]


def test_a_badge_of_others_is_found_in_the_next_generation(units: Generations) -> None:
    """An alignment to the area of 2022 is shown at the area of 2026 that took its place."""
    assert area(seen(units, "2026", of_others(YTTT)), "YTTT26").outlook is Outlook.OTHERS_ONLY


@pytest.mark.parametrize("code", ["", "YTTT", f"x{YTTT}", f"{YTTT}9", "https://example.org/yttt", "../../"])
def test_what_only_looks_like_a_code_is_elsewhere(units: Generations, code: str) -> None:
    """A code that is not the area's names nothing."""
    found = seen(units, "2022", of_others(code))
    assert (found.areas, len(found.elsewhere)) == ((), 1)


def test_a_badge_of_others_changes_no_outlook(units: Generations, earned: Earning) -> None:
    """Beside a lone badge of ours one of others does not make two that count."""
    found = area(seen(units, "2022", earned("tyo-pelisaannot", records=record_for(YTTT)), of_others(YTTT)), "YTTT")
    assert found.outlook is Outlook.NOT_ALONE


def test_the_unit_order_of_2026_is_its_own(units: Generations, earned: Earning) -> None:
    """106727 became 108357, 106728 became 108356, 106729 became 108358; YTTH became YTLTTH26."""
    pairs = {
        "vuoro-kuuntelen-ja-kerron": ("VVAI26", "108357"),
        "arki-palvelut": ("YTYK26", "108358"),
        "kasi-puu": ("MLMA26", "108356"),
        "hyva-arjen-rytmi": ("YTLTTH26", "108358"),
    }
    for slug, (code, unit) in pairs.items():
        found = seen(units, "2026", earned(slug))
        assert (code, unit) in [(one.place.area.code, one.place.unit.code) for one in found.areas]


def test_vocational_units_and_tuva_are_kinds_of_their_own(units: Generations, earned: Earning) -> None:
    """They are never areas; one from a workshop that was recognised for it is offered, and TUVA's goals are gathered."""
    plain = earned("kasi-puhtaus")
    assert plain.earned is not None
    target = plain.earned.teacher_only.vocational_units[0]
    found = seen(units, "2022", earned("kasi-puhtaus", records=record_for(target.uri)), earned("tyo-pelisaannot"))
    recognised = {one.unit.uri: one.is_recognised for one in found.vocational}
    assert recognised.pop(target.uri)
    assert not any(recognised.values())
    part = next(one for one in found.tuva if one.part.code == "102")
    assert set(part.goals) >= {4, 5, 6}
    assert not part.is_recognised
    assert all("telma" not in one.part.uri for one in found.tuva)


def test_no_badges_make_an_empty_picture(units: Generations) -> None:
    """Nothing in, nothing out."""
    found = seen(units, "2022")
    assert (found.areas, found.vocational, found.tuva, found.left_out, found.elsewhere) == ((), (), (), (), ())
