"""A decision in the shape of eHOKS: required fields by their names, and what nobody here can know is absent and named."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, cast

import pytest

from okbadges.errors import Conflict
from okbadges.recognition.exports.ehoks import to_ehoks
from okbadges.recognition.record import Decided, Person, Process, TargetKind
from recognition.exports.making import TUVA, YTTT, decision

REQUIRED_OF_UNIT = {"tutkinnon-osa-koodi-uri", "tutkinnon-osa-koodi-versio", "osa-alueet"}
REQUIRED_OF_AREA = {
    "osa-alue-koodi-uri",
    "osa-alue-koodi-versio",
    "valittu-todentamisen-prosessi-koodi-uri",
    "valittu-todentamisen-prosessi-koodi-versio",
}
KNOWN_OF_UNIT = REQUIRED_OF_UNIT | {"koulutuksen-jarjestaja-oid"}
KNOWN_OF_AREA = REQUIRED_OF_AREA | {"koulutuksen-jarjestaja-oid", "tarkentavat-tiedot-osaamisen-arvioija"}
REQUIRED_OF_DEMONSTRATION = {"nayttoymparisto.nimi", "sisallon-kuvaus", "alku", "loppu"}
OID = re.compile(r"1\.2\.246\.562\.[0-3][0-9]\.[0-9]+")
CODE = re.compile(r"osaamisentodentamisenprosessi_[0-9]{4}")


def unit_of(content: Any) -> dict[str, Any]:
    """Return the one unit of an export."""
    (unit,) = content["aiemmin-hankitut-yhteiset-tutkinnon-osat"]
    return cast("dict[str, Any]", unit)


def area_of(content: Any) -> dict[str, Any]:
    """Return the one area of an export."""
    (area,) = unit_of(content)["osa-alueet"]
    return cast("dict[str, Any]", area)


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
        process=Process.BY_ASSESSORS,
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
    assessed = area["tarkentavat-tiedot-osaamisen-arvioija"]
    assert assessed["lahetetty-arvioitavaksi"] == "2026-11-20"
    assert [one["nimi"] for one in assessed["aiemmin-hankitun-osaamisen-arvioijat"]] == [
        "Tuula Opettaja",
        "Veikko Viherpeukalo",
    ]
    for one in assessed["aiemmin-hankitun-osaamisen-arvioijat"]:
        assert OID.fullmatch(one["organisaatio"]["oppilaitos-oid"])


@pytest.mark.parametrize("process", list(Process))
def test_assessors_are_named_where_they_verified(process: Process) -> None:
    """Beside the process, and with the day only there: the schema has both for what was verified by assessors."""
    export = to_ehoks(decision(process=process))
    assert ("tarkentavat-tiedot-osaamisen-arvioija" in area_of(export.content)) is (process is Process.BY_ASSESSORS)
    asked = [one.field for one in export.to_fill if one.field.endswith("lahetetty-arvioitavaksi")]
    by_assessors = ["osa-alueet[0].tarkentavat-tiedot-osaamisen-arvioija.lahetetty-arvioitavaksi"]
    assert asked == (by_assessors if process is Process.BY_ASSESSORS else [])


@pytest.mark.parametrize("process", list(Process))
def test_a_demonstration_is_described_by_the_teacher(process: Process) -> None:
    """Each required member by its name, where the process is a demonstration."""
    place = "osa-alueet[0].tarkentavat-tiedot-naytto[0]."
    to_fill = {one.field for one in to_ehoks(decision(process=process)).to_fill}
    asked = {one.removeprefix(place) for one in to_fill if one.startswith(place)}
    assert asked == (REQUIRED_OF_DEMONSTRATION if process is Process.BY_DEMONSTRATION else set())


@pytest.mark.parametrize("process", list(Process))
def test_the_process_is_named_where_its_code_is_not_confirmed(process: Process) -> None:
    """Whoever fills the code in knows which process was meant."""
    (line,) = [one for one in to_ehoks(decision(process=process)).to_fill if one.field.endswith("koodi-uri")]
    assert process.value in line.why


def test_a_part_is_refused() -> None:
    """There is no field for a part: a deviation is what a student is exempted from, so missing outcomes are never one."""
    made = decision(decided=Decided.PART, outcomes_covered=("YTTT-3",), outcomes_missing=("YTTT-1", "YTTT-2"))
    with pytest.raises(Conflict, match="whole area") as refused:
        to_ehoks(made)
    assert refused.value.code == "whole-area-only"
    whole = decision(outcomes_covered=("YTTT-3",), outcomes_missing=("YTTT-1", "YTTT-2"))
    assert "poikkeaminen" not in str(to_ehoks(whole))


@pytest.mark.parametrize("decided", [Decided.NOT_NOW, Decided.REFER])
def test_what_recognises_nothing_is_not_exported(decided: Decided) -> None:
    """A "not now" is no earlier competence."""
    with pytest.raises(Conflict, match="what was recognised"):
        to_ehoks(decision(decided=decided))


def test_tuva_is_refused_where_ehoks_refuses_it() -> None:
    """A TUVA study plan holds no earlier competence."""
    for made in (decision(TUVA), decision(tuva_plan=True)):
        with pytest.raises(Conflict, match="TUVA"):
            to_ehoks(made)


def test_a_vocational_unit_is_refused() -> None:
    """A small part of a vocational unit is no earlier competence of a common unit."""
    with pytest.raises(Conflict, match="not about an area"):
        to_ehoks(decision(YTTT.model_copy(update={"kind": TargetKind.VOCATIONAL_UNIT})))


def test_nobody_is_named_but_who_assessed() -> None:
    """There is no field for the student."""
    assert "Otto" not in str(to_ehoks(decision()).content)
    assert "henkilo" not in str(to_ehoks(decision()).content).casefold()
