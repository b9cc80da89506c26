"""``okbadges credential list|revoke|reissue`` and ``okbadges participant erase``."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

import pytest

from support.command_line import Operator, operating
from support.corrections import correct, events, looked_up, row_of, summary_with_badges
from support.journal import broken_links

if TYPE_CHECKING:
    from support.world import World


@pytest.fixture
def operator(world: World, monkeypatch: pytest.MonkeyPatch) -> Operator:
    """Return the operator of this test's installation."""
    return operating(world, monkeypatch)


def test_it_works(operator: Operator) -> None:
    """Credentials are listed, corrected and revoked, and the journal says that the operator did it."""
    world = operator.world
    first, second = world.issue(), world.issue()
    listed = operator.must("credential", "list", "kemi")
    assert f"{first['id']}  digi-turva v1  2026-11-20  valid\n" in listed
    assert second["id"] in listed
    said = operator.must("credential", "reissue", first["id"], "--language", "sv", "--note", "Väärä kieli")
    newer = re.search(r"urn:uuid:\S+", said)
    assert newer is not None
    assert "/c/" in said
    assert looked_up(world, newer[0])["language"] == "sv"
    assert looked_up(world, first["id"])["revocation_note"] == "Väärä kieli"
    said = operator.must("credential", "revoke", second["id"], first["id"], "--reason", "issued-in-error")
    assert f"{second['id']}: revoked\n" in said
    assert f"{first['id']}: was revoked already\n" in said
    listed = operator.must("credential", "list", "kemi")
    assert f"revoked (replaced)  superseded by {newer[0]}" in listed
    assert "revoked (issued-in-error)" in listed
    assert {event.actor for event in events(world, "credential.revoked")} == {"operator"}
    assert operator.must("credential", "list", "ranua") == ""


def test_a_participant_is_listed_and_erased(operator: Operator) -> None:
    """The id has to be given twice; afterwards there is nobody, and the badge is listed as erased."""
    world = operator.world
    otto, other = world.issue(), world.issue()
    listed = operator.must("credential", "list", "kemi", "--participant", otto["participant"])
    assert otto["id"] in listed
    assert other["id"] not in listed
    status, said = operator.run("participant", "erase", otto["participant"], "--confirm", str(uuid.uuid4()))
    assert (status, "Repeat" in said) == (2, True)
    said = operator.must("participant", "erase", otto["participant"], "--confirm", otto["participant"])
    assert "credentials 1" in said
    assert f"{otto['id']}  digi-turva v1  erased" in operator.must("credential", "list", "kemi")
    status, said = operator.run("participant", "erase", otto["participant"], "--confirm", otto["participant"])
    assert (status, "no such participant" in said) == (2, True)
    assert len(events(world, "participant.erased")) == 1


def test_summaries_are_named(operator: Operator) -> None:
    """Whoever revokes is told which summary badges rest on it."""
    summary, small = summary_with_badges(operator.world)
    said = operator.must("credential", "revoke", small["opi-hakeminen"]["id"], "--reason", "issued-in-error")
    assert f"the summary {summary['id']} rests on it" in said


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("revoke", "urn:uuid:6f2d1c1e-0d5a-4f0e-9d5b-1c8a2f7e4b11", "--reason", "replaced"), "has issued such"),
        (("revoke", "nonsense", "--reason", "replaced"), "looks like urn:uuid"),
        (("revoke", "x", "--reason", "replaced", "--note", "otto@example.fi"), "Leave out what tells who"),
        (("revoke", "x", "--reason", "because"), "because"),
        (("revoke", "x"), "--reason"),
        (("reissue", "nonsense"), "looks like urn:uuid"),
        (("reissue", "x", "--language", "de"), "fi, sv or en"),
        (("reissue", "x", "--awarded-on", "20.11.2026"), "20.11.2026"),
        (("list", "nowhere"), "no organisation nowhere"),
    ],
)
def test_what_is_wrong_is_said(operator: Operator, words: tuple[str, ...], part: str) -> None:
    """Each mistake is one sentence, and nothing is changed."""
    status, said = operator.run("credential", *words)
    assert status == 2
    assert part in said
    assert events(operator.world, "credential.revoked") == []


def test_what_cannot_be_corrected_is_refused(operator: Operator) -> None:
    """A revoked credential stays revoked."""
    world = operator.world
    issued = world.issue()
    correct(world, issued["id"], "revoke", reason="issued-in-error")
    status, said = operator.run("credential", "reissue", issued["id"])
    assert (status, "revoked for good" in said) == (2, True)
    assert row_of(world, issued["id"]).revocation_reason == "issued-in-error"
    with world.rooms.database.read() as session:
        assert list(broken_links(session)) == []
