"""``POST /v1/credentials/batch``: one badge each for many, an outcome for every row, and a repeat that changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func
from sqlmodel import select

from okbadges.organisations.roles import Scope
from okbadges.storage.tables import CredentialRow, EventRow, ParticipantRow, StatusListRow
from support.journal import broken_links

if TYPE_CHECKING:
    from support.world import World

SEEN = {"observed_by": "instructor", "methods": ["observation"], "occasions": 2}


def batch(*rows: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the JSON of a batch whose defaults are right; a member that is None is left out."""
    usual = {
        "organisation": "kemi",
        "workshop": "kahvila",
        "language": "fi",
        "awarded_on": "2026-11-20",
        "criteria_met": True,
        "observation": SEEN,
        "rows": list(rows),
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def send(
    world: World, body: dict[str, Any], *, name: str | None = "monday", dry_run: bool = False, **more: Any
) -> dict[str, Any]:
    """Let Iida send a batch and return the answer's JSON."""
    named = {"Idempotency-Key": name} if name else {}
    answer = world.client.post(
        "/v1/credentials/batch" + ("?dry_run=true" if dry_run else ""),
        json=body,
        **{"headers": {**world.as_iida(), **named}, **more},
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def stored(world: World) -> tuple[int, int, int]:
    """Count what is kept: credentials, participants, events."""
    with world.rooms.database.read() as session:
        return tuple(  # type: ignore[return-value]
            session.scalar(select(func.count()).select_from(table)) or 0
            for table in (CredentialRow, ParticipantRow, EventRow)
        )


def counts(**expected: int) -> dict[str, int]:
    """Return the counts of an answer, those that are not named being 0."""
    return {"issued": 0, "repeated": 0, "ready": 0, "refused": 0, **expected}


def codes(answer: dict[str, Any]) -> list[tuple[str | None, str | None]]:
    """Return the code and the field of every row."""
    return [(row["code"], row["field"]) for row in answer["rows"]]


def test_it_works(world: World) -> None:
    """Iida issues a badge to four newcomers at once; each gets an id, a participant and a claim link of their own."""
    answer = send(world, batch(*[{"badge": "digi-turva"}] * 4))
    assert answer["counts"] == counts(issued=4)
    assert [row["row"] for row in answer["rows"]] == [1, 2, 3, 4]
    for name in ("id", "participant", "claim_link"):
        assert len({row[name] for row in answer["rows"]}) == 4
    assert answer["rows"][0]["claim_link"].startswith("http://localhost:8000/c/")
    assert stored(world)[:2] == (4, 4)
    with world.rooms.database.read() as session:
        issued = session.exec(select(EventRow.subject).where(EventRow.action == "credential.issued")).all()
        assert sorted(issued) == sorted(row["id"] for row in answer["rows"])
        assert list(broken_links(session)) == []


def test_a_repeat_changes_nothing(world: World) -> None:
    """The same batch again has the same ids and links, says `repeated`, and leaves neither a row nor an event."""
    otto = world.issue()["participant"]
    body = batch({"badge": "digi-turva"}, {"badge": "digi-turva"}, {"badge": "digi-laite", "participant": otto})
    first = send(world, body)
    before = stored(world)
    again = send(world, body)
    assert again["counts"] == counts(repeated=3)
    for name in ("id", "participant", "claim_link"):
        assert [row[name] for row in again["rows"]] == [row[name] for row in first["rows"]]
    assert stored(world) == before


def test_rows_of_known_participants_need_no_name(world: World) -> None:
    """Such a row is known again by what it says, alone or among others, in whatever order."""
    ids = [world.issue()["participant"] for _ in range(3)]
    rows = [{"badge": "digi-laite", "participant": one} for one in ids]
    first = send(world, batch(rows[0], rows[1]), name=None)
    second = send(world, batch(rows[2], rows[1], rows[0]), name=None)
    assert second["counts"] == counts(issued=1, repeated=2)
    assert [row["id"] for row in second["rows"]][:0:-1] == [row["id"] for row in first["rows"]]


def test_another_name_issues_the_same_rows_again(world: World) -> None:
    """Who means it can issue the same rows a second time, as a batch of another name."""
    rows = [{"badge": "digi-laite", "participant": world.issue()["participant"]}, {"badge": "digi-turva"}]
    for name in ("monday", "tuesday"):
        assert send(world, batch(*rows), name=name)["counts"] == counts(issued=2)
    assert stored(world)[0] == 5


def test_somebody_new_needs_a_named_batch(world: World) -> None:
    """Rows for newcomers look alike in every group; without a name one group would be given the links of another."""
    answer = send(world, batch({"badge": "digi-turva"}, {"badge": "digi-turva"}), name=None)
    assert codes(answer) == [("batch-name-missing", "participant")] * 2
    assert stored(world)[0] == 0


def test_a_mended_row_moves_no_other(world: World) -> None:
    """When one newcomer's row is mended and the batch sent again, everybody else keeps their own link."""
    rows = [{"badge": "digi-turva"}, {"badge": "digi-tuvra"}, {"badge": "digi-turva"}]
    first = send(world, batch(*rows))
    assert codes(first) == [(None, None), ("unknown-badge", "badge"), (None, None)]
    rows[1] = {"badge": "digi-turva"}
    again = send(world, batch(*rows))
    assert again["counts"] == counts(issued=1, repeated=2)
    assert [again["rows"][place]["claim_link"] for place in (0, 2)] == [
        first["rows"][place]["claim_link"] for place in (0, 2)
    ]
    assert len({row["claim_link"] for row in again["rows"]}) == 3


def test_a_row_that_says_something_else_now_is_refused(world: World) -> None:
    """What was issued is not silently left as it was: an order that changed since is refused in words."""
    row = {"badge": "digi-laite", "participant": world.issue()["participant"]}
    send(world, batch(row))
    for changes in (
        {"workshop": "pyora"},
        {"valid_until": "2028-01-01"},
        {"observation": {**SEEN, "occasions": 3}},
        {"share": {"purpose": "other", "expires_on": "2027-01-01", "agreed": True}},
    ):
        for dry_run in (True, False):
            assert codes(send(world, batch(row, **changes), dry_run=dry_run)) == [("row-changed", None)]
    assert send(world, batch(row, criteria_met=False))["counts"] == counts(repeated=1)
    assert stored(world)[0] == 2


def test_a_revoked_credential_is_not_issued_again(world: World) -> None:
    """A repeat says when it was revoked since."""
    row = {"badge": "digi-laite", "participant": world.issue()["participant"]}
    issued = send(world, batch(row))["rows"][0]
    assert issued["revoked_at"] is None
    world.client.post(
        f"/v1/credentials/{issued['id']}/revoke", json={"reason": "issued-in-error"}, headers=world.as_iida()
    )
    again = send(world, batch(row))["rows"][0]
    assert (again["outcome"], again["id"]) == ("repeated", issued["id"])
    assert again["revoked_at"].startswith("2026-11-21T12:00:00")


def test_the_same_row_twice_is_refused(world: World) -> None:
    """The second of two equal rows names the first; another badge, day or language is another row."""
    otto = world.issue()["participant"]
    row = {"badge": "digi-laite", "participant": otto}
    others = [{**row, "badge": "digi-sisallon-tekija"}, {**row, "awarded_on": "2026-11-19"}, {**row, "language": "sv"}]
    answer = send(world, batch(row, *others, {**row, "participant": otto.upper()}))
    assert answer["counts"] == counts(issued=4, refused=1)
    last = answer["rows"][4]
    assert (last["row"], last["code"]) == (5, "same-row")
    assert "Row 1 " in last["detail"]


def test_a_wrong_row_takes_nothing_else_with_it(world: World) -> None:
    """Every kind of mistake is the outcome of its own row, with code and field; the right rows are issued."""
    otto = world.issue()["participant"]
    stranger = world.client.post(
        "/v1/credentials",
        json=batch(badge="digi-turva", organisation="ranua", workshop="puu", rows=None),
        headers=world.as_partner(),
    ).json()["participant"]
    wrong: list[tuple[Any, str, str | None]] = [
        ({"badge": "digi-xyz"}, "unknown-badge", "badge"),
        ({"badge": ""}, "unknown-badge", "badge"),
        ({"badge": "\x1f\u202e"}, "unknown-badge", "badge"),
        ({}, "row-incomplete", "badge"),
        ({"badge": None}, "row-incomplete", "badge"),
        ({"badge": 7}, "invalid-field", "badge"),
        ({"badge": "b" * 65}, "invalid-field", "badge"),
        ({"badge": "digi-turva", "workshop": "puu"}, "unknown-workshop", "workshop"),
        ({"badge": "digi-turva", "participant": stranger}, "unknown-participant", "participant"),
        ({"badge": "digi-turva", "participant": "Otto"}, "invalid-field", "participant"),
        ({"badge": "digi-turva", "language": "se"}, "invalid-field", "language"),
        ({"badge": "digi-turva", "awarded_on": "2026-11-22"}, "awarded-in-future", "awarded_on"),
        ({"badge": "digi-turva", "awarded_on": 1795132800}, "invalid-field", "awarded_on"),
        ({"badge": "digi-turva", "valid_until": "2026-01-01"}, "valid-until", "valid_until"),
        ({"badge": "digi-turva", "award_language": "sv"}, "award-language-unasked", "award_language"),
        ({"badge": "vuoro-kielet"}, "award-language-missing", "award_language"),
        ({"badge": "digi-turva", "criteria_met": False}, "steps-not-ticked", "criteria_met"),
        ({"badge": "digi-turva", "criteria_met": 1}, "invalid-field", "criteria_met"),
        ({"badge": "digi-turva", "name": "Otto Oppija"}, "invalid-field", "name"),
        ({"badge": "digi-turva", "observation": {**SEEN, "occasions": 0}}, "invalid-field", "observation.occasions"),
        ({"badge": "kooste-digitaalinen-ymparisto"}, "summary-incomplete", "badge"),
        ({"badge": "digi-turva", "group": "aamu"}, "row-incomplete", "label"),
        ({"badge": "digi-turva", "label": "Sani"}, "row-incomplete", "group"),
        ({"badge": "digi-turva", "group": "aamu", "label": "Sani"}, "unknown-group", "group"),
        ({"badge": "digi-turva", "participant": otto, "group": "a", "label": "S"}, "participant-twice", "participant"),
        ([], "invalid-field", None),
        ("digi-turva", "invalid-field", None),
        (None, "invalid-field", None),
    ]
    right = {"badge": "digi-turva"}
    for dry_run in (True, False):
        answer = send(world, batch(right, *(row for row, _, _ in wrong), right), dry_run=dry_run)
        assert codes(answer) == [(None, None), *((code, field) for _, code, field in wrong), (None, None)]
        assert all(row["detail"] and not row["retry"] for row in answer["rows"] if row["outcome"] == "refused")
    assert answer["counts"] == counts(issued=2, refused=len(wrong))
    assert stored(world)[0] == 4


def test_what_the_batch_says_holds_for_rows_that_do_not_say_it(world: World) -> None:
    """A row's own words go before those of the batch."""
    answer = send(
        world,
        batch(
            {},
            {"badge": "digi-laite", "language": "sv", "workshop": "pyora", "valid_until": "2027-01-01"},
            badge="digi-turva",
            valid_until="2028-01-01",
            share={"purpose": "study-plan", "expires_on": "2027-05-01", "agreed": True},
        ),
    )
    facts = []
    for row in answer["rows"]:
        found = world.client.get(f"/v1/credentials/{row['id']}", headers=world.as_iida()).json()
        facts.append((found["badge"], found["language"], found["valid_until"]))
        assert row["share_link"].startswith("http://localhost:8000/s/")
    assert facts == [("digi-turva", "fi", "2028-01-01"), ("digi-laite", "sv", "2027-01-01")]


def test_a_summary_may_stand_before_what_it_brings_together(world: World) -> None:
    """The skill badges of the same batch are issued first, wherever they stand, and a dry run knows that they will be there."""
    otto, other = world.issue()["participant"], world.issue()["participant"]
    slugs = ["digi-laite", "digi-asiointi-ja-tieto", "digi-sisallon-tekija"]
    rows = [
        {"badge": "kooste-digitaalinen-ymparisto", "participant": otto},
        *({"badge": slug, "participant": otto} for slug in slugs),
        *({"badge": slug, "participant": other} for slug in slugs[1:]),
        {"badge": "kooste-digitaalinen-ymparisto", "participant": other},
    ]
    for dry_run, good in ((True, "ready"), (False, "issued")):
        answer = send(world, batch(*rows), dry_run=dry_run)
        assert [row["outcome"] for row in answer["rows"]] == [good] * 6 + ["refused"]
        assert answer["rows"][6]["code"] == "summary-incomplete"
        assert answer["rows"][6]["detail"].endswith("still to come: digi-laite.")
    assert send(world, batch(*rows))["counts"] == counts(repeated=6, refused=1)


def test_a_dry_run_looks_at_a_summary_beyond_what_it_brings_together(world: World) -> None:
    """Its other mistakes are found too, although its badges are not there yet."""
    otto = world.issue()["participant"]
    slugs = ["digi-laite", "digi-asiointi-ja-tieto", "digi-sisallon-tekija"]
    rows = [{"badge": slug, "participant": otto} for slug in slugs]
    summary = {"badge": "kooste-digitaalinen-ymparisto", "participant": otto, "criteria_met": False}
    answer = send(world, batch(*rows, summary), dry_run=True)
    assert codes(answer)[-1] == ("steps-not-ticked", "criteria_met")


def test_a_dry_run_changes_nothing(world: World) -> None:
    """Nothing is stored, reserved or told, and the rows that an earlier run issued are known."""
    otto = world.issue()["participant"]
    row = {"badge": "digi-laite", "participant": otto}
    send(world, batch(row))
    with world.rooms.database.read() as session:
        counters = [one.next_counter for one in session.exec(select(StatusListRow)).all()]
    before = stored(world)
    answer = send(world, batch(row, {"badge": "digi-turva"}, {"badge": "digi-x"}), dry_run=True)
    assert answer["dry_run"] is True
    assert answer["counts"] == counts(repeated=1, ready=1, refused=1)
    assert all(one["claim_link"] is None for one in answer["rows"])
    assert stored(world) == before
    with world.rooms.database.read() as session:
        assert [one.next_counter for one in session.exec(select(StatusListRow)).all()] == counters


@pytest.mark.parametrize("ground", ["sqlite", "postgres"], indirect=True)
def test_a_thousand_rows(world: World) -> None:
    """As many rows as one request takes are issued, each once, and all are known again."""
    rows = [{"badge": badge} for badge in ("digi-turva", "digi-laite")] * 500
    first = send(world, batch(*rows))
    assert first["counts"] == counts(issued=1000)
    assert len({row["id"] for row in first["rows"]}) == 1000
    again = send(world, batch(*rows))
    assert again["counts"] == counts(repeated=1000)
    assert [row["claim_link"] for row in again["rows"]] == [row["claim_link"] for row in first["rows"]]
    with world.rooms.database.read() as session:
        slots = session.exec(select(CredentialRow.status_list_id, CredentialRow.status_index)).all()
    assert len(set(slots)) == 1000


@pytest.mark.parametrize(
    ("changes", "status", "code", "field"),
    [
        ({"organisation": "ranua"}, 403, "organisation-not-allowed", "organisation"),
        ({"organisation": None}, 422, "invalid-field", "organisation"),
        ({"rows": []}, 422, "invalid-field", "rows"),
        ({"rows": None}, 422, "invalid-field", "rows"),
        ({"rows": {"badge": "digi-turva"}}, 422, "invalid-field", "rows"),
        ({"rows": [{"badge": "digi-turva"}] * 1001}, 422, "invalid-field", "rows"),
        ({"language": "se"}, 422, "invalid-field", "language"),
        ({"awarded_on": "20.11.2026"}, 422, "invalid-field", "awarded_on"),
        ({"participant": "6f2d1c1e-0d5a-4f0e-9d5b-1c8a2f7e4b11"}, 422, "invalid-field", "participant"),
        ({"criteria_met": "yes"}, 422, "invalid-field", "criteria_met"),
        ({"workshop": "a\0"}, 400, "text-nul", "/workshop"),
        ({"rows": [{"badge": "a\0"}]}, 400, "text-nul", "/rows/0/badge"),
    ],
)
def test_a_wrong_batch_is_refused_as_a_whole(
    world: World, changes: dict[str, Any], status: int, code: str, field: str
) -> None:
    """What is wrong for all rows is a problem document, and nothing is issued."""
    body = batch({"badge": "digi-turva"}, **{"rows": [{"badge": "digi-turva"}], **changes})
    answer = world.client.post("/v1/credentials/batch", json=body, headers=world.as_iida())
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["field"]) == (status, code, field)
    assert stored(world)[0] == 0


def test_a_name_that_is_none_is_refused(world: World) -> None:
    """An Idempotency-Key that is too long, empty or not printable is refused by name."""
    for name in ("x" * 201, "", "a\x01"):
        answer = world.client.post(
            "/v1/credentials/batch",
            json=batch({"badge": "digi-turva"}),
            headers={**world.as_iida(), "Idempotency-Key": name},
        )
        assert (answer.status_code, answer.json()["field"]) == (422, "Idempotency-Key")


def test_who_may_not_issue_may_not_issue_many(world: World) -> None:
    """No key, a key without the scope, a teacher: refused before any row is looked at, in a dry run too."""
    asked: list[tuple[dict[str, str], int]] = [
        ({}, 401),
        (world.key([Scope.READ]), 403),
        (world.as_tuula(), 403),
        (world.as_audrey(), 403),
        (world.as_partner(), 403),
    ]
    for headers, status in asked:
        for query in ("", "?dry_run=true"):
            path = f"/v1/credentials/batch{query}"
            answer = world.client.post(path, json=batch({"badge": "digi-turva"}), headers=headers)
            assert answer.status_code == status
    assert stored(world)[0] == 0


def test_a_name_belongs_to_its_organisation(world: World) -> None:
    """Two organisations may use the same name and never meet each other's rows."""
    ours = send(world, batch({"badge": "digi-turva"}))["rows"][0]
    theirs = world.client.post(
        "/v1/credentials/batch",
        json=batch({"badge": "digi-turva"}, organisation="ranua", workshop="puu"),
        headers={**world.as_partner(), "Idempotency-Key": "monday"},
    ).json()["rows"][0]
    assert theirs["outcome"] == "issued"
    assert theirs["id"] != ours["id"]


def test_the_answer_can_be_a_spreadsheet(world: World) -> None:
    """Who accepts text/csv gets one row for each, with its link; nothing of it stays on the way."""
    answer = world.client.post(
        "/v1/credentials/batch",
        json=batch({"badge": "digi-turva"}, {"badge": "=1+1"}),
        headers={**world.as_iida(), "Idempotency-Key": "a", "Accept": "text/csv"},
    )
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "row;badge;outcome;id;participant;claim_link;share_link;revoked_at;code;field;detail"
    assert lines[1].startswith("1;digi-turva;issued;urn:uuid:")
    assert lines[2].startswith("2;'=1+1;refused;;;;;;unknown-badge;badge;")


def test_strange_bodies_are_refused(world: World) -> None:
    """What is no JSON, or too much of it, is a problem of the caller."""
    headers = {**world.as_iida(), "Content-Type": "application/json"}
    for body, status in (
        (b"{", 400),
        (b"[]", 422),
        (b"", 422),
        (b'{"rows": [{"badge": "a", "badge": "b"}]}', 400),
        (b'{"rows": [{"badge": "\\ud800"}], "organisation": "kemi"}', 400),
        (b" " * (1024 * 1024 + 1), 413),
    ):
        assert world.client.post("/v1/credentials/batch", content=body, headers=headers).status_code == status
    csv = world.client.post(
        "/v1/credentials/batch", content=b"badge\r\na", headers={**headers, "Content-Type": "text/csv"}
    )
    assert (csv.status_code, csv.json()["code"]) == (422, "content-type")
    assert stored(world)[0] == 0
