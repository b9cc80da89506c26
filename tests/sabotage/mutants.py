"""Eight ways to break the issuing path on purpose, as changes of its source: what stands there, and what stands there instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_ISSUING: Final = "src/okbadges/issuing"
_SUBMITTED: Final = "stored = self._writer.submit(lambda connection: store_awards(connection, awards))"
_FINISHED: Final = "        refused = stored.result()[place]\n"


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
            f"{_ISSUING}/issue.py", _FINISHED, "        refused = stored.result()[place] if stored.done() else None\n"
        ),
        Edit(
            f"{_ISSUING}/together.py",
            "                stored.add_done_callback(partial(_after_commit, its))",
            "                answer_all(its)",
        ),
        Edit(
            f"{_ISSUING}/issue.py",
            "return self.stored is not None and isinstance(self.stored.result()[self.place], IntegrityError)",
            "return False",
        ),
    ),
    "forgets idempotency": (
        Edit(
            f"{_ISSUING}/together.py",
            "repeat = None if repeat_key is None else self._issuing.repeat_of(order, caller, repeat_key)",
            "repeat = None",
        ),
    ),
    "a random index": (
        Edit(
            f"{_ISSUING}/status_indices.py",
            "permuted_index(self.next, key=self.shuffle_key, size=self.size)",
            '__import__("secrets").randbelow(self.size)',
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
            f"{_ISSUING}/signing.py",
            "            return template.sign(\n",
            "            template.sign(values, signer=prepared.key.signer, published_key=prepared.key.published_key)\n"
            "            return template.sign(\n",
        ),
    ),
    "audit outside the transaction": (
        Edit(
            f"{_ISSUING}/award.py",
            "    journal.append_all(connection, [(award.stamp, _event(award)) for award in awards])\n",
            "    events = [(award.stamp, _event(award)) for award in awards]\n"
            "    store_awards.later = lambda connection: journal.append_all(connection, events)\n",
        ),
        Edit(f"{_ISSUING}/issue.py", _FINISHED, f"{_FINISHED}        self._writer.write(store_awards.later)\n"),
    ),
    "commit after the response": (
        Edit(
            f"{_ISSUING}/issue.py",
            _SUBMITTED,
            '__import__("threading").Timer(0.05, lambda: self._writer.submit(lambda c: store_awards(c, awards))).start()\n'
            '        stored = __import__("concurrent.futures").futures.Future()\n'
            "        stored.set_result([None] * len(awards))",
        ),
    ),
}
