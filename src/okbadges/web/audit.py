"""``/v1/audit``: the journal of the issuers under which an organisation issues, for its auditor."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import orjson
from fastapi import Query
from pydantic import BaseModel, Field

from okbadges.edge.access import CallerOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - the same
from okbadges.edge.routing import Router
from okbadges.edge.strict_requests import StrictRoute
from okbadges.errors import InvalidInput, NotFound
from okbadges.organisations.roles import Scope
from okbadges.storage.journal_reading import Wanted, chains_of, page_of
from okbadges.storage.tables import EventRow  # noqa: TC001 - the same
from okbadges.web.lists import Limit, Since  # noqa: TC001 - FastAPI reads the annotation at run time

router = Router(prefix="/v1/audit", tags=["audit"], route_class=StrictRoute)

_LARGEST_NUMBER = 2**31 - 1
_Word = Annotated[str | None, Query(max_length=200)]


class EventAnswer(BaseModel):
    """One change of state."""

    number: int = Field(description="Its place in the chain, from 1 on and without gaps")
    at: datetime
    actor: str = Field(
        examples=["access-key:mfzwk4tu"], description="Who: an access key by its prefix, or the operator"
    )
    action: str = Field(examples=["credential.issued"])
    subject: str = Field(examples=["urn:uuid:6f2d1c1e-0d5a-4f0e-9d5b-1c8a2f7e4b11"])
    details: dict[str, str | int | None] = Field(description="Codes, ids, hashes and numbers; nothing about a person")
    previous_hash: str
    event_hash: str


class EventsAnswer(BaseModel):
    """One page of a chain, oldest first."""

    chain: str = Field(examples=["ok"], description="The issuer's slug")
    events: list[EventAnswer]
    next: int | None = Field(description="Ask for the next page with `after` set to this; null: the last page")


@router.get("/events", summary="Read the journal", responses=responses(401, 403, 404, 422, 429, 503))
def read_events(
    caller: CallerOf,
    rooms: RoomsOf,
    chain: Annotated[
        str | None, Query(max_length=64, description="Which issuer's; may be left out with one issuer")
    ] = None,
    subject: _Word = None,
    action: _Word = None,
    since: Since = None,
    after: Annotated[int, Query(ge=0, le=_LARGEST_NUMBER)] = 0,
    limit: Limit = 50,
) -> EventsAnswer:
    """Read what was changed, by whom and when, in the chains of your issuers (scope ``audit:read``), also only ``since`` a time."""
    caller.require(Scope.AUDIT)
    with rooms.database.read() as session:
        its = {organisation.issuer_id for organisation in caller.organisations.values()}
        wanted = _chosen(chain, chains_of(session, its))
        rows = page_of(session, wanted, Wanted(subject, action, since), after=after, limit=limit + 1)
    page = rows[:limit]
    return EventsAnswer(
        chain=wanted, events=[_event(row) for row in page], next=page[-1].number if len(rows) > limit else None
    )


def _chosen(chain: str | None, own: list[str]) -> str:
    """Return which chain to read. Raises `NotFound` for one of others, `InvalidInput` where one of several must be named."""
    if chain is None and len(own) != 1:
        raise InvalidInput("chain-missing", f"Say which chain: {', '.join(own)}.", field="chain")
    if chain is not None and chain not in own:
        raise NotFound("unknown-chain", "Your organisations have no such chain.", field="chain")
    return chain or own[0]


def _event(row: EventRow) -> EventAnswer:
    return EventAnswer(**{**row.model_dump(exclude={"id", "chain"}), "details": orjson.loads(row.details)})
