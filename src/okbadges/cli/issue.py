"""Issuing the rows of a CSV file: every mistake first, then the rows, and the same command again after whatever cut it off."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from okbadges.cli.collector import spare_the_collector
from okbadges.cli.opened import open_rooms
from okbadges.cli.operator import operator_of
from okbadges.errors import InvalidInput
from okbadges.issuing.lines import Outcome, counted
from okbadges.issuing.sheets import read_lines, write_outcomes
from okbadges.organisations.workshops import find_organisation
from okbadges.spreadsheets import LARGEST_FILE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from okbadges.edge.rooms import Rooms
    from okbadges.issuing.batch_plan import Plan
    from okbadges.issuing.lines import Line

_FOR_ALL = "For every row that does not say it itself"
_WIDTH = 30
_STOPPED = 130


def issue(  # noqa: PLR0913, PLR0917 - each is an option of the command
    file: Annotated[Path, typer.Argument(help="CSV with a header: badge, participant, and any of the options below")],
    organisation: Annotated[str, typer.Option(help="Slug of the organisation that awards")],
    workshop: Annotated[str, typer.Option(help=_FOR_ALL)] = "",
    badge: Annotated[str, typer.Option(help=_FOR_ALL)] = "",
    language: Annotated[str, typer.Option(help=_FOR_ALL + ": fi, sv or en")] = "",
    awarded_on: Annotated[str, typer.Option(help=_FOR_ALL + ": 20.11.2026 or 2026-11-20")] = "",
    valid_until: Annotated[str, typer.Option(help=_FOR_ALL)] = "",
    criteria_met: Annotated[bool, typer.Option("--criteria-met", help="The instructor's word for every row")] = False,  # noqa: FBT002 - an option
    observed_by: Annotated[str, typer.Option(help=_FOR_ALL + ": instructor, teacher, …")] = "",
    methods: Annotated[str, typer.Option(help=_FOR_ALL + ": observation,work-sample, …")] = "",
    occasions: Annotated[str, typer.Option(help=_FOR_ALL + ": how many")] = "",
    batch: Annotated[str | None, typer.Option(help="A name of its own; rows for somebody new need one")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only look for mistakes")] = False,  # noqa: FBT002 - an option
    go_on: Annotated[bool, typer.Option("--go-on", help="Issue the right rows although others have mistakes")] = False,  # noqa: FBT002 - an option
    out: Annotated[Path | None, typer.Option(help="CSV file for what became of each row, with the claim links")] = None,
) -> None:
    """Issue the badges of a CSV file. Run again after an interruption it issues only what is missing."""
    defaults = {
        "workshop": workshop,
        "badge": badge,
        "language": language,
        "awarded_on": awarded_on,
        "valid_until": valid_until,
        "criteria_met": "yes" if criteria_met else "",
        "observed_by": observed_by,
        "methods": methods,
        "occasions": occasions,
    }
    lines = read_lines(_content(file), organisation=organisation, defaults=defaults)
    _require_writable(out)
    raise typer.Exit(_run(lines, organisation, batch, out, dry_run=dry_run, go_on=go_on))


def _run(
    lines: Sequence[Line | Outcome],
    organisation: str,
    batch: str | None,
    out: Path | None,
    *,
    dry_run: bool,
    go_on: bool,
) -> int:
    """Look for mistakes, issue what may be issued, and return the exit status."""
    with open_rooms() as rooms:
        with rooms.database.read() as session:
            find_organisation(session, organisation)
        spare_the_collector()
        plan = rooms.batches.plan(lines, caller=operator_of(rooms), organisation=organisation, name=batch)
        checked = rooms.batches.check(plan)
        wrong = _tell_mistakes(checked)
        if dry_run or (wrong and not go_on):
            _close(checked, out, "Looked at" if dry_run else "Nothing was issued; looked at")
            return 1 if wrong else 0
        outcomes, is_whole = _issue(rooms, plan)
    also_wrong = _tell_mistakes([outcome for outcome in outcomes if outcome.number not in wrong])
    _close(outcomes, out, "Done" if is_whole else "Stopped; run the same command again for the rest. Done so far")
    return 1 if is_whole and (wrong or also_wrong) else 0 if is_whole else _STOPPED


def _issue(rooms: Rooms, plan: Plan) -> tuple[list[Outcome], bool]:
    """Issue, show how far it is, and return what is committed and whether that is all; Ctrl-C stops it between two rows."""
    outcomes: list[Outcome] = []
    shown = _Progress(plan.size)
    try:
        for outcome in rooms.batches.issue(plan):
            outcomes.append(outcome)
            shown.show(len(outcomes))
    except KeyboardInterrupt:
        return outcomes, False
    finally:
        shown.end()
    return outcomes, True


class _Progress:
    """How many rows have their outcome for good, on stderr: a bar on a terminal, elsewhere a line for every tenth."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._is_terminal = sys.stderr.isatty()
        self._tenths = 0

    def show(self, done: int) -> None:
        """Show that ``done`` rows are done."""
        if self._is_terminal:
            bar = "#" * (_WIDTH * done // self._size)
            print(f"\r[{bar:.<{_WIDTH}}] {done} of {self._size} rows", end="", file=sys.stderr, flush=True)
        elif 10 * done // self._size > self._tenths:
            self._tenths = 10 * done // self._size
            print(f"{self._tenths}0 %: {done} of {self._size} rows", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave the bar's line."""
        if self._is_terminal:
            print(file=sys.stderr)


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST_FILE + 1)
    except OSError as unreadable:
        raise InvalidInput("file-unreadable", f"{file} cannot be read: {unreadable.strerror}.") from unreadable


def _require_writable(out: Path | None) -> None:
    """Find out before anything is issued that the outcomes can be kept. Raises `InvalidInput`."""
    if out is not None and (out.is_dir() or not out.parent.is_dir() or not os.access(out.parent, os.W_OK)):
        raise InvalidInput("file-unwritable", f"{out} cannot be written; choose another --out.")


def _tell_mistakes(outcomes: Sequence[Outcome]) -> set[int]:
    """Say what is wrong, row by row, and return the numbers of these rows."""
    wrong = set()
    for outcome in outcomes:
        if outcome.refusal is not None:
            wrong.add(outcome.number)
            field = f"{outcome.refusal.field}: " if outcome.refusal.field else ""
            print(f"row {outcome.number}  {field}{outcome.refusal.detail} ({outcome.refusal.code})")
    return wrong


def _close(outcomes: Sequence[Outcome], out: Path | None, words: str) -> None:
    """Say the counts and keep the outcomes, readable by their owner only: whoever has a claim link has the badge."""
    counts = ", ".join(f"{count} {result}" for result, count in counted(outcomes).items() if count)
    print(f"{words}: {counts or 'no rows'}.")
    if out is None:
        return
    content = write_outcomes(sorted(outcomes, key=lambda outcome: outcome.number))
    with tempfile.NamedTemporaryFile(dir=out.parent, prefix=f".{out.name}.", delete=False) as kept:
        kept.write(content)
    Path(kept.name).replace(out)
    print(f"What became of each row is in {out}; its claim links are for the participants only.")
