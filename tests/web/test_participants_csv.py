"""``/v1/groups/…/participants.csv`` and ``/v1/labels/check``."""

from __future__ import annotations

import codecs
import uuid
from typing import TYPE_CHECKING

import pytest
from sqlmodel import select

from okbadges.organisations.roles import Role
from okbadges.storage.tables import ParticipantRow
from support.corrections import side_by_side
from support.groups import STRANGE_LABELS, Journal, colleague, get, labels_in, post, refusal, send_csv
from support.learners import new_group, new_participant

if TYPE_CHECKING:
    from okbadges.organisations.groups import Group
    from support.world import World

FORMULAS = ["=HYPERLINK(A1)", "@SUM(1)", "+A1", "-A1", "\uff1dA1", "\uff20SUM(1)", "'=A1"]


def exported(world: World, group: Group, headers: dict[str, str] | None = None) -> list[str]:
    """Return the lines of the export."""
    answer = get(world, f"/groups/{group.id}/participants.csv", headers)
    assert answer.status_code == 200
    assert answer.content.startswith(codecs.BOM_UTF8)
    assert answer.content.endswith(b"\r\n")
    return answer.content.decode("utf-8-sig").split("\r\n")[:-1]


def test_it_works(world: World) -> None:
    """Iida sends the list that she has in a spreadsheet, and takes it along again with the ids."""
    group = new_group(world)
    journal = Journal(world)
    answer = send_csv(world, group.id, "label\nSani\nPipo\n")
    assert answer.status_code == 200, answer.text
    made = answer.json()
    assert [(row["row"], row["outcome"]) for row in made["rows"]] == [(2, "added"), (3, "added")]
    assert (made["dry_run"], made["mistakes"], made["warnings"]) == (False, [], [])
    counts = {"added": 2, "joined": 0, "relabelled": 0}
    assert journal.news() == [("participants.imported", f"group:{group.id}", counts)]
    ids = [row["participant"] for row in made["rows"]]
    assert exported(world, group) == ["participant;label", f"{ids[1]};Pipo", f"{ids[0]};Sani"]
    found = get(world, f"/groups/{group.id}/participants.csv")
    assert found.headers["content-type"] == "text/csv; charset=utf-8"
    assert found.headers["content-disposition"] == 'attachment; filename="aamu.csv"'
    assert found.headers["cache-control"] == "no-store"


def test_the_same_file_again_changes_nothing(world: World) -> None:
    """Neither the list of labels, nor what was exported; in any spelling of a label."""
    group = new_group(world)
    send_csv(world, group.id, "label\nSani\nPipo\n")
    before = labels_in(world, group.id)
    journal = Journal(world)
    for file in ("label\nSani\nPipo\n", "label\nSANI\npipo\n", "\r\n".join(exported(world, group))):
        rows = send_csv(world, group.id, file).json()["rows"]
        assert {row["outcome"] for row in rows} == {"unchanged"}
        assert {uuid.UUID(row["participant"]) for row in rows} == set(before)
    assert labels_in(world, group.id) == before
    assert journal.actions() == []


def test_a_dry_run_changes_nothing_and_tells_everything(world: World) -> None:
    """It says what each row would do, and every mistake by row and column; in earnest the same file is refused as a whole."""
    group = new_group(world)
    sani = new_participant(world, group)
    free = world.issue()["participant"]
    stranger = new_participant(world, new_group(world, slug="yo", leader=colleague(world)[0]))
    file = "\n".join(
        [
            "label;participant",
            "Sani;",
            "Uusi;",
            f";{free}",
            "x@y.fi;",
            f"Vieras;{stranger}",
            "Nimi;ei-mikaan",
            "Uusi;",
            f"Toinen;{sani}",
            f";{uuid.uuid4()}",
            "Sani Virtanen;",
        ]
    )
    journal = Journal(world)
    answer = send_csv(world, group.id, file, dry_run=True)
    assert answer.status_code == 200
    told = answer.json()
    assert told["dry_run"] is True
    assert [(row["row"], row["outcome"]) for row in told["rows"]] == [
        (2, "unchanged"),
        (3, "added"),
        (4, "joined"),
        (11, "added"),
    ]
    assert [(one["row"], one["column"], one["code"]) for one in told["mistakes"]] == [
        (5, "label", "label-email"),
        (6, "participant", "unknown-participant"),
        (7, "participant", "participant-id"),
        (8, "label", "label-taken"),
        (9, "participant", "participant-twice"),
        (10, "participant", "unknown-participant"),
    ]
    assert "Uusi 2" in told["mistakes"][3]["detail"]
    assert [(one["code"], one["field"]) for one in told["warnings"]] == [("label-full-name", "rows.11.label")]
    refused = send_csv(world, group.id, file)
    assert refusal(refused) == (422, "roster-refused")
    assert all(f"Row {row}:" in refused.json()["detail"] for row in range(5, 11))
    assert labels_in(world, group.id) == {sani: "Sani"}
    assert journal.actions() == []


def test_rows_with_ids_join_and_relabel(world: World) -> None:
    """An id joins, gets another label, or both; two may swap their labels; and it is one event."""
    group = new_group(world)
    sani, pipo = new_participant(world, group), new_participant(world, group, "Pipo")
    free = world.issue()["participant"]
    journal = Journal(world)
    file = f"participant,label\n{sani},Pipo\n{pipo},Sani\n{free},Uusi\n,Neljäs\n"
    rows = send_csv(world, group.id, file).json()["rows"]
    assert [row["outcome"] for row in rows] == ["relabelled", "relabelled", "joined", "added"]
    fourth = uuid.UUID(rows[3]["participant"])
    assert labels_in(world, group.id) == {sani: "Pipo", pipo: "Sani", uuid.UUID(free): "Uusi", fourth: "Neljäs"}
    counts = {"added": 1, "joined": 1, "relabelled": 2}
    assert journal.news() == [("participants.imported", f"group:{group.id}", counts)]


def test_two_of_one_label_are_refused_in_the_end(world: World) -> None:
    """A row that would make a second Sani is a mistake, whichever way it comes about."""
    group, other = new_group(world), new_group(world, slug="ilta")
    new_participant(world, group)
    pipo = new_participant(world, group, "Pipo")
    namesake = new_participant(world, other)
    for row in (f"{pipo};sani", f"{namesake};"):
        mistakes = send_csv(world, group.id, f"participant;label\n{row}\n", dry_run=True).json()["mistakes"]
        assert [(one["row"], one["code"]) for one in mistakes] == [(2, "label-taken")]
    assert refusal(send_csv(world, group.id, f"participant\n{namesake}\n")) == (422, "roster-refused")


def test_a_new_label_is_nobody_elses_in_their_other_groups(world: World) -> None:
    """Who is in two groups has one label in both: a file for one of them cannot make two of one label in the other."""
    group, other = new_group(world), new_group(world, slug="ilta")
    sani, pipo = new_participant(world, group), new_participant(world, other, "Pipo")
    assert send_csv(world, other.id, f"participant\n{sani}\n").status_code == 200
    told = send_csv(world, group.id, f"participant;label\n{sani};pipo\n", dry_run=True).json()["mistakes"]
    assert [(one["row"], one["code"]) for one in told] == [(2, "label-taken")]
    assert "“pipo 2”" in told[0]["detail"]
    assert refusal(send_csv(world, group.id, f"participant;label\n{sani};pipo\n")) == (422, "roster-refused")
    assert labels_in(world, other.id) == {sani: "Sani", pipo: "Pipo"}
    assert send_csv(world, group.id, f"participant;label\n{sani};Lakki\n").status_code == 200


@pytest.mark.parametrize("label", FORMULAS)
def test_no_label_becomes_a_formula(world: World, label: str) -> None:
    """What a spreadsheet would calculate comes out with an apostrophe in front, and goes in again as it was."""
    group = new_group(world)
    answer = post(world, f"/groups/{group.id}/participants", labels=[label])
    assert answer.status_code == 201
    lines = exported(world, group)
    cell = lines[1].split(";", 1)[1].strip('"')
    assert cell.startswith("'")
    rows = send_csv(world, group.id, "\r\n".join(lines)).json()["rows"]
    assert [row["outcome"] for row in rows] == ["unchanged"]


@pytest.mark.parametrize("label", ["\t=1+1", "\r=1+1", '"\t=1+1"', "=HYPERLINK(A1)", "'=1+1"])
def test_no_formula_comes_in_to_go_out(world: World, label: str) -> None:
    """Whatever stood in the file, no cell of the export begins like a formula."""
    group = new_group(world)
    send_csv(world, group.id, f"label\n{label}\n")
    for line in exported(world, group)[1:]:
        cell = line.split(";", 1)[1].strip('"')
        assert cell.startswith("'=")


def test_spreadsheets_as_they_are_written(world: World) -> None:
    """Semicolons, tabs, commas, Windows' letters and UTF-16 are read alike."""
    group = new_group(world)
    first = send_csv(world, group.id, "label;participant\r\nÄijä;\r\nÅsa;\r\n").json()["rows"]
    ids = [row["participant"] for row in first]
    text = "participant{0}label\r\n{0}Äijä\r\n{0}Åsa\r\n"
    for data in (
        text.format(";").encode("cp1252"),
        text.format("\t").encode("utf-16"),
        codecs.BOM_UTF8 + text.format(",").encode(),
    ):
        rows = send_csv(world, group.id, data).json()["rows"]
        assert [row["participant"] for row in rows] == ids


def test_administrators_take_ids_only(world: World) -> None:
    """Their export has no column for labels, their import may have none, and what they exported goes in again."""
    group = new_group(world)
    sani = new_participant(world, group)
    free = world.issue()["participant"]
    assert exported(world, group, world.as_aino()) == ["participant", str(sani)]
    told = send_csv(world, group.id, "label\nUusi\n", world.as_aino(), dry_run=True).json()
    assert [one["code"] for one in told["mistakes"]] == ["label-not-yours"]
    rows = send_csv(world, group.id, f"participant\n{sani}\n{free}\n", world.as_aino()).json()["rows"]
    assert [row["outcome"] for row in rows] == ["unchanged", "joined"]


def test_who_may_not_gets_nothing(world: World) -> None:
    """Other leaders and organisations find no such group; other roles may not ask."""
    group = new_group(world)
    new_participant(world, group)
    for headers in (colleague(world)[1], colleague(world, Role.ADMINISTRATOR, "ranua")[1]):
        assert refusal(get(world, f"/groups/{group.id}/participants.csv", headers)) == (404, "unknown-group")
        assert refusal(send_csv(world, group.id, "label\nUusi\n", headers)) == (404, "unknown-group")
    for headers in (world.as_tuula(), world.as_audrey(), world.as_partner()):
        assert refusal(get(world, f"/groups/{group.id}/participants.csv", headers)) == (403, "scope-missing")
        assert refusal(send_csv(world, group.id, "label\nUusi\n", headers)) == (403, "scope-missing")
    unnamed = world.client.post(f"/v1/groups/{group.id}/participants.csv", content=b"label\nx\n")
    assert unnamed.status_code == 401


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"nimi\nSani\n",
        b"label;label\nSani;Sani\n",
        b"label\n",
        b"label\nSa\0ni\n",
        b'label\n"Sani\n',
        b"PK\x03\x04",
        b"\xff\xfeS\x00a",
        b"label\nSani;more\n",
        b"label\n" + b"x\n" * 501,
        b"label\n" + b"x" * 70_000,
        b"label\n\xed\xa0\x80\n",
    ],
)
def test_what_is_no_such_spreadsheet_is_refused(world: World, data: bytes) -> None:
    """Each is refused in words, and nothing is changed."""
    group = new_group(world)
    for dry_run in (True, False):
        answer = send_csv(world, group.id, data, dry_run=dry_run)
        is_told = dry_run and answer.status_code == 200 and answer.json()["mistakes"]
        assert is_told or 400 <= answer.status_code < 500
    assert len(labels_in(world, group.id)) <= 1
    json = world.client.post(f"/v1/groups/{group.id}/participants.csv", json={}, headers=world.as_iida())
    assert refusal(json) == (422, "content-type")


def test_an_ended_group_takes_nobody_in(world: World) -> None:
    """Neither in a dry run nor in earnest; its export is empty."""
    group = new_group(world)
    new_participant(world, group)
    post(world, f"/groups/{group.id}/end")
    for dry_run in (True, False):
        assert refusal(send_csv(world, group.id, "label\nUusi\n", dry_run=dry_run)) == (409, "group-ended")
    assert exported(world, group) == ["participant;label"]


def test_one_file_many_times_at_once(world: World) -> None:
    """Six imports of the same file at the same moment add everybody once, with one event."""
    group = new_group(world)
    journal = Journal(world)
    file = "label\n" + "".join(f"nimi {number}\n" for number in range(20))
    answers = side_by_side([lambda: send_csv(world, group.id, file)] * 6)
    assert {answer.status_code for answer in answers} == {200}
    assert len({tuple(row["participant"] for row in answer.json()["rows"]) for answer in answers}) == 1
    assert len(labels_in(world, group.id)) == 20
    assert journal.actions() == ["participants.imported"]


def test_a_label_is_checked_while_it_is_typed(world: World) -> None:
    """The check says what would be kept, why not, and what to think about; and stores nothing."""
    group = new_group(world)
    new_participant(world, group)
    journal = Journal(world)
    with world.rooms.database.read() as session:
        before = len(session.exec(select(ParticipantRow)).all())

    def check(label: str, group_id: uuid.UUID | None = None) -> tuple[str | None, str | None, list[str]]:
        answer = post(world, "/labels/check", label=label, group=str(group_id) if group_id else None)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        return found["label"], found["code"], [one["code"] for one in found["warnings"]]

    assert check(" Sani ") == ("Sani", None, [])
    assert check("Sani Virtanen") == ("Sani Virtanen", None, ["label-full-name"])
    assert check("kuntoutuja") == ("kuntoutuja", None, ["disclosing-word"])
    assert check("sani@koti.fi") == (None, "label-email", [])
    assert check("sani", group.id) == (None, "label-taken", [])
    assert check("Pipo", group.id) == ("Pipo", None, [])
    for name, label in STRANGE_LABELS.items():
        if name not in ("nul", "surrogate"):
            assert check(label)[1] == "label-form"
    assert journal.actions() == []
    with world.rooms.database.read() as session:
        assert len(session.exec(select(ParticipantRow)).all()) == before


def test_who_may_check_labels(world: World) -> None:
    """Leaders may; what is taken in a group is told to its leader only, not to its administrator."""
    group = new_group(world)
    asked = {"label": "Sani", "group": str(group.id)}
    assert refusal(post(world, "/labels/check", world.as_aino(), **asked)) == (403, "labels-are-the-leaders")
    assert refusal(post(world, "/labels/check", colleague(world)[1], **asked)) == (404, "unknown-group")
    for headers in (world.as_tuula(), world.as_audrey(), world.as_partner()):
        assert refusal(post(world, "/labels/check", headers, label="Sani")) == (403, "scope-missing")
    for body in ({}, {"label": 5}, {"label": "x" * 201}, {"label": "x", "group": "y"}, {"label": "x", "more": 1}):
        assert refusal(post(world, "/labels/check", **body)) == (422, "invalid-field")
