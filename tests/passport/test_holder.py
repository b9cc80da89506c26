"""The holder: who opens a passport with its card, and what ends when the card or the PIN changes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from sqlmodel import col, select

from okbadges.errors import Gone, InvalidInput, NotAllowed, NotFound, TooManyRequests
from okbadges.passport.cards import read_code
from okbadges.passport.holder import (
    PINS,
    WRONG_CODES,
    card_by_code,
    card_by_token,
    check_pin,
    holder_of_card,
    note_first_opening,
    organisations_of,
    set_pin,
)
from okbadges.storage.tables import CardRow, EventRow, PassportRow
from support.learners import new_participant
from support.passport import give_pin, holder_of, new_card, two_people

if TYPE_CHECKING:
    import uuid

    from okbadges.passport.cards import Card
    from support.world import World


def by_code(world: World, text: str, *, tried_from: str = "192.0.2.1") -> uuid.UUID:
    """Return the card with a code as somebody typed it."""
    rooms = world.rooms
    with rooms.database.read() as session:
        return card_by_code(session, rooms.secrets, rooms.failures, read_code(text), tried_from=tried_from)


def by_token(world: World, card: Card) -> uuid.UUID:
    """Return the card with the QR code of this one."""
    with world.rooms.database.read() as session:
        return card_by_token(session, card.address.rpartition("/")[2])


def try_pin(world: World, card: Card, pin: str) -> None:
    """Try a PIN."""
    rooms = world.rooms
    with rooms.database.read() as session:
        check_pin(session, rooms.secrets, rooms.failures, card.id, pin)


def actions(world: World) -> list[str]:
    """Return what the journal says of cards and PINs, in order."""
    with world.rooms.database.read() as session:
        rows = session.exec(select(EventRow).order_by(col(EventRow.number))).all()
    return [row.action for row in rows if row.action.startswith(("card.", "pin."))]


def test_it_works(world: World) -> None:
    """Sani's card opens her passport by its QR code and by its code, and says which participant it is."""
    sani = new_participant(world)
    card = new_card(world, sani)
    assert by_token(world, card) == by_code(world, card.code) == card.id
    holder = holder_of(world, card)
    assert (holder.participants, holder.has_pin, holder.card_id) == ((sani,), False, card.id)
    with world.rooms.database.read() as session:
        assert [one.slug for one in organisations_of(session, holder).values()] == ["kemi"]


@pytest.mark.parametrize(
    "spell", [str.lower, str.upper, lambda code: code.replace("-", " "), lambda code: f"  {code}\t"]
)
def test_a_code_is_read_in_any_spelling(world: World, spell: object) -> None:
    """Small letters, spaces, no dashes: it is the same card."""
    card = new_card(world, new_participant(world))
    assert callable(spell)
    assert by_code(world, spell(card.code)) == card.id


@pytest.mark.parametrize(
    "nonsense", ["", "7K3M", "7K3M-X9QR-T2A!", "ÄÄÄÄ-ÄÄÄÄ-ÄÄÄÄ", "7K3M-X9QR-T2ABC", "\0" * 12, "7" * 5000]
)
def test_what_cannot_be_a_code_is_said_and_not_counted(world: World, nonsense: str) -> None:
    """A slip of the finger is no guess; it is not repeated in the refusal."""
    for _ in range(WRONG_CODES.most + 1):
        with pytest.raises(InvalidInput) as refused:
            by_code(world, nonsense)
        assert refused.value.code == "code-form"
        assert not nonsense.strip("\0") or nonsense not in refused.value.detail


def test_guessing_codes_ends_soon(world: World) -> None:
    """Ten wrong codes from one place, and that place waits, even with the right one; others do not, and later it may again."""
    card = new_card(world, new_participant(world))
    for _ in range(WRONG_CODES.most):
        with pytest.raises(NotFound):
            by_code(world, "0000-0000-0000")
    with pytest.raises(TooManyRequests) as refused:
        by_code(world, card.code)
    assert 0 < refused.value.retry_after_seconds <= 30 * 60
    assert by_code(world, card.code, tried_from="192.0.2.2") == card.id
    world.clock.move(minutes=31)
    assert by_code(world, card.code) == card.id


def test_a_replaced_card_opens_nothing(world: World) -> None:
    """The new card opens the same passport; the old one says that it ended, by QR code and by code; its visits are over."""
    sani = new_participant(world)
    lost = new_card(world, sani)
    before = holder_of(world, lost)
    world.clock.move(minutes=1)
    found = new_card(world, sani)
    assert found.replaces
    assert holder_of(world, found).passport_id == before.passport_id
    with pytest.raises(Gone, match="replaced"):
        by_token(world, lost)
    with pytest.raises(Gone) as ended:
        by_code(world, lost.code)
    assert ended.value.code == "card-ended"
    with world.rooms.database.read() as session:
        assert holder_of_card(session, lost.id) is None


def test_a_pin_is_asked_for_and_ends_other_visits(world: World) -> None:
    """Visits that began before the PIN are over; the right PIN passes, a wrong one is refused; without one it is as before."""
    card = new_card(world, new_participant(world))
    began = world.clock()
    world.clock.move(seconds=5)
    pin = give_pin(world, card)
    assert holder_of(world, card).has_pin
    with world.rooms.database.read() as session:
        assert holder_of_card(session, card.id, began_at=began) is None
        assert holder_of_card(session, card.id, began_at=world.clock()) is not None
    try_pin(world, card, pin)
    with pytest.raises(NotAllowed) as wrong:
        try_pin(world, card, "9999")
    assert (wrong.value.code, wrong.value.field) == ("wrong-pin", "pin")
    set_pin(world.rooms.writer, world.rooms.stamp("holder"), world.rooms.secrets, holder_of(world, card), None)
    assert not holder_of(world, card).has_pin
    assert actions(world) == ["card.issued", "pin.set", "pin.removed"]


def test_pins_cannot_be_tried_out(world: World) -> None:
    """After ten tries not even the right one passes for a while; another card is not concerned."""
    card, other = (new_card(world, one) for one in two_people(world))
    pin, theirs = give_pin(world, card), give_pin(world, other, "1357")
    for _ in range(PINS.most):
        with pytest.raises(NotAllowed):
            try_pin(world, card, "9999")
    with pytest.raises(TooManyRequests):
        try_pin(world, card, pin)
    try_pin(world, other, theirs)
    world.clock.move(minutes=31)
    try_pin(world, card, pin)


@pytest.mark.parametrize("pin", ["", "123", "123456789", "12a4", "١٢٣٤", "12 34"])
def test_a_pin_has_digits(world: World, pin: str) -> None:
    """Four to eight digits that every keypad has; anything else is refused before it is kept."""
    card = new_card(world, new_participant(world))
    with pytest.raises(InvalidInput) as refused:
        give_pin(world, card, pin)
    assert refused.value.code == "pin-form"
    assert not holder_of(world, card).has_pin


def test_a_new_card_takes_the_pin_away(world: World) -> None:
    """Who forgot their PIN meets the instructor, gets a new card, and chooses another PIN."""
    sani = new_participant(world)
    give_pin(world, new_card(world, sani))
    assert not holder_of(world, new_card(world, sani)).has_pin


def test_the_first_opening_is_noted_once(world: World) -> None:
    """An instructor sees that a card arrived; later openings leave nothing, neither a day nor an event."""
    card = new_card(world, new_participant(world))
    for _ in range(3):
        note_first_opening(world.rooms.writer, world.rooms.stamp("holder"), card.id)
        world.clock.move(days=1)
    assert actions(world) == ["card.issued", "card.opened"]
    with world.rooms.database.read() as session:
        row = session.get_one(CardRow, card.id)
        assert (world.clock() - row.opened_at).days == 3 if row.opened_at else False


def test_nothing_that_opens_is_in_the_database(world: World) -> None:
    """Neither the token nor the code nor the PIN: a stolen dump opens no passport, and the journal tells none of them."""
    card = new_card(world, new_participant(world))
    pin = give_pin(world, card, "80218021")
    token, code = card.address.rpartition("/")[2], card.code.replace("-", "")
    with world.rooms.database.read() as session:
        rows = [*session.exec(select(CardRow)).all(), *session.exec(select(PassportRow)).all()]
        events = session.exec(select(EventRow)).all()
    dump = " ".join(
        [*(repr(row.model_dump()) for row in rows), *(json.dumps(row.details) + row.subject for row in events)]
    )
    for secret in (token, code, card.code, pin):
        assert secret not in dump
