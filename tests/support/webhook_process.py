"""A process of the service that sends webhooks: run as a program it sends what is due, and says so on its standard output.

``python webhook_process.py DATABASE_URL NOW``; to be killed, or waited for.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from support.world import World


def sending_process(world: World, *, now: datetime | None = None) -> subprocess.Popen[str]:
    """Start another process on the database of a world."""
    url = world.rooms.database.engine.url.render_as_string(hide_password=False)
    moment = (now or world.clock()).isoformat()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(Path(__file__)), url, moment]
    return subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)


def main() -> None:
    """Send what is due once."""
    from okbadges.building import build_rooms  # noqa: PLC0415 - only in the process of its own
    from okbadges.operations.dispatch import sending_of  # noqa: PLC0415 - the same
    from support.world import settings_for  # noqa: PLC0415 - the same

    url, now = sys.argv[1], datetime.fromisoformat(sys.argv[2])
    rooms = build_rooms(settings_for(url), demo=False, now=lambda: now)
    sending = sending_of(rooms)
    sending.read_on()
    sent = sum(sending.send_to(one) for one in sending.due())
    rooms.writer.close()
    rooms.database.close()
    sys.stdout.write(f"{sent}\n")


if __name__ == "__main__":
    main()
