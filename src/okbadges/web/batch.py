"""``/v1/credentials/batch``: one badge each for many, as JSON or as a spreadsheet; every row has an outcome of its own."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, cast

import orjson
from fastapi import Body, Header, Query, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from okbadges.catalogue.texts import Language
from okbadges.edge.access import CallerOf  # noqa: TC001 - the same
from okbadges.edge.negotiation import prefers
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - the same
from okbadges.edge.routing import Router
from okbadges.edge.strict_requests import LargeStrictRoute
from okbadges.errors import InvalidInput, TooLarge
from okbadges.issuing.lines import Line, Outcome, Result, counted, refused
from okbadges.issuing.order import Order
from okbadges.issuing.sheets import read_lines, write_outcomes
from okbadges.organisations.roles import Scope
from okbadges.web.bodies import Day, StrictBody
from okbadges.web.credentials import CLAIM_LINK, ObservationRequest, ShareRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from okbadges.edge.rooms import Rooms
    from okbadges.organisations.callers import Caller

router = Router(prefix="/v1/credentials", tags=["credentials"], route_class=LargeStrictRoute)

MOST_ROWS = 1000
JSON, CSV = "application/json", "text/csv"


class Details(StrictBody):
    """What can be said once for the whole batch, or by a row itself; the row goes first."""

    badge: str | None = Field(default=None, max_length=64, examples=["digi-turva"])
    group: str | None = Field(default=None, max_length=64, description="Slug of one of your groups")
    workshop: str | None = Field(default=None, max_length=64, examples=["kahvila"])
    language: Language | None = Field(default=None, examples=["fi"])
    awarded_on: Day | None = None
    valid_until: Day | None = None
    share: ShareRequest | None = None
    observation: ObservationRequest | None = None
    criteria_met: Annotated[bool, Field(strict=True)] | None = Field(
        default=None, description="The instructor's word that every criterion is met"
    )


class RowRequest(Details):
    """One badge for one participant: by id, by label in your group, or for somebody new."""

    participant: uuid.UUID | None = Field(default=None, description="Leave out, with the label, for somebody new")
    label: str | None = Field(default=None, max_length=64, description="The participant's label in the group")
    award_language: str | None = Field(default=None, pattern="^[a-z]{2,3}$")

    def line(self, number: int, request: BatchRequest) -> Line:
        """Return the line that this row is. Raises `InvalidInput` for what neither it nor the batch says."""
        said = {name: getattr(self, name) for name in Details.model_fields}
        said = {name: getattr(request, name) if value is None else value for name, value in said.items()}
        for name in ("badge", "workshop", "language", "awarded_on"):
            if said[name] is None:
                words = f"This row does not say {name}, and neither does the batch as a whole."
                raise InvalidInput("row-incomplete", words, field=name)
        share, seen = cast("ShareRequest | None", said["share"]), cast("ObservationRequest | None", said["observation"])
        order = Order(
            badge=said["badge"],
            organisation=request.organisation,
            workshop=said["workshop"],
            participant=self.participant,
            language=said["language"],
            awarded_on=said["awarded_on"],
            valid_until=said["valid_until"],
            award_language=self.award_language,
            share=share.share() if share else None,
            observation=seen.observation() if seen else None,
            criteria_met=bool(said["criteria_met"]),
        )
        group = None if self.participant is not None and self.group is None else said["group"]
        return Line(number, order, group, self.label)


class _Unreadable(BaseModel):
    """A row that is not as it should be, and the first reason."""

    field: str | None
    detail: str


def _or_unreadable(value: object, read: ValidatorFunctionWrapHandler) -> RowRequest | _Unreadable:
    """Let a row that cannot be read be refused by itself, not the whole batch with it."""
    try:
        return cast("RowRequest", read(value))
    except ValidationError as mistake:
        first = mistake.errors()[0]
        return _Unreadable(field=".".join(map(str, first["loc"]))[:64] or None, detail=str(first["msg"])[:300])


class BatchRequest(Details):
    """Many badges of one organisation at once."""

    organisation: str = Field(max_length=64, examples=["demo-kemi"])
    rows: list[Annotated[RowRequest, WrapValidator(_or_unreadable)]] = Field(min_length=1, max_length=MOST_ROWS)

    def lines(self) -> list[Line | Outcome]:
        """Return the lines of the batch, numbered from 1; a row that cannot be read is an outcome already."""
        return [self._line(number, row) for number, row in enumerate(self.rows, start=1)]

    def _line(self, number: int, row: RowRequest | _Unreadable) -> Line | Outcome:
        if isinstance(row, _Unreadable):
            return refused(number, self.badge or "", InvalidInput("invalid-field", row.detail, field=row.field))
        try:
            return row.line(number, self)
        except InvalidInput as incomplete:
            return refused(number, row.badge or self.badge or "", incomplete)


class RowAnswer(BaseModel):
    """What became of one row. The signed credential itself: `GET /v1/credentials/{id}`."""

    row: int = Field(description="From 1; in a spreadsheet as it numbers them, the header is 1")
    badge: str
    outcome: Result
    id: str | None = Field(description="Of the credential, when it was issued by this run or an earlier one")
    participant: uuid.UUID | None
    claim_link: str | None = Field(description=CLAIM_LINK)
    share_link: str | None
    revoked_at: datetime | None = Field(description="Set when an earlier run issued it and it was revoked since")
    code: str | None = Field(description="Why the row was refused: stable, kebab-case", examples=["unknown-badge"])
    detail: str | None
    field: str | None
    retry: bool = Field(description="True: the same row may succeed later; send the same batch again")


class BatchAnswer(BaseModel):
    """The outcome of every row, in their order. A repeat of the batch issues nothing twice and has the same ids and links."""

    dry_run: bool
    counts: dict[Result, int]
    rows: list[RowAnswer]


class Defaults(BaseModel):
    """Cells for rows that leave these columns empty, as they would be written in them."""

    model_config = ConfigDict(extra="allow")

    organisation: str = Field(default="", examples=["demo-kemi"])
    badge: str = ""
    group: str = ""
    workshop: str = Field(default="", examples=["kahvila"])
    language: str = Field(default="", examples=["fi"])
    awarded_on: str = Field(default="", description="As 20.11.2026 or 2026-11-20", examples=["2026-11-20"])
    valid_until: str = ""
    criteria_met: str = Field(default="", description="yes or no", examples=["yes"])
    observed_by: str = Field(default="", examples=["instructor"])
    methods: str = Field(default="", description="Separated by commas", examples=["observation,work-sample"])
    occasions: str = Field(default="", examples=["3"])
    observed_from: str = ""
    observed_until: str = ""
    share_purpose: str = ""
    share_expires_on: str = ""
    share_agreed: str = Field(
        default="",
        description="yes: each participant said that they take the badge and want this link; of one for a study plan, also that a "
        "school may decide on what it shows and keeps its decision",
    )
    dry_run: str = Field(default="", description="`true`: find every mistake by row and store nothing")


_DRY_RUN = "True: find every mistake by row and store nothing"
_NAME = (
    "A name of this batch's own. Rows for somebody new need one; the same rows under another name are issued once more. "
    "Without it a row is known again by participant, badge, day and language"
)
BatchName = Annotated[str | None, Header(alias="Idempotency-Key", description=_NAME, examples=["group-4-2026-11-21"])]
_ANSWERS: dict[int | str, dict[str, Any]] = {200: {"content": {CSV: {"schema": {"type": "string"}}}}}


@router.post("/batch", response_model=BatchAnswer, responses={**_ANSWERS, **responses(400, 401, 403, 413, 422, 503)})
def issue_batch(
    request: BatchRequest,
    caller: CallerOf,
    rooms: RoomsOf,
    dry_run: Annotated[bool, Query(description=_DRY_RUN)] = False,  # noqa: FBT002 - a query parameter
    name: BatchName = None,
    accept: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Response:
    """Issue up to 1 000 badges (scope ``credentials:issue``); each row stands by itself, and a repeat changes nothing."""
    outcomes = _run(rooms, request.lines(), caller, request.organisation, name, dry_run=dry_run)
    return _answer(outcomes, dry_run=dry_run, form=prefers(accept, JSON, CSV))


@router.post(
    "/batch.csv", response_model=BatchAnswer, responses={**_ANSWERS, **responses(400, 401, 403, 413, 422, 503)}
)
def issue_spreadsheet(
    caller: CallerOf,
    rooms: RoomsOf,
    defaults: Annotated[Defaults, Query()],
    file: Annotated[
        bytes, Body(media_type=CSV, description="With a header; the only column it must have is badge")
    ] = b"",
    name: BatchName = None,
    accept: Annotated[str | None, Header(include_in_schema=False)] = None,
    content_type: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response:
    """Issue the rows of a CSV file (scope ``credentials:issue``) as `POST /v1/credentials/batch` does; the answer is CSV, or JSON."""
    caller.require(Scope.ISSUE)
    _require_csv(content_type)
    given = defaults.model_dump()
    organisation, dry_run = given.pop("organisation"), _is_true(given.pop("dry_run"))
    if not organisation:
        raise InvalidInput("organisation-missing", "Say for which organisation: ?organisation=…", field="organisation")
    outcomes = _run(rooms, _lines(file, organisation, given), caller, organisation, name, dry_run=dry_run)
    return _answer(outcomes, dry_run=dry_run, form=prefers(accept, CSV, JSON))


def _require_csv(content_type: str) -> None:
    if content_type.partition(";")[0].strip().lower() != CSV:
        raise InvalidInput("content-type", f"Send a CSV file, with Content-Type: {CSV}.", field="Content-Type")


def _lines(file: bytes, organisation: str, defaults: dict[str, str]) -> list[Line | Outcome]:
    lines = read_lines(file, organisation=organisation, defaults=defaults)
    if len(lines) > MOST_ROWS:
        words = f"One request takes at most {MOST_ROWS} rows; divide the file, or let the operator run okbadges issue."
        raise TooLarge("too-many-rows", words, field="body")
    return lines


def _run(
    rooms: Rooms, lines: Sequence[Line | Outcome], caller: Caller, organisation: str, name: str | None, *, dry_run: bool
) -> list[Outcome]:
    plan = rooms.batches.plan(lines, caller=caller, organisation=organisation, name=name)
    outcomes = rooms.batches.check(plan) if dry_run else list(rooms.batches.issue(plan))
    return sorted(outcomes, key=lambda outcome: outcome.number)


def _answer(outcomes: Sequence[Outcome], *, dry_run: bool, form: str | None) -> Response:
    if form == CSV:
        named = {"Content-Disposition": 'attachment; filename="outcomes.csv"'}
        return Response(write_outcomes(outcomes), media_type=f"{CSV}; charset=utf-8", headers=named)
    facts = {"dry_run": dry_run, "counts": counted(outcomes), "rows": [_row(outcome) for outcome in outcomes]}
    return Response(orjson.dumps(facts), media_type=JSON)


def _row(outcome: Outcome) -> dict[str, Any]:
    issued, refusal = outcome.issued, outcome.refusal
    return {
        "row": outcome.number,
        "badge": outcome.badge,
        "outcome": outcome.result,
        "id": issued.credential_id if issued else None,
        "participant": issued.participant if issued else None,
        "claim_link": issued.claim_link if issued else None,
        "share_link": issued.share_link if issued else None,
        "revoked_at": issued.revoked_at if issued else None,
        "code": refusal.code if refusal else None,
        "detail": refusal.detail if refusal else None,
        "field": refusal.field if refusal else None,
        "retry": refusal.retry if refusal else False,
    }


def _is_true(text: str) -> bool:
    if text.lower() not in ("", "true", "false"):
        raise InvalidInput("invalid-field", "Write true or false.", field="dry_run")
    return text.lower() == "true"
