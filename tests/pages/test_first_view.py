"""A first view in a real browser, counted on the wire: few bytes, nothing from elsewhere, no cookie, on every page that verifies."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from support.chromium import PHONE
from support.served import served_world
from support.sharing import address_of, everything, new_link, sharer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from support.chromium import Visitor
    from support.world import World

MOST = 60_000  # bytes, heads and all
EIGHT = (
    "digi-turva",
    "digi-laite",
    "arki-ruoka",
    "arki-raha",
    "kasi-keittio",
    "kasi-puu",
    "tyo-oikeudet",
    "opi-hakeminen",
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Run the real application on a port of its own, with a clock of the tests."""
    with served_world(tmp_path_factory.mktemp("first-view")) as world:
        yield world


@pytest.fixture(scope="module")
def addresses(service: World) -> dict[str, str]:
    """Return the address of a page for each way in which something is verified."""
    share = {"purpose": "study-plan", "expires_on": "2027-05-31"}
    revoked = service.issue(share=share)
    path = f"/v1/credentials/{revoked['id']}/revoke"
    assert service.client.post(path, json={"reason": "issued-in-error"}, headers=service.as_iida()).status_code == 200
    sani, base_url = sharer(service, *EIGHT), service.rooms.base_url
    return {
        "study-plan": service.issue(share=share)["share_link"],
        "workplace": service.issue(share={**share, "purpose": "workplace"})["share_link"],
        "revoked": revoked["share_link"],
        "eight badges": base_url + address_of(service, new_link(service, sani, shows=everything(), name="Sani")),
        "check": f"{base_url}/verify",
    }


def weigh(page: Page, url: str) -> list[int]:
    """Open a page and return the bytes of everything that came over the line, one number for each request."""
    sizes: list[int] = []
    chromium = page.context.new_cdp_session(page)
    chromium.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    chromium.send("Network.enable")
    page.goto(url, wait_until="networkidle")
    return sizes


@pytest.mark.parametrize("name", ["study-plan", "workplace", "revoked", "eight badges", "check"])
def test_a_first_view_is_light(addresses: dict[str, str], visitor: Visitor, name: str) -> None:
    """At most 60 kB with an empty cache, all included; the visitor fails the test if anything comes from elsewhere."""
    page = visitor.open("about:blank", size=PHONE)
    sizes = weigh(page, addresses[name])
    assert len(sizes) >= 4  # the page, its style, its script, a picture
    assert sum(sizes) <= MOST, f"{name}: {sizes}"
    assert page.context.cookies() == []


def test_the_answer_to_a_file_is_light(service: World, visitor: Visitor) -> None:
    """What a file that was sent turns out to be is counted from the check page on, and both together are light."""
    document = json.dumps(service.issue()["credential"]).encode()
    page = visitor.open("about:blank", size=PHONE)
    sizes = weigh(page, f"{service.rooms.base_url}/verify")
    page.set_input_files("#file", {"name": "badge.json", "mimeType": "application/json", "buffer": document})
    page.locator("form.check-form [type=submit]").click()
    page.locator(".verdict.good").wait_for()
    page.wait_for_load_state("networkidle")
    assert sum(sizes) <= MOST
    assert page.context.cookies() == []
