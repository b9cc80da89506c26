"""``/passport/share``: others get what the holder saw in the preview; when that has changed, the preview is shown again."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from okbadges.passport.accepting import Decision
from okbadges.progress.evidence_content import text_content
from support.groups import Journal
from support.passport import row_of, say
from support.sharing import Sharer, hidden_fields, keep, passport_of, sharer, write
from support.world import on_both_databases, order

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient
    from httpx2 import Response

    from support.world import World

SHARE = "/passport/share"
CHANGED = "Jokin muuttui"


def look(world: World, sani: Sharer, client: TestClient, **changes: Any) -> dict[str, list[str]]:
    """Look at the preview of a link with everything beside its badges, and return what its form would send."""
    wish = {
        "purpose": "study-plan",
        "badges": [str(row) for row in sani.rows.values()],
        "shows": ["day", "evidence", "own-words"],
        "expires_on": (world.clock().date() + timedelta(days=30)).isoformat(),
        **changes,
    }
    return hidden_fields(client.post(f"{SHARE}/preview", data=wish).text, SHARE)


def shown_by(world: World, client: TestClient, made: Response) -> str:
    """Return the page that others see behind a link that was made."""
    assert made.status_code == 303, made.text
    link = re.search(r'data-address="([^"]+)"', client.get(made.headers["location"]).text)
    assert link
    return world.client.get(link[1], headers={"Accept": "text/html"}).text


def correct(world: World, credential: str, what: str, **body: Any) -> None:
    """Let Iida correct a badge."""
    answer = world.client.post(f"/v1/credentials/{credential}/{what}", json=body, headers=world.as_iida())
    assert answer.status_code in (200, 201), answer.text


def add_evidence(world: World, sani: Sharer) -> None:
    """Let Iida keep one more piece."""
    keep(world, sani, text_content("Jotain muuta"))


def write_more(world: World, sani: Sharer) -> None:
    """Let Sani write something in another window."""
    write(world, sani, "Jotain muuta")


def revoke(world: World, sani: Sharer) -> None:
    """Let Iida revoke the badge."""
    correct(world, sani.issued["digi-turva"]["id"], "revoke", reason="issued-in-error")


@on_both_databases
def test_it_works(world: World) -> None:
    """An instructor adds a piece after the holder looked: it is not on a link before the holder has seen it there."""
    sani = sharer(world, "digi-turva")
    keep(world, sani, text_content("Teki tarkistuksen"))
    client = passport_of(world, sani)
    seen, journal = look(world, sani, client), Journal(world)
    world.clock.move(minutes=1)
    add_evidence(world, sani)
    assert journal.actions() == ["evidence.added"]
    again = client.post(SHARE, data=seen)
    assert again.status_code == 409
    assert CHANGED in again.text
    assert "Jotain muuta" in again.text
    assert again.headers["cache-control"] == "no-store"
    assert journal.actions() == []
    now_seen = hidden_fields(again.text, SHARE)
    assert {**now_seen, "seen": []} == {**seen, "seen": []}
    assert "Jotain muuta" in shown_by(world, client, client.post(SHARE, data=now_seen))
    assert journal.actions() == ["share-link.made"]


@pytest.mark.parametrize("change", [add_evidence, write_more, revoke])
def test_whatever_has_changed_is_looked_at_again(world: World, change: Callable[[World, Sharer], None]) -> None:
    """Evidence, own words, a badge that was revoked."""
    sani = sharer(world, "digi-turva")
    client = passport_of(world, sani)
    seen = look(world, sani, client)
    world.clock.move(minutes=1)
    change(world, sani)
    journal, again = Journal(world), client.post(SHARE, data=seen)
    assert (again.status_code, CHANGED in again.text, journal.actions()) == (409, True, [])
    assert client.post(SHARE, data=hidden_fields(again.text, SHARE)).status_code == 303


def test_a_badge_that_was_renewed_is_looked_at_again(world: World) -> None:
    """The earlier one still stands, and now says that there is a newer one."""
    sani = sharer(world, "arki-ruoka")
    issued = world.issue(badge="digi-turva", participant=str(sani.participant), valid_until="2026-12-31")
    row = row_of(world, issued["id"])
    say(world, sani.participant, row, Decision.ACCEPT)
    client = passport_of(world, sani)
    seen = look(world, sani, client, badges=[str(row)])
    correct(world, issued["id"], "renew", valid_until="2027-12-31")
    again = client.post(SHARE, data=seen)
    assert (again.status_code, CHANGED in again.text) == (409, True)
    assert client.post(SHARE, data=hidden_fields(again.text, SHARE)).status_code == 303


def test_a_badge_that_was_put_away_leads_to_the_choices(world: World) -> None:
    """There is nothing to preview any more: the form says that one is not there."""
    sani = sharer(world, "digi-turva", "arki-ruoka")
    client = passport_of(world, sani)
    seen = look(world, sani, client)
    say(world, sani.participant, sani.rows["arki-ruoka"], Decision.HIDE)
    answer = client.post(SHARE, data=seen)
    assert answer.status_code == 409
    assert "ei ole enää passissasi" in answer.text


def test_what_others_would_not_see_changes_nothing(world: World) -> None:
    """A piece for another badge, another badge, and evidence where the link shows none: the link is made at once."""
    sani = sharer(world, "digi-turva")
    client = passport_of(world, sani)
    for shows in (["evidence"], []):
        seen = look(world, sani, client, shows=shows, purpose="workplace")
        world.clock.move(minutes=1)
        keep(world, sani, text_content("Muuta"), badge="kasi-puu" if shows else "digi-turva")
        world.client.post(
            "/v1/credentials",
            json=order(badge="kasi-puu", participant=str(sani.participant)),
            headers=world.as_iida(),
        )
        assert "Muuta" not in shown_by(world, client, client.post(SHARE, data=seen))


def test_a_second_press_leads_to_the_link_that_is_there(world: World) -> None:
    """Whatever happened after the first one; and the link shows nothing that came later."""
    sani = sharer(world, "digi-turva")
    client = passport_of(world, sani)
    seen = look(world, sani, client)
    first = client.post(SHARE, data=seen)
    world.clock.move(minutes=1)
    add_evidence(world, sani)
    second, journal = client.post(SHARE, data=seen), Journal(world)
    assert second.headers["location"] == first.headers["location"]
    assert journal.actions() == []
    assert "Jotain muuta" not in shown_by(world, client, second)


@pytest.mark.parametrize("mark", [None, "", "0" * 64, "\0", "ä", "x" * 5000])
def test_nothing_is_made_unseen(world: World, mark: str | None) -> None:
    """A form that did not come from the preview, or says that something else was seen, shows the preview first."""
    sani = sharer(world, "digi-turva")
    client = passport_of(world, sani)
    seen, journal = look(world, sani, client), Journal(world)
    forged = {**seen, "seen": mark} if mark is not None else {name: seen[name] for name in seen if name != "seen"}
    answer = client.post(SHARE, data=forged)
    assert answer.status_code == 409
    assert (CHANGED in answer.text) is bool(mark)
    assert (mark or "-") not in hidden_fields(answer.text, SHARE)["seen"]
    assert journal.actions() == []


def test_what_was_seen_is_that_of_these_choices(world: World) -> None:
    """What was seen of a link with less lets nobody make one with more."""
    sani = sharer(world, "digi-turva")
    keep(world, sani, text_content("Teki tarkistuksen"))
    client = passport_of(world, sani)
    less = look(world, sani, client, shows=[], purpose="workplace")
    for more in ({"shows": ["evidence"]}, {"purpose": ["study-plan"]}, {"expires_on": ["2027-05-31"]}):
        assert client.post(SHARE, data={**less, **more}).status_code == 409
