"""The doctor: looks at everything that is stored, and says what is wrong and what to do.

It re-verifies every credential and every other form of one with the published keys, compares each with its row and its event, rebuilds
the bits of every status list, opens every decision and verifies what schools endorsed, walks the chains of the journal, opens every key, and looks at the clock, at the duties and at webhooks. It changes
nothing: an outdated status list is signed again, as any visitor would cause it to be.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func
from sqlmodel import select

from okbadges.operations.credential_checks import credential_findings, form_findings, lost_findings
from okbadges.operations.findings import Finding
from okbadges.operations.list_checks import list_findings
from okbadges.operations.plan import duties_of
from okbadges.operations.school_checks import decision_findings, endorsement_findings
from okbadges.operations.webhook_checks import webhook_findings
from okbadges.storage.journal import CLOCKS_DIFFER
from okbadges.storage.journal_reading import broken_places, every_event, heads
from okbadges.storage.tables import CredentialFormRow, CredentialRow, DutyRow, EventHeadRow, InstallationRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from okbadges.edge.rooms import Rooms

_A_WHILE = timedelta(hours=1)
_MISSED = 3
"""After how many times its time a duty counts as forgotten."""


@dataclass(frozen=True, slots=True)
class Examined:
    """How many credentials and forms there are to look at: what a progress bar counts to."""

    credentials: int
    forms: int


def to_examine(rooms: Rooms) -> Examined:
    """Return how much there is to look at."""
    with rooms.database.read() as session:
        credentials = session.scalar(select(func.count()).select_from(CredentialRow)) or 0
        forms = session.scalar(select(func.count()).select_from(CredentialFormRow)) or 0
    return Examined(credentials, forms)


def examine(rooms: Rooms, *, seen: Callable[[int], None] = lambda _: None) -> Iterator[Finding]:
    """Yield what is wrong; ``seen`` hears how many credentials and forms have been looked at. Nothing yielded: all is well."""
    yield from _keys(rooms)
    yield from _journal(rooms)
    yield from _clock(rooms)
    yield from _duties(rooms)
    yield from webhook_findings(rooms)
    yield from list_findings(rooms)
    yield from lost_findings(rooms)
    yield from credential_findings(rooms, seen)
    yield from form_findings(rooms, seen)
    yield from decision_findings(rooms)
    yield from endorsement_findings(rooms)


def _keys(rooms: Rooms) -> Iterator[Finding]:
    with rooms.database.read() as session:
        for words in rooms.keyring.check(session):
            yield Finding(
                "key",
                words,
                "Whoever could write to the database may have put another key there. Compare it with a backup; until then verify "
                "nothing with it and issue nothing.",
            )


def _journal(rooms: Rooms) -> Iterator[Finding]:
    with rooms.database.read() as session:
        for words in broken_places(every_event(session), {one.chain: one for one in heads(session, now=rooms.now())}):
            yield Finding(
                "journal",
                words,
                "Keep this database as it is, and compare its journal with the second place: okbadges second-place check",
            )


def _clock(rooms: Rooms) -> Iterator[Finding]:
    now = rooms.now()
    with rooms.database.read() as session:
        newest = session.scalar(select(func.max(EventHeadRow.at)))
    if newest is not None and newest > now + CLOCKS_DIFFER:
        yield Finding(
            "clock",
            f"The newest event is of {newest:%Y-%m-%d %H:%M} UTC, and this machine says {now:%Y-%m-%d %H:%M} UTC.",
            "Set the clock right; until then nothing can be changed.",
        )


def _duties(rooms: Rooms) -> Iterator[Finding]:
    now = rooms.now()
    with rooms.database.read() as session:
        began = session.get_one(InstallationRow, 1).created_at
    for duty in duties_of(rooms):
        with rooms.database.read() as session:
            row = session.get(DutyRow, duty.name)
        last = row.last_run_at if row else None
        since = last or began
        if now - since <= max(duty.every * _MISSED, _A_WHILE):
            continue
        done = f"was last done on {last:%Y-%m-%d %H:%M} UTC" if last else "was never done"
        yield Finding(
            "duty",
            f"The duty {duty.name} {done}. It said: {row.report if row else 'nothing'}",
            "Does the server run (okbadges serve)? Its log says what the duty met.",
        )
