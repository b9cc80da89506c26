"""``POST /v1/credentials/{id}/revoke`` and ``GET /v1/credentials/{id}``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from okbadges.credentials.status_list import decode_list
from okbadges.organisations.roles import Scope
from support.corrections import (
    code_of,
    correct,
    events,
    looked_up,
    revisions,
    row_of,
    side_by_side,
    summary_with_badges,
    verdict,
)
from support.journal import broken_links

if TYPE_CHECKING:
    from support.world import World

SHARE = {"purpose": "study-plan", "expires_on": "2027-05-01"}


def test_it_works(world: World) -> None:
    """A revoked credential says when and why to its organisation, and REVOKED to everyone."""
    issued = world.issue(share=SHARE)
    answer = correct(world, issued["id"], "revoke", reason="issued-in-error", note="Väärä merkki listalla.")
    assert answer.status_code == 200
    assert answer.json()["revoked_at"] == "2026-11-21T12:00:00+00:00"
    assert answer.json()["revocation_reason"] == "issued-in-error"
    assert answer.json()["revocation_note"] == "Väärä merkki listalla."
    assert answer.json()["summaries"] == []
    shared = world.client.get(issued["share_link"], headers={"Accept": "application/json"})
    assert shared.json()["verdict"] == "REVOKED"
    assert "issued-in-error" not in shared.text
    assert "listalla" not in shared.text


def test_the_page_shows_it_although_the_list_was_just_signed(world: World) -> None:
    """A page that was looked at before the revocation shows it a second after, in each of its forms, and is kept nowhere."""
    issued = world.issue(share=SHARE)
    assert verdict(world, issued) == "VALID"
    correct(world, issued["id"], "revoke", reason="issued-in-error")
    world.clock.move(seconds=1)
    assert verdict(world, issued) == "REVOKED"
    page = world.client.get(issued["share_link"], headers={"Accept": "text/html"})
    assert "peruttu 21.11.2026" in page.text
    assert page.headers["cache-control"] == "no-store"


def test_the_status_list_shows_it_within_a_minute(world: World) -> None:
    """A verifier elsewhere who keeps the list as long as it may be kept has the new bit within a minute."""
    issued = world.issue()
    entry = issued["credential"]["credentialStatus"]
    index = int(entry["statusListIndex"])
    address = entry["statusListCredential"]
    before = world.client.get(address)
    assert not _bits(before.json()).get(index)
    changes = revisions(world)
    correct(world, issued["id"], "revoke", reason="holder-request")
    assert revisions(world) == changes + 1
    kept_for = int(before.headers["cache-control"].partition("max-age=")[2].partition(",")[0])
    assert kept_for + 1 <= 60
    world.clock.move(seconds=kept_for)
    after = world.client.get(address)
    assert _bits(after.json()).get(index)
    assert after.json()["proof"] != before.json()["proof"]


def test_a_second_revocation_changes_nothing(world: World) -> None:
    """Revoked stays revoked, with the first time, the first reason and the first note."""
    issued = world.issue()
    first = correct(world, issued["id"], "revoke", reason="wrong-participant", note="Ensimmäinen")
    changes = revisions(world)
    world.clock.move(hours=1)
    second = correct(world, issued["id"], "revoke", reason="issued-in-error", note="Toinen")
    assert second.json() == first.json()
    assert revisions(world) == changes


def test_many_revocations_at_once_are_one_change(world: World) -> None:
    """Two hundred revocations side by side, fifty at a time, are one change, one event, and one reason for all."""
    issued = world.issue()
    reasons = ["issued-in-error", "wrong-participant", "holder-request", "key-compromised"]
    answers = []
    for _ in range(4):
        tasks = [partial(correct, world, issued["id"], "revoke", reason=reasons[place % 4]) for place in range(50)]
        answers += side_by_side(tasks)
    assert {answer.status_code for answer in answers} == {200}
    (event,) = events(world, "credential.revoked")
    assert event.subject == issued["id"]
    assert {answer.json()["revocation_reason"] for answer in answers} == {
        looked_up(world, issued["id"])["revocation_reason"]
    }
    assert revisions(world) == 1
    with world.rooms.database.read() as session:
        assert list(broken_links(session)) == []


def test_the_note_is_sealed(world: World) -> None:
    """A note is not readable in the database, nor in the journal."""
    issued = world.issue()
    correct(world, issued["id"], "revoke", reason="issued-in-error", note="Kirjattiin kahdesti")
    sealed = row_of(world, issued["id"]).sealed_revocation_note
    assert sealed is not None
    assert b"kahdesti" not in sealed
    (event,) = events(world, "credential.revoked")
    assert event.details == '{"reason":"issued-in-error"}'


@pytest.mark.parametrize(
    "note",
    [
        "Kysy: otto@example.fi",
        "Soita 040 123 4567",
        "Tunnus 131052-308T",
        "a" * 501,
        "näky\u0007mätön",
        17,
        ["a"],
    ],
)
def test_a_note_about_whom_is_refused(world: World, note: object) -> None:
    """What finds or names a person, what is too long and what cannot be seen is refused, and nothing is revoked."""
    issued = world.issue()
    answer = correct(world, issued["id"], "revoke", reason="issued-in-error", note=note)
    assert (answer.status_code, answer.json()["field"]) == (422, "note")
    assert looked_up(world, issued["id"])["revoked_at"] is None


def test_an_empty_note_is_none(world: World) -> None:
    """A note of spaces is no note."""
    answer = correct(world, world.issue()["id"], "revoke", reason="issued-in-error", note="  ")
    assert answer.json()["revocation_note"] is None


def test_summaries_that_rest_on_it_are_named(world: World) -> None:
    """A summary badge stays valid when one of its badges is revoked, and the answer says that somebody has to decide."""
    summary, small = summary_with_badges(world)
    answer = correct(world, small["opi-hakeminen"]["id"], "revoke", reason="issued-in-error")
    assert answer.json()["summaries"] == [summary["id"]]
    assert looked_up(world, summary["id"])["revoked_at"] is None
    correct(world, summary["id"], "revoke", reason="issued-in-error")
    again = correct(world, small["opi-hakeminen"]["id"], "revoke", reason="issued-in-error")
    assert again.json()["summaries"] == []


def test_another_organisation_does_not_even_see_it(world: World) -> None:
    """A key of another organisation can neither read nor revoke it, and is not told that it exists."""
    issued = world.issue()
    for answer in (
        world.client.get(f"/v1/credentials/{issued['id']}", headers=world.as_partner()),
        correct(world, issued["id"], "revoke", world.as_partner(), reason="replaced"),
        world.client.get("/v1/credentials/urn:uuid:6f2d1c1e-0d5a-4f0e-9d5b-1c8a2f7e4b11", headers=world.as_partner()),
        world.client.get("/v1/credentials/nonsense", headers=world.as_partner()),
    ):
        assert code_of(answer) == (404, "unknown-credential")
    assert looked_up(world, issued["id"])["revoked_at"] is None


@pytest.mark.parametrize(
    "body", [{"reason": "because"}, {"reason": None}, {}, {"reason": "issued-in-error", "why": "x"}, {"reason": 7}]
)
def test_a_strange_body_is_refused(world: World, body: dict[str, Any]) -> None:
    """A reason that is not one of the codes, none, and a member that is not known are refused by name."""
    answer = correct(world, world.issue()["id"], "revoke", **body)
    assert (answer.status_code, answer.json()["field"]) == (422, "why" if "why" in body else "reason")


def test_who_may_revoke(world: World) -> None:
    """Instructors and administrators may; teachers, auditors and keys that only issue may not."""
    for headers in (world.as_tuula(), world.as_audrey(), world.key([Scope.ISSUE]), world.key([Scope.READ])):
        issued = world.issue()
        assert code_of(correct(world, issued["id"], "revoke", headers, reason="replaced")) == (403, "scope-missing")
        assert looked_up(world, issued["id"])["revoked_at"] is None
    for headers in (world.as_iida(), world.as_aino(), world.key([Scope.REVOKE])):
        assert correct(world, world.issue()["id"], "revoke", headers, reason="replaced").status_code == 200
    assert world.client.post(f"/v1/credentials/{issued['id']}/revoke", json={"reason": "replaced"}).status_code == 401
    read = world.client.get(f"/v1/credentials/{issued['id']}", headers=world.key([Scope.ISSUE]))
    assert read.status_code == 403


def test_a_credential_is_found_by_its_bare_uuid_too(world: World) -> None:
    """The id works with and without urn:uuid: in the address."""
    issued = world.issue()
    bare = issued["id"].removeprefix("urn:uuid:")
    answer = world.client.get(f"/v1/credentials/{bare}", headers=world.as_iida())
    assert answer.json()["credential"] == issued["credential"]
    assert answer.json()["revoked_at"] is None


def _bits(document: dict[str, Any]) -> Any:
    return decode_list(document["credentialSubject"]["encodedList"])
