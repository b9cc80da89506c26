"""Signing a badge that a partner hands in whole (VC-API, profile ``openbadges``): our issuer's name and key, their content.

What is answered is an `OpenBadgeCredential` of an issuer of the caller's organisations that passes the same linting as our own, and
that our own verifier calls valid (or would, but for its dates). It stands in the journal before it is answered: its id, its hash,
and who handed it in. The content is kept by the partner alone, so a badge that shall be revocable here is issued by
``POST /v1/credentials``: a status entry that decides anything needs a list by the same issuer, and our issuers' lists are given out
there. One id has one content for ever.
"""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING, Final

import orjson
from sqlmodel import col, select

from okbadges.credentials.data_integrity import EDDSA_RDFC_2022
from okbadges.errors import Conflict, CredentialError, InvalidInput
from okbadges.integrations.own_address import own_address
from okbadges.issuing.linting import lint, sign_linted
from okbadges.organisations.issuers import homes_of_issuers, issuer_by_id
from okbadges.organisations.roles import Scope
from okbadges.storage import journal
from okbadges.storage.ids import uuid4
from okbadges.storage.journal import Stamp
from okbadges.storage.tables import CredentialRow, EventHeadRow, EventRow
from okbadges.verification import checks
from okbadges.verification.report import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.credentials.strict_json import Json
    from okbadges.keys.keyring import Keyring
    from okbadges.organisations.callers import Caller
    from okbadges.organisations.issuers import Issuer
    from okbadges.storage.writer import Writer
    from okbadges.verification.report import Report

FORM: Final = EDDSA_RDFC_2022
"""The one form in which badges are signed here."""
_ACTION: Final = "credential.handed-in"
_BADGES: Final = frozenset({"OpenBadgeCredential", "AchievementCredential"})


class HandedIn:
    """Signs what partners hand in."""

    def __init__(
        self,
        writer: Writer,
        keyring: Keyring,
        *,
        verify: Callable[[bytes], Report],
        base_url: str,
        now: Callable[[], datetime],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        """Sign with the keys of ``keyring``; ``verify`` is this service's own verifier.

        ``base_url`` and the issuers' own domains say which addresses are ours.
        """
        self._database = writer.database
        self._writer = writer
        self._keyring = keyring
        self._verify = verify
        self._base_url = base_url
        self._now = now
        self._random_bytes = random_bytes

    def issue(self, document: Mapping[str, Json], *, caller: Caller) -> bytes:
        """Return the signed credential, as bytes; every member but a missing ``id`` and the issuer's profile is as it was.

        The same bytes again are answered again. Raises `NotAllowed` (scope), `InvalidInput` (``not-a-badge``,
        ``issuer-not-allowed``, ``issuer-missing``, ``issuer-differs``, ``status-list-ours``, and the code of the check that our
        verifier does not pass, such as ``status-unreachable`` or ``revoked``), `Conflict` (``credential-exists``) and
        `CredentialError` (``already-signed``, ``lint``, and what signing refuses). After any of these nothing is stored and
        nothing signed has left.
        """
        caller.require(Scope.VC_API)
        self._check(document)
        stamp = Stamp(caller.actor, self._now(), self._random_bytes)
        with self._database.read() as session:
            issuer = _issuer(session, document, caller)
            key = self._keyring.signing_key(session, issuer)
            body = _filled(document, issuer, stamp)
            known, newest = _known(session, str(body["id"]), issuer.slug)
        signed = sign_linted(lint(body), key=key)
        digest = hashlib.sha256(signed).hexdigest()
        if known:
            _refuse_another(known, digest)
            return signed
        self._require_valid(signed)
        event = journal.Event(chain=issuer.slug, action=_ACTION, subject=str(body["id"]), details={"document": digest})
        self._writer.write(partial(_append, stamp=stamp, event=event, digest=digest, newest=newest))
        return signed

    def _require_valid(self, signed: bytes) -> None:
        """Refuse what our own verifier would not call valid, on any day: dates alone are the partner's to choose."""
        for check in self._verify(signed).checks:
            harmless = checks.verdict_of(check) is Verdict.VALID or check.id == checks.DATES
            if check.required and not harmless:
                of_status = check.id in (checks.STATUS, checks.STATUS_ENTRIES)
                detail = f"This badge would not be verified: {check.message}"
                raise InvalidInput(
                    check.code or "not-verified",
                    f"{detail} {check.detail}" if check.detail else detail,
                    field="credential.credentialStatus" if of_status else "credential",
                )

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
        with self._database.read() as session:
            homes = {self._base_url, *homes_of_issuers(session)}
        status = document.get("credentialStatus")
        for entry in status if isinstance(status, list) else [status]:
            address = entry.get("statusListCredential") if isinstance(entry, dict) else None
            if isinstance(address, str) and own_address(address, *homes) is not None:
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


def _known(session: Session, credential_id: str, chain: str) -> tuple[set[str], int]:
    """Return the hashes of what was signed under this id so far, by whomever, and the number of the newest event of the chain."""
    ours = select(CredentialRow.document_hash).where(CredentialRow.credential_id == credential_id)
    newest = session.exec(select(EventHeadRow.number).where(EventHeadRow.chain == chain)).first()
    events = select(EventRow.details).where(EventRow.subject == credential_id, EventRow.action == _ACTION)
    return {*session.exec(ours), *(_hash(details) for details in session.exec(events))}, newest or 0


def _append(connection: Connection, *, stamp: Stamp, event: journal.Event, digest: str, newest: int) -> None:
    """Append the event, unless another content of this id got into the chain since ``newest`` was the last of it."""
    row = journal.append(connection, stamp, event)
    # the chain is locked from here on, so that nothing comes in between
    since = select(EventRow.details).where(
        EventRow.chain == event.chain,
        col(EventRow.number).between(newest + 1, row.number - 1),
        EventRow.subject == event.subject,
        EventRow.action == _ACTION,
    )
    _refuse_another({_hash(details) for details in connection.scalars(since)}, digest)


def _hash(details: str) -> str:
    return str(orjson.loads(details)["document"])


def _refuse_another(known: set[str], digest: str) -> None:
    """Refuse a second content under one id: two of one id and issuer would be one credential with two contents."""
    if known - {digest}:
        raise Conflict("credential-exists", "This service issued another credential of this id.", field="credential.id")
