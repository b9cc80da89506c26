"""Who calls: keys that hold are let through, others are counted by address, and no answer tells more than that."""

from __future__ import annotations

import base64
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import structlog
from fastapi.testclient import TestClient
from sqlalchemy import text

from okbadges.organisations.failures import WRONG_KEYS
from okbadges.organisations.known_keys import find_access_key, revoke_access_key
from okbadges.organisations.roles import Scope

if TYPE_CHECKING:
    from support.world import World

WHO = "/v1/credentials/nonsense"


def checked(body: str) -> str:
    """Return a key with check digits that are right, whatever it is."""
    check = base64.b32encode(zlib.crc32(body.encode()).to_bytes(4, "big")).decode().rstrip("=").lower()[:6]
    return body + check


def as_key(key: str) -> dict[str, str]:
    """Return the headers that show a key."""
    return {"Authorization": f"Bearer {key}"}


def wrong(number: int) -> dict[str, str]:
    """Return the headers of a key that looks right and is nobody's."""
    return as_key(checked(f"okb_{number:08}_{'a' * 52}"))


def test_a_wrong_key_gives_no_hint(world: World) -> None:
    """However much of a key is right, the answer to a wrong one is the same to the letter."""
    key = world.keys.iida[:-6]
    answers = set()
    for right in range(4, len(key), 5):
        other = "b" if key[right] != "b" else "c"
        guess = checked(key[:right] + other + key[right + 1 :])
        answer = world.client.get(WHO, headers=as_key(guess))
        answers.add((answer.status_code, answer.text, answer.headers["www-authenticate"]))
    assert len(answers) == 1
    assert answers.pop()[0] == 401


def test_a_revoked_key_and_an_unknown_one_are_alike(world: World) -> None:
    """Whoever finds an old key is not told that it once was one."""
    headers = world.key([Scope.READ])
    prefix = headers["Authorization"].split("_")[1]
    revoke_access_key(world.rooms.writer, world.rooms.stamp("test"), prefix)
    assert world.client.get(WHO, headers=headers).text == world.client.get(WHO, headers=wrong(1)).text


def test_a_key_in_the_address_is_not_taken(world: World) -> None:
    """A key in the address opens nothing, and neither it nor the address is logged."""
    with structlog.testing.capture_logs() as logged:
        answer = world.client.get(f"{WHO}?api_key={world.keys.iida}&access_key={world.keys.iida}")
    assert (answer.status_code, answer.json()["code"]) == (401, "access-key-missing")
    assert world.keys.iida not in str(logged)
    assert "nonsense" not in str(logged)
    assert [line["route"] for line in logged] == ["/v1/credentials/{credential_id}"]


@pytest.mark.parametrize(
    "value", ["Basic aWlkYQ==", "Bearer", "okb_abc", "Bearer okb_abc", "Bearer \xe4", "bearer " + "x" * 5000]
)
def test_what_is_no_key_is_refused(world: World, value: str) -> None:
    """Another scheme, half a key, characters that no key has: 401 in words, and nothing is counted."""
    answer = world.client.get(WHO, headers=[(b"authorization", value.encode("latin-1"))])
    assert answer.status_code == 401
    assert answer.json()["code"] in {"access-key-missing", "access-key-malformed"}
    assert failures(world) == 0


def test_wrong_keys_are_counted_and_then_refused(world: World) -> None:
    """Thirty wrong keys get 401; the next ones get 429 with the seconds to wait, and are no longer counted."""
    codes = [world.client.get(WHO, headers=wrong(number)).status_code for number in range(WRONG_KEYS.most + 3)]
    assert codes == [401] * WRONG_KEYS.most + [429] * 3
    refused = world.client.get(WHO, headers=wrong(99))
    assert refused.json()["code"] == "too-many-failures"
    assert 0 < int(refused.headers["retry-after"]) <= 1800
    assert failures(world) == WRONG_KEYS.most


def test_after_too_many_every_wrong_key_gets_the_same_answer(world: World) -> None:
    """Ended, revoked, unknown: once the limit is passed the answer says nothing of the key any more. A right key still opens."""
    ended = world.key([Scope.READ], lasts=timedelta(seconds=10))
    revoked = world.key([Scope.READ])
    revoke_access_key(world.rooms.writer, world.rooms.stamp("test"), revoked["Authorization"].split("_")[1])
    world.clock.move(seconds=11)
    for number in range(WRONG_KEYS.most):
        world.client.get(WHO, headers=wrong(number))
    answers = {world.client.get(WHO, headers=headers).text for headers in (ended, revoked, wrong(1), wrong(77))}
    assert len(answers) == 1
    assert "too-many-failures" in answers.pop()
    # the others in the workshop, behind the same address, go on
    assert world.client.get(WHO, headers=world.as_iida()).status_code == 404


def test_another_address_is_not_refused(world: World) -> None:
    """What one address failed is not held against another; of IPv6 a whole /64 is one."""
    for number in range(WRONG_KEYS.most):
        TestClient(world.app, client=(f"2001:db8::{number}", 1)).get(WHO, headers=wrong(number))
    assert TestClient(world.app, client=("2001:db8::ffff", 1)).get(WHO, headers=wrong(1)).status_code == 429
    assert TestClient(world.app, client=("2001:db8:0:1::1", 1)).get(WHO, headers=wrong(1)).status_code == 401


def test_trying_with_many_hands_is_counted(world: World) -> None:
    """A hundred wrong keys at once: none opens, and not many more than the limit are let through to be counted."""
    with ThreadPoolExecutor(20) as pool:
        codes = list(pool.map(lambda number: world.client.get(WHO, headers=wrong(number)).status_code, range(100)))
    assert set(codes) == {401, 429}
    assert WRONG_KEYS.most <= failures(world) == codes.count(401) <= WRONG_KEYS.most + 20


def test_the_last_use_is_noted_once_an_hour(world: World) -> None:
    """The first call notes its time, those within an hour do not, the next one does; none of them is an event."""
    before = events(world)
    world.client.get(WHO, headers=world.as_iida())
    noted = last_use(world)
    assert noted == datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    world.clock.move(minutes=59)
    world.client.get(WHO, headers=world.as_iida())
    assert last_use(world) == noted
    world.clock.move(minutes=1)
    world.client.get(WHO, headers=world.as_iida())
    assert last_use(world) == datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
    assert events(world) == before


def test_what_cannot_be_noted_stops_nobody(world: World) -> None:
    """When the last use cannot be written the request is answered all the same."""
    refuse = (
        "CREATE TRIGGER refuse BEFORE UPDATE ON access_keys BEGIN SELECT RAISE(FAIL, 'no'); END"
        if world.rooms.database.is_sqlite
        else "ALTER TABLE access_keys ADD CONSTRAINT refuse CHECK (last_used_at IS NULL)"
    )
    with world.rooms.database.engine.begin() as connection:
        connection.execute(text(refuse))
    for _ in range(2):
        assert world.client.get(WHO, headers=world.as_iida()).status_code == 404
        assert last_use(world) is None
    world.rooms.writer.close()
    assert world.client.get(WHO, headers=world.as_iida()).status_code == 404


def last_use(world: World) -> datetime | None:
    """Return when Iida's key was used last, as noted."""
    world.rooms.writer.write(lambda _: None)
    with world.rooms.database.read() as session:
        return find_access_key(session, world.keys.iida.split("_")[1], now=world.clock()).last_used_at


def failures(world: World) -> int:
    """Return how many failures were counted."""
    world.rooms.writer.write(lambda _: None)
    with world.rooms.database.read() as session:
        return int(session.scalar(text("SELECT coalesce(sum(failed), 0) FROM failures")) or 0)


def events(world: World) -> int:
    """Return how many events there are."""
    with world.rooms.database.read() as session:
        return int(session.scalar(text("SELECT count(*) FROM events")) or 0)
