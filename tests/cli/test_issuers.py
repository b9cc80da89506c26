"""`okbadges issuer`: create with a domain, add keys of several kinds, mark one compromised, list and issue anew what it signed."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from okbadges.building import build_rooms
from okbadges.cli import opened
from okbadges.cli.issuers import issuer
from okbadges.errors import Conflict, InvalidInput, NotFound, OkbadgesError
from okbadges.spreadsheets import read_rows
from support.softhsm import set_up_token
from support.world import BASE_URL, SECRET

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import Prepared, World

COLUMNS = ("credential", "badge", "organisation", "issued_at", "forms")
DONE_COLUMNS = ("credential", "organisation", "issued_anew", "claim_link", "refused")
SINCE = ("--since", "2026-11-20T12:00+02:00")


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody at a terminal."""

    runner: CliRunner

    def must(self, *words: str, answer: str | None = None) -> str:
        """Run one command that must work and return what it said."""
        done = self.runner.invoke(issuer, words, input=answer)
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    def refused(self, *words: str) -> OkbadgesError:
        """Run a command that must be refused and return the refusal."""
        done = self.runner.invoke(issuer, words)
        assert isinstance(done.exception, OkbadgesError), done.output
        return done.exception


@pytest.fixture
def operator(world: World, ground: tuple[str, Prepared], monkeypatch: pytest.MonkeyPatch) -> Operator:
    """Return an operator of the world's installation, whose clock shows the same time."""
    monkeypatch.setenv("OKBADGES_DATABASE_URL", ground[0])
    monkeypatch.setenv("OKBADGES_BASE_URL", BASE_URL)
    monkeypatch.setenv("OKBADGES_SECRET", SECRET)
    monkeypatch.setattr(opened, "build_rooms", partial(build_rooms, now=world.clock))
    return Operator(CliRunner())


def test_an_issuer_can_have_a_domain_of_its_own(operator: Operator, world: World) -> None:
    """It gets two keys and a DID of the domain; the did document is there, and what the domain has to do is said."""
    said = operator.must(
        "create", "saatio", "--name", "Säätiö", "--url", "https://saatio.example", "--domain", "badges.saatio.example"
    )
    assert "did:web:badges.saatio.example#key-1 (ed25519)" in said
    assert "did:web:badges.saatio.example#key-2 (p256)" in said
    assert "https://badges.saatio.example" in said
    assert len(world.client.get("/issuers/saatio/did.json").json()["verificationMethod"]) == 2
    create = ("create", "other", "--name", "x", "--url", "https://x.example", "--domain")
    assert isinstance(operator.refused(*create, "badges.saatio.example"), Conflict)
    assert isinstance(operator.refused(*create, "Badges.saatio.example"), InvalidInput)
    assert "saatio" in operator.must("list")


def test_keys_are_added_and_listed(operator: Operator) -> None:
    """A key says from when it signs; the list has the numbers that other commands ask for."""
    assert "#key-3 (ed25519) is published and signs from 2026-11-21T12:10Z" in operator.must("add-key", "ok")
    assert "#key-4 (rsa3072) is published and signs from 2026-11-21T12:00Z" in operator.must(
        "add-key", "ok", "--kind", "rsa3072"
    )
    listed = operator.must("keys", "ok").splitlines()
    assert [line.split("  ")[:2] for line in listed] == [
        ["1", "ed25519"],
        ["2", "p256"],
        ["3", "ed25519"],
        ["4", "rsa3072"],
    ]
    assert operator.refused("add-key", "ok", "--in-token").code == "no-token"
    assert isinstance(operator.refused("add-key", "nowhere"), NotFound)


def test_a_key_is_made_in_a_token(operator: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the three settings; a PIN that others can read stops everything."""
    token = set_up_token(tmp_path)
    for name, value in token.environment().items():
        monkeypatch.setenv(name, value)
    token.pin_file.chmod(0o644)
    assert operator.refused("keys", "ok").code == "secret-exposed"
    token.pin_file.unlink()
    assert operator.refused("keys", "ok").code == "secret-unreadable"
    monkeypatch.delenv("OKBADGES_PKCS11_TOKEN")
    assert operator.refused("keys", "ok").code == "token-half"


def test_a_compromised_key_is_marked_and_its_credentials_are_issued_anew(
    operator: Operator, world: World, tmp_path: Path
) -> None:
    """Marked after a question, listed, issued anew into a private file of claim links; run again, nothing is left to do."""
    share = {"purpose": "other", "expires_on": "2027-05-31"}
    issued = [world.issue(share=share), world.issue(badge="kasi-puu")]
    said = operator.must("key-compromised", "ok", "1", *SINCE, answer="y\n")
    assert "#key-1 is revoked" in said
    assert "#key-3 signs in its place from now on" in said
    assert "2 credentials have to be issued anew" in said
    assert "compromised since 2026-11-20T10:00Z" in operator.must("keys", "ok")
    assert "already revoked" in operator.must("key-compromised", "ok", "1", *SINCE, "--yes")
    shown = operator.must("reissue-list", "ok")
    assert all(one["id"] in shown for one in issued)
    listed, done = tmp_path / "list.csv", tmp_path / "done.csv"
    operator.must("reissue-list", "ok", "--csv", str(listed))
    rows = read_rows(listed.read_bytes(), columns=COLUMNS)
    # in no order that can be told: both were issued at one moment of this test's clock
    assert {(row.values["credential"], row.values["organisation"]) for row in rows} == {
        (one["id"], "kemi") for one in issued
    }
    assert "2 credentials were issued anew, 0 could not be" in operator.must("reissue-all", "ok", "--csv", str(done))
    assert stat.S_IMODE(done.stat().st_mode) == stat.S_IMODE(listed.stat().st_mode) == 0o600
    world.clock.move(seconds=2)
    anew = read_rows(done.read_bytes(), columns=DONE_COLUMNS)
    assert {row.values["credential"] for row in anew} == {one["id"] for one in issued}
    for row in anew:
        page = world.client.get(row.values["claim_link"] + "/credential.json")
        assert page.json()["id"] == row.values["issued_anew"]
        assert world.rooms.verify(page.content).verdict == "VALID"
    assert operator.must("reissue-list", "ok") == "0 credentials have to be issued anew\n"
    assert operator.refused("reissue-all", "ok", "--csv", str(done)).code == "file-exists"
    assert "0 credentials were issued anew" in operator.must("reissue-all", "ok", "--csv", str(tmp_path / "again.csv"))


def test_nothing_is_marked_without_a_yes(operator: Operator) -> None:
    """Whoever says no has changed nothing."""
    done = operator.runner.invoke(issuer, ("key-compromised", "ok", "1", *SINCE), input="n\n")
    assert done.exit_code == 1
    assert "compromised" not in operator.must("keys", "ok")


@pytest.mark.parametrize(
    "since", ["", "yesterday", "2026-11-20", "2026-11-20T10:00", "2026-13-01T00:00Z", "0001-01-01T00:00+14:00"]
)
def test_a_moment_is_written_whole(operator: Operator, since: str) -> None:
    """Without its time zone a moment could be meant in two ways."""
    assert operator.refused("key-compromised", "ok", "1", "--since", since, "--yes").code == "since"


def test_what_cannot_be_marked_is_refused(operator: Operator) -> None:
    """Another issuer, a number that no key has, a moment that has not been."""
    assert operator.refused("key-compromised", "nowhere", "1", *SINCE, "--yes").code == "unknown-issuer"
    assert operator.refused("key-compromised", "ok", "77", *SINCE, "--yes").code == "unknown-key"
    future = ("--since", "2027-01-01T00:00Z", "--yes")
    assert operator.refused("key-compromised", "ok", "1", *future).code == "since-in-future"
    assert operator.runner.invoke(issuer, ("key-compromised", "ok", "0", *SINCE, "--yes")).exit_code == 2
