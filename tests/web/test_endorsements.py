"""``/v1/recognition/decisions/{decision}/endorsements``: a school's program presses the button."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import orjson
import pytest

from okbadges.recognition.record import Decided
from support.college import new_college
from support.decided import decide
from support.sharing import sharer

if TYPE_CHECKING:
    from support.college import College
    from support.world import World


@pytest.fixture
def college(world: World) -> College:
    """Return a college with an issuer of its own."""
    return new_college(world, own_issuer=True)


def address(decision: uuid.UUID) -> str:
    """Return where the endorsements of a decision are."""
    return f"/v1/recognition/decisions/{decision}/endorsements"


def test_it_works(world: World, college: College) -> None:
    """What is made is answered, listed and verified; a repeat answers the same."""
    sani = sharer(world, "digi-turva")
    made = decide(world, college, sani)
    first = world.client.post(address(made.id), headers=college.as_tuula)
    assert first.status_code == 200, first.text
    (endorsement,) = first.json()["endorsements"]
    assert endorsement["credential"] == sani.issued["digi-turva"]["id"]
    assert endorsement["document"]["id"] == endorsement["id"]
    said = world.client.post("/v1/verify", content=orjson.dumps(endorsement["document"])).json()
    assert (said["kind"], said["verdict"]) == ("endorsement", "VALID")
    assert world.client.post(address(made.id), headers=college.as_tuula).json() == first.json()
    assert world.client.get(address(made.id), headers=college.as_tuula).json() == first.json()


def test_only_its_school_may(world: World, college: College) -> None:
    """No key, a key without the scope, and another school's teacher: none of them finds or makes anything."""
    made = decide(world, college, sharer(world, "digi-turva"))
    other = new_college(world, "saku")
    assert world.client.post(address(made.id)).status_code == 401
    assert world.client.post(address(made.id), headers=world.as_iida()).status_code == 403
    for call in (world.client.post, world.client.get):
        assert call(address(made.id), headers=other.as_tuula).json()["code"] == "unknown-decision"
        assert call(address(uuid.uuid4()), headers=college.as_tuula).status_code == 404
    assert world.client.post(address(made.id).replace(str(made.id), "x"), headers=college.as_tuula).status_code == 422


def test_what_cannot_be_endorsed_is_a_conflict(world: World, college: College) -> None:
    """A "not now" is refused with what an endorsement is for."""
    made = decide(world, college, sharer(world, "digi-turva"), decided=Decided.NOT_NOW)
    answer = world.client.post(address(made.id), headers=college.as_tuula)
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing-to-endorse")
    assert world.client.get(address(made.id), headers=college.as_tuula).json() == {"endorsements": []}
