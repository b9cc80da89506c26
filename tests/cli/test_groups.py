"""``okbadges group``."""

from __future__ import annotations

import codecs
import uuid
from typing import TYPE_CHECKING

import pytest

from support.command_line import Operator, operating
from support.groups import Journal, colleague, labels_in
from support.learners import new_group, new_participant

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import World


@pytest.fixture
def operator(world: World, monkeypatch: pytest.MonkeyPatch) -> Operator:
    """Return the operator of this test's installation."""
    return operating(world, monkeypatch)


def created(operator: Operator, slug: str = "syksy", name: str = "Kahvila, syksy") -> str:
    """Make a group that Iida leads."""
    leader = str(operator.world.keys.iida_id)
    return operator.must("group", "create", "kemi", slug, "--workshop", "kahvila", "--leader", leader, "--name", name)


def test_it_works(operator: Operator) -> None:
    """A group is made, listed, handed over, and ended."""
    assert "warning" not in created(operator)
    assert "warning" in created(operator, "kevat", "Kuntoutusryhmä")
    listed = operator.must("group", "list", "kemi")
    assert f"syksy  Kahvila, syksy  kahvila  led by {operator.world.keys.iida_id}  0 in it\n" in listed
    other, _ = colleague(operator.world)
    operator.must("group", "hand-over", "kemi", "syksy", "--to", str(other))
    operator.must("group", "hand-over", "kemi", "syksy", "--to", str(other))
    assert f"led by {other}" in operator.must("group", "list", "kemi")
    operator.must("group", "end", "kemi", "syksy")
    assert "ended 20" in operator.must("group", "list", "kemi")
    assert operator.run("group", "hand-over", "kemi", "syksy", "--to", str(operator.world.keys.iida_id))[0] == 2


def test_what_cannot_be_is_said(operator: Operator) -> None:
    """Unknown groups, organisations and leaders, and teachers who lead."""
    created(operator)
    for words in (
        ("end", "kemi", "nothere"),
        ("end", "ranua", "syksy"),
        ("hand-over", "kemi", "syksy", "--to", str(uuid.uuid4())),
        ("hand-over", "kemi", "syksy", "--to", str(operator.world.keys.tuula_id)),
        ("export", "kemi", "nothere"),
    ):
        assert operator.run("group", *words)[0] == 2


def test_participants_come_in_from_a_file(operator: Operator, tmp_path: Path) -> None:
    """A dry run tells, an import does, a repeat changes nothing; labels are read by the leader and not shown here."""
    created(operator)
    group = new_group(operator.world)
    file = tmp_path / "ryhma.csv"
    file.write_bytes("label;\r\nÄijä;\r\nSani Virtanen;\r\nkuntoutuja;\r\n".encode("cp1252"))
    journal = Journal(operator.world)
    told = operator.must("group", "import", "kemi", "aamu", str(file), "--dry-run")
    assert "row 2: added\n" in told
    assert "warning: row 3" in told
    assert "warning: row 4: “kuntoutuja”" in told
    assert "A dry run" in told
    assert "Äijä" not in told
    assert journal.actions() == []
    done = operator.must("group", "import", "kemi", "aamu", str(file))
    assert "row 2: added  " in done
    assert sorted(filter(None, labels_in(operator.world, group.id).values())) == ["Sani Virtanen", "kuntoutuja", "Äijä"]
    assert "unchanged" in operator.must("group", "import", "kemi", "aamu", str(file))
    assert journal.actions() == ["participants.imported"]


def test_every_mistake_is_told_by_its_row(operator: Operator, tmp_path: Path) -> None:
    """With mistakes nothing is changed, in a dry run and in earnest; the exit status says so."""
    group = new_group(operator.world)
    file = tmp_path / "ryhma.csv"
    file.write_text("label\nSani\nsani@koti.fi\nSani\n")
    for words in (("--dry-run",), ()):
        status, said = operator.run("group", "import", "kemi", "aamu", str(file), *words)
        assert status == 1
        assert "row 3, label: " in said
        assert "row 4, label: Row 2 has this label too" in said
        assert "koti.fi" not in said
    assert labels_in(operator.world, group.id) == {}
    file.write_bytes(b"PK\x03\x04")
    assert operator.run("group", "import", "kemi", "aamu", str(file))[0] == 2


def test_ids_go_out_and_no_labels(operator: Operator, tmp_path: Path) -> None:
    """The export has the ids that another group can take in, and never a label: those are the leader's."""
    group, second = new_group(operator.world), new_group(operator.world, slug="ilta")
    participant = new_participant(operator.world, group)
    file = tmp_path / "ryhma.csv"
    operator.must("group", "export", "kemi", "aamu", "--output", str(file))
    assert file.read_bytes() == codecs.BOM_UTF8 + f"participant\r\n{participant}\r\n".encode()
    assert str(participant) in operator.must("group", "export", "kemi", "aamu")
    assert "joined" in operator.must("group", "import", "kemi", "ilta", str(file))
    assert labels_in(operator.world, second.id) == {participant: "Sani"}
