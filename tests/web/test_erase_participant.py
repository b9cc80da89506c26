"""``POST /v1/participants/{id}/erase``: an administrator erases somebody, and has to mean it."""

from __future__ import annotations

import uuid
from functools import partial
from typing import TYPE_CHECKING

from sqlmodel import select

from okbadges.organisations.roles import Role, Scope
from okbadges.storage.tables import CredentialRow, ParticipantRow
from support.corrections import code_of, correct, events, looked_up, row_of, side_by_side
from support.journal import broken_links
from support.world import order

if TYPE_CHECKING:
    from typing import Any

    from httpx2 import Response

    from support.world import World

END = "2026-12-31"


def ask(world: World, whom: str, headers: dict[str, str] | None = None, **body: Any) -> Response:
    """Ask to erase a participant, with the id repeated unless the body says otherwise."""
    sent = body or {"participant": whom}
    answer: Response = world.client.post(
        f"/v1/participants/{whom}/erase", json=sent, headers=headers or world.as_aino()
    )
    return answer


def test_it_works(world: World) -> None:
    """The answer says how much was erased; a second time there is nobody."""
    issued = world.issue()
    answer = ask(world, issued["participant"])
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "participant": issued["participant"], "credentials": 1, "forms": 0, "share_links": 0, "ticked_steps": 0,
        "confirmations": 0, "evidence": 0, "reflections": 0, "consents": 0, "group_stays": 0, "decisions": 0, "endorsements": 0,
        "elsewhere": None,
    }  # fmt: skip
    assert looked_up(world, issued["id"])["credential"] is None
    assert code_of(ask(world, issued["participant"])) == (404, "unknown-participant")
    (event,) = events(world, "participant.erased")
    assert event.actor.startswith("access-key:")


def test_only_an_administrator_may(world: World) -> None:
    """Instructors, teachers, auditors, partners and strangers may not, and nothing is erased."""
    issued = world.issue()
    partner = world.key([Scope.READ, Scope.REVOKE])
    for headers in (world.as_iida(), world.as_tuula(), world.as_audrey(), partner):
        assert code_of(ask(world, issued["participant"], headers)) == (403, "scope-missing")
    assert world.client.post(f"/v1/participants/{issued['participant']}/erase", json={}).status_code == 401
    assert looked_up(world, issued["id"])["erased_at"] is None


def test_another_organisation_finds_nobody(world: World) -> None:
    """An administrator of another organisation is not told that the id exists."""
    issued = world.issue()
    ranua = world.key([Scope.ADMINISTER], organisation="ranua", role=Role.ADMINISTRATOR)
    assert code_of(ask(world, issued["participant"], ranua)) == (404, "unknown-participant")
    assert code_of(ask(world, str(uuid.uuid4()), ranua)) == (404, "unknown-participant")
    assert looked_up(world, issued["id"])["erased_at"] is None


def test_it_has_to_be_confirmed(world: World) -> None:
    """Without the same id in the body nobody is erased; an id that is none is nobody."""
    issued = world.issue()
    strange: list[dict[str, Any]] = [
        {"participant": str(uuid.uuid4())},
        {"participant": None},
        {"participant": True},
        {"participant": issued["participant"], "now": True},
        {"confirm": issued["participant"]},
    ]
    for body in strange:
        assert ask(world, issued["participant"], **body).status_code == 422
    assert code_of(ask(world, "nobody")) == (404, "unknown-participant")
    assert looked_up(world, issued["id"])["erased_at"] is None


def test_side_by_side_once(world: World) -> None:
    """Fifty erasures at once are one, and the others find nobody."""
    issued = world.issue()
    answers = side_by_side([partial(ask, world, issued["participant"]) for _ in range(50)])
    assert sorted({answer.status_code for answer in answers}) == [200, 404]
    assert [answer.status_code for answer in answers].count(200) == 1
    assert len(events(world, "participant.erased")) == 1


def test_while_badges_are_issued_corrected_and_revoked(world: World) -> None:
    """Whatever happens beside it: afterwards nothing names the participant, and what was acknowledged is there, erased."""
    issued = [world.issue(valid_until=END)]
    participant = issued[0]["participant"]
    issued += [world.issue(participant=participant, valid_until=END) for _ in range(11)]

    def issue() -> Response:
        answer: Response = world.client.post(
            "/v1/credentials", json=order(participant=participant), headers=world.as_iida()
        )
        return answer

    tasks: list[Any] = [partial(correct, world, one["id"], "revoke", reason="replaced") for one in issued[:4]]
    tasks += [partial(correct, world, one["id"], "reissue") for one in issued[4:8]]
    tasks += [partial(correct, world, one["id"], "renew", valid_until="2027-01-31") for one in issued[8:]]
    tasks += [issue] * 38
    tasks.insert(20, partial(ask, world, participant))
    answers = side_by_side(tasks)
    assert {answer.status_code for answer in answers} <= {200, 201, 404, 409, 422}
    acknowledged = [answer.json()["id"] for answer in answers if answer.status_code == 201]
    for credential_id in (*acknowledged, *(one["id"] for one in issued)):
        assert row_of(world, credential_id).erased_at is not None
    with world.rooms.database.read() as session:
        assert session.get(ParticipantRow, uuid.UUID(participant)) is None
        rows = session.exec(select(CredentialRow)).all()
        assert list(broken_links(session)) == []
    assert len({(row.status_list_id, row.status_index) for row in rows}) == len(rows)
    assert all((row.document is None) == (row.erased_at is not None) for row in rows)
