"""``/passport/mail`` and ``/p/mail``: an address is added and confirmed, and a link that was asked for opens the passport once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from okbadges.passport.holder import PINS
from okbadges.passport.mail import CODES, TO_ONE_ADDRESS
from support.learners import new_participant
from support.passport import browser, give_pin, new_card, open_passport, open_with, two_people
from support.smtp import mailing
from support.world import on_both_databases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi.testclient import TestClient

    from support.smtp import Mailing
    from support.world import World

SANI = "sani@posti.example"
DOORS = [
    ("GET", "/passport/mail"),
    ("POST", "/passport/mail"),
    ("POST", "/passport/mail/code"),
    ("POST", "/passport/mail/remove"),
    ("GET", "/p/mail"),
    ("POST", "/p/mail"),
    ("GET", "/p/mail/sent"),
    ("GET", "/p/mail/abc"),
    ("POST", "/p/mail/abc"),
]


@pytest.fixture
def mails(world: World) -> Iterator[Mailing]:
    """Return an installation that has mail."""
    with mailing(world) as found:
        yield found


def add(mails: Mailing, client: TestClient, address: str = SANI) -> None:
    """Add and confirm an address, as a holder does."""
    assert client.post("/passport/mail", data={"address": address}).headers["location"] == "/passport/mail?done=added"
    mails.deliver()
    answer = client.post("/passport/mail/code", data={"code": mails.code()})
    assert answer.headers["location"] == "/passport/mail?done=confirmed", answer.text


def link(mails: Mailing, client: TestClient, address: str = SANI) -> str:
    """Ask for a link in a browser and return its path."""
    answer = client.post("/p/mail", data={"address": address})
    assert (answer.status_code, answer.headers["location"]) == (303, "/p/mail/sent")
    mails.deliver()
    return mails.link()


def is_open(client: TestClient) -> bool:
    """Tell whether a passport is open in a browser."""
    return client.get("/passport").status_code == 200


@on_both_databases
def test_it_works(world: World, mails: Mailing) -> None:
    """Sani adds her address and types the code; weeks later, without her card and on another phone, a link opens her passport once."""
    mine = open_passport(world, new_participant(world))
    assert 'href="/passport/mail"' in mine.get("/passport/settings").text
    page = mine.get("/passport/mail").text
    assert "Käytämme osoitetta vain siihen" in page
    add(mails, mine)
    assert SANI in mine.get("/passport/mail?done=confirmed").text
    world.clock.move(days=40)
    phone = browser(world)
    assert 'href="/p/mail"' in phone.get("/p").text
    path = link(mails, phone)
    for _ in range(2):
        shown = phone.get(path)
        assert (shown.status_code, shown.headers["cache-control"]) == (200, "no-store")
        assert "set-cookie" not in shown.headers
    assert SANI not in shown.text
    opened = phone.post(path)
    assert (opened.status_code, opened.headers["location"]) == (303, "/passport?lang=fi")
    assert is_open(phone)
    again = browser(world).post(path)
    assert again.status_code == 410
    assert "ei enää toimi" in again.text
    assert "set-cookie" not in again.headers
    taken = phone.post("/passport/mail/remove")
    assert taken.headers["location"] == "/passport/mail?done=removed"
    assert SANI not in phone.get("/passport/mail?done=removed").text


def test_without_mail_it_is_nowhere(world: World) -> None:
    """Where the operator set none up: no page, no sentence, no field."""
    mine = open_passport(world, new_participant(world))
    for method, path in DOORS:
        assert mine.request(method, path, data={"address": SANI} if method == "POST" else None).status_code == 404
    for page in ("/p", "/passport/settings", "/passport"):
        assert "mail" not in mine.get(page).text
        assert "ähköposti" not in mine.get(page).text


def test_an_unknown_address_is_answered_the_same(world: World, mails: Mailing) -> None:
    """Byte for byte, also when it is asked often: nobody learns who has a passport."""
    add(mails, open_passport(world, new_participant(world)))
    guest = browser(world)
    told = []
    for address in (SANI, "nobody@posti.example"):
        answers = [guest.post("/p/mail", data={"address": address}) for _ in range(TO_ONE_ADDRESS.most + 1)]
        page = guest.get(answers[0].headers["location"])
        told.append(
            [
                *((one.status_code, sorted(one.headers.items()), one.text.replace(address, "")) for one in answers[:3]),
                (page.status_code, page.text),
                (answers[-1].status_code, answers[-1].text.replace(address, "")),
            ]
        )
    # the address of Sani had one letter already, with her code
    assert told[0] == told[1]
    assert told[0][-1][0] == 429


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_pages_and_letters_speak_one_language(world: World, mails: Mailing, language: str) -> None:
    """The letter speaks as the page on which the address was added, and leads back to such a page."""
    mine = open_passport(world, new_participant(world))
    words = {"fi": "Sähköposti", "sv": "E-post", "en": "E-mail"}
    assert f"<h1>{words[language]}</h1>" in mine.get(f"/passport/mail?lang={language}").text
    assert mine.post(f"/passport/mail?lang={language}", data={"address": SANI}).status_code == 303
    mails.deliver()
    mine.post("/passport/mail/code", data={"code": mails.code()})
    page = browser(world).get(link(mails, browser(world)))
    assert f'lang="{language}"' in page.text


def test_a_pin_is_still_asked(world: World, mails: Mailing) -> None:
    """A wrong one does not use the link up; tries are counted with those at the card."""
    card = new_card(world, new_participant(world))
    mine = open_with(world, card)
    add(mails, mine)
    pin = give_pin(world, card)
    phone = browser(world)
    path = link(mails, phone)
    assert 'name="pin"' in phone.get(path).text
    for typed, status in (("", 422), ("0000", 403)):
        answer = phone.post(path, data={"pin": typed})
        assert (answer.status_code, "aria-invalid" in answer.text) == (status, True)
    assert not is_open(phone)
    opened = phone.post(path, data={"pin": f" {pin} "})
    assert opened.status_code == 303, opened.text
    assert is_open(phone)
    path = link(mails, phone)
    for _ in range(PINS.most):
        answer = phone.post(path, data={"pin": "0000"})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert phone.post(path, data={"pin": pin}).status_code == 429


def test_another_passport_closes_only_when_that_is_wanted(world: World, mails: Mailing) -> None:
    """The page says so first; only the button changes which passport is open."""
    sani, eino = two_people(world)
    add(mails, open_passport(world, sani))
    other = open_passport(world, eino)
    path = link(mails, other)
    assert "Toinen passi on auki" in other.get(path).text
    before = dict(other.cookies)
    assert other.post(path).status_code == 303
    assert dict(other.cookies) != before


def test_a_refused_form_keeps_what_was_typed(world: World, mails: Mailing) -> None:
    """The address and the code, beside what was wrong with them."""
    mine = open_passport(world, new_participant(world))
    for path, client in (("/passport/mail", mine), ("/p/mail", browser(world))):
        answer = client.post(path, data={"address": 'sani"<b>@posti'})
        assert answer.status_code == 422
        assert 'value="sani&#34;&lt;b&gt;@posti"' in answer.text
        assert "Tarkista osoite" in answer.text
    mine.post("/passport/mail", data={"address": SANI})
    mails.deliver()
    wrong = f"{(int(mails.code()) + 1) % 1_000_000:06d}"
    answer = mine.post("/passport/mail/code", data={"code": wrong})
    assert answer.status_code == 422
    assert f'value="{wrong}"' in answer.text
    for _ in range(CODES.most):
        answer = mine.post("/passport/mail/code", data={"code": wrong})
    assert answer.status_code == 429
    assert "Yrityksiä oli monta" in answer.text


def test_a_code_that_is_too_old_leads_on(world: World, mails: Mailing) -> None:
    """The field for the address is there again, with a sentence that says why."""
    mine = open_passport(world, new_participant(world))
    mine.post("/passport/mail", data={"address": SANI})
    mails.deliver()
    world.clock.move(minutes=16)
    answer = mine.post("/passport/mail/code", data={"code": mails.code()})
    assert answer.status_code == 410
    assert 'name="address"' in answer.text
    assert "vanhempi kuin 15 minuuttia" in answer.text


def test_a_second_address_is_refused_in_words(world: World, mails: Mailing) -> None:
    """From a page that was open before the first was confirmed."""
    mine = open_passport(world, new_participant(world))
    add(mails, mine)
    answer = mine.post("/passport/mail", data={"address": "other@posti.example"})
    assert answer.status_code == 409
    assert "on jo osoite" in answer.text


@pytest.mark.parametrize(("method", "path"), [one for one in DOORS if one[0] == "POST"])
def test_other_sites_cannot_send_a_form(world: World, mails: Mailing, method: str, path: str) -> None:
    """Nothing is sent, added or opened from elsewhere."""
    mine = open_passport(world, new_participant(world))
    answer = mine.request(method, path, data={"address": SANI}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert mails.deliver().sent == 0


def test_nobody_adds_an_address_without_a_passport(world: World, mails: Mailing) -> None:
    """Whoever has none open is led to where it is opened."""
    for method, path in DOORS[:4]:
        answer = browser(world).request(method, path, data={"address": SANI} if method == "POST" else None)
        assert (answer.status_code, answer.headers["location"]) == (303, "/p")
    assert mails.deliver().sent == 0


def test_the_pages_ask_for_few_things(world: World, mails: Mailing) -> None:
    """One field and one button to ask for a link, none but a button to use it; no cookie for who only asks."""
    guest = browser(world)
    asking = guest.get("/p/mail")
    assert len(re.findall("<input", asking.text)) == 1
    assert "set-cookie" not in asking.headers
    add(mails, open_passport(world, new_participant(world)))
    assert "<input" not in guest.get(link(mails, guest)).text
