"""The journal of events: whether its hash chains are whole, an export of it, and its heads for a second place."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path  # noqa: TC003 - typer reads the annotation at run time
from typing import TYPE_CHECKING, Annotated

import typer

from okbadges.cli.opened import OPERATOR, open_rooms
from okbadges.errors import InvalidInput
from okbadges.storage import journal
from okbadges.storage.journal_reading import (
    broken_places,
    event_line,
    every_event,
    head_line,
    heads,
    read_event,
    read_head,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO, TypeVar

    from okbadges.storage.journal_reading import Head

    T = TypeVar("T")

commands = typer.Typer(help="The journal of every change.", no_args_is_help=True)

_OWNER_ONLY = 0o600


@commands.command("verify")
def verify_chains(
    file: Annotated[
        Path | None, typer.Argument(help="An exported journal; left out: the journal of the database")
    ] = None,
    against: Annotated[Path | None, typer.Option(help="Heads that `audit head` noted in a second place")] = None,
) -> None:
    """Walk the hash chain of every issuer; exit status 1 and the broken places when one is not whole."""
    noted = list(_lines(against, read_head)) if against else []
    broken = 0
    for place in _broken_in_database(noted) if file is None else broken_places(_lines(file, read_event), None, noted):
        broken += 1
        print(place)
    if broken:
        print("Somebody or something changed the journal. Keep this database as it is and compare it with a backup.")
        raise typer.Exit(1)
    print("Every chain is whole.")


@commands.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="Where to write it, one event in a line; must not exist yet")],
    chain: Annotated[str | None, typer.Option(help="Only the chain of this issuer (its slug, or installation)")] = None,
    since: Annotated[datetime | None, typer.Option(help="Only from this day (UTC) on", formats=["%Y-%m-%d"])] = None,
) -> None:
    """Write the journal to a file, from which `audit verify FILE` can tell that it is whole. It holds nothing about a person."""
    begin = since.replace(tzinfo=UTC) if since else None
    written = 0
    with open_rooms() as rooms, rooms.database.read() as session, _opened(file, os.O_EXCL) as opened:
        for row in every_event(session, chain=chain, since=begin):
            opened.write(event_line(row) + b"\n")
            written += 1
    print(f"Wrote {written} events to {file}")


@commands.command("head")
def head(
    to: Annotated[
        Path | None, typer.Option(help="Add them to this file, best on another machine; left out: show them")
    ] = None,
) -> None:
    """Note the newest event of every chain. Kept in a second place it shows when newer events were taken away or made anew."""
    with open_rooms() as rooms, rooms.database.read() as session:
        lines = b"".join(head_line(one) + b"\n" for one in heads(session, now=rooms.now()))
    if to is None:
        print(lines.decode(), end="")
        return
    with _opened(to, os.O_APPEND) as opened:
        opened.write(lines)
    print(f"Noted {len(lines.splitlines())} heads in {to}")


@commands.command("accept-clock")
def accept_clock() -> None:
    """Say that the clock is right although nothing happened for years: until then no change is taken."""
    with open_rooms() as rooms:
        now = rooms.writer.write(partial(journal.accept_clock, stamp=rooms.stamp(OPERATOR))).at
    print(f"It is {now:%Y-%m-%d %H:%M} UTC; changes are taken again")


def _broken_in_database(noted: list[Head]) -> Iterator[str]:
    with open_rooms() as rooms, rooms.database.read() as session:
        shown = {one.chain: one for one in heads(session, now=rooms.now())}
        yield from broken_places(every_event(session), shown, noted)


def _lines(file: Path, read: Callable[[bytes, int], T]) -> Iterator[T]:
    """Give what each line of a file holds. Raises `InvalidInput` (``file-unreadable``) and what ``read`` raises."""
    try:
        with file.open("rb") as opened:
            for number, line in enumerate(opened, 1):
                yield read(line, number)
    except OSError as refused:
        raise InvalidInput("file-unreadable", f"{file} cannot be read: {refused.strerror}.", field="file") from None


@contextmanager
def _opened(file: Path, how: int) -> Iterator[BinaryIO]:
    """Open a file for its owner, to be on the disk at the end of the block. Raises `InvalidInput` (``file-unwritable``)."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | how, _OWNER_ONLY)
        with os.fdopen(descriptor, "wb") as opened:
            yield opened
            opened.flush()
            os.fsync(descriptor)
    except FileExistsError:
        raise InvalidInput("file-exists", f"{file} is already there and is not overwritten.", field="file") from None
    except OSError as refused:
        raise InvalidInput("file-unwritable", f"{file} cannot be written: {refused.strerror}.", field="file") from None
