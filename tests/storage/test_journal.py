"""The journal: a hash chain per issuer that shows every change, and every tampering with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from support.journal import broken_links

if TYPE_CHECKING:
    from support.world import World


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE events SET actor = 'nobody' WHERE action = 'organisation.created'",
        "UPDATE events SET details = '{}' WHERE action = 'access-key.created'",
        "DELETE FROM events WHERE action = 'key.added'",
        "DELETE FROM events WHERE number = (SELECT max(number) FROM events WHERE chain = 'ok') AND chain = 'ok'",
        "UPDATE event_heads SET event_hash = 'x' WHERE chain = 'ok'",
        "UPDATE events SET at = '2020-01-01 00:00:00' WHERE action = 'issuer.created'",
    ],
)
def test_tampering_breaks_the_chain(world: World, tampering: str) -> None:
    """A row that is altered or taken out, at the end too, is found."""
    world.issue()
    with world.rooms.database.read() as session:
        assert list(broken_links(session)) == []
    with world.rooms.database.engine.begin() as connection:
        assert connection.execute(text(tampering)).rowcount >= 1
    with world.rooms.database.read() as session:
        assert list(broken_links(session)) != []


def test_no_event_holds_anything_about_a_person(world: World) -> None:
    """Events hold ids, codes and hashes: no workshop, no participant, no badge of a person, no day of award."""
    issued = world.issue()
    world.client.post(f"/v1/credentials/{issued['id']}/revoke", json={"reason": "replaced"}, headers=world.as_iida())
    with world.rooms.database.read() as session:
        rows = session.execute(text("SELECT subject, details FROM events WHERE action LIKE 'credential.%'")).all()
    said = str(rows)
    assert len(rows) == 2
    for private in (issued["participant"], "kahvila", "digi-turva", "2026-11-20"):
        assert private not in said
