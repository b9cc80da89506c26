"""A decision in the shape of eHOKS: required fields by their names, and what nobody here can know is absent and named."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, cast

import pytest

from okbadges.errors import Conflict
from okbadges.recognition.exports.ehoks import to_ehoks
from okbadges.recognition.record import Decided, Person, TargetKind
from recognition.exports.making import TUVA, YTTT, decision

REQUIRED_OF_UNIT = {"tutkinnon-osa-koodi-uri", "tutkinnon-osa-koodi-versio", "osa-alueet"}
REQUIRED_OF_AREA = {
    "osa-alue-koodi-uri",
    "osa-alue-koodi-versio",
    "valittu-todentamisen-prosessi-koodi-uri",
    "valittu-todentamisen-prosessi-koodi-versio",
}
KNOWN_OF_UNIT = REQUIRED_OF_UNIT | {"koulutuksen-jarjestaja-oid", "tarkentavat-tiedot-osaamisen-arvioija"}
KNOWN_OF_AREA = REQUIRED_OF_AREA | {"koulutuksen-jarjestaja-oid", "vaatimuksista-tai-tavoitteista-poikkeaminen"}
OID = re.compile(r"1\.2\.246\.562\.[0-3][0-9]\.[0-9]+")
CODE = re.compile(r"osaamisentodentamisenprosessi_[0-9]{4}")


def unit_of(content: Any) -> dict[str, Any]:
    """Return the one unit of an export."""
    (unit,) = content["aiemmin-hankitut-yhteiset-tutkinnon-osat"]
    return cast("dict[str, Any]", unit)


@pytest.mark.parametrize("code", [None, "osaamisentodentamisenprosessi_0001"])
@pytest.mark.parametrize("version", [None, 2])
def test_every_required_field_is_there_or_named(code: str | None, version: int | None) -> None:
    """Each required field of the schema is in the export, or in the list of what is to be filled in, and never both."""
    target = YTTT.model_copy(update={"unit_version": version})
    export = to_ehoks(decision(target, process_code=code, sent_for_assessment_on=date(2026, 11, 20)))
    unit = unit_of(export.content)
    (area,) = unit["osa-alueet"]
    to_fill = {one.field.rpartition(".")[2] for one in export.to_fill}
    assert (set(unit) | to_fill) >= REQUIRED_OF_UNIT
    assert (set(area) | to_fill) >= REQUIRED_OF_AREA
    assert not (set(unit) | set(area)) & to_fill
    assert set(unit) <= KNOWN_OF_UNIT
    assert set(area) <= KNOWN_OF_AREA


def test_the_codes_are_those_of_the_schema() -> None:
    """Code URIs, versions as whole numbers, OIDs of the national register, days as dates."""
    made = decision(
        process_code="osaamisentodentamisenprosessi_0002",
        sent_for_assessment_on=date(2026, 11, 20),
        assessors=(Person(name="Veikko Viherpeukalo", institution_oid="1.2.246.562.10.12345678901"),),
    )
    unit = unit_of(to_ehoks(made).content)
    (area,) = unit["osa-alueet"]
    assert unit["tutkinnon-osa-koodi-uri"] == "tutkinnonosat_106729"
    assert (area["osa-alue-koodi-uri"], area["osa-alue-koodi-versio"]) == ("ammatillisenoppiaineet_yttt", 2)
    assert CODE.fullmatch(area["valittu-todentamisen-prosessi-koodi-uri"])
    assert OID.fullmatch(unit["koulutuksen-jarjestaja-oid"])
    assessed = unit["tarkentavat-tiedot-osaamisen-arvioija"]
    assert assessed["lahetetty-arvioitavaksi"] == "2026-11-20"
    assert [one["nimi"] for one in assessed["aiemmin-hankitun-osaamisen-arvioijat"]] == [
        "Tuula Opettaja",
        "Veikko Viherpeukalo",
    ]
    for one in assessed["aiemmin-hankitun-osaamisen-arvioijat"]:
        assert OID.fullmatch(one["organisaatio"]["oppilaitos-oid"])


def test_a_part_says_what_is_missing() -> None:
    """Where a part was recognised, the missing outcomes are the deviation from the requirements."""
    made = decision(decided=Decided.PART, outcomes_covered=("YTTT-3",), outcomes_missing=("YTTT-1", "YTTT-2"))
    (area,) = unit_of(to_ehoks(made).content)["osa-alueet"]
    assert area["vaatimuksista-tai-tavoitteista-poikkeaminen"] == "YTTT-1, YTTT-2"


@pytest.mark.parametrize("decided", [Decided.NOT_NOW, Decided.REFER])
def test_what_recognises_nothing_is_not_exported(decided: Decided) -> None:
    """A "not now" is no earlier competence."""
    with pytest.raises(Conflict, match="what was recognised"):
        to_ehoks(decision(decided=decided))


def test_tuva_is_refused_where_ehoks_refuses_it() -> None:
    """A TUVA study plan holds no earlier competence."""
    with pytest.raises(Conflict, match="TUVA"):
        to_ehoks(decision(TUVA))


def test_a_vocational_unit_is_refused() -> None:
    """A small part of a vocational unit is no earlier competence of a common unit."""
    with pytest.raises(Conflict, match="not about an area"):
        to_ehoks(decision(YTTT.model_copy(update={"kind": TargetKind.VOCATIONAL_UNIT})))


def test_nobody_is_named_but_who_assessed() -> None:
    """There is no field for the student."""
    assert "Otto" not in str(to_ehoks(decision()).content)
    assert "henkilo" not in str(to_ehoks(decision()).content).casefold()
