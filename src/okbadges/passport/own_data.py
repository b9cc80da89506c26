"""Everything that is held about a person, for that person: as one document that a program reads, and the pieces of evidence as they are.

Every table that says something about a participant is in it; a test asks for each. What is sealed is opened: it is about them. What
schools decided is added where all of it is put together (`okbadges.recognition.recognised`): decisions are theirs, and not of this room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from okbadges.catalogue.shelf import badge_by_row_id
from okbadges.corrections.records import open_revocation_note
from okbadges.credentials.strict_json import loads
from okbadges.organisations.participants import open_label
from okbadges.passport import own_links
from okbadges.passport.brought import brought_of, program_name
from okbadges.passport.let_in import programs_told
from okbadges.passport.mail import open_address
from okbadges.passport.profiles import profile_of
from okbadges.passport.reflections import reflections_of
from okbadges.progress.evidence import evidence_of, open_evidence
from okbadges.progress.notes import open_note
from okbadges.storage.sealing import Sealed
from okbadges.storage.tables import (
    CardRow,
    ConfirmationRow,
    ConsentRow,
    CredentialRow,
    EndorsementRow,
    GroupParticipantRow,
    GroupRow,
    OrganisationRow,
    OutgoingMailRow,
    ParticipantRow,
    PassportMailRow,
    ShareLinkItemRow,
    ShareLinkRow,
    TickedStepRow,
    WalletOfferRow,
    WorkshopRow,
)

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator, Sequence

    from sqlmodel import Session, SQLModel

    from okbadges.passport.brought import Brought
    from okbadges.passport.holder import Holder
    from okbadges.progress.evidence import Piece
    from okbadges.storage.sealing import Secrets

_MANY = 10_000


def own_data(session: Session, secrets: Secrets, holder: Holder) -> dict[str, Any]:
    """Return what is held, as values that JSON knows (days and times as ISO 8601 texts, ids as texts)."""
    return {
        "passport": _passport(session, secrets, holder),
        "participants": [_participant(session, secrets, one) for one in holder.participants],
        "credentials": list(_credentials(session, secrets, holder)),
        "steps": list(_steps(session, secrets, holder)),
        "second_persons_words": [
            _told(row, "badge", "role", "confirmed_at")
            for row in _rows(session, ConfirmationRow, col(ConfirmationRow.participant_id), holder.participants)
        ],
        "evidence": [
            {**_piece(piece), "file": f"evidence/{piece.file_name()}"} for piece, _ in pieces(session, holder)
        ],
        "own_words": [
            {
                "badge": one.badge,
                "step": one.criterion_hash or None,
                "words": one.words,
                "sure_before": one.sure_before,
                "sure_after": one.sure_after,
            }
            for one in reflections_of(session, secrets, holder.participants)
        ],
        "consents": [
            _told(row, "purpose", "wording", "given_how", "given_at", "withdrawn_at")
            for row in _rows(session, ConsentRow, col(ConsentRow.participant_id), holder.participants)
        ],
        "links": list(_links(session, secrets, holder)),
        "endorsements": list(_endorsements(session, holder)),
        "brought_badges": [_brought(one) for one in brought_of(session, secrets, holder.passport_id)],
        "programs": list(programs_told(session, holder.passport_id)),
        "wallet_offers": list(_wallet_offers(session, holder)),
    }


def _passport(session: Session, secrets: Secrets, holder: Holder) -> dict[str, Any]:
    return {
        "has_pin": holder.has_pin,
        "cards": [
            _told(row, "issued_at", "opened_at", "ended_at")
            for row in _rows(session, CardRow, col(CardRow.passport_id), [holder.passport_id])
        ],
        "mail": _mail(session, secrets, holder),
        "profile": _profile(session, secrets, holder),
    }


def pieces(session: Session, holder: Holder) -> Iterator[tuple[Piece, uuid.UUID]]:
    """Go through the pieces of evidence of a passport, each with whose it is, without opening any."""
    for participant_id in holder.participants:
        for piece in evidence_of(session, participant_id, limit=_MANY):
            yield piece, participant_id


def evidence_files(session: Session, secrets: Secrets, holder: Holder) -> Iterator[tuple[str, bytes]]:
    """Go through the pieces of evidence of a passport, opened, each with a name for a file."""
    for piece, participant_id in pieces(session, holder):
        yield f"evidence/{piece.file_name()}", open_evidence(session, secrets, participant_id, piece.id)[1]


def _mail(session: Session, secrets: Secrets, holder: Holder) -> dict[str, Any] | None:
    """Return the e-mail address, if there is one, and how many letters to it are on their way."""
    for row in _rows(session, PassportMailRow, col(PassportMailRow.passport_id), [holder.passport_id]):
        waiting = _rows(session, OutgoingMailRow, col(OutgoingMailRow.passport_id), [holder.passport_id])
        return {
            **_told(row, "language", "wording", "added_at", "confirmed_at", "link_until"),
            "address": open_address(secrets, row.id, row.sealed_address),
            "letters_on_their_way": len(waiting),
        }
    return None


def _profile(session: Session, secrets: Secrets, holder: Holder) -> dict[str, Any] | None:
    """Return what a program put as the holder's profile, if one has."""
    kept = profile_of(session, secrets, holder.passport_id)
    return {"changed_at": kept.changed_at.isoformat(), "document": loads(kept.document)} if kept else None


def _brought(brought: Brought) -> dict[str, Any]:
    """Return a badge of another issuer: a JWT as its text, any other as the JSON that it is."""
    return {
        "media_type": brought.media_type,
        "brought_at": brought.brought_at.isoformat(),
        "changed_at": brought.changed_at.isoformat(),
        "brought_by": program_name(brought.registration),
        "document": brought.document.decode() if brought.is_jwt else loads(brought.document),
    }


def _participant(session: Session, secrets: Secrets, participant_id: uuid.UUID) -> dict[str, Any]:
    row = session.get_one(ParticipantRow, participant_id)
    stays = session.exec(
        select(GroupParticipantRow, GroupRow.name, WorkshopRow.name)
        .join(GroupRow, col(GroupRow.id) == GroupParticipantRow.group_id)
        .join(WorkshopRow, col(WorkshopRow.id) == GroupRow.workshop_id)
        .where(GroupParticipantRow.participant_id == participant_id)
        .order_by(col(GroupParticipantRow.id))
    )
    return {
        **_told(row, "id", "created_at", "last_event_at"),
        "organisation": session.get_one(OrganisationRow, row.organisation_id).name,
        "label": open_label(secrets, row.id, row.sealed_label),
        "groups": [
            {**_told(stay, "joined_at", "left_at"), "group": group, "workshop": workshop}
            for stay, group, workshop in stays
        ],
    }


def _credentials(session: Session, secrets: Secrets, holder: Holder) -> Iterator[dict[str, Any]]:
    for row in _rows(session, CredentialRow, col(CredentialRow.participant_id), holder.participants):
        badge, _ = badge_by_row_id(session, row.badge_version_id, row.language)
        yield {
            **_told(
                row, "credential_id", "language", "awarded_on", "award_language", "valid_until_on", "criteria_met_by"
            ),
            **_told(row, "issued_at", "accepted_at", "declined_at", "hidden_at", "revoked_at", "revocation_reason"),
            "revocation_note": open_revocation_note(secrets, row.credential_id, row.sealed_revocation_note),
            "badge": badge.slug,
            "workshop": session.get_one(WorkshopRow, row.workshop_id).name,
            "observation": loads(row.observation.encode()) if row.observation else None,
            "document": loads(row.document) if row.document else None,
        }


def _steps(session: Session, secrets: Secrets, holder: Holder) -> Iterator[dict[str, Any]]:
    for row in _rows(session, TickedStepRow, col(TickedStepRow.participant_id), holder.participants):
        yield {
            **_told(row, "badge", "step", "observed_by", "method", "observed_on", "ticked_at"),
            "note": open_note(secrets, row.id, row.sealed_note),
        }


def _links(session: Session, secrets: Secrets, holder: Holder) -> Iterator[dict[str, Any]]:
    for row in _rows(session, ShareLinkRow, col(ShareLinkRow.participant_id), holder.participants):
        name = row.sealed_name and secrets.unseal(
            row.sealed_name, bound_to=own_links.bound_to(row.id), kind=Sealed.OWN_WORDS
        )
        shown = session.exec(
            select(CredentialRow.credential_id)
            .join(ShareLinkItemRow, col(ShareLinkItemRow.credential_row_id) == CredentialRow.id)
            .where(ShareLinkItemRow.share_link_id == row.id)
            .order_by(col(ShareLinkItemRow.position))
        )
        yield {
            **_told(row, "purpose", "expires_on", "created_at", "withdrawn_at"),
            "shows": row.shows.split(),
            "name": name.decode() if name else None,
            "credentials": list(shown),
        }


def _endorsements(session: Session, holder: Holder) -> Iterator[dict[str, Any]]:
    rows = session.exec(
        select(EndorsementRow, CredentialRow.credential_id)
        .join(CredentialRow, col(CredentialRow.id) == EndorsementRow.credential_row_id)
        .where(col(CredentialRow.participant_id).in_(holder.participants))
        .order_by(col(EndorsementRow.id))
    )
    for row, credential_id in rows:
        yield {
            **_told(row, "endorsement_id", "made_at", "revoked_at"),
            "credential": credential_id,
            "document": loads(row.document) if row.document else None,
        }


def _wallet_offers(session: Session, holder: Holder) -> Iterator[dict[str, Any]]:
    rows = session.exec(
        select(WalletOfferRow, CredentialRow.credential_id)
        .join(CredentialRow, col(CredentialRow.id) == WalletOfferRow.credential_row_id)
        .where(col(CredentialRow.participant_id).in_(holder.participants))
        .order_by(col(WalletOfferRow.id))
    )
    for row, credential_id in rows:
        yield {
            **_told(row, "made_at", "expires_at", "ended_at", "code_used_at", "taken_at", "outcome", "outcome_at"),
            "credential": credential_id,
        }


def _rows(session: Session, table: type[Any], column: Any, values: Sequence[uuid.UUID]) -> Sequence[Any]:  # noqa: ANN401 - a column of any table
    return session.exec(select(table).where(column.in_(values)).order_by(col(table.id))).all()


def _piece(piece: Piece) -> dict[str, Any]:
    return {
        "badge": piece.badge,
        "kind": piece.kind.value,
        "size": piece.size,
        "created_at": piece.created_at.isoformat(),
        "delete_on": piece.delete_on.isoformat(),
    }


def _told(row: SQLModel, *names: str) -> dict[str, Any]:
    """Return some columns of a row as JSON has them."""
    told: dict[str, Any] = row.model_dump(mode="json", include=set(names))
    return {name: told[name] for name in names}
