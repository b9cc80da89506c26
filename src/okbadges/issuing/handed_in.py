"""Signing a badge that a partner hands in whole (VC-API, profile ``openbadges``): our issuer's name and key, their content.

What is signed is an `OpenBadgeCredential` of an issuer of the caller's organisations and passes the same linting as our own. It
stands in the journal before it is answered: its id, its hash, and who handed it in. The content is kept by the partner alone, so a
badge that shall be revocable here is issued by ``POST /v1/credentials``; the credential may bring a status list of the issuer's own.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from sqlmodel import select

from okbadges.errors import Conflict, CredentialError, InvalidInput
from okbadges.integrations.own_address import own_address
from okbadges.issuing.linting import lint, sign_linted
from okbadges.organisations.access_keys import Scope
from okbadges.organisations.issuers import issuer_by_id
from okbadges.storage import journal
from okbadges.storage.ids import uuid4
from okbadges.storage.journal import Stamp
from okbadges.storage.tables import CredentialRow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sqlmodel import Session

    from okbadges.credentials.strict_json import Json
    from okbadges.issuing.keyring import Keyring
    from okbadges.organisations.access_keys import Caller
    from okbadges.organisations.issuers import Issuer
    from okbadges.storage.database import Database
    from okbadges.storage.writer import Writer

_BADGES: Final = frozenset({"OpenBadgeCredential", "AchievementCredential"})


class HandedIn:
    """Signs what partners hand in."""

    def __init__(
        self,
        *,
        database: Database,
        writer: Writer,
        keyring: Keyring,
        base_url: str,
        now: Callable[[], datetime],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        """Sign with the keys of ``keyring``; ``base_url`` says which addresses are ours."""
        self._database = database
        self._writer = writer
        self._keyring = keyring
        self._base_url = base_url
        self._now = now
        self._random_bytes = random_bytes

    def issue(self, document: Mapping[str, Json], *, caller: Caller) -> bytes:
        """Return the signed credential, as bytes; every member but a missing ``id`` and the issuer's profile is as it was.

        Raises `NotAllowed` (scope), `InvalidInput` (``not-a-badge``, ``issuer-not-allowed``, ``issuer-missing``,
        ``status-list-ours``), `Conflict` (``credential-exists``) and `CredentialError` (``already-signed``, ``lint``, and what
        signing refuses). After any of these nothing is stored and nothing was signed.
        """
        caller.require(Scope.VC_API)
        self._check(document)
        stamp = Stamp(caller.actor, self._now(), self._random_bytes)
        with self._database.read() as session:
            issuer = _issuer(session, document, caller)
            key = self._keyring.signing_key(session, issuer)
            body = _filled(document, issuer, stamp)
            _refuse_known(session, body)
        linted = lint(body)
        signed = sign_linted(linted, key=key)
        event = journal.Event(
            chain=issuer.slug,
            action="credential.handed-in",
            subject=str(body["id"]),
            details={"document": hashlib.sha256(signed).hexdigest()},
        )
        self._writer.write(lambda connection: journal.append(connection, stamp, event))
        return signed

    def _check(self, document: Mapping[str, Json]) -> None:
        types = document.get("type")
        if not isinstance(types, list) or not any(isinstance(one, str) and one in _BADGES for one in types):
            raise InvalidInput(
                "not-a-badge",
                "Only an OpenBadgeCredential (AchievementCredential) is signed here.",
                field="credential.type",
            )
        if "proof" in document:
            raise CredentialError(
                "already-signed", "The credential has a proof; hand it in without one.", where="/proof"
            )
        status = document.get("credentialStatus")
        for entry in status if isinstance(status, list) else [status]:
            address = entry.get("statusListCredential") if isinstance(entry, dict) else None
            if isinstance(address, str) and own_address(address, self._base_url) is not None:
                raise InvalidInput(
                    "status-list-ours",
                    "The places in the status lists of this service are given out by it; leave credentialStatus out.",
                    field="credential.credentialStatus",
                )


def _issuer(session: Session, document: Mapping[str, Json], caller: Caller) -> Issuer:
    """Return the issuer that the credential names, or the only one that it can be. The profile is ours to say, not the caller's."""
    ids = {organisation.issuer_id for organisation in caller.organisations.values()}
    allowed = {issuer.did: issuer for issuer in (issuer_by_id(session, issuer_id) for issuer_id in ids)}
    stated = document.get("issuer")
    profile = stated if isinstance(stated, dict) else {} if "issuer" not in document else {"id": stated}
    if "id" not in profile and len(allowed) != 1:
        raise InvalidInput(
            "issuer-missing", f"Name the issuer; it is one of: {', '.join(sorted(allowed))}.", field="credential.issuer"
        )
    did = profile.get("id", next(iter(allowed)))
    issuer = allowed.get(did) if isinstance(did, str) else None
    if issuer is None:
        raise InvalidInput(
            "issuer-not-allowed",
            f"This access key issues for: {', '.join(sorted(allowed))}.",
            field="credential.issuer",
        )
    ours = issuer.profile()
    for member, value in profile.items():
        if value != ours.get(member) and not (member == "type" and value == "Profile"):
            raise InvalidInput(
                "issuer-differs",
                f"The issuer publishes another {member}; leave it out, it is filled in.",
                field=f"credential.issuer.{member}",
            )
    return issuer


def _filled(document: Mapping[str, Json], issuer: Issuer, stamp: Stamp) -> dict[str, Json]:
    """Return a copy with what only we can say, in the place where it stood."""
    filled: dict[str, Json] = {**document, "issuer": issuer.profile()}
    filled.setdefault("id", f"urn:uuid:{uuid4(stamp.random_bytes)}")
    return filled


def _refuse_known(session: Session, body: Mapping[str, Json]) -> None:
    """Refuse the id of a credential that this service issued: two of one id and issuer would be one credential with two contents."""
    known = select(CredentialRow.id).where(CredentialRow.credential_id == str(body["id"]))
    if session.exec(known).first() is not None:
        raise Conflict("credential-exists", "This service issued another credential of this id.", field="credential.id")
