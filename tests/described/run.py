"""Call every operation of the OpenAPI document with thousands of requests, right and wrong, and see that the document tells the truth.

`schemathesis` reads the document and makes the requests; the service behind them is real and has one of everything. A failure is any
answer of 500 or more, and any status, media type, header or body that the document does not describe. ``--seed`` makes a run again.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from support.schemathesis import commands
from support.served import served_world


def main() -> int:
    """Run, and return the worst exit code of `schemathesis`."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--examples", type=int, default=50, help="requests for each operation and phase, at the most")
    parser.add_argument("--seed", type=int, default=None, help="make the requests of an earlier run again")
    parser.add_argument("--phases", default="examples,coverage,fuzzing,stateful")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, served_world(folder := Path(name)) as world:
        lines = commands(world, folder, examples=chosen.examples, seed=chosen.seed, phases=chosen.phases)
        return max(subprocess.run(line, check=False, cwd=folder).returncode for line in lines)


if __name__ == "__main__":
    sys.exit(main())
