"""Own words: kept for the holder, sealed, wiped away when they want, and told to nobody."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlmodel import select

from okbadges.errors import ConfigurationError, InvalidInput, NotFound
from okbadges.organisations.workshops import find_organisation
from okbadges.passport.reflections import (
    LONGEST_WORDS,
    Reflection,
    checked,
    keep_reflection,
    reflections_of,
    require_own,
)
from okbadges.storage.tables import EventRow, ReflectionRow
from support.groups import Journal
from support.leaks import places_of
from support.learners import new_participant
from support.passport import two_people

if TYPE_CHECKING:
    from support.world import World

WORDS = "Aluksi pelotti. Sitten osasin!"


def about(participant: uuid.UUID, **changes: object) -> Reflection:
    """Return what somebody writes about a badge."""
    usual = Reflection(participant, "digi-turva", "", WORDS, 2, 4)
    return replace(usual, **changes)  # type: ignore[arg-type]


def keep(world: World, reflection: Reflection) -> None:
    """Keep it."""
    rooms = world.rooms
    with rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    keep_reflection(rooms.writer, rooms.stamp("holder"), rooms.secrets, kemi, reflection)


def kept(world: World, *participants: uuid.UUID) -> list[Reflection]:
    """Return what was kept of these participants."""
    with world.rooms.database.read() as session:
        return reflections_of(session, world.rooms.secrets, participants)


def test_it_works(world: World) -> None:
    """Sani reads what she wrote, of a badge and of a step; nobody else's words are hers."""
    sani, eino = two_people(world)
    keep(world, about(sani))
    world.clock.move(seconds=1)
    keep(world, about(sani, criterion_hash="a" * 64, words="Helppoa", sure_before=None, sure_after=5))
    keep(world, about(eino, words="Jotain muuta"))
    assert kept(world, sani) == [
        about(sani),
        about(sani, criterion_hash="a" * 64, words="Helppoa", sure_before=None, sure_after=5),
    ]


def test_writing_again_takes_the_place_of_it(world: World) -> None:
    """There is one text for each badge or step; each change is one event without words, and the same again is none."""
    sani = new_participant(world)
    journal = Journal(world)
    keep(world, about(sani))
    keep(world, about(sani))
    keep(world, about(sani, words=f"  {WORDS}\r\n"))
    keep(world, about(sani, words="Nyt osaan."))
    assert [one.words for one in kept(world, sani)] == ["Nyt osaan."]
    news = journal.news()
    assert [(action, details) for action, _, details in news] == [("reflection.kept", {})] * 2
    assert {subject for _, subject, _ in news} == {f"participant:{sani}"}


def test_an_empty_one_wipes_it_away(world: World) -> None:
    """Nothing is left in the database; wiping nothing away is no change."""
    sani = new_participant(world)
    empty = about(sani, words="   ", sure_before=None, sure_after=None)
    journal = Journal(world)
    keep(world, empty)
    keep(world, about(sani))
    with world.rooms.database.read() as session:
        row_id = session.exec(select(ReflectionRow.id)).one()
    keep(world, empty)
    keep(world, empty)
    assert kept(world, sani) == []
    told = [(action, details) for action, _, details in journal.news()]
    assert told == [("reflection.kept", {}), ("reflection.wiped", {"words": str(row_id)})]
    with world.rooms.database.read() as session:
        assert session.exec(select(ReflectionRow)).all() == []


def test_one_of_the_five_alone_is_enough(world: World) -> None:
    """Nobody has to write."""
    sani = new_participant(world)
    keep(world, about(sani, words=None, sure_before=1, sure_after=None))
    assert kept(world, sani) == [about(sani, words=None, sure_before=1, sure_after=None)]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"words": "x" * (LONGEST_WORDS + 1)}, "own-words-length", "words"),
        ({"words": "Sa\0ni"}, "own-words-form", "words"),
        ({"words": "hyvä\u202eolo"}, "own-words-form", "words"),
        ({"words": "\ud800"}, "own-words-form", "words"),
        ({"sure_before": 0}, "sureness", "sure_before"),
        ({"sure_after": 6}, "sureness", "sure_after"),
        ({"sure_after": -1}, "sureness", "sure_after"),
    ],
)
def test_what_cannot_be_kept_is_refused(world: World, changes: dict[str, object], code: str, field: str) -> None:
    """The field at fault is named, the words are not repeated, and what was kept stays."""
    sani = new_participant(world)
    keep(world, about(sani))
    with pytest.raises(InvalidInput) as refused:
        keep(world, about(sani, **changes))
    assert (refused.value.code, refused.value.field) == (code, field)
    assert "hyvä" not in refused.value.detail
    assert kept(world, sani) == [about(sani)]


def test_the_longest_words_fit() -> None:
    """Two thousand characters as people count them: composed letters, line breaks, signs of other scripts, joined emoji."""
    words = ("ä\n" * (LONGEST_WORDS // 2 - 2)) + "\U0001f469\u200d\U0001f373"
    decomposed = words.replace("ä", "a\u0308")
    assert checked(about(uuid.uuid4(), words=decomposed)).words == words


def test_they_are_sealed(world: World) -> None:
    """Neither the database nor the journal holds them; another row's seal does not open them."""
    sani, eino = two_people(world)
    keep(world, about(sani))
    keep(world, about(eino, words="Toinen teksti"))
    with world.rooms.database.read() as session:
        rows, events = session.exec(select(ReflectionRow)).all(), session.exec(select(EventRow)).all()
        dump = b" ".join([*(row.sealed_words or b"" for row in rows), repr(rows).encode(), repr(events).encode()])
        assert places_of({"own words": WORDS.encode()}, {"database": dump}) == []
        mine = next(row for row in rows if row.participant_id == sani)
        mine.sealed_words = next(row.sealed_words for row in rows if row.participant_id == eino)
        with pytest.raises(ConfigurationError):
            reflections_of(session, world.rooms.secrets, [sani])


def test_two_at_once_leave_one(world: World) -> None:
    """Two browsers that save at the same moment: one text is kept, and each change was one event."""
    sani = new_participant(world)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: keep(world, about(sani, words=f"Sanat {number}")), range(8)))
    [found] = kept(world, sani)
    assert found.words is not None
    assert found.words.startswith("Sanat ")


def test_only_for_oneself() -> None:
    """A participant of somebody else is unknown."""
    sani, eino = uuid.uuid4(), uuid.uuid4()
    require_own(sani, [sani])
    with pytest.raises(NotFound):
        require_own(eino, [sani])
