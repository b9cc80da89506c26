"""An e-mail address in a passport: added, confirmed, taken away, and the link that is sent there."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import structlog
from sqlmodel import SQLModel, func, select

from okbadges.errors import Conflict, Gone, InvalidInput, TooManyRequests
from okbadges.organisations.workshops import find_organisation
from okbadges.passport.erasure import erase_participant
from okbadges.passport.joining import join_passports
from okbadges.passport.mail import (
    ADDED,
    CODES,
    FROM_ONE_PLACE,
    TO_ONE_ADDRESS,
    add_mail,
    ask_for_link,
    confirm_mail,
    holder_of_link,
    mail_of,
    remove_mail,
    use_link,
)
from okbadges.passport.outbox import TRY_AGAIN_AFTER, Sent
from okbadges.passport.own_data import own_data
from okbadges.storage.tables import FailureRow, OutgoingMailRow, PassportMailRow
from support.groups import Journal
from support.leaks import traces
from support.learners import new_participant
from support.passport import holder_of, new_card, two_people
from support.smtp import mailing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from structlog.typing import EventDict

    from okbadges.passport.holder import Holder
    from okbadges.passport.mail import PassportMail
    from support.smtp import Mailing
    from support.world import World

SANI = "sani@posti.example"


@pytest.fixture
def mails(world: World) -> Iterator[Mailing]:
    """Return an installation that has mail."""
    with mailing(world) as found:
        yield found


@pytest.fixture
def holder(world: World) -> Holder:
    """Return Sani in her open passport."""
    return holder_of(world, new_card(world, new_participant(world)))


@pytest.fixture
def log() -> Iterator[list[EventDict]]:
    """Return what is logged."""
    with structlog.testing.capture_logs() as logged:
        yield logged


def add(world: World, holder: Holder, address: str = SANI, language: str = "fi") -> None:
    """Let a holder add an address."""
    rooms = world.rooms
    add_mail(rooms.writer, rooms.stamp("holder"), rooms.secrets, rooms.failures, holder, address, language=language)


def confirm(world: World, holder: Holder, code: str) -> None:
    """Let a holder type a code."""
    rooms = world.rooms
    confirm_mail(rooms.writer, rooms.stamp("holder"), rooms.secrets, rooms.failures, holder, code)


def ask(world: World, address: str = SANI, *, asked_from: str = "192.0.2.1") -> None:
    """Let somebody ask for a link."""
    rooms = world.rooms
    ask_for_link(
        rooms.writer,
        rooms.stamp("guest"),
        rooms.secrets,
        rooms.failures,
        address,
        language="en",
        asked_from=asked_from,
    )


def use(world: World, token: str) -> Holder:
    """Open a passport with a mailed link."""
    found = opened_by(world, token)
    assert found is not None
    use_link(world.rooms.writer, world.rooms.stamp("holder"), token, found)
    return found


def opened_by(world: World, token: str) -> Holder | None:
    """Return whose passport a link opens."""
    with world.rooms.database.read() as session:
        return holder_of_link(session, token, now=world.clock())


def confirmed(mails: Mailing, holder: Holder, address: str = SANI) -> None:
    """Let a holder add and confirm an address."""
    add(mails.world, holder, address)
    assert mails.deliver().sent == 1
    confirm(mails.world, holder, mails.code())


def link(mails: Mailing, address: str = SANI) -> str:
    """Ask for a link and return its token."""
    ask(mails.world, address)
    assert mails.deliver().sent == 1
    return token_of(mails)


def token_of(mails: Mailing) -> str:
    """Return the token in the newest letter."""
    return mails.link().rpartition("/")[2].partition("?")[0]


def kept(world: World, holder: Holder) -> PassportMail | None:
    """Return the address of a passport."""
    with world.rooms.database.read() as session:
        return mail_of(session, world.rooms.secrets, holder)


def rows(world: World, table: type[SQLModel]) -> int:
    """Return how many rows a table has."""
    with world.rooms.database.read() as session:
        return session.scalars(select(func.count()).select_from(table)).one()


def test_it_works(world: World, mails: Mailing, holder: Holder) -> None:
    """Added, confirmed, asked for, opened once: five events of ids, and nothing stays on its way."""
    journal = Journal(world)
    confirmed(mails, holder)
    assert kept(world, holder) is not None
    world.clock.move(days=90)
    token = link(mails)
    assert use(world, token).passport_id == holder.passport_id
    assert rows(world, OutgoingMailRow) == 0
    assert [one.to for one in mails.server.letters] == [SANI, SANI]
    assert [one.letter["Subject"] for one in mails.server.letters] == ["Osaamispassi"] * 2
    assert journal.actions() == ["mail.added", "mail.confirmed", "mail-link.made", "mail-link.used"]


def test_the_database_and_the_journal_do_not_tell_the_address(world: World, holder: Holder) -> None:
    """Not before it is sent, and not after: it is sealed and found by an HMAC."""
    add(world, holder)
    ask(world)
    secret = traces(SANI.encode())
    with world.rooms.database.read() as session:
        for name, table in SQLModel.metadata.tables.items():
            for row in session.connection().execute(table.select()):
                for value in row:
                    plain = value if isinstance(value, bytes) else str(value).encode()
                    assert not any(trace in plain for trace in secret), name


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_letters_tell_nothing_but_what_they_are_for(
    world: World, mails: Mailing, holder: Holder, language: str
) -> None:
    """In the language in which the address was added: no name, no badge, no organisation, and the link says the language."""
    add(world, holder, language=language)
    mails.deliver()
    confirm(world, holder, mails.code())
    link(mails)
    assert mails.link().endswith(f"?lang={language}")
    hello = {"fi": "Hei!", "sv": "Hej!", "en": "Hello!"}[language]
    for one in mails.server.letters:
        assert one.text.startswith(hello)
        assert one.letter.get_content_type() == "text/plain"
        for word in ("Sani", "Kemi", "paja", "merkki", "märke", "badge"):
            assert word not in one.text.replace(world.rooms.base_url, "")


def test_an_unknown_address_takes_the_same_work(world: World, mails: Mailing, holder: Holder) -> None:
    """While somebody waits for the answer nothing is looked up: one row is written, whatever the address. Then nobody gets a letter."""
    confirmed(mails, holder)
    before = rows(world, FailureRow)
    ask(world, "nobody@posti.example")
    assert (rows(world, OutgoingMailRow), rows(world, FailureRow) - before) == (1, 2)
    assert mails.deliver() == Sent()
    assert rows(world, OutgoingMailRow) == 0
    assert len(mails.server.letters) == 1
    journal = Journal(world)
    ask(world, "nobody@posti.example")
    mails.deliver()
    assert journal.actions() == []


def test_an_address_that_is_not_confirmed_is_none(world: World, mails: Mailing, holder: Holder) -> None:
    """No link goes there, and after a quarter of an hour it is forgotten."""
    add(world, holder)
    mails.deliver()
    ask(world)
    assert mails.deliver() == Sent()
    world.clock.move(minutes=15)
    with pytest.raises(Gone, match="15 minutes"):
        confirm(world, holder, mails.code())
    mails.deliver()
    assert kept(world, holder) is None


def test_a_link_opens_once(world: World, mails: Mailing, holder: Holder) -> None:
    """Looking does not use it up; a replay finds it used; of two at once one does."""
    confirmed(mails, holder)
    token = link(mails)
    assert opened_by(world, token) == opened_by(world, token) == holder

    def once(_: int) -> bool:
        try:
            use_link(world.rooms.writer, world.rooms.stamp("holder"), token, holder)
        except Gone:
            return False
        return True

    with ThreadPoolExecutor(4) as many:
        assert sorted(many.map(once, range(4))) == [False, False, False, True]
    with pytest.raises(Gone, match="used already"):
        opened_by(world, token)


def test_a_link_lasts_half_an_hour(world: World, mails: Mailing, holder: Holder) -> None:
    """And a newer one ends it."""
    confirmed(mails, holder)
    first = link(mails)
    second = link(mails)
    with pytest.raises(Gone):
        opened_by(world, first)
    world.clock.move(minutes=29)
    assert opened_by(world, second) == holder
    world.clock.move(minutes=1)
    with pytest.raises(Gone):
        use_link(world.rooms.writer, world.rooms.stamp("holder"), second, holder)


@pytest.mark.parametrize("token", ["", "nope", "a" * 27, "é" * 27, "\0"])
def test_what_is_no_link_opens_nothing(world: World, mails: Mailing, holder: Holder, token: str) -> None:
    """It is answered as one that has ended."""
    confirmed(mails, holder)
    with pytest.raises(Gone):
        opened_by(world, token)


def test_wrong_codes_are_counted(world: World, mails: Mailing, holder: Holder) -> None:
    """Five tries, right or wrong; then not even the right one is looked at, and a new code begins no new count."""
    add(world, holder)
    mails.deliver()
    wrong = f"{(int(mails.code()) + 1) % 1_000_000:06d}"
    for typed in [wrong] * (CODES.most - 1) + ["é"]:
        with pytest.raises(InvalidInput) as refused:
            confirm(world, holder, typed)
        assert (refused.value.code, refused.value.field) == ("mail-code-wrong", "code")
    with pytest.raises(TooManyRequests):
        confirm(world, holder, mails.code())
    add(world, holder)
    mails.deliver()
    with pytest.raises(TooManyRequests):
        confirm(world, holder, mails.code())


def test_a_code_is_of_its_address(world: World, mails: Mailing, holder: Holder) -> None:
    """Whoever mistyped begins anew, and the code of the first letter does not confirm the second address; nor does another passport's."""
    add(world, holder, "other@posti.example")
    mails.deliver()
    first = mails.code()
    add(world, holder)
    mails.deliver()
    assert mails.code() != first
    with pytest.raises(InvalidInput):
        confirm(world, holder, first)
    confirm(world, holder, f" {mails.code()[:3]} {mails.code()[3:]} ")
    found = kept(world, holder)
    assert found is not None
    assert found.address == SANI


def test_a_passport_has_one_address(world: World, mails: Mailing, holder: Holder) -> None:
    """Another one is added after the first was taken away; confirming again changes nothing."""
    confirmed(mails, holder)
    journal = Journal(world)
    with pytest.raises(Conflict) as refused:
        add(world, holder, "other@posti.example")
    assert refused.value.code == "mail-there"
    confirm(world, holder, "000000")
    assert journal.actions() == []
    remove(world, holder)
    remove(world, holder)
    assert journal.actions() == ["mail.removed"]
    assert kept(world, holder) is None


def remove(world: World, holder: Holder) -> None:
    """Let a holder take the address away."""
    remove_mail(world.rooms.writer, world.rooms.stamp("holder"), holder)


def test_what_is_removed_gets_no_letter(world: World, mails: Mailing, holder: Holder) -> None:
    """Neither one that waits nor one that is asked for later; and a link that was sent is dead."""
    confirmed(mails, holder)
    token = link(mails)
    remove(world, holder)
    with pytest.raises(Gone):
        opened_by(world, token)
    ask(world)
    add(world, holder)
    remove(world, holder)
    assert mails.deliver() == Sent()


def test_two_passports_may_have_one_address(world: World, mails: Mailing) -> None:
    """A family's, for example: each gets a link of its own."""
    holders = [holder_of(world, new_card(world, one)) for one in two_people(world)]
    for one in holders:
        confirmed(mails, one)
    ask(world)
    assert mails.deliver().sent == 2
    tokens = [one.text.partition("/p/mail/")[2].partition("?")[0] for one in mails.server.letters[-2:]]
    assert {use(world, token).passport_id for token in tokens} == {one.passport_id for one in holders}


def test_a_new_card_ends_it(world: World, mails: Mailing) -> None:
    """Whoever found the card may have added an address of their own: it goes with the card, and so does a link."""
    sani = new_participant(world)
    holder = holder_of(world, new_card(world, sani))
    confirmed(mails, holder)
    token = link(mails)
    again = holder_of(world, new_card(world, sani))
    assert kept(world, again) is None
    with pytest.raises(Gone):
        opened_by(world, token)
    with pytest.raises(Gone, match="replaced"):
        add(world, holder)
    confirmed(mails, again)


def test_joining_ends_that_of_the_other_passport(world: World, mails: Mailing) -> None:
    """Nobody opens that one any more; the address of the passport that stays is still there."""
    cards = [new_card(world, one) for one in two_people(world)]
    sani, eino = (holder_of(world, card) for card in cards)
    confirmed(mails, sani)
    confirmed(mails, eino, "eino@posti.example")
    join_passports(world.rooms.writer, world.rooms.stamp("holder"), sani, cards[1].id)
    assert rows(world, PassportMailRow) == 1
    assert kept(world, sani) is not None


def test_it_is_erased_with_the_person(world: World, mails: Mailing, holder: Holder) -> None:
    """The address, and a letter that is on its way."""
    confirmed(mails, holder)
    ask(world)
    mails.server.refuses["RCPT"] = "451 later"
    mails.deliver()
    assert (rows(world, PassportMailRow), rows(world, OutgoingMailRow)) == (1, 1)
    with world.rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    erase_participant(
        world.rooms.writer, world.rooms.stamp("holder"), organisation=kemi, participant_id=holder.participants[0]
    )
    assert (rows(world, PassportMailRow), rows(world, OutgoingMailRow)) == (0, 0)


def test_own_data_tells_it(world: World, mails: Mailing, holder: Holder) -> None:
    """The address, when it was added, in which words it was asked for, and whether a letter is on its way; no code, no token."""
    add(world, holder)
    with world.rooms.database.read() as session:
        told = own_data(session, world.rooms.secrets, holder)["passport"]["mail"]
    assert told == json.loads(json.dumps(told))
    assert (told["address"], told["confirmed_at"], told["letters_on_their_way"]) == (SANI, None, 1)
    mails.deliver()
    assert mails.code() not in json.dumps(told)


def test_one_address_gets_few_letters(world: World, holder: Holder) -> None:
    """Asked for or added, known or not, in any spelling: after five the next are refused for a while."""
    for spelt in (SANI, "SANI@posti.example", " sani@POSTI.example ", SANI, SANI)[: TO_ONE_ADDRESS.most]:
        ask(world, spelt)
    with pytest.raises(TooManyRequests):
        ask(world, asked_from="192.0.2.2")
    with pytest.raises(TooManyRequests):
        add(world, holder)
    world.clock.move(minutes=31)
    ask(world)


def test_one_place_and_one_passport_ask_for_few(world: World, holder: Holder) -> None:
    """Nobody tries many addresses, and nobody sends codes to many strangers."""
    for number in range(FROM_ONE_PLACE.most):
        ask(world, f"a{number}@posti.example")
    with pytest.raises(TooManyRequests):
        ask(world, "b@posti.example")
    for number in range(ADDED.most):
        add(world, holder, f"c{number}@posti.example")
    with pytest.raises(TooManyRequests):
        add(world, holder)
    assert rows(world, PassportMailRow) == 1


@pytest.mark.parametrize("typed", ["", "sani", "sani@posti.example\r\nBcc: x@posti.example", "a@b"])
def test_what_is_no_address_is_refused(world: World, holder: Holder, typed: str) -> None:
    """At both doors, and it counts as nothing."""
    with pytest.raises(InvalidInput) as refused:
        add(world, holder, typed)
    assert refused.value.field == "address"
    with pytest.raises(InvalidInput):
        ask(world, typed)
    assert (rows(world, OutgoingMailRow), rows(world, FailureRow)) == (0, 0)


def test_a_server_that_is_down_is_tried_again(
    world: World, mails: Mailing, holder: Holder, log: list[EventDict]
) -> None:
    """Later and later; a letter that comes through then works. The log tells the code, and nothing of the letter."""
    add(world, holder)
    mails.server.refuses["CONNECT"] = "421 later"
    assert mails.deliver() == Sent(put_off=1)
    assert mails.deliver() == Sent()
    world.clock.move(minutes=1)
    mails.server.refuses.clear()
    assert mails.deliver() == Sent(sent=1)
    confirm(world, holder, mails.code())
    assert [(one["event"], one["code"]) for one in log] == [("mail-put-off", "mail-refused")]
    assert SANI not in str(log)


def test_a_letter_is_given_up_at_last(world: World, mails: Mailing, holder: Holder, log: list[EventDict]) -> None:
    """After four tries, or at once when the server will never take it: then nothing of it is kept."""
    add(world, holder)
    mails.server.refuses["RCPT"] = "451 later"
    for pause in TRY_AGAIN_AFTER:
        assert mails.deliver() == Sent(put_off=1)
        world.clock.move(minutes=pause.total_seconds() / 60)
    assert mails.deliver() == Sent(given_up=1)
    assert rows(world, OutgoingMailRow) == 0
    add(world, holder)
    mails.server.refuses["RCPT"] = "550 unknown"
    assert mails.deliver() == Sent(given_up=1)
    assert rows(world, OutgoingMailRow) == 0
    assert [one["event"] for one in log] == ["mail-put-off"] * 3 + ["mail-given-up"] * 2


def test_a_letter_that_nobody_takes_does_not_hold_the_others_up(world: World, mails: Mailing) -> None:
    """Only a server that does not answer makes them wait for the next run."""
    sani, eino = (holder_of(world, new_card(world, one)) for one in two_people(world))
    add(world, sani)
    add(world, eino, "eino@posti.example")
    mails.server.refuses["MAIL"] = "550 no"
    assert mails.deliver() == Sent(given_up=2)
    add(world, sani)
    add(world, eino, "eino@posti.example")
    mails.server.refuses["MAIL"] = "451 later"
    assert mails.deliver() == Sent(put_off=1)
    mails.server.refuses.clear()
    assert mails.deliver() == Sent(sent=1)
