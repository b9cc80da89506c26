"""`/workshop/people/{participant}`: one person. What can be awarded, what is on its way, another badge to begin, what they hold, their card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request, Response

from okbadges.catalogue.neutrality import find_disclosing_words
from okbadges.catalogue.shelf import badge_version, latest_badges
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import SameSite
from okbadges.organisations.groups import require_leader
from okbadges.organisations.labels import LONGEST_LABEL, warnings_for
from okbadges.organisations.participants import read_label, set_label
from okbadges.organisations.stays import present_in
from okbadges.pages.badge_view import badge_card
from okbadges.pages.site import visit
from okbadges.pages.work.frame import (
    REFUSALS,
    LeaderOf,
    ParticipantOf,
    Typed,
    WorkRoute,
    mistake_of,
    see,
    seen_as,
    work_page,
)
from okbadges.pages.work.view import (
    BadgeRow,
    begun_row,
    catalogue,
    group_address,
    groups_now,
    person_address,
    steps_address,
)
from okbadges.passport.cards import open_card
from okbadges.progress.evidence import leads
from okbadges.progress.on_the_way import standpoints

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Sequence

    from sqlmodel import Session

    from okbadges.catalogue.published import PublishedBadge
    from okbadges.edge.rooms import Rooms
    from okbadges.errors import OkbadgesError
    from okbadges.organisations.groups import Group
    from okbadges.organisations.sign_ins import SignedIn
    from okbadges.pages.words import Words
    from okbadges.progress.on_the_way import Standpoint

router = Router(prefix="/workshop/people/{participant}", route_class=WorkRoute, include_in_schema=False)


@router.get("")
def person_page(
    request: Request, rooms: RoomsOf, who: LeaderOf, participant: ParticipantOf, said: str = ""
) -> Response:
    """Show one person; ``said`` is what happened just now."""
    return _page(request, rooms, who, participant, said=said)


@router.post("", dependencies=[SameSite])
def change_label(
    request: Request, rooms: RoomsOf, who: LeaderOf, participant: ParticipantOf, label: Typed = ""
) -> Response:
    """Give the person another label."""
    with rooms.database.read() as session:
        organisation = require_leader(session, who.caller, participant)
    try:
        kept = set_label(
            rooms.writer,
            rooms.stamp(who.caller.actor),
            rooms.secrets,
            organisation=organisation,
            participant_id=participant,
            member_id=who.member_id,
            label=label,
        )
    except REFUSALS as refused:
        return _page(request, rooms, who, participant, refused=refused, typed=label)
    said = "named-name" if warnings_for(kept) else "named-told" if find_disclosing_words(kept) else "named"
    return see(request, f"{person_address(participant)}?said={said}")


def _page(
    request: Request,
    rooms: Rooms,
    who: SignedIn,
    participant_id: uuid.UUID,
    *,
    said: str = "",
    refused: OkbadgesError | None = None,
    typed: str | None = None,
) -> Response:
    words, key = visit(request).words, f"work.said.{said}"
    with rooms.database.read() as session:
        require_leader(session, who.caller, participant_id)
        label = read_label(session, rooms.secrets, member_id=who.member_id, participant_id=participant_id)
        groups, badges = groups_now(session, who.caller, participant_id), latest_badges(session)
        at, others = _standpoints(session, rooms, participant_id, groups)
        card, is_led = open_card(session, participant_id), leads(session, who.caller, participant_id)
        held = _held_rows(session, at, participant_id, words)
    known = {one.badge for one in at.held} | {one.badge.slug for one in at.begun}
    return work_page(
        request,
        who,
        "work/person.html",
        mistake=mistake_of(refused, words) if refused else None,
        here=person_address(participant_id),
        name=seen_as(label, participant_id),
        groups=[(group_address(one.id), one.name) for one in groups],
        ready=[begun_row(one, participant_id, words) for one in at.ready],
        begun=[begun_row(one, participant_id, words) for one in at.unfinished],
        nearby=_nearby(badges, others, known, participant_id, words),
        shelves=catalogue(badges, words, but=known, address=lambda slug: steps_address(participant_id, slug)),
        held=held,
        card=words("work.card.opened" if card.opened_at else "work.card.made", day=words.day(card.issued_at.date()))
        if card
        else "",
        is_led=is_led,
        said=words(key) if words.knows(key) else "",
        typed=(label or "") if typed is None else typed,
        longest=LONGEST_LABEL,
    )


def _standpoints(
    session: Session, rooms: Rooms, participant_id: uuid.UUID, groups: Sequence[Group]
) -> tuple[Standpoint, list[Standpoint]]:
    """Return where the person stands, and those who are in a group with them."""
    others = {stay.participant_id for group in groups for stay in present_in(session, group)}
    at = standpoints(session, [participant_id, *others - {participant_id}], today=rooms.now().date())
    return at.pop(participant_id), list(at.values())


def _nearby(
    badges: Sequence[PublishedBadge],
    others: Sequence[Standpoint],
    known: Collection[str],
    participant_id: uuid.UUID,
    words: Words,
) -> list[BadgeRow]:
    """Return the badges that others of the group are on the way to and this person has not begun: what is done at the workshop now."""
    doing = {begun.badge.slug for other in others for begun in other.begun if begun.badge.kind != "summary"}
    wanted = [one for one in badges if one.slug in doing and one.slug not in known]
    return [BadgeRow(badge_card(one, words), steps_address(participant_id, one.slug)) for one in wanted]


def _held_rows(session: Session, at: Standpoint, participant_id: uuid.UUID, words: Words) -> list[BadgeRow]:
    return [
        BadgeRow(
            badge_card(badge_version(session, one.badge, one.version), words),
            f"{steps_address(participant_id, one.badge)}/awarded",
            words("work.held.since", day=words.day(one.awarded_on)),
        )
        for one in at.held
    ]
