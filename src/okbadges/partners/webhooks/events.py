"""Which events a webhook can tell of, and the message that tells one: its type, its time, and ids. Nothing of whom it is about.

A message is made of its event alone, so it is the same bytes in every attempt, and after a restore.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.storage.tables import EventRow


class Told(StrEnum):
    """What a webhook can be told of."""

    CREDENTIAL_ISSUED = "credential.issued"
    CREDENTIAL_REVOKED = "credential.revoked"
    BADGE_PUBLISHED = "badge.published"
    RECOGNITION_DECIDED = "recognition.decided"


TEST = "webhook.test"
"""What is sent when somebody asks for a message to try the way."""

BY_ACTION: Mapping[str, str] = MappingProxyType(
    {
        "credential.issued": Told.CREDENTIAL_ISSUED,
        "credential.revoked": Told.CREDENTIAL_REVOKED,
        "badge.published": Told.BADGE_PUBLISHED,
        "decision.made": Told.RECOGNITION_DECIDED,
        "webhook.tested": TEST,
    }
)
"""The type of the message by the action of the journal."""


def message(event: EventRow, base_url: str) -> bytes:
    """Return the body of the message about an event."""
    kind = BY_ACTION[event.action]
    return orjson.dumps(
        {
            "type": kind,
            "timestamp": event.at,
            "data": {**_about(event, kind, base_url), "chain": event.chain, "number": event.number},
        },
        option=orjson.OPT_UTC_Z,
    )


def _about(event: EventRow, kind: str, base_url: str) -> dict[str, str | int]:
    """Return what the event is about, as ids, and where the API tells more of it."""
    name = event.subject.partition(":")[2]
    match kind:
        case Told.CREDENTIAL_ISSUED | Told.CREDENTIAL_REVOKED:
            return {"id": event.subject, "url": f"{base_url}/v1/credentials/{event.subject}"}
        case Told.BADGE_PUBLISHED:
            version = orjson.loads(event.details)["version"]
            return {"id": name, "version": version, "url": f"{base_url}/v1/badges/{name}"}
        case Told.RECOGNITION_DECIDED:
            return {"id": name, "url": f"{base_url}/v1/recognition/decisions/{name}/endorsements"}
        case _:
            return {"id": name, "url": f"{base_url}/v1/webhooks/{name}"}
