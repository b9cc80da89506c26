"""Measure okbadges and its peers in one go, and write down what was found: ``make bench``.

Prints a table, writes ``bench/results/VERSION.json`` and ``VERSION.svg``, and puts the table into the README between its two marks.
A part of the measures (``--only``) or a hurried run (``--quick``) is printed and not kept, unless ``--results`` says where. Figures depend on
the machine, ratios much less: run it where nothing else runs.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import logging
import os
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

CHECKOUT: Final = Path(__file__).resolve().parent.parent
for _folder in ("bench", "tests", "src"):
    sys.path.insert(0, str(CHECKOUT / _folder))

import structlog  # noqa: E402 - after the path, as all that follows

import kept  # noqa: E402
import plot  # noqa: E402
import table  # noqa: E402
from measures import QUICK, Effort, Measure, Row  # noqa: E402
from okbadges.cli.collector import spare_the_collector  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MODULES: Final = (
    "sign_one",
    "verify_bytes",
    "canonical_bytes",
    "thousand",
    "disclose",
    "tokens",
    "hostile",
    "start_up",
    "ten_thousand",
    "web",
)
"""Every module with measures, in the order of the table. Each has ``MEASURES``."""


def measures(names: Iterable[str] = MODULES) -> list[Measure]:
    """Return every measure of these modules."""
    return [measure for name in names for measure in importlib.import_module(name).MEASURES]


def measured(chosen: Sequence[Measure], effort: Effort) -> list[Row]:
    """Run these measures one after the other and return their rows, telling on the way where it is."""
    rows: list[Row] = []
    for place, measure in enumerate(chosen, 1):
        begun = time.monotonic()
        with collecting_as_the_product():
            found = list(measure.run(effort))
        rows += found
        missed = sum(row.met is False for row in found)
        told = f", {missed} not met" if missed else ""
        _say(f"[{place}/{len(chosen)}] {measure.name}: {len(found)} rows in {time.monotonic() - begun:.0f} s{told}")
    return rows


@contextmanager
def collecting_as_the_product() -> Iterator[None]:
    """Have Python's collector pass over what is there and look for cycles as seldom as in ``okbadges serve``; afterwards as before."""
    before = gc.get_threshold()
    spare_the_collector()
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def arguments(description: str | None) -> argparse.ArgumentParser:
    """Return the arguments that measuring has, wherever it is asked for."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", metavar="NAME", help="a measure; may be given several times (all)")
    parser.add_argument("--quick", action="store_true", help="a tenth of everything: to try, not to believe")
    parser.add_argument("--scale", type=float, help="so many times everything (1), in three rounds")
    parser.add_argument("--results", type=Path, help="the folder of the results (bench/results)")
    return parser


def from_arguments(asked: argparse.Namespace, parser: argparse.ArgumentParser) -> kept.Result:
    """Measure what was asked for."""
    from okbadges import __version__  # noqa: PLC0415 - the path is set by now, and --help need not wait

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    effort = Effort(3, asked.scale) if asked.scale else QUICK if asked.quick else Effort()
    everything = measures()
    known = [measure.name for measure in everything]
    strange = [name for name in asked.only or () if name not in known]
    if strange:
        parser.error(f"there is no measure {strange[0]}; there are {', '.join(known)}")
    chosen = [measure for measure in everything if not asked.only or measure.name in asked.only]
    busy = kept.busy()
    if busy > 0.5:  # noqa: PLR2004 - half a core
        _say(f"other programs are busy here (load {busy:.1f}): believe the ratios, and those not too much")
    said = f"{effort.rounds} rounds, {effort.scale:g} × the counts"
    day = datetime.now(UTC).date().isoformat()
    return kept.Result(__version__, day, said, kept.machine(), measured(chosen, effort))


def main(words: Sequence[str] | None = None) -> int:
    """Measure, print and keep; the exit status is 0 also where a target is missed."""
    parser = arguments(__doc__)
    parser.add_argument(
        "--readme", type=Path, help="the document with the two marks (README.md, when everything was measured)"
    )
    asked = parser.parse_args(words)
    result = from_arguments(asked, parser)
    _say(f"\n{table.on_terminal(result.rows)}\n")
    with_target = [row for row in result.rows if row.met is not None]
    _say(f"{sum(bool(row.met) for row in with_target)} of {len(with_target)} targets met")
    whole = not (asked.only or asked.quick or asked.scale)
    if whole or asked.results:
        readme = asked.readme or (CHECKOUT / "README.md" if whole and not asked.results else None)
        _keep(result, asked.results or kept.RESULTS, readme)
    return 0


def _keep(result: kept.Result, folder: Path, readme: Path | None) -> None:
    """Write the result and its picture, and put the table into the document if there is one."""
    file = folder / f"{result.release}.json"
    result.write(file)
    picture = file.with_suffix(".svg")
    picture.write_text(
        plot.drawn(result.rows, f"okbadges {result.release}: what was reached of what is wanted"), encoding="utf-8"
    )
    _say(f"kept in {file.name} and {picture.name}")
    if readme is None:
        return
    address = Path(os.path.relpath(picture.resolve(), readme.resolve().parent)).as_posix()
    if not table.put_into(readme, table.as_markdown(result, address)):
        _say(f"{readme.name} has no marks {table.BEGIN} … {table.END}: the table was not put there")


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
