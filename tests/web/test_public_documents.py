"""``/issuers/{slug}/did.json`` and ``/issuers/{slug}/status/{number}``."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from okbadges.organisations.issuers import create_issuer, find_issuer
from support.corrections import correct

if TYPE_CHECKING:
    from okbadges.issuing.publishing import Published
    from support.world import World


def test_the_did_document_lists_every_key(world: World) -> None:
    """A new key is published beside the old ones and signs ten minutes later; what the old one signed stays valid."""
    share = {"purpose": "other", "expires_on": "2026-12-01"}
    before = world.issue(share=share)
    with world.rooms.database.read() as session:
        issuer = find_issuer(session, "ok")
    world.rooms.keyring.add_key(world.rooms.writer, world.rooms.stamp("test"), issuer)
    meanwhile = world.issue(share=share)
    world.clock.move(minutes=10)
    after = world.issue(share=share)
    document = world.client.get("/issuers/ok/did.json").json()
    assert document["id"] == "did:web:localhost%3A8000:issuers:ok"
    assert document["assertionMethod"] == [f"{document['id']}#key-{number}" for number in (1, 2, 3)]
    for issued, number in ((before, 1), (meanwhile, 1), (after, 3)):
        assert issued["credential"]["proof"]["verificationMethod"].endswith(f"#key-{number}")
        report = world.client.get(issued["share_link"], headers={"Accept": "application/json"}).json()
        assert report["verdict"] == "VALID"


def test_an_issuer_with_a_domain_of_its_own_is_found_there(world: World) -> None:
    """Its did document is where did:web looks for it when the request is for that domain, however the domain is written."""
    rooms = world.rooms
    made = create_issuer(
        rooms.writer,
        rooms.stamp("test"),
        slug="saatio",
        name="Säätiö",
        url="https://saatio.example",
        description=None,
        base_url=rooms.base_url,
        domain="badges.saatio.example",
    )
    with rooms.database.read() as session:
        rooms.keyring.add_first_keys(session, rooms.writer, rooms.stamp("test"), made)
    for host in ("badges.saatio.example", "Badges.Saatio.Example", "badges.saatio.example:443"):
        answer = world.client.get("/.well-known/did.json", headers={"Host": host})
        assert answer.status_code == 200
        assert answer.json()["id"] == "did:web:badges.saatio.example"
        assert answer.headers["content-type"] == "application/did+json"
    assert world.client.get("/issuers/saatio/did.json").content == answer.content
    for host in ("localhost:8000", "saatio.example", "", "badges.saatio.example:8443", "a b", "ä.example"):
        answer = world.client.get("/.well-known/did.json", headers={b"Host": host.encode("latin-1")})
        assert (answer.status_code, answer.json()["code"]) == (404, "no-issuer-here"), host


def test_the_status_list_is_a_signed_credential_that_can_be_cached(world: World) -> None:
    """The list is signed by the issuer, is fresh for at most 30 seconds, and an unchanged one is answered with 304."""
    issued = world.issue()
    path = issued["credential"]["credentialStatus"]["statusListCredential"].removeprefix("http://localhost:8000")
    answer = world.client.get(path)
    listed = answer.json()
    assert "BitstringStatusListCredential" in listed["type"]
    assert listed["proof"]["verificationMethod"].startswith(issued["credential"]["issuer"]["id"])
    assert answer.headers["cache-control"] == "public, max-age=30"
    assert answer.headers["access-control-allow-origin"] == "*"
    again = world.client.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == answer.headers["etag"]
    assert again.headers["cache-control"] == "public, max-age=30"
    other = world.client.get(path, headers={"If-None-Match": '"another", W/"one more"'})
    assert (other.status_code, other.content) == (200, answer.content)


@pytest.mark.parametrize("revoked", [False, True])
def test_of_many_who_ask_for_a_list_that_is_a_second_old_one_looks_it_up(
    world: World, monkeypatch: pytest.MonkeyPatch, *, revoked: bool
) -> None:
    """The others wait for what that one finds, or signs anew, and a list that is not there is looked for by each of them."""
    issued = world.issue()
    path = issued["credential"]["credentialStatus"]["statusListCredential"].removeprefix("http://localhost:8000")
    publishing, looked_up = world.rooms.publishing, []
    whole = publishing.status_list

    def slowly(slug: str, number: int) -> Published:
        looked_up.append(number)
        time.sleep(0.3)  # so that all have come before it is found
        return whole(slug, number)

    world.client.get(path)
    world.clock.move(seconds=2)
    if revoked:
        correct(world, issued["id"], "revoke", reason="replaced")
    monkeypatch.setattr(publishing, "status_list", slowly)
    assert _at_once(world, path) == {200}
    assert looked_up == [1]
    assert _at_once(world, "/issuers/ok/status/7") == {404}
    assert looked_up == [1, 7, 7, 7, 7]


def _at_once(world: World, path: str) -> set[int]:
    """Let four people ask at the same moment and return the codes of the answers."""
    with ThreadPoolExecutor(4) as people:
        return {person.result().status_code for person in [people.submit(world.client.get, path) for _ in range(4)]}


def test_the_list_changes_with_a_revocation(world: World) -> None:
    """After a revocation the list is another one, with another tag."""
    issued = world.issue()
    path = issued["credential"]["credentialStatus"]["statusListCredential"].removeprefix("http://localhost:8000")
    before = world.client.get(path)
    world.clock.move(seconds=5)
    world.client.post(f"/v1/credentials/{issued['id']}/revoke", json={"reason": "replaced"}, headers=world.as_iida())
    after = world.client.get(path)
    assert after.headers["etag"] != before.headers["etag"]
    assert after.json()["credentialSubject"]["encodedList"] != before.json()["credentialSubject"]["encodedList"]


@pytest.mark.parametrize(
    "path",
    ["/issuers/nobody/did.json", "/issuers/ok/status/99", "/issuers/nobody/status/1"],
)
def test_what_is_not_there_is_a_problem(world: World, path: str) -> None:
    """An unknown issuer or list is answered with a problem document."""
    answer = world.client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_list_number_that_is_no_number_is_a_problem(world: World) -> None:
    """A list number that is not a whole number from 1 is refused by name."""
    for number in ("0", "x", "-1"):
        answer = world.client.get(f"/issuers/ok/status/{number}")
        assert (answer.status_code, answer.json()["field"]) == (422, "number")
