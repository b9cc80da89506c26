"""``/c/{token}``: the holder's own page, in the second person, with the files to carry away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from okbadges.credentials.baking import unbake
from okbadges.credentials.strict_json import dumps

if TYPE_CHECKING:
    from support.world import World

PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def claimed(installation: World) -> dict[str, Any]:
    """Issue one badge without a share link."""
    return installation.issue(badge="kasi-puu")


@pytest.mark.parametrize(
    ("language", "title"),
    [("fi", "Tämä merkki on sinun"), ("sv", "Det här märket är ditt"), ("en", "This badge is yours")],
)
def test_it_works(installation: World, claimed: dict[str, Any], language: str, title: str) -> None:
    """It speaks to the holder, says what they can do, and is not kept."""
    answer = installation.client.get(claimed["claim_link"], headers={**PAGE, "Accept-Language": language})
    assert f"<h1>{title}</h1>" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.text
    assert "Kemin" not in answer.text


@pytest.mark.parametrize("form", ["credential.json", "badge.png", "badge.svg"])
def test_files_hold_the_signed_bytes(installation: World, claimed: dict[str, Any], form: str) -> None:
    """What the holder carries away is exactly what was signed."""
    content = installation.client.get(f"{claimed['claim_link']}/{form}").content
    assert (content if form.endswith("json") else unbake(content)) == dumps(claimed["credential"])


def test_it_promises_nothing_that_is_not_there(installation: World, claimed: dict[str, Any]) -> None:
    """No passport, no accepting, no six digits: those come later."""
    page = installation.client.get(claimed["claim_link"], headers=PAGE).text.lower()
    for later in ("passi", "ota vastaan", "kuusi numeroa"):
        assert later not in page


def test_a_badge_that_is_not_valid_any_more_says_so(world: World) -> None:
    """The holder learns of it before showing it to somebody."""
    issued = world.issue(valid_until="2026-11-30")
    world.clock.move(days=20)
    page = world.client.get(issued["claim_link"], headers=PAGE).text
    assert "Aito, mutta vanhentunut 30.11.2026" in page
    assert "Merkkisi on aito ja voimassa." not in page


@pytest.mark.parametrize(("language", "said"), [("fi", "Linkki on otettu pois."), ("sv", "Länken är borttagen.")])
def test_the_holder_takes_a_link_back(installation: World, language: str, said: str) -> None:
    """Each link that shows the badge stands on the page with its day and a button; pressing it ends the link, and the page says so."""
    issued = installation.issue(share={"purpose": "workplace", "expires_on": "2027-05-31"})
    page = installation.client.get(f"{issued['claim_link']}?lang={language}", headers=PAGE).text
    action = re.search(r'<form method="post" action="([^"]+)"', page)
    assert action is not None
    after = installation.client.post(action[1], headers=PAGE)
    assert said in after.text
    assert f'<html lang="{language}">' in after.text
    assert "<form" not in after.text
    assert installation.client.get(issued["share_link"], headers=PAGE).status_code == 410


def test_a_badge_that_no_link_shows_says_so(installation: World, claimed: dict[str, Any]) -> None:
    """The holder sees that nobody is shown the badge."""
    assert (
        "Mikään linkki ei näytä merkkiäsi muille." in installation.client.get(claimed["claim_link"], headers=PAGE).text
    )


def test_an_unknown_link_gets_a_kind_page(installation: World) -> None:
    """Nothing is said of what there could have been."""
    answer = installation.client.get("/c/nope", headers=PAGE)
    assert answer.status_code == 404
    assert "Sivua ei löytynyt" in answer.text
