"""A decision in the shape of Koski's performance of an area: required fields, code sets, and what is left to fill in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

import pytest

from okbadges.errors import Conflict
from okbadges.recognition.exports.koski import to_koski
from okbadges.recognition.record import Decided, DecisionRecord, TargetKind
from recognition.exports.making import TUVA, YTTT, decision

GRADES = {"1", "2", "3", "4", "5", "Hyväksytty"}
"""Of ``arviointiasteikkoammatillinen15``; a failure is never recognised competence."""


def content_of(made: DecisionRecord) -> dict[str, Any]:
    """Return what is exported."""
    return cast("dict[str, Any]", to_koski(made).content)


def test_every_required_field_is_there() -> None:
    """Type, area, size in competence points, who assessed on which day, and how it was recognised, in Finnish and Swedish."""
    assert content_of(decision()) == {
        "tyyppi": {"koodiarvo": "ammatillisentutkinnonosanosaalue", "koodistoUri": "suorituksentyyppi"},
        "koulutusmoduuli": {
            "tunniste": {"koodiarvo": "YTTT", "koodistoUri": "ammatillisenoppiaineet"},
            "pakollinen": True,
            "laajuus": {"arvo": 2, "yksikkö": {"koodiarvo": "6", "koodistoUri": "opintojenlaajuusyksikko"}},
        },
        "tunnustettu": {
            "selite": {"fi": "Seitsemän merkkiä.", "sv": "Sju märken."},
            "rahoituksenPiirissä": False,
        },
        "arviointi": [
            {
                "arvosana": {"koodiarvo": "Hyväksytty", "koodistoUri": "arviointiasteikkoammatillinen15"},
                "päivä": "2026-11-21",
                "arvioitsijat": [{"nimi": "Tuula Opettaja"}],
            }
        ],
    }
    assert [one.field for one in to_koski(decision()).to_fill] == ["suorituskieli"]


def test_a_school_can_say_that_it_is_funded() -> None:
    """Recognised competence usually is not; what the teacher ticked goes along."""
    assert content_of(decision(funded=True))["tunnustettu"]["rahoituksenPiirissä"] is True


@pytest.mark.parametrize("grade", ["1", "2", "3", "4", "5", "passed"])
def test_every_grade_is_one_of_the_scale(grade: str) -> None:
    """One to five, or passed; there is no failure to write."""
    (assessment,) = content_of(decision(grade=grade))["arviointi"]
    assert assessment["arvosana"]["koodiarvo"] in GRADES


def test_a_grade_that_comes_later_is_named() -> None:
    """Without a grade there is no assessment, and the list says what is missing."""
    export = to_koski(decision(grade=None))
    assert "arviointi" not in export.content
    assert "arviointi" in [one.field for one in export.to_fill]


def test_a_size_that_nobody_published_is_left_open() -> None:
    """An area of 2026 has no size here: absent, never a guess and never nought."""
    target = YTTT.model_copy(update={"code": "YTTT26", "uri": "ammatillisenoppiaineet_yttt26", "osp": None})
    export = to_koski(decision(target, recognised_osp=None))
    assert "laajuus" not in cast("dict[str, Any]", export.content)["koulutusmoduuli"]
    assert "koulutusmoduuli.laajuus" in [one.field for one in export.to_fill]


def test_half_a_point_stays_half_a_point() -> None:
    """A size is written as the number it is."""
    module = content_of(decision(recognised_osp=Decimal("1.5")))["koulutusmoduuli"]
    assert module["laajuus"]["arvo"] == 1.5


@pytest.mark.parametrize("code", ["VVTK", "VVVK", "VVAI22", "VVTK26", "VVVK26"])
def test_an_area_of_a_language_says_which(code: str) -> None:
    """The language is in it where it is known, and named where it is not."""
    target = YTTT.model_copy(update={"code": code, "language": "sv"})
    assert content_of(decision(target))["koulutusmoduuli"]["kieli"] == {
        "koodiarvo": "SV",
        "koodistoUri": "kielivalikoima",
    }
    unknown = to_koski(decision(target.model_copy(update={"language": None})))
    assert "koulutusmoduuli.kieli" in [one.field for one in unknown.to_fill]


def test_a_part_of_tuva_is_in_weeks_and_passed() -> None:
    """TUVA has its own scale and its size in weeks; nobody who assessed is named, and the type is for the register."""
    content = content_of(decision(TUVA, recognised_osp=None, recognised_weeks=4))
    assert content["koulutusmoduuli"] == {
        "tunniste": {"koodiarvo": "102", "koodistoUri": "koulutuksenosattuva"},
        "laajuus": {"arvo": 4, "yksikkö": {"koodiarvo": "8", "koodistoUri": "opintojenlaajuusyksikko"}},
    }
    assert content["arviointi"] == [
        {"arvosana": {"koodiarvo": "Hyväksytty", "koodistoUri": "arviointiasteikkotuva"}, "päivä": "2026-11-21"}
    ]
    assert "tyyppi" not in content
    assert "tyyppi" in [one.field for one in to_koski(decision(TUVA)).to_fill]


def test_elective_studies_of_tuva_have_one_type() -> None:
    """Of every other part there are four to choose from."""
    elective = decision(TUVA.model_copy(update={"code": "104", "uri": "koulutuksenosattuva_104"}), recognised_osp=None)
    assert content_of(elective)["tyyppi"]["koodiarvo"] == "tutkintokoulutukseenvalmentava"
    assert "tyyppi" not in [one.field for one in to_koski(elective).to_fill]


@pytest.mark.parametrize("decided", [Decided.PART, Decided.NOT_NOW, Decided.REFER])
def test_only_a_whole_is_a_performance(decided: Decided) -> None:
    """A part, a "not now" and a referral are no performance."""
    with pytest.raises(Conflict, match="what was recognised"):
        to_koski(decision(decided=decided))


def test_a_vocational_unit_is_refused() -> None:
    """It has a local code of the school, which is not known here."""
    with pytest.raises(Conflict, match="local code"):
        to_koski(decision(YTTT.model_copy(update={"kind": TargetKind.VOCATIONAL_UNIT})))
