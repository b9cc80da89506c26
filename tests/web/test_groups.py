"""``/v1/groups``."""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from okbadges.organisations.members import leave
from okbadges.organisations.roles import Role
from okbadges.organisations.workshops import find_organisation
from support.corrections import side_by_side
from support.groups import Journal, colleague, get, labels_in, post, refusal
from support.learners import new_group, new_participant

if TYPE_CHECKING:
    from httpx2 import Response

    from support.world import World


def wanted(**changes: Any) -> dict[str, Any]:
    """Return a group that can be made, with some members changed."""
    usual = {"organisation": "kemi", "workshop": "kahvila", "slug": "syksy", "name": "Kahvila, syksy"}
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def slugs(answer: Response) -> list[str]:
    """Return the slugs of the groups in a list."""
    return sorted(group["slug"] for group in answer.json()["groups"])


def test_it_works(world: World) -> None:
    """Iida makes a group that she leads, finds it, and it is in the journal once, without its name."""
    journal = Journal(world)
    answer = post(world, "/groups", **wanted())
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made.pop("warnings") == []
    assert made == {
        "id": made["id"],
        "organisation": "kemi",
        "workshop": "kahvila",
        "slug": "syksy",
        "name": "Kahvila, syksy",
        "leader": str(world.keys.iida_id),
        "present": 0,
        "created_at": "2026-11-21T12:00:00Z",
        "ended_at": None,
    }
    assert get(world, f"/groups/{made['id']}").json() == made
    assert get(world, "/groups").json() == {"groups": [made], "next": None}
    [(action, subject, details)] = journal.news()
    assert (action, subject) == ("group.created", f"group:{made['id']}")
    assert set(details) == {"leader", "workshop"}
    assert "syksy" not in str(details)


def test_disclosing_names_are_warned_of(world: World) -> None:
    """A name that could tell why people are there is kept, and the answer says so."""
    warnings = post(world, "/groups", **wanted(name="Kuntoutusryhmä")).json()["warnings"]
    assert [(one["code"], one["field"]) for one in warnings] == [("disclosing-word", "name")]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"slug": "Ä"}, 422, "slug"),
        ({"name": " "}, 422, "name"),
        ({"name": "x" * 81}, 422, "name"),
        ({"name": "Sani\u202e"}, 422, "name"),
        ({"name": "Sani 040 123 4567"}, 422, "label-long-number"),
        ({"name": "a\0b"}, 400, "text-nul"),
        ({"name": 5}, 422, "invalid-field"),
        ({"workshop": "puu"}, 422, "unknown-workshop"),
        ({"organisation": "ranua"}, 403, "organisation-not-allowed"),
        ({"organisation": "nowhere"}, 403, "organisation-not-allowed"),
        ({"leader": str(uuid.UUID(int=1))}, 403, "leader-not-yours"),
        ({"leader": "x"}, 422, "invalid-field"),
        ({"more": 1}, 422, "invalid-field"),
        ({"slug": None}, 422, "invalid-field"),
    ],
)
def test_what_cannot_be_is_refused(world: World, changes: dict[str, Any], status: int, code: str) -> None:
    """Each refusal names its reason, and nothing is made or written into the journal."""
    journal = Journal(world)
    assert refusal(post(world, "/groups", **wanted(**changes))) == (status, code)
    assert journal.actions() == []
    assert get(world, "/groups").json()["groups"] == []


def test_a_slug_is_never_used_again(world: World) -> None:
    """Not even after the group ended."""
    made = post(world, "/groups", **wanted()).json()
    assert post(world, f"/groups/{made['id']}/end").status_code == 200
    assert refusal(post(world, "/groups", **wanted())) == (409, "group-exists")


def test_an_administrator_names_the_leader(world: World) -> None:
    """An administrator makes a group for an instructor, and it is theirs; not for a teacher, a stranger, or who has left."""
    other, other_key = colleague(world)
    made = post(world, "/groups", world.as_aino(), **wanted(leader=str(other)))
    assert made.json()["leader"] == str(other)
    assert slugs(get(world, "/groups", other_key)) == ["syksy"]
    assert slugs(get(world, "/groups")) == []
    with world.rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    gone, _ = colleague(world)
    leave(world.rooms.writer, world.rooms.stamp("test"), organisation=kemi, member_id=gone)
    strangers = {
        colleague(world, Role.INSTRUCTOR, "ranua")[0]: "unknown-member",
        uuid.uuid4(): "unknown-member",
        world.keys.tuula_id: "role-leads-no-groups",
        gone: "member-left",
    }
    for stranger, code in strangers.items():
        answer = post(world, "/groups", world.as_aino(), **wanted(slug="talvi", leader=str(stranger)))
        assert refusal(answer) == (422, code)


def test_a_program_says_who_leads(world: World) -> None:
    """A key that is nobody's leads nothing itself: it has to name a member, and an instructor's may name none but its own."""
    nobody = world.key((), role=Role.ADMINISTRATOR)
    assert refusal(post(world, "/groups", nobody, **wanted())) == (422, "leader-missing")
    assert post(world, "/groups", nobody, **wanted(leader=str(world.keys.iida_id))).status_code == 201
    instructor = world.key((), role=Role.INSTRUCTOR)
    assert refusal(post(world, "/groups", instructor, **wanted())) == (422, "leader-missing")
    assert slugs(get(world, "/groups", instructor)) == []


def test_everybody_sees_their_own(world: World) -> None:
    """A leader sees their groups, an administrator all of the organisation, another organisation and other roles none."""
    group = new_group(world)
    other, other_key = colleague(world)
    new_group(world, slug="ilta", leader=other)
    assert slugs(get(world, "/groups")) == ["aamu"]
    assert slugs(get(world, "/groups", other_key)) == ["ilta"]
    assert slugs(get(world, "/groups", world.as_aino())) == ["aamu", "ilta"]
    _, ranua = colleague(world, Role.ADMINISTRATOR, "ranua")
    assert slugs(get(world, "/groups", ranua)) == []
    for headers in (other_key, ranua):
        assert refusal(get(world, f"/groups/{group.id}", headers)) == (404, "unknown-group")
        assert refusal(post(world, f"/groups/{group.id}/end", headers)) == (404, "unknown-group")
        handed = post(world, f"/groups/{group.id}/hand-over", headers, to=str(other))
        assert refusal(handed) == (404, "unknown-group")
    for headers in (world.as_tuula(), world.as_audrey(), world.as_partner()):
        assert refusal(get(world, "/groups", headers)) == (403, "scope-missing")
        assert refusal(get(world, f"/groups/{group.id}", headers)) == (403, "scope-missing")
        assert refusal(post(world, "/groups", headers, **wanted())) == (403, "scope-missing")
        assert refusal(post(world, f"/groups/{group.id}/end", headers)) == (403, "scope-missing")
    assert world.client.get("/v1/groups").status_code == 401


def test_lists_are_paged(world: World) -> None:
    """Every group is on one page, in order, and ended ones can be left out."""
    for number in range(5):
        world.clock.move(seconds=1)
        new_group(world, slug=f"ryhma-{number}")
    first = get(world, "/groups?limit=2").json()
    second = get(world, f"/groups?limit=2&after={first['next']}").json()
    third = get(world, f"/groups?limit=2&after={second['next']}").json()
    found = [group["slug"] for page in (first, second, third) for group in page["groups"]]
    assert found == [f"ryhma-{number}" for number in range(5)]
    assert third["next"] is None
    post(world, f"/groups/{first['groups'][0]['id']}/end")
    assert slugs(get(world, "/groups?running=true")) == found[1:]
    for wrong in ("limit=0", "limit=201", "limit=x", "after=x", f"limit={10**30}"):
        assert get(world, f"/groups?{wrong}").status_code == 422


def test_an_id_that_is_none_is_refused(world: World) -> None:
    """What is no id is refused before any database sees it."""
    for wrong in ("x", "%00", "1", "-1", "00000000-0000-0000-0000-00000000000g"):
        assert get(world, f"/groups/{wrong}").status_code in (404, 422)
    assert refusal(get(world, f"/groups/{uuid.uuid4()}")) == (404, "unknown-group")


def test_ending_a_group(world: World) -> None:
    """Everybody leaves it, the journal counts them once, a second time changes nothing, and nothing goes on in it."""
    group = new_group(world)
    people = [new_participant(world, group, label) for label in ("Sani", "Pipo")]
    journal = Journal(world)
    ended = post(world, f"/groups/{group.id}/end").json()
    assert (ended["present"], ended["ended_at"]) == (0, "2026-11-21T12:00:00Z")
    assert journal.news() == [("group.ended", f"group:{group.id}", {"count": 2})]
    world.clock.move(hours=1)
    assert post(world, f"/groups/{group.id}/end").json() == ended
    assert journal.actions() == []
    other, _ = colleague(world)
    journal.news()
    assert refusal(post(world, f"/groups/{group.id}/hand-over", to=str(other))) == (409, "group-ended")
    assert refusal(post(world, f"/groups/{group.id}/participants", labels=["Uusi"])) == (409, "group-ended")
    assert refusal(post(world, f"/groups/{group.id}/participants/{people[0]}/join")) == (409, "group-ended")
    assert labels_in(world, group.id) == {}
    assert journal.actions() == []


def test_handing_over(world: World) -> None:
    """The new leader sees group and labels, the old one neither any more, and the journal says from whom to whom."""
    group = new_group(world)
    new_participant(world, group)
    other, other_key = colleague(world)
    journal = Journal(world)
    answer = post(world, f"/groups/{group.id}/hand-over", to=str(other))
    assert answer.json()["leader"] == str(other)
    details = {"from": str(world.keys.iida_id), "to": str(other)}
    assert journal.news() == [("group.handed-over", f"group:{group.id}", details)]
    assert list(labels_in(world, group.id, other_key).values()) == ["Sani"]
    assert refusal(get(world, f"/groups/{group.id}")) == (404, "unknown-group")
    again = post(world, f"/groups/{group.id}/hand-over", world.as_aino(), to=str(other))
    assert again.status_code == 200
    assert journal.actions() == []


def test_only_a_colleague_can_take_over(world: World) -> None:
    """Nobody of another organisation, no teacher, nobody who has left, and nobody at all."""
    group = new_group(world)
    strangers = {
        colleague(world, Role.INSTRUCTOR, "ranua")[0]: "unknown-member",
        world.keys.tuula_id: "role-leads-no-groups",
        uuid.uuid4(): "unknown-member",
    }
    journal = Journal(world)
    for stranger, code in strangers.items():
        answer = post(world, f"/groups/{group.id}/hand-over", to=str(stranger))
        assert (*refusal(answer), answer.json()["field"]) == (422, code, "to")
    assert journal.actions() == []


def test_two_hand_overs_at_once_make_one_leader(world: World) -> None:
    """Of eight instructors to whom a group is handed at the same moment one has it, and the journal knows of one change."""
    group = new_group(world)
    others = [colleague(world)[0] for _ in range(4)] * 2
    journal = Journal(world)
    answers = side_by_side([partial(post, world, f"/groups/{group.id}/hand-over", to=str(to)) for to in others])
    took = {answer.json()["leader"] for answer in answers if answer.status_code == 200}
    assert len(took) == 1
    codes = {refusal(answer) for answer in answers if answer.status_code != 200}
    assert codes <= {(409, "group-handed-over"), (404, "unknown-group")}
    assert journal.actions() == ["group.handed-over"]
    [leads] = get(world, "/groups", world.as_aino()).json()["groups"]
    assert {leads["leader"]} == took


def test_a_hand_over_and_a_leaving_at_once(world: World) -> None:
    """Either the member has left and the group stays, or they lead it and cannot leave: never a group without a leader."""
    for number in range(3):
        path = f"/groups/{new_group(world, slug=f'ryhma-{number}').id}/hand-over"
        other = str(colleague(world)[0])
        answers = side_by_side(
            [
                partial(post, world, path, to=other),
                partial(post, world, f"/members/{other}/leave", world.as_aino()),
            ]
        )
        assert sorted(answer.status_code for answer in answers) in ([200, 409], [200, 422])


def test_a_group_outlives_its_leaders_key(world: World) -> None:
    """An ended key of the leader changes nothing for the administrator."""
    group = new_group(world)
    key = world.key((), role=Role.INSTRUCTOR, member_id=world.keys.iida_id, lasts=timedelta(hours=1))
    world.clock.move(hours=2)
    assert get(world, f"/groups/{group.id}", key).status_code == 401
    assert get(world, f"/groups/{group.id}", world.as_aino()).status_code == 200
