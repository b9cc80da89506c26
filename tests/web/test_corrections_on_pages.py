"""What people see of a corrected or renewed badge: the holder is led to the newer one, others are told to ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.corrections import correct

if TYPE_CHECKING:
    from support.world import World

SHARE = {"purpose": "workplace", "expires_on": "2027-05-01"}
WORDS = {
    "fi": ("Avaa uudempi merkki", "Pyydä häneltä linkki siihen"),
    "sv": ("Öppna det nyare märket", "Be om en länk till det"),
    "en": ("Open the newer badge", "Ask them for a link to it"),
}


def page(world: World, link: str, language: str = "fi") -> str:
    """Return the page at a link."""
    text: str = world.client.get(f"{link}?lang={language}", headers={"Accept": "text/html"}).text
    return text


@pytest.mark.parametrize("language", WORDS)
def test_it_works(world: World, language: str) -> None:
    """The old claim page links to the new one, the share page does not; neither says so before."""
    old = world.issue(share=SHARE)
    lead, ask = WORDS[language]
    assert lead not in page(world, old["claim_link"], language)
    assert ask not in page(world, old["share_link"], language)
    new = correct(world, old["id"], "reissue", reason="issued-in-error", note="Väärä kieli").json()
    world.clock.move(seconds=1)
    token = new["claim_link"].rsplit("/", 1)[1]
    own = page(world, old["claim_link"], language)
    assert lead in own
    assert f"/c/{token}" in own
    shared = page(world, old["share_link"], language)
    assert ask in shared
    assert token not in shared
    assert new["id"] not in shared
    for private in ("Väärä kieli", "issued-in-error"):
        assert private not in own + shared


def test_the_holder_is_told_that_it_was_replaced(world: World) -> None:
    """A replaced badge does not send its holder to the instructor, the newer one is there; a revoked one does."""
    replaced, revoked = world.issue(), world.issue()
    correct(world, replaced["id"], "reissue")
    correct(world, revoked["id"], "revoke", reason="issued-in-error")
    world.clock.move(seconds=1)
    assert "korvattu uudella" in page(world, replaced["claim_link"])
    assert "Kysy ohjaajaltasi" not in page(world, replaced["claim_link"])
    assert "Kysy ohjaajaltasi" in page(world, revoked["claim_link"])


def test_a_line_of_corrections_leads_to_its_end(world: World) -> None:
    """The first claim link leads to the newest badge, not to one that was replaced too."""
    first = world.issue()
    second = correct(world, first["id"], "reissue").json()
    third = correct(world, second["id"], "reissue").json()
    own = page(world, first["claim_link"])
    assert third["claim_link"].rsplit("/", 1)[1] in own
    assert second["claim_link"].rsplit("/", 1)[1] not in own
    assert "Avaa uudempi merkki" not in page(world, third["claim_link"])


def test_a_renewed_badge_stays_what_it_is(world: World) -> None:
    """It is still genuine and valid, and leads to the one that is valid longer."""
    old = world.issue(valid_until="2026-12-31", share=SHARE)
    new = correct(world, old["id"], "renew", valid_until="2027-12-31").json()
    own, shared = page(world, old["claim_link"]), page(world, old["share_link"])
    assert "Merkkisi on aito ja voimassa." in own
    assert new["claim_link"].rsplit("/", 1)[1] in own
    assert "Aito ja voimassa" in shared
    assert "Pyydä häneltä linkki siihen" in shared
