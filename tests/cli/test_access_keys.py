"""`okbadges access-key`: for programs and members, listed with role and last use, revoked; on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from okbadges.cli import command_line
from okbadges.cli.opened import open_rooms
from okbadges.errors import OkbadgesError
from okbadges.organisations.access_keys import caller_of
from okbadges.organisations.issuers import create_issuer
from okbadges.organisations.members import create_member
from okbadges.organisations.roles import Role
from okbadges.organisations.workshops import create_organisation
from support.world import BASE_URL, SECRET

if TYPE_CHECKING:
    from pathlib import Path


def run(*words: str) -> str:
    """Run a command in this process and return what it printed; what it refuses is raised."""
    done = CliRunner().invoke(command_line(list(words)), list(words), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(params=["sqlite", "postgres"])
def member(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Set up an installation with an organisation, and return the id of its instructor."""
    url = (
        f"sqlite:///{tmp_path}/okbadges.sqlite3"
        if request.param == "sqlite"
        else request.getfixturevalue("fresh_postgres_url")
    )
    for name, value in {"DATABASE_URL": url, "BASE_URL": BASE_URL, "SECRET": SECRET}.items():
        monkeypatch.setenv(f"OKBADGES_{name}", value)
    run("migrate")
    with open_rooms() as rooms:
        stamp = rooms.stamp("test")
        issuer = create_issuer(
            rooms.writer, stamp, slug="ok", name="OK", url="https://ok.example", description=None, base_url=BASE_URL
        )
        kemi = create_organisation(rooms.writer, stamp, issuer_id=issuer.id, slug="kemi", name="Kemi")
        made = create_member(rooms.writer, stamp, rooms.secrets, organisation=kemi, role=Role.INSTRUCTOR, name="Iida")
    return str(made.id)


def test_it_works(member: str) -> None:
    """A member's key gets what the role may; it is listed with role and last use, and revoked."""
    key = run("access-key", "create", "kemi", "--label", "tablet", "--role", "instructor", "--member", member).split()[
        0
    ]
    prefix = key.split("_")[1]
    with open_rooms() as rooms, rooms.database.read() as session:
        caller = caller_of(session, rooms.secrets, key, now=rooms.now())
        assert (caller.role, str(caller.member_id)) == (Role.INSTRUCTOR, member)
        rooms.last_use.note(caller, now=rooms.now())
    (line,) = run("access-key", "list").splitlines()
    for word in (prefix, "instructor", "valid", "used 20", "kemi", "credentials:issue", "tablet"):
        assert word in line
    assert key not in line
    assert "revoked" in run("access-key", "revoke", prefix)
    assert "revoked" in run("access-key", "list")
    assert run("audit", "verify") == "Every chain is whole.\n"


def test_a_partner_may_be_trusted_to_sign_from_here_only(member: str) -> None:
    """The command line makes what the API refuses: a key that has whatever is handed in signed."""
    key = run(
        "access-key", "create", "kemi", "--label", "register", "--scope", "vc-api:issue", "--days", "1100"
    ).split()[0]
    (line,) = run("access-key", "list").splitlines()
    assert member not in line
    assert key.split("_")[1] in line
    assert "partner" in line
    assert "never used" in line


def test_what_cannot_be_is_refused_in_words(member: str) -> None:
    """A wrong role, no scopes for a partner, an unknown organisation or member: one sentence, and no key."""
    wrong = {
        ("kemi", "--label", "x"): "at least one scope",
        ("kemi", "--label", "x", "--role", "teacher", "--member", member): "role: instructor",
        ("kemi", "--label", "x", "--role", "teacher", "--scope", "credentials:issue"): "may not have",
        ("nowhere", "--label", "x", "--scope", "credentials:read"): "no organisation nowhere",
        ("kemi", "--label", "", "--scope", "credentials:read"): "A label has",
    }
    for words, said in wrong.items():
        with pytest.raises(OkbadgesError, match=said):
            run("access-key", "create", *words)
    for words in (("--days", "1101"), ("--days", "0"), ("--member", "iida"), ("--role", "king")):
        command = ["access-key", "create", "kemi", "--label", "x", "--scope", "credentials:read", *words]
        assert CliRunner().invoke(command_line(command), command).exit_code == 2
    assert run("access-key", "list") == ""
