"""``okbadges cards``."""

from __future__ import annotations

import re
import stat
import uuid
from typing import TYPE_CHECKING

import pytest

from okbadges.organisations.groups import end_group
from okbadges.passport.joining import join_passports
from support.command_line import Operator, operating
from support.groups import Journal
from support.learners import new_group, new_participant
from support.passport import holder_of, new_card

if TYPE_CHECKING:
    from pathlib import Path

    from okbadges.organisations.groups import Group
    from support.world import World

GROUP = ("--organisation", "kemi", "--group", "aamu")


@pytest.fixture
def operator(world: World, monkeypatch: pytest.MonkeyPatch) -> Operator:
    """Return the operator of this test's installation."""
    return operating(world, monkeypatch)


@pytest.fixture
def group(world: World) -> Group:
    """Return a group with Sani and Otto in it."""
    made = new_group(world)
    for label in ("Sani", "Otto"):
        new_participant(world, made, label)
    return made


def test_it_works(operator: Operator, group: Group, tmp_path: Path) -> None:
    """A private file with a card for each, that needs no server: no label, no name, the end of an id on the strip."""
    file = tmp_path / "cards.html"
    journal = Journal(operator.world)
    said = operator.must("cards", *GROUP, "--output", str(file), "--language", "sv")
    assert "Wrote 2 cards" in said
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    html = file.read_text("utf-8")
    codes = re.findall(r"(?<![\w-])(?:[0-9A-Z]{4}-){2}[0-9A-Z]{4}(?![\w-])", html)
    assert len(set(codes)) == 2
    assert not any(code in said for code in codes)
    assert '<html lang="sv">' in html
    assert not re.search(r"<link|<script|src=|Sani|Otto|Kemi|Kahvila|aamu", html)
    events = journal.news()
    assert [action for action, _, _ in events] == ["card.issued", "card.issued"]
    assert {subject[-4:] for _, subject, _ in events} == set(re.findall(r"<bdi>…([0-9a-f]{4})</bdi>", html))
    assert group.organisation.name not in html


@pytest.mark.usefixtures("group")
def test_a_file_is_not_overwritten(operator: Operator, tmp_path: Path) -> None:
    """And no card is made for a file that cannot be written."""
    journal = Journal(operator.world)
    file = tmp_path / "cards.html"
    file.write_text("mine")
    for output in (file, tmp_path / "nowhere" / "cards.html"):
        status, said = operator.run("cards", *GROUP, "--output", str(output))
        assert status == 2
        assert str(output) in said
    assert file.read_text() == "mine"
    assert journal.actions() == []


def test_whoever_has_a_card_keeps_it(operator: Operator, group: Group, tmp_path: Path) -> None:
    """The second time nothing is made or written; a card is replaced for whoever is named."""
    operator.must("cards", *GROUP, "--output", str(tmp_path / "first.html"))
    second = tmp_path / "second.html"
    assert "Everybody has a card already" in operator.must("cards", *GROUP, "--output", str(second))
    assert not second.exists()
    noora = str(new_participant(operator.world, group, "Noora"))
    operator.must("cards", *GROUP, "--output", str(tmp_path / "third.html"), "--participant", noora)
    journal = Journal(operator.world)
    operator.must("cards", *GROUP, "--output", str(second), "--participant", noora, "--replace")
    [(_, subject, details)] = journal.news()
    assert (subject, details["ended"]) == (f"participant:{noora}", 1)
    assert len(re.findall("class=.card.", second.read_text("utf-8"))) == 1


def test_somebody_is_taken_out_of_a_joined_passport(operator: Operator, group: Group, tmp_path: Path) -> None:
    """Named, and with a card to a passport of their own; the card of the others stays."""
    world = operator.world
    sani, otto = (new_participant(world, group, label) for label in ("Noora", "Aada"))
    card, ends = (new_card(world, one) for one in (sani, otto))
    join_passports(world.rooms.writer, world.rooms.stamp("holder"), holder_of(world, card), ends.id)
    file, journal = tmp_path / "cards.html", Journal(world)
    status, said = operator.run("cards", *GROUP, "--output", str(file), "--own-passport")
    assert status == 2
    assert "--participant" in said
    said = operator.must("cards", *GROUP, "--output", str(file), "--participant", str(otto), "--own-passport")
    assert "Wrote 1 card" in said
    [(_, subject, details)] = journal.news()
    assert (subject, details["ended"], details["own_passport"]) == (f"participant:{otto}", 0, 1)
    assert holder_of(world, card).participants == (sani,)


def test_what_cannot_be_is_said(operator: Operator, group: Group, tmp_path: Path) -> None:
    """Unknown groups, people and languages, replacing everybody, a group that ended: nothing is made, no file is left."""
    file = tmp_path / "cards.html"
    journal = Journal(operator.world)
    for words in (
        ("--organisation", "kemi", "--group", "nothere"),
        ("--organisation", "ranua", "--group", "aamu"),
        (*GROUP, "--participant", str(uuid.uuid4())),
        (*GROUP, "--participant", "x"),
        (*GROUP, "--replace"),
        (*GROUP, "--language", "se"),
        (*GROUP[:2],),
    ):
        assert operator.run("cards", *words, "--output", str(file))[0] == 2, words
        assert not file.exists()
    assert journal.actions() == []
    end_group(operator.world.rooms.writer, operator.world.rooms.stamp("test"), group)
    status, said = operator.run("cards", *GROUP, "--output", str(file))
    assert (status, file.exists()) == (2, False)
    assert "ended" in said
