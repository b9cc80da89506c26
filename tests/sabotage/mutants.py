"""Eight ways to break the issuing path on purpose, as changes of its source: what stands there, and what stands there instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_ISSUING: Final = "src/okbadges/issuing"
_SUBMITTED: Final = "stored = self._writer.submit(lambda connection: store_award(connection, stamp, award))"


@dataclass(frozen=True, slots=True)
class Edit:
    """One place in one file: ``before`` stands there exactly once."""

    file: str
    before: str
    after: str

    def put_in(self, checkout: Path) -> None:
        """Change the file of a copy. Raises ValueError when the place is not there any more."""
        file = checkout / self.file
        source = file.read_text()
        if source.count(self.before) != 1:
            raise ValueError(f"{self.file} has {source.count(self.before)} times, and not once: {self.before!r}")
        file.write_text(source.replace(self.before, self.after))


SABOTAGE: Final[dict[str, tuple[Edit, ...]]] = {
    "answers early": (
        Edit(
            f"{_ISSUING}/issue.py", "            stored.result()\n", "            stored.done() and stored.result()\n"
        ),
    ),
    "forgets idempotency": (
        Edit(
            f"{_ISSUING}/issue.py",
            "repeat = None if repeat_key is None else self.repeat_of(order, caller, repeat_key)",
            "repeat = None",
        ),
    ),
    "a random index": (
        Edit(
            f"{_ISSUING}/status_indices.py",
            "permuted_index(counter, key=key, size=size)",
            "int.from_bytes(self._random_bytes(8)) % size",
        ),
    ),
    "an index again": (
        Edit(f"{_ISSUING}/status_indices.py", ".values(next_counter=end)", ".values(next_counter=first)"),
    ),
    "no self-verify": (
        Edit(
            "src/okbadges/credentials/data_integrity.py", "    if not key.verify(signature, data):\n", "    if False:\n"
        ),
    ),
    "signs twice": (
        Edit(
            f"{_ISSUING}/award.py",
            "    return sign_linted(lint(body), key=prepared.key)\n",
            "    sign_linted(lint(body), key=prepared.key)\n    return sign_linted(lint(body), key=prepared.key)\n",
        ),
    ),
    "audit outside the transaction": (
        Edit(
            f"{_ISSUING}/award.py",
            "        },\n    )\n    journal.append(connection, stamp, event)\n",
            "        },\n    )\n    store_award.later = lambda connection: journal.append(connection, stamp, event)\n",
        ),
        Edit(
            f"{_ISSUING}/issue.py",
            "            stored.result()\n",
            "            stored.result()\n            self._writer.write(store_award.later)\n",
        ),
    ),
    "commit after the response": (
        Edit(
            f"{_ISSUING}/issue.py",
            _SUBMITTED,
            '__import__("threading").Timer(0.05, lambda: self._writer.submit(lambda c: store_award(c, stamp, award))).start()\n'
            '        stored = __import__("concurrent.futures").futures.Future()\n'
            "        stored.set_result(None)",
        ),
    ),
}
