"""Issuing credentials, in the order that keeps every promise (decisions.md, "Writing").

1. Was this request seen before, or is it on its way? Then the same answer. 2. Prepare: everything that the order names is found
and allowed. 3. Reserve the status index. 4. Build. 5. Lint: our model, and safe mode. 6. Sign what was linted. 7. Verify the
signature with the published key. 8. One transaction: participant, credential, share link, event. 9. After the commit, answer.

Nothing signed leaves before step 8 is done, and only what step 5 passed can reach step 6. `begin` goes as far as handing step 8
to the writer, `Pending.finish` waits for its commit: whoever issues to a whole group begins many before finishing the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from okbadges.errors import Gone, InvalidInput, OkbadgesError, Unavailable
from okbadges.issuing.award import Repeat, make_award, store_award
from okbadges.issuing.in_flight import InFlight
from okbadges.issuing.prepare import prepare
from okbadges.organisations.roles import Scope
from okbadges.storage.journal import Stamp
from okbadges.storage.tables import BadgeVersionRow, CredentialRow

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable
    from concurrent.futures import Future
    from datetime import datetime

    from okbadges.issuing.award import Award, Follows
    from okbadges.issuing.links import Links
    from okbadges.issuing.order import Order
    from okbadges.issuing.prepare import Prepared
    from okbadges.issuing.status_indices import StatusIndices
    from okbadges.keys.keyring import Keyring
    from okbadges.organisations.callers import Caller
    from okbadges.storage.writer import Writer

LONGEST_REPEAT_KEY = 200


@dataclass(frozen=True, slots=True)
class Issued:
    """An issued credential as the instructor's program gets it: the exact signed bytes, and the links to hand over.

    ``repeated`` tells that an earlier request issued it, ``revoked_at`` that it was revoked since.
    """

    credential_id: str
    participant: uuid.UUID
    badge: str
    badge_version: int
    claim_link: str
    share_link: str | None
    document: bytes
    repeated: bool = False
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """A credential on its way into the database, or one that an earlier request issued."""

    finish: Callable[[], Issued]
    """Wait for the commit and return what was issued; raises what `Issuing.issue` raises."""


class Issuing:
    """Issues credentials; one of it serves a whole process."""

    def __init__(
        self,
        *,
        writer: Writer,
        keyring: Keyring,
        indices: StatusIndices,
        links: Links,
        now: Callable[[], datetime],
        random_bytes: Callable[[int], bytes],
        observe: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Issue through ``writer``, with the clock and the randomness given.

        ``observe`` hears what became of each order: ``issued``, ``repeated`` or ``refused``.
        """
        self._database = writer.database
        self._writer = writer
        self._secrets = links.secrets
        self._keyring = keyring
        self._indices = indices
        self._links = links
        self._now = now
        self._random_bytes = random_bytes
        self._observe = observe
        self._in_flight = InFlight()

    def issue(self, order: Order, *, caller: Caller, repeat_key: str | None = None) -> Issued:
        """Issue one credential, or answer again what the same ``repeat_key`` (Idempotency-Key) issued before.

        Raises `NotAllowed` (scope, organisation), `InvalidInput` with the field at fault, also when the key was used for another
        order (``idempotency-key-reused``), `Conflict` when it is being worked on (``idempotency-key-in-flight``), and `Gone` when
        what it issued was erased. After any of these nothing is stored.
        """
        caller.require(Scope.ISSUE)
        repeat = None if repeat_key is None else self.repeat_of(order, caller, repeat_key)
        return self.begin(order, caller=caller, repeat=repeat).finish()

    def repeat_of(self, order: Order, caller: Caller, key: str, *, endpoint: str = "issue") -> Repeat:
        """Return how this order is known again. The key is scoped to the organisation and the endpoint; it outlives the access key.

        Raises `InvalidInput` (``idempotency-key``) for a key that is none.
        """
        if not 1 <= len(key) <= LONGEST_REPEAT_KEY or not key.isprintable():
            raise InvalidInput(
                "idempotency-key",
                f"Idempotency-Key must have 1 to {LONGEST_REPEAT_KEY} printable characters, for example a random UUID.",
                field="Idempotency-Key",
            )
        organisation = caller.organisation(order.organisation)
        return Repeat(self._secrets.repeat_hash(endpoint, organisation.id.hex, key), order.request_hash())

    def check(self, order: Order, *, caller: Caller) -> None:
        """Raise what `issue` would raise for this order now; nothing is signed, reserved or stored."""
        with self._database.read() as session:
            prepare(session, order, caller=caller, keyring=self._keyring, now=self._now())

    def begin(
        self, order: Order, *, caller: Caller, repeat: Repeat | None = None, follows: Follows | None = None
    ) -> Pending:
        """Do steps 1 to 7 and hand step 8 to the writer. The caller's scope was looked at before; raises what `issue` raises."""
        try:
            return self._begun(order, caller, repeat, follows)
        except OkbadgesError:
            self._observe("refused")
            raise

    def _begun(self, order: Order, caller: Caller, repeat: Repeat | None, follows: Follows | None) -> Pending:
        if repeat is None:
            return self._begin(order, caller, None, follows)[0]
        self._in_flight.enter(repeat.key_hash)
        stored: Future[None] | None = None
        try:
            earlier = self._issued_earlier(repeat)
            if earlier is not None:
                self._observe("repeated")
                return Pending(lambda: earlier)
            pending, stored = self._begin(order, caller, repeat, follows)
            return pending
        finally:
            if stored is None:
                self._in_flight.leave(repeat.key_hash)
            else:
                stored.add_done_callback(lambda _: self._in_flight.leave(repeat.key_hash))

    def _begin(
        self, order: Order, caller: Caller, repeat: Repeat | None, follows: Follows | None
    ) -> tuple[Pending, Future[None]]:
        stamp = Stamp(caller.actor, self._now(), self._random_bytes)
        with self._database.read() as session:
            prepared = prepare(session, order, caller=caller, keyring=self._keyring, now=stamp.now, follows=follows)
        slot = self._indices.take(prepared.issuer)
        award = make_award(stamp, prepared, slot, links=self._links, repeat=repeat, follows=follows)
        stored = self._writer.submit(lambda connection: store_award(connection, stamp, award))
        return Pending(partial(self._finish, stored, award, prepared, repeat)), stored

    def _finish(self, stored: Future[None], award: Award, prepared: Prepared, repeat: Repeat | None) -> Issued:
        try:
            stored.result()
        except IntegrityError as refused:
            return self._same_request_won(repeat, refused)
        self._observe("issued")
        return self._answer(award.credential, prepared.badge.slug, prepared.badge.version)

    def _issued_earlier(self, repeat: Repeat) -> Issued | None:
        """Return what the same request issued before. Raises `InvalidInput` when the key came with another order, `Gone` after erasure."""
        with self._database.read() as session:
            found = session.exec(
                select(CredentialRow, BadgeVersionRow)
                .join(BadgeVersionRow, col(BadgeVersionRow.id) == CredentialRow.badge_version_id)
                .where(CredentialRow.repeat_hash == repeat.key_hash)
            ).one_or_none()
        if found is None:
            return None
        row, badge = found
        if row.document is None:
            raise erased()
        if row.request_hash != repeat.request_hash:
            raise InvalidInput(
                "idempotency-key-reused",
                "This Idempotency-Key was already used for another order; use a new key for a new order.",
                field="Idempotency-Key",
            )
        return self._answer(row, badge.slug, badge.version, repeated=True)

    def _same_request_won(self, repeat: Repeat | None, refused: IntegrityError) -> Issued:
        """Two equal requests ran side by side and the other was stored first: answer with its credential."""
        earlier = self._issued_earlier(repeat) if repeat else None
        if earlier is None:
            raise Unavailable(
                "not-stored", "The credential could not be stored and was not issued; send the request again."
            ) from refused
        return earlier

    def _answer(self, row: CredentialRow, badge: str, version: int, *, repeated: bool = False) -> Issued:
        if row.document is None:
            raise erased()
        return Issued(
            credential_id=row.credential_id,
            participant=row.participant_id,
            badge=badge,
            badge_version=version,
            claim_link=self._links.claim_link(row.id),
            share_link=self._links.share_link(row.share_link_id) if row.share_link_id else None,
            document=row.document,
            repeated=repeated,
            revoked_at=row.revoked_at,
        )


def erased() -> Gone:
    """Return the refusal to do again what was issued once and erased since."""
    return Gone("erased", "What this request issued was erased since, as the participant has a right to.")
