"""The keys of each issuer: made here or in a token, sealed in the database, opened once per process and held as key objects.

A new key is published at once and signs a little later, when everybody who kept the did document has asked for it again. Parsing
a private key costs as much as a signature, so an opened key is remembered by its row; which key is the one that signs is asked
anew each time, so that a rotation in another process is seen at once.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlmodel import col, select

from okbadges.credentials.controllers import MAX_METHODS, PublishedKey
from okbadges.credentials.keys import public_key_from_multibase
from okbadges.errors import ConfigurationError, Conflict, OkbadgesError
from okbadges.keys.kinds import KeyKind, new_secret, signer_of
from okbadges.storage import journal
from okbadges.storage.tables import IssuerRow, SigningKeyRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.credentials.keys import PublicKey
    from okbadges.credentials.signers import Signer
    from okbadges.keys.tokens import Token
    from okbadges.organisations.issuers import Issuer
    from okbadges.storage.edition import Page
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer

PUBLISH_AHEAD: Final = timedelta(minutes=10)
"""How long a new key is published before it signs: twice as long as a did document may be kept."""
KEPT_FREE: Final = 4
"""Places in a did document that are kept for replacing compromised keys; a document with too many keys is not looked at."""

_PROBE: Final = b"okbadges: does this key sign what its published half verifies?"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key an issuer signs with now, and the published half that every signature is checked with."""

    row_id: uuid.UUID
    verification_method: str
    signer: Signer
    published_key: PublicKey


@dataclass(frozen=True, slots=True)
class AddedKey:
    """A key that was made and is published now, and from when it signs."""

    number: int
    verification_method: str
    kind: KeyKind
    signs_from: datetime


class _Usable(NamedTuple):
    """A key that may sign from some time on."""

    row_id: uuid.UUID
    number: int
    signs_from: datetime


class Keyring:
    """Opens and makes the keys of issuers."""

    def __init__(self, secrets: Secrets, *, now: Callable[[], datetime], token: Token | None = None) -> None:
        """Open keys with the installation's secret, or in ``token`` where there is one."""
        self._secrets = secrets
        self._now = now
        self._token = token
        self._opened: dict[uuid.UUID, SigningKey] = {}
        self._opening = threading.Lock()

    def signing_key(
        self, session: Session, issuer: Issuer, kind: KeyKind = KeyKind.ED25519, *, page: Page | None = None
    ) -> SigningKey:
        """Return the key of this kind that signs now. Raises `ConfigurationError` (``no-signing-key``) when there is none.

        Which keys there are is remembered on ``page``, where the caller has one (`okbadges.storage.edition`).
        """
        found = self.find_signing_key(session, issuer, kind, page=page)
        if found is None:
            raise ConfigurationError(
                "no-signing-key",
                f"The issuer {issuer.slug} has no key of the kind {kind} to sign with; "
                f"make one with: okbadges issuer add-key {issuer.slug} --kind {kind}",
            )
        return found

    def find_signing_key(
        self, session: Session, issuer: Issuer, kind: KeyKind, *, page: Page | None = None
    ) -> SigningKey | None:
        """Return the key of this kind that signs now, or None. Raises as opening it does (`ConfigurationError`, `Unavailable`)."""

        def in_the_database() -> tuple[_Usable, ...]:
            return _usable_keys(session, issuer, kind)

        usable = page.remembered(("keys", issuer.id, kind), in_the_database) if page else in_the_database()
        if not usable:
            return None
        now = self._now()
        ready = [key for key in usable if key.signs_from <= now]
        # where none is left that was published long enough, waiting would only mean not to sign at all
        one = max(ready, key=lambda key: key.number) if ready else min(usable, key=lambda key: key.signs_from)
        with self._opening:
            if one.row_id not in self._opened:
                self._opened[one.row_id] = self._open(session.get_one(SigningKeyRow, one.row_id), issuer.did)
            return self._opened[one.row_id]

    def add_key(
        self,
        writer: Writer,
        stamp: Stamp,
        issuer: Issuer,
        kind: KeyKind = KeyKind.ED25519,
        *,
        in_token: bool = False,
    ) -> AddedKey:
        """Make a key, publish it, and let it sign after `PUBLISH_AHEAD`, the first of its kind at once.

        Older keys stay published for good. Raises `Conflict` (``too-many-keys``) and what making it in the token raises.
        """
        row = self.new_row(stamp, issuer, kind, in_token=in_token)

        def change(connection: Connection) -> AddedKey:
            kinds = connection.scalars(select(SigningKeyRow.kind).where(SigningKeyRow.issuer_id == issuer.id)).all()
            if len(kinds) >= MAX_METHODS - KEPT_FREE:
                raise Conflict(
                    "too-many-keys",
                    f"The issuer {issuer.slug} has {len(kinds)} keys; verifiers do not look at a did document with more than {MAX_METHODS}.",
                )
            is_first = kind not in kinds
            added = insert_key(connection, issuer, row, signs_from=stamp.now if is_first else stamp.now + PUBLISH_AHEAD)
            details = {"kind": kind.value, "in_token": int(in_token)}
            event = journal.Event(
                chain=issuer.slug, action="key.added", subject=added.verification_method, details=details
            )
            journal.append(connection, stamp, event)
            return added

        return writer.write(change)

    def add_first_keys(self, session: Session, writer: Writer, stamp: Stamp, issuer: Issuer) -> list[AddedKey]:
        """Make the keys that every issuer has, where it has none of the kind: Ed25519 and P-256."""
        there = set(session.exec(select(SigningKeyRow.kind).where(SigningKeyRow.issuer_id == issuer.id)))
        wanted = (kind for kind in (KeyKind.ED25519, KeyKind.P256) if kind not in there)
        return [self.add_key(writer, stamp, issuer, kind) for kind in wanted]

    def new_row(self, stamp: Stamp, issuer: Issuer, kind: KeyKind, *, in_token: bool) -> SigningKeyRow:
        """Make a key and return its row, without a number yet; `insert_key` gives it one.

        A key that is made in the token and then not stored stays there unused: a device can promise no more.
        """
        row_id = stamp.row_id()
        label = f"okbadges-{row_id.hex}" if in_token else None
        if label is None:
            secret = new_secret(kind, stamp.random_bytes)
            public_key = signer_of(kind, secret).public_key
            sealed = self._secrets.seal(secret, bound_to=row_id.hex, random_bytes=stamp.random_bytes)
        else:
            public_key, sealed = self._require_token().make_key(kind, label), None
        return SigningKeyRow(
            id=row_id,
            issuer_id=issuer.id,
            number=0,
            kind=kind,
            public_multibase=public_key.multibase(),
            sealed_private_key=sealed,
            token_label=label,
            created_at=stamp.now,
            signs_from=stamp.now,
        )

    def check(self, session: Session) -> Iterator[str]:
        """Open every key, sign with it and verify with its published half; say in words what is wrong.

        Keys of issuers that were handed over are not ours any more and are left out.
        """
        keys = session.exec(
            select(SigningKeyRow, IssuerRow)
            .join(IssuerRow, col(IssuerRow.id) == SigningKeyRow.issuer_id)
            .where(col(IssuerRow.handed_over_at).is_(None))
            .order_by(IssuerRow.slug, col(SigningKeyRow.number))
        )
        for row, issuer in keys:
            try:
                key = self._open(row, issuer.did)
                fits = key.published_key.verify(key.signer.sign(_PROBE), _PROBE)
            except OkbadgesError as wrong:
                yield f"key {row.number} of the issuer {issuer.slug}: {wrong.detail}"
            else:
                if not fits:
                    yield f"key {row.number} of the issuer {issuer.slug}: what it signs does not verify with its published half."

    def _open(self, row: SigningKeyRow, did: str) -> SigningKey:
        """Open a key. Raises `ConfigurationError`, also when its two halves do not belong together (``key-mismatch``)."""
        published = public_key_from_multibase(row.public_multibase)
        signer: Signer
        if row.token_label is not None:
            signer = self._require_token().signer(row.token_label, published)
        elif row.sealed_private_key is not None:
            signer = signer_of(KeyKind(row.kind), self._secrets.unseal(row.sealed_private_key, bound_to=row.id.hex))
        else:
            raise ConfigurationError("no-private-half", "Its private half is not here; restore a backup.")
        if signer.public_key != published:
            raise ConfigurationError(
                "key-mismatch",
                "The private half of the key is not that of the published one: the database was altered; restore a backup.",
            )
        return SigningKey(row.id, verification_method(did, row.number), signer, published)

    def _require_token(self) -> Token:
        if self._token is None:
            raise ConfigurationError(
                "no-token",
                "This key is in a token; set OKBADGES_PKCS11_MODULE, OKBADGES_PKCS11_TOKEN and OKBADGES_PKCS11_PIN_FILE.",
            )
        return self._token


def insert_key(connection: Connection, issuer: Issuer, row: SigningKeyRow, *, signs_from: datetime) -> AddedKey:
    """Give a new key the next number of its issuer and store it, inside a change."""
    locked = select(col(IssuerRow.id)).where(col(IssuerRow.id) == issuer.id).with_for_update()
    connection.execute(locked)
    numbers = connection.scalars(select(SigningKeyRow.number).where(SigningKeyRow.issuer_id == issuer.id)).all()
    row.number, row.signs_from = max(numbers, default=0) + 1, signs_from
    add(connection, row)
    return AddedKey(row.number, verification_method(issuer.did, row.number), KeyKind(row.kind), signs_from)


def published_keys(session: Session, issuer: Issuer) -> list[PublishedKey]:
    """Return every key the issuer ever had, for its did document: what was signed stays verifiable for good."""
    rows = session.exec(
        select(SigningKeyRow).where(SigningKeyRow.issuer_id == issuer.id).order_by(col(SigningKeyRow.number))
    )
    return [
        PublishedKey(
            verification_method(issuer.did, row.number),
            public_key_from_multibase(row.public_multibase),
            row.compromised_since,
        )
        for row in rows
    ]


def verification_method(did: str, number: int) -> str:
    """Return the name of an issuer's key, as its signatures and its did document have it."""
    return f"{did}#key-{number}"


def _usable_keys(session: Session, issuer: Issuer, kind: KeyKind) -> tuple[_Usable, ...]:
    """Return the keys of an issuer that were neither retired nor found compromised."""
    usable = session.exec(
        select(SigningKeyRow.id, SigningKeyRow.number, SigningKeyRow.signs_from)
        .where(SigningKeyRow.issuer_id == issuer.id, SigningKeyRow.kind == kind)
        .where(col(SigningKeyRow.retired_at).is_(None), col(SigningKeyRow.compromised_since).is_(None))
    )
    return tuple(_Usable(*key) for key in usable)
