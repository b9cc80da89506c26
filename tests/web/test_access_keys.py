"""``/v1/access-keys``: what an administrator may make, see and revoke; and that nobody else may."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from okbadges.organisations.access_keys import WantedKey, create_access_key
from okbadges.organisations.members import create_member
from okbadges.organisations.roles import ALLOWED, Role, Scope
from okbadges.organisations.workshops import find_organisation

if TYPE_CHECKING:
    from support.world import World

PATH = "/v1/access-keys"
PROGRAM = {
    "label": "register",
    "organisations": ["kemi"],
    "role": "partner",
    "scopes": ["credentials:read"],
    "days": 30,
}


def make(world: World, status: int = 201, headers: dict[str, str] | None = None, **changes: Any) -> dict[str, Any]:
    """Let the administrator make a key, some members of the body changed (None: left out), and return the answer's JSON."""
    body = {name: value for name, value in {**PROGRAM, **changes}.items() if value is not None}
    answer = world.client.post(PATH, json=body, headers=headers or world.as_aino())
    assert answer.status_code == status, answer.text
    told: dict[str, Any] = answer.json()
    return told


def listed(world: World, **query: Any) -> dict[str, Any]:
    """Return one page of the list."""
    answer = world.client.get(PATH, params=query, headers=world.as_aino())
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def partner_of_both(world: World) -> str:
    """Make a program's key for both organisations, as only the operator can, and return its prefix."""
    with world.rooms.database.read() as session:
        owners = [find_organisation(session, slug) for slug in ("kemi", "ranua")]
    stamp = world.rooms.stamp("operator")
    wanted = WantedKey("both", owners, [Scope.VC_API], world.clock().replace(year=2027))
    return create_access_key(world.rooms.writer, stamp, world.rooms.secrets, wanted).split("_")[1]


def test_it_works(world: World) -> None:
    """A key is made, shown once, opens what it may, is listed by prefix with its last use, and revoked."""
    answer = world.client.post(PATH, json=PROGRAM, headers=world.as_aino())
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    made = answer.json()
    key, prefix = made.pop("access_key"), made["prefix"]
    assert key.startswith(f"okb_{prefix}_")
    assert {name: made[name] for name in ("label", "role", "scopes", "organisations", "member", "state")} == {
        "label": "register", "role": "partner", "scopes": ["credentials:read"], "organisations": ["kemi"],
        "member": None, "state": "valid",
    }  # fmt: skip
    assert made["expires_at"] == "2026-12-21T12:00:00Z"
    headers = {"Authorization": f"Bearer {key}"}
    assert world.client.get("/v1/credentials/nonsense", headers=headers).status_code == 404
    world.rooms.writer.write(lambda _: None)
    shown = next(one for one in listed(world)["access_keys"] if one["prefix"] == prefix)
    assert shown == {**made, "last_used_at": "2026-11-21T12:00:00Z"}
    revoked = world.client.post(f"{PATH}/{prefix}/revoke", headers=world.as_aino()).json()
    assert (revoked["state"], revoked["revoked_at"]) == ("revoked", "2026-11-21T12:00:00Z")
    assert world.client.get("/v1/credentials/nonsense", headers=headers).status_code == 401
    world.clock.move(hours=1)
    assert world.client.post(f"{PATH}/{prefix}/revoke", headers=world.as_aino()).json() == revoked


def test_a_members_key_has_their_role(world: World) -> None:
    """A key for Iida gets all that an instructor may, and is hers."""
    iida = str(world.keys.iida_id)
    made = make(world, role="instructor", scopes=None, member=iida, days=None)
    assert (made["member"], set(made["scopes"])) == (iida, set(ALLOWED[Role.INSTRUCTOR]))
    assert make(world, 422, role="administrator", scopes=None, member=iida)["code"] == "member-role"
    assert make(world, 422, role="instructor", scopes=None)["code"] == "member-missing"
    assert make(world, 404, role="instructor", scopes=None, member=str(uuid.uuid4()))["code"] == "unknown-member"


def test_nobody_gives_what_they_have_not(world: World) -> None:
    """An administrator gives neither another organisation nor a scope that their own key does not have, nor ``vc-api:issue``."""
    assert make(world, 403, organisations=["ranua"])["code"] == "organisation-not-allowed"
    assert make(world, 403, organisations=["kemi", "ranua"])["code"] == "organisation-not-allowed"
    refused = make(world, 403, scopes=["vc-api:issue"])
    assert refused["code"] == "scope-not-yours"
    assert "okbadges access-key create" in refused["detail"]
    narrow = world.key([Scope.ADMINISTER], role=Role.ADMINISTRATOR, member_id=world.keys.aino_id)
    iida = str(world.keys.iida_id)
    assert make(world, 403, narrow, role="instructor", scopes=None, member=iida)["code"] == "scope-not-yours"
    assert make(world, 403, narrow)["code"] == "scope-not-yours"
    aino = str(world.keys.aino_id)
    made = make(world, 201, narrow, role="administrator", member=aino, scopes=["organisation:administer"])
    assert made["scopes"] == ["organisation:administer"]


def test_an_administrator_makes_the_key_of_a_teacher(world: World) -> None:
    """Who decides about credit is named by who administers, and decides nothing themselves: no key of theirs has that scope."""
    made = make(world, 201, role="teacher", scopes=None, member=str(world.keys.tuula_id))
    assert made["scopes"] == ["awards:confirm", "recognition:decide"]
    own = make(world, 422, role="administrator", scopes=["recognition:decide"], member=str(world.keys.aino_id))
    assert own["code"] == "scope-not-for-role"


def test_a_member_of_another_organisation_is_not_found(world: World) -> None:
    """For somebody of Ranua the administrator of Kemi can make no key, and is not told that they exist."""
    with world.rooms.database.read() as session:
        ranua = find_organisation(session, "ranua")
    rooms = world.rooms
    roope = create_member(
        rooms.writer, rooms.stamp("test"), rooms.secrets, organisation=ranua, role=Role.TEACHER, name="R"
    )
    told = make(world, 404, role="teacher", scopes=None, member=str(roope.id))
    unknown = make(world, 404, role="teacher", scopes=None, member=str(uuid.uuid4()))
    assert told == unknown


def test_only_an_administrator_comes_in(world: World) -> None:
    """An instructor, a teacher, an auditor and a partner get 403 at each of these doors."""
    prefix = world.keys.aino.split("_")[1]
    for headers in (world.as_iida(), world.as_tuula(), world.as_audrey(), world.as_partner()):
        answers = (
            world.client.post(PATH, json=PROGRAM, headers=headers),
            world.client.get(PATH, headers=headers),
            world.client.post(f"{PATH}/{prefix}/revoke", headers=headers),
        )
        assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(403, "scope-missing")] * 3


def test_a_teacher_issues_nothing_and_an_instructor_audits_nothing(world: World) -> None:
    """Each role stops at its own doors."""
    assert world.client.post("/v1/credentials", json={}, headers=world.as_tuula()).status_code in {403, 422}
    from support.world import order  # noqa: PLC0415 - used here only

    assert world.client.post("/v1/credentials", json=order(), headers=world.as_tuula()).status_code == 403
    assert world.client.post("/v1/credentials", json=order(), headers=world.as_audrey()).status_code == 403
    for path in ("/v1/audit/events", "/metrics"):
        for headers in (world.as_iida(), world.as_tuula(), world.as_partner()):
            assert world.client.get(path, headers=headers).status_code == 403


def test_without_a_key_nobody_comes_in(world: World) -> None:
    """Every door asks for a key first."""
    for answer in (
        world.client.post(PATH, json=PROGRAM),
        world.client.get(PATH),
        world.client.post(f"{PATH}/abcdefgh/revoke"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "access-key-missing")


def test_the_list_is_paged_and_shows_no_other_organisation(world: World) -> None:
    """Every key of Kemi is listed once, oldest first; a key of Ranua is not, and of a key for both only Kemi is named."""
    both = partner_of_both(world)
    whole = listed(world)
    assert whole["next"] is None
    assert len(whole["access_keys"]) == 5
    seen, after = [], None
    while True:
        page = listed(world, limit=2, **({"after": after} if after else {}))
        seen += page["access_keys"]
        after = page["next"]
        if after is None:
            break
    assert [key["id"] for key in seen] == [key["id"] for key in whole["access_keys"]]
    assert {slug for key in seen for slug in key["organisations"]} == {"kemi"}
    assert both in {key["prefix"] for key in seen}
    assert world.keys.partner.split("_")[1] not in {key["prefix"] for key in seen}
    secret = world.keys.iida.split("_")[2]
    assert secret not in str(whole)
    assert secret[:20] not in str(whole)


def test_another_organisations_key_is_not_even_seen(world: World) -> None:
    """A key of Ranua alone is not found by Kemi's administrator; one that acts for Kemi too can be revoked by them."""
    foreign = world.client.post(f"{PATH}/{world.keys.partner.split('_')[1]}/revoke", headers=world.as_aino())
    nothing = world.client.post(f"{PATH}/abcdefgh/revoke", headers=world.as_aino())
    assert (foreign.status_code, foreign.json()["code"]) == (404, "unknown-access-key")
    assert nothing.status_code == 404
    assert world.client.get("/v1/credentials/nonsense", headers=world.as_partner()).status_code == 404
    shared = world.client.post(f"{PATH}/{partner_of_both(world)}/revoke", headers=world.as_aino())
    assert (shared.status_code, shared.json()["organisations"]) == (200, ["kemi"])


def test_the_key_that_calls_stays(world: World) -> None:
    """An administrator does not lock themselves out; with another key they can revoke this one."""
    prefix = world.keys.aino.split("_")[1]
    refused = world.client.post(f"{PATH}/{prefix}/revoke", headers=world.as_aino())
    assert (refused.status_code, refused.json()["code"]) == (409, "own-access-key")
    other = world.key([], role=Role.ADMINISTRATOR, member_id=world.keys.aino_id)
    assert world.client.post(f"{PATH}/{prefix}/revoke", headers=other).status_code == 200
    assert world.client.get(PATH, headers=world.as_aino()).status_code == 401


STRANGE: tuple[dict[str, Any], ...] = (
    {"label": ""},
    {"label": "x" * 81},
    {"label": 7},
    {"label": "a\u202eb"},
    {"organisations": []},
    {"organisations": "kemi"},
    {"organisations": ["k" * 65]},
    {"organisations": ["kemi"] * 101},
    {"role": "king"},
    {"role": None},
    {"scopes": ["everything"]},
    {"scopes": []},
    {"scopes": ["organisation:administer"]},
    {"days": 0},
    {"days": 1101},
    {"days": 10**15},
    {"days": "30"},
    {"days": 1.5},
    {"days": True},
    {"member": "iida"},
    {"admin": True},
)


def test_what_cannot_be_meant_is_refused(world: World) -> None:
    """Empty, too long, of the wrong kind, beyond the role, unknown members: 422 with the field, and no key."""
    for changes in STRANGE:
        assert make(world, 422, **changes)["field"], changes
    assert len(listed(world)["access_keys"]) == 4


def test_what_cannot_be_read_is_refused(world: World) -> None:
    """A body that is no JSON of a key is a mistake of the caller, never of ours."""
    headers = {**world.as_aino(), "Content-Type": "application/json"}
    for body in (
        b"",
        b"[]",
        b"{",
        b'{"label": "a\\u0000b"}',
        b'{"label": "\\ud800"}',
        b'{"days": NaN}',
        b'{"days": 1e99}',
    ):
        assert world.client.post(PATH, content=body, headers=headers).status_code in {400, 422}, body


def test_a_strange_address_is_refused(world: World) -> None:
    """A page that there cannot be is refused, and a prefix that no key has is not found."""
    for query in ("after=x", "limit=0", "limit=201", "limit=x", f"limit={'9' * 30}", "after=%00"):
        assert world.client.get(f"{PATH}?{query}", headers=world.as_aino()).status_code in {400, 422}, query
    for prefix in ("x" * 41, "%F0%9F%92%A9", "..", "a%00b", "a'--"):
        answer = world.client.post(f"{PATH}/{prefix}/revoke", headers=world.as_aino())
        assert answer.status_code in {404, 405, 422}, prefix


def test_each_change_is_one_event(world: World) -> None:
    """Making and revoking are an event each, on the issuer's chain, by the administrator's key, without the label; lists are none."""
    made = make(world, label="secret-label")
    world.client.post(f"{PATH}/{made['prefix']}/revoke", headers=world.as_aino())
    world.client.post(f"{PATH}/{made['prefix']}/revoke", headers=world.as_aino())
    listed(world)
    with world.rooms.database.read() as session:
        rows = session.execute(
            text("SELECT action, chain, actor, details FROM events WHERE subject = :s ORDER BY number"),
            {"s": f"access-key:{made['prefix']}"},
        ).all()
    actor = f"access-key:{world.keys.aino.split('_')[1]}"
    assert [tuple(row[:3]) for row in rows] == [
        ("access-key.created", "ok", actor),
        ("access-key.revoked", "ok", actor),
    ]
    assert "secret-label" not in str(rows)
