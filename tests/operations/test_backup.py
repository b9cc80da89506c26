"""A backup: one file for both databases, whole or refused, with nothing readable in it that is secret."""

from __future__ import annotations

import stat
import threading
import zipfile
from typing import TYPE_CHECKING

import pytest
from sqlmodel import SQLModel

from okbadges.errors import Conflict, InvalidInput, Unavailable
from okbadges.operations.backup import check_backup, make_backup
from okbadges.storage.rows import NOT_KEPT, kept_tables
from support.restoring import backup_of

if TYPE_CHECKING:
    from pathlib import Path

    from okbadges.operations.dump import Manifest
    from support.world import World


def test_it_works(world: World, tmp_path: Path) -> None:
    """A backup says what it is, is its owner's alone, and is checked without a database."""
    issued = world.issue()
    file = backup_of(world, tmp_path / "backup.zip")
    manifest = check_backup(file)
    assert manifest.base_url == world.rooms.base_url
    assert manifest.secret_fingerprint == world.rooms.secrets.fingerprint
    assert manifest.tables["credentials"].rows == 1
    assert set(manifest.heads) == {"installation", "ok"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []
    assert issued["id"].encode() in zipfile.ZipFile(file).read("events.jsonl")


def test_every_table_is_kept_or_left_out_on_purpose() -> None:
    """A table that a later version adds is in the backup without anybody thinking of it."""
    assert {table.name for table in kept_tables()} | NOT_KEPT == set(SQLModel.metadata.tables)
    gone = {"duties", "outgoing_mails", "sign_in_links", "sign_ins", "oauth_grants", "oauth_tokens", "wallet_offers"}
    assert gone | {"editions", "webhook_attempts"} == NOT_KEPT


def test_it_is_one_moment_while_others_write(world: World, tmp_path: Path) -> None:
    """What is issued while the backup is written is in it wholly or not at all: the journal's head fits the rows."""
    stop = threading.Event()

    def issue() -> None:
        while not stop.is_set():
            world.issue()

    busy = threading.Thread(target=issue)
    busy.start()
    try:
        for number in range(3):
            manifest = check_backup(backup_of(world, tmp_path / f"{number}.zip"))
            lines = zipfile.ZipFile(tmp_path / f"{number}.zip").read("events.jsonl").splitlines()
            issued = sum(b'"credential.issued"' in line for line in lines)
            assert manifest.tables["credentials"].rows == issued
    finally:
        stop.set()
        busy.join()


def test_a_file_that_is_there_is_not_written_over(world: World, tmp_path: Path) -> None:
    """Only with --force; and a folder that is missing is said."""
    file = backup_of(world, tmp_path / "backup.zip")
    before = file.read_bytes()
    with pytest.raises(Conflict, match="--force"):
        backup_of(world, file)
    assert file.read_bytes() == before
    make_backup(world.rooms.database, file, now=world.clock(), force=True)
    check_backup(file)
    with pytest.raises(Unavailable, match="cannot be written"):
        backup_of(world, tmp_path / "nowhere" / "backup.zip")


def test_any_damage_is_refused(world: World, tmp_path: Path) -> None:
    """A truncated file and a flipped byte, wherever it is, are refused in words, or say the same as before."""
    world.issue()
    whole = backup_of(world, tmp_path / "backup.zip").read_bytes()
    manifest = check_backup(tmp_path / "backup.zip")
    damaged = tmp_path / "damaged.zip"
    for length in (0, 1, 100, len(whole) // 2, len(whole) - 30, len(whole) - 1):
        damaged.write_bytes(whole[:length])
        with pytest.raises(InvalidInput, match="not whole"):
            check_backup(damaged)
    places = [*range(0, len(whole), len(whole) // 60), *range(len(whole) - 400, len(whole), 7)]
    outcomes = []
    for place in places:
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 0x20]) + whole[place + 1 :])
        outcomes.append(outcome(damaged))
    assert all(said in (manifest, "file-damaged", "file-kind", "chain-broken") for said in outcomes)
    assert outcomes.count("file-damaged") > len(places) // 2
    with pytest.raises(InvalidInput, match="no file"):
        check_backup(tmp_path / "missing.zip")


def outcome(file: Path) -> Manifest | str:
    """Return what is in a file, or the code with which it was refused."""
    try:
        return check_backup(file)
    except InvalidInput as refused:
        return refused.code


def test_nothing_secret_is_readable(world: World, tmp_path: Path) -> None:
    """Neither an access key nor a claim link nor a member's name stands in a backup."""
    issued = world.issue(share={"purpose": "workplace", "expires_on": "2027-01-01"})
    archive = zipfile.ZipFile(backup_of(world, tmp_path / "backup.zip"))
    everything = b"".join(archive.read(name) for name in archive.namelist())
    planted = [
        world.keys.iida,
        issued["claim_link"].rpartition("/")[2],
        issued["share_link"].rpartition("/")[2],
        "Iida",
    ]
    assert [value for value in planted if value.encode() in everything] == []
