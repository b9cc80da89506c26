"""Write what the API promises from now on into `promised.json`; refuses to write that a promise is broken."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from okbadges.app import create_app
from support.promises import broken, promises
from support.world import BASE_URL, prepare, settings_for

KEPT = Path(__file__).parent / "promised.json"


def main() -> int:
    """Write, and return 1 where that would break a promise."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/okbadges.sqlite3"
        prepare(url, base_url=BASE_URL)
        now = promises(create_app(settings_for(url)).openapi())
    said = broken(json.loads(KEPT.read_text()), now) if KEPT.exists() else []
    if said:
        sys.stderr.write("\n".join(said) + "\n")
        return 1
    KEPT.write_text(json.dumps(now, indent=1, sort_keys=True) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
