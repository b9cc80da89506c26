"""What every answer carries, and what a failure looks like to a program and to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from okbadges import errors
from okbadges.edge.problems import STATUS, problem_of

if TYPE_CHECKING:
    from support.world import World

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "fi"}


@pytest.mark.parametrize("path", ["/", "/badges", "/v1/badges", "/nothing", "/issuers/ok/did.json", "/docs"])
def test_every_answer_carries_the_security_headers(world: World, path: str) -> None:
    """Pages, JSON and refusals alike come with the content policy, no referrer and no sniffing."""
    headers = world.client.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in headers
    assert "strict-transport-security" not in headers


@pytest.mark.parametrize("path", ["/s/abc", "/c/abc", "/verify"])
def test_pages_about_people_are_not_kept_or_indexed(world: World, path: str) -> None:
    """A share, claim or check page is neither cached nor indexed, not even a refusal."""
    headers = world.client.get(path, headers=BROWSER).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-robots-tag"] == "noindex, nofollow"


def test_a_program_gets_a_problem_and_a_person_a_page(world: World) -> None:
    """The same wrong address is a problem document for curl and a page with words for a browser."""
    program = world.client.get("/nothing")
    assert program.headers["content-type"] == "application/problem+json"
    assert program.json()["status"] == 404
    person = world.client.get("/nothing", headers=BROWSER)
    assert person.headers["content-type"].startswith("text/html")
    assert person.status_code == 404
    assert '<html lang="fi"' in person.text


def test_the_api_answers_problems_to_browsers_too(world: World) -> None:
    """Under /v1 a failure is a problem document whoever asks."""
    answer = world.client.get("/v1/badges/nothing", headers=BROWSER)
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_unexpected_error_says_nothing_about_the_inside(world_apart: World) -> None:
    """A bug becomes a 500 with plain words and no trace of code or data."""

    @world_apart.app.get("/v1/broken")
    def broken() -> None:
        raise RuntimeError("secret detail")

    # the new route stands behind none of the others, so it is reached
    answer = world_apart.client.get("/v1/broken")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal-error")
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text


def test_every_error_class_has_a_status() -> None:
    """No error of ours falls through the table."""
    classes = [
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.OkbadgesError)
    ]
    assert set(classes) == set(STATUS)
    assert problem_of(errors.MalformedInput("x", "y")).status == 400


def test_too_many_requests_say_when_to_come_back() -> None:
    """A 429 carries the seconds to wait."""
    from okbadges.edge.problems import _headers  # noqa: PLC0415 - the header is made beside the table

    refused = errors.TooManyRequests("x", "y", retry_after_seconds=7)
    assert _headers(refused) == {"Retry-After": "7"}


def test_a_log_line_has_no_token(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Requests are logged by the template of their route, never by their address."""
    issued = world.issue(share={"purpose": "other", "expires_on": "2026-12-01"})
    token = issued["share_link"].rsplit("/", 1)[1]
    world.client.get(f"/s/{token}")
    said = "".join(capsys.readouterr())
    assert token not in said
    assert "/s/{token}" in said
    assert world.keys.iida not in said


def test_json_without_its_content_type_is_told(world: World) -> None:
    """A body without Content-Type: application/json is answered with what to send, not with a riddle about dictionaries."""
    answer = world.client.post("/v1/credentials", content=b"{}", headers=world.as_iida())
    assert (answer.status_code, answer.json()["code"]) == (422, "content-type")
    assert "application/json" in answer.json()["detail"]
    as_curl_does = {**world.as_iida(), "Content-Type": "application/x-www-form-urlencoded"}
    answer = world.client.post("/v1/credentials", content=b"{}", headers=as_curl_does)
    assert (answer.status_code, answer.json()["code"]) == (422, "content-type")
