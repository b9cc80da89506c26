"""What is broken in the journal of a test's database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from okbadges.storage.journal_reading import broken_places, every_event, heads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlmodel import Session


def broken_links(session: Session) -> Iterator[str]:
    """Walk every chain to the head that the database shows; nothing said means that all are whole."""
    shown = {head.chain: head for head in heads(session, now=datetime.now(UTC))}
    return broken_places(every_event(session), shown)
