"""From where somebody stands to what a page shows of it: a badge as a row, how far it is, and the catalogue by family."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.organisations.groups import find_group
from okbadges.organisations.roles import Role
from okbadges.organisations.stays import stays_of
from okbadges.pages.badge_view import badge_card
from okbadges.pages.badges import families

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Collection, Sequence

    from sqlmodel import Session

    from okbadges.catalogue.published import PublishedBadge
    from okbadges.organisations.callers import Caller
    from okbadges.organisations.groups import Group
    from okbadges.pages.badge_view import BadgeCard
    from okbadges.pages.words import Phrase, Words
    from okbadges.progress.on_the_way import Begun


@dataclass(frozen=True, slots=True)
class BadgeRow:
    """A badge in a list: where it leads, one line about it, and a sign for each step (seen or not), if there are any."""

    badge: BadgeCard
    address: str
    line: str = ""
    signs: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class FamilyShelf:
    """The badges of one family that can be begun, behind the picture of its first one."""

    family: str
    name: Phrase
    emblem: str
    rows: tuple[BadgeRow, ...]


def person_address(participant_id: uuid.UUID) -> str:
    """Return where a participant's page is."""
    return f"/workshop/people/{participant_id}"


def steps_address(participant_id: uuid.UUID, badge: str) -> str:
    """Return where the steps of a participant's badge are."""
    return f"{person_address(participant_id)}/badges/{badge}"


def group_address(group_id: uuid.UUID) -> str:
    """Return where a group's page is."""
    return f"/workshop/groups/{group_id}"


def begun_row(begun: Begun, participant_id: uuid.UUID, words: Words) -> BadgeRow:
    """Return a badge on its way; one that is ready leads to where it is awarded."""
    address = steps_address(participant_id, begun.badge.slug)
    signs = tuple(step.tick is not None for step in begun.progress.steps)
    if begun.is_ready:
        return BadgeRow(badge_card(begun.badge, words), f"{address}/award", words("work.begun.ready"))
    if begun.to_collect:
        line = words("work.begun.waits")
    elif any(signs):
        line = words("work.begun.seen", seen=sum(signs), all=len(signs))
    else:
        line = words("work.begun.gathered")
    return BadgeRow(badge_card(begun.badge, words), address, line, signs)


def catalogue(
    badges: Sequence[PublishedBadge], words: Words, *, but: Collection[str], address: Callable[[str], str]
) -> list[FamilyShelf]:
    """Return the badges by family, without those in ``but``; a family of which nothing is left is left out."""
    shelves = []
    for family in families(list(badges)):
        rows = tuple(BadgeRow(badge_card(one, words), address(one.slug)) for one in family if one.slug not in but)
        if rows:
            first = family[0]
            name = words.phrase(first.family.name.in_language(words.language))
            shelves.append(FamilyShelf(first.family.id, name, badge_card(first, words).emblem, rows))
    return shelves


def groups_now(session: Session, caller: Caller, participant_id: uuid.UUID) -> list[Group]:
    """Return the running groups that somebody is in now, as far as the caller sees them."""
    leader_id = None if caller.role is Role.ADMINISTRATOR else caller.member_id
    now = [stay.group_id for stay in stays_of(session, participant_id, leader_id=leader_id) if stay.left_at is None]
    return [group for group in (find_group(session, caller, one) for one in now) if group.ended_at is None]
