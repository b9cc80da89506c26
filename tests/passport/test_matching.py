"""The match check: six digits of an open passport, good for a few minutes, for one passport, and not to be tried out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from okbadges.errors import InvalidInput, NotFound, OkbadgesError, TooManyRequests, Unavailable
from okbadges.passport.matching import TRIES, WINDOW, match_code, matches, read_digits
from support.groups import Journal
from support.sharing import Sharer, address_of, new_link, sharer

if TYPE_CHECKING:
    import uuid

    from support.world import World


def digits_of(world: World, sani: Sharer) -> str:
    """Return the digits that a passport shows now."""
    return match_code(world.rooms.secrets, sani.holder, now=world.clock()).digits


def asked(world: World, link: uuid.UUID, digits: str) -> bool | None:
    """Ask whether digits are those of the passport that made a link."""
    rooms, token = world.rooms, address_of(world, link).removeprefix("/s/")
    with rooms.database.read() as session:
        return matches(session, rooms.secrets, rooms.failures, token, digits, now=world.clock())


def another(digits: str) -> str:
    """Return six other digits."""
    return f"{(int(digits) + 1) % 1_000_000:06d}"


def test_it_works(world: World) -> None:
    """The digits of the passport that made the link are right, others are not, and nothing is told."""
    sani = sharer(world, "digi-turva")
    link = new_link(world, sani)
    journal = Journal(world)
    digits = digits_of(world, sani)
    assert asked(world, link, digits) is True
    assert asked(world, link, another(digits)) is False
    assert journal.actions() == []


def test_the_digits_of_somebody_else_do_not_match(world: World) -> None:
    """A second passport shows other digits at the same moment."""
    sani, veikko = sharer(world, "digi-turva"), sharer(world, "arki-ruoka")
    assert asked(world, new_link(world, sani), digits_of(world, veikko)) is False


@pytest.mark.parametrize(("windows", "still"), [(0, True), (1, True), (2, False), (-1, False)])
def test_digits_hold_for_a_few_minutes(world: World, windows: int, still: bool) -> None:  # noqa: FBT001 - a case of the test
    """They are taken in their own window and the next one, so that there is time to type; not later, and not before."""
    sani = sharer(world, "digi-turva")
    link, digits = new_link(world, sani), digits_of(world, sani)
    world.clock.move(seconds=windows * WINDOW.total_seconds())
    assert asked(world, link, digits) is still


def test_a_passport_says_until_when_it_shows_them(world: World) -> None:
    """The moment lies ahead, within one window; then there are others."""
    sani = sharer(world, "digi-turva")
    code = match_code(world.rooms.secrets, sani.holder, now=world.clock())
    assert world.clock() < code.shown_until <= world.clock() + WINDOW
    world.clock.time = code.shown_until
    assert digits_of(world, sani) != code.digits


def test_trying_ends_soon(world: World) -> None:
    """After so many tries for one link even the right digits are not looked at; for another link they are, and later here again."""
    sani = sharer(world, "digi-turva")
    link, other = new_link(world, sani), new_link(world, sani)
    wrong = another(digits_of(world, sani))
    for _ in range(TRIES.most):
        assert asked(world, link, wrong) is False
    with pytest.raises(TooManyRequests) as refused:
        asked(world, link, digits_of(world, sani))
    assert refused.value.code == "too-many-failures"
    assert asked(world, other, digits_of(world, sani)) is True
    world.clock.move(seconds=refused.value.retry_after_seconds)
    assert asked(world, link, digits_of(world, sani)) is True


def test_a_try_that_cannot_be_counted_is_not_answered(world: World) -> None:
    """Where counting fails, the digits could be tried out: so there is no answer."""
    sani = sharer(world, "digi-turva")
    link = new_link(world, sani)
    digits = digits_of(world, sani)
    world.rooms.writer.close()
    with pytest.raises(Unavailable):
        asked(world, link, digits)


def test_without_a_passport_there_is_nothing_to_match(world: World) -> None:
    """A link made at issue for somebody who has no passport cannot be checked, and no try is counted for it."""
    issued = world.issue(share={"purpose": "workplace", "expires_on": "2026-12-31"})
    token, rooms = issued["share_link"].rsplit("/", 1)[1], world.rooms
    for _ in range(TRIES.most + 1):
        with rooms.database.read() as session:
            found = matches(session, rooms.secrets, rooms.failures, token, "123456", now=world.clock())
        assert found is None


def test_a_link_that_never_was_matches_nothing(world: World) -> None:
    """It is said to be one."""
    rooms = world.rooms
    with rooms.database.read() as session, pytest.raises(NotFound):
        matches(session, rooms.secrets, rooms.failures, "nope", "123456", now=world.clock())


@pytest.mark.parametrize("typed", ["123456", "123 456", " 12 34 56\n", "1 2 3 4 5 6"])
def test_digits_are_read_as_people_type_them(typed: str) -> None:
    """Spaces do not matter."""
    assert read_digits(typed) == "123456"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "12345",
        "1234567",
        "12345a",
        "\uff11\uff12\uff13\uff14\uff15\uff16",
        "123-456",
        "12345\0",
        "1" * 100_000,
        "\u0663" * 6,
    ],
)
def test_what_is_not_six_digits_is_refused(typed: str) -> None:
    """Anything else, digits of other scripts included, is refused before it is compared."""
    with pytest.raises(InvalidInput) as refused:
        read_digits(typed)
    assert (refused.value.code, refused.value.field) == ("match-form", "digits")
    assert isinstance(refused.value, OkbadgesError)
