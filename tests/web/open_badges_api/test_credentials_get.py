"""``GET /ims/ob/v3p0/credentials``."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from okbadges.passport.accepting import Decision
from okbadges.storage.tables import CredentialRow
from support.corrections import correct
from support.learners import new_group, new_participant
from support.partners import ALL, API, allowed, take_back
from support.passport import give_badge, say
from support.world import BASE_URL
from verification.making import Maker, credential

if TYPE_CHECKING:
    import uuid

    import httpx2

    from okbadges.partners.grants import HolderScope
    from support.open_badges_api import OpenBadgesClient
    from support.world import World
    from web.open_badges_api.conftest import Sani

CREDENTIALS = f"{API}/credentials"
_LINK = re.compile(r'<([^>]+)>; rel="([a-z]+)"')


def other(world: World) -> uuid.UUID:
    """Return Eino, whose passport is another one."""
    return new_participant(world, new_group(world, slug="ilta"), "Eino")


def links(answer: httpx2.Response) -> dict[str, str]:
    """Return the addresses of a Link header by their relation."""
    return {name: address for address, name in _LINK.findall(answer.headers["Link"])}


def document(world: World, row: uuid.UUID) -> bytes:
    """Return the exact bytes of one of our credentials."""
    with world.rooms.database.read() as session:
        found = session.get_one(CredentialRow, row).document
    assert found is not None
    return found


def put(world: World, sani: Sani, number: int) -> dict[str, object]:
    """Put a badge of a stranger, one of many."""
    badge = Maker.by_key().badge(id=f"urn:uuid:00000000-0000-4000-8000-{number:012d}")
    answer = world.client.post(CREDENTIALS, json=badge, headers=sani.program.headers)
    assert answer.status_code == 201, answer.text
    world.clock.move(seconds=1)
    return badge


def test_it_works(world: World, sani: Sani, backpack: OpenBadgesClient) -> None:
    """A program reads what the holder took: the bytes that were signed, in the order in which they took them."""
    answer = backpack.call("getCredentials", token=sani.token)
    assert answer.status_code == 200
    assert answer.content == b'{"credential":[%s],"compactJwsString":[]}' % b",".join(
        document(world, row) for row in sani.badges
    )
    assert answer.headers["X-Total-Count"] == "2"
    assert answer.headers["Cache-Control"] == "no-store"
    for one in answer.json()["credential"]:
        assert world.client.post("/v1/verify", content=orjson.dumps(one)).json()["verdict"] == "VALID"


def test_only_what_is_theirs_and_shown(world: World, sani: Sani, backpack: OpenBadgesClient) -> None:
    """What waits for a word, was declined or is hidden is not read by anybody; what was revoked is, with its status."""
    waiting = give_badge(world, sani.participant, "arki-ruoka", accepted=False)
    declined, hidden = (give_badge(world, sani.participant, one) for one in ("arki-palvelut", "kasi-keittio"))
    say(world, sani.participant, declined, Decision.DECLINE)
    say(world, sani.participant, hidden, Decision.HIDE)
    give_badge(world, other(world), "digi-laite")
    revoked = orjson.loads(document(world, sani.badges[0]))
    correct(world, revoked["id"], "revoke", reason="issued-in-error")
    ids = [one["id"] for one in backpack.call("getCredentials", token=sani.token).json()["credential"]]
    assert ids == [orjson.loads(document(world, row))["id"] for row in sani.badges]
    assert not {orjson.loads(document(world, row))["id"] for row in (waiting, declined, hidden)} & set(ids)


def test_of_a_corrected_badge_the_newest_counts(world: World, sani: Sani, backpack: OpenBadgesClient) -> None:
    """The one that was replaced is not read any more, and the new one is, being accepted with it."""
    old, since = orjson.loads(document(world, sani.badges[0]))["id"], world.clock()
    answer = correct(world, old, "reissue", changes={"awarded_on": "2026-10-20"})
    assert answer.status_code == 201, answer.text
    ids = [one["id"] for one in backpack.call("getCredentials", token=sani.token).json()["credential"]]
    assert old not in ids
    assert len(ids) == 2
    changed = backpack.call("getCredentials", token=sani.token, query={"since": since.isoformat()[:19]}).json()
    assert [one["id"] for one in changed["credential"]] == [answer.json()["id"]]


def test_nobody_elses(world: World, sani: Sani, backpack: OpenBadgesClient) -> None:
    """A token of one holder opens nothing of another."""
    eino = other(world)
    give_badge(world, eino, "digi-laite")
    theirs = backpack.call("getCredentials", token=allowed(world, eino).token).json()["credential"]
    ours = backpack.call("getCredentials", token=sani.token).json()["credential"]
    assert (len(theirs), len(ours)) == (1, 2)
    assert {one["id"] for one in theirs}.isdisjoint(one["id"] for one in ours)


def test_pages(world: World, sani: Sani, backpack: OpenBadgesClient) -> None:
    """Whoever follows the links from the first page reads everything once, in one order, to the end."""
    brought = [put(world, sani, number)["id"] for number in range(3)]
    whole = [one["id"] for one in backpack.call("getCredentials", token=sani.token).json()["credential"]]
    assert whole[2:] == brought
    read, query = [], {"limit": "2", "offset": "0"}
    while True:
        answer = backpack.call("getCredentials", token=sani.token, query=query)
        read += [one["id"] for one in answer.json()["credential"]]
        assert answer.headers["X-Total-Count"] == "5"
        found = links(answer)
        assert all(address.startswith(f"{BASE_URL}{CREDENTIALS}?") for address in found.values())
        assert ("prev" in found) is (query["offset"] != "0")
        if "next" not in found:
            break
        query = {name: values[0] for name, values in parse_qs(urlsplit(found["next"]).query).items()}
    assert read == whole
    assert found["last"].endswith("limit=2&offset=4")
    assert found["first"].endswith("limit=2&offset=0")


def test_what_comes_meanwhile_moves_no_page(world: World, sani: Sani, backpack: OpenBadgesClient) -> None:
    """What is put while somebody reads stands at the end."""
    first = backpack.call("getCredentials", token=sani.token, query={"limit": 1}).json()["credential"]
    put(world, sani, 1)
    rest = backpack.call("getCredentials", token=sani.token, query={"limit": 9, "offset": 1}).json()["credential"]
    assert [one["id"] for one in first + rest][:2] == [orjson.loads(document(world, row))["id"] for row in sani.badges]
    assert len(rest) == 2


def test_behind_the_end_there_is_a_way_back(sani: Sani, backpack: OpenBadgesClient) -> None:
    """An offset over the total is an empty page, whose links lead to what there is."""
    answer = backpack.call("getCredentials", token=sani.token, query={"limit": 2, "offset": 2_147_483_647})
    assert answer.json() == {"credential": [], "compactJwsString": []}
    found = links(answer)
    assert "next" not in found
    assert found["prev"] == found["last"] == found["first"]


def test_a_larger_limit_is_answered_with_as_many_as_there_are_at_once(sani: Sani, backpack: OpenBadgesClient) -> None:
    """The links say with which limit it goes on."""
    answer = backpack.call("getCredentials", token=sani.token, query={"limit": 2_147_483_647})
    assert "limit=100&" in links(answer)["first"]


def test_since(world: World, sani: Sani, backpack: OpenBadgesClient) -> None:
    """Only what came or changed at that time or later: also what was revoked since, so that a backpack hears of it."""
    since = world.clock() + timedelta(seconds=1)
    world.clock.move(minutes=5)
    brought = put(world, sani, 1)["id"]
    query = {"since": since.isoformat().replace("+00:00", "Z"), "limit": 1}
    answer = backpack.call("getCredentials", token=sani.token, query=query)
    assert [one["id"] for one in answer.json()["credential"]] == [brought]
    assert answer.headers["X-Total-Count"] == "1"
    assert "since=2026-11-21T12%3A02%3A01Z" in links(answer)["first"]
    revoked = orjson.loads(document(world, sani.badges[0]))["id"]
    correct(world, revoked, "revoke", reason="issued-in-error")
    answer = backpack.call("getCredentials", token=sani.token, query={**query, "limit": 5})
    assert [one["id"] for one in answer.json()["credential"]] == [revoked, brought]


@pytest.mark.parametrize("written", ["2026-11-21T12:00:00", "2026-11-21T14:00:00+02:00", "2026-11-21T12:00:00.000Z"])
def test_a_time_may_be_written_in_several_ways(sani: Sani, backpack: OpenBadgesClient, written: str) -> None:
    """Without a zone it is UTC, as the published file writes it."""
    answer = backpack.call("getCredentials", token=sani.token, query={"since": written})
    assert (answer.status_code, answer.headers["X-Total-Count"]) == (200, "2")


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=-1", "limit=", "limit=x", "limit=1.0", "limit=%2B1", "limit=%201", "limit=2147483648",
        "limit=99999999999999999999", "limit=1&limit=2", "limit=%D9%A3", "offset=-1", "offset=x", "offset=",
        "offset=2147483648", "offset=0&offset=0", "since=", "since=yesterday", "since=2026-02-30T00:00:00Z", "since=2026-11-21",
        "since=2026-11-21T12:00:00+02:00", "since=2026-11-21T12:00:00Z&since=2026-11-21T12:00:00Z",
    ],
)  # fmt: skip
def test_a_wrong_query_is_refused_by_name(sani: Sani, backpack: OpenBadgesClient, query: str) -> None:
    """Each value that is not as it must be is 400 with the code of the standard, and the parameter is named."""
    answer = backpack._calls.get(f"{CREDENTIALS}?{query}", headers=sani.program.headers)
    backpack.check("getCredentials", answer)
    assert answer.status_code == 400
    info = answer.json()
    assert info["imsx_codeMinor"]["imsx_codeMinorField"][0]["imsx_codeMinorFieldValue"] == "invalid_query_parameter"
    assert query.partition("=")[0] in info["imsx_description"]


def test_nul_is_at_no_address(sani: Sani, backpack: OpenBadgesClient) -> None:
    """What nothing of ours has is not found, and said in the shape of the standard too."""
    assert backpack._calls.get(f"{CREDENTIALS}?since=%00", headers=sani.program.headers).status_code == 400
    for address in (f"{CREDENTIALS}%00", f"{CREDENTIALS}/x", f"{API}/nope", f"{API}/"):
        answer = backpack._calls.get(address, headers=sani.program.headers)
        backpack.check("getProfile", answer)
        assert answer.status_code == 404, address
        assert answer.json()["imsx_severity"] == "status"


def test_a_grant_that_ended_opens_nothing(world: World, sani: Sani, backpack: OpenBadgesClient) -> None:
    """What the holder took back is not read again, although the token's own time goes on."""
    take_back(world, sani.program)
    answer = backpack.call("getCredentials", token=sani.token)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="okbadges", error="invalid_token"'


def test_a_token_ends(world: World, sani: Sani, backpack: OpenBadgesClient) -> None:
    """After its time it opens nothing."""
    world.clock.move(hours=2)
    assert backpack.call("getCredentials", token=sani.token).status_code == 401


@pytest.mark.parametrize("scope", sorted(ALL))
def test_it_needs_its_own_scope(world: World, sani: Sani, backpack: OpenBadgesClient, scope: HolderScope) -> None:
    """Every operation with every scope alone: only its own opens it, the others are 403 with what RFC 6750 asks for."""
    token = allowed(world, sani.participant, [scope]).token
    badge = orjson.dumps(Maker.by_key().badge())
    profile = b'{"id": "urn:uuid:0c1ad6f6-8e51-4a52-9b8c-8a0d3c1b7f11", "type": ["Profile"]}'
    bodies = {"upsertCredential": badge, "putProfile": profile}
    for name, operation in backpack.operations.items():
        answer = backpack.call(name, token=token, body=bodies.get(name))
        opens = operation.scope in (None, scope)
        assert (answer.status_code == 403) is not opens, (name, answer.text)
        if not opens:
            assert answer.headers["WWW-Authenticate"] == 'Bearer realm="okbadges", error="insufficient_scope"'
            assert minor_code(answer) == "forbidden"


def minor_code(answer: httpx2.Response) -> object:
    """Return the minor code of an answer."""
    return answer.json()["imsx_codeMinor"]["imsx_codeMinorField"][0]["imsx_codeMinorFieldValue"]


def test_what_is_read_has_the_proof_that_was_signed(world: World, sani: Sani, backpack: OpenBadgesClient) -> None:
    """A badge that was brought comes back with the very same bytes, white space and all, and still verifies."""
    badge = orjson.dumps(Maker.by_key().badge(), option=orjson.OPT_INDENT_2)
    backpack.call("upsertCredential", token=sani.token, body=badge)
    assert badge in backpack.call("getCredentials", token=sani.token).content
    assert world.client.post("/v1/verify", content=badge).json()["verdict"] == "VALID"
    assert credential(Maker.by_key().did)["id"] == orjson.loads(badge)["id"]
