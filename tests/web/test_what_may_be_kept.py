"""What caches may keep, as `docs/scaling.md` says: what an issuer publishes and the catalogue, never a share link."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from support.world import World

FOREVER = "public, max-age=31536000, immutable"


def test_headers(world: World) -> None:
    """Each kind of address, with how long it may be kept."""
    issued = world.issue(share={"purpose": "workplace", "expires_on": "2026-12-24"})
    share = "/s/" + issued["share_link"].rpartition("/")[2]
    status_list = "/" + issued["credential"]["credentialStatus"]["statusListCredential"].split("/", 3)[3]
    picture = "/" + issued["credential"]["credentialSubject"]["achievement"]["image"]["id"].split("/", 3)[3]
    kept = {
        "/issuers/ok/did.json": "public, max-age=300",
        status_list: "public, max-age=30",
        "/v1/badges": "public, max-age=300",
        "/v1/badges/digi-turva": "public, max-age=300",
        picture: FOREVER,
        share: "no-store",
        f"{share}/credential.json": "no-store",
        f"{share}/badge.png": "no-store",
        f"{share}/qr.svg": "no-store",
        "/passport": "no-store",
    }
    found = {path: world.client.get(path, follow_redirects=False).headers["Cache-Control"] for path in kept}
    assert found == kept


def test_what_is_kept_is_known_again(world: World) -> None:
    """Who has it already is told so in a few bytes."""
    status_list = world.issue()["credential"]["credentialStatus"]["statusListCredential"].split("/", 3)[3]
    for path in ("/issuers/ok/did.json", f"/{status_list}", "/v1/badges", "/v1/badges/digi-turva"):
        first = world.client.get(path)
        again = world.client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
        assert first.headers["Access-Control-Allow-Origin"] == "*"


def test_pages_in_languages_say_what_they_depend_on(world: World) -> None:
    """A cache between must not give one person's language to another."""
    for path in ("/badges", "/badges/digi-turva"):
        answer = world.client.get(path, headers={"Accept": "text/html"})
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        depends = {name.strip().lower() for name in answer.headers["Vary"].split(",")}
        assert {"accept", "accept-language"} <= depends
