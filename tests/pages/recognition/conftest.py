"""What the tests of the teacher's pages stand on: one installation to look at, and in each world a college and a link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from support.college import new_college
from support.studying import signed_in, student, study_link

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from support.college import College
    from support.sharing import Sharer
    from support.world import World


@dataclass(frozen=True, slots=True)
class Talk:
    """A study-plan talk: Sani with all badges of YTTT, the link that they show, and Tuula, who is signed in."""

    world: World
    college: College
    sani: Sharer
    link: str
    tuula: TestClient


@pytest.fixture
def talk(world: World) -> Talk:
    """Return a talk in a world of the test's own."""
    college, sani = new_college(world), student(world)
    return Talk(world, college, sani, study_link(world, sani), signed_in(world, college.tuula_id))


@pytest.fixture(scope="module")
def table(installation: World) -> Talk:
    """Return a talk that the tests of one module share, to look at."""
    college, sani = new_college(installation), student(installation)
    return Talk(installation, college, sani, study_link(installation, sani), signed_in(installation, college.tuula_id))
