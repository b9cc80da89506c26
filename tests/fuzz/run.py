"""Give every parser of untrusted input as much strange input as a given time allows, guided by what it runs (atheris).

``make fuzz SECONDS=60`` runs this; the seconds are shared out among the targets. An exception that a parser does not document, a
broken promise, a hang or a hunger for memory ends it with status 1 and leaves the input in ``.cache/fuzz/NAME/``. What is learnt
is kept there too, so that the next run begins where this one ended.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).resolve().parent.parent
CHECKOUT: Final = TESTS.parent
for folder in (TESTS, CHECKOUT / "src"):
    sys.path.insert(0, str(folder))

from fuzz.finding import load, names  # noqa: E402 - found by the lines above

KEPT: Final = CHECKOUT / ".cache" / "fuzz"
SECONDS_OF_ONE_INPUT: Final = 10
MEGABYTES: Final = 1024
LONGEST_INPUT: Final = 64 * 1024
_RUNS = re.compile(r"Done (\d+) runs|#(\d+)\s+DONE")
_COVERED = re.compile(r"cov: (\d+)")


def main() -> int:
    """Fuzz every target and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60, help="how long together (60)")
    parser.add_argument("--only", action="append", choices=names(), help="targets to run (all)")
    parser.add_argument("--seed", type=int, default=0, help="chooses the inputs; 0 takes another every time")
    asked = parser.parse_args()
    chosen = asked.only or names()
    broken = [name for name in chosen if not _fuzz(name, max(1, round(asked.seconds / len(chosen))), asked.seed)]
    _write(f"{len(chosen)} targets" + (f", broken: {', '.join(broken)}" if broken else ", none broken"))
    return 1 if broken else 0


def _fuzz(name: str, seconds: int, seed: int) -> bool:
    """Fuzz one target in a process of its own and say whether it held."""
    home = KEPT / name
    corpus, seeds = home / "corpus", home / "seeds"
    corpus.mkdir(parents=True, exist_ok=True)
    _lay_out(name, seeds)
    begun = time.monotonic()
    ran = subprocess.run(
        [
            *(sys.executable, Path(__file__).with_name("one.py"), name, corpus, seeds),
            f"-max_total_time={seconds}",
            f"-timeout={SECONDS_OF_ONE_INPUT}",
            f"-rss_limit_mb={MEGABYTES}",
            f"-max_len={LONGEST_INPUT}",
            f"-seed={seed}",
            f"-artifact_prefix={home}/",
        ],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    said = ran.stdout + ran.stderr
    runs = next((found[1] or found[2] for found in _RUNS.finditer(said)), "?")
    covered = ([found[1] for found in _COVERED.finditer(said)] or ["?"])[-1]
    held = ran.returncode == 0
    _write(
        f"{name:<14} {'held' if held else 'BROKEN':<7} {runs:>8} inputs {covered:>6} edges {time.monotonic() - begun:>5.0f} s"
    )
    if not held:
        _write("\n".join(line for line in said.splitlines() if not line.startswith("INFO:"))[-6_000:])
    return held


def _lay_out(name: str, folder: Path) -> None:
    """Write what the target begins with into files, as libFuzzer wants it."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    shared = CHECKOUT.parent / "shared"
    for data in load(name).beginnings(shared if shared.is_dir() else None):
        (folder / sha256(data).hexdigest()[:16]).write_bytes(data)


def _write(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
