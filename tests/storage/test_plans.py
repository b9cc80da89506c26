"""Every listing goes by an index: the plans of the statements that the product sends while everything is asked for that can be asked for.

A table that grows with what people learn is never gone through from end to end to answer somebody. What goes over everything on purpose
(a backup, the doctor) and what has a few rows for an installation is named here, with the reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from okbadges.operations import retention
from okbadges.operations.backup import make_backup
from okbadges.operations.dispatch import sending_of
from okbadges.operations.doctor import examine
from okbadges.operations.second_place import copy_new
from okbadges.organisations.periods import Periods
from okbadges.organisations.workshops import find_organisation
from okbadges.recognition.statistics import badge_statistics
from support.described import filled, operations, read, send
from support.every_page import lay_ground
from support.furnished import furnish
from support.passport import browser, open_with
from support.statements import statements_of, walks
from support.world import BASE_URL

if TYPE_CHECKING:
    from pathlib import Path

    from support.every_page import Ground
    from support.furnished import Furnished
    from support.statements import Walk
    from support.world import World

pytestmark = pytest.mark.long

FEW_ROWS = {
    "installation": "one row",
    "issuers": "a name of its own for each, made by an operator",
    "organisations": "some hundreds in a country, made by an operator",
    "workshops": "a few for each organisation",
    "badge_versions": "the catalogue, some hundreds",
    "badge_images": "the same",
    "signing_keys": "a few for each issuer in its whole life",
    "event_heads": "one for each chain",
    "status_lists": "one for 131 072 credentials",
    "duties": "one for each kind of work",
    "failures": "only those of the last hours",
    "webhooks": "a few for each organisation",
    "education_providers": "one for each school",
    "outgoing_mails": "only letters that are on their way",
    "members": "who works for the organisations; asked by a duty alone",
    "oauth_tokens": "those of the last month; gone through by a duty alone",
    "oauth_clients": "programs that somebody let in; asked by a duty alone, which forgets the others after a month",
}
OVER_EVERYTHING = {
    "storage/rows.py": "a backup and a handover hold every row",
    "storage/journal_reading.py": "whether a chain is whole is known when every event was read",
    "operations/credential_checks.py": "the doctor verifies every credential, page by page",
    "operations/school_checks.py": "the same for decisions and endorsements",
    "operations/doctor.py": "a progress bar counts to all of them",
}
OF_SOME = frozenset({"ix_credentials_with_note", "ix_share_links_with_name", "ix_wallet_offers_not_taken"})
"""Indexes of only those rows that a duty will clear: all that are in them may be gone through."""
MORE = ("since=2026-11-01", "since=2026-11-01T00:00:00Z", "after=1", "action=credential.issued", "subject=urn:uuid:1")


def test_every_listing_goes_by_an_index(world: World, tmp_path: Path) -> None:
    """No statement of the API, of the pages, of duties or of webhooks goes through a table that grows."""
    engine = world.rooms.database.engine
    with statements_of(engine) as sent:
        there = furnish(world)
        _read_everything(world, there)
        _work(world, tmp_path)
    assert len(sent) > 200
    with engine.connect() as connection:
        bad = [walk for statement in sent.values() for walk in walks(connection, statement) if _is_bad(walk)]
    assert not bad, f"{len(bad)} walks\n" + "\n".join(sorted(walk.in_words() for walk in bad))


def test_every_page_goes_by_an_index(world: World) -> None:
    """No page goes through a table that grows, nor what people do before they get there."""
    engine = world.rooms.database.engine
    with statements_of(engine) as sent:
        _open_every_page(world, lay_ground(world, BASE_URL))
    assert len(sent) > 200
    with engine.connect() as connection:
        bad = [walk for statement in sent.values() for walk in walks(connection, statement) if _is_bad(walk)]
    assert not bad, f"{len(bad)} walks\n" + "\n".join(sorted(walk.in_words() for walk in bad))


def _is_bad(walk: Walk) -> bool:
    return (
        walk.table not in FEW_ROWS
        and not OF_SOME & set(walk.how.split())
        and walk.statement.caused_by.rpartition(":")[0] not in OVER_EVERYTHING
    )


def _read_everything(world: World, there: Furnished) -> None:
    """Make every call of the reference that reads, as everybody, also only what is new and the page after one."""
    for operation in operations(world):
        call = filled(read(operation.curl), operation, there.stands_for)
        if call.method != "GET":
            continue
        for key in there.keys:
            send(world, call, key, there.files)
            for more in MORE:
                joined = f"{call.url}{'&' if '?' in call.url else '?'}{more}"
                world.client.get(joined, headers=key)


def _work(world: World, folder: Path) -> None:
    """Do what is done without anybody asking, and what an operator asks for."""
    rooms = world.rooms
    sending = sending_of(rooms)
    sending.read_on()
    with rooms.database.read() as session:
        retention.due(session, Periods(), now=rooms.now())
        badge_statistics(session, find_organisation(session, "kemi"))
    retention.run(rooms.writer, rooms.stamp("duty"), Periods(), last_run_at=None)
    (folder / "second").mkdir()
    for _ in range(2):
        copy_new(rooms.database, rooms.secrets, folder / "second", now=rooms.now(), random_bytes=rooms.random_bytes)
    list(examine(rooms))
    make_backup(rooms.database, folder / "backup.zip", now=rooms.now())


def _open_every_page(world: World, ground: Ground) -> None:
    # Veera's passport asks for a PIN: hers shows nothing that the others do not
    guests = {who: open_with(world, card) for who, card in ground.cards.items() if who != "veera"}
    for who, (name, value) in ground.cookies.items():
        guests[who] = browser(world)
        guests[who].cookies.set(name, value)
    guests["guest"] = browser(world)
    for address in ground.addresses.values():
        path = urlsplit(address).path
        for guest in guests.values() if path.startswith("/") else ():
            guest.get(path)
    for guest in guests.values():
        for path in (
            "/passport",
            "/passport/settings",
            "/workshop",
            "/workshop/me",
            "/decisions",
            "/verify",
            "/badges",
        ):
            guest.get(path)
