"""The operations that `growth.py` measures, each through the whole application in this process, on two databases in turns.

The small database is measured beside the large one, so that whatever else the machine does, both have it alike: believe the ratios.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import time
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlmodel import col, select

from growth_village import BADGES, wanted_badge
from okbadges.corrections.records import list_records
from okbadges.edge.remembered import RememberedPages
from okbadges.pages import qr
from okbadges.storage.tables import IssuerRow, StatusListRow
from support.passport import open_with
from support.work import sign_in_cookie

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from growth_village import Landmark
    from support.world import World

    Headers = Mapping[str, str]

PAGE: Final = {"accept": "text/html"}
_TICKS: Final = 100.0  # of a second, as /proc counts on every Linux


class Inside:
    """Calls an application as a server would, without a network: one request after the other."""

    def __init__(self, world: World) -> None:
        """Call the application of ``world``, which is running."""
        self.world = world
        self._loop = asyncio.new_event_loop()

    def close(self) -> None:
        """Give the loop and its threads back."""
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def call(self, method: str, path: str, headers: Headers, body: Any = None) -> bytes:  # noqa: ANN401 - JSON
        """Send one request and return the body of its answer, which is a success."""
        return self._loop.run_until_complete(self._call(method, path, headers, body))

    async def _call(self, method: str, path: str, headers: Headers, body: Any) -> bytes:  # noqa: ANN401 - the same
        sent = b"" if body is None else json.dumps(body).encode()
        path, _, query = path.partition("?")
        said = {
            "host": "localhost:8000",
            "content-length": str(len(sent)),
            "content-type": "application/json",
            **headers,
        }
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in said.items()],
            "client": ("127.0.0.1", 50_000),
            "server": ("localhost", 8000),
            "state": {},
        }
        parts: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": sent, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            parts.append(message)

        await self.world.app(scope, receive, send)  # type: ignore[arg-type]  # messages are plain dicts
        answer = b"".join(part.get("body", b"") for part in parts)
        assert parts[0]["status"] in (200, 201), f"{method} {path}: {parts[0]['status']} {answer[:300]!r}"
        return answer


@dataclass(frozen=True, slots=True)
class Taken:
    """What one operation took: medians in milliseconds, on the wall and of this process; the database server's mean; the slowest."""

    repetitions: int
    wall_ms: float
    cpu_ms: float
    server_ms: float
    slowest_ms: float

    @property
    def all_cpu_ms(self) -> float:
        """Return the processor time of both sides."""
        return self.cpu_ms + self.server_ms


class Operations:
    """What is measured in one database: each is a function that does something once, with somebody drawn by lot."""

    def __init__(self, world: World, landmarks: Sequence[Landmark]) -> None:
        """Measure the ``landmarks`` of ``world``."""
        self.inside, self._world, self._landmarks = Inside(world), world, landmarks
        self._lot = random.Random(11)  # noqa: S311 - which link is looked at is no secret
        self._issued: list[tuple[str, Landmark]] = []
        self._lists = _lists(world)
        self._leaders = {one.place.leader: _cookie(world, one.place.leader) for one in landmarks}
        self._passports: dict[str, dict[str, str]] = {}
        self._numbers = count()

    def all(self) -> dict[str, Callable[[], object]]:
        """Return the operations by name. Revoking comes after issuing: it takes back what was issued."""
        return {
            "issue": self.issue,
            "share page": self._share_page,
            "share page, again": lambda: self._get(self._landmarks[0].links[0], PAGE),
            "group, API": self._group_of_api,
            "group, page": self._group_page,
            "passport": self._passport,
            "look a badge up": self._look_up,
            "list badges": self._badges,
            "journal since": self._journal,
            "status list, stored": lambda: self._get(self._lot.choice(self._lists), {}),
            "revoke": self.revoke,
        }

    def _one(self) -> Landmark:
        return self._lot.choice(self._landmarks)

    def _get(self, path: str, headers: Headers) -> bytes:
        return self.inside.call("GET", path, headers)

    def issue(self) -> None:
        """Issue a badge to somebody of a group."""
        its = self._one()
        badge = BADGES[1 + next(self._numbers) % (len(BADGES) - 1)]
        body = wanted_badge(self._world, its.place, self._lot.choice(its.participants), badge)
        said = self.inside.call("POST", "/v1/credentials", its.place.headers, body)
        self._issued.append((json.loads(said)["id"], its))

    def revoke(self) -> None:
        """Take back what was issued last."""
        if not self._issued:
            self.issue()
        name, its = self._issued.pop()
        self.inside.call("POST", f"/v1/credentials/{name}/revoke", its.place.headers, {"reason": "issued-in-error"})

    def _share_page(self) -> None:
        """Open a link whose page nobody has seen: what a process remembers would be measured at one size and not at the other."""
        state = self._world.app.state
        rooms, site = state.rooms, state.site
        state.rooms = replace(rooms, pages=RememberedPages(rooms.pages.mark, most_bytes=0))
        state.site = replace(site, drawn_before=qr.drawn)
        try:
            self._get(self._lot.choice(self._one().links), PAGE)
        finally:
            state.rooms, state.site = rooms, site

    def _group_of_api(self) -> None:
        its = self._one()
        self._get(f"/v1/groups/{its.group}/participants?limit=50", its.place.headers)

    def _group_page(self) -> None:
        its = self._one()
        self._get(f"/workshop/groups/{its.group}", {**PAGE, **self._leaders[its.place.leader]})

    def _passport(self) -> None:
        card = self._lot.choice(self._one().cards)
        if card.address not in self._passports:
            cookies = open_with(self._world, card).cookies.items()
            self._passports[card.address] = {"cookie": "; ".join(f"{name}={value}" for name, value in cookies)}
        self._get("/passport", {**PAGE, **self._passports[card.address]})

    def _look_up(self) -> None:
        its = self._one()
        self._get(f"/v1/credentials/{self._lot.choice(its.credentials)}", its.place.headers)

    def _badges(self) -> None:
        with self._world.rooms.database.read() as session:
            assert list_records(session, self._one().place.organisation, participant=None, after=None, limit=50)

    def _journal(self) -> None:
        since = self._world.clock().strftime("%Y-%m-%dT%H:%M:%SZ")
        self._get(f"/v1/audit/events?chain=ok&since={since}&limit=50", self._world.as_audrey())


def _cookie(world: World, leader: Any) -> dict[str, str]:  # noqa: ANN401 - a UUID
    name, value = sign_in_cookie(world, leader)
    return {"cookie": f"{name}={value}"}


def _lists(world: World) -> list[str]:
    with world.rooms.database.read() as session:
        its = select(IssuerRow.slug, StatusListRow.number).join(
            StatusListRow, col(StatusListRow.issuer_id) == IssuerRow.id
        )
        return [f"/issuers/{slug}/status/{number}" for slug, number in session.exec(its)]


def in_turns(
    operations: Mapping[str, Mapping[str, Callable[[], object]]], worlds: Mapping[str, World], *, rounds: int, each: int
) -> dict[str, dict[str, Taken]]:
    """Do every operation in ``rounds`` of ``each`` times on each database in turns, and return what it took, by operation and database."""
    found: dict[str, dict[str, Taken]] = {}
    for name in next(iter(operations.values())):
        runs: dict[str, list[tuple[float, float]]] = {which: [] for which in operations}
        server = dict.fromkeys(operations, 0.0)
        for its in operations.values():  # once for caches, not counted
            its[name]()
        for _ in range(rounds):
            for which, its in operations.items():
                before = server_seconds(worlds[which])
                runs[which] += [_timed(its[name]) for _ in range(each)]
                server[which] += server_seconds(worlds[which]) - before
        found[name] = {which: _taken(runs[which], server[which]) for which in operations}
    return found


def _timed(do: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    do()
    return time.perf_counter() - wall, time.process_time() - cpu


def _taken(runs: Sequence[tuple[float, float]], server: float) -> Taken:
    wall, cpu = ([one[side] * 1000 for one in runs] for side in (0, 1))
    return Taken(len(runs), statistics.median(wall), statistics.median(cpu), server * 1000 / len(runs), max(wall))


def server_seconds(world: World) -> float:
    """Return the processor time of the database server's processes that work for us; 0 on SQLite, which works in this one."""
    database = world.rooms.database
    if database.is_sqlite:
        return 0.0
    with database.engine.connect() as connection:
        asked = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        pids = connection.exec_driver_sql(asked).scalars().all()
    return sum(_seconds_of(pid) for pid in pids)


def _seconds_of(pid: int) -> float:
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(after_name[11]) + int(after_name[12])) / _TICKS
