"""What every page has: its frame, its error pages, its files; and a band that says DEMO wherever it is one."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from okbadges.pages import qr
from okbadges.pages.assets import read_assets

if TYPE_CHECKING:
    from pathlib import Path

    from okbadges.pages.site import Site
    from support.demo import Demo
    from support.world import World

PAGE = {"Accept": "text/html"}


@pytest.mark.parametrize("path", ["/", "/badges", "/badges/digi-turva", "/verify", "/s/nope"])
def test_every_page_has_its_frame(installation: World, path: str) -> None:
    """One main heading, a way past the frame, the language switch with the current language marked, a viewport, no cookie."""
    answer = installation.client.get(path, headers=PAGE)
    assert len(re.findall(r"<h1", answer.text)) == 1
    assert 'class="skip" href="#content"' in answer.text
    assert '<strong lang="fi" aria-current="true">Suomi</strong>' in answer.text
    assert 'hreflang="sv"' in answer.text
    assert 'name="viewport"' in answer.text
    assert "set-cookie" not in answer.headers
    assert "DEMO" not in answer.text


@pytest.mark.parametrize(
    ("language", "band"), [("fi", "vain harjoittelua"), ("sv", "bara för övning"), ("en", "practice only")]
)
def test_a_demo_says_so_on_every_page(demo: Demo, language: str, band: str) -> None:
    """The band stands on public pages, on share pages and on error pages alike."""
    for address in (
        demo.base_url,
        f"{demo.base_url}/badges",
        f"{demo.base_url}/verify",
        demo.revoked,
        f"{demo.base_url}/s/nope",
    ):
        request = Request(address, headers={**PAGE, "Accept-Language": language})  # noqa: S310 - the test's own server
        try:
            with urlopen(request, timeout=30) as answer:  # noqa: S310 - the same
                page = answer.read().decode()
        except HTTPError as refused:
            page = refused.read().decode()
        assert '<p class="demo">DEMO' in page
        assert band in page


@pytest.mark.parametrize("status", [404, 410, 413, 422, 429, 500, 503])
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_every_error_has_kind_words(site: Site, status: int, language: str) -> None:
    """Each status that a person can meet has a title and what to do now."""
    words = site.words[language]
    assert words(f"problem.{status}.title")
    assert words(f"problem.{status}.about").count(".") >= 1


def test_another_error_has_words_too(installation: World) -> None:
    """A status without words of its own gets the general ones, and its code in the small print."""
    answer = installation.client.delete("/verify", headers=PAGE)
    assert answer.status_code == 405
    assert "Tämä ei onnistunut" in answer.text
    assert "method-not-allowed" in answer.text


def test_static_files_are_named_by_content(installation: World, site: Site) -> None:
    """The stylesheet is kept for good, because another content has another name; compressed where the browser takes it."""
    address = site.assets.address("okbadges.css")
    assert address is not None
    plain = installation.client.get(address, headers={"Accept-Encoding": "identity"})
    assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert plain.headers["content-type"].startswith("text/css")
    packed = site.assets.answer(address.removeprefix("/static/"), "br, gzip")
    assert gzip.decompress(bytes(packed.body)) == plain.content


@pytest.mark.parametrize("name", ["okbadges.css", "../site.py", "nope.js"])
def test_only_what_is_named_is_served(installation: World, name: str) -> None:
    """There is no way from a name to another file."""
    assert installation.client.get(f"/static/{name}", headers=PAGE).status_code == 404


def test_another_content_has_another_name(tmp_path: Path) -> None:
    """A changed file is asked for anew; files of other kinds are not served."""
    names = set()
    for content in ("a{}", "b{}"):
        (tmp_path / "x.css").write_text(content, encoding="utf-8")
        (tmp_path / "notes.txt").write_text("private", encoding="utf-8")
        assets = read_assets(tmp_path)
        assert assets.address("notes.txt") is None
        names.add(assets.address("x.css"))
    assert len(names) == 2


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/passport/share/preview", "/passport/share"),
        ("/passport/settings/pin/remove", "/passport/settings"),
        ("/passport/badges/x/words?lang=sv", "/passport/badges/x?lang=sv"),
        ("/sign-in/with/oma/back/x", None),
    ],
)
def test_the_answer_to_a_form_leads_back_when_it_is_loaded_again(
    installation: World, path: str, page: str | None
) -> None:
    """A phone that put the page away asks for it by GET: it gets the page with the form, in its language, and programs the error."""
    answer = installation.client.get(path, headers=PAGE, follow_redirects=False)
    assert answer.headers.get("location") == page
    assert answer.status_code == (303 if page else 404)
    if page:
        plain = installation.client.get(path, headers={"Accept": "application/json"}, follow_redirects=False)
        assert plain.status_code == 405


@pytest.mark.parametrize("length", [1, 14, 15, 62, 63, 213, 300])
def test_a_code_holds_texts_of_every_length(length: int) -> None:
    """The version follows from the length; longer texts than usual still fit, with the quiet zone around them."""
    modules = qr.matrix("x" * length)
    assert len(modules) == len(modules[0]) >= 21 + 2 * qr.QUIET_ZONE
    assert not any(any(row) for row in modules[: qr.QUIET_ZONE])


def test_a_share_page_is_light(installation: World) -> None:
    """All that a first view of a share page loads is at most 60 kB compressed; the budget that is kept here is 22 kB."""
    link = installation.issue(share={"purpose": "study-plan", "expires_on": "2027-05-31"})["share_link"]
    page = installation.client.get(link, headers=PAGE)
    addresses = re.findall(r'(?:src|<link[^>]* href)="(/[^"]*)"', page.text)
    loaded = [page.content, *(installation.client.get(address).content for address in addresses)]
    assert len(loaded) >= 4
    assert sum(len(gzip.compress(content)) for content in loaded) <= 22_000


@pytest.mark.parametrize("path", ["share", "/verify", "/s/nothing-here"])
def test_what_is_met_by_a_code_needs_one_answer_to_be_shown(installation: World, site: Site, path: str) -> None:
    """The style stands inside such a page, no other is linked, and the content policy names its hash and no other."""
    if path == "share":
        path = installation.issue(share={"purpose": "study-plan", "expires_on": "2027-05-31"})["share_link"]
    page = installation.client.get(path, headers=PAGE)
    assert 'rel="stylesheet"' not in page.text
    [style] = re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL)
    assert style == site.assets.inside("okbadges.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'self' 'sha256-{digest}';" in page.headers["content-security-policy"]


def test_fonts_are_not_downloaded(site: Site) -> None:
    """The stylesheet loads nothing: no font, no import, no other address than data of its own."""
    css = next(
        asset.content.decode()
        for name, asset in site.assets.files.items()
        if name.startswith("okbadges.") and name.endswith("css")
    )
    assert "@font-face" not in css
    assert "@import" not in css
    assert re.findall(r"url\(\"(?!data:)", css) == []
