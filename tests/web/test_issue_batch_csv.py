"""``POST /v1/credentials/batch.csv``: the spreadsheet of a group, as it is saved in Finnish Excel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func
from sqlmodel import select

from okbadges.spreadsheets import Row, read_rows
from okbadges.storage.tables import CredentialRow

if TYPE_CHECKING:
    from support.world import World

DEFAULTS = {
    "organisation": "kemi",
    "workshop": "kahvila",
    "language": "fi",
    "awarded_on": "20.11.2026",
    "criteria_met": "kyllä",
    "observed_by": "instructor",
    "methods": "observation, work-sample",
    "occasions": "3",
}
COLUMNS = ("row", "badge", "outcome", "id", "participant", "claim_link", "share_link", "revoked_at", "code", "field", "detail")  # fmt: skip


def post(world: World, content: bytes, *, accept: str | None = None, **changes: str | None) -> Any:
    """Let Iida send a file with defaults that are right, some of them changed or (None) left out."""
    headers = {**world.as_iida(), "Content-Type": "text/csv", "Idempotency-Key": "monday"}
    if accept:
        headers["Accept"] = accept
    params = {name: value for name, value in {**DEFAULTS, **changes}.items() if value is not None}
    return world.client.post("/v1/credentials/batch.csv", content=content, headers=headers, params=params)


def outcomes(answer: Any) -> list[Row]:
    """Return the rows of an answer in CSV."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return read_rows(answer.content, columns=COLUMNS)


def issued(world: World) -> int:
    """Count the credentials."""
    with world.rooms.database.read() as session:
        return session.scalar(select(func.count()).select_from(CredentialRow)) or 0


def test_it_works(world: World) -> None:
    """Iida sends a file from Excel and gets one back, with a claim link in every row that was issued."""
    otto = world.issue()["participant"]
    file = f"Badge;Participant;Language\r\ndigi-turva;;\r\ndigi-laite;{otto};SV\r\n;;\r\ndigi-xyz;;\r\n".encode(
        "cp1252"
    )
    answer = post(world, file)
    assert answer.headers["cache-control"] == "no-store"
    rows = outcomes(answer)
    assert [(row.values["row"], row.values["outcome"], row.values["code"]) for row in rows] == [
        ("2", "issued", ""),
        ("3", "issued", ""),
        ("5", "refused", "unknown-badge"),
    ]
    assert rows[0].values["claim_link"].startswith("http://localhost:8000/c/")
    assert rows[1].values["participant"] == otto
    again = outcomes(post(world, file))
    assert [row.values["outcome"] for row in again] == ["repeated", "repeated", "refused"]
    assert [row.values["id"] for row in again] == [row.values["id"] for row in rows]
    assert issued(world) == 3


def test_the_answer_can_be_json(world: World) -> None:
    """Who accepts JSON gets what a batch in JSON gets."""
    answer = post(world, b"badge\ndigi-turva\n", accept="application/json")
    assert answer.json()["counts"] == {"issued": 1, "repeated": 0, "ready": 0, "refused": 0}
    assert answer.json()["rows"][0]["row"] == 2


def test_every_column_is_read(world: World) -> None:
    """What a row says goes before what the address says, in every column."""
    header = "badge;workshop;language;awarded_on;valid_until;award_language;criteria_met;observed_by;methods;occasions;observed_from;observed_until;share_purpose;share_expires_on;share_agreed"
    row = "vuoro-kielet;pyora;en;1.11.2026;31.12.2027;SV;x;teacher;discussion task;2;2026-10-01;31.10.2026;study-plan;1.5.2027;kyllä"
    [outcome] = outcomes(post(world, f"{header}\n{row}\n".encode("utf-16")))
    assert outcome.values["outcome"] == "issued", outcome
    assert outcome.values["share_link"].startswith("http://localhost:8000/s/")
    with world.rooms.database.read() as session:
        [stored] = session.exec(select(CredentialRow)).all()
    assert (stored.language, str(stored.awarded_on), str(stored.valid_until_on)) == ("en", "2026-11-01", "2027-12-31")
    assert stored.award_language == "sv"
    assert stored.observation == (
        '{"observed_by":"teacher","methods":["discussion","task"],"occasions":2,'
        '"observed_from":"2026-10-01","observed_until":"2026-10-31"}'
    )


def test_every_mistake_has_its_row_and_column(world: World) -> None:
    """A dry run finds all of them and stores nothing; then the right row is issued alone."""
    wrong = [
        ("digi-turva;Otto Oppija;;;;;;;;;", "invalid-field", "participant"),
        ("digi-turva;;xx;;;;;;;;", "invalid-field", "language"),
        ("digi-turva;;;20/11/2026;;;;;;;", "date", "awarded_on"),
        ("digi-turva;;;30.2.2026;;;;;;;", "date", "awarded_on"),
        ("digi-turva;;;22.11.2026;;;;;;;", "awarded-in-future", "awarded_on"),
        ("digi-turva;;;;maybe;;;;;;", "invalid-field", "criteria_met"),
        ("digi-turva;;;;ei;;;;;;", "steps-not-ticked", "criteria_met"),
        ("digi-turva;;;;;mother;;;;;", "invalid-field", "observed_by"),
        ("digi-turva;;;;;;hearsay;;;;", "invalid-field", "methods"),
        ('digi-turva;;;;;;",";;;;', "invalid-field", "methods"),
        ("digi-turva;;;;;;;0;;;", "invalid-field", "occasions"),
        ("digi-turva;;;;;;;1,5;;;", "invalid-field", "occasions"),
        ("digi-turva;;;;;;;;selling;1.1.2027;", "invalid-field", "share_purpose"),
        ("digi-turva;;;;;;;;other;;", "row-incomplete", "share_expires_on"),
        ("digi-turva;;;;;;;;other;1.1.2029;yes", "share-expiry", "share.expires_on"),
        ("digi-turva;;;;;;;;other;1.1.2027;", "share-not-agreed", "share.agreed"),
        ("digi-turva;;;;;;;;other;1.1.2027;ei", "share-not-agreed", "share.agreed"),
        ("digi-turva;;;;;;;;other;1.1.2027;maybe", "invalid-field", "share_agreed"),
        ("digi-turva;;;;;;;;;;yes", "row-incomplete", "share_purpose"),
        (";6f2d1c1e-0d5a-4f0e-9d5b-1c8a2f7e4b11;;;;;;;;;", "row-incomplete", "badge"),
        ("digi-turva;6f2d1c1e-0d5a-4f0e-9d5b-1c8a2f7e4b11;;;;;;;;;", "unknown-participant", "participant"),
        ('"digi\nturva";;;;;;;;;;', "invalid-field", "badge"),
        (f"{'b' * 65};;;;;;;;;;", "invalid-field", "badge"),
    ]
    header = "badge;participant;language;awarded_on;criteria_met;observed_by;methods;occasions;share_purpose;share_expires_on;share_agreed"
    file = "\r\n".join([header, *(row for row, _, _ in wrong), "digi-turva;;;;;;;;;;no"]).encode()
    for dry_run, good in (("true", "ready"), ("false", "issued")):
        rows = outcomes(post(world, file, dry_run=dry_run))
        found = [(row.values["code"], row.values["field"]) for row in rows]
        assert found == [*((code, field) for _, code, field in wrong), ("", "")]
        assert all(row.values["detail"] and "Oppija" not in row.values["detail"] for row in rows[:-1])
        assert rows[-1].values["outcome"] == good
        assert issued(world) == (dry_run == "false")


@pytest.mark.parametrize(
    ("file", "changes", "status", "code", "field"),
    [
        (b"", {}, 422, "spreadsheet-empty", "rows.1"),
        (b"badge;nimi\ndigi-turva;Otto", {}, 422, "unknown-column", "rows.1.2"),
        (b"participant\n;", {}, 422, "missing-column", "rows.1"),
        (b"PK\x03\x04", {}, 400, "spreadsheet-not-csv", "file"),
        (b'badge\n"a', {}, 400, "spreadsheet-quote", "rows.2.1"),
        (b"badge\na\0", {}, 400, "spreadsheet-nul", "rows.2.1"),
        (b"badge\n" + b"a\n" * 1001, {}, 413, "too-many-rows", "body"),
        (b"badge\n" + b"a" * 1024 * 1024, {}, 413, "body-too-large", "body"),
        (b"badge\na", {"organisation": None}, 422, "organisation-missing", "organisation"),
        (b"badge\na", {"organisation": "ranua"}, 403, "organisation-not-allowed", "organisation"),
        (b"badge\na", {"language": "xx"}, 422, "invalid-field", "language"),
        (b"badge\na", {"awarded_on": "soon"}, 422, "date", "awarded_on"),
        (b"badge\na", {"langauge": "sv"}, 422, "unknown-default", "langauge"),
        (b"badge\na", {"participant": "6f2d1c1e-0d5a-4f0e-9d5b-1c8a2f7e4b11"}, 422, "unknown-default", "participant"),
        (b"badge\na", {"dry_run": "perhaps"}, 422, "invalid-field", "dry_run"),
    ],
)
def test_a_wrong_file_is_refused_as_a_whole(
    world: World, file: bytes, changes: dict[str, str | None], status: int, code: str, field: str
) -> None:
    """A file that cannot be read, or a default that cannot: a problem document, and nothing is issued."""
    problem = post(world, file, **changes)
    body = problem.json()
    assert (problem.status_code, body["code"], body["field"]) == (status, code, field)
    assert problem.headers["content-type"] == "application/problem+json"
    assert issued(world) == 0


def test_a_batch_can_name_the_badge_for_everybody(world: World) -> None:
    """Then the file needs no column for it: participants are enough."""
    ids = [world.issue()["participant"] for _ in range(2)]
    rows = outcomes(post(world, "\n".join(["participant", *ids]).encode(), badge="digi-laite"))
    assert [(row.values["badge"], row.values["participant"]) for row in rows] == [("digi-laite", one) for one in ids]


def test_json_is_no_spreadsheet(world: World) -> None:
    """A body that says that it is JSON is refused, whatever it holds."""
    headers = {**world.as_iida(), "Content-Type": "application/json"}
    for content in (b'{"badge": "digi-turva"}', b'"badge"', b"badge\ndigi-turva"):
        answer = world.client.post(
            "/v1/credentials/batch.csv", content=content, headers=headers, params={"organisation": "kemi"}
        )
        assert answer.status_code in (400, 422)
    assert issued(world) == 0


def test_nothing_is_read_without_a_key(world: World) -> None:
    """A stranger and a teacher are refused."""
    for headers, status in (({}, 401), (world.as_tuula(), 403)):
        answer = world.client.post(
            "/v1/credentials/batch.csv", content=b"badge\na", headers=headers, params={"organisation": "kemi"}
        )
        assert answer.status_code == status
