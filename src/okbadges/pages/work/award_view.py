"""What the page of an award shows before it is made: the badge in the language chosen, what it rests on, and the way of a second person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.catalogue.shelf import latest_of_all
from okbadges.catalogue.texts import LANGUAGES
from okbadges.pages import qr
from okbadges.pages.badge_view import Artwork, artwork, badge_card
from okbadges.pages.printed_code import PrintedCode
from okbadges.pages.words import LANGUAGE_NAMES

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection

    from sqlmodel import Session

    from okbadges.catalogue.published import PublishedBadge
    from okbadges.edge.rooms import Rooms
    from okbadges.pages.badge_view import BadgeCard
    from okbadges.pages.words import Phrase, Words
    from okbadges.pages.work.award import Offer

SPOKEN = (
    *("en", "fi", "sv", "se", "smn", "sms", "nb", "et", "ru", "uk"),
    *("de", "fr", "es", "ar", "fa", "so", "ku", "th", "vi", "zh"),
)
"""The languages that the page offers where an award records one; any other one goes through the API."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose: what the form sends, how it is said, and more about it."""

    value: str
    name: str
    about: Phrase | None = None


@dataclass(frozen=True, slots=True)
class Collected:
    """A badge that a summary badge brings together, and whether they hold it."""

    badge: BadgeCard
    is_held: bool


@dataclass(frozen=True, slots=True)
class AwardView:
    """What is looked at before an award."""

    family: str
    kind: Phrase
    name: Phrase
    artwork: Artwork
    languages: tuple[Choice, ...]
    spoken: tuple[Choice, ...]
    seen: str
    collected: tuple[Collected, ...]


def award_view(session: Session, offer: Offer, words: Words, *, language: str) -> AwardView:
    """Return what the page shows; name and picture are in ``language`` where there are any in it."""
    badge = offer.badge
    days = [step.tick.observed_on for step in offer.progress.steps if step.tick]
    spoken = [Choice(code, words.language_name(code)) for code in SPOKEN] if badge.records_language else []
    drawn = [code for code in LANGUAGES if code in badge.artwork]
    return AwardView(
        family=badge.family.id,
        kind=words.phrase(badge.kind_words(words.language)),
        name=words.phrase(badge.name.in_language(language)),
        artwork=artwork(badge, language),
        languages=tuple(Choice(one, LANGUAGE_NAMES[one], words.phrase(badge.name.in_language(one))) for one in drawn),
        spoken=tuple(sorted(spoken, key=lambda one: one.name)),
        seen=words("work.award.seen", day=words.day(max(days))) if days else "",
        collected=collected(session, badge, {one.badge for one in offer.at.held}, words),
    )


def collected(session: Session, badge: PublishedBadge, held: Collection[str], words: Words) -> tuple[Collected, ...]:
    """Return the badges that a summary badge brings together; none for a skill badge."""
    every = latest_of_all(session) if badge.collects else {}
    return tuple(Collected(badge_card(every[slug], words), slug in held) for slug in badge.collects if slug in every)


def colleague_code(rooms: Rooms, participant_id: uuid.UUID, badge: str) -> PrintedCode:
    """Return the code that leads a colleague, signed in on their own phone, to where they give their word."""
    link = f"{rooms.base_url}/workshop/confirm/{participant_id}/{badge}"
    code = qr.drawn(link)
    return PrintedCode(code.path, code.size, link, (link,))
