"""``/passport/share``: nothing is made before the preview was seen, nothing that was typed is lost, and a link is taken back at once."""

from __future__ import annotations

import io
import re
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp
from PIL import Image

from okbadges.organisations.consents import Consenting, consents_of
from okbadges.pages import qr
from okbadges.passport.accepting import Decision
from okbadges.passport.own_links import Shown
from okbadges.passport.sharing import Purpose
from okbadges.progress.evidence_content import text_content
from support.groups import Journal
from support.passport import browser, say
from support.sharing import (
    NO_LINK,
    Sharer,
    address_of,
    everything,
    hidden_fields,
    keep,
    new_link,
    passport_of,
    sharer,
    write,
)
from support.world import BASE_URL, on_both_databases

if TYPE_CHECKING:
    from httpx2 import Response

    from support.world import World

SHARE = "/passport/share"
LINKS = "/passport/share/links"


def form(world: World, sani: Sharer, **changes: Any) -> dict[str, Any]:
    """Return what the form sends: every badge, for a workplace, for a month; some of it changed."""
    usual = {
        "purpose": "workplace",
        "badges": [str(row) for row in sani.rows.values()],
        "expires_on": (world.clock().date() + timedelta(days=30)).isoformat(),
        "name": "",
    }
    return {**usual, **changes}


def words(answer: Response) -> str:
    """Return the text of a page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


DECIDES = {
    "fi": (
        "voi käyttää sitä päätökseen",
        "Se jää oppilaitokselle, vaikka otat linkin pois tai poistat tietosi täältä.",
        "Päätöksessä ei ole nimeäsi.",
        "Näet osaamispassissasi, mitä päätettiin.",
    ),
    "sv": (
        "kan använda den för ett beslut",
        "Det stannar hos läroanstalten, även om du tar bort länken eller raderar dina uppgifter här.",
        "Ditt namn finns inte i beslutet.",
        "Du ser i ditt kompetenspass vad som beslutades.",
    ),
    "en": (
        "may use it to decide",
        "It stays with the school, even when you take the link back or erase your data here.",
        "Your name is not in the decision.",
        "You see in your skills passport what was decided.",
    ),
}


@pytest.mark.parametrize("then", ["", "paper"])
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_a_link_for_a_teacher_says_first_what_a_school_may_do_with_it(world: World, language: str, then: str) -> None:
    """Beside the button that makes it, in plain words; a link for a workplace leads to no decision and says nothing of it."""
    sani = sharer(world)
    client = passport_of(world, sani)
    for purpose, says in (("study-plan", True), ("workplace", False)):
        wish = form(world, sani, purpose=purpose, then=then)
        preview = client.post(f"{SHARE}/preview", params={"lang": language}, data=wish).text
        before_making = preview.partition('id="make"')[2].partition("</form>")[0]
        for sentence in DECIDES[language]:
            assert (sentence in before_making) is says, sentence


def test_what_was_agreed_to_is_recorded_in_these_words(world: World) -> None:
    """The consent has the mark of the words with which the holder agreed that a school may decide; its link says that a decision stays."""
    sani = sharer(world)
    client = passport_of(world, sani)
    preview = client.post(f"{SHARE}/preview", data=form(world, sani, purpose="study-plan")).text
    made = client.post(SHARE, data=hidden_fields(preview, SHARE)).headers["location"]
    with world.rooms.database.read() as session:
        (given,) = (one for one in consents_of(session, [sani.participant]) if one.purpose is Consenting.SHARING)
    assert given.wording == "2026-11-22-b"
    assert "päätös jää oppilaitokselle" in client.get(made).text
    work = client.post(f"{SHARE}/preview", data=form(world, sani)).text
    made = client.post(SHARE, data=hidden_fields(work, SHARE)).headers["location"]
    assert "päätös jää oppilaitokselle" not in client.get(made).text


@on_both_databases
def test_it_works(world: World) -> None:
    """One press on a ready way shows the preview, one more makes the link, and its page shows the code that opens it."""
    sani = sharer(world)
    client = passport_of(world, sani)
    page = client.get(SHARE)
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    journal = Journal(world)
    preview = client.post(f"{SHARE}/preview", data=hidden_fields(page.text, f"{SHARE}/preview"))
    assert preview.status_code == 200
    assert "Kemin taitopaja" in preview.text  # the first ready way is for a teacher
    assert journal.actions() == []
    made = client.post(SHARE, data=hidden_fields(preview.text, SHARE))
    assert made.status_code == 303
    assert journal.actions() == ["share-link.made"]
    own = client.get(made.headers["location"])
    link = re.search(r'data-address="([^"]+)"', own.text)
    assert link
    assert "Linkki opettajalle" in own.text
    assert "19.2.2027" in own.text  # ninety days
    public = world.client.get(link[1], headers={"Accept": "text/html"})
    assert words(public).count("Aito ja voimassa") == 6  # in the overview, and with each badge


def test_the_code_opens_the_link(world: World) -> None:
    """What is drawn on the link's page reads as its address, for anyone who looks at the screen."""
    sani = sharer(world, "digi-turva")
    link = new_link(world, sani)
    own = passport_of(world, sani).get(f"{LINKS}/{link}").text
    address = BASE_URL + address_of(world, link)
    assert qr.path(qr.matrix(address)) in own
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(qr.png(address))))
    assert found.text == address


@pytest.mark.parametrize("path", ["", "/links", f"/links/{NO_LINK}", f"/evidence/{NO_LINK}"])
def test_without_a_passport_nothing_opens(world: World, path: str) -> None:
    """Whoever did not open a passport is sent to where one is opened."""
    answer = browser(world).get(SHARE + path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/p")


@pytest.mark.parametrize("path", ["", "/preview", "/change", f"/links/{NO_LINK}/withdraw"])
def test_nothing_is_changed_from_another_site(world: World, path: str) -> None:
    """A form of another site is refused, and one without a passport is sent away."""
    sani = sharer(world, "digi-turva")
    client, journal = passport_of(world, sani), Journal(world)
    foreign = client.post(SHARE + path, data=form(world, sani), headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    assert browser(world).post(SHARE + path, data=form(world, sani)).status_code == 303
    assert journal.actions() == []


def test_a_browser_that_hides_its_origin_is_heard(world: World) -> None:
    """Our pages send no referrer, and so a browser says ``Origin: null`` of our own forms."""
    sani = sharer(world, "digi-turva")
    own = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    client = passport_of(world, sani)
    preview = client.post(f"{SHARE}/preview", data=form(world, sani), headers=own).text
    assert client.post(SHARE, data=hidden_fields(preview, SHARE), headers=own).status_code == 303


def test_the_preview_shows_what_the_link_shows(world: World) -> None:
    """Every sentence of the preview's frame stands on the page of the link, but the forms and files of that page."""
    sani = sharer(world, "digi-turva")
    write(world, sani, "Olen ylpeä")
    keep(world, sani, text_content("Teki tarkistuksen"))
    client = passport_of(world, sani)
    wish = form(world, sani, shows=["day", "evidence", "own-words"], name="Sani")
    preview = client.post(f"{SHARE}/preview", data=wish)
    framed = preview.text[preview.text.index("framed-page") : preview.text.index('id="make"')]
    made = client.post(SHARE, data=hidden_fields(preview.text, SHARE))
    link = re.search(r'data-address="([^"]+)"', client.get(made.headers["location"]).text)
    assert link
    public = world.client.get(link[1], headers={"Accept": "text/html"}).text
    for said in (
        "Aito ja voimassa",
        "Olen ylpeä",
        "Teki tarkistuksen",
        ">Sani<",
        "Myönnetty 20.11.2026",
        "hyvin varma",
    ):
        assert said in framed
        assert said in public
    for private in ("Kemin", "Kahvila", "OTT-2026-7"):
        assert private not in framed
        assert private not in public
    assert "/s/" not in framed


def test_the_preview_can_be_changed(world: World) -> None:
    """Going back keeps every choice, and makes nothing."""
    sani = sharer(world, "digi-turva", "arki-ruoka")
    client, journal = passport_of(world, sani), Journal(world)
    only = [str(sani.rows["arki-ruoka"])]
    preview = client.post(
        f"{SHARE}/preview", data=form(world, sani, badges=only, shows=["day"], name="Sani", purpose="other")
    )
    again = client.post(f"{SHARE}/change", data=hidden_fields(preview.text, SHARE)).text
    ticked = re.findall(r'<input type="(?:checkbox|radio)" name="(\w+)" value="([^"]+)"[^>]* checked>', again)
    assert ticked == [("purpose", "other"), ("badges", only[0]), ("shows", "day")]
    assert 'value="Sani"' in again
    assert "<details" in again
    assert " open>" in again
    assert journal.actions() == []


def test_pressing_twice_makes_one_link(world: World) -> None:
    """The second press leads to the same link."""
    sani = sharer(world, "digi-turva")
    client = passport_of(world, sani)
    preview = client.post(f"{SHARE}/preview", data=form(world, sani)).text
    journal, wish = Journal(world), hidden_fields(preview, SHARE)
    first, second = (client.post(SHARE, data=wish).headers["location"] for _ in range(2))
    assert first == second
    assert journal.actions() == ["share-link.made"]


@pytest.mark.parametrize("step", ["", "/preview"])
@pytest.mark.parametrize(
    ("changes", "status", "says"),
    [
        ({"badges": []}, 422, "Valitse ainakin yksi merkki."),
        ({"badges": [str(uuid.UUID(int=number)) for number in range(51)]}, 422, "Valitse enintään 50 merkkiä."),
        ({"badges": [str(NO_LINK)]}, 409, "ei ole enää passissasi"),
        ({"badges": ["not a key"]}, 409, "ei ole enää passissasi"),
        ({"badges": ["\0"]}, 409, "ei ole enää passissasi"),
        ({"purpose": ""}, 422, "Valitse, kenelle linkki on."),
        ({"purpose": "police"}, 422, "Valitse, kenelle linkki on."),
        ({"shows": ["somewhere"]}, 422, "Valitse uudelleen, mitä muuta näytät."),
        ({"expires_on": ""}, 422, "Valitse päivä:"),
        ({"expires_on": "eilen"}, 422, "Valitse päivä:"),
        ({"expires_on": "2026-11-20"}, 422, "Valitse päivä:"),
        ({"expires_on": "2027-12-26"}, 422, "Valitse päivä:"),
        ({"expires_on": "2026-12-01\0"}, 422, "Valitse päivä:"),
        ({"name": "010190-123A"}, 422, "Älä kirjoita henkilötunnusta."),
        ({"name": "sani@example.org"}, 422, "Älä kirjoita sähköpostiosoitetta."),
        ({"name": "Sa\0ni"}, 422, "Kirjoita nimi yhdelle riville."),
        ({"name": "\u202einaS"}, 422, "Kirjoita nimi yhdelle riville."),
        ({"name": "S" * 20_000}, 422, "Kirjoita nimi yhdelle riville."),
    ],
)
def test_a_form_that_is_refused_is_shown_again(
    world: World, step: str, changes: dict[str, Any], status: int, says: str
) -> None:
    """With what was typed, and with words beside the field; nothing is made."""
    sani = sharer(world, "digi-turva")
    client, journal = passport_of(world, sani), Journal(world)
    answer = client.post(SHARE + step, data=form(world, sani, **{"name": "Sani", **changes}))
    assert answer.status_code == status
    assert says in answer.text
    assert f'name="name" maxlength="80" value="{changes.get("name", "Sani")}"' in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert journal.actions() == []


def test_the_badges_of_others_are_not_there(world: World) -> None:
    """A foreign key is refused in the same words as one that never was, and shows nothing of theirs."""
    sani, veikko = sharer(world, "digi-turva"), sharer(world, "arki-ruoka")
    answer = passport_of(world, sani).post(f"{SHARE}/preview", data=form(world, veikko))
    assert answer.status_code == 409
    assert "Arjen ruoanlaitto" not in answer.text


def test_what_was_not_taken_yet_or_put_away_is_not_offered(world: World) -> None:
    """Only the shelf can be shown; with nothing on it the page says what to do."""
    sani = sharer(world, "digi-turva", "arki-ruoka")
    client = passport_of(world, sani)
    say(world, sani.participant, sani.rows["arki-ruoka"], Decision.HIDE)
    page = client.get(SHARE).text
    assert str(sani.rows["digi-turva"]) in page
    assert str(sani.rows["arki-ruoka"]) not in page
    say(world, sani.participant, sani.rows["digi-turva"], Decision.DECLINE)
    assert "Ota ensin merkki vastaan." in client.get(SHARE).text


def test_a_revoked_badge_is_offered_but_not_ticked(world: World) -> None:
    """The ready ways leave it out; who wants to show it can."""
    sani = sharer(world, "digi-turva", "arki-ruoka")
    path = f"/v1/credentials/{sani.issued['arki-ruoka']['id']}/revoke"
    assert world.client.post(path, json={"reason": "issued-in-error"}, headers=world.as_iida()).status_code == 200
    page = passport_of(world, sani).get(SHARE).text
    assert hidden_fields(page, f"{SHARE}/preview")["badges"] == [str(sani.rows["digi-turva"])]
    assert re.search(rf'value="{sani.rows["arki-ruoka"]}">', page)
    assert "Ei enää voimassa" in page


def test_only_what_there_is_can_be_shown_beside(world: World) -> None:
    """Evidence and own words are offered once there are any; nothing is ticked from the start."""
    sani = sharer(world, "digi-turva")
    client = passport_of(world, sani)
    offered = re.compile(r'name="shows" value="([^"]+)"( checked)?')
    assert offered.findall(client.get(SHARE).text) == [("day", "")]
    write(world, sani, "Olen ylpeä")
    keep(world, sani, text_content("Teki tarkistuksen"))
    assert offered.findall(client.get(SHARE).text) == [("day", ""), ("evidence", ""), ("own-words", "")]


def test_a_link_is_taken_back_at_once(world: World) -> None:
    """The list says so, the link is gone for everybody, and its own page says that it ended."""
    sani = sharer(world, "digi-turva")
    link = new_link(world, sani, shows=everything(), name="Sani")
    client = passport_of(world, sani)
    assert f"{LINKS}/{link}/withdraw" in client.get(LINKS).text
    answer = client.post(f"{LINKS}/{link}/withdraw")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{LINKS}?done=withdrawn")
    after = client.get(answer.headers["location"])
    assert "Linkki on otettu pois." in after.text
    assert str(link) not in after.text
    assert client.get(f"{LINKS}/{link}").status_code == 410
    public = world.client.get(address_of(world, link), headers={"Accept": "text/html"})
    assert public.status_code == 410
    assert "Sani" not in public.text


def test_nobody_sees_or_takes_back_the_links_of_others(world: World) -> None:
    """A foreign key is not found, on every door."""
    sani, veikko = sharer(world, "digi-turva"), sharer(world, "arki-ruoka")
    link = new_link(world, veikko)
    client, journal = passport_of(world, sani), Journal(world)
    assert str(link) not in client.get(LINKS).text
    for unknown in (link, NO_LINK):
        assert client.get(f"{LINKS}/{unknown}").status_code == 404
        assert client.post(f"{LINKS}/{unknown}/withdraw").status_code == 404
    assert client.get(f"{LINKS}/nonsense").status_code == 422
    assert journal.actions() == []


def test_a_link_ends_with_its_last_badge(world: World) -> None:
    """When every badge of it is put away, it is in the list no more, and its page says that it ended."""
    sani = sharer(world, "digi-turva")
    link = new_link(world, sani)
    say(world, sani.participant, sani.rows["digi-turva"], Decision.HIDE)
    client = passport_of(world, sani)
    assert client.get(f"{LINKS}/{link}").status_code == 410
    page = client.get(LINKS)
    assert page.status_code == 200
    assert str(link) not in page.text


def test_linkedin_gets_public_facts_alone(world: World) -> None:
    """Name of the badge, issuer, month and address; one for each badge that stands."""
    sani = sharer(world, "digi-turva", "arki-ruoka")
    link = new_link(world, sani)
    page = passport_of(world, sani).get(f"{LINKS}/{link}").text
    found = [
        urlsplit(one.replace("&amp;", "&")) for one in re.findall(r'href="(https://www\.linkedin\.com/[^"]+)"', page)
    ]
    assert [parse_qs(one.query) for one in found] == [
        {
            "startTask": ["CERTIFICATION_NAME"],
            "name": [name],
            "organizationName": ["OK! osaamismerkit"],
            "issueYear": ["2026"],
            "issueMonth": ["11"],
            "certUrl": [BASE_URL + address_of(world, link)],
        }
        for name in ("Turvallisesti verkossa", "Arjen ruoanlaitto")
    ]


@pytest.mark.parametrize(
    "changes", [{"purpose": Purpose.STUDY_PLAN}, {"shows": frozenset({Shown.DAY})}, {"name": "Sani"}], ids=str
)
def test_a_link_with_more_is_not_for_linkedin(world: World, changes: dict[str, Any]) -> None:
    """Where a link tells more than everybody may know, no address is offered that would spread it."""
    sani = sharer(world, "digi-turva")
    link = new_link(world, sani, **changes)
    page = passport_of(world, sani).get(f"{LINKS}/{link}").text
    assert "linkedin.com" not in page
    assert "tee linkki työpaikalle" in page


def test_own_evidence_opens_for_its_holder_alone(world: World) -> None:
    """As a file to save, never as a page; the pieces of others are not found."""
    sani, veikko = sharer(world, "digi-turva"), sharer(world, "digi-turva")
    mine, other = keep(world, sani, text_content("<b>Sanin</b>")), keep(world, veikko, text_content("Veikon"))
    client = passport_of(world, sani)
    answer = client.get(f"{SHARE}/evidence/{mine.id}")
    assert (answer.status_code, answer.text) == (200, "<b>Sanin</b>")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert client.get(f"{SHARE}/evidence/{other.id}").status_code == 404


@pytest.mark.parametrize(("language", "says"), [("sv", "Länk för en arbetsplats"), ("en", "A link for a workplace")])
def test_it_keeps_the_language_that_was_asked_for(world: World, language: str, says: str) -> None:
    """From the preview to the link's page."""
    sani = sharer(world, "digi-turva")
    client, keeps = passport_of(world, sani), f"?lang={language}"
    preview = client.post(f"{SHARE}/preview{keeps}", data=form(world, sani)).text
    made = client.post(SHARE + keeps, data=hidden_fields(preview, SHARE + keeps))
    assert says in client.get(made.headers["location"]).text


def test_a_huge_form_is_refused(world: World) -> None:
    """Before anything is made of it."""
    sani = sharer(world, "digi-turva")
    answer = passport_of(world, sani).post(SHARE, data=form(world, sani, name="S" * 70_000))
    assert answer.status_code == 413
