"""Cards to print: for everybody in a group who has none, for those who are chosen, or another one for somebody who lost theirs.

A code is shown once, so the sheet is the answer to the form itself. The form carries a key: loading the sheet again shows the same
cards, until their holders have opened them.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Annotated

from fastapi import Form, Request, Response

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import SameSite
from okbadges.errors import InvalidInput, OkbadgesError
from okbadges.issuing.issue import LONGEST_REPEAT_KEY
from okbadges.organisations.groups import find_group, require_leader, require_running
from okbadges.organisations.participants import labels_of, read_label
from okbadges.pages.card_sheet import card_sheet
from okbadges.pages.site import visit
from okbadges.pages.words import LANGUAGE_NAMES
from okbadges.pages.work.frame import (
    REFUSALS,
    GroupOf,
    LeaderOf,
    ParticipantOf,
    Typed,
    WorkRoute,
    mistake_of,
    seen_as,
    work_page,
)
from okbadges.pages.work.group import people_of
from okbadges.pages.work.view import group_address, person_address
from okbadges.passport.cards import issue_card, issue_cards, open_card

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from okbadges.edge.rooms import Rooms
    from okbadges.organisations.sign_ins import SignedIn
    from okbadges.passport.cards import Card

router = Router(prefix="/workshop", route_class=WorkRoute, include_in_schema=False)
_RANDOM_BYTES = 16


@router.get("/groups/{group}/cards")
def group_cards_page(request: Request, rooms: RoomsOf, who: LeaderOf, group: GroupOf) -> Response:
    """Ask for whom cards are made."""
    return _group_page(request, rooms, who, group)


@router.post("/groups/{group}/cards", dependencies=[SameSite])
def print_group_cards(
    request: Request,
    rooms: RoomsOf,
    who: LeaderOf,
    group: GroupOf,
    person: Annotated[list[str] | None, Form()] = None,
    repeat: Typed = "",
    language: Typed = "",
) -> Response:
    """Make the cards and answer the sheet on which they are printed. Who has one gets no other here."""
    chosen = frozenset(person or ())
    with rooms.database.read() as session:
        found = find_group(session, who.caller, group)
    try:
        with rooms.database.read() as session:
            require_running(session.connection(), found)
        cards = issue_cards(
            rooms.writer,
            rooms.stamp(who.caller.actor),
            rooms.secrets,
            base_url=rooms.base_url,
            group=found,
            participants=_read(chosen),
            repeat=_repeat(who, repeat),
        )
    except REFUSALS as refused:
        return _group_page(request, rooms, who, group, refused=refused, chosen=chosen, repeat=repeat)
    return _sheet(request, rooms, who, cards, language)


@router.get("/people/{participant}/card")
def card_page(request: Request, rooms: RoomsOf, who: LeaderOf, participant: ParticipantOf) -> Response:
    """Ask whether to make a card for one person, and say what happens to the one they have."""
    return _card_page(request, rooms, who, participant)


@router.post("/people/{participant}/card", dependencies=[SameSite])
def print_card(
    request: Request,
    rooms: RoomsOf,
    who: LeaderOf,
    participant: ParticipantOf,
    repeat: Typed = "",
    language: Typed = "",
) -> Response:
    """Make a card for one person, ending the one before, and answer the sheet on which it is printed."""
    with rooms.database.read() as session:
        organisation = require_leader(session, who.caller, participant)
    try:
        card = issue_card(
            rooms.writer,
            rooms.stamp(who.caller.actor),
            rooms.secrets,
            base_url=rooms.base_url,
            organisation=organisation,
            participant_id=participant,
            repeat=_repeat(who, repeat),
        )
    except REFUSALS as refused:
        return _card_page(request, rooms, who, participant, refused=refused)
    return _sheet(request, rooms, who, [card], language)


def _read(chosen: Collection[str]) -> list[uuid.UUID]:
    """Return who was chosen; who is not in the group gets no card. Raises `InvalidInput` (``person-missing``) for nobody."""
    ids = []
    for one in sorted(chosen):
        try:
            ids.append(uuid.UUID(one))
        except ValueError:
            continue
    if not ids:
        raise InvalidInput("person-missing", "Choose for whom cards are made.", field="person")
    return ids


def _repeat(who: SignedIn, typed: str) -> str:
    """Return as what this form is known again: to whoever sent it, and to nobody else. Raises `InvalidInput` (``idempotency-key``)."""
    if not 1 <= len(typed) <= LONGEST_REPEAT_KEY or not typed.isprintable():
        raise InvalidInput("idempotency-key", "Open the page again and send its form.", field="repeat")
    return f"{who.member_id} {typed}"


def _sheet(request: Request, rooms: Rooms, who: SignedIn, cards: Sequence[Card], language: str) -> Response:
    theirs = [card.participant_id for card in cards]
    with rooms.database.read() as session:
        labels = labels_of(session, rooms.secrets, member_id=who.member_id, participants=theirs)
    return card_sheet(request, cards, labels, language=language or None)


def _group_page(
    request: Request,
    rooms: Rooms,
    who: SignedIn,
    group_id: uuid.UUID,
    *,
    refused: OkbadgesError | None = None,
    chosen: Collection[str] | None = None,
    repeat: str = "",
) -> Response:
    here = visit(request)
    with rooms.database.read() as session:
        group = find_group(session, who.caller, group_id)
    rows = people_of(rooms, who, group, here.words).rows
    without = [row for row in rows if not row.has_card]
    return work_page(
        request,
        who,
        "work/cards.html",
        mistake=mistake_of(refused, here.words) if refused else None,
        back=group_address(group.id),
        here=f"{group_address(group.id)}/cards",
        group=group,
        people=without,
        others=[row for row in rows if row.has_card],
        chosen=frozenset(str(row.id) for row in without) if chosen is None else chosen,
        repeat=repeat or rooms.random_bytes(_RANDOM_BYTES).hex(),
        in_languages=_languages(here.words.language),
    )


def _card_page(
    request: Request,
    rooms: Rooms,
    who: SignedIn,
    participant_id: uuid.UUID,
    *,
    refused: OkbadgesError | None = None,
) -> Response:
    words = visit(request).words
    with rooms.database.read() as session:
        require_leader(session, who.caller, participant_id)
        label = read_label(session, rooms.secrets, member_id=who.member_id, participant_id=participant_id)
        card = open_card(session, participant_id)
    return work_page(
        request,
        who,
        "work/card.html",
        mistake=mistake_of(refused, words) if refused else None,
        back=person_address(participant_id),
        here=f"{person_address(participant_id)}/card",
        name=seen_as(label, participant_id),
        has_card=card is not None,
        # a new key each time: what was refused once is not sent again
        repeat=rooms.random_bytes(_RANDOM_BYTES).hex(),
        in_languages=_languages(words.language),
    )


def _languages(current: str) -> list[tuple[str, str, bool]]:
    return [(code, name, code == current) for code, name in LANGUAGE_NAMES.items() if code != "se"]
