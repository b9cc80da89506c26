"""The people of the demo: who works for its café, and the group there, each of it somewhere else on the way.

Otto lacks one step of a badge, Sani has begun two, Eino has shown all of one, and Aili has every badge that a summary badge collects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import select

from okbadges.catalogue.shelf import latest_badge
from okbadges.errors import NotFound
from okbadges.issuing.order import Order
from okbadges.organisations.groups import WantedGroup, create_group, find_group_by_slug
from okbadges.organisations.members import create_member, members_of
from okbadges.organisations.participants import add_participants, labels_of, set_label
from okbadges.organisations.roles import Role
from okbadges.organisations.stays import present_in, take_in
from okbadges.organisations.workshops import find_workshop
from okbadges.passport.cards import issue_card, open_card
from okbadges.progress.observation import Observation
from okbadges.progress.ticking import Sighting, find_step, tick_step
from okbadges.storage.tables import EventRow

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping
    from datetime import date

    from okbadges.edge.rooms import Rooms
    from okbadges.organisations.callers import Caller
    from okbadges.organisations.groups import Group
    from okbadges.organisations.workshops import Organisation

ACTOR = "demo"
MEMBERS = {Role.ADMINISTRATOR: "DEMO Aino", Role.INSTRUCTOR: "DEMO Iida", Role.TEACHER: "DEMO Tuula"}
WORKSHOP, GROUP, GROUP_NAME = "kahvila", "demo-kahvila", "DEMO Kahvila"
OTTO, SANI, EINO, AILI = "Otto", "Sani", "Eino", "Aili"
SUMMARY = "kooste-opiskelu-ja-ura"
BEGUN: Mapping[str, Mapping[str, tuple[int, ...]]] = {
    SANI: {"kasi-keittio": (1, 2), "arki-ruoka": (1,)},
    EINO: {"kasi-keittio": (1, 2, 3, 4)},
    AILI: {SUMMARY: (1, 2)},
}


def gather(rooms: Rooms, caller: Caller, organisation: Organisation, otto: uuid.UUID, *, day: date) -> None:
    """Make whoever is not there yet, and let them have shown what they have by that ``day``; ``caller`` issues.

    Once the instructor did anything it is their group, and stays as they left it.
    """
    members = {role: _member(rooms, organisation, role, name) for role, name in MEMBERS.items()}
    if _has_begun(rooms, members[Role.INSTRUCTOR]):
        return
    group = _group(rooms, organisation, members[Role.INSTRUCTOR])
    people = _people(rooms, group, otto)
    for label, begun in BEGUN.items():
        for badge, numbers in begun.items():
            for number in numbers:
                with rooms.database.read() as session:
                    step = find_step(session, caller, people[label], badge, number)
                seen = Sighting("instructor", "observation", day)
                tick_step(rooms.writer, rooms.stamp(ACTOR), rooms.secrets, step, seen)
    _award_all(rooms, caller, organisation, people[AILI], day)


def administrator_of(rooms: Rooms, organisation: Organisation) -> uuid.UUID:
    """Return the administrator of an organisation of the demo."""
    return _member(rooms, organisation, Role.ADMINISTRATOR, MEMBERS[Role.ADMINISTRATOR])


def _member(rooms: Rooms, organisation: Organisation, role: Role, name: str) -> uuid.UUID:
    with rooms.database.read() as session:
        there = {one.role: one.id for one in members_of(session, rooms.secrets, organisation)}
    if role in there:
        return there[role]
    return create_member(
        rooms.writer, rooms.stamp(ACTOR), rooms.secrets, organisation=organisation, role=role, name=name
    ).id


def _has_begun(rooms: Rooms, member_id: uuid.UUID) -> bool:
    with rooms.database.read() as session:
        theirs = select(EventRow.actor).where(EventRow.actor == f"member:{member_id}")
        return session.exec(theirs.limit(1)).first() is not None


def _group(rooms: Rooms, organisation: Organisation, leader_id: uuid.UUID) -> Group:
    try:
        with rooms.database.read() as session:
            return find_group_by_slug(session, organisation, GROUP)
    except NotFound:
        with rooms.database.read() as session:
            workshop = find_workshop(session, organisation, WORKSHOP)
        wanted = WantedGroup(workshop, leader_id, GROUP, GROUP_NAME)
        return create_group(rooms.writer, rooms.stamp(ACTOR), organisation=organisation, wanted=wanted)


def _people(rooms: Rooms, group: Group, otto: uuid.UUID) -> dict[str, uuid.UUID]:
    """Let everybody be in the group, and return them by their labels."""
    stamp, writer, secrets = rooms.stamp(ACTOR), rooms.writer, rooms.secrets
    take_in(writer, stamp, secrets, group=group, participant_id=otto, member_id=None)
    set_label(
        writer,
        stamp,
        secrets,
        organisation=group.organisation,
        participant_id=otto,
        member_id=group.leader_id,
        label=OTTO,
    )
    there = _labels(rooms, group)
    if new := [label for label in BEGUN if label not in there]:
        add_participants(writer, stamp, secrets, group=group, labels=new)
    return _labels(rooms, group)


def _labels(rooms: Rooms, group: Group) -> dict[str, uuid.UUID]:
    with rooms.database.read() as session:
        here = [stay.participant_id for stay in present_in(session, group)]
        labels = labels_of(session, rooms.secrets, member_id=group.leader_id, participants=here)
    return {label: participant_id for participant_id, label in labels.items()}


def _award_all(rooms: Rooms, caller: Caller, organisation: Organisation, aili: uuid.UUID, day: date) -> None:
    """Award every badge that the summary badge collects, and give her a card."""
    with rooms.database.read() as session:
        slugs, card = latest_badge(session, SUMMARY).collects, open_card(session, aili)
    for slug in slugs:
        order = Order(
            badge=slug,
            organisation=organisation.slug,
            workshop=WORKSHOP,
            participant=aili,
            language="fi",
            awarded_on=day,
            observation=Observation("instructor", ("discussion",), 2, observed_from=day, observed_until=day),
            criteria_met=True,
        )
        rooms.issuing.issue(order, caller=caller, repeat_key=f"demo-aili-{slug}")
    if card is None:
        issue_card(
            rooms.writer,
            rooms.stamp(ACTOR),
            rooms.secrets,
            base_url=rooms.base_url,
            organisation=organisation,
            participant_id=aili,
        )
