"""``POST /v1/credentials/{id}/revoke`` and ``GET /v1/credentials/{id}``."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from sqlmodel import select

from okbadges.organisations.roles import Scope
from okbadges.storage.tables import EventRow

if TYPE_CHECKING:
    from support.world import World

SHARE = {"purpose": "study-plan", "expires_on": "2027-05-01"}


def test_it_works(world: World) -> None:
    """A revoked credential says when and why to its organisation, and REVOKED to everyone."""
    issued = world.issue(share=SHARE)
    answer = world.client.post(
        f"/v1/credentials/{issued['id']}/revoke", json={"reason": "issued-in-error"}, headers=world.as_iida()
    )
    assert answer.status_code == 200
    assert answer.json()["revoked_at"] == "2026-11-21T12:00:00+00:00"
    assert answer.json()["revocation_reason"] == "issued-in-error"
    shared = world.client.get(issued["share_link"], headers={"Accept": "application/json"})
    assert shared.json()["verdict"] == "REVOKED"
    assert "issued-in-error" not in shared.text


def test_the_page_shows_it_although_the_list_was_just_signed(world: World) -> None:
    """A page that was looked at before the revocation shows it within five seconds after."""
    issued = world.issue(share=SHARE)
    report = world.client.get(issued["share_link"], headers={"Accept": "application/json"}).json()
    assert report["verdict"] == "VALID"
    world.clock.move(seconds=2)
    world.client.post(f"/v1/credentials/{issued['id']}/revoke", json={"reason": "replaced"}, headers=world.as_iida())
    world.clock.move(seconds=2)
    report = world.client.get(issued["share_link"], headers={"Accept": "application/json"}).json()
    assert report["verdict"] == "REVOKED"


def test_a_second_revocation_changes_nothing(world: World) -> None:
    """Revoked stays revoked, with the first time and the first reason."""
    path = f"/v1/credentials/{world.issue()['id']}/revoke"
    first = world.client.post(path, json={"reason": "wrong-participant"}, headers=world.as_iida())
    world.clock.move(hours=1)
    second = world.client.post(path, json={"reason": "replaced"}, headers=world.as_iida())
    assert second.json() == first.json()


def test_many_revocations_at_once_are_one_change(world: World) -> None:
    """Twenty revocations side by side are one event."""
    path = f"/v1/credentials/{world.issue()['id']}/revoke"
    with ThreadPoolExecutor(20) as pool:
        answers = pool.map(
            lambda _: world.client.post(path, json={"reason": "replaced"}, headers=world.as_iida()), range(20)
        )
        assert {answer.status_code for answer in answers} == {200}
    with world.rooms.database.read() as session:
        assert len(session.exec(select(EventRow).where(EventRow.action == "credential.revoked")).all()) == 1


def test_another_organisation_does_not_even_see_it(world: World) -> None:
    """A key of another organisation can neither read nor revoke it, and is not told that it exists."""
    issued = world.issue()
    for answer in (
        world.client.get(f"/v1/credentials/{issued['id']}", headers=world.as_partner()),
        world.client.post(
            f"/v1/credentials/{issued['id']}/revoke", json={"reason": "replaced"}, headers=world.as_partner()
        ),
        world.client.get("/v1/credentials/urn:uuid:6f2d1c1e-0d5a-4f0e-9d5b-1c8a2f7e4b11", headers=world.as_partner()),
        world.client.get("/v1/credentials/nonsense", headers=world.as_partner()),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown-credential")


def test_an_unknown_reason_is_refused(world: World) -> None:
    """A reason that is not one of the codes is refused by name."""
    answer = world.client.post(
        f"/v1/credentials/{world.issue()['id']}/revoke", json={"reason": "because"}, headers=world.as_iida()
    )
    assert (answer.status_code, answer.json()["field"]) == (422, "reason")


def test_the_scopes_are_apart(world: World) -> None:
    """A key that may issue may not revoke or read."""
    issued = world.issue()
    headers = world.key([Scope.ISSUE])
    read = world.client.get(f"/v1/credentials/{issued['id']}", headers=headers)
    revoked = world.client.post(f"/v1/credentials/{issued['id']}/revoke", json={"reason": "replaced"}, headers=headers)
    assert (read.status_code, revoked.status_code) == (403, 403)


def test_a_credential_is_found_by_its_bare_uuid_too(world: World) -> None:
    """The id works with and without urn:uuid: in the address."""
    issued = world.issue()
    bare = issued["id"].removeprefix("urn:uuid:")
    answer = world.client.get(f"/v1/credentials/{bare}", headers=world.as_iida())
    assert answer.json()["credential"] == issued["credential"]
    assert answer.json()["revoked_at"] is None
