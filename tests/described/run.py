"""Call every operation of the OpenAPI document with thousands of requests, right and wrong, and see that the document tells the truth.

`schemathesis` reads the document and makes the requests; the service behind them is real, with an administrator's access key. Any answer
of 500 or more, and any status, media type or body that the document does not describe, is a failure. ``--seed`` makes a run again.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from okbadges.organisations.roles import Role
from support.served import served_world
from support.world import World

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,unsupported_method,ignored_auth,missing_required_header"
)


def command(world: World, *, examples: int, seed: int | None, phases: str, report: Path) -> list[str]:
    """Return the command line that tries the served world."""
    base = str(world.client.base_url)
    seeded = [] if seed is None else ["--seed", str(seed)]
    key = world.key((), role=Role.ADMINISTRATOR, member_id=world.keys.aino_id, lasts=timedelta(days=30))
    return [
        str(Path(sys.executable).parent / "st"),
        "run", f"{base}/openapi.json", "--url", base, "--phases", phases, "--checks", CHECKS,
        "--max-examples", str(examples), "--header", f"Authorization: {key['Authorization']}",
        "--continue-on-failure", "--generation-database", "none", "--report", "ndjson", "--report-dir", str(report), *seeded,
    ]  # fmt: skip


def main() -> int:
    """Run and return the exit code of `schemathesis`."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--examples", type=int, default=30, help="requests for each operation and phase, at the most")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--phases", default="examples,coverage,fuzzing,stateful")
    parser.add_argument("--report", type=Path, default=None)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, served_world(Path(folder)) as world:
        report = chosen.report or Path(folder)
        line = command(world, examples=chosen.examples, seed=chosen.seed, phases=chosen.phases, report=report)
        return subprocess.run(line, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
