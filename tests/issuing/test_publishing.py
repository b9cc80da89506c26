"""What an issuer publishes for verifiers, and how our own verification gets it without asking the network."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson
import pytest

from okbadges.app import own_first
from okbadges.verification import Fetched, verify
from support.world import BASE_URL

if TYPE_CHECKING:
    from okbadges.verification import Fetch
    from support.world import World


def fetch_of(world: World) -> Fetch:
    """Return the service's own fetch with nothing outside: whoever is asked there fails the test."""

    def outside(url: str) -> Fetched:
        raise AssertionError(f"asked outside: {url}")

    return own_first(world.rooms.database, world.rooms.publishing, outside, base_url=BASE_URL, now=world.clock)


def list_url(world: World) -> str:
    """Issue a badge and return the address of its status list."""
    url: str = world.issue()["credential"]["credentialStatus"]["statusListCredential"]
    return url


def test_a_list_is_not_too_new_for_a_check_that_began_before_it_was_signed(world: World) -> None:
    """A check whose clock was read a moment before the list was signed still finds the badge VALID."""
    credential = orjson.dumps(world.issue()["credential"])
    began = world.clock()
    world.clock.move(seconds=1.1)
    report = verify(credential, fetch=fetch_of(world), now=began)
    assert report.verdict == "VALID"


def test_a_list_is_signed_again_only_when_a_bit_changed(world: World) -> None:
    """An unchanged list is served as it was signed, however much later."""
    url = list_url(world)
    first = fetch_of(world)(url).body
    world.clock.move(days=30)
    assert fetch_of(world)(url).body == first


def test_a_list_holds_since_a_little_before_it_was_signed(world: World) -> None:
    """Verifiers whose clocks are some minutes behind accept the list."""
    listed = orjson.loads(fetch_of(world)(list_url(world)).body)
    since = datetime.fromisoformat(listed["validFrom"])
    assert (datetime(2026, 11, 21, 12, 0, tzinfo=UTC) - since).total_seconds() == 300


@pytest.mark.parametrize("path", ["/issuers/nobody/did.json", "/issuers/ok/status/77", "/s/nothing"])
def test_what_is_ours_and_not_there_is_not_asked_outside(world: World, path: str) -> None:
    """A missing document of our own is a 404 of our own."""
    assert fetch_of(world)(f"http://localhost:8000{path}").status == 404
