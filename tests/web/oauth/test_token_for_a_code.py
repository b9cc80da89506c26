"""``POST /oauth/token`` with a code or a refresh token: each counts once, and for the program that it was made for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlmodel import select

from okbadges.errors import NotAuthenticated
from okbadges.partners.grants import HolderScope, granted_to
from okbadges.storage.tables import EventRow, OAuthTokenRow
from support.passport import open_passport, two_people
from support.programs import (
    BACK,
    EVERYTHING,
    OFFLINE,
    PUT,
    READ,
    VERIFIER,
    Backpack,
    challenge,
    new_program,
)

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from okbadges.partners.grants import Granted
    from support.world import World


@pytest.fixture
def visit(world: World) -> TestClient:
    """Return the browser in which Sani's passport is open."""
    return open_passport(world, two_people(world)[0])


@pytest.fixture
def backpack(world: World) -> Backpack:
    """Return a program that registered itself."""
    return new_program(world)


def opens(world: World, token: str) -> Granted | None:
    """Return what a token opens; None for nothing."""
    with world.rooms.database.read() as session:
        try:
            return granted_to(session, token, now=world.clock())
        except NotAuthenticated:
            return None


def why_ended(world: World) -> list[str]:
    """Return why grants ended, as the journal tells."""
    with world.rooms.database.read() as session:
        rows = session.exec(select(EventRow).where(EventRow.action == "program.ended")).all()
    return [row.details.partition('"because":"')[2].partition('"')[0] for row in rows]


def test_it_works(world: World, visit: TestClient, backpack: Backpack) -> None:
    """For the code the program gets a token for an hour and, where that was allowed, one to come back with."""
    answer = backpack.trade(backpack.code(visit))
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["token_type"] == "Bearer"
    assert told["expires_in"] == 3600
    assert told["scope"].split() == sorted([READ, OFFLINE])
    assert told["refresh_token"].startswith("okr_")
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")
    granted = opens(world, told["access_token"])
    assert granted is not None
    granted.require(HolderScope.READ_CREDENTIALS)
    assert opens(world, told["refresh_token"]) is None
    world.clock.move(hours=1)
    assert opens(world, told["access_token"]) is None


def test_without_leave_to_come_back_there_is_no_refresh_token(visit: TestClient, backpack: Backpack) -> None:
    """Who may not come while the holder is away gets nothing to come with."""
    assert "refresh_token" not in backpack.tokens(visit, READ)


def test_a_code_counts_once(world: World, visit: TestClient, backpack: Backpack) -> None:
    """Brought again it is refused, and what came of it the first time ends: one of the two was not the program."""
    code = backpack.code(visit)
    tokens = backpack.trade(code).json()
    again = backpack.trade(code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert opens(world, tokens["access_token"]) is None
    assert backpack.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert backpack.trade(code).json()["error"] == "invalid_grant"
    assert why_ended(world) == ["code-repeated"]


def test_two_at_once_get_one(world: World, visit: TestClient, backpack: Backpack) -> None:
    """Of eight who bring one code at the same moment exactly one gets tokens."""
    code = backpack.code(visit)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: backpack.trade(code), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7
    assert why_ended(world) == ["code-repeated"]


def test_a_code_lasts_ten_minutes(world: World, visit: TestClient, backpack: Backpack) -> None:
    """After them it is of no use."""
    code, late = backpack.code(visit), backpack.code(visit)
    world.clock.move(minutes=9, seconds=59)
    assert backpack.trade(code).status_code == 200
    world.clock.move(seconds=1)
    assert backpack.trade(late).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": None}, "invalid_request"),
        ({"code_verifier": "a" * 43}, "invalid_grant"),
        ({"code_verifier": VERIFIER + "x"}, "invalid_grant"),
        ({"code_verifier": challenge(VERIFIER)}, "invalid_grant"),
        ({"code_verifier": "short"}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_grant"),
        ({"redirect_uri": BACK + "/"}, "invalid_grant"),
        ({"redirect_uri": "https://backpack.example/other"}, "invalid_grant"),
        ({"code": None}, "invalid_request"),
        ({"code": "nonsense"}, "invalid_grant"),
        ({"code": "a" * 2001}, "invalid_request"),
        ({"scope": PUT}, "invalid_scope"),
        ({"scope": "credentials:issue"}, "invalid_scope"),
    ],
)
def test_a_code_needs_all_that_belongs_to_it(
    visit: TestClient, backpack: Backpack, changes: dict[str, str | None], error: str
) -> None:
    """Without its verifier, or with another address, it opens nothing; and it is still there for the program itself."""
    code = backpack.code(visit, READ)
    refused = backpack.trade(code, **changes)
    assert (refused.status_code, refused.json()["error"]) == (400, error), refused.text
    assert refused.headers["cache-control"] == "no-store"
    assert backpack.trade(code).status_code == 200


def test_a_code_is_not_injected(visit: TestClient, backpack: Backpack) -> None:
    """A stolen code, brought in somebody else's session of the same program, does not fit that session's verifier."""
    stolen = backpack.code(visit, code_challenge=challenge("v" * 64))
    assert backpack.trade(stolen).json()["error"] == "invalid_grant"


def test_a_code_is_of_one_program(world: World, visit: TestClient, backpack: Backpack) -> None:
    """Another program, an access key, a program under the name of this one: none of them gets anything, and nothing ends."""
    code = backpack.code(visit)
    other = new_program(world, client_name="Reppu")
    assert other.trade(code).json()["error"] == "invalid_grant"
    mixed = replace(other, client_id=backpack.client_id)
    refused = mixed.trade(code)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    key = replace(other, client_id=world.keys.iida.split("_")[1], secret=world.keys.iida)
    assert key.trade(code).json()["error"] == "unauthorized_client"
    assert backpack.trade(code, client_id=other.client_id).json()["error"] == "invalid_request"
    assert backpack.trade(code).status_code == 200


def test_a_program_shows_its_secret_in_the_header(world: World, visit: TestClient, backpack: Backpack) -> None:
    """It registered for HTTP Basic; a secret in the form is not taken."""
    form = {"grant_type": "authorization_code", "code": backpack.code(visit), "redirect_uri": BACK}
    who = {"client_id": backpack.client_id, "client_secret": backpack.secret, "code_verifier": VERIFIER}
    assert world.client.post("/oauth/token", data={**form, **who}).json()["error"] == "invalid_client"


def test_a_program_may_ask_for_less(world: World, visit: TestClient, backpack: Backpack) -> None:
    """Scopes that it names with the code narrow its tokens; those that it was not allowed are not given."""
    told = backpack.trade(backpack.code(visit, f"{READ} {OFFLINE}"), scope=f"{READ} {PUT}").json()
    assert told["scope"] == READ
    assert "refresh_token" not in told
    granted = opens(world, told["access_token"])
    assert granted is not None
    assert granted.scopes == {READ}


def test_a_program_gets_nothing_for_itself(backpack: Backpack) -> None:
    """Client credentials are for access keys: a program that registered itself has nothing of its own here."""
    refused = backpack.ask({"grant_type": "client_credentials"})
    assert (refused.status_code, refused.json()["error"]) == (400, "unauthorized_client")


def test_a_refresh_token_is_used_up(world: World, visit: TestClient, backpack: Backpack) -> None:
    """Each refresh gives two new tokens; the old one, brought again, ends everything."""
    first = backpack.tokens(visit)
    second = backpack.refresh(first["refresh_token"])
    assert second.status_code == 200, second.text
    assert second.json()["scope"] == first["scope"]
    assert second.json()["refresh_token"] != first["refresh_token"]
    assert backpack.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    for told in (first, second.json()):
        assert opens(world, told["access_token"]) is None
    assert backpack.refresh(second.json()["refresh_token"]).json()["error"] == "invalid_grant"
    assert why_ended(world) == ["refresh-repeated"]


def test_two_who_refresh_at_once_get_one(visit: TestClient, backpack: Backpack) -> None:
    """Of eight who bring one refresh token at the same moment exactly one gets new ones."""
    token = backpack.tokens(visit)["refresh_token"]
    with ThreadPoolExecutor(8) as pool:
        codes = sorted(answer.status_code for answer in pool.map(lambda _: backpack.refresh(token), range(8)))
    assert codes == [200] + [400] * 7


def test_a_refresh_token_lasts_as_long_as_it_is_used(world: World, visit: TestClient, backpack: Backpack) -> None:
    """Ninety days from its last use; who stays away for longer asks the holder again."""
    token = backpack.tokens(visit)["refresh_token"]
    for _ in range(3):
        world.clock.move(days=89)
        token = backpack.refresh(token).json()["refresh_token"]
    world.clock.move(days=90)
    assert backpack.refresh(token).json()["error"] == "invalid_grant"


def test_a_refresh_never_widens(world: World, visit: TestClient, backpack: Backpack) -> None:
    """Scopes can be left out for one token and come back with the next; none is ever added to what was allowed."""
    first = backpack.tokens(visit, f"{READ} {PUT} {OFFLINE}")
    wider = backpack.refresh(first["refresh_token"], scope=EVERYTHING)
    assert (wider.status_code, wider.json()["error"]) == (400, "invalid_scope")
    narrow = backpack.refresh(first["refresh_token"], scope=READ).json()
    assert narrow["scope"] == READ
    granted = opens(world, narrow["access_token"])
    assert granted is not None
    assert granted.scopes == {READ}
    again = backpack.refresh(narrow["refresh_token"]).json()
    assert again["scope"] == first["scope"]


def test_a_refresh_token_is_of_one_program(world: World, visit: TestClient, backpack: Backpack) -> None:
    """Another program gets nothing for it, and does not end it."""
    token = backpack.tokens(visit)["refresh_token"]
    other = new_program(world)
    assert other.refresh(token).json()["error"] == "invalid_grant"
    assert backpack.refresh(token).status_code == 200


@pytest.mark.parametrize("kind", ["access_token", "nonsense"])
def test_only_a_refresh_token_refreshes(visit: TestClient, backpack: Backpack, kind: str) -> None:
    """An access token does not, and neither does any other text; and what is missing is asked for."""
    told = backpack.tokens(visit)
    assert backpack.refresh(told.get(kind, kind)).json()["error"] == "invalid_grant"
    assert backpack.ask({"grant_type": "refresh_token"}).json()["error"] == "invalid_request"


def test_a_token_of_a_grant_does_not_open_the_api(world: World, visit: TestClient, backpack: Backpack) -> None:
    """What a holder allowed is not what an organisation may do."""
    token = backpack.tokens(visit)["access_token"]
    refused = world.client.get("/v1/members?organisation=kemi", headers={"Authorization": f"Bearer {token}"})
    assert (refused.status_code, refused.json()["code"]) == (403, "token-not-for-this")


def test_nothing_that_opens_is_kept(world: World, visit: TestClient, backpack: Backpack) -> None:
    """The database holds hashes of codes and tokens."""
    code = backpack.code(visit)
    told = backpack.trade(code).json()
    with world.rooms.database.read() as session:
        kept = str([row.model_dump() for row in session.exec(select(OAuthTokenRow))])
    for secret in (code, told["access_token"], told["refresh_token"]):
        assert secret not in kept
