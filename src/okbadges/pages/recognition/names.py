"""The names of badges that a decision considers, in the language of the page: a decision keeps them in that of the credential."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.catalogue.shelf import badge_version
from okbadges.errors import NotFound
from okbadges.pages.foreign import LONGEST_NAME, show

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlmodel import Session

    from okbadges.edge.rooms import Rooms
    from okbadges.pages.words import Phrase, Words
    from okbadges.recognition.record import BadgeSeen


def badge_names(rooms: Rooms, badges: Iterable[BadgeSeen], words: Words) -> dict[str, Phrase]:
    """Return the name of each badge by its credential's id; of a badge of others what it calls itself, as foreign text."""
    with rooms.database.read() as session:
        return {one.credential_id: _name(session, one, words) for one in badges}


def _name(session: Session, seen: BadgeSeen, words: Words) -> Phrase:
    try:
        if seen.badge is not None and seen.badge_version is not None:
            badge = badge_version(session, seen.badge, seen.badge_version)
            return words.phrase(badge.name.in_language(words.language))
    except NotFound:
        pass  # the credential came with an issuer from elsewhere, its badge did not
    return show(seen.name, words, longest=LONGEST_NAME).phrase
