"""``/v1/credentials``: issue, look up. What corrects them is in `okbadges.web.corrections`."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Annotated

import orjson
from fastapi import Header, Request, Response
from pydantic import BaseModel, Field, JsonValue, ValidationError

from okbadges.catalogue.published import EvidenceKind
from okbadges.catalogue.texts import Language
from okbadges.corrections.records import find_record
from okbadges.edge.access import CallerOf, act_at_once
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf, rooms_of
from okbadges.edge.routing import Router
from okbadges.edge.straight import Road
from okbadges.edge.strict_requests import StrictRequest, StrictRoute
from okbadges.errors import MalformedInput
from okbadges.issuing.order import Order, Purpose, Share
from okbadges.organisations.roles import Scope
from okbadges.progress.observation import Observation, ObservedBy
from okbadges.web.bodies import CredentialId, Day, StrictBody
from okbadges.web.records import CredentialAnswer, record_answer

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms
    from okbadges.issuing.answers import Issued
    from okbadges.organisations.callers import Caller

router = Router(prefix="/v1/credentials", tags=["credentials"], route_class=StrictRoute)

CLAIM_LINK = (
    "For the participant, who has no card yet: the badge is theirs to take there. Once a card opens their passport the link "
    "answers 410 `claim-in-passport`, and the badge is in the passport"
)


class ShareRequest(StrictBody):
    """A share link to make together with the credential, for a participant who is there; they see it and can take it back.

    Leave it out otherwise: then they decide on the badge themselves, and make the link in their passport.
    """

    purpose: Purpose = Field(examples=["study-plan"])
    expires_on: Day = Field(description="The last day on which the link opens, at most a year away")
    agreed: Annotated[bool, Field(strict=True)] = Field(
        default=False,
        examples=[True],
        description="true: the participant said, to you and now, that they take the badge and want this link; of one for a study plan, "
        "also that a school may decide on what it shows and keeps its decision. It is recorded as their consent. Needed with every `share`",
    )

    def share(self) -> Share:
        """Return the link that is wanted."""
        return Share(self.purpose, self.expires_on, self.agreed)


class ObservationRequest(StrictBody):
    """Who saw the competence, by role and never by name. Kept beside the credential for the teacher, never signed."""

    observed_by: ObservedBy = Field(examples=["instructor"])
    methods: list[EvidenceKind] = Field(min_length=1, max_length=7, examples=[["observation", "work-sample"]])
    occasions: int = Field(strict=True, ge=1, le=1000, examples=[3])
    observed_from: Day | None = None
    observed_until: Day | None = None

    def observation(self) -> Observation:
        """Return what was observed."""
        return Observation(
            self.observed_by, tuple(self.methods), self.occasions, self.observed_from, self.observed_until
        )


class IssueRequest(StrictBody):
    """One badge for one participant."""

    badge: str = Field(
        max_length=64, examples=["digi-turva"], description="Slug of the badge; the newest version is issued"
    )
    organisation: str = Field(max_length=64, examples=["demo-kemi"])
    workshop: str = Field(max_length=64, examples=["kahvila"])
    participant: uuid.UUID | None = Field(
        default=None, description="Leave out for somebody new: they get a random id and nothing else"
    )
    language: Language = Field(examples=["fi"])
    awarded_on: Day = Field(description="The day it was earned; the credential itself says only the month")
    valid_until: Day | None = Field(
        default=None, description="The last day it is valid; leave out for a badge that does not end"
    )
    award_language: str | None = Field(
        default=None, pattern="^[a-z]{2,3}$", description="Only for badges that record which language was used"
    )
    share: ShareRequest | None = None
    observation: ObservationRequest | None = Field(
        default=None,
        examples=[{"observed_by": "instructor", "methods": ["observation"], "occasions": 2}],
        description="Leave out where it follows from the participant's ticked steps",
    )
    criteria_met: bool = Field(
        default=False,
        strict=True,
        examples=[True],
        description="The instructor's word that every criterion is met; needed unless every step of the badge is ticked",
    )

    def order(self) -> Order:
        """Return the order that this request makes."""
        return Order(
            badge=self.badge,
            organisation=self.organisation,
            workshop=self.workshop,
            participant=self.participant,
            language=self.language,
            awarded_on=self.awarded_on,
            valid_until=self.valid_until,
            award_language=self.award_language,
            share=self.share.share() if self.share else None,
            observation=self.observation.observation() if self.observation else None,
            criteria_met=self.criteria_met,
        )


class IssuedAnswer(BaseModel):
    """The issued credential and the links to hand over. A repeat of the request gets the same bytes."""

    id: str = Field(examples=["urn:uuid:6f2d1c1e-0d5a-4f0e-9d5b-1c8a2f7e4b11"])
    badge: str
    badge_version: int
    participant: uuid.UUID
    claim_link: str = Field(description=CLAIM_LINK)
    share_link: str | None = Field(description="For others; only when `share` was asked for")
    credential: dict[str, JsonValue] = Field(description="The signed OpenBadgeCredential, byte for byte as stored")


@router.post("", status_code=201, response_model=IssuedAnswer, responses=responses(400, 401, 403, 409, 413, 422, 503))
async def issue_credential(
    request: IssueRequest,
    caller: CallerOf,
    rooms: RoomsOf,
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="A repeat with the same key and body gets the same answer, and nothing is issued twice",
            examples=["group-4-2026-11-21-digi-turva-1"],
        ),
    ] = None,
) -> Response:
    """Issue a badge to a participant (scope ``credentials:issue``)."""
    return await _issued(rooms, request.order(), caller, idempotency_key)


async def _issue(request: Request) -> Response | None:
    """Answer an order that is well formed in every respect; anything else is for the route, which says what is wrong."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key or request.headers.get("content-type") != "application/json":
        return None
    try:
        order = IssueRequest.model_validate(await StrictRequest.json_of(request)).order()
    except (MalformedInput, ValidationError):
        return None
    rooms, repeat_key = rooms_of(request), request.headers.get("idempotency-key")

    return await act_at_once(
        request, rooms, key.strip(), lambda caller, as_of: _issued(rooms, order, caller, repeat_key, as_of=as_of)
    )


async def _issued(
    rooms: Rooms, order: Order, caller: Caller, repeat_key: str | None, *, as_of: int | None = None
) -> Response:
    return issued_answer(await rooms.together.issue(order, caller=caller, repeat_key=repeat_key, as_of=as_of))


ROADS = (Road("POST", "/v1/credentials", _issue),)


@router.get("/{credential_id}", response_model=CredentialAnswer, responses=responses(401, 403, 404, 503))
def read_credential(credential_id: CredentialId, caller: CallerOf, rooms: RoomsOf) -> Response:
    """Look up a credential of one of the key's organisations (scope ``credentials:read``)."""
    caller.require(Scope.READ)
    with rooms.database.read() as session:
        found = find_record(session, credential_id, caller=caller)
        return record_answer(found, rooms.secrets, reads_notes=caller.member_id is not None)


def issued_answer(issued: Issued, **more: str) -> Response:
    """Answer an `IssuedAnswer`, the document as the very bytes that were signed."""
    facts = {
        "id": issued.credential_id,
        "badge": issued.badge,
        "badge_version": issued.badge_version,
        "participant": issued.participant,
        "claim_link": issued.claim_link,
        "share_link": issued.share_link,
        **more,
        "credential": orjson.Fragment(issued.document),
    }
    return Response(orjson.dumps(facts), 201, media_type="application/json")
