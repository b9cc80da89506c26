"""Twelve places of the issuing path where something can break, each in two ways, each followed by three things.

Whatever breaks, and whether it broke before or after it did its work, the invariants hold, nobody has to mend anything by hand, and
the same Idempotency-Key gets one credential in the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from okbadges.credentials.template import Template
from okbadges.issuing import award, issue, signing
from okbadges.issuing.answers import Answers
from okbadges.issuing.status_indices import StatusIndices
from okbadges.storage import journal
from okbadges.storage.writer import Writer
from okbadges.web import credentials

if TYPE_CHECKING:
    from collections.abc import Callable

    from invariants.promises import Installation
    from support.world import World

POINTS: dict[str, tuple[object, str]] = {
    "an earlier answer is looked for": (Answers, "earlier"),
    "what the order names is found": (issue, "prepare"),
    "a block of indices is reserved": (StatusIndices, "_reserve"),
    "an index is taken": (StatusIndices, "take"),
    "the body is built": (signing, "unsigned_credential"),
    "the body is linted": (signing, "lint"),
    "the body is signed": (Template, "sign"),
    "the writer takes the change": (Writer, "submit"),
    "the rows are inserted": (award, "add_all"),
    "the event is appended": (journal, "append_all"),
    "the transaction is committed": (issue, "store_awards"),
    "the answer is written": (credentials, "issued_answer"),
}
"""Where each of them is: a module or a class, and the name in it. The commit is found from the change that it commits."""


class Broken(RuntimeError):
    """What no code of ours expects."""


@dataclass
class Failpoint:
    """Breaks once, before or after the work was done."""

    persisted: bool
    has_broken: bool = False

    def put_around(self, work: Callable[..., Any], error: type[Exception] = Broken) -> Callable[..., Any]:
        """Return ``work`` with the failpoint in it."""

        def breaking(*given: Any, **named: Any) -> Any:
            if self.has_broken:
                return work(*given, **named)
            self.has_broken = True
            if self.persisted:
                work(*given, **named)
            raise error("failpoint")

        return breaking

    def put_in(self, name: str, process: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """Put it where ``name`` says."""
        owner, attribute = POINTS[name]
        work = getattr(owner, attribute)
        if name != "the transaction is committed":
            monkeypatch.setattr(owner, attribute, self.put_around(work))
            return
        dialect = process.rooms.database.engine.dialect
        commit, driver = dialect.do_commit, dialect.loaded_dbapi

        def change_of_an_award(*given: Any) -> Any:
            monkeypatch.setattr(dialect, "do_commit", self.put_around(commit, driver.OperationalError))
            return work(*given)

        monkeypatch.setattr(owner, attribute, change_of_an_award)


def retry(installation: Installation, process: World) -> None:
    """Send the same request again, twice."""
    assert installation.issue(process, "the-key") == installation.issue(process, "the-key")


def restart(installation: Installation, _: World) -> None:
    """Send the same request to a new process; of the old one only the database is left."""
    retry(installation, installation.start())


def another_request(installation: Installation, process: World) -> None:
    """Send something else first; the next one does not notice what happened to the one before."""
    installation.issue(process, "another-key")
    assert installation.violations() == []
    assert installation.issue(process, "the-key") != installation.issue(process, "another-key")


@pytest.mark.parametrize("follow", [retry, restart, another_request], ids=lambda follow: follow.__name__)
@pytest.mark.parametrize("persisted", [False, True], ids=["fails", "fails but persisted"])
@pytest.mark.parametrize("point", POINTS)
def test_what_breaks_breaks_no_promise(
    installation: Installation,
    monkeypatch: pytest.MonkeyPatch,
    point: str,
    *,
    persisted: bool,
    follow: Callable[[Installation, World], None],
) -> None:
    """Where one step breaks, the client hears that it broke, and everything after it is as if nothing had been."""
    process, failpoint = installation.start(), Failpoint(persisted)
    with monkeypatch.context() as patched:
        failpoint.put_in(point, process, patched)
        answer = installation.send(process, "the-key")
    assert failpoint.has_broken
    assert answer.status_code in (500, 503), answer.text
    follow(installation, process)
    assert installation.violations() == []


def test_there_are_seventy_two_cases() -> None:
    """Twelve points, two ways to break, three things that follow."""
    assert len(POINTS) * 2 * 3 == 72
