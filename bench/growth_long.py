"""One long operation over a whole database, in a process of its own: `growth.py` starts it and reads the line of JSON that it prints.

Prints seconds, processor seconds and by how many MiB the process grew at its peak: what grows with the table would be read all at once.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import deque
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

CHECKOUT: Final = Path(__file__).resolve().parent.parent
for folder in ("tests", "src"):
    sys.path.insert(0, str(CHECKOUT / folder))

from okbadges.building import build_rooms  # noqa: E402 - found by the lines above
from okbadges.operations import retention  # noqa: E402
from okbadges.operations.backup import check_backup, make_backup  # noqa: E402
from okbadges.operations.credential_checks import lost_findings  # noqa: E402
from okbadges.operations.doctor import examine  # noqa: E402
from okbadges.operations.list_checks import list_findings  # noqa: E402
from okbadges.storage.journal_reading import broken_places, every_event, heads  # noqa: E402
from support.world import settings_for  # noqa: E402

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms


def journal(rooms: Rooms) -> None:
    """Verify every chain of the journal."""
    with rooms.database.read() as session:
        shown = {one.chain: one for one in heads(session, now=rooms.now())}
        assert not list(broken_places(every_event(session), shown))


def main() -> None:
    """Do it and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("backup", "check backup", "journal", "lists", "lost", "retention", "doctor"))
    parser.add_argument("url")
    parser.add_argument("now", type=datetime.fromisoformat)
    parser.add_argument("--file", type=Path)
    asked = parser.parse_args()
    rooms = build_rooms(settings_for(asked.url), demo=False, now=lambda: asked.now)
    with rooms.database.read() as session:  # what a process needs anyway does not count
        list(heads(session, now=asked.now))
    before, wall, cpu = _peak(), time.perf_counter(), time.process_time()
    match asked.what:
        case "backup":
            make_backup(rooms.database, asked.file, now=asked.now)
        case "check backup":
            check_backup(asked.file)
        case "journal":
            journal(rooms)
        case "lists":
            deque(list_findings(rooms), maxlen=0)
        case "lost":
            assert not list(lost_findings(rooms))
        case "retention":
            retention.run(rooms.writer, rooms.stamp("bench"), rooms.periods, last_run_at=None)
        case "doctor":  # of the copies it says much: they are not what was signed
            deque(examine(rooms), maxlen=0)
    taken = {
        "seconds": time.perf_counter() - wall,
        "cpu_seconds": time.process_time() - cpu,
        "grew_mib": (_peak() - before) / 1024,
    }
    print(json.dumps(taken))


def _peak() -> int:
    """Return the peak of this program in KiB: getrusage would count what started it, too."""
    said = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in said.splitlines() if line.startswith("VmHWM"))


if __name__ == "__main__":
    main()
