"""Cards to print from the phone: for a group, for chosen people, and another one for somebody who lost theirs."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from okbadges.organisations.stays import leave
from support.groups import Journal
from support.learners import new_group, new_member, new_participant
from support.passport import browser, new_card, open_with
from support.work import send, told, values_of, working
from support.world import BASE_URL, on_both_databases

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from okbadges.organisations.groups import Group
    from support.world import World


def address(group: Group) -> str:
    """Return where cards of a group are made."""
    return f"/workshop/groups/{group.id}/cards"


def filled(client: TestClient, path: str, *people: uuid.UUID, **changes: Any) -> dict[str, Any]:
    """Return the form of the page, for these people."""
    [repeat] = values_of(client.get(path).text, "repeat")
    return {"repeat": repeat, "person": [str(one) for one in people], "language": "fi", **changes}


def codes(sheet: str) -> list[str]:
    """Return the codes that stand on a sheet; the middle of a long identifier in an address is none."""
    return re.findall(r"(?<![\w-])(?:[0-9A-Z]{4}-){2}[0-9A-Z]{4}(?![\w-])", sheet)


def opens(world: World, code: str) -> bool:
    """Tell whether a code opens a passport."""
    return browser(world).post("/p", data={"code": code}).status_code == 303


@on_both_databases
@pytest.mark.parametrize(
    ("language", "button", "title"),
    [
        ("fi", "Näytä kortit", "Osaamispassin kortit"),
        ("sv", "Visa korten", "Kort till kompetenspasset"),
        ("en", "Show the cards", "Skills passport cards"),
    ],
)
def test_it_works(world: World, language: str, button: str, title: str) -> None:
    """Everybody without a card is chosen already; the sheet has a card and a strip for each, and each code opens a passport."""
    group = new_group(world)
    sani, eino, otto = (new_participant(world, group, label) for label in ("Sani", "Eino", "Otto"))
    new_card(world, otto)
    client = working(world)
    page = client.get(f"{address(group)}?lang={language}").text
    assert button in page
    assert re.findall(r'name="person" value="([^"]+)" checked', page) == [str(eino), str(sani)]
    assert re.findall(r'<option value="(\w+)" lang="\w+" selected>', page) == [language]
    journal = Journal(world)
    answer = send(client, address(group), filled(client, address(group), sani, eino, language=language))
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert title in answer.text
    assert answer.text.index("Eino") < answer.text.index("Sani")
    assert journal.actions() == ["card.issued", "card.issued"]
    assert len(codes(answer.text)) == 2
    assert all(opens(world, code) for code in codes(answer.text))
    assert answer.headers["cache-control"] == "no-store"


def test_loading_the_sheet_again_shows_the_same_cards(world: World) -> None:
    """The browser sends the form again: no new card is made, until somebody has opened theirs."""
    group = new_group(world)
    sani, eino, client = new_participant(world, group), new_participant(world, group, "Eino"), working(world)
    form = filled(client, address(group), sani, eino)
    first = codes(send(client, address(group), form).text)
    journal = Journal(world)
    assert codes(send(client, address(group), form).text) == first
    assert journal.news() == []
    assert opens(world, first[0])
    assert codes(send(client, address(group), form).text) == first[1:]
    assert "Kaikilla ryhmässä on jo kortti." in client.get(address(group)).text


def test_the_form_shows_nothing_to_anybody_else(world: World) -> None:
    """The key of Iida's form is of no use to an administrator."""
    group = new_group(world)
    sani, iida, aino = new_participant(world, group), working(world), working(world, world.keys.aino_id)
    form = filled(iida, address(group), sani)
    assert len(codes(send(iida, address(group), form).text)) == 1
    assert codes(send(aino, address(group), form).text) == []


def test_who_has_a_card_gets_no_other_here(world: World) -> None:
    """Even where their id is sent: a card is replaced on the page of the person only."""
    group = new_group(world)
    sani, client = new_participant(world, group), working(world)
    form = filled(client, address(group), sani)
    card = new_card(world, sani)
    journal = Journal(world)
    assert codes(send(client, address(group), form).text) == []
    assert journal.news() == []
    open_with(world, card)


def test_who_is_not_in_the_group_gets_no_card(world: World) -> None:
    """Somebody who left, and somebody else's participant."""
    group, theirs = new_group(world), new_group(world, slug="muiden", leader=new_member(world))
    sani, other = new_participant(world, group), new_participant(world, theirs, "Eino")
    left, client = new_participant(world, group, "Otto"), working(world)
    form = filled(client, address(group), sani, other, left)
    leave(world.rooms.writer, world.rooms.stamp("test"), group=group, participant_id=left)
    journal = Journal(world)
    assert len(codes(send(client, address(group), form).text)) == 1
    [(action, subject, _)] = journal.news()
    assert (action, subject) == ("card.issued", f"participant:{sani}")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"person": []}, "Valitse ainakin yksi osallistuja."),
        ({"person": ["x"]}, "Valitse ainakin yksi osallistuja."),
        ({"repeat": ""}, "Sivu on vanhentunut."),
        ({"repeat": "x" * 201}, "Sivu on vanhentunut."),
        ({"repeat": "a\0b"}, "Sivu on vanhentunut."),
    ],
)
def test_what_is_refused_makes_no_card(world: World, changes: dict[str, Any], says: str) -> None:
    """The page comes back with who was chosen."""
    group = new_group(world)
    sani, client = new_participant(world, group), working(world)
    form, journal = filled(client, address(group), sani, **changes), Journal(world)
    answer = send(client, address(group), form)
    assert answer.status_code == 422
    assert told(answer.text)[0].startswith(says)
    chosen = re.findall(r'name="person" value="([^"]+)" checked', answer.text)
    assert chosen == ([] if "person" in changes else [str(sani)])
    assert journal.news() == []


def test_a_language_that_there_is_not_is_the_pages_own(world: World) -> None:
    """Whatever is sent, the sheet is in one of the three."""
    group = new_group(world)
    client = working(world)
    for place, wrong in enumerate(("", "xx", "se", "\0")):
        one = new_participant(world, group, f"Sani {place}")
        answer = send(client, f"{address(group)}?lang=sv", filled(client, address(group), one, language=wrong))
        assert '<html lang="sv">' in answer.text


def test_an_administrators_sheet_has_no_labels(world: World) -> None:
    """Aino prints for everybody; the strips tell the end of an id."""
    group = new_group(world)
    sani, aino = new_participant(world, group), working(world, world.keys.aino_id)
    sheet = send(aino, address(group), filled(aino, address(group), sani)).text
    assert len(codes(sheet)) == 1
    assert "Sani" not in sheet
    assert f"…{sani.hex[-4:]}" in sheet


@pytest.mark.parametrize(
    ("language", "make", "new", "meet"),
    [
        ("fi", "Tee kortti", "Tee uusi kortti", "Tapaa hänet ensin itse."),
        ("sv", "Gör ett kort", "Gör ett nytt kort", "Träffa personen först."),
        ("en", "Make a card", "Make a new card", "Meet the person first."),
    ],
)
def test_a_lost_card_is_replaced(world: World, language: str, make: str, new: str, meet: str) -> None:
    """The first card, then another: it opens the same passport, the old one nothing any more; before it the page says what happens."""
    sani, client = new_participant(world), working(world)
    path = f"/workshop/people/{sani}/card?lang={language}"
    page = client.get(path).text
    assert f"<h1>{make}</h1>" in page
    assert meet not in page
    [first] = codes(send(client, path, filled(client, path)).text)
    page = client.get(path).text
    assert f"<h1>{new}</h1>" in page
    assert meet in page
    assert first not in page
    journal = Journal(world)
    form = filled(client, path)
    [second] = codes(send(client, path, form).text)
    assert codes(send(client, path, form).text) == [second]
    assert journal.actions() == ["card.issued"]
    assert (opens(world, first), opens(world, second)) == (False, True)


def test_a_card_that_was_opened_is_not_shown_again(world: World) -> None:
    """The sheet loaded again after its holder came says so, makes no card, and offers a form with a key of its own."""
    sani, client = new_participant(world), working(world)
    path = f"/workshop/people/{sani}/card"
    form = filled(client, path)
    [code] = codes(send(client, path, form).text)
    assert opens(world, code)
    journal = Journal(world)
    answer = send(client, path, form)
    assert answer.status_code == 409
    assert told(answer.text)[0].startswith("Tämä kortti on jo avattu tai korvattu")
    assert values_of(answer.text, "repeat") != [form["repeat"]]
    assert codes(answer.text) == []
    assert journal.news() == []


def test_a_group_that_there_is_not_makes_no_cards(world: World) -> None:
    """Another leader's, an unknown one."""
    theirs, client = new_group(world, slug="muiden", leader=new_member(world)), working(world)
    for group in (theirs.id, uuid.uuid4()):
        assert client.get(f"/workshop/groups/{group}/cards").status_code == 404
        assert send(client, f"/workshop/groups/{group}/cards", {"repeat": "x"}).status_code == 404


def test_the_address_of_a_card_is_on_the_sheet_alone(world: World) -> None:
    """What opens the passport is in no address and in no other page."""
    sani, client = new_participant(world), working(world)
    path = f"/workshop/people/{sani}/card"
    assert f"{BASE_URL.removeprefix('http://')}" in send(client, path, filled(client, path)).text.replace("<wbr>", "")
    for page in (path, f"/workshop/people/{sani}", "/workshop?at=groups"):
        assert codes(client.get(page).text) == []
