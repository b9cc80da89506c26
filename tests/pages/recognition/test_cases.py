"""Worked cases from badge set to export, through the pages: what a student shows, what a teacher is offered, what the school takes along."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from okbadges.pages.recognition.areas_view import Frame, area_views
from okbadges.pages.recognition.gathered import Asked, Gathered, ground_of
from okbadges.passport.sharing import open_share_link
from okbadges.recognition.gathering import of_others, on_link
from okbadges.recognition.mapping.picture import picture
from pages.recognition.test_areas import article, plain, ways
from support.college import new_college
from support.passport import browser
from support.studying import (
    SKILLS,
    YTTT,
    choices_of,
    decide_about,
    find_fit,
    form_of,
    revoke,
    signed_in,
    student,
    study_link,
)
from support.world import BASE_URL, on_both_databases
from verification.making import Maker, credential

if TYPE_CHECKING:
    import uuid

    from fastapi.testclient import TestClient

    from support.college import College
    from support.world import World

NEVER = ["not-now", "refer"]


@dataclass(frozen=True, slots=True)
class Case:
    """A teacher, and the link that a student shows them."""

    world: World
    college: College
    tuula: TestClient
    link: str

    def page(self, query: str = "generation=2022") -> str:
        """Return the picture."""
        return browser(self.world).get(f"{self.link}/areas?{query}").text

    def decide(self, target: str = YTTT, **typed: Any) -> uuid.UUID:
        """Decide as the form is filled."""
        return decide_about(self.world, self.college, self.link, target, client=self.tuula, **typed)

    def offered(self, target: str = YTTT, query: str = "generation=2022") -> list[str]:
        """Return what the form offers."""
        return choices_of(self.tuula.get(f"{self.link}/areas/{target}/decide?{query}").text, "decided")

    def export(self, decision: uuid.UUID | str, system: str) -> Any:
        """Return what the school takes along to a system."""
        answer = self.tuula.get(f"/decisions/{decision}/{system}.json")
        assert answer.status_code == 200, answer.text
        return json.loads(answer.content)


def case(world: World, link: str) -> Case:
    """Return a case at Lappia."""
    college = new_college(world)
    return Case(world, college, signed_in(world, college.tuula_id), link)


@on_both_databases
def test_all_badges_with_a_record_are_the_whole_area_in_2022(world: World) -> None:
    """From the QR code to eHOKS and Koski: the area in its codes of 2022, two points, the grounds in two languages."""
    here = case(world, study_link(world, student(world)))
    assert "Koko osa-aluetta voi ehdottaa" in article(here.page(), "yttt")
    made = here.decide(grade="passed", title="lehtori")
    (unit,) = here.export(made, "ehoks")["aiemmin-hankitut-yhteiset-tutkinnon-osat"]
    assert unit["tutkinnon-osa-koodi-uri"] == "tutkinnonosat_106729"
    assert [one["osa-alue-koodi-uri"] for one in unit["osa-alueet"]] == [YTTT]
    koski = here.export(made, "koski")
    assert koski["koulutusmoduuli"]["tunniste"] == {"koodiarvo": "YTTT", "koodistoUri": "ammatillisenoppiaineet"}
    assert koski["koulutusmoduuli"]["laajuus"]["arvo"] == 2
    assert koski["arviointi"][0]["arvioitsijat"] == [{"nimi": "Tuula Opettaja"}]
    assert "OTT-2024-7" in koski["tunnustettu"]["selite"]["fi"]
    assert "OTT-2024-7" in koski["tunnustettu"]["selite"]["sv"]
    assert koski["tunnustettu"]["rahoituksenPiirissä"] is False


def test_a_summary_badge_is_the_whole_area_too(world: World) -> None:
    """It collects the others and brings no estimate of its own."""
    sani = student(world, (*SKILLS, "kooste-tyoelamassa-toimiminen"))
    only = study_link(world, sani, credentials=(sani.rows["kooste-tyoelamassa-toimiminen"],))
    here = case(world, only)
    assert "Kattaa pakolliset tavoitteet." in article(here.page(), "yttt")
    assert here.offered() == ["full", "part", *NEVER]


def test_in_2026_it_is_possible_and_not_compared(world: World) -> None:
    """The same badges in the codes of 2026: no size, and whoever recognises has compared the text."""
    here = case(world, study_link(world, student(world)))
    assert "Mahdollinen, ei verrattu" in article(here.page(""), "yttt26")
    made = here.decide(f"{YTTT}26", generation="2026", compared="yes")
    (unit,) = here.export(made, "ehoks")["aiemmin-hankitut-yhteiset-tutkinnon-osat"]
    assert unit["tutkinnon-osa-koodi-uri"] == "tutkinnonosat_108358"
    koski = here.export(made, "koski")
    assert koski["koulutusmoduuli"]["tunniste"]["koodiarvo"] == "YTTT26"
    assert "laajuus" not in koski["koulutusmoduuli"]
    page = plain(here.tuula.get(f"/decisions/{made}").text)
    assert "koulutusmoduuli.laajuus \u2013 oppilaitoksesi Laajuutta ei tiedetä täällä" in page


def test_without_a_record_nothing_is_creditable(world: World) -> None:
    """The same badges from a workshop that nobody found fit: why is said, "not now" says what next, and nothing is exported."""
    here = case(world, study_link(world, student(world, fit_for=())))
    assert "Oppimisympäristöä ei ollut myöntöpäivänä tunnistettu" in article(here.page(), "yttt")
    assert here.offered() == NEVER
    made = here.decide(decided="not-now")
    sheet = plain(here.tuula.get(f"/decisions/{made}/print").text)
    assert "Näytä taito opettajallesi näytössä tai tehtävässä." in sheet
    assert "Oppimisympäristöä ei ollut myöntöpäivänä tunnistettu tätä varten." in sheet
    for system in ("ehoks", "koski"):
        assert here.tuula.get(f"/decisions/{made}/{system}.json").status_code == 409


def test_a_lone_badge_is_never_creditable(world: World) -> None:
    """Neither on the page nor for whoever sends the form with something else in it."""
    here = case(world, study_link(world, student(world, ("tyo-pelisaannot",))))
    assert here.offered() == NEVER
    at = f"{here.link}/areas/{YTTT}/decide?generation=2022"
    form = form_of(here.tuula.get(at).text, "/decide")
    for decided in ("full", "part"):
        answer = here.tuula.post(at, data={**form, "decided": decided, "matched": "in-person"})
        assert answer.status_code == 422
        assert "Merkit eivät riitä nyt tähän." in plain(answer.text)


def test_a_revoked_badge_in_the_set_is_ignored_and_said(world: World) -> None:
    """The others make a part; the revoked one is in the decision as what it was, and in no export."""
    sani = student(world)
    revoke(world, sani.issued["tyo-oikeudet"]["id"])
    here = case(world, study_link(world, sani))
    assert "Aito, mutta peruttu 21.11.2026 Työsopimus ja oikeudet" in plain(here.page())
    assert here.offered() == ["part", *NEVER]
    made = here.decide(decided="part", osp="1.5")
    record = here.export(made, "decision")
    assert record["outcomes_missing"] == ["YTTT-2"]
    assert [one["verdict"] for one in record["badges"] if not one["counted"]] == ["REVOKED"]
    page = plain(here.tuula.get(f"/decisions/{made}").text)
    assert "Työsopimus ja oikeudet Myönnetty 20.11.2026. Ei lasketa mukaan: merkki ei ole voimassa." in page
    for system in ("ehoks", "koski"):
        assert here.tuula.get(f"/decisions/{made}/{system}.json").status_code == 409


@on_both_databases
def test_a_summary_badge_rests_on_what_stands(world: World) -> None:
    """A badge it collects was issued in error: the summary alone carries nothing, and why is said at it; a corrected badge carries it."""
    sani = student(world, (*SKILLS, "kooste-tyoelamassa-toimiminen"))
    here = case(world, study_link(world, sani, credentials=(sani.rows["kooste-tyoelamassa-toimiminen"],)))
    collected = sani.issued["tyo-oikeudet"]["id"]
    again = world.client.post(
        f"/v1/credentials/{collected}/reissue",
        json={"reason": "issued-in-error", "changes": {"language": "sv"}},
        headers=world.as_iida(),
    )
    assert again.status_code == 201, again.text
    assert here.offered() == ["full", "part", *NEVER]
    revoke(world, again.json()["id"])
    assert here.offered() == NEVER
    assert "merkki, johon tämä koostemerkki perustuu, on peruttu" in article(here.page(), "yttt")


@pytest.mark.parametrize(
    ("begins_on", "target", "unit"),
    [("2026-07-31", YTTT, "tutkinnonosat_106729"), ("2026-08-01", f"{YTTT}26", "tutkinnonosat_108358")],
)
def test_the_first_day_of_the_study_right_decides(world: World, begins_on: str, target: str, unit: str) -> None:
    """The last day of July 2026 is in the requirements of 2022, the next day in those of 2026; the day is in the record."""
    here = case(world, study_link(world, student(world)))
    at = f"{here.link}/areas/{target}/decide?begins_on={begins_on}"
    form = {**form_of(here.tuula.get(at).text, "/decide"), "decided": "full", "matched": "in-person", "compared": "yes"}
    assert form["begins_on"] == begins_on
    answer = here.tuula.post(at, data=form)
    assert answer.status_code == 303, answer.text
    made = answer.headers["location"].removeprefix("/decisions/").partition("?")[0]
    assert here.export(made, "ehoks")["aiemmin-hankitut-yhteiset-tutkinnon-osat"][0]["tutkinnon-osa-koodi-uri"] == unit
    assert here.export(made, "decision")["requirements"]["begins_on"] == begins_on


def test_a_badge_of_another_issuer_is_shown_by_its_alignment(world: World) -> None:
    """A foreign badge that names the area counts for nothing by itself, is said to, and makes no lone badge two."""
    link = study_link(world, student(world, ("tyo-pelisaannot",)))
    stranger, rooms = Maker.by_key(), world.rooms
    unsigned = credential(stranger.did)
    unsigned["credentialSubject"]["achievement"]["alignment"] = [
        {"type": ["Alignment"], "targetName": "Work", "targetUrl": "https://example.org/a", "targetCode": YTTT}
    ]
    report = rooms.verify(json.dumps(stranger.sign(unsigned)).encode())
    with rooms.database.read() as session:
        opened = open_share_link(session, link.removeprefix("/s/"), now=world.clock())
    badges = (*on_link(opened, rooms.verify), of_others(report))
    generation = rooms.units.named("2022")
    assert generation is not None
    found = picture(badges, generation, rooms.units, today=world.clock().date())
    words = world.app.state.site.words["fi"]
    frame = Frame(words, Gathered(opened, {}, badges, found, None), ground_of(rooms), Asked("2022"), f"{link}/areas")
    view = next(one for one in area_views(frame) if one.code == "YTTT")
    assert view.glance.headline == "Ei riitä vielä"
    assert [one.line.bar is None for one in view.badges] == [True, False]
    assert "merkin on myöntänyt toinen palvelu" in (view.badges[1].line.bar or "")
    assert [str(one.decided) for one in view.ways] == NEVER


@pytest.mark.parametrize(("language", "code", "other"), [("sv", "vvtk", "vvvk"), ("en", "vvvk", "vvtk")])
def test_a_language_counts_to_one_area_and_not_to_both(world: World, language: str, code: str, other: str) -> None:
    """`vuoro-kielet`: Swedish is the second national language, English a foreign one; the other area cannot be decided about."""
    find_fit(world, "ammatillisenoppiaineet_vvtk", "ammatillisenoppiaineet_vvvk")
    share = {"purpose": "study-plan", "expires_on": "2027-03-01"}
    issued = world.issue(badge="vuoro-kielet", award_language=language, share=share)
    here = case(world, issued["share_link"].removeprefix(BASE_URL))
    page = here.page()
    assert article(page, code)
    assert ways(page, f"ammatillisenoppiaineet_{other}") == []
    made = here.decide(f"ammatillisenoppiaineet_{code}", decided="not-now")
    assert here.export(made, "decision")["target"]["language"] == language
    away = here.tuula.get(f"{here.link}/areas/ammatillisenoppiaineet_{other}/decide?generation=2022")
    assert away.status_code == 303
