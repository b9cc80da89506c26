"""A group that is made by its name: the slug follows, and is one that nobody has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from okbadges.errors import InvalidInput
from okbadges.organisations.groups import end_group
from okbadges.organisations.named_groups import create_named_group, slug_of
from okbadges.organisations.workshops import find_organisation, find_workshop

if TYPE_CHECKING:
    from okbadges.organisations.groups import Group
    from support.world import World


def make(world: World, name: str) -> Group:
    """Make a group of Kemi's café that Iida leads."""
    rooms = world.rooms
    with rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
        cafe = find_workshop(session, kemi, "kahvila")
    stamp = rooms.stamp("test")
    return create_named_group(
        rooms.writer, stamp, organisation=kemi, workshop=cafe, leader_id=world.keys.iida_id, name=name
    )


def test_it_works(world: World) -> None:
    """The same name again gets the next number, also after the first group has ended."""
    first = make(world, "Kahvila, syksy")
    assert (first.slug, first.name) == ("kahvila-syksy", "Kahvila, syksy")
    end_group(world.rooms.writer, world.rooms.stamp("test"), first)
    assert [make(world, "Kahvila / SYKSY").slug for _ in range(2)] == ["kahvila-syksy-2", "kahvila-syksy-3"]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Öljymäki 2", "oljymaki-2"),
        ("čáŋđa", "caa"),
        ("-- x --", "x"),
        ("a" * 80, "a" * 40),
        ("ab " * 20, "ab-" * 13 + "a"),
        ("Кафе", ""),
    ],
)
def test_a_slug_is_what_is_left_of_a_name(name: str, slug: str) -> None:
    """Small Latin letters, digits and hyphens, and not too many."""
    assert slug_of(name) == slug


def test_a_name_without_latin_letters_takes_the_workshops(world: World) -> None:
    """A group in other letters is found under its workshop."""
    assert [make(world, name).slug for name in ("Кафе", "咖啡")] == ["kahvila", "kahvila-2"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\0b", "Otto otto@example.org"])
def test_a_name_that_is_none_is_refused(world: World, name: str) -> None:
    """Nothing is made for nothing, for too much, for what cannot be seen, and for what tells who somebody is."""
    with pytest.raises(InvalidInput) as refused:
        make(world, name)
    assert refused.value.field == "name"
