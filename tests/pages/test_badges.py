"""The catalogue pages and their twins for programs; artwork that is kept for good because it never changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from okbadges.issuing.body import achievement
from okbadges.pages.badges import families
from support.world import BASE_URL

if TYPE_CHECKING:
    from collections.abc import Callable

    from okbadges.catalogue.published import PublishedBadge
    from support.world import World

PAGE = {"Accept": "text/html"}
JSON = {"Accept": "application/json"}


def test_all_badges_stand_by_family(installation: World) -> None:
    """Forty badges, eight families, each with its emblem and one sentence."""
    page = installation.client.get("/badges", headers=PAGE).text
    assert len(re.findall(r'class="badge-card', page)) == 40
    assert len(re.findall(r'<section class="shelf', page)) == 8
    assert page.index("Arjen taidot") < page.index("Koostemerkit</h2>")


def test_a_program_gets_all_badges(installation: World) -> None:
    """The JSON twin lists the same forty."""
    answer = installation.client.get("/badges", headers=JSON)
    assert len(answer.json()["badges"]) == 40
    assert "Accept" in answer.headers["vary"]


def test_a_new_family_comes_last(badge: Callable[[str], PublishedBadge]) -> None:
    """A family that the pages have not heard of is shown after the others, not lost."""
    known = badge("kooste-yhteiskunta")
    new = known.model_copy(update={"family": known.family.model_copy(update={"id": "new"})})
    assert [group[0].family.id for group in families([new, known])] == ["kooste", "new"]


@pytest.mark.parametrize(
    ("language", "name"), [("fi", "Turvallisesti verkossa"), ("sv", "Tryggt på nätet"), ("en", "Safe online")]
)
def test_a_badge_page_tells_what_its_holder_can_do(installation: World, language: str, name: str) -> None:
    """Name, steps, summary badge, the areas of both generations and whose estimate that is."""
    page = installation.client.get("/badges/digi-turva", headers={**PAGE, "Accept-Language": language}).text
    assert re.search(rf"<h1>{name}</h1>", page)
    assert len(re.findall("<li>", page.partition('<ol class="steps">')[2].partition("</ol>")[0])) == 3
    assert "/badges/kooste-digitaalinen-ymparisto" in page
    for area in ("VVTD26", "VVTD<"):
        assert area in page
    for private in ("osp", "TUVA", "Hux", "osaamismerkit_"):
        assert private not in page


def test_the_issuers_estimate_is_called_one(installation: World) -> None:
    """The page says that the mapping is an estimate and that the school decides."""
    page = installation.client.get("/badges/digi-turva", headers=PAGE).text
    assert "Merkin myöntäjä on arvioinut" in page
    assert "päättää oppilaitos" in page


def test_a_summary_badge_shows_what_it_collects(installation: World) -> None:
    """The skill badges stand on its page, each with a link."""
    page = installation.client.get("/badges/kooste-digitaalinen-ymparisto", headers=PAGE).text
    assert 'href="/badges/digi-turva"' in page
    assert "<h2>Miten koostemerkin saa</h2>" in page
    assert "loading=" not in page  # what is printed has to be there


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_esco_skills_are_named_in_the_language_of_the_page(
    installation: World, badge: Callable[[str], PublishedBadge], language: str
) -> None:
    """Where ESCO has no name in a language, our own wording stands for it."""
    page = installation.client.get("/badges/digi-turva", headers={**PAGE, "Accept-Language": language}).text
    for skill in badge("digi-turva").esco:
        text, found = skill.in_language(language)
        assert found == language
        assert f'<a href="{skill.uri}" rel="noopener noreferrer">{text}</a>' in page


def test_a_program_gets_a_badge(installation: World) -> None:
    """The JSON twin of a badge."""
    assert installation.client.get("/badges/digi-turva", headers=JSON).json()["slug"] == "digi-turva"


@pytest.mark.parametrize("accept", ["application/json", "application/ld+json"])
def test_a_version_is_the_achievement(installation: World, badge: Callable[[str], PublishedBadge], accept: str) -> None:
    """The address in a credential answers the very achievement that was signed, open to every origin, kept for good."""
    answer = installation.client.get("/badges/digi-turva/v1/sv", headers={"Accept": accept})
    assert answer.json() == achievement(badge("digi-turva"), "sv", BASE_URL)
    assert answer.headers["content-type"] == accept
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_version_page_is_in_its_own_language(installation: World) -> None:
    """The path decides, whatever the browser likes; the switch leads to the other languages of that version."""
    page = installation.client.get("/badges/digi-turva/v1/sv", headers={**PAGE, "Accept-Language": "en"}).text
    assert '<html lang="sv">' in page
    assert 'href="/badges/digi-turva/v1/en"' in page


@pytest.mark.parametrize("form", ["svg", "png"])
def test_artwork_of_a_version_is_kept_for_good(installation: World, form: str) -> None:
    """A picture of one version in one language never changes."""
    answer = installation.client.get(f"/badges/digi-turva/v1/fi/image.{form}")
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]


def test_an_emblem_is_kept_for_good_only_by_version(installation: World) -> None:
    """Without a version the newest is meant, which can change."""
    assert "immutable" in installation.client.get("/badges/digi-turva/emblem.svg?v=1").headers["cache-control"]
    assert "immutable" not in installation.client.get("/badges/digi-turva/emblem.svg").headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    [
        "/badges/no-such",
        "/badges/digi-turva/v9/fi",
        "/badges/digi-turva/v1/se",
        "/badges/digi-turva/v1/fi/image.gif",
        "/badges/x/emblem.svg",
    ],
)
def test_what_there_is_not_gets_a_kind_page(installation: World, path: str) -> None:
    """Unknown badges, versions and languages are said not to be found."""
    answer = installation.client.get(path, headers=PAGE)
    assert answer.status_code == 404
    assert "Sivua ei löytynyt" in answer.text


def test_the_front_page_shows_the_ways_in(installation: World) -> None:
    """What a badge is, one emblem of each family, the catalogue and the check."""
    page = installation.client.get("/", headers=PAGE).text
    assert page.count("/emblem.svg") == 8
    assert 'href="/badges"' in page
    assert 'href="/verify"' in page
