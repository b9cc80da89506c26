"""``/v1/members``."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from okbadges.organisations.roles import Role, Scope
from support.corrections import side_by_side
from support.groups import Journal, colleague, get, post, refusal
from support.learners import new_group
from support.members import is_signed_in, new_link, signed_in_browser

if TYPE_CHECKING:
    from support.world import World


def wanted(**changes: Any) -> dict[str, Any]:
    """Return a member who can be added, with some members changed."""
    return {"organisation": "kemi", "role": "instructor", "name": "Ainutlaatuinen", **changes}


def test_it_works(world: World) -> None:
    """Aino adds an instructor and finds her; the journal has one event without the name."""
    journal = Journal(world)
    answer = post(world, "/members", world.as_aino(), **wanted())
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made == {
        "id": made["id"],
        "organisation": "kemi",
        "role": "instructor",
        "name": "Ainutlaatuinen",
        "since": "2026-11-21T12:00:00Z",
        "left_at": None,
    }
    assert journal.news() == [("member.added", f"member:{made['id']}", {"role": "instructor"})]
    found = get(world, f"/members/{made['id']}", world.as_aino())
    listed = get(world, "/members?organisation=kemi", world.as_aino())
    assert found.json() == made
    assert made in listed.json()["members"]
    assert [one.headers["cache-control"] for one in (answer, found, listed)] == ["no-store"] * 3


def test_no_name_is_readable_in_the_database(world: World) -> None:
    """Neither the table of members nor the journal shows a name."""
    post(world, "/members", world.as_aino(), **wanted())
    with world.rooms.database.read() as session:
        for table in ("members", "events", "access_keys"):
            rows = str(session.execute(text(f"SELECT * FROM {table}")).all())  # noqa: S608 - names of our own tables
            assert "Ainutlaatuinen" not in rows
            assert b"Ainutlaatuinen".hex() not in rows


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"role": "partner"}, 422),
        ({"role": "king"}, 422),
        ({"name": ""}, 422),
        ({"name": " \u202e"}, 422),
        ({"name": "x" * 81}, 422),
        ({"name": "x" * 300}, 422),
        ({"name": "a\0b"}, 400),
        ({"name": 5}, 422),
        ({"more": 1}, 422),
        ({"organisation": "ranua"}, 403),
        ({"organisation": "nowhere"}, 403),
    ],
)
def test_what_cannot_be_is_refused(world: World, changes: dict[str, Any], status: int) -> None:
    """A role of programs, a name that is none, an organisation of others."""
    journal = Journal(world)
    assert post(world, "/members", world.as_aino(), **wanted(**changes)).status_code == status
    assert journal.actions() == []


def test_names_are_for_administrators(world: World) -> None:
    """Colleagues, other roles and administrators of other organisations see no members and add none."""
    ranua_member, ranua = colleague(world, Role.ADMINISTRATOR, "ranua")
    assert refusal(get(world, f"/members/{world.keys.iida_id}", ranua)) == (404, "unknown-member")
    assert refusal(post(world, f"/members/{world.keys.iida_id}/leave", ranua)) == (404, "unknown-member")
    assert refusal(get(world, f"/members/{ranua_member}", world.as_aino())) == (404, "unknown-member")
    assert refusal(get(world, f"/members/{uuid.uuid4()}", world.as_aino())) == (404, "unknown-member")
    assert get(world, "/members/x", world.as_aino()).status_code == 422
    assert refusal(get(world, "/members?organisation=ranua", world.as_aino())) == (403, "organisation-not-allowed")
    others = (world.as_iida(), world.as_tuula(), world.as_audrey(), world.as_partner())
    for headers in (*others, world.key([Scope.GROUPS], role=Role.ADMINISTRATOR)):
        assert refusal(get(world, "/members?organisation=kemi", headers)) == (403, "scope-missing")
        assert refusal(get(world, f"/members/{world.keys.iida_id}", headers)) == (403, "scope-missing")
        assert refusal(post(world, "/members", headers, **wanted())) == (403, "scope-missing")
        assert refusal(post(world, f"/members/{world.keys.iida_id}/leave", headers)) == (403, "scope-missing")


def test_lists_are_paged(world: World) -> None:
    """Everybody is on one page, also who has left."""
    post(world, f"/members/{world.keys.tuula_id}/leave", world.as_aino())
    found: list[dict[str, Any]] = []
    page: dict[str, Any] = {"next": "00000000-0000-0000-0000-000000000000"}
    while page["next"]:
        page = get(world, f"/members?organisation=kemi&limit=3&after={page['next']}", world.as_aino()).json()
        found += page["members"]
    assert sorted(one["name"] for one in found) == ["Aino", "Audrey", "Iida", "Tuula"]
    assert [one["name"] for one in found if one["left_at"]] == ["Tuula"]


def test_who_leaves_opens_nothing_any_more(world: World) -> None:
    """Every key of theirs is revoked in the same change, once; a second time changes nothing."""
    member, key = colleague(world)
    second = world.key((), role=Role.INSTRUCTOR, member_id=member)
    assert get(world, "/groups", key).status_code == 200
    journal = Journal(world)
    left = post(world, f"/members/{member}/leave", world.as_aino())
    assert left.status_code == 200
    assert left.json()["left_at"] == "2026-11-21T12:00:00Z"
    assert [get(world, "/groups", headers).status_code for headers in (key, second)] == [401, 401]
    assert journal.news() == [("member.left", f"member:{member}", {"access_keys_revoked": 2})]
    world.clock.move(days=1)
    assert post(world, f"/members/{member}/leave", world.as_aino()).json() == left.json()
    assert journal.actions() == []
    assert get(world, "/groups").status_code == 200


def test_a_leader_hands_over_first(world: World) -> None:
    """Who leads running groups cannot leave: the refusal names them; ended ones do not count."""
    first, second = new_group(world), new_group(world, slug="ilta")
    journal = Journal(world)
    answer = post(world, f"/members/{world.keys.iida_id}/leave", world.as_aino())
    assert refusal(answer) == (409, "leads-groups")
    assert "aamu, ilta" in answer.json()["detail"]
    assert journal.actions() == []
    post(world, f"/groups/{first.id}/end")
    post(world, f"/groups/{second.id}/hand-over", to=str(colleague(world)[0]))
    assert post(world, f"/members/{world.keys.iida_id}/leave", world.as_aino()).status_code == 200
    assert get(world, "/groups").status_code == 401


def test_the_last_administrator_stays(world: World) -> None:
    """Nobody would be left who can add anybody: they stay until there is another one who has not left."""
    aino = next(
        one["id"]
        for one in get(world, "/members?organisation=kemi", world.as_aino()).json()["members"]
        if one["role"] == "administrator"
    )
    gone, _ = colleague(world, Role.ADMINISTRATOR)
    assert post(world, f"/members/{gone}/leave", world.as_aino()).status_code == 200
    journal = Journal(world)
    answer = post(world, f"/members/{aino}/leave", world.as_aino())
    assert refusal(answer) == (409, "last-administrator")
    assert journal.actions() == []
    colleague(world, Role.ADMINISTRATOR)
    assert post(world, f"/members/{aino}/leave", world.as_aino()).status_code == 200


def test_leaving_many_times_at_once_is_one_change(world: World) -> None:
    """Eight requests at the same moment: one event."""
    member, _ = colleague(world)
    journal = Journal(world)
    answers = side_by_side([lambda: post(world, f"/members/{member}/leave", world.as_aino())] * 8)
    assert {answer.status_code for answer in answers} == {200}
    assert journal.actions() == ["member.left"]


def test_a_one_time_link_is_made(world: World) -> None:
    """Aino makes a link for Iida: it is for a day and for her; the journal knows that, and not the link; a new one ends it."""
    iida, journal = world.keys.iida_id, Journal(world)
    answer = post(world, f"/members/{iida}/sign-in-link", world.as_aino())
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    made = answer.json()
    assert made == {"address": made["address"], "expires_at": "2026-11-22T12:00:00Z"}
    assert made["address"].startswith("http://localhost:8000/sign-in/")
    token = made["address"].rpartition("/")[2]
    assert len(token) == 27
    assert journal.news() == [("sign-in-link.made", f"member:{iida}", {})]
    assert world.client.get(f"/sign-in/{token}").status_code == 200
    assert post(world, f"/members/{iida}/sign-in-link", world.as_aino()).json()["address"] != made["address"]
    assert world.client.get(f"/sign-in/{token}").status_code == 410


def test_a_member_is_signed_out(world: World) -> None:
    """After a lost phone Aino ends every sign-in of Iida, and the link that is on its way; once is enough."""
    iida = world.keys.iida_id
    first, second = signed_in_browser(world), signed_in_browser(world, device="own")
    token, journal = new_link(world), Journal(world)
    answer = post(world, f"/members/{iida}/sign-out", world.as_aino())
    assert (answer.status_code, answer.json()) == (200, {"sign_ins": 2})
    assert [is_signed_in(first), is_signed_in(second)] == [False, False]
    assert world.client.get(f"/sign-in/{token}").status_code == 410
    assert journal.news() == [("sign-in.ended", f"member:{iida}", {"sign_ins": 2})]
    assert post(world, f"/members/{iida}/sign-out", world.as_aino()).json() == {"sign_ins": 0}
    assert journal.news() == []


@pytest.mark.parametrize("what", ["sign-in-link", "sign-out"])
def test_only_administrators_let_in_and_out(world: World, what: str) -> None:
    """Nobody else, also not the member; nobody of another organisation; and nothing for who is not there."""
    path = f"/members/{world.keys.iida_id}/{what}"
    for headers in (world.as_iida(), world.as_tuula(), world.as_audrey(), world.as_partner()):
        assert refusal(post(world, path, headers)) == (403, "scope-missing")
    ranua = world.key([Scope.ADMINISTER], organisation="ranua", role=Role.ADMINISTRATOR)
    assert post(world, path, ranua).status_code == 404
    assert world.client.post(f"/v1{path}").status_code == 401
    assert post(world, f"/members/{uuid.uuid4()}/{what}", world.as_aino()).status_code == 404
    assert post(world, f"/members/x/{what}", world.as_aino()).status_code == 422


def test_who_left_gets_no_link(world: World) -> None:
    """Who comes back is added again."""
    member, _ = colleague(world)
    post(world, f"/members/{member}/leave", world.as_aino())
    assert refusal(post(world, f"/members/{member}/sign-in-link", world.as_aino())) == (409, "member-left")
    assert post(world, f"/members/{member}/sign-out", world.as_aino()).json() == {"sign_ins": 0}
