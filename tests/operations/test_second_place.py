"""The second place: every event once, whole lines or none, another past refused, and nothing of anybody erased."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update
from sqlmodel import col

from okbadges.errors import ConfigurationError, Conflict, InvalidInput
from okbadges.operations.months import Owner
from okbadges.operations.redoing import COPIED, ERASED
from okbadges.operations.second_place import check_second_place, copied_events, copy_new
from okbadges.storage.sealing import Secrets
from okbadges.storage.tables import EventRow
from support.restoring import copy, erase

if TYPE_CHECKING:
    from pathlib import Path

    from okbadges.operations.second_place import CopiedEvent, Reach
    from support.world import World


def check(world: World, folder: Path) -> Reach:
    """Compare the second place with the world's database."""
    return check_second_place(world.rooms.database, world.rooms.secrets, folder)


def events_in(world: World, folder: Path) -> list[CopiedEvent]:
    """Return every event of the second place."""
    return list(copied_events(folder, Owner(world.rooms.base_url, world.rooms.secrets.fingerprint)))


def test_it_works(world: World, second_place: Path) -> None:
    """Each run copies what is new and nothing else; a run without news writes nothing."""
    first = copy(world, second_place)
    assert first.events > 40
    world.issue()
    assert check(world, second_place).missing == 1
    assert copy(world, second_place).events == 1
    size = (second_place / "journal-2026-11.jsonl").stat().st_size
    assert copy(world, second_place).events == 0
    assert (second_place / "journal-2026-11.jsonl").stat().st_size == size
    reach = check(world, second_place)
    assert reach.missing == 0
    assert reach.newest_at == world.clock()
    events = events_in(world, second_place)
    assert len(events) == first.events + 1
    assert [one.event["action"] for one in events if one.event["action"] in COPIED and not one.tables] == []


def test_rows_are_sealed(world: World, second_place: Path) -> None:
    """Neither a credential nor a participant's id is readable in the files; with the secret they open, with another they do not."""
    issued = world.issue()
    copy(world, second_place)
    text = (second_place / "journal-2026-11.jsonl").read_text()
    assert issued["participant"] not in text
    assert "OpenBadgeCredential" not in text
    (copied,) = [one for one in events_in(world, second_place) if one.event["action"] == "credential.issued"]
    assert copied.rows(world.rooms.secrets)["credentials"][0]["credential_id"] == issued["id"]
    with pytest.raises(ConfigurationError, match="does not open"):
        copied.rows(Secrets(bytes(32)))


def test_a_month_has_a_file_and_a_clock_that_goes_back_does_not_mix_them(world: World, second_place: Path) -> None:
    """Lines go into the newest file, even when the clock says an older month."""
    copy(world, second_place)
    world.clock.move(days=14)
    world.issue()
    copy(world, second_place)
    assert [file.name for file in sorted(second_place.glob("journal-*"))] == [
        "journal-2026-11.jsonl",
        "journal-2026-12.jsonl",
    ]
    world.issue()
    world.clock.move(days=-14)
    assert copy(world, second_place).events == 1
    assert (second_place / "journal-2026-12.jsonl").read_text().count("credential.issued") == 2
    assert check(world, second_place).missing == 0


@pytest.mark.parametrize("cut", [1, 30, 700, 2500])
def test_what_a_crash_left_half_written_is_cut(world: World, second_place: Path, cut: int) -> None:
    """Wherever the last write stopped, the next run goes on from the last whole line, and nothing is missing or there twice."""
    copy(world, second_place)
    world.issue()
    world.issue()
    copy(world, second_place)
    file = second_place / "journal-2026-11.jsonl"
    whole = file.read_bytes()
    file.write_bytes(whole[:-cut])
    check(world, second_place)
    copy(world, second_place)
    assert check(world, second_place).missing == 0
    numbers = [(one.event["chain"], one.event["number"]) for one in events_in(world, second_place)]
    assert len(numbers) == len(set(numbers))


def test_damage_in_the_middle_is_refused(world: World, second_place: Path) -> None:
    """A flipped byte is named by its file and line; an altered event with a right checksum breaks the chain."""
    world.issue()
    copy(world, second_place)
    file = second_place / "journal-2026-11.jsonl"
    whole = file.read_bytes()
    middle = len(whole) // 2
    file.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    with pytest.raises(InvalidInput, match=r"line \d+, was altered"):
        check(world, second_place)
    lines = whole.splitlines(keepends=True)
    file.write_bytes(b"".join([*lines[:5], *lines[6:]]))
    with pytest.raises(InvalidInput, match="does not follow"):
        check(world, second_place)


def test_another_past_is_refused(world: World, second_place: Path) -> None:
    """A database that lost events, or has others, is not copied over what the second place knows."""
    world.issue()
    copy(world, second_place)
    lose_newest = update(EventRow).where(col(EventRow.action) == "credential.issued").values(event_hash="0" * 64)
    world.rooms.writer.write(lambda connection: connection.execute(lose_newest))
    with pytest.raises(Conflict, match="does not have"):
        copy(world, second_place)
    with pytest.raises(Conflict, match="does not have"):
        check(world, second_place)


def test_a_folder_that_is_missing_or_somebody_elses_is_refused(
    world: World, tmp_path: Path, second_place: Path
) -> None:
    """A disk that is not mounted, and the folder of another installation."""
    with pytest.raises(ConfigurationError, match="no folder"):
        copy(world, tmp_path / "not-mounted")
    copy(world, second_place)
    with pytest.raises(ConfigurationError, match="belongs to"):
        copy_new(
            world.rooms.database,
            Secrets(bytes(32)),
            second_place,
            now=world.clock(),
            random_bytes=world.rooms.random_bytes,
        )


def test_several_processes_copy_each_event_once(world: World, second_place: Path) -> None:
    """Four that copy at the same time, while badges are issued."""
    failures: list[BaseException] = []

    def copy_often() -> None:
        try:
            for _ in range(4):
                copy(world, second_place)
        except BaseException as failed:  # noqa: BLE001 - to be shown by the test
            failures.append(failed)

    threads = [threading.Thread(target=copy_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        world.issue()
    for thread in threads:
        thread.join()
    assert failures == []
    copy(world, second_place)
    numbers = [(one.event["chain"], one.event["number"]) for one in events_in(world, second_place)]
    assert len(numbers) == len(set(numbers))
    assert check(world, second_place).missing == 0


def test_nothing_of_anybody_erased_stays(world: World, second_place: Path) -> None:
    """Their rows are taken out of every month; the events stay, and other people's rows too."""
    theirs, others = world.issue(), world.issue()
    copy(world, second_place)
    world.clock.move(days=14)
    again = world.issue(participant=theirs["participant"], badge="digi-laite")
    copy(world, second_place)
    before = len(events_in(world, second_place))
    erase(world, theirs["participant"])
    copy(world, second_place)
    events = events_in(world, second_place)
    assert len(events) == before + 1
    by_subject = {one.event["subject"]: one for one in events if one.event["action"] == "credential.issued"}
    assert by_subject[theirs["id"]].is_erased
    assert by_subject[again["id"]].is_erased
    assert by_subject[theirs["id"]].rows(world.rooms.secrets) == {}
    assert not by_subject[others["id"]].is_erased
    rows = next(one for one in events if one.event["action"] == ERASED).rows(world.rooms.secrets)
    assert {row["credential_id"] for row in rows["credentials"]} == {theirs["id"], again["id"]}
    assert {row["document"] for row in rows["credentials"]} == {None}
    assert check(world, second_place).missing == 0


def test_a_crash_between_erasure_and_taking_out_is_made_up_for(world: World, second_place: Path) -> None:
    """The newest line says whose rows are still to be taken out; without it the erasure itself does."""
    theirs = world.issue()
    copy(world, second_place)
    before = (second_place / "journal-2026-11.jsonl").read_bytes()
    erase(world, theirs["participant"])
    copy(world, second_place)
    file = second_place / "journal-2026-11.jsonl"
    erasure, to_take_out = file.read_bytes().splitlines(keepends=True)[-3:-1]
    for crashed in (before + erasure, before + erasure + to_take_out):
        file.write_bytes(crashed)
        copy(world, second_place)
        (issued,) = [one for one in events_in(world, second_place) if one.event["action"] == "credential.issued"]
        assert issued.is_erased
