"""From what a passport holds to what its pages show, each badge said to its holder: a shelf by family, the ways, what comes near.

Nothing here counts what is missing: there is a next step, and the small badges that a summary badge still waits for when they are few.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.catalogue.second_person import to_holder
from okbadges.pages.badge_view import Artwork, artwork
from okbadges.pages.badges import families

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from okbadges.catalogue.published import PublishedBadge
    from okbadges.pages.words import Phrase, Words
    from okbadges.passport.collection import Held, Near, Way


@dataclass(frozen=True, slots=True)
class ToldBadge:
    """A badge as its holder reads it; ``lead`` stands before what they can do, and fits to whether that speaks to them."""

    family: str
    kind: Phrase
    name: Phrase
    about: Phrase
    lead: str
    can: tuple[Phrase, ...]
    artwork: Artwork
    emblem: str


@dataclass(frozen=True, slots=True)
class HeldCard:
    """A badge of the passport in a list, and where its own page is."""

    badge: ToldBadge
    address: str
    is_revoked: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """The badges of one family, the newest first."""

    family: str
    name: Phrase
    cards: tuple[HeldCard, ...]


@dataclass(frozen=True, slots=True)
class WayCard:
    """A badge that is not held yet: where its steps are, and one friendly line of what comes next."""

    badge: ToldBadge
    address: str
    line: str
    next: tuple[Phrase, ...]


def told_badge(badge: PublishedBadge, words: Words, *, was: bool = False) -> ToldBadge:
    """Return a badge version said to its holder; ``was`` is for one that does not stand any more."""
    said, language = to_holder(badge), words.language
    if said.says_you:
        lead = words("passport.was" if was else "passport.can")
    else:
        lead = words("claim.was" if was else "claim.can")
    return ToldBadge(
        family=badge.family.id,
        kind=words.phrase(badge.kind_words(language)),
        name=words.phrase(badge.name.in_language(language)),
        about=words.phrase(said.description.in_language(language)),
        lead=lead,
        can=tuple(words.phrase(one.in_language(language)) for one in said.criteria),
        artwork=artwork(badge, language),
        emblem=f"/badges/{badge.slug}/emblem.svg?v={badge.version}",
    )


def held_card(held: Held, words: Words) -> HeldCard:
    """Return a badge of the passport for a list."""
    is_revoked = held.revoked_at is not None
    return HeldCard(told_badge(held.badge, words, was=is_revoked), badge_address(held), is_revoked)


def badge_address(held: Held) -> str:
    """Return where a badge of the passport has its own page."""
    return f"/passport/badges/{held.row_id}"


def shelves(held: Sequence[Held], words: Words) -> list[Shelf]:
    """Group badges by family, in the order of the catalogue; in each family they keep their order."""
    order = [group[0].family.id for group in families([one.badge for one in held])]
    return [_shelf([one for one in held if one.badge.family.id == family], words) for family in order]


def _shelf(held: Sequence[Held], words: Words) -> Shelf:
    family = held[0].badge.family
    return Shelf(
        family.id,
        words.phrase(family.name.in_language(words.language)),
        tuple(held_card(one, words) for one in held),
    )


def way_cards(ways: Iterable[Way], near: Iterable[Near], words: Words) -> list[WayCard]:
    """Return what is under way, each with its next step, and then the summary badges that come near; each badge once."""
    furthest: dict[str, Way] = {}
    for way in sorted(ways, key=lambda way: len(way.progress.missing)):
        furthest.setdefault(way.badge.slug, way)
    coming = [one for one in near if one.badge.slug not in furthest]
    return [*(_way_card(way, words) for way in furthest.values()), *(_near_card(one, words) for one in coming)]


def _way_card(way: Way, words: Words) -> WayCard:
    missing = way.progress.missing
    told = told_badge(way.badge, words)
    if not missing:
        return WayCard(told, steps_address(way.badge), words("passport.ways.seen"), ())
    return WayCard(told, steps_address(way.badge), words("passport.ways.next"), (told.can[missing[0] - 1],))


def _near_card(near: Near, words: Words) -> WayCard:
    names = tuple(words.phrase(one.name.in_language(words.language)) for one in near.to_come)
    line = words.counted("passport.ways.near", len(names)) if names else words("passport.ways.all")
    return WayCard(told_badge(near.badge, words), steps_address(near.badge), line, names)


def steps_address(badge: PublishedBadge) -> str:
    """Return where the steps of a badge stand in the passport."""
    return f"/passport/steps/{badge.slug}"
