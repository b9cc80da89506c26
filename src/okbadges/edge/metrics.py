"""Numbers for those who run the service: what was issued and verified, how long it took, how the writer keeps up. Nothing about anyone.

Labels are words of ours (an outcome, a verdict, the template of a route), never an id. Each service has a registry of its own. Where
several processes serve, they share a folder (`prometheus_client`'s multiprocess mode, set up by ``okbadges serve``), and whichever
of them is asked answers for all.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import event

from okbadges.storage.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from sqlalchemy import Connection
    from starlette.types import Scope

    from okbadges.storage.database import Database
    from okbadges.verification import Report

T = TypeVar("T")
P = ParamSpec("P")
OUTCOMES = ("issued", "repeated", "refused")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """What is counted; one of it for each service."""

    def __init__(self, *, open_to_all: bool = False, shared_folder: str | None = None) -> None:
        """Count from nothing. ``open_to_all``: no access key is needed to read; ``shared_folder``: where all processes count."""
        self.open_to_all = open_to_all
        self._shared_folder = shared_folder
        self._registry = own = CollectorRegistry()
        self._issued = Counter(
            "okbadges_credentials_issued", "Orders by what became of them", ["outcome"], registry=own
        )
        self._revoked = Counter("okbadges_credentials_revoked", "Credentials that were revoked", registry=own)
        self._verified = Counter("okbadges_verifications", "Verifications by verdict", ["verdict"], registry=own)
        self._requests = Histogram(
            "okbadges_request_seconds",
            "Requests by route, and how long they took",
            ["method", "route", "status"],
            buckets=_SECONDS,
            registry=own,
        )
        self._commits = Counter("okbadges_writer_commits", "Transactions of the writer", registry=own)
        self._changes = Histogram(
            "okbadges_writer_change_seconds",
            "Changes handed to the writer, and how long each waited for its commit",
            buckets=_SECONDS,
            registry=own,
        )
        self._failures = Counter("okbadges_failures", "Failed tries by what failed", ["kind"], registry=own)
        self._limited = Counter("okbadges_limited", "Requests refused by a limit", ["limit"], registry=own)
        self._answered: dict[tuple[str, str, int], Histogram] = {}
        started = Gauge(
            "okbadges_started_seconds",
            "When the youngest process started (seconds since 1970)",
            multiprocess_mode="max",
            registry=own,
        )
        started.set_to_current_time()
        for outcome in OUTCOMES:
            self._issued.labels(outcome)

    def issued(self, outcome: str) -> None:
        """Count an order that was ``issued``, ``repeated`` (answered again) or ``refused``."""
        self._issued.labels(outcome).inc()

    def revoked(self, credentials: int = 1) -> None:
        """Count credentials that were revoked now."""
        self._revoked.inc(credentials)

    def verified(self, report: Report) -> None:
        """Count a verification for somebody outside."""
        self._verified.labels(report.verdict.value).inc()

    def counting(self, verify: Callable[P, Report]) -> Callable[P, Report]:
        """Return a verification for those outside: the same one, and its verdict is counted."""

        def counted(*args: P.args, **kwargs: P.kwargs) -> Report:
            report = verify(*args, **kwargs)
            self.verified(report)
            return report

        return counted

    def failed(self, kind: str) -> None:
        """Count a failed try, such as a wrong access key."""
        self._failures.labels(kind).inc()

    def limited(self, limit: str) -> None:
        """Count a request that a limit refused."""
        self._limited.labels(limit).inc()

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answered request; ``route`` is a template."""
        method = method if method in _METHODS else "other"
        which = method, route, status // 100
        # finding the child by its labels costs more than counting: there are as many as there are routes
        if (child := self._answered.get(which)) is None:
            child = self._answered[which] = self._requests.labels(method, route, f"{which[2]}xx")
        child.observe(seconds)

    def change(self, seconds: float) -> None:
        """Count a change that waited so long for its commit, or for its refusal."""
        self._changes.observe(seconds)

    def watch_commits(self, database: Database) -> None:
        """Count the writer's transactions in ``database`` from now on."""

        def committed(connection: Connection) -> None:
            if connection.get_execution_options().get("okbadges_writes"):
                self._commits.inc()

        event.listen(database.engine, "commit", committed)

    def exposition(self) -> bytes:
        """Return everything as Prometheus reads it: of this process, or of all that share the folder."""
        if self._shared_folder is None:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together, path=self._shared_folder)  # type: ignore[no-untyped-call]  # theirs has no types
        return generate_latest(together)


class MeasuredWriter(Writer):
    """The writer, with an eye on how long changes wait."""

    def __init__(self, database: Database, metrics: Metrics) -> None:
        """Write to ``database`` and tell ``metrics``."""
        super().__init__(database)
        self._metrics = metrics
        metrics.watch_commits(database)

    def submit(self, change: Callable[[Connection], T]) -> Future[T]:
        """Queue a change, as every writer does."""
        began = time.perf_counter()
        answer = super().submit(change)
        answer.add_done_callback(lambda _: self._metrics.change(time.perf_counter() - began))
        return answer


def count_request(scope: Scope, route: str | None, status: int, seconds: float) -> None:
    """Count an answered request by the template of its route."""
    metrics: Metrics = scope["app"].state.rooms.metrics
    metrics.request(scope["method"], route or "none", status, seconds)
