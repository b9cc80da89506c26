"""Issuers, organisations, workshops and recognition records."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from okbadges.errors import Conflict, InvalidInput, NotFound
from okbadges.organisations.issuers import create_issuer, find_issuer
from okbadges.organisations.workshops import (
    RecognitionRecord,
    create_organisation,
    create_workshop,
    find_organisation,
    find_workshop,
    record_recognition,
)

if TYPE_CHECKING:
    from support.world import World


def test_a_slug_is_never_used_twice(world: World) -> None:
    """An issuer, an organisation and a workshop refuse a slug that is taken, and nothing is half made."""
    writer, stamp = world.rooms.writer, world.rooms.stamp("test")
    with world.rooms.database.read() as session:
        issuer, kemi = find_issuer(session, "ok"), find_organisation(session, "kemi")
    with pytest.raises(Conflict):
        create_issuer(
            writer, stamp, slug="ok", name="x", url="https://x", description=None, base_url="http://localhost:8000"
        )
    with pytest.raises(Conflict):
        create_organisation(writer, stamp, issuer_id=issuer.id, slug="kemi", name="x")
    with pytest.raises(Conflict):
        create_workshop(writer, stamp, organisation=kemi, slug="kahvila", name="x")


@pytest.mark.parametrize("slug", ["", "-a", "a-", "A", "ä", "a b", "a/b", "a" * 49, "a.b", "a:b"])
def test_a_slug_must_be_able_to_stand_in_an_address(world: World, slug: str) -> None:
    """Anything that an address or a DID would have to escape is refused."""
    with pytest.raises(InvalidInput):
        create_issuer(
            world.rooms.writer,
            world.rooms.stamp("test"),
            slug=slug,
            name="x",
            url="https://x",
            description=None,
            base_url="http://localhost:8000",
        )


def test_a_record_covers_its_target_between_its_days_only() -> None:
    """A recognition record holds on its first and last day, for its own area, and not a day longer."""
    record = RecognitionRecord("r", None, "area", "teacher", date(2026, 1, 1), date(2026, 12, 31))
    assert record.covers("area", date(2026, 1, 1))
    assert record.covers("area", date(2026, 12, 31))
    assert not record.covers("area", date(2025, 12, 31))
    assert not record.covers("area", date(2027, 1, 1))
    assert not record.covers("other", date(2026, 6, 1))
    open_end = RecognitionRecord("r", None, "area", "teacher", date(2026, 1, 1), None)
    assert open_end.covers("area", date(2099, 1, 1))


def test_a_record_that_ends_before_it_begins_is_refused(world: World) -> None:
    """Days the wrong way round are refused by name."""
    with world.rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
        cafe = find_workshop(session, kemi, "kahvila")
    record = RecognitionRecord("r", None, "area", "teacher", date(2026, 1, 2), date(2026, 1, 1))
    with pytest.raises(InvalidInput, match="before it begins"):
        record_recognition(
            world.rooms.writer, world.rooms.stamp("test"), organisation=kemi, workshop=cafe, record=record
        )


def test_what_is_not_there_is_not_found(world: World) -> None:
    """Unknown names are refused in words."""
    with world.rooms.database.read() as session:
        for find in (find_issuer, find_organisation):
            with pytest.raises(NotFound):
                find(session, "nowhere")
        with pytest.raises(NotFound):
            find_workshop(session, find_organisation(session, "kemi"), "puu")
