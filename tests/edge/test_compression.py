"""Compression: public pages are small on the way, and nothing that a cookie or a signature is about is touched."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from support.passport import open_passport, two_people

if TYPE_CHECKING:
    from support.world import World

PAGE = {"Accept": "text/html"}
PICTURE = "/badges/digi-turva/v1/fi/image.svg"
SHARE = {"purpose": "study-plan", "expires_on": "2027-05-31"}


@pytest.mark.parametrize("path", ["/", "/badges", "/verify", "/privacy", PICTURE])
def test_it_works(world: World, path: str) -> None:
    """A public page comes compressed where the browser takes it, and is the same page."""
    plain = world.client.get(path, headers={**PAGE, "Accept-Encoding": "identity"})
    packed = world.client.get(path, headers={**PAGE, "Accept-Encoding": "br, gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["vary"]
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert packed.content == plain.content


def test_a_share_page_is_compressed_and_what_is_signed_is_not(world: World) -> None:
    """The page behind a link is small; the signed document behind the same address is sent as it was signed."""
    link = world.issue(share=SHARE)["share_link"]
    page = world.client.get(link, headers=PAGE)
    assert page.headers["content-encoding"] == "gzip"
    assert page.headers["cache-control"] == "no-store"
    document = world.client.get(link, headers={"Accept": "application/vc"})
    assert "content-encoding" not in document.headers


def test_a_head_request_says_the_same(world: World) -> None:
    """HEAD announces the compressed length, and sends nothing."""
    full, head = (world.client.request(method, "/badges", headers=PAGE) for method in ("GET", "HEAD"))
    assert head.content == b""
    assert head.headers["content-length"] == full.headers["content-length"]


def test_the_pages_of_a_person_go_out_as_they_are(world: World) -> None:
    """Neither the passport nor what opens one: their size must not tell of what is in them."""
    sani, _ = two_people(world)
    client = open_passport(world, sani)
    for path in ("/passport", "/passport/match", "/p", "/sign-in"):
        answer = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("refusal", ["/badges/nope", "/s/nope"])
def test_a_refusal_is_compressed_like_any_page(world: World, refusal: str) -> None:
    """What is not there is said in a page too."""
    answer = world.client.get(refusal, headers=PAGE)
    assert answer.status_code == 404
    assert len(gzip.compress(answer.content)) < len(answer.content)
    assert answer.headers["content-encoding"] == "gzip"
