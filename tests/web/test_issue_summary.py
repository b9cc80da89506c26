"""``POST /v1/credentials`` for a summary badge: it rests on the badges that it brings together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlmodel import select

from okbadges.storage.tables import CollectedCredentialRow, CredentialRow
from support.world import order

if TYPE_CHECKING:
    import uuid

    from support.world import World

SUMMARY = "kooste-opiskelu-ja-ura"
COLLECTED = ("opi-vahvuudet", "opi-seuraava-askel", "opi-hakeminen")


def _with_small_badges(world: World, *badges: str, **changes: Any) -> tuple[uuid.UUID, dict[str, str]]:
    """Give one new participant these badges; return the participant and the credentials' ids by badge."""
    participant, ids = None, {}
    for badge in badges:
        issued = world.issue(badge=badge, participant=participant, **changes)
        participant, ids[badge] = issued["participant"], issued["id"]
    assert participant is not None
    return participant, ids


def _ask(world: World, participant: Any, **changes: Any) -> Any:
    body = order(badge=SUMMARY, participant=participant, **changes)
    return world.client.post("/v1/credentials", json=body, headers=world.as_iida())


def _revoke(world: World, credential_id: str) -> None:
    body = {"reason": "issued-in-error"}
    answer = world.client.post(f"/v1/credentials/{credential_id}/revoke", json=body, headers=world.as_iida())
    assert answer.status_code == 200, answer.text


def test_it_works(world: World) -> None:
    """Somebody who holds every small badge gets the summary, and what it rests on is kept."""
    participant, ids = _with_small_badges(world, *COLLECTED)
    answer = _ask(world, participant)
    assert answer.status_code == 201, answer.text
    with world.rooms.database.read() as session:
        rested_on = session.scalars(
            select(CredentialRow.credential_id).join(
                CollectedCredentialRow,
                CollectedCredentialRow.credential_row_id == CredentialRow.id,  # type: ignore[arg-type]
            )
        ).all()
    assert sorted(rested_on) == sorted(ids.values())


def test_what_is_missing_is_named(world: World) -> None:
    """Without all of them it is refused, and the answer says which are still to come."""
    participant, _ = _with_small_badges(world, *COLLECTED[:2])
    problem = _ask(world, participant)
    assert problem.status_code == 422
    assert problem.json()["code"] == "summary-incomplete"
    assert "opi-hakeminen" in problem.json()["detail"]
    assert "opi-vahvuudet" not in problem.json()["detail"]


def test_somebody_new_holds_nothing(world: World) -> None:
    """A summary for somebody new is refused, naming every badge."""
    problem = _ask(world, None).json()
    assert problem["code"] == "summary-incomplete"
    assert all(badge in problem["detail"] for badge in COLLECTED)


def test_a_revoked_badge_does_not_count(world: World) -> None:
    """A badge that was taken back is still to come; earned again, it counts again."""
    participant, ids = _with_small_badges(world, *COLLECTED)
    _revoke(world, ids["opi-vahvuudet"])
    assert "opi-vahvuudet" in _ask(world, participant).json()["detail"]
    world.issue(badge="opi-vahvuudet", participant=participant)
    assert _ask(world, participant).status_code == 201


def test_a_badge_that_has_ended_does_not_count(world: World) -> None:
    """A badge past its last day is still to come."""
    participant, _ = _with_small_badges(world, *COLLECTED, valid_until="2026-11-25")
    world.clock.move(days=5)
    assert _ask(world, participant).json()["code"] == "summary-incomplete"


def test_badges_of_somebody_else_do_not_count(world: World) -> None:
    """Two people's badges do not make one summary."""
    _with_small_badges(world, *COLLECTED[1:])
    participant, _ = _with_small_badges(world, COLLECTED[0])
    problem = _ask(world, participant).json()
    assert problem["code"] == "summary-incomplete"


def test_badges_from_before_the_summary_count(world: World) -> None:
    """When a small badge was earned plays no part, however long ago."""
    participant, _ = _with_small_badges(world, *COLLECTED, awarded_on="2019-02-01")
    assert _ask(world, participant).status_code == 201
