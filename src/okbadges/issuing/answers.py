"""What an order is answered with, and what is answered again when the same request comes again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sqlalchemy import bindparam, select
from sqlmodel import col

from okbadges.errors import Gone, InvalidInput
from okbadges.storage.tables import BadgeVersionRow, CredentialRow

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel import Session

    from okbadges.issuing.award import Repeat
    from okbadges.issuing.links import Links

Earlier: TypeAlias = Mapping[str, Any]
"""A stored credential: the columns that an answer tells of, with the slug and the version of its badge."""

_TOLD: Final = tuple(
    col(getattr(CredentialRow, name))
    for name in (
        "id",
        "credential_id",
        "participant_id",
        "share_link_id",
        "document",
        "revoked_at",
        "repeat_hash",
        "request_hash",
    )
)
"""What an answer tells of a stored credential, and how its request is known again."""
_EARLIER: Final = (
    select(*_TOLD, col(BadgeVersionRow.slug), col(BadgeVersionRow.version))
    .join(BadgeVersionRow, col(BadgeVersionRow.id) == CredentialRow.badge_version_id)
    .where(col(CredentialRow.repeat_hash).in_(bindparam("keys", expanding=True)))
)


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
class Answers:
    """Words answers of credentials, with the links that belong to them."""

    _links: Links

    def earlier(self, session: Session, repeats: Sequence[Repeat]) -> dict[bytes, Earlier]:
        """Return what the same requests issued before, by the hashes of their keys."""
        if not repeats:
            return {}
        found = session.connection().execute(_EARLIER, {"keys": [repeat.key_hash for repeat in repeats]})
        return {row["repeat_hash"]: dict(row) for row in found.mappings()}

    def again(self, earlier: Earlier, repeat: Repeat) -> Issued:
        """Answer again. Raises `InvalidInput` when the key came with another order, `Gone` after erasure."""
        if earlier["document"] is None:
            raise erased()
        if earlier["request_hash"] != repeat.request_hash:
            raise InvalidInput(
                "idempotency-key-reused",
                "This Idempotency-Key was already used for another order; use a new key for a new order.",
                field="Idempotency-Key",
            )
        return self.of(earlier, earlier["slug"], earlier["version"], repeated=True)

    def of(self, row: Earlier, badge: str, version: int, *, repeated: bool = False) -> Issued:
        """Return the answer that tells of a credential: its columns, the slug of its badge and the version."""
        link = row["share_link_id"]
        return Issued(
            credential_id=row["credential_id"],
            participant=row["participant_id"],
            badge=badge,
            badge_version=version,
            claim_link=self._links.claim_link(row["id"]),
            share_link=self._links.share_link(link) if link else None,
            document=row["document"],
            repeated=repeated,
            revoked_at=row["revoked_at"] if repeated else None,
        )


def erased() -> Gone:
    """Return the refusal to do again what was issued once and erased since."""
    return Gone("erased", "What this request issued was erased since, as the participant has a right to.")
