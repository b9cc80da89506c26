"""A share page that is answered from memory says what a service would say that has nothing in memory, whatever has changed."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from okbadges.keys.rotation import mark_compromised
from okbadges.operations.handover import export_issuer
from okbadges.organisations.issuers import create_issuer, find_issuer
from okbadges.organisations.recognition import end_recognition, kept_records
from okbadges.organisations.workshops import create_organisation, create_workshop, find_organisation, find_workshop
from okbadges.pages import share
from okbadges.passport.accepting import Decision
from okbadges.passport.own_links import Shown, withdraw_link
from okbadges.passport.sharing import Purpose
from okbadges.progress.evidence import delete_evidence, evidence_of
from okbadges.progress.evidence_content import text_content
from support.corrections import correct
from support.passport import say
from support.sharing import address_of, keep, new_link, sharer, write
from support.world import ALL_SCOPES, Clock, opened, order

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fastapi import Request
    from fastapi.responses import Response

    from okbadges.edge.rooms import Rooms
    from support.doors import Doors
    from support.sharing import Sharer
    from support.world import Prepared, World

BESIDE = frozenset({Shown.DAY, Shown.OWN_WORDS, Shown.EVIDENCE})
BADGE = "digi-turva"


@dataclass
class Story:
    """A link that was opened twice, and two services on its database: ``here`` has its page in memory, ``there`` changes something."""

    here: World
    there: World
    sani: Sharer
    link: uuid.UUID
    address: str

    def seen(self, world: World | None = None, *, language: str = "fi") -> tuple[int, str]:
        """Return the status and the page that a browser gets now."""
        headers = {"Accept": "text/html", "Accept-Language": language}
        answer = (world or self.here).client.get(self.address, headers=headers)
        return answer.status_code, answer.text


@pytest.fixture
def story(ground: tuple[str, Prepared], doors: Doors) -> Iterator[Story]:
    """Let Sani share two badges with everything beside them for a study plan, and somebody look twice."""
    with two_services(ground, doors) as (here, there):
        sani = sharer(here, BADGE, "arki-ruoka")
        write(here, sani, "Osaan tämän.")
        keep(here, sani, text_content("Näin tein sen."))
        here.clock.move(seconds=2)
        link = new_link(here, sani, purpose=Purpose.STUDY_PLAN, shows=BESIDE)
        told = Story(here, there, sani, link, address_of(here, link))
        assert told.seen() == told.seen()
        assert len(here.rooms.pages) == 1
        yield told


@contextmanager
def two_services(ground: tuple[str, Prepared], doors: Doors) -> Iterator[tuple[World, World]]:
    """Run two services on one database, with one clock."""
    clock = Clock()
    with opened(*ground, clock, doors) as here, opened(*ground, clock, doors) as there:
        yield here, there


def revoked(story: Story) -> None:
    """Revoke one of the badges."""
    answer = correct(story.there, story.sani.issued[BADGE]["id"], "revoke", reason="issued-in-error")
    assert answer.status_code == 200
    story.here.clock.move(seconds=2)


def reissued(story: Story) -> None:
    """Issue another badge in the place of one."""
    assert correct(story.there, story.sani.issued[BADGE]["id"], "reissue").status_code == 201


def withdrawn(story: Story) -> None:
    """Take the link back."""
    rooms = story.there.rooms
    withdraw_link(rooms.writer, rooms.stamp("holder"), [story.sani.participant], story.link)


def put_away(story: Story) -> None:
    """Put one of the badges away."""
    assert say(story.there, story.sani.participant, story.sani.rows[BADGE], Decision.HIDE)


def other_words(story: Story) -> None:
    """Write something else, which the link does not show."""
    write(story.there, story.sani, "Osaan enemmän.")


def no_evidence(story: Story) -> None:
    """Delete the evidence."""
    rooms = story.there.rooms
    with rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
        (piece,) = evidence_of(session, story.sani.participant, badge=BADGE, limit=2)
    stamp = rooms.stamp("holder")
    delete_evidence(rooms.writer, stamp, organisation=kemi, participant_id=story.sani.participant, piece_id=piece.id)


def compromised(story: Story) -> None:
    """Find out that the key was stolen."""
    rooms = story.there.rooms
    with rooms.database.read() as session:
        issuer = find_issuer(session, "ok")
    stamp = rooms.stamp("test")
    mark_compromised(rooms.keyring, rooms.database, rooms.writer, stamp, issuer, 1, since=stamp.now)
    story.here.clock.move(seconds=2)


def not_recognised(story: Story) -> None:
    """Let the recognition of the workshop end before the award."""
    rooms = story.there.rooms
    with rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
        (kept, *_) = kept_records(session, find_workshop(session, kemi, "kahvila"))
    ended = kept.record.valid_from
    assert ended < date(2026, 11, 20)
    end_recognition(rooms.writer, rooms.stamp("test"), organisation=kemi, record_id=kept.id, last_day=ended)


def past_its_day(story: Story) -> None:
    """Let the last day of the link pass."""
    story.here.clock.move(days=31)


CHANGES = (
    revoked,
    reissued,
    withdrawn,
    put_away,
    other_words,
    no_evidence,
    compromised,
    not_recognised,
    past_its_day,
)


@pytest.mark.parametrize("ground", ["sqlite", "postgres"], indirect=True)
@pytest.mark.parametrize("change", CHANGES)
def test_the_next_view_shows_it(story: Story, change: Callable[[Story], None]) -> None:
    """What another process changed a moment ago stands on the very next view, as on that of a service that remembers nothing."""
    before = story.seen()
    change(story)
    after = story.seen()
    assert after == story.seen(story.there)
    assert after != before


@pytest.mark.parametrize("ground", ["sqlite", "postgres"], indirect=True)
def test_a_view_right_after_a_handover_is_not_what_is_seen_after_it(
    ground: tuple[str, Prepared], doors: Doors, tmp_path: Path
) -> None:
    """Once an issuer with a domain of its own is handed over, only its new home knows what it revokes: no page of ours says more."""
    with two_services(ground, doors) as (here, there):
        rooms, stamp = there.rooms, there.rooms.stamp("operator")
        about: dict[str, Any] = {
            "name": "Säätiö",
            "url": "https://saatio.example",
            "description": None,
            "base_url": rooms.base_url,
        }
        issuer = create_issuer(rooms.writer, stamp, slug="saatio", domain="badges.saatio.example", **about)
        with rooms.database.read() as session:
            rooms.keyring.add_first_keys(session, rooms.writer, stamp, issuer)
        oulu = create_organisation(rooms.writer, stamp, issuer_id=issuer.id, slug="oulu", name="Oulun pajat")
        create_workshop(rooms.writer, stamp, organisation=oulu, slug="puu", name="Puupaja")
        share = {"purpose": "other", "expires_on": "2026-12-01"}
        key = there.key(ALL_SCOPES, organisation="oulu")
        body = order(organisation="oulu", workshop="puu", share=share)
        link = here.client.post("/v1/credentials", json=body, headers=key).json()["share_link"]
        before = here.client.get(link).text
        assert "https://badges.saatio.example" in here.rooms.publishing.homes()
        files = {"file": tmp_path / "issuer.zip", "key_file": tmp_path / "issuer.key"}
        export_issuer(rooms.database, rooms.writer, stamp, rooms.secrets, "saatio", **files)
        after = here.client.get(link).text
        assert after == there.client.get(link).text
        assert after != before


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
def test_of_many_who_open_a_new_link_few_make_the_page(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever gets a turn after the page was made takes it."""
    link = new_link(story.here, story.sani, purpose=Purpose.STUDY_PLAN, shows=BESIDE)
    story.address, makings, whole = address_of(story.here, link), [], share.share_page

    def slowly(request: Request, rooms: Rooms, token: str) -> Response:
        makings.append(token)
        time.sleep(0.3)  # so that all have come before it is made
        return whole(request, rooms, token)

    monkeypatch.setattr(share, "share_page", slowly)
    with ThreadPoolExecutor(12) as viewers:
        assert len({viewer.result() for viewer in [viewers.submit(story.seen) for _ in range(12)]}) == 1
    assert len(makings) == 4, "as many as may be made at a time"


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
def test_a_page_of_another_language_is_another_page(story: Story) -> None:
    """One link has a page for each language, and with the language in the address one more."""
    finnish = story.seen()
    swedish = story.seen(language="sv")
    assert '<html lang="sv">' in swedish[1]
    assert story.seen() == finnish
    assert len(story.here.rooms.pages) == 2


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
def test_it_says_when_it_was_looked_at(story: Story) -> None:
    """The moment of checking is that of the view, not that of the page."""
    story.here.clock.move(hours=1, seconds=5)
    status, page = story.seen()
    now = story.here.clock()
    assert status == 200
    assert now.strftime("%Y-%m-%dT%H:%M:%SZ") in page
    assert page == story.seen(story.there)[1]


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
def test_of_many_who_look_after_a_change_one_makes_the_page(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others wait until it is made, and see the change in it."""
    before, makings, whole = story.seen(), [], share.share_page

    def slowly(request: Request, rooms: Rooms, token: str) -> Response:
        makings.append(token)
        time.sleep(0.3)  # so that all have come before it is made
        return whole(request, rooms, token)

    monkeypatch.setattr(share, "share_page", slowly)
    other_words(story)
    with ThreadPoolExecutor(4) as viewers:
        seen = {viewer.result() for viewer in [viewers.submit(story.seen) for _ in range(4)]}
    assert seen == {story.seen(story.there)}
    assert before not in seen
    assert len(makings) == 2, "one was made here, and one by the service that has nothing in memory"


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
def test_a_list_that_is_behind_keeps_no_page(story: Story) -> None:
    """A view within the second in which a list is not signed anew does not decide what is seen after it."""
    for badge in (BADGE, "arki-ruoka"):
        correct(story.there, story.sani.issued[badge]["id"], "revoke", reason="issued-in-error")
        story.seen()
    story.here.clock.move(seconds=2)
    assert story.seen() == story.seen(story.there)
    assert "Aito ja voimassa" not in story.seen()[1]


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
def test_a_badge_that_expires_does_so_on_its_page(ground: tuple[str, Prepared], doors: Doors) -> None:
    """The moment at which a badge ends is not a change of anything stored."""
    with two_services(ground, doors) as (here, there):
        link = here.issue(valid_until="2026-12-24", share={"purpose": "workplace", "expires_on": "2027-05-31"})
        address = link["share_link"]

        def seen(world: World) -> str:
            text: str = world.client.get(address, headers={"Accept": "text/html"}).text
            return text

        assert "Aito ja voimassa" in seen(here)
        for days in (31, 1, 1, 1):
            here.clock.move(days=days)
            assert seen(here) == seen(there)
        assert "Aito ja voimassa" not in seen(here)


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
def test_programs_and_forms_get_no_page_from_memory(story: Story) -> None:
    """JSON is the report of now, and the answer of the match check is said once."""
    told = story.here.client.get(story.address, headers={"Accept": "application/json"})
    assert [one["verdict"] for one in told.json()["reports"]] == ["VALID", "VALID"]
    answered = story.here.client.post(f"{story.address}/match", data={"digits": "12"})
    assert answered.status_code == 422
    assert story.seen() == story.seen(story.there)
