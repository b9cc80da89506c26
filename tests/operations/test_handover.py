"""An issuer handed over whole: what it issued verifies and can be revoked there, links open, and here nothing more is issued."""

from __future__ import annotations

import base64
import secrets
import stat
import zipfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

import orjson
import pytest
from fastapi.testclient import TestClient
from sqlmodel import SQLModel, select

from okbadges.app import create_app
from okbadges.building import build_rooms
from okbadges.cli.catalogue import import_catalogue
from okbadges.errors import Conflict, InvalidInput, NotFound
from okbadges.operations.dump import opened_dump
from okbadges.operations.handed_rows import _SEALED, NOT_HANDED_OVER, handed_over_tables
from okbadges.operations.handover import KIND, _Locked, export_issuer, import_issuer, read_key
from okbadges.organisations.access_keys import WantedKey, create_access_key
from okbadges.organisations.issuers import create_issuer, find_issuer
from okbadges.organisations.members import find_member
from okbadges.organisations.roles import Role
from okbadges.organisations.workshops import find_organisation
from okbadges.recognition.decisions import find_decision
from okbadges.recognition.providers import provider_of
from okbadges.settings import load_settings
from okbadges.storage import migrations
from okbadges.storage.database import Database
from okbadges.storage.installation import settle
from okbadges.storage.journal import Stamp
from okbadges.storage.tables import DecisionBadgeRow, DecisionRow, EndorsementRow, IssuerRow, StatusListRow
from okbadges.storage.writer import Writer
from support.college import new_college
from support.decided import decide
from support.journal import broken_links
from support.sharing import new_link, sharer
from support.world import order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from okbadges.edge.rooms import Rooms
    from okbadges.operations.handover import HandedOver
    from okbadges.settings import Settings
    from support.world import Clock, World

ELSEWHERE = "http://127.0.0.1:8765"


@contextmanager
def another_installation(url: str, clock: Clock) -> Iterator[tuple[TestClient, Rooms]]:
    """Set up an installation of somebody else: another secret, another address, the same catalogue."""
    secret = base64.b64encode(secrets.token_bytes(32)).decode()
    settings = load_settings(base_url=ELSEWHERE, database_url=url, secret=secret)
    _set_up(settings, clock)
    app = create_app(settings, now=clock)
    with TestClient(app, base_url=ELSEWHERE, raise_server_exceptions=False) as client:
        yield client, app.state.rooms


def _set_up(settings: Settings, clock: Clock) -> None:
    database = Database(settings.database_url.get_secret_value())
    writer = Writer(database)
    migrations.migrate(database)
    stamp = Stamp("test", clock(), secrets.token_bytes)
    settle(database, writer, stamp, settings.secrets(), base_url=settings.base_url, demo=False)
    rooms = build_rooms(settings, demo=False, now=clock)
    import_catalogue(rooms)
    for opened in (writer, rooms.writer, database, rooms.database):
        opened.close()


def export(world: World, folder: Path, slug: str = "ok") -> HandedOver:
    """Write an issuer of a world into a folder."""
    rooms = world.rooms
    return export_issuer(
        rooms.database,
        rooms.writer,
        rooms.stamp("operator"),
        rooms.secrets,
        slug,
        file=folder / "ok.handover",
        key_file=folder / "ok.key",
    )


def take_over(rooms: Rooms, folder: Path) -> HandedOver:
    """Take over what is in a folder."""
    return import_issuer(
        rooms.database,
        rooms.writer,
        rooms.stamp("operator"),
        rooms.secrets,
        file=folder / "ok.handover",
        key_file=folder / "ok.key",
    )


def as_iida_there(world: World, rooms: Rooms) -> dict[str, str]:
    """Give Iida an access key of the new installation and return the headers that show it."""
    with rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    wanted = WantedKey("x", [kemi], [], world.clock().replace(year=2027), Role.INSTRUCTOR, world.keys.iida_id)
    key = create_access_key(rooms.writer, rooms.stamp("operator"), rooms.secrets, wanted)
    return {"Authorization": f"Bearer {key}"}


def test_it_works(world: World, migrated_urls: Callable[[str], str], tmp_path: Path) -> None:
    """Keys, lists, people, credentials and journal arrive; a claim link opens; revoking and issuing go on there."""
    issued = world.issue(share={"purpose": "workplace", "expires_on": "2027-01-01"})
    done = export(world, tmp_path)
    assert done.credentials == 1
    assert stat.S_IMODE((tmp_path / "ok.key").stat().st_mode) == 0o600
    kind = world.rooms.database.engine.dialect.name.removesuffix("ql")
    with another_installation(migrated_urls(kind), world.clock) as (client, rooms):
        assert take_over(rooms, tmp_path) == done
        for link in ("claim_link", "share_link"):
            page = client.get(issued[link].removeprefix(world.rooms.base_url), headers={"Accept": "text/html"})
            assert page.status_code == 200
            assert 'class="spoken"' not in page.text  # its code was made with the secret of before
        assert client.get("/issuers/ok/did.json").json() == world.client.get("/issuers/ok/did.json").json()
        with rooms.database.read() as session:
            assert list(broken_links(session)) == []
            kemi = find_organisation(session, "kemi")
            assert find_member(session, rooms.secrets, kemi, world.keys.iida_id).name == "Iida"
            lists = session.exec(select(StatusListRow)).all()
        assert [one.closed_at is not None for one in lists] == [True]
        as_iida = as_iida_there(world, rooms)
        said = client.post("/v1/verify", content=orjson.dumps(issued["credential"])).json()
        assert said["verdict"] == "VALID"
        revoked = client.post(
            f"/v1/credentials/{issued['id']}/revoke", json={"reason": "issued-in-error"}, headers=as_iida
        )
        assert revoked.status_code in (200, 204)
        world.clock.move(seconds=5)
        said = client.post("/v1/verify", content=orjson.dumps(issued["credential"])).json()
        assert said["verdict"] == "REVOKED"


def test_issuing_goes_on_there_at_the_old_address(
    world: World, migrated_urls: Callable[[str], str], tmp_path: Path
) -> None:
    """A new badge is in a new list, whose address is where the issuer always was; it verifies there."""
    export(world, tmp_path)
    with another_installation(migrated_urls("sqlite"), world.clock) as (client, rooms):
        take_over(rooms, tmp_path)
        new = client.post("/v1/credentials", json=order(), headers=as_iida_there(world, rooms))
        assert new.status_code == 201
        credential = new.json()["credential"]
        status = credential["credentialStatus"]["statusListCredential"]
        assert status.startswith(f"{world.rooms.base_url}/issuers/ok/status/")
        assert client.post("/v1/verify", content=orjson.dumps(credential)).json()["verdict"] == "VALID"


def test_here_it_is_frozen_and_still_published(world: World, tmp_path: Path) -> None:
    """The issuer's documents are served until this installation is switched off; exporting again is possible."""
    world.issue()
    export(world, tmp_path)
    with world.rooms.database.read() as session:
        assert session.exec(select(IssuerRow.handed_over_at)).one() == world.clock()
    assert world.client.get("/issuers/ok/did.json").status_code == 200
    assert world.client.get("/issuers/ok/status/1").status_code == 200
    (tmp_path / "again").mkdir()
    assert export(world, tmp_path / "again").credentials == 1
    assert (tmp_path / "again/ok.key").read_bytes() != (tmp_path / "ok.key").read_bytes()


def test_nothing_in_the_file_is_readable(world: World, tmp_path: Path) -> None:
    """Neither a name nor a credential stands in it, and it opens with its own key only, whole and unaltered."""
    world.issue()
    export(world, tmp_path)
    archive = zipfile.ZipFile(tmp_path / "ok.handover")
    everything = b"".join(archive.read(name) for name in archive.namelist())
    # no short words: four letters stand in so much base64 by chance once in a hundred runs
    assert [word for word in (b"Kemin taitopaja", b"OpenBadgeCredential", b"instructor") if word in everything] == []
    whole, key = (tmp_path / "ok.handover").read_bytes(), (tmp_path / "ok.key").read_bytes()
    for changed_file, changed_key in (
        (whole, base64.b64encode(bytes(32))),
        (whole[:-50], key),
        (whole, b"not a key"),
        (whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:], key),
    ):
        (tmp_path / "ok.handover").write_bytes(changed_file)
        (tmp_path / "ok.key").write_bytes(changed_key)
        with pytest.raises(InvalidInput) as refused:
            take_over(world.rooms, tmp_path)
        assert refused.value.code in {"handover-key", "file-damaged"}


def test_a_slug_is_never_used_for_two(world: World, migrated_urls: Callable[[str], str], tmp_path: Path) -> None:
    """Taking over where the slug, the DID or an organisation is there already is refused, and nothing is stored."""
    export(world, tmp_path)
    with pytest.raises(Conflict, match="already an issuer"):
        take_over(world.rooms, tmp_path)
    with another_installation(migrated_urls("sqlite"), world.clock) as (_, rooms):
        create_issuer(
            rooms.writer,
            rooms.stamp("x"),
            slug="ok",
            name="Another",
            url="https://x.example",
            description=None,
            base_url=ELSEWHERE,
        )
        with pytest.raises(Conflict, match="already an issuer ok"):
            take_over(rooms, tmp_path)
        with rooms.database.read() as session:
            assert find_issuer(session, "ok").name == "Another"


def test_an_unknown_issuer_is_refused_and_no_file_is_left(world: World, tmp_path: Path) -> None:
    """A typing error freezes nothing."""
    with pytest.raises(NotFound, match="no issuer okk"):
        export(world, tmp_path, "okk")
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(("ok.", ".ok."))] == []


def test_every_table_goes_along_or_stays_on_purpose() -> None:
    """A table, or a sealed column, that a later version adds is not forgotten."""
    assert {table.name for table in handed_over_tables()} | NOT_HANDED_OVER == set(SQLModel.metadata.tables)
    sealed = {
        (table.name, column.name)
        for table in handed_over_tables()
        for column in table.c
        if column.name.startswith("sealed_")
    }
    assert sealed == set(_SEALED)


def test_revoking_here_is_refused_after_the_handover(world: World, tmp_path: Path) -> None:
    """Two installations must not say different things of one credential."""
    issued = world.issue()
    export(world, tmp_path)
    assert world.client.post("/v1/credentials", json=order(), headers=world.as_iida()).status_code in (403, 409, 422)
    revoked = world.client.post(
        f"/v1/credentials/{issued['id']}/revoke", json={"reason": "issued-in-error"}, headers=world.as_iida()
    )
    assert revoked.status_code in (403, 409, 422)


def test_a_schools_decisions_go_with_its_issuer(world: World, empty_urls: Callable[[str], str], tmp_path: Path) -> None:
    """The records open there under the other secret and say what they said; whose they were stayed where those people are."""
    college = new_college(world, own_issuer=True)
    sani = sharer(world, "digi-turva")
    made = decide(world, college, sani, link=new_link(world, sani))
    later = decide(world, college, sani, supersedes=made.id, correction="Toinen peruste.")
    (endorsement,) = world.rooms.endorsing.endorse(college.provider.organisation, later.id, actor="test")
    export(world, tmp_path, "lappia")
    kind = world.rooms.database.engine.dialect.name.removesuffix("ql")
    with another_installation(empty_urls(kind), world.clock) as (client, rooms):
        take_over(rooms, tmp_path)
        with rooms.database.read() as session:
            organisation = find_organisation(session, "lappia")
            assert provider_of(session, organisation).provider_oid == college.provider.provider_oid
            for one in (made, later):
                assert find_decision(session, rooms.secrets, organisation, one.id) == one
            rows = session.exec(select(DecisionRow)).all()
            badges = session.exec(select(DecisionBadgeRow.credential_row_id)).all()
            signed = session.exec(select(EndorsementRow)).one()
        assert {(row.participant_id, row.share_link_id) for row in rows} == {(None, None)}
        assert set(badges) == {None}
        assert (signed.credential_row_id, signed.document) == (None, endorsement.document)
        assert client.post("/v1/verify", content=endorsement.document).json()["verdict"] == "VALID"


def test_people_who_go_leave_the_schools_decisions_here(world: World, tmp_path: Path) -> None:
    """The issuer of the badges is handed over: the college's decisions are not in its file."""
    college = new_college(world, own_issuer=True)
    decide(world, college, sharer(world, "digi-turva"))
    export(world, tmp_path, "ok")
    with opened_dump(
        tmp_path / "ok.handover", KIND, _Locked(read_key(tmp_path / "ok.key"), secrets.token_bytes)
    ) as dump:
        assert list(dump.rows("decisions")) == []
        assert len(list(dump.rows("credentials"))) == 1
