"""Endorsing: a school turns a decision into its signed word about the badges that were its grounds.

1. The decision is the school's, stands, and recognises the whole or a part of an area. 2. The summary badge that counted is endorsed, or
else each badge that counted. 3. Reserve a place in the status list of the school's own issuer. 4. Build. 5. Lint. 6. Sign, and verify the
signature with the published key. 7. Store, with an event; nothing signed leaves before. A repeat makes nothing twice.

Vocational units and parts of TUVA are for a teacher's eyes, so a decision about one is not endorsed. An endorsement is somebody else's
word: a school that shares its issuer with who awarded the badge makes none.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import and_, select
from sqlmodel import col

from okbadges.catalogue.shelf import badge_by_row_id
from okbadges.credentials.status_list import entry
from okbadges.errors import Conflict
from okbadges.issuing.linting import lint, sign_linted
from okbadges.keys.rotation import require_sound_key
from okbadges.organisations.issuers import issuer_by_id
from okbadges.recognition.decisions import find_decision, require_standing
from okbadges.recognition.endorsement_body import unsigned_endorsement
from okbadges.recognition.endorsements import endorsements_of_decision
from okbadges.recognition.record import Decided, TargetKind
from okbadges.storage import journal
from okbadges.storage.ids import uuid4
from okbadges.storage.journal import Stamp
from okbadges.storage.tables import CredentialRow, DecisionBadgeRow, EndorsementRow, SigningKeyRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Select
    from sqlmodel import Session

    from okbadges.issuing.status_indices import StatusIndices
    from okbadges.keys.keyring import Keyring, SigningKey
    from okbadges.organisations.issuers import Issuer
    from okbadges.organisations.workshops import Organisation
    from okbadges.passport.shown_endorsements import Endorsement
    from okbadges.recognition.record import DecisionRecord
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer


@dataclass(frozen=True, slots=True)
class _Ground:
    """A credential that counted: its row's key, its id, its language, and whether it is of a summary badge."""

    row_id: uuid.UUID
    credential_id: str
    language: str
    is_summary: bool


class Endorsing:
    """Makes endorsements; one of it serves a whole process."""

    def __init__(
        self,
        writer: Writer,
        keyring: Keyring,
        indices: StatusIndices,
        secrets: Secrets,
        *,
        now: Callable[[], datetime],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        """Sign with the keys of ``keyring`` and store through ``writer``; ``secrets`` open the decisions."""
        self._writer = writer
        self._keyring = keyring
        self._indices = indices
        self._secrets = secrets
        self._now = now
        self._random_bytes = random_bytes

    def endorse(self, organisation: Organisation, decision_id: uuid.UUID, *, actor: str) -> list[Endorsement]:
        """Return the endorsements that a school makes of a decision; those that were made before are among them.

        Raises `NotFound` (``unknown-decision``) and `Conflict`: ``decision-superseded``, ``nothing-to-endorse`` (nothing was
        recognised, or no badge of ours that counted is still there), ``not-to-endorse`` (not about an area), ``own-issuer``.
        """
        stamp = Stamp(actor, self._now(), self._random_bytes)
        with self._writer.database.read() as session:
            record = find_decision(session, self._secrets, organisation, decision_id)
            issuer = issuer_by_id(session, organisation.issuer_id)
            grounds = _to_endorse(session, record, issuer)
            key = self._keyring.signing_key(session, issuer)
            there = {one.credential_id for one in endorsements_of_decision(session, decision_id)}
        for ground in grounds:
            if ground.credential_id not in there:
                row = self._signed(stamp, record, ground, issuer, key)
                self._writer.write(partial(_store, stamp=stamp, row=row, chain=issuer.slug))
        with self._writer.database.read() as session:
            return endorsements_of_decision(session, decision_id)

    def _signed(
        self, stamp: Stamp, record: DecisionRecord, ground: _Ground, issuer: Issuer, key: SigningKey
    ) -> EndorsementRow:
        """Build, lint, sign and verify one endorsement and give back its row."""
        slot = self._indices.take(issuer)
        endorsement_id = f"urn:uuid:{uuid4(stamp.random_bytes)}"
        list_url = f"{issuer.home_url}/issuers/{issuer.slug}/status/{slot.list_number}"
        body = unsigned_endorsement(
            record,
            issuer=issuer,
            endorsement_id=endorsement_id,
            credential_id=ground.credential_id,
            language=ground.language,
            status_entry=entry(list_url, slot.index),
        )
        document = sign_linted(lint(body), key=key)
        return EndorsementRow(
            id=stamp.row_id(),
            endorsement_id=endorsement_id,
            issuer_id=issuer.id,
            decision_id=record.id,
            credential_row_id=ground.row_id,
            signing_key_id=key.row_id,
            status_list_id=slot.list_row_id,
            status_index=slot.index,
            document=document,
            document_hash=hashlib.sha256(document).hexdigest(),
            made_at=stamp.now,
        )


def to_endorse(session: Session, organisation: Organisation, record: DecisionRecord) -> list[str]:
    """Return the ids of the credentials that a school's endorsement of this decision is about. Raises `Conflict` as `Endorsing.endorse` does."""
    issuer = issuer_by_id(session, organisation.issuer_id)
    return [one.credential_id for one in _to_endorse(session, record, issuer)]


def _to_endorse(session: Session, record: DecisionRecord, issuer: Issuer) -> list[_Ground]:
    require_standing(session.connection(), record.id)
    if record.target.kind is not TargetKind.COMMON_AREA:
        raise Conflict(
            "not-to-endorse",
            "Only a decision about an area of a common unit is endorsed: what else a badge counts towards is for a teacher.",
            field="decision",
        )
    if record.decided not in (Decided.FULL, Decided.PART):
        raise _nothing()
    return _grounds(session, record.id, issuer)


def _grounds(session: Session, decision_id: uuid.UUID, issuer: Issuer) -> list[_Ground]:
    """Return what is endorsed: the summary badges that counted, or else each badge that counted."""
    counted = session.scalars(
        select(CredentialRow)
        .join(DecisionBadgeRow, col(DecisionBadgeRow.credential_row_id) == col(CredentialRow.id))
        .where(col(DecisionBadgeRow.decision_id) == decision_id, col(DecisionBadgeRow.counted), _is_there())
        .order_by(col(DecisionBadgeRow.position))
    ).all()
    if not counted:
        raise _nothing()
    grounds = [_ground(session, row) for row in counted if row.issuer_id != issuer.id]
    if not grounds:
        raise Conflict(
            "own-issuer",
            f"The badges are of {issuer.name} too, and nobody endorses themselves. The school needs an issuer of its own; "
            "the operator makes one: okbadges issuer create",
            field="decision",
        )
    return [one for one in grounds if one.is_summary] or grounds


def _ground(session: Session, row: CredentialRow) -> _Ground:
    badge, _ = badge_by_row_id(session, row.badge_version_id, row.language)
    return _Ground(row.id, row.credential_id, row.language, badge.kind == "summary")


def _store(connection: Connection, *, stamp: Stamp, row: EndorsementRow, chain: str) -> None:
    """Store an endorsement, unless another process did meanwhile. Raises `Conflict` for what was superseded or revoked since, or erased."""
    require_standing(connection, row.decision_id)
    there = select(col(CredentialRow.id)).where(col(CredentialRow.id) == row.credential_row_id, _is_there())
    if connection.execute(there).first() is None:
        raise _nothing()
    require_sound_key(connection, row.signing_key_id)
    if connection.execute(_the_same(row)).first():
        return
    add(connection, row)
    details: dict[str, str | int | None] = {
        "endorsement": row.endorsement_id,
        "document": row.document_hash,
        "index": row.status_index,
        "decision": str(row.decision_id),
    }
    journal.append(connection, stamp, journal.Event(chain, "endorsement.made", f"endorsement:{row.id}", details))


def _the_same(row: EndorsementRow) -> Select[uuid.UUID]:
    """Return what finds an endorsement of the same decision about the same credential that stands."""
    return (
        select(col(EndorsementRow.id))
        .join(SigningKeyRow, col(SigningKeyRow.id) == col(EndorsementRow.signing_key_id))
        .where(
            col(EndorsementRow.decision_id) == row.decision_id,
            col(EndorsementRow.credential_row_id) == row.credential_row_id,
            col(EndorsementRow.revoked_at).is_(None),
            col(SigningKeyRow.compromised_since).is_(None),
        )
    )


def _is_there() -> ColumnElement[bool]:
    """Return the condition that a credential is still the holder's, and neither revoked nor erased."""
    ended = (CredentialRow.revoked_at, CredentialRow.declined_at, CredentialRow.erased_at)
    return and_(*(col(one).is_(None) for one in ended))


def _nothing() -> Conflict:
    return Conflict(
        "nothing-to-endorse",
        "An endorsement says that a badge was among the grounds of a recognition: nothing was recognised here, or none of the badges "
        "that counted is still there.",
        field="decision",
    )
