"""Joined passports in the second place and in a restore: who remains keeps the joining, and nothing of who was erased stays."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from sqlmodel import col, select

from okbadges.operations.months import Owner
from okbadges.operations.redoing import ERASED
from okbadges.operations.second_place import check_second_place, copied_events
from okbadges.organisations.consents import Consenting
from okbadges.organisations.workshops import find_organisation
from okbadges.passport.agreeing import take_back
from okbadges.passport.cards import issue_card
from okbadges.passport.erasure import erase_participant
from okbadges.passport.joining import join_passports
from okbadges.progress.evidence import NewPiece, keep_evidence
from okbadges.progress.evidence_content import text_content
from okbadges.storage.tables import CardRow, EvidenceRow, ParticipantRow, PassportRow
from support.passport import browser, holder_of, new_card, open_with
from support.restoring import backup_of, copy
from support.world import BASE_URL, order

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from okbadges.operations.restore import Restored
    from okbadges.passport.cards import Card
    from support.world import World

    Restoring = Callable[..., tuple[World, Restored]]

HOMES = ("kemi", "ranua")


@dataclass(frozen=True, slots=True)
class Otto:
    """One person of two organisations, with a card of each: at first there are two passports."""

    participants: dict[str, uuid.UUID]
    cards: dict[str, Card]


@pytest.fixture
def otto(world: World) -> Otto:
    """Give Otto a badge and a card in Kemi and in Ranua."""
    issued = {
        "kemi": world.issue(),
        "ranua": world.client.post(
            "/v1/credentials",
            json=order(organisation="ranua", workshop="puu", badge="opi-vahvuudet"),
            headers=world.as_partner(),
        ).json(),
    }
    participants = {home: uuid.UUID(body["participant"]) for home, body in issued.items()}
    cards = {home: new_card(world, one, organisation=home) for home, one in participants.items()}
    return Otto(participants, cards)


def join(world: World, otto: Otto) -> None:
    """Let Otto bring what is behind the card of Ranua into the passport of Kemi."""
    holder = holder_of(world, otto.cards["kemi"])
    join_passports(world.rooms.writer, world.rooms.stamp("holder"), holder, otto.cards["ranua"].id)


def erase(world: World, otto: Otto, home: str) -> None:
    """Erase Otto in one of the organisations."""
    rooms = world.rooms
    with rooms.database.read() as session:
        organisation = find_organisation(session, home)
    erase_participant(
        rooms.writer, rooms.stamp("test"), organisation=organisation, participant_id=otto.participants[home]
    )


def taken_out(world: World, otto: Otto, home: str) -> Card:
    """Give Otto a card of one organisation to a passport of its own."""
    rooms = world.rooms
    with rooms.database.read() as session:
        organisation = find_organisation(session, home)
    return issue_card(
        rooms.writer,
        rooms.stamp("test"),
        rooms.secrets,
        base_url=rooms.base_url,
        organisation=organisation,
        participant_id=otto.participants[home],
        own_passport=True,
    )


def opens(world: World, card: Card) -> int:
    """Return the status with which a card opens."""
    return browser(world).get(card.address.removeprefix(BASE_URL)).status_code


def rows_of(world: World, folder: Path) -> str:
    """Return everything that can be opened in the second place, as one text."""
    owner = Owner(world.rooms.base_url, world.rooms.secrets.fingerprint)
    return repr([one.rows(world.rooms.secrets) for one in copied_events(folder, owner)])


def state(world: World) -> list[list[tuple[object, ...]]]:
    """Return who is in which passport, and which card opens it."""
    with world.rooms.database.read() as session:
        people = session.exec(
            select(ParticipantRow.id, ParticipantRow.passport_id)
            .where(col(ParticipantRow.stands_for_erased).is_(False))
            .order_by(col(ParticipantRow.id))
        ).all()
        cards = session.exec(select(CardRow.id, CardRow.passport_id, CardRow.ended_at).order_by(col(CardRow.id))).all()
        used = {passport for _, passport in people}
        passports = [one for one in session.exec(select(PassportRow.id).order_by(col(PassportRow.id))) if one in used]
    return [[tuple(row) for row in people], [tuple(row) for row in cards], [tuple(passports)]]


@pytest.mark.parametrize("gone", HOMES)
@pytest.mark.parametrize("copied_before", [True, False])
def test_who_remains_keeps_the_joining(
    world: World,
    restored: Restoring,
    tmp_path: Path,
    second_place: Path,
    otto: Otto,
    gone: str,
    *,
    copied_before: bool,
) -> None:
    """Joined after the backup, and erased in one of the two: the card that opened both opens what is left, the other one stays ended."""
    remains = next(home for home in HOMES if home != gone)
    backup = backup_of(world, tmp_path / "backup.okb")
    join(world, otto)
    if copied_before:
        copy(world, second_place)
    erase(world, otto, gone)
    copy(world, second_place)
    again, done = restored(backup, second_place)
    assert done.replayed is not None
    assert done.replayed.not_redone == {}
    assert state(again) == state(world)
    assert holder_of(again, otto.cards["kemi"]).participants == (otto.participants[remains],)
    assert opens(again, otto.cards["ranua"]) == 410
    assert open_with(again, otto.cards["kemi"]).get("/passport?at=shelf").status_code == 200


@pytest.mark.parametrize("gone", HOMES)
def test_nothing_of_who_was_erased_stays(world: World, second_place: Path, otto: Otto, gone: str) -> None:
    """Their rows are taken out of lines that others are in too; the marks of who remains stay, so that they can go later."""
    join(world, otto)
    copy(world, second_place)
    assert str(otto.participants[gone]) in rows_of(world, second_place)
    for home in (gone, *(home for home in HOMES if home != gone)):
        erase(world, otto, home)
        copy(world, second_place)
        assert str(otto.participants[home]) not in rows_of(world, second_place)
    reach = check_second_place(world.rooms.database, world.rooms.secrets, second_place)
    assert reach.missing == 0
    owner = Owner(world.rooms.base_url, world.rooms.secrets.fingerprint)
    events = {one.event["action"]: one for one in copied_events(second_place, owner)}
    assert events["passport.joined"].is_erased
    assert not events[ERASED].is_erased


def test_both_erased_bring_nobody_back(
    world: World, restored: Restoring, tmp_path: Path, second_place: Path, otto: Otto
) -> None:
    """After both erasures neither card opens anything, and no passport is left."""
    backup = backup_of(world, tmp_path / "backup.okb")
    join(world, otto)
    copy(world, second_place)
    for home in HOMES:
        erase(world, otto, home)
    copy(world, second_place)
    again, _ = restored(backup, second_place)
    assert [opens(again, card) for card in otto.cards.values()] == [404, 404]
    for home in HOMES:
        assert str(otto.participants[home]) not in repr(state(again))


def test_a_crash_before_the_taking_out_brings_nobody_back(
    world: World, restored: Restoring, tmp_path: Path, second_place: Path, otto: Otto
) -> None:
    """Where the erasure is copied and the rows still stand, a restore leaves them out and keeps the others."""
    backup = backup_of(world, tmp_path / "backup.okb")
    join(world, otto)
    copy(world, second_place)
    file = second_place / "journal-2026-11.jsonl"
    before = file.read_bytes()
    erase(world, otto, "kemi")
    copy(world, second_place)
    erasure, to_take_out = file.read_bytes().splitlines(keepends=True)[-3:-1]
    file.write_bytes(before + erasure + to_take_out)
    again, _ = restored(backup, second_place)
    assert state(again) == state(world)


def test_a_new_card_of_the_whole_stays_with_who_remains(
    world: World, restored: Restoring, tmp_path: Path, second_place: Path, otto: Otto
) -> None:
    """It was made for the one who was erased later, and opens what is left."""
    join(world, otto)
    backup = backup_of(world, tmp_path / "backup.okb")
    card = new_card(world, otto.participants["kemi"])
    copy(world, second_place)
    erase(world, otto, "kemi")
    copy(world, second_place)
    again, _ = restored(backup, second_place)
    assert state(again) == state(world)
    assert holder_of(again, card).participants == (otto.participants["ranua"],)


@pytest.mark.parametrize("gone", [None, *HOMES])
def test_a_passport_that_was_taken_apart_stays_so(
    world: World, restored: Restoring, tmp_path: Path, second_place: Path, otto: Otto, gone: str | None
) -> None:
    """Joined and taken apart after the backup, whoever is erased afterwards."""
    backup = backup_of(world, tmp_path / "backup.okb")
    join(world, otto)
    copy(world, second_place)
    world.clock.move(minutes=1)
    card = taken_out(world, otto, "ranua")
    copy(world, second_place)
    if gone:
        erase(world, otto, gone)
        copy(world, second_place)
    again, _ = restored(backup, second_place)
    assert state(again) == state(world)
    assert opens(again, card) == (404 if gone == "ranua" else 303)
    assert opens(again, otto.cards["kemi"]) == (404 if gone == "kemi" else 303)


@pytest.mark.parametrize("when", ["before", "while"])
def test_evidence_that_went_with_its_consent_stays_away(
    world: World, restored: Restoring, tmp_path: Path, second_place: Path, otto: Otto, when: str
) -> None:
    """Taken back before passports were joined, or while they were: in whichever passport its participant is by now."""
    for home in HOMES:
        keep(world, otto, home)
    backup = backup_of(world, tmp_path / "backup.okb")
    if when == "before":
        take_back_evidence(world, otto.cards["ranua"])
        join(world, otto)
    else:
        join(world, otto)
        take_back_evidence(world, otto.cards["kemi"])
        taken_out(world, otto, "ranua")
    copy(world, second_place)
    again, _ = restored(backup, second_place)
    left = {home for home in HOMES if when == "before" and home == "kemi"}
    for one in (world, again):
        with one.rooms.database.read() as session:
            assert set(session.exec(select(EvidenceRow.participant_id))) == {otto.participants[home] for home in left}


def keep(world: World, otto: Otto, home: str) -> None:
    """Keep a piece of evidence of Otto's in one of the organisations, as he agreed."""
    rooms = world.rooms
    with rooms.database.read() as session:
        organisation = find_organisation(session, home)
    keep_evidence(
        rooms.writer,
        rooms.stamp("test"),
        rooms.secrets,
        organisation=organisation,
        participant_id=otto.participants[home],
        new=NewPiece("kasi-puu", text_content("Näin"), agreed=True),
    )


def take_back_evidence(world: World, card: Card) -> None:
    """Take the consent to evidence back in the passport of a card."""
    take_back(world.rooms.writer, world.rooms.stamp("holder"), holder_of(world, card), Consenting.EVIDENCE)
