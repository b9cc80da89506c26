"""Decisions: kept sealed, superseded and never edited, found by their school only."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import select

from okbadges.catalogue.texts import OfficialName, Texts
from okbadges.errors import ConfigurationError, Conflict, InvalidInput, NotAllowed, NotFound
from okbadges.organisations.workshops import find_organisation
from okbadges.recognition.decisions import Kept, decisions_of, find_decision, keep_decision
from okbadges.recognition.providers import note_provider, provider_of
from okbadges.recognition.record import (
    Decided,
    DecisionRecord,
    Matched,
    Person,
    Process,
    Requirements,
    School,
    Target,
    TargetKind,
)
from okbadges.storage.tables import DecisionRow
from support.college import INSTITUTION_OID, PROVIDER_OID, new_college
from support.corrections import events

if TYPE_CHECKING:
    from support.college import College
    from support.world import World

CODES = [f"osaamisentodentamisenprosessi_000{number}" for number in (3, 1, 2)]


@pytest.fixture
def college(world: World) -> College:
    """Return the college where Tuula teaches."""
    return new_college(world)


def record(world: World, **changes: Any) -> DecisionRecord:
    """Return a decision to recognise the whole of YTTT."""
    usual: dict[str, Any] = {
        "id": uuid.uuid4(),
        "decided_at": world.clock(),
        "decided_on": world.clock().date(),
        "school": School(name="Lappia", provider_oid=PROVIDER_OID, institution_oid=INSTITUTION_OID),
        "decider": Person(name="Tuula Opettaja", title="opettaja"),
        "requirements": Requirements(generation="2022", diary_number="OPH-1825-2021", version=1, begins_on=None),
        "target": Target(
            kind=TargetKind.COMMON_AREA,
            uri="ammatillisenoppiaineet_yttt",
            code="YTTT",
            version=1,
            name=OfficialName(fi="Työelämässä toimiminen"),
            unit_uri="tutkinnonosat_106729",
            unit_version=1,
            unit_name=OfficialName(fi="Yhteiskunta- ja työelämäosaaminen"),
            osp=None,
        ),
        "decided": Decided.FULL,
        "process": Process.DIRECTLY,
        "process_code": None,
        "grounds": Texts(fi="Merkit osoittavat osaamisen."),
        "badges": (),
        "matched": Matched.IN_PERSON,
    }
    return DecisionRecord(**{**usual, **changes})


def keep(world: World, college: College, made: DecisionRecord) -> None:
    """Keep a decision of the college."""
    rooms = world.rooms
    kept = Kept(college.provider.organisation, college.tuula_id, None, None)
    keep_decision(rooms.writer, rooms.stamp("test"), rooms.secrets, made, kept, bars={})


def test_a_decision_is_found_again_whole(world: World, college: College) -> None:
    """What was kept is what is read, and the journal has its hash and no word of its grounds."""
    made = record(world)
    keep(world, college, made)
    keep(world, college, made)
    with world.rooms.database.read() as session:
        assert find_decision(session, world.rooms.secrets, college.provider.organisation, made.id) == made
        (line,) = decisions_of(session, college.provider.organisation)
    assert (line.id, line.decided, line.target_uri) == (made.id, Decided.FULL, "ammatillisenoppiaineet_yttt")
    (event,) = events(world, "decision.made")
    assert "Merkit" not in event.details
    assert "Tuula" not in event.details


def test_it_is_sealed_in_the_database(world: World, college: College) -> None:
    """A dump shows neither who decided nor why."""
    keep(world, college, record(world))
    with world.rooms.database.read() as session:
        row = session.exec(select(DecisionRow)).one()
    assert b"Tuula" not in row.sealed_record
    assert b"osoittavat" not in row.sealed_record


def test_an_altered_record_is_noticed(world: World, college: College) -> None:
    """A hash that is not the record's is an error, never a decision."""
    made = record(world)
    keep(world, college, made)
    with world.rooms.database.engine.begin() as connection:
        connection.execute(DecisionRow.__table__.update().values(record_hash="0" * 64))  # type: ignore[attr-defined]
    with world.rooms.database.read() as session, pytest.raises(ConfigurationError, match="not the one that was kept"):
        find_decision(session, world.rooms.secrets, college.provider.organisation, made.id)


def test_a_decision_is_superseded_once(world: World, college: College) -> None:
    """The old one stays readable and is marked; nobody supersedes it a second time."""
    first = record(world)
    keep(world, college, first)
    keep(world, college, second := record(world, supersedes=first.id, correction="wrong area"))
    with pytest.raises(Conflict, match="superseded already"):
        keep(world, college, record(world, supersedes=first.id))
    with world.rooms.database.read() as session:
        lines = decisions_of(session, college.provider.organisation)
        assert find_decision(session, world.rooms.secrets, college.provider.organisation, first.id) == first
    assert {line.id: line.is_superseded for line in lines} == {first.id: True, second.id: False}


def test_another_school_finds_nothing(world: World, college: College) -> None:
    """A decision of others is not there, neither to read nor to supersede."""
    other = new_college(world, "saku")
    made = record(world)
    keep(world, college, made)
    with world.rooms.database.read() as session:
        with pytest.raises(NotFound):
            find_decision(session, world.rooms.secrets, other.provider.organisation, made.id)
        assert decisions_of(session, other.provider.organisation) == []
    with pytest.raises(NotFound):
        keep(world, other, record(world, supersedes=made.id))


def test_only_a_school_decides(world: World, college: College) -> None:
    """An organisation without OIDs is no education provider, and says who can change that."""
    with world.rooms.database.read() as session:
        assert provider_of(session, college.provider.organisation) == college.provider
        with pytest.raises(NotAllowed, match="okbadges organisation education-provider"):
            provider_of(session, find_organisation(session, "kemi"))


def test_a_school_is_noted_again_with_other_codes(world: World, college: College) -> None:
    """What is the same changes nothing; codes that the school confirms are kept in the order of the processes."""
    rooms, organisation = world.rooms, college.provider.organisation
    for _ in range(2):
        note_provider(rooms.writer, rooms.stamp("test"), organisation, provider_oid=PROVIDER_OID, process_codes=CODES)
    with rooms.database.read() as session:
        found = provider_of(session, organisation)
    assert found.process_code(Process.BY_DEMONSTRATION) == CODES[2]
    assert found.institution_oid is None
    assert len(events(world, "education-provider.noted")) == 2


@pytest.mark.parametrize(
    "oid",
    [
        "",
        "1.2.3",
        "1.2.246.562.10.",
        "1.2.246.562.10.x",
        "1.2.246.562.10.1\n",
        "\u0661.2.246.562.10.1",
        "1.2.246.562.24.20516711478",
        "1.2.246.562.15.20516711478",
    ],
)
def test_what_is_no_oid_of_an_organisation_is_refused(world: World, college: College, oid: str) -> None:
    """A mistyped OID, or that of a person (24) or of a study right (15), would end in eHOKS and Koski."""
    rooms, organisation = world.rooms, college.provider.organisation
    for oids in ({"provider_oid": oid}, {"provider_oid": PROVIDER_OID, "institution_oid": oid}):
        with pytest.raises(InvalidInput, match="register of organisations"):
            note_provider(rooms.writer, rooms.stamp("test"), organisation, **oids)


@pytest.mark.parametrize("codes", [CODES[:2], [CODES[0]] * 3, ["x", *CODES[:2]]])
def test_codes_that_are_not_three_are_refused(world: World, college: College, codes: list[str]) -> None:
    """All of them or none: an export would say the wrong process."""
    rooms, organisation = world.rooms, college.provider.organisation
    with pytest.raises(InvalidInput):
        note_provider(rooms.writer, rooms.stamp("test"), organisation, provider_oid=PROVIDER_OID, process_codes=codes)


def test_a_school_is_one_organisation(world: World, college: College) -> None:
    """Whoever would be the same school a second time is refused, and told which one it is; one provider has several schools."""
    rooms, noted = world.rooms, len(events(world, "education-provider.noted"))
    with rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    with pytest.raises(Conflict, match="noted as lappia already") as refused:
        note_provider(
            rooms.writer,
            rooms.stamp("test"),
            kemi,
            provider_oid=PROVIDER_OID,
            institution_oid=college.provider.institution_oid,
        )
    assert refused.value.code == "oid-noted"
    assert len(events(world, "education-provider.noted")) == noted
    note_provider(
        rooms.writer, rooms.stamp("test"), kemi, provider_oid=PROVIDER_OID, institution_oid="1.2.246.562.10.1"
    )
