"""``/v1/credentials``: issue, look up, revoke."""

from __future__ import annotations

import re
import uuid
from datetime import date, datetime
from typing import Annotated

import orjson
from fastapi import APIRouter, Header, Path, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

from okbadges.catalogue.published import EvidenceKind
from okbadges.catalogue.texts import Language
from okbadges.edge.access import CallerOf  # noqa: TC001 - the same
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - the same
from okbadges.edge.strict_requests import StrictRoute
from okbadges.issuing.order import Observation, ObservedBy, Order, Purpose, Share
from okbadges.issuing.revoke import Reason, Record, find_record, revoke
from okbadges.organisations.roles import Scope

router = APIRouter(prefix="/v1/credentials", tags=["credentials"], route_class=StrictRoute)


_CredentialId = Annotated[
    str, Path(description="The credential's id", examples=["urn:uuid:6f2d1c1e-0d5a-4f0e-9d5b-1c8a2f7e4b11"])
]


def _written_as_date(value: object) -> object:
    """Let through only what is written as a date: a number of seconds or a time of day is not guessed into one."""
    if isinstance(value, str) and _ISO_DATE.fullmatch(value):
        return value
    msg = "Write a date as YYYY-MM-DD"
    raise ValueError(msg)


_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_Day = Annotated[date, BeforeValidator(_written_as_date)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ShareRequest(_Request):
    """A share link to make together with the credential; the participant sees it and can take it back."""

    purpose: Purpose = Field(examples=["study-plan"])
    expires_on: _Day = Field(description="The last day on which the link opens, at most a year away")


class ObservationRequest(_Request):
    """Who saw the competence, by role and never by name. Kept beside the credential for the teacher, never signed."""

    observed_by: ObservedBy = Field(examples=["instructor"])
    methods: list[EvidenceKind] = Field(min_length=1, max_length=7, examples=[["observation", "work-sample"]])
    occasions: int = Field(strict=True, ge=1, le=1000, examples=[3])
    observed_from: _Day | None = None
    observed_until: _Day | None = None


class IssueRequest(_Request):
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
    awarded_on: _Day = Field(description="The day it was earned; the credential itself says only the month")
    valid_until: _Day | None = Field(
        default=None, description="The last day it is valid; leave out for a badge that does not end"
    )
    award_language: str | None = Field(
        default=None, pattern="^[a-z]{2,3}$", description="Only for badges that record which language was used"
    )
    share: ShareRequest | None = None
    observation: ObservationRequest | None = None

    def order(self) -> Order:
        """Return the order that this request makes."""
        share = Share(self.share.purpose, self.share.expires_on) if self.share else None
        seen = self.observation
        return Order(
            badge=self.badge,
            organisation=self.organisation,
            workshop=self.workshop,
            participant=self.participant,
            language=self.language,
            awarded_on=self.awarded_on,
            valid_until=self.valid_until,
            award_language=self.award_language,
            share=share,
            observation=Observation(
                seen.observed_by, tuple(seen.methods), seen.occasions, seen.observed_from, seen.observed_until
            )
            if seen
            else None,
        )


class IssuedAnswer(BaseModel):
    """The issued credential and the links to hand over. A repeat of the request gets the same bytes."""

    id: str = Field(examples=["urn:uuid:6f2d1c1e-0d5a-4f0e-9d5b-1c8a2f7e4b11"])
    badge: str
    badge_version: int
    participant: uuid.UUID
    claim_link: str = Field(description="For the participant")
    share_link: str | None = Field(description="For others; only when `share` was asked for")
    credential: dict[str, JsonValue] = Field(description="The signed OpenBadgeCredential, byte for byte as stored")


class CredentialAnswer(BaseModel):
    """What the organisation that awarded a credential may know of it."""

    id: str
    badge: str
    badge_version: int
    participant: uuid.UUID
    language: str
    awarded_on: date
    valid_until: date | None
    issued_at: datetime
    revoked_at: datetime | None
    revocation_reason: Reason | None
    credential: dict[str, JsonValue]


class RevokeRequest(_Request):
    """Why it is revoked; only the issuing organisation sees the reason."""

    reason: Reason = Field(examples=["issued-in-error"])


@router.post("", status_code=201, response_model=IssuedAnswer, responses=responses(400, 401, 403, 409, 413, 422, 503))
def issue_credential(
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
    issued = rooms.issuing.issue(request.order(), caller=caller, repeat_key=idempotency_key)
    facts = {
        "id": issued.credential_id,
        "badge": issued.badge,
        "badge_version": issued.badge_version,
        "participant": issued.participant,
        "claim_link": issued.claim_link,
        "share_link": issued.share_link,
        "credential": orjson.Fragment(issued.document),
    }
    return Response(orjson.dumps(facts), 201, media_type="application/json")


@router.get("/{credential_id}", response_model=CredentialAnswer, responses=responses(401, 403, 404, 503))
def read_credential(credential_id: _CredentialId, caller: CallerOf, rooms: RoomsOf) -> Response:
    """Look up a credential of one of the key's organisations (scope ``credentials:read``)."""
    caller.require(Scope.READ)
    with rooms.database.read() as session:
        return _answer(find_record(session, credential_id, caller=caller))


@router.post(
    "/{credential_id}/revoke", response_model=CredentialAnswer, responses=responses(400, 401, 403, 404, 413, 422, 503)
)
def revoke_credential(
    credential_id: _CredentialId, request: RevokeRequest, caller: CallerOf, rooms: RoomsOf
) -> Response:
    """Revoke a credential for good (scope ``credentials:revoke``); a second time changes nothing."""
    caller.require(Scope.REVOKE)
    with rooms.database.read() as session:
        record = find_record(session, credential_id, caller=caller)
    revoke(rooms.writer, rooms.stamp(caller.actor), record.credential_id, request.reason)
    with rooms.database.read() as session:
        return _answer(find_record(session, record.credential_id, caller=caller))


def _answer(record: Record) -> Response:
    facts = {
        "id": record.credential_id,
        "badge": record.badge,
        "badge_version": record.badge_version,
        "participant": record.participant,
        "language": record.language,
        "awarded_on": record.awarded_on,
        "valid_until": record.valid_until,
        "issued_at": record.issued_at,
        "revoked_at": record.revoked_at,
        "revocation_reason": record.revocation_reason,
        "credential": orjson.Fragment(record.document),
    }
    return Response(orjson.dumps(facts), media_type="application/json")
