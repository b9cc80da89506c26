"""What a badge says to its holder: "Osaat …", "Du kan …", "You can …", beside the neutral words that go into credentials.

The words to the holder are for pages that the holder reads, and for nothing else: a credential, and whatever else is signed, speaks about
its holder in the neutral words only. Versions that were published before there were such words are read to the holder neutrally.

It is the second person of grammar; the second person whose word an award may need is in `okbadges.progress.confirmations`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from okbadges.catalogue.texts import Texts

if TYPE_CHECKING:
    from okbadges.catalogue.published import PublishedBadge


class SecondPerson(BaseModel):
    """The description and each criterion of a badge, in the same order, said to the holder: as people write and as it is stored."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    description: Texts
    criteria: tuple[Texts, ...]


@dataclass(frozen=True, slots=True)
class ToHolder:
    """What a page says to the holder of a badge; ``criteria`` has one text for each small step, in order."""

    description: Texts
    criteria: tuple[Texts, ...]
    says_you: bool
    """False: this version has neutral words only, and whatever stands before them has to be neutral too."""


def to_holder(badge: PublishedBadge) -> ToHolder:
    """Return the second-person words of this version of a badge, else its neutral ones."""
    words = badge.you or badge
    return ToHolder(words.description, words.criteria, says_you=badge.you is not None)
