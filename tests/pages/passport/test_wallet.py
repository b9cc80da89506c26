"""`/passport/badges/…/wallet` and `/w/…`: a person takes a badge into a wallet app."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp
from PIL import Image

from okbadges.pages import qr
from okbadges.partners.wallets.documents import qr_address
from okbadges.passport.accepting import Decision
from support.corrections import events
from support.passport import PAGE, browser, give_badge, new_card, open_passport, open_with, say, two_people
from support.wallets import LUMI, Offered, ask, bearer, offer_again, offered, token_for
from support.world import on_both_databases

if TYPE_CHECKING:
    import uuid

    from fastapi.testclient import TestClient

    from support.world import World

OFFER = re.compile(r'name="offer" value="([0-9a-f-]{36})"')


def make(client: TestClient, badge: uuid.UUID) -> str:
    """Press the button that makes a code and return the page that follows."""
    page = client.get(f"/passport/badges/{badge}/wallet")
    found = OFFER.search(page.text)
    assert found, page.text
    answer = client.post(f"/passport/badges/{badge}/wallet", data={"offer": found[1]})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/passport/badges/{badge}/wallet")
    return client.get(f"/passport/badges/{badge}/wallet").text


def spelled(page: str) -> str:
    """Return the six digits that a page shows."""
    found = re.search(r'class="digits" aria-hidden="true">([0-9]{3}) ([0-9]{3})<', page)
    assert found
    return found[1] + found[2]


@on_both_databases
def test_it_works(world: World) -> None:
    """From the badge to a code and back: the links open wallets, the digits are those that are asked for, and what came of it is said."""
    sani, _ = two_people(world)
    badge = give_badge(world, sani)
    client = open_passport(world, sani)
    assert f"/passport/badges/{badge}/wallet" in client.get(f"/passport/badges/{badge}").text
    page = make(client, badge)
    assert "klo 14.30 asti" in page
    link = re.search(r'href="(openid-credential-offer://[^"]+)"', page)
    assert link
    (reference,) = parse_qs(urlsplit(link[1]).query)["credential_offer_uri"]
    (grant,) = world.client.get(reference).json()["grants"].values()
    fields = {"grant_type": "urn:ietf:params:oauth:grant-type:pre-authorized_code", "tx_code": spelled(page)}
    token = world.client.post("/oid4vci/token", data={**fields, "pre-authorized_code": grant["pre-authorized_code"]})
    assert token.status_code == 200
    assert "Lompakko hakee merkkiä." in client.get(f"/passport/badges/{badge}/wallet").text
    headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
    named = ask(world, headers, LUMI.proof(world)).json()["notification_id"]
    taken = client.get(f"/passport/badges/{badge}/wallet").text
    assert "Lompakko on hakenut merkin." in taken
    assert "Lompakko haki merkin 21.11.2026 klo 14.00." in taken
    assert "openid-credential-offer" not in taken
    told = {"notification_id": named, "event": "credential_accepted"}
    assert world.client.post("/oid4vci/notification", json=told, headers=headers).status_code == 204
    assert "ja tallensi sen" in client.get(f"/passport/badges/{badge}/wallet").text


def test_the_code_can_be_read(world: World) -> None:
    """The QR code is that of the one address for people and both kinds of wallets, and not larger than version 8."""
    offer = offered(world)
    address = qr_address(offer.its)
    assert parse_qs(urlsplit(address).query) == {
        "iuv": ["1"],
        "credential_offer_uri": [f"http://localhost:8000/w/{offer.its.token}"],
    }
    assert len(qr.matrix(address)) - 2 * qr.QUIET_ZONE <= 49
    (read,) = zxingcpp.read_barcodes(Image.open(BytesIO(qr.png(address))))
    assert read.text == address


def test_what_became_of_a_code(world: World) -> None:
    """A code that ended says so, and a new one ends the one before; the form sent twice makes one."""
    sani, _ = two_people(world)
    badge, client = give_badge(world, sani), open_passport(world, sani)
    first = spelled(make(client, badge))
    world.clock.move(minutes=1)
    assert spelled(make(client, badge)) != first
    world.clock.move(minutes=30)
    assert "Koodi ei ole enää voimassa. Tee uusi koodi." in client.get(f"/passport/badges/{badge}/wallet").text
    form = {"offer": "01a1fdfa-4600-7c0c-a299-62bfdd5cf97a"}
    before = len(events(world, "wallet-offer.made"))
    for _ in range(2):
        assert client.post(f"/passport/badges/{badge}/wallet", data=form).status_code == 303
    assert len(events(world, "wallet-offer.made")) == before + 1


def test_what_cannot_be_taken(world: World) -> None:
    """A badge that is put away has no code, and its page says why; of others there is no page."""
    sani, eino = two_people(world)
    badge, client = give_badge(world, sani), open_passport(world, sani)
    make(client, badge)
    say(world, sani, badge, Decision.HIDE)
    page = client.get(f"/passport/badges/{badge}/wallet")
    assert "Tätä merkkiä ei voi nyt ottaa lompakkoon." in page.text
    assert OFFER.search(page.text) is None
    assert "openid-credential-offer" not in page.text
    form = {"offer": "01a1fdfa-4600-7c0c-a299-62bfdd5cf97a"}
    assert client.post(f"/passport/badges/{badge}/wallet", data=form).status_code == 404
    other = open_with(world, new_card(world, eino))
    assert other.get(f"/passport/badges/{badge}/wallet").status_code == 404
    assert other.post(f"/passport/badges/{badge}/wallet", data=form).status_code == 404


@pytest.mark.parametrize("form", [{}, {"offer": "x"}, {"offer": ""}])
def test_forms_that_are_refused(world: World, form: dict[str, str]) -> None:
    """A form that is not ours, or of another site, makes nothing."""
    sani, _ = two_people(world)
    badge, client = give_badge(world, sani), open_passport(world, sani)
    assert client.post(f"/passport/badges/{badge}/wallet", data=form).status_code == 422
    headers = {"Sec-Fetch-Site": "cross-site"}
    ours = {"offer": "01a1fdfa-4600-7c0c-a299-62bfdd5cf97a"}
    assert client.post(f"/passport/badges/{badge}/wallet", data=ours, headers=headers).status_code == 403
    assert events(world, "wallet-offer.made") == []


@pytest.mark.parametrize(
    ("language", "says"),
    [("fi", "Avaa lompakkosovellus"), ("sv", "Öppna plånboksappen"), ("en", "Open the wallet app")],
)
def test_the_page_behind_the_code(world: World, language: str, says: str) -> None:
    """Who reads the code with a camera is told what it is, in their language, without a cookie, and nothing of badge or person."""
    offer = offered(world)
    address = qr_address(offer.its).removeprefix("http://localhost:8000")
    answer = browser(world).get(address, headers={**PAGE, "Accept-Language": language})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    assert says in answer.text
    assert "openid-credential-offer://?credential_offer_uri=" in answer.text
    assert "https://lcw.app/request?request=%7B%22credentialRequestOrigin%22" in answer.text
    assert "Turvallinen" not in answer.text
    assert offer.its.digits not in answer.text


def test_a_code_that_is_over_has_a_page(world: World) -> None:
    """Ended and taken are said to people in words that lead to their passport."""
    taken = offered(world)
    assert ask(world, bearer(world, taken), LUMI.proof(world)).status_code == 200
    page = browser(world).get(f"/w/{taken.its.token}")
    assert (page.status_code, "Merkki on jo haettu" in page.text) == (410, True)
    world.clock.move(seconds=1)
    ended: Offered = offer_again(world, taken.holder, taken.credential)
    assert token_for(world, ended).status_code == 200
    world.clock.move(minutes=31)
    page = browser(world).get(f"/w/{ended.its.token}")
    assert (page.status_code, "Koodi ei ole enää voimassa" in page.text) == (410, True)
