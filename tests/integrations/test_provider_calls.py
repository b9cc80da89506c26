"""The way out to the providers of sign-ins: what is asked, what is not, and when it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from integrations.scripted import ScriptedNetwork, ScriptedStream, answer
from okbadges.credentials.fetching import FetchError
from okbadges.integrations.provider_calls import ProviderCalls

if TYPE_CHECKING:
    from collections.abc import Callable

INSIDE = "10.20.30.40"
HOST = {"login.kunta.example": [INSIDE], "login": [INSIDE], "localhost": ["127.0.0.1"]}


def calls(
    network: ScriptedNetwork, *, seconds: float = 2.0, max_bytes: int = 1_000, loopback: bool = False
) -> ProviderCalls:
    """Return the real way out on a network that a test wrote."""
    return ProviderCalls(
        seconds=seconds, max_bytes=max_bytes, loopback=loopback, lookup=network.look_up, connect=network.connect
    )


def refused(network: ScriptedNetwork, url: str = "https://login.kunta.example/keys", **limits: float) -> str:
    """Return the code with which a question fails."""
    with pytest.raises(FetchError) as caught:
        calls(network, **limits).get(url)  # type: ignore[arg-type]
    return caught.value.code


def test_it_works() -> None:
    """A provider inside a network is asked by https, at the address that its name had, and what it says is read."""
    stream = answer(b'{"keys":[]}')
    network = ScriptedNetwork(HOST, stream)
    assert calls(network).get("https://login.kunta.example:8443/keys?a=b") == {"keys": []}
    assert (network.connected, stream.server_hostname) == ([(INSIDE, 8443)], "login.kunta.example")
    sent = stream.written.decode()
    assert sent.startswith("GET /keys?a=b HTTP/1.1\r\nHost: login.kunta.example:8443\r\n")
    assert "Accept: application/json\r\n" in sent
    assert "Cookie" not in sent


def test_a_form_is_sent() -> None:
    """With its length and type, and the headers that were given; the status of the answer comes back, whatever it is."""
    stream = answer(b'{"error":"invalid_grant"}', status="400 Bad Request")
    status, said = calls(ScriptedNetwork(HOST, stream)).post(
        "https://login/token", {"code": "ä&b", "grant_type": "x"}, {"Authorization": "Basic abc"}
    )
    assert (status, said) == (400, {"error": "invalid_grant"})
    head, _, body = stream.written.decode().partition("\r\n\r\n")
    assert head.startswith("POST /token HTTP/1.1\r\nHost: login\r\n")
    assert body == "code=%C3%A4%26b&grant_type=x"
    for line in (
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        "Authorization: Basic abc",
    ):
        assert line in head


@pytest.mark.parametrize(
    "url",
    [
        "http://login.kunta.example/",
        "http://localhost/",
        "http://169.254.169.254/",
        "ftp://login.kunta.example/",
        "https://",
        "https://user@login.kunta.example/",
        "https://login.kunta.example:0/",
        "https://login.kunta.example:99999/",
        "https://login.kunta.example/\r\nx",
        "https://login.kunta.example/ä",
        "https://" + "a" * 2000,
        "javascript:alert(1)",
        "",
        None,
        5,
        ["https://login.kunta.example"],
    ],
)
def test_what_is_never_asked(url: object) -> None:
    """Only https, only an address that every reader reads alike."""
    network = ScriptedNetwork(HOST)
    assert not calls(network).may_ask(url)
    assert refused(network, url if isinstance(url, str) else "") == "url-not-allowed"
    assert network.looked_up == []


def test_http_on_this_machine_is_for_development() -> None:
    """And for nothing but this machine's own names."""
    network = ScriptedNetwork(HOST, answer())
    developing = calls(network, loopback=True)
    assert developing.get("http://localhost:4000/") == {}
    assert [developing.may_ask(url) for url in ("http://127.0.0.1:4000", "http://login.kunta.example")] == [True, False]


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_no_redirect_is_followed(status: str) -> None:
    """What is sent to a provider is for it and for nobody whom it names."""
    asked: dict[str, Callable[[ProviderCalls], object]] = {
        "status": lambda way_out: way_out.get("https://login/keys"),
        "redirect-refused": lambda way_out: way_out.post("https://login/token", {"code": "x"}),
    }
    for code, ask in asked.items():
        network = ScriptedNetwork(HOST, answer(status=status, Location="https://login/elsewhere"), answer())
        with pytest.raises(FetchError) as caught:
            ask(calls(network))
        assert (caught.value.code, len(network.connected)) == (code, 1)


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        (answer(status="404 Not Found"), "status"),
        (answer(b"<html>"), "not-json"),
        (answer(b"[]"), "not-json"),
        (answer(b"\xff"), "not-json"),
        (answer(b'{"a":1,"a":2}'), "not-json"),
        (answer(b'"' + b"a" * 2_000 + b'"'), "too-large"),
        (ScriptedStream([b"HTTP/1.1 200 OK\r\n\r\n"], endless=b"x" * 4096), "too-large"),
        (ScriptedStream([b"nonsense\r\n\r\n"]), "unreachable"),
        (ScriptedStream([]), "unreachable"),
        (ScriptedStream([b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}"]), "unreachable"),
        (OSError("refused"), "unreachable"),
    ],
)
def test_what_does_not_answer_well(stream: ScriptedStream | Exception, code: str) -> None:
    """Other statuses, no JSON, too much of it, half of it, no HTTP, nobody there."""
    assert refused(ScriptedNetwork(HOST, stream)) == code


def test_a_question_ends() -> None:
    """However slowly a provider drips its answer."""
    stream = ScriptedStream([b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"], endless=b"x", pause=0.02)
    assert refused(ScriptedNetwork(HOST, stream), seconds=0.2) == "timeout"


def test_a_name_without_an_address() -> None:
    """Unknown names, and names that lead nowhere."""
    assert refused(ScriptedNetwork({})) == "unreachable"
    assert refused(ScriptedNetwork({"login.kunta.example": []})) == "unreachable"
