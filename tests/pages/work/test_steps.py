"""``/workshop/people/{participant}/badges/{badge}``: what was seen is ticked, one or several steps with one observation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from okbadges.catalogue.shelf import latest_badge
from okbadges.catalogue.texts import Texts
from okbadges.organisations.stays import leave
from support.groups import Journal, get
from support.learners import new_group, new_participant
from support.passport import give_badge
from support.work import SEEN, newer_version, retire, send, show_steps, told, values_of, working
from support.world import on_both_databases

if TYPE_CHECKING:
    import uuid

    from fastapi.testclient import TestClient

    from support.world import World

BADGE = "digi-turva"


def address(participant: uuid.UUID, badge: str = BADGE) -> str:
    """Return where the steps of somebody's badge are."""
    return f"/workshop/people/{participant}/badges/{badge}"


def filled(client: TestClient, path: str, *places: int, **changes: Any) -> dict[str, Any]:
    """Return the form of a page with the steps at these places chosen (from 0), and some fields changed."""
    page = client.get(path).text
    keys = values_of(page, "step")
    version = values_of(page, "version")
    return {**SEEN, "version": version[0], "step": [keys[place] for place in places], **changes}


def ticks(world: World, participant: uuid.UUID, badge: str = BADGE) -> list[dict[str, Any] | None]:
    """Return what the API says of each step."""
    found = get(world, f"/participants/{participant}/progress?badge={badge}").json()["badges"][0]["steps"]
    return [step["ticked"] for step in found]


def checked(page: str) -> list[str]:
    """Return the steps that are chosen in the form."""
    return re.findall(r'name="step" value="([^"]+)" checked', page)


@on_both_databases
@pytest.mark.parametrize(
    ("language", "button", "seen", "said"),
    [
        ("fi", "Merkitse nähdyksi", "Nähty 20.11.2026 · Työnäyte · ohjaaja", "Merkitty."),
        ("sv", "Anteckna som sett", "Sett 20 november 2026 · Arbetsprov · handledare", "Antecknat."),
        ("en", "Tick as seen", "Seen on 20 November 2026 · Work sample · instructor", "Ticked."),
    ],
)
def test_it_works(world: World, language: str, button: str, seen: str, said: str) -> None:
    """Two steps with one observation: two events, and the page says how each was seen; the third is still to come."""
    sani, client = new_participant(world), working(world)
    journal = Journal(world)
    path = f"{address(sani)}?lang={language}"
    page = client.get(path).text
    assert button in page
    assert len(values_of(page, "step")) == 3
    assert values_of(page, "observed_on") == ["2026-11-21"]
    answer = send(client, path, filled(client, path, 0, 2, method="work-sample", note="Teki itse."))
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"{address(sani)}?said=ticked&lang={language}",
    )
    assert journal.actions() == ["step.ticked", "step.ticked"]
    told_of = [
        one and (one["method"], one["observed_on"], one["observed_by"], one["note"]) for one in ticks(world, sani)
    ]
    one = ("work-sample", "2026-11-20", "instructor", "Teki itse.")
    assert told_of == [one, None, one]
    page = client.get(answer.headers["location"]).text
    assert told(page) == [said]
    assert page.count(seen) == 2
    assert page.count("Teki itse.") == 2
    assert len(values_of(page, "step")) == 1


def test_the_usual_way_of_seeing_is_chosen_already(world: World) -> None:
    """Observation where the badge names it, else the first way that it names; the badge's own ways come first, all are there."""
    sani, client = new_participant(world), working(world)
    for badge, usual in (("kasi-keittio", "observation"), (BADGE, "task"), ("kooste-opiskelu-ja-ura", "discussion")):
        page = client.get(address(sani, badge)).text
        assert re.findall(r'<option value="([^"]+)" selected>', page)[0] == usual
        assert len(re.findall(r"<option", page)) == 7 + 4


def test_pressing_twice_ticks_once(world: World) -> None:
    """A second press of the same form changes nothing and says the same."""
    sani, client = new_participant(world), working(world)
    form, journal = filled(client, address(sani), 0), Journal(world)
    places = [send(client, address(sani), form).headers["location"] for _ in range(2)]
    assert len(set(places)) == 1
    assert journal.actions() == ["step.ticked"]


def test_when_all_is_seen_the_badge_can_be_awarded(world: World) -> None:
    """With the last step the way to the award is at the bottom, and there is nothing more to tick."""
    sani, client = new_participant(world), working(world)
    answer = send(client, address(sani), filled(client, address(sani), 0, 1, 2))
    page = client.get(answer.headers["location"]).text
    assert "Kaikki askeleet on nähty." in page
    assert f'href="{address(sani)}/award"' in page
    assert values_of(page, "step") == []


@pytest.mark.parametrize(
    ("changes", "status", "field", "says"),
    [
        ({"step": []}, 422, "step", "Valitse askeleet, jotka nähtiin."),
        ({"method": "hearsay"}, 422, "method", "Valitse jokin vaihtoehdoista."),
        ({"method": ""}, 422, "method", "Valitse jokin vaihtoehdoista."),
        ({"observed_by": "mother"}, 422, "observed_by", "Valitse jokin vaihtoehdoista."),
        ({"observed_on": ""}, 422, "observed_on", "Valitse päivä."),
        ({"observed_on": "20.11.2026"}, 422, "observed_on", "Valitse päivä."),
        ({"observed_on": "2026-W47-5"}, 422, "observed_on", "Valitse päivä."),
        ({"observed_on": "2026-02-30"}, 422, "observed_on", "Valitse päivä."),
        ({"observed_on": "2026-11-22"}, 422, "observed_on", "Päivä on vasta tulossa."),
        ({"observed_on": "1999-12-31"}, 422, "observed_on", "Päivä on liian kaukana."),
        ({"note": "x" * 501}, 422, "note", "Muistiinpano on liian pitkä."),
        ({"note": "a\u202eb"}, 422, "note", "Muistiinpanossa on jotain, mitä ei voi lukea."),
        ({"note": "otto@example.org"}, 422, "note", "Jätä pois se, mistä tietää, kuka joku on"),
    ],
)
def test_what_is_refused_stays_in_the_form(
    world: World, changes: dict[str, Any], status: int, field: str, says: str
) -> None:
    """Beside its field stands what to do; everything else that was chosen and typed is still there, and nothing is ticked."""
    sani, client = new_participant(world), working(world)
    form = {**filled(client, address(sani), 1, note="Leikkasi leipää.", observed_by="teacher"), **changes}
    journal = Journal(world)
    answer = send(client, address(sani), form)
    assert answer.status_code == status
    [sentence] = told(answer.text)
    assert sentence.startswith(says)
    assert f'id="{field}-mistake"' in answer.text
    assert checked(answer.text) == form["step"]
    if field != "observed_on":
        assert values_of(answer.text, "observed_on") == ["2026-11-20"]
    if field != "note":
        assert "Leikkasi leipää.</textarea>" in answer.text
    if field != "observed_by":
        assert '<option value="teacher" selected>' in answer.text
    assert "2026" not in answer.text.partition("</head>")[0]
    assert journal.news() == []


def test_a_word_that_could_tell_something_is_told_of(world: World) -> None:
    """The note is kept, as nothing is refused for a word; beside it stands what the word could tell, whenever the page is opened."""
    sani, client = new_participant(world), working(world)
    answer = send(client, address(sani), filled(client, address(sani), 0, note="Jaksoi, vaikka on sairas."))
    for place in (answer.headers["location"], address(sani)):
        assert any("”sairas” voi kertoa" in one for one in told(client.get(place).text))
    assert "sairas" not in answer.headers["location"]


def test_notes_are_for_who_leads_them(world: World) -> None:
    """An administrator who does not lead the group sees the step ticked, and no note; they may tick too."""
    sani, aino = new_participant(world), working(world, world.keys.aino_id)
    show_steps(world, sani, BADGE, 1, note="Teki itse.")
    page = aino.get(address(sani)).text
    assert "Nähty 21.11.2026" in page
    assert "Teki itse." not in page
    assert f"{address(sani)}/evidence" not in page
    assert send(aino, address(sani), filled(aino, address(sani), 0)).status_code == 303


def test_a_tick_is_taken_back(world: World) -> None:
    """A mistake goes without a trace; the step can be ticked again."""
    sani, client = new_participant(world), working(world)
    show_steps(world, sani, BADGE, 2)
    [key] = values_of(client.get(address(sani)).text, "untick")
    journal = Journal(world)
    answer = send(client, address(sani), {"untick": key})
    assert answer.headers["location"] == f"{address(sani)}?said=unticked"
    page = client.get(answer.headers["location"]).text
    assert told(page) == ["Merkintä on otettu pois."]
    assert len(values_of(page, "step")) == 3
    send(client, address(sani), {"untick": key})
    assert journal.actions() == ["step.unticked"]


@pytest.mark.parametrize("version", ["", "x", "0", "7", "\u0661"])
def test_a_version_that_was_not_read_ticks_nothing(world: World, version: str) -> None:
    """Whoever read another version, or does not say which, reads the steps once more; nothing that was typed is lost."""
    sani, client = new_participant(world), working(world)
    form, journal = filled(client, address(sani), 0, note="Teki itse.", version=version), Journal(world)
    answer = send(client, address(sani), form)
    assert answer.status_code == 409
    assert told(answer.text)[0].startswith("Merkistä on juuri tullut uusi versio.")
    assert checked(answer.text) == form["step"]
    assert "Teki itse.</textarea>" in answer.text
    assert journal.news() == []


def test_a_badge_that_changed_meanwhile_is_read_again(world: World) -> None:
    """Of the steps that were chosen those that still say the same stay chosen; with the new version the form goes through."""
    sani, client = new_participant(world), working(world)
    form = filled(client, address(sani), 0, 1)
    with world.rooms.database.read() as session:
        old = latest_badge(session, BADGE).criteria
    newer_version(world, BADGE, criteria=(old[0], Texts(fi="Uusi.", sv="Ny.", en="New."), old[2]))
    answer = send(client, address(sani), form)
    assert answer.status_code == 409
    assert checked(answer.text) == form["step"][:1]
    assert "Uusi." in answer.text
    assert values_of(answer.text, "version") == ["2"]
    again = send(client, address(sani), {**form, "step": form["step"][:1], "version": "2"})
    assert again.status_code == 303
    assert [one is not None for one in ticks(world, sani)] == [True, False, False]


def test_a_retired_badge_is_shown_and_not_ticked(world: World) -> None:
    """It says so, and takes no tick, also of a page that was opened before."""
    sani, client = new_participant(world), working(world)
    form = filled(client, address(sani), 0)
    retire(world, BADGE)
    page = client.get(address(sani)).text
    assert told(page) == ["Tätä merkkiä ei enää anneta. Annetut merkit pysyvät voimassa."]
    assert values_of(page, "step") == []
    journal = Journal(world)
    assert send(client, address(sani), form).status_code == 422
    assert journal.news() == []


def test_a_badge_that_they_hold_is_not_ticked_any_more(world: World) -> None:
    """The page says that they have it, and since when."""
    sani, client = new_participant(world), working(world)
    give_badge(world, sani)
    page = client.get(address(sani)).text
    assert told(page)[0].startswith("Hänellä on jo tämä merkki. Annettu 20.11.2026.")
    assert values_of(page, "step") == []


def test_who_left_meanwhile_is_not_ticked(world: World) -> None:
    """Between the page and the press somebody left: the page says how to go on."""
    group = new_group(world)
    sani, client = new_participant(world, group), working(world)
    form = filled(client, address(sani), 0)
    leave(world.rooms.writer, world.rooms.stamp("test"), group=group, participant_id=sani)
    journal = Journal(world)
    answer = send(client, address(sani), form)
    assert answer.status_code == 404
    assert "Osallistuja on voinut lähteä ryhmästä" in answer.text
    assert journal.news() == []


def test_a_badge_that_there_is_not_is_not_there(world: World) -> None:
    """An address with another word in it leads nowhere."""
    sani, client = new_participant(world), working(world)
    assert client.get(address(sani, "digi-xyz")).status_code == 404
    assert send(client, address(sani, "digi-xyz"), SEEN).status_code == 404


def test_what_a_page_of_the_browser_repeats_is_read_again_after_signing_in(world: World) -> None:
    """With an ended sign-in a form leads to the sign-in, and back to the page."""
    sani, client = new_participant(world), working(world)
    form = filled(client, address(sani), 0)
    world.clock.move(hours=21)
    answer = send(client, address(sani), form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next={address(sani)}")
