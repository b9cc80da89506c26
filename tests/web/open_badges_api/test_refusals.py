"""Every refusal of ``/ims/ob/v3p0``: its status, its code of the list, and what it asks of the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from okbadges.errors import Conflict, Unavailable
from okbadges.partners.open_badges_api import reading
from support.partners import API
from verification.making import Maker
from web.open_badges_api import conftest
from web.test_limits import limited

if TYPE_CHECKING:
    from support.open_badges_api import OpenBadgesClient
    from support.world import World

CREDENTIALS, PROFILE, DISCOVERY = (f"{API}/{name}" for name in ("credentials", "profile", "discovery"))
Sani = conftest.Sani
BEARER = 'Bearer realm="okbadges"'
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def code(answer: Any) -> tuple[int, str, str]:
    """Return status, severity and minor code of a refusal."""
    info = answer.json()
    assert info["imsx_codeMajor"] == "failure"
    assert info["imsx_description"]
    [field] = info["imsx_codeMinor"]["imsx_codeMinorField"]
    assert field["imsx_codeMinorFieldName"] == "okbadges"
    return answer.status_code, info["imsx_severity"], field["imsx_codeMinorFieldValue"]


def test_without_a_token(backpack: OpenBadgesClient) -> None:
    """Each operation but the description is 401, and asks for a token without blaming one."""
    for name, operation in backpack.operations.items():
        if operation.scope:
            answer = backpack.call(name)
            assert code(answer) == (401, "error", "unauthorizedrequest")
            assert answer.headers["WWW-Authenticate"] == BEARER


@pytest.mark.parametrize("token", ["okt_nonsense", "", "x" * 5000, "okr_nonsense", "a b", "%00", "okb_"])
def test_with_a_token_that_opens_nothing(backpack: OpenBadgesClient, token: str) -> None:
    """It is invalid_token, whatever it looks like."""
    answer = backpack.call("getCredentials", token=token)
    assert code(answer) == (401, "error", "unauthorizedrequest")
    assert answer.headers["WWW-Authenticate"] in {BEARER, f'{BEARER}, error="invalid_token"'}


def test_an_access_key_is_no_token(world: World) -> None:
    """What opens the rest of the API opens nothing here, and a token opens nothing there."""
    for headers in (world.as_iida(), world.as_aino(), world.as_partner()):
        assert code(world.client.get(CREDENTIALS, headers=headers)) == (401, "error", "unauthorizedrequest")


def test_a_token_is_no_access_key(world: World, sani: Sani) -> None:
    """It is refused where access keys are asked for: it opens something else."""
    answer = world.client.get("/v1/credentials/x", headers=sani.program.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "token-not-for-this")


def test_a_token_in_the_query_or_the_body_counts_for_nothing(world: World, sani: Sani) -> None:
    """Addresses are written into logs: only the header is looked at."""
    answer = world.client.get(f"{CREDENTIALS}?access_token={sani.token}")
    assert code(answer) == (401, "error", "unauthorizedrequest")
    form = {"access_token": sani.token}
    assert world.client.post(CREDENTIALS, data=form).status_code == 401


def test_another_scheme_counts_for_nothing(world: World, sani: Sani) -> None:
    """A token in Basic, or two headers, is no token."""
    answer = world.client.get(CREDENTIALS, headers={"Authorization": f"Basic {sani.token}"})
    assert code(answer) == (401, "error", "unauthorizedrequest")
    twice = [("Authorization", f"Bearer {sani.token}"), ("Authorization", "Bearer okt_x")]
    assert code(world.client.get(CREDENTIALS, headers=twice)) == (400, "error", "invalid_data")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", CREDENTIALS),
        ("PUT", CREDENTIALS),
        ("PATCH", PROFILE),
        ("POST", PROFILE),
        ("DELETE", PROFILE),
        ("POST", DISCOVERY),
        ("TRACE", CREDENTIALS),
        ("OPTIONS", CREDENTIALS),
    ],
)
def test_another_method(world: World, sani: Sani, method: str, path: str) -> None:
    """405 with what the address takes."""
    answer = world.client.request(method, path, headers=sani.program.headers)
    assert code(answer) == (405, "error", "not_allowed")
    assert "GET" in answer.headers["Allow"]


def test_nothing_at_this_address(world: World, sani: Sani) -> None:
    """404, also for a browser: no page of ours is under these paths."""
    for path in (f"{API}/assertions", f"{API}/", f"{API}/credentials/", f"{API}/credentials/1"):
        answer = world.client.get(path, headers={**sani.program.headers, **BROWSER})
        assert code(answer) == (404, "status", "not_found"), path


def test_an_answer_that_nobody_takes(world: World, sani: Sani) -> None:
    """406 for whoever takes no JSON."""
    for path in (CREDENTIALS, PROFILE, DISCOVERY):
        answer = world.client.get(path, headers={**sani.program.headers, "Accept": "image/png"})
        assert code(answer) == (406, "error", "not_acceptable")
    assert world.client.get(CREDENTIALS, headers={**sani.program.headers, **BROWSER}).status_code == 200


def test_too_often(world: World, sani: Sani) -> None:
    """A grant calls as often as its rate allows; a token that opens nothing is counted by address. Both are 429 with when to come back."""
    with limited(world, rate_per_key="3/hour", rate_per_address="2/hour") as client:
        calls = [client.get(PROFILE, headers=sani.program.headers) for _ in range(4)]
        assert [answer.status_code for answer in calls] == [404, 404, 404, 429]
        assert code(calls[-1]) == (429, "error", "server_busy")
        assert int(calls[-1].headers["Retry-After"]) >= 1
        wrong = [client.get(PROFILE, headers={"Authorization": "Bearer okt_x"}).status_code for _ in range(3)]
        assert wrong == [401, 401, 429]


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        (Unavailable("storage-unavailable", "Try again."), (503, "error", "server_busy")),
        (Conflict("anything", "Something is in the way."), (409, "error", "unknown")),
        (RuntimeError("Sani's secret"), (500, "error", "internal_server_error")),
    ],
)
def test_when_something_breaks(
    world_apart: World, monkeypatch: pytest.MonkeyPatch, broken: Exception, expected: tuple[int, str, str]
) -> None:
    """What nobody expected is said in the same shape, and tells nothing of what it was."""
    sani = conftest.new_sani(world_apart)

    def breaking(*_: object) -> None:
        raise broken

    monkeypatch.setattr(reading, "_opened", breaking)
    answer = world_apart.client.get(CREDENTIALS, headers=sani.program.headers)
    assert code(answer) == expected
    assert "secret" not in answer.text


def test_a_page_of_another_origin_may_call(world: World, sani: Sani) -> None:
    """A preflight is answered without a token; answers and refusals can be read, with the headers of paging, and no cookie counts."""
    asked = {"Origin": "https://backpack.example", "Access-Control-Request-Method": "PUT"}
    for path in (CREDENTIALS, PROFILE, DISCOVERY):
        preflight = world.client.options(path, headers={**asked, "Access-Control-Request-Headers": "authorization"})
        assert (preflight.status_code, preflight.content) == (204, b"")
        assert preflight.headers["Access-Control-Allow-Origin"] == "*"
        assert {"GET", "POST", "PUT"} == set(preflight.headers["Access-Control-Allow-Methods"].split(", "))
        assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
        assert "Access-Control-Allow-Credentials" not in preflight.headers
    read = world.client.get(CREDENTIALS, headers={**sani.program.headers, "Origin": "https://backpack.example"})
    refused = world.client.get(CREDENTIALS, headers={"Origin": "https://backpack.example"})
    for answer in (read, refused):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert {"Link", "X-Total-Count", "WWW-Authenticate"} <= set(
            answer.headers["Access-Control-Expose-Headers"].split(", ")
        )
        assert "Set-Cookie" not in answer.headers
    badge = orjson.dumps(Maker.by_key().badge())
    put = {**sani.program.headers, "Content-Type": "application/json", "Origin": "null", "Sec-Fetch-Site": "cross-site"}
    assert world.client.post(CREDENTIALS, content=badge, headers=put).status_code == 201


def test_no_other_address_is_opened_to_other_origins(world: World) -> None:
    """Pages and the rest of the API answer preflights as before."""
    asked = {"Origin": "https://backpack.example", "Access-Control-Request-Method": "GET"}
    for path in ("/passport", "/v1/credentials", "/ims", "/p"):
        answer = world.client.options(path, headers=asked)
        assert "Access-Control-Allow-Origin" not in answer.headers, path
