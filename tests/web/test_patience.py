"""Strangers who answer slowly, or never, hold up nobody but themselves."""

from __future__ import annotations

import asyncio
import inspect
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import orjson
import pytest

from okbadges.building_verification import _VERIFICATION_SECONDS, own_first
from okbadges.credentials.fetching import Fetched, FetchError
from okbadges.edge.turns import Turns
from okbadges.errors import Unavailable
from okbadges.integrations.patience import Patience
from okbadges.web.health import healthy
from support.world import BASE_URL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.world import World


class Slow:
    """A stranger who answers when the test lets them."""

    def __init__(self) -> None:
        """Begin silent."""
        self.answers = threading.Event()
        self.asked = threading.Semaphore(0)

    def __call__(self, url: str) -> Fetched:
        """Say that somebody asks, wait, answer."""
        self.asked.release()
        assert self.answers.wait(10), url
        return Fetched(200, {}, b"{}")


@pytest.fixture
def slow() -> Iterator[Slow]:
    """Return a stranger, who answers at the latest when the test is over."""
    stranger = Slow()
    yield stranger
    stranger.answers.set()


def _one(patience: Patience, stranger: Slow) -> Fetched:
    with patience.verification(stranger) as fetch:
        fetch("https://a.example/1")
        return fetch("https://a.example/2")


def test_at_most_eight_wait_for_strangers(slow: Slow) -> None:
    """The ninth verification that would ask a stranger is told at once; when one of the eight is done, there is room again."""
    patience = Patience(working=4, waiting=8)
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(_one, patience, slow) for _ in range(8)]
        assert all(slow.asked.acquire(timeout=5) for _ in waiting)
        with patience.verification(slow) as fetch, pytest.raises(FetchError) as refused:
            fetch("https://b.example/")
        assert refused.value.code == "too-many-verifications"
        slow.answers.set()
        assert [one.result(timeout=5).status for one in waiting] == [200] * 8
    assert _one(patience, slow).status == 200


def test_a_verification_that_asks_nobody_is_not_held_up(slow: Slow) -> None:
    """While eight wait for strangers, four more can be worked on: whoever waits does not work."""
    patience = Patience(working=4, waiting=8)
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(_one, patience, slow) for _ in range(8)]
        assert all(slow.asked.acquire(timeout=5) for _ in waiting)
        done = threading.Semaphore(0)

        def check() -> None:
            with patience.verification(slow):
                done.release()

        threading.Thread(target=check, daemon=True).start()
        assert done.acquire(timeout=5)
        slow.answers.set()


def test_at_most_four_are_worked_on() -> None:
    """The fifth waits until one of four is done."""
    patience = Patience(working=4, waiting=8)
    begun, go_on = threading.Semaphore(0), threading.Event()

    def check() -> None:
        with patience.verification(lambda _: Fetched(404)):
            begun.release()
            assert go_on.wait(10)

    with ThreadPoolExecutor(5) as pool:
        for _ in range(5):
            pool.submit(check)
        assert all(begun.acquire(timeout=5) for _ in range(4))
        assert not begun.acquire(timeout=0.2)
        go_on.set()
        assert begun.acquire(timeout=5)


def test_a_fetch_that_fails_gives_its_place_back() -> None:
    """Places are given back also when a stranger cannot be reached or the verification breaks."""
    patience = Patience(working=1, waiting=1)

    def nobody(url: str) -> Fetched:
        raise FetchError("unreachable", url)

    for _ in range(3):
        with pytest.raises(FetchError, match="h"), patience.verification(nobody) as fetch:
            fetch("https://a.example/")


def test_whoever_comes_when_the_queue_is_full_is_told_to_come_back() -> None:
    """A queue of bodies that wait to be verified has an end: then the answer is 503, at once."""

    async def crowd() -> None:
        turns = Turns(at_once=1, in_line=1)
        async with turns.turn():

            async def second() -> None:
                async with turns.turn():
                    pass

            waiting = asyncio.create_task(second())
            await asyncio.sleep(0)
            with pytest.raises(Unavailable) as refused:
                async with turns.turn():
                    pass
            assert refused.value.code == "busy-verifying"
        await waiting
        async with turns.turn():
            pass

    asyncio.run(crowd())


def test_liveness_needs_no_thread() -> None:
    """`/healthz` is answered by the event loop itself, however busy the threads are."""
    assert inspect.iscoroutinefunction(healthy)


def test_strangers_get_eight_seconds() -> None:
    """One verification waits at most eight seconds for everything it asks."""
    assert _VERIFICATION_SECONDS == 8.0


def test_our_own_documents_need_no_stranger(world: World) -> None:
    """However our own address is spelled, we answer ourselves and ask nobody."""

    def nobody(url: str) -> Fetched:
        raise AssertionError(url)

    issued = world.issue(share={"purpose": "other", "expires_on": "2026-12-24"})
    fetch = own_first(world.rooms.database, world.rooms.publishing, nobody, base_url=BASE_URL, now=world.clock)
    for address in (
        "http://localhost:8000",
        "HTTP://LOCALHOST:8000",
        "http://LocalHost:8000",
        "http://localhost.:8000",
    ):
        for path in ("/issuers/ok/did.json", "/issuers/ok/did.json#key-1", "/issuers/ok/status/1?x=1#y"):
            assert fetch(address + path).status == 200
        assert fetch(issued["share_link"].replace(BASE_URL, address) + "#top").status == 200


@pytest.mark.parametrize(
    ("base_url", "spelled"),
    [
        ("https://ok.example", "https://ok.example:443"),
        ("https://ok.example", "HTTPS://OK.EXAMPLE"),
        ("http://localhost", "http://localhost:80"),
        ("https://ok.example/merkit", "https://OK.example:443/merkit"),
    ],
)
def test_a_default_port_may_be_written_out(world: World, base_url: str, spelled: str) -> None:
    """The default port of the scheme and capital letters of the host change nothing; another host, port or user does."""
    asked: list[str] = []

    def outside(url: str) -> Fetched:
        asked.append(url)
        return Fetched(599)

    fetch = own_first(world.rooms.database, world.rooms.publishing, outside, base_url=base_url, now=world.clock)
    assert fetch(f"{spelled}/s/unknown").status == 404
    assert asked == []
    for foreign in (
        "https://ok.example:444/s/x",
        "https://ok.example.evil/s/x",
        "https://u@ok.example/s/x",
        "https://[x/s",
    ):
        assert fetch(foreign).status == 599
    assert len(asked) == 4


def test_many_at_once_all_get_their_verdict(world: World) -> None:
    """Thirty credentials sent at the same moment are all VALID, in turns."""
    body = orjson.dumps(world.issue()["credential"])
    with ThreadPoolExecutor(30) as pool:
        answers = list(pool.map(lambda _: world.client.post("/v1/verify", content=body), range(30)))
    assert [answer.json()["verdict"] for answer in answers] == ["VALID"] * 30
