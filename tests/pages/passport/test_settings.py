"""``/passport/settings``: the PIN, consents, evidence, everything as one file, another card, and erasing."""

from __future__ import annotations

import io
import json
import re
import uuid
import zipfile
from typing import TYPE_CHECKING

import pytest
from sqlmodel import select

from okbadges.credentials.baking import unbake
from okbadges.credentials.strict_json import dumps
from okbadges.passport.holder import PINS, WRONG_CODES, holder_of_card
from okbadges.storage.rows import all_rows, table_named
from okbadges.storage.tables import CredentialRow, ParticipantRow
from support.corrections import code_of
from support.groups import Journal
from support.learners import new_group, new_participant
from support.passport import browser, give_pin, holder_of, new_card, open_passport, open_with
from support.world import on_both_databases, order

if TYPE_CHECKING:
    from fastapi.testclient import TestClient
    from httpx2 import Response

    from okbadges.passport.cards import Card
    from support.world import World

SETTINGS = "/passport/settings"


@pytest.fixture
def otto(world: World) -> uuid.UUID:
    """Return Otto, whom Iida leads in a group; he has a badge."""
    participant = new_participant(world, new_group(world))
    world.issue(participant=str(participant))
    return participant


def do(client: TestClient, what: str, **fields: str) -> Response:
    """Send one of the forms."""
    answer: Response = client.post(f"{SETTINGS}/{what}", data=fields)
    return answer


def add_evidence(world: World, participant: uuid.UUID, **fields: str) -> Response:
    """Keep a text about what Otto did, as Iida."""
    sent = {"badge": "digi-turva", "kind": "text", "text": "Vaihtoi salasanan", **fields}
    answer: Response = world.client.post(
        f"/v1/participants/{participant}/evidence",
        files=[(name, (None, value)) for name, value in sent.items()],
        headers=world.as_iida(),
    )
    return answer


@on_both_databases
@pytest.mark.parametrize(("language", "title"), [("fi", "Asetukset"), ("sv", "Inställningar"), ("en", "Settings")])
def test_it_works(world: World, otto: uuid.UUID, language: str, title: str) -> None:
    """The page is there in each language, for the holder alone, and nobody keeps it."""
    client = open_passport(world, otto)
    page = client.get(f"{SETTINGS}?lang={language}")
    assert page.status_code == 200
    assert f"<h1>{title}</h1>" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "noindex" in page.headers["x-robots-tag"]
    assert browser(world).get(SETTINGS).headers["location"] == "/p"


def test_a_pin_protects_the_passport(world: World, otto: uuid.UUID) -> None:
    """With a PIN other open browsers are closed, this one stays, and the card alone opens nothing; without it again it does."""
    card = new_card(world, otto)
    here, elsewhere = open_with(world, card), open_with(world, card)
    world.clock.move(seconds=2)
    assert do(here, "pin", pin="2580").headers["location"] == f"{SETTINGS}?done=pin-set"
    assert here.get(SETTINGS).status_code == 200
    assert elsewhere.get(SETTINGS).headers["location"] == "/p"
    assert holder_of(world, card).has_pin
    assert do(here, "pin/remove", current="2580").status_code == 303
    assert here.get(SETTINGS).status_code == 200
    assert not holder_of(world, card).has_pin


@pytest.mark.parametrize(
    ("what", "fields", "place"),
    [
        ("pin", {"pin": "1111"}, "pin-current"),
        ("pin/remove", {}, "pin-remove"),
        ("erase", {"sure": "yes"}, "current"),
    ],
)
def test_where_there_is_a_pin_it_is_asked_for(
    world: World, otto: uuid.UUID, what: str, fields: dict[str, str], place: str
) -> None:
    """Whoever finds a passport open neither changes nor removes the PIN, nor erases anything; wrong PINs are counted as at opening."""
    card = new_card(world, otto)
    client = open_with(world, card)
    assert do(client, "pin", pin="2580").status_code == 303
    journal = Journal(world)
    answer = do(client, what, **fields)
    assert answer.status_code == 422
    assert f'aria-describedby="{place}-mistake"' in answer.text
    assert "Kirjoita myös PIN-koodi" in answer.text
    answer = do(client, what, **fields, current="0000")
    assert answer.status_code == 403
    assert "PIN-koodi on väärä" in answer.text
    for _ in range(PINS.most - 1):
        do(client, what, **fields, current="0000")
    assert do(client, what, **fields, current="2580").status_code == 429
    assert browser(world).post(card.address.removeprefix(world.rooms.base_url), data={"pin": "2580"}).status_code == 429
    assert journal.actions() == []
    world.clock.move(hours=2)
    assert do(client, what, **fields, current=" 2580 ").status_code in {200, 303}


@pytest.mark.parametrize("pin", ["", "123", "123456789", "12a4", "١٢٣٤", "12 34", "\0\0\0\0", "-1234"])
def test_what_is_no_pin_is_refused(world: World, otto: uuid.UUID, pin: str) -> None:
    """Four to eight digits; the page comes back with a sentence beside the field, and nothing has changed."""
    client, journal = open_passport(world, otto), Journal(world)
    answer = do(client, "pin", pin=pin)
    assert answer.status_code == 422
    assert 'aria-describedby="pin-mistake"' in answer.text
    assert "ei muita merkkejä" in answer.text
    assert journal.actions() == []


def test_a_pin_is_in_no_row_in_clear(world: World, otto: uuid.UUID) -> None:
    """What is kept is an HMAC under a key that the database does not hold."""
    card = new_card(world, otto)
    give_pin(world, card, "39572046")
    with world.rooms.database.read() as session:
        passport = session.exec(select(ParticipantRow.passport_id).where(ParticipantRow.id == otto)).one()
        assert passport is not None
    dump = "".join(str(row) for row in rows_of(world, "passports") + rows_of(world, "passport_cards"))
    assert "39572046" not in dump


def rows_of(world: World, table: str) -> list[object]:
    """Return the rows of a table as they are."""
    with world.rooms.database.read() as session:
        return list(all_rows(session.connection(), table_named(table)))


def test_receiving_is_taken_back_and_given_again(world: World, otto: uuid.UUID) -> None:
    """Without it nothing new is issued to them, by whom and however; with it again it is. What they have they keep."""
    client = open_passport(world, otto)
    assert do(client, "consents/receiving/give").status_code == 303
    journal = Journal(world)
    do(client, "consents/receiving/withdraw")
    do(client, "consents/receiving/withdraw")
    assert journal.actions() == ["consent.withdrawn"]
    refused = world.client.post(
        "/v1/credentials", json=order(badge="kasi-puu", participant=str(otto)), headers=world.as_iida()
    )
    assert code_of(refused) == (409, "consent-withdrawn")
    assert "Peruit 21.11.2026" in client.get(SETTINGS).text
    do(client, "consents/receiving/give")
    assert world.issue(badge="kasi-puu", participant=str(otto))["id"]


def test_evidence_needs_a_word(world: World, otto: uuid.UUID) -> None:
    """Nothing is kept before they agreed; in person is enough and is recorded; taken back, everything kept goes at once."""
    assert code_of(add_evidence(world, otto)) == (409, "consent-missing")
    assert add_evidence(world, otto, agreed="true").status_code == 201
    assert add_evidence(world, otto).status_code == 201
    client, journal = open_passport(world, otto), Journal(world)
    assert "2 työnäytettä" in client.get(SETTINGS).text
    do(client, "consents/evidence/withdraw")
    [(action, _, details)] = journal.news()
    assert (action, details["evidence"]) == ("consent.withdrawn", 2)
    assert "Sinulla ei ole työnäytteitä" in client.get(SETTINGS).text
    assert code_of(add_evidence(world, otto)) == (409, "consent-missing")
    do(client, "consents/evidence/give")
    assert add_evidence(world, otto).status_code == 201


def test_a_share_is_no_consent_of_this_page(world: World, otto: uuid.UUID) -> None:
    """A link is taken back on its own page; anything else is no purpose."""
    client = open_passport(world, otto)
    assert do(client, "consents/sharing/withdraw").status_code == 422
    assert do(client, "consents/everything/give").status_code == 422


def test_the_evidence_of_one_badge_goes(world: World, otto: uuid.UUID) -> None:
    """Only that of the badge; what is not there is erased without a word."""
    add_evidence(world, otto, agreed="true")
    add_evidence(world, otto, badge="kasi-puu")
    client, journal = open_passport(world, otto), Journal(world)
    do(client, "evidence/digi-turva/erase")
    do(client, "evidence/digi-turva/erase")
    do(client, "evidence/no-such-badge/erase")
    assert journal.actions() == ["evidence.erased"]
    page = client.get(SETTINGS).text
    assert "/evidence/kasi-puu/erase" in page
    assert "/evidence/digi-turva/erase" not in page


def test_everything_goes_along_in_one_file(world: World, otto: uuid.UUID) -> None:
    """The badges in every form, the evidence as it was, and all that is held, in words that a person finds their way in."""
    world.clock.move(seconds=1)
    issued = world.issue(badge="kasi-puu", participant=str(otto))
    add_evidence(world, otto, agreed="true")
    answer = open_passport(world, otto).get(f"{SETTINGS}/everything.zip?lang=fi")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "no-store"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    names = archive.namelist()
    assert [name for name in names if name.startswith("badges/01-kasi-puu")] == [
        f"badges/01-kasi-puu.{suffix}" for suffix in ("json", "png", "jwt", "selective.json")
    ]
    assert archive.read("badges/01-kasi-puu.json") == dumps(issued["credential"])
    assert unbake(archive.read("badges/01-kasi-puu.png")) == dumps(issued["credential"])
    [evidence] = [name for name in names if name.startswith("evidence/")]
    assert archive.read(evidence) == b"Vaihtoi salasanan"
    assert "osaamispassisi" in archive.read("read-me.txt").decode()
    everything = json.loads(archive.read("everything.json"))
    assert everything["evidence"][0]["file"] == evidence
    assert everything["participants"][0]["label"] == "Sani"
    assert {one["badge"] for one in everything["credentials"]} == {"digi-turva", "kasi-puu"}


def test_a_revoked_badge_goes_along_without_further_forms(world: World, otto: uuid.UUID) -> None:
    """What cannot be made of it is left out; the rest is there."""
    world.clock.move(seconds=1)
    issued = world.issue(badge="kasi-puu", participant=str(otto))
    world.client.post(
        f"/v1/credentials/{issued['id']}/revoke", json={"reason": "issued-in-error"}, headers=world.as_iida()
    )
    answer = open_passport(world, otto).get(f"{SETTINGS}/everything.zip")
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert "badges/01-kasi-puu.json" in names
    assert "badges/01-kasi-puu.jwt" not in names


def from_ranua(world: World) -> tuple[uuid.UUID, Card]:
    """Give the same person a badge and a card of another organisation."""
    issued = world.client.post(
        "/v1/credentials",
        json=order(organisation="ranua", workshop="puu", badge="opi-vahvuudet"),
        headers=world.as_partner(),
    ).json()
    participant = uuid.UUID(issued["participant"])
    return participant, new_card(world, participant, organisation="ranua")


def test_another_card_brings_its_badges_along(world: World, otto: uuid.UUID) -> None:
    """Both are in one passport from then on, and the other card ends; the open one goes on."""
    other, card = from_ranua(world)
    client, journal = open_passport(world, otto), Journal(world)
    answer = do(client, "join", mine="yes", code=f"  {card.code.lower()} ")
    assert answer.headers["location"] == f"{SETTINGS}?done=joined"
    assert journal.actions() == ["passport.joined"]
    with world.rooms.database.read() as session:
        passports = {session.get_one(ParticipantRow, one).passport_id for one in (otto, other)}
        assert len(passports) == 1
        assert holder_of_card(session, card.id) is None
    assert code_in(do(client, "join", mine="yes", code=card.code)) == 410


def test_nobody_joins_by_a_slip(world: World, otto: uuid.UUID) -> None:
    """Both cards have to be said to be one's own first, as nobody undoes it alone; what was typed is still there."""
    _, card = from_ranua(world)
    client, journal = open_passport(world, otto), Journal(world)
    answer = do(client, "join", code=card.code)
    assert code_in(answer) == 422
    assert card.code in answer.text
    assert journal.actions() == []


def test_no_can_be_said_before_anybody_asked(world: World, otto: uuid.UUID) -> None:
    """A no is written down like a yes: nothing is awarded after it, until they say otherwise."""
    client, journal = open_passport(world, otto), Journal(world)
    assert "En suostu" in client.get(SETTINGS).text
    do(client, "consents/receiving/withdraw")
    do(client, "consents/evidence/withdraw")
    assert journal.actions() == ["consent.withdrawn", "consent.withdrawn"]
    assert "En suostu" not in client.get(SETTINGS).text
    refused = world.client.post(
        "/v1/credentials", json=order(badge="kasi-puu", participant=str(otto)), headers=world.as_iida()
    )
    assert code_of(refused) == (409, "consent-withdrawn")


def code_in(answer: Response) -> int:
    """Return the status of a form that was refused and shown again."""
    assert 'id="join-mistake"' in answer.text
    return answer.status_code


@pytest.mark.parametrize(
    ("code", "status"), [("", 422), ("abc", 422), ("0000-0000-0000", 404), ("\0" * 12, 422), ("å" * 12, 422)]
)
def test_what_is_no_other_card_is_refused(world: World, otto: uuid.UUID, code: str, status: int) -> None:
    """The form comes back open, with what was typed and a sentence."""
    client, journal = open_passport(world, otto), Journal(world)
    answer = do(client, "join", mine="yes", code=code)
    assert code_in(answer) == status
    assert journal.actions() == []


def test_ones_own_card_joins_nothing(world: World, otto: uuid.UUID) -> None:
    """It opens this passport already."""
    card = new_card(world, otto)
    assert code_in(do(open_with(world, card), "join", mine="yes", code=card.code)) == 409


def test_another_card_with_a_pin_needs_it(world: World, otto: uuid.UUID) -> None:
    """Somebody else's card that was found opens nothing here either."""
    _, card = from_ranua(world)
    give_pin(world, card)
    client = open_passport(world, otto)
    assert code_in(do(client, "join", mine="yes", code=card.code)) == 422
    assert code_in(do(client, "join", mine="yes", code=card.code, pin="1111")) == 403
    assert do(client, "join", mine="yes", code=card.code, pin="2580").status_code == 303


def test_codes_cannot_be_tried_out_here(world: World, otto: uuid.UUID) -> None:
    """After many wrong codes from one address there is a pause, and the right one is not looked at either."""
    _, card = from_ranua(world)
    client = open_passport(world, otto)
    for _ in range(WRONG_CODES.most):
        assert code_in(do(client, "join", mine="yes", code="0000-0000-0000")) == 404
    assert code_in(do(client, "join", mine="yes", code=card.code)) == 429


def test_everything_is_erased_after_a_clear_yes(world: World, otto: uuid.UUID) -> None:
    """The page says what goes and what stays; without the tick nothing happens; then the person is gone, and the visit with them."""
    issued = world.issue(badge="kasi-puu", participant=str(otto))
    other, card = from_ranua(world)
    client = open_passport(world, otto)
    do(client, "join", mine="yes", code=card.code)
    page = client.get(f"{SETTINGS}/erase").text
    assert "Tämä poistetaan" in page
    assert "Tämä jää" in page
    assert do(client, "erase").status_code == 422
    assert do(client, "erase", sure="no").status_code == 422
    answer = do(client, "erase", sure="yes")
    assert "Kaikki on poistettu" in answer.text
    assert client.get(SETTINGS).headers["location"] == "/p"
    with world.rooms.database.read() as session:
        assert [session.get(ParticipantRow, one) for one in (otto, other)] == [None, None]
        left = session.exec(select(CredentialRow).where(CredentialRow.credential_id == issued["id"])).one()
        assert left.document is None
    assert world.rooms.verify(dumps(issued["credential"])).verdict == "VALID"


@pytest.mark.parametrize("what", ["pin", "pin/remove", "join", "erase", "consents/receiving/give"])
def test_no_other_site_can_send_a_form(world: World, otto: uuid.UUID, what: str) -> None:
    """A browser says where a form comes from; from elsewhere nothing is changed."""
    client, journal = open_passport(world, otto), Journal(world)
    for headers in (
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        answer = client.post(f"{SETTINGS}/{what}", data={"sure": "yes", "pin": "2580"}, headers=headers)
        assert answer.status_code == 403
    assert journal.actions() == []


def test_nothing_said_in_the_address_is_shown(world: World, otto: uuid.UUID) -> None:
    """What was done is one of the page's own sentences, or nothing."""
    page = open_passport(world, otto).get(f"{SETTINGS}?done=<script>alert(1)</script>").text
    assert "alert(1)" not in re.sub(r'href="[^"]*"', "", page)
