"""Rows for a study secretary: readable in a spreadsheet, in words, and never a formula."""

from __future__ import annotations

import codecs
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from okbadges.catalogue.texts import Texts
from okbadges.pages.recognition.decisions import say_in_sheet
from okbadges.pages.site import open_site
from okbadges.recognition.exports.rows import COLUMNS, sheet
from okbadges.recognition.record import Decided, Person
from okbadges.spreadsheets import read_rows
from recognition.exports.making import TUVA, decision

if TYPE_CHECKING:
    from okbadges.pages.words import Words
    from okbadges.recognition.record import DecisionRecord


@pytest.fixture(scope="module")
def words() -> Words:
    """Return the words of the pages in Finnish."""
    return open_site().words["fi"]


def rows_of(words: Words, *records: DecisionRecord, superseded: bool = False) -> list[dict[str, str]]:
    """Return the rows of a sheet by the codes of their columns."""
    headings = [words(f"recognition.column.{name}").casefold().replace(" ", "_").replace("-", "_") for name in COLUMNS]
    content = sheet([(one, superseded) for one in records], say_in_sheet(words), "fi")
    found = read_rows(content, columns=headings)
    return [dict(zip(COLUMNS, (row.values[name] for name in headings), strict=True)) for row in found]


def test_a_decision_is_one_row_in_words(words: Words) -> None:
    """What a secretary copies: area and unit with their codes, points, grade, who decided; the student is left to write in."""
    (row,) = rows_of(words, decision(recognised_osp=Decimal("1.50"), assessors=(Person(name="Veikko", title="opo"),)))
    assert (row["target"], row["target_code"], row["unit_code"]) == ("Työelämässä toimiminen", "YTTT", "106729")
    assert (row["osp"], row["grade"], row["decided"]) == ("1,5", "Hyväksytty", "Tunnustettu kokonaan")
    assert (row["decider"], row["assessors"]) == ("Tuula Opettaja, opettaja", "Veikko, opo")
    assert (row["decided_on"], row["process"]) == ("2026-11-21", "Suoraan asiakirjojen perusteella")
    assert (row["student"], row["state"]) == ("", "voimassa")


def test_what_is_not_there_is_empty(words: Words) -> None:
    """A "not now" of TUVA: no points, no unit, what comes next."""
    made = decision(TUVA, decided=Decided.NOT_NOW, recognised_osp=None, grade=None, next_step=Texts(fi="Näytä."))
    (row,) = rows_of(words, made)
    assert [row[name] for name in ("unit", "unit_code", "osp", "weeks", "grade")] == [""] * 5
    assert row["next_step"] == "Näytä."


def test_a_superseded_decision_says_so(words: Words) -> None:
    """Nobody records it by mistake."""
    (row,) = rows_of(words, decision(supersedes=uuid.UUID(int=7)), superseded=True)
    assert row["state"] == "tilalla on uudempi päätös"
    assert row["supersedes"] == str(uuid.UUID(int=7))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\u2003=1", "\uff1d1+1"])
def test_no_cell_is_a_formula(words: Words, text: str) -> None:
    """Whatever a teacher wrote, no program calculates it; reading gives it back as it was."""
    content = sheet([(decision(grounds=Texts(fi=text), conditions=text), False)], say_in_sheet(words), "fi")
    assert content.startswith(codecs.BOM_UTF8)
    cells = content.decode("utf-8-sig").splitlines()[1].split(";")
    assert not any(cell.strip().startswith(("=", "+", "-", "@", "\uff1d")) for cell in cells)


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_each_column_has_a_heading_of_its_own(language: str) -> None:
    """Two columns of one name would be one."""
    words = open_site().words[language]
    assert len({words(f"recognition.column.{name}") for name in COLUMNS}) == len(COLUMNS)
