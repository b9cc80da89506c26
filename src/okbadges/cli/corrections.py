"""What corrects: credentials listed, revoked and reissued, participants erased."""

from __future__ import annotations

import uuid  # noqa: TC003 - typer reads the annotations at run time
from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from okbadges.cli.opened import OPERATOR, open_rooms
from okbadges.cli.operator import operator_of
from okbadges.corrections.records import find_record, list_records, resting_on
from okbadges.corrections.reissue import Correction, Reissuing
from okbadges.corrections.revoke import Outcome, Reason, Revocation, revoke_several
from okbadges.errors import InvalidInput
from okbadges.organisations.workshops import find_organisation
from okbadges.passport.elsewhere import new_homes
from okbadges.passport.erasure import erase_participant, organisation_of
from okbadges.progress.notes import checked_note

if TYPE_CHECKING:
    from okbadges.corrections.records import Record
    from okbadges.issuing.order import Order

credential = typer.Typer(help="Credentials: look at what was issued, and correct it.", no_args_is_help=True)
participant = typer.Typer(help="Participants.", no_args_is_help=True)

_Reason = Annotated[Reason, typer.Option(help="Why; only the organisation sees it")]
_Note = Annotated[str | None, typer.Option(help="For colleagues, at most 500 characters; never about whom")]
_Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]
_PAGE = 200


@participant.callback()
def _participant() -> None:
    """Keep ``erase`` a word of its own."""


@credential.command("list")
def list_credentials(
    organisation: Annotated[str, typer.Argument(help="Slug of the organisation")],
    of: Annotated[uuid.UUID | None, typer.Option("--participant", help="Only those of this participant")] = None,
) -> None:
    """List what an organisation issued: id, badge, day of the award, state."""
    with open_rooms() as rooms, rooms.database.read() as session:
        owner, after = find_organisation(session, organisation), None
        while page := list_records(session, owner, participant=of, after=after, limit=_PAGE):
            for record in page:
                print(_line(record))
            after = page[-1].row_id


@credential.command("revoke")
def revoke(credentials: list[str], reason: _Reason, note: _Note = None) -> None:
    """Revoke credentials for good, with their copies in wallets."""
    revocation = Revocation(reason, checked_note(note))
    with open_rooms() as rooms:
        operator = operator_of(rooms)
        with rooms.database.read() as session:
            records = [find_record(session, one, caller=operator) for one in credentials]
        outcomes = revoke_several(rooms.writer, rooms.stamp(OPERATOR), rooms.secrets, records, revocation)
        with rooms.database.read() as session:
            summaries = resting_on(session, [record.row_id for record in records])
    for record, outcome in zip(records, outcomes, strict=True):
        _tell(record, outcome, summaries.get(record.row_id, []))
    if any(outcome.refused for outcome in outcomes):
        raise typer.Exit(1)


@credential.command("reissue")
def reissue(
    credential_id: Annotated[str, typer.Argument(metavar="CREDENTIAL")],
    reason: _Reason = Reason.REPLACED,
    note: _Note = None,
    workshop: Annotated[str | None, typer.Option(help="Slug of the right workshop")] = None,
    language: Annotated[str | None, typer.Option(help="fi, sv or en")] = None,
    awarded_on: _Day = None,
    valid_until: _Day = None,
    award_language: Annotated[str | None, typer.Option(help="For example sv")] = None,
) -> None:
    """Issue a corrected credential in the place of one, which is revoked as replaced; what is not named stays as it was."""
    if language is not None and language not in ("fi", "sv", "en"):
        raise InvalidInput("language", "A badge is issued in fi, sv or en.", field="language")
    named = {
        "workshop": workshop,
        "language": language,
        "awarded_on": awarded_on.date() if awarded_on else None,
        "valid_until": valid_until.date() if valid_until else None,
        "award_language": award_language,
    }
    changes = {name: value for name, value in named.items() if value is not None}

    def corrected(order: Order) -> Order:
        return replace(order, **changes)  # type: ignore[arg-type]  # each value is of its field's type, just above

    with open_rooms() as rooms:
        reissuing = Reissuing(rooms.database, rooms.secrets, rooms.issuing)
        correction = Correction(reason, checked_note(note), corrected)
        issued = reissuing.reissue(credential_id, correction, caller=operator_of(rooms))
    print(f"Issued {issued.credential_id}\nFor the participant: {issued.claim_link}")


@participant.command("erase")
def erase(
    participant_id: Annotated[uuid.UUID, typer.Argument(metavar="PARTICIPANT")],
    confirm: Annotated[uuid.UUID, typer.Option(help="The same id once more: this cannot be undone")],
) -> None:
    """Erase everything about a participant; what they carried away still verifies, and can still be revoked."""
    if confirm != participant_id:
        raise InvalidInput("confirmation-differs", "Repeat the participant's id.", field="--confirm")
    with open_rooms() as rooms:
        organisations = operator_of(rooms).organisations.values()
        with rooms.database.read() as session:
            organisation = organisation_of(session, participant_id, organisations)
        erased = erase_participant(
            rooms.writer, rooms.stamp(OPERATOR), organisation=organisation, participant_id=participant_id
        )
        with rooms.database.read() as session:
            homes = new_homes(session, [organisation.id])
    print(f"Erased {participant_id}: {', '.join(f'{name} {number}' for name, number in asdict(erased).items())}")
    for home in homes:
        print(f"{home.issuer} was handed over: let them erase this participant at {home.home_url} too")


def _line(record: Record) -> str:
    state = f"revoked ({record.revocation_reason})" if record.revoked_at else "valid"
    more = [f"superseded by {record.superseded_by}"] if record.superseded_by else []
    more += [f"copy of {record.copy_of}"] if record.copy_of else []
    day = record.awarded_on or "erased"
    return "  ".join([record.credential_id, f"{record.badge} v{record.badge_version}", str(day), state, *more])


def _tell(record: Record, outcome: Outcome, summaries: list[str]) -> None:
    if outcome.refused is not None:
        print(f"{record.credential_id}: {outcome.refused.detail}")
        return
    was_new = record.credential_id in outcome.credential_ids
    print(f"{record.credential_id}: {'revoked' if was_new else 'was revoked already'}")
    for copy in outcome.credential_ids:
        if copy != record.credential_id:
            print(f"  with its copy {copy}")
    for summary in summaries:
        print(f"  the summary {summary} rests on it and is still valid: decide what to do")
