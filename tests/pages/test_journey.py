"""The main job in a real browser: Iida issues, Tuula checks on a phone, a stranger's and a forger's files are told apart."""

from __future__ import annotations

import io
import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest
import zxingcpp
from PIL import Image

from okbadges.building import utc_now
from support.chromium import PHONE, pages_on_paper
from support.served import served_world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from support.chromium import Visitor


@dataclass(frozen=True, slots=True)
class Service:
    """A running service and what Iida's program can do with it."""

    base_url: str
    iida: str

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Call the API as Iida's program."""
        request = Request(  # noqa: S310 - the test's own server
            self.base_url + path,
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {self.iida}"},
        )
        with urlopen(request, timeout=30) as answer:  # noqa: S310 - the same
            found: dict[str, Any] = json.load(answer)
        return found

    def issue(self, purpose: str = "study-plan", **changes: Any) -> dict[str, Any]:
        """Issue a badge with a share link."""
        today = utc_now().date()
        return self.post(
            "/v1/credentials",
            {
                "badge": "digi-turva",
                "organisation": "kemi",
                "workshop": "kahvila",
                "criteria_met": True,
                "observation": {"observed_by": "instructor", "methods": ["observation"], "occasions": 2},
                "language": "fi",
                "awarded_on": today.isoformat(),
                "share": {
                    "purpose": purpose,
                    "expires_on": today.replace(year=today.year + 1, day=1).isoformat(),
                    "agreed": True,
                },
                **changes,
            },
        )

    def get(self, url: str) -> bytes:
        """Fetch a file."""
        with urlopen(url, timeout=30) as answer:  # noqa: S310 - the test's own server
            content: bytes = answer.read()
        return content


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Run the real application on a port of its own, with the real clock."""
    with served_world(tmp_path_factory.mktemp("journey"), now=utc_now) as world:
        yield Service(world.rooms.base_url, world.keys.iida)


def heading(page: Page) -> str:
    """Return the main heading."""
    return page.get_by_role("heading", level=1).inner_text().replace("\n", " ")


def test_tuula_checks_a_badge_on_her_phone(service: Service, visitor: Visitor) -> None:
    """The verdict comes first, in words, then what the person can do, where it belongs, and every check."""
    page = visitor.open(service.issue()["share_link"], size=PHONE)
    assert heading(page) == "Aito ja voimassa"
    assert page.get_by_role("heading", name="Turvallisesti verkossa").first.is_visible()
    text = page.inner_text("body")
    order = ["Aito ja voimassa", "Turvallisesti verkossa", "Tekee vahvan salasanan", "VVTD", "Lataa"]
    assert [text.index(words) for words in order] == sorted(text.index(words) for words in order)
    assert "Kemin taitopaja" in text
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_page_speaks_three_languages(service: Service, visitor: Visitor) -> None:
    """The language is switched by a link, and the page says which language it is in."""
    page = visitor.open(service.issue()["share_link"], size=PHONE)
    for name, code in (("Svenska", "sv"), ("English", "en"), ("Suomi", "fi")):
        page.get_by_role("link", name=name).click()
        assert page.locator("html").get_attribute("lang") == code
    swedish = visitor.open(service.issue()["share_link"], language="sv-FI")
    assert swedish.locator("html").get_attribute("lang") == "sv"


def test_a_workplace_link_does_not_show_the_workshop(service: Service, visitor: Visitor) -> None:
    """An employer sees the badge, and nothing of where it was earned or of study plans."""
    text = visitor.open(service.issue("workplace")["share_link"]).inner_text("body")
    assert "Aito ja voimassa" in text
    for private in ("Kemin taitopaja", "Kahvila", "osp"):
        assert private not in text


def test_a_revocation_is_on_the_page_at_once(service: Service, visitor: Visitor) -> None:
    """A page that said valid says revoked when it is opened again after the revocation."""
    issued = service.issue()
    page = visitor.open(issued["share_link"])
    assert heading(page) == "Aito ja voimassa"
    service.post(f"/v1/credentials/{issued['id']}/revoke", {"reason": "issued-in-error"})
    page.wait_for_timeout(1100)
    page.reload()
    assert heading(page).startswith("Aito, mutta peruttu ")
    assert "Turvallisesti verkossa" in page.inner_text("body")


def test_it_works_without_script(service: Service, visitor: Visitor) -> None:
    """Reading a share page and checking a file need no script."""
    issued = service.issue()
    page = visitor.open(issued["share_link"], javascript=False, size=PHONE)
    assert heading(page) == "Aito ja voimassa"
    page.goto(f"{service.base_url}/verify?lang=fi")
    png = service.get(f"{issued['share_link']}/badge.png")
    upload(page, "merkki.png", png)
    assert heading(page) == "Aito ja voimassa"


def upload(page: Page, name: str, content: bytes) -> None:
    """Choose a file on the check page and send it."""
    page.set_input_files("input[type=file]", {"name": name, "mimeType": "application/octet-stream", "buffer": content})
    page.locator("form:has(input[type=file]) button[type=submit]").first.click()


@pytest.mark.parametrize("form", ["badge.png", "badge.svg", "credential.json"])
def test_a_carried_away_file_is_checked(service: Service, visitor: Visitor, form: str) -> None:
    """Each file that a share page offers is read by the check page."""
    content = service.get(f"{service.issue()['share_link']}/{form}")
    page = visitor.open(f"{service.base_url}/verify?lang=fi", size=PHONE)
    upload(page, form, content)
    assert heading(page) == "Aito ja voimassa"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.json", b"{}"),
        ("holiday.png", b"\x89PNG\r\n\x1a\n" + bytes(100)),
        ("noise.bin", secrets.token_bytes(2000)),
        ("page.html", b"<script>alert(1)</script>"),
        ("doubled.json", b'{"id": 1, "id": 2}'),
    ],
)
def test_an_unreadable_file_gets_a_verdict_in_words(
    service: Service, visitor: Visitor, name: str, content: bytes
) -> None:
    """What is no credential is said to be none, without an error of ours."""
    page = visitor.open(f"{service.base_url}/verify?lang=en", language="en-GB")
    upload(page, name, content)
    assert heading(page) != "Genuine and valid"
    text = page.inner_text("body")
    assert "Internal Server Error" not in text
    assert "Traceback" not in text
    assert page.locator("html").get_attribute("lang") == "en"


def test_a_forged_file_is_told_apart(service: Service, visitor: Visitor) -> None:
    """One changed word makes it forged, and a script in its text is only text."""
    credential = service.issue()["credential"]
    credential["credentialSubject"]["achievement"]["name"] = "<script>document.title='pwned'</script>"
    page = visitor.open(f"{service.base_url}/verify?lang=fi")
    upload(page, "forged.json", json.dumps(credential).encode())
    assert heading(page) == "Tämä on muutettu tai väärennetty"
    assert page.title() != "pwned"


def test_a_printed_page_is_one_sheet_whose_code_leads_back(service: Service, visitor: Visitor) -> None:
    """Printing takes one A4, and the QR code on it holds the share link."""
    link = service.issue("workplace")["share_link"]
    page = visitor.open(link)
    assert pages_on_paper(page) == 1
    page.emulate_media(media="print")
    code = page.locator("img[src*='qr'], svg[aria-label*='QR'], .qr img, .qr svg").first
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(code.screenshot())))
    assert [one.text.partition("?")[0] for one in found] == [link]


def test_nothing_is_kept_and_nobody_else_is_asked(service: Service, visitor: Visitor) -> None:
    """No page sets a cookie or stores anything, and none asks another host (the visitor fails the test if one does)."""
    share = service.issue()["share_link"]
    for address in (
        share,
        *(service.base_url + path for path in ("/", "/badges", "/badges/digi-turva", "/verify", "/docs")),
    ):
        page = visitor.open(address)
        assert page.context.cookies() == []
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0


@pytest.mark.parametrize("path", ["/", "/badges", "/badges/kooste-digitaalinen-ymparisto", "/verify", "/docs"])
@pytest.mark.parametrize("language", ["fi-FI", "sv-FI", "en-GB"])
def test_no_page_is_wider_than_a_small_phone(service: Service, visitor: Visitor, path: str, language: str) -> None:
    """At 320 px nothing has to be scrolled sideways (WCAG 2.2, 1.4.10)."""
    page = visitor.open(service.base_url + path, size=(320, 640), language=language)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("path", ["/", "/badges", "/badges/kooste-digitaalinen-ymparisto", "/verify", "/docs"])
def test_text_can_be_twice_as_large(service: Service, visitor: Visitor, path: str) -> None:
    """With text at 200 % nothing has to be scrolled sideways on a small window (WCAG 2.2, 1.4.4)."""
    page = visitor.open(service.base_url + path, size=(640, 800))
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


@pytest.mark.parametrize(
    "path", ["share", "claim", "/badges", "/badges/kooste-digitaalinen-ymparisto", "/verify", "/docs"]
)
def test_text_can_be_twice_as_large_on_a_phone(service: Service, visitor: Visitor, path: str) -> None:
    """With everything open and text at 200 % nothing has to be scrolled sideways at 360 px."""
    address = service.issue()[f"{path}_link"] if path in {"share", "claim"} else service.base_url + path
    page = visitor.open(address, size=(360, 740), language="sv-FI")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_taking_a_link_back_takes_two_steps(service: Service, visitor: Visitor) -> None:
    """Without any script: what opens says that it is final, and only the button inside takes the link back."""
    issued = service.issue("workplace")
    page = visitor.open(issued["claim_link"], javascript=False)
    really = page.get_by_role("button", name="Kyllä, ota linkki pois Linkki työpaikalle.")
    assert not really.is_visible()
    page.locator("summary", has_text="Ota linkki pois").click()
    assert page.get_by_text("Tätä ei voi perua.").is_visible()
    really.click()
    assert page.get_by_text("Linkki on otettu pois.").is_visible()
    page.get_by_role("link", name="Svenska").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Det här märket är ditt"


def test_the_claim_link_is_the_holders_own_page(service: Service, visitor: Visitor) -> None:
    """Otto's page speaks to him and gives him his badge to keep."""
    page = visitor.open(service.issue()["claim_link"], size=PHONE)
    assert "Turvallisesti verkossa" in page.inner_text("body")
    with page.expect_download() as carried:
        page.get_by_role("link", name="PNG").first.click()
    assert carried.value.suggested_filename.endswith(".png")
