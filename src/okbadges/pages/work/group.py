"""`/workshop/groups/{group}`: who is in a group, with what is on its way for each; somebody comes, somebody goes, the group ends."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import Request, Response

from okbadges.catalogue.neutrality import find_disclosing_words
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import SameSite
from okbadges.errors import InvalidInput, OkbadgesError
from okbadges.organisations.groups import end_group, find_group, unknown_participant
from okbadges.organisations.labels import LONGEST_LABEL, folded, free_label, warnings_for
from okbadges.organisations.participants import add_participants, labels_of, require_own_labels
from okbadges.organisations.stays import leave, present_in, take_in
from okbadges.pages.mistake import Mistake
from okbadges.pages.site import visit
from okbadges.pages.work.frame import REFUSALS, GroupOf, LeaderOf, Typed, WorkRoute, mistake_of, see, seen_as, work_page
from okbadges.pages.work.view import group_address, person_address
from okbadges.passport.cards import open_cards
from okbadges.progress.on_the_way import standpoints

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.edge.rooms import Rooms
    from okbadges.organisations.groups import Group
    from okbadges.organisations.sign_ins import SignedIn
    from okbadges.pages.words import Words
    from okbadges.progress.on_the_way import Standpoint

router = Router(prefix="/workshop/groups/{group}", route_class=WorkRoute, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody of a group: what the page calls them, a line of what can be awarded now, and one of what is on its way."""

    id: uuid.UUID
    name: str
    address: str
    ready: str
    line: str
    has_card: bool


@dataclass(frozen=True, slots=True)
class People:
    """Who is in a group now, and their labels as far as whoever is signed in may read them."""

    rows: tuple[PersonRow, ...]
    labels: Mapping[uuid.UUID, str]

    @property
    def without_card(self) -> int:
        """Return how many have no card."""
        return sum(not row.has_card for row in self.rows)


@router.get("")
def group_page(
    request: Request, rooms: RoomsOf, who: LeaderOf, group: GroupOf, said: str = "", who_left: str = ""
) -> Response:
    """Show who is in the group; ``said`` is what happened just now, ``who_left`` who can be taken back at once."""
    return _page(request, rooms, who, group, said=said, who_left=who_left)


@router.post("", dependencies=[SameSite])
def change_group(
    request: Request,
    rooms: RoomsOf,
    who: LeaderOf,
    group: GroupOf,
    do: Typed = "",
    label: Typed = "",
    participant: Typed = "",
) -> Response:
    """Do what one of the page's forms asks for: ``add``, ``leave``, ``join`` or ``end``."""
    with rooms.database.read() as session:
        found = find_group(session, who.caller, group)
    try:
        said = _done(rooms, who, found, do, label=label, participant=participant)
    except REFUSALS as refused:
        return _page(request, rooms, who, group, refused=refused, typed=label if do == "add" else "")
    return see(request, f"{group_address(group)}?said={said}")


def people_of(rooms: Rooms, who: SignedIn, group: Group, words: Words) -> People:
    """Return who is in a group now, in the order of their labels."""
    with rooms.database.read() as session:
        ids = [stay.participant_id for stay in present_in(session, group, limit=None)]
        labels = labels_of(session, rooms.secrets, member_id=who.member_id, participants=ids)
        stand = standpoints(session, ids, today=rooms.now().date())
        cards = open_cards(session, ids)
    rows = [_row(one, labels.get(one), stand[one], words, has_card=one in cards) for one in ids]
    return People(tuple(sorted(rows, key=lambda row: row.name.casefold())), labels)


def _row(participant_id: uuid.UUID, label: str | None, at: Standpoint, words: Words, *, has_card: bool) -> PersonRow:
    ready, unfinished = len(at.ready), len(at.unfinished)
    return PersonRow(
        id=participant_id,
        name=seen_as(label, participant_id),
        address=person_address(participant_id),
        ready=words.counted("work.people.ready", ready) if ready else "",
        line=words.counted("work.people.begun", unfinished)
        if unfinished
        else ""
        if ready
        else words("work.people.none"),
        has_card=has_card,
    )


def _done(rooms: Rooms, who: SignedIn, group: Group, do: str, *, label: str, participant: str) -> str:
    """Do it and return what the page says of it afterwards. Raises whatever refuses it."""
    stamp = rooms.stamp(who.caller.actor)
    if do == "add":
        require_own_labels(group, who.member_id)
        [new] = add_participants(rooms.writer, stamp, rooms.secrets, group=group, labels=[label])
        kept = new.label or ""
        return "added-name" if warnings_for(kept) else "added-told" if find_disclosing_words(kept) else "added"
    if do == "leave":
        leave(rooms.writer, stamp, group=group, participant_id=_participant(participant))
        return f"left&who_left={_participant(participant)}"
    if do == "join":
        one = _participant(participant)
        take_in(rooms.writer, stamp, rooms.secrets, group=group, participant_id=one, member_id=who.caller.member_id)
        return "back"
    if do == "end":
        end_group(rooms.writer, stamp, group)
        return "ended"
    raise InvalidInput("invalid-field", "One of: add, leave, join, end.", field="do")


def _participant(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise unknown_participant() from None


def _page(
    request: Request,
    rooms: Rooms,
    who: SignedIn,
    group_id: uuid.UUID,
    *,
    said: str = "",
    who_left: str = "",
    refused: OkbadgesError | None = None,
    typed: str = "",
) -> Response:
    words = visit(request).words
    with rooms.database.read() as session:
        group = find_group(session, who.caller, group_id)
    people = people_of(rooms, who, group, words)
    return work_page(
        request,
        who,
        "work/group.html",
        mistake=_mistake(refused, words, typed, people) if refused else None,
        group=group,
        here=group_address(group.id),
        people=people,
        is_own=group.leader_id == who.member_id,
        said=_said(said, words),
        who_left=who_left if said == "left" else "",
        typed=typed,
        longest=LONGEST_LABEL,
    )


def _mistake(refused: OkbadgesError, words: Words, typed: str, people: People) -> Mistake:
    found = mistake_of(refused, words, field="label" if (refused.field or "").startswith("labels") else None)
    if refused.code != "label-taken" or not typed:
        return found
    label = typed.strip()
    free = free_label(label, {folded(one) for one in people.labels.values()})
    return Mistake(found.field, words("work.people.taken", label=label, free=free), found.status)


def _said(said: str, words: Words) -> str:
    key = f"work.said.{said}"
    return words(key) if words.knows(key) else ""
