"""``GET /metrics``: for auditors' keys, or for everybody where the operator says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from okbadges.app import create_app
from support.world import settings_for

if TYPE_CHECKING:
    from support.world import World


def test_it_works(world: World) -> None:
    """An auditor's program reads numbers that Prometheus understands; they are not kept on the way."""
    world.issue()
    answer = world.client.get("/metrics", headers=world.as_audrey())
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    assert {
        "okbadges_credentials_issued", "okbadges_credentials_revoked", "okbadges_verifications", "okbadges_request_seconds",
        "okbadges_writer_commits", "okbadges_writer_change_seconds", "okbadges_failures", "okbadges_limited",
        "okbadges_started_seconds",
    } <= set(families)  # fmt: skip


def test_others_do_not_come_in(world: World) -> None:
    """Without a key 401, with an instructor's or a partner's 403, and no number is shown."""
    assert world.client.get("/metrics").status_code == 401
    for headers in (world.as_iida(), world.as_partner(), world.as_tuula()):
        answer = world.client.get("/metrics", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")
        assert "okbadges_" not in answer.text


def test_the_operator_can_open_it(world: World) -> None:
    """With OKBADGES_METRICS_OPEN a scraper needs no key."""
    url = world.rooms.database.engine.url.render_as_string(hide_password=False)
    settings = settings_for(url).model_copy(update={"metrics_open": True})
    with TestClient(create_app(settings, now=world.clock)) as client:
        assert "okbadges_started_seconds" in client.get("/metrics").text
