"""What the tests of the teacher's pages share: a workshop that is fit for an area, Sani with its badges, a link for a study plan, Tuula."""

from __future__ import annotations

import re
import uuid
from datetime import date
from html import unescape
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from okbadges.edge.sign_ins import keep_signed_in
from okbadges.issuing.links import Links
from okbadges.organisations.sign_ins import begin_sign_in, make_sign_in_link
from okbadges.organisations.workshops import (
    RecognitionRecord,
    find_organisation,
    find_workshop,
    record_recognition,
)
from okbadges.passport.own_links import WantedLink, make_link
from okbadges.passport.sharing import Purpose
from support.college import new_college
from support.decided import decide
from support.passport import browser, holder_of, new_card
from support.sharing import address_of, sharer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi.testclient import TestClient

    from okbadges.organisations.workshops import Organisation
    from okbadges.passport.cards import Card
    from support.college import College
    from support.sharing import Sharer
    from support.world import World

YTTT = "ammatillisenoppiaineet_yttt"
SKILLS = ("tyo-ala-tutuksi", "tyo-ohjeesta-valmiiksi", "tyo-oikeudet", "tyo-pelisaannot", "vuoro-ryhma-ja-palaute")
"""All skill badges of YTTT: together they show every compulsory outcome of it."""


def find_fit(world: World, *targets: str, until: date | None = date(2027, 12, 31)) -> None:
    """Let a teacher of Lappia find Kemi's café fit for learning towards these areas or units."""
    rooms = world.rooms
    with rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
        cafe = find_workshop(session, kemi, "kahvila")
    record = RecognitionRecord(
        report_id="OTT-2024-7",
        report_url="https://college.example/reports/7",
        target_uri=targets[0],
        recognised_by="Lapin ammattiopiston opettaja",
        valid_from=date(2024, 8, 1),
        valid_until=until,
    )
    record_recognition(
        rooms.writer, rooms.stamp("test"), organisation=kemi, workshop=cafe, record=record, also=targets[1:]
    )


def student(world: World, badges: Sequence[str] = SKILLS, *, fit_for: Sequence[str] = (YTTT,)) -> Sharer:
    """Return Sani with these badges in their passport, from a workshop that is fit for these areas."""
    if fit_for:
        find_fit(world, *fit_for)
    return sharer(world, *badges)


def study_link(world: World, sani: Sharer, **changes: Any) -> str:
    """Let Sani make a link for a teacher and return its address, without the host."""
    rooms = world.rooms
    usual: dict[str, Any] = {
        "purpose": Purpose.STUDY_PLAN,
        "credentials": tuple(sani.rows.values()),
        "shows": frozenset(),
        "name": None,
        "expires_on": date(2027, 3, 1),
    }
    links, holder = Links(rooms.secrets, rooms.base_url), holder_of(world, new_card(world, sani.participant))
    wanted = WantedLink(**{**usual, **changes})
    return address_of(world, make_link(rooms.writer, rooms.stamp("holder"), links, holder, wanted))


def revoke(world: World, credential_id: str) -> None:
    """Let Iida revoke a badge."""
    answer = world.client.post(
        f"/v1/credentials/{credential_id}/revoke", json={"reason": "issued-in-error"}, headers=world.as_iida()
    )
    assert answer.status_code == 200, answer.text


def signed_in(world: World, member_id: uuid.UUID) -> TestClient:
    """Return a browser in which a member is signed in."""
    client = browser(world)
    name, value = cookie_of(world, member_id)
    client.cookies.set(name, value)
    return client


def cookie_of(world: World, member_id: uuid.UUID) -> tuple[str, str]:
    """Sign a member in and return the cookie that says so: its name and its value."""
    rooms = world.rooms
    stamp = rooms.stamp("test")
    begun = rooms.writer.write(
        lambda connection: begin_sign_in(connection, stamp, member_id, signed_in_with="link", own_device=False)
    )
    answer = Response()
    keep_signed_in(rooms, answer, begun, own_device=False)
    name, _, value = answer.headers["set-cookie"].partition(";")[0].partition("=")
    return name, value


def sign_in_link(world: World, organisation: Organisation, member_id: uuid.UUID) -> str:
    """Return a new one-time link for a member."""
    rooms = world.rooms
    return make_sign_in_link(
        rooms.writer,
        rooms.stamp("test"),
        rooms.secrets,
        base_url=rooms.base_url,
        organisation=organisation,
        member_id=member_id,
    ).address


def form_of(page: str, action: str = "") -> dict[str, Any]:
    """Return what a form of a page would send without being touched: hidden fields, texts, and what is chosen or ticked."""
    form = re.search(rf'<form[^>]*action="[^"]*{re.escape(action)}[^"]*"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert form, f"there is no form to {action}"
    fields: dict[str, Any] = {}
    for tag in re.findall(r"<input\b[^>]*>", form[1]):
        name, value, kind = (_attribute(tag, one) for one in ("name", "value", "type"))
        if not name or (kind in ("radio", "checkbox") and " checked" not in tag):
            continue
        if name in fields:
            fields[name] = [*(fields[name] if isinstance(fields[name], list) else [fields[name]]), value]
        else:
            fields[name] = value
    for name, text in re.findall(r'<textarea\b[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form[1], re.DOTALL):
        fields[name] = unescape(text)
    for name, options in re.findall(r'<select\b[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form[1], re.DOTALL):
        fields[name] = next(
            (_attribute(one, "value") for one in re.findall(r"<option[^>]* selected[^>]*>", options)), ""
        )
    return fields


def choices_of(page: str, field: str) -> list[str]:
    """Return the values of a group of radio buttons, in the order of the page."""
    tags = [tag for tag in re.findall(r"<input\b[^>]*>", page) if f'name="{field}"' in tag]
    return [_attribute(tag, "value") for tag in tags]


def decide_about(
    world: World,
    college: College,
    link: str,
    target: str = YTTT,
    *,
    generation: str = "2022",
    client: TestClient | None = None,
    **typed: Any,
) -> uuid.UUID:
    """Let Tuula decide on a link, with the form as it is filled and these changes; return the id of the decision."""
    tuula = client or signed_in(world, college.tuula_id)
    place = f"{link}/areas/{target}/decide?generation={generation}"
    shown = tuula.get(place)
    assert shown.status_code == 200, shown.text
    fields = {"decided": "full", "matched": "in-person", **typed}
    answer = tuula.post(place, data={**form_of(shown.text, "/decide"), **fields})
    assert answer.status_code == 303, answer.text
    return uuid.UUID(answer.headers["location"].removeprefix("/decisions/").partition("?")[0])


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return unescape(found[1]) if found else ""


def teacher_places(world: World) -> tuple[dict[str, str], dict[str, Card]]:
    """Let a school of its own decide on the badges of two students.

    Returns where its teachers' pages are and who teaches there, and the cards of the students: Helmi's badges were recognised, Leo's
    were looked at.
    """
    college = new_college(world, "lappia", own_issuer=True)
    sani = student(world, (*SKILLS, "digi-laite", "digi-turva", "kasi-puu"), fit_for=(YTTT, "koulutuksenosattuva_102"))
    revoke(world, sani.issued["kasi-puu"]["id"])
    leo = student(world, ("arki-raha",), fit_for=())
    some, lone = study_link(world, sani, name="Sani"), study_link(world, leo)
    decided = study_link(world, sani)
    first = decide_about(world, college, decided, decided="part", osp="1", title="lehtori")
    second = decide_about(world, college, decided, correction="Kaikki on nyt näytetty.", grade="passed")
    not_yet = decide_about(world, college, lone, "ammatillisenoppiaineet_ytyk", decided="not-now")
    for number in range(10):  # so that there is a number to tell to those who awarded
        decide(world, college, sharer(world, "digi-turva"), bars={"digi-turva": "no-record"} if number % 2 else {})
    places = {
        "areas": f"{some}/areas?generation=2022",
        "areas_lone": f"{lone}/areas",
        "decide": f"{some}/areas/{YTTT}/decide?generation=2022&decided=full",
        "decide_2026": f"{some}/areas/{YTTT}26/decide?decided=part",
        "decide_tuva": f"{some}/areas/koulutuksenosattuva_102/decide?generation=2022",
        "decided": f"/decisions/{second}",
        "decided_before": f"/decisions/{first}",
        "decided_not_yet": f"/decisions/{not_yet}",
        "teacher": str(college.tuula_id),
    }
    return places, {"helmi": new_card(world, sani.participant), "leo": new_card(world, leo.participant)}
