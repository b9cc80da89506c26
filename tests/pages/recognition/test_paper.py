"""``/decisions/{id}/print``: one sheet; a name that is typed for it is in the answer and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from pages.recognition.test_areas import plain
from support.studying import decide_about

if TYPE_CHECKING:
    import uuid

    from pages.recognition.conftest import Talk


@pytest.fixture(scope="module")
def kept(table: Talk) -> uuid.UUID:
    """Return a decision to recognise the whole."""
    return decide_about(table.world, table.college, table.link, title="lehtori", grade="passed")


def test_it_works(table: Talk, kept: uuid.UUID) -> None:
    """The school, a line for the name, what was decided and why, how to ask for a review, who signs."""
    answer = table.tuula.get(f"/decisions/{kept}/print")
    assert answer.status_code == 200, answer.text
    said = plain(answer.text)
    for words in (
        "Ammattiopisto Lappia 21.11.2026 Päätös osaamisen tunnustamisesta",
        "Opiskelija:",
        "Tunnustettu kokonaan",
        "2 osp",
        "Perustelut Opiskelija esitti nämä osaamismerkit",
        "voit pyytää oppilaitosta tarkistamaan sen",
        "Tuula Opettaja, lehtori",
        f"Tunniste {kept}.",
    ):
        assert words in said, words


def test_not_yet_says_first_what_comes_next(talk: Talk) -> None:
    """The sheet for the student: what next, what they have shown, and how to ask for a review; no word of failing."""
    made = decide_about(talk.world, talk.college, talk.link, decided="not-now")
    said = plain(talk.tuula.get(f"/decisions/{made}/print").text)
    order = [
        said.index(one)
        for one in (
            "Ei vielä, ja mitä seuraavaksi",
            "Näytä loput taidot",
            "Mitä olet näyttänyt",
            "voit pyytää oppilaitosta",
        )
    ]
    assert order == sorted(order)
    for word in ("hylät", "hylkä", "epäonnist"):
        assert word not in said.casefold()


def test_a_name_is_put_on_the_sheet_and_not_kept(table: Talk, kept: uuid.UUID) -> None:
    """It is in the answer, once; the next visit has an empty line, and no table has it."""
    answer = table.tuula.post(f"/decisions/{kept}/print", data={"student": " Otto Oppilas "})
    assert answer.status_code == 200
    assert "Opiskelija: Otto Oppilas" in plain(answer.text)
    assert answer.headers["cache-control"] == "no-store"
    assert "Otto" not in table.tuula.get(f"/decisions/{kept}/print").text
    with table.world.rooms.database.engine.connect() as connection:
        tables = connection.execute(text("select name from sqlite_master where type = 'table'")).scalars().all()
        for name in tables:
            rows = connection.execute(text(f'select * from "{name}"')).all()  # noqa: S608 - the names are the database's own
            assert "Oppilas" not in repr(rows)


@pytest.mark.parametrize("name", ["x" * 81, "a\nb", "a\u202eb"])
def test_a_name_that_is_no_line_is_refused(table: Talk, kept: uuid.UUID, name: str) -> None:
    """The sheet is there again, without it, and the words beside the field."""
    answer = table.tuula.post(f"/decisions/{kept}/print", data={"student": name})
    assert answer.status_code == 422
    assert "student-mistake" in answer.text


def test_no_name_is_no_mistake(table: Talk, kept: uuid.UUID) -> None:
    """It can be written by hand."""
    assert table.tuula.post(f"/decisions/{kept}/print", data={"student": " "}).status_code == 200


def test_another_sites_form_is_refused(table: Talk, kept: uuid.UUID) -> None:
    """As everywhere."""
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert table.tuula.post(f"/decisions/{kept}/print", data={"student": "x"}, headers=headers).status_code == 403
