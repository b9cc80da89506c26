"""Issuing credentials, in the order that keeps every promise (decisions.md, "Writing").

1. Was this request seen before, or is it on its way? Then the same answer. 2. Prepare: everything that the order names is found
and allowed. 3. Reserve the status index. 4. Build. 5. Lint: our model, and safe mode. 6. Sign what was linted. 7. Verify the
signature with the published key. 8. One transaction: participant, credential, share link, event. 9. After the commit, answer.

Nothing signed leaves before step 8 is done, and only what step 5 passed can reach step 6. Many credentials go through the steps side by
side: `begin_all` goes as far as handing step 8 to the writer, for all of them as one change, `Pending.finish` waits for its commit.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from okbadges.errors import InvalidInput, OkbadgesError, Unavailable
from okbadges.issuing.answers import Answers
from okbadges.issuing.award import Repeat, make_award, store_awards
from okbadges.issuing.in_flight import InFlight
from okbadges.issuing.named import named_by
from okbadges.issuing.prepare import Wanted, prepare
from okbadges.organisations.roles import Scope
from okbadges.storage.database import out_of_range
from okbadges.storage.edition import Remembered
from okbadges.storage.journal import Stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future
    from datetime import datetime

    from sqlmodel import Session

    from okbadges.issuing.answers import Earlier, Issued
    from okbadges.issuing.award import Award, Follows
    from okbadges.issuing.links import Links
    from okbadges.issuing.named import Named
    from okbadges.issuing.order import Order
    from okbadges.issuing.prepare import Prepared
    from okbadges.issuing.signing import Signing
    from okbadges.issuing.status_indices import StatusIndices
    from okbadges.keys.keyring import Keyring
    from okbadges.organisations.callers import Caller
    from okbadges.storage.edition import Page
    from okbadges.storage.writer import Writer

LONGEST_REPEAT_KEY = 200


class Outdated(Exception):
    """What was known of the caller may not hold any more; nothing was done. Find out who calls, and order again."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A credential on its way into the database, or one that an earlier request issued."""

    finish: Callable[[], Issued]
    """Wait for the commit and return what was issued; raises what `Issuing.issue` raises."""
    stored: Future[list[OkbadgesError | IntegrityError | None]] | None = None
    """Done after the commit, with what was refused, by place; None where there is nothing to wait for."""
    place: int = 0
    """Where it stands among those that were stored together."""

    def asks_again(self) -> bool:
        """Tell, after the commit, whether `finish` has to ask the database which of two equal requests was first. Raises what the commit raised."""
        return self.stored is not None and isinstance(self.stored.result()[self.place], IntegrityError)


@dataclass(slots=True)
class _Way:
    """One credential on its way through the steps, and what became of it once that is known."""

    wanted: Wanted
    stamp: Stamp
    prepared: Prepared | None = None
    award: Award | None = None
    outcome: Pending | Exception | None = None

    def go(self, step: Callable[[_Way], None]) -> None:
        """Take one step further, unless the way has ended; what one meets is not met by the others, but for a database that is away."""
        if self.outcome is None:
            try:
                step(self)
            except (DBAPIError, PoolTimeoutError):
                raise
            except Exception as refused:  # noqa: BLE001 - whoever asked for it raises it
                self.outcome = refused


class Issuing:
    """Issues credentials; one of it serves a whole process."""

    def __init__(
        self,
        *,
        writer: Writer,
        keyring: Keyring,
        indices: StatusIndices,
        links: Links,
        signing: Signing,
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
        self._answers = Answers(links)
        self._now = now
        self._random_bytes = random_bytes
        self._observe = observe
        self._signing = signing
        self._in_flight = InFlight()
        self._remembered = Remembered()

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
            page = self._remembered.page(session)
            named = named_by(session, [order])
            prepare(session, page, named, Wanted(order, caller), keyring=self._keyring, now=self._now())

    def begin(
        self, order: Order, *, caller: Caller, repeat: Repeat | None = None, follows: Follows | None = None
    ) -> Pending:
        """Do steps 1 to 7 and hand step 8 to the writer. The caller's scope was looked at before; raises what `issue` raises."""
        (begun,) = self.begin_all([Wanted(order, caller, repeat, follows)])
        if isinstance(begun, Exception):
            raise begun
        return begun

    def begin_all(self, wanted: Sequence[Wanted]) -> list[Pending | Exception]:
        """Do steps 1 to 7 for each of them and hand step 8 to the writer, for all together; return what became of each, in this order.

        One that is refused takes no other with it. Those whose equal is on its way come last, and wait for it.
        """
        free = [one.repeat is None or self._in_flight.enter_if_free(one.repeat.key_hash) for one in wanted]
        together = iter(self._begin_entered([one for one, is_free in zip(wanted, free, strict=True) if is_free]))
        return [
            next(together) if is_free else self._begin_after_its_equal(one)
            for one, is_free in zip(wanted, free, strict=True)
        ]

    def _begin_after_its_equal(self, wanted: Wanted) -> Pending | Exception:
        try:
            if wanted.repeat is not None:
                self._in_flight.enter(wanted.repeat.key_hash)
        except OkbadgesError as still_there:
            self._observe("refused")
            return still_there
        return self._begin_entered([wanted])[0]

    def _begin_entered(self, wanted: Sequence[Wanted]) -> list[Pending | Exception]:
        """Begin those whose keys were entered; each key is left when there is nothing more to wait for."""
        begun: list[Pending | Exception] = []
        try:
            begun = self._begin(wanted)
        finally:
            for place, one in enumerate(wanted):
                what = begun[place] if begun else None
                if isinstance(what, OkbadgesError):
                    self._observe("refused")
                if one.repeat is None:
                    continue
                leave = partial(self._leave, one.repeat.key_hash)
                if isinstance(what, Pending) and what.stored is not None:
                    what.stored.add_done_callback(leave)
                else:
                    leave()
        return begun

    def _leave(self, key: bytes, _stored: object = None) -> None:
        self._in_flight.leave(key)

    def _begin(self, wanted: Sequence[Wanted]) -> list[Pending | Exception]:
        now = self._now()
        ways = [_Way(one, Stamp(one.caller.actor, now, self._random_bytes)) for one in wanted]
        with self._database.read() as session:
            page = self._remembered.page(session)
            earlier = self._answers.earlier(session, [one.repeat for one in wanted if one.repeat])
            named = named_by(session, [one.order for one in wanted])
            for way in ways:
                way.go(partial(self._find, session, page, named, earlier))
        for way in ways:
            way.go(self._make)
        self._submit([way for way in ways if way.award])
        return [way.outcome for way in ways if way.outcome]

    def _find(self, session: Session, page: Page, named: Named, earlier: Mapping[bytes, Earlier], way: _Way) -> None:
        """Find what the same request issued before, or everything that the order names."""
        one = way.wanted
        if one.as_of is not None and one.as_of != page.edition:
            raise Outdated
        if one.repeat is not None and one.repeat.key_hash in earlier:
            answer = self._answers.again(earlier[one.repeat.key_hash], one.repeat)
            self._observe("repeated")
            way.outcome = Pending(lambda: answer)
            return
        try:
            way.prepared = prepare(session, page, named, one, keyring=self._keyring, now=way.stamp.now)
        except (DataError, OverflowError) as strange:
            session.rollback()  # PostgreSQL answers nobody else in this transaction
            raise out_of_range() from strange

    def _make(self, way: _Way) -> None:
        """Reserve the place in the status list; build, lint, sign and verify."""
        if way.prepared is None:
            return
        one, slot = way.wanted, self._indices.take(way.prepared.issuer)
        way.award = make_award(
            way.stamp,
            way.prepared,
            slot,
            signing=self._signing,
            links=self._links,
            repeat=one.repeat,
            follows=one.follows,
        )

    def _submit(self, ways: Sequence[_Way]) -> None:
        """Hand all of them to the writer as one change."""
        awards = [way.award for way in ways if way.award]
        if not awards:
            return
        stored = self._writer.submit(lambda connection: store_awards(connection, awards))
        for place, way in enumerate(ways):
            way.outcome = Pending(partial(self._finish, stored, place, way), stored, place)

    def _finish(self, stored: Future[list[OkbadgesError | IntegrityError | None]], place: int, way: _Way) -> Issued:
        refused = stored.result()[place]
        if isinstance(refused, IntegrityError):
            return self._same_request_won(way.wanted.repeat, refused)
        if refused is not None:
            raise refused
        if way.award is None or way.prepared is None:
            raise AssertionError("what was stored was made")
        self._observe("issued")
        badge = way.prepared.badge
        return self._answers.of(way.award.credential, badge.slug, badge.version)

    def _same_request_won(self, repeat: Repeat | None, refused: IntegrityError) -> Issued:
        """Two equal requests ran side by side and the other was stored first: answer with its credential."""
        if repeat is not None:
            with self._database.read() as session:
                earlier = self._answers.earlier(session, [repeat])
            if earlier:
                return self._answers.again(earlier[repeat.key_hash], repeat)
        raise Unavailable(
            "not-stored", "The credential could not be stored and was not issued; send the request again."
        ) from refused
