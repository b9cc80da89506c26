"""``GET /v1/recognition/statistics``: numbers of people in steps of five, for those who lead; no difference of them tells of one."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest

from okbadges.recognition.record import Decided
from okbadges.recognition.statistics import _statistics
from support.college import new_college
from support.decided import VVTD, YTYK, decide
from support.restoring import erase
from support.sharing import sharer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.college import College
    from support.sharing import Sharer
    from support.world import World

ADDRESS = "/v1/recognition/statistics"


@pytest.fixture
def college(world: World) -> College:
    """Return the college where Tuula teaches."""
    return new_college(world)


def people(world: World, number: int) -> list[Sharer]:
    """Return so many people with the same badge."""
    return [sharer(world, "digi-turva") for _ in range(number)]


def told(world: World, badge: str = "digi-turva") -> dict[str, Any]:
    """Return what Iida is told of a badge of Kemi."""
    answer = world.client.get(ADDRESS, headers=world.as_iida())
    assert answer.status_code == 200, answer.text
    (kemi,) = answer.json()["organisations"]
    assert kemi["organisation"] == "kemi"
    found: dict[str, Any] = next(one for one in kemi["badges"] if one["badge"] == badge)
    return found


def test_it_works(world: World, college: College) -> None:
    """Seven were considered, six of them recognised in full: five of each is told, and nothing of the seventh."""
    *six, seventh = people(world, 7)
    for one in six:
        decide(world, college, one)
    decide(world, college, seventh, decided=Decided.NOT_NOW)
    assert told(world) == {"badge": "digi-turva", "considered": 5, "full": 5, "part": None, "why_not": {}}


def test_fewer_than_five_are_not_told(world: World, college: College) -> None:
    """Four are as good as nobody, and so is a badge that no school has looked at."""
    before = told(world) if people(world, 4) else {}
    for one in people(world, 4):
        decide(world, college, one)
    assert told(world) == before
    assert before["considered"] is None


def test_why_not(world: World, college: College) -> None:
    """What bars a badge is told, where it was so for five: the loop that lets a workshop ask for its record."""
    for one in people(world, 5):
        decide(world, college, one, bars={"digi-turva": "no-record"})
    for one in people(world, 5):
        decide(world, college, one, decided=Decided.NOT_NOW)
    assert told(world)["considered"] == 10
    assert told(world)["why_not"] == {"no-record": 5, "not-now": 5}


def test_a_person_counts_once_by_the_best(world: World, college: College) -> None:
    """Several decisions on one badge of one person are one; what was superseded is none."""
    five = people(world, 5)
    for one in five:
        decide(world, college, one, decided=Decided.NOT_NOW, target=YTYK)
        decide(world, college, one, decided=Decided.PART)
    first = five[0]
    made = decide(world, college, first, target=VVTD)
    assert (told(world)["considered"], told(world)["part"], told(world)["full"]) == (5, None, None)
    decide(world, college, first, decided=Decided.NOT_NOW, target=VVTD, supersedes=made.id, correction="Kesken.")
    assert (told(world)["part"], told(world)["full"]) == (5, None)


def test_somebody_erased_is_not_in_it(world: World, college: College) -> None:
    """Five less one are not told any more."""
    five = people(world, 5)
    for one in five:
        decide(world, college, one)
    assert told(world)["full"] == 5
    erase(world, str(five[0].participant))
    assert told(world)["full"] is None


def test_whose_badges_are_told_to_whom(world: World, college: College) -> None:
    """An administrator too; no partner, teacher or auditor; and another organisation is told of its own badges only."""
    for one in people(world, 5):
        decide(world, college, one)
    assert world.client.get(ADDRESS, headers=world.as_aino()).status_code == 200
    for headers in (world.as_partner(), world.as_tuula(), world.as_audrey(), college.as_tuula):
        assert world.client.get(ADDRESS, headers=headers).status_code == 403
    assert world.client.get(ADDRESS).status_code == 401


def test_no_small_number_can_be_computed() -> None:
    """However up to 19 people are divided, and also for who knows which outcomes cannot be: a small number keeps three possible values."""
    outcomes = (*(one.value for one in Decided), "no-record")
    for some in (set(one) for size in range(1, 6) for one in combinations(outcomes, size)):
        possible: dict[object, list[tuple[int, ...]]] = {}
        for numbers in divided(len(some)):
            people_of = [name for name, number in zip(some, numbers, strict=True) for _ in range(number)]
            answer = _statistics("x", people_of)
            key = (answer.considered, answer.full, answer.part, tuple(answer.why_not.items()))
            possible.setdefault(key, []).append(numbers)
        for answers in possible.values():
            for place in range(len(some)):
                could_be = {numbers[place] for numbers in answers}
                assert min(could_be) >= 5 or len(could_be) >= 3, (some, could_be, answers[:3])
                if len(some) == len(outcomes):
                    assert min(could_be) >= 5 or could_be >= {0, 1, 2, 3, 4}, (could_be, answers[:3])


def divided(parts: int, most: int = 19) -> Iterator[tuple[int, ...]]:
    """Go through all ways in which up to so many people are divided into so many parts."""
    if parts == 0:
        yield ()
        return
    for number in range(most + 1):
        for rest in divided(parts - 1, most - number):
            yield (number, *rest)
