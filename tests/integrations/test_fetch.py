"""The guarded fetcher: what it asks, whom, and what it does with strange answers. Look-up and connect are scripted."""

from __future__ import annotations

import gzip
import threading
import time

import httpcore2
import pytest

from integrations.scripted import PUBLIC, ScriptedNetwork, ScriptedStream, answer
from okbadges.credentials.fetching import FetchError
from okbadges.integrations.fetch import GuardedFetcher, look_up

OTHER_PUBLIC = "2606:2800:21f:cb07::1"


def refusal(network: ScriptedNetwork, url: str, *, seconds: float = 2.0, loopback: bool = False) -> str:
    """Return the code with which the fetcher refuses."""
    with pytest.raises(FetchError) as refused:
        network.fetcher(seconds=seconds, loopback=loopback)(url)
    return refused.value.code


def test_it_works() -> None:
    """A document is fetched from the address that was looked up, with Host and SNI still the name, asking for no encoding."""
    stream = answer(b'{"a":1}', Content_Type="application/json")
    network = ScriptedNetwork({"good.example": [PUBLIC]}, stream)
    fetched = network.fetcher()("https://good.example/did.json?x=1#key-1")
    assert (fetched.status, fetched.body) == (200, b'{"a":1}')
    assert fetched.headers["content-type"] == "application/json"
    assert network.looked_up == [("good.example", 443)]
    assert network.connected == [(PUBLIC, 443)]
    assert stream.server_hostname == "good.example"
    request = stream.written.decode()
    assert request.startswith("GET /did.json?x=1 HTTP/1.1\r\nHost: good.example\r\n")
    assert "Accept-Encoding: identity" in request
    assert "cookie" not in request.lower()


def test_other_statuses_are_answers_too() -> None:
    """A 404 comes back as it is: whoever asked judges it."""
    network = ScriptedNetwork({"good.example": [PUBLIC]}, answer(b"no", status="404 Not Found"))
    assert network.fetcher()("https://good.example/x").status == 404


def test_a_url_that_is_not_allowed_is_never_looked_up() -> None:
    """The URL is judged before the name server hears of it."""
    network = ScriptedNetwork({})
    assert refusal(network, "https://127.0.0.1/s") == "url-not-allowed"
    assert (network.looked_up, network.connected) == ([], [])


@pytest.mark.parametrize("inside", ["10.0.0.5", "::ffff:10.0.0.5", "127.0.0.1", "169.254.169.254", "64:ff9b::7f00:1"])
def test_one_address_inside_refuses_the_name(inside: str) -> None:
    """A name that answers with a public and an inside address is not asked at either."""
    network = ScriptedNetwork({"rebind.example": [PUBLIC, inside]})
    assert refusal(network, "https://rebind.example/s") == "address-not-allowed"
    assert network.connected == []


def test_a_name_is_looked_up_once() -> None:
    """A second, different answer of the name server cannot be reached: the checked address is the one connected to."""
    network = ScriptedNetwork({"rebind.example": [PUBLIC]}, answer())
    network.fetcher()("https://rebind.example/s")
    assert network.looked_up == [("rebind.example", 443)]
    assert network.connected == [(PUBLIC, 443)]


def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    """A dead address of several does not end the fetch."""
    network = ScriptedNetwork({"good.example": [OTHER_PUBLIC, PUBLIC]}, httpcore2.ConnectError("no route"), answer())
    assert network.fetcher()("https://good.example/").status == 200
    assert network.connected == [(OTHER_PUBLIC, 443), (PUBLIC, 443)]


def test_unknown_names_and_dead_hosts_are_unreachable() -> None:
    """No name, no address, no connection and broken HTTP are all the same to the caller: no answer."""
    assert refusal(ScriptedNetwork({}), "https://gone.example/") == "unreachable"
    assert refusal(ScriptedNetwork({"gone.example": []}), "https://gone.example/") == "unreachable"
    dead = ScriptedNetwork({"good.example": [PUBLIC]}, httpcore2.ConnectTimeout("slow"))
    assert refusal(dead, "https://good.example/") == "unreachable"
    broken = ScriptedNetwork({"good.example": [PUBLIC]}, ScriptedStream([b"SSH-2.0-OpenSSH\r\n"]))
    assert refusal(broken, "https://good.example/") == "unreachable"
    cut = ScriptedNetwork(
        {"good.example": [PUBLIC]}, ScriptedStream([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"])
    )
    assert refusal(cut, "https://good.example/") == "unreachable"


def test_same_origin_redirects_are_followed() -> None:
    """A relative redirect within the origin is followed, and its name is checked again."""
    moved = answer(b"", status="302 Found", Location="/new")
    network = ScriptedNetwork({"good.example": [PUBLIC]}, moved, answer(b"here"))
    assert network.fetcher()("https://good.example/old").body == b"here"
    assert len(network.looked_up) == 2


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/s",
        "https://good.example:8443/s",
        "http://good.example/s",
        "http://169.254.169.254/latest/meta-data/",
        "https://10.0.0.5/s",
        "file:///etc/passwd",
        "//evil.example/s",
        "https://[bad/",
    ],
)
def test_redirects_to_another_origin_are_refused(location: str) -> None:
    """Nobody but the origin that was named is ever asked."""
    network = ScriptedNetwork({"good.example": [PUBLIC]}, answer(b"", status="302 Found", Location=location))
    assert refusal(network, "https://good.example/s") == "redirect-refused"
    assert network.connected == [(PUBLIC, 443)]


def test_a_redirect_loop_ends() -> None:
    """After three redirects the fetcher gives up."""
    streams = [answer(b"", status="301 Moved", Location="https://good.example/s") for _ in range(9)]
    network = ScriptedNetwork({"good.example": [PUBLIC]}, *streams)
    assert refusal(network, "https://good.example/s") == "redirect-refused"
    assert len(network.connected) == 4


def test_a_name_that_moves_inside_between_redirects_is_refused() -> None:
    """Every hop is checked: a name that answers with an inside address the second time is not asked again."""
    network = ScriptedNetwork({"rebind.example": [PUBLIC]}, answer(b"", status="302 Found", Location="/new"))

    def look_up_differently(host: str, port: int) -> list[str]:
        first = not network.looked_up
        network.looked_up.append((host, port))
        return [PUBLIC] if first else ["10.0.0.5"]

    fetcher = GuardedFetcher(lookup=look_up_differently, connect=network.connect)
    with pytest.raises(FetchError, match="inside a network"):
        fetcher("https://rebind.example/old")
    assert network.connected == [(PUBLIC, 443)]


def test_a_body_over_the_limit_is_refused() -> None:
    """The limit holds for a stated length, for chunks and for a body without an end."""
    stated = ScriptedNetwork({"good.example": [PUBLIC]}, answer(b"x" * 1_001))
    assert refusal(stated, "https://good.example/") == "too-large"
    endless = ScriptedStream([b"HTTP/1.1 200 OK\r\n\r\n"], endless=b"x" * 500)
    assert refusal(ScriptedNetwork({"good.example": [PUBLIC]}, endless), "https://good.example/") == "too-large"
    exact = ScriptedNetwork({"good.example": [PUBLIC]}, answer(b"x" * 1_000))
    assert len(exact.fetcher()("https://good.example/").body) == 1_000


def test_an_endless_header_is_refused() -> None:
    """A header that does not end is cut by the byte budget or the protocol layer, well before memory is."""
    drip = ScriptedStream([b"HTTP/1.1 200 OK\r\n"], endless=b"X-Filler: " + b"a" * 60_000 + b"\r\n")
    assert refusal(ScriptedNetwork({"good.example": [PUBLIC]}, drip), "https://good.example/") in {
        "too-large",
        "unreachable",
    }
    hints = ScriptedStream([], endless=b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100)
    assert refusal(ScriptedNetwork({"good.example": [PUBLIC]}, hints), "https://good.example/") == "too-large"


def test_dripping_bytes_gain_no_time() -> None:
    """The time limit is for the whole, however often a byte arrives."""
    drip = ScriptedStream([b"HTTP/1.1 200 OK\r\n\r\n"], endless=b"x", pause=0.05)
    network = ScriptedNetwork({"good.example": [PUBLIC]}, drip)
    started = time.monotonic()
    assert refusal(network, "https://good.example/", seconds=0.3) == "timeout"
    assert time.monotonic() - started < 2


def test_a_silent_host_is_too_slow() -> None:
    """A connection that is open and says nothing ends as a timeout, not as a broken host."""

    class Silent(ScriptedStream):
        def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
            raise httpcore2.ReadTimeout(f"{max_bytes} {timeout}")

    network = ScriptedNetwork({"good.example": [PUBLIC]}, Silent([]))
    assert refusal(network, "https://good.example/") == "timeout"


def test_the_fetches_of_one_verification_share_their_time() -> None:
    """When the time of all is over, the next fetch ends before it begins; a new verification has its own."""
    network = ScriptedNetwork({"good.example": [PUBLIC]}, answer(), answer())
    fetcher = network.fetcher()
    fetch = fetcher.within(2)
    assert fetch("https://good.example/").status == 200
    time.sleep(2.1)
    with pytest.raises(FetchError) as refused:
        fetch("https://good.example/")
    assert refused.value.code == "timeout"
    assert len(network.looked_up) == 1
    assert fetcher.within(5)("https://good.example/").status == 200


def test_a_silent_name_server_costs_no_more_than_the_limit() -> None:
    """A look-up that never comes back is given up."""
    asked = threading.Event()

    def hang(_host: str, _port: int) -> list[str]:
        asked.wait(5)
        return [PUBLIC]

    with pytest.raises(FetchError) as refused:
        GuardedFetcher(seconds=0.2, lookup=hang)("https://good.example/")
    asked.set()
    assert refused.value.code == "timeout"


def test_a_mistake_in_the_look_up_is_not_swallowed() -> None:
    """Only what a resolver raises means that a name is unknown."""

    def broken(_host: str, _port: int) -> list[str]:
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        GuardedFetcher(lookup=broken)("https://good.example/")


def test_gzip_is_opened_within_the_limit() -> None:
    """A server that compresses unasked is understood, unless the answer grows over the limit or is not what it says."""
    good = answer(gzip.compress(b"hello"), Content_Encoding="gzip")
    assert ScriptedNetwork({"good.example": [PUBLIC]}, good).fetcher()("https://good.example/").body == b"hello"
    bomb = answer(gzip.compress(bytes(500_000)), Content_Encoding="gzip")
    assert refusal(ScriptedNetwork({"good.example": [PUBLIC]}, bomb), "https://good.example/") == "too-large"
    false = answer(b"hello", Content_Encoding="gzip")
    assert refusal(ScriptedNetwork({"good.example": [PUBLIC]}, false), "https://good.example/") == "unreachable"
    short = answer(gzip.compress(b"hello")[:-4], Content_Encoding="gzip")
    assert refusal(ScriptedNetwork({"good.example": [PUBLIC]}, short), "https://good.example/") == "unreachable"
    other = answer(b"hello", Content_Encoding="br")
    assert (
        refusal(ScriptedNetwork({"good.example": [PUBLIC]}, other), "https://good.example/") == "encoding-not-supported"
    )


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy variable does not lead the fetcher past its own checks."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://10.0.0.9:3128")
    network = ScriptedNetwork({"good.example": [PUBLIC]}, answer())
    network.fetcher()("https://good.example/")
    assert network.connected == [(PUBLIC, 443)]


def test_a_loopback_name_is_never_asked_elsewhere() -> None:
    """With loopback open, localhost that answers with another address is refused."""
    network = ScriptedNetwork({"localhost": ["10.0.0.5"]})
    assert refusal(network, "http://localhost:8000/", loopback=True) == "address-not-allowed"
    direct = ScriptedNetwork({}, answer(b"own"))
    assert direct.fetcher(loopback=True)("http://127.0.0.1:8000/x").body == b"own"
    assert (direct.looked_up, direct.connected) == ([], [("127.0.0.1", 8000)])


def test_the_system_resolver_is_asked_once_per_family() -> None:
    """The default look-up returns each address once."""
    found = look_up("localhost", 80)
    assert len(found) == len(set(found)) > 0
