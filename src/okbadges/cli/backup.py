"""Backup, restore, and the second place: so that nothing acknowledged is ever lost."""

from __future__ import annotations

import secrets as randomness
from pathlib import Path  # noqa: TC003 - typer reads the annotation at run time
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from okbadges.building import utc_now
from okbadges.cli.opened import OPERATOR, open_rooms
from okbadges.errors import ConfigurationError
from okbadges.operations.backup import check_backup, make_backup
from okbadges.operations.restore import restore as restore_backup
from okbadges.operations.second_place import check_second_place, copy_new
from okbadges.settings import load_settings, require_chosen_base_url
from okbadges.storage.database import Database
from okbadges.storage.journal import Stamp
from okbadges.storage.writer import Writer

if TYPE_CHECKING:
    from okbadges.operations.dump import Manifest
    from okbadges.operations.restore import Restored


class _MakesOne(TyperGroup):
    """Lets ``okbadges backup FILE`` stand for ``okbadges backup make FILE``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - typer keeps the class to itself
        """Put the command's name before a file's."""
        if args and args[0] not in (*self.commands, "--help"):
            args = ["make", *args]
        return super().parse_args(ctx, args)


backup = typer.Typer(
    cls=_MakesOne,
    help="Write everything into one file (okbadges backup FILE), or check such a file.",
    no_args_is_help=True,
)
second_place = typer.Typer(
    help="The copy of the journal on another disk (OKBADGES_SECOND_PLACE), from which a restore redoes what the backup does not have.",
    no_args_is_help=True,
)


@backup.command("make")
def make(
    file: Annotated[Path, typer.Argument(help="Where to write it")],
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there")] = False,  # noqa: FBT002 - a switch
) -> None:
    """Write a backup, while the service runs. The secret is not in it: keep a copy of the secret in another place."""
    with open_rooms() as rooms:
        manifest = make_backup(rooms.database, file, now=rooms.now(), force=force)
    print(f"Wrote {file}. {_contents(manifest)}")


@backup.command("check")
def check(file: Annotated[Path, typer.Argument(help="The backup")]) -> None:
    """Read a backup from end to end: every hash, and every chain of the journal. Needs no database."""
    manifest = check_backup(file)
    print(f"{file} is whole. {_contents(manifest)}")


def restore(
    file: Annotated[Path, typer.Argument(help="The backup")],
    second_place: Annotated[
        Path | None, typer.Option(help="The folder with the copy of the journal; by default OKBADGES_SECOND_PLACE")
    ] = None,
) -> None:
    """Restore a backup into an empty database, and redo from the second place what happened after it."""
    settings = load_settings()
    require_chosen_base_url(settings)
    database = Database(settings.database_url.get_secret_value())
    writer = Writer(database)
    try:
        stamp = Stamp(OPERATOR, utc_now(), randomness.token_bytes)
        done = restore_backup(
            database,
            writer,
            stamp,
            settings.secrets(),
            file,
            second_place=second_place or settings.second_place,
            base_url=settings.base_url,
        )
    finally:
        writer.close()
        database.close()
    print(in_words(done))


@second_place.command("copy")
def copy() -> None:
    """Copy what is new in the journal now; a running server does it every few seconds."""
    with open_rooms() as rooms:
        copied = copy_new(rooms.database, rooms.secrets, _folder(), now=rooms.now(), random_bytes=rooms.random_bytes)
    print(copied.in_words())


@second_place.command("check")
def check_copy() -> None:
    """Read the copy from end to end, and say how far it goes and whether it agrees with the database."""
    with open_rooms() as rooms:
        reach = check_second_place(rooms.database, rooms.secrets, _folder())
    for chain, (number, _) in sorted(reach.heads.items()):
        print(f"{chain}: up to event {number}")
    print(f"The newest event is of {reach.newest_at:%Y-%m-%d %H:%M:%S} UTC." if reach.newest_at else "It is empty.")
    if reach.missing:
        print(f"{reach.missing} events of the database are not there yet; run: okbadges second-place copy")
        raise typer.Exit(1)
    print("It agrees with the database and has every event.")


def in_words(done: Restored) -> str:
    """Say what a restore did, what it could not redo, and of which time nothing is known."""
    closed = f"{done.closed_lists} status lists are closed; the next badge opens a new one."
    lines = [f"Restored {done.rows} rows of the backup of {done.backup.made_at:%Y-%m-%d %H:%M:%S} UTC. {closed}"]
    after = f"{done.gap.after:%Y-%m-%d %H:%M:%S}" if done.gap.after else "the beginning"
    between = f"between {after} and {done.gap.until:%Y-%m-%d %H:%M:%S} UTC"
    if done.replayed is None:
        lines.append(
            f"GAP: what happened {between} is not known. Badges issued in that time still verify, but they are not listed here and cannot be "
            "revoked; revocations, erasures and revoked access keys of that time have to be done again."
        )
        return "\n".join(lines)
    lines.append(f"{done.replayed.events} later events came from the second place:")
    lines += [f"  {count} times {action}: done again" for action, count in sorted(done.replayed.redone.items())]
    lines += [
        f"  {one.count} times {one.action}: NOT done again; from {one.first_at:%Y-%m-%d %H:%M} to {one.last_at:%Y-%m-%d %H:%M} UTC"
        for one in sorted(done.replayed.not_redone.values(), key=lambda one: one.action)
    ]
    lines.append(f"Whatever happened {between} and was not copied any more is not known.")
    return "\n".join(lines)


def _contents(manifest: Manifest) -> str:
    rows = sum(facts.rows for facts in manifest.tables.values())
    credentials, chains = manifest.tables["credentials"].rows, len(manifest.heads)
    return (
        f"{rows} rows, {credentials} credentials among them; {chains} chains of the journal; {manifest.base_url}, "
        f"{manifest.made_at:%Y-%m-%d %H:%M:%S} UTC, okbadges {manifest.okbadges}"
    )


def _folder() -> Path:
    folder = load_settings().second_place
    if folder is None:
        raise ConfigurationError(
            "second-place-unset",
            "Name the folder on another disk, for example: OKBADGES_SECOND_PLACE=/mnt/other/okbadges",
        )
    return folder
