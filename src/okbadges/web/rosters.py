"""``/v1/groups/…/participants.csv`` and ``/v1/labels/check``: a group as a spreadsheet, and a label looked at while it is typed."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Annotated

from fastapi import Query, Response
from pydantic import BaseModel, Field

from okbadges.edge.access import CallerOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - the same
from okbadges.edge.routing import Router
from okbadges.edge.strict_requests import StrictRoute
from okbadges.errors import Conflict, InvalidInput
from okbadges.organisations.labels import check_label
from okbadges.organisations.participants import present_labels, require_free, require_own_labels, taken_labels
from okbadges.organisations.roles import Role, Scope
from okbadges.organisations.rosters import Reader, Result, check_roster, import_roster
from okbadges.organisations.sheets import read_roster, write_roster
from okbadges.web.bodies import StrictBody
from okbadges.web.csv_bodies import CSV, CSV_ANSWER, CsvBody, described
from okbadges.web.groups import own_group
from okbadges.web.warnings import WarningAnswer, label_warnings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from okbadges.edge.rooms import Rooms
    from okbadges.organisations.callers import Caller
    from okbadges.organisations.groups import Group
    from okbadges.organisations.rosters import Mistake, Outcome

router = Router(prefix="/v1", tags=["participants"], route_class=StrictRoute)

_FILE = "/groups/{group}/participants.csv"
_SENT = described("A spreadsheet with the columns label and participant (the id), either of which may be left out.")


class RowAnswer(BaseModel):
    """What became, or would become, of a row."""

    row: int = Field(description="As the spreadsheet numbers it: the header is 1")
    outcome: Result
    participant: uuid.UUID | None = Field(description="Null: somebody new, in a dry run")


class MistakeAnswer(BaseModel):
    """Why a row cannot be taken in."""

    row: int
    column: str = Field(examples=["label"])
    code: str = Field(examples=["label-taken"])
    detail: str


class RosterAnswer(BaseModel):
    """What an import did, or would do. With mistakes nothing is done."""

    dry_run: bool
    rows: list[RowAnswer]
    mistakes: list[MistakeAnswer]
    warnings: list[WarningAnswer] = Field(description="Of labels; `field` is `rows.ROW.label`")


class LabelCheckRequest(StrictBody):
    """A label as it is typed."""

    label: str = Field(max_length=200, examples=["Sani"])
    group: uuid.UUID | None = Field(default=None, description="A group that you lead: is the label free there?")


class LabelCheckAnswer(BaseModel):
    """What would become of the label. Nothing was stored."""

    label: str | None = Field(description="As it would be kept; null: it would be refused")
    code: str | None = Field(description="Why it would be refused: stable, kebab-case", examples=["label-email"])
    detail: str | None
    warnings: list[WarningAnswer]


@router.get(
    _FILE,
    summary="A group's participants as a spreadsheet",
    responses={200: dict(CSV_ANSWER), **responses(401, 403, 404, 422, 429, 503)},
    response_class=Response,
)
def export_participants(group: uuid.UUID, caller: CallerOf, rooms: RoomsOf) -> Response:
    """Take along who is in a group now (scope ``groups:manage``): with labels for its leader, ids only for an administrator."""
    found = own_group(caller, rooms, group)
    with rooms.database.read() as session:
        written = write_roster(session, rooms.secrets, found, member_id=caller.member_id)
    headers = {"Content-Disposition": f'attachment; filename="{found.slug}.csv"'}
    return Response(written, headers=headers, media_type=f"{CSV}; charset=utf-8")


@router.post(
    _FILE,
    summary="Take in participants from a spreadsheet",
    responses=responses(400, 401, 403, 404, 409, 413, 422, 429, 503),
    openapi_extra=_SENT,
)
def import_participants(
    group: uuid.UUID,
    caller: CallerOf,
    rooms: RoomsOf,
    body: CsvBody,
    *,
    dry_run: Annotated[bool, Query(description="Change nothing; tell what would happen, and every mistake")] = False,
) -> RosterAnswer:
    """Take in participants, all rows or none (scope ``groups:manage``). The same file again changes nothing.

    A label that somebody in the group has means them; another one is a newcomer's. Only the leader's file may have labels.
    """
    found = own_group(caller, rooms, group)
    reader, rows = _reader(caller, found), read_roster(body)
    if dry_run:
        with rooms.database.read() as session:
            planned, mistakes = check_roster(session, rooms.secrets, group=found, rows=rows, reader=reader)
        return _answer(planned, mistakes, dry_run=True)
    stamp = rooms.stamp(caller.actor)
    done = import_roster(rooms.writer, stamp, rooms.secrets, group=found, rows=rows, reader=reader)
    return _answer(done, [], dry_run=False)


@router.post(
    "/labels/check",
    summary="Check a label while it is typed",
    responses=responses(400, 401, 403, 404, 413, 422, 429, 503),
)
def check_typed_label(request: LabelCheckRequest, caller: CallerOf, rooms: RoomsOf) -> LabelCheckAnswer:
    """Tell whether a label could be kept, and what it could give away (scope ``groups:manage``). Nothing is stored."""
    caller.require(Scope.GROUPS)
    try:
        label = check_label(request.label)
        if request.group is not None:
            _require_free_there(caller, rooms, request.group, label)
    except (InvalidInput, Conflict) as refused:
        return LabelCheckAnswer(label=None, code=refused.code, detail=refused.detail, warnings=[])
    return LabelCheckAnswer(label=label, code=None, detail=None, warnings=label_warnings(label, field="label"))


def _answer(outcomes: Sequence[Outcome], mistakes: Sequence[Mistake], *, dry_run: bool) -> RosterAnswer:
    return RosterAnswer(
        dry_run=dry_run,
        rows=[RowAnswer(row=one.number, outcome=one.result, participant=one.participant_id) for one in outcomes],
        mistakes=[MistakeAnswer(row=m.number, column=m.column, code=m.code, detail=m.detail) for m in mistakes],
        warnings=[
            warning
            for one in outcomes
            if one.label
            for warning in label_warnings(one.label, field=f"rows.{one.number}.label")
        ],
    )


def _require_free_there(caller: Caller, rooms: Rooms, group_id: uuid.UUID, label: str) -> None:
    group = own_group(caller, rooms, group_id)
    require_own_labels(group, caller.member_id)
    with rooms.database.read() as session:
        require_free(label, taken_labels(present_labels(session.connection(), rooms.secrets, group.id)), field="label")


def _reader(caller: Caller, group: Group) -> Reader:
    # an administrator may take in everybody, but into a group of their own, where they would read labels and notes
    is_free = caller.role is Role.ADMINISTRATOR and group.leader_id != caller.member_id
    asking = None if is_free else caller.member_id
    return Reader(member_id=asking, may_label=caller.member_id == group.leader_id)
