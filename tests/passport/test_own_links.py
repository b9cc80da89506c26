"""The holder's own links: made of their own badges alone, seen, and taken back for good."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import select

from okbadges.errors import Gone, InvalidInput, NotFound, OkbadgesError
from okbadges.issuing.links import Links
from okbadges.organisations.consents import Consenting, consents_of
from okbadges.passport.accepting import Decision
from okbadges.passport.own_links import Shown, make_link, own_links, withdraw_link
from okbadges.passport.sharing import Purpose, as_it_would_open, open_own_link
from okbadges.passport.shown_words import shown_name
from okbadges.storage.tables import ShareLinkRow
from support.groups import Journal
from support.passport import holder_of, new_card, say
from support.sharing import BADGES, NO_LINK, Sharer, everything, new_link, sharer, wanted

if TYPE_CHECKING:
    from okbadges.passport.own_links import OwnLink
    from support.world import World


def links_of(world: World, sani: Sharer) -> list[OwnLink]:
    """Return the open links of somebody."""
    with world.rooms.database.read() as session:
        return own_links(session, sani.holder.participants, now=world.clock())


def withdrawn(world: World, sani: Sharer, link: uuid.UUID) -> None:
    """Let somebody take a link back."""
    withdraw_link(world.rooms.writer, world.rooms.stamp("holder"), sani.holder.participants, link)


def row(world: World, link: uuid.UUID) -> ShareLinkRow:
    """Return what is kept of a link."""
    with world.rooms.database.read() as session:
        return session.exec(select(ShareLinkRow).where(ShareLinkRow.id == link)).one()


def refusal(world: World, sani: Sharer, **changes: Any) -> tuple[str, str | None]:
    """Return code and field with which a link is refused; nothing may have been made or told."""
    journal = Journal(world)
    with pytest.raises(OkbadgesError) as refused:
        new_link(world, sani, **changes)
    assert journal.actions() == []
    assert links_of(world, sani) == []
    return refused.value.code, refused.value.field


def test_it_works(world: World) -> None:
    """Making a link is one event and the consent to it; its owner sees what it shows, until when, for whom."""
    sani = sharer(world)
    journal = Journal(world)
    link = new_link(world, sani, purpose=Purpose.STUDY_PLAN, shows=everything(), name=" Sani ")
    (told,) = journal.news()
    assert told == (
        "share-link.made",
        f"share-link:{link}",
        {"purpose": "study-plan", "badges": 3, "shows": "day endorsement evidence own-words"},
    )
    (own,) = links_of(world, sani)
    assert (own.id, own.purpose, own.badges, own.has_name) == (link, Purpose.STUDY_PLAN, 3, True)
    assert own.shows == everything()
    with world.rooms.database.read() as session:
        given = [one for one in consents_of(session, [sani.participant]) if one.purpose is Consenting.SHARING]
        assert shown_name(session, world.rooms.secrets, link) == "Sani"
    assert [(one.share_link_id, one.withdrawn_at) for one in given] == [(link, None)]


def test_a_name_is_sealed_and_never_told(world: World) -> None:
    """What the holder typed stands neither in the table nor in the journal."""
    sani = sharer(world, "digi-turva")
    journal = Journal(world)
    link = new_link(world, sani, name="Xanthippa")
    assert b"Xanthippa" not in (row(world, link).sealed_name or b"")
    assert "Xanthippa" not in str(journal.news())


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"credentials": ()}, ("no-badges", "badges")),
        ({"credentials": tuple(uuid.UUID(int=number) for number in range(51))}, ("too-many-badges", "badges")),
        ({"credentials": (NO_LINK,)}, ("unknown-credential", None)),
        ({"name": "010190-123A"}, ("label-identity-code", "name")),
        ({"name": "sani@example.org"}, ("label-email", "name")),
        ({"name": "www.example.org"}, ("label-web-address", "name")),
        ({"name": "Sani 040 123 4567"}, ("label-long-number", "name")),
        ({"name": "Sa\0ni"}, ("share-name", "name")),
        ({"name": "Sani\u202e"}, ("share-name", "name")),
        ({"name": "Sani\nAito"}, ("share-name", "name")),
        ({"name": "S" * 81}, ("share-name", "name")),
        ({"name": "S" * 100_000}, ("share-name", "name")),
    ],
)
def test_what_may_not_be_shared_is_refused(world: World, changes: dict[str, Any], expected: tuple[str, str]) -> None:
    """Nothing, too much, what is nobody's, and a name that identifies somebody elsewhere or hides something."""
    assert refusal(world, sharer(world, "digi-turva"), **changes) == expected


@pytest.mark.parametrize("days", [-1, 366, 367, 40_000])
def test_a_last_day_is_within_a_year(world: World, days: int) -> None:
    """A day that was, or one beyond a year, is refused."""
    sani = sharer(world, "digi-turva")
    day = world.clock().date() + timedelta(days=days)
    assert refusal(world, sani, expires_on=day) == ("share-expiry", "expires_on")


@pytest.mark.parametrize("decision", [Decision.HIDE, Decision.DECLINE])
def test_only_what_is_accepted_and_not_hidden_can_be_shared(world: World, decision: Decision) -> None:
    """A badge that was put away cannot be in a new link, nor one that nobody took yet."""
    sani = sharer(world, "digi-turva", "arki-ruoka")
    say(world, sani.participant, sani.rows["arki-ruoka"], decision)
    assert refusal(world, sani) == ("unknown-credential", None)
    assert refusal(world, sharer(world, "digi-turva", accepted=False)) == ("unknown-credential", None)


def test_nobody_shares_the_badges_of_others(world: World) -> None:
    """A foreign key is answered as one that there is not."""
    sani, veikko = sharer(world, "digi-turva"), sharer(world, "arki-ruoka")
    both = (*sani.rows.values(), *veikko.rows.values())
    assert refusal(world, sani, credentials=both) == ("unknown-credential", None)
    with world.rooms.database.read() as session, pytest.raises(NotFound):
        as_it_would_open(session, sani.holder, wanted(world, veikko), now=world.clock())


def test_a_preview_makes_nothing(world: World) -> None:
    """It shows what the link would show, and leaves no trace."""
    sani = sharer(world)
    journal = Journal(world)
    with world.rooms.database.read() as session:
        seen = as_it_would_open(session, sani.holder, wanted(world, sani), now=world.clock())
    assert [one.badge.slug for one in seen.credentials] == list(BADGES)
    assert [one.teacher_facts for one in seen.credentials] == [None, None, None]
    assert journal.actions() == []
    assert links_of(world, sani) == []


def test_a_badge_that_is_named_twice_is_shown_once(world: World) -> None:
    """The order is that of the first mention."""
    sani = sharer(world, "digi-turva", "arki-ruoka")
    first, second = sani.rows.values()
    link = new_link(world, sani, credentials=(second, first, second))
    with world.rooms.database.read() as session:
        opened = open_own_link(session, sani.holder.participants, link, now=world.clock())
    assert [one.badge.slug for one in opened.credentials] == ["arki-ruoka", "digi-turva"]


def test_sending_twice_makes_one_link(world: World) -> None:
    """The same form, sent by an impatient thumb in any number, makes one link and tells it once."""
    sani = sharer(world, "digi-turva")
    rooms, key = world.rooms, world.rooms.stamp("holder").row_id()
    journal = Journal(world)

    def send(_: int) -> uuid.UUID:
        links = Links(rooms.secrets, rooms.base_url)
        stamp = rooms.stamp("holder")
        return make_link(rooms.writer, stamp, links, sani.holder, wanted(world, sani), link_id=key)

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(send, range(4))) == {key}
    assert journal.actions() == ["share-link.made"]
    assert len(links_of(world, sani)) == 1


def test_a_key_of_others_makes_nothing(world: World) -> None:
    """Whoever names the key of somebody else's link gets nothing of it."""
    sani, veikko = sharer(world, "digi-turva"), sharer(world, "arki-ruoka")
    link = new_link(world, sani)
    links = Links(world.rooms.secrets, world.rooms.base_url)
    stamp = world.rooms.stamp("holder")
    with pytest.raises(NotFound) as refused:
        make_link(world.rooms.writer, stamp, links, veikko.holder, wanted(world, veikko), link_id=link)
    assert refused.value.code == "unknown-share-link"
    assert links_of(world, veikko) == []


def test_taking_back_is_for_good(world: World) -> None:
    """It is told once, ends the consent, and wipes the name; again it changes nothing."""
    sani = sharer(world, "digi-turva")
    link = new_link(world, sani, name="Sani")
    journal = Journal(world)
    withdrawn(world, sani, link)
    withdrawn(world, sani, link)
    assert journal.actions() == ["share-link.withdrawn"]
    assert links_of(world, sani) == []
    assert row(world, link).sealed_name is None
    with world.rooms.database.read() as session:
        given = [one for one in consents_of(session, [sani.participant]) if one.purpose is Consenting.SHARING]
        assert [one.withdrawn_at is not None for one in given] == [True]
        with pytest.raises(Gone):
            open_own_link(session, sani.holder.participants, link, now=world.clock())


def test_nobody_takes_back_or_opens_the_links_of_others(world: World) -> None:
    """The link of another holder is as one that there is not, and goes on."""
    sani, veikko = sharer(world, "digi-turva"), sharer(world, "arki-ruoka")
    link = new_link(world, sani)
    for unknown in (link, NO_LINK):
        with pytest.raises(NotFound):
            withdrawn(world, veikko, unknown)
        with world.rooms.database.read() as session, pytest.raises(NotFound):
            open_own_link(session, veikko.holder.participants, unknown, now=world.clock())
    assert [one.id for one in links_of(world, sani)] == [link]


def test_a_list_counts_what_is_shown_now(world: World) -> None:
    """What was put away meanwhile is not counted; a link that shows nothing else is taken back with it, and stays so."""
    sani = sharer(world, "digi-turva", "arki-ruoka")
    link = new_link(world, sani)
    say(world, sani.participant, sani.rows["digi-turva"], Decision.HIDE)
    assert [one.badges for one in links_of(world, sani)] == [1]
    say(world, sani.participant, sani.rows["arki-ruoka"], Decision.HIDE)
    assert links_of(world, sani) == []
    with world.rooms.database.read() as session, pytest.raises(Gone):
        open_own_link(session, sani.holder.participants, link, now=world.clock())
    journal = Journal(world)
    withdrawn(world, sani, link)
    assert journal.news() == []


@pytest.mark.parametrize(
    ("away", "back", "action"),
    [
        (Decision.HIDE, Decision.SHOW, "credential.hidden"),
        (Decision.DECLINE, Decision.ACCEPT, "credential.declined"),
    ],
)
def test_what_is_put_away_leaves_every_link_for_good(world: World, away: Decision, back: Decision, action: str) -> None:
    """One event says how many; a link that shows nothing else ends with its consent and its name; taken back, the badge is on none."""
    sani = sharer(world, "digi-turva", "arki-ruoka")
    first = sani.rows["digi-turva"]
    both, alone = new_link(world, sani), new_link(world, sani, credentials=(first,), name="Sani")
    journal = Journal(world)
    say(world, sani.participant, first, away)
    [(told, _, details)] = journal.news()
    assert (told, details) == (action, {"how": "passport", "links": 2, "withdrawn": 1})
    assert (row(world, alone).withdrawn_at, row(world, alone).sealed_name) == (world.clock(), None)
    with world.rooms.database.read() as session:
        shared = [one for one in consents_of(session, [sani.participant]) if one.purpose is Consenting.SHARING]
    assert {one.share_link_id: one.withdrawn_at is None for one in shared} == {both: True, alone: False}
    world.clock.move(minutes=1)
    say(world, sani.participant, first, back)
    assert [(one.id, one.badges) for one in links_of(world, sani)] == [(both, 1)]
    assert [details for _, _, details in journal.news()] == [{"how": "passport"}]
    new = new_link(world, sani)
    assert {one.id: one.badges for one in links_of(world, sani)} == {both: 1, new: 2}


def test_a_link_made_at_issue_is_their_own_too(world: World) -> None:
    """It stands in the list, shows nothing beside the badge, and can be taken back."""
    issued = world.issue(share={"purpose": "other", "expires_on": "2026-12-31"})
    holder = holder_of(world, new_card(world, uuid.UUID(issued["participant"])))
    with world.rooms.database.read() as session:
        (own,) = own_links(session, holder.participants, now=world.clock())
    assert (own.purpose, own.shows, own.has_name, own.badges) == (Purpose.OTHER, frozenset(), False, 1)
    withdraw_link(world.rooms.writer, world.rooms.stamp("holder"), holder.participants, own.id)
    assert world.client.get(issued["share_link"]).status_code == 410


def test_a_purpose_is_the_only_thing_that_brings_more(world: World) -> None:
    """Nothing is shown beside the badges unless the holder says so."""
    with pytest.raises(ValueError, match="somewhere"):
        Shown("somewhere")
    sani = sharer(world, "digi-turva")
    new_link(world, sani)
    assert [one.shows for one in links_of(world, sani)] == [frozenset()]
    with pytest.raises(InvalidInput):
        new_link(world, sani, credentials=())
