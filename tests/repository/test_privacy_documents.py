"""The drafts on privacy: there in their languages, and true where a machine can tell: periods, modules, settings, buttons, links."""

from __future__ import annotations

import re
from datetime import date
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from okbadges.edge.visits import LASTS
from okbadges.issuing.order import latest_share_day
from okbadges.organisations.labels import LONGEST_LABEL
from okbadges.organisations.periods import Periods
from okbadges.pages.words import read_texts
from okbadges.settings import Settings
from okbadges.storage.tables import ParticipantRow

if TYPE_CHECKING:
    from pathlib import Path

LANGUAGES = ("fi", "sv", "en")
IN_THREE_LANGUAGES = ("notice", "minors")
ALONE = ("README", "joint-controllers", "impact-assessment")
MARKS = {
    "en": ("controller decides", "fill in", "to be confirmed"),
    "fi": ("rekisterinpitäjä päättää", "täydennä", "vahvistettava"),
    "sv": ("den personuppgiftsansvarige beslutar", "fyll i", "ska bekräftas"),
}

# A number and a unit of time, as the three languages write them.
UNITS = {
    "second": r"seconds?|sekun\w+",
    "minute": r"minutes?|minuut\w+|minuter?",
    "hour": r"hours?|tun(?:ti|nin|tia)\w*|timm(?:e|ar)\w*",
    "day": r"days?|päiv\w+|vuorokau\w+|dag(?:ar)?|dygn",
    "week": r"weeks?|viik\w+|veck\w+",
    "month": r"months?|kuukau\w+|månad\w*",
    "year": r"years?|vuo(?:si|den|tta|tta|dessa|teen)|år",
}
NUMBERED = {unit: re.compile(rf"\b(\d+)[\s\u00a0]({words})\b", re.IGNORECASE) for unit, words in UNITS.items()}
SPELLED = re.compile(
    r"\b(?:(?:an?|one|two|three|six|twelve|twenty-four)\s(?:minute|hour|day|week|month|year)s?"  # "a second" is a person
    r"|(?:yksi|yhden|kaksi|kahden|kolme|kolmen|kuuden|kahdentoista)\s(?:sekun|minuut|tun|päiv|viik|kuukau|vuo)\w+"
    r"|(?:en|ett|två|tre|sex|tolv)\s(?:sekund|minut|timme|dag|vecka|månad|år)\w*)\b",
    re.IGNORECASE,
)

DAY = date(2026, 11, 21)
AGES = {(13, "year"), (18, "year")}
BY_LAW = {(1, "month"), (72, "hour")}
"""Until an answer (GDPR, article 12(3)), and until a breach is told to the authority (article 33)."""


@pytest.fixture(scope="module")
def drafts(checkout: Path) -> dict[str, str]:
    """Return the texts of the drafts by the names of their files."""
    return {file.name: file.read_text("utf-8") for file in (checkout / "docs" / "privacy").iterdir()}


def _kept() -> dict[str, int]:
    """Return the months of the settings when nobody sets them."""
    return {name: Settings.model_fields[name].default for name in ("evidence_months", "label_months", "quiet_months")}


def _periods(text: str) -> set[tuple[int, str]]:
    return {(int(number), unit) for unit, pattern in NUMBERED.items() for number, _ in pattern.findall(text)}


def test_every_draft_is_there_in_its_languages(drafts: dict[str, str]) -> None:
    """The two sheets that participants get are in Finnish, Swedish and English; what organisations work with is in English."""
    expected = {f"{name}.md" for name in ALONE} | {
        f"{name}.{language}.md" for name in IN_THREE_LANGUAGES for language in LANGUAGES
    }
    assert drafts.keys() == expected


@pytest.mark.parametrize("name", IN_THREE_LANGUAGES)
def test_translations_have_the_same_parts(drafts: dict[str, str], name: str) -> None:
    """As many headings, points, rows and places to fill in, in every language: nothing was left out of one."""

    def parts(language: str) -> list[tuple[int, ...]]:
        sections = re.split(r"^## ", drafts[f"{name}.{language}.md"], flags=re.MULTILINE)
        signs = (r"^- ", r"^\|", r"\[[^\]]{5,}\](?!\()")
        return [tuple(len(re.findall(sign, section, re.MULTILINE)) for sign in signs) for section in sections]

    assert parts("fi") == parts("sv") == parts("en")


@pytest.mark.parametrize("name", IN_THREE_LANGUAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_open_is_marked_as_the_readme_says(drafts: dict[str, str], name: str, language: str) -> None:
    """Every bracket in a sheet begins with one of three marks of its language, and the README explains each of them."""
    found = {
        inside.partition(":")[0] for inside in re.findall(r"\[([^\]]+:[^\]]*)\](?!\()", drafts[f"{name}.{language}.md"])
    }
    assert found <= set(MARKS[language])
    assert found
    assert all(f"[{mark}: …]" in drafts["README.md"] for mark in MARKS[language])


def test_periods_are_those_of_the_settings(drafts: dict[str, str]) -> None:
    """A period that a draft names is a default of the settings, the longest life of a link or a visit, or a term of the GDPR; each in digits."""
    kept = _kept()
    assert Periods(*kept.values()) == Periods()
    allowed = {(months, "month") for months in kept.values()} | BY_LAW | AGES
    allowed |= {((latest_share_day(DAY) - DAY).days // 365, "year"), (int(LASTS.total_seconds()) // 3600, "hour")}
    for name, text in drafts.items():
        assert _periods(text) <= allowed, name
        assert SPELLED.findall(text) == [], name


@pytest.mark.parametrize("language", LANGUAGES)
def test_notices_name_every_period(drafts: dict[str, str], language: str) -> None:
    """How long evidence, short names, links and what was begun live stands in the row that is about them, in every language."""
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", drafts[f"notice.{language}.md"], re.MULTILINE)
    periods = [found for _, until in rows if (found := _periods(until))]
    kept = _kept()
    evidence, labels, begun = ({(kept[name], "month")} for name in ("evidence_months", "label_months", "quiet_months"))
    assert periods == [evidence, labels, {(1, "year")}, *[begun] * 5]


def test_numbers_in_the_assessment_are_those_of_the_code(drafts: dict[str, str]) -> None:
    """How long a label may be is the code's own number, and its tables are tables of the database."""
    text = drafts["impact-assessment.md"]
    assert f"at most {LONGEST_LABEL} characters" in text
    section = text.partition("**Which data.**")[2].partition("Not kept:")[0]
    named = {table for row in section.splitlines() if row.startswith("|") for table in re.findall(r"`([a-z_]+)`", row)}
    assert len(named) >= 10
    assert named <= ParticipantRow.metadata.tables.keys()


def test_every_module_that_is_named_exists(drafts: dict[str, str]) -> None:
    """A measure is in a module that is there."""
    named = {module for text in drafts.values() for module in re.findall(r"`(okbadges(?:\.[a-z_0-9]+)+)`", text)}
    assert len(named) > 20
    assert {module for module in named if find_spec(module) is None} == set()


def test_every_setting_that_is_named_exists(drafts: dict[str, str]) -> None:
    """A setting is one that the service reads."""
    named = {name for text in drafts.values() for name in re.findall(r"\bOKBADGES_([A-Z_]+)\b", text)}
    assert named
    assert {name for name in named if name.lower() not in Settings.model_fields} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_button_is_called_what_the_page_calls_it(checkout: Path, drafts: dict[str, str], language: str) -> None:
    """Where a notice says which button to press, the page has that button."""
    texts = read_texts(checkout / "src" / "okbadges" / "pages" / "locale" / language)
    assert re.findall(r"[“”]([^”]+)”", drafts[f"notice.{language}.md"]) == [texts["claim.links.withdraw"]]


def test_links_lead_somewhere(checkout: Path, drafts: dict[str, str]) -> None:
    """Links between the drafts and to other documents point to files; addresses outside are https."""
    folder = checkout / "docs" / "privacy"
    for name, text in drafts.items():
        links = re.findall(r"\]\(([^)\s]+)\)", text)
        assert [link for link in links if not (folder / link.partition("#")[0]).is_file()] == [], name
        assert re.findall(r"<(?!https://)[^>]*>", text) == [], name
    assert {link for link in re.findall(r"\]\(([^)\s]+)\)", drafts["README.md"]) if "/" not in link} >= {
        name for name in drafts if name != "README.md"
    }
