"""Refreshing the unit files from ePerusteet: a difference for a person to read, from an answer that may be anything."""

from __future__ import annotations

import copy
import shutil
from datetime import date
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from okbadges.catalogue.eperusteet import read_unit
from okbadges.catalogue.reading import read_units
from okbadges.catalogue.refreshing import refresh
from okbadges.credentials.fetching import Fetched, FetchError
from okbadges.errors import OkbadgesError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from okbadges.catalogue.refreshing import Refreshed
    from okbadges.catalogue.units import Unit

API = "https://eperusteet.example"
TODAY = date(2027, 1, 15)
SIZES_2026 = {
    "VVAI26": 4, "VVTK26": 1, "VVVK26": 3, "VVTD26": 2, "VVTL26": 1, "MLMA26": 4, "MLFK26": 2,
    "YTYK26": 2, "YTTT26": 2, "YTOU26": 1, "YTYY26": 1, "YTLTTH26": 2, "YTKK26": 1,
}  # fmt: skip


@pytest.fixture
def folder(checkout: Path, tmp_path: Path) -> Path:
    """Return a copy of the unit files."""
    shutil.copytree(checkout / "badge_definitions" / "units", tmp_path / "units")
    return tmp_path


@pytest.fixture
def published(folder: Path) -> dict[str, Any]:
    """Return what an API would say that agrees with the files, by code URI."""
    units = read_units(folder)
    return {unit.uri: answer_of(unit) for generation in units.all for unit in generation.units}


def answer_of(unit: Unit) -> dict[str, Any]:
    """Return a unit as the API answers it, by the field names of its specification, with much that nobody asked for."""
    osp = unit.osp
    return {
        "id": 7283253,
        "nimi": {**unit.name.model_dump(exclude_none=True), "_id": "1", "_tunniste": "x"},
        "koodiUri": unit.uri,
        "koodiArvo": unit.code,
        "laajuus": float(osp) if osp is not None else None,
        "arviointi": {"anything": [1, 2, 3]},
        "osaAlueet": [
            {
                "id": number,
                "koodi": {"uri": area.uri, "arvo": area.code, "versio": area.version},
                "nimi": {**area.name.model_dump(exclude_none=True), "_id": "2"},
                "pakollisetOsaamistavoitteet": {
                    "laajuus": float(area.osp) if area.osp is not None else None,
                    "tavoitteet": [{"kohde": {"fi": "Opiskelija"}, "vaatimukset": [{"fi": "tekee  jotakin"}]}],
                },
                "valinnaisetOsaamistavoitteet": {"laajuus": 3},
            }
            for number, area in enumerate(unit.areas)
        ],
    }


def asking(published: Mapping[str, Any]) -> Callable[[str], Fetched]:
    """Return a fetch that answers like the API."""

    def fetch(url: str) -> Fetched:
        uri = url.removeprefix(f"{API}/api/external/peruste/tutkinnonosa/")
        if uri not in published:
            return Fetched(404, {}, b'{"syy": "not found"}')
        answer = published[uri]
        return Fetched(200, {}, answer if isinstance(answer, bytes) else orjson.dumps(answer))

    return fetch


def refreshed(folder: Path, published: Mapping[str, Any]) -> dict[str, Refreshed]:
    """Return each file as it would be, by its generation."""
    found = refresh(folder, asking(published), API, today=TODAY)
    return {one.file.removeprefix("units/common-").removesuffix(".yaml"): one for one in found}


def test_it_works(folder: Path, published: dict[str, Any]) -> None:
    """Sizes of 2026 that the API knows go into the file, in their place; comments stay, and the file is still read and right."""
    for unit in published.values():
        for area in unit["osaAlueet"]:
            size = SIZES_2026.get(area["koodi"]["arvo"])
            if size:
                area["pakollisetOsaamistavoitteet"]["laajuus"] = size
    published["tutkinnonosat_108358"]["laajuus"] = 9
    found = refreshed(folder, published)
    diff = found["2026"].diff()
    assert diff.count("\n+        osp: ") == 13
    assert "\n+    osp: 9\n" in diff
    assert "\n-checked_on: 2026-11-21\n+checked_on: 2027-01-15\n" in diff
    assert "# Mind the order" in found["2026"].after
    (folder / "units/common-2026.yaml").write_text(found["2026"].after)
    units = read_units(folder).named("2026")
    assert units is not None
    assert {area.code: int(area.osp or 0) for unit in units.units for area in unit.areas} == SIZES_2026
    assert {unit.code: unit.osp for unit in units.units} == {"108357": None, "108356": None, "108358": 9}
    again = {area.code: area for unit in units.units for area in unit.areas}["YTTT26"]
    assert (again.name.fi, again.follows) == ("Työelämässä toimiminen", "YTTT")


def test_nothing_new_changes_the_day_only(folder: Path, published: dict[str, Any]) -> None:
    """An answer that says what the files say leaves every other line as it is; on the same day it changes nothing at all."""
    for one in refreshed(folder, published).values():
        changed = [line for line in one.diff().splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
        assert changed == ["-checked_on: 2026-11-21", "+checked_on: 2027-01-15"]
        assert not one.unread
        (folder / one.file).write_text(one.after)
    assert [one.diff() for one in refreshed(folder, published).values()] == ["", "", ""]


def test_names_and_versions_follow(folder: Path, published: dict[str, Any]) -> None:
    """A changed name is quoted where it must be; a name in a language that was not known gets a line of its own."""
    area = published["tutkinnonosat_106729"]["osaAlueet"][0]
    area["nimi"] = {"fi": "Yhteiskunnassa: toimiminen", "sv": "Att verka", "en": "no"}
    area["koodi"]["versio"] = 3
    file = folder / "units/common-2022.yaml"
    text = file.read_text()
    file.write_text(text.replace("          en: Operating as a member of society and a citizen\n", ""))
    found = refreshed(folder, published)["2022"]
    assert "\n+          fi: 'Yhteiskunnassa: toimiminen'\n" in found.diff()
    file.write_text(found.after)
    units = read_units(folder).named("2022")
    assert units is not None
    (ytyk,) = [each for unit in units.units for each in unit.areas if each.code == "YTYK"]
    assert (ytyk.version, ytyk.name.fi, ytyk.name.en) == (3, "Yhteiskunnassa: toimiminen", "no")


def test_outcomes_are_for_a_person(folder: Path, published: dict[str, Any]) -> None:
    """The official texts of 2026 are reported, never written; of generations whose outcomes we worded nothing is said."""
    found = refreshed(folder, published)
    assert "YTTT26-1, to be put into our own words: tekee jotakin" in found["2026"].remarks
    assert "tekee jotakin" not in found["2026"].after
    assert (found["2018"].remarks, found["2022"].remarks) == ((), ())


def test_what_only_one_side_has_is_said(folder: Path, published: dict[str, Any]) -> None:
    """A new area, a missing one, and a size that its areas do not make: nothing is guessed."""
    unit = published["tutkinnonosat_106728"]
    unit["osaAlueet"][0]["koodi"]["uri"] = "ammatillisenoppiaineet_uusi"
    unit["laajuus"] = 7
    remarks = "\n".join(refreshed(folder, published)["2022"].remarks)
    assert "has the area ammatillisenoppiaineet_uusi, and the file does not" in remarks
    assert "does not have the area MLMA" in remarks
    assert "says 7 osp for the unit and its areas make 6" in remarks


def test_a_unit_that_is_not_there(folder: Path, published: dict[str, Any]) -> None:
    """The file is not called checked, the other units are looked at all the same."""
    del published["tutkinnonosat_108357"]
    published["tutkinnonosat_108358"]["osaAlueet"][1]["pakollisetOsaamistavoitteet"]["laajuus"] = 2
    found = refreshed(folder, published)
    assert found["2026"].unread == ("108357: ePerusteet answered 404 for tutkinnonosat_108357.",)
    assert "checked_on" not in found["2026"].diff()
    assert "+        osp: 2" in found["2026"].diff()
    assert found["2022"].unread == ()


def test_without_the_network_nothing_changes(folder: Path) -> None:
    """Every unit is named with why."""

    def unreachable(_: str) -> Fetched:
        raise FetchError("unreachable", "There is no network here.")

    found = list(refresh(folder, unreachable, API, today=TODAY))
    assert [one.diff() for one in found] == ["", "", ""]
    assert sum(len(one.unread) for one in found) == 9


HOSTILE: dict[str, Callable[[dict[str, Any]], Any]] = {
    "another unit": lambda it: {**it, "koodiUri": "tutkinnonosat_1"},
    "no object": lambda _: [1, "x", None],
    "no JSON": lambda _: b"<html>",
    "a doubled key": lambda _: b'{"koodiUri": "tutkinnonosat_106728", "koodiUri": "tutkinnonosat_106728"}',
    "several that differ": lambda it: [it, {**it, "laajuus": 7}],
    "a name that turns the text": lambda it: {**it, "nimi": {"fi": "Mate\u202ematiikka"}},
    "a name that moves the cursor": lambda it: {**it, "nimi": {"fi": "M\x1b[2J"}},
    "a very long name": lambda it: {**it, "nimi": {"fi": "M" * 201}},
    "a size that is a text": lambda it: {**it, "laajuus": "6"},
    "a size that is true": lambda it: {**it, "laajuus": True},
    "a negative size": lambda it: {**it, "laajuus": -6},
    "a huge size": lambda it: {**it, "laajuus": 1e300},
    "a size in thousandths": lambda it: {**it, "laajuus": 1.001},
    "an area without a code": lambda it: {**it, "osaAlueet": [{"nimi": {"fi": "x"}}]},
    "an area with a code that is a path": lambda it: {
        **it,
        "osaAlueet": [{"koodi": {"uri": "ammatillisenoppiaineet_../x"}}],
    },
    "an area twice": lambda it: {**it, "osaAlueet": it["osaAlueet"] * 2},
    "deep nesting": lambda _: b"[" * 5000 + b"]" * 5000,
    "half a character": lambda _: b'{"koodiUri": "\\ud800"}',
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_answers_change_nothing(folder: Path, published: dict[str, Any], what: str) -> None:
    """Whatever an answer holds that is no name and no size: of that unit nothing is used, and it is said."""
    uri = "tutkinnonosat_106728"
    published[uri] = HOSTILE[what](copy.deepcopy(published[uri]))
    with pytest.raises(OkbadgesError):
        read_unit(asking(published), API, uri)
    found = refreshed(folder, published)["2022"]
    assert (found.diff(), len(found.unread)) == ("", 1)
    assert all(line.isprintable() for line in (*found.unread, *found.remarks))


def test_a_list_of_one_and_missing_fields_are_read(published: dict[str, Any]) -> None:
    """A list with the unit in it, areas without goals, a goal that is no list: what is there is used, what is not is unknown."""
    unit = published["tutkinnonosat_106728"]
    del unit["osaAlueet"][0]["pakollisetOsaamistavoitteet"]
    unit["osaAlueet"][1]["pakollisetOsaamistavoitteet"]["tavoitteet"] = {"vaatimukset": [{"vaatimus": {"fi": "a"}}]}
    unit["laajuus"] = 0
    published["tutkinnonosat_106728"] = [unit, unit]
    read = read_unit(asking(published), API, "tutkinnonosat_106728")
    assert (read.osp, read.areas[0].osp, read.areas[0].outcomes, read.areas[1].outcomes) == (None, None, (), ("a",))
