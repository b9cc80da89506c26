"""``/verify``: files, text and links of anyone; a verdict in words for whatever comes, and a stranger's text that stays text."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from okbadges.pages.verify import MOST_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.world import World

PAGE = {"Accept": "text/html"}
SHARE = {"purpose": "other", "expires_on": "2027-05-31"}


@pytest.fixture(scope="module")
def issued(installation: World) -> dict[str, Any]:
    """Issue one badge with a share link."""
    return installation.issue(share=SHARE)


def check(world: World, *, file: bytes | None = None, text: str = "", status: int = 200, language: str = "fi") -> str:
    """Send a file or a text as the form does and return the page."""
    answer = world.client.post(
        f"/verify?lang={language}",
        files={"file": ("file", file or b"", "application/octet-stream")},
        data={"text": text},
        headers=PAGE,
        follow_redirects=False,
    )
    assert answer.status_code == status, answer.text
    return answer.text


def heading(page: str) -> str:
    """Return the main heading."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page)
    assert found is not None, page
    return found[1]


def test_it_works(installation: World) -> None:
    """The form asks for a file or a text and says what happens with it."""
    page = installation.client.get("/verify", headers=PAGE).text
    assert 'type="file"' in page
    assert "<textarea" in page
    assert "Emme tallenna tiedostoa." in page


@pytest.mark.parametrize("form", ["credential.json", "badge.png", "badge.svg"])
def test_a_badge_of_ours_is_shown_in_our_words(installation: World, issued: dict[str, Any], form: str) -> None:
    """Every file that we hand out is read, and shown with its picture in the visitor's language."""
    page = check(installation, file=installation.client.get(f"{issued['share_link']}/{form}").content, language="sv")
    assert heading(page) == "Äkta och giltigt"
    assert "Tryggt på nätet" in page
    assert "/badges/digi-turva/v1/sv/image.svg" in page
    assert 'hreflang="' not in page  # a link to another language would lose the result
    assert "Kemin" not in page


def test_pasted_text_is_checked(installation: World, issued: dict[str, Any]) -> None:
    """The JSON may be pasted."""
    assert heading(check(installation, text=json.dumps(issued["credential"], ensure_ascii=False))) == "Aito ja voimassa"


@pytest.mark.parametrize("kind", ["share_link", "claim_link"])
def test_a_link_of_ours_leads_to_its_page(installation: World, issued: dict[str, Any], kind: str) -> None:
    """Pasting a link of this service opens it, where it is checked."""
    answer = installation.client.post("/verify", data={"text": f" {issued[kind]}\n"}, follow_redirects=False)
    assert answer.status_code == 303
    assert issued[kind].endswith(answer.headers["location"])


def test_a_link_that_only_looks_like_ours_is_not_followed_back(installation: World) -> None:
    """What follows our address must be a page of ours on our host."""
    for text in ("http://localhost:8000.evil.example/s/x", "http://localhost:8000@evil.example/s/x", "/s/x"):
        answer = installation.client.post("/verify", data={"text": text}, follow_redirects=False)
        assert answer.status_code == 200


def test_an_altered_badge_is_red_and_not_in_our_words(installation: World, issued: dict[str, Any]) -> None:
    """A forger cannot borrow our picture: the badge shows as what somebody wrote, below the verdict."""
    forged = json.loads(json.dumps(issued["credential"]))
    forged["credentialSubject"]["achievement"]["name"] = "Koko tutkinto"
    page = check(installation, file=json.dumps(forged).encode())
    assert heading(page) == "Tämä on muutettu tai väärennetty"
    assert "Koko tutkinto" in page
    assert "/image.svg" not in page


@pytest.mark.parametrize("content", [b"nonsense", b"{}", b"\x89PNG\r\n\x1a\n", b"<svg/>", b"\xff\xfe", b"[" * 5000])
def test_what_is_no_badge_gets_a_verdict(installation: World, content: bytes) -> None:
    """Words and a status of 200, never an error of ours."""
    page = check(installation, file=content)
    assert heading(page) in {
        "Tästä ei löydy merkkiä",
        "Tähän merkkiin ei voi luottaa",
        "Tätä ei ole allekirjoittanut kukaan",
    }
    assert "Traceback" not in page


def test_where_no_badge_was_found_nobody_is_accused(installation: World) -> None:
    """A wrong file is a question, not a crossed-out badge, and its checks wait behind a fold."""
    page = check(installation, file=b"nonsense")
    assert 'class="verdict caution"' in page
    assert '<section class="checks">' not in page
    assert "Mitä tarkistettiin</summary>" in page


def test_nothing_is_asked_for_again(installation: World) -> None:
    """An empty form is shown again with what is missing."""
    page = check(installation, status=422)
    assert "Valitse tiedosto, kirjoita koodi tai liitä linkki tai teksti." in page
    assert "<title>Virhe: Tarkista merkki" in page
    assert page.count('aria-invalid="true"') == 2
    assert page.count('aria-describedby="mistake') == 2


def test_a_file_that_is_too_large_is_refused_in_words(installation: World) -> None:
    """Just over the limit the form says so; far over it nothing is read."""
    page = check(installation, file=b"x" * (MOST_BYTES + 1), status=413)
    assert "Tiedosto on yli 2 Mt." in page
    assert page.count('aria-invalid="true"') == 1
    assert "2 Mt" in check(installation, file=b"x" * (MOST_BYTES + 200_000), status=413)


def foreign_cases() -> Iterator[Any]:
    """Yield the attack cases about what is displayed: their input and what their page must and must not hold."""
    file = Path(__file__).resolve().parents[3] / "shared" / "attacks" / "cases.json"
    if not file.is_file():
        return
    for case in json.loads(file.read_text("utf-8"))["cases"]:
        if case["expect"].get("render") and case["input"]["kind"] in {"json", "svg", "text", "jwt"}:
            yield pytest.param(case, id=case["id"])


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("case", list(foreign_cases()) or [None])
def test_hostile_text_stays_text(installation: World, case: dict[str, Any]) -> None:
    """No attack case puts a script, a link, a picture or a turned-around line on the page."""
    payload = case["input"].get("payload")
    if payload is None:
        content = base64.b64decode(case["input"]["payload_b64"])
    else:
        content = (payload if isinstance(payload, str) else json.dumps(payload)).encode("utf-8", "surrogatepass")
    page = check(installation, file=content)
    rules = case["expect"]["render"]
    for text in rules.get("must_not_contain", []):
        assert text not in page
    for pattern in rules.get("must_not_match", []):
        assert not re.search(pattern, page)
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u0000\x1b") & set(page)
    assert 'class="verdict good"' not in page
    assert re.findall(r'(?:src|href)="(?!/|#|\?)[^"]*"', page) == []


def test_an_imitation_of_a_known_issuer_is_warned_of(installation: World, shared: Path) -> None:
    """A stranger under our issuer's name is louder than the tick."""
    cases = json.loads((shared / "attacks" / "cases.json").read_text("utf-8"))["cases"]
    homoglyph = next(case for case in cases if case["id"] == "I-homoglyph")
    payload = homoglyph["input"]["payload"]
    page = check(installation, file=(payload if isinstance(payload, str) else json.dumps(payload)).encode())
    assert heading(page) == "Myöntäjää ei tunneta"
    assert "kyrillinen" in page


def test_a_form_with_a_hundred_thousand_fields_is_refused(installation: World) -> None:
    """A form that is only there to be long gets an error of the client, not of ours."""
    boundary = "x"
    part = f'--{boundary}\r\nContent-Disposition: form-data; name="f"\r\n\r\n1\r\n'
    answer = installation.client.post(
        "/verify",
        content=(part * 100_000 + f"--{boundary}--\r\n").encode(),
        headers={**PAGE, "Content-Type": f"multipart/form-data; boundary={boundary}"},
    )
    assert answer.status_code in {400, 413, 422}
