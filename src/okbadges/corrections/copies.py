"""Copies for wallets: the same award once more, about the key of the holder's wallet, tied to the credential that it repeats.

A copy is a credential with an id and a place in a status list of its own; revoking it or what it repeats revokes all. A wallet that
asks again gets the copy that it has.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlmodel import col

from okbadges.corrections.records import find_record
from okbadges.corrections.reissue import order_again, standing_again
from okbadges.credentials.dids import DidUrl
from okbadges.errors import Conflict, CredentialError, Gone, InvalidInput
from okbadges.issuing.award import Follows, Repeat
from okbadges.storage.tables import CredentialRow

if TYPE_CHECKING:
    import uuid

    from sqlalchemy import Connection

    from okbadges.issuing.answers import Issued
    from okbadges.issuing.issue import Issuing
    from okbadges.organisations.callers import Caller
    from okbadges.storage.database import Database
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets

HOLDER_METHODS: Final = ("key", "jwk")
"""The DID methods of wallets: those whose key follows from the name."""


@dataclass(frozen=True, slots=True)
class Copies:
    """Issues copies."""

    database: Database
    secrets: Secrets
    issuing: Issuing

    def known_as(self, row_id: uuid.UUID, holder: str) -> bytes:
        """Return how a wallet's copy of a credential (its row's key) is known again: its ``repeat_hash``."""
        return self.secrets.repeat_hash("copy", row_id.hex, holder)

    def issue_copy(self, credential_id: str, holder: str, *, caller: Caller) -> Issued:
        """Return the copy of a credential for a wallet's key (``holder``, a DID); whether the wallet may have it was looked at before.

        Raises `InvalidInput` (``holder-did``, and what issuing it again would raise, such as ``valid-until`` for one that has
        ended), `NotFound`, `Conflict` (``already-revoked``) and `Gone` (``erased``).
        """
        _check_holder(holder)
        with self.database.read() as session:
            record = find_record(session, credential_id, caller=caller)
            if record.copy_of is not None:
                record = find_record(session, record.copy_of, caller=caller)
            _refuse(revoked=record.revoked_at is not None, erased=record.erased_at is not None)
            order = order_again(session, record, caller)
            # what a summary rests on is looked at where it is issued, not where it is repeated
            standing = replace(standing_again(session, record.row_id, order), collected=())
            badge_row_id = session.get_one(CredentialRow, record.row_id).badge_version_id
        known_as = self.known_as(record.row_id, holder)
        follows = Follows(
            standing=standing,
            change=partial(_require_standing, row_id=record.row_id),
            copy_of_id=record.row_id,
            subject_id=holder,
            badge_row_id=badge_row_id,
        )
        return self.issuing.begin(order, caller=caller, repeat=Repeat(known_as, known_as), follows=follows).finish()


def _check_holder(holder: str) -> None:
    try:
        name = DidUrl.parse(holder)
    except CredentialError:
        name = None
    if name is None or name.fragment is not None or name.method not in HOLDER_METHODS:
        raise InvalidInput(
            "holder-did", "A wallet is named by its did:key or did:jwk, without a fragment.", field="holder"
        )


def _require_standing(connection: Connection, _stamp: Stamp, *, row_id: uuid.UUID) -> None:
    """Look once more inside the change: what was revoked or erased a moment ago is not copied."""
    row = connection.execute(
        select(col(CredentialRow.revoked_at), col(CredentialRow.erased_at)).where(col(CredentialRow.id) == row_id)
    ).one()
    _refuse(revoked=row.revoked_at is not None, erased=row.erased_at is not None)


def _refuse(*, revoked: bool, erased: bool) -> None:
    if erased:
        raise Gone("erased", "This credential was erased, as the participant has a right to.")
    if revoked:
        raise Conflict("already-revoked", "This credential was revoked, and no copy of it is made.")
