"""The code of a share link: typed in any spelling it leads to the page of the link, and it is never a card's, nor a card's a link's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from okbadges.errors import InvalidInput, NotFound, TooManyRequests
from okbadges.issuing.links import Links
from okbadges.passport.cards import read_code, written
from okbadges.passport.holder import WRONG_CODES, card_by_code
from okbadges.passport.link_codes import link_by_code
from okbadges.passport.own_links import withdraw_link
from okbadges.storage.tables import ShareLinkRow
from support.passport import browser, new_card
from support.sharing import Sharer, address_of, new_link, passport_of, sharer

if TYPE_CHECKING:
    import uuid

    from httpx2 import Response

    from support.world import World

PAGE = {"Accept": "text/html"}
NOBODYS = "0000-0000-0000"


def code_of(world: World, link: uuid.UUID) -> str:
    """Return the code of a link as it is printed."""
    return written(Links(world.rooms.secrets, world.rooms.base_url).share_code(link))


def typed(world: World, text: str) -> Response:
    """Type something on the page where a badge is checked."""
    return world.client.post("/verify", data={"text": text}, headers=PAGE, follow_redirects=False)


def said(answer: Response) -> str:
    """Return what stands beside the field."""
    found = re.search(r'id="mistake" role="alert">(.*?)</p>\s*<textarea', answer.text, re.DOTALL)
    assert found, answer.text
    return found[1]


@pytest.fixture
def sani(world: World) -> Sharer:
    """Return Sani with one badge."""
    return sharer(world, "digi-turva")


def test_it_works(world: World, sani: Sharer) -> None:
    """The code that stands on the holder's own page leads whoever types it to the page of the link."""
    link = new_link(world, sani)
    code = code_of(world, link)
    assert re.fullmatch(r"(?:[0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}", code)
    assert f"Koodi: <strong>{code}</strong>" in passport_of(world, sani).get(f"/passport/share/links/{link}").text
    answer = typed(world, code)
    assert (answer.status_code, answer.headers["location"]) == (303, address_of(world, link))
    assert answer.headers["cache-control"] == "no-store"
    assert "Aito ja voimassa" in world.client.get(answer.headers["location"], headers=PAGE).text


@pytest.mark.parametrize(
    "spelt", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code[:7]} {code[7:]}\n"]
)
def test_its_spelling_does_not_matter(world: World, sani: Sharer, spelt: object) -> None:
    """Small letters, spaces, no dashes."""
    assert callable(spelt)
    assert typed(world, spelt(code_of(world, new_link(world, sani)))).status_code == 303


def test_the_link_of_an_award_has_a_code_too(world: World) -> None:
    """Links that the instructor makes are found like the holder's own."""
    link = world.issue(share={"purpose": "workplace", "expires_on": "2027-01-01"})["share_link"]
    page = world.client.get(link, headers=PAGE).text
    code = re.search(r'class="spoken">Koodi: <strong>([^<]+)</strong>', page)
    assert code
    assert link.endswith(typed(world, code[1]).headers["location"])


def test_an_unknown_code_is_said_beside_the_field(world: World) -> None:
    """What was typed stays, and counts."""
    answer = typed(world, NOBODYS)
    assert answer.status_code == 404
    assert said(answer) == "Tällä koodilla ei löytynyt merkkejä. Katso koodi vielä kerran ja korjaa se."
    assert f">{NOBODYS}</textarea>" in answer.text
    assert answer.text.count('aria-invalid="true"') == 1


@pytest.mark.parametrize("text", ["7K3M-X9QR-T2A", "7K3M X9QR T2AB C", "UUUU-UUUU-UUUU"])
def test_what_is_nearly_a_code_is_not_taken_for_a_badge(world: World, text: str) -> None:
    """A letter too few or too many, or one that is in no code: whoever typed it hears how a code looks."""
    answer = typed(world, text)
    assert answer.status_code == 422
    assert said(answer) == "Koodissa on 12 kirjainta ja numeroa. Katso koodi vielä kerran."


def test_a_card_is_not_for_showing(world: World, sani: Sharer) -> None:
    """Its code gets kind words here, opens nothing, and counts as no miss; one that was replaced is told the same."""
    for _ in range(2):
        answer = typed(world, sani.card.code)
        assert answer.status_code == 422
        assert said(answer).startswith("Tämä koodi avaa osaamispassin. Se on vain passin haltijalle.")
        assert "set-cookie" not in answer.headers
        new_card(world, sani.participant)


def test_a_link_opens_no_passport(world: World, sani: Sharer) -> None:
    """Its code is no card's, and two codes that are written alike are kept under different keys."""
    code = code_of(world, new_link(world, sani))
    answer = browser(world).post("/p", data={"code": code}, headers=PAGE)
    assert answer.status_code == 404
    assert "set-cookie" not in answer.headers
    secrets = world.rooms.secrets
    assert secrets.code_hash(read_code(code)) != secrets.link_code_hash(read_code(code))


@pytest.mark.parametrize("how", ["withdrawn", "ended"])
def test_a_link_that_is_over_answers_as_at_its_address(world: World, sani: Sharer, how: str) -> None:
    """Its code leads there all the same, and there it is said that it is over."""
    link = new_link(world, sani)
    if how == "withdrawn":
        withdraw_link(world.rooms.writer, world.rooms.stamp("holder"), sani.holder.participants, link)
    else:
        world.clock.move(days=31)
    answer = typed(world, code_of(world, link))
    assert answer.status_code == 303
    assert world.client.get(answer.headers["location"], headers=PAGE).status_code == 410


def test_guessing_ends_soon(world: World, sani: Sharer) -> None:
    """Misses at this door and at the cards' are one number for an address; then a right code has to wait as well."""
    code, rooms = code_of(world, new_link(world, sani)), world.rooms
    with rooms.database.read() as session:
        for door in (link_by_code, card_by_code) * (WRONG_CODES.most // 2):
            with pytest.raises(NotFound):
                door(session, rooms.secrets, rooms.failures, read_code(NOBODYS), tried_from="192.0.2.7")
        for door, right in ((link_by_code, code), (card_by_code, sani.card.code)):
            with pytest.raises(TooManyRequests):
                door(session, rooms.secrets, rooms.failures, read_code(right), tried_from="192.0.2.7")
        with pytest.raises(InvalidInput, match="opens a passport"):
            link_by_code(session, rooms.secrets, rooms.failures, read_code(sani.card.code), tried_from="192.0.2.8")


def test_who_guessed_too_often_hears_how_long_to_wait(world: World, sani: Sharer) -> None:
    """In minutes, beside the field, with what was typed."""
    code, failures = code_of(world, new_link(world, sani)), world.rooms.failures
    for _ in range(WRONG_CODES.most):
        failures.count_failure(WRONG_CODES, "testclient")
    answer = typed(world, code)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert re.search(r"Odota \d+ minuuttia", said(answer))
    assert f">{code}</textarea>" in answer.text


def test_a_link_without_a_code_keeps_its_address(world: World, sani: Sharer) -> None:
    """One that was made before there were codes is printed with its whole address, and says nothing of a code."""
    link = new_link(world, sani)
    world.rooms.writer.write(lambda connection: connection.execute(update(ShareLinkRow).values(code_hash=None)))
    assert typed(world, code_of(world, link)).status_code == 404
    client = passport_of(world, sani)
    for page in (f"/passport/share/links/{link}", f"/passport/paper/{link}", address_of(world, link)):
        text = client.get(page, headers=PAGE).text
        assert 'class="spoken"' not in text
        assert 'class="address"' in text
