"""The doctor at the command line."""

from __future__ import annotations

import sys

import typer

from okbadges.cli.opened import open_rooms
from okbadges.operations.doctor import examine, to_examine


def doctor() -> None:
    """Look at everything that is stored; say what is wrong and what to do. Exit status 1 when something is."""
    count = 0
    with open_rooms() as rooms:
        there = to_examine(rooms)
        total = there.credentials + there.forms
        show = sys.stderr.isatty()
        with typer.progressbar(length=total, label="Looking", file=sys.stderr, hidden=not show) as bar:
            for finding in examine(rooms, seen=bar.update):
                count += 1
                print(f"{finding.about}: {finding.words}\n  → {finding.remedy}")
    looked = f"Looked at {there.credentials} credentials and {there.forms} other forms of them"
    if count:
        print(f"{looked}: {count} {'thing is' if count == 1 else 'things are'} wrong.")
        raise typer.Exit(1)
    print(f"{looked}: all is well.")
