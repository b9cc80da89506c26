"""``/v1/participants/…/card`` and ``/v1/groups/…/cards``: the cards that open passports, as JSON or as a sheet to print.

Whoever makes a card could open the passport with it, so the code is answered once, to a person who hands it over.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Protocol

from fastapi import Depends, Header, Query, Request, Response
from pydantic import BaseModel, Field

from okbadges.catalogue.texts import Language  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.access import CallerOf  # noqa: TC001 - the same
from okbadges.edge.negotiation import PAGE, prefers
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - the same
from okbadges.edge.routing import Router
from okbadges.edge.strict_requests import StrictRoute
from okbadges.errors import InvalidInput, NotAllowed
from okbadges.issuing.issue import LONGEST_REPEAT_KEY
from okbadges.organisations.groups import require_leader, require_running, unknown_participant
from okbadges.organisations.participants import MOST_AT_ONCE, labels_of
from okbadges.organisations.roles import Scope
from okbadges.organisations.stays import present_in
from okbadges.passport.cards import Card, issue_card, issue_cards, open_card
from okbadges.web.bodies import StrictBody
from okbadges.web.groups import own_group
from okbadges.web.participant_ids import ParticipantId  # noqa: TC001 - the same

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fastapi import FastAPI

    from okbadges.organisations.callers import Caller
    from okbadges.organisations.groups import Group

router = Router(prefix="/v1", tags=["participants"], route_class=StrictRoute)

_JSON = "application/json"
_MAKING = responses(400, 401, 403, 404, 409, 413, 422, 429, 503)


class CardSheet(Protocol):
    """The page on which cards are printed; the pages give it (`install_card_sheet`)."""

    def __call__(
        self, request: Request, cards: Sequence[Card], labels: Mapping[uuid.UUID, str], *, language: str | None
    ) -> Response:
        """Return the sheet; a card without a label is told apart by its participant's id."""


_OWN_PASSPORT = (
    "True: out of a passport that was joined with others, into one of their own; the card of the others stays. "
    "Meet the person first"
)


class CardRequest(StrictBody):
    """How a card is made; an empty body is for a card to the passport that somebody has, or to their first one."""

    own_passport: bool = Field(default=False, strict=True, description=_OWN_PASSPORT)


class CardsRequest(StrictBody):
    """For whom cards are made; an empty body is for everybody in the group who has none."""

    replace: bool = Field(
        default=False,
        strict=True,
        description="True: those who are named get a new card, and the one before ends. Meet each of them first",
    )
    own_passport: bool = Field(default=False, strict=True, description=_OWN_PASSPORT)
    participants: list[uuid.UUID] | None = Field(
        default=None, min_length=1, max_length=MOST_AT_ONCE, description="Only for these; needed to replace cards"
    )


class CardAnswer(BaseModel):
    """One card. Its address and code open the passport of whoever has them."""

    participant: uuid.UUID
    label: str | None = Field(description="For their leader only; null for all others, and where there is none")
    card: uuid.UUID = Field(description="The card's own id; it opens nothing")
    address: str = Field(
        description="What the QR code says", examples=["https://badges.example/p/vN0vW5dWQ1mBv0yS5sQm8xj0y2A"]
    )
    code: str = Field(description="What is typed or read aloud instead", examples=["7K3M-X9QR-T2AB"])
    issued_at: datetime
    replaces: bool = Field(description="True: a card of theirs ended with it, and its PIN")


class CardsAnswer(BaseModel):
    """The new cards."""

    cards: list[CardAnswer]


class CardStateAnswer(BaseModel):
    """Whether a participant has a card that opens, since when, and since when they used it. Never the card itself."""

    has_card: bool
    issued_at: datetime | None
    opened_at: datetime | None = Field(description="When it was opened for the first time; no later time is kept")


_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "Everybody has a card already", "model": CardsAnswer},
    201: {"description": "The new cards, this once", "content": {PAGE: {"schema": {"type": "string"}}}},
}


class _Asked:
    """What both ways of making cards ask for: who asks, in which form, and as what the request is known again."""

    def __init__(
        self,
        request: Request,
        caller: CallerOf,
        rooms: RoomsOf,
        lang: Annotated[Language | None, Query(description="Language of the printed sheet")] = None,
        idempotency_key: Annotated[
            str | None,
            Header(
                alias="Idempotency-Key",
                description="A repeat with the same key answers the same cards, until their holders have opened them",
                examples=["cards-kahvila-syksy-1"],
            ),
        ] = None,
    ) -> None:
        """Raise `NotAllowed` (``scope-missing``, ``member-needed``), `InvalidInput` (``idempotency-key``)."""
        self.caller, self.rooms = _handing_over(caller), rooms
        self._request, self._language = request, lang
        self.repeat = None if idempotency_key is None else _repeat(caller, idempotency_key)

    def answer(self, cards: Sequence[Card]) -> Response:
        """Answer the cards as JSON, or as a sheet to print where a page is asked for. Labels are for their leader only."""
        theirs = [card.participant_id for card in cards]
        with self.rooms.database.read() as session:
            labels = labels_of(session, self.rooms.secrets, member_id=self.caller.member_id, participants=theirs)
        if prefers(self._request.headers.get("accept"), _JSON, PAGE) == PAGE:
            sheet: CardSheet = self._request.app.state.card_sheet
            made = sheet(self._request, cards, labels, language=self._language)
        else:
            told = CardsAnswer(cards=[_answer(card, labels.get(card.participant_id)) for card in cards])
            made = Response(told.model_dump_json(), media_type=_JSON, headers={"Vary": "Accept"})
        made.status_code = 201 if cards else 200
        return made


_AskedOf = Annotated[_Asked, Depends()]


def install_card_sheet(app: FastAPI, sheet: CardSheet) -> None:
    """Give the routes the page on which they print."""
    app.state.card_sheet = sheet


@router.post(
    "/participants/{participant_id}/card",
    status_code=201,
    summary="Make a card for somebody",
    response_model=CardsAnswer,
    responses={201: _ANSWERS[201], **_MAKING},
)
def make_card(participant_id: ParticipantId, asked: _AskedOf, request: CardRequest | None = None) -> Response:
    """Make the card with which a participant opens their passport (scope ``groups:manage``, a member's key).

    For who leads them now, or an administrator. Any card that they had ends at once, and with it their PIN: without an
    `Idempotency-Key` every request makes another card. Ask for `text/html` to get a sheet to print, with `lang` in your language.
    A passport that somebody joined with another one by mistake is taken apart with `own_passport`: nobody else's card ends.
    """
    rooms, wanted = asked.rooms, request or CardRequest()
    with rooms.database.read() as session:
        own = require_leader(session, asked.caller, participant_id)
    card = issue_card(
        rooms.writer,
        rooms.stamp(asked.caller.actor),
        rooms.secrets,
        base_url=rooms.base_url,
        organisation=own,
        participant_id=participant_id,
        repeat=asked.repeat,
        own_passport=wanted.own_passport,
    )
    return asked.answer([card])


@router.post(
    "/groups/{group}/cards",
    status_code=201,
    summary="Make the cards of a group",
    response_model=CardsAnswer,
    responses={**_ANSWERS, **_MAKING},
)
def make_cards(group: uuid.UUID, asked: _AskedOf, request: CardsRequest | None = None) -> Response:
    """Make a card for everybody in a group who has none (scope ``groups:manage``, a member's key).

    For its leader, or an administrator. Cards are replaced only for participants whom you name. Ask for `text/html` to get A4 sheets
    to print, eight cards on each, with `lang` in your language: no name is on a card, a strip beside it that you cut off tells whose
    it is.
    """
    wanted = request or CardsRequest()
    rooms, found = asked.rooms, own_group(asked.caller, asked.rooms, group)
    cards = issue_cards(
        rooms.writer,
        rooms.stamp(asked.caller.actor),
        rooms.secrets,
        base_url=rooms.base_url,
        group=found,
        participants=_wanted(asked, found, wanted),
        replace=wanted.replace,
        repeat=asked.repeat,
        own_passport=wanted.own_passport,
    )
    return asked.answer(cards)


@router.get(
    "/participants/{participant_id}/card",
    summary="Tell whether somebody has a card",
    responses=responses(401, 403, 404, 422, 429, 503),
)
def read_card(participant_id: ParticipantId, caller: CallerOf, rooms: RoomsOf) -> CardStateAnswer:
    """Tell whether a participant has a card and has opened it (scope ``groups:manage``, a member's key). A card is never shown again."""
    asking = _handing_over(caller)
    with rooms.database.read() as session:
        require_leader(session, asking, participant_id)
        found = open_card(session, participant_id)
    if found is None:
        return CardStateAnswer(has_card=False, issued_at=None, opened_at=None)
    return CardStateAnswer(has_card=True, issued_at=found.issued_at, opened_at=found.opened_at)


def _handing_over(caller: Caller) -> Caller:
    """Return a caller who hands cards over. Raises `NotAllowed`: ``scope-missing``; ``member-needed`` for a program."""
    caller.require(Scope.GROUPS)
    if caller.member_id is None:
        raise NotAllowed(
            "member-needed",
            "A card is handed over by a person of the organisation: use the access key of a member.",
            field="Authorization",
        )
    return caller


def _repeat(caller: Caller, key: str) -> str:
    """Return as what a request is known again: a card is told once more to whoever asked for it, and to nobody else."""
    if not 1 <= len(key) <= LONGEST_REPEAT_KEY or not key.isprintable():
        raise InvalidInput(
            "idempotency-key",
            f"Idempotency-Key must have 1 to {LONGEST_REPEAT_KEY} printable characters, for example a random UUID.",
            field="Idempotency-Key",
        )
    return f"{caller.member_id} {key}"


def _wanted(asked: _Asked, group: Group, wanted: CardsRequest) -> list[uuid.UUID]:
    """Return for whom cards are made. Raises `InvalidInput` (``participants-missing``), `NotFound` for who is not in it, `Conflict` (``group-ended``)."""
    if (wanted.replace or wanted.own_passport) and wanted.participants is None:
        raise InvalidInput(
            "participants-missing",
            "Name the participants whose cards are replaced; the cards of a whole group are never replaced at once.",
            field="participants",
        )
    with asked.rooms.database.read() as session:
        require_running(session.connection(), group)
        present = [stay.participant_id for stay in present_in(session, group, limit=None)]
    if wanted.participants is None:
        return present
    if not set(wanted.participants) <= set(present):
        raise unknown_participant()
    return list(dict.fromkeys(wanted.participants))


def _answer(card: Card, label: str | None) -> CardAnswer:
    return CardAnswer(
        participant=card.participant_id,
        label=label,
        card=card.id,
        address=card.address,
        code=card.code,
        issued_at=card.issued_at,
        replaces=card.replaces,
    )
