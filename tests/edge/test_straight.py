"""The straight way answers what the framework would answer, and leaves to it what is not well formed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from okbadges.edge.straight import Road

if TYPE_CHECKING:
    from fastapi import Request, Response

    from support.world import World

LIST = "/issuers/ok/status/1"


async def _nothing(request: Request, **parts: str) -> Response:
    raise NotImplementedError(request, parts)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/s/abc", {"token": "abc"}),
        ("/s/abc/areas", None),
        ("/s/", None),
        ("/s", None),
    ],
)
def test_a_part_has_no_slash(path: str, found: dict[str, str] | None) -> None:
    """A template fits a path whole, and each place in it one part."""
    fits = Road("GET", "/s/{token}", _nothing).pattern().fullmatch(path)
    assert (fits.groupdict() if fits else None) == found


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/issuers/ok/status/0", 422, "invalid-field"),
        ("GET", "/issuers/ok/status/one", 422, "invalid-field"),
        ("GET", "/issuers/ok/status/99999999999", 422, "invalid-field"),
        ("GET", "/issuers/ok/status/77", 404, "unknown-status-list"),
        ("GET", "/issuers/nobody/status/1", 404, "unknown-issuer"),
        ("POST", LIST, 405, "method-not-allowed"),
        ("POST", "/v1/verify", 400, "empty-body"),
        ("GET", "/s/nothing", 404, "unknown-share-link"),
    ],
)
def test_refusals_are_those_of_every_route(world: World, method: str, path: str, status: int, code: str) -> None:
    """A problem document with its code, whichever way the request took."""
    world.issue()
    answer = world.client.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_both_ways_lead_to_one_answer(world: World) -> None:
    """A number that is written in another way takes the framework's, and is answered with the same bytes and headers."""
    world.issue()
    straight, around = world.client.get(LIST), world.client.get("/issuers/ok/status/01")
    assert straight.status_code == around.status_code == 200
    assert straight.content == around.content
    assert straight.headers == around.headers


def test_what_stands_around_it_sees_it(world: World) -> None:
    """HEAD is answered without a body, what somebody has is not sent again, and the numbers name the route."""
    world.issue()
    whole = world.client.get(LIST)
    head = world.client.head(LIST)
    assert (head.status_code, head.content, head.headers) == (200, b"", whole.headers)
    assert world.client.get(LIST, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    told = world.rooms.metrics.exposition().decode()
    assert 'route="/issuers/{slug}/status/{number}"' in told
