"""``/oauth/authorize``: a program asks, the holder decides, and can take it back."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select

from okbadges.storage.tables import EventRow, OAuthGrantRow
from support.passport import browser, give_pin, new_card, open_passport, two_people
from support.programs import BACK, EVERYTHING, OFFLINE, PUT, READ, Backpack, allow, led_back, new_program
from support.world import on_both_databases

if TYPE_CHECKING:
    import uuid

    from fastapi.testclient import TestClient

    from support.world import World

ISSUER = "http://localhost:8000"


@pytest.fixture
def people(world: World) -> tuple[uuid.UUID, uuid.UUID]:
    """Return Sani and Eino."""
    return two_people(world)


@pytest.fixture
def sani(people: tuple[uuid.UUID, uuid.UUID]) -> uuid.UUID:
    """Return Sani, who has a passport."""
    return people[0]


@pytest.fixture
def visit(world: World, sani: uuid.UUID) -> TestClient:
    """Return the browser in which Sani's passport is open."""
    return open_passport(world, sani)


@pytest.fixture
def backpack(world: World) -> Backpack:
    """Return a program that registered itself."""
    return new_program(world)


def grants(world: World) -> list[OAuthGrantRow]:
    """Return everything that was ever allowed."""
    with world.rooms.database.read() as session:
        return list(session.exec(select(OAuthGrantRow).order_by(OAuthGrantRow.id)))  # type: ignore[arg-type]  # a column


def actions(world: World) -> list[str]:
    """Return what the journal tells of programs."""
    with world.rooms.database.read() as session:
        rows = session.exec(select(EventRow)).all()
    told = [row for row in rows if row.action.startswith("program.")]
    # registering is told on a chain of its own
    return [row.action for row in sorted(told, key=lambda row: (row.chain != "installation", row.number))]


@on_both_databases
def test_it_works(world: World, visit: TestClient, backpack: Backpack) -> None:
    """The page says who asks and for what; what was ticked is allowed, and the browser is led back with code, scope, state and issuer."""
    page = visit.get(backpack.wish(EVERYTHING))
    assert page.status_code == 200
    for said in ("Backpack", "backpack.example", "Lukea merkkisi", "Emme ole tarkistaneet tätä ohjelmaa"):
        assert said in page.text
    assert page.text.count('type="checkbox"') == 5
    assert " checked" not in page.text
    told = led_back(allow(visit, backpack.wish(EVERYTHING), READ, OFFLINE))
    assert told.keys() == {"code", "scope", "state", "iss"}
    assert told["scope"].split() == sorted([READ, OFFLINE])
    assert (told["state"], told["iss"]) == ("af0ifjsldkj", ISSUER)
    assert [one.scopes for one in grants(world)] == [" ".join(sorted([READ, OFFLINE]))]
    assert actions(world) == ["program.registered", "program.allowed"]


@pytest.mark.parametrize(
    ("language", "title"),
    [("fi", "Ohjelma pyytää lupaa"), ("sv", "Ett program ber om tillåtelse"), ("en", "A program asks for permission")],
)
def test_it_speaks_the_holders_language(visit: TestClient, backpack: Backpack, language: str, title: str) -> None:
    """The page is in the language that the browser asks for, and its language switch keeps what the program wishes."""
    page = visit.get(backpack.wish(), headers={"Accept-Language": language})
    assert title in page.text
    other = re.search(r'<a href="([^"]+lang=sv)"', visit.get(backpack.wish()).text)
    assert other is not None
    assert "Ett program ber om tillåtelse" in visit.get(unescape(other[1])).text


def test_one_wish_needs_no_tick(visit: TestClient, backpack: Backpack) -> None:
    """Where a program asks for one thing the button says yes to it, and the page says that it lasts an hour."""
    page = visit.get(backpack.wish(READ))
    assert "checkbox" not in page.text
    assert "Lupa kestää yhden tunnin." in page.text
    assert led_back(allow(visit, backpack.wish(READ), READ))["scope"] == READ


def test_a_holder_refuses(world: World, visit: TestClient, backpack: Backpack) -> None:
    """The program hears that it was refused, and nothing of it is kept."""
    told = led_back(visit.post(backpack.wish(), data={"decision": "refuse", "scope": [READ]}))
    assert told["error"] == "access_denied"
    assert told["state"] == "af0ifjsldkj"
    assert told["iss"] == ISSUER
    assert "code" not in told
    assert grants(world) == []


@pytest.mark.parametrize("ticked", [[], [OFFLINE], ["nonsense"], [PUT]])
def test_nothing_ticked_is_asked_again(world: World, visit: TestClient, backpack: Backpack, ticked: list[str]) -> None:
    """Nothing, only the leave to come back, or something that nobody asked for: the page again, with what to do."""
    again = allow(visit, backpack.wish(f"{READ} {OFFLINE}"), *ticked)
    assert again.status_code == 422
    assert 'id="mistake"' in again.text
    assert grants(world) == []


def test_nobody_is_given_more_than_was_asked(world: World, visit: TestClient, backpack: Backpack) -> None:
    """A form that was changed allows nothing that the program did not ask for."""
    assert led_back(allow(visit, backpack.wish(READ), READ, PUT))["scope"] == READ
    assert grants(world)[0].scopes == READ


def test_who_has_no_passport_open_comes_back_to_the_wish(world: World, sani: uuid.UUID, backpack: Backpack) -> None:
    """They are told why, open it with their card and their PIN, and are asked then; the second time they are not."""
    card = new_card(world, sani)
    pin = give_pin(world, card)
    somebody = browser(world)
    led = somebody.get(backpack.wish(EVERYTHING) + "&lang=sv")
    assert (led.status_code, led.headers["location"]) == (303, "/p?lang=sv")
    assert "Ett program ber om tillåtelse" in somebody.get("/p?lang=sv").text
    opened = somebody.post("/p", data={"code": card.code, "pin": pin})
    assert opened.status_code == 303
    assert opened.headers["location"].startswith("/oauth/authorize?")
    page = somebody.get(opened.headers["location"])
    assert "Backpack" in page.text
    assert page.text.count('type="checkbox"') == 5
    again = somebody.post("/p", data={"code": card.code, "pin": pin})
    assert again.headers["location"] == "/passport"


def test_the_card_itself_leads_to_the_wish(world: World, sani: uuid.UUID, backpack: Backpack) -> None:
    """Its QR code does too, in the browser that was asked."""
    card = new_card(world, sani)
    somebody = browser(world)
    somebody.get(backpack.wish())
    opened = somebody.get(card.address.removeprefix(ISSUER))
    assert opened.headers["location"].startswith("/oauth/authorize?")


def test_a_visit_that_ended_meanwhile_loses_nothing(world: World, visit: TestClient, backpack: Backpack) -> None:
    """Who thinks for a day opens the passport again and is asked again."""
    world.clock.move(hours=21)
    led = allow(visit, backpack.wish(), READ)
    assert (led.status_code, led.headers["location"]) == (303, "/p")
    assert grants(world) == []
    assert 'id="asked"' in visit.get("/p").text


@pytest.mark.parametrize(
    "kept", ["", "x", "####", "aHR0cHM6Ly9ldmlsLmV4YW1wbGU", "Cg", "Iw", "IA", "w6Q", "L2V2aWw", "a" * 5000]
)
def test_a_planted_cookie_leads_nowhere_else(world: World, sani: uuid.UUID, kept: str) -> None:
    """Whatever stands in the cookie, opening a passport leads to our own pages."""
    card = new_card(world, sani)
    somebody = browser(world)
    somebody.cookies.set("okbadges-asked", kept)
    opened = somebody.get(card.address.removeprefix(ISSUER))
    assert opened.status_code == 303
    assert re.fullmatch(r"/passport|/oauth/authorize\?.*", opened.headers["location"])
    assert somebody.get(opened.headers["location"]).status_code in (200, 400, 404, 422)


def test_another_site_cannot_answer(world: World, visit: TestClient, backpack: Backpack) -> None:
    """A form that another site sends allows nothing; neither does an address."""
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://backpack.example"}):
        refused = visit.post(backpack.wish(), data={"decision": "allow", "scope": [READ]}, headers=headers)
        assert refused.status_code == 403
    visit.get(backpack.wish() + "&decision=allow")
    assert grants(world) == []


def test_nobody_frames_or_keeps_it(visit: TestClient, backpack: Backpack) -> None:
    """The page, and the one that leads back, are framed by nobody, kept by nobody, and tell nobody where the browser was."""
    for answer in (visit.get(backpack.wish()), allow(visit, backpack.wish(), READ)):
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "form-action 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"client_id": "okp_nobody"}, 404),
        ({"client_id": None}, 404),
        ({"client_id": "<script>"}, 404),
        ({"redirect_uri": None}, 422),
        ({"redirect_uri": "https://evil.example/back"}, 422),
        ({"redirect_uri": BACK + "/"}, 422),
        ({"redirect_uri": BACK + "?next=https://evil.example"}, 422),
        ({"redirect_uri": BACK + "/../evil"}, 422),
        ({"redirect_uri": BACK.upper()}, 422),
        ({"redirect_uri": BACK.replace("/back", ":443/back")}, 422),
        ({"redirect_uri": BACK.replace("backpack.example", "backpack.example@evil.example")}, 422),
        ({"redirect_uri": BACK + "#x"}, 422),
        ({"redirect_uri": "javascript:alert(1)"}, 422),
        ({"state": "x" * 3000}, 400),
    ],
)
def test_who_is_not_known_leads_nobody_away(
    visit: TestClient, backpack: Backpack, changes: dict[str, str | None], state: int
) -> None:
    """An unknown program, or an address that it did not register to the letter: a page that says so, and no way out of it."""
    for answer in (visit.get(backpack.wish(**changes)), allow(visit, backpack.wish(**changes), READ)):
        assert answer.status_code == state
        assert "location" not in answer.headers
        assert re.search(r'(?:href|action|src)="[a-z]*:?//', answer.text) is None
        assert "refresh" not in answer.text


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_of_two_nobody_guesses_one(visit: TestClient, backpack: Backpack, name: str) -> None:
    """A doubled name or address leads nobody anywhere, not even to a right one."""
    value = backpack.client_id if name == "client_id" else BACK
    answer = visit.get(f"{backpack.wish()}&{name}={value}")
    assert answer.status_code in (404, 422)
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "unsupported_response_type"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code token"}, "unsupported_response_type"),
        ({"response_type": "cöde"}, "invalid_request"),
        ({"state": None}, "invalid_request"),
        ({"state": "ä"}, "invalid_request"),
        ({"state": "a\nb"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": "a" * 43 + "!"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": "s256"}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": OFFLINE}, "invalid_scope"),
        ({"scope": "credentials:issue"}, "invalid_scope"),
        ({"scope": f"{READ} nonsense"}, "invalid_scope"),
        ({"scope": f'{READ} "'}, "invalid_request"),
    ],
)
def test_what_else_is_wrong_the_program_hears(
    world: World, visit: TestClient, backpack: Backpack, changes: dict[str, str | None], error: str
) -> None:
    """Whatever a known program does wrong is told to it where it is, with its state; nobody is asked anything."""
    address = backpack.wish(**({"scope": READ} | changes))
    answer = visit.get(address)
    assert answer.status_code == 302, answer.text
    told = led_back(answer)
    assert told["error"] == error
    assert told["iss"] == ISSUER
    assert told.get("state") == ("af0ifjsldkj" if "state" not in changes else None)
    # everybody may register an address: who did not come to their passport is not led to it by our own
    stranger = browser(world).get(address)
    assert (stranger.status_code, "location" in stranger.headers) == (400, False)
    assert f"error={error}" in stranger.text
    assert 'http-equiv="refresh"' not in stranger.text
    assert grants(world) == []


def test_a_program_asks_for_no_more_than_it_registered(world: World, visit: TestClient) -> None:
    """Who registered to read does not ask to write."""
    reader = new_program(world, scope=READ)
    assert led_back(visit.get(reader.wish(f"{READ} {PUT}")))["error"] == "invalid_scope"


def test_a_doubled_parameter_is_told_to_the_program(visit: TestClient, backpack: Backpack) -> None:
    """Two scopes, two states: neither is guessed."""
    assert led_back(visit.get(backpack.wish() + "&scope=" + READ))["error"] == "invalid_request"
    assert led_back(visit.get(backpack.wish() + "&code_challenge_method=plain"))["error"] == "invalid_request"


def test_a_query_in_the_address_stays(world: World, visit: TestClient) -> None:
    """What a registered address has behind its question mark is still there when the browser comes back."""
    program = new_program(world, redirect_uris=[BACK + "?tenant=oulu&x=%C3%A4"])
    answer = allow(visit, program.wish(READ, redirect_uri=BACK + "?tenant=oulu&x=%C3%A4"), READ)
    told = led_back(answer)
    assert (told["tenant"], told["x"], "code" in told) == ("oulu", "ä", True)


def test_a_name_is_only_a_text(world: World, visit: TestClient) -> None:
    """Whatever a program calls itself, the page shows it as it is written."""
    program = new_program(world, client_name='<b onclick="x">Reppu</b> & {{ t }}')
    page = visit.get(program.wish())
    assert "&lt;b onclick=&#34;x&#34;&gt;Reppu&lt;/b&gt; &amp; {{ t }}" in page.text


@on_both_databases
def test_the_settings_tell_and_take_back(world: World, visit: TestClient, backpack: Backpack) -> None:
    """A program that was let in stands in the settings with what it may do; taken back, it is gone, and its tokens are of no use."""
    assert "Mikään ohjelma ei saa käyttää passiasi." in visit.get("/passport/settings").text
    tokens = backpack.tokens(visit, EVERYTHING)
    page = visit.get("/passport/settings").text
    for said in ("Backpack", "backpack.example", "Tuoda merkkejä passiisi", "Annoit luvan 21.11.2026."):
        assert said in page
    action = re.search(r'action="(/passport/settings/programs/[^"]+/end)"', page)
    assert action is not None
    for _ in range(2):
        ended = visit.post(action[1])
        assert (ended.status_code, ended.headers["location"]) == (
            303,
            "/passport/settings?done=program-ended#programs",
        )
    page = visit.get("/passport/settings?done=program-ended").text
    assert "Mikään ohjelma ei saa käyttää passiasi." in page
    assert "Lupa on peruttu." in page
    assert backpack.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert actions(world) == ["program.registered", "program.allowed", "program.connected", "program.ended"]


def test_nobody_takes_back_what_is_anothers(
    world: World, visit: TestClient, backpack: Backpack, people: tuple[uuid.UUID, uuid.UUID]
) -> None:
    """Eino's passport does not end what Sani allowed, and learns nothing of it."""
    backpack.tokens(visit)
    eino = open_passport(world, people[1])
    refused = eino.post(f"/passport/settings/programs/{grants(world)[0].id}/end")
    assert refused.status_code == 404
    assert eino.post("/passport/settings/programs/nonsense/end").status_code == 422
    assert grants(world)[0].ended_at is None


def test_what_opens_nothing_any_more_is_not_listed(world: World, visit: TestClient) -> None:
    """A program that may read for an hour is gone from the settings after it; one that nobody came back to, after ten minutes."""
    backpack = new_program(world)
    backpack.tokens(visit, READ)
    new_program(world, client_name="Reppu").code(visit, READ)
    page = visit.get("/passport/settings").text
    assert "Backpack" in page
    assert "Reppu" in page
    world.clock.move(minutes=11)
    page = visit.get("/passport/settings").text
    assert "Backpack" in page
    assert "Reppu" not in page
    world.clock.move(minutes=50)
    assert "Backpack" not in visit.get("/passport/settings").text


@on_both_databases
def test_a_program_stands_there_once(world: World, visit: TestClient, backpack: Backpack) -> None:
    """Who lets the same program in again ends what they had allowed it before, once the program came for it."""
    first = backpack.tokens(visit)
    world.clock.move(minutes=1)
    code = backpack.code(visit)
    assert [one.ended_at is None for one in grants(world)] == [True, True]
    assert backpack.trade(code).status_code == 200
    assert [one.ended_at is None for one in grants(world)] == [False, True]
    assert backpack.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert visit.get("/passport/settings").text.count('<h3 id="program-') == 1


def test_the_journal_tells_ids_only(world: World, visit: TestClient, backpack: Backpack) -> None:
    """Neither the program's name nor its address nor a token stands in the journal."""
    tokens = backpack.tokens(visit)
    with world.rooms.database.read() as session:
        told = str([row.model_dump() for row in session.exec(select(EventRow))])
    for secret in ("Backpack", "backpack.example", tokens["access_token"], tokens["refresh_token"], backpack.client_id):
        assert secret not in told


def test_the_way_back_stays_in_the_protocol(visit: TestClient, backpack: Backpack) -> None:
    """A state with strange characters comes back as it was, inside the address."""
    state = "a&b=c#d/%?\"<>'"
    page = allow(visit, backpack.wish(READ, state=state), READ)
    assert led_back(page)["state"] == state
    link = re.search(r'<a class="button wide" href="([^"]+)"', page.text)
    assert link is not None
    assert parse_qs(urlsplit(unescape(link[1])).query)["state"] == [state]
