"""When a key may be known to somebody else: it is published as revoked, never signs again, and what it signed is listed.

No proof of ours says when it was made, so nobody can believe anything that a revoked key signed: all of it has to be issued anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, bindparam, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from okbadges.errors import Conflict, InvalidInput, NotFound, Unavailable
from okbadges.keys.keyring import AddedKey, insert_key, verification_method
from okbadges.keys.kinds import KeyKind
from okbadges.storage import journal
from okbadges.storage.tables import (
    BadgeVersionRow,
    CredentialFormRow,
    CredentialRow,
    OrganisationRow,
    SigningKeyRow,
    StatusListRow,
)

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.keys.keyring import Keyring
    from okbadges.organisations.issuers import Issuer
    from okbadges.storage.database import Database
    from okbadges.storage.journal import Stamp
    from okbadges.storage.writer import Writer

SIGNED_AT_ISSUE = "eddsa-rdfc-2022"
"""What the form that every credential is issued in is called in a list of forms."""
_COMPROMISED_SINCE: Final = select(SigningKeyRow.compromised_since).where(col(SigningKeyRow.id) == bindparam("of"))


@dataclass(frozen=True, slots=True)
class KeyState:
    """A key of an issuer as its operator sees it."""

    number: int
    kind: str
    in_token: bool
    created_at: datetime
    signs_from: datetime
    compromised_since: datetime | None


@dataclass(frozen=True, slots=True)
class Compromised:
    """What marking a key changed; ``replaced_by`` is the key that was made because no other of its kind could sign."""

    verification_method: str
    since: datetime
    changed: bool
    replaced_by: AddedKey | None


@dataclass(frozen=True, slots=True)
class ToReissue:
    """A credential that a compromised key signed, in the forms named."""

    credential_id: str
    badge: str
    organisation: str
    issued_at: datetime
    forms: tuple[str, ...]


def keys_of(session: Session, issuer: Issuer) -> list[KeyState]:
    """Return every key of an issuer, in the order of their numbers."""
    rows = session.exec(
        select(SigningKeyRow).where(SigningKeyRow.issuer_id == issuer.id).order_by(col(SigningKeyRow.number))
    )
    return [
        KeyState(
            number=row.number,
            kind=row.kind,
            in_token=row.token_label is not None,
            created_at=row.created_at,
            signs_from=row.signs_from,
            compromised_since=row.compromised_since,
        )
        for row in rows
    ]


def mark_compromised(
    keyring: Keyring,
    database: Database,
    writer: Writer,
    stamp: Stamp,
    issuer: Issuer,
    number: int,
    *,
    since: datetime,
) -> Compromised:
    """Revoke a key from ``since`` on, and make one that signs at once where no other of its kind could.

    The issuer's status lists are due to be signed anew. The same again changes nothing; an earlier ``since`` does. Raises
    `NotFound` (``unknown-key``), `InvalidInput` (``since-in-future``), `Conflict` (``last-key``) and what making a key raises.
    """
    if since > stamp.now:
        raise InvalidInput("since-in-future", "A key is compromised since a moment that has been.", field="since")
    with database.read() as session:
        key = _key(session, issuer, number)
        is_last = not _others_sign(session.connection(), key)
    spare = None
    if is_last and key.compromised_since is None:
        spare = keyring.new_row(stamp, issuer, KeyKind(key.kind), in_token=key.token_label is not None)

    def change(connection: Connection) -> Compromised:
        method = verification_method(issuer.did, number)
        if not _marked(connection, key.id, since):
            return Compromised(method, since, changed=False, replaced_by=None)
        if spare is None and not _others_sign(connection, key):
            raise Conflict("last-key", "Another key was marked at the same moment; run the command again.")
        new = insert_key(connection, issuer, spare, signs_from=stamp.now) if spare is not None else None
        if KeyKind(key.kind) is KeyKind.ED25519:
            _sign_lists_anew(connection, issuer)
        details = {"since": since.isoformat(timespec="seconds"), "replaced_by": new.number if new else None}
        journal.append(connection, stamp, journal.Event(issuer.slug, "key.compromised", method, details))
        return Compromised(method, since, changed=True, replaced_by=new)

    return writer.write(change)


def to_reissue(session: Session, issuer: Issuer) -> Iterator[ToReissue]:
    """Return what a compromised key signed and nothing has taken the place of yet, in the order of issue.

    Left out is what was revoked, erased or reissued since.
    """
    bad = [row.id for row in _compromised(session, issuer)]
    successor = aliased(CredentialRow)
    in_another_form = and_(
        col(CredentialFormRow.credential_row_id) == CredentialRow.id, col(CredentialFormRow.signing_key_id).in_(bad)
    )
    found = session.exec(
        select(CredentialRow, BadgeVersionRow.slug, OrganisationRow.slug, CredentialFormRow.form)
        .join(BadgeVersionRow, col(BadgeVersionRow.id) == CredentialRow.badge_version_id)
        .join(OrganisationRow, col(OrganisationRow.id) == CredentialRow.organisation_id)
        .outerjoin(CredentialFormRow, in_another_form)
        .outerjoin(successor, col(successor.supersedes_id) == CredentialRow.id)
        .where(CredentialRow.issuer_id == issuer.id, col(successor.id).is_(None))
        .where(col(CredentialRow.revoked_at).is_(None), col(CredentialRow.erased_at).is_(None))
        .where(or_(col(CredentialRow.signing_key_id).in_(bad), col(CredentialFormRow.form).is_not(None)))
        .order_by(col(CredentialRow.id), col(CredentialFormRow.form))
    )
    for _, rows in groupby(found, key=lambda row: row[0].id):
        same = list(rows)
        credential, badge, organisation, _ = same[0]
        at_issue = (SIGNED_AT_ISSUE,) if credential.signing_key_id in bad else ()
        others = tuple(row[3] for row in same if row[3] is not None)
        yield ToReissue(credential.credential_id, badge, organisation, credential.issued_at, at_issue + others)


def _key(session: Session, issuer: Issuer, number: int) -> SigningKeyRow:
    found = select(SigningKeyRow).where(SigningKeyRow.issuer_id == issuer.id, SigningKeyRow.number == number)
    row = session.exec(found).one_or_none()
    if row is None:
        raise NotFound("unknown-key", f"The issuer {issuer.slug} has no key {number}.", field="number")
    return row


def _others_sign(connection: Connection, key: SigningKeyRow) -> bool:
    others = (
        select(SigningKeyRow.id)
        .where(SigningKeyRow.issuer_id == key.issuer_id, SigningKeyRow.kind == key.kind, SigningKeyRow.id != key.id)
        .where(col(SigningKeyRow.retired_at).is_(None), col(SigningKeyRow.compromised_since).is_(None))
    )
    return connection.execute(others).first() is not None


def _compromised(session: Session, issuer: Issuer) -> list[SigningKeyRow]:
    found = select(SigningKeyRow).where(
        SigningKeyRow.issuer_id == issuer.id, col(SigningKeyRow.compromised_since).is_not(None)
    )
    return list(session.exec(found))


def _marked(connection: Connection, key_id: uuid.UUID, since: datetime) -> bool:
    """Mark the key; say whether that changed anything."""
    later = col(SigningKeyRow.compromised_since).is_(None) | (col(SigningKeyRow.compromised_since) > since)
    marking = update(SigningKeyRow).where(col(SigningKeyRow.id) == key_id, later).values(compromised_since=since)
    return bool(connection.execute(marking).rowcount)


def _sign_lists_anew(connection: Connection, issuer: Issuer) -> None:
    connection.execute(
        update(StatusListRow)
        .where(col(StatusListRow.issuer_id) == issuer.id)
        .values(revision=StatusListRow.revision + 1, signed_at=None)
    )


def require_sound_key(connection: Connection, signing_key_id: uuid.UUID) -> None:
    """Refuse, inside a change, what was signed with a key that was found compromised since: nobody would believe it.

    Raises `Unavailable` (``key-changed``); the same request again is signed with the key that took its place.
    """
    since = connection.execute(_COMPROMISED_SINCE, {"of": signing_key_id})
    if since.scalar_one() is not None:
        raise Unavailable("key-changed", "The issuer's key was just changed; nothing was made. Send the request again.")
