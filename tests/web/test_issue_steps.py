"""``POST /v1/credentials``: an award needs every step ticked or the instructor's word, and an observation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlmodel import select

from okbadges.storage.tables import CredentialRow
from support.world import order

if TYPE_CHECKING:
    from support.world import World


def test_it_works(world: World) -> None:
    """With the instructor's explicit word a badge is awarded though no step was ticked, and the word is kept."""
    world.issue()
    with world.rooms.database.read() as session:
        row = session.scalars(select(CredentialRow)).one()
    assert row.criteria_met_by == "word"
    assert json.loads(row.observation or "")["occasions"] == 2


def test_without_the_word_it_is_refused(world: World) -> None:
    """Nothing is taken for granted: the answer names the steps that are not ticked and how to go on."""
    answer = world.client.post("/v1/credentials", json=order(criteria_met=None), headers=world.as_iida())
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["field"]) == (422, "steps-not-ticked", "criteria_met")
    assert "1, 2, 3" in problem["detail"]


def test_a_word_that_is_no_is_no_word(world: World) -> None:
    """Saying that the criteria are not met does not award a badge."""
    answer = world.client.post("/v1/credentials", json=order(criteria_met=False), headers=world.as_iida())
    assert answer.json()["code"] == "steps-not-ticked"


def test_the_word_is_said_as_true(world: World) -> None:
    """Only true is a word: a text or a number is not taken for one."""
    for strange in ("yes", 1, "true"):
        answer = world.client.post("/v1/credentials", json=order(criteria_met=strange), headers=world.as_iida())
        assert answer.status_code == 422, strange
        assert answer.json()["field"] == "criteria_met"


def test_somebody_observed_it(world: World) -> None:
    """An award without an observation is refused."""
    answer = world.client.post("/v1/credentials", json=order(observation=None), headers=world.as_iida())
    assert answer.status_code == 422
    assert answer.json()["code"] == "observation-missing"
