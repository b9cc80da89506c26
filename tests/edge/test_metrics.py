"""Numbers: what is counted, under which words, and that nobody is in them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import IntegrityError

from okbadges.edge.metrics import Metrics

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from support.world import World


def number(metrics: Metrics, line: str) -> float:
    """Return the number that stands behind these words; 0 when they are not there."""
    found = [one for one in metrics.exposition().decode().splitlines() if one.startswith(f"{line} ")]
    return float(found[0].rsplit(" ", 1)[1]) if found else 0.0


def test_each_service_counts_for_itself() -> None:
    """Two services in one process do not mix their numbers, and every outcome is there from the beginning."""
    one, other = Metrics(), Metrics()
    one.issued("issued")
    one.revoked(3)
    assert number(one, 'okbadges_credentials_issued_total{outcome="issued"}') == 1
    assert number(one, "okbadges_credentials_revoked_total") == 3
    assert 'okbadges_credentials_issued_total{outcome="issued"} 0.0' in other.exposition().decode()
    assert 'okbadges_credentials_issued_total{outcome="refused"} 0.0' in one.exposition().decode()
    assert abs(number(one, "okbadges_started_seconds") - time.time()) < 60


def test_methods_of_others_make_no_labels() -> None:
    """Whatever method a client makes up is counted as one: a label is never of a stranger's making."""
    metrics = Metrics()
    for made_up in ("FOO", "BAR", "GET"):
        metrics.request(made_up, "/badges", 200, 0.1)
    said = metrics.exposition().decode()
    assert "FOO" not in said
    assert number(metrics, 'okbadges_request_seconds_count{method="other",route="/badges",status="2xx"}') == 2


def test_the_writer_is_measured(world: World) -> None:
    """Commits, and the changes with how long they waited; refused ones too, though nothing is committed for one that is alone."""
    metrics = world.rooms.metrics
    changes, commits = (
        number(metrics, "okbadges_writer_change_seconds_count"),
        number(metrics, "okbadges_writer_commits_total"),
    )

    def refused(_: Connection) -> None:
        raise IntegrityError("", {}, ValueError())

    world.rooms.writer.write(lambda _: None)
    with pytest.raises(IntegrityError):
        world.rooms.writer.write(refused)
    # the callback that counts runs beside whoever waits for the answer
    world.rooms.writer.close()
    assert number(metrics, "okbadges_writer_change_seconds_count") == changes + 2
    assert number(metrics, "okbadges_writer_commits_total") == commits + 1


def test_requests_are_counted_by_template(world: World) -> None:
    """A route is counted under its template, an address of nobody under `none`; no id, token, key or address is in the numbers."""
    issued = world.issue(share={"purpose": "study-plan", "expires_on": "2027-05-01"})
    world.client.get(issued["share_link"])
    world.client.get(issued["claim_link"])
    world.client.head("/badges")
    world.client.get("/v1/credentials/" + issued["id"], headers=world.as_iida())
    world.client.get("/nothing/here")
    world.client.post("/v1/verify", json=issued["credential"])
    world.client.post("/v1/verify", json={})
    metrics = world.rooms.metrics
    said = metrics.exposition().decode()
    assert number(metrics, 'okbadges_request_seconds_count{method="POST",route="/v1/credentials",status="2xx"}') == 1
    assert number(metrics, 'okbadges_request_seconds_count{method="GET",route="/s/{token}",status="2xx"}') == 1
    assert number(metrics, 'okbadges_request_seconds_count{method="HEAD",route="/badges",status="2xx"}') == 1
    assert number(metrics, 'okbadges_request_seconds_count{method="GET",route="none",status="4xx"}') == 1
    assert number(metrics, 'okbadges_verifications_total{verdict="VALID"}') >= 1
    assert number(metrics, 'okbadges_verifications_total{verdict="REJECTED"}') + number(metrics, 'okbadges_verifications_total{verdict="INVALID"}') == 1  # fmt: skip
    private = (
        issued["id"].removeprefix("urn:uuid:"), issued["participant"], issued["share_link"].rsplit("/", 1)[1],
        issued["claim_link"].rsplit("/", 1)[1], world.keys.iida.split("_")[1], "nothing/here", "kemi", "testclient",
    )  # fmt: skip
    assert [one for one in private if one in said] == []
