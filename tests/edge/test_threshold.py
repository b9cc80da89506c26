"""What is refused at the threshold, before any route is looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.world import World

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "fi"}
HUGE = "9" * 20


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/x",
        "/%2Fevil.example/x",
        "/%5Cevil.example/x",
        "/%09/evil.example/x",
        "/badges/a%00b",
        "/s/%00",
        "/v1/badges/%00",
        "/issuers/%00/did.json",
        "/" + "x" * 2001,
        "/badges/digi-turva/v" + "9" * 5000 + "/fi",
        "/issuers/ok/status/" + "9" * 5000,
    ],
)
@pytest.mark.parametrize("headers", [BROWSER, {}], ids=["person", "program"])
def test_no_page_of_ours_has_such_an_address(world: World, path: str, headers: dict[str, str]) -> None:
    """A double slash, a backslash, a control character or 2 000 characters are answered with 404, and nothing is echoed."""
    # as a whole address: a client would take a path with two slashes for another host
    answer = world.client.get(f"http://localhost:8000{path}", headers=headers)
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")
    assert "evil" not in answer.text
    assert "999999" not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    if not headers:
        assert answer.json()["code"] == "not-found"


@pytest.mark.parametrize(
    "path",
    [
        f"/issuers/ok/status/{HUGE}",
        f"/badges/digi-turva/v{HUGE}/fi",
        f"/badges/digi-turva/v{HUGE}/fi/image.png",
        f"/badges/digi-turva/emblem.svg?v={HUGE}",
    ],
)
def test_a_number_that_no_database_holds_is_the_callers_mistake(world: World, path: str) -> None:
    """A number of twenty digits finds nothing or is refused; it is neither an error of ours nor a database that is away."""
    assert world.client.get(path).status_code in {404, 422}


@pytest.mark.parametrize("headers", [BROWSER, {}], ids=["person", "program"])
def test_nul_in_a_question_is_refused(world: World, headers: dict[str, str]) -> None:
    """NUL after the question mark is a request that cannot be read, at every address: 400, and nothing is echoed."""
    for path in ("/badges?v=%00", "/v1/groups?evil=%00", "/?%00=1"):
        answer = world.client.get(path, headers=headers)
        assert (answer.status_code, "evil" in answer.text) == (400, False), path
    if not headers:
        assert (answer.json()["code"], answer.json()["field"]) == ("query-nul", "query")


@pytest.mark.parametrize("name", ["Authorization", "Idempotency-Key"])
def test_a_header_that_says_two_things_is_refused(world: World, name: str) -> None:
    """Two Authorization or Idempotency-Key headers are a problem: nobody guesses which one is meant."""
    answer = world.client.get("/v1/badges", headers=[(name, "Bearer a"), (name.lower(), "Bearer b")])
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["field"]) == (400, "header-twice", name)


def test_another_site_cannot_press_the_holders_buttons(world: World) -> None:
    """A form under /c/ that another site sends is refused with 403; the page's own form is let through."""
    path = f"{world.issue()['claim_link']}/links/00000000-0000-4000-8000-000000000000/withdraw"
    refused = world.client.post(path, headers={"Sec-Fetch-Site": "cross-site"})
    assert (refused.status_code, refused.json()["code"]) == (403, "cross-site-form")
    own = world.client.post(path, headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False)
    assert own.status_code != 403
    assert world.client.post(path, follow_redirects=False).status_code != 403


@pytest.mark.parametrize("path", ["/badges/", "/v1/badges/", "/verify/", "/healthz/"])
def test_nobody_is_sent_to_the_host_that_a_request_names(world: World, path: str) -> None:
    """An address with a slash too many is 404; it is not redirected to whatever the Host header says."""
    answer = world.client.get(path, headers={"Host": "evil.example"}, follow_redirects=False)
    assert (answer.status_code, answer.headers.get("location")) == (404, None)
