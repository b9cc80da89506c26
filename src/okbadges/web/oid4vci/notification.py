"""``POST /oid4vci/notification``: what became of the credential in the wallet. The holder sees it in their passport, nobody else."""

from __future__ import annotations

import hmac
from typing import Annotated, Any

from fastapi import Depends, Response

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.strict_requests import StrictRoute
from okbadges.errors import InvalidInput
from okbadges.partners.wallets.offers import Addresses, Outcome
from okbadges.partners.wallets.taking import ACTOR, note_outcome
from okbadges.web.oid4vci.errors import oauth_responses
from okbadges.web.oid4vci.reading import OpenedOffer, json_object

router = Router(prefix="/oid4vci", tags=["wallets"], route_class=StrictRoute)

_EVENTS = {
    "credential_accepted": Outcome.ACCEPTED,
    "credential_failure": Outcome.FAILED,
    "credential_deleted": Outcome.DELETED,
}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["notification_id", "event"],
                    "properties": {
                        "notification_id": {"type": "string"},
                        "event": {"type": "string", "enum": list(_EVENTS)},
                        "event_description": {"type": "string", "description": "Read by nobody and not kept"},
                    },
                },
                "example": {"notification_id": "pLr1Jm0Jw0Zc3C2ZcVxkq4cJm3A", "event": "credential_accepted"},
            }
        },
    }
}


@router.post(
    "/notification",
    summary="Say what became of it",
    status_code=204,
    response_class=Response,
    responses=oauth_responses(400, 401, 413, 503),
    openapi_extra=_BODY,
)
def notify(opened: OpenedOffer, rooms: RoomsOf, body: Annotated[dict[str, Any], Depends(json_object)]) -> Response:
    """Keep what the wallet says became of the credential; the same again changes nothing."""
    offer, _ = opened
    named, event = body.get("notification_id"), body.get("event")
    if not isinstance(named, str) or not isinstance(event, str) or event not in _EVENTS:
        raise InvalidInput(
            "invalid-notification-request", f"Send notification_id and event, one of: {', '.join(_EVENTS)}."
        )
    known = Addresses(rooms.secrets, rooms.base_url, offer.id).notification
    if offer.wallet_hash is None or not hmac.compare_digest(known.encode(), named.encode("utf-8", "replace")):
        raise InvalidInput("invalid-notification-id", "This token got no credential with this notification_id.")
    note_outcome(rooms.writer, rooms.stamp(ACTOR), offer, _EVENTS[event])
    return Response(status_code=204)
