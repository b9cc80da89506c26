"""Every call of the API reference is sent as it stands there: only what stands for own things is filled in, and it is answered as described."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from support.described import filled, operations, read, send
from support.furnished import furnish
from support.world import Clock, fresh_copy, opened

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from okbadges.pages.api_docs import Operation
    from support.doors import Doors
    from support.furnished import Furnished
    from support.world import World

TABLES = {
    "/v1/credentials/batch.csv": "badge\ndigi-turva\n",
    "/v1/groups/{group}/participants.csv": "label\nAatu\n",
}
ONLY_ELSEWHERE = {
    "/.well-known/did.json": "this installation has no issuer with a domain of its own",
    "/oid4vci/token": "a code is good once: tests/interop/test_wallets.py goes the whole way with a wallet's own library",
    "/oid4vci/credential": "the same",
    "/oid4vci/notification": "the same",
}


def test_every_call_can_be_copied(request: pytest.FixtureRequest, tmp_path: Path, doors: Doors) -> None:
    """Each call of the reference, in a world of its own, is answered with a success that is described for it."""
    url, keys = fresh_copy("sqlite", request, tmp_path)
    with opened(url, keys, Clock(), doors) as world:
        described = [one for one in operations(world) if one.path not in ONLY_ELSEWHERE]
        there = furnish(world)
    assert len(described) > 60
    refused: list[str] = []
    for operation in described:
        copy = shutil.copy(tmp_path / "okbadges.sqlite3", tmp_path / "copy.sqlite3")
        with opened(f"sqlite:///{copy}", keys, Clock(), doors) as world:
            refused += _refused(world, operation, there)
    assert not refused, "\n".join(refused)


def _refused(world: World, operation: Operation, there: Furnished) -> list[str]:
    """Return how a call was answered that nobody may make as it is described; nothing when somebody may."""
    call = filled(read(operation.curl), operation, there.stands_for)
    files = {**there.files, "table.csv": TABLES.get(operation.path, "").encode()}
    if operation.path.endswith("/profile"):
        files["credential.json"] = files["profile.json"]
    said: list[str] = []
    for key in there.keys:
        answer = send(world, call, key, files)
        if answer.status_code in {described.status for described in operation.answers}:
            return []
        said.append(f"{answer.status_code} {answer.text[:400]}")
    return [f"{operation.method} {operation.path}: {' | '.join(said)}"]
