"""``/passport/others``: badges that others gave, told as that, checked when they are opened, carried away as they came, removed."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from sqlmodel import select

from okbadges.storage.tables import BroughtCredentialRow, EventRow, HolderProfileRow
from support.brought import brought_into, put, put_profile, strangers_badge
from support.learners import new_group, new_participant
from support.partners import Program, allowed
from support.passport import browser, give_badge, new_card, open_with
from support.world import on_both_databases
from verification.jwts import claims_of, compact
from verification.making import Maker, credential, status_entry

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from okbadges.edge.rooms import Rooms, Verifying
    from support.world import World

OTHERS, SHELF = "/passport/others", "/passport?at=shelf"
NOBODY_LISTENS = "http://localhost:1/status/1"
FROM_ELSEWHERE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}


def sani(world: World, name: str = "Sani") -> tuple[TestClient, Program]:
    """Return a browser with an open passport, and a program that its holder allowed to put things."""
    participant = new_participant(world, new_group(world, slug=name.lower()), name)
    card = new_card(world, participant)
    return open_with(world, card), allowed(world, participant)


def address(world: World, program: Program) -> str:
    """Return where the newest badge of others has its page."""
    return f"{OTHERS}/{brought_into(world, program.passport_id)[0].row_id}"


def achievement(**changes: object) -> dict[str, object]:
    """Return the subject of a stranger's badge, its achievement changed."""
    subject = credential("urn:x")["credentialSubject"]
    return {**subject, "achievement": {**subject["achievement"], **changes}}


@on_both_databases
@pytest.mark.parametrize(
    ("language", "title", "headline"),
    [
        ("fi", "Muualta tuodut merkit", "Merkki on ehjä, mutta emme tunne antajaa"),
        ("sv", "Märken från andra håll", "Märket är oförändrat, men vi känner inte utfärdaren"),
        ("en", "Badges from elsewhere", "The badge is unchanged, but we do not know the issuer"),
    ],
)
def test_it_works(world: World, language: str, title: str, headline: str) -> None:
    """On the shelf under a heading of its own, in a list, and alone with what a check found now; by which program it came."""
    client, program = sani(world)
    put(world, program, strangers_badge())
    shelf = client.get(f"{SHELF}&lang={language}").text
    assert title in shelf
    assert "Café counter" in shelf
    assert "Course House" in shelf
    listed = client.get(f"{OTHERS}?lang={language}")
    assert (listed.status_code, listed.headers["cache-control"]) == (200, "no-store")
    assert "Reppu" in listed.text
    page = client.get(f"{address(world, program)}?check=now&lang={language}")
    assert headline in page.text
    assert "verdict caution" in page.text
    assert "Serves customers at a counter." in page.text
    assert f'<html lang="{language}">' in page.text


def test_without_any_the_shelf_says_nothing_of_them(world: World) -> None:
    """Whoever uses no other program sees no heading for it; the page itself says that there is nothing."""
    client, _ = sani(world)
    assert "Muualta tuodut" not in client.get(SHELF).text
    page = client.get(OTHERS)
    assert page.status_code == 200
    assert "ei ole muualta tuotuja" in page.text


def test_it_is_never_told_as_ours(world: World) -> None:
    """Not in the families of the shelf, not for a link, not on paper: a badge of ours that somebody else earned neither."""
    client, program = sani(world)
    eino = new_participant(world, new_group(world, slug="ilta"), "Eino")
    issued = world.issue(badge="digi-turva", participant=str(eino))
    put(world, program, orjson.dumps(issued["credential"]))
    shelf = client.get(SHELF).text
    assert shelf.index("Muualta tuodut merkit") < shelf.index("OK! osaamismerkit")
    assert 'class="shelf family-' not in shelf
    assert "newest" not in shelf
    page = client.get(address(world, program)).text
    assert "Muualta tuotu merkki" in page
    assert "emblem.svg" not in page
    for elsewhere in ("/passport/share", "/passport/paper"):
        assert str(address(world, program)).rpartition("/")[2] not in client.get(elsewhere).text


def test_it_counts_for_no_summary_badge(world: World) -> None:
    """What the shelf says comes near, and what is on its way, is as it was without it."""
    client, program = sani(world)
    before = client.get(SHELF).text
    eino = new_participant(world, new_group(world, slug="ilta"), "Eino")
    for badge in ("opi-vahvuudet", "opi-seuraava-askel"):
        put(world, program, orjson.dumps(world.issue(badge=badge, participant=str(eino))["credential"]))
    assert ('id="ways"' in before) is ('id="ways"' in client.get(SHELF).text) is False


@pytest.mark.parametrize(
    ("changes", "words", "tone"),
    [
        ({"validUntil": "2026-10-31T00:00:00Z"}, "Merkin aika on päättynyt", "ended"),
        ({"validFrom": "2027-10-31T00:00:00Z"}, "Merkki ei ole vielä voimassa", "ended"),
        ({"credentialStatus": status_entry(url=NOBODY_LISTENS)}, "Emme voineet tarkistaa merkkiä nyt", "caution"),
    ],
)
def test_it_says_how_it_stands(world: World, changes: dict[str, Any], words: str, tone: str) -> None:
    """In words for its holder; green is for a valid badge of an issuer that is known here."""
    client, program = sani(world)
    put(world, program, strangers_badge(**changes))
    page = client.get(f"{address(world, program)}?check=now").text
    assert words in page
    assert f"verdict {tone}" in page


def test_opening_it_asks_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page says when the signature was checked; only the button has it checked again, beside the words that the giver may notice."""
    client, program = sani(world)
    put(world, program, strangers_badge(credentialStatus=status_entry(url=NOBODY_LISTENS)))
    asked: list[Rooms] = []
    slot = vars(type(world.rooms))["verify"]

    def watched(rooms: Rooms) -> Verifying:
        asked.append(rooms)
        verify: Verifying = slot.__get__(rooms)
        return verify

    monkeypatch.setattr(type(world.rooms), "verify", property(watched))
    page = client.get(address(world, program)).text
    assert asked == []
    assert "verdict" not in page
    assert "Tarkistimme merkin allekirjoituksen" in page
    assert "antaja voi huomata sen" in page
    assert "Serves customers at a counter." in page
    [button] = re.findall(r'href="([^"]*check=now[^"]*)"', page)
    assert "Emme voineet tarkistaa merkkiä nyt" in client.get(html.unescape(button)).text
    assert len(asked) == 1


def test_a_known_issuer_is_green(world: World) -> None:
    """A badge of ours that came as a file, and a revoked one."""
    client, program = sani(world)
    eino = new_participant(world, new_group(world, slug="ilta"), "Eino")
    issued = world.issue(badge="digi-turva", participant=str(eino))
    put(world, program, orjson.dumps(issued["credential"]))
    assert "verdict good" in client.get(f"{address(world, program)}?check=now").text
    revoke = f"/v1/credentials/{issued['id']}/revoke"
    assert world.client.post(revoke, json={"reason": "issued-in-error"}, headers=world.as_iida()).status_code == 200
    world.clock.move(minutes=1)
    page = client.get(f"{address(world, program)}?check=now").text
    assert "Merkki on peruttu" in page
    assert "verdict ended" in page


def test_the_file_is_as_it_came(world: World) -> None:
    """Byte for byte, as a file that no browser opens as a page."""
    client, program = sani(world)
    badge = orjson.dumps(orjson.loads(strangers_badge()), option=orjson.OPT_INDENT_2) + b"\n\n"
    put(world, program, badge)
    answer = client.get(f"{address(world, program)}/file")
    assert answer.content == badge
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"] == 'attachment; filename="badge.json"'
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_jwt_is_a_jwt(world: World) -> None:
    """It is shown like any other, and carried away as it came."""
    client, program = sani(world)
    maker = Maker.by_key()
    header = {"alg": "EdDSA", "typ": "JWT", "kid": maker.method}
    jwt = compact(header, claims_of(credential(maker.did)), maker.signer.sign)
    put(world, program, jwt, is_jwt=True)
    assert "Café counter" in client.get(OTHERS).text
    assert "Merkki on ehjä" in client.get(f"{address(world, program)}?check=now").text
    answer = client.get(f"{address(world, program)}/file")
    assert (answer.content, answer.headers["content-type"]) == (jwt, "application/jwt")


def test_they_remove_it(world: World) -> None:
    """After a word that they are sure it is gone for good; without it nothing happens, and a repeat finds nothing."""
    client, program = sani(world)
    put(world, program, strangers_badge())
    here = address(world, program)
    assert client.post(f"{here}/remove").headers["location"] == f"{here}#remove"
    assert len(brought_into(world, program.passport_id)) == 1
    answer = client.post(f"{here}/remove", data={"sure": "yes"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{OTHERS}?done=removed")
    assert "Merkki on poistettu passistasi." in client.get(answer.headers["location"]).text
    assert client.post(f"{here}/remove", data={"sure": "yes"}).status_code == 404
    assert client.get(here).status_code == 404
    with world.rooms.database.read() as session:
        assert session.exec(select(BroughtCredentialRow)).all() == []
        wanted = select(EventRow).where(EventRow.action == "brought-credential.removed")
        assert [event.actor for event in session.exec(wanted)] == ["holder"]


def test_nobody_else_opens_it(world: World) -> None:
    """Neither without a passport nor with another one, and a form of another site removes nothing."""
    client, program = sani(world)
    put(world, program, strangers_badge())
    here = address(world, program)
    other, _ = sani(world, "Eino")
    for path in (here, f"{here}/file"):
        assert other.get(path).status_code == 404
        assert browser(world).get(path).status_code in {303, 401, 403}
    assert other.post(f"{here}/remove", data={"sure": "yes"}).status_code == 404
    client.post(f"{here}/remove", data={"sure": "yes"}, headers=FROM_ELSEWHERE)
    client.post(f"{OTHERS}/profile/remove", headers=FROM_ELSEWHERE)
    assert len(brought_into(world, program.passport_id)) == 1


@pytest.mark.parametrize("wrong", ["x", "profile", "%00", "00000000-0000-4000-8000-000000000000", "../settings/x"])
def test_an_address_of_nothing(world: World, wrong: str) -> None:
    """It is a page that says so."""
    client, _ = sani(world)
    assert client.get(f"{OTHERS}/{wrong}").status_code in {404, 422}


HOSTILE = "<script>alert(1)</script> \u202eKäänteinen\u202c <img src=https://evil.example/x.png> & " + "pitkä" * 200


def test_a_strangers_text_is_only_text(world: World) -> None:
    """No tag of theirs is a tag, nothing turns the text around it, nothing is loaded or linked, and a list is not drowned."""
    client, program = sani(world)
    picture = {"id": "https://evil.example/x.png", "type": "Image"}
    issuer = {"id": Maker.by_key().did, "type": ["Profile"], "name": HOSTILE, "url": "https://evil.example/"}
    put(
        world,
        program,
        strangers_badge(
            issuer=issuer,
            credentialSubject=achievement(
                name=HOSTILE, description=HOSTILE, criteria={"narrative": HOSTILE}, image=picture
            ),
        ),
    )
    for path in (SHELF, OTHERS, address(world, program), f"{address(world, program)}?check=now"):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "\u202e" not in page
        assert "evil.example" not in "".join(re.findall(r"<(?:img|a|link|script)[^>]*>", page))
    listed = re.search(r'class="badge-card brought">.*?</li>', client.get(OTHERS).text, re.DOTALL)
    assert listed is not None
    assert len(listed.group()) < 2_000


def test_many_of_them_do_not_fill_the_shelf(world: World) -> None:
    """Four stand on the shelf, all of them on their own page."""
    client, program = sani(world)
    for number in range(6):
        put(world, program, strangers_badge(number))
    assert client.get(SHELF).text.count("badge-card brought") == 4
    assert client.get(OTHERS).text.count("badge-card brought") == 6


def test_they_see_and_remove_what_a_program_said_of_them(world: World) -> None:
    """The profile that was put stands there in the clear, for them alone; one press removes it."""
    client, program = sani(world)
    put_profile(world, program)
    page = client.get(OTHERS).text
    assert "Sani Salainen" in page
    assert "sani@posti.example" in page
    answer = client.post(f"{OTHERS}/profile/remove")
    assert "Tiedot on poistettu" in client.get(answer.headers["location"]).text
    assert "Sani Salainen" not in client.get(OTHERS).text
    with world.rooms.database.read() as session:
        assert session.exec(select(HolderProfileRow)).all() == []


def test_settings_lead_there(world: World) -> None:
    """Also where there is a profile and no badge."""
    client, _ = sani(world)
    assert f'href="{OTHERS}"' in client.get("/passport/settings").text


def test_everything_to_take_along_has_it(world: World) -> None:
    """The file of everything holds each badge as it came."""
    import io  # noqa: PLC0415 - used here only
    import zipfile  # noqa: PLC0415 - the same

    client, program = sani(world)
    badge = strangers_badge()
    put(world, program, badge)
    put_profile(world, program)
    everything = zipfile.ZipFile(io.BytesIO(client.get("/passport/settings/everything.zip").content))
    assert everything.read("others/01.json") == badge
    told = orjson.loads(everything.read("everything.json"))
    assert told["brought_badges"][0]["brought_by"] == "Reppu"
    assert told["passport"]["profile"]["document"]["name"] == "Sani Salainen"


def test_ours_stay_as_they_are(world: World) -> None:
    """Beside badges of ours the shelf looks as before."""
    participant = new_participant(world, new_group(world))
    give_badge(world, participant, "kasi-puu")
    card = new_card(world, participant)
    put(world, allowed(world, participant), strangers_badge())
    shelf = open_with(world, card).get(SHELF).text
    assert shelf.index("kasi-puu") < shelf.index("Café counter")
