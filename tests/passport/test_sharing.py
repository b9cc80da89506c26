"""Share links: who sees what, until when, and what a taken-back link says."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlmodel import select

from okbadges.catalogue.shelf import latest_badge
from okbadges.errors import Gone, NotFound
from okbadges.passport.accepting import Decision
from okbadges.passport.claiming import open_claim_link
from okbadges.passport.own_links import Shown
from okbadges.passport.sharing import Purpose, open_share_link
from okbadges.passport.shown_evidence import name_on_link, open_own_evidence, open_shown_evidence, shown_evidence
from okbadges.passport.shown_words import shown_words
from okbadges.progress.evidence_content import text_content
from okbadges.progress.steps import criterion_hash
from okbadges.storage.tables import EventRow
from support.passport import say
from support.sharing import address_of, everything, keep, new_link, sharer, write

if TYPE_CHECKING:
    import uuid

    from okbadges.passport.sharing import OpenedLink
    from support.world import World

OBSERVATION = {
    "observed_by": "instructor",
    "methods": ["observation", "task"],
    "occasions": 3,
    "observed_from": "2026-10-01",
    "observed_until": "2026-11-19",
}


def token(link: str) -> str:
    """Return the token of a link."""
    return link.rsplit("/", 1)[1]


def share(purpose: str, expires_on: str = "2026-12-31") -> dict[str, str]:
    """Return what an order asks for."""
    return {"purpose": purpose, "expires_on": expires_on}


def test_a_study_plan_link_shows_the_teacher_facts(world: World) -> None:
    """Tuula sees the organisation, the workshop, the day, the observation and the recognition record."""
    issued = world.issue(share=share("study-plan"), observation=OBSERVATION)
    with world.rooms.database.read() as session:
        opened = open_share_link(session, token(issued["share_link"]), now=world.clock())
    facts = opened.credentials[0].teacher_facts
    assert opened.purpose is Purpose.STUDY_PLAN
    assert facts is not None
    assert (facts.organisation, facts.workshop) == ("Kemin taitopaja", "Kahvila ja keittiö")
    assert facts.awarded_on == date(2026, 11, 20)
    assert facts.observation is not None
    assert facts.observation.occasions == 3
    assert facts.observation.observed_from == date(2026, 10, 1)
    assert facts.recognition_records[0].covers("ammatillisenoppiaineet_vvtd", facts.awarded_on)


@pytest.mark.parametrize("purpose", ["workplace", "other"])
def test_other_links_do_not_tell_where_it_was_earned(world: World, purpose: str) -> None:
    """An employer sees the badge and nothing of the workshop, on the page, in JSON and in the file."""
    issued = world.issue(share=share(purpose), observation=OBSERVATION)
    with world.rooms.database.read() as session:
        opened = open_share_link(session, token(issued["share_link"]), now=world.clock())
    assert opened.credentials[0].teacher_facts is None
    for accept in ("text/html", "application/json", "application/vc"):
        said = world.client.get(issued["share_link"], headers={"Accept": accept}).text
        for private in ("Kemin", "Kahvila", "2026-11-20", "20.11.2026"):
            assert private not in said


def test_a_link_ends_after_its_last_day(world: World) -> None:
    """A link opens on its last day and is gone on the next, with words that say so."""
    issued = world.issue(share=share("other", "2026-11-30"))
    world.clock.move(days=9)
    with world.rooms.database.read() as session:
        open_share_link(session, token(issued["share_link"]), now=world.clock())
        world.clock.move(days=1)
        with pytest.raises(Gone) as ended:
            open_share_link(session, token(issued["share_link"]), now=world.clock())
    assert ended.value.code == "share-ended"
    assert world.client.get(issued["share_link"]).status_code == 410
    assert world.client.get(f"{issued['share_link']}/badge.png").status_code == 410


def test_a_withdrawn_link_is_gone(world: World) -> None:
    """A link that the holder took back on the claim page is gone at once, in every form; the other links stay."""
    issued = world.issue(share=share("study-plan"))
    with world.rooms.database.read() as session:
        claimed = open_claim_link(session, token(issued["claim_link"]), now=world.clock())
    assert [(link.purpose, link.expires_on) for link in claimed.open_links] == [
        (Purpose.STUDY_PLAN, date(2026, 12, 31))
    ]
    for _ in range(2):
        taken = world.client.post(
            f"{issued['claim_link']}/links/{claimed.open_links[0].id}/withdraw", follow_redirects=False
        )
        assert taken.status_code == 200
    for accept in ("text/html", "application/json", "application/vc"):
        answer = world.client.get(issued["share_link"], headers={"Accept": accept})
        assert answer.status_code == 410
        assert issued["id"] not in answer.text
    with world.rooms.database.read() as session:
        assert open_claim_link(session, token(issued["claim_link"]), now=world.clock()).open_links == ()
        withdrawn = session.exec(select(EventRow).where(EventRow.action == "share-link.withdrawn")).all()
    assert len(withdrawn) == 1


def test_nobody_takes_back_the_links_of_another(world: World) -> None:
    """A claim link takes back the links of its own badge only."""
    otto, other = world.issue(share=share("other")), world.issue(share=share("other"))
    with world.rooms.database.read() as session:
        link = open_claim_link(session, token(other["claim_link"]), now=world.clock()).open_links[0]
    answer = world.client.post(f"{otto['claim_link']}/links/{link.id}/withdraw")
    assert answer.status_code == 404
    assert world.client.get(other["share_link"]).status_code == 200


def test_a_token_that_never_was_opens_nothing(world: World) -> None:
    """Guesses, and the token of a claim link, open no share page."""
    issued = world.issue(share=share("other"))
    with world.rooms.database.read() as session:
        for guess in ("", "a" * 27, token(issued["claim_link"]), "ä" * 10, token(issued["share_link"]) + "a"):
            with pytest.raises(NotFound):
                open_share_link(session, guess, now=world.clock())
        with pytest.raises(NotFound):
            open_claim_link(session, token(issued["share_link"]), now=world.clock())


def test_a_stolen_database_opens_no_link(world: World) -> None:
    """No token is in the database in clear."""
    issued = world.issue(share=share("other"))
    with world.rooms.database.read() as session:
        from sqlalchemy import text  # noqa: PLC0415 - only here

        dump = str([session.execute(text(f"SELECT * FROM {table}")).all() for table in ("share_links", "credentials")])  # noqa: S608 - two names of ours
    assert token(issued["share_link"]) not in dump
    assert token(issued["claim_link"]) not in dump


def test_the_claim_link_shows_the_holder_their_badge(world: World) -> None:
    """Otto opens his link, sees his badge and can carry it away."""
    issued = world.issue()
    page = world.client.get(issued["claim_link"], headers={"Accept": "text/html", "Accept-Language": "fi"})
    assert page.status_code == 200
    assert "Turvallisesti verkossa" in page.text
    carried = world.client.get(f"{issued['claim_link']}/credential.json")
    assert carried.json() == issued["credential"]


def opened(world: World, link: uuid.UUID) -> OpenedLink:
    """Open a link as whoever has its address."""
    with world.rooms.database.read() as session:
        return open_share_link(session, address_of(world, link).removeprefix("/s/"), now=world.clock())


def own_words(world: World, link: uuid.UUID) -> list[str | None]:
    """Return what a link shows of the holder's own words."""
    with world.rooms.database.read() as session:
        found = open_share_link(session, address_of(world, link).removeprefix("/s/"), now=world.clock())
        return [
            one.words
            for shared_one in found.credentials
            for one in shown_words(session, world.rooms.secrets, found, shared_one)
        ]


def pieces(world: World, link: uuid.UUID) -> list[uuid.UUID]:
    """Return which evidence a link shows."""
    rooms = world.rooms
    with rooms.database.read() as session:
        found = open_share_link(session, address_of(world, link).removeprefix("/s/"), now=world.clock())
        return [
            one.piece.id
            for shared_one in found.credentials
            for one in shown_evidence(session, rooms.secrets, found, shared_one, today=world.clock().date())
        ]


def test_a_badge_that_is_hidden_disappears_from_every_link(world: World) -> None:
    """Of three badges one is hidden: two are left; when all are, the link is gone, and stays so when one is shown again."""
    sani = sharer(world)
    link = new_link(world, sani)
    hidden, *others = sani.rows
    say(world, sani.participant, sani.rows[hidden], Decision.HIDE)
    assert [one.badge.slug for one in opened(world, link).credentials] == others
    for badge in others:
        say(world, sani.participant, sani.rows[badge], Decision.HIDE)
    with pytest.raises(Gone) as gone:
        opened(world, link)
    assert gone.value.code == "share-ended"
    say(world, sani.participant, sani.rows[hidden], Decision.SHOW)
    with pytest.raises(Gone):
        opened(world, link)


def test_own_words_are_shown_only_where_the_holder_says_so(world: World) -> None:
    """First what they say of the badge, then of its steps; nothing on another link, and nothing of other badges."""
    sani = sharer(world, "digi-turva", "arki-ruoka")
    with world.rooms.database.read() as session:
        step = criterion_hash(latest_badge(session, "digi-turva").criteria[1])
    write(world, sani, "Askel sujui", step=step)
    write(world, sani, "Olen ylpeä")
    write(world, sani, "Ruoka oli hyvää", badge="arki-ruoka")
    write(world, sani, "Jotain muuta", badge="tyo-oikeudet")
    only = (sani.rows["digi-turva"],)
    with_words = new_link(world, sani, credentials=only, shows=frozenset({Shown.OWN_WORDS}))
    assert own_words(world, with_words) == ["Olen ylpeä", "Askel sujui"]
    assert own_words(world, new_link(world, sani, shows=frozenset({Shown.DAY, Shown.EVIDENCE}))) == []


def test_what_is_written_after_a_link_was_made_stays_private(world: World) -> None:
    """Later words, and words that were changed later, were not looked at when the link was made: it does not show them."""
    sani = sharer(world, "digi-turva", "arki-ruoka")
    write(world, sani, "Olen ylpeä")
    link = new_link(world, sani, shows=everything())
    world.clock.move(minutes=1)
    write(world, sani, "Vain minulle", badge="arki-ruoka")
    assert own_words(world, link) == ["Olen ylpeä"]
    write(world, sani, "Olen ylpeä, mutta tämä on vain minulle")
    assert own_words(world, link) == []


def test_evidence_is_shown_only_where_the_holder_says_so(world: World) -> None:
    """Only the pieces of the badges that are shown, and none that came after the link was made, nor one whose day has come."""
    sani = sharer(world, "digi-turva", "arki-ruoka")
    mine = keep(world, sani, text_content("Teki tarkistuksen"))
    keep(world, sani, text_content("Keitti sopan"), badge="arki-ruoka")
    only = (sani.rows["digi-turva"],)
    link = new_link(world, sani, credentials=only, shows=frozenset({Shown.EVIDENCE}))
    bare = new_link(world, sani, credentials=only, shows=frozenset({Shown.DAY}))
    world.clock.move(minutes=1)
    keep(world, sani, text_content("Myöhemmin"))
    assert pieces(world, link) == [mine.id]
    assert pieces(world, bare) == []
    assert mine.delete_on > world.clock().date()


def test_a_piece_opens_only_through_a_link_that_shows_it(world: World) -> None:
    """By another link, with the name of another piece, or after its day, there is no such piece."""
    sani, veikko = sharer(world, "digi-turva"), sharer(world, "digi-turva")
    mine, other = keep(world, sani, text_content("Sanin")), keep(world, veikko, text_content("Veikon"))
    link, bare = new_link(world, sani, shows=everything()), new_link(world, sani)

    def read(by: uuid.UUID, piece: uuid.UUID, day: date) -> bytes:
        rooms = world.rooms
        with rooms.database.read() as session:
            name = name_on_link(by, piece)
            return open_shown_evidence(session, rooms.secrets, opened(world, by), name, today=day)[1]

    today = world.clock().date()
    assert read(link, mine.id, today) == b"Sanin"
    for by, piece, day in ((bare, mine.id, today), (link, other.id, today), (link, mine.id, mine.delete_on)):
        with pytest.raises(NotFound) as refused:
            read(by, piece, day)
        assert refused.value.code == "unknown-evidence"


def test_a_holder_opens_their_own_pieces_alone(world: World) -> None:
    """For a preview; the pieces of others are not there."""
    sani, veikko = sharer(world, "digi-turva"), sharer(world, "digi-turva")
    mine, other = keep(world, sani, text_content("Sanin")), keep(world, veikko, text_content("Veikon"))
    secrets = world.rooms.secrets
    with world.rooms.database.read() as session:
        assert open_own_evidence(session, secrets, sani.holder.participants, mine.id)[1] == b"Sanin"
        with pytest.raises(NotFound):
            open_own_evidence(session, secrets, sani.holder.participants, other.id)
