"""``/v1/participants/{id}/evidence``: what shows what a participant did, for those who lead a group that the participant is in."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import Query, Response
from pydantic import BaseModel, Field

from okbadges.edge.access import CallerOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - the same
from okbadges.edge.routing import Router
from okbadges.organisations.roles import Scope
from okbadges.progress.evidence import (
    NewPiece,
    check_badge,
    delete_evidence,
    evidence_of,
    keep_evidence,
    open_evidence,
    require_own_group,
)
from okbadges.progress.evidence_content import PieceKind, file_content, photo_content, text_content
from okbadges.progress.notes import warnings_of
from okbadges.web.evidence_form import FORM, EvidenceFormOf
from okbadges.web.lists import Limit, Since  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.web.participant_ids import ParticipantId  # noqa: TC001 - the same

if TYPE_CHECKING:
    from okbadges.progress.evidence import Piece
    from okbadges.progress.evidence_content import Content
    from okbadges.progress.photos import Photos
    from okbadges.web.evidence_form import EvidenceForm

router = Router(prefix="/v1/participants/{participant_id}/evidence", tags=["evidence"])


class PieceJson(BaseModel):
    """What is known of a piece of evidence without opening it."""

    id: uuid.UUID
    badge: str = Field(examples=["digi-turva"])
    kind: PieceKind
    media_type: str = Field(examples=["image/jpeg"])
    size: int = Field(description="Bytes, as it is kept")
    created_at: datetime
    delete_on: date = Field(description="The day on which it is deleted, unless somebody deletes it before")


class PieceAnswer(PieceJson):
    """A piece that was just kept."""

    warnings: list[str] = Field(
        description="Words of a text that could tell why somebody was there; nothing is refused"
    )


class PiecesAnswer(BaseModel):
    """The pieces of one participant, in the order in which they came."""

    evidence: list[PieceJson]
    next: uuid.UUID | None = Field(description="Give it as `after` for what follows; null: that was all")


@router.post("", status_code=201, responses=responses(400, 401, 403, 404, 409, 413, 422, 503), openapi_extra=FORM)
def add_evidence(participant_id: ParticipantId, caller: CallerOf, rooms: RoomsOf, form: EvidenceFormOf) -> PieceAnswer:
    """Keep a text, photo or file (scope ``progress:manage``): sealed, apart from every credential, for two years if nothing else is set."""
    with rooms.database.read() as session:
        organisation = require_own_group(session, caller, participant_id)
        check_badge(session, form.badge)
    piece = keep_evidence(
        rooms.writer,
        rooms.stamp(caller.actor),
        rooms.secrets,
        organisation=organisation,
        participant_id=participant_id,
        new=NewPiece(form.badge, _content(form, rooms.photos), form.agreed),
        months=rooms.periods.evidence,
    )
    return PieceAnswer(**_json(piece).model_dump(), warnings=warnings_of(form.text, field="text"))


@router.get("", responses=responses(401, 403, 404, 422, 503))
def list_evidence(
    participant_id: ParticipantId,
    caller: CallerOf,
    rooms: RoomsOf,
    badge: Annotated[str | None, Query(description="Only of this badge", max_length=64)] = None,
    since: Since = None,
    after: Annotated[uuid.UUID | None, Query(description="`next` of the page before")] = None,
    limit: Limit = 50,
) -> PiecesAnswer:
    """List the evidence of a participant, without what it holds (scope ``progress:manage``). For ``since`` counts that it was kept."""
    caller.require(Scope.PROGRESS)
    with rooms.database.read() as session:
        require_own_group(session, caller, participant_id)
        found = evidence_of(session, participant_id, badge=badge, since=since, after=after, limit=limit + 1)
    shown = found[:limit]
    return PiecesAnswer(evidence=[_json(one) for one in shown], next=shown[-1].id if len(found) > limit else None)


@router.get(
    "/{evidence_id}",
    response_class=Response,
    responses={
        200: {"description": "What it holds, as a file to save", "content": {"application/octet-stream": {}}},
        **responses(401, 403, 404, 422, 503),
    },
)
def read_evidence(participant_id: ParticipantId, evidence_id: uuid.UUID, caller: CallerOf, rooms: RoomsOf) -> Response:
    """Get what a piece of evidence holds, as a file to save (scope ``progress:manage``)."""
    caller.require(Scope.PROGRESS)
    with rooms.database.read() as session:
        require_own_group(session, caller, participant_id)
        piece, data = open_evidence(session, rooms.secrets, participant_id, evidence_id)
    headers = {
        "Content-Disposition": f'attachment; filename="{piece.file_name()}"',
        "X-Content-Type-Options": "nosniff",
    }
    return Response(data, media_type=piece.media_type, headers=headers)


@router.delete("/{evidence_id}", status_code=204, responses=responses(401, 403, 404, 422, 503))
def remove_evidence(participant_id: ParticipantId, evidence_id: uuid.UUID, caller: CallerOf, rooms: RoomsOf) -> None:
    """Delete a piece of evidence for good (scope ``progress:manage``)."""
    caller.require(Scope.PROGRESS)
    with rooms.database.read() as session:
        organisation = require_own_group(session, caller, participant_id)
    delete_evidence(
        rooms.writer,
        rooms.stamp(caller.actor),
        organisation=organisation,
        participant_id=participant_id,
        piece_id=evidence_id,
    )


def _content(form: EvidenceForm, drawing: Photos) -> Content:
    if form.kind is PieceKind.TEXT:
        return text_content(form.text)
    return photo_content(form.file, drawing) if form.kind is PieceKind.PHOTO else file_content(form.file)


def _json(piece: Piece) -> PieceJson:
    return PieceJson(
        id=piece.id,
        badge=piece.badge,
        kind=piece.kind,
        media_type=piece.media_type,
        size=piece.size,
        created_at=piece.created_at,
        delete_on=piece.delete_on,
    )
