"""``/p``: a passport is opened with its card, and whatever does not open says kindly why."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from okbadges.passport.holder import PINS, WRONG_CODES
from okbadges.storage.sealing import Secrets
from support.groups import Journal
from support.learners import new_participant
from support.passport import browser, give_pin, new_card, open_passport, open_with, two_people
from support.world import BASE_URL, on_both_databases

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient
    from httpx2 import Response

    from okbadges.passport.cards import Card
    from support.world import World

COOKIE = "okbadges-passport"


def path_of(card: Card) -> str:
    """Return the path of a card's QR code."""
    return urlsplit(card.address).path


def is_open(client: TestClient) -> bool:
    """Tell whether a passport is open in a browser."""
    answer = client.get("/passport")
    assert answer.status_code in (200, 303)
    return answer.status_code == 200


@on_both_databases
@pytest.mark.parametrize(
    ("language", "title"),
    [("fi", "Avaa osaamispassi"), ("sv", "Öppna kompetenspasset"), ("en", "Open your skills passport")],
)
def test_it_works(world: World, language: str, title: str) -> None:
    """Sani types the code of her card and her passport is open: one field, one button, no account."""
    card = new_card(world, new_participant(world))
    client = browser(world)
    page = client.get(f"/p?lang={language}")
    assert f"<h1>{title}</h1>" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "set-cookie" not in page.headers
    assert len(re.findall(r"<input", page.text)) == len(re.findall(r'<button class="button', page.text)) == 1
    opened = client.post(f"/p?lang={language}", data={"code": card.code})
    assert (opened.status_code, opened.headers["location"]) == (303, f"/passport?lang={language}")
    assert is_open(client)


def test_the_qr_code_opens_at_once(world: World) -> None:
    """Nothing is typed; the address that the browser then shows opens nothing, and the cookie is for this site and its pages only."""
    card = new_card(world, new_participant(world))
    client = browser(world)
    answer = client.get(path_of(card))
    assert (answer.status_code, answer.headers["location"]) == (303, "/passport")
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(f"{COOKIE}=")
    for word in ("httponly", "samesite=lax", "path=/"):
        assert word in cookie
    for word in ("expires", "max-age"):
        assert word not in cookie
    assert path_of(card).removeprefix("/p/") not in cookie
    assert (answer.headers["referrer-policy"], answer.headers["cache-control"]) == ("no-referrer", "no-store")
    assert is_open(client)
    assert not is_open(browser(world))


@pytest.mark.parametrize(
    "spell", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code.replace('-', '  ')} "]
)
def test_any_spelling_opens(world: World, spell: Callable[[str], str]) -> None:
    """Small letters, spaces, no dashes."""
    card = new_card(world, new_participant(world))
    assert browser(world).post("/p", data={"code": spell(card.code)}).status_code == 303


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ("", 422, "Koodissa on 12 kirjainta"),
        ("7K3M", 422, "Koodissa on 12 kirjainta"),
        ("<b>7K3M</b>", 422, "Koodissa on 12 kirjainta"),
        ("\0\0\0\0\0\0\0\0\0\0\0\0", 422, "Koodissa on 12 kirjainta"),
        ("0000-0000-0000", 404, "Tällä koodilla ei löytynyt passia"),
    ],
)
def test_a_wrong_code_says_so_and_stays(world: World, typed: str, status: int, said: str) -> None:
    """What was typed is still there, with the reason beside it for the eye and for a screen reader; no visit begins."""
    answer = browser(world).post("/p", data={"code": typed})
    assert answer.status_code == status
    assert said in answer.text
    field = re.search(r'<input[^>]*id="code"[^>]*>', answer.text)
    assert field is not None
    assert 'aria-invalid="true"' in field[0]
    assert 'aria-describedby="mistake' in field[0]
    assert "<b>" not in answer.text
    if "<" not in typed and "\0" not in typed:
        assert f'value="{typed}"' in field[0]
    assert "set-cookie" not in answer.headers


def test_nobody_fills_the_page_with_a_code(world: World) -> None:
    """A code as long as a book is refused, and only its beginning is shown again."""
    answer = browser(world).post("/p", data={"code": "7" * 50_000})
    assert answer.status_code == 422
    assert len(answer.text) < 20_000


def test_too_many_tries_get_a_kind_page(world: World) -> None:
    """It says when to try again and who helps; even the right code waits, while the QR code still opens."""
    card = new_card(world, new_participant(world))
    client = browser(world)
    for _ in range(WRONG_CODES.most):
        assert client.post("/p", data={"code": "0000-0000-0000"}).status_code == 404
    locked = client.post("/p", data={"code": card.code})
    assert locked.status_code == 429
    assert 0 < int(locked.headers["retry-after"]) <= 1800
    assert "Pidetään pieni tauko" in locked.text
    assert re.search(r"Yritä uudelleen [0-9]+ minuutin kuluttua", locked.text)
    assert "Ohjaajasi auttaa" in locked.text
    assert card.code not in locked.text
    assert client.get(path_of(card)).status_code == 303


def test_a_pin_is_asked_for_after_the_qr_code(world: World) -> None:
    """Not before the PIN is right is anything open or noted; a wrong one says so and is not repeated."""
    card = new_card(world, new_participant(world))
    pin = give_pin(world, card, "80218021")
    journal, client = Journal(world), browser(world)
    asked = client.get(path_of(card))
    assert asked.status_code == 200
    assert 'id="pin"' in asked.text
    assert "Etkö muista" in asked.text
    assert "set-cookie" not in asked.headers
    wrong = client.post(path_of(card), data={"pin": "13571357"})
    assert wrong.status_code == 403
    assert "PIN oli väärä" in wrong.text
    assert "13571357" not in wrong.text
    assert client.post(path_of(card), data={"pin": ""}).status_code == 422
    assert not is_open(client)
    assert journal.news() == []
    assert client.post(path_of(card), data={"pin": f" {pin[:4]} {pin[4:]} "}).status_code == 303
    assert is_open(client)
    assert journal.actions() == ["card.opened"]


def test_a_pin_is_asked_for_after_the_code(world: World) -> None:
    """The code needs not be typed again; a wrong PIN keeps it too."""
    card = new_card(world, new_participant(world))
    pin = give_pin(world, card)
    client = browser(world)
    asked = client.post("/p", data={"code": card.code})
    assert asked.status_code == 200
    assert f'type="hidden" name="code" value="{card.code}"' in asked.text
    wrong = client.post("/p", data={"code": card.code, "pin": "1111"})
    assert wrong.status_code == 403
    assert f'type="hidden" name="code" value="{card.code}"' in wrong.text
    assert client.post("/p", data={"code": card.code, "pin": pin}).status_code == 303
    assert is_open(client)


def test_pins_cannot_be_tried_out(world: World) -> None:
    """After ten tries a kind page says when to try again, by whichever way the PIN comes."""
    card = new_card(world, new_participant(world))
    pin = give_pin(world, card)
    client = browser(world)
    for _ in range(PINS.most):
        assert client.post(path_of(card), data={"pin": "1111"}).status_code == 403
    for locked in (
        client.post(path_of(card), data={"pin": pin}),
        client.post("/p", data={"code": card.code, "pin": pin}),
    ):
        assert locked.status_code == 429
        assert "Hän voi antaa sinulle uuden kortin" in locked.text
        assert "QR-koodi" not in locked.text
    assert not is_open(client)


def test_a_replaced_card_is_told_kindly(world: World) -> None:
    """A new card exists: whoever holds the old one hears so, by QR code and by code; its visits end at once."""
    sani = new_participant(world)
    lost = new_card(world, sani)
    visiting = open_with(world, lost)
    world.clock.move(seconds=2)
    assert is_open(visiting)
    found = new_card(world, sani)
    assert not is_open(visiting)
    for answer in (visiting.get(path_of(lost)), visiting.post("/p", data={"code": lost.code})):
        assert answer.status_code == 410
        assert "Sinulle on tehty uusi kortti" in answer.text
        assert "Kysy ohjaajaltasi" in answer.text
        assert "set-cookie" not in answer.headers
    assert is_open(open_with(world, found))


@pytest.mark.parametrize("token", ["nope", "a" * 27, "%F0%9F%92%A9", "a" * 300])
def test_a_card_that_never_was_gets_a_kind_page(world: World, token: str) -> None:
    """The code can be typed instead."""
    answer = browser(world).get(f"/p/{token}")
    assert answer.status_code == 404
    assert "Korttia ei löytynyt" in answer.text
    assert 'id="code"' in answer.text


def test_other_tokens_open_no_passport(world: World) -> None:
    """Neither a claim link nor a share link is a card, and a card is neither of them."""
    issued = world.issue(share={"purpose": "other", "expires_on": "2027-05-31"})
    card = new_card(world, new_participant(world))
    client = browser(world)
    for link in (issued["claim_link"], issued["share_link"]):
        assert client.get(f"/p/{link.rpartition('/')[2]}").status_code == 404
    for door in ("/c", "/s"):
        assert client.get(f"{door}/{card.address.rpartition('/')[2]}").status_code == 404


def test_closing_ends_the_visit_and_says_so(world: World) -> None:
    """The browser forgets the visit; the page says that the passport is closed only where it is."""
    client = open_passport(world, new_participant(world))
    assert "Passi on nyt kiinni" not in client.get("/p?closed=1").text
    assert "Passi on auki tällä laitteella" in client.get("/p").text
    answer = client.post("/passport/close")
    assert (answer.status_code, answer.headers["location"]) == (303, "/p?closed=1")
    assert not is_open(client)
    assert "Passi on nyt kiinni" in client.get("/p?closed=1").text
    assert client.post("/passport/close").status_code == 303


def test_a_visit_ends_by_itself(world: World) -> None:
    """After 20 hours the passport is opened with the card again; not before, so that nobody is hurried."""
    client = open_passport(world, new_participant(world))
    world.clock.move(hours=19, minutes=59)
    assert is_open(client)
    world.clock.move(minutes=2)
    assert not is_open(client)


def test_a_visit_from_the_future_is_none(world: World) -> None:
    """A clock that was put back opens nothing."""
    client = open_passport(world, new_participant(world))
    world.clock.move(minutes=-5)
    assert not is_open(client)


def test_a_forged_visit_is_none(world: World) -> None:
    """Another card, a later beginning, another tag, another installation's secret, and nonsense: nothing opens, and nothing breaks."""
    sani, eino = two_people(world)
    client, other = open_passport(world, sani), new_card(world, eino)
    card, began, tag = client.cookies[COOKIE].split(".")
    words = f"{other.id.hex}.{began}"
    elsewhere = Secrets(bytes(range(1, 33))).visit_tag(words)
    forged = [
        f"{other.id.hex}.{began}.{tag}",
        f"{card}.{int(began) + 60}.{tag}",
        f"{card}.{began}.{tag[:-1]}{'A' if tag[-1] != 'A' else 'B'}",
        f"{card}.{began}.",
        f"{words}.{elsewhere}",
        f"{card}.{began}.{tag}.{tag}",
        "..",
        "a.b.c",
        "",
        "x" * 4000,
    ]
    for cookie in forged:
        forger = browser(world)
        answer = forger.get("/passport", headers={"Cookie": f"{COOKIE}={cookie}"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/p"), cookie
    strange: dict[bytes, bytes] = {b"Cookie": f"{COOKIE}=ä.ö.å".encode("latin-1")}
    raw = browser(world).get("/passport", headers=strange)
    assert raw.status_code == 303
    assert is_open(client)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
        {"Origin": f"{BASE_URL}.evil.example"},
    ],
)
def test_another_site_opens_and_closes_nothing(world: World, headers: dict[str, str]) -> None:
    """A form on another site neither opens somebody else's passport here nor closes one."""
    card = new_card(world, new_participant(world))
    client = browser(world)
    for path, data in (("/p", {"code": card.code}), (path_of(card), {"pin": "1234"})):
        answer = client.post(path, data=data, headers=headers)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
    mine = open_with(world, card)
    assert mine.post("/passport/close", headers=headers).status_code == 403
    assert is_open(mine)


FROM_ELSEWHERE = ("cross-site", "same-site", "strange")


def asks(answer: Response) -> bool:
    """Tell whether a page asks before it opens a passport: one big button, and nothing is open yet."""
    buttons = re.findall(r'<button class="button wide"[^>]*>([^<]+)<', answer.text)
    return answer.status_code == 200 and buttons == ["Avaa tämä passi"] and "set-cookie" not in answer.headers


def test_a_link_does_not_change_the_passport(world: World) -> None:
    """In whose browser another passport is open is asked first, and told that it closes; one press opens, and until then nothing changes."""
    sani, eino = two_people(world)
    client, other = open_passport(world, sani), new_card(world, eino)
    journal, mine = Journal(world), client.cookies[COOKIE]
    asked = client.get(path_of(other))
    assert asks(asked)
    assert "Toinen passi on auki" in asked.text
    assert asked.headers["cache-control"] == "no-store"
    assert (client.cookies[COOKIE], journal.actions()) == (mine, [])
    form = re.search(r'<form method="post" action="([^"]+)"', asked.text)
    assert form is not None
    opened = client.post(form[1], headers={"Sec-Fetch-Site": "same-origin", "Origin": "null"})
    assert (opened.status_code, opened.headers["location"]) == (303, "/passport")
    assert client.cookies[COOKIE].startswith(other.id.hex)
    assert journal.actions() == ["card.opened"]


@pytest.mark.parametrize(
    ("language", "button"),
    [("fi", "Avaa tämä passi"), ("sv", "Öppna det här passet"), ("en", "Open this passport")],
)
def test_it_asks_in_the_language_of_the_page(world: World, language: str, button: str) -> None:
    """And keeps it after the button."""
    sani, eino = two_people(world)
    client, other = open_passport(world, sani), new_card(world, eino)
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}):
        assert button in client.get(f"{path_of(other)}?lang={language}", headers=headers).text
    opened = client.post(f"{path_of(other)}?lang={language}")
    assert opened.headers["location"] == f"/passport?lang={language}"


@pytest.mark.parametrize("site", FROM_ELSEWHERE)
def test_another_site_opens_nothing_by_itself(world: World, site: str) -> None:
    """A link on another page leads to a question, also where no passport is open; nothing is noted before the answer."""
    card = new_card(world, new_participant(world))
    client, journal = browser(world), Journal(world)
    asked = client.get(path_of(card), headers={"Sec-Fetch-Site": site})
    assert asks(asked)
    assert "Toinen passi on auki" not in asked.text
    assert not is_open(client)
    assert journal.actions() == []
    assert client.post(path_of(card)).status_code == 303
    assert is_open(client)


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": "same-origin"}])
def test_a_scanned_code_opens_directly(world: World, headers: dict[str, str]) -> None:
    """A camera, a typed address, our own page, and a browser that says nothing of it."""
    card = new_card(world, new_participant(world))
    assert browser(world).get(path_of(card), headers=headers).headers["location"] == "/passport"


@pytest.mark.parametrize("site", ["none", *FROM_ELSEWHERE])
def test_the_same_passport_is_open_already(world: World, site: str) -> None:
    """Scanning one's card again leads on, from wherever, without a question and without the PIN."""
    card = new_card(world, new_participant(world))
    client = open_with(world, card)
    world.clock.move(seconds=2)
    for with_pin in (False, True):
        if with_pin:
            assert client.post("/passport/settings/pin", data={"pin": "80218021"}).status_code == 303
        answer = client.get(path_of(card), headers={"Sec-Fetch-Site": site})
        assert (answer.status_code, answer.headers["location"]) == (303, "/passport")
        assert is_open(client)


def test_the_question_for_a_pin_says_that_the_other_one_closes(world: World) -> None:
    """Where a PIN is asked for nothing else is: whoever has it meant it. The one that is open stays until it was right."""
    sani, eino = two_people(world)
    client, other = open_passport(world, sani), new_card(world, eino)
    pin, mine = give_pin(world, other), client.cookies[COOKIE]
    for asked in (client.get(path_of(other)), client.post(path_of(other), data={"pin": "1111"})):
        assert 'id="pin"' in asked.text
        assert "Toinen passi on auki" in asked.text
    assert client.cookies[COOKIE] == mine
    assert client.post(path_of(other), data={"pin": pin}).status_code == 303
    assert client.cookies[COOKIE].startswith(other.id.hex)
    assert "Toinen passi on auki" not in browser(world).get(path_of(other)).text


def test_what_does_not_open_is_not_asked_about(world: World) -> None:
    """A card that ended or never was gets its own page, whatever is open."""
    sani, eino = two_people(world)
    client, lost = open_passport(world, sani), new_card(world, eino)
    new_card(world, eino)
    assert client.get(path_of(lost)).status_code == 410
    assert client.get("/p/nope", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 404
    assert is_open(client)


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin", "Origin": "null"}, {"Origin": BASE_URL}, {}])
def test_our_own_form_is_taken(world: World, headers: dict[str, str]) -> None:
    """Our pages send no referrer, and then a browser's origin is null."""
    card = new_card(world, new_participant(world))
    assert browser(world).post("/p", data={"code": card.code}, headers=headers).status_code == 303


def test_the_log_tells_no_code(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither the code nor the token nor the PIN is in a line of the log."""
    card = new_card(world, new_participant(world))
    pin = give_pin(world, card, "80218021")
    client = browser(world)
    client.post("/p", data={"code": card.code, "pin": pin})
    client.post(path_of(card), data={"pin": "80208020"})
    said = "".join(capsys.readouterr())
    assert "/p/{token}" in said
    for secret in (card.code, card.code.replace("-", ""), path_of(card).removeprefix("/p/"), pin, "80208020"):
        assert secret not in said
