"""The way out to receivers: whom it asks and whom never, over a scripted network; over real sockets in ``tests/partners``."""

from __future__ import annotations

import pytest

from integrations.scripted import PUBLIC, ScriptedNetwork, ScriptedStream, answer
from okbadges.credentials.fetching import FetchError
from okbadges.integrations.webhooks import Receivers

URL = "https://register.example/hook?key=1"
HEADERS = {"webhook-id": "1", "webhook-timestamp": "2", "webhook-signature": "v1,x"}


def receivers(network: ScriptedNetwork, *, seconds: float = 2.0) -> Receivers:
    """Return the real way out on this network."""
    return Receivers(seconds=seconds, lookup=network.look_up, connect=network.connect)


def test_it_works() -> None:
    """One POST to the address that was looked up, with Host and SNI still the name; of the answer its status counts."""
    stream = answer(b"thank you", status="202 Accepted")
    network = ScriptedNetwork({"register.example": [PUBLIC]}, stream)
    received = receivers(network).post(URL, HEADERS, b'{"a":1}')
    assert (received.status, received.trouble, received.retry_after) == (202, None, None)
    assert network.looked_up == [("register.example", 443)]
    assert network.connected == [(PUBLIC, 443)]
    assert stream.server_hostname == "register.example"
    head, _, body = stream.written.decode().partition("\r\n\r\n")
    assert head.startswith("POST /hook?key=1 HTTP/1.1\r\nHost: register.example\r\n")
    assert body == '{"a":1}'
    for line in ("Content-Type: application/json", "Content-Length: 7", "webhook-id: 1", "webhook-signature: v1,x"):
        assert line in head
    assert "cookie" not in head.lower()
    assert "authorization" not in head.lower()


@pytest.mark.parametrize(
    "inside",
    [
        "10.0.0.5",
        "127.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - nothing listens here
        "::1",
        "::ffff:10.0.0.5",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "fe80::1",
        "fd00::1",
    ],
)
@pytest.mark.parametrize("others", [[], [PUBLIC]])
def test_an_address_inside_is_never_asked(inside: str, others: list[str]) -> None:
    """Neither alone nor beside a public one: no connection is opened."""
    network = ScriptedNetwork({"register.example": [*others, inside]})
    received = receivers(network).post(URL, HEADERS, b"{}")
    assert (received.status, received.trouble) == (None, "address-not-allowed")
    assert network.connected == []


def test_a_name_that_answers_differently_the_next_time_gains_nothing() -> None:
    """The connection goes to exactly what was checked (DNS rebinding); each attempt looks up and checks anew."""
    network = ScriptedNetwork({"register.example": [PUBLIC]}, answer())

    def connect(address: str, port: int, seconds: float) -> object:
        network.addresses = {"register.example": ["127.0.0.1"]}
        return network.connect(address, port, seconds)

    out = Receivers(lookup=network.look_up, connect=connect)  # type: ignore[arg-type]
    assert out.post(URL, HEADERS, b"{}").status == 200
    assert out.post(URL, HEADERS, b"{}").trouble == "address-not-allowed"
    assert network.looked_up == [("register.example", 443)] * 2
    assert network.connected == [(PUBLIC, 443)]


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_no_redirect_is_followed(status: str) -> None:
    """Not within the origin either: what was signed is for the address that somebody wrote down."""
    network = ScriptedNetwork({"register.example": [PUBLIC]}, answer(status=status, Location="/elsewhere"))
    assert receivers(network).post(URL, HEADERS, b"{}").status == int(status[:3])
    assert len(network.connected) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://register.example/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://register.internal/",
        "https://0x7f.1/",
        "https://register.example:25/",
        "https://user@register.example/",
        "gopher://register.example/",
        "https://register.example\\@inside/",
        "",
    ],
)
def test_what_is_no_public_https_address_is_never_looked_up(url: str) -> None:
    """Refused when it is written down, and again when something is to be sent."""
    network = ScriptedNetwork({"localhost": ["127.0.0.1"]})
    with pytest.raises(FetchError):
        receivers(network).check(url)
    assert receivers(network).post(url, HEADERS, b"{}").trouble == "url-not-allowed"
    assert (network.looked_up, network.connected) == ([], [])


def test_of_a_long_answer_nothing_is_read() -> None:
    """Neither a body without end nor one that is announced as huge is waited for."""
    endless = ScriptedStream([b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"], endless=b"x" * 1000)
    network = ScriptedNetwork({"register.example": [PUBLIC]}, endless)
    assert receivers(network).post(URL, HEADERS, b"{}").status == 200


def test_a_head_without_end_is_given_up() -> None:
    """By its size, or by the time that it takes."""
    for stream in (ScriptedStream([], endless=b"X-A: b\r\n" * 1000), ScriptedStream([], endless=b"x", pause=0.05)):
        network = ScriptedNetwork({"register.example": [PUBLIC]}, stream)
        received = receivers(network, seconds=0.5).post(URL, HEADERS, b"{}")
        assert received.status is None
        assert received.trouble in ("too-large", "timeout", "unreachable")


def test_what_it_is_told_to_wait() -> None:
    """Retry-After comes along as it was written."""
    network = ScriptedNetwork({"register.example": [PUBLIC]}, answer(status="429 Slow", Retry_After="60"))
    assert receivers(network).post(URL, HEADERS, b"{}").retry_after == "60"
