"""The catalogue: check the definitions, see what an import would change, import it, draw its artwork."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from okbadges.catalogue.artwork import draw_all
from okbadges.catalogue.definitions import CatalogueMistakes, check, read_catalogue
from okbadges.catalogue.importing import plan
from okbadges.catalogue.own import own_definitions
from okbadges.catalogue.shelf import latest_of_all, publish, retired_slugs
from okbadges.cli.demo_badges import marked, stamped
from okbadges.cli.opened import OPERATOR, open_rooms
from okbadges.organisations.issuers import all_issuers, create_issuer

if TYPE_CHECKING:
    from okbadges.catalogue.definitions import Catalogue
    from okbadges.catalogue.importing import Plan
    from okbadges.edge.rooms import Rooms

commands = typer.Typer(help="The badge definitions that people review in git.", no_args_is_help=True)

_Folder = Annotated[
    Path | None, typer.Option("--folder", help="Another folder of definitions than the one that came along")
]


@commands.command("check")
def check_definitions(folder: _Folder = None) -> None:
    """Find every mistake in the definitions at once; exit status 1 when there are any."""
    try:
        catalogue, _ = check(folder or own_definitions())
    except CatalogueMistakes as found:
        for mistake in found.mistakes:
            print(mistake)
        print(f"{len(found.mistakes)} mistakes", file=sys.stderr)
        raise typer.Exit(1) from None
    print(f"{len(catalogue.badges)} badges in {len(catalogue.families)} families: no mistakes")


@commands.command("plan")
def show_plan(folder: _Folder = None) -> None:
    """Show what an import would change; nothing is stored."""
    with open_rooms() as rooms:
        _, planned = _plan(rooms, folder)
    print(planned.describe())


@commands.command("import")
def run_import(folder: _Folder = None) -> None:
    """Publish new and changed badges as new versions, retire those that are gone, and create issuers that are new."""
    with open_rooms() as rooms:
        catalogue, planned = _plan(rooms, folder)
        _publish(rooms, planned)
        _create_issuers(rooms, catalogue)
    print(planned.describe())


@commands.command("draw")
def draw(
    font: Annotated[
        Path, typer.Argument(help="A bold font file; the names become outlines, so that they look the same everywhere")
    ],
    folder: _Folder = None,
) -> None:
    """Draw the artwork of every badge into the definitions (needs: pip install 'okbadges[artwork]')."""
    definitions = folder or own_definitions()
    files = draw_all(read_catalogue(definitions).badges.values(), definitions / "artwork", font)
    print(f"Drew {len(files)} files into {definitions / 'artwork'}; look at them, then commit them")


def import_catalogue(rooms: Rooms) -> None:
    """Publish the definitions that came along; their issuers are not created."""
    _, planned = _plan(rooms, None)
    _publish(rooms, planned)


def import_demo_catalogue(rooms: Rooms) -> None:
    """Publish the definitions that came along, each badge marked as one of a demo."""
    catalogue, pictures = marked(*check(own_definitions()))
    with rooms.database.read() as session:
        planned = plan(catalogue, latest_of_all(session), pictures, retired=retired_slugs(session))
    _publish(rooms, stamped(planned))


def _plan(rooms: Rooms, folder: Path | None) -> tuple[Catalogue, Plan]:
    catalogue, pictures = check(folder or own_definitions())
    with rooms.database.read() as session:
        return catalogue, plan(catalogue, latest_of_all(session), pictures, retired=retired_slugs(session))


def _publish(rooms: Rooms, planned: Plan) -> None:
    if not planned.is_empty:
        publish(rooms.writer, rooms.stamp(OPERATOR), planned.to_publish(), planned.retired)


def _create_issuers(rooms: Rooms, catalogue: Catalogue) -> None:
    with rooms.database.read() as session:
        there = {issuer.slug for issuer in all_issuers(session)}
    for definition in catalogue.issuers:
        if definition.slug in there:
            continue
        stamp = rooms.stamp(OPERATOR)
        issuer = create_issuer(
            rooms.writer,
            stamp,
            slug=definition.slug,
            name=definition.name,
            url=f"{rooms.base_url}/badges",
            description=definition.description.fi,
            base_url=rooms.base_url,
        )
        with rooms.database.read() as session:
            keys = rooms.keyring.add_first_keys(session, rooms.writer, stamp, issuer)
        named = " and ".join(key.verification_method for key in keys)
        print(f"Created the issuer {issuer.slug} ({issuer.name}), which signs with {named}")
