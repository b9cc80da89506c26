"""``/sign-in``, ``/sign-in/{token}`` and ``/sign-out``: one-time links, the cookie, and where one goes from there."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from httpx2 import Client
from starlette.responses import PlainTextResponse

from okbadges.edge.sign_ins import keep_signed_in
from okbadges.organisations.members import leave
from okbadges.organisations.sign_ins import sign_ins_of, sign_out_everywhere
from okbadges.organisations.workshops import find_organisation
from okbadges.storage.sealing import Secrets
from support.groups import Journal
from support.members import COOKIE, is_signed_in, new_link, signed_in_browser
from support.passport import PAGE, browser
from support.world import BASE_URL, SECRET, on_both_databases

if TYPE_CHECKING:
    from httpx2 import Response

    from support.demo import Demo
    from support.world import World

ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": f"{BASE_URL}.evil.example"},
]


def heading(answer: Response) -> str:
    """Return the heading of a page."""
    found = re.search(r"<h1>([^<]+)</h1>", answer.text)
    assert found is not None, answer.text
    return found[1]


@on_both_databases
@pytest.mark.parametrize(
    ("language", "title", "button"),
    [("fi", "Kirjaudu sisään", "Kirjaudu sisään"), ("sv", "Logga in", "Logga in"), ("en", "Sign in", "Sign in")],
)
def test_it_works(world: World, language: str, title: str, button: str) -> None:
    """Iida opens her link, says whose device it is, presses the button and is at work; the journal says so without the link."""
    journal, client, token = Journal(world), browser(world), new_link(world)
    page = client.get(f"/sign-in/{token}?lang={language}")
    assert (page.status_code, heading(page)) == (200, title)
    assert f'<button class="button wide" type="submit">{button}</button>' in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "set-cookie" not in page.headers
    answer = client.post(f"/sign-in/{token}?lang={language}", data={"device": "shared"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/workshop?lang={language}")
    assert is_signed_in(client)
    iida = f"member:{world.keys.iida_id}"
    assert journal.news() == [
        ("sign-in-link.made", iida, {}),
        ("sign-in.began", iida, {"signed_in_with": "link"}),
    ]


def test_opening_a_link_signs_nobody_in(world: World) -> None:
    """Chats and mail programs open links too: only the button uses one up."""
    client, token = browser(world), new_link(world)
    for _ in range(3):
        assert client.get(f"/sign-in/{token}").status_code == 200
        assert client.head(f"/sign-in/{token}").status_code == 200
    assert not is_signed_in(client)
    assert client.post(f"/sign-in/{token}", data={}).status_code == 303


@pytest.mark.parametrize(
    ("device", "age"), [("own", "max-age=1209600"), ("shared", None), ("", None), ("OWN", None), ("x" * 500, None)]
)
def test_the_cookie(world: World, device: str, age: str | None) -> None:
    """For this site and its pages only; it outlives the browser on a device of one's own and nowhere else; it holds no link."""
    token = new_link(world)
    cookie = browser(world).post(f"/sign-in/{token}", data={"device": device}).headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    for word in ("httponly", "samesite=lax", "path=/"):
        assert word in cookie.lower()
    assert "domain" not in cookie.lower()
    assert re.findall(r"max-age=[0-9]+|expires", cookie.lower()) == ([age] if age else [])
    assert token not in cookie


def test_the_cookie_is_bound_to_https(world: World) -> None:
    """Where the service is https its cookie is for this host only, and never sent in the clear."""
    rooms = world.rooms
    signed_in_browser(world)
    with rooms.database.read() as session:
        [one] = sign_ins_of(session, world.keys.iida_id, now=world.clock())
    answer = PlainTextResponse()
    keep_signed_in(replace(rooms, base_url="https://badges.example"), answer, one, own_device=False)
    assert answer.headers["set-cookie"].startswith("__Host-okbadges-sign-in=")
    assert "; Secure" in answer.headers["set-cookie"]


def test_a_sign_in_ends_by_itself(world: World) -> None:
    """After 20 hours, on a device of one's own after two weeks; not before. A clock that was put back signs nobody in."""
    shared, own = signed_in_browser(world), signed_in_browser(world, device="own")
    world.clock.move(minutes=-1)
    assert not is_signed_in(shared)
    world.clock.move(hours=20)
    assert is_signed_in(shared)
    world.clock.move(minutes=2)
    assert [is_signed_in(client) for client in (shared, own)] == [False, True]
    world.clock.move(days=13, hours=3, minutes=58)
    assert is_signed_in(own)
    world.clock.move(minutes=2)
    assert not is_signed_in(own)


def test_a_forged_cookie_is_none(world: World) -> None:
    """Another sign-in, another tag, another installation's secret, the tag of a passport, nonsense: nobody is signed in, nothing breaks."""
    client = signed_in_browser(world)
    name, _, tag = client.cookies[COOKIE].partition(".")
    secrets = world.rooms.secrets
    forged = [
        f"{world.keys.aino_id.hex}.{tag}",
        f"{name}.{tag[:-1]}{'A' if tag[-1] != 'A' else 'B'}",
        f"{name}.{Secrets(bytes(range(1, 33))).visit_tag(f'sign-in.{name}')}",
        f"{name}.{secrets.visit_tag(name)}",
        f"{name}.{tag}.{tag}",
        f"{name}.",
        "..",
        "",
        "x" * 4000,
    ]
    for cookie in forged:
        answer = browser(world).get("/workshop/me", headers={"Cookie": f"{COOKIE}={cookie}"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/workshop/me"), cookie
    strange: dict[bytes, bytes] = {b"Cookie": f"{COOKIE}=ä.ö".encode("latin-1")}
    assert browser(world).get("/workshop/me", headers=strange).status_code == 303
    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("how", "status", "title"),
    [
        ("unknown", 404, "Linkkiä ei löydy"),
        ("used", 410, "Linkki ei enää toimi"),
        ("replaced", 410, "Linkki ei enää toimi"),
        ("old", 410, "Linkki ei enää toimi"),
        ("signed out everywhere", 410, "Linkki ei enää toimi"),
        ("left", 410, "Linkki ei enää toimi"),
    ],
)
def test_a_link_that_does_not_open(world: World, how: str, status: int, title: str) -> None:
    """Each gets a kind page with what to do, looked at or pressed; nobody is signed in, and nothing happened."""
    token, rooms = new_link(world), world.rooms
    with rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    match how:
        case "unknown":
            token = "a" * 27
        case "used":
            browser(world).post(f"/sign-in/{token}", data={})
        case "replaced":
            new_link(world)
        case "old":
            world.clock.move(hours=24)
        case "left":
            leave(rooms.writer, rooms.stamp("test"), organisation=kemi, member_id=world.keys.iida_id)
        case _:
            sign_out_everywhere(rooms.writer, rooms.stamp("test"), organisation=kemi, member_id=world.keys.iida_id)
    journal, client = Journal(world), browser(world)
    for answer in (client.get(f"/sign-in/{token}"), client.post(f"/sign-in/{token}", data={"device": "own"})):
        assert (answer.status_code, heading(answer)) == (status, title)
        assert "set-cookie" not in answer.headers
        assert 'href="/sign-in"' in answer.text
    assert journal.news() == []


@pytest.mark.parametrize("token", ["x", "%C3%A4" * 20, "a" * 1500, "%2e%2e", "a%00b", "<b>"])
def test_a_strange_link(world: World, token: str) -> None:
    """Whatever stands there, it is a link that is not known, and not repeated."""
    for answer in (browser(world).get(f"/sign-in/{token}"), browser(world).post(f"/sign-in/{token}", data={})):
        assert answer.status_code in (404, 405)
        assert "<b>" not in answer.text
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("headers", ELSEWHERE)
def test_another_site_signs_nobody_in_or_out(world: World, headers: dict[str, str]) -> None:
    """A form on another site signs nobody in as whoever made the link, and nobody out; the link stays."""
    token, mine, client = new_link(world, world.keys.aino_id), signed_in_browser(world), browser(world)
    assert client.post(f"/sign-in/{token}", data={}, headers=headers).status_code == 403
    assert mine.post("/sign-out", headers=headers).status_code == 403
    assert is_signed_in(mine)
    assert not is_signed_in(client)
    assert (
        client.post(
            f"/sign-in/{token}", data={}, headers={"Sec-Fetch-Site": "same-origin", "Origin": "null"}
        ).status_code
        == 303
    )


def test_who_is_not_signed_in_is_led_back_afterwards(world: World) -> None:
    """A page for members asks them to sign in, and the page where they do so knows where they wanted to go."""
    client = signed_in_browser(world)
    answer = browser(world).get("/workshop/me")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/workshop/me")
    assert 'href="/workshop/me"' in client.get(answer.headers["location"]).text


@pytest.mark.parametrize(
    "next_",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/workshop//evil.example:x",
        "/p",
        "/passport",
        "/workshop",
        "/workshop/../p",
        "/workshop?next=x",
        "javascript:alert(1)",
        "/workshop\nx",
        "x" * 3000,
        "",
    ],
)
def test_next_leads_nowhere_else(world: World, next_: str) -> None:
    """Whatever stands in the address, one goes on to a page for members."""
    page = signed_in_browser(world).get("/sign-in", params={"next": next_})
    assert page.status_code == 200
    assert re.findall(r'<a class="button wide" href="([^"]*)"', page.text) == ["/workshop"]


def test_signing_out(world: World) -> None:
    """This browser forgets, and the sign-in is over also for whoever kept the cookie; the one on the other device goes on."""
    client, other = signed_in_browser(world), signed_in_browser(world, device="own")
    kept, journal = client.cookies[COOKIE], Journal(world)
    answer = client.post("/sign-out?lang=sv")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?left=1&lang=sv")
    assert COOKIE not in client.cookies
    assert "Du har loggat ut." in client.get(answer.headers["location"]).text
    assert journal.news() == [("sign-in.ended", f"member:{world.keys.iida_id}", {"sign_ins": 1})]
    thief = browser(world)
    thief.cookies.set(COOKIE, kept)
    assert not is_signed_in(thief)
    assert is_signed_in(other)
    assert client.post("/sign-out").status_code == 303
    assert journal.news() == []


def test_whoever_is_signed_in_is_told_so(world: World) -> None:
    """The page does not say that somebody has left who has come back."""
    client = signed_in_browser(world)
    page = client.get("/sign-in?left=1").text
    assert "Olet jo kirjautunut sisään." in page
    assert "Olet kirjautunut ulos." not in page


def test_a_link_of_somebody_else_changes_who_is_signed_in(world: World) -> None:
    """Who presses the button of another member's link is that member from then on."""
    client = signed_in_browser(world)
    assert "ohjaaja" in client.get("/workshop/me").text
    client.post(f"/sign-in/{new_link(world, world.keys.aino_id)}", data={})
    assert "pääkäyttäjä" in client.get("/workshop/me").text


def test_a_service_signs_nobody_in_with_one_click(world: World) -> None:
    """It has no such button and no such route: the address is that of a link that is not known."""
    assert "/sign-in/demo" not in browser(world).get("/sign-in").text
    answer = browser(world).post("/sign-in/demo", data={"role": "instructor"})
    assert (answer.status_code, heading(answer)) == (404, "Linkkiä ei löydy")
    assert "set-cookie" not in answer.headers


def test_no_robot_reads_these_pages(world: World) -> None:
    """Nor does anybody keep them, or hear where the browser came from."""
    for path in ("/sign-in", f"/sign-in/{new_link(world)}", "/sign-in/nope"):
        answer = browser(world).get(path)
        assert answer.headers["x-robots-tag"] == "noindex, nofollow"
        assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")


def test_the_log_tells_no_link(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither the link nor the cookie is in a line of the log."""
    token = new_link(world)
    client = browser(world)
    client.get(f"/sign-in/{token}")
    client.post(f"/sign-in/{token}", data={})
    logged = "".join(capsys.readouterr())
    assert "/sign-in/{token}" in logged
    for secret in (token, client.cookies[COOKIE], SECRET):
        assert secret not in logged


def test_a_demo_does(demo: Demo) -> None:
    """One click, for a role that somebody there has."""
    with Client(base_url=demo.base_url, headers=PAGE) as client:
        assert "/sign-in/demo" in client.get("/sign-in").text
        for role, status in (("king", 422), ("partner", 404), ("instructor", 303)):
            answer = client.post("/sign-in/demo", data={"role": role})
            assert answer.status_code == status, role
        assert answer.headers["location"] == "/workshop"
        assert client.get("/workshop/me").status_code == 200
