"""``/workshop/confirm/{participant}/{badge}``: a second person gives their word, and takes it back."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

import pytest

from okbadges.organisations.roles import Role
from support.corrections import COLLECTED, SUMMARY
from support.groups import Journal
from support.learners import new_participant
from support.passport import browser, give_badge
from support.work import retire, send, show_steps, told, values_of, working, working_as
from support.world import on_both_databases

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from support.world import World


def address(participant: uuid.UUID | str, badge: str = SUMMARY) -> str:
    """Return where a word is given."""
    return f"/workshop/confirm/{participant}/{badge}"


@on_both_databases
@pytest.mark.parametrize(
    ("language", "title", "give", "until"),
    [
        ("fi", "Anna sanasi koostemerkkiin", "Annan sanani", "voimassa 19.2.2027 asti"),
        ("sv", "Ge ditt ord för ett samlingsmärke", "Jag ger mitt ord", "gäller till 19 februari 2027"),
        ("en", "Give your word on a summary badge", "I give my word", "counts until 19 February 2027"),
    ],
)
def test_it_works(world: World, language: str, title: str, give: str, until: str) -> None:
    """Tuula sees what the badge rests on and no label, gives her word, and reads until when it counts; one event."""
    sani = new_participant(world)
    for slug in COLLECTED[:2]:
        give_badge(world, sani, slug)
    show_steps(world, sani, SUMMARY, 1, note="Teki itse.")
    tuula = working(world, world.keys.tuula_id)
    journal, path = Journal(world), f"{address(sani)}?lang={language}"
    page = tuula.get(path).text
    assert f"<h1>{title}</h1>" in page
    assert give in page
    assert re.findall(r'<li class="(held|to-come)">', page) == ["held", "held", "to-come", "held", "to-come"]
    assert not re.search("Sani|Aamu|Teki itse", page)
    answer = send(tuula, path, {"do": "give"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{address(sani)}?said=given&lang={language}")
    page = tuula.get(answer.headers["location"]).text
    assert until in page
    assert values_of(page, "do") == ["withdraw"]
    assert journal.actions() == ["confirmation.given"]


def test_giving_it_twice_gives_one(world: World) -> None:
    """A word that counts stays as it is."""
    sani, tuula = new_participant(world), working(world, world.keys.tuula_id)
    journal = Journal(world)
    for _ in range(2):
        assert send(tuula, address(sani), {"do": "give"}).status_code == 303
    assert journal.actions() == ["confirmation.given"]


def test_it_is_taken_back(world: World) -> None:
    """Until the badge is awarded; a second time changes nothing, and it can be given again."""
    sani, tuula = new_participant(world), working(world, world.keys.tuula_id)
    send(tuula, address(sani), {"do": "give"})
    journal = Journal(world)
    for _ in range(2):
        answer = send(tuula, address(sani), {"do": "withdraw"})
        assert answer.headers["location"] == f"{address(sani)}?said=taken"
    assert told(tuula.get(answer.headers["location"]).text) == ["Sanasi on otettu takaisin."]
    assert values_of(tuula.get(address(sani)).text, "do") == ["give"]
    assert journal.actions() == ["confirmation.withdrawn"]


def test_a_word_counts_for_ninety_days(world: World) -> None:
    """After that the page asks for it anew."""
    sani = new_participant(world)
    send(working(world, world.keys.tuula_id), address(sani), {"do": "give"})
    for days, do in ((90, "withdraw"), (1, "give")):
        world.clock.move(days=days)
        assert values_of(working(world, world.keys.tuula_id).get(address(sani)).text, "do") == [do]


def test_everybody_says_their_own(world: World) -> None:
    """The word of one is not shown to the other, nor theirs to take back; who leads the person reads that two are needed."""
    sani = new_participant(world)
    tuula, iida, aino = (working(world, one) for one in (world.keys.tuula_id, None, world.keys.aino_id))
    send(tuula, address(sani), {"do": "give"})
    assert values_of(aino.get(address(sani)).text, "do") == ["give"]
    journal = Journal(world)
    send(aino, address(sani), {"do": "withdraw"})
    assert journal.news() == []
    assert "Ohjaat tätä osallistujaa itse." in told(iida.get(address(sani)).text)[0]
    assert told(aino.get(address(sani)).text) == []


def test_after_the_award_there_is_nothing_to_say(world: World) -> None:
    """The page says that the badge was awarded, and on which day."""
    sani, tuula = new_participant(world), working(world, world.keys.tuula_id)
    for slug in COLLECTED:
        give_badge(world, sani, slug)
    give_badge(world, sani, SUMMARY)
    page = tuula.get(address(sani)).text
    assert told(page) == ["Hänellä on jo tämä merkki. Annettu 20.11.2026."]
    assert values_of(page, "do") == []


def test_a_retired_badge_is_confirmed_by_nobody(world: World) -> None:
    """Whoever presses reads why, and gives no word."""
    sani, tuula = new_participant(world), working(world, world.keys.tuula_id)
    retire(world, SUMMARY)
    journal = Journal(world)
    answer = send(tuula, address(sani), {"do": "give"})
    assert answer.status_code == 422
    assert told(answer.text) == ["Tätä merkkiä ei enää anneta. Mitään ei muutettu."]
    assert journal.news() == []


def test_what_there_is_not_is_not_there(world: World) -> None:
    """A skill badge, no badge, nobody, an id that is none, a participant of another organisation: the same page."""
    sani, tuula = new_participant(world), working(world, world.keys.tuula_id)
    stranger = working_as(world, Role.TEACHER, organisation="ranua")
    journal = Journal(world)
    tried: list[tuple[TestClient, uuid.UUID | str, str]]
    tried = [(tuula, sani, "digi-turva"), (tuula, sani, "x"), (tuula, uuid.uuid4(), SUMMARY), (tuula, "x", SUMMARY)]
    for client, participant, badge in [*tried, (stranger, sani, SUMMARY)]:
        path = address(participant, badge)
        assert client.get(path).status_code == send(client, path, {"do": "give"}).status_code == 404
    assert journal.news() == []


def test_who_has_no_word_to_give_is_led_away(world: World) -> None:
    """An auditor goes to the first page; who is not signed in signs in and comes back."""
    sani, audrey = new_participant(world), working_as(world, Role.AUDITOR)
    journal = Journal(world)
    assert audrey.get(address(sani)).headers["location"] == "/workshop"
    assert send(audrey, address(sani), {"do": "give"}).headers["location"] == "/workshop"
    for answer in (browser(world).get(address(sani)), browser(world).post(address(sani), data={"do": "give"})):
        assert answer.headers["location"] == f"/sign-in?next={address(sani)}"
    assert journal.news() == []


@pytest.mark.parametrize("do", ["", "deny", "give\0"])
def test_a_form_that_says_something_else_changes_nothing(world: World, do: str) -> None:
    """What the page does not offer is refused."""
    sani, tuula = new_participant(world), working(world, world.keys.tuula_id)
    journal = Journal(world)
    assert send(tuula, address(sani), {"do": do}).status_code == 422
    assert journal.news() == []
