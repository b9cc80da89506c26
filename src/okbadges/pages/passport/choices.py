"""The form in which a holder chooses what a link shows: what was typed, what it means, and how it is shown again with a mistake."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Form

from okbadges.errors import InvalidInput, NotFound
from okbadges.issuing.order import Purpose
from okbadges.pages.badges import families
from okbadges.passport.own_links import MOST_BADGES, USUAL_DAYS, Shown, WantedLink

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from okbadges.pages.words import Phrase, Words
    from okbadges.passport.collection import Held

READY = (Purpose.STUDY_PLAN, Purpose.WORKPLACE)
"""The purposes that are one press away."""
PAPER = "paper"
"""Where the holder is led once the link is made, instead of to its page: to its paper."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form sent, as it was typed; ``link`` is the key that the link will have, so that sending twice makes one.

    ``then`` says what the holder is led to once it is made: its page, or its `PAPER`.
    """

    purpose: str
    badges: tuple[str, ...]
    shows: tuple[str, ...]
    name: str
    expires_on: str
    link: str = ""
    then: str = ""


def typed(
    purpose: Annotated[str, Form()] = "",
    badges: Annotated[list[str] | None, Form()] = None,
    shows: Annotated[list[str] | None, Form()] = None,
    name: Annotated[str, Form()] = "",
    expires_on: Annotated[str, Form()] = "",
    link: Annotated[str, Form()] = "",
    then: Annotated[str, Form()] = "",
) -> Typed:
    """Read the form; nothing is judged yet, so that nothing that was typed is lost."""
    return Typed(purpose, tuple(badges or ()), tuple(shows or ()), name, expires_on, link, then)


TypedLink = Annotated[Typed, Depends(typed)]


@dataclass(frozen=True, slots=True)
class BadgeChoice:
    """A badge that can be ticked; ``note`` tells two of the same name apart, and that one does not stand any more."""

    key: uuid.UUID
    name: Phrase
    emblem: str
    note: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class FamilyChoice:
    """The badges of one family that can be ticked, in the order in which they came."""

    family: str
    name: Phrase
    badges: tuple[BadgeChoice, ...]


@dataclass(frozen=True, slots=True)
class ReadyWay:
    """A link that is one press away: for whom, with which badges, until when."""

    purpose: Purpose
    title: str
    about: str
    badges: tuple[uuid.UUID, ...]
    expires_on: date


@dataclass(frozen=True, slots=True)
class PurposeChoice:
    """A purpose that can be chosen, what it brings with it, and the last day that fits to it."""

    purpose: Purpose
    name: str
    about: str
    usual_day: date
    ticked: bool


@dataclass(frozen=True, slots=True)
class BesideChoice:
    """Something that can be shown beside the badges."""

    shown: Shown
    name: str
    about: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Mistake:
    """Why a form was not accepted: the field at fault, and words for it."""

    field: str
    sentence: str


def wanted_link(what: Typed) -> WantedLink:
    """Return the link that was asked for, still unchecked.

    Raises `InvalidInput`: ``share-purpose``, ``share-shows``, ``share-expiry``; `NotFound` (``unknown-credential``) for what is no key.
    """
    if what.purpose not in set(Purpose):
        raise InvalidInput("share-purpose", "Choose whom the link is for.", field="purpose")
    if not set(what.shows) <= set(Shown):
        raise InvalidInput("share-shows", "Choose among what is offered.", field="shows")
    try:
        last_day = date.fromisoformat(what.expires_on)
    except ValueError:
        raise InvalidInput("share-expiry", "Choose the last day of the link.", field="expires_on") from None
    keys = tuple(_key(one) for one in what.badges)
    return WantedLink(Purpose(what.purpose), keys, frozenset(map(Shown, what.shows)), what.name, last_day)


def wanted_key(what: Typed) -> uuid.UUID | None:
    """Return the key that the link is to have; None where the form names none."""
    try:
        return uuid.UUID(what.link)
    except ValueError:
        return None


def mistake_of(refused: InvalidInput | NotFound, words: Words) -> Mistake:
    """Return what to say beside the field that was refused."""
    key = f"sharing.mistake.{refused.code}"
    return Mistake(refused.field or "badges", words(key if words.knows(key) else "sharing.mistake.other"))


def usual(shelf: Sequence[Held], *, today: date) -> Typed:
    """Return the form as it is first seen: every badge that stands, nothing beside them, for a teacher."""
    purpose = READY[0]
    return Typed(purpose, tuple(str(key) for key in standing(shelf)), (), "", usual_day(purpose, today).isoformat())


def ready_ways(shelf: Sequence[Held], words: Words, *, today: date) -> list[ReadyWay]:
    """Return the ready ways, each with every badge that stands; none where there is none."""
    badges = standing(shelf)
    number = words.counted("sharing.badges", len(badges))
    return [
        ReadyWay(
            purpose,
            words(f"sharing.ready.{purpose.value}"),
            words("sharing.ready.about", badges=number, day=words.day(usual_day(purpose, today))),
            badges,
            usual_day(purpose, today),
        )
        for purpose in READY
        if badges
    ]


def family_choices(shelf: Sequence[Held], ticked: Collection[str], words: Words) -> list[FamilyChoice]:
    """Return the badges that can be chosen, by family in the order of the catalogue."""
    return [
        FamilyChoice(
            group[0].family.id,
            words.phrase(group[0].family.name.in_language(words.language)),
            tuple(_choice(one, ticked, words) for one in shelf if one.badge.family.id == group[0].family.id),
        )
        for group in families([one.badge for one in shelf])
    ]


def purpose_choices(ticked: str, words: Words, *, today: date) -> list[PurposeChoice]:
    """Return the purposes that can be chosen."""
    return [
        PurposeChoice(
            one,
            words(f"sharing.for.{one.value}"),
            words(f"sharing.purpose.{one.value}"),
            usual_day(one, today),
            one == ticked,
        )
        for one in Purpose
    ]


def beside_choices(offered: Collection[Shown], ticked: Collection[str], words: Words) -> list[BesideChoice]:
    """Return what can be shown beside the badges."""
    return [
        BesideChoice(
            one, words(f"sharing.beside.{one.value}.name"), words(f"sharing.beside.{one.value}.about"), one in ticked
        )
        for one in offered
    ]


def usual_day(purpose: Purpose, today: date) -> date:
    """Return the last day of a link for which none was chosen."""
    return today + timedelta(days=USUAL_DAYS[purpose])


def standing(shelf: Sequence[Held]) -> tuple[uuid.UUID, ...]:
    """Return the badges that a link shows when none were chosen: those that stand, as many as it may show."""
    return tuple(one.row_id for one in shelf if one.revoked_at is None)[:MOST_BADGES]


def _choice(held: Held, ticked: Collection[str], words: Words) -> BadgeChoice:
    revoked, badge = held.revoked_at is not None, held.badge
    return BadgeChoice(
        key=held.row_id,
        name=words.phrase(badge.name.in_language(words.language)),
        emblem=f"/badges/{badge.slug}/emblem.svg?v={badge.version}",
        note=words("sharing.revoked") if revoked else words("sharing.awarded", day=words.day(held.awarded_on)),
        ticked=str(held.row_id) in ticked,
    )


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound("unknown-credential", "There is no such badge in this passport.") from None
