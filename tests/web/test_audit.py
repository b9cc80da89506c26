"""``/v1/audit/events``: the journal for an auditor, of their own issuers, page by page, and enough to prove it whole."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import orjson

from okbadges.organisations.issuers import create_issuer
from okbadges.organisations.roles import Role
from okbadges.organisations.workshops import create_organisation

if TYPE_CHECKING:
    from support.world import World

PATH = "/v1/audit/events"


def read(world: World, **query: Any) -> dict[str, Any]:
    """Return one page, as Audrey sees it."""
    answer = world.client.get(PATH, params=query, headers=world.as_audrey())
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def other_issuer(world: World) -> None:
    """Make another issuer, with an organisation."""
    rooms, stamp = world.rooms, world.rooms.stamp("test")
    issuer = create_issuer(
        rooms.writer,
        stamp,
        slug="other",
        name="Other",
        url="https://o.example",
        description=None,
        base_url=rooms.base_url,
    )
    create_organisation(rooms.writer, stamp, issuer_id=issuer.id, slug="oulu", name="Oulu")


def test_it_works(world: World) -> None:
    """Whoever issues a badge is seen by the auditor: which key, when, about which credential."""
    issued = world.issue()
    told = read(world, subject=issued["id"])
    (event,) = told["events"]
    assert (told["chain"], told["next"]) == ("ok", None)
    assert event["action"] == "credential.issued"
    assert event["actor"] == f"access-key:{world.keys.iida.split('_')[1]}"
    assert event["at"] == "2026-11-21T12:00:00Z"
    assert issued["participant"] not in str(event)


def test_page_by_page_it_can_be_proved_whole(world: World) -> None:
    """Read seven at a time, every event is there once, numbered without gaps, and its hash follows from what was read."""
    for _ in range(3):
        world.issue()
    events, after = [], 0
    while True:
        page = read(world, after=after, limit=7)
        events += page["events"]
        if page["next"] is None:
            break
        after = page["next"]
    assert [event["number"] for event in events] == list(range(1, len(events) + 1))
    previous = "0" * 64
    for event in events:
        at = event["at"].removesuffix("Z")
        parts = [
            "ok", str(event["number"]), (at if "." in at else f"{at}.000000") + "+00:00", event["actor"], event["action"],
            event["subject"], orjson.dumps(event["details"], option=orjson.OPT_SORT_KEYS).decode(), previous,
        ]  # fmt: skip
        assert event["event_hash"] == hashlib.sha256(orjson.dumps(parts)).hexdigest()
        previous = event["event_hash"]


def test_it_can_be_narrowed(world: World) -> None:
    """By action, by subject and from a time on."""
    first = world.issue()
    world.clock.move(hours=1)
    second = world.issue()
    assert [event["subject"] for event in read(world, action="credential.issued")["events"]] == [
        first["id"],
        second["id"],
    ]
    assert [event["subject"] for event in read(world, since="2026-11-21T13:00:00Z")["events"]] == [second["id"]]
    assert [event["subject"] for event in read(world, since="2026-11-21T15:00:00+02:00")["events"]] == [second["id"]]
    assert read(world, action="nothing")["events"] == []


def test_of_several_issuers_one_is_named(world: World) -> None:
    """An auditor of two issuers says which chain; one of neither is not told that a chain exists."""
    other_issuer(world)
    assert world.client.get(PATH, params={"chain": "other"}, headers=world.as_audrey()).status_code == 404
    assert world.client.get(PATH, params={"chain": "installation"}, headers=world.as_audrey()).status_code == 404
    from okbadges.organisations.access_keys import WantedKey, create_access_key  # noqa: PLC0415 - used here only
    from okbadges.organisations.workshops import find_organisation  # noqa: PLC0415 - the same

    with world.rooms.database.read() as session:
        owners = [find_organisation(session, slug) for slug in ("kemi", "oulu")]
    wanted = WantedKey("audit", owners, (), world.clock().replace(year=2027), Role.AUDITOR)
    key = create_access_key(world.rooms.writer, world.rooms.stamp("test"), world.rooms.secrets, wanted)
    headers = {"Authorization": f"Bearer {key}"}
    refused = world.client.get(PATH, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "chain-missing")
    chosen = world.client.get(PATH, params={"chain": "other"}, headers=headers).json()
    assert [event["action"] for event in chosen["events"]] == ["issuer.created", "organisation.created"]


def test_only_who_audits_comes_in(world: World) -> None:
    """An instructor, a teacher and a partner get 403, and the administrator may read."""
    for headers in (world.as_iida(), world.as_tuula(), world.as_partner()):
        assert world.client.get(PATH, headers=headers).status_code == 403
    assert world.client.get(PATH, headers=world.as_aino()).status_code == 200
    assert world.client.get(PATH).status_code == 401


STRANGE = (
    "after=-1",
    "after=2147483648",
    f"after={'9' * 40}",
    "limit=0",
    "limit=201",
    "since=yesterday",
    "since=2026-11-21",
    "since=2026-11-21T12:00:00",
    "since=9999999999999999",
    "since=0000-01-01T00:00:00Z",
    "since=9999-12-31T23:59:59-14:00",
    "since=0001-01-01T00:00:00%2B14:00",
    f"subject={'x' * 201}",
    "action=%00",
    f"chain={'x' * 65}",
)


def test_a_strange_question_is_refused(world: World) -> None:
    """A number that there cannot be, a time without a zone, a text that is too long: 4xx, never 500."""
    for query in STRANGE:
        assert world.client.get(f"{PATH}?{query}", headers=world.as_audrey()).status_code in {400, 422}, query


def test_an_odd_question_is_answered(world: World) -> None:
    """What can be asked is answered, and with nothing when there is nothing."""
    for query in ("since=9999-12-31T23:59:59Z", "subject='--", "action=%F0%9F%92%A9"):
        answer = world.client.get(f"{PATH}?{query}", headers=world.as_audrey())
        assert (answer.status_code, answer.json()["events"]) == (200, []), query
    assert read(world, since="0001-01-01T00:00:00Z")["events"]
