"""One award as rows, ready for the writer: the signed credential, a new participant, a share link. Nothing is stored here."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import orjson

from okbadges.credentials.status_list import entry
from okbadges.issuing.body import unsigned_credential
from okbadges.issuing.linting import lint, sign_linted
from okbadges.storage import journal
from okbadges.storage.ids import uuid4
from okbadges.storage.sealing import token_hash
from okbadges.storage.tables import CredentialRow, ParticipantRow, ShareLinkItemRow, ShareLinkRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid

    from sqlalchemy import Connection

    from okbadges.issuing.links import Links
    from okbadges.issuing.prepare import Prepared
    from okbadges.issuing.status_indices import StatusSlot
    from okbadges.storage.journal import Stamp


@dataclass(frozen=True, slots=True)
class Repeat:
    """How a request is known again: the hash of its idempotency key, and of what it ordered."""

    key_hash: bytes
    request_hash: bytes


@dataclass(frozen=True, slots=True)
class Award:
    """The rows of one award, not stored yet."""

    credential: CredentialRow
    participant: ParticipantRow | None
    share_link: ShareLinkRow | None
    chain: str


def make_award(stamp: Stamp, prepared: Prepared, slot: StatusSlot, *, links: Links, repeat: Repeat | None) -> Award:
    """Build, lint, sign and verify one credential and give back its rows."""
    order, row_id = prepared.order, stamp.row_id()
    credential_id = f"urn:uuid:{uuid4(stamp.random_bytes)}"
    document = _signed_document(stamp, prepared, slot, credential_id=credential_id, base_url=links.base_url)
    participant_id = order.participant or uuid4(stamp.random_bytes)
    newcomer = None
    if order.participant is None:
        newcomer = ParticipantRow(
            id=participant_id,
            organisation_id=prepared.organisation.id,
            last_event_at=stamp.now,
            created_at=stamp.now,
        )
    share = _share_link(stamp, prepared, participant_id, links)
    credential = CredentialRow(
        id=row_id,
        credential_id=credential_id,
        issuer_id=prepared.issuer.id,
        organisation_id=prepared.organisation.id,
        workshop_id=prepared.workshop.id,
        participant_id=participant_id,
        badge_version_id=prepared.badge_row_id,
        signing_key_id=prepared.key.row_id,
        language=order.language,
        awarded_on=order.awarded_on,
        award_language=order.award_language,
        valid_until_on=order.valid_until,
        observation=orjson.dumps(asdict(order.observation)).decode() if order.observation else None,
        criteria_met_by="word",
        issued_at=stamp.now,
        issued_by=stamp.actor,
        status_list_id=slot.list_row_id,
        status_index=slot.index,
        document=document,
        document_hash=hashlib.sha256(document).hexdigest(),
        claim_token_hash=token_hash(links.claim_token(row_id)),
        share_link_id=share.id if share else None,
        repeat_hash=repeat.key_hash if repeat else None,
        request_hash=repeat.request_hash if repeat else None,
    )
    return Award(credential, newcomer, share, prepared.issuer.slug)


def store_award(connection: Connection, stamp: Stamp, award: Award) -> None:
    """Insert everything of one award and its event: all of it or, when anything is refused, none."""
    row = award.credential
    if award.participant is not None:
        add(connection, award.participant)
    add(connection, row)
    if award.share_link is not None:
        item = ShareLinkItemRow(share_link_id=award.share_link.id, position=0, credential_row_id=row.id)
        add(connection, award.share_link, item)
    event = journal.Event(
        chain=award.chain,
        action="credential.issued",
        subject=row.credential_id,
        details={"document": row.document_hash, "index": row.status_index},
    )
    journal.append(connection, stamp, event)


def _signed_document(stamp: Stamp, prepared: Prepared, slot: StatusSlot, *, credential_id: str, base_url: str) -> bytes:
    """Build the body, lint it, sign it, and verify what was signed."""
    list_url = f"{base_url}/issuers/{prepared.issuer.slug}/status/{slot.list_number}"
    body = unsigned_credential(
        prepared.order,
        badge=prepared.badge,
        issuer=prepared.issuer,
        credential_id=credential_id,
        subject_id=f"urn:uuid:{uuid4(stamp.random_bytes)}",
        status_entry=entry(list_url, slot.index),
        base_url=base_url,
    )
    return sign_linted(lint(body), key=prepared.key)


def _share_link(stamp: Stamp, prepared: Prepared, participant_id: uuid.UUID, links: Links) -> ShareLinkRow | None:
    share = prepared.order.share
    if share is None:
        return None
    link_id = stamp.row_id()
    return ShareLinkRow(
        id=link_id,
        participant_id=participant_id,
        token_hash=token_hash(links.share_token(link_id)),
        purpose=share.purpose,
        expires_on=share.expires_on,
        created_at=stamp.now,
    )
