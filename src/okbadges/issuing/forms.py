"""Further forms of a stored credential: a JWT, and the base from which the holder shows parts. Same id, same place in the status list.

A form is made when somebody who may have it asks for the first time, from the body that was signed at issue; it is verified, then
stored, then sent, and the same bytes are sent from then on. There are never two proofs in one document.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from sqlalchemy import delete
from sqlmodel import col, select

from okbadges.credentials.jwt_signing import sign_vc_jwt
from okbadges.credentials.selective import sign_base
from okbadges.credentials.strict_json import dumps, loads
from okbadges.errors import Conflict, Gone, NotFound
from okbadges.issuing.linting import lint
from okbadges.keys.kinds import KeyKind
from okbadges.keys.rotation import require_sound_key
from okbadges.organisations.issuers import issuer_by_id
from okbadges.storage import journal
from okbadges.storage.journal import Stamp
from okbadges.storage.tables import CredentialFormRow, CredentialRow, SigningKeyRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from sqlalchemy import Connection
    from sqlmodel import Session
    from sqlmodel.sql.expression import SelectOfScalar

    from okbadges.credentials.strict_json import Json
    from okbadges.issuing.linting import Linted
    from okbadges.keys.keyring import Keyring, SigningKey
    from okbadges.organisations.issuers import Issuer
    from okbadges.storage.database import Database
    from okbadges.storage.writer import Writer


class Form(StrEnum):
    """A form that a credential can have beside the one it was issued in."""

    VC_JWT = "vc-jwt"
    """The JWT of Open Badges 3.0, for whoever may read the credential."""
    SELECTIVE_BASE = "ecdsa-sd-2023"
    """What the holder derives partial credentials from. For the holder alone: it holds their secret, and the exact day."""


# RS256 where somebody switched it on, else ES256; EdDSA, which fewer verifiers read, where there is nothing else
_KINDS: Mapping[Form, tuple[KeyKind, ...]] = {
    Form.VC_JWT: (KeyKind.RSA3072, KeyKind.P256, KeyKind.ED25519),
    Form.SELECTIVE_BASE: (KeyKind.P256,),
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A stored credential and the form of it that is wanted."""

    row_id: uuid.UUID
    credential_id: str
    document: bytes
    awarded_on: date
    issuer: Issuer
    form: Form
    key: SigningKey


class Forms:
    """Makes and answers forms."""

    def __init__(
        self,
        database: Database,
        writer: Writer,
        keyring: Keyring,
        *,
        now: Callable[[], datetime],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        """Sign with the keys of ``keyring``."""
        self._database = database
        self._writer = writer
        self._keyring = keyring
        self._now = now
        self._random_bytes = random_bytes

    def get(self, credential_id: str, form: Form, *, actor: str) -> bytes:
        """Return a form of a credential, made now if it was not there; whether ``actor`` may have it was looked at before.

        What a key signed that was found compromised since is made anew. Raises `NotFound`, `Gone` (``erased``),
        `Conflict` (``credential-revoked``: nothing new is signed of it) and `ConfigurationError` (``no-signing-key``).
        """
        with self._database.read() as session:
            row = session.exec(select(CredentialRow).where(CredentialRow.credential_id == credential_id)).one_or_none()
            if row is None:
                raise NotFound("unknown-credential", "There is no such credential.")
            stored = session.exec(_stored(row.id, form)).one_or_none()
            if stored is not None:
                return stored
            if row.document is None:
                raise _erased()
            _refuse_revoked(row.revoked_at)
            issuer = issuer_by_id(session, row.issuer_id)
            key = self._key(session, issuer, form)
        stamp = Stamp(actor, self._now(), self._random_bytes)
        asked = _Asked(row.id, row.credential_id, row.document, row.awarded_on, issuer, form, key)
        made = self._signed(asked)
        return self._writer.write(lambda connection: _keep(connection, stamp, asked, made))

    def offered(self, credential_id: str) -> frozenset[Form]:
        """Return the forms that `get` would answer of a credential: those for which its issuer has a key."""
        with self._database.read() as session:
            kinds = session.exec(
                select(SigningKeyRow.kind)
                .join(CredentialRow, col(CredentialRow.issuer_id) == SigningKeyRow.issuer_id)
                .where(CredentialRow.credential_id == credential_id)
                .where(col(CredentialRow.revoked_at).is_(None), col(CredentialRow.erased_at).is_(None))
                .where(col(SigningKeyRow.retired_at).is_(None), col(SigningKeyRow.compromised_since).is_(None))
            ).all()
        return frozenset(form for form in Form if any(kind in _KINDS[form] for kind in kinds))

    def _key(self, session: Session, issuer: Issuer, form: Form) -> SigningKey:
        """Return the key for a form: the first kind of its list that the issuer has."""
        for kind in _KINDS[form]:
            found = self._keyring.find_signing_key(session, issuer, kind)
            if found is not None:
                return found
        return self._keyring.signing_key(session, issuer, _KINDS[form][-1])

    def _signed(self, asked: _Asked) -> bytes:
        """Sign what was linted; both ways of signing verify what they made with the published key before they return it."""
        body = cast("dict[str, Json]", loads(asked.document))
        del body["proof"]
        if asked.form is Form.VC_JWT:
            return _as_jwt(lint(body), asked.key).encode()
        body["awardedDate"] = f"{asked.awarded_on.isoformat()}T00:00:00Z"
        base = sign_base(
            lint(body).take(),
            signer=asked.key.signer,
            verification_method=asked.key.verification_method,
            published_key=asked.key.published_key,
            random_bytes=self._random_bytes,
        )
        return dumps(base)


def _as_jwt(linted: Linted, key: SigningKey) -> str:
    body: dict[str, Json] = linted.take()
    return sign_vc_jwt(body, signer=key.signer, key_id=key.verification_method, published_key=key.published_key)


def _keep(connection: Connection, stamp: Stamp, asked: _Asked, made: bytes) -> bytes:
    """Store the form, and return what is stored: of two who asked at once both get what the first one made."""
    now = connection.execute(
        select(CredentialRow.revoked_at, CredentialRow.erased_at)
        .where(CredentialRow.id == asked.row_id)
        .with_for_update()
    ).one()
    if now.erased_at is not None:
        raise _erased()
    _refuse_revoked(now.revoked_at)
    require_sound_key(connection, asked.key.row_id)
    stored = connection.execute(_stored(asked.row_id, asked.form)).scalar_one_or_none()
    if stored is not None:
        return bytes(stored)
    of_this_form = (col(CredentialFormRow.credential_row_id) == asked.row_id) & (
        col(CredentialFormRow.form) == asked.form
    )
    connection.execute(delete(CredentialFormRow).where(of_this_form))
    row = CredentialFormRow(
        credential_row_id=asked.row_id,
        form=asked.form.value,
        signing_key_id=asked.key.row_id,
        document=made,
        made_at=stamp.now,
    )
    add(connection, row)
    details = {"form": asked.form.value, "document": hashlib.sha256(made).hexdigest()}
    journal.append(
        connection, stamp, journal.Event(asked.issuer.slug, "credential.form-made", asked.credential_id, details)
    )
    return made


def _stored(row_id: uuid.UUID, form: Form) -> SelectOfScalar[bytes]:
    """Select the form that is stored, unless the key that signed it is not to be believed any more."""
    return (
        select(CredentialFormRow.document)
        .join(SigningKeyRow, col(SigningKeyRow.id) == CredentialFormRow.signing_key_id)
        .where(CredentialFormRow.credential_row_id == row_id, CredentialFormRow.form == form)
        .where(col(SigningKeyRow.compromised_since).is_(None))
    )


def _refuse_revoked(revoked_at: datetime | None) -> None:
    if revoked_at is not None:
        raise Conflict("credential-revoked", "This credential was revoked, and nothing new is signed of it.")


def _erased() -> Gone:
    return Gone("erased", "This credential was erased, as the participant has a right to.")
