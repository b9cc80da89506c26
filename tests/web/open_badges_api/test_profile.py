"""``GET`` and ``PUT /ims/ob/v3p0/profile``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest
from sqlmodel import select

from okbadges.passport.profiles import profile_of, remove_profile
from okbadges.storage.tables import EventRow, HolderProfileRow
from support.corrections import side_by_side
from support.learners import new_group, new_participant
from support.partners import API, allowed

if TYPE_CHECKING:
    from support.open_badges_api import OpenBadgesClient
    from support.world import World
    from web.open_badges_api.conftest import Sani

PROFILE = f"{API}/profile"
CERT: dict[str, Any] = {"id": "https://1edtech.org/issuers/cert", "type": ["Profile"], "name": "Sani"}
WHOLE: dict[str, Any] = {
    **CERT,
    "email": "sani@example.org",
    "phone": "+358401234567",
    "url": "https://sani.example",
    "givenName": "Sani",
    "familyName": "Salainen",
    "dateOfBirth": "2008-01-31",
    "image": {"id": "https://sani.example/face.png", "type": "Image"},
    "address": {"type": ["Address"], "addressLocality": "Kemi"},
    "otherIdentifier": [{"type": "IdentifierEntry", "identifier": "s1", "identifierType": "userName"}],
}


def told(world: World) -> list[str]:
    """Return what the journal tells of profiles."""
    wanted = select(EventRow).where(EventRow.action.startswith("profile."))
    with world.rooms.database.read() as session:
        return sorted(event.action for event in session.exec(wanted))


def test_it_works(world: World, sani: Sani, backpack: OpenBadgesClient) -> None:
    """There is none until one is put; then it is given back whole, with a context."""
    assert backpack.call("getProfile", token=sani.token).status_code == 404
    put = backpack.call("putProfile", token=sani.token, body=orjson.dumps(CERT))
    assert put.status_code == 200
    read = backpack.call("getProfile", token=sani.token)
    assert (read.status_code, read.content) == (200, put.content)
    assert read.json() == {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        **CERT,
    }
    assert read.headers["Cache-Control"] == "no-store"
    assert told(world) == ["profile.kept"]


def test_what_is_put_is_whole(world: World, sani: Sani, backpack: OpenBadgesClient) -> None:
    """A profile takes the place of all of the one before; its own context and members of its own stay."""
    backpack.call("putProfile", token=sani.token, body=orjson.dumps(WHOLE))
    assert backpack.call("getProfile", token=sani.token).json()["email"] == "sani@example.org"
    other = {"@context": ["https://www.w3.org/ns/credentials/v2"], **CERT, "ext:nick": "S"}
    backpack.call("putProfile", token=sani.token, body=orjson.dumps(other))
    assert backpack.call("getProfile", token=sani.token).json() == other
    assert told(world) == ["profile.kept"] * 2


def test_the_same_again_changes_nothing(world: World, sani: Sani, backpack: OpenBadgesClient) -> None:
    """A repeat leaves no event, and neither do several at once."""
    body = orjson.dumps(CERT)
    side_by_side([lambda: backpack.call("putProfile", token=sani.token, body=body)] * 3)
    assert told(world) == ["profile.kept"]


def test_it_is_sealed_and_goes(world: World, sani: Sani, backpack: OpenBadgesClient) -> None:
    """No name is in the database or in the journal; after the holder removed it there is none."""
    backpack.call("putProfile", token=sani.token, body=orjson.dumps(WHOLE))
    rooms, passport = world.rooms, sani.program.passport_id
    with rooms.database.read() as session:
        assert b"Salainen" not in session.exec(select(HolderProfileRow)).one().sealed_profile
        assert b"Salainen" not in b"".join(event.details.encode() for event in session.exec(select(EventRow)))
    for _ in range(2):
        remove_profile(rooms.writer, rooms.stamp("holder"), passport)
    assert told(world) == ["profile.kept", "profile.removed"]
    assert backpack.call("getProfile", token=sani.token).status_code == 404
    with rooms.database.read() as session:
        assert profile_of(session, rooms.secrets, passport) is None


def test_nobody_elses(world: World, sani: Sani, backpack: OpenBadgesClient) -> None:
    """A token of one holder finds no profile of another."""
    backpack.call("putProfile", token=sani.token, body=orjson.dumps(WHOLE))
    eino = allowed(world, new_participant(world, new_group(world, slug="ilta"), "Eino"))
    assert backpack.call("getProfile", token=eino.token).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b"", b"nonsense", b"[]", b"{}", b"null", b'"Sani"', b'{"id":"urn:x:1"}', b'{"type":["Profile"]}', b"\xff",
        b'{"id":"urn:x:1","type":["Achievement"]}', b'{"id":"no address","type":["Profile"]}', b'{"id":1,"type":["Profile"]}',
        b'{"id":"urn:x:1","type":["Profile"],"name":{"fi":"Sani"}}', b'{"id":"urn:x:1","id":"urn:x:2","type":["Profile"]}',
        b'{"id":"urn:x:1","type":["Profile"],"dateOfBirth":"31.1.2008"}', b'{"id":"urn:x:1","type":["Profile"],"email":["a"]}',
        b'{"id":"urn:x:1","type":["Profile"],"image":{"id":"urn:x:2","type":"Image","onerror":"x"}}',
        b'{"@context":[{"@vocab":"urn:x:"}],"id":"urn:x:1","type":["Profile"]}', b'{"@context":1,"id":"urn:x:1","type":["Profile"]}',
        b'{"id":"urn:x:1","type":["Profile"],"name":NaN}', b"[" * 5000,
        b'{"id":"urn:x:1","type":["Profile"],"endorsement":[{"id":"urn:x:2"}]}',
    ],
)  # fmt: skip
def test_what_is_no_profile_is_refused(sani: Sani, backpack: OpenBadgesClient, body: bytes) -> None:
    """422 in the shape of the standard, with the place of the first mistake; nothing is kept."""
    answer = backpack.call("putProfile", token=sani.token, body=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["imsx_codeMinor"]["imsx_codeMinorField"][0]["imsx_codeMinorFieldValue"] == "invalid_data"
    assert backpack.call("getProfile", token=sani.token).status_code == 404


def test_a_body_over_the_limit_is_refused(sani: Sani, backpack: OpenBadgesClient) -> None:
    """64 KiB are taken, one byte more is not."""
    space = 64 * 1024 - len(orjson.dumps({**CERT, "description": ""}))
    body = orjson.dumps({**CERT, "description": "x" * space})
    assert backpack.call("putProfile", token=sani.token, body=body).status_code == 200
    assert backpack.call("putProfile", token=sani.token, body=body + b" ").status_code == 413


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_another_kind_of_body_is_not_taken(world: World, sani: Sani, media_type: str) -> None:
    """415, and nothing is kept."""
    headers = {**sani.program.headers, "Content-Type": media_type}
    assert world.client.put(PROFILE, content=orjson.dumps(CERT), headers=headers).status_code == 415
