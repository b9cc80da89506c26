"""``/passport``: a new badge first, then a calm shelf; nothing in it counts what is missing."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

import pytest

from okbadges.catalogue.shelf import latest_badge
from okbadges.passport.accepting import Decision
from support.learners import new_participant
from support.passport import browser, give_badge, open_passport, row_of, say, two_people
from support.world import on_both_databases

if TYPE_CHECKING:
    from support.world import World

SEEN = {"observed_by": "instructor", "method": "observation", "observed_on": "2026-11-20"}
SHELF = "/passport?at=shelf"


def tick(world: World, participant: uuid.UUID, badge: str, *steps: int) -> None:
    """Let Iida tick steps."""
    for step in steps:
        address = f"/v1/participants/{participant}/progress/{badge}/{step}"
        assert world.client.post(address, json=SEEN, headers=world.as_iida()).status_code == 201


@on_both_databases
@pytest.mark.parametrize(
    ("language", "title", "accept", "later", "decline"),
    [
        ("fi", "Sinulla on uusi merkki", "Ota vastaan", "Ei nyt", "En halua tätä merkkiä"),
        ("sv", "Du har ett nytt märke", "Ta emot", "Inte nu", "Jag vill inte ha märket"),
        ("en", "You have a new badge", "Accept", "Not now", "I do not want this badge"),
    ],
)
def test_it_works(world: World, language: str, title: str, accept: str, later: str, decline: str) -> None:
    """A new badge comes first and alone: what Sani can do, in her language and said to her, and three ways to answer."""
    sani = new_participant(world)
    give_badge(world, sani, "kasi-puu")
    give_badge(world, sani, "digi-turva", accepted=False)
    answer = open_passport(world, sani).get(f"/passport?lang={language}")
    assert answer.status_code == 200
    assert f"<h1>{title}</h1>" in answer.text
    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert [word for word in (accept, later, decline) if word in answer.text] == [accept, later, decline]
    assert answer.text.index(accept) < answer.text.index(later) < answer.text.index(decline)
    assert "digi-turva" in answer.text
    assert "kasi-puu" not in answer.text
    with world.rooms.database.read() as session:
        you = latest_badge(session, "digi-turva").you
    assert you is not None
    assert you.description.in_language(language)[0] in answer.text


def test_who_has_no_visit_is_sent_to_where_it_is_opened(world: World) -> None:
    """Nothing of a passport is answered without its card."""
    for path in ("/passport", SHELF, f"/passport/badges/{uuid.uuid4()}", "/passport/steps/digi-turva"):
        answer = browser(world).get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/p"), path
        assert answer.headers["cache-control"] == "no-store"


def test_accepting_leads_to_the_shelf(world: World) -> None:
    """After the press the next new badge comes, then the shelf with the newest large; each time the page says what was done."""
    sani = new_participant(world)
    first = give_badge(world, sani, "kasi-puu", accepted=False)
    world.clock.move(minutes=1)
    second = give_badge(world, sani, "arki-ruoka", accepted=False)
    client = open_passport(world, sani)
    for row, name in ((second, "Arjen ruoanlaitto"), (first, "Puutyön perusteet")):
        page = client.get("/passport").text
        action = re.search(r'<form class="choice screen" method="post" action="([^"]+)"', page)
        assert action is not None
        assert action[1] == f"/passport/badges/{row}/decision"
        said = client.post(action[1], data={"decision": "accept", "then": "passport"})
        assert (said.status_code, said.headers["location"]) == (303, f"/passport?about={row}")
        after = client.get(said.headers["location"]).text
        assert "Merkki on nyt passissasi:" in after
        assert f"<strong>{name}</strong>" in after
    assert after.index("Arjen ruoanlaitto</a></h2>") < after.index("Puutyön perusteet</a>")


def test_not_now_leads_to_the_shelf_where_it_waits(world: World) -> None:
    """Nothing is decided; the badge waits at the top of the shelf."""
    sani = new_participant(world)
    row = give_badge(world, sani, accepted=False)
    client = open_passport(world, sani)
    assert f'href="{SHELF}">Ei nyt</a>' in client.get("/passport").text
    page = client.get(SHELF).text
    assert "Odottaa sinua" in page
    assert f'href="/passport/badges/{row}"' in page


def test_declining_needs_no_reason_and_can_be_undone(world: World) -> None:
    """What was declined is put away, folded, and can be taken from there."""
    sani = new_participant(world)
    row = give_badge(world, sani, accepted=False)
    client = open_passport(world, sani)
    said = client.post(f"/passport/badges/{row}/decision", data={"decision": "decline", "then": "passport"})
    page = client.get(said.headers["location"]).text
    assert "Et ottanut merkkiä vastaan:" in page
    assert re.search(rf'<details class="fold away.*href="/passport/badges/{row}"', page, re.DOTALL)
    assert "Ota vastaan" in client.get(f"/passport/badges/{row}").text


def test_the_page_says_only_what_is_true(world: World) -> None:
    """An address cannot make it say that something was accepted."""
    sani, eino = two_people(world)
    new, theirs = give_badge(world, sani, accepted=False), give_badge(world, eino)
    client = open_passport(world, sani)
    for row in (new, theirs, uuid.uuid4()):
        assert "Merkki on nyt" not in client.get(f"{SHELF}&about={row}").text


def test_the_shelf_is_grouped_by_family(world: World) -> None:
    """Each family has its heading and its colour; each badge its picture and its name; the newest stands first and large."""
    sani = new_participant(world)
    for badge in ("kasi-puu", "kasi-keittio", "digi-turva", "arki-ruoka"):
        give_badge(world, sani, badge)
        world.clock.move(minutes=1)
    page = open_passport(world, sani).get("/passport").text
    assert re.search(r'<section class="newest family-arki".*?Arjen ruoanlaitto', page, re.DOTALL)
    shelves = re.findall(r'<section class="shelf family-([a-z]+)"', page)
    assert shelves == ["digi", "kadentaidot"]
    crafts = page[page.index("shelf family-kadentaidot") :]
    assert crafts.index("Keittiötyön perusteet") < crafts.index("Puutyön perusteet")
    assert 'href="/passport/share"' in page


def test_the_next_step_is_one_line(world: World) -> None:
    """A badge on its way says what comes next, to its holder, and nothing of how much is missing."""
    sani = new_participant(world)
    tick(world, sani, "digi-turva", 1, 3)
    page = open_passport(world, sani).get("/passport").text
    assert "Seuraava askel: Tunnistat huijausviestin esimerkkien joukosta" in page
    assert 'href="/passport/steps/digi-turva"' in page
    assert "Tarkistat" not in page


def test_when_all_steps_were_seen_somebody_is_named_to_ask(world: World) -> None:
    """There is no next step; the instructor gives the badge."""
    sani = new_participant(world)
    tick(world, sani, "digi-turva", 1, 2, 3)
    assert "Kaikki askeleet on nähty. Kysy merkkiä ohjaajaltasi." in open_passport(world, sani).get("/passport").text


def test_a_summary_badge_comes_near(world: World) -> None:
    """The small badges that lead to it are named when they are few; of other summary badges nothing is said."""
    sani = new_participant(world)
    with world.rooms.database.read() as session:
        needed = latest_badge(session, "kooste-yhteiskunta").collects
        names = [latest_badge(session, slug).name.in_language("fi")[0] for slug in needed]
    for badge in needed[:-2]:
        give_badge(world, sani, badge)
    client = open_passport(world, sani)
    page = client.get("/passport").text
    assert f"2 pientä merkkiä vielä tähän koostemerkkiin: {names[-2]}, {names[-1]}" in page
    for badge in needed[-2:]:
        give_badge(world, sani, badge)
    assert "Sinulla on kaikki pienet merkit tätä koostemerkkiä varten." in client.get("/passport").text


def test_nothing_is_counted(world: World) -> None:
    """No number of badges, steps or tries stands on a passport that is not empty."""
    sani = new_participant(world)
    for badge in ("kasi-puu", "kasi-keittio"):
        give_badge(world, sani, badge)
    tick(world, sani, "digi-turva", 1)
    page = open_passport(world, sani).get("/passport").text
    seen = re.sub(r"<[^>]+>", " ", page[page.index("<main") : page.index("</main>")])
    assert re.findall(r"\d", seen) == []


@pytest.mark.parametrize(
    ("language", "words"),
    [("fi", "Passisi on valmis"), ("sv", "Ditt pass är redo"), ("en", "Your passport is ready")],
)
def test_an_empty_passport_is_kind(world: World, language: str, words: str) -> None:
    """Somebody new reads what will come here, and where badges can be looked at."""
    page = open_passport(world, new_participant(world)).get(f"/passport?lang={language}").text
    assert words in page
    assert f'href="/badges?lang={language}"' in page


def test_what_was_revoked_is_said_on_the_shelf(world: World) -> None:
    """In words, not by its colour alone."""
    sani = new_participant(world)
    issued = world.issue(participant=str(sani))
    say(world, sani, row_of(world, issued["id"]), Decision.ACCEPT)
    world.client.post(
        f"/v1/credentials/{issued['id']}/revoke", json={"reason": "issued-in-error"}, headers=world.as_iida()
    )
    assert "Ei enää voimassa" in open_passport(world, sani).get("/passport").text


def test_nothing_of_the_workshop_is_told(world: World) -> None:
    """Not even to the holder's screen, which others may see: no organisation, no workshop, no label."""
    sani = new_participant(world)
    row = give_badge(world, sani)
    tick(world, sani, "digi-laite", 1)
    client = open_passport(world, sani)
    for path in ("/passport", f"/passport/badges/{row}", "/passport/steps/digi-laite"):
        page = client.get(path).text
        for private in ("Kemin", "Kahvila", "Sani", "Iida", str(sani)):
            assert private not in page, path


def test_every_page_of_it_has_its_frame(world: World) -> None:
    """One main heading, a title of its own, the ways between its pages, the way out, and no promise that there is no cookie."""
    sani = new_participant(world)
    row = give_badge(world, sani)
    client = open_passport(world, sani)
    titles = set()
    for path in ("/passport", f"/passport/badges/{row}", "/passport/steps/digi-turva", "/p"):
        page = client.get(path).text
        assert len(re.findall(r"<h1", page)) == 1, path
        assert "Ei evästeitä" not in page
        assert 'name="robots" content="noindex' in page
        titles.add(re.search(r"<title>(.*)</title>", page)[1])  # type: ignore[index]
        if path != "/p":
            assert 'action="/passport/close"' in page
            assert '<nav class="tabs' in page
    assert len(titles) == 4


def test_a_preview_gives_nobody_away(world: World) -> None:
    """What a chat would show of the address names no badge."""
    sani = new_participant(world)
    row = give_badge(world, sani)
    page = open_passport(world, sani).get(f"/passport/badges/{row}").text
    assert re.search(r'property="og:title" content="Osaamispassi"', page)
    assert not re.search(r'property="og:[a-z]+" content="[^"]*Turvallisesti', page)
