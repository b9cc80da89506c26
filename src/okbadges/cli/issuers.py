"""Who issues: issuers and their keys, the organisations under them, their workshops and recognition records."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from okbadges.catalogue.neutrality import find_disclosing_words
from okbadges.cli.opened import OPERATOR, open_rooms
from okbadges.organisations.issuers import all_issuers, create_issuer, find_issuer
from okbadges.organisations.workshops import (
    RecognitionRecord,
    all_organisations,
    create_organisation,
    create_workshop,
    find_organisation,
    find_workshop,
    recognition_records,
    record_recognition,
    workshops_of,
)

issuer = typer.Typer(help="Issuers: a neutral name with a DID and keys of its own.", no_args_is_help=True)
organisation = typer.Typer(help="Organisations that issue under an issuer.", no_args_is_help=True)
workshop = typer.Typer(help="Workshops of an organisation, and their recognition records.", no_args_is_help=True)

_Day = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"])]


@issuer.command("create")
def new_issuer(
    slug: Annotated[str, typer.Argument(help="Stands in its DID for good, for example ok")],
    name: Annotated[str, typer.Option(help="Neutral and joint: it is in every badge")],
    url: Annotated[str, typer.Option(help="A page about the issuer")],
    description: Annotated[str | None, typer.Option(help="One neutral sentence")] = None,
) -> None:
    """Create an issuer and its first key."""
    _warn(name, description or "")
    with open_rooms() as rooms:
        made = create_issuer(
            rooms.writer,
            rooms.stamp(OPERATOR),
            slug=slug,
            name=name,
            url=url,
            description=description,
            base_url=rooms.base_url,
        )
        method = rooms.keyring.add_key(rooms.writer, rooms.stamp(OPERATOR), made)
    print(f"Created {made.did}\nIts key is {method}")


@issuer.command("add-key")
def add_key(slug: str) -> None:
    """Give an issuer a new key; from now on it signs with it, and the older ones stay published."""
    with open_rooms() as rooms:
        with rooms.database.read() as session:
            found = find_issuer(session, slug)
        method = rooms.keyring.add_key(rooms.writer, rooms.stamp(OPERATOR), found)
    print(f"{slug} signs with {method} from now on")


@issuer.command("list")
def list_issuers() -> None:
    """List the issuers."""
    with open_rooms() as rooms, rooms.database.read() as session:
        for found in all_issuers(session):
            print(f"{found.slug}  {found.name}  {found.did}")


@organisation.command("create")
def new_organisation(
    slug: str,
    name: Annotated[str, typer.Option(help="Shown to teachers only")],
    issuer: Annotated[str, typer.Option(help="Slug of the issuer it issues under")],
) -> None:
    """Create an organisation under an issuer."""
    with open_rooms() as rooms:
        with rooms.database.read() as session:
            under = find_issuer(session, issuer)
        create_organisation(
            rooms.writer,
            rooms.stamp(OPERATOR),
            issuer_id=under.id,
            slug=slug,
            name=name,
        )
    print(f"Created the organisation {slug} under {issuer}")


@organisation.command("list")
def list_organisations() -> None:
    """List the organisations."""
    with open_rooms() as rooms, rooms.database.read() as session:
        for found in all_organisations(session):
            print(f"{found.slug}  {found.name}")


@workshop.command("list")
def list_workshops(organisation: Annotated[str, typer.Argument(help="Slug of the organisation")]) -> None:
    """List an organisation's workshops and what each is recognised for."""
    with open_rooms() as rooms, rooms.database.read() as session:
        for found in workshops_of(session, find_organisation(session, organisation)):
            targets = ", ".join(record.target_uri for record in recognition_records(session, found.id))
            print(f"{found.slug}  {found.name}  {targets or '(no recognition record)'}")


@workshop.command("create")
def new_workshop(
    organisation: Annotated[str, typer.Argument(help="Slug of the organisation")],
    slug: str,
    name: Annotated[str, typer.Option(help="Shown to teachers only; name the work, not why people are there")],
) -> None:
    """Create a workshop of an organisation."""
    _warn(name)
    with open_rooms() as rooms:
        with rooms.database.read() as session:
            owner = find_organisation(session, organisation)
        create_workshop(
            rooms.writer,
            rooms.stamp(OPERATOR),
            organisation=owner,
            slug=slug,
            name=name,
        )
    print(f"Created the workshop {slug} of {organisation}")


@workshop.command("recognise")
def recognise(
    organisation: str,
    workshop: str,
    target: Annotated[str, typer.Option(help="Code URI of the area or unit, for example ammatillisenoppiaineet_vvtd")],
    report: Annotated[str, typer.Option(help="Id of the report")],
    recognised_by: Annotated[str, typer.Option(help="Who recognised it, by role and provider")],
    valid_from: _Day,
    valid_until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])] = None,
    report_url: Annotated[str | None, typer.Option(help="Where the report can be read")] = None,
) -> None:
    """Keep an environment recognition record: without one nothing that this workshop awards is called creditable."""
    record = RecognitionRecord(
        report_id=report,
        report_url=report_url,
        target_uri=target,
        recognised_by=recognised_by,
        valid_from=valid_from.date(),
        valid_until=valid_until.date() if valid_until else None,
    )
    with open_rooms() as rooms:
        with rooms.database.read() as session:
            owner = find_organisation(session, organisation)
            place = find_workshop(session, owner, workshop)
        record_recognition(
            rooms.writer,
            rooms.stamp(OPERATOR),
            organisation=owner,
            workshop=place,
            record=record,
        )
    print(f"{organisation}/{workshop} is recognised for {target} from {record.valid_from}")


def _warn(*texts: str) -> None:
    """Warn about words that could tell why somebody was at a workshop (product.md, rule 1); warn only, the writer decides."""
    for text in texts:
        for language in ("fi", "sv", "en"):
            for word in find_disclosing_words(text, language):
                print(f"warning: “{word}” in “{text}” could tell why somebody is there; others will read this")
