"""`/workshop`: the groups that somebody leads, and a new one. Who leads none reads what they can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request, Response

from okbadges.catalogue.neutrality import find_disclosing_words
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.sign_ins import SignedInOf  # noqa: TC001 - the same
from okbadges.edge.visits import SameSite
from okbadges.errors import InvalidInput, OkbadgesError
from okbadges.organisations.groups import LONGEST_NAME, groups_for
from okbadges.organisations.members import LEADER_ROLES
from okbadges.organisations.named_groups import create_named_group
from okbadges.organisations.roles import Role
from okbadges.organisations.workshops import workshops_of
from okbadges.pages.site import visit
from okbadges.pages.work.frame import REFUSALS, WORK, LeaderOf, Typed, WorkRoute, mistake_of, see, work_page
from okbadges.pages.work.view import group_address
from okbadges.partners.webhooks.log import stopped
from okbadges.recognition.readers import reads_decisions

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms
    from okbadges.organisations.sign_ins import SignedIn

router = Router(route_class=WorkRoute, include_in_schema=False)


@router.get(WORK)
def groups_page(request: Request, rooms: RoomsOf, who: SignedInOf, at: str = "") -> Response:
    """Show the running groups, or lead straight to the only one unless ``at=groups``; others read what they can do here."""
    with rooms.database.read() as session:
        has_decisions = reads_decisions(session, who)
        groups = groups_for(session, who.caller, running=True) if who.caller.role in LEADER_ROLES else []
    if who.caller.role not in LEADER_ROLES:
        is_teacher = who.caller.role is Role.TEACHER
        return work_page(request, who, "work/no_groups.html", is_teacher=is_teacher, has_decisions=has_decisions)
    if len(groups) == 1 and not at:
        return see(request, group_address(groups[0].id))
    return _page(request, rooms, who)


@router.post(WORK, dependencies=[SameSite])
def make_group(request: Request, rooms: RoomsOf, who: LeaderOf, workshop: Typed = "", name: Typed = "") -> Response:
    """Make a group that whoever is signed in leads, and go there."""
    try:
        with rooms.database.read() as session:
            there = {one.slug: one for one in workshops_of(session, who.organisation)}
        if workshop not in there:
            raise InvalidInput("unknown-workshop", "Choose one of the workshops.", field="workshop")
        made = create_named_group(
            rooms.writer,
            rooms.stamp(who.caller.actor),
            organisation=who.organisation,
            workshop=there[workshop],
            leader_id=who.member_id,
            name=name,
        )
    except REFUSALS as refused:
        return _page(request, rooms, who, refused=refused, workshop=workshop, name=name)
    told = "?said=made-told" if find_disclosing_words(made.name) else "?said=made"
    return see(request, f"{group_address(made.id)}{told}")


def _page(
    request: Request,
    rooms: Rooms,
    who: SignedIn,
    *,
    refused: OkbadgesError | None = None,
    workshop: str = "",
    name: str = "",
) -> Response:
    with rooms.database.read() as session:
        groups = groups_for(session, who.caller, running=True)
        workshops = workshops_of(session, who.organisation)
        has_decisions = reads_decisions(session, who)
        is_administrator = who.caller.role is Role.ADMINISTRATOR
        silent = stopped(session, who.organisation.id) if is_administrator else 0
    words, names = visit(request).words, {one.slug: one.name for one in workshops}
    return work_page(
        request,
        who,
        "work/groups.html",
        mistake=mistake_of(refused, words) if refused else None,
        groups=[
            (group_address(one.id), one.name, names[one.workshop], words.counted("work.groups.people", one.present))
            for one in groups
        ],
        workshops=workshops,
        chosen=workshop or (groups[-1].workshop if groups else ""),
        typed=name,
        longest=LONGEST_NAME,
        has_decisions=has_decisions,
        is_administrator=is_administrator,
        stopped=words.counted("work.groups.stopped", silent) if silent else "",
    )
