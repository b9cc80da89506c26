"""The forty badges that are in git: what they must be, checked by the words of the plan and the facts of the shared data."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import yaml

from okbadges.catalogue.checks import texts_of

if TYPE_CHECKING:
    from pathlib import Path

    from okbadges.catalogue.badge_files import Catalogue


def test_it_works(catalogue: Catalogue) -> None:
    """The forty definitions are read without a mistake: 35 skill badges and 5 summary badges in 8 families."""
    kinds = Counter(badge.kind for badge in catalogue.badges.values())
    families = Counter(badge.family for badge in catalogue.badges.values())

    assert kinds == {"skill": 35, "summary": 5}
    assert families == {
        "arki": 4,
        "tyo": 6,
        "vuorovaikutus": 5,
        "digi": 4,
        "kadentaidot": 8,
        "opiskelu": 4,
        "hyvinvointi": 4,
        "kooste": 5,
    }


def test_every_text_is_there_in_three_languages(catalogue: Catalogue) -> None:
    """Names, descriptions, criteria and notes are in Finnish, Swedish and English; Northern Sámi waits for a translator."""
    for badge in catalogue.badges.values():
        for field, texts in texts_of(badge):
            assert set(texts.model_dump(exclude_none=True)) == {"fi", "sv", "en"}, f"{badge.slug} {field}"


def test_the_words_carry_over(catalogue: Catalogue, shared: Path) -> None:
    """Every name, description and criterion is that of the reviewed proposal."""
    proposal = yaml.safe_load((shared / "domain" / "catalogue.yaml").read_text(encoding="utf-8"))

    assert {badge["id"] for badge in proposal["badges"]} == set(catalogue.badges)
    for proposed in proposal["badges"]:
        badge = catalogue.badges[proposed["id"]]
        assert badge.name.model_dump(exclude_none=True) == proposed["name"]
        assert badge.description.model_dump(exclude_none=True) == proposed["description"]
        assert [each.model_dump(exclude_none=True) for each in badge.criteria] == proposed["criteria"]


def test_the_mappings_carry_over(catalogue: Catalogue, shared: Path) -> None:
    """Every mapping to an area names the codes, outcomes, planning share and successor of the reviewed proposal."""
    proposal = yaml.safe_load((shared / "domain" / "catalogue.yaml").read_text(encoding="utf-8"))

    for proposed in proposal["badges"]:
        badge = catalogue.badges[proposed["id"]]
        areas = [each for each in proposed["maps_to"] if each["kind"] == "common_area"]
        assert len(areas) == len(badge.maps_to.common_areas)
        for mapping, area in zip(badge.maps_to.common_areas, areas, strict=True):
            osp = area["osp_estimate"] if badge.kind == "skill" else None
            assert f"tutkinnonosat_{mapping.unit}" == area["unit"]
            assert f"ammatillisenoppiaineet_{mapping.area.lower()}" == area["area"]
            assert list(mapping.outcomes) == area["outcomes"]
            assert mapping.planning_osp == (None if osp is None else Decimal(str(osp)))
            assert mapping.successor is not None
            assert f"ammatillisenoppiaineet_{mapping.successor.area.lower()}" == area["successor"]["area"]
            assert f"tutkinnonosat_{mapping.successor.unit}" == area["successor"]["unit"]


@pytest.mark.parametrize(
    ("area", "shares", "size"),
    [
        ("YTTT", "2.00", "2"),
        ("VVTD", "2.00", "2"),
        ("YTOU", "1.00", "1"),
        ("YTTH", "2.00", "2"),
        ("YTYK", "2.00", "2"),
        ("VVAI22", "2.75", "4"),
        ("YTYY", "0.75", "1"),
        ("YTKK", "0.75", "1"),
        ("VVTL", "0.75", "1"),
        ("MLMA", "0.75", "4"),
        ("MLFK", "0.25", "2"),
    ],
)
def test_the_planning_shares_add_up(catalogue: Catalogue, area: str, shares: str, size: str) -> None:
    """The planning shares of the skill badges make what the plan says, and never more than the area."""
    place = catalogue.generations.place("2022", area)
    total = sum(
        mapping.planning_osp or 0
        for badge in catalogue.badges.values()
        for mapping in badge.maps_to.common_areas
        if mapping.area == area
    )

    assert total == Decimal(shares)
    assert place is not None
    assert place.area.osp == Decimal(size)


def test_summary_badges_collect_one_area_each(catalogue: Catalogue) -> None:
    """A summary badge covers one area in full, and every badge that it collects shows something of that area."""
    summaries = [badge for badge in catalogue.badges.values() if badge.kind == "summary"]

    assert {badge.maps_to.common_areas[0].area for badge in summaries} == {"YTTT", "VVTD", "YTOU", "YTTH", "YTYK"}
    for badge in summaries:
        (mapping,) = badge.maps_to.common_areas
        assert mapping.coverage == "full"
        assert mapping.planning_osp is None
        for slug in badge.collects:
            areas = {each.area for each in catalogue.badges[slug].maps_to.common_areas}
            assert mapping.area in areas, slug


def test_the_language_badge_counts_once(catalogue: Catalogue) -> None:
    """vuoro-kielet records the language: Finnish and Swedish count to the second national language, all others to a foreign one."""
    badge = catalogue.badges["vuoro-kielet"]
    by_area = {mapping.area: mapping for mapping in badge.maps_to.common_areas}

    assert badge.records_language
    assert by_area["VVTK"].award_languages == ("fi", "sv")
    assert by_area["VVVK"].award_languages_excluded == ("fi", "sv")
    assert not any(each.records_language for each in catalogue.badges.values() if each.slug != "vuoro-kielet")


def test_the_issuer_is_neutral(catalogue: Catalogue) -> None:
    """There is one joint issuer, and its name tells nothing but what it gives."""
    (issuer,) = catalogue.issuers

    assert (issuer.slug, issuer.name) == ("ok", "OK! osaamismerkit")


def test_no_file_holds_telma(checkout: Path) -> None:
    """No definition and no unit file names TELMA or one of its units."""
    unwanted = re.compile(r"40000[567]|\btelma", re.IGNORECASE)

    for path in (checkout / "badge_definitions").rglob("*.yaml"):
        assert not unwanted.search(path.read_text(encoding="utf-8")), path.name
