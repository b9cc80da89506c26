"""A restore: everything acknowledged is there once, verifies and can be revoked; what was erased or revoked stays so; or the gap is said."""

from __future__ import annotations

import re
import uuid
import zipfile
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from sqlalchemy import func
from sqlmodel import col, select

from okbadges.errors import ConfigurationError, Conflict, InvalidInput, OkbadgesError
from okbadges.operations.doctor import examine
from okbadges.operations.redoing import COPIED, ERASED, REDONE
from okbadges.operations.restore import restore
from okbadges.organisations.consents import consents_of
from okbadges.organisations.issuers import find_issuer
from okbadges.organisations.known_keys import revoke_access_key
from okbadges.organisations.roles import Scope
from okbadges.organisations.workshops import find_organisation
from okbadges.passport.accepting import Decision
from okbadges.passport.own_links import own_links
from okbadges.passport.reflections import Reflection, keep_reflection, reflections_of
from okbadges.passport.shown_endorsements import endorsements_of
from okbadges.recognition.decisions import find_decision
from okbadges.recognition.providers import provider_of
from okbadges.recognition.record import Decided
from okbadges.storage import journal
from okbadges.storage.database import Database
from okbadges.storage.sealing import Secrets
from okbadges.storage.tables import (
    CardRow,
    CredentialRow,
    DecisionBadgeRow,
    DecisionRow,
    EndorsementRow,
    EventRow,
    ParticipantRow,
    PassportRow,
    ShareLinkRow,
    StatusListRow,
)
from okbadges.storage.writer import Writer
from support.college import new_college
from support.corrections import row_of
from support.decided import decide
from support.journal import broken_links
from support.passport import browser, new_card, open_with, say
from support.restoring import backup_of, copy, erase, restore_into
from support.sharing import Sharer, address_of, new_link, sharer, write
from support.world import BASE_URL, order

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from okbadges.operations.restore import Restored
    from support.world import World

    Restoring = Callable[..., tuple[World, Restored]]

SHARE = {"purpose": "workplace", "expires_on": "2027-01-01"}


def revoke(world: World, credential_id: str) -> None:
    """Let Iida revoke a credential."""
    answer = world.client.post(
        f"/v1/credentials/{credential_id}/revoke", json={"reason": "issued-in-error"}, headers=world.as_iida()
    )
    assert answer.status_code in (200, 204), answer.text


def verdict(world: World, issued: dict[str, Any]) -> str:
    """Return what the service says of a credential."""
    said: str = world.client.post("/v1/verify", content=orjson.dumps(issued["credential"])).json()["verdict"]
    return said


def places(world: World) -> list[tuple[Any, int]]:
    """Return every place in a status list that is taken."""
    with world.rooms.database.read() as session:
        rows = session.exec(select(CredentialRow.status_list_id, CredentialRow.status_index))
        return [(row[0], row[1]) for row in rows]


def chains(world: World) -> list[str]:
    """Return where the journal is broken."""
    with world.rooms.database.read() as session:
        return list(broken_links(session))


def test_it_works(world: World, restored: Restoring, tmp_path: Path, second_place: Path) -> None:
    """What happened before and after the backup is there again, and life goes on from it."""
    before, revoked_later, theirs = world.issue(), world.issue(), world.issue()
    file = backup_of(world, tmp_path / "backup.zip")
    world.clock.move(hours=3)
    after = world.issue(share=SHARE)
    revoke(world, revoked_later["id"])
    gone_too = world.issue(participant=theirs["participant"], badge="digi-laite")
    erase(world, theirs["participant"])
    copy(world, second_place)
    world.clock.move(hours=1)

    again, done = restored(file, second_place)

    assert [verdict(again, one) for one in (before, revoked_later, after)] == ["VALID", "REVOKED", "VALID"]
    assert chains(again) == []
    assert done.replayed is not None
    assert done.replayed.not_redone == {}
    assert done.replayed.redone["credential.issued"] == 2
    assert len(places(again)) == len(set(places(again))) == 5
    assert again.client.get(after["claim_link"]).status_code == 200
    assert again.client.get(after["share_link"]).status_code == 200
    with world.rooms.database.read() as there, again.rooms.database.read() as here:
        [code], [kept] = (one.exec(select(ShareLinkRow.code_hash)).all() for one in (there, here))
    assert code is not None
    assert kept == code
    with again.rooms.database.read() as session:
        (stand_in,) = session.exec(select(ParticipantRow).where(ParticipantRow.stands_for_erased))
        ids = set(session.exec(select(CredentialRow.credential_id).where(CredentialRow.participant_id == stand_in.id)))
        documents = set(session.exec(select(CredentialRow.document).where(col(CredentialRow.erased_at).is_not(None))))
        known = {str(one) for one in session.exec(select(ParticipantRow.id))}
    assert ids == {theirs["id"], gone_too["id"]}
    assert documents == {None}
    assert theirs["participant"] not in known
    assert verdict(again, theirs) == "VALID"
    revoke(again, after["id"])
    again.clock.move(seconds=5)
    assert verdict(again, after) == "REVOKED"
    new = again.issue(participant=before["participant"], badge="digi-laite")
    assert verdict(again, new) == "VALID"
    assert copy(again, second_place).events == 3


def test_what_was_put_away_is_on_no_link_after_a_restore(
    world: World, restored: Restoring, tmp_path: Path, second_place: Path
) -> None:
    """Neither on those of the backup nor on those made since; a link that was made after it was taken back shows it."""
    sani = sharer(world, "digi-turva", "arki-ruoka")
    away = sani.rows["digi-turva"]
    old, alone = new_link(world, sani), new_link(world, sani, credentials=(away,))
    file = backup_of(world, tmp_path / "backup.zip")
    world.clock.move(hours=1)
    newer = new_link(world, sani)
    copy(world, second_place)
    for word in (Decision.HIDE, Decision.SHOW):
        world.clock.move(hours=1)
        say(world, sani.participant, away, word)
    world.clock.move(hours=1)
    newest = new_link(world, sani)
    copy(world, second_place)

    again, _ = restored(file, second_place)

    with again.rooms.database.read() as session:
        shown = {one.id: one.badges for one in own_links(session, [sani.participant], now=again.clock())}
    assert shown == {old: 1, newer: 1, newest: 2}
    assert again.client.get(address_of(world, alone)).status_code == 410


def test_no_place_is_given_twice(world: World, restored: Restoring, tmp_path: Path) -> None:
    """Without the second place the next badge is in a list whose number no lost list can have had."""
    world.issue()
    file = backup_of(world, tmp_path / "backup.zip")
    lost = world.issue()
    again, _ = restored(file)
    new = again.issue()
    of_lost, of_new = (one["credential"]["credentialStatus"]["statusListCredential"] for one in (lost, new))
    assert of_lost.endswith("/status/1")
    assert int(of_new.rpartition("/")[2]) >= 2000
    assert verdict(again, lost) == "VALID"
    with again.rooms.database.read() as session:
        closed = session.exec(select(StatusListRow.number).where(col(StatusListRow.closed_at).is_not(None))).all()
    assert closed == [1]
    again.clock.move(seconds=1)
    second, _ = restored(file)
    other = second.issue()["credential"]["credentialStatus"]["statusListCredential"]
    assert other not in {of_lost, of_new}


def test_the_gap_is_said_with_its_dates(world: World, restored: Restoring, tmp_path: Path) -> None:
    """From the newest event of the backup to the restore."""
    newest = world.clock()
    world.issue()
    world.clock.move(hours=1)
    file = backup_of(world, tmp_path / "backup.zip")
    world.clock.move(days=1)
    again, done = restored(file)
    assert (done.gap.after, done.gap.until) == (newest, world.clock())
    assert done.replayed is None
    assert chains(again) == []
    with again.rooms.database.read() as session:
        event = session.exec(select(EventRow).where(EventRow.action == "installation.restored")).one()
    assert orjson.loads(event.details)["second_place"] == "none"


def test_a_retry_after_the_restore_gets_the_same_bytes(
    world: World, restored: Restoring, tmp_path: Path, second_place: Path
) -> None:
    """An idempotency key that was answered after the backup is answered again, byte for byte."""
    file = backup_of(world, tmp_path / "backup.zip")
    headers = {**world.as_iida(), "Idempotency-Key": "row-17"}
    first = world.client.post("/v1/credentials", json=order(share=SHARE), headers=headers)
    copy(world, second_place)
    again, _ = restored(file, second_place)
    repeated = again.client.post("/v1/credentials", json=order(share=SHARE), headers=headers)
    assert repeated.content == first.content
    assert len(places(again)) == 1


def test_a_revoked_access_key_stays_revoked_and_a_new_one_works(
    world: World, restored: Restoring, tmp_path: Path, second_place: Path
) -> None:
    """Keys that were made and revoked after the backup."""
    file = backup_of(world, tmp_path / "backup.zip")
    new = world.key([Scope.ISSUE])
    revoke_access_key(world.rooms.writer, world.rooms.stamp("test"), world.keys.iida.split("_")[1])
    copy(world, second_place)
    again, _ = restored(file, second_place)
    assert again.client.post("/v1/credentials", json=order(), headers=again.as_iida()).status_code == 401
    assert again.client.post("/v1/credentials", json=order(), headers=new).status_code == 201


def test_keys_of_the_issuer_come_back(world: World, restored: Restoring, tmp_path: Path, second_place: Path) -> None:
    """A badge that was signed with a key newer than the backup verifies."""
    file = backup_of(world, tmp_path / "backup.zip")
    with world.rooms.database.read() as session:
        issuer = find_issuer(session, "ok")
    world.rooms.keyring.add_key(world.rooms.writer, world.rooms.stamp("test"), issuer)
    world.clock.move(days=3)
    issued = world.issue()
    copy(world, second_place)
    again, _ = restored(file, second_place)
    assert verdict(again, issued) == "VALID"
    assert again.client.get("/issuers/ok/did.json").json() == world.client.get("/issuers/ok/did.json").json()


def test_what_cannot_be_redone_is_named(world: World, restored: Restoring, tmp_path: Path, second_place: Path) -> None:
    """By action, with how often and from when to when."""
    file = backup_of(world, tmp_path / "backup.zip")
    begin = world.clock()
    for _ in range(2):
        event = journal.Event("ok", "group.created", "group:x")
        world.rooms.writer.write(partial(journal.append, stamp=world.rooms.stamp("test"), event=event))
        world.clock.move(hours=2)
    copy(world, second_place)
    _, done = restored(file, second_place)
    assert done.replayed is not None
    (left,) = done.replayed.not_redone.values()
    assert (left.action, left.count, left.first_at) == ("group.created", 2, begin)
    assert left.last_at > begin


@pytest.mark.postgres
def test_sqlite_goes_into_postgres(world: World, restored: Restoring, tmp_path: Path, second_place: Path) -> None:
    """A backup of one kind of database is restored into the other, with everything after it."""
    other = {"sqlite": "postgres", "postgresql": "sqlite"}[world.rooms.database.engine.dialect.name]
    before = world.issue()
    file = backup_of(world, tmp_path / "backup.zip")
    after = world.issue(participant=before["participant"], badge="digi-laite")
    copy(world, second_place)
    again, _ = restored(file, second_place, kind=other)
    assert [verdict(again, one) for one in (before, after)] == ["VALID", "VALID"]
    assert chains(again) == []


def test_what_does_not_fit_is_refused_before_anything_is_written(
    world: World, empty_urls: Callable[[str], str], tmp_path: Path, second_place: Path
) -> None:
    """Another secret, another base URL, a truncated file, a second place of another past; the database stays without a table."""
    world.issue()
    file = backup_of(world, tmp_path / "backup.zip")
    truncated = tmp_path / "truncated.zip"
    truncated.write_bytes(file.read_bytes()[:-100])
    url = empty_urls("sqlite")

    def refusal(**changes: Any) -> OkbadgesError:
        database = Database(url)
        writer = Writer(database)
        usual = {"secrets": world.rooms.secrets, "backup": file, "second_place": None, "base_url": BASE_URL}
        with pytest.raises(OkbadgesError) as refused:
            restore(database, writer, world.rooms.stamp("operator"), **{**usual, **changes})
        writer.close()
        database.close()
        return refused.value

    assert refusal(secrets=Secrets(bytes(32))).code == "secret-mismatch"
    assert refusal(base_url="https://other.example").code == "base-url-changed"
    assert refusal(backup=truncated).code == "file-damaged"
    assert refusal(second_place=tmp_path / "missing").code == "second-place-missing"
    assert refusal(second_place=second_place).code == "second-place-empty"
    copy(world, second_place)
    lines = (second_place / "journal-2026-11.jsonl").read_bytes()
    (second_place / "journal-2026-11.jsonl").write_bytes(lines.replace(b"credential.issued", b"credential.mangled"))
    assert refusal(second_place=second_place).code in {"second-place-damaged", "chain-broken", "second-place-empty"}
    assert not Database(url).engine.connect().exec_driver_sql("SELECT name FROM sqlite_master").all()


def test_only_an_empty_database_is_filled(world: World, tmp_path: Path) -> None:
    """A restore never mixes two pasts."""
    file = backup_of(world, tmp_path / "backup.zip")
    with pytest.raises(Conflict, match="not empty"):
        restore_into(world.rooms.database.engine.url.render_as_string(hide_password=False), world, file)


def test_a_second_place_of_another_past_is_refused(
    world: World, restored: Restoring, tmp_path: Path, second_place: Path, empty_urls: Callable[[str], str]
) -> None:
    """After a restore without it, the old folder fits neither the new database nor its backups."""
    file = backup_of(world, tmp_path / "backup.zip")
    world.issue()
    copy(world, second_place)
    world.clock.move(minutes=1)
    again, _ = restored(file)
    again.issue()
    with pytest.raises(Conflict, match="does not have"):
        copy(again, second_place)
    later = backup_of(again, tmp_path / "later.zip")
    with pytest.raises(Conflict, match="does not belong"):
        restore_into(empty_urls("sqlite"), again, later, second_place)


def test_every_action_is_known(checkout: Path) -> None:
    """Whoever adds an action to the journal says what a restore does with it: redone, or named here as what is not."""
    named_by_hand = {
        "brought-credential.added",
        "brought-credential.replaced",
        "confirmation.given",
        "confirmation.withdrawn",
        "evidence.added",
        "group.created",
        "group.ended",
        "group.handed-over",
        "label.set",
        "mail.added",
        "mail.confirmed",
        "member.added",
        "participant.joined",
        "participant.left",
        "participant.moved",
        "participants.added",
        "participants.imported",
        "profile.kept",
        "program.registered",
        "reflection.kept",
        "step.ticked",
        "step.unticked",
    }
    fields = {"credential.id", "credential.issuer", "credential.type"}
    found = set()
    for file in (checkout / "src/okbadges").rglob("*.py"):
        text = file.read_text()
        if "journal.Event" in text or "journal.append" in text:
            found |= set(re.findall(r'"([a-z-]+\.[a-z-]+)"', text))
    unknown = found - REDONE - named_by_hand - fields
    assert unknown == set(), "say in okbadges/operations/redoing.py, or here, what a restore does with it"
    assert named_by_hand >= COPIED - REDONE
    assert ERASED in COPIED


def test_damage_of_the_backup_is_named(world: World, empty_urls: Callable[[str], str], tmp_path: Path) -> None:
    """A backup of another version of the tables is refused with what to do."""
    file = backup_of(world, tmp_path / "backup.zip")
    older = tmp_path / "older.zip"
    with zipfile.ZipFile(file) as whole, zipfile.ZipFile(older, "w") as copied:
        for name in whole.namelist():
            content = whole.read(name)
            if name == "manifest.json":
                content = orjson.dumps({**orjson.loads(content), "revision": "0001"})
            copied.writestr(name, content)
    with pytest.raises(ConfigurationError, match="restore it with that release"):
        restore_into(empty_urls("sqlite"), world, older)
    (tmp_path / "text.zip").write_text("no archive")
    with pytest.raises(InvalidInput, match="not whole"):
        restore_into(empty_urls("sqlite"), world, tmp_path / "text.zip")


def test_own_words_that_were_wiped_away_stay_so(
    world: World, restored: Restoring, tmp_path: Path, second_place: Path
) -> None:
    """Those of the backup that were wiped away after it; what was written again after that is lost, and named."""
    sani = sharer(world, "digi-turva")
    for badge in ("digi-turva", "kasi-puu", "arki-ruoka"):
        write(world, sani, "Aluksi pelotti", badge=badge)
    backup = backup_of(world, tmp_path / "backup.okb")
    for badge in ("digi-turva", "kasi-puu"):
        wipe(world, sani, badge)
    write(world, sani, "Sitten osasin", badge="kasi-puu")
    copy(world, second_place)
    again, done = restored(backup, second_place)
    with again.rooms.database.read() as session:
        left = reflections_of(session, again.rooms.secrets, [sani.participant])
    assert [(one.badge, one.words) for one in left] == [("arki-ruoka", "Aluksi pelotti")]
    assert done.replayed is not None
    assert set(done.replayed.not_redone) == {"reflection.kept"}
    assert done.replayed.redone["reflection.wiped"] == 2


def wipe(world: World, sani: Sharer, badge: str) -> None:
    """Let somebody wipe away what they wrote about a badge."""
    rooms = world.rooms
    with rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    empty = Reflection(sani.participant, badge, "", None, None, None)
    keep_reflection(rooms.writer, rooms.stamp("holder"), rooms.secrets, kemi, empty)


def test_a_passport_comes_back_and_that_of_an_erased_person_does_not(
    world: World, restored: Restoring, tmp_path: Path, second_place: Path
) -> None:
    """Cards, their openings, words on badges and consents from after the backup are redone; with an erased person all of it is gone."""
    otto, sani = world.issue(), world.issue()
    backup = backup_of(world, tmp_path / "backup.okb")
    cards = [new_card(world, uuid.UUID(one["participant"])) for one in (otto, sani)]
    for card in cards:
        open_with(world, card)
    say(world, uuid.UUID(otto["participant"]), row_of(world, otto["id"]).id, Decision.ACCEPT)
    copy(world, second_place)
    erase(world, sani["participant"])
    copy(world, second_place)
    again, _ = restored(backup, second_place)
    assert open_with(again, cards[0]).get("/passport?at=shelf").status_code == 200
    assert browser(again).get(cards[1].address.removeprefix(BASE_URL)).status_code == 404
    with again.rooms.database.read() as session:
        assert row_of(again, otto["id"]).accepted_at is not None
        assert len(consents_of(session, [uuid.UUID(otto["participant"])])) == 1
        assert session.exec(select(func.count()).select_from(CardRow)).one() == 1
        assert session.exec(select(func.count()).select_from(PassportRow)).one() == 1


def test_decisions_come_back_also_of_somebody_erased_since(
    world: World, restored: Restoring, tmp_path: Path, second_place: Path
) -> None:
    """A school's decisions are its documents: all of them open after the restore; that of an erased person says no more whose it was."""
    college = new_college(world, own_issuer=True)
    otto, sani = sharer(world, "digi-turva"), sharer(world, "digi-turva")
    backup = backup_of(world, tmp_path / "backup.okb")
    link = new_link(world, sani)
    of_otto, of_sani = decide(world, college, otto), decide(world, college, sani, link=link)
    corrected = decide(world, college, sani, link=link, supersedes=of_sani.id, correction="Toinen peruste.")
    for made in (of_otto, corrected):
        world.rooms.endorsing.endorse(college.provider.organisation, made.id, actor="test")
    copy(world, second_place)
    erase(world, str(sani.participant))
    copy(world, second_place)
    again, done = restored(backup, second_place)
    rooms, organisation = again.rooms, college.provider.organisation
    with rooms.database.read() as session:
        assert provider_of(session, organisation) == college.provider
        for made in (of_otto, of_sani, corrected):
            assert find_decision(session, rooms.secrets, organisation, made.id) == made
        rows = {row.id: row for row in session.exec(select(DecisionRow))}
        badges = {row.decision_id: row for row in session.exec(select(DecisionBadgeRow))}
        assert len(endorsements_of(session, otto.rows.values())) == 1
        signed = {row.decision_id: row for row in session.exec(select(EndorsementRow))}
    assert rows[of_otto.id].participant_id == otto.participant
    assert (rows[corrected.id].participant_id, rows[corrected.id].share_link_id) == (None, None)
    assert rows[corrected.id].supersedes_id == of_sani.id
    assert badges[of_otto.id].credential_row_id == otto.rows["digi-turva"]
    assert badges[corrected.id].credential_row_id is None
    assert (signed[corrected.id].document, signed[corrected.id].credential_row_id) == (None, None)
    assert done.replayed is not None
    assert done.replayed.not_redone == {}
    assert [one for one in examine(rooms) if one.about != "duty"] == []


def test_what_was_superseded_after_the_backup_is_revoked_again(
    world: World, restored: Restoring, tmp_path: Path, second_place: Path
) -> None:
    """The endorsement is in the backup, its end is not: after the restore the file that somebody has is revoked."""
    college = new_college(world, own_issuer=True)
    sani = sharer(world, "digi-turva")
    made = decide(world, college, sani)
    (endorsement,) = world.rooms.endorsing.endorse(college.provider.organisation, made.id, actor="test")
    backup = backup_of(world, tmp_path / "backup.okb")
    decide(world, college, sani, decided=Decided.NOT_NOW, supersedes=made.id, correction="Kesken.")
    copy(world, second_place)
    again, _ = restored(backup, second_place)
    assert again.rooms.verify(endorsement.document).verdict == "REVOKED"


def test_a_decision_stands_without_the_link_that_showed_the_badges(
    world: World, restored: Restoring, tmp_path: Path, second_place: Path
) -> None:
    """A link can be gone, and its holder with it, while the decision is kept of somebody else of the same passport."""
    college = new_college(world)
    sani, other = sharer(world, "digi-turva"), sharer(world, "digi-turva")
    backup = backup_of(world, tmp_path / "backup.okb")
    made = decide(world, college, sani, link=new_link(world, other))
    copy(world, second_place)
    erase(world, str(other.participant))
    copy(world, second_place)
    again, _ = restored(backup, second_place)
    with again.rooms.database.read() as session:
        row = session.get_one(DecisionRow, made.id)
    assert (row.participant_id, row.share_link_id) == (sani.participant, None)
