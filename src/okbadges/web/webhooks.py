"""``/v1/webhooks``: an organisation's administrators have it told of events, and see what became of each message."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from okbadges.edge.access import CallerOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - the same
from okbadges.edge.routing import Router
from okbadges.edge.strict_requests import StrictRoute
from okbadges.organisations.roles import Scope
from okbadges.partners.webhooks import log
from okbadges.partners.webhooks.deliveries import State, redeliver
from okbadges.partners.webhooks.events import Told
from okbadges.partners.webhooks.kept import Because, Webhook, opened
from okbadges.partners.webhooks.subscriptions import LONGEST_LABEL, Subscriptions, Wanted
from okbadges.web.bodies import StrictBody
from okbadges.web.lists import NEXT, Limit, Since, cut

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms
    from okbadges.organisations.callers import Caller
    from okbadges.organisations.workshops import Organisation

router = Router(prefix="/v1/webhooks", tags=["webhooks"], route_class=StrictRoute)

_Url = Annotated[str, Field(max_length=2000, examples=["https://register.example/okbadges"])]
_Label = Annotated[str, Field(max_length=LONGEST_LABEL, examples=["Student register"])]
_Events = Annotated[list[Told], Field(min_length=1, max_length=len(Told))]


class WebhookRequest(StrictBody):
    """A webhook to be made."""

    organisation: str = Field(max_length=64, examples=["demo-kemi"])
    url: _Url = Field(description="https, of a public host; nothing inside a network is ever asked")
    label: _Label = Field(description="What it is for, never who")
    events: _Events = Field(description="What it is told of")


class ChangeRequest(StrictBody):
    """What is to be otherwise; what is left out stays as it is."""

    url: _Url | None = None
    label: _Label | None = None
    events: _Events | None = None
    enabled: Annotated[bool, Field(strict=True)] | None = Field(
        default=None, description="false: send nothing for now; true: go on where it stopped"
    )


class WebhookAnswer(BaseModel):
    """A webhook, without its secret."""

    id: uuid.UUID
    organisation: str
    url: str
    label: str
    events: list[Told]
    enabled: bool
    disabled_because: Because | None = Field(description="failing: it failed for 5 days; gone: it answered 410")
    disabled_at: datetime | None
    failing_since: datetime | None = Field(description="The first failure after the last success")
    waiting: int = Field(description="How many messages are still to be sent")
    created_at: datetime
    changed_at: datetime


class MadeWebhookAnswer(WebhookAnswer):
    """A new webhook."""

    secret: str = Field(description="Shown this once and never again; verify messages with it", examples=["whsec_…"])


class SecretAnswer(BaseModel):
    """A new secret."""

    secret: str = Field(description="Shown this once and never again. The one before signs too for 24 hours")


class WebhooksAnswer(BaseModel):
    """One page of webhooks, oldest first."""

    webhooks: list[WebhookAnswer]
    next: uuid.UUID | None = Field(description=NEXT)


class AttemptAnswer(BaseModel):
    """One attempt."""

    at: datetime
    status: int | None = Field(description="Of the answer; null: there was none")
    outcome: str = Field(
        examples=["delivered"],
        description="delivered, refused (a status from 400 on), redirected, gone, or why there was no answer: unreachable, "
        "timeout, url-not-allowed, address-not-allowed",
    )
    milliseconds: int


class DeliveryAnswer(BaseModel):
    """One message, and its newest attempts, the newest first."""

    id: uuid.UUID = Field(description="The header webhook-id of every attempt")
    event: uuid.UUID = Field(description="The event that it tells of")
    type: str = Field(examples=["credential.issued"])
    subject: str = Field(examples=["urn:uuid:6f2d1c1e-0d5a-4f0e-9d5b-1c8a2f7e4b11"])
    chain: str = Field(examples=["ok"])
    number: int = Field(description="The event's place in the chain")
    happened_at: datetime
    state: State
    attempts: int = Field(description="How many were begun")
    next_at: datetime | None = Field(description="When it is tried next; null: it is done, one way or the other")
    settled_at: datetime | None = Field(description="When it was delivered or given up; 30 days later it is deleted")
    log: list[AttemptAnswer]


class DeliveriesAnswer(BaseModel):
    """One page of messages, oldest event first."""

    deliveries: list[DeliveryAnswer]
    next: uuid.UUID | None = Field(description=NEXT)


class TestAnswer(BaseModel):
    """A message that was asked for."""

    __test__ = False

    delivery: uuid.UUID = Field(description="Look it up in a moment: it is sent within seconds")


@router.post("", status_code=201, summary="Make a webhook", responses=responses(400, 401, 403, 409, 413, 422, 429, 503))
def make_webhook(request: WebhookRequest, caller: CallerOf, rooms: RoomsOf) -> MadeWebhookAnswer:
    """Have an address told of what happens from now on (scope ``organisation:administer``). The secret is shown this once."""
    caller.require(Scope.ADMINISTER)
    own = caller.organisation(request.organisation)
    wanted = Wanted(request.url, request.label, request.events)
    made, secret = _subscriptions(rooms).create(rooms.stamp(caller.actor), own, wanted)
    return MadeWebhookAnswer(secret=secret, **_found(rooms, caller, made).model_dump())


@router.get("", summary="List webhooks", responses=responses(401, 403, 422, 429, 503))
def list_webhooks(
    organisation: Annotated[str, Query(max_length=64, examples=["demo-kemi"])],
    caller: CallerOf,
    rooms: RoomsOf,
    since: Since = None,
    after: uuid.UUID | None = None,
    limit: Limit = 50,
) -> WebhooksAnswer:
    """List an organisation's webhooks (scope ``organisation:administer``). For ``since`` every change of one counts, being disabled too."""
    caller.require(Scope.ADMINISTER)
    own = caller.organisation(organisation)
    with rooms.database.read() as session:
        found = log.webhooks_of(session, own, after=after, since=since, limit=limit + 1)
        page, last = cut([opened(row, rooms.secrets) for row in found], limit)
        waiting = log.waiting(session, [one.id for one in page])
    answers = [_answer(own, one, waiting.get(one.id, 0)) for one in page]
    return WebhooksAnswer(webhooks=answers, next=last.id if last else None)


@router.get("/{webhook}", summary="Look up a webhook", responses=responses(401, 403, 404, 422, 429, 503))
def read_webhook(webhook: uuid.UUID, caller: CallerOf, rooms: RoomsOf) -> WebhookAnswer:
    """Look up a webhook of one of your organisations (scope ``organisation:administer``)."""
    return _found(rooms, caller, webhook)


@router.patch("/{webhook}", summary="Change a webhook", responses=responses(400, 401, 403, 404, 413, 422, 429, 503))
def change_webhook(webhook: uuid.UUID, request: ChangeRequest, caller: CallerOf, rooms: RoomsOf) -> WebhookAnswer:
    """Change a webhook, pause it, or enable it again (scope ``organisation:administer``).

    What happened while it was disabled is sent when it is enabled again. What is so already changes nothing.
    """
    own, found = _own(rooms, caller, webhook)
    wanted = Wanted(request.url, request.label, request.events, request.enabled)
    _subscriptions(rooms).change(rooms.stamp(caller.actor), own, found.id, wanted)
    return _found(rooms, caller, webhook)


@router.delete(
    "/{webhook}", status_code=204, summary="Delete a webhook", responses=responses(401, 403, 404, 422, 429, 503)
)
def delete_webhook(webhook: uuid.UUID, caller: CallerOf, rooms: RoomsOf) -> None:
    """Delete a webhook for good: what was still to be sent is not sent (scope ``organisation:administer``)."""
    own, found = _own(rooms, caller, webhook)
    _subscriptions(rooms).end(rooms.stamp(caller.actor), own, found.id)


@router.post(
    "/{webhook}/rotate-secret", summary="Rotate the secret", responses=responses(401, 403, 404, 409, 422, 429, 503)
)
def rotate_secret(webhook: uuid.UUID, caller: CallerOf, rooms: RoomsOf) -> SecretAnswer:
    """Make a new secret (scope ``organisation:administer``). For 24 hours each message carries a signature of the old one too."""
    own, found = _own(rooms, caller, webhook)
    return SecretAnswer(secret=_subscriptions(rooms).rotate(rooms.stamp(caller.actor), own, found.id))


@router.post(
    "/{webhook}/test", status_code=202, summary="Send a test", responses=responses(401, 403, 404, 409, 422, 429, 503)
)
def send_test(webhook: uuid.UUID, caller: CallerOf, rooms: RoomsOf) -> TestAnswer:
    """Have a message ``webhook.test`` sent (scope ``organisation:administer``); not to one that is disabled."""
    own, found = _own(rooms, caller, webhook)
    delivery = _subscriptions(rooms).test(rooms.stamp(caller.actor), own, found.id)
    return TestAnswer(delivery=delivery)


@router.get("/{webhook}/deliveries", summary="List deliveries", responses=responses(401, 403, 404, 422, 429, 503))
def list_deliveries(
    webhook: uuid.UUID,
    caller: CallerOf,
    rooms: RoomsOf,
    since: Since = None,
    after: Annotated[uuid.UUID | None, Query(description="The `event` of the last one on the page before")] = None,
    limit: Limit = 50,
) -> DeliveriesAnswer:
    """List what was sent, or is to be, with each attempt (scope ``organisation:administer``).

    For ``since`` an attempt counts as a change. What was delivered or given up is deleted after 30 days.
    """
    _, found = _own(rooms, caller, webhook)
    with rooms.database.read() as session:
        page, last = cut(log.deliveries_of(session, found.id, after=after, since=since, limit=limit + 1), limit)
    return DeliveriesAnswer(deliveries=[_delivery(one) for one in page], next=last.event_id if last else None)


@router.get(
    "/{webhook}/deliveries/{delivery}", summary="Look up a delivery", responses=responses(401, 403, 404, 422, 429, 503)
)
def read_delivery(webhook: uuid.UUID, delivery: uuid.UUID, caller: CallerOf, rooms: RoomsOf) -> DeliveryAnswer:
    """Look up one message and its attempts (scope ``organisation:administer``)."""
    _, found = _own(rooms, caller, webhook)
    with rooms.database.read() as session:
        return _delivery(log.find_delivery(session, found.id, delivery))


@router.post(
    "/{webhook}/deliveries/{delivery}/redeliver",
    status_code=202,
    summary="Send again",
    responses=responses(401, 403, 404, 409, 422, 429, 503),
)
def send_again(webhook: uuid.UUID, delivery: uuid.UUID, caller: CallerOf, rooms: RoomsOf) -> DeliveryAnswer:
    """Have a message sent again that was delivered or given up, with the same id (scope ``organisation:administer``)."""
    own, found = _own(rooms, caller, webhook)
    redeliver(rooms.writer, rooms.stamp(caller.actor), own, found.id, delivery)
    return read_delivery(webhook, delivery, caller, rooms)


def _subscriptions(rooms: Rooms) -> Subscriptions:
    return Subscriptions(rooms.writer, rooms.secrets, rooms.receivers)


def _own(rooms: Rooms, caller: Caller, webhook: uuid.UUID) -> tuple[Organisation, Webhook]:
    """Return a webhook that the caller administers. Raises `NotAllowed` for the scope, `NotFound` for any other webhook."""
    caller.require(Scope.ADMINISTER)
    with rooms.database.read() as session:
        return _subscriptions(rooms).find(session, caller, webhook)


def _found(rooms: Rooms, caller: Caller, webhook: uuid.UUID) -> WebhookAnswer:
    own, found = _own(rooms, caller, webhook)
    with rooms.database.read() as session:
        return _answer(own, found, log.waiting(session, [found.id]).get(found.id, 0))


def _answer(organisation: Organisation, webhook: Webhook, waiting: int) -> WebhookAnswer:
    return WebhookAnswer(
        id=webhook.id,
        organisation=organisation.slug,
        url=webhook.url,
        label=webhook.label,
        events=list(webhook.events),
        enabled=webhook.is_enabled,
        disabled_because=webhook.disabled_because,
        disabled_at=webhook.disabled_at,
        failing_since=webhook.failing_since,
        waiting=waiting,
        created_at=webhook.created_at,
        changed_at=webhook.changed_at,
    )


def _delivery(delivery: log.Delivery) -> DeliveryAnswer:
    told = {name: value for name, value in asdict(delivery).items() if name != "event_id"}
    return DeliveryAnswer(event=delivery.event_id, **told)
