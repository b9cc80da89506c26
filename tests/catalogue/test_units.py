"""The unit files say what the official data says, and nothing that nobody has published."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from okbadges.catalogue.badge_files import Catalogue
    from okbadges.catalogue.texts import OfficialName


def _facts(shared: Path, name: str) -> Any:
    return json.loads((shared / "domain" / "data" / f"{name}.json").read_text(encoding="utf-8"))


def _named(name: OfficialName) -> dict[str, str]:
    return name.model_dump(exclude_none=True)


def _official(name: dict[str, str | None]) -> dict[str, str]:
    return {language: text for language, text in name.items() if text}


def test_the_common_units_are_the_official_ones(catalogue: Catalogue, shared: Path) -> None:
    """Codes, names, sizes and versions of all three generations agree with the official data."""
    official = {each["generation"]: each for each in _facts(shared, "common_units")["generations"]}

    assert {each.generation for each in catalogue.generations.all} == set(official)
    for generation in catalogue.generations.all:
        facts = official[generation.generation]
        assert generation.applies_from.isoformat() == facts["validFrom"]
        assert {(unit.code, unit.uri, unit.osp, *_named(unit.name).items()) for unit in generation.units} == {
            (each["code"], each["codeUri"], each["osp"], *_official(each["name"]).items()) for each in facts["units"]
        }
        ours = [
            (unit.code, area.code, area.uri, area.version, area.osp, _named(area.name))
            for unit in generation.units
            for area in unit.areas
        ]
        theirs = [
            (
                unit["code"],
                area["code"],
                area["codeUri"],
                area["koodistoVersion"],
                area["compulsoryOsp"],
                _official(area["name"]),
            )
            for unit in facts["units"]
            for area in unit["areas"]
        ]
        assert sorted(ours, key=lambda each: each[1]) == sorted(theirs, key=lambda each: each[1])


def test_each_outcome_of_2018_has_an_id(catalogue: Catalogue, shared: Path) -> None:
    """There are as many outcome ids as the official text of 2018 has compulsory outcomes, numbered in its order."""
    facts = next(each for each in _facts(shared, "common_units")["generations"] if each["generation"] == "2018")
    official = {area["code"]: area["outcomes"]["compulsory"]["fi"] for unit in facts["units"] for area in unit["areas"]}

    for place in catalogue.generations.places():
        if place.generation.generation == "2018":
            code, outcomes = place.area.code, [outcome.id for outcome in place.area.outcomes]
            assert outcomes == [f"{code}-{number}" for number in range(1, len(official[code]) + 1)]


def test_the_outcome_words_are_our_own(catalogue: Catalogue, shared: Path) -> None:
    """No outcome is described in the sentence of the official text."""
    facts = next(each for each in _facts(shared, "common_units")["generations"] if each["generation"] == "2018")
    official = {
        text.rstrip(".").casefold()
        for unit in facts["units"]
        for area in unit["areas"]
        for language in ("fi", "sv")
        for text in area["outcomes"]["compulsory"].get(language, ())
    }

    for place in catalogue.generations.places():
        for outcome in place.area.outcomes:
            assert outcome.words.fi.casefold() not in official


def test_the_order_of_the_units_changed_in_2026(catalogue: Catalogue, shared: Path) -> None:
    """106727 became 108357, 106728 became 108356, 106729 became 108358; YTTH became YTLTTH26."""
    mapping = {old: new.split()[0] for old, new in _facts(shared, "common_units")["mapping2022to2026"].items()}

    assert (mapping["106727"], mapping["106728"], mapping["106729"]) == ("108357", "108356", "108358")
    assert mapping["YTTH"] == "YTLTTH26"
    for place in catalogue.generations.places():
        if place.generation.generation == "2022":
            after = catalogue.generations.after(place)
            assert after is not None
            assert after.unit.code == mapping[place.unit.code]
            assert after.area.code == mapping[place.area.code]


def test_what_is_not_published_of_2026_is_unknown(catalogue: Catalogue) -> None:
    """No area of 2026 has a size or outcomes."""
    new = [place for place in catalogue.generations.places() if place.generation.generation == "2026"]

    assert len(new) == 13
    assert all(place.area.osp is None and place.unit.osp is None for place in new)
    assert not any(catalogue.generations.outcomes(place) for place in new)


def test_the_outcomes_of_2022_are_carried_over(catalogue: Catalogue) -> None:
    """VVAI22 has the outcome ids of VVAI of 2018."""
    place = catalogue.generations.place("2022", "VVAI22")

    assert place is not None
    assert [outcome.id for outcome in catalogue.generations.outcomes(place)] == ["VVAI-1", "VVAI-2", "VVAI-3"]


@pytest.mark.parametrize(
    ("begins_on", "generation"),
    [
        (date(2018, 7, 31), None),
        (date(2018, 8, 1), "2018"),
        (date(2022, 7, 31), "2018"),
        (date(2022, 8, 1), "2022"),
        (date(2026, 7, 31), "2022"),
        (date(2026, 8, 1), "2026"),
    ],
)
def test_the_generation_follows_the_start_of_the_study_right(
    catalogue: Catalogue, begins_on: date, generation: str | None
) -> None:
    """The generation of a student is that in which the study right begins; before the first one it is unknown."""
    found = catalogue.generations.on(begins_on)

    assert (found.generation if found else None) == generation


def test_the_tuva_parts_are_the_official_ones(catalogue: Catalogue, shared: Path) -> None:
    """Codes, names, weeks and the number of goals of TUVA agree with the official data."""
    ours = {
        (part.code, part.uri, part.weeks.least, part.weeks.most, part.goals, *_named(part.name).items())
        for part in catalogue.tuva.parts
    }
    theirs = {
        (
            each["code"],
            each["codeUri"],
            each["weeksMin"],
            each["weeksMax"],
            len(each["goals"]["fi"]),
            *each["name"].items(),
        )
        for each in _facts(shared, "tuva")["parts"]
    }

    assert ours == theirs


def test_the_national_badges_are_the_official_ones(catalogue: Catalogue, shared: Path) -> None:
    """All 32 national badges are there by code and official name."""
    ours = {
        (each.code, each.uri, *_named(each.name).items())
        for theme in catalogue.national.themes
        for each in theme.badges
    }
    theirs = {
        (each["code"], each["codeUri"], *each["name"].items())
        for theme in _facts(shared, "kapos_osaamismerkit")["themes"]
        for each in theme["badges"]
    }

    assert len(ours) == 32
    assert ours == theirs


def test_the_vocational_units_are_the_official_ones(catalogue: Catalogue, shared: Path) -> None:
    """Codes and names agree with the official data; the Sámi handicraft unit is left out; a size is only said where it was found."""
    theirs = {each["code"]: each for each in _facts(shared, "vocational_units")["units"]}

    assert set(theirs) - {unit.code for unit in catalogue.vocational.units} == {"105916"}
    for unit in catalogue.vocational.units:
        facts = theirs[unit.code]
        assert (unit.uri, _named(unit.name)) == (facts["codeUri"], _official(facts["name"]))
        assert unit.osp == (None if "ospNote" in facts else facts["osp"])


def test_the_esco_skills_are_the_known_ones(catalogue: Catalogue, shared: Path) -> None:
    """Every ESCO skill is in the data by address and label, and our own wording never stands for a label that is known."""
    theirs = {each["uri"]: each for each in _facts(shared, "esco_selected")["skills"]}

    assert len(catalogue.esco.skills) == 54
    for skill in catalogue.esco.skills:
        label = {key: theirs[skill.uri][key] for key in ("fi", "sv", "en") if theirs[skill.uri].get(key)}
        assert _named(skill.label) == label
        assert skill.plain is None or not set(_named(skill.plain)) & set(label)
