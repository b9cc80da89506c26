"""``POST /oauth/register``: a program registers itself."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import select

from okbadges.storage.tables import EventRow, OAuthClientRow
from support.programs import READ, REGISTRATION
from web.test_limits import limited

if TYPE_CHECKING:
    from httpx2 import Response

    from support.world import World

AT = "/oauth/register"


def send(world: World, **changes: Any) -> Response:
    """Send a registration with some members changed; a member that is None is left out."""
    body = {name: value for name, value in {**REGISTRATION, **changes}.items() if value is not None}
    return world.client.post(AT, json=body)


def test_it_works(world: World) -> None:
    """A program gets a name and a secret, and back what was understood."""
    answer = send(world)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert {name: told[name] for name in REGISTRATION} == REGISTRATION
    assert told["client_id"].startswith("okp_")
    assert len(told["client_secret"]) > 40
    assert told["client_id_issued_at"] == int(world.clock().timestamp())
    assert told["client_secret_expires_at"] == 0
    assert told["token_endpoint_auth_method"] == "client_secret_basic"
    assert told["grant_types"] == ["authorization_code", "refresh_token"]
    assert told["response_types"] == ["code"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["access-control-allow-origin"] == "*"


def test_its_secret_and_its_people_are_not_kept(world: World) -> None:
    """The database holds a hash of the secret and no contact; the journal holds the key of the row."""
    told = send(world, contacts=["seppo@backpack.example"]).json()
    with world.rooms.database.read() as session:
        row = session.exec(select(OAuthClientRow)).one()
        event = session.exec(select(EventRow).where(EventRow.action == "program.registered")).one()
    assert told["client_secret"] not in f"{row} {event}"
    assert "seppo" not in f"{row} {event} {told}"
    assert event.subject == f"oauth-client:{row.id}"
    assert event.details == "{}"


@pytest.mark.parametrize("missing", sorted(REGISTRATION))
def test_every_member_is_needed(world: World, missing: str) -> None:
    """What Open Badges 3.0 requires cannot be left out."""
    refused = send(world, **{missing: None})
    error = "invalid_redirect_uri" if missing == "redirect_uris" else "invalid_client_metadata"
    assert (refused.status_code, refused.json()["error"]) == (400, error), refused.text
    assert missing in refused.json()["error_description"]


@pytest.mark.parametrize(
    "uris",
    [
        [],
        "https://backpack.example/back",
        [""],
        [7],
        ["https://other.example/back"],
        ["https://backpack.example.other.example/back"],
        ["https://backpack.example@other.example/back"],
        ["https://backpack.example/back#here"],
        ["https://backpack.example/back#"],
        ["http://backpack.example/back"],
        ["http://localhost/back"],
        ["javascript:alert(1)"],
        ["data:text/html,x"],
        ["backpack:/back"],
        ["//backpack.example/back"],
        ["https://backpack.example/ back"],
        ["https://backpack.example/\nback"],
        ["https://backpack.example/bäck"],
        ["https://backpack.example:99999/back"],
        ["https://backpack.example\\@other.example/"],
        ["https://[::1/back"],
        ["https://backpack.example/" + "a" * 500],
        ["https://backpack.example/back", "https://backpack.example/back"],
        [f"https://backpack.example/{number}" for number in range(11)],
    ],
)
def test_an_address_to_lead_back_to_is_its_own(world: World, uris: Any) -> None:
    """Only whole https addresses of the program's own host, a few of them."""
    refused = send(world, redirect_uris=uris)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_redirect_uri"), refused.text


@pytest.mark.parametrize(
    "changes",
    [
        {"client_name": ""},
        {"client_name": "a" * 81},
        {"client_name": "okbadges\u202eevil"},
        {"client_name": "a\u0000b"},
        {"client_name": " Backpack"},
        {"client_name": 7},
        {"client_uri": "https://other.example/"},
        {"client_uri": "http://backpack.example/"},
        {"policy_uri": "https://backpack.example/#"},
        {"logo_uri": "data:image/png;base64,AAAA"},
        {"scope": ""},
        {"scope": "offline_access"},
        {"scope": "credentials:issue"},
        {"scope": f"{READ} nonsense"},
        {"scope": [READ]},
        {"grant_types": []},
        {"grant_types": ["client_credentials"]},
        {"grant_types": ["refresh_token"]},
        {"grant_types": ["authorization_code", "implicit"]},
        {"response_types": ["token"]},
        {"response_types": []},
        {"token_endpoint_auth_method": "none"},
        {"token_endpoint_auth_method": "client_secret_post"},
        {"contacts": "seppo@backpack.example"},
        {"software_version": "a" * 3000},
    ],
)
def test_what_it_says_of_itself_has_a_shape(world: World, changes: dict[str, Any]) -> None:
    """Names that cannot be printed, other hosts, what is not offered here: refused, and nothing is kept."""
    refused = send(world, **changes)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_client_metadata"), refused.text
    with world.rooms.database.read() as session:
        assert session.exec(select(OAuthClientRow)).all() == []


def test_a_software_statement_is_not_taken(world: World) -> None:
    """Somebody else's word for a program is refused, not passed over."""
    refused = send(world, software_statement="eyJ…")
    assert (refused.status_code, refused.json()["error"]) == (400, "unapproved_software_statement")


def test_what_is_not_known_is_passed_over(world: World) -> None:
    """Members of other versions of the protocol do no harm and are not sent back."""
    told = send(world, jwks_uri="https://backpack.example/keys", application_type="web")
    assert told.status_code == 201
    assert "jwks_uri" not in told.json()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"client_name": 1, "client_name": 2}', b"\xff"])
def test_what_is_no_registration_is_refused(world: World, body: bytes) -> None:
    """Broken JSON and JSON of another shape get an error of the protocol."""
    refused = world.client.post(AT, content=body, headers={"Content-Type": "application/json", "Accept": "text/html"})
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_client_metadata")


def test_other_shapes_are_refused_in_the_protocol(world: World) -> None:
    """A form, another method, too much: never a page, never 500."""
    assert world.client.post(AT, data=REGISTRATION).status_code == 400
    assert world.client.get(AT, headers={"Accept": "text/html"}).json()["error"] == "invalid_client_metadata"
    large = world.client.post(AT, content=json.dumps({**REGISTRATION, "x": "y" * 70_000}))
    assert (large.status_code, large.json()["error"]) == (413, "invalid_client_metadata")


def test_a_developer_registers_a_program_of_this_machine(world: World) -> None:
    """Where the settings allow it, and nowhere else, a program may run on this machine by http."""
    here = {
        name: value.replace("https://backpack.example", "http://localhost:9000") if isinstance(value, str) else value
        for name, value in REGISTRATION.items()
    }
    here["redirect_uris"] = ["http://localhost:9000/back"]
    world.app.state.rooms = replace(world.rooms, loopback_programs=False)
    assert world.client.post(AT, json=here).status_code == 400
    world.app.state.rooms = replace(world.rooms, loopback_programs=True)
    assert world.client.post(AT, json=here).status_code == 201
    elsewhere = {**here, "redirect_uris": ["http://backpack.example/back"]}
    assert world.client.post(AT, json=elsewhere).status_code == 400


@pytest.mark.parametrize(
    "name", ["okbadges", "OK-Badges ylläpito", "\uff2f\uff2bbadges", "Minun Osaamispassi", "OK! osaamismerkit"]
)
def test_nobody_takes_our_name(world: World, name: str) -> None:
    """A name that holders would take for ours, or for an issuer of this installation, is refused, however it is written."""
    answer = send(world, client_name=name)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")


@pytest.mark.parametrize("query", ["code=1", "state=", "iss=https%3A%2F%2Fevil.example", "a=1&error=x"])
def test_a_way_back_does_not_answer_itself(world: World, query: str) -> None:
    """An address to lead back to has no parameter that the answer has; others may be there."""
    answer = send(world, redirect_uris=[f"https://backpack.example/back?{query}"])
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_redirect_uri")
    assert send(world, redirect_uris=["https://backpack.example/back?a=1"]).status_code == 201


def test_it_is_done_so_often(world: World) -> None:
    """Twenty times an hour from one address, then 429 in the protocol's shape, and nothing is kept."""
    with limited(world, rate_per_address="120/minute") as client:
        answers = [client.post(AT, json=REGISTRATION) for _ in range(21)]
    assert {answer.status_code for answer in answers[:20]} == {201}
    assert (answers[20].status_code, answers[20].json()["error"]) == (429, "temporarily_unavailable")
    assert int(answers[20].headers["Retry-After"]) >= 1
