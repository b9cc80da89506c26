"""Signed-in browsers for tests of the pages on which instructors work, and what they find on a page."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from okbadges.catalogue import shelf
from okbadges.edge.sign_ins import keep_signed_in
from okbadges.issuing.order import Order
from okbadges.organisations.callers import Caller
from okbadges.organisations.roles import ALLOWED, Role
from okbadges.organisations.sign_ins import begin_sign_in
from okbadges.organisations.workshops import ask_second_person, find_organisation
from okbadges.progress.evidence import NewPiece, keep_evidence
from okbadges.progress.evidence_content import text_content
from okbadges.progress.ticking import Sighting, steps_for, tick_steps
from support.corrections import COLLECTED, SUMMARY
from support.learners import new_group, new_member, new_participant
from support.passport import browser, give_badge

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping

    from fastapi.testclient import TestClient
    from httpx2 import Response as Answer

    from support.world import World

SEEN = {"method": "observation", "observed_on": "2026-11-20", "observed_by": "instructor"}
"""An observation as the form of a step sends it, on the day before the world's."""


def sign_in_cookie(world: World, member_id: uuid.UUID) -> tuple[str, str]:
    """Sign a member in and return the cookie that says so: its name and its value."""
    rooms = world.rooms
    stamp = rooms.stamp("test")
    sign_in = rooms.writer.write(
        lambda connection: begin_sign_in(connection, stamp, member_id, signed_in_with="link", own_device=False)
    )
    answer = Response()
    keep_signed_in(rooms, answer, sign_in, own_device=False)
    name, _, value = answer.headers["set-cookie"].partition(";")[0].partition("=")
    return name, value


def working(world: World, member_id: uuid.UUID | None = None) -> TestClient:
    """Return a browser in which Iida is signed in, or another member."""
    client = browser(world)
    name, value = sign_in_cookie(world, member_id or world.keys.iida_id)
    client.cookies.set(name, value)
    return client


def working_as(world: World, role: Role, *, organisation: str = "kemi") -> TestClient:
    """Return a browser in which a new member in this role is signed in."""
    return working(world, new_member(world, role, organisation=organisation))


def values_of(page: str, field: str) -> list[str]:
    """Return the values of the fields with this name, in the order of the page."""
    tags = re.findall(r"<(?:input|button)\b[^>]*>", page)
    return [
        unescape(value[1])
        for tag in tags
        if f'name="{field}"' in tag and (value := re.search(r'value="([^"]*)"', tag)) is not None
    ]


def told(page: str) -> list[str]:
    """Return what the page says about what was done or refused, without its tags."""
    found = re.findall(r'<p class="(?:note|note mistake|warning)"[^>]*>(.*?)</p>', page, re.DOTALL)
    return [unescape(re.sub(r"<[^>]+>", "", one)).strip() for one in found]


def send(client: TestClient, path: str, fields: Mapping[str, Any]) -> Answer:
    """Send a form as a browser does."""
    answer: Answer = client.post(path, data=dict(fields))
    return answer


def caller_of(world: World, member_id: uuid.UUID | None = None, role: Role = Role.INSTRUCTOR) -> Caller:
    """Return Iida as a caller who is signed in, or another member of Kemi in this role."""
    with world.rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    member = member_id or world.keys.iida_id
    return Caller(f"member:{member}", {kemi.slug: kemi}, ALLOWED[role], role, member)


def show_steps(world: World, participant: uuid.UUID, badge: str, *numbers: int, note: str | None = None) -> None:
    """Let Iida tick steps of a badge today, or all of them."""
    rooms = world.rooms
    with rooms.database.read() as session:
        every = steps_for(session, caller_of(world, role=Role.ADMINISTRATOR), participant, badge)
    wanted = [step for step in every if not numbers or step.number in numbers]
    seen = Sighting("instructor", "observation", rooms.now().date(), note)
    tick_steps(rooms.writer, rooms.stamp("test"), rooms.secrets, wanted, seen)


def work_places(world: World) -> dict[str, str]:
    """Let Iida lead a second group, with one person on the way to much and one who waits for a second person's word; return where they are."""
    rooms, group = world.rooms, new_group(world, slug="kahvila")
    aili, otto = new_participant(world, group, "Aili"), new_participant(world, group, "Otto")
    for participant, badge, numbers in (
        (aili, "digi-turva", ()),
        (aili, "kasi-keittio", (1,)),
        (aili, SUMMARY, ()),
        (otto, SUMMARY, ()),
        (otto, "vuoro-kielet", ()),
    ):
        show_steps(world, participant, badge, *numbers, note="Jaksoi, vaikka oli sairas.")
    for slug in COLLECTED:
        give_badge(world, otto, slug)
    _keep_text(world, aili, "kasi-keittio")
    own = Order("vuoro-kielet", "kemi", "kahvila", otto, "fi", rooms.now().date(), award_language="se")
    rooms.issuing.issue(own, caller=caller_of(world))
    person = f"/workshop/people/{aili}"
    return {
        "work_group": f"/workshop/groups/{group.id}",
        "work_person": person,
        "work_steps": f"{person}/badges/kasi-keittio",
        "work_award": f"{person}/badges/digi-turva/award",
        "work_evidence": f"{person}/badges/kasi-keittio/evidence",
        "work_ready": f"/workshop/people/{otto}",
        "work_summary": SUMMARY,
        "work_collected": COLLECTED[0],
        "work_confirm": f"/workshop/confirm/{otto}/{SUMMARY}",
    }


def _keep_text(world: World, participant: uuid.UUID, badge: str) -> None:
    """Keep a piece of evidence of somebody of Kemi, which asks two people about a summary badge from now on."""
    rooms = world.rooms
    with rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    stamp, new = rooms.stamp("test"), NewPiece(badge, text_content("Leikkasi leipää."), agreed=True)
    keep_evidence(rooms.writer, stamp, rooms.secrets, organisation=kemi, participant_id=participant, new=new)
    ask_second_person(rooms.writer, stamp, kemi, asks=True)


def retire(world: World, badge: str) -> None:
    """Let a badge not be awarded any more."""
    shelf.publish(world.rooms.writer, world.rooms.stamp("test"), {}, frozenset({badge}))


def newer_version(world: World, badge: str, **changes: Any) -> None:
    """Publish a newer version of a badge, in which this is different."""
    rooms = world.rooms
    with rooms.database.read() as session:
        old = shelf.latest_badge(session, badge)
        pngs = {language: shelf.badge_png(session, badge, old.version, language) for language in old.artwork}
    new = old.model_copy(update={"version": old.version + 1, **changes})
    shelf.publish(rooms.writer, rooms.stamp("test"), {badge: (new, pngs)}, frozenset())
