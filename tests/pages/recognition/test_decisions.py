"""``/decisions``: what one's own school decided, and all of it as a table."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from okbadges.pages.recognition.decisions import ON_A_PAGE
from okbadges.recognition.decisions import Kept, keep_decision
from pages.recognition.test_areas import plain
from recognition.exports.making import decision
from support.college import new_college
from support.passport import browser
from support.studying import decide_about, signed_in
from support.world import on_both_databases

if TYPE_CHECKING:
    import uuid

    from fastapi.testclient import TestClient

    from pages.recognition.conftest import Talk
    from support.college import College
    from support.world import World


@pytest.fixture
def college(world: World) -> College:
    """Return the college where Tuula teaches."""
    return new_college(world)


@pytest.fixture
def tuula(world: World, college: College) -> TestClient:
    """Return a browser in which she is signed in."""
    return signed_in(world, college.tuula_id)


def keep(world: World, college: College, number: int) -> list[uuid.UUID]:
    """Keep so many decisions and return their ids, the oldest first."""
    made = []
    for _ in range(number):
        world.clock.move(seconds=1)
        stamp = world.rooms.stamp("test")
        record = decision(id=stamp.row_id(), decided_at=stamp.now)
        kept = Kept(college.provider.organisation, college.tuula_id, None, None)
        keep_decision(world.rooms.writer, stamp, world.rooms.secrets, record, kept, bars={})
        made.append(record.id)
    return made


def listed(page: str) -> list[str]:
    """Return the decisions of a page, in its order."""
    return re.findall(r'<a href="/decisions/([0-9a-f-]{36})"', page)


@on_both_databases
def test_it_works(talk: Talk) -> None:
    """The newest first, each with what it is about; a superseded one says so."""
    first = decide_about(talk.world, talk.college, talk.link, decided="not-now")
    talk.world.clock.move(minutes=1)
    second = decide_about(talk.world, talk.college, talk.link, correction="Näytetty.")
    page = talk.tuula.get("/decisions").text
    assert listed(page) == [str(second), str(first)]
    said = plain(page)
    assert "Työelämässä toimiminen Tunnustettu kokonaan YTTT · 21.11.2026 · Tuula Opettaja" in said
    assert "tilalla on uudempi päätös" in said


def test_a_school_that_decided_nothing_yet(tuula: TestClient) -> None:
    """Kind words on how a decision begins."""
    answer = tuula.get("/decisions")
    assert answer.status_code == 200
    assert "Päätös alkaa linkistä" in plain(answer.text)
    assert "Lue koodi puhelimesi kameralla." in plain(answer.text)
    assert 'href="/verify"' in answer.text
    assert "decisions.csv" not in answer.text


def test_the_older_ones_are_on_the_next_page(world: World, college: College, tuula: TestClient) -> None:
    """Each once; the last page leads no further."""
    made = keep(world, college, ON_A_PAGE + 2)
    first = tuula.get("/decisions").text
    older = re.search(r'href="(/decisions\?before=[^"]+)"', first)
    assert older
    second = tuula.get(older[1]).text
    assert [*listed(first), *listed(second)] == [str(one) for one in reversed(made)]
    assert "Vanhemmat päätökset" not in second
    assert listed(tuula.get("/decisions?before=x").text) == listed(first)


def test_all_of_them_are_a_table(world: World, college: College, tuula: TestClient) -> None:
    """Of one's own school only, as CSV that Excel opens."""
    keep(world, college, 3)
    keep(world, new_college(world, "saku"), 1)
    answer = tuula.get("/decisions.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="decisions-2026-11-21.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbfOpiskelija;")
    assert answer.content.count(b"\r\n") == 4
    assert answer.headers["cache-control"] == "no-store"


def test_who_is_not_signed_in_is_asked_to(world: World) -> None:
    """The list leads to the sign-in page and back; the table only there."""
    for path in ("/decisions", "/decisions.csv"):
        assert browser(world).get(path).headers["location"].startswith("/sign-in?next=%2Fdecisions")


def test_a_sign_in_that_ended_opens_nothing(world: World, college: College, tuula: TestClient) -> None:
    """A day later the browser has to sign in again."""
    keep(world, college, 1)
    world.clock.time += timedelta(days=1)
    assert tuula.get("/decisions").status_code == 303
