"""``/passport/match``: six digits for whoever asks whose the badges are, and what the page of a link answers to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from okbadges.passport.matching import TRIES, WINDOW
from support.groups import Journal
from support.passport import browser
from support.sharing import Sharer, address_of, new_link, passport_of, sharer
from support.world import on_both_databases

if TYPE_CHECKING:
    import uuid

    from httpx2 import Response

    from support.world import World


def digits_on(world: World, sani: Sharer) -> str:
    """Return the digits that an open passport shows."""
    page = passport_of(world, sani).get("/passport/match")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    found = re.search(r'<span class="digits" aria-hidden="true">(\d{3} \d{3})</span>', page.text)
    assert found
    return found[1]


def typed(world: World, link: uuid.UUID, digits: str) -> Response:
    """Type digits on the page of a link, as a teacher who has no passport."""
    answer: Response = browser(world).post(f"{address_of(world, link)}/match", data={"digits": digits})
    return answer


@on_both_databases
def test_it_works(world: World) -> None:
    """What the passport shows is answered with yes; nothing is told in the journal, and no cookie is set."""
    sani = sharer(world)
    link = new_link(world, sani)
    digits = digits_on(world, sani)
    journal = Journal(world)
    answer = typed(world, link, digits)
    assert answer.status_code == 200
    assert "Numerot ovat siitä osaamispassista" in answer.text
    assert "<title>Kyllä." in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    assert journal.actions() == []


def test_without_a_passport_there_are_no_digits(world: World) -> None:
    """Whoever did not open one is sent to where it is opened."""
    assert browser(world).get("/passport/match").headers["location"] == "/p"


def test_others_are_told_no(world: World) -> None:
    """The digits of another passport, and those of some minutes ago, do not match; the page says what to try."""
    sani, veikko = sharer(world, "digi-turva"), sharer(world, "arki-ruoka")
    link = new_link(world, sani)
    old = digits_on(world, sani)
    assert "Numerot eivät täsmää." in typed(world, link, digits_on(world, veikko)).text
    world.clock.move(seconds=2 * WINDOW.total_seconds())
    assert "Numerot eivät täsmää." in typed(world, link, old).text


def test_a_link_without_a_passport_cannot_be_checked(world: World) -> None:
    """It is neither yes nor no."""
    issued = world.issue(share={"purpose": "study-plan", "expires_on": "2026-12-31"})
    answer = browser(world).post(f"{issued['share_link']}/match", data={"digits": "123456"})
    assert answer.status_code == 200
    assert "Tätä ei voi tarkistaa." in answer.text


@pytest.mark.parametrize("digits", ["", "12345", "abcdef", "\0" * 6, "1" * 10_000, "<script>"])
def test_what_is_not_six_digits_is_said_beside_the_field(world: World, digits: str) -> None:
    """The page is shown again; the verdict stands, and no try is counted."""
    link = new_link(world, sharer(world, "digi-turva"))
    for _ in range(TRIES.most + 1):
        answer = typed(world, link, digits)
    assert answer.status_code == 422
    assert "Kirjoita kuusi numeroa" in answer.text
    assert "Aito ja voimassa" in answer.text
    assert "<script>" not in answer.text


def test_too_many_tries_get_a_kind_page(world: World) -> None:
    """It says how long to wait; the verdict stands, and another link can still be asked."""
    sani = sharer(world, "digi-turva")
    link, other = new_link(world, sani), new_link(world, sani)
    digits = digits_on(world, sani)
    for _ in range(TRIES.most):
        typed(world, link, f"{(int(digits.replace(' ', '')) + 1) % 1_000_000:06d}")
    answer = typed(world, link, digits)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert "Numeroita kokeiltiin liian monta kertaa." in answer.text
    assert "Aito ja voimassa" in answer.text
    assert "Kyllä." in typed(world, other, digits).text


def test_a_link_that_ended_answers_nothing(world: World) -> None:
    """Taken back, it is gone for digits too; one that never was is not found."""
    sani = sharer(world, "digi-turva")
    link = new_link(world, sani)
    digits = digits_on(world, sani)
    passport_of(world, sani).post(f"/passport/share/links/{link}/withdraw")
    assert typed(world, link, digits).status_code == 410
    assert browser(world).post("/s/nope/match", data={"digits": digits}).status_code == 404


def test_another_site_cannot_ask(world: World) -> None:
    """Digits are typed on our page alone."""
    link = new_link(world, sharer(world, "digi-turva"))
    answer = browser(world).post(
        f"{address_of(world, link)}/match", data={"digits": "123456"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403


def test_reloading_an_answer_leads_back_to_the_page(world: World) -> None:
    """The address of the answer holds nothing of it, and its language switch leads to the link itself."""
    link = new_link(world, sharer(world, "digi-turva"))
    address = address_of(world, link)
    again = browser(world).get(f"{address}/match?lang=sv")
    assert (again.status_code, again.headers["location"]) == (303, f"{address}?lang=sv")
    assert f'href="{address}?lang=sv"' in typed(world, link, "123456").text


@pytest.mark.parametrize(("language", "says"), [("sv", "Hämta nya siffror"), ("en", "Get new digits")])
def test_it_speaks_the_holders_language(world: World, language: str, says: str) -> None:
    """The page of the digits, and the way to new ones."""
    sani = sharer(world, "digi-turva")
    page = passport_of(world, sani).get(f"/passport/match?lang={language}").text
    assert says in page
    assert f'href="/passport/match?lang={language}"' in page
    assert "http-equiv" not in page  # a page that reloads by itself takes people by surprise
