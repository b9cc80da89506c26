"""``/workshop/me``: a member's own sign-ins and accounts."""

from __future__ import annotations

import re
import uuid
from html import unescape
from typing import TYPE_CHECKING

import pytest

from support.groups import Journal
from support.members import COOKIE, connected_browser, go_and_return, is_signed_in, new_link, signed_in_browser
from support.passport import browser
from support.provider import let_in, running_provider
from support.world import BASE_URL, on_both_databases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi.testclient import TestClient

    from support.provider import ScriptedProvider
    from support.world import World


@pytest.fixture
def oma(world: World) -> Iterator[ScriptedProvider]:
    """Return a provider with which members of this world can sign in."""
    with running_provider(world.clock) as script:
        let_in(world, script.provider())
        yield script


def forms(client: TestClient, word: str) -> list[str]:
    """Return where the forms of one kind on a member's page lead."""
    return re.findall(rf'action="([^"]*/{word})"', client.get("/workshop/me").text)


def words_of(client: TestClient) -> str:
    """Return the text of a member's page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", client.get("/workshop/me").text)).split())


@on_both_databases
def test_it_works(world: World) -> None:
    """Iida sees who she is here, that she is signed in in this browser since now, and until when; names are hers to see only."""
    client = signed_in_browser(world)
    page = client.get("/workshop/me")
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    text = words_of(client)
    for word in (
        "Oma sivu",
        "Iida , ohjaaja",
        "Kemin taitopaja",
        "Kertakäyttöinen linkki Tämä selain",
        "Alkoi: 21.11.2026 klo 14.00",
        "Päättyy viimeistään: 22.11.2026 klo 10.00",
    ):
        assert word in text
    assert "Aino" not in text
    assert "Tilit, joilla voit kirjautua" not in text


@pytest.mark.parametrize(("language", "words"), [("sv", ("Min sida", "handledare")), ("en", ("My page", "instructor"))])
def test_it_speaks_every_language(world: World, language: str, words: tuple[str, str]) -> None:
    """And keeps it after a button."""
    client = signed_in_browser(world)
    page = client.get(f"/workshop/me?lang={language}").text
    assert all(word in page for word in words)
    [end] = re.findall(r'action="([^"]*/end[^"]*)"', page)
    assert client.post(unescape(end)).headers["location"] == f"/sign-in?left=1&lang={language}"


def test_each_browser_is_ended_alone(world: World) -> None:
    """One that is somewhere else ends there; this one ends here."""
    here = signed_in_browser(world)
    world.clock.move(minutes=1)
    there = signed_in_browser(world, device="own")
    ends = forms(here, "end")
    assert len(ends) == 2
    journal = Journal(world)
    answer = here.post(ends[0])
    assert (answer.status_code, answer.headers["location"]) == (303, "/workshop/me?done=ended")
    assert "Sinut on kirjattu ulos siitä selaimesta." in here.get("/workshop/me?done=ended").text
    assert [is_signed_in(here), is_signed_in(there)] == [True, False]
    assert journal.news() == [("sign-in.ended", f"member:{world.keys.iida_id}", {"sign_ins": 1})]
    assert here.post(ends[0]).status_code == 303
    assert journal.news() == []
    answer = here.post(ends[1])
    assert answer.headers["location"] == "/sign-in?left=1"
    assert COOKIE not in here.cookies


def test_everywhere_at_once(world: World) -> None:
    """After a lost phone: every browser, also this one, and a link that nobody has used yet."""
    here, there = signed_in_browser(world), signed_in_browser(world, device="own")
    token, journal = new_link(world), Journal(world)
    answer = here.post("/workshop/me/sign-out-everywhere")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?left=1")
    assert [is_signed_in(here), is_signed_in(there)] == [False, False]
    assert browser(world).get(f"/sign-in/{token}").status_code == 410
    assert journal.news() == [("sign-in.ended", f"member:{world.keys.iida_id}", {"sign_ins": 2})]


def test_nobody_ends_somebody_elses(world: World) -> None:
    """A member's page ends their own and nothing else, whatever id is sent."""
    iida, aino = signed_in_browser(world), signed_in_browser(world, world.keys.aino_id)
    [hers] = forms(aino, "end")
    journal = Journal(world)
    assert iida.post(hers).status_code == 303
    assert iida.post(f"/workshop/me/sign-ins/{uuid.uuid4()}/end").status_code == 303
    assert iida.post("/workshop/me/sign-ins/nope/end").status_code == 422
    assert is_signed_in(aino)
    assert journal.news() == []


def test_an_account_is_removed(world: World, oma: ScriptedProvider) -> None:
    """It is listed with its day, asks once whether one is sure, and opens nothing afterwards."""
    client = connected_browser(world, oma)
    text = words_of(client)
    assert "Oma tunnus Liitetty: 21.11.2026" in text
    assert "Oma tunnus Tämä selain" in text
    [remove] = forms(client, "remove")
    journal = Journal(world)
    answer = client.post(remove)
    assert (answer.status_code, answer.headers["location"]) == (303, "/workshop/me?done=removed")
    assert journal.news() == [("member.account-removed", f"member:{world.keys.iida_id}", {"provider": "oma"})]
    page = client.get("/workshop/me?done=removed").text
    assert "Tili on poistettu." in page
    assert "Et ole vielä liittänyt tiliä." in page
    assert go_and_return(browser(world), oma).status_code == 404
    assert client.post(remove).status_code == 303
    assert journal.news() == []


def test_nobody_removes_somebody_elses(world: World, oma: ScriptedProvider) -> None:
    """Nor one that is not there."""
    iida, aino = connected_browser(world, oma), signed_in_browser(world, world.keys.aino_id)
    [remove] = forms(iida, "remove")
    journal = Journal(world)
    assert aino.post(remove).status_code == 303
    assert aino.post(f"/workshop/me/accounts/{uuid.uuid4()}/remove").status_code == 303
    assert aino.post("/workshop/me/accounts/nope/remove").status_code == 422
    assert journal.news() == []
    assert go_and_return(browser(world), oma).status_code == 303


def test_a_provider_that_the_operator_took_away(world: World, oma: ScriptedProvider) -> None:
    """What was connected with it is still listed, by its short name, and can be removed; there is nothing to connect."""
    client = connected_browser(world, oma)
    let_in(world)
    page = client.get("/workshop/me").text
    assert '<bdi dir="auto">oma</bdi>' in page
    assert "/sign-in/with/" not in page
    [remove] = forms(client, "remove")
    client.post(remove)
    assert "Tilit, joilla voit kirjautua" not in client.get("/workshop/me").text


PATHS = (
    "/workshop/me/sign-out-everywhere",
    f"/workshop/me/sign-ins/{uuid.UUID(int=1)}/end",
    f"/workshop/me/accounts/{uuid.UUID(int=1)}/remove",
)


@pytest.mark.parametrize("path", PATHS)
def test_who_is_not_signed_in_is_asked_to(world: World, path: str) -> None:
    """The page and its buttons are for members."""
    answer = browser(world).post(path)
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/sign-in")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_another_site_presses_no_button(world: World, path: str, headers: dict[str, str]) -> None:
    """A form on another site ends nothing and removes nothing."""
    client, journal = signed_in_browser(world), Journal(world)
    assert client.post(path, headers=headers).status_code == 403
    assert journal.news() == []
    assert is_signed_in(client)


def test_a_strange_word_in_the_address_says_nothing(world: World) -> None:
    """What was done is said in our words or not at all."""
    client = signed_in_browser(world)
    for done in ("<b>x</b>", "x" * 500, "role", "ended.x"):
        page = client.get("/workshop/me", params={"done": done})
        assert page.status_code == 200
        assert 'role="status"' not in page.text
        assert "<b>x" not in page.text
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    assert BASE_URL not in page.text
