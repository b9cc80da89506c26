"""``/passport/badges/{row_id}`` and ``/passport/steps/{badge}``: one badge, said to its holder; their word, their own words, their files."""

from __future__ import annotations

import html
import re
import uuid
from typing import TYPE_CHECKING

import pytest
from sqlmodel import select

from okbadges.catalogue.shelf import latest_badge
from okbadges.credentials.baking import unbake
from okbadges.passport.accepting import Decision
from okbadges.passport.reflections import LONGEST_WORDS
from okbadges.progress.steps import criterion_hash
from okbadges.storage.tables import EventRow, ReflectionRow
from support.corrections import correct
from support.groups import Journal
from support.leaks import places_of
from support.learners import new_participant
from support.passport import browser, give_badge, open_passport, row_of, say, two_people
from support.world import on_both_databases

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from support.world import World

SEEN = {"observed_by": "instructor", "method": "observation", "observed_on": "2026-11-20"}
FILES = ("credential.json", "badge.png", "badge.svg", "badge.jwt", "badge-selective.json")
WORDS = "Aluksi pelotti. Sitten osasin!"


def field(page: str, name: str) -> str:
    """Return what stands in the first text field with a name."""
    found = re.search(rf'<textarea[^>]*name="{name}"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


def chosen(page: str, name: str) -> str:
    """Return which of the five is chosen in the first scale with a name; empty: none of them."""
    found = re.search(rf'<input type="radio" name="{name}" value="(\d?)" checked', page)
    assert found is not None
    return found[1]


def step_hash(world: World, badge: str, number: int) -> str:
    """Return what names a step of a badge in its form."""
    with world.rooms.database.read() as session:
        return criterion_hash(latest_badge(session, badge).criteria[number - 1])


@on_both_databases
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_it_works(world: World, language: str) -> None:
    """The page says what Sani can do, to her and in her language; the picture is large and described; she can listen where the browser can."""
    sani = new_participant(world)
    row = give_badge(world, sani)
    page = open_passport(world, sani).get(f"/passport/badges/{row}?lang={language}").text
    with world.rooms.database.read() as session:
        badge = latest_badge(session, "digi-turva")
    assert badge.you is not None
    for text in (badge.you.description, *badge.you.criteria):
        assert html.escape(text.in_language(language)[0]) in page
    assert f'alt="{html.escape(badge.artwork["fi" if language == "fi" else language].alt)}"' in page  # type: ignore[index]
    assert re.search(r'<button [^>]*data-do="listen"[^>]* hidden>', page)
    assert "verdict" not in page
    assert re.search(r"OK! osaamismerkit", page)


def test_somebody_elses_badge_is_unknown(world: World) -> None:
    """Looking, deciding, writing and downloading: for another holder there is no such badge."""
    sani, eino = two_people(world)
    row = give_badge(world, eino)
    client, journal = open_passport(world, sani), Journal(world)
    for foreign in (row, uuid.uuid4()):
        assert client.get(f"/passport/badges/{foreign}").status_code == 404
        for name in FILES:
            assert client.get(f"/passport/badges/{foreign}/{name}").status_code == 404
        for decision in Decision:
            answer = client.post(f"/passport/badges/{foreign}/decision", data={"decision": decision.value})
            assert answer.status_code == 404
        assert client.post(f"/passport/badges/{foreign}/words", data={"words": WORDS}).status_code == 404
    assert journal.news() == []


@pytest.mark.parametrize("path", ["decision", "words"])
@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_another_site_changes_nothing(world: World, path: str, headers: dict[str, str]) -> None:
    """A form on another site neither decides nor writes."""
    sani = new_participant(world)
    row = give_badge(world, sani, accepted=False)
    client, journal = open_passport(world, sani), Journal(world)
    data = {"decision": "accept", "words": WORDS}
    assert client.post(f"/passport/badges/{row}/{path}", data=data, headers=headers).status_code == 403
    step = {"words": WORDS, "step": step_hash(world, "digi-turva", 1)}
    assert client.post("/passport/steps/digi-turva/words", data=step, headers=headers).status_code == 403
    assert journal.news() == []


def test_without_a_visit_nothing_is_changed(world: World) -> None:
    """Every form leads to where a passport is opened."""
    sani = new_participant(world)
    row = give_badge(world, sani, accepted=False)
    journal = Journal(world)
    for path in (
        f"/passport/badges/{row}/decision",
        f"/passport/badges/{row}/words",
        "/passport/steps/digi-turva/words",
    ):
        answer = browser(world).post(path, data={"decision": "accept", "words": WORDS, "step": "x"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/p")
    assert journal.news() == []


def test_putting_away_and_taking_out(world: World) -> None:
    """Put away, the badge says that nobody sees it, and its links stop for good; taking it out is one press."""
    sani = new_participant(world)
    issued = world.issue(participant=str(sani), share={"purpose": "workplace", "expires_on": "2027-05-31"})
    client, here = open_passport(world, sani), f"/passport/badges/{row_of(world, issued['id'])}"
    page = client.get(here).text
    assert "Linkki työpaikalle. Toimii 31.5.2027 asti." in page
    assert 'href="/passport/share"' in page
    for decision, said in (("hide", "Merkki on syrjässä."), ("show", "Laita merkki syrjään")):
        answer = client.post(f"{here}/decision", data={"decision": decision})
        assert (answer.status_code, answer.headers["location"]) == (303, here)
        assert said in client.get(here).text
        assert world.client.get(issued["share_link"]).status_code == 410


def test_a_press_that_came_too_late_is_told(world: World) -> None:
    """Who declined in another window and then puts away reads why that is not possible; the badge can be taken again."""
    sani = new_participant(world)
    row = give_badge(world, sani)
    client = open_passport(world, sani)
    say(world, sani, row, Decision.DECLINE)
    answer = client.post(f"/passport/badges/{row}/decision", data={"decision": "hide"})
    assert answer.status_code == 409
    assert "Ota se ensin vastaan." in answer.text
    assert 'value="accept"' in answer.text


@pytest.mark.parametrize("data", [{}, {"decision": "burn"}, {"decision": "accept", "then": "https://evil.example"}])
def test_a_strange_form_is_refused(world: World, data: dict[str, str]) -> None:
    """Nothing is decided, and nobody is led elsewhere."""
    sani = new_participant(world)
    row = give_badge(world, sani, accepted=False)
    client, journal = open_passport(world, sani), Journal(world)
    assert client.post(f"/passport/badges/{row}/decision", data=data).status_code == 422
    assert journal.news() == []


def test_a_badge_that_does_not_stand_says_so(world: World) -> None:
    """The holder learns it before showing the badge: revoked with whom to ask, replaced with the way to the newer one, expired."""
    sani = new_participant(world)
    client = open_passport(world, sani)
    first = world.issue(participant=str(sani))
    row = row_of(world, first["id"])
    say(world, sani, row, Decision.ACCEPT)
    assert "Merkkisi on aito ja voimassa." in client.get(f"/passport/badges/{row}").text
    newer = correct(world, first["id"], "reissue", reason="issued-in-error", changes={"language": "sv"})
    world.clock.move(minutes=1)
    page = client.get(f"/passport/badges/{row}").text
    assert "Tämä merkki on korvattu uudella" in page
    assert f'href="/passport/badges/{row_of(world, newer.json()["id"])}"' in page
    assert "Merkkisi on aito ja voimassa." not in page
    expired = give_badge(world, sani, "kasi-puu", valid_until="2026-11-30")
    world.clock.move(days=20)
    again = open_passport(world, sani)
    assert "Aito, mutta vanhentunut 30.11.2026" in again.get(f"/passport/badges/{expired}").text


def test_the_files_hold_the_signed_bytes(world: World) -> None:
    """Every form is offered and is that of the claim link; none is kept by a cache."""
    sani = new_participant(world)
    issued = world.issue(participant=str(sani))
    row = row_of(world, issued["id"])
    say(world, sani, row, Decision.ACCEPT)
    claimed = {name: world.client.get(f"{issued['claim_link']}/{name}").content for name in FILES}
    client, here = open_passport(world, sani), f"/passport/badges/{row}"
    page = client.get(here).text
    for name in FILES:
        assert f'href="{here}/{name}" download' in page
        answer = client.get(f"{here}/{name}")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert answer.content == claimed[name]
    assert unbake(client.get(f"{here}/badge.png").content) == client.get(f"{here}/credential.json").content
    assert browser(world).get(f"{here}/badge.png").status_code == 303


def test_what_is_not_theirs_yet_is_only_looked_at(world: World) -> None:
    """Before the holder takes a badge there is nothing to write, to carry away or to put away."""
    sani = new_participant(world)
    row = give_badge(world, sani, accepted=False)
    page = open_passport(world, sani).get(f"/passport/badges/{row}").text
    assert "Ota vastaan" in page
    for later in ("Omat sanasi", "Ota merkki talteen", "Laita merkki syrjään"):
        assert later not in page


def test_own_words_are_kept(world: World) -> None:
    """Sani writes, chooses, saves, and finds everything again; emptied, it is gone."""
    sani = new_participant(world)
    row = give_badge(world, sani)
    client, here = open_passport(world, sani), f"/passport/badges/{row}"
    typed = {"words": "Aluksi\r\n<pelotti> & sitten", "sure_before": "2", "sure_after": "5"}
    answer = client.post(f"{here}/words?lang=sv", data=typed)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{here}?lang=sv#own")
    page = client.get(here).text
    assert field(page, "words") == "Aluksi\n<pelotti> & sitten"
    assert (chosen(page, "sure_before"), chosen(page, "sure_after")) == ("2", "5")
    assert "Sanasi ovat tallessa." in page
    assert client.post(f"{here}/words", data={"words": " ", "sure_before": "", "sure_after": ""}).status_code == 303
    page = client.get(here).text
    assert field(page, "words") == ""
    assert (chosen(page, "sure_before"), chosen(page, "sure_after")) == ("", "")
    assert "Sanasi ovat tallessa." not in page


@pytest.mark.parametrize(
    ("typed", "said", "wrong"),
    [
        ({"words": "x" * (LONGEST_WORDS + 1), "sure_before": "2", "sure_after": "3"}, "Teksti on liian pitkä", "words"),
        ({"words": "hyvä\u202e</textarea>olo", "sure_before": "2", "sure_after": "3"}, "ei voi lukea", "words"),
        ({"words": WORDS, "sure_before": "7", "sure_after": "3"}, "Valitse yksi viidestä", "sure_before"),
        ({"words": WORDS, "sure_before": "٣", "sure_after": "3"}, "Valitse yksi viidestä", "sure_before"),
        ({"words": WORDS, "sure_before": "2", "sure_after": "-1"}, "Valitse yksi viidestä", "sure_after"),
    ],
)
def test_a_refused_form_loses_nothing(world: World, typed: dict[str, str], said: str, wrong: str) -> None:
    """What was typed is still there, the mistake stands beside it and is tied to its field, and what was kept stays."""
    sani = new_participant(world)
    row = give_badge(world, sani)
    client, here = open_passport(world, sani), f"/passport/badges/{row}"
    client.post(f"{here}/words", data={"words": "Ensin tämä"})
    answer = client.post(f"{here}/words", data=typed)
    assert answer.status_code == 422
    assert field(answer.text, "words") == typed["words"]
    assert said in answer.text
    tied = 'aria-describedby="own-mistake'
    faulty = r'<textarea[^>]*name="words"[^>]*' if wrong == "words" else r'<fieldset class="scale"[^>]*'
    assert re.search(faulty + re.escape(tied), answer.text)
    if wrong != "sure_after":
        assert chosen(answer.text, "sure_after") == "3"
    assert field(client.get(here).text, "words") == "Ensin tämä"


def test_own_words_are_told_to_nobody(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """They are sealed in the database, and in no journal, no log and no page of anybody else."""
    sani, eino = two_people(world)
    row, theirs = give_badge(world, sani), give_badge(world, eino)
    client = open_passport(world, sani)
    client.post(f"/passport/badges/{row}/words", data={"words": WORDS, "sure_after": "4"})
    client.post("/passport/steps/digi-turva/words", data={"words": WORDS, "step": step_hash(world, "digi-turva", 2)})
    client.post(f"/passport/badges/{row}/words", data={"words": WORDS + "\0"})
    with world.rooms.database.read() as session:
        rows, events = session.exec(select(ReflectionRow)).all(), session.exec(select(EventRow)).all()
    assert len(rows) == 2
    texts = {
        "database": b" ".join([repr(rows).encode(), *(one.sealed_words or b"" for one in rows)]),
        "journal": repr([event.model_dump() for event in events]).encode(),
        "log": "".join(capsys.readouterr()).encode(),
        "Eino": open_passport(world, eino).get(f"/passport/badges/{theirs}").content,
        "Iida": world.client.get(f"/v1/participants/{sani}/progress", headers=world.as_iida()).content,
    }
    assert places_of({"own words": WORDS.encode()}, texts) == []
    assert "Aluksi pelotti" not in str({name: text.decode(errors="replace") for name, text in texts.items()})


def tick(world: World, participant: uuid.UUID, badge: str, *steps: int) -> None:
    """Let Iida tick steps."""
    for step in steps:
        address = f"/v1/participants/{participant}/progress/{badge}/{step}"
        assert world.client.post(address, json=SEEN, headers=world.as_iida()).status_code == 201


def states(page: str) -> list[str]:
    """Return how each step of a page stands."""
    return re.findall(r'<li id="step-\d+" tabindex="-1" class="([a-z]+)"', page)


def test_the_steps_on_the_way(world: World) -> None:
    """Each step is said to the holder; those that were seen have a day, and one is next. All are words, not dots alone."""
    sani = new_participant(world)
    tick(world, sani, "digi-turva", 2)
    page = open_passport(world, sani).get("/passport/steps/digi-turva").text
    assert states(page) == ["next", "seen", "later"]
    assert "Teet vahvan salasanan" in page
    assert page.count("Nähty 20.11.2026") == 1
    assert page.count("Seuraava askel") == 1


def test_steps_that_nobody_saw_yet(world: World) -> None:
    """A badge that was not begun has a next step too; a badge that is held has none, and leads to its page."""
    sani = new_participant(world)
    client = open_passport(world, sani)
    assert states(client.get("/passport/steps/digi-turva").text) == ["next", "later", "later"]
    row = give_badge(world, sani)
    page = client.get("/passport/steps/digi-turva").text
    assert "next" not in states(page)
    assert f'href="/passport/badges/{row}"' in page
    tick(world, sani, "kasi-puu", 1, 2, 3, 4)
    assert "Kaikki askeleet on nähty." in client.get("/passport/steps/kasi-puu").text


def test_own_words_about_a_step(world: World) -> None:
    """They are kept for that step alone, and a refused form comes back open at that step."""
    sani = new_participant(world)
    tick(world, sani, "digi-turva", 1)
    client, here = open_passport(world, sani), "/passport/steps/digi-turva"
    second = step_hash(world, "digi-turva", 2)
    answer = client.post(f"{here}/words", data={"words": WORDS, "step": second, "sure_before": "1"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{here}#step-2")
    shown = re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", client.get(here).text, re.DOTALL)
    assert [html.unescape(one) for one in shown] == ["", WORDS, ""]
    refused = client.post(f"{here}/words", data={"words": "x" * (LONGEST_WORDS + 1), "step": second})
    assert refused.status_code == 422
    assert refused.text.count('role="alert"') == 1
    assert re.search(r'<details class="screen" open>\s*<summary id="own-2-open"', refused.text)


@pytest.mark.parametrize("step", ["", "x", "0" * 64])
def test_a_step_that_is_none(world: World, step: str) -> None:
    """A step of another badge, or of none, is not written about."""
    sani = new_participant(world)
    client, journal = open_passport(world, sani), Journal(world)
    assert client.post("/passport/steps/digi-turva/words", data={"words": WORDS, "step": step}).status_code == 404
    other = step_hash(world, "kasi-puu", 1)
    assert client.post("/passport/steps/digi-turva/words", data={"words": WORDS, "step": other}).status_code == 404
    assert client.get("/passport/steps/nope").status_code == 404
    assert journal.news() == []


def test_the_form_of_a_badge_writes_about_no_step(world: World) -> None:
    """Whatever step it names, the words are about the badge."""
    sani = new_participant(world)
    row = give_badge(world, sani)
    client = open_passport(world, sani)
    client.post(f"/passport/badges/{row}/words", data={"words": WORDS, "step": "0" * 64})
    with world.rooms.database.read() as session:
        [kept] = session.exec(select(ReflectionRow)).all()
    assert kept.criterion_hash == ""


def written(client: TestClient) -> str:
    """Return what stands in the first field of the steps' page."""
    return field(client.get("/passport/steps/digi-turva").text, "words")


def test_others_do_not_see_them(world: World) -> None:
    """Another holder's page of the same badge is empty."""
    sani, eino = two_people(world)
    hers, his = open_passport(world, sani), open_passport(world, eino)
    hers.post("/passport/steps/digi-turva/words", data={"words": WORDS, "step": step_hash(world, "digi-turva", 1)})
    assert (written(hers), written(his)) == (WORDS, "")
