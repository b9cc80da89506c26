"""The keys of each issuer: made here, sealed in the database, opened once per process and held as key objects.

Parsing a private key costs as much as a signature, so an opened key is remembered by its row; which key is the current one
is asked anew each time, so that a rotation in another process is seen at once.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func
from sqlmodel import col, select

from okbadges.credentials.controllers import PublishedKey
from okbadges.credentials.keys import public_key_from_multibase
from okbadges.credentials.signers import Ed25519Signer, generate_seed
from okbadges.errors import ConfigurationError
from okbadges.storage import journal
from okbadges.storage.tables import SigningKeyRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.credentials.keys import PublicKey
    from okbadges.credentials.signers import Signer
    from okbadges.organisations.issuers import Issuer
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The key an issuer signs with now, and the published half that every signature is checked with."""

    row_id: uuid.UUID
    verification_method: str
    signer: Signer
    published_key: PublicKey


class Keyring:
    """Opens and makes the keys of issuers."""

    def __init__(self, secrets: Secrets) -> None:
        """Open keys with the installation's secret."""
        self._secrets = secrets
        self._opened: dict[uuid.UUID, SigningKey] = {}
        self._opening = threading.Lock()

    def signing_key(self, session: Session, issuer: Issuer) -> SigningKey:
        """Return the issuer's current Ed25519 key. Raises `ConfigurationError` when it has none."""
        current = (
            select(SigningKeyRow.id)
            .where(SigningKeyRow.issuer_id == issuer.id)
            .where(col(SigningKeyRow.retired_at).is_(None))
            .order_by(col(SigningKeyRow.number).desc())
            .limit(1)
        )
        row_id = session.exec(current).one_or_none()
        if row_id is None:
            raise ConfigurationError(
                "no-signing-key",
                f"The issuer {issuer.slug} has no key to sign with; make one with: okbadges issuer add-key {issuer.slug}",
            )
        with self._opening:
            if row_id not in self._opened:
                self._opened[row_id] = self._open(session.get_one(SigningKeyRow, row_id), issuer)
            return self._opened[row_id]

    def add_key(self, writer: Writer, stamp: Stamp, issuer: Issuer) -> str:
        """Make and store a new Ed25519 key and return its verification method; older keys stay published for good."""
        seed = generate_seed(stamp.random_bytes)
        row_id = stamp.row_id()

        def change(connection: Connection) -> str:
            newest = select(func.max(SigningKeyRow.number)).where(SigningKeyRow.issuer_id == issuer.id)
            number = (connection.execute(newest).scalar() or 0) + 1
            row = SigningKeyRow(
                id=row_id,
                issuer_id=issuer.id,
                number=number,
                kind="ed25519",
                public_multibase=Ed25519Signer(seed).public_key.multibase(),
                sealed_private_key=self._secrets.seal(seed, bound_to=row_id.hex, random_bytes=stamp.random_bytes),
                created_at=stamp.now,
                signs_from=stamp.now,
            )
            add(connection, row)
            method = _verification_method(issuer, number)
            event = journal.Event(chain=issuer.slug, action="key.added", subject=method)
            journal.append(connection, stamp, event)
            return method

        return writer.write(change)

    def _open(self, row: SigningKeyRow, issuer: Issuer) -> SigningKey:
        signer = Ed25519Signer(self._secrets.unseal(row.sealed_private_key or b"", bound_to=row.id.hex))
        return SigningKey(
            row_id=row.id,
            verification_method=_verification_method(issuer, row.number),
            signer=signer,
            published_key=public_key_from_multibase(row.public_multibase),
        )


def published_keys(session: Session, issuer: Issuer) -> list[PublishedKey]:
    """Return every key the issuer ever had, for its did document: what was signed stays verifiable for good."""
    rows = session.exec(
        select(SigningKeyRow).where(SigningKeyRow.issuer_id == issuer.id).order_by(col(SigningKeyRow.number))
    )
    return [
        PublishedKey(_verification_method(issuer, row.number), public_key_from_multibase(row.public_multibase))
        for row in rows
    ]


def _verification_method(issuer: Issuer, number: int) -> str:
    return f"{issuer.did}#key-{number}"
