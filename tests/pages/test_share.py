"""``/s/{token}``: checked on every view, the same address for people and programs, and nothing of it kept."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import pytest
import zxingcpp
from PIL import Image

from okbadges.credentials.baking import unbake
from okbadges.credentials.strict_json import dumps
from okbadges.passport.accepting import Decision
from okbadges.passport.matching import match_code
from okbadges.passport.own_links import Shown
from okbadges.passport.sharing import Purpose
from okbadges.passport.shown_evidence import name_on_link
from okbadges.progress.evidence_content import PDF, PLAIN_TEXT, Content, PieceKind, text_content
from support.passport import browser, say
from support.sharing import address_of, everything, keep, new_link, passport_of, sharer, write
from support.world import on_both_databases

if TYPE_CHECKING:
    import uuid

    from support.world import World

PAGE = {"Accept": "text/html"}
STUDY = {"purpose": "study-plan", "expires_on": "2027-05-31"}
WORK = {"purpose": "workplace", "expires_on": "2027-05-31"}


@pytest.fixture(scope="module")
def shared(installation: World) -> dict[str, Any]:
    """Issue one badge behind a link for a study plan."""
    return installation.issue(share=STUDY)


def html(world: World, address: str, **headers: str) -> str:
    """Open a page as a browser does, and return it without the one style of ours that it holds."""
    answer = world.client.get(address, headers={**PAGE, **headers})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page, styles = re.subn(r"<style>.*?</style>", "", answer.text, flags=re.DOTALL)
    assert styles == 1
    return page


def test_it_works(installation: World, shared: dict[str, Any]) -> None:
    """The verdict is the main heading, and the page is never kept nor indexed."""
    answer = installation.client.get(shared["share_link"], headers=PAGE)
    assert re.search(r"<h1[^>]*>Aito ja voimassa</h1>", answer.text)
    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/vc+ld+json", "application/vc+ld+json"),
        ("application/vc", "application/vc"),
        ("application/ld+json", "application/ld+json"),
        ("application/vc, application/json", "application/vc"),
    ],
)
def test_a_program_gets_the_signed_bytes(
    installation: World, shared: dict[str, Any], accept: str, media_type: str
) -> None:
    """The exact stored document, under the name it was asked for."""
    answer = installation.client.get(shared["share_link"], headers={"Accept": accept})
    assert answer.headers["content-type"] == media_type
    assert answer.content == dumps(shared["credential"])
    assert answer.headers["cache-control"] == "no-store"


def test_a_program_gets_the_report(installation: World, shared: dict[str, Any]) -> None:
    """JSON is the report of a check made now."""
    answer = installation.client.get(shared["share_link"], headers={"Accept": "application/json"})
    assert (answer.json()["verdict"], answer.json()["report_version"]) == ("VALID", 1)
    assert "Accept" in answer.headers["vary"]


@pytest.mark.parametrize("form", ["credential.json", "badge.png", "badge.svg"])
def test_files_hold_the_signed_bytes(installation: World, shared: dict[str, Any], form: str) -> None:
    """Each download carries the stored document unchanged, has a name, and is not kept."""
    answer = installation.client.get(f"{shared['share_link']}/{form}")
    inside = answer.content if form.endswith("json") else unbake(answer.content)
    assert inside == dumps(shared["credential"])
    assert "digi-turva" in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"


def test_the_qr_code_holds_the_link(installation: World, shared: dict[str, Any]) -> None:
    """The PNG for paper reads as the share link; the SVG is one too."""
    png = installation.client.get(f"{shared['share_link']}/qr.png")
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(png.content)))
    assert found.text == shared["share_link"]
    svg = installation.client.get(f"{shared['share_link']}/qr.svg")
    assert svg.headers["content-type"] == "image/svg+xml"
    assert svg.content.startswith(b"<svg")


def test_a_study_plan_link_tells_a_teacher_more(installation: World, shared: dict[str, Any]) -> None:
    """Organisation, workshop, the day, the recognition record, and what may be recognised, with its caveat."""
    page = html(installation, shared["share_link"])
    for said in ("Kemin taitopaja", "Kahvila ja keittiö", "20.11.2026", "OTT-2026-7", "Voidaan tunnustaa", "osp"):
        assert said in page
    assert "Se ei ole opintosuoritus." in page


def test_another_link_tells_nothing_of_it(installation: World) -> None:
    """Behind any other purpose there is no organisation, no workshop, no day, no osp, nothing creditable."""
    page = html(installation, installation.issue(share=WORK)["share_link"])
    assert "Aito ja voimassa" in page
    for private in ("Kemin", "Kahvila", "20.11.2026", "OTT-2026-7", "tunnustaa yhdessä", "osp", "TUVA"):
        assert private not in page


@pytest.mark.parametrize(
    ("language", "verdict"), [("fi", "Aito ja voimassa"), ("sv", "Äkta och giltigt"), ("en", "Genuine and valid")]
)
def test_it_speaks_the_visitors_language(
    installation: World, shared: dict[str, Any], language: str, verdict: str
) -> None:
    """By the browser's wish or by ``?lang=``, which the links then keep."""
    by_browser = html(installation, shared["share_link"], **{"Accept-Language": language})
    by_address = html(installation, f"{shared['share_link']}?lang={language}")
    for page in (by_browser, by_address):
        assert f'<html lang="{language}">' in page
        assert verdict in page
    assert f'href="/badges?lang={language}"' in by_address
    assert 'href="/badges"' in by_browser


def test_previews_give_nobody_away(installation: World, shared: dict[str, Any]) -> None:
    """What a chat shows of the link is neither the badge, nor its issuer, nor a picture."""
    page = html(installation, shared["share_link"])
    shown = " ".join(re.findall(r'<meta (?:property="og:|name="description")[^>]*>', page))
    assert "Turvallisesti" not in shown
    assert "OK!" not in shown
    assert "og:image" not in shown


def test_a_page_asks_for_nothing_but_its_own(installation: World, shared: dict[str, Any]) -> None:
    """No inline script, no style but the one, and no address of another host in anything that a browser loads."""
    page = html(installation, shared["share_link"])
    assert " style=" not in page
    assert not re.search(r"<style|<script(?![^>]* src=)|\son[a-z]+=", page)
    assert re.findall(r'(?:src|<link[^>]* href)="(https?:|//)[^"]*"', page) == []


def test_a_revoked_badge_still_shows_what_it_was(installation: World) -> None:
    """Peruttu, in words, with what it said, and without a suggestion to recognise it."""
    issued = installation.issue(share=STUDY)
    revoked = installation.client.post(
        f"/v1/credentials/{issued['id']}/revoke", json={"reason": "issued-in-error"}, headers=installation.as_iida()
    )
    assert revoked.status_code == 200, revoked.text
    installation.clock.move(seconds=2)
    page = html(installation, issued["share_link"])
    assert re.search(r"<h1[^>]*>Aito, mutta peruttu [0-9.]+</h1>", page)
    assert "Tekee vahvan salasanan" in page
    assert "Näin merkki kertoi haltijasta:" in page
    assert "Voidaan tunnustaa" not in page


def test_an_unknown_link_gets_a_kind_page(installation: World) -> None:
    """A mistyped link is said to be one, in the visitor's language."""
    answer = installation.client.get("/s/nope", headers={**PAGE, "Accept-Language": "sv"})
    assert answer.status_code == 404
    assert "Kontrollera att hela adressen är med" in answer.text
    assert "Traceback" not in answer.text


@on_both_databases
@pytest.mark.parametrize("form", ["", "/credential.json", "/badge.png", "/badge.svg", "/qr.png", "/qr.svg"])
def test_a_link_that_has_ended_is_gone(world: World, form: str) -> None:
    """After its last day nothing behind it opens; a person reads kind words, and nothing of the badge."""
    issued = world.issue(share={"purpose": "other", "expires_on": "2026-11-22"})
    world.clock.move(days=2)
    answer = world.client.get(issued["share_link"] + form, headers=PAGE)
    assert answer.status_code == 410
    assert "Tämä linkki ei ole enää voimassa" in answer.text
    assert "Turvallisesti" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_a_link_has_no_second_badge(installation: World, shared: dict[str, Any]) -> None:
    """Asking for a credential that the link does not show is answered with not found."""
    assert installation.client.get(f"{shared['share_link']}/badge.png?item=2").status_code == 404
    assert installation.client.get(f"{shared['share_link']}/badge.png?item=0").status_code == 422


def public(world: World, link: uuid.UUID, **headers: str) -> str:
    """Open a link as a stranger's browser does."""
    return html(world, address_of(world, link), **headers)


def test_several_badges_have_one_verdict_each(world: World) -> None:
    """Three badges, one of them revoked: its own verdict, and the others stand."""
    sani = sharer(world)
    link = new_link(world, sani)
    gone = sani.issued["arki-ruoka"]["id"]
    path = f"/v1/credentials/{gone}/revoke"
    assert world.client.post(path, json={"reason": "issued-in-error"}, headers=world.as_iida()).status_code == 200
    world.clock.move(seconds=2)
    page = public(world, link)
    assert re.search(r"<h1>3 merkkiä</h1>", page)
    verdicts = re.findall(r'<h2 id="verdict-\d">([^<]+)</h2>', page)
    assert verdicts == ["Aito ja voimassa", "Aito, mutta peruttu 21.11.2026", "Aito ja voimassa"]
    overview = re.search(r'<ul class="overview">(.*?)</ul>', page, re.DOTALL)
    assert overview
    assert re.findall(r'<span class="tone">([^<]+)<', overview[1]) == verdicts
    told = world.client.get(address_of(world, link), headers={"Accept": "application/json"}).json()
    assert [one["verdict"] for one in told["reports"]] == ["VALID", "REVOKED", "VALID"]
    assert page.count('class="whose"') == 1


def test_a_hidden_badge_disappears(world: World) -> None:
    """Put away after the link was made, it is neither on the page nor among its files."""
    sani = sharer(world)
    link = new_link(world, sani)
    say(world, sani.participant, sani.rows["arki-ruoka"], Decision.HIDE)
    page = public(world, link)
    assert "Arjen ruoanlaitto" not in page
    assert "<h1>2 merkkiä</h1>" in page
    address = address_of(world, link)
    assert b"arki-ruoka" not in world.client.get(f"{address}/credential.json?item=2").content
    assert world.client.get(f"{address}/credential.json?item=3").status_code == 404


def test_nothing_is_shown_beside_a_badge_unless_the_holder_says_so(world: World) -> None:
    """No day, no words, no evidence, no name; and the page says that there is no name."""
    sani = sharer(world, "digi-turva")
    write(world, sani, "Olen ylpeä")
    keep(world, sani, text_content("Teki tarkistuksen"))
    page = public(world, new_link(world, sani))
    for private in ("Olen ylpeä", "Teki tarkistuksen", "20.11.2026", "varma", "Sani", "Työnäytteet"):
        assert private not in page
    assert "Merkissä ei ole nimeä." in page


def test_what_the_holder_says_is_said_to_be_theirs(world: World) -> None:
    """Name, words and evidence each stand beside words that tell who said it and that nobody checked it."""
    sani = sharer(world, "digi-turva")
    write(world, sani, "Olen ylpeä\n<b>ja varma</b>")
    keep(world, sani, text_content("Teki tarkistuksen"))
    page = public(world, new_link(world, sani, shows=everything(), name="Sani"))
    assert re.search(r"Haltija kertoi nimekseen <strong[^>]*><bdi[^>]*>Sani</bdi></strong>", page)
    assert "Nimeä ei ole tarkistettu." in page
    assert page.count("Ne eivät ole osa merkkiä, eikä niitä ole tarkistettu.") == 2
    assert "Olen ylpeä\n&lt;b&gt;ja varma&lt;/b&gt;" in page
    assert "Ennen: vähän varma. Nyt: hyvin varma." in page
    assert "Myönnetty 20.11.2026." in page
    assert "Teki tarkistuksen" in page


def test_look_alike_letters_in_a_name_are_shown_for_what_they_are(world: World) -> None:
    """A Cyrillic letter among Latin ones is named."""
    page = public(world, new_link(world, sharer(world, "digi-turva"), name="S\u0430ni"))
    assert "Tekstissä on kirjaimia, jotka näyttävät toisilta: \u0430 (kyrillinen)." in page


def test_files_show_no_more_than_before(world: World) -> None:
    """Neither a download, nor what programs get, nor a preview in a chat holds anything that the holder added."""
    sani = sharer(world, "digi-turva")
    write(world, sani, "Xanthippan salaisuus")
    keep(world, sani, text_content("Xanthippan teksti"))
    link = new_link(world, sani, shows=everything(), name="Xanthippa")
    address = address_of(world, link)
    bare = address_of(world, new_link(world, sani))
    for form in ("credential.json", "badge.png", "badge.svg"):
        assert world.client.get(f"{address}/{form}").content == world.client.get(f"{bare}/{form}").content
    for accept in ("application/json", "application/vc"):
        assert "Xanthippa" not in world.client.get(address, headers={"Accept": accept}).text
    head = public(world, link).partition("</head>")[0]
    assert "Xanthippa" not in head


def jpeg() -> Content:
    """Return a photo as it is kept."""
    written = io.BytesIO()
    Image.new("RGB", (8, 8), "brown").save(written, "JPEG")
    return Content(PieceKind.PHOTO, "image/jpeg", written.getvalue())


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (jpeg(), "image/jpeg"),
        (Content(PieceKind.FILE, PDF, b"%PDF-1.4 %%EOF"), "application/pdf"),
        (Content(PieceKind.FILE, PLAIN_TEXT, b"<script>alert(1)</script>"), "text/plain; charset=utf-8"),
    ],
    ids=["photo", "pdf", "text"],
)
def test_evidence_is_a_file_to_save(world: World, content: Content, media_type: str) -> None:
    """The page names it and leads to it; it comes as what it is, never as a page of ours, and is not kept."""
    sani = sharer(world, "digi-turva")
    piece = keep(world, sani, content)
    link = new_link(world, sani, shows=frozenset({Shown.EVIDENCE}))
    name = name_on_link(link, piece.id)
    address = f"{address_of(world, link)}/evidence/{name}"
    page = public(world, link)
    assert f'"{address}"' in page
    assert str(piece.id) not in page, "it tells when the piece was kept, to the millisecond"
    answer = browser(world).get(address)
    assert (answer.status_code, answer.content) == (200, content.data)
    assert answer.headers["content-type"] == media_type
    assert answer.headers["content-disposition"] == f'attachment; filename="{piece.file_name(name)}"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers


def test_evidence_opens_through_its_link_alone(world: World) -> None:
    """Not through a link that does not show it, nor one that shows other badges, nor after it was taken back."""
    sani = sharer(world, "digi-turva", "arki-ruoka")
    piece = keep(world, sani, text_content("Teki tarkistuksen"))
    evidence = frozenset({Shown.EVIDENCE})
    link = new_link(world, sani, shows=evidence)
    others = new_link(world, sani, shows=evidence, credentials=(sani.rows["arki-ruoka"],))
    bare = new_link(world, sani)
    for by, status in ((link, 200), (others, 404), (bare, 404)):
        assert (
            browser(world).get(f"{address_of(world, by)}/evidence/{name_on_link(by, piece.id)}").status_code == status
        )
    assert browser(world).get(f"{address_of(world, link)}/evidence/{piece.id}").status_code == 404
    assert browser(world).get(f"/s/nope/evidence/{piece.id}").status_code == 404
    passport_of(world, sani).post(f"/passport/share/links/{link}/withdraw")
    assert browser(world).get(f"{address_of(world, link)}/evidence/{name_on_link(link, piece.id)}").status_code == 410


def test_a_teacher_chooses_when_studies_began(installation: World, shared: dict[str, Any]) -> None:
    """The page of a study plan leads to the areas of each generation of the requirements, the latest first; a workplace is not asked."""
    link = shared["share_link"]
    path = link.removeprefix(installation.rooms.base_url)
    page = html(installation, link)
    assert re.findall(rf'href="{path}/areas\?generation=(\d+)"', page) == ["2026", "2022", "2018"]
    assert f'href="{path}/areas?generation=2018&amp;lang=sv"' in html(installation, f"{link}?lang=sv")
    assert "/areas" not in html(installation, installation.issue(share=WORK)["share_link"])


def test_digits_that_were_right_go_along_to_the_areas(world: World) -> None:
    """Checked on this page they need not be checked on the next; wrong ones prove nothing."""
    sani = sharer(world, "digi-turva")
    link = address_of(world, new_link(world, sani, purpose=Purpose.STUDY_PLAN))
    digits = match_code(world.rooms.secrets, sani.holder, now=world.clock()).digits
    right = browser(world).post(f"{link}/match", data={"digits": digits}).text
    assert re.search(r"/areas\?generation=2022&amp;proof=[0-9]+\.[A-Za-z0-9_-]+", right)
    wrong = browser(world).post(f"{link}/match", data={"digits": "000000" if digits != "000000" else "000001"}).text
    assert "proof=" not in wrong


def test_links_that_ended_all_say_the_same(world: World) -> None:
    """Taken back or at its end: the page tells neither the name nor the badge, nor that there is a passport."""
    sani = sharer(world, "digi-turva")
    taken, ended = new_link(world, sani, name="Xanthippa"), new_link(world, sani, name="Xanthippa")
    passport_of(world, sani).post(f"/passport/share/links/{taken}/withdraw")
    world.clock.move(days=31)
    pages = [browser(world).get(address_of(world, one)) for one in (taken, ended)]
    assert [page.status_code for page in pages] == [410, 410]
    one, other = (re.sub(r"<details.*</details>|/s/[\w-]+", "", page.text, flags=re.DOTALL) for page in pages)
    assert one == other
    for private in ("Xanthippa", "Turvallisesti", "/passport"):
        assert private not in one
