"""The instructor's whole way in a real browser on a phone: sign in, group, person, steps, award, cards; and the card opens the passport."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from PIL import Image

from okbadges.organisations.sign_ins import make_sign_in_link
from okbadges.organisations.workshops import ask_second_person, find_organisation
from support.chromium import PHONE
from support.corrections import COLLECTED, SUMMARY
from support.learners import new_group, new_participant
from support.passport import give_badge
from support.served import served_world
from support.work import show_steps

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator

    from playwright.sync_api import Locator, Page

    from support.chromium import Visitor
    from support.world import World

MADE_SMALL = """field => new Promise((done) => {
  const wait = setInterval(() => field.files[0].name === "photo.jpg" && (clearInterval(wait), done()), 50);
})"""


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Run the real application on a port of its own."""
    with served_world(tmp_path_factory.mktemp("work")) as world:
        yield world


def sign_in_link(workshop: World, member_id: uuid.UUID) -> str:
    """Let the administrator make a one-time link for somebody."""
    rooms = workshop.rooms
    with rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    made = make_sign_in_link(
        rooms.writer,
        rooms.stamp("test"),
        rooms.secrets,
        base_url=rooms.base_url,
        organisation=kemi,
        member_id=member_id,
    )
    return made.address


def signed_in(visitor: Visitor, workshop: World, member_id: uuid.UUID, *, javascript: bool = True) -> Page:
    """Open a phone in which somebody signs in with their link."""
    link = sign_in_link(workshop, member_id)
    page = visitor.open(link, size=PHONE, javascript=javascript)
    page.get_by_role("button", name="Kirjaudu sisään").click()
    return page


def heading(page: Page) -> str:
    """Return the main heading."""
    return page.get_by_role("heading", level=1).inner_text().replace("\n", " ").replace("\u00ad", "")


def read_code(code: Locator) -> str:
    """Return what a QR code on the screen says."""
    [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(code.screenshot(scale="device"))))
    text: str = found.text
    return text


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_from_the_sign_in_to_the_passport(workshop: World, visitor: Visitor, *, javascript: bool) -> None:
    """Iida makes a group, adds Sani, ticks every step with one observation, awards, prints a card; its code opens the passport, where the badge waits."""
    page = signed_in(visitor, workshop, workshop.keys.iida_id, javascript=javascript)
    page.goto(f"{workshop.rooms.base_url}/workshop?at=groups")
    if page.get_by_label("Ryhmän nimi").is_hidden():
        page.get_by_text("Uusi ryhmä").click()
    page.get_by_label("Kahvila ja keittiö").check()
    page.get_by_label("Ryhmän nimi").fill("Kahvila, syksy")
    page.get_by_role("button", name="Tee ryhmä").click()
    assert heading(page) == "Kahvila, syksy"
    page.get_by_label("Lyhyt nimi").fill("Sani")
    page.get_by_role("button", name="Lisää").click()
    group = page.url.partition("?")[0]
    page.get_by_role("link", name="Sani").click()
    assert heading(page) == "Sani"

    page.get_by_text("Digitaidot", exact=True).click()
    page.get_by_role("link", name="Turvallisesti verkossa").click()
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_label("Miten?").select_option(label="Keskustelu")
    page.get_by_text("Muistiinpano, tai joku muu näki").click()
    page.get_by_label("Muistiinpano", exact=True).fill("Teki vahvan salasanan ja kertoi, miksi.")
    page.get_by_role("button", name="Merkitse nähdyksi").click()
    assert "Nähty 21.11.2026 · Keskustelu · ohjaaja" in page.inner_text("main")
    page.get_by_role("link", name="Anna merkki").click()
    assert heading(page) == "Anna merkki: Sani"
    page.get_by_role("button", name="Anna merkki").click()
    assert heading(page) == "Merkki on annettu"

    page.get_by_role("link", name="Takaisin ryhmään").click()
    assert page.url == group
    page.get_by_role("link", name="Kortit").click()
    page.get_by_role("button", name="Näytä kortit").click()
    assert heading(page) == "Osaamispassin kortit"
    code = page.locator(".code").inner_text().split()[-1]

    passport = visitor.open(f"{workshop.rooms.base_url}/p", size=PHONE, javascript=javascript)
    passport.get_by_label("Kortin koodi").fill(code)
    passport.get_by_role("button", name="Avaa passi").click()
    assert heading(passport) == "Sinulla on uusi merkki"
    assert "Turvallisesti verkossa" in passport.inner_text("main")
    passport.get_by_role("button", name="Ota vastaan").click()

    page.goto(group)
    page.get_by_role("button", name="Kirjaudu ulos").click()
    page.goto(group)
    assert heading(page) == "Kirjaudu sisään"
    assert visitor.mistakes == []


def test_one_step_for_several_and_a_code_for_the_phone(workshop: World, visitor: Visitor) -> None:
    """Two people showed the same on one day; the one who has shown all gets the badge on their own phone, by its code."""
    group = new_group(workshop, slug="yhdessa")
    eino = new_participant(workshop, group, "Eino")
    new_participant(workshop, group, "Otto")
    show_steps(workshop, eino, "digi-turva", 2, 3)
    page = signed_in(visitor, workshop, workshop.keys.iida_id)
    page.goto(f"{workshop.rooms.base_url}/workshop/groups/{group.id}")
    page.get_by_role("link", name="Merkitse monelle").click()
    page.get_by_role("link", name="Turvallisesti verkossa").click()
    page.get_by_role("checkbox").first.check()
    for label in ("Eino", "Otto"):
        page.get_by_role("checkbox", name=label).check()
    page.get_by_role("button", name="Merkitse nähdyksi").click()
    assert "Merkitty 2 osallistujalle." in page.inner_text("main")
    page.get_by_role("link", name="Yhdessa").click()
    page.get_by_role("link", name="Eino").click()
    page.get_by_role("link", name="Turvallisesti verkossa").click()
    page.get_by_role("button", name="Anna merkki").click()
    page.get_by_role("button", name="Näytä koodi hänelle").click()
    page.get_by_role("button", name="Koodi isoksi").click()
    link = read_code(page.locator("dialog svg"))

    own = visitor.open(link, size=PHONE)
    assert "Turvallisesti verkossa" in own.inner_text("main")
    own.get_by_role("button", name="Ota vastaan").click()
    page.goto(f"{workshop.rooms.base_url}/workshop/people/{eino}/badges/digi-turva/awarded")
    assert page.get_by_role("button", name="Näytä koodi hänelle").count() == 0
    assert visitor.mistakes == []


def test_a_colleague_gives_their_word_by_the_code(workshop: World, visitor: Visitor) -> None:
    """Tuula reads the code on Iida's phone with hers, signs in, comes to the badge, gives her word; then Iida awards."""
    aili = new_participant(workshop, new_group(workshop, slug="kooste"), "Aili")
    for slug in COLLECTED:
        give_badge(workshop, aili, slug)
    show_steps(workshop, aili, SUMMARY)
    rooms = workshop.rooms
    with rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    ask_second_person(rooms.writer, rooms.stamp("test"), kemi, asks=True)
    page = signed_in(visitor, workshop, workshop.keys.iida_id)
    page.goto(f"{rooms.base_url}/workshop/people/{aili}/badges/{SUMMARY}/award")
    link = read_code(page.locator("#code"))

    teacher = signed_in(visitor, workshop, workshop.keys.tuula_id)
    assert heading(teacher) == "Sinulla ei ole täällä ryhmiä"
    teacher.goto(link)
    assert "Aili" not in teacher.inner_text("body")
    teacher.get_by_role("button", name="Annan sanani").click()
    assert "Kiitos. Sanasi on tallessa." in teacher.inner_text("main")

    page.get_by_role("link", name="Katso, onko sana annettu").click()
    page.get_by_role("button", name="Anna merkki").click()
    assert heading(page) == "Merkki on annettu"
    ask_second_person(rooms.writer, rooms.stamp("test"), kemi, asks=False)
    assert visitor.mistakes == []


def test_a_large_photo_is_made_small_before_it_is_sent(workshop: World, visitor: Visitor) -> None:
    """A photo of a camera, larger than the page takes, arrives as small as it is kept."""
    sani = new_participant(workshop, new_group(workshop, slug="kuva"), "Sani")
    out = io.BytesIO()
    Image.effect_noise((3000, 2400), 90).convert("RGB").save(out, "JPEG", quality=95)
    assert len(out.getvalue()) > 5 * 1024 * 1024
    page = signed_in(visitor, workshop, workshop.keys.iida_id)
    page.goto(f"{workshop.rooms.base_url}/workshop/people/{sani}/badges/digi-turva/evidence")
    page.get_by_label("Kysyin, saako").check()
    file = {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}
    page.set_input_files("#photo", file)  # type: ignore[arg-type]
    page.locator("#photo").evaluate(MADE_SMALL)
    page.get_by_role("button", name="Tallenna").click()
    assert "Työnäyte on tallessa." in page.inner_text("main")
    assert visitor.mistakes == []


def test_what_comes_next_is_within_reach_of_a_thumb(workshop: World, visitor: Visitor) -> None:
    """On a phone the button that is wanted most stands in the lower third without scrolling, and covers no field that has the focus."""
    group = new_group(workshop, slug="peukalo")
    sani, eino = new_participant(workshop, group), new_participant(workshop, group, "Eino")
    show_steps(workshop, eino, "kasi-keittio")
    page = signed_in(visitor, workshop, workshop.keys.iida_id)
    base = workshop.rooms.base_url
    places = (
        f"/workshop/groups/{group.id}",
        f"/workshop/groups/{group.id}/badges/kasi-keittio",
        f"/workshop/people/{sani}/badges/kasi-keittio",
        f"/workshop/people/{eino}/badges/kasi-keittio",
        f"/workshop/people/{eino}/badges/kasi-keittio/award",
        f"/workshop/groups/{group.id}/cards",
    )
    for place in places:
        page.goto(base + place)
        box = page.locator(".bar .button").first.bounding_box()
        assert box is not None
        assert PHONE[1] * 2 / 3 <= box["y"] <= box["y"] + box["height"] <= PHONE[1], place
        for field in page.locator("main :is(input:not([type=hidden]), select, textarea, .pick):visible").all():
            field.scroll_into_view_if_needed()
            field.focus()
            reached = field.bounding_box()
            bar = page.locator(".bar").bounding_box()
            assert reached is not None
            assert bar is not None
            assert reached["y"] + min(reached["height"], 24) <= bar["y"] or reached["y"] >= bar["y"] + bar["height"] - 1


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_no_page_is_wider_than_a_small_phone(workshop: World, visitor: Visitor, language: str) -> None:
    """At 320 px nothing has to be pushed aside to be read, with long words and a mistake on the page."""
    group = new_group(workshop, slug=f"kapea-{language}")
    sani = new_participant(workshop, group, "Wolfeschlegelsteinhausen")
    show_steps(workshop, sani, "kasi-keittio", 1, note="x" * 200)
    page = signed_in(visitor, workshop, workshop.keys.iida_id)
    page.set_viewport_size({"width": 320, "height": 640})
    own, badge = f"/workshop/people/{sani}", f"/workshop/people/{sani}/badges/kasi-keittio"
    places = (
        "/workshop?at=groups",
        f"/workshop/groups/{group.id}",
        f"/workshop/groups/{group.id}/badges/kasi-keittio",
        own,
        badge,
    )
    for place in (*places, f"{badge}/award", f"{badge}/evidence", f"{own}/card", f"/workshop/confirm/{sani}/{SUMMARY}"):
        page.goto(f"{workshop.rooms.base_url}{place}{'&' if '?' in place else '?'}lang={language}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, place
