"""``/v1/credentials``: what corrects them. Revoke one or many, reissue with something corrected, renew with a new end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal, Self

import orjson
from fastapi import Header, Response
from pydantic import BaseModel, Field, model_validator

from okbadges.catalogue.texts import Language
from okbadges.corrections.records import (
    MOST_AT_ONCE,
    Awarded,
    find_awarded,
    find_record,
    find_several,
    normal_id,
    resting_on,
)
from okbadges.corrections.reissue import Correction, Reissuing
from okbadges.corrections.revoke import Outcome, Reason, Revocation, revoke_several
from okbadges.edge.access import CallerOf  # noqa: TC001 - the same
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - the same
from okbadges.edge.routing import Router
from okbadges.edge.strict_requests import StrictRoute
from okbadges.errors import NotFound
from okbadges.organisations.roles import Scope
from okbadges.organisations.workshops import find_workshop
from okbadges.progress.notes import LONGEST_NOTE, checked_note
from okbadges.web.bodies import CredentialId, Day, StrictBody
from okbadges.web.credentials import IssuedAnswer, ObservationRequest, issued_answer
from okbadges.web.records import CredentialAnswer, record_facts

if TYPE_CHECKING:
    import uuid

    from sqlmodel import Session

    from okbadges.corrections.records import Record
    from okbadges.errors import OkbadgesError
    from okbadges.issuing.order import Order
    from okbadges.organisations.callers import Caller

router = Router(prefix="/v1/credentials", tags=["credentials"], route_class=StrictRoute)

_RepeatKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="A repeat with the same key and body gets the same answer, and nothing is issued twice",
    ),
]


class RevokeRequest(StrictBody):
    """Why it is revoked; only the issuing organisation sees the reason and the note."""

    reason: Reason = Field(examples=["issued-in-error"])
    note: str | None = Field(default=None, max_length=LONGEST_NOTE, description="For colleagues; never about whom")

    def revocation(self) -> Revocation:
        """Return reason and note. Raises `InvalidInput` for a note that may not be kept."""
        return Revocation(self.reason, checked_note(self.note))


class AwardedRequest(StrictBody):
    """Everything that one organisation awarded of one badge between two days (copies follow what they are copies of)."""

    organisation: str = Field(max_length=64, examples=["demo-kemi"])
    badge: str = Field(max_length=64, examples=["digi-turva"])
    workshop: str | None = Field(default=None, max_length=64, description="Leave out for every workshop")
    awarded_from: Day
    awarded_until: Day
    expected: int = Field(
        strict=True,
        ge=1,
        le=MOST_AT_ONCE,
        description="How many these are, revoked ones too; else nothing is done",
        examples=[1],
    )


class RevokeManyRequest(RevokeRequest):
    """Which credentials are revoked: by their ids, or all that were awarded then. One of the two."""

    ids: list[str] | None = Field(default=None, min_length=1, max_length=MOST_AT_ONCE)
    awarded: AwardedRequest | None = None

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        if (self.ids is None) == (self.awarded is None):
            msg = "Give ids, or awarded"
            raise ValueError(msg)
        return self


class RevokedAnswer(CredentialAnswer):
    """The credential as it is now, and what somebody should look at next."""

    summaries: list[str] = Field(
        description="Summary credentials that rest on it and are still valid; they are not revoked by themselves"
    )


class RevokedRow(BaseModel):
    """What became of one of many."""

    id: str
    outcome: Literal["revoked", "already-revoked", "refused"]
    copies: list[str] = Field(description="Copies in wallets that were revoked with it")
    summaries: list[str] = Field(description="Summary credentials that rest on it and are still valid")
    code: str | None = Field(default=None, description="Why it was refused")
    detail: str | None = None


class RevokedManyAnswer(BaseModel):
    """What became of each, in the order of the request."""

    rows: list[RevokedRow]


class Changes(StrictBody):
    """What is corrected; what is left out stays as it was. The badge and whose it is cannot be changed."""

    workshop: str | None = Field(default=None, max_length=64)
    language: Language | None = None
    awarded_on: Day | None = None
    valid_until: Day | None = Field(default=None, description="null: it has no end any more")
    award_language: str | None = Field(default=None, pattern="^[a-z]{2,3}$")
    observation: ObservationRequest | None = None

    @model_validator(mode="after")
    def _only_the_end_can_go(self) -> Self:
        for name in self.model_fields_set - {"valid_until"}:
            if getattr(self, name) is None:
                msg = f"{name} cannot be null; leave it out to keep it"
                raise ValueError(msg)
        return self

    def corrected(self, order: Order) -> Order:
        """Return the order with what is corrected."""
        changed = {name: getattr(self, name) for name in self.model_fields_set - {"observation"}}
        if self.observation is not None:
            changed["observation"] = self.observation.observation()
        return replace(order, **changed)


class ReissueRequest(StrictBody):
    """Why and how a credential is corrected. The one that is there is revoked as replaced, the new one stands in its place."""

    reason: Reason = Field(default=Reason.REPLACED, examples=["issued-in-error"])
    note: str | None = Field(default=None, max_length=LONGEST_NOTE, description="For colleagues; never about whom")
    changes: Changes = Field(default_factory=Changes)


class RenewRequest(StrictBody):
    """Until when the new credential is valid. The one that is there keeps its own end."""

    valid_until: Day


class ReissuedAnswer(IssuedAnswer):
    """The new credential, its links to hand over, and which one it stands for."""

    supersedes: str = Field(description="Id of the credential that it corrects or renews")


@router.post("/revoke", response_model=RevokedManyAnswer, responses=responses(400, 401, 403, 404, 409, 413, 422, 503))
def revoke_many(request: RevokeManyRequest, caller: CallerOf, rooms: RoomsOf) -> RevokedManyAnswer:
    """Revoke many credentials for good (scope ``credentials:revoke``); each by itself, and a repeat changes nothing."""
    caller.require(Scope.REVOKE)
    revocation = request.revocation()
    with rooms.database.read() as session:
        records = _named(session, request, caller)
    known = [record for record in records.values() if record is not None]
    outcomes = revoke_several(rooms.writer, rooms.stamp(caller.actor), rooms.secrets, known, revocation)
    rooms.metrics.revoked(sum(len(outcome.credential_ids) for outcome in outcomes))
    by_id = dict(zip((record.credential_id for record in known), outcomes, strict=True))
    with rooms.database.read() as session:
        summaries = resting_on(session, [record.row_id for record in known])
    return RevokedManyAnswer(rows=[_row(name, record, by_id, summaries) for name, record in records.items()])


@router.post(
    "/{credential_id}/revoke", response_model=RevokedAnswer, responses=responses(400, 401, 403, 404, 413, 422, 503)
)
def revoke_credential(
    credential_id: CredentialId, request: RevokeRequest, caller: CallerOf, rooms: RoomsOf
) -> Response:
    """Revoke a credential for good (scope ``credentials:revoke``), its copies too; a second time changes nothing."""
    caller.require(Scope.REVOKE)
    revocation = request.revocation()
    with rooms.database.read() as session:
        found = find_record(session, credential_id, caller=caller)
    (outcome,) = revoke_several(rooms.writer, rooms.stamp(caller.actor), rooms.secrets, [found], revocation)
    if outcome.refused is not None:
        raise outcome.refused
    rooms.metrics.revoked(len(outcome.credential_ids))
    with rooms.database.read() as session:
        revoked = find_record(session, found.credential_id, caller=caller)
        facts = record_facts(revoked, rooms.secrets, reads_notes=caller.member_id is not None)
        summaries = resting_on(session, [found.row_id]).get(found.row_id, [])
    return Response(orjson.dumps({**facts, "summaries": summaries}), media_type="application/json")


@router.post(
    "/{credential_id}/reissue",
    status_code=201,
    response_model=ReissuedAnswer,
    responses=responses(400, 401, 403, 404, 409, 410, 413, 422, 503),
)
def reissue_credential(
    credential_id: CredentialId,
    request: ReissueRequest,
    caller: CallerOf,
    rooms: RoomsOf,
    idempotency_key: _RepeatKey = None,
) -> Response:
    """Issue a corrected credential in the place of this one, which is revoked as replaced (scope ``credentials:revoke``)."""
    correction = Correction(request.reason, checked_note(request.note), request.changes.corrected)
    reissuing = Reissuing(rooms.database, rooms.secrets, rooms.issuing)
    issued = reissuing.reissue(credential_id, correction, caller=caller, repeat_key=idempotency_key)
    return issued_answer(issued, supersedes=normal_id(credential_id))


@router.post(
    "/{credential_id}/renew",
    status_code=201,
    response_model=ReissuedAnswer,
    responses=responses(400, 401, 403, 404, 409, 410, 413, 422, 503),
)
def renew_credential(
    credential_id: CredentialId,
    request: RenewRequest,
    caller: CallerOf,
    rooms: RoomsOf,
    idempotency_key: _RepeatKey = None,
) -> Response:
    """Issue the same award again with a later end (scope ``credentials:revoke``); the earlier one keeps its own end."""
    reissuing = Reissuing(rooms.database, rooms.secrets, rooms.issuing)
    issued = reissuing.renew(credential_id, request.valid_until, caller=caller, repeat_key=idempotency_key)
    return issued_answer(issued, supersedes=normal_id(credential_id))


def _named(session: Session, request: RevokeManyRequest, caller: Caller) -> dict[str, Record | None]:
    """Return the credentials that a request names, by the name it gives them; None for what this key cannot find."""
    if request.awarded is None:
        names = list(dict.fromkeys(request.ids or ()))
        ids = {name: _id_or_none(name) for name in names}
        found = find_several(session, [one for one in ids.values() if one], caller.organisations.values())
        return {name: found.get(one or "") for name, one in ids.items()}
    asked = request.awarded
    organisation = caller.organisation(asked.organisation)
    workshop_id = find_workshop(session, organisation, asked.workshop).id if asked.workshop is not None else None
    awarded = Awarded(asked.badge, asked.awarded_from, asked.awarded_until, workshop_id, asked.expected)
    return {record.credential_id: record for record in find_awarded(session, organisation, awarded)}


def _id_or_none(name: str) -> str | None:
    try:
        return normal_id(name)
    except NotFound:
        return None


def _row(
    name: str, record: Record | None, outcomes: dict[str, Outcome], summaries: dict[uuid.UUID, list[str]]
) -> RevokedRow:
    if record is None:
        refused = NotFound("unknown-credential", "None of this key's organisations has issued such a credential.")
        return _refused(name, refused)
    outcome = outcomes[record.credential_id]
    if outcome.refused is not None:
        return _refused(name, outcome.refused)
    return RevokedRow(
        id=record.credential_id,
        outcome="revoked" if record.credential_id in outcome.credential_ids else "already-revoked",
        copies=[one for one in outcome.credential_ids if one != record.credential_id],
        summaries=summaries.get(record.row_id, []),
    )


def _refused(name: str, refused: OkbadgesError) -> RevokedRow:
    return RevokedRow(id=name, outcome="refused", copies=[], summaries=[], code=refused.code, detail=refused.detail)
