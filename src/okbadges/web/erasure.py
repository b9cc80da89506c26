"""``/v1/participants/{id}/erase``: what the organisation keeps about a participant goes, for good."""

from __future__ import annotations

import uuid
from dataclasses import asdict

from pydantic import BaseModel, Field

from okbadges.edge.access import CallerOf  # noqa: TC001 - FastAPI reads the annotations at run time
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - the same
from okbadges.edge.routing import Router
from okbadges.edge.strict_requests import StrictRoute
from okbadges.errors import InvalidInput
from okbadges.organisations.roles import Scope
from okbadges.passport.elsewhere import new_homes
from okbadges.passport.erasure import erase_participant, organisation_of
from okbadges.web.bodies import StrictBody
from okbadges.web.participant_ids import ParticipantId  # noqa: TC001 - the same

router = Router(prefix="/v1/participants", tags=["participants"], route_class=StrictRoute)


class EraseRequest(StrictBody):
    """The id once more: nobody is erased by a slip."""

    participant: uuid.UUID = Field(description="The same id as in the address")


class ElsewhereAnswer(BaseModel):
    """Where an issuer is now that was handed over: what went there is erased there."""

    issuer: str = Field(description="Its name")
    home_url: str = Field(description="Where it is", examples=["https://badges.example"])


class ErasedAnswer(BaseModel):
    """How much was emptied or deleted. What the participant carried away still verifies, and can still be revoked."""

    participant: uuid.UUID
    credentials: int
    forms: int
    share_links: int
    ticked_steps: int
    confirmations: int
    evidence: int
    reflections: int
    consents: int
    group_stays: int
    decisions: int = Field(description="Of schools: they stay with the school, and no longer say whose they were")
    endorsements: int
    elsewhere: ElsewhereAnswer | None = Field(
        description="Not null where the issuer was handed over: let its new home erase the participant too"
    )


@router.post("/{participant_id}/erase", responses=responses(400, 401, 403, 404, 413, 422, 503))
def erase(
    participant_id: ParticipantId,
    request: EraseRequest,
    caller: CallerOf,
    rooms: RoomsOf,
) -> ErasedAnswer:
    """Erase a participant for good (scope ``organisation:administer``). It cannot be undone, not even from a backup.

    Of an issuer that was handed over goes what is still here; the answer says where the rest is erased.
    """
    caller.require(Scope.ADMINISTER)
    with rooms.database.read() as session:
        organisation = organisation_of(session, participant_id, caller.organisations.values())
    if request.participant != participant_id:
        raise InvalidInput("confirmation-differs", "Repeat the id that is in the address.", field="participant")
    stamp = rooms.stamp(caller.actor)
    erased = erase_participant(rooms.writer, stamp, organisation=organisation, participant_id=participant_id)
    with rooms.database.read() as session:
        homes = [
            ElsewhereAnswer(issuer=one.issuer, home_url=one.home_url) for one in new_homes(session, [organisation.id])
        ]
    return ErasedAnswer(participant=participant_id, **asdict(erased), elsewhere=next(iter(homes), None))
