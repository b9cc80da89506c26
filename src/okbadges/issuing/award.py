"""Awards as rows: the signed credential, a new participant, a share link; and how the writer stores many of them together."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from okbadges.errors import Conflict, OkbadgesError
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
from okbadges.storage.writer import add, add_all

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection

    from okbadges.issuing.links import Links
    from okbadges.issuing.prepare import Prepared
    from okbadges.issuing.signing import Signing
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

    Its ``standing`` is that of the earlier one, and so is its badge version if ``badge_row_id`` says so. ``change`` is what happens to the earlier one, in the same transaction, before the new one is stored and
    after it was seen that the participant is still there; it raises `Conflict` when the earlier one does not allow it any more.
    """

    standing: Standing
    change: Callable[[Connection, Stamp], None]
    supersedes_id: uuid.UUID | None = None
    copy_of_id: uuid.UUID | None = None
    subject_id: str | None = None
    badge_row_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Award:
    """The rows of one award, not stored yet, as values by column."""

    stamp: Stamp
    credential: dict[str, Any]
    participant: dict[str, Any] | None
    share_link: dict[str, Any] | None
    standing: Standing
    follows: Follows | None
    chain: str


def make_award(
    stamp: Stamp,
    prepared: Prepared,
    slot: StatusSlot,
    *,
    signing: Signing,
    links: Links,
    repeat: Repeat | None,
    follows: Follows | None = None,
) -> Award:
    """Build, lint, sign and verify one credential and give back its rows."""
    participant_id = prepared.order.participant or uuid4(stamp.random_bytes)
    newcomer = None if prepared.order.participant else _newcomer(stamp, prepared, participant_id)
    share = _share_link(stamp, prepared, participant_id, links)
    row_id = stamp.row_id()
    credential_id = f"urn:uuid:{uuid4(stamp.random_bytes)}"
    subject_id = follows.subject_id if follows and follows.subject_id else f"urn:uuid:{uuid4(stamp.random_bytes)}"
    document = signing.signed_document(prepared, slot, credential_id=credential_id, subject_id=subject_id)
    credential = {
        **_of_order(prepared),
        "id": row_id,
        "credential_id": credential_id,
        "participant_id": participant_id,
        "issued_at": stamp.now,
        "issued_by": stamp.actor,
        "status_list_id": slot.list_row_id,
        "status_index": slot.index,
        "document": document,
        "document_hash": hashlib.sha256(document).hexdigest(),
        "claim_token_hash": token_hash(links.claim_token(row_id)),
        "supersedes_id": follows.supersedes_id if follows else None,
        "copy_of_id": follows.copy_of_id if follows else None,
        "repeat_hash": repeat.key_hash if repeat else None,
        "request_hash": repeat.request_hash if repeat else None,
        "share_link_id": share["id"] if share else None,
        # a share link at issue needs the person's word, given now, that they take the badge and want the link (decision 0025)
        "accepted_at": stamp.now if share else None,
    }
    return Award(stamp, credential, newcomer, share, prepared.standing, follows, prepared.issuer.slug)


def _newcomer(stamp: Stamp, prepared: Prepared, participant_id: uuid.UUID) -> dict[str, Any]:
    return {
        "id": participant_id,
        "organisation_id": prepared.organisation.id,
        "last_event_at": stamp.now,
        "created_at": stamp.now,
        "stands_for_erased": False,
    }


def _of_order(prepared: Prepared) -> dict[str, Any]:
    """Return the columns of a credential that follow from what was ordered."""
    order, standing = prepared.order, prepared.standing
    return {
        "issuer_id": prepared.issuer.id,
        "organisation_id": prepared.organisation.id,
        "workshop_id": prepared.workshop.id,
        "badge_version_id": prepared.badge_row_id,
        "signing_key_id": prepared.key.row_id,
        "language": order.language,
        "awarded_on": order.awarded_on,
        "award_language": order.award_language,
        "valid_until_on": order.valid_until,
        "observation": orjson.dumps(standing.observation).decode(),
        "criteria_met_by": standing.criteria_met_by,
    }


def store_awards(connection: Connection, awards: Sequence[Award]) -> list[OkbadgesError | IntegrityError | None]:
    """Insert everything of each award and its event: all of it or, when anything is refused, none. Return each refusal.

    They are stored together; when that is refused, one by one, so that each meets its own refusal and no other's.
    """
    together = _refusal(connection, awards)
    if together is None or len(awards) == 1:
        return [together] * len(awards)
    return [_refusal(connection, [award]) for award in awards]


def _refusal(connection: Connection, awards: Sequence[Award]) -> OkbadgesError | IntegrityError | None:
    """Store awards in a savepoint of their own; return why they were refused, all of them then."""
    try:
        with connection.begin_nested():
            _store(connection, awards)
    except (OkbadgesError, IntegrityError) as refused:
        return refused
    return None


def _store(connection: Connection, awards: Sequence[Award]) -> None:
    for signing_key_id in {award.credential["signing_key_id"] for award in awards}:
        require_sound_key(connection, signing_key_id)
    _touch_who_is_there(connection, [award for award in awards if award.participant is None])
    for award in awards:
        _change_what_is_there(connection, award)
    add_all(connection, ParticipantRow, [award.participant for award in awards if award.participant])
    add_all(connection, CredentialRow, [award.credential for award in awards])
    for award in awards:
        _add_what_it_rests_on(connection, award)
    journal.append_all(connection, [(award.stamp, _event(award)) for award in awards])


def _touch_who_is_there(connection: Connection, awards: Sequence[Award]) -> None:
    """Note that something happens to participants who were known before. Nothing new is for one who took back a moment ago that they want it."""
    if not awards:
        return
    for_new = {award.credential["participant_id"] for award in awards if award.follows is None}
    if for_new and consents.who_withdrew(connection, for_new, Consenting.RECEIVING):
        raise consents.consent_withdrawn(Consenting.RECEIVING)
    # what is issued together has one moment
    touch(connection, awards[0].stamp, *{award.credential["participant_id"] for award in awards})


def _change_what_is_there(connection: Connection, award: Award) -> None:
    """Do what an award does to the credential that it follows."""
    stamp, row = award.stamp, award.credential
    if award.follows is not None:
        award.follows.change(connection, stamp)
    if row["supersedes_id"] is not None:
        _keep_what_was_said(connection, row, row["supersedes_id"])


def _add_what_it_rests_on(connection: Connection, award: Award) -> None:
    """Insert what refers to the credential: what a summary collects, the second person's word, the share link."""
    row, link = award.credential, award.share_link
    keep_collected(connection, row["id"], award.standing.collected)
    if award.standing.confirmation is not None:
        _use_confirmation(connection, award.standing.confirmation, row["id"])
    if link is not None:
        add_all(connection, ShareLinkRow, [link])
        add(connection, ShareLinkItemRow(share_link_id=link["id"], position=0, credential_row_id=row["id"]))
        _keep_consents(connection, award.stamp, link)


def _event(award: Award) -> journal.Event:
    row = award.credential
    earlier = {"supersedes": row["supersedes_id"], "copy_of": row["copy_of_id"]}
    return journal.Event(
        chain=award.chain,
        action="credential.issued",
        subject=row["credential_id"],
        details={
            "document": row["document_hash"],
            "index": row["status_index"],
            "criteria": row["criteria_met_by"],
            **{name: str(row_id) for name, row_id in earlier.items() if row_id is not None},
        },
    )


def _keep_consents(connection: Connection, stamp: Stamp, link: Mapping[str, Any]) -> None:
    """Record what an order with a share link says (``share.agreed``): that the person takes the badge and wants it shown."""
    person = link["participant_id"]
    consents.give(connection, stamp, person, Consenting.RECEIVING, How.IN_PERSON)
    consents.give(connection, stamp, person, Consenting.SHARING, How.IN_PERSON, share_link_id=link["id"])


def _keep_what_was_said(connection: Connection, row: dict[str, Any], earlier: uuid.UUID) -> None:
    """Let the holder's word on the earlier credential stand for the one in its place: nobody is asked twice about one badge."""
    said = connection.execute(
        select(col(CredentialRow.accepted_at), col(CredentialRow.declined_at), col(CredentialRow.hidden_at)).where(
            col(CredentialRow.id) == earlier
        )
    ).one()
    row["accepted_at"] = row["accepted_at"] or said.accepted_at
    row["declined_at"], row["hidden_at"] = said.declined_at, said.hidden_at


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


def _share_link(stamp: Stamp, prepared: Prepared, participant_id: uuid.UUID, links: Links) -> dict[str, Any] | None:
    share = prepared.order.share
    if share is None:
        return None
    link_id = stamp.row_id()
    return {
        "id": link_id,
        "participant_id": participant_id,
        "token_hash": token_hash(links.share_token(link_id)),
        "code_hash": links.share_code_hash(link_id),
        "purpose": share.purpose,
        "expires_on": share.expires_on,
        "shows": "",
        "created_at": stamp.now,
    }
