"""``since`` and pages: the same on every list of the API."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from okbadges.organisations.members import create_member
from okbadges.organisations.roles import Role
from okbadges.organisations.workshops import create_organisation, find_organisation
from support.college import new_college
from support.decided import decide
from support.learners import new_group, new_participant
from support.sharing import sharer
from support.webhooks import administrator, publish_again, send, wanted

if TYPE_CHECKING:
    from support.world import World

BAD = [
    "yesterday",
    "2026-11-21",
    "2026-11-21T12:00:00",
    "2026-11-21 12:00:00Z",
    "2026-11-21T12:00:00 02:00",
    "1795262400",
    "2026-13-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "",
    "-1",
    "9" * 500,
]


def lists_of(world: World) -> set[str]:
    """Return the paths of every list of the API: what is answered by GET and has ``since``, or an array in its answer."""
    document = world.client.get("/openapi.json").json()
    schemas = document["components"]["schemas"]

    def is_list(operation: dict[str, Any]) -> bool:
        schema = operation["responses"]["200"].get("content", {}).get("application/json", {}).get("schema", {})
        if schema.get("type") == "array":
            return True
        members = schemas.get(schema.get("$ref", "").rsplit("/", 1)[-1], {}).get("properties", {})
        return "next" in members or any(one["name"] == "since" for one in operation.get("parameters", ()))

    gets = {path: each["get"] for path, each in document["paths"].items() if path.startswith("/v1/") and "get" in each}
    return {path for path, operation in gets.items() if is_list(operation)}


BOUNDED = {
    "/v1/units",
    "/v1/participants/{participant_id}/progress",
    "/v1/recognition/decisions/{decision}/endorsements",
}
"""Lists without pages: never more than there are generations, badges in the catalogue, or grounds of a decision."""


@dataclass(frozen=True, slots=True)
class Call:
    """How one list is asked for by somebody for whom there is something on it."""

    address: str
    headers: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)

    def ask(self, world: World, **query: Any) -> Any:
        """Ask for it."""
        return world.client.get(self.address, params={**self.query, **query}, headers=self.headers)


def calls(world: World) -> dict[str, Call]:
    """Put something on every list, now, and return how each is asked for, by its path."""
    aino, iida, tuula = world.as_aino(), world.as_iida(), world.as_tuula()
    group = new_group(world)
    sani = new_participant(world, group)
    post = world.client.post
    made = [
        post("/v1/organisations/kemi/workshops", json={"slug": "uusi", "name": "Uusi"}, headers=aino),
        post(f"{WORKSHOP}/recognition-records", json=RECORD, headers=aino),
        post(f"/v1/participants/{sani}/progress/digi-turva/1", json=TICK, headers=iida),
        post(
            f"/v1/participants/{sani}/evidence",
            files={name: (None, value) for name, value in PIECE.items()},
            headers=iida,
        ),
        post("/v1/confirmations", json={"participant": str(sani), "badge": SUMMARY}, headers=tuula),
        post("/v1/webhooks", json=wanted("http://127.0.0.1:9/"), headers=aino),
    ]
    assert [one.text for one in made if one.status_code != 201] == []
    rooms, stamp = world.rooms, world.rooms.stamp("test")
    with rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    create_member(rooms.writer, stamp, rooms.secrets, organisation=kemi, role=Role.TEACHER, name="Tarja")
    create_organisation(rooms.writer, stamp, issuer_id=kemi.issuer_id, slug="uusi", name="Uusi")
    publish_again(world, "digi-turva")
    college = new_college(world, own_issuer=True)
    decided = f"/v1/recognition/decisions/{decide(world, college, sharer(world, 'arki-ruoka')).id}/endorsements"
    assert post(decided, headers=college.as_tuula).status_code == 200
    send(world)
    webhook = made[-1].json()["id"]
    of_kemi = {"organisation": "kemi"}
    return {
        "/v1/access-keys": Call("/v1/access-keys", administrator(world, "uusi")),
        "/v1/audit/events": Call("/v1/audit/events", world.as_audrey()),
        "/v1/badges": Call("/v1/badges"),
        "/v1/confirmations": Call("/v1/confirmations", tuula, {"participant": str(sani)}),
        "/v1/groups": Call("/v1/groups", iida),
        "/v1/groups/{group}/participants": Call(f"/v1/groups/{group.id}/participants", iida),
        "/v1/members": Call("/v1/members", aino, of_kemi),
        "/v1/organisations": Call("/v1/organisations", administrator(world, "uusi")),
        "/v1/organisations/{organisation}/workshops": Call("/v1/organisations/kemi/workshops", aino),
        "/v1/organisations/{organisation}/workshops/{workshop}/recognition-records": Call(
            f"{WORKSHOP}/recognition-records", aino
        ),
        "/v1/participants/{participant_id}/evidence": Call(f"/v1/participants/{sani}/evidence", iida),
        "/v1/participants/{participant_id}/progress": Call(f"/v1/participants/{sani}/progress", iida),
        "/v1/recognition/decisions/{decision}/endorsements": Call(decided, college.as_tuula),
        "/v1/units": Call("/v1/units"),
        "/v1/webhooks": Call("/v1/webhooks", aino, of_kemi),
        "/v1/webhooks/{webhook}/deliveries": Call(f"/v1/webhooks/{webhook}/deliveries", aino),
    }


def but_used(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows without when a key was last used: it is noted a moment after the answer, so asking for a list changes it."""
    return [{name: value for name, value in row.items() if name != "last_used_at"} for row in found]


WORKSHOP = "/v1/organisations/kemi/workshops/kahvila"
SUMMARY = "kooste-digitaalinen-ymparisto"
PIECE = {"kind": "text", "badge": "digi-turva", "text": "Teki.", "agreed": "true"}
TICK = {"observed_by": "instructor", "method": "observation", "observed_on": "2026-11-20"}
RECORD = {
    "report_id": "OTT-2026-9",
    "targets": ["ammatillisenoppiaineet_yttt"],
    "recognised_by": "Opettaja, Lapin ammattiopisto",
    "valid_from": "2026-01-01",
}


def test_every_list_has_it(world: World) -> None:
    """Each takes ``since`` as a date-time and documents that one may be refused; each that can grow without end has pages."""
    paths = world.client.get("/openapi.json").json()["paths"]
    assert lists_of(world) == set(calls(world))
    for path in lists_of(world):
        operation = paths[path]["get"]
        parameters = {one["name"]: one["schema"] for one in operation["parameters"]}
        assert parameters["since"]["anyOf"][0] == {"type": "string", "format": "date-time"}
        assert "422" in operation["responses"], path
        assert "since" in operation["description"], path
        if path not in BOUNDED:
            assert {"after", "limit"} <= set(parameters), path


def test_what_is_no_time_is_refused(world: World) -> None:
    """On every list, with the field named, and nothing breaks."""
    for path, call in calls(world).items():
        for since in BAD:
            answer = call.ask(world, since=since)
            assert answer.status_code == 422, (path, since, answer.text)
            assert answer.json()["field"] == "since", (path, answer.text)


def test_what_was_made_before_is_left_out(world: World) -> None:
    """On every list: what was made now is there since now, in pages too, and not since a moment later; an offset counts."""
    for path, call in calls(world).items():
        if path == "/v1/units":
            continue
        now = call.ask(world, since="2026-11-21T14:00:00+02:00")
        later = call.ask(world, since="2026-11-21t12:00:00.000001z")
        assert (now.status_code, later.status_code) == (200, 200), (path, now.text, later.text)
        assert rows(now.json()), path
        assert rows(later.json()) == [], path
        assert len(rows(call.ask(world).json())) >= len(rows(now.json())), path
        if path not in BOUNDED:
            first = call.ask(world, since="2026-11-21T12:00:00Z", limit=1)
            assert but_used(rows(first.json())) == but_used(rows(now.json())[:1]), path


def test_what_was_changed_counts_too(world: World) -> None:
    """A member who leaves, a key that is revoked, a group that ends and a webhook that is paused are in the lists of that day."""
    told, aino = calls(world), world.as_aino()
    key = world.key([], organisation="kemi", role=Role.TEACHER)["Authorization"].split("_")[1]
    told["/v1/access-keys"] = Call("/v1/access-keys", aino)
    teacher = next(one["id"] for one in rows(told["/v1/members"].ask(world).json()) if one["name"] == "Tarja")
    world.clock.move(days=3)
    changes = {
        "/v1/members": f"/v1/members/{teacher}/leave",
        "/v1/groups": f"/v1/groups/{rows(told['/v1/groups'].ask(world).json())[0]['id']}/end",
        "/v1/access-keys": f"/v1/access-keys/{key}/revoke",
    }
    for path, address in changes.items():
        assert rows(told[path].ask(world, since=world.clock().isoformat()).json()) == [], path
        assert world.client.post(address, headers=aino).status_code == 200, address
        assert len(rows(told[path].ask(world, since=world.clock().isoformat()).json())) == 1, path
    webhook = rows(told["/v1/webhooks"].ask(world).json())[0]["id"]
    assert world.client.patch(f"/v1/webhooks/{webhook}", json={"enabled": False}, headers=aino).status_code == 200
    assert len(rows(told["/v1/webhooks"].ask(world, since=world.clock().isoformat()).json())) == 1


def test_units_by_the_day_they_were_checked(world: World) -> None:
    """The generations that people looked at on that day or later."""
    assert rows(world.client.get("/v1/units?since=2018-01-01T00:00:00Z").json())
    assert rows(world.client.get("/v1/units?since=2100-01-01T00:00:00Z").json()) == []


def rows(answer: Any) -> list[Any]:
    """Return what a list lists."""
    found: list[Any] = (
        answer if isinstance(answer, list) else next(one for one in answer.values() if isinstance(one, list))
    )
    return found
