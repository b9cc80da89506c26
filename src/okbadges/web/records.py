"""What the organisation that awarded a credential is told of it: the JSON of `okbadges.corrections.records.Record`."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import orjson
from fastapi import Response
from pydantic import BaseModel, Field, JsonValue

from okbadges.corrections.revoke import Reason

if TYPE_CHECKING:
    from okbadges.corrections.records import Record
    from okbadges.storage.sealing import Secrets


class CredentialAnswer(BaseModel):
    """What the organisation that awarded a credential may know of it."""

    id: str = Field(examples=["urn:uuid:6f2d1c1e-0d5a-4f0e-9d5b-1c8a2f7e4b11"])
    badge: str
    badge_version: int
    participant: uuid.UUID | None = Field(description="None after erasure")
    language: str
    awarded_on: date | None = Field(description="None after erasure")
    valid_until: date | None
    issued_at: datetime
    revoked_at: datetime | None
    revocation_reason: Reason | None
    revocation_note: str | None = Field(description="For people of the organisation; None for a partner's program")
    supersedes: str | None = Field(description="Id of the credential that this one corrects or renews")
    superseded_by: str | None = Field(description="Id of the credential that corrects or renews this one")
    copy_of: str | None = Field(description="Id of the credential that this one, in a wallet, is a copy of")
    erased_at: datetime | None
    credential: dict[str, JsonValue] | None = Field(description="The signed credential as stored; None after erasure")


def record_facts(record: Record, secrets: Secrets, *, reads_notes: bool) -> dict[str, Any]:
    """Return the members of a `CredentialAnswer`, the document as the very bytes that were signed."""
    return {
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
        "revocation_note": record.note(secrets) if reads_notes else None,
        "supersedes": record.supersedes,
        "superseded_by": record.superseded_by,
        "copy_of": record.copy_of,
        "erased_at": record.erased_at,
        "credential": orjson.Fragment(record.document) if record.document is not None else None,
    }


def record_answer(record: Record, secrets: Secrets, *, reads_notes: bool) -> Response:
    """Answer a `CredentialAnswer`."""
    return Response(orjson.dumps(record_facts(record, secrets, reads_notes=reads_notes)), media_type="application/json")
