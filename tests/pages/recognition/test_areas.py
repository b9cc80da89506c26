"""``/s/{token}/areas``: the eight questions of a teacher, in order, for anybody who has the link."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest

from okbadges.pages.recognition.gathered import Asked
from okbadges.passport.matching import match_code
from okbadges.passport.sharing import Purpose
from support.college import new_college
from support.passport import browser
from support.studying import (
    SKILLS,
    YTTT,
    choices_of,
    decide_about,
    find_fit,
    revoke,
    signed_in,
    student,
    study_link,
)

if TYPE_CHECKING:
    from pages.recognition.conftest import Talk
    from support.world import World

WORK_LIFE, SORTING = "koulutuksenosattuva_102", "tutkinnonosat_107072"


def plain(page: str) -> str:
    """Return the words of a page's main part, without its tags."""
    main = re.search(r"<main.*?</main>", page, re.DOTALL)
    assert main
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main[0])))


def ways(page: str, target: str = YTTT) -> list[str]:
    """Return the decisions that a page offers about a target."""
    return re.findall(rf"/areas/{target}/decide\?[^\"]*decided=([a-z-]+)", page)


def article(page: str, code: str) -> str:
    """Return the words of one area."""
    found = re.search(
        rf'<article class="target[^"]*">\s*<h3 id="(?:area|target)-{code}">.*?</article>', page, re.DOTALL
    )
    assert found, f"{code} is not on the page"
    return plain(f"<main>{found[0]}</main>")


def test_it_works(table: Talk) -> None:
    """Nobody signs in; the questions come in the order in which a teacher has them."""
    answer = browser(table.world).get(f"{table.link}/areas?generation=2022")
    assert answer.status_code == 200, answer.text
    page = plain(answer.text)
    questions = (
        "Ovatko merkit voimassa?",
        "Kenen merkkejä nämä ovat?",
        "Mitä perusteita opiskelija noudattaa?",
        "Koko osa-aluetta voi ehdottaa",
        "Pakolliset tavoitteet",
        "Onko oppimisympäristö tunnistettu?",
        "Mitä nähtiin, kuka näki ja montako kertaa?",
        "Kuinka vanhaa osaaminen on?",
        "Mitä kokonaisuudesta puuttuu?",
        "Mitä päätät?",
    )
    places = [page.find(one, page.find(questions[2]) if at > 2 else 0) for at, one in enumerate(questions)]
    assert -1 not in places
    assert places == sorted(places)
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers


def test_the_whole_area_in_2022(table: Talk) -> None:
    """Codes, the text of 2018, who saw it, the report, the estimate with its caveat, and all ways to decide."""
    page = browser(table.world).get(f"{table.link}/areas?generation=2022").text
    said = article(page, "yttt")
    for words in (
        "YTTT · Yhteiskunta- ja työelämäosaaminen · 106729 · 2 osp",
        "Tavoitteet ovat vuoden 2018 tekstistä. Vertaa niitä opiskelijan perusteisiin.",
        "Osin näytetty: Työsopimus ja oikeudet",
        "OTT-2024-7, tunnistaja Lapin ammattiopiston opettaja, voimassa 1.8.2024\u201331.12.2027.",
        "Se oli voimassa kaikkien 5 merkin myöntöpäivänä.",
        "Havainnon teki ohjaaja. Taito nähtiin 2 eri kerralla. Tapa: havainnointi. Myönnetty 20.11.2026.",
        "Myönnetty alle kuukausi sitten.",
        "Ei mitään: jokaiseen pakolliseen tavoitteeseen on merkki.",
        "noin 2 osp osa-alueen 2 osp:stä",
        "Se ei ole opintosuoritus.",
    ):
        assert words in said, words
    assert ways(page) == ["full", "part", "not-now", "refer"]


@pytest.mark.parametrize(
    ("query", "code", "headline"),
    [
        ("", "yttt26", "Mahdollinen, ei verrattu"),
        ("?begins_on=2026-07-31", "yttt", "Koko osa-aluetta voi ehdottaa"),
        ("?begins_on=31.7.2026", "yttt", "Koko osa-aluetta voi ehdottaa"),
        ("?begins_on=2026-08-01", "yttt26", "Mahdollinen, ei verrattu"),
        ("?generation=2018", "yttt", "Koko osa-aluetta voi ehdottaa"),
        ("?generation=2022&begins_on=2026-08-01", "yttt", "Koko osa-aluetta voi ehdottaa"),
    ],
)
def test_the_study_right_chooses_the_requirements(table: Talk, query: str, code: str, headline: str) -> None:
    """By its first day or by name; without either those of today."""
    page = browser(table.world).get(f"{table.link}/areas{query}").text
    assert headline in article(page, code)


def test_a_day_that_chose_nothing_is_not_given_as_the_reason(table: Talk) -> None:
    """Whoever names the requirements gets those, whatever the day; only the day's own requirements are there because of it."""
    named = plain(browser(table.world).get(f"{table.link}/areas?generation=2018&begins_on=2027-01-01").text)
    assert "Nämä ovat vuoden 2018 perusteet." in named
    by_day = plain(browser(table.world).get(f"{table.link}/areas?begins_on=2027-01-01").text)
    assert "Nämä ovat vuoden 2026 perusteet, koska opiskeluoikeus alkoi 1.1.2027." in by_day


def test_in_2026_nothing_is_claimed(table: Talk) -> None:
    """No size, no outcome and nothing missing: possible, not compared; the record is for the area before."""
    said = article(browser(table.world).get(f"{table.link}/areas").text, "yttt26")
    assert "laajuutta ei ole julkaistu" in said
    assert "Näiden perusteiden tavoitteita ei tunneta täällä." in said
    assert "viereisten perusteiden mukaan" in said
    assert "Pakolliset tavoitteet" not in said
    assert "osp osa-alueen" not in said


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?begins_on=2018-07-31", "Näitä perusteita ei tunneta täällä."),
        ("?begins_on=31.13.2026", "Kirjoita päivä näin"),
        ("?begins_on=x", "Kirjoita päivä näin"),
        ("?generation=2030", "Näitä perusteita ei tunneta täällä."),
    ],
)
def test_requirements_that_are_not_known_are_said(table: Talk, query: str, sentence: str) -> None:
    """The page is there all the same, in the requirements of today, with what was typed and what is wrong with it."""
    answer = browser(table.world).get(f"{table.link}/areas{query}")
    assert answer.status_code == 422
    assert sentence in plain(answer.text)
    assert article(answer.text, "yttt26")
    typed = re.search(r'name="begins_on"[^>]*value="([^"]*)"', answer.text)
    assert typed
    assert typed[1] == Asked(begins_on=query.partition("begins_on=")[2]).begins_on


def test_the_choice_goes_along(table: Talk) -> None:
    """The ways to decide ask for the same requirements, and the language stays."""
    page = browser(table.world).get(f"{table.link}/areas?begins_on=2026-07-31&lang=sv").text
    assert f"{table.link}/areas/{YTTT}/decide?begins_on=2026-07-31&amp;decided=full&amp;lang=sv" in page
    assert 'name="lang" value="sv"' in page


def test_without_a_record_it_is_not_offered(world: World) -> None:
    """The same badges from a workshop that nobody found fit: named, with the reason, and only "not yet" and "outside my field"."""
    link = study_link(world, student(world, fit_for=()))
    page = browser(world).get(f"{link}/areas?generation=2022").text
    said = article(page, "yttt")
    assert "Ei ehdoteta tunnustettavaksi" in said
    assert "Oppimisympäristöä ei ollut myöntöpäivänä tunnistettu" in said
    assert ways(page) == ["not-now", "refer"]
    assert "osp osa-alueen" not in said


def test_a_lone_badge_is_not_enough(world: World) -> None:
    """One badge with its record."""
    link = study_link(world, student(world, ("tyo-pelisaannot",)))
    page = browser(world).get(f"{link}/areas?generation=2022").text
    assert "Yhtä merkkiä ei koskaan tunnusteta yksin." in article(page, "yttt")
    assert ways(page) == ["not-now", "refer"]


def test_a_revoked_badge_is_left_out_and_named(world: World) -> None:
    """It counts nowhere, it stands among the verdicts first, and what it would have shown is missing."""
    sani = student(world)
    revoke(world, sani.issued["tyo-oikeudet"]["id"])
    page = browser(world).get(f"{study_link(world, sani)}/areas?generation=2022").text
    said = plain(page)
    assert said.index("Aito, mutta peruttu 21.11.2026") < said.index("Aito ja voimassa")
    assert "Ei lasketa mukaan" in said
    assert "Osan voi ehdottaa" in article(page, "yttt")
    assert "Näitä tavoitteita ei ole vielä näytetty: Osaa tehdä työsopimuksen" in article(page, "yttt")
    assert ways(page) == ["part", "not-now", "refer"]


def test_when_nothing_is_in_force_the_page_says_so(world: World) -> None:
    """No area is shown on badges that are not valid."""
    sani = student(world, ("digi-laite",))
    link = study_link(world, sani)
    revoke(world, sani.issued["digi-laite"]["id"])
    said = plain(browser(world).get(f"{link}/areas").text)
    assert "Mikään voimassa oleva merkki ei liity" in said


def test_vocational_units_and_tuva_are_kinds_of_their_own(world: World) -> None:
    """In weeks and by goals, only where a workshop was found fit for them; TELMA is nowhere."""
    sani = student(world, (*SKILLS, "kasi-varasto", "tyo-materiaali-kiertoon"), fit_for=(YTTT, WORK_LIFE, SORTING))
    page = browser(world).get(f"{study_link(world, sani)}/areas?generation=2022").text
    tuva = article(page, "102")
    assert "0\u201320 viikkoa · Tavoitteet: 2, 3, 4, 5, 6" in tuva
    assert ways(page, WORK_LIFE) == ["part", "full", "not-now", "refer"]
    assert "Osan voi tunnustaa, ei koskaan kokonaisuutta." in article(page, "107072")
    assert ways(page, SORTING) == ["part", "not-now", "refer"]
    assert "target-101" not in page
    assert "ei näytetä, jos oppimisympäristöä ei ole tunnistettu" in plain(page)
    assert not re.search(r"\btelma", page.casefold())


def test_units_without_a_record_are_not_named(table: Talk) -> None:
    """What no workshop was found fit for is said once, and nothing of it is offered."""
    page = browser(table.world).get(f"{table.link}/areas?generation=2022").text
    assert "koulutuksenosattuva" not in page
    assert "ei näytetä, jos oppimisympäristöä ei ole tunnistettu" in plain(page)


def test_a_language_counts_to_one_area(world: World) -> None:
    """Swedish is the second national language, and no foreign one."""
    find_fit(world, "ammatillisenoppiaineet_vvtk", "ammatillisenoppiaineet_vvvk")
    issued = world.issue(
        badge="vuoro-kielet", award_language="sv", share={"purpose": "study-plan", "expires_on": "2027-03-01"}
    )
    place = issued["share_link"].removeprefix("http://localhost:8000")
    page = browser(world).get(f"{place}/areas?generation=2022").text
    assert article(page, "vvtk")
    assert "area-vvvk" not in page


def test_the_match_check_answers_here(world: World) -> None:
    """The six digits of the open passport: the answer is on this page, and goes along to the decision."""
    sani = student(world)
    link = study_link(world, sani)
    digits = match_code(world.rooms.secrets, sani.holder, now=world.clock()).digits
    page = browser(world).post(f"{link}/areas/match?generation=2022", data={"digits": digits}).text
    assert "Kyllä." in plain(page)
    assert re.search(r"proof=[0-9]+\.[-_A-Za-z0-9]{43}&amp;decided=full", page)
    assert re.search(r'name="proof" value="[0-9]+\.', page)
    wrong = browser(world).post(f"{link}/areas/match?generation=2022", data={"digits": "000000"})
    assert "Numerot eivät täsmää." in plain(wrong.text)
    assert "proof=" not in wrong.text


@pytest.mark.parametrize(("digits", "status"), [("1", 422), ("", 422), ("x" * 30, 422)])
def test_a_mistake_in_the_digits_is_said(table: Talk, digits: str, status: int) -> None:
    """The page is there again with what was typed."""
    answer = browser(table.world).post(f"{table.link}/areas/match", data={"digits": digits})
    assert answer.status_code == status
    assert "digits-mistake" in answer.text
    assert browser(table.world).get(f"{table.link}/areas/match").headers["location"] == f"{table.link}/areas"


def test_too_many_digits_have_to_wait(world: World) -> None:
    """As on the page of the link: a locked check says when to come back."""
    link, client = study_link(world, student(world)), browser(world)
    for _ in range(10):
        client.post(f"{link}/areas/match", data={"digits": "111111"})
    answer = client.post(f"{link}/areas/match", data={"digits": "111111"})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


def test_another_sites_form_is_refused(table: Talk) -> None:
    """The match check is for our own pages."""
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert browser(table.world).post(f"{table.link}/areas/match", headers=headers).status_code == 403


def test_a_link_for_a_workplace_is_not_for_this(table: Talk) -> None:
    """Kind words, and how to get the right link."""
    link = study_link(table.world, table.sani, purpose=Purpose.WORKPLACE)
    answer = browser(table.world).get(f"{link}/areas")
    assert answer.status_code == 403
    assert "Tämä linkki on muuta varten" in plain(answer.text)


def test_a_link_that_ended_or_never_was(world: World) -> None:
    """As on the page of the link."""
    link = study_link(world, student(world, ("digi-laite",)), expires_on=(world.clock() + timedelta(days=1)).date())
    world.clock.move(days=3)
    assert browser(world).get(f"{link}/areas").status_code == 410
    assert browser(world).get("/s/nope/areas").status_code == 404


def test_the_share_page_leads_here(table: Talk) -> None:
    """Behind a link for a study plan, one way for each time at which studies can have begun; none elsewhere."""
    page = browser(table.world).get(table.link).text
    assert page.count(f'href="{table.link}/areas?generation=') == 3
    other = study_link(table.world, table.sani, purpose=Purpose.WORKPLACE)
    assert "/areas" not in browser(table.world).get(other).text


def test_the_school_sees_what_it_decided(world: World) -> None:
    """A teacher who is signed in sees the decisions of the school on this link; others do not."""
    college, sani = new_college(world), student(world)
    link = study_link(world, sani)
    made = decide_about(world, college, link)
    tuula = signed_in(world, college.tuula_id).get(f"{link}/areas?generation=2022").text
    assert f'href="/decisions/{made}"' in tuula
    assert "Oppilaitoksesi päätti 21.11.2026: Tunnustettu kokonaan" in plain(tuula)
    for other in (
        browser(world),
        signed_in(world, new_college(world, "saku").tuula_id),
        signed_in(world, world.keys.iida_id),
    ):
        assert "/decisions/" not in other.get(f"{link}/areas?generation=2022").text


def test_every_choice_can_be_made_without_a_script(table: Talk) -> None:
    """Three links for the requirements, one form for the day."""
    page = browser(table.world).get(f"{table.link}/areas").text
    for year in ("2018", "2022", "2026"):
        assert f"{table.link}/areas?generation={year}#requirements" in page
    assert page.count('aria-current="true"') == 2  # the language and the requirements
    assert choices_of(page, "decided") == []
