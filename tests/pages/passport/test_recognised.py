"""What schools recognised, in the passport: in good words, to its holder only; an endorsement is shown where the holder includes it."""

from __future__ import annotations

import io
import uuid
import zipfile
from typing import TYPE_CHECKING

import orjson
import pytest
from sqlalchemy import update
from sqlmodel import col

from okbadges.keys.rotation import mark_compromised
from okbadges.organisations.issuers import find_issuer
from okbadges.passport.own_links import Shown
from okbadges.passport.sharing import Purpose
from okbadges.recognition.record import Decided
from okbadges.storage.tables import DecisionRow
from support.college import new_college
from support.decided import YTYK, decide
from support.passport import PAGE
from support.sharing import address_of, new_link, passport_of, sharer
from support.world import on_both_databases

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from okbadges.passport.shown_endorsements import Endorsement
    from okbadges.recognition.record import DecisionRecord
    from support.college import College
    from support.sharing import Sharer
    from support.world import World

SHELF = "/passport?at=shelf"


@pytest.fixture
def college(world: World) -> College:
    """Return a college with an issuer of its own."""
    return new_college(world, own_issuer=True)


@pytest.fixture
def sani(world: World) -> Sharer:
    """Return Sani with two badges."""
    return sharer(world, "digi-turva", "arki-ruoka")


def endorse(world: World, college: College, made: DecisionRecord) -> list[Endorsement]:
    """Let the teacher press the button."""
    return world.rooms.endorsing.endorse(college.provider.organisation, made.id, actor="test")


def seen_by_others(world: World, link: uuid.UUID, *, language: str = "fi") -> str:
    """Return the page behind a link."""
    return world.client.get(f"{address_of(world, link)}?lang={language}", headers=PAGE).text


@on_both_databases
@pytest.mark.parametrize(
    ("language", "lead", "rest"),
    [
        ("fi", "Ammattiopisto Lappia tunnusti:", "Työelämässä toimiminen, 2\N{NO-BREAK SPACE}osp"),
        ("sv", "Ammattiopisto Lappia har erkänt:", "Att verka i arbetslivet, 2\N{NO-BREAK SPACE}kp"),
        ("en", "Ammattiopisto Lappia recognised:", "Operating in the world of work, 2 competence points"),
    ],
)
def test_it_works(world: World, college: College, sani: Sharer, language: str, lead: str, rest: str) -> None:
    """The shelf and the badge that counted tell it in one line; the badge that did not count says nothing of it."""
    decide(world, college, sani, bars={"arki-ruoka": "no-record"})
    opened = passport_of(world, sani)
    for address, is_told in ((SHELF, True), (page_of(sani, "digi-turva"), True), (page_of(sani, "arki-ruoka"), False)):
        page = opened.get(address, params={"lang": language}).text
        assert (lead in page) is is_told, address
        assert (rest in page) is is_told, address


def page_of(sani: Sharer, badge: str) -> str:
    """Return the address of a badge in the passport."""
    return f"/passport/badges/{sani.rows[badge]}"


def test_not_now_is_the_next_step(world: World, college: College, sani: Sharer) -> None:
    """What the teacher wrote is shown as what comes next; no word of it says that something failed or was refused."""
    decide(world, college, sani, decided=Decided.NOT_NOW, bars={"arki-ruoka": "no-record"})
    opened = passport_of(world, sani)
    for address in (SHELF, page_of(sani, "digi-turva"), page_of(sani, "arki-ruoka")):
        page = opened.get(address).text
        assert "Seuraava askel opinnoissasi" in page
        assert "Näytä vielä, miten teet työsopimuksen." in page
        for word in ("hyläty", "hylätty", "epäonnis", "ei tunnust", "puuttu", "ei riitä"):
            assert word not in page.casefold(), word


def test_a_part_and_a_referral(world: World, college: College, sani: Sharer) -> None:
    """A part says that it is one; a referral says that another teacher looks at it."""
    decide(world, college, sani, decided=Decided.PART)
    decide(world, college, sani, decided=Decided.REFER, target=YTYK)
    page = passport_of(world, sani).get(SHELF).text
    assert "Ammattiopisto Lappia tunnusti osan:" in page
    assert "Työelämässä toimiminen, 1\N{NO-BREAK SPACE}osp" in page
    assert "Toinen opettaja katsoo tätä" in page


def test_what_was_superseded_disappears(world: World, college: College, sani: Sharer) -> None:
    """Only the decision that stands is told."""
    made = decide(world, college, sani)
    decide(world, college, sani, decided=Decided.PART, supersedes=made.id, correction="Osa riittää.")
    page = passport_of(world, sani).get(SHELF).text
    assert page.count("Ammattiopisto Lappia") == 1
    assert "tunnusti osan" in page


def test_nobody_else_sees_it(world: World, college: College, sani: Sharer) -> None:
    """Neither another passport nor any link of Sani's, not even one for a teacher, tells what a school decided."""
    link = new_link(world, sani, purpose=Purpose.STUDY_PLAN, shows=frozenset(Shown) - {Shown.ENDORSEMENT})
    made = decide(world, college, sani, link=link)
    endorse(world, college, made)
    world.clock.move(minutes=1)
    later = new_link(world, sani, purpose=Purpose.STUDY_PLAN, shows=frozenset(Shown) - {Shown.ENDORSEMENT})
    other = sharer(world, "kasi-puu")
    pages = [seen_by_others(world, link), seen_by_others(world, later), passport_of(world, other).get(SHELF).text]
    assert [page for page in pages if "Lappia" in page] == []


def test_a_record_that_was_altered_says_nothing(world: World, college: College, sani: Sharer) -> None:
    """The shelf stays open, and leaves it out."""
    made = decide(world, college, sani)
    forged = update(DecisionRow).where(col(DecisionRow.id) == made.id).values(record_hash="0" * 64)
    world.rooms.writer.write(lambda connection: connection.execute(forged))
    answer = passport_of(world, sani).get(SHELF)
    assert answer.status_code == 200
    assert "Lappia" not in answer.text


def test_an_endorsement_is_on_a_link_that_includes_it(world: World, college: College, sani: Sharer) -> None:
    """The choice appears with the endorsement; a link with it shows the school's words, checked, and the file; one without does not."""
    opened = passport_of(world, sani)
    assert 'value="endorsement"' not in opened.get("/passport/share").text
    (endorsement,) = endorse(world, college, decide(world, college, sani, only=("digi-turva",)))
    assert 'value="endorsement"' in opened.get("/passport/share").text
    with_it = new_link(world, sani, shows=frozenset({Shown.ENDORSEMENT}))
    without = new_link(world, sani)
    page = seen_by_others(world, with_it)
    assert page.count("on tunnustanut osaamisen: Työelämässä toimiminen (YTTT)") == 1
    assert "Vahvistus on aito. Sen on allekirjoittanut Ammattiopisto Lappia." in page
    assert "Lappia" not in seen_by_others(world, without)
    files = [f"{address_of(world, link)}/endorsements/{endorsement.id}" for link in (with_it, without)]
    found = [world.client.get(file) for file in files]
    assert [one.status_code for one in found] == [200, 404]
    assert found[0].content == endorsement.document
    assert world.client.post("/v1/verify", content=found[0].content).json()["kind"] == "endorsement"


def test_the_preview_shows_it_and_the_link_says_it(world: World, college: College, sani: Sharer) -> None:
    """The holder sees before what others will see."""
    endorse(world, college, decide(world, college, sani))
    opened = passport_of(world, sani)
    form = {
        "purpose": "workplace",
        "badges": [str(row) for row in sani.rows.values()],
        "shows": ["endorsement"],
        "expires_on": "2026-12-20",
    }
    page = opened.post("/passport/share/preview", data=form, headers={"Origin": "http://localhost:8000"}).text
    assert "Oppilaitoksen vahvistus merkistäsi." in page
    assert "on tunnustanut osaamisen" in page


def test_what_was_made_after_the_link_is_not_on_it(world: World, college: College, sani: Sharer) -> None:
    """Nobody looked at it when the link was made."""
    link = new_link(world, sani, shows=frozenset({Shown.ENDORSEMENT}))
    world.clock.move(minutes=1)
    endorse(world, college, decide(world, college, sani))
    assert "Lappia" not in seen_by_others(world, link)


def test_what_does_not_hold_any_more_is_not_shown(world: World, college: College, sani: Sharer) -> None:
    """With a superseded decision, or a key that was found compromised, the words of the school are gone from the link."""
    made = decide(world, college, sani)
    endorse(world, college, made)
    link = new_link(world, sani, shows=frozenset({Shown.ENDORSEMENT}))
    assert "Lappia" in seen_by_others(world, link)
    world.clock.move(minutes=1)
    rooms = world.rooms
    with rooms.database.read() as session:
        issuer = find_issuer(session, "lappia")
    mark_compromised(rooms.keyring, rooms.database, rooms.writer, rooms.stamp("test"), issuer, 1, since=world.clock())
    assert "Lappia" not in seen_by_others(world, link)
    link = new_link(world, sani, shows=frozenset({Shown.ENDORSEMENT}))
    endorse(world, college, made)
    decide(world, college, sani, decided=Decided.NOT_NOW, supersedes=made.id, correction="Kesken.")
    assert "Lappia" not in seen_by_others(world, link)


def test_the_holder_carries_it_away(world: World, college: College, sani: Sharer) -> None:
    """The badge's page has the file, and everything to take along has the decision in words and the endorsement; nobody who decided is named."""
    (endorsement,) = endorse(world, college, decide(world, college, sani, grade="3", only=("digi-turva",)))
    opened = passport_of(world, sani)
    file = f"/passport/share/endorsements/{endorsement.id}"
    assert file in opened.get(page_of(sani, "digi-turva")).text
    assert opened.get(file).content == endorsement.document
    archive = zipfile.ZipFile(io.BytesIO(opened.get("/passport/settings/everything.zip").content))
    assert archive.read("endorsements/01.json") == endorsement.document
    everything = archive.read("everything.json")
    (told,) = orjson.loads(everything)["decisions"]
    assert (told["decided"], told["grade"], told["superseded"]) == ("full", "3", False)
    assert told["grounds"]["fi"] == "Merkit ja työpajan raportti."
    assert b"Tuula" not in everything


def test_it_is_nobody_elses_to_carry_away(world: World, college: College, sani: Sharer) -> None:
    """Another passport does not open it."""
    (endorsement, _) = endorse(world, college, decide(world, college, sani))
    other: TestClient = passport_of(world, sharer(world, "kasi-puu"))
    assert other.get(f"/passport/share/endorsements/{endorsement.id}").status_code == 404
    assert other.get(f"/passport/share/endorsements/{uuid.uuid4()}").status_code == 404


def test_erasing_says_what_stays(world: World, sani: Sharer) -> None:
    """Before anything is erased the page says that a school's decision stays, without a name."""
    page = passport_of(world, sani).get("/passport/settings/erase").text
    assert "päätös jää oppilaitokselle" in page
