"""A thousand credentials as a whole process, from its start to its end: seconds, processor time and memory, beside Node."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

import peer_processes as peers
from material import material
from measures import Measure, Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from measures import Effort

_ALL: Final = 1000
_HURRIED: Final = 0.1
"""With less effort than this there are fewer; else a thousand, for with fewer the start would weigh more than it should."""
_FASTER: Final = 15.0
_SMALLER: Final = 4.0
_HERE: Final = Path(__file__).resolve().parent
_LIKE: Final = {"issue": "issue", "verify": "verify", "report": "verify-status"}
_WORDS: Final = {"issue": "issue", "verify": "verify", "report": "whole report"}


@dataclass(frozen=True, slots=True)
class Used:
    """What a whole process took."""

    wall: float
    cpu: float
    mebibytes: float


def thousand(effort: Effort) -> Iterator[Row]:
    """Let both take turns; in an unhurried run three times each, since Node needs many seconds for each."""
    given, count = material(), effort.count(_ALL) if effort.scale < _HURRIED else _ALL
    texts = {
        "issue": [json.dumps(one) for one in given.unsigned(count)],
        "verify": [one.decode() for one in given.seen(count)],
    }
    for operation, like in _LIKE.items():
        peers_material = given.for_node()
        peers_material["texts"]["whole"] = texts["issue" if operation == "issue" else "verify"]
        ours, theirs = _both(operation, like, peers_material, max(1, effort.rounds // 2))
        target = operation != "report"
        title = f"{_ALL} credentials in a process: {_WORDS[operation]}"
        told = "" if count == _ALL else f"{count} credentials; "
        told += f"{ours.cpu:.2f} s CPU" + (f", Node {theirs.cpu:.1f} s" if theirs else f"; {peers.NO_NODE}")
        yield Row(
            f"{title}, time",
            "Node",
            ours.wall,
            theirs.wall if theirs else None,
            "s wall",
            _FASTER if target else None,
            note=told,
        )
        yield Row(
            f"{title}, memory",
            "Node",
            ours.mebibytes,
            theirs.mebibytes if theirs else None,
            "MiB",
            _SMALLER if target else None,
            note=told,
        )


def _both(operation: str, like: str, given: Mapping[str, object], times: int) -> tuple[Used, Used | None]:
    with peers.written(given) as file:
        own = [sys.executable, str(_HERE / "whole_process.py"), operation, str(file)]
        other = ["node", str(peers.NODE_FOLDER / "thousand.mjs"), like, str(file)] if peers.node_is_there() else None
        ours, theirs = [], []
        for _ in range(times):
            ours.append(_used(own, file.with_name("out")))
            if other is not None:
                theirs.append(_used(other, file.with_name("out")))
    return _middle(ours), _middle(theirs) if theirs else None


def _used(command: Sequence[str], out: Path) -> Used:
    """Run a program to its end. Raises RuntimeError with its own words when it does not end well."""
    launcher = [sys.executable, "-I", "-S", str(_HERE / "spent.py"), str(out)]
    ran = subprocess.run([*launcher, *command], capture_output=True, text=True, check=True)  # noqa: S603 - our own programs
    said = json.loads(ran.stdout)
    if said["status"] != 0:
        raise RuntimeError(f"{command[-2]}: {ran.stderr}")
    return Used(said["wall"], said["cpu"], said["mebibytes"])


def _middle(all_: Sequence[Used]) -> Used:
    return Used(*(median(getattr(one, name) for one in all_) for name in ("wall", "cpu", "mebibytes")))


MEASURES = (Measure("thousand", thousand),)
