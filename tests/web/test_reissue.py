"""``POST /v1/credentials/{id}/reissue``: a corrected credential in the place of one that is revoked as replaced."""

from __future__ import annotations

import uuid
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from sqlmodel import select

from okbadges.organisations import consents
from okbadges.organisations.consents import Consenting, How
from okbadges.organisations.roles import Scope
from okbadges.storage.tables import CollectedCredentialRow, CredentialRow
from support.corrections import (
    code_of,
    correct,
    events,
    looked_up,
    row_of,
    side_by_side,
    summary_with_badges,
    verdict,
)
from support.journal import broken_links
from support.world import order

if TYPE_CHECKING:
    from httpx2 import Response
    from sqlalchemy import Connection

    from support.world import World

SHARE = {"purpose": "study-plan", "expires_on": "2027-05-01"}
SEEN = {"observed_by": "teacher", "methods": ["discussion"], "occasions": 1}

STRANGE: list[tuple[dict[str, Any], str]] = [
    ({"reason": "because"}, "reason"),
    ({"reason": "wrong-participant"}, "reason"),
    ({"note": "+358 40 123 4567"}, "note"),
    ({"note": 1}, "note"),
    ({"changes": {"badge": "kasi-puu"}}, "changes.badge"),
    ({"changes": {"participant": str(uuid.uuid4())}}, "changes.participant"),
    ({"changes": {"workshop": "nowhere"}}, "workshop"),
    ({"changes": {"workshop": None}}, "changes"),
    ({"changes": {"workshop": 7}}, "changes.workshop"),
    ({"changes": {"language": "de"}}, "changes.language"),
    ({"changes": {"awarded_on": "2027-01-01"}}, "awarded_on"),
    ({"changes": {"awarded_on": 20261120}}, "changes.awarded_on"),
    ({"changes": {"valid_until": "2020-01-01"}}, "valid_until"),
    ({"changes": {"observation": {**SEEN, "occasions": 10**12}}}, "changes.observation.occasions"),
    ({"changes": {"observation": {**SEEN, "observed_by": "Otto"}}}, "changes.observation.observed_by"),
    ({"changes": []}, "changes"),
    ({"unknown": 1}, "unknown"),
]


def test_it_works(world: World) -> None:
    """The new one has an id and a place of its own, is about the same participant and says the right thing; each names the other."""
    old = world.issue(share=SHARE)
    answer = correct(
        world, old["id"], "reissue", reason="issued-in-error", note="Väärä kieli", changes={"language": "sv"}
    )
    assert answer.status_code == 201, answer.text
    new = answer.json()
    assert new["supersedes"] == old["id"]
    assert new["id"] != old["id"]
    assert new["participant"] == old["participant"]
    assert new["claim_link"] != old["claim_link"]
    assert new["share_link"] is None
    assert new["credential"]["credentialSubject"]["achievement"]["inLanguage"] == "sv"
    assert new["credential"]["credentialSubject"]["id"] != old["credential"]["credentialSubject"]["id"]
    assert new["credential"]["credentialStatus"] != old["credential"]["credentialStatus"]
    kept = looked_up(world, old["id"])
    assert (kept["superseded_by"], kept["revocation_reason"], kept["revocation_note"]) == (
        new["id"],
        "replaced",
        "Väärä kieli",
    )
    assert looked_up(world, new["id"])["supersedes"] == old["id"]
    assert verdict(world, old) == "REVOKED"
    checked = world.client.post("/v1/verify", content=orjson.dumps(new["credential"]))
    assert checked.json()["verdict"] == "VALID"


def test_the_journal_tells_it(world: World) -> None:
    """One event for the one that was revoked, with what was wrong, and one for the one that was issued."""
    old = world.issue()
    new = correct(world, old["id"], "reissue", reason="issued-in-error", note="Väärä paja").json()
    (revoked,) = events(world, "credential.revoked")
    assert revoked.subject == old["id"]
    assert orjson.loads(revoked.details) == {"reason": "replaced", "corrects": "issued-in-error"}
    assert len(events(world, "credential.issued", new["id"])) == 1
    with world.rooms.database.read() as session:
        assert list(broken_links(session)) == []


def test_what_was_issued_is_corrected_although_nothing_new_is_wanted(world: World) -> None:
    """Who takes back that they want badges gets no new one; what is wrong in the one that they have is still put right."""
    old = world.issue()
    who, stamp = uuid.UUID(old["participant"]), world.rooms.stamp("holder")

    def take_back(connection: Connection) -> None:
        consents.give(connection, stamp, who, Consenting.RECEIVING, How.PASSPORT)
        consents.withdraw(connection, stamp, [who], Consenting.RECEIVING)

    world.rooms.writer.write(take_back)
    wanted = world.client.post("/v1/credentials", json=order(participant=str(who)), headers=world.as_iida())
    assert code_of(wanted) == (409, "consent-withdrawn")
    answer = correct(world, old["id"], "reissue", reason="issued-in-error", changes={"language": "sv"})
    assert answer.status_code == 201, answer.text
    assert answer.json()["participant"] == str(who)


@pytest.mark.parametrize(
    ("changes", "column", "value"),
    [
        ({"workshop": "pyora"}, "workshop_id", None),
        ({"awarded_on": "2026-10-02"}, "awarded_on", "2026-10-02"),
        ({"valid_until": "2028-01-31"}, "valid_until_on", "2028-01-31"),
        ({"valid_until": None}, "valid_until_on", "None"),
        ({"observation": SEEN}, "observation", None),
        ({}, "language", "fi"),
    ],
)
def test_each_part_is_corrected_alone(world: World, changes: dict[str, Any], column: str, value: str | None) -> None:
    """What is named is corrected, and everything else stays as it was."""
    old = world.issue(valid_until="2027-12-31", awarded_on="2026-11-20")
    new = correct(world, old["id"], "reissue", changes=changes).json()
    before, after = row_of(world, old["id"]), row_of(world, new["id"])
    for name in ("workshop_id", "awarded_on", "valid_until_on", "observation", "language", "participant_id"):
        same = getattr(before, name) == getattr(after, name)
        assert same is (name != column or changes == {}), name
    if value is not None:
        assert str(getattr(after, column)) == value


def test_a_badge_that_records_a_language(world: World) -> None:
    """The language that was used can be corrected, on a badge that records one and on no other."""
    old = world.issue(badge="vuoro-kielet", award_language="sv")
    new = correct(world, old["id"], "reissue", changes={"award_language": "en"}).json()
    assert row_of(world, new["id"]).award_language == "en"
    other = world.issue()
    refused = correct(world, other["id"], "reissue", changes={"award_language": "en"})
    assert code_of(refused) == (422, "award-language-unasked")
    assert looked_up(world, other["id"])["revoked_at"] is None


def test_the_same_key_gets_the_same_answer(world: World) -> None:
    """A repeat is byte-identical, also long after; with another body it is refused; at another credential it is another request."""
    old, other = world.issue(), world.issue()
    first = correct(world, old["id"], "reissue", key="k", note="Väärä kieli", changes={"language": "en"})
    world.clock.move(days=3)
    again = correct(world, old["id"], "reissue", key="k", note="Väärä kieli", changes={"language": "en"})
    assert (again.status_code, again.content) == (201, first.content)
    for changed in ({"note": "Muu"}, {"changes": {"language": "sv"}}, {"reason": "holder-request"}):
        body: dict[str, Any] = {"note": "Väärä kieli", "changes": {"language": "en"}, **changed}
        refused = correct(world, old["id"], "reissue", key="k", **body)
        assert code_of(refused) == (422, "idempotency-key-reused")
    elsewhere = correct(world, other["id"], "reissue", key="k", note="Väärä kieli", changes={"language": "en"})
    assert elsewhere.status_code == 201
    assert elsewhere.json()["id"] != first.json()["id"]
    assert code_of(correct(world, old["id"], "reissue", key="other")) == (409, "already-replaced")
    assert code_of(correct(world, old["id"], "reissue", key="")) == (422, "idempotency-key")


def test_only_what_stands_can_be_corrected(world: World) -> None:
    """A revoked one, one that was replaced before and one that nobody here issued are refused in words; nothing is issued."""
    revoked, replaced = world.issue(), world.issue()
    correct(world, revoked["id"], "revoke", reason="issued-in-error")
    newer = correct(world, replaced["id"], "reissue").json()
    count = len(events(world, "credential.issued"))
    assert code_of(correct(world, revoked["id"], "reissue")) == (409, "already-revoked")
    refused = correct(world, replaced["id"], "reissue")
    assert code_of(refused) == (409, "already-replaced")
    assert newer["id"] in refused.json()["detail"]
    assert code_of(correct(world, str(uuid.uuid4()), "reissue")) == (404, "unknown-credential")
    assert code_of(correct(world, newer["id"], "reissue", world.as_partner())) == (404, "unknown-credential")
    assert len(events(world, "credential.issued")) == count


def test_a_correction_can_be_corrected(world: World) -> None:
    """The newest one is corrected like any other."""
    first = world.issue()
    second = correct(world, first["id"], "reissue", changes={"language": "sv"}).json()
    third = correct(world, second["id"], "reissue", changes={"language": "en"}).json()
    assert [looked_up(world, one["id"])["superseded_by"] for one in (first, second, third)] == [
        second["id"],
        third["id"],
        None,
    ]


def test_side_by_side_one_successor(world: World) -> None:
    """Fifty corrections at once make one successor, and the others are told that there is one."""
    old = world.issue()
    answers = side_by_side([partial(correct, world, old["id"], "reissue") for _ in range(50)])
    (made,) = [answer for answer in answers if answer.status_code == 201]
    assert {code_of(answer) for answer in answers if answer is not made} == {(409, "already-replaced")}
    assert looked_up(world, old["id"])["superseded_by"] == made.json()["id"]
    assert len(events(world, "credential.revoked")) == 1
    assert len(events(world, "credential.issued")) == 2


def test_side_by_side_with_the_same_key(world: World) -> None:
    """Fifty requests with one key are one correction, and all get the same bytes."""
    old = world.issue()
    answers = side_by_side([partial(correct, world, old["id"], "reissue", key="k") for _ in range(50)])
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len(events(world, "credential.issued")) == 2


def test_a_correction_against_revocations(world: World) -> None:
    """Whoever comes first: the first credential is revoked by one change, and has one successor at the most."""
    outcomes = set()
    for _ in range(4):
        old = world.issue()
        tasks: list[partial[Response]] = []
        for place in range(52):
            what = "reissue" if place % 2 else "revoke"
            tasks.append(partial(correct, world, old["id"], what, reason="issued-in-error"))
        answers = side_by_side(tasks)
        made = [answer.json()["id"] for answer in answers if answer.status_code == 201]
        kept = looked_up(world, old["id"])
        assert kept["revoked_at"] is not None
        assert len(made) <= 1
        assert kept["superseded_by"] == (made[0] if made else None)
        assert kept["revocation_reason"] == ("replaced" if made else "issued-in-error")
        assert len(events(world, "credential.revoked", old["id"])) == 1
        outcomes.add(len(made))
    with world.rooms.database.read() as session:
        rows = session.exec(select(CredentialRow)).all()
        assert list(broken_links(session)) == []
    places = [(row.status_list_id, row.status_index) for row in rows]
    assert len(set(places)) == len(places)


def test_a_summary_rests_on_the_newest(world: World) -> None:
    """A summary is corrected without asking for anybody's word again, and rests on what replaced its badges."""
    summary, small = summary_with_badges(world)
    newer = correct(world, small["opi-hakeminen"]["id"], "reissue", changes={"language": "sv"}).json()
    corrected = correct(world, summary["id"], "reissue", changes={"language": "sv"})
    assert corrected.status_code == 201, corrected.text
    with world.rooms.database.read() as session:
        rests_on = session.exec(
            select(CollectedCredentialRow.credential_row_id).where(
                CollectedCredentialRow.summary_id == row_of(world, corrected.json()["id"]).id
            )
        ).all()
    assert row_of(world, newer["id"]).id in rests_on
    assert len(rests_on) == 3


def test_a_summary_without_one_of_its_badges_is_not_corrected(world: World) -> None:
    """When a badge that it rests on was revoked, the summary cannot be issued anew; it stays as it is."""
    summary, small = summary_with_badges(world)
    correct(world, small["opi-hakeminen"]["id"], "revoke", reason="issued-in-error")
    assert code_of(correct(world, summary["id"], "reissue")) == (409, "summary-changed")
    assert looked_up(world, summary["id"])["revoked_at"] is None


def test_one_from_before_observations(world: World) -> None:
    """Where nothing is kept of who observed it, the correction has to say it."""
    old = world.issue()
    with world.rooms.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE credentials SET observation = NULL")
    refused = correct(world, old["id"], "reissue")
    assert code_of(refused) == (422, "observation-missing")
    assert refused.json()["field"] == "changes.observation"
    new = correct(world, old["id"], "reissue", changes={"observation": SEEN})
    assert new.status_code == 201
    assert orjson.loads(row_of(world, new.json()["id"]).observation or "")["observed_by"] == "teacher"


def test_who_may(world: World) -> None:
    """A key that revokes may correct; teachers, auditors and keys that only issue may not."""
    old = world.issue()
    for headers in (world.as_tuula(), world.as_audrey(), world.key([Scope.ISSUE])):
        assert code_of(correct(world, old["id"], "reissue", headers)) == (403, "scope-missing")
    assert correct(world, old["id"], "reissue", world.as_aino()).status_code == 201


def test_a_strange_body_is_refused(world: World) -> None:
    """Each field at fault is named, and the credential stays as it was."""
    old = world.issue()
    for body, field in STRANGE:
        answer = correct(world, old["id"], "reissue", **body)
        assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text
    assert looked_up(world, old["id"])["revoked_at"] is None
