"""`/workshop/groups/{group}/badges`: what several people did on the same day is ticked for all of them at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Form, Request, Response

from okbadges.catalogue.published import PublishedBadge
from okbadges.catalogue.shelf import latest_badges, latest_row
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import SameSite
from okbadges.errors import InvalidInput, OkbadgesError
from okbadges.organisations.groups import find_group, require_running
from okbadges.organisations.participants import labels_of
from okbadges.organisations.stays import present_in
from okbadges.pages.badge_view import badge_card
from okbadges.pages.site import visit
from okbadges.pages.work.frame import REFUSALS, GroupOf, LeaderOf, WorkRoute, mistake_of, see, seen_as, work_page
from okbadges.pages.work.observing import SightingOf, TypedSighting, observation_form
from okbadges.pages.work.view import BadgeRow, catalogue, group_address
from okbadges.progress.notes import LONGEST_NOTE
from okbadges.progress.on_the_way import standpoints
from okbadges.progress.steps import criterion_hash, progress_in, ticks_of
from okbadges.progress.ticking import find_steps, tick_steps

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection

    from okbadges.edge.rooms import Rooms
    from okbadges.organisations.groups import Group
    from okbadges.organisations.sign_ins import SignedIn

router = Router(prefix="/workshop/groups/{group}/badges", route_class=WorkRoute, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class PersonChoice:
    """Somebody who can be chosen, and a sign for each step of the badge: seen or not."""

    id: str
    name: str
    signs: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class _Refused:
    """A form that was refused, with what was typed and who was chosen in it."""

    why: OkbadgesError
    typed: TypedSighting
    chosen: Collection[str]


@router.get("")
def choose_badge(request: Request, rooms: RoomsOf, who: LeaderOf, group: GroupOf) -> Response:
    """Ask for which badge; those that somebody of the group is on the way to come first."""
    words, here = visit(request).words, group_address(group)
    with rooms.database.read() as session:
        found = find_group(session, who.caller, group)
        present = [stay.participant_id for stay in present_in(session, found, limit=None)]
        at, badges = standpoints(session, present, today=rooms.now().date()), latest_badges(session)
    doing = {begun.badge.slug for one in at.values() for begun in one.unfinished}
    first = [BadgeRow(badge_card(one, words), f"{here}/badges/{one.slug}") for one in badges if one.slug in doing]
    return work_page(
        request,
        who,
        "work/choose_badge.html",
        back=here,
        group=found,
        first=first,
        shelves=catalogue(badges, words, but=doing, address=lambda slug: f"{here}/badges/{slug}"),
    )


@router.get("/{badge}")
def together_page(
    request: Request, rooms: RoomsOf, who: LeaderOf, group: GroupOf, badge: str, people: str = ""
) -> Response:
    """Show the steps of a badge and the people of the group; ``people`` is how many were ticked just now."""
    return _page(request, rooms, who, group, badge, ticked=people)


@router.post("/{badge}", dependencies=[SameSite])
def tick_together(
    request: Request,
    rooms: RoomsOf,
    who: LeaderOf,
    group: GroupOf,
    badge: str,
    seen: SightingOf,
    person: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Tick the chosen steps for each of the chosen people."""
    chosen = frozenset(person or ())
    with rooms.database.read() as session:
        found = find_group(session, who.caller, group)
        present = [stay.participant_id for stay in present_in(session, found, limit=None)]
    people = [one for one in present if str(one) in chosen]
    try:
        with rooms.database.read() as session:
            require_running(session.connection(), found)
            if not people:
                raise InvalidInput("person-missing", "Choose who showed it.", field="person")
            steps = [step for one in people for step in find_steps(session, who.caller, one, badge, seen.steps)]
        tick_steps(rooms.writer, rooms.stamp(who.caller.actor), rooms.secrets, steps, seen.sighting())
    except REFUSALS as refused:
        return _page(request, rooms, who, group, badge, refused=_Refused(refused, seen, chosen))
    return see(request, f"{group_address(group)}/badges/{badge}?people={len(people)}")


def _page(
    request: Request,
    rooms: Rooms,
    who: SignedIn,
    group_id: uuid.UUID,
    slug: str,
    *,
    ticked: str = "",
    refused: _Refused | None = None,
) -> Response:
    words = visit(request).words
    with rooms.database.read() as session:
        group, row = find_group(session, who.caller, group_id), latest_row(session, slug)
    badge = PublishedBadge.model_validate_json(row.definition)
    people = _people(rooms, who, group, badge)
    return work_page(
        request,
        who,
        "work/together.html",
        mistake=mistake_of(refused.why, words) if refused else None,
        back=group_address(group.id),
        here=f"{group_address(group.id)}/badges/{slug}",
        group=group,
        badge=badge_card(badge, words),
        version=badge.version,
        is_retired=row.retired_at is not None,
        steps=[(criterion_hash(one), words.phrase(one.in_language(words.language))) for one in badge.criteria],
        people=people,
        chosen=refused.chosen if refused else (),
        form=observation_form(badge, words, today=rooms.now().date(), typed=refused.typed if refused else None),
        longest=LONGEST_NOTE,
        said=words.counted("work.together.ticked", int(ticked)) if re.fullmatch("[1-9][0-9]{0,3}", ticked) else "",
    )


def _people(rooms: Rooms, who: SignedIn, group: Group, badge: PublishedBadge) -> list[PersonChoice]:
    """Return who is in the group and does not hold the badge, in the order of their labels."""
    with rooms.database.read() as session:
        present = [stay.participant_id for stay in present_in(session, group, limit=None)]
        labels = labels_of(session, rooms.secrets, member_id=who.member_id, participants=present)
        at = standpoints(session, present, today=rooms.now().date())
        ticks = ticks_of(session, present, badges=[badge.slug])
    found = []
    for one in (one for one in present if at[one].holds(badge.slug) is None):
        progress = progress_in(badge, ticks.get((one, badge.slug), {}))
        signs = tuple(step.tick is not None for step in progress.steps)
        found.append(PersonChoice(str(one), seen_as(labels.get(one), one), signs))
    return sorted(found, key=lambda one: one.name.casefold())
