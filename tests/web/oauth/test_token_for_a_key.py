"""``POST /oauth/token`` with client credentials: an access key is a client by itself."""

from __future__ import annotations

import base64
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from okbadges.app import create_app
from okbadges.organisations.failures import WRONG_KEYS
from okbadges.organisations.known_keys import revoke_access_key
from okbadges.organisations.members import leave
from okbadges.organisations.roles import Role, Scope
from okbadges.organisations.workshops import find_organisation
from support.world import BASE_URL, order, settings_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from httpx2 import Response

    from support.world import World

AT = "/oauth/token"
FOR_KEY = {"grant_type": "client_credentials"}


def basic(client_id: str, secret: str) -> dict[str, str]:
    """Return the header of HTTP Basic."""
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


def as_client(key: str) -> dict[str, str]:
    """Return how a program says that it has this access key."""
    return basic(key.split("_")[1], key)


def key_of(headers: dict[str, str]) -> str:
    """Return the access key in headers."""
    return headers["Authorization"].removeprefix("Bearer ")


def token_for(world: World, key: str, **form: str) -> str:
    """Return an access token for an access key."""
    answer = world.client.post(AT, data={**FOR_KEY, **form}, headers=as_client(key))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def issue(world: World, token: str) -> Response:
    """Issue a badge with a token."""
    return world.client.post("/v1/credentials", json=order(), headers={"Authorization": f"Bearer {token}"})


def test_it_works(world: World) -> None:
    """A server gets a token for its key and calls the API with it, as it would with the key."""
    answer = world.client.post(AT, data=FOR_KEY, headers=as_client(world.keys.iida))
    assert answer.status_code == 200
    told = answer.json()
    assert told["token_type"] == "Bearer"
    assert told["expires_in"] == 3600
    assert told["access_token"].startswith("okt_")
    assert "credentials:issue" in told["scope"].split()
    assert "refresh_token" not in told
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["pragma"] == "no-cache"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert issue(world, told["access_token"]).status_code == 201


@pytest.mark.parametrize("whole", [True, False])
def test_the_name_is_the_prefix(world: World, *, whole: bool) -> None:
    """A key's name is its prefix, with its mark before it or without; and the secret may come in the form."""
    mark = "okb_" if whole else ""
    form = {**FOR_KEY, "client_id": mark + world.keys.iida.split("_")[1], "client_secret": world.keys.iida}
    assert world.client.post(AT, data=form).status_code == 200


def test_the_caller_is_the_same(world: World) -> None:
    """What is done with a token is done by the key: the journal names it, and its organisations are the token's."""
    headers = world.key([Scope.ISSUE, Scope.READ])
    key = key_of(headers)
    token = {"Authorization": f"Bearer {token_for(world, key)}"}
    assert (
        world.client.get("/v1/credentials/nonsense", headers=token).json()
        == world.client.get("/v1/credentials/nonsense", headers=headers).json()
    )


def test_a_token_opens_what_it_was_asked_for(world: World) -> None:
    """A token for reading does not issue, whatever the key may do."""
    token = token_for(world, key_of(world.key([Scope.ISSUE, Scope.READ])), scope="credentials:read")
    headers = {"Authorization": f"Bearer {token}"}
    assert world.client.get("/v1/credentials/nonsense", headers=headers).status_code == 404
    refused = issue(world, token)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope-missing")


@pytest.mark.parametrize("scope", ["credentials:revoke", "credentials:read credentials:revoke", "nonsense", "*"])
def test_nobody_gets_more_than_the_key_has(world: World, scope: str) -> None:
    """A scope that the key has not is refused, also beside others that it has."""
    key = key_of(world.key([Scope.ISSUE, Scope.READ]))
    refused = world.client.post(AT, data={**FOR_KEY, "scope": scope}, headers=as_client(key))
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")


def test_a_token_ends_after_an_hour(world: World) -> None:
    """An hour later it opens nothing and says so; that is no try, and is not counted."""
    token = token_for(world, world.keys.iida)
    world.clock.move(minutes=59)
    assert issue(world, token).status_code != 401
    world.clock.move(minutes=1)
    refused = issue(world, token)
    assert (refused.status_code, refused.json()["code"]) == (401, "token-expired")
    assert failures(world) == 0


def test_a_revoked_key_takes_its_tokens_along(world: World) -> None:
    """The token of a key that was revoked opens nothing from that moment on, and says no more than that it is not known."""
    key = key_of(world.key([Scope.READ]))
    token = token_for(world, key)
    revoke_access_key(world.rooms.writer, world.rooms.stamp("test"), key.split("_")[1])
    refused = issue(world, token)
    assert (refused.status_code, refused.json()["code"]) == (401, "token-unknown")
    assert world.client.post(AT, data=FOR_KEY, headers=as_client(key)).json()["error"] == "invalid_client"


def test_a_key_that_ends_takes_its_tokens_along(world: World) -> None:
    """A token that was made a minute before its key ends is of no use a minute later."""
    token = token_for(world, key_of(world.key([Scope.READ], lasts=timedelta(minutes=1))))
    world.clock.move(minutes=2)
    assert issue(world, token).json()["code"] == "token-unknown"


def test_a_member_who_left_takes_their_tokens_along(world: World) -> None:
    """The token of a member's key opens nothing once they left."""
    token = token_for(world, world.keys.iida)
    with world.rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    leave(world.rooms.writer, world.rooms.stamp("test"), organisation=kemi, member_id=world.keys.iida_id)
    assert issue(world, token).json()["code"] == "token-unknown"


@pytest.mark.parametrize(
    "who",
    [
        {},
        {"Authorization": "Basic"},
        {"Authorization": "Basic !!"},
        {"Authorization": "Basic " + base64.b64encode(b"no colon").decode()},
        {"Authorization": "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode()},
        {"Authorization": "Bearer okt_abc"},
        basic("okp_nobody", "oks_wrong"),
        basic("abcdefgh", "wrong"),
        basic("", ""),
    ],
)
def test_who_is_not_known_gets_401(world: World, who: dict[str, str]) -> None:
    """Nobody, half a header, a name without a secret: 401 in OAuth's words, with the scheme that is asked for."""
    refused = world.client.post(AT, data=FOR_KEY, headers=who)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert refused.headers["www-authenticate"].startswith("Basic")
    assert refused.headers["cache-control"] == "no-store"


def test_a_key_under_the_name_of_another_is_refused(world: World) -> None:
    """Name and secret belong together: a right key with the prefix of another one is nobody."""
    other = world.keys.partner.split("_")[1]
    refused = world.client.post(AT, data=FOR_KEY, headers=basic(other, world.keys.iida))
    assert refused.json()["error"] == "invalid_client"


def test_wrong_secrets_are_counted_with_wrong_keys(world: World) -> None:
    """Who guesses here and at the API is counted together, and then waits at both; a right key still gets its token."""
    wrong = basic("okp_nobody", "oks_wrong")
    for _ in range(WRONG_KEYS.most):
        world.client.post(AT, data=FOR_KEY, headers=wrong)
    assert failures(world) == WRONG_KEYS.most
    refused = world.client.post(AT, data=FOR_KEY, headers=wrong)
    assert (refused.status_code, refused.json()["error"]) == (429, "temporarily_unavailable")
    assert int(refused.headers["retry-after"]) > 0
    assert world.client.get("/v1/members", headers={"Authorization": "Bearer okt_guessed"}).status_code == 429
    assert world.client.post(AT, data=FOR_KEY, headers=as_client(world.keys.iida)).status_code == 200


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("", "invalid_request"),
        ("grant_type=", "invalid_request"),
        ("grant_type=password&username=a&password=b", "unsupported_grant_type"),
        ("grant_type=urn:ietf:params:oauth:grant-type:pre-authorized_code", "unsupported_grant_type"),
        ("grant_type=authorization_code&code=a", "unauthorized_client"),
        ("grant_type=refresh_token&refresh_token=a", "unauthorized_client"),
        ("grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
        ("grant_type=client_credentials&scope=credentials:read&scope=credentials:issue", "invalid_request"),
        ("grant_type=client_credentials&x=1&x=2", "invalid_request"),
        ("grant_type=client_credentials&scope=%22", "invalid_request"),
        ("grant_type=client_credentials&scope=%00", "invalid_request"),
        ("grant_type=%FF%FE", "invalid_request"),
        ("grant_type=client_credentials&scope=" + "a" * 3000, "invalid_request"),
        ("&".join(f"a{number}=1" for number in range(100)), "invalid_request"),
    ],
)
def test_what_is_malformed_is_refused_in_words(world: World, body: str, error: str) -> None:
    """Nothing, a grant that is not offered, a parameter twice, strange characters: 400 with OAuth's name for it."""
    headers = {**as_client(world.keys.iida), "Content-Type": "application/x-www-form-urlencoded"}
    refused = world.client.post(AT, content=body, headers=headers)
    assert (refused.status_code, refused.json()["error"]) == (400, error), refused.text
    assert refused.headers["content-type"] == "application/json"
    assert refused.headers["cache-control"] == "no-store"


def test_other_shapes_are_refused_as_oauth_does(world: World) -> None:
    """JSON, a page that is wished for, another method, too much: an error of OAuth each time, never a page and never a problem."""
    who = as_client(world.keys.iida)
    sent = [
        world.client.post(AT, json=FOR_KEY, headers=who),
        world.client.post(AT, data=FOR_KEY, headers={**who, "Content-Type": "text/plain"}),
        world.client.post(AT, headers={**who, "Accept": "text/html"}),
        world.client.get(AT, headers={"Accept": "text/html"}),
        world.client.post(AT, data={"x": "y" * 70_000}, headers=who),
    ]
    assert [answer.status_code for answer in sent] == [400, 400, 400, 405, 413]
    assert {answer.json()["error"] for answer in sent} == {"invalid_request"}


def test_nothing_is_taken_from_the_address(world: World) -> None:
    """A grant, a secret or a token in the address is refused, not used."""
    refused = world.client.post(f"{AT}?grant_type=client_credentials", data=FOR_KEY, headers=as_client(world.keys.iida))
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")
    token = token_for(world, world.keys.iida)
    assert world.client.get(f"/v1/members?access_token={token}").json()["code"] == "access-key-missing"


def test_two_ways_at_once_are_refused(world: World) -> None:
    """Who shows a secret in the header and in the form is not guessed to be one of the two."""
    form = {**FOR_KEY, "client_id": world.keys.iida.split("_")[1], "client_secret": world.keys.iida}
    refused = world.client.post(AT, data=form, headers=as_client(world.keys.iida))
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")


def test_a_browser_may_ask_first(world: World) -> None:
    """A page of another site is told that it may send what it wants to send; pages with cookies say nothing of the kind."""
    asks = {"Origin": "https://backpack.example", "Access-Control-Request-Method": "POST"}
    allowed = world.client.options(AT, headers=asks)
    assert allowed.status_code == 204
    assert allowed.headers["access-control-allow-origin"] == "*"
    assert "Authorization" in allowed.headers["access-control-allow-headers"]
    for path in ("/oauth/authorize", "/passport/settings", "/p"):
        assert "access-control-allow-origin" not in world.client.options(path, headers=asks).headers
        assert "access-control-allow-origin" not in world.client.get(path).headers


def test_a_token_leaves_no_event_and_is_kept_as_a_hash(world: World) -> None:
    """The database holds neither the token nor an event of it."""
    before = events(world)
    token = token_for(world, world.keys.iida)
    assert events(world) == before
    with world.rooms.database.read() as session:
        rows = session.connection().execute(text("SELECT * FROM oauth_tokens")).all()
    assert len(rows) == 1
    assert token not in str(rows)
    assert token[4:] not in str(rows)


def test_a_token_calls_as_often_as_its_key(world: World) -> None:
    """Tokens, whoever asks for them, and their key share one allowance."""
    headers = world.key([Scope.READ])
    with limited(world, rate_per_key="3/hour") as client:
        token = client.post(AT, data=FOR_KEY, headers=as_client(key_of(headers))).json()["access_token"]
        with_token = {"Authorization": f"Bearer {token}"}
        assert client.get("/v1/credentials/nonsense", headers=with_token).status_code == 404
        assert client.get("/v1/credentials/nonsense", headers=headers).status_code == 404
        assert client.get("/v1/credentials/nonsense", headers=with_token).status_code == 429
        assert client.post(AT, data=FOR_KEY, headers=as_client(key_of(headers))).status_code == 429


@contextmanager
def limited(world: World, **rates: str) -> Iterator[TestClient]:
    """Serve the same installation with rates."""
    url = world.rooms.database.engine.url.render_as_string(hide_password=False)
    app = create_app(settings_for(url).model_copy(update=rates), now=world.clock)
    with TestClient(app, base_url=BASE_URL) as client:
        yield client


def failures(world: World) -> int:
    """Return how many failures were counted."""
    world.rooms.writer.write(lambda _: None)
    with world.rooms.database.read() as session:
        return int(session.scalar(text("SELECT coalesce(sum(failed), 0) FROM failures")) or 0)


def events(world: World) -> int:
    """Return how many events there are."""
    with world.rooms.database.read() as session:
        return int(session.scalar(text("SELECT count(*) FROM events")) or 0)


def test_a_role_is_kept(world: World) -> None:
    """A member's token acts in the member's role."""
    key = key_of(world.key([Scope.ADMINISTER], role=Role.ADMINISTRATOR, member_id=world.keys.aino_id))
    token = token_for(world, key)
    assert (
        world.client.get("/v1/members?organisation=kemi", headers={"Authorization": f"Bearer {token}"}).status_code
        == 200
    )
