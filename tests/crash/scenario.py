"""One run of crashes: a server, its clients, and somebody who kills it; the invariants are checked while nothing runs."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crash.clients import Clients
from crash.invariants import violations
from crash.ledger import Ledger
from crash.place import held, prepared_place

if TYPE_CHECKING:
    import threading

    from crash.place import Kind, Place
    from crash.stoppable import Server

CLIENTS = 16
_CHECK_EVERY = 25
_ANSWER_WITHIN_SECONDS = 180.0
_START_UP_SECONDS = 5.0
_DURING_START_UP = 0.2
"""How many of the kills come at any moment of the first seconds of a life, whether it answers yet or not."""


@dataclass
class Outcome:
    """What one run did and found."""

    name: str
    kills: int = 0
    unborn: int = 0
    stops: int = 0
    ordered: int = 0
    answered: int = 0
    repeats: int = 0
    refused: int = 0
    revoked: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)
    log: str = ""

    def counts(self, ledger: Ledger) -> None:
        """Take over the figures of the clients' book-keeping."""
        self.ordered, self.answered = len(ledger.sent), len(ledger.issued)
        self.repeats, self.revoked, self.refused = ledger.equal_repeats, len(ledger.revoked), ledger.refused


@dataclass(frozen=True, slots=True)
class Plan:
    """How a run goes: on what, how often it is killed, and how often the database is stopped under it, and how long it is kept busy.

    It ends when it is done, when somebody sets ``stopping``, or at ``give_up_at`` (on the monotonic clock).
    """

    kind: Kind
    workers: int
    kills: int
    stops: int
    busy_seconds: float
    seed: int
    stopping: threading.Event
    give_up_at: float

    @property
    def name(self) -> str:
        """Return what the table calls it."""
        return f"{self.kind}, {self.workers} process{'es' if self.workers > 1 else ''}"


def run(plan: Plan) -> Outcome:
    """Carry the plan out; whatever happens, nothing that was started is left."""
    begun, outcome, ledger = time.monotonic(), Outcome(plan.name), Ledger()
    with prepared_place(plan.kind) as place:
        server = place.server(plan.workers)
        clients = Clients(place.door(), ledger, at_once=CLIENTS, seed=plan.seed)
        story = _Story(plan, place, server, clients, ledger, outcome)
        clients.start()
        try:
            story.kill_and_start_again()
            story.stop_the_database()
            story.hold_the_database()
            story.come_to_rest()
        except RuntimeError as broken:
            outcome.wrong.append(f"run: {broken}")
        finally:
            clients.stop()
            server.kill()
        if outcome.wrong:
            outcome.log = server.last_words()
    outcome.counts(ledger)
    outcome.seconds = time.monotonic() - begun
    return outcome


class _Story:
    """What happens to a server, step by step."""

    def __init__(
        self, plan: Plan, place: Place, server: Server, clients: Clients, ledger: Ledger, outcome: Outcome
    ) -> None:
        self._plan, self._place, self._server, self._clients = plan, place, server, clients
        self._ledger, self._outcome = ledger, outcome
        self._chance = random.Random(plan.seed)  # noqa: S311 - chooses moments, not secrets
        self._verified: set[str] = set()

    def kill_and_start_again(self) -> None:
        """Kill the server as often as the plan says; some lives end before they gave an answer."""
        for number in range(1, self._plan.kills + 1):
            self._clients.answered.clear()
            self._server.start()
            if self._chance.random() < _DURING_START_UP:
                time.sleep(self._chance.uniform(0, _START_UP_SECONDS))
            else:
                self._wait_for_an_answer("after it was started")
                time.sleep(self._chance.uniform(0, 1.2))
            self._outcome.unborn += not self._clients.answered.is_set()
            self._server.kill()
            self._outcome.kills += 1
            if number % _CHECK_EVERY == 0:
                self._check(f"after {number} kills")

    def stop_the_database(self) -> None:
        """Stop the database under the running server, in both ways; the server has to find back by itself."""
        postgres = self._place.postgres
        if postgres is None or not self._plan.stops:
            return
        self._server.start()
        self._wait_for_the_next_answer("after it was started")
        for number in range(self._plan.stops):
            time.sleep(self._chance.uniform(0, 0.8))
            postgres.stop(immediate=number % 2 == 0)
            self._outcome.stops += 1
            time.sleep(self._chance.uniform(0, 1))
            postgres.start()
            self._wait_for_the_next_answer("after its database came back")
        self._server.kill()
        self._check("after the stops of the database")

    def hold_the_database(self) -> None:
        """Let somebody else keep every writer waiting for half a minute; the server refuses, and then goes on by itself."""
        if not self._plan.busy_seconds:
            return
        self._server.start()
        self._wait_for_the_next_answer("after it was started")
        with held(self._place.database_url):
            time.sleep(self._plan.busy_seconds)
        self._wait_for_the_next_answer("after its database was busy")
        self._server.kill()
        self._check("after the database was busy")

    def come_to_rest(self) -> None:
        """Let everything be answered that was ordered, ask for each answer once more, and look at the whole."""
        self._server.start()
        self._wait_for_the_next_answer("at the end")
        self._clients.stop()
        self._clients.finish()
        self._outcome.wrong += [f"I1: {key} is never answered" for key in self._clients.unanswered()]
        self._server.kill()
        self._check("at the end")

    def _wait_for_the_next_answer(self, when: str) -> None:
        self._clients.answered.clear()
        self._wait_for_an_answer(when)

    def _wait_for_an_answer(self, when: str) -> None:
        give_up_at = time.monotonic() + _ANSWER_WITHIN_SECONDS
        while not self._clients.answered.wait(0.5):
            if self._plan.stopping.is_set():
                raise RuntimeError("somebody ended it before its plan was done")
            if time.monotonic() > self._plan.give_up_at:
                raise RuntimeError("it took too long, and ended before its plan was done")
            if self._server.has_ended:
                raise RuntimeError(f"the server ended by itself {when}")
            if time.monotonic() > give_up_at:
                raise RuntimeError(f"nobody was answered for {_ANSWER_WITHIN_SECONDS:.0f} s {when}")

    def _check(self, when: str) -> None:
        """Check every invariant over what was acknowledged so far, while no server runs. Raises RuntimeError at what is wrong."""
        self._place.wait_until_idle()
        ledger = self._ledger.so_far()
        with self._place.rooms() as rooms:
            wrong = violations(rooms, ledger, verified=self._verified)
        self._outcome.wrong += wrong
        if wrong:
            raise RuntimeError(f"an invariant does not hold {when}")
