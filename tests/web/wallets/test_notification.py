"""``POST /oid4vci/notification``: what became of it in the wallet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from support.corrections import events
from support.wallets import LUMI, ask, bearer, offer_again, offered

if TYPE_CHECKING:
    from httpx2 import Response

    from support.world import World


def tell(world: World, headers: dict[str, str], **body: Any) -> Response:
    """Send a notification."""
    answer: Response = world.client.post("/oid4vci/notification", json=body, headers=headers)
    return answer


def test_it_works(world: World) -> None:
    """It is kept once; the same again changes nothing, and another event does."""
    headers = bearer(world, offered(world))
    named = ask(world, headers, LUMI.proof(world)).json()["notification_id"]
    for _ in range(2):
        answer = tell(world, headers, notification_id=named, event="credential_accepted", event_description="ok")
        assert (answer.status_code, answer.content) == (204, b"")
    assert [event.details for event in events(world, "wallet-offer.answered")] == ['{"outcome":"accepted"}']
    assert tell(world, headers, notification_id=named, event="credential_deleted").status_code == 204
    assert len(events(world, "wallet-offer.answered")) == 2


def test_only_of_what_one_got(world: World) -> None:
    """Before the credential, with another's id, or without a token there is nothing to tell."""
    offer = offered(world)
    headers = bearer(world, offer)
    early = tell(world, headers, notification_id=offer.its.notification, event="credential_accepted")
    assert early.json()["error"] == "invalid_notification_id"
    ask(world, headers, LUMI.proof(world))
    others = bearer(world, offer_again(world, offer.holder, offer.credential))
    ask(world, others, LUMI.proof(world))
    crossed = tell(world, others, notification_id=offer.its.notification, event="credential_accepted")
    assert (crossed.status_code, crossed.json()["error"]) == (400, "invalid_notification_id")
    assert tell(world, {}, notification_id=offer.its.notification, event="credential_accepted").status_code == 401
    assert events(world, "wallet-offer.answered") == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"event": "credential_accepted"},
        {"notification_id": "x"},
        {"notification_id": "x", "event": "eaten"},
        {"notification_id": 1, "event": "credential_accepted"},
        {"notification_id": "x", "event": ["credential_accepted"]},
    ],
)
def test_bodies_that_are_refused(world: World, body: dict[str, Any]) -> None:
    """What is missing or strange is said as `invalid_notification_request`."""
    headers = bearer(world, offered(world))
    answer = tell(world, headers, **body)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_notification_request")


def test_a_strange_id(world: World) -> None:
    """An id of any characters is one that nobody has."""
    headers = bearer(world, offered(world))
    ask(world, headers, LUMI.proof(world))
    answer = tell(world, headers, notification_id="🦊" * 40, event="credential_accepted")
    assert answer.status_code == 400
