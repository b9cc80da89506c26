"""Every kind of mistake in the catalogue is found, with its file and its field; and all of them at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from okbadges.catalogue.definitions import CatalogueMistakes
from okbadges.catalogue.mistakes import Mistake

if TYPE_CHECKING:
    from catalogue.drafts import Draft

RAHA, KIELET, KOOSTE = "badges/arki-raha.yaml", "badges/vuoro-kielet.yaml", "badges/kooste-yhteiskunta.yaml"
AREA = "badges/arki-raha.yaml: maps_to.common_areas[0]"


def test_it_works(draft: Draft) -> None:
    """A copy that nobody spoiled has no mistakes."""
    assert draft.mistakes() == []


@pytest.mark.parametrize(
    ("file", "old", "new", "mistake"),
    [
        pytest.param(RAHA, "'106729'", "'106799'", f"{AREA}.unit: '106799' is not a known unit of generation 2022; did you mean 106729", id="unknown unit"),
        pytest.param(RAHA, "area: YTYK ", "area: YTYX ", f"{AREA}.area: 'YTYX' is not a known area of generation 2022; did you mean YTYY or YTYK", id="unknown area"),
        pytest.param(RAHA, "generation: '2022'", "generation: '2023'", f"{AREA}.generation: '2023' is not a known generation; did you mean", id="unknown generation"),
        pytest.param(RAHA, "family: arki", "family: arku", f"{RAHA}: family: 'arku' is not a known family; did you mean arki", id="unknown family"),
        pytest.param(RAHA, "- financial-capability", "- financial-ability", f"{RAHA}: esco[1]: 'financial-ability' is not a known ESCO skill; did you mean", id="unknown ESCO skill"),
        pytest.param(RAHA, "'1009'", "'1909'", f"{RAHA}: maps_to.national_badges[0]: '1909' is not a known national badge", id="unknown national badge"),
        pytest.param(RAHA, "part: '103'", "part: '193'", f"{RAHA}: maps_to.tuva_parts[0].part: '193' is not a known TUVA part", id="unknown TUVA part"),
        pytest.param(RAHA, "goals: [7]", "goals: [7, 11]", f"{RAHA}: maps_to.tuva_parts[0].goals: part 103 has goals 1 to 10, not 11", id="TUVA goal"),
        pytest.param("badges/kasi-puu.yaml", "'106736'", "'106999'", "badges/kasi-puu.yaml: maps_to.vocational_units[0]: '106999' is not a known vocational unit", id="unknown vocational unit"),
        pytest.param(RAHA, "area: YTYK ", "area: MLMA ", f"{AREA}.area: MLMA is in unit 106728, not in 106729", id="area of another unit"),
        pytest.param(RAHA, "'108358', area: YTYK26", "'108357', area: YTYK26", f"{AREA}.successor: must be {{generation: '2026', unit: '108358', area: YTYK26}}", id="unit of the successor"),
        pytest.param(RAHA, "area: YTYK26", "area: YTKK26", f"{AREA}.successor: must be {{generation: '2026', unit: '108358', area: YTYK26}}", id="area of the successor"),
        pytest.param("badges/hyva-arjen-rytmi.yaml", "area: YTLTTH26", "area: YTTH26", "maps_to.common_areas[0].successor: must be {generation: '2026', unit: '108358', area: YTLTTH26}", id="renamed successor"),
        pytest.param(RAHA, "      successor: {generation: '2026', unit: '108358', area: YTYK26}\n", "", f"{AREA}.successor: must be", id="no successor"),
        pytest.param(RAHA, "outcomes: [YTYK-2, YTYK-3]", "outcomes: [YTYK-2, YTTT-3]", f"{AREA}.outcomes[1]: 'YTTT-3' is not a known outcome of YTYK", id="outcome of another area"),
        pytest.param(RAHA, "outcomes: [YTYK-2, YTYK-3]", "outcomes: []", f"{AREA}.outcomes: is missing", id="no outcomes"),
        pytest.param(RAHA, "coverage: partial", "coverage: full", f"{AREA}.coverage: is full, but YTYK-1 is not among the outcomes", id="full without all outcomes"),
        pytest.param(RAHA, "coverage: partial", "coverage: most", f"{AREA}.coverage: must be 'full', 'partial' or 'unknown', not 'most'", id="coverage"),
        pytest.param(RAHA, "coverage: partial", "coverage: unknown", f"{AREA}.coverage: must be full or partial: its outcomes are known", id="unknown coverage of a known area"),
        pytest.param(RAHA, "planning_osp: 0.75", "planning_osp: 0.8", "YTYK (2022) is 2 osp, the planning shares make 2.05: arki-palvelut 0.75, arki-raha 0.8, arki-yhteiso 0.5", id="sum of the shares"),
        pytest.param(KOOSTE, "coverage: full", "coverage: full\n      planning_osp: 2.0", "planning_osp: leave it out: a summary badge only collects", id="share of a summary badge"),
        pytest.param(RAHA, "'106729'", "'400005'", f"{AREA}.unit: 400005 is a unit of TELMA, which never appears", id="TELMA as a common unit"),
        pytest.param("badges/kasi-puu.yaml", "'106736'", "'400007'", "maps_to.vocational_units[0]: 400007 is a unit of TELMA", id="TELMA as a vocational unit"),
        pytest.param("units/vocational.yaml", "code: '106835'\n    uri: tutkinnonosat_106835", "code: '400006'\n    uri: tutkinnonosat_400006", "units/vocational.yaml: 400006: is a unit of TELMA", id="TELMA in the unit files"),
        pytest.param(RAHA, "  fi: Raha-asiat hallussa\n", "", f"{RAHA}: name.fi: is missing", id="Finnish name"),
        pytest.param(RAHA, "  - fi: Löytää esimerkkilaskusta summan ja eräpäivän.\n    sv", "  - sv", f"{RAHA}: criteria[2].fi: is missing", id="Finnish criterion"),
        pytest.param(RAHA, "sv: Koll på pengarna", "sv: ''", f"{RAHA}: name.sv: is empty", id="empty text"),
        pytest.param(RAHA, "  sv: Koll på pengarna\n", "", f"{RAHA}: name.sv: is missing", id="Swedish name"),
        pytest.param(RAHA, "  en: Can plan own spending and compare purchases.\n", "", f"{RAHA}: description.en: is missing", id="English description"),
        pytest.param("families.yaml", "      sv: Vardagsfärdigheter\n", "", "families.yaml: families[0].name.sv: is missing", id="Swedish family"),
        pytest.param("words.yaml", "  sv: 'Den som har fått märket:'\n", "", "words.yaml: criteria_lead.sv: is missing", id="Swedish common words"),
        pytest.param("units/common-2018.yaml", "              sv: Skriver kreativt\n", "", "units/common-2018.yaml: VVTL.outcomes.VVTL-3.words.sv: is missing", id="Swedish outcome"),
        pytest.param(RAHA, "fi: Raha-asiat hallussa", "fi: Raha-asiat kuntoutujalle", f"{RAHA}: name.fi: the word 'kuntoutujalle' could tell why", id="disclosing word"),
        pytest.param(RAHA, "en: Managing money", "en: Money for the unemployed", f"{RAHA}: name.en: the word 'unemployed' could tell why", id="disclosing English word"),
        pytest.param(RAHA, "sv: Använd påhittade", "sv: Om du är arbetslös, använd påhittade", f"{RAHA}: instructor_notes.sv: the word 'arbetslös'", id="disclosing note"),
        pytest.param("issuers.yaml", "name: OK! osaamismerkit", "name: Päihdetyön merkit", "issuers.yaml: issuers[0].name: the word 'Päihdetyön'", id="disclosing issuer"),
        pytest.param(RAHA, "evidence:", "allowed_words: [{word: rikos, reason: Not used at all.}]\nevidence:", f"{RAHA}: allowed_words[0]: 'rikos' is not a word that the lint stops at here", id="needless allowance"),
        pytest.param(RAHA, "slug: arki-raha", "slug: arki-rahat", f"{RAHA}: slug: is 'arki-rahat', the file is arki-raha.yaml", id="slug and file"),
        pytest.param(RAHA, "slug: arki-raha", "slug: Arki_Raha", f"{RAHA}: slug: string should match pattern", id="slug"),
        pytest.param("retired.yaml", "retired: []", "retired: [{slug: arki-raha, retired_on: 2026-12-31, reason: Replaced.}]", f"{RAHA}: slug: 'arki-raha' is retired (see retired.yaml)", id="retired slug"),
        pytest.param(KOOSTE, "- arki-raha", "- arki-rahaa", f"{KOOSTE}: collects[0]: 'arki-rahaa' is not a known badge; did you mean arki-raha", id="unknown badge"),
        pytest.param(KOOSTE, "- arki-raha", "- kooste-opiskelu-ja-ura", f"{KOOSTE}: collects[0]: 'kooste-opiskelu-ja-ura' is a summary badge itself", id="summary of a summary"),
        pytest.param(KOOSTE, "- arki-raha", "- arki-ruoka", f"{KOOSTE}: maps_to.common_areas[0].outcomes: no collected badge shows YTYK-3", id="outcome that nothing shows"),
        pytest.param(KOOSTE, "collects:\n  - arki-raha\n  - arki-palvelut\n  - arki-yhteiso\n", "", f"{KOOSTE}: collects: a summary badge must say", id="summary of nothing"),
        pytest.param(RAHA, "maps_to:", "collects: [arki-ruoka]\nmaps_to:", f"{RAHA}: collects: only a summary badge collects", id="skill badge that collects"),
        pytest.param("badges/arki-palvelut.yaml", "kind: skill", "kind: skill\nretired: true", f"{KOOSTE}: collects[1]: 'arki-palvelut' is retired", id="summary of a retired badge"),
        pytest.param(RAHA, "fi: Raha-asiat hallussa", "fi: Raha-asiat hallussa ja kotitalouden pitkäaikainen suunnittelu", f"{RAHA}: name.fi: is too long for the band of the artwork (2 lines of 26 characters)", id="long name"),
        pytest.param(RAHA, "fi: Raha-asiat hallussa", "fi: Henkilökohtaistalousosaaminen", f"{RAHA}: name.fi: is too long for the band", id="long word"),
        pytest.param(RAHA, "fi: Raha-asiat hallussa", "fi: Raha <b>hallussa</b>", f"{RAHA}: name.fi: must be plain words", id="markup"),
        pytest.param(RAHA, "family: arki", "familly: arki\nfamily: arki", f"{RAHA}: familly: 'familly' is not a known field; did you mean family", id="unknown field"),
        pytest.param(RAHA, "kind: skill", "kind: skill\nkind: summary", f"{RAHA}: kind: line 4: is here twice", id="key twice"),
        pytest.param(RAHA, "unit: '106729'", "unit: 106729", f"{AREA}.unit: must be text; put it in quotes: '106729'", id="number for a code"),
        pytest.param(RAHA, "kind: skill", "kind: skill\nretired: yes", f"{RAHA}: retired: must be true or false", id="word for a truth"),
        pytest.param(RAHA, "evidence: [task, discussion]", "evidence: task", f"{RAHA}: evidence: must be a list", id="no list"),
        pytest.param(RAHA, "evidence: [task, discussion]", "evidence: [rumour]", f"{RAHA}: evidence[0]: must be 'observation'", id="kind of evidence"),
        pytest.param(RAHA, "least: 8", "least: 18", f"{RAHA}: hours: least is more than most", id="hours"),
        pytest.param(RAHA, "- financial-capability", "- budget-for-financial-needs", f"{RAHA}: esco: 'budget-for-financial-needs' is here more than once", id="twice in a list"),
        pytest.param(KIELET, "      award_languages: [fi, sv]\n", "", f"{KIELET}: maps_to.common_areas[1].award_languages: must be said", id="language without a rule"),
        pytest.param(KIELET, "records_language: true", "records_language: false", f"{KIELET}: maps_to.common_areas[0].award_languages: must be said if, and only if", id="rule without a language"),
        pytest.param("units/common-2026.yaml", "follows: YTTH\n", "follows: YTTX\n", "units/common-2026.yaml: YTLTTH26.follows: there is no area YTTX", id="area that follows nothing"),
        pytest.param("units/common-2026.yaml", "follows: '106727'", "follows: '106728'", "units/common-2026.yaml: VVAI26.follows: VVAI22 is in unit 106727, not in 106728", id="order of the units"),
        pytest.param("units/common-2022.yaml", "uri: ammatillisenoppiaineet_ytyk", "uri: ammatillisenoppiaineet_ytky", "units/common-2022.yaml: YTYK: its uri must be ammatillisenoppiaineet_ytyk", id="code URI"),
        pytest.param("units/common-2022.yaml", "osp: 11", "osp: 12", "units/common-2022.yaml: 106727.osp: is 12, its areas make 11", id="sum of the areas"),
        pytest.param("units/common-2022.yaml", "generation: '2022'", "generation: '2018'", "units/common-2022.yaml: generation: must be '2022'", id="generation of the file"),
        pytest.param("units/common-2022.yaml", "checked_on: 2026-11-21", "checked_on: 2026-11-31", "units/common-2022.yaml: checked_on: there is no day 2026-11-31", id="no such day"),
        pytest.param("units/tuva.yaml", "source: ", "sauce: ", "units/tuva.yaml: source: is missing", id="no source"),
        pytest.param("units/vocational.yaml", "qualification: puhtaus", "qualification: puhtoinen", "units/vocational.yaml: units[0].qualification: 'puhtoinen' is not a known qualification", id="unknown qualification"),
        pytest.param("esco.yaml", "      en: assume responsibility\n", "      fi: ottaa vastuuta\n", "esco.yaml: skills[3].label.en: is missing", id="ESCO label"),
        pytest.param("esco.yaml", "uri: http://data.europa.eu/esco/skill/05aa7c09", "uri: http://example.org/skill/05aa7c09", "esco.yaml: skills[0].uri: string should match pattern", id="ESCO address"),
    ],
)  # fmt: skip
def test_a_mistake_is_found(draft: Draft, file: str, old: str, new: str, mistake: str) -> None:
    """One spoiled place is named by its file and field, in words that help."""
    draft.change(file, old, new)

    found = draft.mistakes()

    assert any(mistake in each for each in found), "\n".join(found)


def test_a_share_of_an_unknown_area_is_found(draft: Draft) -> None:
    """A mapping written for 2026 may neither claim a planning share nor a coverage while the area is unknown."""
    draft.change(RAHA, "generation: '2022'", "generation: '2026'")
    draft.change(RAHA, "'106729'", "'108358'")
    draft.change(RAHA, "area: YTYK ", "area: YTYK26 ")

    found = draft.mistakes()

    assert f"{AREA}.planning_osp: leave it out: the size of YTYK26 is not known" in found
    assert f"{AREA}.coverage: must be unknown: its outcomes are not known" in found
    assert f"{AREA}.successor: YTYK26 (2026) has no successor yet" in found


def test_an_allowed_word_passes(draft: Draft) -> None:
    """A word of the lint is no mistake where the file says why it is right."""
    draft.change(RAHA, "fi: Raha-asiat hallussa", "fi: Diagnoosi taloudesta")
    draft.add(RAHA, "allowed_words: [{word: diagnoosi, reason: Taken from the name of a task.}]\n")

    assert draft.mistakes() == []


def test_all_mistakes_are_found_at_once(draft: Draft) -> None:
    """One read names the mistakes of many files and of many fields of one file, in order; shape never hides meaning."""
    draft.change(RAHA, "  fi: Raha-asiat hallussa\n", "")
    draft.change(RAHA, "family: arki", "family: koti\ncolour: red")
    draft.change(RAHA, "'106729'", "'106799'")
    draft.change(RAHA, "least: 8", "least: many")
    draft.change(RAHA, "- financial-capability", "- financial-ability")
    draft.change("badges/kasi-puu.yaml", "'106736'", "'400007'")
    draft.change(KIELET, "en: Another language at work", "en: Language for disabled people")
    draft.write("units/tuva.yaml", "source: [")
    draft.remove("issuers.yaml")

    with pytest.raises(CatalogueMistakes) as error:
        draft.read()

    assert [(each.file, each.field) for each in error.value.mistakes] == [
        (RAHA, "colour"),
        (RAHA, "esco[1]"),
        (RAHA, "family"),
        (RAHA, "hours.least"),
        (RAHA, "maps_to.common_areas[0].unit"),
        (RAHA, "name.fi"),
        ("badges/kasi-puu.yaml", "maps_to.vocational_units[0]"),
        (KIELET, "name.en"),
        ("issuers.yaml", ""),
        ("units/tuva.yaml", ""),
    ]
    assert error.value.code == "catalogue-mistakes"
    assert "badges/arki-raha.yaml: name.fi: is missing" in error.value.detail


def test_a_strange_file_is_found(draft: Draft) -> None:
    """A file that nothing reads is a mistake: a badge with a misspelt ending would silently be lost."""
    draft.write("badges/arki-uusi.yml", "slug: arki-uusi\n")

    assert draft.mistakes() == ["badges/arki-uusi.yml: is not a file of the catalogue; remove it or mend its name"]


def test_an_empty_folder_is_one_clear_answer(draft: Draft) -> None:
    """Without any badge file the catalogue says so."""
    for path in (draft.folder / "badges").iterdir():
        path.unlink()

    assert draft.mistakes() == ["badges: holds no badges"]


def test_a_mistake_reads_as_a_line() -> None:
    """A mistake is printed as file, field and message, and without a field where the whole file is meant."""
    assert str(Mistake("badges/a.yaml", "name.fi", "is missing")) == "badges/a.yaml: name.fi: is missing"
    assert str(Mistake("badges/a.yaml", "", "is missing")) == "badges/a.yaml: is missing"
