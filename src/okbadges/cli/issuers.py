"""Who issues: issuers and their keys, and what has to be issued anew when a key may be known to somebody else."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path  # noqa: TC003 - typer reads the annotation at run time
from typing import TYPE_CHECKING, Annotated

import typer

from okbadges.cli.neutral import warn
from okbadges.cli.opened import OPERATOR, open_rooms
from okbadges.cli.private_files import write_private
from okbadges.cli.reissue_all import reissue_all
from okbadges.errors import InvalidInput
from okbadges.keys.kinds import KeyKind
from okbadges.keys.rotation import keys_of, mark_compromised, to_reissue
from okbadges.organisations.issuers import all_issuers, create_issuer, find_issuer
from okbadges.spreadsheets import write_rows

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms
    from okbadges.keys.rotation import KeyState
    from okbadges.organisations.issuers import Issuer

issuer = typer.Typer(help="Issuers: a neutral name with a DID and keys of its own.", no_args_is_help=True)
issuer.command("reissue-all")(reissue_all)

_Slug = Annotated[str, typer.Argument(help="Slug of the issuer")]
_COLUMNS = ("credential", "badge", "organisation", "issued_at", "forms")


@issuer.command("create")
def new_issuer(
    slug: Annotated[str, typer.Argument(help="Stands in its DID for good, for example ok")],
    name: Annotated[str, typer.Option(help="Neutral and joint: it is in every badge")],
    url: Annotated[str, typer.Option(help="A page about the issuer")],
    description: Annotated[str | None, typer.Option(help="One neutral sentence")] = None,
    domain: Annotated[
        str | None, typer.Option(help="A domain of its own that leads to this service, for example badges.example.org")
    ] = None,
) -> None:
    """Create an issuer and its first keys (Ed25519 and P-256)."""
    warn(name, description or "")
    with open_rooms() as rooms:
        made = create_issuer(
            rooms.writer,
            rooms.stamp(OPERATOR),
            slug=slug,
            name=name,
            url=url,
            description=description,
            base_url=rooms.base_url,
            domain=domain,
        )
        with rooms.database.read() as session:
            keys = rooms.keyring.add_first_keys(session, rooms.writer, rooms.stamp(OPERATOR), made)
    print(f"Created {made.did}")
    for key in keys:
        print(f"It signs with {key.verification_method} ({key.kind})")
    if domain is not None:
        print(f"Let {made.home_url} lead to this service before anything is issued: verifiers ask there")


@issuer.command("add-key")
def add_key(
    slug: _Slug,
    kind: Annotated[
        KeyKind, typer.Option(help="p256 for JWTs and partial showing; rsa3072 switches RS256 on")
    ] = KeyKind.ED25519,
    *,
    in_token: Annotated[bool, typer.Option("--in-token", help="Make it in the token of OKBADGES_PKCS11_…")] = False,
) -> None:
    """Give an issuer a new key. It is published now and signs after ten minutes; the older ones stay published."""
    with open_rooms() as rooms:
        found = _find(rooms, slug)
        key = rooms.keyring.add_key(rooms.writer, rooms.stamp(OPERATOR), found, kind, in_token=in_token)
    print(f"{key.verification_method} ({key.kind}) is published and signs from {_moment(key.signs_from)}")


@issuer.command("keys")
def list_keys(slug: _Slug) -> None:
    """List the keys of an issuer, with the numbers that other commands ask for."""
    with open_rooms() as rooms, rooms.database.read() as session:
        for key in keys_of(session, find_issuer(session, slug)):
            print(f"{key.number}  {key.kind}{'  in the token' if key.in_token else ''}  {_state(key)}")


@issuer.command("key-compromised")
def key_compromised(
    slug: _Slug,
    number: Annotated[int, typer.Argument(help="Number of the key: okbadges issuer keys", min=1, max=2_147_483_647)],
    since: Annotated[str, typer.Option(help="From when on it may be known to others, for example 2026-11-20T10:00Z")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask")] = False,
) -> None:
    """Revoke a key that may be known to somebody else. Nobody can believe what it signed any more: it has to be issued anew."""
    moment = _read_moment(since)
    with open_rooms() as rooms:
        found = _find(rooms, slug)
        if not yes:
            typer.confirm(
                f"Revoke key {number} of {slug}? Every credential that it signed stops being valid, for good",
                abort=True,
            )
        done = mark_compromised(
            rooms.keyring, rooms.database, rooms.writer, rooms.stamp(OPERATOR), found, number, since=moment
        )
        with rooms.database.read() as session:
            left = sum(1 for _ in to_reissue(session, found))
    print(f"{done.verification_method} is {'' if done.changed else 'already '}revoked")
    if done.replaced_by is not None:
        print(f"{done.replaced_by.verification_method} signs in its place from now on")
    print(f"{left} credentials have to be issued anew; list them with: okbadges issuer reissue-list {slug}")


@issuer.command("reissue-list")
def reissue_list(
    slug: _Slug,
    csv: Annotated[Path | None, typer.Option(help="Write the list into this file, as CSV")] = None,
) -> None:
    """List the credentials that a compromised key signed and that have to be issued anew."""
    with open_rooms() as rooms, rooms.database.read() as session:
        rows = [
            {
                "credential": one.credential_id,
                "badge": one.badge,
                "organisation": one.organisation,
                "issued_at": _moment(one.issued_at),
                "forms": " ".join(one.forms),
            }
            for one in to_reissue(session, find_issuer(session, slug))
        ]
    if csv is not None:
        write_private(csv, write_rows(_COLUMNS, rows))
        print(f"{len(rows)} credentials have to be issued anew: {csv}")
        return
    for row in rows:
        print("  ".join(row[name] for name in _COLUMNS))
    print(f"{len(rows)} credentials have to be issued anew")


@issuer.command("list")
def list_issuers() -> None:
    """List the issuers."""
    with open_rooms() as rooms, rooms.database.read() as session:
        for found in all_issuers(session):
            print(f"{found.slug}  {found.name}  {found.did}")


def _find(rooms: Rooms, slug: str) -> Issuer:
    with rooms.database.read() as session:
        return find_issuer(session, slug)


def _read_moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InvalidInput("since", "Write a moment with its time zone, for example 2026-11-20T10:00Z.", field="since")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise InvalidInput("since", "There is no such moment.", field="since") from None


def _state(key: KeyState) -> str:
    if key.compromised_since is not None:
        return f"compromised since {_moment(key.compromised_since)}"
    return f"made {_moment(key.created_at)}, signs from {_moment(key.signs_from)}"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%MZ}"
