"""Erasing a participant: nothing about them stays, and what they carried away still verifies and can still be revoked."""

from __future__ import annotations

import uuid
from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from sqlalchemy import func, select
from sqlmodel import SQLModel, col
from sqlmodel import select as rows_of

from okbadges.errors import NotFound
from okbadges.organisations.workshops import Organisation, find_organisation
from okbadges.passport.erasure import Erased, erase_evidence_of_badge, erase_participant
from okbadges.recognition.decisions import Kept, find_decision, keep_decision
from okbadges.storage.tables import (
    BadgeVersionRow,
    CardRow,
    CollectedCredentialRow,
    ConfirmationRow,
    ConsentRow,
    CredentialFormRow,
    CredentialRow,
    DecisionBadgeRow,
    DecisionRow,
    EndorsementRow,
    EvidenceRow,
    GroupParticipantRow,
    GroupRow,
    ParticipantRow,
    PassportRow,
    ReflectionRow,
    ShareLinkItemRow,
    ShareLinkRow,
    TickedStepRow,
)
from okbadges.storage.writer import add
from support.college import new_college
from support.corrections import code_of, correct, events, looked_up, row_of, summary_with_badges
from support.decided import decide
from support.journal import broken_links
from support.sharing import new_link, sharer
from support.world import order

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from support.world import World

SHARE = {"purpose": "study-plan", "expires_on": "2027-05-01"}
SECRET = b"sealed words about somebody"


def organisation(world: World, slug: str = "kemi") -> Organisation:
    """Return an organisation."""
    with world.rooms.database.read() as session:
        return find_organisation(session, slug)


def erase(world: World, participant: str | uuid.UUID, slug: str = "kemi") -> Erased:
    """Erase a participant of an organisation."""
    return erase_participant(
        world.rooms.writer,
        world.rooms.stamp("test"),
        organisation=organisation(world, slug),
        participant_id=uuid.UUID(str(participant)),
    )


def surround(world: World, issued: dict[str, Any]) -> None:
    """Give the holder of a badge one row of everything that is kept about people, and a label."""
    row, stamp = row_of(world, issued["id"]), world.rooms.stamp("test")
    group_id = stamp.row_id()

    def change(connection: Connection) -> None:
        version = connection.execute(select(col(BadgeVersionRow.id)).limit(1)).scalar_one()
        its: dict[str, Any] = {"id": stamp.row_id(), "participant_id": row.participant_id, "badge": "digi-turva"}
        add(
            connection,
            GroupRow(
                id=group_id, organisation_id=row.organisation_id, workshop_id=row.workshop_id,
                leader_id=world.keys.iida_id, slug=f"g{group_id.hex}", name="g", created_at=stamp.now,
            ),
            GroupParticipantRow(
                id=stamp.row_id(), group_id=group_id, participant_id=row.participant_id, joined_at=stamp.now
            ),
            TickedStepRow(
                **its, badge_version_id=version, step=1, criterion_hash="a" * 64, observed_by="instructor",
                method="task", observed_on=date(2026, 11, 3), sealed_note=SECRET, ticked_at=stamp.now, ticked_by="test",
            ),
            ConfirmationRow(
                **its, role="teacher", member_id=world.keys.tuula_id, confirmed_at=stamp.now, confirmed_by="test",
                credential_row_id=row.id,
            ),
            EvidenceRow(
                **its, kind="text", media_type="text/plain", size=3, sealed_content=SECRET, created_at=stamp.now,
                created_by="test", delete_on=date(2028, 11, 3),
            ),
            ReflectionRow(**its, sealed_words=SECRET, written_at=stamp.now),
            ConsentRow(
                id=stamp.row_id(), participant_id=row.participant_id, purpose="sharing", share_link_id=row.share_link_id,
                wording="1", given_how="passport", given_at=stamp.now, recorded_by="holder",
            ),
            PassportRow(id=group_id, created_at=stamp.now, visits_from=stamp.now),
            CardRow(
                id=stamp.row_id(), passport_id=group_id, token_hash=row.id.bytes, code_hash=row.id.bytes,
                issued_at=stamp.now, issued_by="test",
            ),
            CredentialFormRow(
                credential_row_id=row.id, form="vc-jwt", signing_key_id=row.signing_key_id, document=SECRET,
                made_at=stamp.now,
            ),
        )  # fmt: skip
        labelled = (
            ParticipantRow.metadata.tables["participants"].update().where(col(ParticipantRow.id) == row.participant_id)
        )
        connection.execute(labelled.values(sealed_label=SECRET, passport_id=group_id))

    world.rooms.writer.write(change)


def counted(world: World, *tables: type[SQLModel]) -> list[int]:
    """Return how many rows each table has."""
    with world.rooms.database.read() as session:
        return [session.scalars(select(func.count()).select_from(table)).one() for table in tables]


def test_everything_about_them_goes(world: World) -> None:
    """No row names the participant any more, in whatever table; the ids of the credentials stay, without content."""
    issued = world.issue(share=SHARE, awarded_on="2026-10-07", valid_until="2027-12-31")
    surround(world, issued)
    correct(world, issued["id"], "revoke", reason="holder-request", note="Pyysi itse")
    before = row_of(world, issued["id"])
    world.clock.move(days=2)
    assert erase(world, issued["participant"]) == Erased(
        credentials=1, forms=1, share_links=1, ticked_steps=1, confirmations=1, evidence=1, reflections=1, consents=3,
        group_stays=1, decisions=0, endorsements=0,
    )  # fmt: skip
    gone = uuid.UUID(issued["participant"])
    with world.rooms.database.read() as session:
        for table in SQLModel.metadata.tables.values():
            for column in table.columns:
                if any(key.column.table.name == "participants" for key in column.foreign_keys):
                    assert session.execute(select(column).where(column == gone)).all() == [], table.name
        assert session.get(ParticipantRow, gone) is None
        # nobody is left in the passport, so it goes, and its cards with it
        assert session.scalars(select(func.count()).select_from(PassportRow)).one() == 0
        assert session.scalars(select(func.count()).select_from(CardRow)).one() == 0
        for name, table in SQLModel.metadata.tables.items():
            if name not in ("events", "event_heads"):
                dump = repr(session.execute(select(table)).all())
                assert str(gone) not in dump, name
                assert SECRET.decode() not in dump, name
    after = row_of(world, issued["id"])
    kept = (
        "id",
        "credential_id",
        "document_hash",
        "status_list_id",
        "status_index",
        "issuer_id",
        "issued_at",
        "revoked_at",
    )
    for name in kept:
        assert getattr(after, name) == getattr(before, name)
    assert (after.document, after.observation, after.sealed_revocation_note, after.share_link_id) == (None,) * 4
    assert (after.request_hash, after.valid_until_on, after.awarded_on) == (None, None, date(2026, 11, 1))
    assert after.claim_token_hash != before.claim_token_hash
    assert after.erased_at == world.clock()


def test_it_is_one_event_without_anything_about_them(world: World) -> None:
    """The journal says that a random id was erased, and how many rows that took."""
    issued = world.issue(share=SHARE)
    surround(world, issued)
    erase(world, issued["participant"])
    (event,) = events(world, "participant.erased")
    assert event.subject == f"participant:{issued['participant']}"
    assert event.chain == "ok"
    assert orjson.loads(event.details) == {
        "credentials": 1, "forms": 1, "share_links": 1, "ticked_steps": 1, "confirmations": 1, "evidence": 1,
        "reflections": 1, "consents": 3, "group_stays": 1,
        "decisions": 0, "endorsements": 0,
    }  # fmt: skip
    with world.rooms.database.read() as session:
        assert list(broken_links(session)) == []


def test_what_was_carried_away_still_verifies(world: World) -> None:
    """The file that the holder took is valid after the erasure; revoked afterwards, it is revoked for everybody."""
    issued = world.issue()
    carried = world.client.get(f"{issued['claim_link']}/badge.png").content
    erase(world, issued["participant"])
    assert world.client.post("/v1/verify", content=carried).json()["verdict"] == "VALID"
    answer = correct(world, issued["id"], "revoke", reason="issued-in-error", note="Jää pois")
    assert answer.status_code == 200
    assert answer.json()["revocation_note"] is None
    world.clock.move(seconds=1)
    assert world.client.post("/v1/verify", content=carried).json()["verdict"] == "REVOKED"


def test_no_link_opens_any_more(world: World) -> None:
    """The claim link and the share link are as if they had never been, and the holder gets a kind page."""
    issued = world.issue(share=SHARE)
    erase(world, issued["participant"])
    for link in (issued["claim_link"], f"{issued['claim_link']}/badge.png", issued["share_link"]):
        for accept in ("text/html", "application/json"):
            answer = world.client.get(link, headers={"Accept": accept})
            assert answer.status_code == 404
            assert issued["id"] not in answer.text
    page = world.client.get(issued["claim_link"], headers={"Accept": "text/html"})
    assert "Sivua ei löytynyt" in page.text


def test_what_its_organisation_can_look_up(world: World) -> None:
    """The id is known, and says when it was erased; whose it was and the document are gone."""
    issued = world.issue()
    erase(world, issued["participant"])
    found = looked_up(world, issued["id"])
    assert (found["credential"], found["participant"], found["awarded_on"]) == (None, None, None)
    assert found["erased_at"] == "2026-11-21T12:00:00+00:00"
    asked: list[tuple[str, dict[str, Any]]] = [("reissue", {}), ("renew", {"valid_until": "2027-12-31"})]
    for what, body in asked:
        assert code_of(correct(world, issued["id"], what, **body)) == (409, "erased")


def test_the_request_that_issued_it_is_not_done_again(world: World) -> None:
    """The idempotency key of an erased credential says that it is gone, and issues nothing."""
    headers = {**world.as_iida(), "Idempotency-Key": "k"}
    issued = world.client.post("/v1/credentials", json=order(), headers=headers).json()
    erase(world, issued["participant"])
    count = counted(world, CredentialRow)
    assert code_of(world.client.post("/v1/credentials", json=order(), headers=headers)) == (410, "erased")
    assert counted(world, CredentialRow) == count


def test_erasing_again_finds_nobody(world: World) -> None:
    """Somebody erased, somebody of another organisation and somebody who never was are the same: unknown. Nothing is appended."""
    issued = world.issue()
    with pytest.raises(NotFound):
        erase(world, issued["participant"], "ranua")
    erase(world, issued["participant"])
    for participant in (issued["participant"], uuid.uuid4()):
        with pytest.raises(NotFound) as unknown:
            erase(world, participant)
        assert unknown.value.code == "unknown-participant"
    assert len(events(world, "participant.erased")) == 1


def test_one_stands_for_everybody_erased(world: World) -> None:
    """The credentials of all who were erased belong to one participant, who cannot be erased and is issued nothing."""
    first, second = world.issue(), world.issue()
    erase(world, first["participant"])
    erase(world, second["participant"])
    stand_ins = {row_of(world, one["id"]).participant_id for one in (first, second)}
    assert len(stand_ins) == 1
    (stand_in,) = stand_ins
    with pytest.raises(NotFound):
        erase(world, stand_in)
    refused = world.client.post("/v1/credentials", json=order(participant=str(stand_in)), headers=world.as_iida())
    assert code_of(refused) == (422, "unknown-participant")


def test_somebody_without_a_badge_leaves_no_trace(world: World) -> None:
    """Where there is no credential nobody has to stand for anything."""
    stamp = world.rooms.stamp("test")
    row = ParticipantRow(
        id=uuid.uuid4(), organisation_id=organisation(world).id, last_event_at=stamp.now, created_at=stamp.now
    )
    world.rooms.writer.write(lambda connection: add(connection, row))
    before = counted(world, ParticipantRow)
    assert erase(world, row.id) == Erased(**dict.fromkeys((one.name for one in fields(Erased)), 0))
    assert counted(world, ParticipantRow) == [before[0] - 1]


def test_others_keep_what_is_theirs(world: World) -> None:
    """Rows of somebody else are as they were, also a link that shows a badge of both."""
    otto, other = world.issue(share=SHARE), world.issue(share=SHARE)
    surround(world, otto)
    surround(world, other)
    theirs = row_of(world, other["id"])
    assert theirs.share_link_id is not None
    shared = ShareLinkItemRow(
        share_link_id=theirs.share_link_id, position=1, credential_row_id=row_of(world, otto["id"]).id
    )
    world.rooms.writer.write(lambda connection: add(connection, shared))
    erase(world, otto["participant"])
    assert row_of(world, other["id"]) == theirs
    assert counted(world, TickedStepRow, ConfirmationRow, EvidenceRow, CredentialFormRow, ShareLinkRow) == [1] * 5
    answer = world.client.get(other["share_link"], headers={"Accept": "application/json"})
    assert answer.json()["verdict"] == "VALID"


def test_which_badges_belonged_together_is_not_kept(world: World) -> None:
    """A summary and its badges are erased together, and nothing ties them to one another any more."""
    summary, small = summary_with_badges(world)
    erased = erase(world, summary["participant"])
    assert erased.credentials == 1 + len(small)
    assert counted(world, CollectedCredentialRow) == [0]


def test_a_place_in_a_status_list_is_not_given_again(world: World) -> None:
    """Whatever is issued afterwards, also after a restart, has another place than what was erased."""
    issued = [world.issue() for _ in range(3)]
    places = {(row.status_list_id, row.status_index) for row in (row_of(world, one["id"]) for one in issued)}
    for one in issued:
        erase(world, one["participant"])
    later = [world.issue() for _ in range(40)]
    for one in later:
        row = row_of(world, one["id"])
        assert (row.status_list_id, row.status_index) not in places
        places.add((row.status_list_id, row.status_index))


def test_the_evidence_of_one_badge(world: World) -> None:
    """At the decision the evidence for a badge goes, and nothing else; where there is none nothing is said."""
    issued = world.issue()
    surround(world, issued)
    who, rooms = uuid.UUID(issued["participant"]), world.rooms

    def go(badge: str, slug: str = "kemi") -> int:
        owner = organisation(world, slug)
        return erase_evidence_of_badge(
            rooms.writer, rooms.stamp("test"), organisation=owner, participant_id=who, badge=badge
        )

    assert go("kasi-puu") == 0
    with pytest.raises(NotFound):
        go("digi-turva", "ranua")
    assert [go("digi-turva"), go("digi-turva")] == [1, 0]
    assert counted(world, EvidenceRow, TickedStepRow) == [0, 1]
    (event,) = events(world, "evidence.erased")
    assert orjson.loads(event.details) == {"badge": "digi-turva", "count": 1}
    with world.rooms.database.read() as session:
        assert session.exec(rows_of(ParticipantRow).where(ParticipantRow.id == who)).one().sealed_label is not None


def test_a_schools_decision_stays_without_whose_it_was(world: World) -> None:
    """The school opens its record as before; nothing in it or beside it leads to the participant, and the endorsement is empty."""
    college = new_college(world, own_issuer=True)
    sani = sharer(world, "digi-turva")
    made = decide(world, college, sani, link=new_link(world, sani))
    (endorsement,) = world.rooms.endorsing.endorse(college.provider.organisation, made.id, actor="test")
    world.clock.move(days=2)
    erased = erase(world, sani.participant)
    assert (erased.decisions, erased.endorsements) == (1, 1)
    with world.rooms.database.read() as session:
        assert find_decision(session, world.rooms.secrets, college.provider.organisation, made.id) == made
        row = session.scalars(select(DecisionRow)).one()
        badge = session.scalars(select(DecisionBadgeRow)).one()
        signed = session.scalars(select(EndorsementRow)).one()
    assert (row.participant_id, row.share_link_id, row.erased_at) == (None, None, world.clock())
    assert badge.credential_row_id is None
    assert (signed.credential_row_id, signed.document, signed.erased_at) == (None, None, world.clock())
    assert world.rooms.verify(endorsement.document).verdict == "VALID"


def test_what_was_carried_away_of_a_school_can_still_be_revoked(world: World) -> None:
    """After the erasure the school corrects its decision, and the file that somebody has is revoked."""
    college = new_college(world, own_issuer=True)
    sani = sharer(world, "digi-turva")
    made = decide(world, college, sani)
    (endorsement,) = world.rooms.endorsing.endorse(college.provider.organisation, made.id, actor="test")
    erase(world, sani.participant)
    world.clock.move(seconds=2)
    again = made.model_copy(
        update={"id": world.rooms.stamp("test").row_id(), "supersedes": made.id, "correction": "Toinen peruste."}
    )
    kept = Kept(college.provider.organisation, college.tuula_id, None, None)
    keep_decision(world.rooms.writer, world.rooms.stamp("test"), world.rooms.secrets, again, kept, bars={})
    world.clock.move(seconds=2)
    assert world.rooms.verify(endorsement.document).verdict == "REVOKED"
