"""The checker of the invariants sees what it is there to see: each kind of damage is told by the number of its invariant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

if TYPE_CHECKING:
    from invariants.promises import Installation

DAMAGE = {
    "a credential is gone": ("DELETE FROM credentials WHERE revoked_at IS NULL", {"I1", "I6"}),
    "its bytes are others": ("UPDATE credentials SET document = :other WHERE revoked_at IS NULL", {"I1", "I3", "I7"}),
    "its key is forgotten": ("UPDATE credentials SET repeat_hash = NULL WHERE revoked_at IS NULL", {"I2"}),
    "it has another place": ("UPDATE credentials SET status_index = status_index + 1 WHERE revoked_at IS NULL", {"I3"}),
    "a counter went back": ("UPDATE status_lists SET next_counter = 0", {"I3"}),
    "a revocation is taken back": ("UPDATE credentials SET revoked_at = NULL", {"I5", "I6", "I8"}),
    "an event is gone": ("DELETE FROM events WHERE action = 'credential.issued'", {"I6"}),
    "an event says something else": ("UPDATE events SET details = '{}' WHERE action = 'credential.issued'", {"I6"}),
    "a list does not know of a revocation": (
        "UPDATE credentials SET revoked_at = issued_at WHERE revoked_at IS NULL",
        {"I6", "I8"},
    ),
    "the keys are others": ("UPDATE signing_keys SET number = number + 10", {"I7"}),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_damage_is_told(installation: Installation, what: str) -> None:
    """Before the damage nothing is wrong; after it, at least these invariants are."""
    process = installation.start()
    installation.issue(process, "stays")
    other = installation.send(process, "revoked").json()
    installation.revoke(process, other["id"])
    assert installation.violations() == []
    statement, expected = DAMAGE[what]
    # the bytes of the one credential in the place of the other's
    swap = text(statement.replace(":other", "(SELECT document FROM credentials WHERE revoked_at IS NOT NULL)"))
    process.rooms.writer.write(lambda connection: connection.execute(swap))
    told = {wrong.partition(":")[0] for wrong in installation.violations()}
    assert told >= expected, told


def test_what_clients_may_not_see_is_told(installation: Installation) -> None:
    """A repeat with other bytes, a second time of revocation and a lost answer are violations, whatever the database says."""
    process = installation.start()
    answer = installation.send(process, "the-key").content
    installation.ledger.was_issued("the-key", answer + b" ")
    installation.ledger.was_revoked("urn:uuid:1", "2026-01-01T00:00:00+00:00")
    installation.ledger.was_revoked("urn:uuid:1", "2026-01-02T00:00:00+00:00")
    told = [wrong.partition(":")[0] for wrong in installation.violations()]
    assert told == ["I2", "I5", "I5"]
