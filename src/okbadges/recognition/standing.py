"""What stands: of one school at most one decision about one person and one matter, whichever link showed the badges.

A person is everybody in one passport. A matter is an area in all generations of the requirements, or a vocational unit or a part of TUVA by
its URI. A withdrawal ends what stood, and stands for nothing itself. Where passports were joined that had a decision each, the newest is the one that stands. A decision of which nobody knows any more
whose it was is about nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_
from sqlmodel import col, select

from okbadges.errors import Conflict
from okbadges.recognition.record import Decided
from okbadges.storage.successions import is_replaced
from okbadges.storage.tables import DecisionRow, ParticipantRow

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection

    from sqlalchemy import Connection
    from sqlmodel.sql.expression import SelectOfScalar

    from okbadges.catalogue.units import Generations, Place
    from okbadges.organisations.workshops import Organisation


class DecidedMeanwhile(Conflict):
    """Another decision stands about the same person and matter: ``decision``, in whose place a new one can come."""

    def __init__(self, decision: uuid.UUID) -> None:
        """Keep which decision stands."""
        super().__init__(
            "decided-meanwhile",
            "Your school decided about this already; a new decision comes in the place of that one.",
            field="supersedes",
        )
        self.decision = decision


def one_matter(units: Generations, target_uri: str) -> frozenset[str]:
    """Return the URIs of a matter: those of an area in every generation, or that of anything else."""
    first = {_first(units, one) for one in units.places() if one.area.uri == target_uri}
    return frozenset({target_uri, *(one.area.uri for one in units.places() if first and _first(units, one) in first)})


def standing_decision(
    connection: Connection, organisation: Organisation, participant_id: uuid.UUID | None, matter: Collection[str]
) -> uuid.UUID | None:
    """Return the school's decision that stands about this person and a matter (its URIs); None while there is none."""
    if participant_id is None:
        return None
    found = connection.execute(
        select(DecisionRow.id)
        .where(
            DecisionRow.organisation_id == organisation.id,
            col(DecisionRow.participant_id).in_(same_person(participant_id)),
            col(DecisionRow.target_uri).in_(matter),
            DecisionRow.decided != Decided.WITHDRAWN.value,
            ~is_replaced(DecisionRow),
        )
        .order_by(col(DecisionRow.decided_at).desc(), col(DecisionRow.id).desc())
        .limit(1)
    ).first()
    return found.id if found else None


def require_place(
    connection: Connection,
    organisation: Organisation,
    participant_id: uuid.UUID | None,
    matter: Collection[str],
    *,
    supersedes: uuid.UUID | None,
) -> None:
    """Raise `DecidedMeanwhile` inside a change where a decision stands that a new one does not supersede."""
    found = standing_decision(connection, organisation, participant_id, matter)
    if found is not None and found != supersedes:
        raise DecidedMeanwhile(found)


def same_person(participant_id: uuid.UUID) -> SelectOfScalar[uuid.UUID]:
    """Return the query for everybody in the passport of a participant, who may have none."""
    passport = select(ParticipantRow.passport_id).where(ParticipantRow.id == participant_id).scalar_subquery()
    return select(ParticipantRow.id).where(
        or_(col(ParticipantRow.id) == participant_id, col(ParticipantRow.passport_id) == passport)
    )


def _first(units: Generations, place: Place) -> str:
    """Return the URI of the earliest area whose place this one took."""
    while (earlier := units.before(place)) is not None:
        place = earlier
    return place.area.uri
