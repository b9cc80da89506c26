"""Rows of a batch that say for whom by a label: only for the leader of the group, and only as it is now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from okbadges.organisations.groups import Group, WantedGroup, create_group, end_group, hand_over
from okbadges.organisations.participants import add_participants
from okbadges.organisations.workshops import find_organisation, find_workshop

if TYPE_CHECKING:
    import uuid

    from support.world import World


def group(world: World, *labels: str, slug: str = "aamu", leader: uuid.UUID | None = None) -> Group:
    """Make a group that Iida leads, with participants of these labels."""
    rooms = world.rooms
    with rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
        cafe = find_workshop(session, kemi, "kahvila")
    wanted = WantedGroup(cafe, leader or world.keys.iida_id, slug, slug.title())
    made = create_group(rooms.writer, rooms.stamp("test"), organisation=kemi, wanted=wanted)
    add_participants(rooms.writer, rooms.stamp("test"), rooms.secrets, group=made, labels=labels)
    return made


def send(world: World, headers: dict[str, str], *rows: dict[str, Any], **changes: Any) -> list[dict[str, Any]]:
    """Send a batch and return the outcomes of its rows."""
    body = {
        "organisation": "kemi",
        "workshop": "kahvila",
        "language": "fi",
        "awarded_on": "2026-11-20",
        "criteria_met": True,
        "observation": {"observed_by": "instructor", "methods": ["observation"], "occasions": 2},
        "rows": list(rows),
    }
    answer = world.client.post("/v1/credentials/batch", json={**body, **changes}, headers=headers)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["rows"]
    return found


def test_a_leader_issues_by_label(world: World) -> None:
    """Iida names her own people as she knows them, in whatever case; a repeat and the participant's id are the same row."""
    group(world, "Sani", "sininen lippis")
    rows = send(
        world, world.as_iida(), {"label": "Sani"}, {"label": "Sininen  Lippis"}, badge="digi-turva", group="aamu"
    )
    assert [row["outcome"] for row in rows] == ["issued", "issued"]
    assert rows[0]["participant"] != rows[1]["participant"]
    again = send(
        world, world.as_iida(),
        {"label": "sani", "group": "aamu"}, {"participant": rows[1]["participant"]}, {"participant": rows[0]["participant"]},
        badge="digi-turva",
    )  # fmt: skip
    assert [(row["outcome"], row["code"]) for row in again] == [
        ("repeated", None),
        ("repeated", None),
        ("refused", "same-row"),
    ]
    assert [row["id"] for row in again[:2]] == [row["id"] for row in rows]


def test_a_label_is_for_its_leader_only(world: World) -> None:
    """An administrator, another instructor's group, a group that was handed over or has ended: all alike are not there."""
    made = group(world, "Sani")
    group(world, "Sani", slug="ilta", leader=world.keys.aino_id)
    row = {"badge": "digi-turva", "label": "Sani"}
    asked = [(world.as_aino(), "aamu"), (world.as_iida(), "ilta"), (world.as_iida(), "nowhere"), (world.as_iida(), "")]
    for headers, slug in asked:
        [refused] = send(world, headers, {**row, "group": slug})
        assert (refused["code"], refused["field"]) == ("unknown-group", "group")
        assert "Sani" not in refused["detail"]
    hand_over(world.rooms.writer, world.rooms.stamp("test"), made, to=world.keys.aino_id)
    assert send(world, world.as_iida(), {**row, "group": "aamu"})[0]["code"] == "unknown-group"
    [issued] = send(world, world.as_aino(), {**row, "group": "aamu"})
    assert issued["outcome"] == "issued"


def test_a_group_that_has_ended_has_no_labels(world: World) -> None:
    """Nobody is in it any more."""
    made = group(world, "Sani")
    end_group(world.rooms.writer, world.rooms.stamp("test"), made)
    [row] = send(world, world.as_iida(), {"badge": "digi-turva", "label": "Sani", "group": "aamu"})
    assert row["code"] == "unknown-group"


@pytest.mark.parametrize("label", ["Otto", "", "San", "'Sani", "%"])
def test_a_label_that_nobody_has_is_refused(world: World, label: str) -> None:
    """The refusal names the field, and does not repeat what was looked for."""
    group(world, "Sani")
    [row] = send(world, world.as_iida(), {"badge": "digi-turva", "label": label, "group": "aamu"})
    assert (row["code"], row["field"]) == ("unknown-label", "label")
    assert label not in row["detail"] or len(label) < 2
