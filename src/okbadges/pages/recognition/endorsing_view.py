"""What a school signed about a decision, and whether there is something to sign: for the decision's page, and for the page that signs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.errors import Conflict
from okbadges.recognition.endorsements import endorsements_of_decision
from okbadges.recognition.endorsing import to_endorse

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms
    from okbadges.pages.recognition.frame import Reader
    from okbadges.recognition.record import DecisionRecord


@dataclass(frozen=True, slots=True)
class EndorsingView:
    """What was signed about a decision, by the ids of the credentials, and why nothing can be signed, where nothing can."""

    made: tuple[str, ...]
    why_not: Conflict | None

    @property
    def is_offered(self) -> bool:
        """Tell whether there is something to sign, and nothing signed yet."""
        return self.why_not is None and not self.made


def endorsing_view(rooms: Rooms, reader: Reader, record: DecisionRecord) -> EndorsingView:
    """Return what the school has signed about a decision, and whether there is something to sign."""
    with rooms.database.read() as session:
        made = endorsements_of_decision(session, record.id)
        try:
            to_endorse(session, reader.school, record)
        except Conflict as refused:
            cannot: Conflict | None = refused
        else:
            cannot = None
    return EndorsingView(tuple(one.credential_id for one in made), cannot)
