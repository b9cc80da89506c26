"""The doctor: silent where all is well, and loud for each thing that is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from okbadges.issuing.forms import Form
from okbadges.operations.doctor import examine, to_examine
from okbadges.operations.duties import Duties
from okbadges.operations.plan import duties_of

if TYPE_CHECKING:
    from support.world import World

HARM = {
    "a document that was changed": "UPDATE credentials SET document = {longer}",
    "a revocation that was taken back": "UPDATE credentials SET revoked_at = NULL, revocation_reason = NULL",
    "a revocation that nobody journalled": "UPDATE credentials SET revoked_at = issued_at WHERE revoked_at IS NULL",
    "a row that is gone": "DELETE FROM credentials WHERE revoked_at IS NULL AND id NOT IN (SELECT credential_row_id FROM credential_forms)",
    "a document that is gone": "UPDATE credentials SET document = NULL WHERE revoked_at IS NULL",
    "a form that was changed": "UPDATE credential_forms SET document = {longer}",
    "an event that was changed": "UPDATE events SET details = '{{}}' WHERE number = 2",
    "an event that is gone": "DELETE FROM events WHERE chain = 'ok' AND number = 3",
    "another public key": "UPDATE signing_keys SET public_multibase = 'z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp' WHERE kind = 'ed25519'",
    "a place that was never given": "UPDATE status_lists SET next_counter = 0",
}


def wrong(world: World) -> list[str]:
    """Return what the doctor says is wrong."""
    return [f"{found.about}: {found.words} → {found.remedy}" for found in examine(world.rooms)]


@pytest.fixture
def lived(world: World) -> World:
    """Return a world with three credentials, one of them revoked, and two other forms of another."""
    revoked, shown, _ = (world.issue() for _ in range(3))
    body = {"reason": "issued-in-error"}
    world.client.post(f"/v1/credentials/{revoked['id']}/revoke", json=body, headers=world.as_iida())
    for form in Form:
        world.rooms.forms.get(shown["id"], form, actor="test")
    world.clock.move(seconds=2)
    rooms = world.rooms
    Duties(rooms.database, rooms.writer, duties_of(rooms), now=world.clock).do_what_is_due()
    return world


def test_where_all_is_well_it_says_nothing(lived: World) -> None:
    """Nothing is wrong with an installation that only okbadges has written to; it looked at everything."""
    seen: list[int] = []
    assert list(examine(lived.rooms, seen=seen.append)) == []
    there = to_examine(lived.rooms)
    assert (there.credentials, there.forms) == (3, 2)
    assert sum(seen) == 5


@pytest.mark.parametrize("harm", HARM)
def test_whatever_is_wrong_it_says_so(lived: World, harm: str) -> None:
    """Each kind of harm that somebody can do in the database is found, and a remedy is named."""
    longer = "CAST(document || ' ' AS BLOB)" if lived.rooms.database.is_sqlite else "document || decode('20', 'hex')"
    statement: Any = text(HARM[harm].format(longer=longer))
    with lived.rooms.database.engine.begin() as connection:
        assert connection.execute(statement).rowcount
    found = wrong(lived)
    assert found, harm
    assert all(words.rpartition("→ ")[2] for words in found)


def test_a_clock_that_went_back_is_found(lived: World) -> None:
    """An event of the future says that the clock is wrong, or was."""
    lived.clock.move(days=-1)
    assert any(words.startswith("clock: ") for words in wrong(lived))


def test_a_duty_that_nobody_did_is_found(lived: World) -> None:
    """An installation that is a while old and has never done its duties hears of it."""
    assert wrong(lived) == []
    lived.clock.move(days=5)
    lived.rooms.writer.write(lambda connection: connection.exec_driver_sql("DELETE FROM duties") and None)
    assert any("retention was never done" in words for words in wrong(lived))
