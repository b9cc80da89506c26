"""The attack suite: its cases as bytes, and its remote documents as a fetch function and as a scripted network."""

from __future__ import annotations

import base64
import importlib.util
import json
import warnings
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpcore2

from integrations.scripted import PUBLIC
from okbadges.integrations.fetch import GuardedFetcher
from okbadges.verification import Fetched, FetchError, Report, verify

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator
    from pathlib import Path

CLOCK = datetime(2026, 11, 2, tzinfo=UTC)
DRIVEN_OVER_HTTP = frozenset({"api", "http_header", "multipart_fields", "api_issue_then_export"})
KEPT_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True)
class Case:
    """One case of the suite with its input as bytes, and the world that it is run in."""

    id: str
    group: str
    received: bytes
    verdicts: frozenset[str]
    never: frozenset[str]
    asked: dict[str, str]
    world: dict[str, Any]
    dns: dict[str, list[str]]
    outbound_forbidden: tuple[str, ...]
    outbound_max: int
    max_seconds: float

    def run(self, fetch: Callable[[str], Fetched]) -> Report:
        """Verify the case."""
        return verify(self.received, fetch=fetch, now=CLOCK, **self.asked)  # type: ignore[arg-type]


class Suite:
    """Everything under ``attacks`` of the shared material, read once."""

    def __init__(self, folder: Path) -> None:
        """Read the cases and the world; huge inputs are made when they are asked for."""
        self._cases = json.loads((folder / "cases.json").read_text())["cases"]
        self._world = json.loads((folder / "world.json").read_text())
        self._by_id = {case["id"]: case for case in self._cases}
        self._made: dict[str, bytes] = {}
        spec = importlib.util.spec_from_file_location("materialize", folder / "materialize.py")
        assert spec is not None
        assert spec.loader is not None
        self._recipes = importlib.util.module_from_spec(spec)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # the suite leaves a file open
            spec.loader.exec_module(self._recipes)

    def cases(self, groups: str) -> Iterator[Case]:
        """Yield the cases of these groups that run without a server."""
        for case in self._cases:
            recipe = case["input"].get("recipe")
            if case["group"] in groups and not (recipe and recipe["op"] in DRIVEN_OVER_HTTP):
                yield self._case(case)

    def names_to_export(self) -> list[str]:
        """Return the recipients' names of the cases about exporting."""
        recipes = [case["input"].get("recipe", {}) for case in self._cases]
        return [recipe["recipient_name"] for recipe in recipes if recipe.get("op") == "api_issue_then_export"]

    def left_out(self) -> dict[str, int]:
        """Return by group how many cases `cases` leaves out."""
        driven = (case for case in self._cases if case["input"].get("recipe", {}).get("op") in DRIVEN_OVER_HTTP)
        return dict(Counter(case["group"] for case in driven))

    def materialize(self, recipe: dict[str, Any]) -> bytes:
        """Make the bytes of a recipe; what is small but takes long to make is kept."""
        name = json.dumps(recipe, sort_keys=True)
        if name in self._made:
            return self._made[name]
        made = bytes(self._recipes.materialize(recipe, self._by_id))
        if len(made) < KEPT_BYTES:
            self._made[name] = made
        return made

    def _case(self, case: dict[str, Any]) -> Case:
        given, expected = case["input"], case["expect"]
        if "recipe" in given:
            received = self.materialize(given["recipe"])
        elif "payload_b64" in given:
            received = base64.b64decode(given["payload_b64"])
        else:
            payload = given["payload"]
            received = payload.encode() if isinstance(payload, str) else json.dumps(payload).encode()
        return Case(
            id=case["id"],
            group=case["group"],
            received=received,
            verdicts=frozenset(expected["verdict"]),
            never=frozenset(expected.get("never", [])),
            asked={name: case[name] for name in ("recipient", "challenge", "domain") if name in case},
            world={**self._world, **case.get("world", {})},
            dns=case.get("net", {}).get("dns", {}),
            outbound_forbidden=tuple(expected.get("outbound_forbidden", [])),
            outbound_max=expected.get("outbound_max", 8),
            max_seconds=expected.get("max_seconds", 3.0),
        )

    def body(self, answer: dict[str, Any]) -> bytes:
        """Return the body of an answer of the world."""
        if "json" in answer:
            return json.dumps(answer["json"]).encode()
        if "recipe" in answer:
            return self.materialize(answer["recipe"])
        return str(answer.get("text", "")).encode()

    def fetch(self, world: dict[str, Any]) -> Callable[[str], Fetched]:
        """Return the world as a fetch function; what behaves badly there does not answer here. Bodies are made beforehand."""
        answers = {
            url: Fetched(answer.get("status", 200), answer.get("headers", {}), self.body(answer))
            for url, answer in world.items()
            if "behaviour" not in answer
        }

        def fetch(url: str) -> Fetched:
            if url not in answers:
                raise FetchError("unreachable", "no answer")
            return answers[url]

        return fetch


class WorldNetwork:
    """The world behind scripted look-up and connections, so that the real fetcher runs; keeps all that was asked."""

    def __init__(self, suite: Suite, case: Case) -> None:
        """Know the hosts of the world at a public address, and the scripted names at theirs."""
        self._suite = suite
        self._world = case.world
        hosts = {url.split("/")[2].split(":")[0] for url in case.world if "://" in url}
        self._dns = {**{host: [PUBLIC] for host in hosts}, **case.dns}
        self.looked_up: list[str] = []
        self.connected: list[str] = []
        self.requested: list[str] = []

    def fetcher(self) -> GuardedFetcher:
        """Return the guarded fetcher of the service on this network."""
        return GuardedFetcher(seconds=2, lookup=self._look_up, connect=self._connect)

    def _look_up(self, host: str, _port: int) -> list[str]:
        self.looked_up.append(host)
        if host not in self._dns:
            raise OSError("no such name")
        return self._dns[host]

    def _connect(self, address: str, _port: int, _seconds: float) -> httpcore2.NetworkStream:
        self.connected.append(address)
        return _WorldStream(self._answer)

    def _answer(self, request: str) -> bytes:
        target, host = request.split(" ")[1], request.split("\r\nHost: ")[1].split("\r\n", maxsplit=1)[0]
        url = f"https://{host}{target}"
        self.requested.append(url)
        answer = self._world.get(url, {"status": 404})
        if "behaviour" in answer:
            raise httpcore2.ReadTimeout(answer["behaviour"])
        body = self._suite.body(answer)
        headers = {**answer.get("headers", {}), "content-length": str(len(body))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"HTTP/1.1 {answer.get('status', 200)} Answer\r\n{lines}\r\n".encode() + body


class _WorldStream(httpcore2.NetworkStream):
    def __init__(self, answer: Callable[[str], bytes]) -> None:
        self._answer = answer
        self._request = b""
        self._unread: bytes | None = None

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Collect the request."""
        assert timeout is None or timeout > 0
        self._request += buffer

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return the next piece of the answer."""
        assert timeout is None or timeout > 0
        if self._unread is None:
            self._unread = self._answer(self._request.decode())
        piece, self._unread = self._unread[:max_bytes], self._unread[max_bytes:]
        return piece

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        """Go on in the clear."""
        assert ssl_context.check_hostname
        assert server_hostname
        assert timeout is None or timeout > 0
        return self

    def close(self) -> None:
        """Have nothing to close."""

    def get_extra_info(self, info: str) -> None:
        """Know nothing about the connection."""
