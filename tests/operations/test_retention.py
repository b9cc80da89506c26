"""Retention: what is old goes by itself, is counted in the journal, and nothing else goes with it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, update
from sqlmodel import select

from okbadges.errors import Unavailable
from okbadges.operations import retention
from okbadges.organisations import stays
from okbadges.organisations.periods import Periods
from okbadges.organisations.roles import Scope
from okbadges.passport.own_links import withdraw_link
from okbadges.storage import journal
from okbadges.storage.sealing import Sealed
from okbadges.storage.tables import (
    ConsentRow,
    CredentialRow,
    EventRow,
    EvidenceRow,
    GroupParticipantRow,
    MemberRow,
    ParticipantRow,
    ReflectionRow,
    ShareLinkRow,
    TickedStepRow,
)
from okbadges.storage.writer import add
from support.learners import new_group, new_participant
from support.passport import new_card
from support.sharing import new_link, sharer, write

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlmodel import SQLModel

    from okbadges.organisations.groups import Group
    from support.world import World

YEAR_AND_A_BIT = timedelta(days=372)


def sealed(world: World, words: str) -> bytes:
    """Seal words as labels and notes are."""
    return world.rooms.secrets.seal(
        words.encode(), bound_to="test", random_bytes=world.rooms.random_bytes, kind=Sealed.WORDS
    )


def fill(world: World) -> uuid.UUID:
    """Give one participant a badge, a label, a piece of evidence and a revoked badge with a note; return their id."""
    issued = world.issue()
    participant = uuid.UUID(issued["participant"])
    evidence = EvidenceRow(
        id=uuid.uuid4(),
        participant_id=participant,
        badge="digi-turva",
        kind="text",
        media_type="text/plain",
        size=4,
        sealed_content=b"....",
        created_at=world.clock(),
        created_by="test",
        delete_on=(world.clock() + timedelta(days=730)).date(),
    )

    def change(connection: object) -> None:
        add(connection, evidence)  # type: ignore[arg-type]
        connection.execute(  # type: ignore[attr-defined]
            ParticipantRow.__table__.update().values(sealed_label=sealed(world, "Sani"))  # type: ignore[attr-defined]
        )
        connection.execute(  # type: ignore[attr-defined]
            CredentialRow.__table__.update().values(sealed_revocation_note=sealed(world, "mixed up"))  # type: ignore[attr-defined]
        )

    world.rooms.writer.write(change)
    return participant


def due(world: World) -> retention.Deleted:
    """Return what would be deleted now."""
    with world.rooms.database.read() as session:
        return retention.due(session, Periods(), now=world.clock())


def run(world: World) -> retention.Deleted:
    """Delete what is old enough now."""
    return retention.run(world.rooms.writer, world.rooms.stamp("duty"), Periods(), last_run_at=None)


def events(world: World) -> int:
    """Count the events of retention."""
    with world.rooms.database.read() as session:
        counted = select(func.count()).select_from(EventRow).where(EventRow.action == "retention.deleted")
        return session.scalar(counted) or 0


def test_what_is_new_stays(world: World) -> None:
    """Within its time nothing goes, and a run that deletes nothing leaves no event."""
    fill(world)
    world.clock.move(days=300)
    assert not run(world)
    assert events(world) == 0


def test_labels_and_notes_go_after_a_quiet_year(world: World) -> None:
    """Twelve months after the last event the label and the note go; the badge and the evidence stay."""
    participant = fill(world)
    world.clock.move(days=YEAR_AND_A_BIT.days)
    assert due(world) == retention.Deleted(evidence=0, labels=1, notes=1, names=0)
    assert run(world) == retention.Deleted(evidence=0, labels=1, notes=1, names=0)
    with world.rooms.database.read() as session:
        assert session.get_one(ParticipantRow, participant).sealed_label is None
        credential = session.scalars(select(CredentialRow)).one()
        assert credential.sealed_revocation_note is None
        assert credential.document
    assert events(world) == 1
    assert not run(world)


def test_a_new_badge_begins_the_year_again(world: World) -> None:
    """Somebody to whom something happened lately keeps their label."""
    participant = fill(world)
    world.clock.move(days=300)
    headers = world.key([Scope.ISSUE])
    from support.world import order  # noqa: PLC0415 - used here only

    world.client.post("/v1/credentials", json=order(participant=str(participant)), headers=headers)
    world.clock.move(days=100)
    assert due(world).labels == 0


def test_evidence_goes_on_its_day(world: World) -> None:
    """Evidence is deleted on the day that was set when it was made."""
    fill(world)
    world.clock.move(days=729)
    assert due(world).evidence == 0
    world.clock.move(days=1)
    assert run(world).evidence == 1
    with world.rooms.database.read() as session:
        assert session.scalars(select(EvidenceRow)).all() == []


def test_names_of_who_left_go(world: World) -> None:
    """A year after a member left, the name goes."""
    world.rooms.writer.write(
        lambda connection: (
            connection.execute(
                MemberRow.__table__.update().where(MemberRow.id == world.keys.iida_id).values(left_at=world.clock())  # type: ignore[attr-defined]
            )
            and None
        )
    )
    world.clock.move(days=YEAR_AND_A_BIT.days)
    assert run(world).names == 1
    assert due(world).names == 0


def test_a_clock_that_leapt_deletes_nothing(world: World) -> None:
    """Three months since the last run is a long pause or a wrong clock: somebody has to say which."""
    fill(world)
    last = world.clock()
    world.clock.move(days=800)
    with pytest.raises(Unavailable, match="clock-is-right"):
        retention.run(world.rooms.writer, world.rooms.stamp("duty"), Periods(), last_run_at=last)
    assert due(world).evidence == 1


def test_what_was_deleted_is_said(world: World) -> None:
    """The words name the kinds and their numbers."""
    fill(world)
    world.clock.move(days=731)
    assert run(world).in_words() == "Deleted: 1 evidence, 1 labels, 1 notes."
    assert run(world).in_words() == "Nothing is old enough to be deleted."


def test_a_name_goes_with_its_link(world: World) -> None:
    """What was typed for one link is of no use the day after it ended; on its last day it is still there."""
    world.issue(share={"purpose": "other", "expires_on": "2026-12-20"})

    def give_name(connection: Connection) -> None:
        connection.execute(update(ShareLinkRow).values(sealed_name=sealed(world, "Otto")))

    world.rooms.writer.write(give_name)
    world.clock.move(days=29)
    assert not run(world)
    world.clock.move(days=1)
    assert (due(world).names, run(world).names) == (1, 1)
    assert not due(world)


def tick(world: World, participant: uuid.UUID, badge: str) -> None:
    """Let Iida see the first step of a badge."""
    seen = {"observed_by": "instructor", "method": "task", "observed_on": world.clock().date().isoformat()}
    answer = world.client.post(f"/v1/participants/{participant}/progress/{badge}/1", json=seen, headers=world.as_iida())
    assert answer.status_code in (200, 201), answer.text


def count(world: World, table: type[SQLModel]) -> int:
    """Count the rows of a table."""
    with world.rooms.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def pass_months(world: World, months: float) -> None:
    """Let months go by, in which nothing happened but that somebody said that the clock is right."""
    world.clock.move(days=months * 30.4375)
    world.rooms.writer.write(partial(journal.accept_clock, stamp=world.rooms.stamp("operator")))


def test_steps_without_a_badge_go_after_three_quiet_years(world: World) -> None:
    """Those of a badge that they have stay with it."""
    group = new_group(world)
    sani = new_participant(world, group)
    for badge in ("digi-turva", "digi-laite"):
        tick(world, sani, badge)
    issued = world.issue(badge="digi-turva", participant=str(sani))
    pass_months(world, 35.9)
    assert due(world).steps == 0
    pass_months(world, 0.2)
    assert run(world).steps == 1
    with world.rooms.database.read() as session:
        assert session.exec(select(TickedStepRow.badge)).all() == ["digi-turva"]
    world.client.post(
        f"/v1/credentials/{issued['id']}/revoke", json={"reason": "issued-in-error"}, headers=world.key([Scope.REVOKE])
    )
    assert run(world).steps == 1
    assert not due(world)


def test_steps_of_somebody_who_is_here_stay(world: World) -> None:
    """The years begin again with whatever is recorded about them."""
    group = new_group(world)
    sani = new_participant(world, group)
    tick(world, sani, "digi-laite")
    pass_months(world, 30)
    new_card(world, sani)
    pass_months(world, 30)
    assert due(world).steps == 0


def test_ended_stays_go(world: World) -> None:
    """Three years after somebody left a group; where they still are, they stay."""
    group, second = new_group(world), new_group(world, slug="ilta")
    sani, eino = new_participant(world, group), new_participant(world, second, "Eino")
    leave(world, group, sani)
    pass_months(world, 35.9)
    assert due(world).stays == 0
    pass_months(world, 0.2)
    assert run(world).stays == 1
    with world.rooms.database.read() as session:
        assert session.exec(select(GroupParticipantRow.participant_id)).all() == [eino]


def leave(world: World, group: Group, participant: uuid.UUID) -> None:
    """Let somebody leave a group."""
    stays.leave(world.rooms.writer, world.rooms.stamp("test"), group=group, participant_id=participant)


def test_own_words_go_when_nobody_uses_them(world: World) -> None:
    """Three years after they were written, after the last thing that was recorded, and after the last link that was made."""
    sani = sharer(world, "digi-turva")
    write(world, sani, "Se oli mukavaa")
    pass_months(world, 30)
    new_link(world, sani)
    pass_months(world, 30)
    assert due(world).own_words == 0
    write(world, sani, "Muistan sen vielä", badge="kasi-puu")
    pass_months(world, 6.1)
    assert run(world).own_words == 1
    with world.rooms.database.read() as session:
        assert session.exec(select(ReflectionRow.badge)).all() == ["kasi-puu"]
    pass_months(world, 30)
    assert run(world).own_words == 1
    assert count(world, ReflectionRow) == 0
    assert count(world, CredentialRow) == 1


def test_the_consent_to_a_link_goes_after_the_link(world: World) -> None:
    """Three years after it ended or was taken back; what was agreed to besides stays as long as the participant."""
    sani = sharer(world, "digi-turva")
    first, second = new_link(world, sani), new_link(world, sani)
    before = count(world, ConsentRow)
    world.clock.move(days=1)
    withdraw_link(world.rooms.writer, world.rooms.stamp("holder"), [sani.participant], first)
    pass_months(world, 36)
    world.clock.move(days=1)
    assert run(world).consents == 1
    with world.rooms.database.read() as session:
        left = session.exec(select(ConsentRow.share_link_id)).all()
    assert (second in left, first in left, len(left)) == (True, False, before - 1)
    world.clock.move(days=30)
    assert run(world).consents == 1
    assert count(world, ConsentRow) == before - 2
    assert count(world, ShareLinkRow) == 2


def test_a_longer_period_of_labels_holds_stays_too(world: World) -> None:
    """Who led somebody is known as long as there are a label and notes of that time."""
    group = new_group(world)
    leave(world, group, new_participant(world, group))
    pass_months(world, 40)
    with world.rooms.database.read() as session:
        assert retention.due(session, Periods(labels_and_notes=48), now=world.clock()).stays == 0
        assert retention.due(session, Periods(labels_and_notes=36), now=world.clock()).stays == 1
        assert retention.due(session, Periods(quiet=48), now=world.clock()).stays == 0


def test_all_that_is_old_goes_in_one_event(world: World) -> None:
    """With its numbers and nothing else, in words too."""
    group = new_group(world)
    sani = new_participant(world, group)
    tick(world, sani, "digi-laite")
    leave(world, group, sani)
    pass_months(world, 37)
    assert due(world) == retention.Deleted(evidence=0, labels=1, notes=0, names=0, steps=1, stays=1)
    assert run(world).in_words() == "Deleted: 1 labels, 1 steps, 1 stays."
    assert events(world) == 1
    assert retention.Deleted(0, 0, 0, 0, own_words=2, consents=1).in_words() == "Deleted: 2 own words, 1 consents."
