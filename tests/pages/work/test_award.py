"""``/workshop/people/{participant}/badges/{badge}/award``: a look at what will be awarded, and the award, once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import col, select

from okbadges.organisations import consents
from okbadges.organisations.consents import Consenting, How
from okbadges.organisations.workshops import ask_second_person, find_organisation
from okbadges.storage.tables import BadgeVersionRow, CredentialRow, WorkshopRow
from support.corrections import COLLECTED, SUMMARY, correct, events
from support.groups import Journal
from support.learners import new_group, new_member, new_participant
from support.passport import give_badge, open_passport
from support.work import newer_version, retire, send, show_steps, told, values_of, working
from support.world import TODAY, on_both_databases

if TYPE_CHECKING:
    import uuid

    from fastapi.testclient import TestClient

    from support.world import World

BADGE = "digi-turva"
FIELDS = ("version", "repeat", "workshop", "awarded_on")


def address(participant: uuid.UUID, badge: str = BADGE) -> str:
    """Return where somebody's badge is awarded."""
    return f"/workshop/people/{participant}/badges/{badge}/award"


def filled(client: TestClient, path: str, **changes: Any) -> dict[str, Any]:
    """Return the form of the page as it is shown, with some fields changed."""
    page = client.get(path).text
    chosen = re.findall(r'name="language" value="([^"]+)" required checked', page)
    form = {name: values_of(page, name)[0] for name in FIELDS}
    return {**form, "language": chosen[0], **changes}


def ready(world: World, badge: str = BADGE, label: str = "Sani") -> uuid.UUID:
    """Return somebody of a group of Iida's own who has shown every step of a badge."""
    participant = new_participant(world, new_group(world, slug=label.lower()), label)
    show_steps(world, participant, badge)
    return participant


def awarded(world: World, participant: uuid.UUID) -> list[tuple[str, CredentialRow, str]]:
    """Return what somebody was awarded: the badge, the row, and the slug of the workshop."""
    with world.rooms.database.read() as session:
        rows = session.exec(
            select(BadgeVersionRow.slug, CredentialRow, WorkshopRow.slug)
            .join(BadgeVersionRow, col(BadgeVersionRow.id) == CredentialRow.badge_version_id)
            .join(WorkshopRow, col(WorkshopRow.id) == CredentialRow.workshop_id)
            .where(CredentialRow.participant_id == participant)
            .order_by(col(CredentialRow.id))
        )
        return [(badge, row, workshop) for badge, row, workshop in rows]


@on_both_databases
@pytest.mark.parametrize(
    ("language", "button", "name"),
    [
        ("fi", "Anna merkki", "Turvallisesti verkossa"),
        ("sv", "Ge märket", "Tryggt på nätet"),
        ("en", "Award the badge", "Safe online"),
    ],
)
def test_it_works(world: World, language: str, button: str, name: str) -> None:
    """Iida looks, presses, and the badge is in the passport: in the language of the page, of today, at her group's workshop."""
    sani, client = ready(world), working(world)
    path = f"{address(sani)}?lang={language}"
    page = client.get(path).text
    assert button in page
    assert name in page
    assert f"/badges/digi-turva/v1/{language}/image.svg" in page
    journal = Journal(world)
    answer = send(client, path, filled(client, path))
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/workshop/people/{sani}/badges/{BADGE}/awarded?lang={language}",
    )
    assert journal.actions() == ["credential.issued"]
    [(badge, row, workshop)] = awarded(world, sani)
    assert (badge, row.language, row.awarded_on, workshop) == (BADGE, language, TODAY, "kahvila")
    assert (row.criteria_met_by, row.issued_by) == ("steps", f"member:{world.keys.iida_id}")
    assert row.valid_until_on is None
    assert "Sinulla on uusi merkki" in open_passport(world, sani).get("/passport").text


def test_pressing_twice_awards_once(world: World) -> None:
    """The same form again leads to the same place, and nothing is issued a second time."""
    sani, client = ready(world), working(world)
    form = filled(client, address(sani))
    places = [send(client, address(sani), form).headers["location"] for _ in range(3)]
    assert len(set(places)) == 1
    assert len(awarded(world, sani)) == 1
    assert client.get(address(sani)).headers["location"] == places[0]


def test_two_phones_award_once(world: World) -> None:
    """Iida and the administrator have the page open at the same time: the second one finds it done, whatever they chose."""
    sani, iida, aino = ready(world), working(world), working(world, world.keys.aino_id)
    forms = [filled(iida, address(sani)), filled(aino, address(sani), language="sv")]
    assert forms[0]["repeat"] == forms[1]["repeat"]
    for client, form in zip((iida, aino), forms, strict=True):
        assert send(client, address(sani), form).headers["location"].endswith("/awarded")
    [(_, row, _)] = awarded(world, sani)
    assert row.language == "fi"


def test_a_badge_that_was_taken_back_can_be_awarded_again(world: World) -> None:
    """After a revocation the page awards anew; the form of before does not count for it."""
    sani, client = ready(world), working(world)
    form = filled(client, address(sani))
    send(client, address(sani), form)
    [(_, first, _)] = awarded(world, sani)
    correct(world, first.credential_id, "revoke", reason="issued-in-error")
    world.clock.move(minutes=1)
    again = filled(client, address(sani))
    assert again["repeat"] != form["repeat"]
    assert send(client, address(sani), again).status_code == 303
    assert len(awarded(world, sani)) == 2


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"language": ""}, "language", "Valitse merkin kieli."),
        ({"language": "se"}, "language", "Valitse merkin kieli."),
        ({"awarded_on": ""}, "awarded_on", "Valitse päivä."),
        ({"awarded_on": "21.11.2026"}, "awarded_on", "Valitse päivä."),
        ({"awarded_on": "2026-11-22"}, "awarded_on", "Antopäivä on vasta tulossa."),
        ({"awarded_on": "2026-11-20"}, "awarded_on", "Viimeinen askel nähtiin myöhemmin."),
        ({"awarded_on": "1999-12-31"}, "awarded_on", "Päivä on liian kaukana."),
        ({"valid_until": "2026-11-20"}, "valid_until", "Viimeinen päivä ei voi olla"),
        ({"workshop": "puu"}, "workshop", "Valitse työpaja."),
        ({"workshop": "kahvila\0"}, "workshop", "Valitse työpaja."),
    ],
)
def test_what_is_refused_stays_in_the_form(world: World, changes: dict[str, str], field: str, says: str) -> None:
    """The sentence beside its field, what was chosen still there, and nothing issued."""
    sani, client = ready(world), working(world)
    form, journal = filled(client, address(sani), language="en") | changes, Journal(world)
    answer = send(client, address(sani), form)
    assert answer.status_code == 422
    [sentence] = told(answer.text)
    assert sentence.startswith(says)
    assert f'id="{field}-mistake"' in answer.text
    if field != "language":
        assert 'name="language" value="en" required checked' in answer.text
    if field != "workshop":
        assert values_of(answer.text, field) in ([form[field]], ["fi", "sv", "en"])
    assert values_of(answer.text, "repeat") == [form["repeat"]]
    assert journal.news() == []
    assert send(client, address(sani), filled(client, address(sani))).status_code == 303


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"repeat": ""}, 422), ({"repeat": "x" * 201}, 422), ({"version": "9"}, 409), ({"version": ""}, 409)],
)
def test_a_form_that_is_not_ours_awards_nothing(world: World, changes: dict[str, str], status: int) -> None:
    """Without its key, or for a version that nobody looked at, the page asks to look again."""
    sani, client = ready(world), working(world)
    form, journal = filled(client, address(sani), **changes), Journal(world)
    answer = send(client, address(sani), form)
    assert answer.status_code == status
    assert len(told(answer.text)) == 1
    assert journal.news() == []


def test_a_badge_that_changed_meanwhile_is_looked_at_again(world: World) -> None:
    """Between the look and the press there is a new version: nothing is awarded unseen, and the next press is for what is shown."""
    sani, client = ready(world), working(world)
    form = filled(client, address(sani))
    newer_version(world, BADGE, suggested_validity_months=6)
    answer = send(client, address(sani), form)
    assert answer.status_code == 409
    assert told(answer.text)[0].startswith("Merkistä on juuri tullut uusi versio.")
    assert values_of(answer.text, "version") == ["2"]
    assert awarded(world, sani) == []


@pytest.mark.parametrize("shown", [(), (1, 2)])
def test_with_a_step_to_come_there_is_nothing_to_press(world: World, shown: tuple[int, ...]) -> None:
    """The page says what is to come and leads back to the steps; a form that somebody made up awards nothing."""
    sani, client = new_participant(world), working(world)
    if shown:
        show_steps(world, sani, BADGE, *shown)
    page = client.get(address(sani)).text
    assert told(page) == ["Kaikkia askeleita ei ole vielä nähty."]
    assert values_of(page, "repeat") == []
    journal = Journal(world)
    form = {"version": "1", "repeat": "x", "workshop": "kahvila", "awarded_on": "2026-11-21", "language": "fi"}
    answer = send(client, address(sani), form)
    assert answer.status_code == 422
    assert journal.news() == []


def test_the_language_is_that_of_their_newest_badge(world: World) -> None:
    """Whoever got a badge in Swedish gets the next one in Swedish, unless Iida chooses another."""
    sani, client = ready(world), working(world)
    give_badge(world, sani, "arki-ruoka", language="sv")
    world.clock.move(minutes=1)
    assert filled(client, address(sani))["language"] == "sv"
    send(client, address(sani), filled(client, address(sani), language="en"))
    assert [row.language for _, row, _ in awarded(world, sani)] == ["sv", "en"]


def test_a_language_that_was_used_is_recorded(world: World) -> None:
    """A badge that records one asks for it, and is not awarded without it or with one that there is not."""
    badge = "vuoro-kielet"
    sani, client = ready(world, badge), working(world)
    page = client.get(address(sani, badge)).text
    assert re.findall(r'<option value="(se|sv)">([^<]+)<', page) == [("se", "pohjoissaame"), ("sv", "ruotsi")]
    form, journal = filled(client, address(sani, badge)), Journal(world)
    for wrong in ("", "tlh", "x\0"):
        answer = send(client, address(sani, badge), {**form, "award_language": wrong})
        assert answer.status_code == 422
        assert told(answer.text) == ["Valitse kieli, jolla taito näytettiin."]
    assert journal.news() == []
    assert send(client, address(sani, badge), {**form, "award_language": "se"}).status_code == 303
    [(_, row, _)] = awarded(world, sani)
    assert row.award_language == "se"


def test_a_badge_that_ends_proposes_its_last_day(world: World) -> None:
    """Of first aid the last day is three years away, and can be left out."""
    badge = "hyva-ensiapu-ja-palo"
    sani, client = ready(world, badge), working(world)
    assert values_of(client.get(address(sani, badge)).text, "valid_until") == ["2029-11-21"]
    assert (
        send(client, address(sani, badge), filled(client, address(sani, badge), valid_until="2027-11-21")).status_code
        == 303
    )
    eino = ready(world, badge, "Eino")
    send(client, address(eino, badge), filled(client, address(eino, badge), valid_until=" "))
    ends = [row.valid_until_on for one in (sani, eino) for _, row, _ in awarded(world, one)]
    assert [end and end.isoformat() for end in ends] == ["2027-11-21", None]


def test_an_administrator_chooses_the_workshop_where_no_group_says_it(world: World) -> None:
    """Of somebody in no group the organisation's workshops are offered, and only those."""
    sani, aino = ready(world), working(world, world.keys.aino_id)
    world.client.post(f"/v1/groups/{_group_of(world, sani)}/end", headers=world.as_iida())
    page = aino.get(address(sani)).text
    assert values_of(page, "workshop") == ["kahvila", "pyora"]
    send(aino, address(sani), filled(aino, address(sani), workshop="pyora"))
    assert [workshop for _, _, workshop in awarded(world, sani)] == ["pyora"]


def _group_of(world: World, participant: uuid.UUID) -> str:
    found = world.client.get(f"/v1/participants/{participant}", headers=world.as_iida()).json()
    group: str = found["stays"][0]["group"]
    return group


def test_what_a_summary_badge_waits_for_is_shown(world: World) -> None:
    """Each badge that it collects, held or still to come; with all of them it can be awarded."""
    sani, client = ready(world, SUMMARY), working(world)
    for slug in COLLECTED[:2]:
        give_badge(world, sani, slug)
    page = client.get(address(sani, SUMMARY)).text
    assert told(page) == ["Hänellä ei ole vielä kaikkia merkkejä, jotka kooste kokoaa."]
    assert re.findall(r'<li class="(held|to-come)">', page) == ["held", "held", "to-come"]
    give_badge(world, sani, COLLECTED[2])
    assert send(client, address(sani, SUMMARY), filled(client, address(sani, SUMMARY))).status_code == 303
    assert SUMMARY in [badge for badge, _, _ in awarded(world, sani)]


@on_both_databases
def test_a_second_person_is_asked_by_a_code(world: World) -> None:
    """Where two have to agree the page shows a way for the other one; with their word it awards, and the word is used."""
    sani, client = ready(world, SUMMARY), working(world)
    for slug in COLLECTED:
        give_badge(world, sani, slug)
    rooms = world.rooms
    with rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    ask_second_person(rooms.writer, rooms.stamp("test"), kemi, asks=True)
    page = client.get(address(sani, SUMMARY)).text
    link = f"/workshop/confirm/{sani}/{SUMMARY}"
    assert f"{rooms.base_url}{link}" in page
    assert 'id="code"' in page
    assert values_of(page, "repeat") == []
    assert send(client, link, {"do": "give"}).status_code == 303
    assert 'id="code"' in client.get(address(sani, SUMMARY)).text  # one's own word is not a second one
    assert send(working(world, world.keys.tuula_id), link, {"do": "give"}).status_code == 303
    page = client.get(address(sani, SUMMARY)).text
    assert told(page) == ["Työpari on antanut sanansa."]
    assert send(client, address(sani, SUMMARY), filled(client, address(sani, SUMMARY))).status_code == 303
    assert SUMMARY in [badge for badge, _, _ in awarded(world, sani)]


def test_a_word_that_was_taken_back_meanwhile_is_asked_for_again(world: World) -> None:
    """Between the look and the press the colleague took their word back: nothing is issued, and the code is there again."""
    sani, client, tuula = ready(world, SUMMARY), working(world), working(world, world.keys.tuula_id)
    for slug in COLLECTED:
        give_badge(world, sani, slug)
    rooms = world.rooms
    with rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    ask_second_person(rooms.writer, rooms.stamp("test"), kemi, asks=True)
    link = f"/workshop/confirm/{sani}/{SUMMARY}"
    send(tuula, link, {"do": "give"})
    form = filled(client, address(sani, SUMMARY))
    send(tuula, link, {"do": "withdraw"})
    answer = send(client, address(sani, SUMMARY), form)
    assert answer.status_code == 422
    assert told(answer.text)[0].startswith("Koosteeseen tarvitaan työparin sana.")
    assert 'id="code"' in answer.text


def test_who_took_their_consent_back_gets_no_badge(world: World) -> None:
    """The page says so before anything is pressed, and whom to talk with."""
    sani, client = ready(world), working(world)
    rooms = world.rooms
    stamp = rooms.stamp("holder")

    def refuse(connection: Any) -> None:
        consents.give(connection, stamp, sani, Consenting.RECEIVING, How.PASSPORT)
        consents.withdraw(connection, stamp, [sani], Consenting.RECEIVING)

    form = filled(client, address(sani))
    rooms.writer.write(refuse)
    page = client.get(address(sani)).text
    assert told(page)[0].startswith("Hän on perunut suostumuksensa saada merkkejä.")
    assert values_of(page, "repeat") == []
    assert send(client, address(sani), form).status_code == 409
    assert awarded(world, sani) == []


def test_a_retired_badge_is_not_awarded(world: World) -> None:
    """Neither from the page nor from one that was opened before."""
    sani, client = ready(world), working(world)
    form = filled(client, address(sani))
    retire(world, BADGE)
    assert told(client.get(address(sani)).text) == ["Tätä merkkiä ei enää anneta. Mitään ei muutettu."]
    assert send(client, address(sani), form).status_code == 422
    assert awarded(world, sani) == []


def test_a_participant_of_others_is_awarded_nothing(world: World) -> None:
    """Issuing would be allowed by the role; the page is for those whom one leads."""
    theirs = new_participant(world, new_group(world, slug="muiden", leader=new_member(world)))
    show_steps(world, theirs, BADGE)
    sani, client = ready(world), working(world)
    form = filled(client, address(sani))
    assert send(client, address(theirs), form).status_code == 404
    assert awarded(world, theirs) == []
    assert events(world, "credential.issued") == []


def test_an_older_day_is_taken_where_everything_was_seen_by_then(world: World) -> None:
    """Whoever comes to it tomorrow says the day on which it was."""
    sani, client = ready(world), working(world)
    world.clock.move(hours=12, minutes=1)
    answer = send(client, address(sani), filled(client, address(sani), awarded_on=TODAY.isoformat()))
    assert answer.status_code == 303
    [(_, row, _)] = awarded(world, sani)
    assert row.awarded_on == TODAY == row.issued_at.date() - timedelta(days=1)
