"""Many processes issue at once on one database, and every credential gets a place of its own."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from crash.clients import order_for
from crash.invariants import violations
from crash.ledger import Ledger
from crash.place import prepared_place
from crash.processes import Task, issue_from_many
from crash.scenario import Outcome
from okbadges.building import utc_now

if TYPE_CHECKING:
    from crash.place import Kind


def issue_at_once(kind: Kind, *, issues: int, processes: int) -> Outcome:
    """Prepare a database, issue from that many processes, and check the whole."""
    outcome, ledger = Outcome(f"{kind}, {processes} issue at once"), Ledger()
    begun = time.monotonic()
    with prepared_place(kind) as place:
        door = place.door()
        tasks = [
            Task(
                database_url=place.database_url,
                base_url=place.base_url,
                now=utc_now().isoformat(),
                access_key=door.access_key,
                order=order_for("k0", door.awarded_on),
                keys=tuple(f"{process}-{number}" for number in range(process, issues, processes)),
            )
            for process in range(processes)
        ]
        for key, status, body in issue_from_many(tasks, place.folder):
            ledger.sends(key)
            if status == 201:
                ledger.was_issued(key, body)
            else:
                ledger.saw(f"answers: {key} was answered {status} {body[:300].decode(errors='replace')}")
        with place.rooms() as rooms:
            outcome.wrong = violations(rooms, ledger)
    outcome.counts(ledger)
    outcome.seconds = time.monotonic() - begun
    return outcome
