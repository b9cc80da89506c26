"""`okbadges audit`: verify the database or an exported file, against heads that were noted in a second place."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import orjson
import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from okbadges.cli import command_line
from okbadges.errors import InvalidInput
from support.world import BASE_URL, SECRET

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import World


@pytest.fixture(autouse=True)
def settings(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command line work on the test's own installation; these commands only read."""
    url = world.rooms.database.engine.url.render_as_string(hide_password=False)
    for name, value in {"DATABASE_URL": url, "BASE_URL": BASE_URL, "SECRET": SECRET}.items():
        monkeypatch.setenv(f"OKBADGES_{name}", value)


def run(*words: str, status: int = 0) -> str:
    """Run a command in this process and return what it printed; what it refuses is raised."""
    done = CliRunner().invoke(command_line(["audit", *words]), ["audit", *words], catch_exceptions=False)
    assert done.exit_code == status, done.output
    return done.output


def test_it_works(world: World, tmp_path: Path) -> None:
    """Export, verify the export, note the heads, lose the newest ten events: the second place knows, and says which."""
    for _ in range(6):
        issued = world.issue()
        world.client.post(
            f"/v1/credentials/{issued['id']}/revoke", json={"reason": "replaced"}, headers=world.as_iida()
        )
    export, kept = tmp_path / "journal.jsonl", tmp_path / "heads.jsonl"
    assert run("export", str(export)).startswith("Wrote ")
    assert stat.S_IMODE(export.stat().st_mode) == 0o600
    assert run("verify", str(export)) == "Every chain is whole.\n"
    assert "Noted" in run("head", "--to", str(kept))
    before = kept.read_bytes()
    assert "Noted" in run("head", "--to", str(kept))
    assert kept.read_bytes().startswith(before)
    assert len(kept.read_bytes()) > len(before)
    assert run("verify", "--against", str(kept)) == "Every chain is whole.\n"
    assert run("verify", str(export), "--against", str(kept)) == "Every chain is whole.\n"
    shown = [orjson.loads(line) for line in run("head").splitlines()]
    number = next(head["number"] for head in shown if head["chain"] == "ok")

    with world.rooms.database.engine.begin() as connection:
        connection.execute(text("DELETE FROM events WHERE chain = 'ok' AND number > :n"), {"n": number - 10})
        connection.execute(
            text(
                "UPDATE event_heads SET number = :n, event_hash = "
                "(SELECT event_hash FROM events WHERE chain = 'ok' AND number = :n) WHERE chain = 'ok'"
            ),
            {"n": number - 10},
        )
    assert run("verify") == "Every chain is whole.\n"
    said = run("verify", "--against", str(kept), status=1)
    assert f"event {number}, which was noted on" in said
    assert f"the newest that is there is event {number - 10}" in said
    # the export from before still is what it was
    assert run("verify", str(export), "--against", str(kept)) == "Every chain is whole.\n"


def test_an_altered_file_is_told(world: World, tmp_path: Path) -> None:
    """One chain, or from a day on, is whole too; one altered line is named, and a line that is none is refused."""
    issued = world.issue()
    export = tmp_path / "ok.jsonl"
    run("export", str(export), "--chain", "ok", "--since", "2026-11-21")
    lines = export.read_bytes().splitlines(keepends=True)
    assert [orjson.loads(line)["subject"] for line in lines] == [issued["id"]]
    assert run("verify", str(export)) == "Every chain is whole.\n"
    export.write_bytes(lines[0].replace(b"access-key:", b"access-key;"))
    number = orjson.loads(lines[0])["number"]
    assert f"chain ok: event {number} is not what it was" in run("verify", str(export), status=1)
    export.write_bytes(lines[0] + b"{}\n")
    with pytest.raises(InvalidInput, match="Line 2 is not an event"):
        run("verify", str(export))
    with pytest.raises(InvalidInput, match="Line 1 is not a head"):
        run("verify", "--against", str(export))


def test_files_are_refused_in_words(tmp_path: Path) -> None:
    """What is there is not overwritten, and what is not there cannot be read."""
    there = tmp_path / "there"
    there.write_text("mine")
    with pytest.raises(InvalidInput, match="not overwritten"):
        run("export", str(there))
    assert there.read_text() == "mine"
    for words in (("verify", str(tmp_path / "no")), ("verify", "--against", str(tmp_path / "no"))):
        with pytest.raises(InvalidInput, match="cannot be read"):
            run(*words)
    with pytest.raises(InvalidInput, match="cannot be written"):
        run("export", str(tmp_path / "no" / "file"))
    with pytest.raises(InvalidInput, match="cannot be written"):
        run("head", "--to", str(tmp_path))
