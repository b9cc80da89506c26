"""Share links: who sees what, until when, and what a taken-back link says."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlmodel import select

from okbadges.errors import Gone, NotFound
from okbadges.passport.claiming import open_claim_link
from okbadges.passport.sharing import Purpose, open_share_link
from okbadges.storage.tables import EventRow

if TYPE_CHECKING:
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
    assert ended.value.code == "share-expired"
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
