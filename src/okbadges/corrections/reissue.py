"""Correcting and renewing: a new credential for the same award and participant, in the place of an earlier one.

Reissuing revokes the earlier one as replaced, in the transaction that stores the new one; renewing leaves it to its own end. A
credential has one successor at the most, and says which. Both issue the version of the badge that was awarded.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from pydantic import TypeAdapter
from sqlalchemy import select as core_select
from sqlmodel import col, select

from okbadges.catalogue.texts import Language
from okbadges.corrections.records import find_record, seal_note
from okbadges.corrections.revoke import Reason, revoke_row
from okbadges.errors import Conflict, InvalidInput
from okbadges.issuing.award import Follows
from okbadges.issuing.order import Order
from okbadges.issuing.standing import Standing
from okbadges.organisations.roles import Scope
from okbadges.progress.observation import Observation
from okbadges.storage.tables import CollectedCredentialRow, CredentialRow, WorkshopRow

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable
    from datetime import date

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.corrections.records import Record
    from okbadges.issuing.answers import Issued
    from okbadges.issuing.award import Repeat
    from okbadges.issuing.issue import Issuing
    from okbadges.organisations.callers import Caller
    from okbadges.storage.database import Database
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets

_LANGUAGE: Final[TypeAdapter[Language]] = TypeAdapter(Language)
_OBSERVATION: Final = TypeAdapter(Observation)


@dataclass(frozen=True, slots=True)
class Correction:
    """Why a credential is corrected, with a checked note for colleagues, and how: from the order as it was to the right one."""

    reason: Reason
    note: str | None
    corrected: Callable[[Order], Order]


@dataclass(frozen=True, slots=True)
class Reissuing:
    """Issues what stands in the place of an earlier credential."""

    database: Database
    secrets: Secrets
    issuing: Issuing

    def reissue(
        self, credential_id: str, correction: Correction, *, caller: Caller, repeat_key: str | None = None
    ) -> Issued:
        """Issue a corrected credential and revoke the earlier one as replaced; or answer again what the ``repeat_key`` issued.

        Raises what `Issuing.issue` raises, `NotFound` for a credential of others, `InvalidInput` (``reason-not-for-reissue``) and
        `Conflict`: ``already-revoked``, ``already-replaced``, ``erased``, ``is-a-copy``.
        """
        if correction.reason is Reason.WRONG_PARTICIPANT:
            raise InvalidInput(
                "reason-not-for-reissue",
                "A correction stays with the participant. Revoke this credential, and issue the badge to whom it belongs.",
                field="reason",
            )
        record, earlier = self._earlier(credential_id, caller)
        order = correction.corrected(earlier)
        change = partial(_replace_row, record=record, correction=correction, secrets=self.secrets)
        body = (order.request_hash().hex(), correction.reason.value, correction.note or "")
        return self._issue(
            record, order, caller, change, self._repeat("reissue", record, order, caller, repeat_key, body)
        )

    def renew(self, credential_id: str, valid_until: date, *, caller: Caller, repeat_key: str | None = None) -> Issued:
        """Issue the same award again until a later day (``valid_until``, UTC); the earlier credential keeps its own end.

        Raises as `reissue` does, and `Conflict` (``no-end``) for a credential that does not end.
        """
        record, earlier = self._earlier(credential_id, caller)
        if record.valid_until is None:
            raise Conflict("no-end", "This credential has no end, so there is nothing to renew.")
        if valid_until <= record.valid_until:
            raise InvalidInput(
                "valid-until", f"valid_until must be after {record.valid_until}, when it ends now.", field="valid_until"
            )
        order = replace(earlier, valid_until=valid_until)
        change = partial(_require_open, row_id=record.row_id)
        body = (order.request_hash().hex(),)
        return self._issue(
            record, order, caller, change, self._repeat("renew", record, order, caller, repeat_key, body)
        )

    def _earlier(self, credential_id: str, caller: Caller) -> tuple[Record, Order]:
        """Return a credential and the order that would issue it again."""
        caller.require(Scope.REVOKE)
        with self.database.read() as session:
            record = find_record(session, credential_id, caller=caller)
            if record.copy_of is not None:
                raise Conflict(
                    "is-a-copy",
                    f"This is the copy in a wallet. Correct the credential that it repeats: {record.copy_of}.",
                )
            return record, order_again(session, record, caller)

    def _repeat(
        self, endpoint: str, record: Record, order: Order, caller: Caller, key: str | None, body: tuple[str, ...]
    ) -> Repeat | None:
        """Return how the request is known again: by its key at this credential's address, and by everything it said."""
        if key is None:
            return None
        repeat = self.issuing.repeat_of(order, caller, key, endpoint=f"{endpoint}:{record.credential_id}")
        return replace(repeat, request_hash=self.secrets.repeat_hash(f"{endpoint}-body", *body))

    def _issue(
        self,
        record: Record,
        order: Order,
        caller: Caller,
        change: Callable[[Connection, Stamp], None],
        repeat: Repeat | None,
    ) -> Issued:
        with self.database.read() as session:
            standing = standing_again(session, record.row_id, order)
            # the same version: nobody has said anything of criteria that a newer one may have
            badge_row_id = session.get_one(CredentialRow, record.row_id).badge_version_id
        follows = Follows(standing=standing, change=change, supersedes_id=record.row_id, badge_row_id=badge_row_id)
        return self.issuing.begin(order, caller=caller, repeat=repeat, follows=follows).finish()


def order_again(session: Session, record: Record, caller: Caller) -> Order:
    """Return the order that would issue a credential again as it is. Raises `Conflict` (``erased``) when nobody knows it any more."""
    row = session.exec(select(CredentialRow).where(CredentialRow.id == record.row_id)).one()
    if row.erased_at is not None:
        raise _erased()
    (organisation,) = (one for one in caller.organisations.values() if one.id == record.organisation_id)
    return Order(
        badge=record.badge,
        organisation=organisation.slug,
        workshop=session.get_one(WorkshopRow, row.workshop_id).slug,
        participant=row.participant_id,
        language=_LANGUAGE.validate_python(row.language),
        awarded_on=row.awarded_on,
        valid_until=row.valid_until_on,
        award_language=row.award_language,
        observation=_OBSERVATION.validate_json(row.observation) if row.observation else None,
    )


def standing_again(session: Session, row_id: uuid.UUID, order: Order) -> Standing:
    """Return what an award rests on when it is issued again: what it rested on, in its newest form. Nobody has to give their word twice.

    Raises `InvalidInput` (``observation-missing``) for one from before observations were asked for.
    """
    if order.observation is None:
        raise InvalidInput(
            "observation-missing",
            "Nothing is kept of who observed it; say it in observation.",
            field="changes.observation",
        )
    row = session.get_one(CredentialRow, row_id)
    collected = session.exec(
        select(CollectedCredentialRow.credential_row_id)
        .where(CollectedCredentialRow.summary_id == row_id)
        .order_by(col(CollectedCredentialRow.credential_row_id))
    )
    newest = tuple(newest_successor(session, one) for one in collected)
    return Standing(row.criteria_met_by, order.observation, newest)


def newest_successor(session: Session, row_id: uuid.UUID) -> uuid.UUID:
    """Return the last credential in the line that began with this one; itself where nothing superseded it."""
    while True:
        successor = session.exec(select(CredentialRow.id).where(CredentialRow.supersedes_id == row_id)).one_or_none()
        if successor is None:
            return row_id
        row_id = successor


def _replace_row(
    connection: Connection, stamp: Stamp, *, record: Record, correction: Correction, secrets: Secrets
) -> None:
    """Revoke the earlier credential as replaced, inside the change that stores the new one."""
    _require_open(connection, stamp, row_id=record.row_id)
    sealed = seal_note(correction.note, of=record.credential_id, secrets=secrets, stamp=stamp)
    revoke_row(connection, stamp, record.row_id, Reason.REPLACED, sealed_note=sealed, corrects=correction.reason)


def _require_open(connection: Connection, _stamp: Stamp, *, row_id: uuid.UUID) -> None:
    """Raise `Conflict` unless the credential can have a successor: it has none, and is neither revoked nor erased."""
    row = connection.execute(
        core_select(col(CredentialRow.revoked_at), col(CredentialRow.erased_at)).where(col(CredentialRow.id) == row_id)
    ).one()
    successor = connection.execute(
        core_select(col(CredentialRow.credential_id)).where(col(CredentialRow.supersedes_id) == row_id)
    ).scalar_one_or_none()
    if row.erased_at is not None:
        raise _erased()
    if successor is not None:
        raise Conflict("already-replaced", f"There is a newer one already: {successor}. Correct or renew that one.")
    if row.revoked_at is not None:
        raise Conflict(
            "already-revoked", "This credential is revoked for good. Issue the badge again if it was earned."
        )


def _erased() -> Conflict:
    return Conflict("erased", "Whose credential this was is erased; nothing can be issued in its place.")
