"""Handing an issuer over to another installation, whole, when a project ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from okbadges.cli.opened import OPERATOR, open_rooms
from okbadges.operations.handover import export_issuer, import_issuer

if TYPE_CHECKING:
    from okbadges.operations.handover import HandedOver

commands = typer.Typer(
    help="Hand an issuer over, whole, to another installation, or take one over.", no_args_is_help=True
)
KeyFile = Annotated[Path, typer.Option(help="The file with the key of the handover; send it another way than the file")]


@commands.command("export")
def export(
    issuer: Annotated[str, typer.Argument(help="Slug of the issuer")],
    file: Annotated[Path, typer.Argument(help="Where to write it")],
    key_file: KeyFile,
) -> None:
    """Freeze an issuer here and write it into a file: keys, status lists, organisations, people, credentials, journal."""
    with open_rooms() as rooms:
        done = export_issuer(
            rooms.database,
            rooms.writer,
            rooms.stamp(OPERATOR),
            rooms.secrets,
            issuer,
            file=file,
            key_file=key_file,
        )
    print(
        f"Wrote {file} with {done.credentials} credentials. {done.slug} issues and revokes no more here; its did document and status lists "
        f"are served until this installation is switched off.\nSend {key_file} another way than {file}: the two together are the issuer.\n"
        f"Then point the host of {done.home_url} to the new installation: every address in the credentials stays what it is."
    )
    _say_tokens(done)


@commands.command("import")
def take_over(
    file: Annotated[Path, typer.Argument(help="The file that was written by: okbadges handover export")],
    key_file: KeyFile,
) -> None:
    """Take an issuer over from another installation."""
    with open_rooms() as rooms:
        done = import_issuer(
            rooms.database, rooms.writer, rooms.stamp(OPERATOR), rooms.secrets, file=file, key_file=key_file
        )
    print(
        f"{done.slug} ({done.did}) is here, with {done.credentials} credentials. Point the host of {done.home_url} to this installation, "
        "make access keys for its people and programs (okbadges access-key create), and make a backup now."
    )
    _say_tokens(done)


def _say_tokens(done: HandedOver) -> None:
    if done.in_token:
        numbers = ", ".join(str(number) for number in done.in_token)
        print(f"The private keys {numbers} are in a token and not in the file: move the token, or make new keys there.")
