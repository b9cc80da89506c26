"""``POST /v1/credentials/revoke``: many at once, each by itself, and every row says what became of it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from support.corrections import code_of, correct, events, looked_up, summary_with_badges

if TYPE_CHECKING:
    from httpx2 import Response

    from support.world import World

UNKNOWN = f"urn:uuid:{uuid.UUID(int=7, version=4)}"


def ask(world: World, headers: dict[str, str] | None = None, **body: Any) -> Response:
    """Ask to revoke many."""
    sent = {"reason": "issued-in-error", **body}
    answer: Response = world.client.post("/v1/credentials/revoke", json=sent, headers=headers or world.as_iida())
    return answer


def awarded(**changes: Any) -> dict[str, Any]:
    """Return everything of one badge that was awarded at the café on the usual day."""
    usual = {
        "organisation": "kemi",
        "badge": "digi-turva",
        "workshop": "kahvila",
        "awarded_from": "2026-11-20",
        "awarded_until": "2026-11-20",
        "expected": 1,
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


STRANGE: list[tuple[dict[str, Any], str]] = [
    ({}, "body"),
    ({"ids": []}, "ids"),
    ({"ids": ["x"] * 1001}, "ids"),
    ({"ids": [7]}, "ids.0"),
    ({"ids": ["x"], "awarded": awarded()}, "body"),
    ({"ids": ["x"], "reason": "because"}, "reason"),
    ({"ids": ["x"], "note": "otto@example.fi"}, "note"),
    ({"ids": ["x"], "all": True}, "all"),
    ({"awarded": awarded(expected=0)}, "awarded.expected"),
    ({"awarded": awarded(expected="3")}, "awarded.expected"),
    ({"awarded": awarded(expected=10**12)}, "awarded.expected"),
    ({"awarded": awarded(awarded_from=20261120)}, "awarded.awarded_from"),
    ({"awarded": awarded(awarded_until="2026-11-19")}, "awarded.awarded_until"),
    ({"awarded": awarded(awarded_until="2026-13-40")}, "awarded.awarded_until"),
]


def test_it_works(world: World) -> None:
    """Rows come back in order: revoked, already revoked, unknown, nonsense, another organisation's; one event for each change."""
    first, second = world.issue(), world.issue()
    correct(world, second["id"], "revoke", reason="wrong-participant")
    bare = first["id"].removeprefix("urn:uuid:")
    answer = ask(world, ids=[bare, second["id"], UNKNOWN, "nonsense"], note="Väärä päivä")
    assert answer.status_code == 200, answer.text
    rows = answer.json()["rows"]
    assert [(row["id"], row["outcome"], row["code"]) for row in rows] == [
        (first["id"], "revoked", None),
        (second["id"], "already-revoked", None),
        (UNKNOWN, "refused", "unknown-credential"),
        ("nonsense", "refused", "unknown-credential"),
    ]
    assert looked_up(world, first["id"])["revocation_note"] == "Väärä päivä"
    assert looked_up(world, second["id"])["revocation_reason"] == "wrong-participant"
    assert len(events(world, "credential.revoked")) == 2


def test_a_repeat_changes_nothing(world: World) -> None:
    """The same request again finds all of them revoked."""
    ids = [world.issue()["id"] for _ in range(3)]
    assert [row["outcome"] for row in ask(world, ids=ids).json()["rows"]] == ["revoked"] * 3
    assert [row["outcome"] for row in ask(world, ids=[*ids, ids[0]]).json()["rows"]] == ["already-revoked"] * 3
    assert len(events(world, "credential.revoked")) == 3


def test_everything_of_a_badge_and_a_day(world: World) -> None:
    """A badge issued to a group on the wrong day is revoked by badge, workshop and day, and nothing else is."""
    meant = [world.issue()["id"] for _ in range(3)]
    others = [
        world.issue(badge="kasi-puu"),
        world.issue(workshop="pyora"),
        world.issue(awarded_on="2026-11-19"),
    ]
    rows = ask(world, awarded=awarded(expected=3)).json()["rows"]
    assert {(row["id"], row["outcome"]) for row in rows} == {(one, "revoked") for one in meant}
    assert [looked_up(world, one["id"])["revoked_at"] for one in others] == [None] * 3
    again = ask(world, awarded=awarded(expected=3)).json()["rows"]
    assert [row["outcome"] for row in again] == ["already-revoked"] * 3
    everywhere = ask(world, awarded=awarded(expected=4, workshop=None)).json()["rows"]
    assert sorted(row["outcome"] for row in everywhere) == [*["already-revoked"] * 3, "revoked"]


def test_another_number_than_expected_revokes_nothing(world: World) -> None:
    """Whoever asks says how many there are; if there are more or less, somebody should look first."""
    issued = world.issue()
    for expected in (2, 1000):
        assert code_of(ask(world, awarded=awarded(expected=expected))) == (409, "count-differs")
    assert code_of(ask(world, awarded=awarded(badge="digi-xyz"))) == (409, "count-differs")
    assert looked_up(world, issued["id"])["revoked_at"] is None
    assert events(world, "credential.revoked") == []


def test_the_summaries_are_named_by_row(world: World) -> None:
    """Each row names the summary badges that rest on it."""
    summary, small = summary_with_badges(world)
    rows = ask(world, ids=[small["opi-vahvuudet"]["id"], world.issue()["id"]]).json()["rows"]
    assert [row["summaries"] for row in rows] == [[summary["id"]], []]


def test_another_organisation_revokes_nothing_of_ours(world: World) -> None:
    """Ids of another organisation are unknown, and its badges cannot be named by day."""
    issued = world.issue()
    (row,) = ask(world, world.as_partner(), ids=[issued["id"]]).json()["rows"]
    assert (row["outcome"], row["code"]) == ("refused", "unknown-credential")
    assert code_of(ask(world, world.as_partner(), awarded=awarded())) == (403, "organisation-not-allowed")
    assert code_of(ask(world, world.as_partner(), awarded=awarded(organisation="ranua", workshop=None))) == (
        409,
        "count-differs",
    )
    assert looked_up(world, issued["id"])["revoked_at"] is None


def test_who_may(world: World) -> None:
    """Teachers and auditors may not; nor may anybody without a key."""
    issued = world.issue()
    for headers in (world.as_tuula(), world.as_audrey()):
        assert code_of(ask(world, headers, ids=[issued["id"]])) == (403, "scope-missing")
    assert world.client.post("/v1/credentials/revoke", json={"ids": [issued["id"]]}).status_code == 401
    (row,) = ask(world, world.as_aino(), ids=[issued["id"]]).json()["rows"]
    assert row["outcome"] == "revoked"


def test_a_strange_body_is_refused(world: World) -> None:
    """Each field at fault is named."""
    for body, field in STRANGE:
        answer = ask(world, **body)
        assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text


def test_an_unknown_workshop_and_strange_texts(world: World) -> None:
    """A workshop that there is not is 404; NUL and lone surrogates are refused before anything is asked."""
    assert code_of(ask(world, awarded=awarded(workshop="nowhere"))) == (404, "unknown-workshop")
    for text in ('"\\u0000"', '"\\ud800"'):
        content = f'{{"reason": "issued-in-error", "ids": [{text}]}}'
        answer = world.client.post(
            "/v1/credentials/revoke",
            content=content,
            headers={**world.as_iida(), "Content-Type": "application/json"},
        )
        assert answer.status_code == 400
