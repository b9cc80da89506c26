"""JSONTestSuite and the naughty strings through the HTTP door: every one is answered, none with an error of ours."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import World


# What is stored does not matter here, so one database is enough.
pytestmark = pytest.mark.parametrize("ground", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def bodies(shared: Path) -> list[bytes]:
    """Return every file and every string as the body of a request; an empty body is refused elsewhere."""
    external = shared / "attacks" / "external"
    files = [file.read_bytes() for file in sorted((external / "JSONTestSuite" / "test_parsing").glob("*.json"))]
    strings = [
        str(string).encode("utf-8", "surrogatepass") for string in json.loads((external / "blns.json").read_text())
    ]
    return [body for body in files + strings if body]


def test_each_body_gets_a_verdict(world: World, bodies: list[bytes]) -> None:
    """``POST /v1/verify`` answers 200 with a report that is not VALID."""
    for body in bodies:
        answer = world.client.post("/v1/verify", content=body)
        assert answer.status_code == 200, body[:80]
        assert answer.json()["verdict"] in {"REJECTED", "INVALID", "INDETERMINATE"}, body[:80]


def test_no_body_is_an_order(world: World, bodies: list[bytes]) -> None:
    """``POST /v1/credentials`` refuses each as a problem of the caller, and issues nothing."""
    statuses = set()
    for body in bodies:
        answer = world.client.post("/v1/credentials", content=body, headers=world.as_iida())
        statuses.add(answer.status_code)
        assert answer.headers["content-type"].startswith("application/problem+json"), body[:80]
    assert statuses <= {400, 413, 422}


def test_naughty_strings_are_no_parts_of_an_address(world: World, shared: Path) -> None:
    """Where an address has a name, a language or a token, a string is not found or refused, and never an error of ours."""
    strings = json.loads((shared / "attacks" / "external" / "blns.json").read_text())
    for string in strings[::5]:  # every fifth: each is two whole requests
        quoted = quote(string, safe="")
        for path in (f"/v1/credentials/{quoted}", f"/s/{quoted}"):
            answer = world.client.get(path, headers=world.as_iida())
            assert answer.status_code < 500, string
