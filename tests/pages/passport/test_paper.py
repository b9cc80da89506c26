"""``/passport/paper``: what others will see is seen first, the paper tells no more than anyone may know, and its link ends like any other."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

import pytest

from okbadges.passport.accepting import Decision
from okbadges.passport.own_links import own_links
from okbadges.passport.sharing import Purpose
from support.groups import Journal
from support.passport import browser, say
from support.sharing import (
    NO_LINK,
    Sharer,
    address_of,
    everything,
    hidden_fields,
    new_link,
    passport_of,
    sharer,
    write,
)
from support.world import on_both_databases

if TYPE_CHECKING:
    from support.world import World

PAPER = "/passport/paper"
SHARE = "/passport/share"


def revoke(world: World, sani: Sharer, badge: str) -> None:
    """Let Iida take one of their badges back."""
    path = f"/v1/credentials/{sani.issued[badge]['id']}/revoke"
    assert world.client.post(path, json={"reason": "issued-in-error"}, headers=world.as_iida()).status_code == 200


def names(page: str) -> list[str]:
    """Return the badges of a paper, in its order."""
    return re.findall(r'<h2 class="badge-name">([^<]+)</h2>', page)


@on_both_databases
def test_it_works(world: World) -> None:
    """One press shows what the code will show, one more makes the paper with every badge, by family, and the code of its link."""
    sani = sharer(world)
    client, journal = passport_of(world, sani), Journal(world)
    assert f'href="{PAPER}"' in client.get("/passport").text
    preview = client.get(PAPER)
    assert preview.status_code == 200
    assert preview.headers["cache-control"] == "no-store"
    assert preview.text.count("Aito ja voimassa") == 6  # in the overview, and with each badge
    assert "Kemin taitopaja" not in preview.text
    assert journal.actions() == []
    made = client.post(SHARE, data=hidden_fields(preview.text, SHARE))
    assert made.status_code == 303
    assert journal.actions() == ["share-link.made"]
    paper = client.get(made.headers["location"])
    assert paper.headers["cache-control"] == "no-store"
    assert names(paper.text) == ["Arjen ruoanlaitto", "Turvallisesti verkossa", "Keittiötyön perusteet"]
    link = uuid.UUID(made.headers["location"].removeprefix(f"{PAPER}/"))
    code = re.search(r"Koodi: <strong>([^<]+)</strong> osoitteessa http://localhost:8000/verify</p>", paper.text)
    assert code
    typed = world.client.post("/verify", data={"text": code[1]}, follow_redirects=False)
    assert typed.headers["location"] == address_of(world, link)
    assert 'class="address"' not in paper.text


def test_its_link_is_a_link_like_any_other(world: World) -> None:
    """For nobody in particular, for a year at the most; listed with the others, and gone for everybody once it is taken back."""
    sani = sharer(world, "digi-turva")
    client = passport_of(world, sani)
    made = client.post(SHARE, data=hidden_fields(client.get(PAPER).text, SHARE)).headers["location"]
    with world.rooms.database.read() as session:
        [link] = own_links(session, sani.holder.participants, now=world.clock())
    assert (link.purpose, link.shows, link.has_name) == (Purpose.OTHER, frozenset(), False)
    assert link.expires_on.isoformat() == "2027-11-21"
    assert "Koodi toimii 21.11.2027 asti." in client.get(made).text
    assert f"{SHARE}/links/{link.id}" in client.get(f"{SHARE}/links").text
    assert client.post(f"{SHARE}/links/{link.id}/withdraw").status_code == 303
    assert world.client.get(address_of(world, link.id), headers={"Accept": "text/html"}).status_code == 410
    ended = client.get(made)
    assert (ended.status_code, ended.headers["location"]) == (303, f"{SHARE}/links/{link.id}")


def test_pressing_twice_makes_one_link(world: World) -> None:
    """The second press leads to the same paper."""
    sani = sharer(world, "digi-turva")
    client, journal = passport_of(world, sani), Journal(world)
    wish = hidden_fields(client.get(PAPER).text, SHARE)
    first, second = (client.post(SHARE, data=wish).headers["location"] for _ in range(2))
    assert first == second
    assert journal.actions() == ["share-link.made"]


def test_a_paper_can_be_printed_again(world: World) -> None:
    """A link to the same badges is offered first; one that shows other badges, or more beside them, is not."""
    sani = sharer(world, "digi-turva", "arki-ruoka")
    client = passport_of(world, sani)
    others = (
        new_link(world, sani),
        new_link(world, sani, purpose=Purpose.OTHER, shows=everything()),
        new_link(world, sani, purpose=Purpose.OTHER, name="Sani"),
        new_link(world, sani, purpose=Purpose.OTHER, credentials=(sani.rows["digi-turva"],)),
    )
    page = client.get(PAPER).text
    assert not any(f"{PAPER}/{other}" in page for other in others)
    same = new_link(world, sani, purpose=Purpose.OTHER)
    assert f'href="{PAPER}/{same}"' in client.get(PAPER).text


def test_one_badge_has_a_paper_of_its_own(world: World) -> None:
    """From the page of a badge, and with that badge alone."""
    sani = sharer(world, "digi-turva", "arki-ruoka")
    client, row = passport_of(world, sani), sani.rows["arki-ruoka"]
    door = f"{PAPER}?badge={row}"
    assert f'href="{door}"' in client.get(f"/passport/badges/{row}").text
    preview = client.get(door).text
    assert "Turvallisesti verkossa" not in preview
    made = client.post(SHARE, data=hidden_fields(preview, SHARE)).headers["location"]
    assert names(client.get(made).text) == ["Arjen ruoanlaitto"]


def test_the_choices_lead_to_a_paper_too(world: World) -> None:
    """Whoever changes something in the preview is led to the paper all the same."""
    sani = sharer(world, "digi-turva", "arki-ruoka")
    client = passport_of(world, sani)
    again = client.post(f"{SHARE}/change", data=hidden_fields(client.get(PAPER).text, SHARE)).text
    assert '<input type="hidden" name="then" value="paper">' in again
    form = {"purpose": "other", "badges": [str(sani.rows["arki-ruoka"])], "expires_on": "2027-01-01", "then": "paper"}
    preview = client.post(f"{SHARE}/preview", data=form).text
    made = client.post(SHARE, data=hidden_fields(preview, SHARE)).headers["location"]
    assert made.startswith(PAPER)
    assert "Koodi toimii 1.1.2027 asti." in client.get(made).text


def test_a_paper_tells_no_more_than_anyone_may_know(world: World) -> None:
    """Not even that of a link to a teacher: no workshop, no day, no name, no own words, nothing that may be recognised."""
    sani = sharer(world, "digi-turva")
    write(world, sani, "Olen ylpeä")
    link = new_link(world, sani, purpose=Purpose.STUDY_PLAN, shows=everything(), name="Xanthippa")
    page = passport_of(world, sani).get(f"{PAPER}/{link}").text
    for said in ("marraskuussa 2026", "OK! osaamismerkit", "Tekee vahvan salasanan", "VVTD26, VVTD", "Nimi"):
        assert said in page
    for private in ("Kemin", "Kahvila", "20.11.2026", "Xanthippa", "ylpeä", "osp", "tunnustaa", "TUVA"):
        assert private not in page


def test_what_does_not_stand_is_not_on_paper(world: World) -> None:
    """A badge that was revoked since is left out, and the page says so; with nothing left there is no paper."""
    sani = sharer(world, "digi-turva", "arki-ruoka")
    link = new_link(world, sani, purpose=Purpose.OTHER)
    client = passport_of(world, sani)
    assert "Paperilla ovat vain ne merkit" not in client.get(f"{PAPER}/{link}").text
    revoke(world, sani, "arki-ruoka")
    world.clock.move(seconds=2)
    page = client.get(f"{PAPER}/{link}").text
    assert names(page) == ["Turvallisesti verkossa"]
    assert "Paperilla ovat vain ne merkit" in page
    revoke(world, sani, "digi-turva")
    world.clock.move(seconds=2)
    page = client.get(f"{PAPER}/{link}").text
    assert "Mikään näistä merkeistä ei ole nyt voimassa." in page
    assert 'class="sheet' not in page


def test_without_a_badge_that_stands_there_is_nothing_to_print(world: World) -> None:
    """Whoever has none is led to the page that says what to do; one that was put away after the preview is refused there."""
    sani = sharer(world, "digi-turva", "arki-ruoka")
    client, journal = passport_of(world, sani), Journal(world)
    preview = client.get(PAPER).text
    say(world, sani.participant, sani.rows["arki-ruoka"], Decision.HIDE)
    refused = client.post(SHARE, data=hidden_fields(preview, SHARE))
    assert refused.status_code == 409
    assert "ei ole enää passissasi" in refused.text
    say(world, sani.participant, sani.rows["digi-turva"], Decision.HIDE)
    answer = client.get(PAPER)
    assert (answer.status_code, answer.headers["location"]) == (303, SHARE)
    assert "share-link.made" not in journal.actions()


def test_nobody_sees_the_papers_of_others(world: World) -> None:
    """A foreign link or badge is not found, in the same words as one that never was; nothing opens without a passport."""
    sani, veikko = sharer(world, "digi-turva"), sharer(world, "arki-ruoka")
    link = new_link(world, veikko)
    client, journal = passport_of(world, sani), Journal(world)
    for path in (f"/{link}", f"/{NO_LINK}", f"?badge={veikko.rows['arki-ruoka']}", f"?badge={NO_LINK}"):
        answer = client.get(PAPER + path)
        assert answer.status_code == 404
        assert "Arjen ruoanlaitto" not in answer.text
    for path in ("/nonsense", "?badge=nonsense"):
        assert client.get(PAPER + path).status_code == 422
    for path in ("", f"/{link}"):
        answer = browser(world).get(PAPER + path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/p")
    assert journal.actions() == []


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("fi", "Tämä on kopio. Lue koodi, niin näet tilanteen nyt."),
        ("sv", "Det här är en kopia. Läs koden så ser du hur det är nu."),
        ("en", "This is a copy. Scan the code to see the current state."),
    ],
)
def test_it_says_that_it_is_a_copy(world: World, language: str, says: str) -> None:
    """In each language, on every sheet."""
    sani = sharer(world, "digi-turva", "arki-ruoka", "kasi-keittio", "kasi-puu", "digi-laite")
    page = passport_of(world, sani).get(f"{PAPER}/{new_link(world, sani)}?lang={language}").text
    assert page.count('<section class="sheet') == 2
    assert page.count(says) == 2
