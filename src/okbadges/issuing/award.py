"""One award as rows, ready for the writer: the signed credential, a new participant, a share link. Nothing is stored here."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import select, update
from sqlmodel import col

from okbadges.credentials.status_list import entry
from okbadges.errors import Conflict
from okbadges.issuing.body import unsigned_credential
from okbadges.issuing.linting import lint, sign_linted
from okbadges.issuing.summary import keep_collected
from okbadges.keys.rotation import require_sound_key
from okbadges.organisations import consents
from okbadges.organisations.consents import Consenting, How
from okbadges.organisations.participants import touch
from okbadges.storage import journal
from okbadges.storage.ids import uuid4
from okbadges.storage.sealing import token_hash
from okbadges.storage.tables import (
    ConfirmationRow,
    CredentialRow,
    ParticipantRow,
    ShareLinkItemRow,
    ShareLinkRow,
)
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable

    from sqlalchemy import Connection

    from okbadges.issuing.links import Links
    from okbadges.issuing.prepare import Prepared
    from okbadges.issuing.standing import Standing
    from okbadges.issuing.status_indices import StatusSlot
    from okbadges.storage.journal import Stamp


@dataclass(frozen=True, slots=True)
class Repeat:
    """How a request is known again: the hash of its idempotency key, and of what it ordered."""

    key_hash: bytes
    request_hash: bytes


@dataclass(frozen=True, slots=True)
class Follows:
    """An earlier credential that a new one follows: as its correction or renewal (``supersedes_id``) or as a wallet's copy.

    Its ``standing`` is that of the earlier one, and so is its badge version if ``badge_row_id`` says so. ``change`` is what happens to the earlier one, first in the same transaction;
    it raises `Conflict` when the earlier one does not allow it any more.
    """

    standing: Standing
    change: Callable[[Connection, Stamp], None]
    supersedes_id: uuid.UUID | None = None
    copy_of_id: uuid.UUID | None = None
    subject_id: str | None = None
    badge_row_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Award:
    """The rows of one award, not stored yet."""

    credential: CredentialRow
    participant: ParticipantRow | None
    share_link: ShareLinkRow | None
    standing: Standing
    follows: Follows | None
    chain: str


def make_award(
    stamp: Stamp,
    prepared: Prepared,
    slot: StatusSlot,
    *,
    links: Links,
    repeat: Repeat | None,
    follows: Follows | None = None,
) -> Award:
    """Build, lint, sign and verify one credential and give back its rows."""
    newcomer = _newcomer(stamp, prepared) if prepared.order.participant is None else None
    participant_id = newcomer.id if newcomer else prepared.order.participant
    if participant_id is None:
        raise AssertionError("an order without a participant makes one")
    share = _share_link(stamp, prepared, participant_id, links)
    credential = _credential(stamp, prepared, slot, participant_id, links=links, follows=follows)
    if share is not None:
        # a share link at issue needs the person's word, given now, that they take the badge and want the link (decision 0025)
        credential.share_link_id, credential.accepted_at = share.id, stamp.now
    if repeat is not None:
        credential.repeat_hash, credential.request_hash = repeat.key_hash, repeat.request_hash
    return Award(credential, newcomer, share, prepared.standing, follows, prepared.issuer.slug)


def _newcomer(stamp: Stamp, prepared: Prepared) -> ParticipantRow:
    return ParticipantRow(
        id=uuid4(stamp.random_bytes),
        organisation_id=prepared.organisation.id,
        last_event_at=stamp.now,
        created_at=stamp.now,
    )


def _credential(
    stamp: Stamp,
    prepared: Prepared,
    slot: StatusSlot,
    participant_id: uuid.UUID,
    *,
    links: Links,
    follows: Follows | None,
) -> CredentialRow:
    order, standing, row_id = prepared.order, prepared.standing, stamp.row_id()
    credential_id = f"urn:uuid:{uuid4(stamp.random_bytes)}"
    subject_id = follows.subject_id if follows and follows.subject_id else f"urn:uuid:{uuid4(stamp.random_bytes)}"
    document = _signed_document(prepared, slot, credential_id=credential_id, subject_id=subject_id)
    return CredentialRow(
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
        observation=orjson.dumps(asdict(standing.observation)).decode(),
        criteria_met_by=standing.criteria_met_by,
        issued_at=stamp.now,
        issued_by=stamp.actor,
        status_list_id=slot.list_row_id,
        status_index=slot.index,
        document=document,
        document_hash=hashlib.sha256(document).hexdigest(),
        claim_token_hash=token_hash(links.claim_token(row_id)),
        supersedes_id=follows.supersedes_id if follows else None,
        copy_of_id=follows.copy_of_id if follows else None,
    )


def store_award(connection: Connection, stamp: Stamp, award: Award) -> None:
    """Insert everything of one award and its event: all of it or, when anything is refused, none."""
    row = award.credential
    require_sound_key(connection, row.signing_key_id)
    if award.follows is not None:
        award.follows.change(connection, stamp)
    if award.participant is not None:
        add(connection, award.participant)
    else:
        if award.follows is None:
            consents.refuse_what_was_withdrawn(connection, row.participant_id, Consenting.RECEIVING)
        touch(connection, stamp, row.participant_id)
    if row.supersedes_id is not None:
        _keep_what_was_said(connection, row, row.supersedes_id)
    add(connection, row)
    keep_collected(connection, row.id, award.standing.collected)
    if award.standing.confirmation is not None:
        _use_confirmation(connection, award.standing.confirmation, row.id)
    if award.share_link is not None:
        item = ShareLinkItemRow(share_link_id=award.share_link.id, position=0, credential_row_id=row.id)
        add(connection, award.share_link, item)
        _keep_consents(connection, stamp, award.share_link)
    event = journal.Event(
        chain=award.chain,
        action="credential.issued",
        subject=row.credential_id,
        details={
            "document": row.document_hash,
            "index": row.status_index,
            "criteria": row.criteria_met_by,
            **{
                name: str(earlier)
                for name, earlier in (("supersedes", row.supersedes_id), ("copy_of", row.copy_of_id))
                if earlier is not None
            },
        },
    )
    journal.append(connection, stamp, event)


def _keep_consents(connection: Connection, stamp: Stamp, link: ShareLinkRow) -> None:
    """Record what an order with a share link says (``share.agreed``): that the person takes the badge and wants it shown."""
    consents.give(connection, stamp, link.participant_id, Consenting.RECEIVING, How.IN_PERSON)
    consents.give(connection, stamp, link.participant_id, Consenting.SHARING, How.IN_PERSON, share_link_id=link.id)


def _keep_what_was_said(connection: Connection, row: CredentialRow, earlier: uuid.UUID) -> None:
    """Let the holder's word on the earlier credential stand for the one in its place: nobody is asked twice about one badge."""
    said = connection.execute(
        select(col(CredentialRow.accepted_at), col(CredentialRow.declined_at), col(CredentialRow.hidden_at)).where(
            col(CredentialRow.id) == earlier
        )
    ).one()
    row.accepted_at, row.declined_at, row.hidden_at = (
        row.accepted_at or said.accepted_at,
        said.declined_at,
        said.hidden_at,
    )


def _use_confirmation(connection: Connection, confirmation: uuid.UUID, credential_row_id: uuid.UUID) -> None:
    """Spend the second person's word on this credential; somebody may have spent it or taken it back a moment ago."""
    spent = connection.execute(
        update(ConfirmationRow)
        .where(col(ConfirmationRow.id) == confirmation, col(ConfirmationRow.credential_row_id).is_(None))
        .values(credential_row_id=credential_row_id)
    )
    if spent.rowcount == 0:
        raise Conflict(
            "second-person-missing",
            "The second person's word was just used or taken back; nothing was issued. Ask for it again.",
            field="badge",
        )


def _signed_document(prepared: Prepared, slot: StatusSlot, *, credential_id: str, subject_id: str) -> bytes:
    """Build the body, lint it, sign it, and verify what was signed. All that it refers to is at the issuer's home."""
    home_url = prepared.issuer.home_url
    list_url = f"{home_url}/issuers/{prepared.issuer.slug}/status/{slot.list_number}"
    body = unsigned_credential(
        prepared.order,
        badge=prepared.badge,
        issuer=prepared.issuer,
        credential_id=credential_id,
        subject_id=subject_id,
        status_entry=entry(list_url, slot.index),
        base_url=home_url,
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
        code_hash=links.share_code_hash(link_id),
        purpose=share.purpose,
        expires_on=share.expires_on,
        created_at=stamp.now,
    )
