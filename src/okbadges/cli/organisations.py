"""Organisations under an issuer, their workshops, and what those are recognised for."""

from __future__ import annotations

import uuid  # noqa: TC003 - typer reads the annotation at run time
from datetime import datetime
from typing import Annotated

import typer

from okbadges.cli.neutral import warn
from okbadges.cli.opened import OPERATOR, open_rooms
from okbadges.organisations.issuers import find_issuer
from okbadges.organisations.recognition import end_recognition, kept_records
from okbadges.organisations.workshops import (
    RecognitionRecord,
    all_organisations,
    ask_second_person,
    create_organisation,
    create_workshop,
    find_organisation,
    find_workshop,
    recognition_records,
    record_recognition,
    workshops_of,
)
from okbadges.recognition.providers import note_provider

organisation = typer.Typer(help="Organisations that issue under an issuer.", no_args_is_help=True)
workshop = typer.Typer(help="Workshops of an organisation, and their recognition records.", no_args_is_help=True)

_Day = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"])]


@organisation.command("create")
def new_organisation(
    slug: str,
    name: Annotated[str, typer.Option(help="Shown to teachers only")],
    issuer: Annotated[str, typer.Option(help="Slug of the issuer it issues under")],
) -> None:
    """Create an organisation under an issuer."""
    warn(name)
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
            asks = "  (second person for summary badges)" if found.second_person_for_summary else ""
            print(f"{found.slug}  {found.name}{asks}")


@organisation.command("set")
def change_organisation(
    slug: str,
    *,
    second_person: Annotated[
        bool,
        typer.Option("--second-person/--no-second-person", help="Ask for a second person's word for summary badges"),
    ],
) -> None:
    """Switch what an organisation asks for."""
    with open_rooms() as rooms:
        with rooms.database.read() as session:
            found = find_organisation(session, slug)
        ask_second_person(rooms.writer, rooms.stamp(OPERATOR), found, asks=second_person)
    print(f"{slug} {'asks' if second_person else 'does not ask'} for a second person's word before a summary badge")


@organisation.command("education-provider")
def note_education_provider(
    slug: str,
    *,
    provider_oid: Annotated[str, typer.Option(help="OID of the education provider (koulutuksen järjestäjä)")],
    institution_oid: Annotated[str | None, typer.Option(help="OID of the school (oppilaitos)")] = None,
    process_code: Annotated[
        list[str] | None,
        typer.Option(
            help="Code of a verification process as the school confirmed it; three times: directly, by assessors, by demonstration"
        ),
    ] = None,
) -> None:
    """Note that an organisation is an education provider, or correct it: its teachers may decide about credit."""
    with open_rooms() as rooms:
        with rooms.database.read() as session:
            found = find_organisation(session, slug)
        noted = note_provider(
            rooms.writer,
            rooms.stamp(OPERATOR),
            found,
            provider_oid=provider_oid,
            institution_oid=institution_oid,
            process_codes=process_code or (),
        )
    codes = "with the codes it confirmed" if noted.process_codes else "without process codes: exports leave them open"
    print(f"{slug} is the education provider {noted.provider_oid}, {codes}")


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
    warn(name)
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
def recognise(  # noqa: PLR0913 - one option for each thing that a record says
    organisation: str,
    workshop: str,
    *,
    target: Annotated[
        list[str],
        typer.Option(
            help="Code URI of an area or unit, for example ammatillisenoppiaineet_vvtd; can be given several times"
        ),
    ],
    report: Annotated[str, typer.Option(help="Id of the report")],
    recognised_by: Annotated[str, typer.Option(help="Who recognised it, by role and provider")],
    valid_from: _Day,
    valid_until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])] = None,
    report_url: Annotated[str | None, typer.Option(help="Where the report can be read, https only")] = None,
    recognised_inside: Annotated[str | None, typer.Option(help="Who of the organisation took part, by role")] = None,
    diaari: Annotated[str | None, typer.Option(help="Number under which an office keeps the report")] = None,
) -> None:
    """Keep an environment recognition record: without one nothing that this workshop awards is called creditable."""
    record = RecognitionRecord(
        report_id=report,
        report_url=report_url,
        target_uri=target[0],
        recognised_by=recognised_by,
        valid_from=valid_from.date(),
        valid_until=valid_until.date() if valid_until else None,
        diaari=diaari,
        recognised_inside=recognised_inside,
    )
    with open_rooms() as rooms:
        with rooms.database.read() as session:
            owner = find_organisation(session, organisation)
            place = find_workshop(session, owner, workshop)
        stamp = rooms.stamp(OPERATOR)
        record_recognition(rooms.writer, stamp, organisation=owner, workshop=place, record=record, also=target[1:])
    print(f"{organisation}/{workshop} is recognised for {', '.join(target)} from {record.valid_from}")


@workshop.command("records")
def list_records(organisation: str, workshop: str) -> None:
    """List the recognition records of a workshop with their ids."""
    with open_rooms() as rooms, rooms.database.read() as session:
        place = find_workshop(session, find_organisation(session, organisation), workshop)
        for kept in kept_records(session, place):
            record = kept.record
            until = record.valid_until or "no end"
            print(f"{kept.id}  {record.report_id}  {record.target_uri}  {record.valid_from} to {until}")


@workshop.command("end-recognition")
def end_record(
    organisation: str,
    record: Annotated[uuid.UUID, typer.Argument(help="Id of the record: okbadges workshop records")],
    last_day: _Day,
) -> None:
    """End a recognition before its time; what was awarded until that day stays creditable."""
    with open_rooms() as rooms:
        with rooms.database.read() as session:
            owner = find_organisation(session, organisation)
        stamp = rooms.stamp(OPERATOR)
        end_recognition(rooms.writer, stamp, organisation=owner, record_id=record, last_day=last_day.date())
    print(f"The record ends on {last_day.date()}")
