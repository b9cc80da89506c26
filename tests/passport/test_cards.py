"""Cards: what opens a passport, and that nothing of it is kept in clear."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING

import pytest
import structlog
from sqlmodel import select

from okbadges.errors import Conflict, InvalidInput, NotFound
from okbadges.organisations.stays import leave
from okbadges.organisations.workshops import find_organisation
from okbadges.passport.cards import issue_card, issue_cards, open_card, read_code, written
from okbadges.passport.holder import card_by_token, holder_of_card, set_pin
from okbadges.storage.journal_reading import event_line, every_event
from okbadges.storage.rows import all_rows, kept_tables, snapshot
from okbadges.storage.tables import CardRow, ParticipantRow
from support.leaks import places_of
from support.learners import new_group, new_participant, pass_on

if TYPE_CHECKING:
    import uuid
    from pathlib import Path

    from okbadges.passport.cards import Card
    from support.world import World


def card_for(world: World, participant: uuid.UUID, *, organisation: str = "kemi", repeat: str | None = None) -> Card:
    """Issue a card."""
    rooms = world.rooms
    with rooms.database.read() as session:
        owner = find_organisation(session, organisation)
    return issue_card(
        rooms.writer,
        rooms.stamp("test"),
        rooms.secrets,
        base_url=rooms.base_url,
        organisation=owner,
        participant_id=participant,
        repeat=repeat,
    )


def test_it_works(world: World) -> None:
    """The first card makes the passport, the next one opens the same; the PIN ends with the card."""
    participant = new_participant(world)
    first = card_for(world, participant)
    with world.rooms.database.read() as session:
        holder = holder_of_card(session, card_by_token(session, first.address.rpartition("/")[2]))
    assert holder is not None
    set_pin(world.rooms.writer, world.rooms.stamp("holder"), world.rooms.secrets, holder, "2580")
    second = card_for(world, participant)
    with world.rooms.database.read() as session:
        again = holder_of_card(session, second.id)
        assert holder_of_card(session, first.id) is None
    assert again is not None
    assert (again.passport_id, again.has_pin) == (holder.passport_id, False)


def test_nothing_that_opens_is_kept(world: World, tmp_path: Path) -> None:
    """Neither code nor token stands in the database, its files, the journal or the log."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    logging.getLogger().addHandler(handler)
    group = new_group(world)
    participant = new_participant(world, group)
    with structlog.testing.capture_logs() as logged:
        path, headers = f"/v1/groups/{group.id}/cards", {**world.as_iida(), "Idempotency-Key": "aamu"}
        (card,) = world.client.post(path, headers=headers).json()["cards"]
        world.client.post(path, headers=headers)
    logging.getLogger().removeHandler(handler)
    with world.rooms.database.read() as session:
        journal = b"\n".join(event_line(row) for row in every_event(session))
    with snapshot(world.rooms.database) as connection:
        rows = repr([row for table in kept_tables() for row in all_rows(connection, table)]).encode()
    files = {file.name: file.read_bytes() for file in tmp_path.glob("okbadges.sqlite3*")}
    code, token = card["code"], card["address"].rpartition("/")[2]
    planted = {"code": code.encode(), "code in one": code.replace("-", "").encode(), "token": token.encode()}
    kept = {"log": repr(logged).encode() + said.getvalue().encode(), "journal": journal, "rows": rows, **files}
    assert participant.hex.encode() in rows.replace(b"-", b"")
    assert places_of(planted, kept) == []


def test_nobody_else_gets_one(world: World) -> None:
    """A participant of another organisation, or nobody at all, gets no card."""
    participant = new_participant(world)
    with pytest.raises(NotFound):
        card_for(world, participant, organisation="ranua")
    with world.rooms.database.read() as session:
        assert session.exec(select(CardRow)).all() == []
        assert session.get_one(ParticipantRow, participant).passport_id is None
        assert open_card(session, participant) is None


def test_a_group_is_looked_at_when_the_card_is_made(world: World) -> None:
    """Whoever left a moment ago gets none, and a leader who handed the group over makes none."""
    rooms, group = world.rooms, new_group(world)
    sani, otto = (new_participant(world, group, label) for label in ("Sani", "Otto"))
    leave(rooms.writer, rooms.stamp("test"), group=group, participant_id=sani)
    made = issue_cards(
        rooms.writer,
        rooms.stamp("test"),
        rooms.secrets,
        base_url="https://x.example",
        group=group,
        participants=[sani, otto],
    )
    assert [card.participant_id for card in made] == [otto]
    assert made[0].address.startswith("https://x.example/p/")
    pass_on(world, group, world.keys.aino_id)
    with pytest.raises(Conflict) as refused:
        issue_cards(
            rooms.writer,
            rooms.stamp("test"),
            rooms.secrets,
            base_url="x",
            group=group,
            participants=[otto],
            replace=True,
        )
    assert refused.value.code == "group-handed-over"


def test_two_people_with_one_key_have_two_cards(world: World) -> None:
    """The card of a repeat is its participant's own."""
    group = new_group(world)
    sani, otto = (new_participant(world, group, label) for label in ("Sani", "Otto"))
    first, second = card_for(world, sani, repeat="x"), card_for(world, otto, repeat="x")
    assert first.code != second.code
    assert card_for(world, sani, repeat="x") == first
    assert card_for(world, sani).replaces
    with pytest.raises(Conflict):
        card_for(world, sani, repeat="x")


@pytest.mark.parametrize(
    "typed", ["7K3M-X9QR-T201", "7k3mx9qrt2o1", " 7K3M X9QR T2 0I ", "7K3M\u2013X9QR\u2013T20L", "7k3m-x9qr-t2ol\n"]
)
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    """Case, spaces and dashes do not matter, nor the letters that look like digits."""
    assert written(read_code(typed)) == "7K3M-X9QR-T201"


@pytest.mark.parametrize(
    "typed",
    ["", "7K3M-X9QR", "7K3M-X9QR-T2011", "7K3M-X9QR-T20U", "7K3M-X9QR-T20Ä", "a\0" * 6, "\uff11\uff12\uff13\uff14" * 3],
)
def test_what_is_no_code_is_refused(typed: str) -> None:
    """And not repeated."""
    with pytest.raises(InvalidInput) as refused:
        read_code(typed)
    assert (refused.value.code, refused.value.field) == ("code-form", "code")
    assert typed == "" or typed not in refused.value.detail
