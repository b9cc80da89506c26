"""Whether every stored credential still verifies (I7), is what its row and its event say, and is counted once (I6)."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
from sqlmodel import col, select

from okbadges.errors import Unavailable
from okbadges.operations.findings import Finding
from okbadges.storage.tables import (
    CredentialFormRow,
    CredentialRow,
    DecisionRow,
    EndorsementRow,
    EventRow,
    IssuerRow,
    SigningKeyRow,
)
from okbadges.verification import verify
from okbadges.verification.report import Outcome, Verdict

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Iterator, Sequence

    from okbadges.credentials.fetching import Fetch, Fetched
    from okbadges.edge.rooms import Rooms

_AT_ONCE = 500
_Row = TypeVar("_Row", CredentialRow, DecisionRow, EndorsementRow)
_OTHER = (
    "Compare the row with a backup; the holder's own copy is the original. Then look who could write to the database."
)


def in_batches(rooms: Rooms, table: type[_Row]) -> Iterator[Sequence[_Row]]:
    """Go through all rows of a table in the order of their keys, a few hundred in memory at a time, each batch in a session of its own."""
    key: Any = table.id
    after: uuid.UUID | None = None
    while True:
        with rooms.database.read() as session:
            page = select(table).order_by(key).limit(_AT_ONCE)
            rows = session.scalars(page if after is None else page.where(key > after)).all()
        if not rows:
            return
        after = rows[-1].id
        yield rows


def credential_findings(rooms: Rooms, seen: Callable[[int], None]) -> Iterator[Finding]:
    """Yield what is wrong with each credential, in order of issue."""
    fetch, compromised, elsewhere = remembering(rooms), compromised_keys(rooms), handed_over_issuers(rooms)
    for rows in in_batches(rooms, CredentialRow):
        events = _events(rooms, [row.credential_id for row in rows])
        for row in rows:
            yield from _of_row(row, events)
            if row.issuer_id in elsewhere:
                continue
            if row.document is not None and row.signing_key_id in compromised:
                yield from _to_reissue(row)
            elif row.document is not None:
                yield from _verdict(rooms, row, row.document, fetch, what="credential")
        seen(len(rows))


def lost_findings(rooms: Rooms) -> Iterator[Finding]:
    """Yield each credential that the journal says was issued and that is not there (I1); erasing one keeps its row."""
    known = select(CredentialRow.credential_id).where(CredentialRow.credential_id == EventRow.subject)
    lost = select(EventRow.subject, EventRow.at).where(EventRow.action == "credential.issued", ~known.exists())
    with rooms.database.read() as session:
        rows = session.execute(lost).all()
    for subject, at in rows:
        yield Finding(
            "credential",
            f"{subject} was issued on {at:%Y-%m-%d} by the journal, and is not there.",
            "Somebody deleted its row: it cannot be revoked any more. Restore a backup, with the second place.",
        )


def form_findings(rooms: Rooms, seen: Callable[[int], None]) -> Iterator[Finding]:
    """Yield what is wrong with the other forms of credentials: each verifies, or its base proof does when something is derived."""
    fetch, compromised, elsewhere = remembering(rooms), compromised_keys(rooms), handed_over_issuers(rooms)
    after: uuid.UUID | None = None
    while True:
        with rooms.database.read() as session:
            some = select(CredentialFormRow.credential_row_id).distinct()
            if after is not None:
                some = some.where(col(CredentialFormRow.credential_row_id) > after)
            ids = session.scalars(some.order_by(col(CredentialFormRow.credential_row_id)).limit(_AT_ONCE)).all()
            of_these = col(CredentialFormRow.credential_row_id).in_(ids)
            belongs = col(CredentialRow.id) == CredentialFormRow.credential_row_id
            pairs = session.execute(
                select(CredentialFormRow, CredentialRow).join(CredentialRow, belongs).where(of_these)
            ).all()
        if not ids:
            return
        after = ids[-1]
        events = _events(rooms, [row.credential_id for _, row in pairs])
        for form, row in pairs:
            yield from _form_hash(form, row, events.get(row.credential_id, []))
            is_ours = row.issuer_id not in elsewhere and form.signing_key_id not in compromised
            if is_ours and form.form in VERIFIED_AS_STORED:
                yield from _verdict(rooms, row, form.document, fetch, what=form.form)
        seen(len(pairs))


VERIFIED_AS_STORED = frozenset({"vc-jwt"})
"""Forms that anybody can verify as they are. A base proof is for its holder, who derives something from it."""


def remembering(rooms: Rooms) -> Fetch:
    """Return a fetch that knows our own documents only, and asks for each of them once."""
    known: dict[str, Fetched] = {}

    def fetch(url: str) -> Fetched:
        if url not in known:
            found = rooms.publishing.own_document(url)
            if found is None:
                raise Unavailable("not-ours", f"{url} is not an address of this installation.")
            known[url] = found
        return known[url]

    return fetch


def _form_hash(form: CredentialFormRow, row: CredentialRow, events: list[EventRow]) -> Iterator[Finding]:
    """Compare a form with the event of its making, which is all that can be said of a base proof without its holder."""
    said = [orjson.loads(event.details) for event in events if event.action == "credential.form-made"]
    if {"form": form.form, "document": hashlib.sha256(form.document).hexdigest()} not in said:
        yield Finding(form.form, f"The form {form.form} of {row.credential_id} is not what was made.", _OTHER)


def _verdict(rooms: Rooms, row: CredentialRow, document: bytes, fetch: Fetch, *, what: str) -> Iterator[Finding]:
    report = verify(document, fetch=fetch, now=rooms.now())
    has_ended = row.valid_until_on is not None and row.valid_until_on < rooms.now().date()
    expected = Verdict.REVOKED if row.revoked_at else Verdict.EXPIRED if has_ended else Verdict.VALID
    if report.verdict is not expected:
        why = "; ".join(
            check.message for check in report.checks if check.required and check.outcome is not Outcome.PASSED
        )
        yield Finding(
            what,
            f"{row.credential_id} should be {expected} and is {report.verdict}: {why}",
            _OTHER,
        )


def _of_row(row: CredentialRow, events: dict[str, list[EventRow]]) -> Iterator[Finding]:
    """Compare a row with its document and its events."""
    its = events.get(row.credential_id, [])
    counted = Counter(event.action for event in its)
    if counted["credential.issued"] != 1 or counted["credential.revoked"] != (row.revoked_at is not None):
        yield Finding(
            "credential",
            f"{row.credential_id} was issued {counted['credential.issued']} times and revoked {counted['credential.revoked']} times by the "
            f"journal; its row says issued once and revoked {'once' if row.revoked_at else 'never'}.",
            _OTHER,
        )
    hashes = {orjson.loads(event.details).get("document") for event in its if event.action == "credential.issued"}
    if row.document is not None:
        hashes.add(hashlib.sha256(row.document).hexdigest())
    if hashes - {row.document_hash}:
        yield Finding("credential", f"{row.credential_id} is not what was signed and journalled.", _OTHER)
    if (row.document is None) != (row.erased_at is not None):
        yield Finding("credential", f"{row.credential_id} has no document, and was not erased.", _OTHER)


def _to_reissue(row: CredentialRow) -> Iterator[Finding]:
    if row.revoked_at is None:
        yield Finding(
            "credential",
            f"{row.credential_id} was signed with a compromised key: nobody can believe it.",
            "Reissue it: okbadges issuer reissue-list shows all of them.",
        )


def _events(rooms: Rooms, subjects: list[str]) -> dict[str, list[EventRow]]:
    found: dict[str, list[EventRow]] = {}
    with rooms.database.read() as session:
        for event in session.scalars(select(EventRow).where(col(EventRow.subject).in_(subjects))):
            found.setdefault(event.subject, []).append(event)
    return found


def handed_over_issuers(rooms: Rooms) -> frozenset[uuid.UUID]:
    """Return the issuers whose documents and status lists are another installation's by now."""
    with rooms.database.read() as session:
        return frozenset(session.scalars(select(IssuerRow.id).where(col(IssuerRow.handed_over_at).is_not(None))))


def compromised_keys(rooms: Rooms) -> frozenset[uuid.UUID]:
    """Return the keys that nobody believes any more."""
    with rooms.database.read() as session:
        ids = session.scalars(select(SigningKeyRow.id).where(col(SigningKeyRow.compromised_since).is_not(None)))
        return frozenset(ids)
