"""Everything that is held about a person, for that person."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlmodel import SQLModel

from okbadges.organisations.workshops import find_organisation
from okbadges.passport.own_data import own_data
from okbadges.passport.reflections import Reflection, keep_reflection
from support.corrections import correct
from support.learners import new_group, new_participant
from support.passport import holder_of, new_card

if TYPE_CHECKING:
    import uuid

    from support.world import World

# Where what each table says about a participant is told; what is not told says nothing of them that another table does not.
TOLD_IN = {
    "credentials": "credentials",
    "ticked_steps": "steps",
    "confirmations": "second_persons_words",
    "evidence": "evidence",
    "reflections": "own_words",
    "consents": "consents",
    "share_links": "links",
    "group_participants": "participants",
    "participants": "participants",
    "passports": "passport",
    "passport_cards": "passport",
    "endorsements": "endorsements",
    "passport_mails": "passport",
    "outgoing_mails": "passport",
    "brought_credentials": "brought_badges",
    "holder_profiles": "passport",
    "oauth_grants": "programs",
    "oauth_tokens": "programs",
    "wallet_offers": "wallet_offers",
}
WITH_ITS_CREDENTIAL = {"credential_forms", "share_link_items", "collected_credentials"}
# Schools' documents: told where everything is put together (tests/pages/passport/test_recognised.py).
OF_SCHOOLS = {"decisions", "decision_badges"}


def test_no_table_about_people_is_forgotten() -> None:
    """Whatever hangs on a participant, a passport or a credential is told, also what a later version adds."""
    about_people = {"participants", "passports"}
    while True:
        more = {
            table.name
            for table in SQLModel.metadata.tables.values()
            if table.name not in about_people
            and any(key.column.table.name in about_people for key in table.foreign_keys)
        }
        if not more:
            break
        about_people |= more
    assert about_people == set(TOLD_IN) | WITH_ITS_CREDENTIAL | OF_SCHOOLS


def test_it_is_all_there_in_the_clear(world: World) -> None:
    """The label, an instructor's note, own words, who observed: they are told what is kept about them, and it is plain JSON."""
    participant = new_participant(world, new_group(world))
    issued = world.issue(participant=str(participant), share={"purpose": "other", "expires_on": "2027-05-31"})
    tick = {"observed_by": "instructor", "method": "task", "observed_on": "2026-11-20", "note": "Teki rauhassa"}
    told = world.client.post(f"/v1/participants/{participant}/progress/kasi-puu/1", json=tick, headers=world.as_iida())
    assert told.status_code in (200, 201), told.text
    correct(world, issued["id"], "revoke", reason="holder-request", note="Pyysi itse")
    card = new_card(world, participant)
    holder = holder_of(world, card)
    keep(world, participant)
    with world.rooms.database.read() as session:
        data = own_data(session, world.rooms.secrets, holder)
    assert json.loads(json.dumps(data)) == data
    assert set(data) == set(TOLD_IN.values())
    assert data["participants"][0]["label"] == "Sani"
    assert data["participants"][0]["groups"][0]["workshop"]
    assert data["steps"][0]["note"] == "Teki rauhassa"
    assert data["own_words"] == [
        {"badge": "kasi-puu", "step": None, "words": "Tuntui hyvältä", "sure_before": 2, "sure_after": 4}
    ]
    assert data["credentials"][0]["document"]["id"] == issued["id"]
    assert data["credentials"][0]["revocation_note"] == "Pyysi itse"
    assert data["links"][0]["credentials"] == [issued["id"]]
    assert data["passport"]["cards"][0]["ended_at"] is None


def keep(world: World, participant: uuid.UUID) -> None:
    """Let the participant write something of their own."""
    with world.rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    keep_reflection(
        world.rooms.writer,
        world.rooms.stamp("holder"),
        world.rooms.secrets,
        kemi,
        Reflection(participant, "kasi-puu", "", "Tuntui hyvältä", 2, 4),
    )


def test_only_what_is_theirs_is_in_it(world: World) -> None:
    """Nobody else's badge, and no code or token that opens anything."""
    participant, other = new_participant(world, new_group(world)), world.issue()
    world.issue(participant=str(participant))
    card = new_card(world, participant)
    with world.rooms.database.read() as session:
        told = json.dumps(own_data(session, world.rooms.secrets, holder_of(world, card)))
    assert other["id"] not in told
    assert card.code not in told
    assert card.address.rpartition("/")[2] not in told
