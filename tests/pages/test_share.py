"""``/s/{token}``: checked on every view, the same address for people and programs, and nothing of it kept."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import pytest
import zxingcpp
from PIL import Image

from okbadges.credentials.baking import unbake
from okbadges.credentials.strict_json import dumps

if TYPE_CHECKING:
    from support.world import World

PAGE = {"Accept": "text/html"}
STUDY = {"purpose": "study-plan", "expires_on": "2027-05-31"}
WORK = {"purpose": "workplace", "expires_on": "2027-05-31"}


@pytest.fixture(scope="module")
def shared(installation: World) -> dict[str, Any]:
    """Issue one badge behind a link for a study plan."""
    return installation.issue(share=STUDY)


def html(world: World, address: str, **headers: str) -> str:
    """Open a page as a browser does."""
    answer = world.client.get(address, headers={**PAGE, **headers})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


def test_it_works(installation: World, shared: dict[str, Any]) -> None:
    """The verdict is the main heading, and the page is never kept nor indexed."""
    answer = installation.client.get(shared["share_link"], headers=PAGE)
    assert re.search(r"<h1[^>]*>Aito ja voimassa</h1>", answer.text)
    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/vc+ld+json", "application/vc+ld+json"),
        ("application/vc", "application/vc"),
        ("application/ld+json", "application/ld+json"),
        ("application/vc, application/json", "application/vc"),
    ],
)
def test_a_program_gets_the_signed_bytes(
    installation: World, shared: dict[str, Any], accept: str, media_type: str
) -> None:
    """The exact stored document, under the name it was asked for."""
    answer = installation.client.get(shared["share_link"], headers={"Accept": accept})
    assert answer.headers["content-type"] == media_type
    assert answer.content == dumps(shared["credential"])
    assert answer.headers["cache-control"] == "no-store"


def test_a_program_gets_the_report(installation: World, shared: dict[str, Any]) -> None:
    """JSON is the report of a check made now."""
    answer = installation.client.get(shared["share_link"], headers={"Accept": "application/json"})
    assert (answer.json()["verdict"], answer.json()["report_version"]) == ("VALID", 1)
    assert "Accept" in answer.headers["vary"]


@pytest.mark.parametrize("form", ["credential.json", "badge.png", "badge.svg"])
def test_files_hold_the_signed_bytes(installation: World, shared: dict[str, Any], form: str) -> None:
    """Each download carries the stored document unchanged, has a name, and is not kept."""
    answer = installation.client.get(f"{shared['share_link']}/{form}")
    inside = answer.content if form.endswith("json") else unbake(answer.content)
    assert inside == dumps(shared["credential"])
    assert "digi-turva" in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"


def test_the_qr_code_holds_the_link(installation: World, shared: dict[str, Any]) -> None:
    """The PNG for paper reads as the share link; the SVG is one too."""
    png = installation.client.get(f"{shared['share_link']}/qr.png")
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(png.content)))
    assert found.text == shared["share_link"]
    svg = installation.client.get(f"{shared['share_link']}/qr.svg")
    assert svg.headers["content-type"] == "image/svg+xml"
    assert svg.content.startswith(b"<svg")


def test_a_study_plan_link_tells_a_teacher_more(installation: World, shared: dict[str, Any]) -> None:
    """Organisation, workshop, the day, the recognition record, and what may be recognised, with its caveat."""
    page = html(installation, shared["share_link"])
    for said in ("Kemin taitopaja", "Kahvila ja keittiö", "20.11.2026", "OTT-2026-7", "Voidaan tunnustaa", "osp"):
        assert said in page
    assert "Se ei ole opintosuoritus." in page


def test_another_link_tells_nothing_of_it(installation: World) -> None:
    """Behind any other purpose there is no organisation, no workshop, no day, no osp, nothing creditable."""
    page = html(installation, installation.issue(share=WORK)["share_link"])
    assert "Aito ja voimassa" in page
    for private in ("Kemin", "Kahvila", "20.11.2026", "OTT-2026-7", "tunnustaa yhdessä", "osp", "TUVA"):
        assert private not in page


@pytest.mark.parametrize(
    ("language", "verdict"), [("fi", "Aito ja voimassa"), ("sv", "Äkta och giltigt"), ("en", "Genuine and valid")]
)
def test_it_speaks_the_visitors_language(
    installation: World, shared: dict[str, Any], language: str, verdict: str
) -> None:
    """By the browser's wish or by ``?lang=``, which the links then keep."""
    by_browser = html(installation, shared["share_link"], **{"Accept-Language": language})
    by_address = html(installation, f"{shared['share_link']}?lang={language}")
    for page in (by_browser, by_address):
        assert f'<html lang="{language}">' in page
        assert verdict in page
    assert f'href="/badges?lang={language}"' in by_address
    assert 'href="/badges"' in by_browser


def test_previews_give_nobody_away(installation: World, shared: dict[str, Any]) -> None:
    """What a chat shows of the link is neither the badge, nor its issuer, nor a picture."""
    page = html(installation, shared["share_link"])
    shown = " ".join(re.findall(r'<meta (?:property="og:|name="description")[^>]*>', page))
    assert "Turvallisesti" not in shown
    assert "OK!" not in shown
    assert "og:image" not in shown


def test_a_page_asks_for_nothing_but_its_own(installation: World, shared: dict[str, Any]) -> None:
    """No inline script or style, and no address of another host in anything that a browser loads."""
    page = html(installation, shared["share_link"])
    assert " style=" not in page
    assert not re.search(r"<style|<script(?![^>]* src=)|\son[a-z]+=", page)
    assert re.findall(r'(?:src|<link[^>]* href)="(https?:|//)[^"]*"', page) == []


def test_a_revoked_badge_still_shows_what_it_was(installation: World) -> None:
    """Peruttu, in words, with what it said, and without a suggestion to recognise it."""
    issued = installation.issue(share=STUDY)
    revoked = installation.client.post(
        f"/v1/credentials/{issued['id']}/revoke", json={"reason": "issued-in-error"}, headers=installation.as_iida()
    )
    assert revoked.status_code == 200, revoked.text
    installation.clock.move(seconds=2)
    page = html(installation, issued["share_link"])
    assert re.search(r"<h1[^>]*>Aito, mutta peruttu [0-9.]+</h1>", page)
    assert "Tekee vahvan salasanan" in page
    assert "Näin merkki kertoi haltijasta:" in page
    assert "Voidaan tunnustaa" not in page


def test_an_unknown_link_gets_a_kind_page(installation: World) -> None:
    """A mistyped link is said to be one, in the visitor's language."""
    answer = installation.client.get("/s/nope", headers={**PAGE, "Accept-Language": "sv"})
    assert answer.status_code == 404
    assert "Kontrollera att hela adressen är med" in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("form", ["", "/credential.json", "/badge.png", "/badge.svg", "/qr.png", "/qr.svg"])
def test_a_link_that_has_ended_is_gone(world: World, form: str) -> None:
    """After its last day nothing behind it opens; a person reads kind words, and nothing of the badge."""
    issued = world.issue(share={"purpose": "other", "expires_on": "2026-11-22"})
    world.clock.move(days=2)
    answer = world.client.get(issued["share_link"] + form, headers=PAGE)
    assert answer.status_code == 410
    assert "Tämä linkki ei ole enää voimassa" in answer.text
    assert "Turvallisesti" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_a_link_has_no_second_badge(installation: World, shared: dict[str, Any]) -> None:
    """Asking for a credential that the link does not show is answered with not found."""
    assert installation.client.get(f"{shared['share_link']}/badge.png?item=2").status_code == 404
    assert installation.client.get(f"{shared['share_link']}/badge.png?item=0").status_code == 422
