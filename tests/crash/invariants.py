"""The invariants of issuing, checked over a whole database and over what clients were told.

`violations` looks at the rows themselves and not through the code that wrote them; only signatures and published status lists
are asked of the service's own rooms. It may be called while nobody writes: after a kill, or at the end of a test.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import orjson
from sqlmodel import col, select

from okbadges.credentials.status_list import decode_list, permuted_index
from okbadges.storage.tables import CredentialRow, EventRow, IssuerRow, StatusListRow
from okbadges.verification import checks
from okbadges.verification.report import Outcome
from support.journal import broken_links

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator, Sequence

    from crash.ledger import Ledger
    from okbadges.edge.rooms import Rooms

_PROVES_A_SIGNATURE = (checks.READABLE, checks.SHAPE, checks.ISSUER_KEY, checks.CONTENT_UNALTERED)


@dataclass(frozen=True, slots=True)
class _Seen:
    """Everything that is looked at, read in one transaction."""

    credentials: Sequence[CredentialRow]
    events: Sequence[EventRow]
    lists: dict[uuid.UUID, StatusListRow]
    issuers: dict[uuid.UUID, IssuerRow]
    broken: list[str]


def violations(rooms: Rooms, ledger: Ledger, *, verified: set[str] | None = None) -> list[str]:
    """Return in words what is wrong, nothing when every invariant holds.

    ``rooms`` are those of a process of its own on the same database. ``verified`` holds the hashes of documents whose signature
    was verified before, and gets those that are verified now: a long run need not verify each of them every time.
    """
    seen = _read(rooms)
    return [
        *ledger.mistakes,
        *_acknowledged_are_stored(seen, ledger),
        *_one_key_one_credential(seen, ledger),
        *_no_index_twice(seen),
        *_revoked_stays_revoked(seen, ledger),
        *_one_event_per_change(seen),
        *_everything_verifies(seen, rooms, set() if verified is None else verified),
        *_lists_show_the_rows(seen, rooms),
    ]


def _read(rooms: Rooms) -> _Seen:
    with rooms.database.read() as session:
        return _Seen(
            credentials=session.exec(select(CredentialRow).order_by(col(CredentialRow.id))).all(),
            events=session.exec(select(EventRow)).all(),
            lists={row.id: row for row in session.exec(select(StatusListRow))},
            issuers={row.id: row for row in session.exec(select(IssuerRow))},
            broken=list(broken_links(session)),
        )


def _acknowledged_are_stored(seen: _Seen, ledger: Ledger) -> Iterator[str]:
    """I1: whatever was acknowledged is there, with the very bytes that were answered."""
    stored = {row.credential_id: row for row in seen.credentials}
    for key, answer in ledger.issued.items():
        told = orjson.loads(answer)
        row = stored.get(told["id"])
        if row is None:
            yield f"I1: {told['id']} was acknowledged (for {key}) and is lost"
        elif row.erased_at is None and (row.document is None or row.document not in answer):
            yield f"I1: {told['id']} is stored with other bytes than were answered"


def _one_key_one_credential(seen: _Seen, ledger: Ledger) -> Iterator[str]:
    """I2: an Idempotency-Key stands for one credential, whether its answer arrived or not."""
    told = Counter(orjson.loads(answer)["id"] for answer in ledger.issued.values())
    yield from (f"I2: {one} was answered for {times} keys" for one, times in told.items() if times > 1)
    hashes = Counter(row.repeat_hash for row in seen.credentials)
    if ledger.sent and hashes.pop(None, 0):
        yield "I2: a credential is stored without its Idempotency-Key"
    yield from (f"I2: {times} credentials have one Idempotency-Key" for times in hashes.values() if times > 1)
    if ledger.sent and len(hashes) > len(ledger.sent):
        yield f"I2: {len(ledger.sent)} Idempotency-Keys made {len(hashes)} credentials"


def _no_index_twice(seen: _Seen) -> Iterator[str]:
    """I3: no place in a list is given twice, and none that its counter has not passed."""
    given = Counter((row.status_list_id, row.status_index) for row in seen.credentials)
    yield from (f"I3: index {index} is given {times} times" for (_, index), times in given.items() if times > 1)
    for number in (row for row in Counter((r.issuer_id, r.number) for r in seen.lists.values()).items() if row[1] > 1):
        yield f"I3: a list number is there twice: {number}"
    for list_id, index in given:
        row = seen.lists.get(list_id)
        if row is None or index not in _passed(row.shuffle_key, row.size, row.next_counter):
            yield f"I3: index {index} is used, and its list's counter has not passed it"
    for credential in seen.credentials:
        if credential.document is not None:
            said = orjson.loads(credential.document)["credentialStatus"]["statusListIndex"]
            if said != str(credential.status_index):
                yield f"I3: {credential.credential_id} was signed with index {said}, stored with {credential.status_index}"


@cache
def _passed(key: bytes, size: int, counter: int) -> frozenset[int]:
    """Return the indices that a list has given out so far, used or lost."""
    return frozenset(permuted_index(number, key=key, size=size) for number in range(counter))


def _revoked_stays_revoked(seen: _Seen, ledger: Ledger) -> Iterator[str]:
    """I5: what was acknowledged as revoked is revoked, since the time that was answered."""
    revoked_at = {row.credential_id: row.revoked_at for row in seen.credentials}
    for credential_id, told in ledger.revoked.items():
        if revoked_at.get(credential_id) != datetime.fromisoformat(told):
            yield f"I5: {credential_id} was revoked at {told}, and the row says {revoked_at.get(credential_id)}"


def _one_event_per_change(seen: _Seen) -> Iterator[str]:
    """I6: the chain is unbroken; each credential was issued once in it, each revoked one revoked once, and nobody else."""
    yield from (f"I6: {broken}" for broken in seen.broken)
    by_action: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for event in seen.events:
        by_action[event.action][event.subject].append(orjson.loads(event.details))
    issued, revoked = by_action["credential.issued"], by_action["credential.revoked"]
    for row in seen.credentials:
        hashes = [details.get("document") for details in issued.pop(row.credential_id, [])]
        if hashes != [row.document_hash]:
            yield f"I6: {row.credential_id} has {len(hashes)} events of issuing, or one of another document"
        times = len(revoked.pop(row.credential_id, []))
        if times != (row.revoked_at is not None):
            yield f"I6: {row.credential_id} (revoked: {row.revoked_at}) has {times} events of revoking"
    yield from (f"I6: {subject} was issued by the journal and is not stored" for subject in issued)
    yield from (f"I6: {subject} was revoked by the journal and is not stored" for subject in revoked)


def _everything_verifies(seen: _Seen, rooms: Rooms, verified: set[str]) -> Iterator[str]:
    """I7: what is stored verifies with the keys that its issuer publishes, and says revoked when it is."""
    for row in seen.credentials:
        if row.document is None or row.document_hash in verified:
            continue
        report = rooms.verify(row.document)
        passed = {check.id for check in report.checks if check.outcome is Outcome.PASSED}
        if report.document_hash != row.document_hash or not passed.issuperset(_PROVES_A_SIGNATURE):
            yield f"I7: {row.credential_id} does not verify: {report.verdict}"
        verified.add(row.document_hash)


def _lists_show_the_rows(seen: _Seen, rooms: Rooms) -> Iterator[str]:
    """I8: the bits of each list are those of the revoked rows, as it is published and, where it is up to date, as it is stored."""
    revoked: dict[uuid.UUID, set[int]] = defaultdict(set)
    for credential in seen.credentials:
        if credential.revoked_at is not None:
            revoked[credential.status_list_id].add(credential.status_index)
    for row in seen.lists.values():
        name = f"{seen.issuers[row.issuer_id].slug}/{row.number}"
        published = rooms.publishing.status_list(seen.issuers[row.issuer_id].slug, row.number).body
        if _bits_set(published) != revoked[row.id]:
            yield f"I8: the published list {name} does not show the rows"
        if (
            row.document is not None
            and row.signed_revision == row.revision
            and _bits_set(row.document) != revoked[row.id]
        ):
            yield f"I8: the stored list {name} says that it is up to date and does not show the rows"


@cache
def _bits_set(document: bytes) -> frozenset[int]:
    bits = decode_list(orjson.loads(document)["credentialSubject"]["encodedList"]).to_bytes()
    return frozenset(
        8 * place + bit for place, byte in enumerate(bits) if byte for bit in range(8) if byte & (0x80 >> bit)
    )
