"""``/v1/organisations``: the second person, workshops, recognition records."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from okbadges.organisations.recognition import kept_records
from okbadges.organisations.roles import Role
from okbadges.organisations.workshops import find_organisation, find_workshop
from support.corrections import side_by_side
from support.groups import Journal, colleague, get, post, refusal

if TYPE_CHECKING:
    from httpx2 import Response

    from support.world import World

RECORDS = "/organisations/kemi/workshops/pyora/recognition-records"


def change(world: World, slug: str, headers: dict[str, str] | None = None, **body: Any) -> Response:
    """Change an organisation, as Aino unless the headers say otherwise."""
    answer: Response = world.client.patch(f"/v1/organisations/{slug}", json=body, headers=headers or world.as_aino())
    return answer


def report(**changes: Any) -> dict[str, Any]:
    """Return a report that can be kept, with some members changed."""
    usual = {
        "report_id": "OTT-2026-9",
        "targets": ["ammatillisenoppiaineet_vvai", "tutkinnonosat_400012"],
        "recognised_by": "Opettaja, Lapin ammattiopisto",
        "recognised_inside": "Vastaava ohjaaja",
        "report_url": "https://college.example/reports/9",
        "diaari": "LAO/12/2026",
        "valid_from": "2026-01-01",
        "valid_until": "2027-12-31",
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def keep(world: World, headers: dict[str, str] | None = None, **changes: Any) -> Response:
    """Keep a report, as Aino unless the headers say otherwise."""
    return post(world, RECORDS, headers or world.as_aino(), **report(**changes))


def test_it_works(world: World) -> None:
    """Aino lists her organisation and its workshops, and makes one more."""
    found = get(world, "/organisations", world.as_aino()).json()
    assert found == {
        "organisations": [{"slug": "kemi", "name": "Kemin taitopaja", "second_person_for_summary": False}],
        "next": None,
    }
    journal = Journal(world)
    made = post(world, "/organisations/kemi/workshops", world.as_aino(), slug="puu", name=" Puupaja ")
    assert made.status_code == 201
    assert made.json() == {"slug": "puu", "name": "Puupaja", "warnings": []}
    assert journal.actions() == ["workshop.created"]
    listed = get(world, "/organisations/kemi/workshops", world.as_aino()).json()
    assert [one["slug"] for one in listed["workshops"]] == ["kahvila", "puu", "pyora"]
    first = get(world, "/organisations/kemi/workshops?limit=2", world.as_aino()).json()
    second = get(world, f"/organisations/kemi/workshops?limit=2&after={first['next']}", world.as_aino()).json()
    assert first["workshops"] + second["workshops"] == listed["workshops"]
    assert second["next"] is None


def test_workshops_that_cannot_be(world: World) -> None:
    """A taken slug, a slug that is none, a name that is none; a disclosing name is kept with a warning."""
    path, aino = "/organisations/kemi/workshops", world.as_aino()
    journal = Journal(world)
    assert refusal(post(world, path, aino, slug="kahvila", name="x")) == (409, "workshop-exists")
    assert refusal(post(world, path, aino, slug="Ä", name="x")) == (422, "slug")
    for name in ("", "x" * 121, "a\u202eb"):
        assert refusal(post(world, path, aino, slug="uusi", name=name)) == (422, "name")
    assert journal.actions() == []
    warnings = post(world, path, aino, slug="uusi", name="Kuntouttava paja").json()["warnings"]
    assert [one["code"] for one in warnings] == ["disclosing-word"]


def test_a_second_person_is_asked_for(world: World) -> None:
    """The switch is seen by who issues next; switching it to what it is changes nothing."""
    journal = Journal(world)
    for _ in range(2):
        answer = change(world, "kemi", second_person_for_summary=True)
        assert answer.status_code == 200
        assert answer.json()["second_person_for_summary"] is True
    details = {"second_person_for_summary": 1}
    assert journal.news() == [("organisation.changed", "organisation:kemi", details)]
    [shown] = get(world, "/organisations", world.as_aino()).json()["organisations"]
    assert shown["second_person_for_summary"] is True
    assert change(world, "kemi", second_person_for_summary=False).json()["second_person_for_summary"] is False
    for wrong in ("yes", 1, None):
        assert refusal(change(world, "kemi", second_person_for_summary=wrong)) == (422, "invalid-field")
    assert refusal(change(world, "kemi", name="x", second_person_for_summary=True)) == (422, "invalid-field")


def test_only_its_administrators(world: World) -> None:
    """Administrators of others find nothing here; other roles may not ask."""
    _, ranua = colleague(world, Role.ADMINISTRATOR, "ranua")
    unknown = (404, "unknown-organisation")
    for headers, slug in ((ranua, "kemi"), (world.as_aino(), "ranua"), (world.as_aino(), "nowhere")):
        workshops = f"/organisations/{slug}/workshops"
        assert refusal(change(world, slug, headers, second_person_for_summary=True)) == unknown
        assert refusal(get(world, workshops, headers)) == unknown
        assert refusal(post(world, workshops, headers, slug="uusi", name="Uusi")) == unknown
        assert refusal(get(world, f"{workshops}/kahvila/recognition-records", headers)) == unknown
        assert refusal(post(world, f"{workshops}/kahvila/recognition-records", headers, **report())) == unknown
        ended = post(
            world, f"/organisations/{slug}/recognition-records/{uuid.uuid4()}/end", headers, last_day="2026-01-01"
        )
        assert refusal(ended) == unknown
    for headers in (world.as_iida(), world.as_tuula(), world.as_audrey(), world.as_partner()):
        assert refusal(get(world, "/organisations", headers)) == (403, "scope-missing")
        assert refusal(change(world, "kemi", headers, second_person_for_summary=True)) == (403, "scope-missing")
        assert refusal(post(world, RECORDS, headers, **report())) == (403, "scope-missing")
    assert refusal(get(world, "/organisations/kemi/workshops/puu/recognition-records", world.as_aino())) == (
        404,
        "unknown-workshop",
    )


def test_one_report_covers_several_targets(world: World) -> None:
    """Each area and unit is a record of its own with everything that the report says; a repeat keeps nothing twice."""
    journal = Journal(world)
    answer = keep(world)
    assert answer.status_code == 201, answer.text
    records = answer.json()["recognition_records"]
    assert [one["target"] for one in records] == report()["targets"]
    assert {key: value for key, value in records[0].items() if key not in ("id", "target")} == {
        key: value for key, value in report().items() if key != "targets"
    }
    assert keep(world).json()["recognition_records"] == records
    listed = get(world, RECORDS, world.as_aino()).json()["recognition_records"]
    assert sorted(listed, key=lambda one: one["target"]) == records
    [(action, _, details)] = journal.news()
    assert (action, details) == ("recognition-record.added", {"targets": " ".join(report()["targets"])})
    more = keep(world, targets=["tutkinnonosat_400012", "ammatillisenoppiaineet_vvtd"]).json()["recognition_records"]
    assert len(more) == 3
    assert journal.actions() == ["recognition-record.added"]
    first = get(world, f"{RECORDS}?limit=2", world.as_aino()).json()
    rest = get(world, f"{RECORDS}?limit=2&after={first['next']}", world.as_aino()).json()
    assert [len(page["recognition_records"]) for page in (first, rest)] == [2, 1]


def test_what_it_covers_is_creditable(world: World) -> None:
    """The records are those that a study plan asks for: on their first and last day, for their targets only."""
    keep(world)
    with world.rooms.database.read() as session:
        place = find_workshop(session, find_organisation(session, "kemi"), "pyora")
        kept = [one.record for one in kept_records(session, place)]
    assert any(one.covers("tutkinnonosat_400012", date(2027, 12, 31)) for one in kept)
    assert not any(one.covers("tutkinnonosat_400012", date(2028, 1, 1)) for one in kept)
    assert not any(one.covers("ammatillisenoppiaineet_vvtd", date(2026, 6, 1)) for one in kept)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"report_url": "http://college.example/9"}, "report-address"),
        ({"report_url": "https://me:secret@college.example/9"}, "report-address"),
        ({"report_url": "https://localhost/9"}, "report-address"),
        ({"report_url": "https:///9"}, "report-address"),
        ({"report_url": "https://[x"}, "report-address"),
        ({"report_url": "https://college.example:x/"}, "report-address"),
        ({"report_url": "javascript:alert(1)"}, "report-address"),
        ({"report_url": "https://college.example/ x"}, "report-address"),
        ({"report_url": "https://college.example/\u202e"}, "report-address"),
        ({"report_url": ""}, "report-address"),
        ({"report_url": "https://college.example/" + "x" * 500}, "report-address"),
        ({"targets": []}, "invalid-field"),
        ({"targets": ["a b"]}, "target"),
        ({"targets": ["x" * 101]}, "target"),
        ({"targets": [f"t{number}" for number in range(61)]}, "invalid-field"),
        ({"report_id": " "}, "text"),
        ({"recognised_by": "a\nb"}, "text"),
        ({"recognised_inside": "a\u202eb"}, "text"),
        ({"diaari": "x" * 81}, "text"),
        ({"valid_until": "2025-12-31"}, "dates"),
        ({"valid_from": 5}, "invalid-field"),
        ({"valid_from": None}, "invalid-field"),
    ],
)
def test_records_that_cannot_be(world: World, changes: dict[str, Any], code: str) -> None:
    """Each refusal names its reason, and nothing is kept."""
    journal = Journal(world)
    assert refusal(keep(world, **changes)) == (422, code)
    assert journal.actions() == []


def test_the_same_report_does_not_overlap(world: World) -> None:
    """The same report for the same target again is refused while it holds, and kept for the days after it."""
    keep(world)
    for begins, ends in (("2027-12-31", None), ("2025-01-01", "2026-01-01"), ("2026-05-01", "2026-06-01")):
        assert refusal(keep(world, valid_from=begins, valid_until=ends)) == (409, "recognition-exists")
    assert keep(world, valid_from="2028-01-01", valid_until=None).status_code == 201
    assert refusal(keep(world, valid_from="2035-01-01", valid_until=None)) == (409, "recognition-exists")


def test_a_recognition_ends_early(world: World) -> None:
    """Its last day comes forward, once; not before it began, not later than it was, and not for others."""
    record = keep(world).json()["recognition_records"][0]
    path = f"/organisations/kemi/recognition-records/{record['id']}/end"
    journal = Journal(world)
    for _ in range(2):
        ended = post(world, path, world.as_aino(), last_day="2026-11-30")
        assert ended.json() == {**record, "valid_until": "2026-11-30"}
    details = {"last_day": "2026-11-30"}
    assert journal.news() == [("recognition-record.ended", f"recognition-record:{record['id']}", details)]
    for day in ("2025-12-31", "2026-12-01"):
        assert refusal(post(world, path, world.as_aino(), last_day=day)) == (422, "dates")
    _, ranua = colleague(world, Role.ADMINISTRATOR, "ranua")
    theirs = f"/organisations/ranua/recognition-records/{record['id']}/end"
    journal.news()
    assert refusal(post(world, theirs, ranua, last_day="2026-11-29")) == (404, "unknown-recognition")
    assert refusal(keep(world)) == (409, "recognition-exists")
    assert journal.actions() == []
    assert post(world, path, world.as_aino(), last_day="2026-11-21").status_code == 200


def test_one_report_many_times_at_once(world: World) -> None:
    """Six requests at the same moment keep it once."""
    journal = Journal(world)
    answers = side_by_side([lambda: keep(world)] * 6)
    assert {answer.status_code for answer in answers} == {201}
    assert journal.actions() == ["recognition-record.added"]
