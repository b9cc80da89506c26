"""Issuing one credential, in the order that keeps every promise (decisions.md, "Writing").

1. Was this request seen before? Then the same answer. 2. Prepare: everything that the order names is found and allowed.
3. Reserve the status index. 4. Build. 5. Lint: our model, and safe mode. 6. Sign what was linted. 7. Verify the signature
with the published key. 8. One transaction: participant, credential, share link, event. 9. After the commit, answer.

Nothing signed leaves before step 8 is done, and only what step 5 passed can reach step 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from okbadges.errors import Conflict, InvalidInput, Unavailable
from okbadges.issuing.award import Repeat, make_award, store_award
from okbadges.issuing.prepare import prepare
from okbadges.organisations.roles import Scope
from okbadges.storage.journal import Stamp
from okbadges.storage.tables import BadgeVersionRow, CredentialRow

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable
    from datetime import datetime

    from okbadges.issuing.keyring import Keyring
    from okbadges.issuing.links import Links
    from okbadges.issuing.order import Order
    from okbadges.issuing.status_indices import StatusIndices
    from okbadges.organisations.access_keys import Caller
    from okbadges.storage.database import Database
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer

LONGEST_REPEAT_KEY = 200


@dataclass(frozen=True, slots=True)
class Issued:
    """An issued credential as the instructor's program gets it: the exact signed bytes, and the links to hand over."""

    credential_id: str
    participant: uuid.UUID
    badge: str
    badge_version: int
    claim_link: str
    share_link: str | None
    document: bytes


class Issuing:
    """Issues credentials; one of it serves a whole process."""

    def __init__(
        self,
        *,
        database: Database,
        writer: Writer,
        secrets: Secrets,
        keyring: Keyring,
        indices: StatusIndices,
        links: Links,
        now: Callable[[], datetime],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        """Issue into ``database`` through ``writer``, with the clock and the randomness given."""
        self._database = database
        self._writer = writer
        self._secrets = secrets
        self._keyring = keyring
        self._indices = indices
        self._links = links
        self._now = now
        self._random_bytes = random_bytes

    def issue(self, order: Order, *, caller: Caller, repeat_key: str | None = None) -> Issued:
        """Issue one credential, or answer again what the same ``repeat_key`` (Idempotency-Key) issued before.

        Raises `NotAllowed` (scope, organisation), `InvalidInput` with the field at fault, and `Conflict`
        (``idempotency-key-reused``) when the key was used for another order. After any of these nothing is stored.
        """
        caller.require(Scope.ISSUE)
        repeat = self._repeat(order, caller, repeat_key)
        earlier = self._issued_earlier(repeat)
        if earlier is not None:
            return earlier
        stamp = Stamp(caller.actor, self._now(), self._random_bytes)
        with self._database.read() as session:
            prepared = prepare(session, order, caller=caller, keyring=self._keyring, today=stamp.now.date())
        slot = self._indices.take(prepared.issuer)
        award = make_award(stamp, prepared, slot, links=self._links, repeat=repeat)
        try:
            self._writer.write(lambda connection: store_award(connection, stamp, award))
        except IntegrityError as refused:
            return self._same_request_won(repeat, refused)
        return self._answer(award.credential, prepared.badge.slug, prepared.badge.version)

    def _repeat(self, order: Order, caller: Caller, repeat_key: str | None) -> Repeat | None:
        """Scope the idempotency key to the organisation and to this endpoint; it outlives the access key."""
        if repeat_key is None:
            return None
        if not 1 <= len(repeat_key) <= LONGEST_REPEAT_KEY or not repeat_key.isprintable():
            raise InvalidInput(
                "idempotency-key",
                f"Idempotency-Key must have 1 to {LONGEST_REPEAT_KEY} printable characters, for example a random UUID.",
                field="Idempotency-Key",
            )
        organisation = caller.organisation(order.organisation)
        hashed = self._secrets.repeat_hash("issue", organisation.id.hex, repeat_key)
        return Repeat(hashed, order.request_hash())

    def _issued_earlier(self, repeat: Repeat | None) -> Issued | None:
        """Return what the same request issued before. Raises `Conflict` when the key came with another order."""
        if repeat is None:
            return None
        with self._database.read() as session:
            found = session.exec(
                select(CredentialRow, BadgeVersionRow)
                .join(BadgeVersionRow, col(BadgeVersionRow.id) == CredentialRow.badge_version_id)
                .where(CredentialRow.repeat_hash == repeat.key_hash)
            ).one_or_none()
        if found is None:
            return None
        row, badge = found
        if row.request_hash != repeat.request_hash:
            raise Conflict(
                "idempotency-key-reused",
                "This Idempotency-Key was already used for another order; use a new key for a new order.",
                field="Idempotency-Key",
            )
        return self._answer(row, badge.slug, badge.version)

    def _same_request_won(self, repeat: Repeat | None, refused: IntegrityError) -> Issued:
        """Two equal requests ran side by side and the other was stored first: answer with its credential."""
        earlier = self._issued_earlier(repeat)
        if earlier is None:
            raise Unavailable(
                "not-stored", "The credential could not be stored and was not issued; send the request again."
            ) from refused
        return earlier

    def _answer(self, row: CredentialRow, badge: str, version: int) -> Issued:
        return Issued(
            credential_id=row.credential_id,
            participant=row.participant_id,
            badge=badge,
            badge_version=version,
            claim_link=self._links.claim_link(row.id),
            share_link=self._links.share_link(row.share_link_id) if row.share_link_id else None,
            document=row.document,
        )
