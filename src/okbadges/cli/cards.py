"""`okbadges cards`: a sheet of cards to print, for everybody in a group who has none, or in place of cards that were lost."""

from __future__ import annotations

import uuid  # noqa: TC003 - typer reads the annotation at run time
from pathlib import Path  # noqa: TC003 - the same
from typing import TYPE_CHECKING, Annotated

import typer

from okbadges.catalogue.texts import LANGUAGES
from okbadges.cli.opened import OPERATOR, open_rooms
from okbadges.cli.private_files import new_private
from okbadges.errors import InvalidInput
from okbadges.organisations.groups import find_group_by_slug, require_running, unknown_participant
from okbadges.organisations.stays import present_in
from okbadges.organisations.workshops import find_organisation
from okbadges.pages.card_sheet import card_file
from okbadges.pages.site import open_site
from okbadges.passport.cards import issue_cards

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms
    from okbadges.organisations.groups import Group
    from okbadges.passport.cards import Card


def cards(
    group: Annotated[str, typer.Option(help="Slug of the group")],
    organisation: Annotated[str, typer.Option(help="Slug of the organisation")],
    output: Annotated[
        Path, typer.Option(dir_okay=False, help="The HTML file to write, for you alone; must not exist yet")
    ],
    *,
    participant: Annotated[
        list[uuid.UUID] | None, typer.Option(help="Only for this one; give it again for the next one")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="End the card of each --participant and make another one: meet them first")
    ] = False,
    own_passport: Annotated[
        bool,
        typer.Option(
            "--own-passport",
            help="Take each --participant out of a passport that was joined with others, into one of their own: meet them first",
        ),
    ] = False,
    language: Annotated[str, typer.Option(help="Language of the cards: fi, sv or en")] = "fi",
) -> None:
    """Make cards that open passports, for everybody in a group who has none, as A4 sheets to print. A code is shown only there.

    Labels are for the leader of a group: here a strip above each card tells the last characters of the participant's id instead.
    """
    _check(language, participant, in_place=replace or own_passport)
    with open_rooms() as rooms, new_private(output) as file:
        found = _found(rooms, organisation, group)
        made = _made(rooms, found, participant, replace=replace, own_passport=own_passport)
        if not made:
            print("Everybody has a card already; nothing was made")
            raise typer.Exit
        file.write(card_file(open_site(), made, language=language, base_url=rooms.base_url, demo=rooms.demo))
    print(
        f"Wrote {len(made)} cards to {output}. Print them in full size on A4, then delete the file: it opens their passports"
    )


def _check(language: str, wanted: list[uuid.UUID] | None, *, in_place: bool) -> None:
    """Raise `InvalidInput`: ``language``; ``participants-missing`` for new cards ``in_place`` of others without saying whose."""
    if language not in LANGUAGES:
        raise InvalidInput("language", f"There are sheets in: {', '.join(LANGUAGES)}.", field="language")
    if in_place and not wanted:
        raise InvalidInput(
            "participants-missing",
            "Name each participant whose card is replaced: --participant ID. A whole group is never replaced at once.",
            field="participant",
        )


def _found(rooms: Rooms, organisation: str, group: str) -> Group:
    with rooms.database.read() as session:
        return find_group_by_slug(session, find_organisation(session, organisation), group)


def _made(
    rooms: Rooms, group: Group, wanted: list[uuid.UUID] | None, *, replace: bool, own_passport: bool
) -> list[Card]:
    """Make the cards. Raises `NotFound` for somebody who is not in the group, `Conflict` (``group-ended``), before any is made."""
    with rooms.database.read() as session:
        require_running(session.connection(), group)
        present = [stay.participant_id for stay in present_in(session, group, limit=None)]
    if not set(wanted or ()) <= set(present):
        raise unknown_participant()
    return issue_cards(
        rooms.writer,
        rooms.stamp(OPERATOR),
        rooms.secrets,
        base_url=rooms.base_url,
        group=group,
        participants=list(dict.fromkeys(wanted or present)),
        replace=replace,
        own_passport=own_passport,
    )
