"""``/workshop/people/{participant}``: one person, with what can be awarded first, and another badge to begin close by."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

import pytest

from okbadges.organisations.roles import Role
from okbadges.organisations.stays import leave
from support.corrections import COLLECTED, SUMMARY
from support.groups import Journal, labels_in
from support.learners import new_group, new_member, new_participant, pass_on
from support.passport import give_badge, new_card, open_with
from support.work import retire, send, show_steps, told, values_of, working, working_as
from support.world import on_both_databases

if TYPE_CHECKING:
    from support.world import World


def address(participant: uuid.UUID) -> str:
    """Return where somebody's page is."""
    return f"/workshop/people/{participant}"


def section(page: str, name: str) -> list[tuple[str, str]]:
    """Return the badges in one part of the page: where each leads, below the person's own address, and its line."""
    part = re.search(rf'<section aria-labelledby="{name}">(.*?)</section>', page, re.DOTALL)
    if part is None:
        return []
    rows = re.findall(r'<a href="/workshop/people/[^/]+/badges/([^"]+)">[^<]*</a>(?:<p>(.*?)</p>)?', part[1])
    return [(where, re.sub(r"<[^>]+>", "", line).strip()) for where, line in rows]


@on_both_databases
@pytest.mark.parametrize(
    ("language", "ready", "begun", "another"),
    [
        ("fi", "Kaikki on nähty. Anna merkki.", "Nähty 2/3", "Aloita toinen merkki"),
        ("sv", "Allt har setts. Ge märket.", "Sett 2/3", "Börja på ett annat märke"),
        ("en", "Everything was seen. Award the badge.", "Seen 2/3", "Begin another badge"),
    ],
)
def test_it_works(world: World, language: str, ready: str, begun: str, another: str) -> None:
    """What is ready leads to its award, what is begun to its steps, what is held to what was given; the rest is in the catalogue."""
    group = new_group(world)
    sani, eino = new_participant(world, group), new_participant(world, group, "Eino")
    show_steps(world, sani, "digi-turva")
    show_steps(world, sani, "vuoro-kielet", 1, 3)
    show_steps(world, eino, "kasi-keittio", 1)
    give_badge(world, sani, "arki-ruoka")
    answer = working(world).get(f"{address(sani)}?lang={language}")
    page = answer.text.replace(f"?lang={language}", "")
    assert answer.status_code == 200
    assert "<h1><bdi>Sani</bdi></h1>" in page
    assert "Sani" not in page.partition("</head>")[0]
    assert section(page, "ready") == [("digi-turva/award", ready)]
    assert section(page, "begun") == [("vuoro-kielet", begun)]
    assert section(page, "nearby") == [("kasi-keittio", "")]
    assert [where for where, _ in section(page, "held")] == ["arki-ruoka/awarded"]
    catalogue = [where for where, _ in section(page, "begin")]
    assert len(catalogue) == 37
    assert not {"digi-turva", "vuoro-kielet", "arki-ruoka"} & set(catalogue)
    assert another in page
    assert f'href="/workshop/groups/{group.id}"' in page
    assert answer.headers["cache-control"] == "no-store"


def test_a_summary_badge_says_what_it_waits_for(world: World) -> None:
    """With all small badges it comes up by itself; with its steps seen too early it waits."""
    group = new_group(world)
    sani, eino = new_participant(world, group), new_participant(world, group, "Eino")
    for slug in COLLECTED:
        give_badge(world, sani, slug)
    show_steps(world, eino, SUMMARY)
    client = working(world)
    assert section(client.get(address(sani)).text, "begun") == [(SUMMARY, "Kaikki koosteen merkit ovat koossa")]
    assert section(client.get(address(eino)).text, "begun") == [(SUMMARY, "Kooste odottaa vielä merkkejä")]
    show_steps(world, sani, SUMMARY)
    assert section(client.get(address(sani)).text, "ready") == [(f"{SUMMARY}/award", "Kaikki on nähty. Anna merkki.")]


def test_a_retired_badge_is_not_offered(world: World) -> None:
    """What is not awarded any more is neither in the catalogue nor on its way."""
    sani = new_participant(world)
    show_steps(world, sani, "digi-turva", 1)
    retire(world, "digi-turva")
    assert "digi-turva" not in working(world).get(address(sani)).text


def test_the_card_says_how_it_stands(world: World) -> None:
    """None yet, one that nobody has opened, one that was opened: and a new one only after an explanation."""
    sani, client = new_participant(world), working(world)
    assert "Hänellä ei ole vielä korttia." in client.get(address(sani)).text
    card = new_card(world, sani)
    page = client.get(address(sani)).text
    assert "Hänellä on kortti, tehty 21.11.2026. Passia ei ole vielä avattu." in page
    assert "Tapaa hänet ensin itse." in page.partition("<summary>Onko kortti kadonnut?")[2]
    assert card.code not in page
    open_with(world, card)
    assert "Hän on avannut sillä passin." in client.get(address(sani)).text


def test_the_short_name_is_changed(world: World) -> None:
    """Its leader gives another one; what speaks against it is said, and nothing of it is in the address."""
    group = new_group(world)
    sani, client, journal = new_participant(world, group), working(world), Journal(world)
    answer = send(client, address(sani), {"label": "Sininen lippis"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{address(sani)}?said=named")
    assert labels_in(world, group.id) == {sani: "Sininen lippis"}
    assert journal.actions() == ["label.set"]
    answer = send(client, address(sani), {"label": "Sani Saari"})
    assert "näyttää koko nimeltä" in told(client.get(answer.headers["location"]).text)[0]
    answer = send(client, address(sani), {"label": "sairas"})
    assert "voi kertoa" in told(client.get(answer.headers["location"]).text)[0]


@pytest.mark.parametrize(
    ("label", "status", "says"),
    [
        ("", 422, "Kirjoita nimi, jonka voi lukea"),
        ("040 123 4567", 422, "Tämä näyttää puhelinnumerolta"),
        ("eino", 409, "Toisessa ryhmässä tai tässä on jo sama nimi."),
    ],
)
def test_a_short_name_that_is_refused_stays_in_its_field(world: World, label: str, status: int, says: str) -> None:
    """The fold is open, the sentence beside the field, and nothing was changed."""
    group = new_group(world)
    sani = new_participant(world, group)
    new_participant(world, group, "Eino")
    client = working(world)
    journal = Journal(world)
    answer = send(client, address(sani), {"label": label})
    assert answer.status_code == status
    assert told(answer.text)[0].startswith(says)
    assert values_of(answer.text, "label") == [label]
    assert 'id="label-mistake"' in answer.text
    assert journal.news() == []


def test_somebody_elses_participant_is_not_there(world: World) -> None:
    """Who left, was erased, is led by others, is of another organisation or is nobody: the same page for all, and nothing is done."""
    group = new_group(world)
    left, erased = new_participant(world, group), new_participant(world, group, "Eino")
    leave(world.rooms.writer, world.rooms.stamp("test"), group=group, participant_id=left)
    gone = world.client.post(
        f"/v1/participants/{erased}/erase", json={"participant": str(erased)}, headers=world.as_aino()
    )
    assert gone.status_code == 200, gone.text
    theirs = new_participant(world, new_group(world, slug="muiden", leader=new_member(world)))
    handed_over = new_group(world, slug="siirto")
    passed_on = new_participant(world, handed_over, "Otto")
    pass_on(world, handed_over, new_member(world))
    mine = new_participant(world, group, "Aili")
    iida, stranger = working(world), working_as(world, Role.ADMINISTRATOR, organisation="ranua")
    journal = Journal(world)
    below = ("", "/card", "/badges/digi-turva", "/badges/digi-turva/award", "/badges/digi-turva/awarded")
    pages = [*below, "/badges/digi-turva/evidence"]
    posts = ("", "/card", "/badges/digi-turva", "/badges/digi-turva/award", "/badges/digi-turva/code")
    tried = [(iida, one) for one in (left, erased, theirs, passed_on, uuid.uuid4(), "x")]
    for client, participant in [*tried, (stranger, mine)]:
        answers = [client.get(f"/workshop/people/{participant}{place}") for place in pages]
        answers += [client.post(f"/workshop/people/{participant}{place}", data={"label": "x"}) for place in posts]
        assert {answer.status_code for answer in answers} == {404}, participant
        assert all("<h1>Tätä ei löydy ryhmistäsi</h1>" in answer.text for answer in answers)
    assert journal.news() == []


def test_an_administrator_works_with_everybody_and_reads_no_label(world: World) -> None:
    """Aino sees what is on its way, by the end of the id; the name is not hers to change."""
    sani = new_participant(world)
    show_steps(world, sani, "digi-turva", 1)
    aino = working(world, world.keys.aino_id)
    journal = Journal(world)
    page = aino.get(address(sani)).text
    assert f"<h1><bdi>…{sani.hex[-4:]}</bdi></h1>" in page
    assert "Sani" not in page
    assert section(page, "begun") == [("digi-turva", "Nähty 1/3")]
    assert values_of(page, "label") == []
    assert send(aino, address(sani), {"label": "Aamu"}).status_code == 404
    assert journal.news() == []
