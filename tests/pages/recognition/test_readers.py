"""Who reads what a school decided: its teachers, and those who administer or audit it; deciding is the teachers' alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from okbadges.organisations.roles import Role
from pages.recognition.test_areas import plain
from support.college import new_college
from support.decided import decide
from support.learners import new_member
from support.sharing import sharer
from support.studying import YTTT, decide_about, signed_in

if TYPE_CHECKING:
    import uuid

    from fastapi.testclient import TestClient

    from pages.recognition.conftest import Talk
    from support.world import World

READS = (Role.ADMINISTRATOR, Role.AUDITOR)
SAME_SITE = {"Origin": "http://localhost:8000"}


@pytest.fixture(scope="module")
def kept(table: Talk) -> uuid.UUID:
    """Return a decision to recognise the whole of YTTT."""
    return decide_about(table.world, table.college, table.link, grade="passed")


def in_role(world: World, role: Role, organisation: str = "lappia") -> TestClient:
    """Return a browser in which a member of the college in this role is signed in."""
    return signed_in(world, new_member(world, role, organisation=organisation))


@pytest.mark.parametrize("role", READS)
@pytest.mark.parametrize("path", ["", "/ehoks.json", "/koski.json", "/decision.json", "/row.csv", "/print"])
def test_it_works(table: Talk, kept: uuid.UUID, role: Role, path: str) -> None:
    """A decision and every file of it, and the sheet with a name on it."""
    reader = in_role(table.world, role)
    assert reader.get(f"/decisions/{kept}{path}").status_code == 200
    if path == "/print":
        named = reader.post(f"/decisions/{kept}/print", data={"student": "Sani Esimerkki"}, headers=SAME_SITE)
        assert (named.status_code, "Sani Esimerkki" in named.text) == (200, True)


@pytest.mark.parametrize("role", READS)
def test_all_of_them_are_read(table: Talk, kept: uuid.UUID, role: Role) -> None:
    """The list and the table."""
    reader = in_role(table.world, role)
    assert f"/decisions/{kept}" in reader.get("/decisions").text
    assert "YTTT" in reader.get("/decisions.csv").text


@pytest.mark.parametrize("role", READS)
def test_nothing_is_offered_that_they_may_not(world: World, role: Role) -> None:
    """Neither a correction nor an endorsement; what a teacher signed is there to read."""
    college = new_college(world, own_issuer=True)
    made = decide(world, college, sharer(world, "digi-turva")).id
    reader = in_role(world, role)
    page = reader.get(f"/decisions/{made}").text
    assert "/correct" not in page
    assert "/endorsement" not in page
    world.rooms.endorsing.endorse(college.provider.organisation, made, actor="test")
    assert "Oppilaitos on vahvistanut: Turvallisesti verkossa" in plain(reader.get(f"/decisions/{made}").text)


@pytest.mark.parametrize("role", [*READS, Role.INSTRUCTOR])
def test_only_teachers_decide(table: Talk, kept: uuid.UUID, role: Role) -> None:
    """Deciding, correcting and endorsing are refused kindly, shown or sent."""
    reader = in_role(table.world, role)
    for path in (f"{table.link}/areas/{YTTT}/decide", f"/decisions/{kept}/correct", f"/decisions/{kept}/endorsement"):
        for answer in (reader.get(path), reader.post(path, data={}, headers=SAME_SITE)):
            assert answer.status_code == 403, path
            assert "Vain opettajat päättävät" in plain(answer.text)


def test_an_instructor_of_a_school_reads_none(table: Talk, kept: uuid.UUID) -> None:
    """Who leads groups has nothing to do with credit."""
    reader = in_role(table.world, Role.INSTRUCTOR)
    for path in ("/decisions", "/decisions.csv", f"/decisions/{kept}", f"/decisions/{kept}/decision.json"):
        assert reader.get(path).status_code == 403


@pytest.mark.parametrize("role", READS)
def test_another_organisation_reads_none(table: Talk, kept: uuid.UUID, role: Role) -> None:
    """A workshop is no school, and another school finds nothing."""
    new_college(table.world, f"saku-{role}")
    assert in_role(table.world, role, "kemi").get("/decisions").status_code == 403
    other = in_role(table.world, role, f"saku-{role}")
    assert other.get(f"/decisions/{kept}").status_code == 404
    assert "Kun opettaja päättää, näet päätöksen tässä." in plain(other.get("/decisions").text)
