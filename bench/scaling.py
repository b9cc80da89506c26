"""Several processes and a read replica behind nginx: what they carry together, and what replication lag means for a revocation.

``make bench-scaling`` runs this. Everything is started, loaded and ended here; nothing is left. A badge is revoked while the replica
follows at once, while it is told to be two seconds late, and while it stands still; each time people look at the share link, and verifiers
at the status list, through nginx, until both say so.
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

CHECKOUT: Final = Path(__file__).resolve().parent.parent
for folder in ("bench", "tests", "src"):
    sys.path.insert(0, str(CHECKOUT / folder))

from sqlalchemy import text  # noqa: E402 - the same

from cluster import AT_MOST_BEHIND, NGINX, cluster  # noqa: E402 - found by the lines above
from load import Load, send  # noqa: E402 - the same
from okbadges.building import utc_now  # noqa: E402 - the same
from serving import family_cpu_seconds  # noqa: E402 - the same
from support.world import order  # noqa: E402 - the same
from web_requests import CASES, laid_ground  # noqa: E402 - the same

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster import Cluster
    from web_requests import Ground

LOADED: Final = ("issue", "share-page", "status-list")
LATE: Final = 2  # seconds
WAITS: Final = 45.0  # a status list may be kept for 30 seconds
LOOKS_EVERY: Final = 0.02


@dataclass(frozen=True, slots=True)
class Lagged:
    """When a revocation was seen, in seconds after its answer: on the share link, in the status list; and how often "valid" was read before."""

    share: float
    status_list: float
    still_valid: int


class Asking:
    """A client of nginx."""

    def __init__(self, ground: Ground) -> None:
        """Ask with this ground's access key."""
        self._ground = ground

    def __call__(self, method: str, path: str, content: object = None) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self._ground.door.port, timeout=30)
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if path.startswith("/v1/"):
            headers["Authorization"] = f"Bearer {self._ground.door.access_key}"
        connection.request(method, path, json.dumps(content) if content else None, headers)
        answer = connection.getresponse()
        try:
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def issued(self) -> dict[str, Any]:
        """Issue a badge with a link."""
        expires = str((utc_now() + timedelta(days=30)).date())
        share = {"purpose": "workplace", "agreed": True, "expires_on": expires}
        status, _, body = self("POST", "/v1/credentials", order(awarded_on=self._ground.door.awarded_on, share=share))
        if status != http.client.CREATED:
            raise RuntimeError(f"not issued: {status} {body[:300]!r}")
        found: dict[str, Any] = json.loads(body)
        return found

    def verdict(self, path: str) -> str:
        """Return the verdict behind a share link."""
        status, _, body = self("GET", path)
        if status != http.client.OK:
            raise RuntimeError(f"{path} was answered {status}: {body[:300]!r}")
        return str(json.loads(body)["verdict"])


def revoked(ask: Asking, ground: Ground, *, meanwhile: Callable[[], None]) -> Lagged:
    """Issue a badge, let ``meanwhile`` happen to the replica, revoke the badge, and look until everybody sees it."""
    badge = ask.issued()
    link = "/" + badge["share_link"].split("/", 3)[3]
    _until(lambda: ask.verdict(link) == "VALID")
    meanwhile()
    _, head, _ = ask("GET", ground.list_path)
    status, _, body = ask("POST", f"/v1/credentials/{badge['id']}/revoke", {"reason": "issued-in-error"})
    if status != http.client.OK:
        raise RuntimeError(f"not revoked: {status} {body[:300]!r}")
    begun, still_valid = time.perf_counter(), 0
    share = listed = 0.0
    while not (share and listed):
        if time.perf_counter() - begun > WAITS:
            raise RuntimeError("the revocation was not seen")
        if not share:
            if ask.verdict(link) == "REVOKED":
                share = time.perf_counter() - begun
            else:
                still_valid += 1
        if not listed and ask("GET", ground.list_path)[1]["etag"] != head["etag"]:
            listed = time.perf_counter() - begun
        time.sleep(LOOKS_EVERY)
    return Lagged(share, listed, still_valid)


def _until(condition: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + WAITS
    while not condition():
        if time.monotonic() > give_up_at:
            raise RuntimeError("it never came to that")
        time.sleep(LOOKS_EVERY)


def loaded(on: Cluster, ground: Ground, *, requests: int, clients: int) -> None:
    """Send each load through nginx and print what it cost whom."""
    print(
        f"{'through nginx':<16}{'answers':>8}{'per s':>8}{'p50 ms':>8}{'p99 ms':>8}{'CPU µs: 1st':>13}{'2nd':>8}{'replica':>9}{'DB':>8}"
    )
    assert on.place.postgres is not None
    for case in (case for case in CASES if case.name in LOADED):
        # what a process makes at its first answer does not count
        send(Load(on.place.port, case.make(ground, 2 * clients), clients, 30, case.expected, case.status))
        before = [one.cpu_seconds() for one in (*on.primary, on.reader)] + [family_cpu_seconds(on.place.postgres.pid)]
        seen = send(Load(on.place.port, case.make(ground, requests), clients, 30, case.expected, case.status))
        after = [one.cpu_seconds() for one in (*on.primary, on.reader)] + [family_cpu_seconds(on.place.postgres.pid)]
        first, second, reader, database = (
            (now - then) * 1e6 / seen.answers for now, then in zip(after, before, strict=True)
        )
        times = f"{seen.per_second:>8.0f}{seen.percentile(0.5) * 1000:>8.1f}{seen.percentile(0.99) * 1000:>8.1f}"
        print(f"{case.name:<16}{seen.answers:>8}{times}{first:>13.0f}{second:>8.0f}{reader:>9.0f}{database:>8.0f}")


def places_are_their_own(on: Cluster) -> int:
    """Return how many credentials there are. Raises RuntimeError when two of them share a place in a status list."""
    with on.place.rooms() as rooms, rooms.database.read() as session:
        statement = text("SELECT count(*), count(DISTINCT (status_list_id, status_index)) FROM credentials")
        many, places = session.connection().execute(statement).one()
    if many != places:
        raise RuntimeError(f"{many} credentials, but only {places} places in status lists")
    return int(many)


def main() -> int:
    """Run all of it and print it; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=1000, help="requests of each load (1000)")
    parser.add_argument("--clients", type=int, default=32, help="clients at once (32)")
    asked = parser.parse_args()
    if not NGINX.exists():
        print("needs Debian's nginx: tests/tools/nginx.sh", file=sys.stderr)
        return 1
    with cluster() as on:
        ground = laid_ground(on.place.door())
        ask = Asking(ground)
        loaded(on, ground, requests=asked.requests, clients=asked.clients)
        print(f"{places_are_their_own(on)} credentials, each with a place of its own")
        print(f"\n{'replica':<34}{'link says revoked after':>24}{'list after':>12}{'read as valid before':>22}")
        for name, begin, end in (
            ("follows at once", lambda: None, lambda: None),
            (f"is {LATE} s late", lambda: on.standby.delay(LATE), lambda: on.standby.delay(0)),
            (f"stands still (at most {AT_MOST_BEHIND} s)", on.standby.pause, on.standby.resume),
        ):
            try:
                seen = revoked(ask, ground, meanwhile=begin)
            finally:
                with suppress(Exception):
                    end()
            print(f"{name:<34}{seen.share:>22.2f} s{seen.status_list:>10.2f} s{seen.still_valid:>22}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
