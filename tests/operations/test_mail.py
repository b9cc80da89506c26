"""E-mail addresses of passports in the operator's hands: what a restore does with them, the duty that sends letters, and the settings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlmodel import select

from okbadges.building import build_rooms
from okbadges.errors import ConfigurationError
from okbadges.operations.duties import Duties
from okbadges.operations.plan import MAIL, duties_of
from okbadges.pages.letters import wording
from okbadges.passport.mail import add_mail, ask_for_link, confirm_mail, remove_mail
from okbadges.settings import described, load_settings
from okbadges.storage.tables import PassportMailRow
from support.learners import new_group, new_participant
from support.passport import holder_of, new_card
from support.restoring import backup_of, copy
from support.smtp import mailing
from support.world import SECRET, settings_for

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator
    from pathlib import Path

    from okbadges.passport.holder import Holder
    from operations.test_restore import Restoring
    from support.smtp import Mailing
    from support.world import World

SMTP = {"smtp_url": "smtp://localhost:25", "mail_from": "osaamispassi@badges.example"}


@pytest.fixture
def mails(world: World) -> Iterator[Mailing]:
    """Return an installation that has mail."""
    with mailing(world) as found:
        yield found


def with_mail(mails: Mailing, participant: uuid.UUID, address: str) -> Holder:
    """Return the holder of a passport with a confirmed address."""
    world = mails.world
    rooms, holder = world.rooms, holder_of(world, new_card(world, participant))
    add_mail(rooms.writer, rooms.stamp("holder"), rooms.secrets, rooms.failures, holder, address, language="fi")
    mails.deliver()
    confirm_mail(rooms.writer, rooms.stamp("holder"), rooms.secrets, rooms.failures, holder, mails.code())
    return holder


def test_an_address_that_ended_after_the_backup_stays_away(
    world: World, mails: Mailing, restored: Restoring, tmp_path: Path, second_place: Path
) -> None:
    """Taken away, or ended with its card: it does not come back; one that stayed still works; one that is new is named as lost."""
    group = new_group(world)
    people = [new_participant(world, group, name) for name in ("Sani", "Eino", "Aino", "Otto")]
    stays, removed, carded = (with_mail(mails, one, f"a{at}@posti.example") for at, one in enumerate(people[:3]))
    backup = backup_of(world, tmp_path / "backup.okb")
    world.clock.move(minutes=1)
    remove_mail(world.rooms.writer, world.rooms.stamp("holder"), removed)
    new_card(world, people[2])
    with_mail(mails, people[3], "new@posti.example")
    copy(world, second_place)
    for file in second_place.rglob("*"):
        assert b"posti.example" not in (file.read_bytes() if file.is_file() else b"")
    again, done = restored(backup, second_place)
    with again.rooms.database.read() as session:
        assert session.exec(select(PassportMailRow.passport_id)).all() == [stays.passport_id]
    assert carded.passport_id != stays.passport_id
    assert done.replayed is not None
    assert set(done.replayed.not_redone) == {"mail.added", "mail.confirmed"}


def test_the_duty_sends_letters(world: World, mails: Mailing) -> None:
    """In the words of the pages, by one of all processes; a second look at once sends nothing again."""
    with_mail(mails, new_participant(world), "sani@posti.example")
    rooms = world.rooms
    ask_for_link(
        rooms.writer,
        rooms.stamp("guest"),
        rooms.secrets,
        rooms.failures,
        "sani@posti.example",
        language="en",
        asked_from="192.0.2.1",
    )
    plan = [one for one in duties_of(rooms, wording(world.app)) if one.name == MAIL]
    duties = Duties(rooms.database, rooms.writer, plan, now=world.clock)
    duties.do_what_is_due()
    duties.do_what_is_due()
    assert len(mails.server.letters) == 2
    assert mails.server.newest().text.startswith("Hei!")
    assert MAIL not in {one.name for one in duties_of(replace(rooms, post=None))}


def test_settings_make_a_way_out(ground: tuple[str, object], tmp_path: Path) -> None:
    """Both settings, the password from a file that is private; a demo never writes to anybody."""
    file = tmp_path / "smtp"
    file.write_text("okbadges:a secret\n")
    file.chmod(0o600)
    settings = load_settings(database_url=ground[0], secret=SECRET, smtp_password_file=file, **SMTP)
    for demo, there in ((False, True), (True, False)):
        rooms = build_rooms(settings, demo=demo)
        assert (rooms.post is not None) is there
        rooms.writer.close()
        rooms.database.close()
    assert ("OKBADGES_SMTP_URL", "********") in [row[:2] for row in described(settings, {})]
    rooms = build_rooms(settings_for(ground[0]), demo=False)
    assert rooms.post is None
    rooms.writer.close()
    rooms.database.close()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"smtp_url": SMTP["smtp_url"]}, "belong together"),
        ({"mail_from": SMTP["mail_from"]}, "belong together"),
        ({**SMTP, "mail_from": "x"}, "must be an e-mail address"),
        ({**SMTP, "smtp_url": "http://mail.example"}, "must look like"),
        ({**SMTP, "smtp_password_file": "/nowhere/at/all"}, "cannot be read"),
    ],
)
def test_half_of_it_stops_the_start(tmp_path: Path, given: dict[str, str], said: str) -> None:
    """In one sentence that names the variable."""
    settings = load_settings(database_url=f"sqlite:///{tmp_path}/x.sqlite3", secret=SECRET, **given)
    with pytest.raises(ConfigurationError, match=said):
        build_rooms(settings, demo=False)


def test_a_password_file_that_others_read_stops_the_start(tmp_path: Path) -> None:
    """As every other secret."""
    file = tmp_path / "smtp"
    file.write_text("okbadges:a secret")
    file.chmod(0o644)
    settings = load_settings(
        database_url=f"sqlite:///{tmp_path}/x.sqlite3", secret=SECRET, smtp_password_file=file, **SMTP
    )
    with pytest.raises(ConfigurationError, match="chmod 600"):
        build_rooms(settings, demo=False)
