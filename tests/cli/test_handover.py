"""An issuer that goes from one installation to another at the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.terminal import terminal

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_it_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Export says where to send what, import what to do next; the same again is refused on both sides."""
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    new.mkdir()
    here = terminal(old, capsys, "http://localhost:8000")
    there = terminal(new, capsys, "http://127.0.0.1:9000")
    here.run("issuer", "create", "ok", "--name", "OK", "--url", "https://ok.example")
    here.run("organisation", "create", "kemi", "--name", "Kemin taitopaja", "--issuer", "ok")
    file, key = str(tmp_path / "ok.handover"), str(tmp_path / "ok.key")
    said = here.run("handover", "export", "ok", file, "--key-file", key)
    assert "point the host of http://localhost:8000" in said
    assert "already there" in here.run("handover", "export", "ok", file, "--key-file", key, status=2)
    said = there.run("handover", "import", file, "--key-file", key)
    assert "did:web:localhost%3A8000:issuers:ok" in said
    assert "already an issuer" in there.run("handover", "import", file, "--key-file", key, status=2)
    assert "kemi" in there.run("organisation", "list")
    assert "Every chain is whole." in there.run("audit", "verify")
    assert "does not open" in there.run(
        "handover", "import", file, "--key-file", str(old / "okbadges.secret"), status=2
    )
