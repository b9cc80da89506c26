"""``/workshop``: the groups that somebody leads, and a new one; who leads none reads what they can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from okbadges.organisations.roles import Role
from support.groups import Journal
from support.learners import new_group, new_member, new_participant
from support.passport import browser
from support.work import send, told, values_of, working, working_as
from support.world import on_both_databases

if TYPE_CHECKING:
    from support.world import World

NEW = {"workshop": "kahvila", "name": "Kahvila, syksy"}


@on_both_databases
@pytest.mark.parametrize(
    ("language", "title", "people", "out"),
    [
        ("fi", "Ryhmät", "2 osallistujaa", "Kirjaudu ulos"),
        ("sv", "Grupper", "2 deltagare", "Logga ut"),
        ("en", "Groups", "2 participants", "Sign out"),
    ],
)
def test_it_works(world: World, language: str, title: str, people: str, out: str) -> None:
    """Iida sees the two groups that she leads, with where they are and how many are in them; nobody keeps the page."""
    group = new_group(world)
    for label in ("Sani", "Eino"):
        new_participant(world, group, label)
    new_group(world, slug="ilta")
    new_group(world, slug="muiden", leader=new_member(world))
    answer = working(world).get(f"/workshop?lang={language}")
    assert answer.status_code == 200
    assert f"<h1>{title}</h1>" in answer.text
    assert f'href="/workshop/groups/{group.id}?lang={language}"><bdi>Aamu</bdi>' in answer.text
    assert f"<bdi>Kahvila ja keittiö</bdi> · {people}" in answer.text
    assert "Ilta" in answer.text
    assert "Muiden" not in answer.text
    assert "Kemin taitopaja" in answer.text
    assert out in answer.text
    assert f'href="/workshop/me?lang={language}"' in answer.text
    assert (answer.headers["cache-control"], answer.headers["x-robots-tag"]) == ("no-store", "noindex, nofollow")


def test_one_group_is_gone_to_at_once(world: World) -> None:
    """With one group there is nothing to choose; the way back from it stays there."""
    group, client = new_group(world), working(world)
    answer = client.get("/workshop")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/workshop/groups/{group.id}")
    assert "Aamu" in client.get("/workshop?at=groups").text


@on_both_databases
def test_an_administrator_sees_all_groups_of_the_organisation(world: World) -> None:
    """Aino sees Iida's group and another one."""
    new_group(world)
    new_group(world, slug="ilta", leader=new_member(world))
    page = working(world, world.keys.aino_id).get("/workshop").text
    assert "Aamu" in page
    assert "Ilta" in page


def test_who_leads_none_reads_what_to_do(world: World) -> None:
    """The form for a group is open, and says whom to ask."""
    page = working(world).get("/workshop").text
    assert "Et ohjaa vielä yhtään ryhmää." in page
    assert '<details class="fold" open>' in page
    assert values_of(page, "workshop") == ["kahvila", "pyora"]


def test_who_is_not_signed_in_signs_in_first(world: World) -> None:
    """The way leads to the sign-in and back to the page."""
    answer = browser(world).get("/workshop")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/workshop")
    assert browser(world).post("/workshop", data=NEW).headers["location"] == "/sign-in?next=/workshop"


@pytest.mark.parametrize(
    ("role", "says"), [(Role.TEACHER, "koostemerkkiin"), (Role.AUDITOR, "Ryhmiä hoitavat ohjaajat.")]
)
def test_who_leads_no_groups_by_role_reads_what_they_can_do(world: World, role: Role, says: str) -> None:
    """A teacher and an auditor get a kind sentence, and are sent there from everywhere else; they make nothing."""
    group = new_group(world)
    sani, client, journal = new_participant(world, group), working_as(world, role), Journal(world)
    page = client.get("/workshop")
    assert page.status_code == 200
    assert says in page.text
    assert "Aamu" not in page.text
    places = (
        "",
        f"/groups/{group.id}",
        f"/groups/{group.id}/cards",
        f"/groups/{group.id}/badges/digi-turva",
        f"/people/{sani}",
        f"/people/{sani}/card",
        f"/people/{sani}/badges/digi-turva",
        f"/people/{sani}/badges/digi-turva/award",
        f"/people/{sani}/badges/digi-turva/code",
        f"/people/{sani}/badges/digi-turva/evidence",
    )
    for place in places:
        assert place == "" or client.get(f"/workshop{place}").headers["location"] == "/workshop"
        assert client.post(f"/workshop{place}", data=NEW).headers["location"] == "/workshop"
    assert journal.news() == []


def test_a_group_is_made(world: World) -> None:
    """Iida leads it, it is at the workshop she chose, and she goes there; one event."""
    client, journal = working(world), Journal(world)
    answer = send(client, "/workshop", {**NEW, "workshop": "pyora"})
    assert answer.status_code == 303
    [(action, subject, details)] = journal.news()
    assert (action, details["leader"]) == ("group.created", str(world.keys.iida_id))
    assert answer.headers["location"] == f"/workshop/groups/{subject.removeprefix('group:')}?said=made"
    page = client.get(answer.headers["location"]).text
    assert told(page) == ["Ryhmä on valmis. Lisää osallistujat."]
    assert "<h1><bdi>Kahvila, syksy</bdi></h1>" in page


def test_the_language_goes_along(world: World) -> None:
    """Whoever reads in Swedish reads on in Swedish."""
    answer = send(working(world), "/workshop?lang=sv", NEW)
    assert answer.headers["location"].endswith("?said=made&lang=sv")


def test_a_name_that_could_tell_something_is_told_of(world: World) -> None:
    """The group is made, and the page says kindly what to think about."""
    client = working(world)
    answer = send(client, "/workshop", {**NEW, "name": "Kuntoutujien kahvila"})
    assert "voi kertoa, miksi joku on pajalla" in told(client.get(answer.headers["location"]).text)[0]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": ""}, "Kirjoita nimi, enintään 80 kirjainta."),
        ({"name": "x" * 81}, "Kirjoita nimi, enintään 80 kirjainta."),
        ({"name": "a\0b"}, "Kirjoita nimi, enintään 80 kirjainta."),
        ({"name": "040 123 4567"}, "Tämä näyttää puhelinnumerolta"),
        ({"workshop": ""}, "Valitse työpaja."),
        ({"workshop": "puu"}, "Valitse työpaja."),
        ({"workshop": "kahvila\0"}, "Valitse työpaja."),
    ],
)
def test_what_is_refused_stays_in_the_form(world: World, changes: dict[str, str], says: str) -> None:
    """The sentence stands beside its field, what was typed stays, the form is open, and nothing was made."""
    client, journal = working(world), Journal(world)
    answer = send(client, "/workshop", {**NEW, **changes})
    assert answer.status_code == 422
    [sentence] = told(answer.text)
    assert sentence.startswith(says)
    [field] = changes
    assert f'id="{field}-mistake"' in answer.text
    assert 'hreflang="sv"' not in answer.text
    if "\0" not in changes.get("name", ""):
        assert values_of(answer.text, "name") == [{**NEW, **changes}["name"]]
    assert journal.news() == []


def test_a_form_of_another_site_makes_nothing(world: World) -> None:
    """What another site sends is refused."""
    client, journal = working(world), Journal(world)
    for header in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert client.post("/workshop", data=NEW, headers=header).status_code == 403
    assert journal.news() == []
