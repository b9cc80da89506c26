"""``/c/{token}``: the holder's own page, in the second person, with the files to carry away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from okbadges.credentials.baking import unbake
from okbadges.credentials.strict_json import dumps
from support.groups import Journal
from support.learners import new_group, new_participant
from support.passport import new_card
from support.world import on_both_databases

if TYPE_CHECKING:
    from httpx2 import Response

    from support.world import World

PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def claimed(installation: World) -> dict[str, Any]:
    """Issue one badge without a share link, and take it."""
    issued = installation.issue(badge="kasi-puu")
    say(installation, issued, "accept")
    return issued


def say(world: World, issued: dict[str, Any], decision: str, **headers: str) -> Response:
    """Press one of the buttons of a claim page."""
    answer: Response = world.client.post(
        f"{issued['claim_link']}/decision",
        data={"decision": decision},
        headers={**PAGE, **headers},
        follow_redirects=False,
    )
    return answer


def page_of(world: World, issued: dict[str, Any], query: str = "") -> str:
    """Return the claim page of a badge."""
    return str(world.client.get(f"{issued['claim_link']}{query}", headers=PAGE).text)


@pytest.mark.parametrize(
    ("language", "title"),
    [("fi", "Tämä merkki on sinun"), ("sv", "Det här märket är ditt"), ("en", "This badge is yours")],
)
def test_it_works(installation: World, claimed: dict[str, Any], language: str, title: str) -> None:
    """It speaks to the holder, says what they can do, and is not kept."""
    answer = installation.client.get(claimed["claim_link"], headers={**PAGE, "Accept-Language": language})
    assert f"<h1>{title}</h1>" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.text
    assert "Kemin" not in answer.text


@pytest.mark.parametrize("form", ["credential.json", "badge.png", "badge.svg"])
def test_files_hold_the_signed_bytes(installation: World, claimed: dict[str, Any], form: str) -> None:
    """What the holder carries away is exactly what was signed."""
    content = installation.client.get(f"{claimed['claim_link']}/{form}").content
    assert (content if form.endswith("json") else unbake(content)) == dumps(claimed["credential"])


def test_the_holder_gets_every_form(installation: World, claimed: dict[str, Any]) -> None:
    """The JWT, and the file of which parts can be shown: each as a file that no cache keeps, of the same credential."""
    page = installation.client.get(claimed["claim_link"], headers=PAGE).text
    for name in ("badge.jwt", "badge-selective.json"):
        assert f'/{name}" download' in page
        answer = installation.client.get(f"{claimed['claim_link']}/{name}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert 'filename="kasi-puu' in answer.headers["content-disposition"]
        assert installation.client.get(f"{claimed['claim_link']}/{name}").content == answer.content
    base = installation.client.get(f"{claimed['claim_link']}/badge-selective.json").json()
    assert (base["id"], base["awardedDate"]) == (claimed["id"], "2026-11-20T00:00:00Z")


@pytest.mark.parametrize("name", ["badge.jwt", "badge-selective.json"])
def test_nobody_else_gets_a_form(installation: World, name: str) -> None:
    """A share link has neither, and an unknown claim link leads nowhere."""
    issued = installation.issue(share={"purpose": "other", "expires_on": "2027-05-31"})
    assert installation.client.get(f"{issued['share_link']}/{name}").status_code == 404
    assert installation.client.get(f"/c/nope/{name}").status_code == 404


def test_a_revoked_badge_offers_no_further_form(installation: World) -> None:
    """Nothing new is signed of it, so nothing is offered, and who asks anyway is told in words."""
    issued = installation.issue()
    installation.client.post(
        f"/v1/credentials/{issued['id']}/revoke", json={"reason": "issued-in-error"}, headers=installation.as_iida()
    )
    assert "badge.jwt" not in installation.client.get(issued["claim_link"], headers=PAGE).text
    assert installation.client.get(f"{issued['claim_link']}/badge.jwt").status_code == 409


@pytest.mark.parametrize(
    ("language", "title", "accept"),
    [
        ("fi", "Sinulla on uusi merkki", "Ota vastaan"),
        ("sv", "Du har ett nytt märke", "Ta emot"),
        ("en", "You have a new badge", "Accept"),
    ],
)
def test_a_new_badge_is_offered(installation: World, language: str, title: str, accept: str) -> None:
    """Who has not said anything yet sees the badge and three ways to answer; files and links come once it is theirs."""
    issued = installation.issue()
    page = page_of(installation, issued, f"?lang={language}")
    assert f"<h1>{title}</h1>" in page
    assert re.findall(r'name="decision" value="([a-z]+)"', page) == ["accept", "decline"]
    assert accept in page
    assert "/badge.png" not in page
    assert 'id="links"' not in page


@on_both_databases
def test_accepting_says_where_the_passport_is(world: World) -> None:
    """One press, and the badge is theirs: files, links, and the address where the card opens the passport. It is one event."""
    issued = world.issue()
    journal = Journal(world)
    for _ in range(2):
        answer = say(world, issued, "accept")
        assert (answer.status_code, answer.headers["location"]) == (303, issued["claim_link"].partition("8000")[2])
    assert [(action, details) for action, _, details in journal.news()] == [
        ("credential.accepted", {"how": "claim-link"})
    ]
    page = page_of(world, issued)
    assert "Merkki on passissasi" in page
    assert 'href="/p">http://localhost:8000/p</a>' in page
    assert "/badge.png" in page
    assert "set-cookie" not in answer.headers


def test_not_now_leaves_everything_as_it_is(installation: World) -> None:
    """The page says that the badge waits; nothing is decided, and once it is taken the same address says nothing of waiting."""
    issued = installation.issue()
    path = issued["claim_link"].partition("8000")[2]
    assert f'href="{path}?at=later"' in page_of(installation, issued)
    journal = Journal(installation)
    later = page_of(installation, issued, "?at=later")
    assert "Merkki odottaa sinua täällä." in later
    assert "Ei nyt" not in later
    assert journal.news() == []
    say(installation, issued, "accept")
    assert "odottaa" not in page_of(installation, issued, "?at=later")


def test_declining_needs_no_reason_and_can_be_undone(world: World) -> None:
    """The page says so, offers the badge again and nothing else; the files answer whoever has the link all the same."""
    issued = world.issue()
    assert say(world, issued, "decline").status_code == 303
    page = page_of(world, issued)
    assert "<h1>Et ottanut tätä merkkiä</h1>" in page
    assert re.findall(r'name="decision" value="([a-z]+)"', page) == ["accept"]
    assert "/badge.png" not in page
    assert world.client.get(f"{issued['claim_link']}/badge.png").status_code == 200
    say(world, issued, "accept")
    assert "Merkki on passissasi" in page_of(world, issued)


@pytest.mark.parametrize("decision", ["hide", "show", "", "ACCEPT"])
def test_other_answers_are_none(installation: World, decision: str) -> None:
    """Putting a badge away is for the passport; nonsense is refused."""
    issued = installation.issue()
    journal = Journal(installation)
    assert say(installation, issued, decision).status_code == 422
    assert journal.news() == []


def test_nobody_decides_from_elsewhere(installation: World) -> None:
    """Neither another site's form, nor whoever guesses a link."""
    issued = installation.issue()
    journal = Journal(installation)
    assert say(installation, issued, "accept", **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert say(installation, {"claim_link": "/c/nope"}, "accept").status_code == 404
    assert journal.news() == []


def test_a_badge_that_is_not_valid_any_more_says_so(world: World) -> None:
    """The holder learns of it before showing it to somebody."""
    issued = world.issue(valid_until="2026-11-30")
    world.clock.move(days=20)
    page = world.client.get(issued["claim_link"], headers=PAGE).text
    assert "Aito, mutta vanhentunut 30.11.2026" in page
    assert "Merkkisi on aito ja voimassa." not in page


@pytest.mark.parametrize(("language", "said"), [("fi", "Linkki on otettu pois."), ("sv", "Länken är borttagen.")])
def test_the_holder_takes_a_link_back(installation: World, language: str, said: str) -> None:
    """Each link that shows the badge stands on the page with its day and a button; pressing it ends the link, and the page says so."""
    issued = installation.issue(share={"purpose": "workplace", "expires_on": "2027-05-31"})
    page = installation.client.get(f"{issued['claim_link']}?lang={language}", headers=PAGE).text
    action = re.search(r'<details>\s*<summary.*<form method="post" action="([^"]+)".*</details>', page, re.DOTALL)
    assert action is not None  # it takes two steps, without any script
    assert said not in page
    after = installation.client.post(action[1], headers=PAGE)
    assert said in after.text
    assert f'<html lang="{language}">' in after.text
    assert "/withdraw" not in after.text  # the language switch leads to the page itself
    assert "<form" not in after.text
    assert installation.client.get(issued["share_link"], headers=PAGE).status_code == 410


def test_nobody_is_told_of_a_link_that_was_not_taken_back(installation: World, claimed: dict[str, Any]) -> None:
    """No address makes the page say that a link was taken back."""
    page = installation.client.get(f"{claimed['claim_link']}?withdrawn=1", headers=PAGE).text
    assert "Linkki on otettu pois." not in page


def test_a_revoked_badge_is_told_gently(installation: World) -> None:
    """The day, and whom to ask; no praise, no invitation to carry it around, and still the files."""
    issued = installation.issue()
    installation.client.post(
        f"/v1/credentials/{issued['id']}/revoke", json={"reason": "issued-in-error"}, headers=installation.as_iida()
    )
    installation.clock.move(seconds=2)
    page = installation.client.get(issued["claim_link"], headers=PAGE).text
    assert page.index("<h1") < page.index('class="verdict ended"')
    assert re.search(r"Aito, mutta peruttu [0-9.]+<", page)
    assert "Kysy ohjaajaltasi" in page
    for praise in ("Olet näyttänyt", "Ota merkki talteen", "Helpoin tapa"):
        assert praise not in page
    assert "/badge.png" in page


def test_a_badge_that_no_link_shows_says_so(installation: World, claimed: dict[str, Any]) -> None:
    """The holder sees that nobody is shown the badge."""
    assert (
        "Mikään linkki ei näytä merkkiäsi muille." in installation.client.get(claimed["claim_link"], headers=PAGE).text
    )


@pytest.mark.parametrize(
    ("language", "title", "go_on"),
    [
        ("fi", "Tämä merkki on osaamispassissasi", "Avaa passi"),
        ("sv", "Det här märket finns i ditt kompetenspass", "Öppna passet"),
        ("en", "This badge is in your skills passport", "Open the passport"),
    ],
)
def test_once_a_card_opens_the_passport_the_link_leads_there(
    installation: World, language: str, title: str, go_on: str
) -> None:
    """One kind page with the way to the passport, for every address under the link: no badge, no file, no link of theirs."""
    sani = new_participant(installation, new_group(installation, slug=f"kortti-{language}"))
    issued = installation.issue(participant=str(sani), share={"purpose": "workplace", "expires_on": "2027-05-31"})
    new_card(installation, sani)
    files = ("credential.json", "badge.png", "badge.svg", "badge.jwt", "badge-selective.json")
    for under in ("", *(f"/{name}" for name in files)):
        answer = installation.client.get(f"{issued['claim_link']}{under}?lang={language}", headers=PAGE)
        assert answer.status_code == 410
        assert answer.headers["cache-control"] == "no-store"
        assert f"<h1>{title}</h1>" in answer.text
        assert re.search(rf'<a class="button" href="/p(\?lang={language})?">{go_on}</a>', answer.text)
        assert "digi-turva" not in answer.text
        assert "<form" not in answer.text
        told = installation.client.get(f"{issued['claim_link']}{under}", headers={"Accept": "application/json"})
        assert (told.status_code, told.json()["code"]) == (410, "claim-in-passport")


def test_who_kept_the_link_of_somebody_with_a_card_decides_nothing(world: World) -> None:
    """Neither takes nor declines the badge, nor takes a link back, also after the next card; nothing is written down."""
    sani = new_participant(world)
    issued = world.issue(participant=str(sani), share={"purpose": "workplace", "expires_on": "2027-05-31"})
    action = re.search(r'action="([^"]+/withdraw[^"]*)"', page_of(world, issued))
    for _ in range(2):
        new_card(world, sani)
        journal = Journal(world)
        for decision in ("accept", "decline"):
            assert say(world, issued, decision).status_code == 410
        assert action is not None
        assert world.client.post(action[1], headers=PAGE).status_code == 410
        assert journal.news() == []
    assert world.client.get(issued["share_link"]).status_code == 200


def test_an_unknown_link_gets_a_kind_page(installation: World) -> None:
    """Nothing is said of what there could have been."""
    answer = installation.client.get("/c/nope", headers=PAGE)
    assert answer.status_code == 404
    assert "Sivua ei löytynyt" in answer.text
