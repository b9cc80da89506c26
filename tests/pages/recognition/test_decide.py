"""``/s/{token}/areas/{target}/decide``: the form that is filled already, and the decision that it makes once."""

from __future__ import annotations

import re
import uuid
from decimal import Decimal
from functools import partial
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import select

from okbadges.organisations.roles import Role
from okbadges.passport.accepting import Decision
from okbadges.passport.matching import match_code
from okbadges.passport.own_links import withdraw_link
from okbadges.recognition.decisions import decisions_of, find_decision
from okbadges.recognition.record import Decided, Matched, Process
from okbadges.storage.tables import DecisionBadgeRow, DecisionRow, ShareLinkRow
from okbadges.verification.report import Verdict
from pages.recognition.test_areas import plain
from support.college import new_college
from support.corrections import events, side_by_side
from support.learners import new_member
from support.passport import browser, say
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
from support.world import on_both_databases

if TYPE_CHECKING:
    from httpx2 import Response

    from okbadges.recognition.record import DecisionRecord
    from pages.recognition.conftest import Talk
    from support.world import World

WORK_LIFE = "koulutuksenosattuva_102"


def place(talk: Talk, target: str = YTTT, query: str = "generation=2022") -> str:
    """Return where a decision about a target is made."""
    return f"{talk.link}/areas/{target}/decide?{query}"


def filled(talk: Talk, at: str | None = None, **typed: Any) -> dict[str, Any]:
    """Return the form as it is filled, with what Tuula types."""
    shown = talk.tuula.get(at or place(talk))
    assert shown.status_code == 200, shown.text
    return {**form_of(shown.text, "/decide"), "decided": "full", "matched": "in-person", **typed}


def sent(talk: Talk, typed: dict[str, Any], at: str | None = None) -> Response:
    """Send the form."""
    answer: Response = talk.tuula.post(at or place(talk), data=typed)
    return answer


def record_of(talk: Talk, decision: uuid.UUID) -> DecisionRecord:
    """Return a decision of Lappia."""
    with talk.world.rooms.database.read() as session:
        return find_decision(session, talk.world.rooms.secrets, talk.college.provider.organisation, decision)


def count(talk: Talk) -> int:
    """Return how many decisions there are."""
    with talk.world.rooms.database.read() as session:
        return len(session.exec(select(DecisionRow.id)).all())


def mistake(page: str, field: str) -> str:
    """Return what a page says beside a field."""
    found = re.search(rf'id="{field}-mistake" role="alert">([^<]*)<', page)
    assert found, f"nothing is said beside {field}"
    return unescape(found[1])


@on_both_databases
def test_it_works(talk: Talk) -> None:
    """One press on a form that is filled already: the decision is kept whole, and its page is shown."""
    answer = sent(talk, filled(talk, place(talk, query="generation=2022&decided=full"), title="lehtori"))
    assert answer.status_code == 303, answer.text
    made = uuid.UUID(answer.headers["location"].removeprefix("/decisions/").partition("?")[0])
    record = record_of(talk, made)
    assert (record.decided, record.matched, record.process) == (Decided.FULL, Matched.IN_PERSON, Process.DIRECTLY)
    assert (record.target.uri, record.recognised_osp, record.grade) == (YTTT, Decimal(2), None)
    assert (record.decider.name, record.decider.title) == ("Tuula Opettaja", "lehtori")
    assert {one.badge for one in record.badges} == set(SKILLS)
    assert {(one.verdict, one.counted, one.report_id) for one in record.badges} == {(Verdict.VALID, True, "OTT-2024-7")}
    assert record.outcomes_covered == ("YTTT-1", "YTTT-2", "YTTT-3")
    with talk.world.rooms.database.read() as session:
        row = session.get_one(DecisionRow, made)
    assert (row.participant_id, row.member_id) == (talk.sani.participant, talk.college.tuula_id)
    assert len(events(talk.world, "decision.made")) == 1


def test_the_grounds_are_written_already(talk: Talk) -> None:
    """In Finnish and Swedish: names, month, issuer, report and recogniser; no workshop and no organisation."""
    form = filled(talk)
    assert form["grounds_fi"] == (
        "Opiskelija esitti nämä osaamismerkit: Ala tutuksi, Ohjeesta valmiiksi työksi, Työsopimus ja oikeudet, "
        "Työpaikan pelisäännöt, Ryhmätyö ja palaute (marraskuussa 2026). Merkit on myöntänyt OK! osaamismerkit. "
        "Ne on tarkistettu 21.11.2026: aitoja ja voimassa. Tunnistettu oppimisympäristö: raportti OTT-2024-7, "
        "tunnistaja Lapin ammattiopiston opettaja. Merkit liittyvät osa-alueen jokaiseen pakolliseen "
        "tavoitteeseen. Niiden yhteinen laajuusarvio vastaa koko osa-aluetta. Tavoitteet ovat vuoden 2018 tekstistä."
    )
    assert "Spelregler på jobbet" in form["grounds_sv"]
    assert "(i november 2026)" in form["grounds_sv"]
    for text in (form["grounds_fi"], form["grounds_sv"], form["next_step_fi"], form["next_step_sv"]):
        assert "Kemi" not in text
        assert "Kahvila" not in text


def test_the_next_step_comes_from_what_is_missing(world: World) -> None:
    """A part: what is missing by its words, and how to ask for a review."""
    college, sani = new_college(world), student(world, ("tyo-pelisaannot", "tyo-ohjeesta-valmiiksi"))
    page = signed_in(world, college.tuula_id).get(f"{study_link(world, sani)}/areas/{YTTT}/decide?generation=2022").text
    form = form_of(page, "/decide")
    assert "Osaa tehdä työsopimuksen" in form["next_step_fi"]
    assert "Visa också de här färdigheterna" in form["next_step_sv"]
    assert form["osp"] == "0.75"
    assert choices_of(page, "decided") == ["part", "not-now", "refer"]


def checked(talk: Talk) -> str:
    """Check the digits on the page of areas and return where its first way to decide leads."""
    digits = match_code(talk.world.rooms.secrets, talk.sani.holder, now=talk.world.clock()).digits
    page = talk.tuula.post(f"{talk.link}/areas/match?generation=2022", data={"digits": digits}).text
    return unescape(re.search(rf'href="([^"]*/{YTTT}/decide[^"]*decided=full)"', page)[1])  # type: ignore[index]


def test_the_match_that_held_can_be_chosen(talk: Talk) -> None:
    """With the proof from the page before: it is offered, never chosen for the teacher (an address can be handed on), and kept."""
    at = checked(talk)
    shown = talk.tuula.get(at).text
    assert "match-code" in choices_of(shown, "matched")
    assert "matched" not in form_of(shown, "/decide")
    form = {**form_of(shown, "/decide"), "matched": "match-code"}
    answer = sent(talk, form, at)
    assert answer.status_code == 303, answer.text
    made = uuid.UUID(answer.headers["location"].removeprefix("/decisions/").partition("?")[0])
    assert record_of(talk, made).matched is Matched.MATCH_CODE
    talk.world.clock.move(hours=2)
    assert sent(talk, form, at).headers["location"] == answer.headers["location"]


def test_digits_that_nobody_checked_cannot_be_chosen(talk: Talk) -> None:
    """The form says how to come to it; sent all the same it is refused, and nothing that was typed is lost."""
    for query in ("generation=2022", "generation=2022&matched=match-code", "generation=2022&proof=1.x"):
        page = talk.tuula.get(place(talk, query=query)).text
        assert choices_of(page, "matched") == ["in-person", "not-matched"]
        assert "matched" not in form_of(page, "/decide")
        assert f'href="{talk.link}/areas?generation=2022#whose"' in page
    answer = sent(talk, filled(talk, matched="match-code", conditions="Tehtävä vielä."))
    assert answer.status_code == 422
    assert mistake(answer.text, "matched").startswith("Mitään ei tallennettu. Kuutta numeroa ei ole tarkistettu")
    again = form_of(answer.text, "/decide")
    assert (again["conditions"], again.get("matched")) == ("Tehtävä vielä.", None)
    assert count(talk) == 0


def test_a_proof_is_of_one_link_and_for_an_hour(talk: Talk) -> None:
    """Neither tomorrow nor on the link of somebody else; altered it is none."""
    at = checked(talk)
    proof = re.search(r"proof=([^&]*)", at)[1]  # type: ignore[index]
    leo = study_link(talk.world, student(talk.world))
    others = (
        f"{leo}/areas/{YTTT}/decide?generation=2022&proof={proof}",
        at.replace("proof=1", "proof=2"),
        at.replace(proof, f"{proof}x"),
    )
    for other in others:
        assert choices_of(talk.tuula.get(other).text, "matched")[0] == "in-person"
    form = {**form_of(talk.tuula.get(at).text, "/decide"), "matched": "match-code"}
    talk.world.clock.move(minutes=61)
    assert mistake(sent(talk, form, at).text, "matched")
    assert count(talk) == 0


def test_a_teacher_does_not_type_twice(talk: Talk) -> None:
    """Title, diary number and version are those of their last decision in the same requirements."""
    decide_about(talk.world, talk.college, talk.link, title="lehtori", diary_number="OPH-1825-2021", version="3")
    form = form_of(talk.tuula.get(place(talk)).text, "/decide")
    assert (form["title"], form["diary_number"], form["version"]) == ("lehtori", "OPH-1825-2021", "3")
    other = form_of(talk.tuula.get(place(talk, f"{YTTT}26", "generation=2026")).text, "/decide")
    assert (other["title"], other["diary_number"]) == ("lehtori", "")


@pytest.mark.parametrize("decided", ["not-now", "refer", "part"])
def test_what_is_not_the_whole_says_what_next(talk: Talk, decided: str) -> None:
    """Never a failure: the record says what the student can do."""
    made = decide_about(talk.world, talk.college, talk.link, decided=decided, grade="5", osp="1")
    record = record_of(talk, made)
    assert record.next_step is not None
    assert record.next_step.sv is not None
    assert (record.decided, record.grade) == (decided, None)
    assert record.recognised_osp == (1 if decided == "part" else None)


def test_a_part_is_made_of_the_outcomes_that_are_ticked(talk: Talk) -> None:
    """Ticked is what the badges show; what the teacher takes out is still to come, in the record and on the page."""
    shown = form_of(talk.tuula.get(place(talk)).text, "/decide")["outcomes"]
    assert len(shown) > 1
    made = decide_about(talk.world, talk.college, talk.link, decided="part", osp="1", outcomes=shown[:1])
    record = record_of(talk, made)
    assert (list(record.outcomes_covered), list(record.outcomes_missing)) == (shown[:1], shown[1:])
    said = plain(talk.tuula.get(f"/decisions/{made}").text)
    assert (said.count("Tunnustettu osittain"), said.count("Vielä edessä")) == (1, len(shown) - 1)
    assert plain(talk.tuula.get(f"/decisions/{made}/print").text).count("Tunnustetut tavoitteet") == 1


def test_an_outcome_that_no_badge_shows_cannot_be_ticked(world: World) -> None:
    """It stands there, to be read; sent all the same it is refused beside the ticks."""
    college, sani = new_college(world), student(world, [one for one in SKILLS if one != "tyo-oikeudet"])
    link, tuula = study_link(world, sani), signed_in(world, college.tuula_id)
    at = f"{link}/areas/{YTTT}/decide?generation=2022"
    page = tuula.get(at).text
    missing = set(choices_of(page, "outcomes")) - set(form_of(page, "/decide")["outcomes"])
    assert missing
    form = {**form_of(page, "/decide"), "decided": "part", "matched": "in-person"}
    answer = tuula.post(at, data={**form, "outcomes": sorted(missing)})
    assert answer.status_code == 422
    assert mistake(answer.text, "outcomes").startswith("Merkit eivät näytä")


def test_a_button_pressed_twice_makes_one_decision(talk: Talk) -> None:
    """The second answer leads to the same decision, later too."""
    form = filled(talk)
    first = sent(talk, form)
    talk.world.clock.move(minutes=5)
    assert sent(talk, form).headers["location"] == first.headers["location"]
    assert count(talk) == 1
    assert len(events(talk.world, "decision.made")) == 1


def test_going_back_and_changing_is_a_new_decision(talk: Talk) -> None:
    """Nothing is lost quietly: the form says that the first one is saved, and what is sent then takes its place."""
    form = filled(talk)
    first = sent(talk, form)
    again = sent(talk, {**form, "grade": "passed"})
    assert again.status_code == 409
    assert "Tämä päätös on jo tallennettu" in plain(again.text)
    assert first.headers["location"].partition("?")[0] in again.text
    second = sent(talk, {**form_of(again.text, "/decide"), "correction": "Arvosana puuttui."})
    assert second.status_code == 303
    made = uuid.UUID(second.headers["location"].removeprefix("/decisions/").partition("?")[0])
    assert record_of(talk, made).grade == "passed"
    assert str(record_of(talk, made).supersedes) in first.headers["location"]


def test_a_second_decision_takes_the_place_of_the_first(talk: Talk) -> None:
    """About the same on the same link nothing counts twice; the form asks what is corrected."""
    first = decide_about(talk.world, talk.college, talk.link, decided="not-now")
    shown = talk.tuula.get(place(talk)).text
    assert "Oppilaitoksesi on jo päättänyt tästä." in plain(shown)
    assert mistake(sent(talk, filled(talk)).text, "correction") == "Kirjoita, mitä korjaat ja miksi."
    second = decide_about(talk.world, talk.college, talk.link, correction="Näyttö on nyt annettu.")
    assert record_of(talk, second).supersedes == first


def test_a_second_link_of_the_same_person_finds_the_first_decision(talk: Talk) -> None:
    """Whatever link they come with, and in other requirements too: the form says what was decided, and the areas show it."""
    first = decide_about(talk.world, talk.college, talk.link)
    other = study_link(talk.world, talk.sani)
    for at in (f"{other}/areas/{YTTT}/decide?generation=2022", f"{other}/areas/{YTTT}26/decide?generation=2026"):
        shown = talk.tuula.get(at).text
        assert "Oppilaitoksesi on jo päättänyt tästä." in plain(shown)
        assert f'href="/decisions/{first}"' in shown
        assert form_of(shown, "/decide")["supersedes"] == str(first)
    second = decide_about(
        talk.world, talk.college, other, f"{YTTT}26", generation="2026", compared="yes", correction="x"
    )
    assert record_of(talk, second).supersedes == first
    for link, query in ((talk.link, "generation=2022"), (other, "generation=2026")):
        page = talk.tuula.get(f"{link}/areas?{query}").text
        assert f"/decisions/{second}" in page
        assert f"/decisions/{first}" not in page


def test_a_part_of_tuva_is_decided_once(world: World) -> None:
    """It is the same in all requirements."""
    college, sani = new_college(world), student(world, fit_for=(YTTT, WORK_LIFE))
    link, tuula = study_link(world, sani), signed_in(world, college.tuula_id)
    first = decide_about(world, college, link, WORK_LIFE, weeks="4")
    shown = tuula.get(f"{link}/areas/{WORK_LIFE}/decide?generation=2026").text
    assert form_of(shown, "/decide")["supersedes"] == str(first)


def test_of_two_who_press_at_once_one_decides(talk: Talk) -> None:
    """On two links of the same person: the other gets the form again with everything that was typed, and can correct."""
    other = f"{study_link(talk.world, talk.sani)}/areas/{YTTT}/decide?generation=2022"
    forms = [(at, filled(talk, at, conditions="Tehtävä vielä.")) for at in (place(talk), other)]
    answers = side_by_side([partial(sent, talk, form, at) for at, form in forms])
    assert sorted(one.status_code for one in answers) == [303, 409]
    assert count(talk) == 1
    lost = next(number for number, one in enumerate(answers) if one.status_code == 409)
    page = answers[lost].text
    assert "Oppilaitoksesi" in plain(page)
    again = form_of(page, "/decide")
    assert again["conditions"] == "Tehtävä vielä."
    assert again["supersedes"] in answers[1 - lost].headers["location"]
    assert mistake(sent(talk, again, forms[lost][0]).text, "correction") == "Kirjoita, mitä korjaat ja miksi."
    assert sent(talk, {**again, "correction": "Katsoimme yhdessä."}, forms[lost][0]).status_code == 303


def test_a_colleague_who_decided_meanwhile_is_noticed(talk: Talk) -> None:
    """Two forms were open: the second is shown again, with everything that was typed, and says so."""
    form = filled(talk, conditions="Tehtävä vielä.")
    decide_about(talk.world, talk.college, talk.link)
    answer = sent(talk, form)
    assert answer.status_code == 409
    assert "kun lomake oli auki" in plain(answer.text)
    again = form_of(answer.text, "/decide")
    assert again["conditions"] == "Tehtävä vielä."
    assert sent(talk, {**again, "correction": "Katsoimme yhdessä."}).status_code == 303


def test_a_badge_that_was_revoked_meanwhile_is_noticed(talk: Talk) -> None:
    """Nothing is kept; the form comes again with what was typed, what changed, and what may be decided now."""
    form = filled(talk, conditions="Tehtävä vielä.")
    revoke(talk.world, talk.sani.issued["tyo-oikeudet"]["id"])
    talk.world.clock.move(seconds=2)
    answer = sent(talk, form)
    assert answer.status_code == 422
    said = plain(answer.text)
    assert "Työsopimus ja oikeudet: ei ole enää voimassa." in said
    assert mistake(answer.text, "decided") == "Merkit eivät riitä nyt tähän. Valitse jokin näistä."
    assert choices_of(answer.text, "decided") == ["part", "not-now", "refer"]
    assert form_of(answer.text, "/decide")["conditions"] == "Tehtävä vielä."
    assert count(talk) == 0
    kept = sent(talk, {**form_of(answer.text, "/decide"), "decided": "part", "osp": "1"})
    assert kept.status_code == 303, kept.text
    made = uuid.UUID(kept.headers["location"].removeprefix("/decisions/").partition("?")[0])
    assert [one.verdict for one in record_of(talk, made).badges if not one.counted] == [Verdict.REVOKED]
    with talk.world.rooms.database.read() as session:
        bars = session.exec(select(DecisionBadgeRow.bar).where(DecisionBadgeRow.decision_id == made)).all()
    assert sorted(bars, key=str) == [None, None, None, None, "not-in-force"]


def test_a_change_that_forbids_nothing_is_looked_at_once(talk: Talk) -> None:
    """It is still possible to say "not now", and whoever decides sees first what changed."""
    form = filled(talk, decided="not-now")
    say(talk.world, talk.sani.participant, talk.sani.rows["tyo-oikeudet"], Decision.HIDE)
    answer = sent(talk, form)
    assert answer.status_code == 409
    assert "Merkki: ei enää näy linkissä." in plain(answer.text)
    assert count(talk) == 0
    assert sent(talk, form_of(answer.text, "/decide")).status_code == 303


def test_a_record_that_ended_meanwhile_is_noticed(world: World) -> None:
    """The learning environment is looked at when the decision is sent, too."""
    college, sani = new_college(world), student(world, fit_for=())
    find_fit(world, f"{YTTT}26")
    link, tuula = study_link(world, sani), signed_in(world, college.tuula_id)
    at = f"{link}/areas/{YTTT}26/decide?generation=2026"
    form = {**form_of(tuula.get(at).text, "/decide"), "decided": "full", "matched": "in-person", "compared": "yes"}
    find_fit(world, YTTT)
    assert tuula.post(at, data=form).status_code == 303
    other = f"{link}/areas/{YTTT}/decide?generation=2022"
    assert choices_of(tuula.get(other).text, "decided") == ["full", "part", "not-now", "refer"]


def test_a_link_that_was_taken_back_gives_the_words_back(talk: Talk) -> None:
    """The student took the link back while the form was open: nothing is kept, and nothing that was written is lost."""
    form = filled(talk, conditions="Tehtävä on vielä tekemättä.")
    with talk.world.rooms.database.read() as session:
        link = session.exec(select(ShareLinkRow.id)).one()
    withdraw_link(talk.world.rooms.writer, talk.world.rooms.stamp("holder"), [talk.sani.participant], link)
    answer = sent(talk, form)
    assert answer.status_code == 410
    assert "Tehtävä on vielä tekemättä." in plain(answer.text)
    assert form["grounds_fi"] in plain(answer.text)
    assert count(talk) == 0


def test_disclosing_words_are_asked_about_once(talk: Talk) -> None:
    """A word that could tell why somebody was there stops the first time and is kept the second: the teacher decides."""
    form = filled(talk, conditions="Sopii kuntoutukseen.")
    answer = sent(talk, form)
    assert answer.status_code == 409
    assert "kuntoutukseen" in plain(answer.text)
    assert sent(talk, form_of(answer.text, "/decide")).status_code == 303


def test_official_names_are_no_disclosing_words(world: World) -> None:
    """An area is called what it is called: its own name in the grounds asks nobody."""
    area = "ammatillisenoppiaineet_ytth"
    college = new_college(world)
    sani = student(world, ("hyva-arjen-rytmi", "hyva-liiketta-viikkoon"), fit_for=(area,))
    decide_about(
        world,
        college,
        study_link(world, sani),
        area,
        decided="part",
        grounds_fi="Työkyvyn ja hyvinvoinnin ylläpitäminen: osa.",
    )


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "nothing chosen": ("decided", {"decided": ""}, "Valitse yksi."),
    "something else": ("decided", {"decided": "failed"}, "Valitse yksi."),
    "no match": ("matched", {"matched": ""}, "Valitse yksi."),
    "no process": ("process", {"process": "x"}, "Valitse yksi."),
    "points": ("osp", {"decided": "part", "osp": "kaksi"}, "Kirjoita luku, esimerkiksi 1 tai 1,5."),
    "all points": ("osp", {"decided": "part", "osp": "2"}, "Anna enemmän kuin 0"),
    "endless": ("osp", {"decided": "part", "osp": "1e9"}, "Kirjoita luku"),
    "no number": ("osp", {"decided": "part", "osp": "nan"}, "Kirjoita luku"),
    "other digits": ("osp", {"decided": "part", "osp": "\u0661"}, "Kirjoita luku"),
    "a grade that there is not": ("grade", {"grade": "0"}, "Valitse yksi."),
    "a version": ("version", {"version": "v2"}, "Kirjoita kokonaisluku."),
    "a day": ("begins_on", {"begins_on": "eilen"}, "Kirjoita päivä näin"),
    "too early": ("begins_on", {"begins_on": "2020-01-01"}, "Opiskeluoikeus alkoi ennen näitä perusteita."),
    "tomorrow": ("sent_on", {"sent_on": "22.11.2026"}, "Tämä päivä ei ole vielä tullut."),
    "no outcome": ("outcomes", {"decided": "part", "outcomes": []}, "Rastita ainakin yksi"),
    "no grounds": ("grounds_fi", {"grounds_fi": " "}, "Kirjoita perustelut"),
    "no next step": ("next_step_fi", {"decided": "not-now", "next_step_fi": ""}, "Kirjoita ainakin suomeksi"),
    "long": ("conditions", {"conditions": "x" * 2001}, "Kirjoita enintään 2000 merkkiä."),
    "hidden": ("conditions", {"conditions": "a\u202eb"}, "Tekstissä on merkki, jota ei näe."),
    "nul": ("conditions", {"conditions": "a\0b"}, "Tekstissä on merkki, jota ei näe."),
    "an identity code": ("conditions", {"conditions": "131052-308T"}, "Jätä henkilötunnus pois."),
    "two lines": ("title", {"title": "a\tb"}, "Kirjoita enintään 80 merkkiä"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_form_keeps_everything(table: Talk, name: str) -> None:
    """The words stand beside the field, and what was typed is there again."""
    field, typed, sentence = REFUSED[name]
    form = filled(table, **{"conditions": "Tehtävä vielä.", "assessor": "Veikko", **typed})
    answer = sent(table, form)
    assert answer.status_code == 422
    assert mistake(answer.text, field).startswith(sentence)
    again = form_of(answer.text, "/decide")
    assert again["assessor"] == "Veikko"
    assert again["conditions"].rstrip("\n") == form["conditions"] or name == "nul"
    assert again["grounds_sv"] == form["grounds_sv"]
    assert count(table) == 0


@pytest.mark.parametrize("typed", [{"language": "xx"}, {"id": "x"}, {"decided": "full", "supersedes": "x"}])
def test_a_mistake_without_a_field_stands_above(table: Talk, typed: dict[str, str]) -> None:
    """What was sent in a field that this form does not have is said all the same."""
    answer = sent(table, filled(table, **typed))
    assert answer.status_code in (409, 422)
    assert re.search(r'<div class="warning" role="alert">', answer.text)


@pytest.mark.parametrize(
    "key", ["", "x", "00000000-0000-0000-0000-000000000000", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"]
)
def test_a_form_that_is_not_ours_is_shown_again(table: Talk, key: str) -> None:
    """The id of a decision comes from a form of ours."""
    for typed in ({"id": key}, {"supersedes": key or "x"}):
        answer = sent(table, {**filled(table), **typed})
        assert answer.status_code in (409, 422)
    assert count(table) == 0


def test_in_2026_the_teacher_says_that_they_compared(talk: Talk) -> None:
    """Nobody else could: the tick is asked for, and the size may stay open."""
    at = place(talk, f"{YTTT}26", "")
    form = filled(talk, at)
    assert "Vertailu vuoden 2026 perusteiden tavoitteisiin on päättävän opettajan vastuulla." in form["grounds_fi"]
    answer = sent(talk, form, at)
    assert mistake(answer.text, "compared").startswith("Vertaa merkkejä ensin")
    made = sent(talk, {**form_of(answer.text, "/decide"), "compared": "yes", "osp": "2,5"}, at)
    assert made.status_code == 303
    record = record_of(talk, uuid.UUID(made.headers["location"].removeprefix("/decisions/").partition("?")[0]))
    assert (float(record.recognised_osp or 0), record.requirements.generation) == (2.5, "2026")


def test_tuva_is_in_weeks_and_passed(world: World) -> None:
    """Weeks are asked for, and there is one grade."""
    college, sani = new_college(world), student(world, fit_for=(YTTT, WORK_LIFE))
    link, tuula = study_link(world, sani), signed_in(world, college.tuula_id)
    page = tuula.get(f"{link}/areas/{WORK_LIFE}/decide?generation=2022").text
    assert choices_of(page, "grade") == ["later", "passed"]
    assert 'name="weeks"' in page
    assert 'name="osp"' not in page
    refused = tuula.post(
        f"{link}/areas/{WORK_LIFE}/decide?generation=2022",
        data={**form_of(page, "/decide"), "decided": "full", "matched": "in-person"},
    )
    assert mistake(refused.text, "weeks") == "Kirjoita, montako viikkoa tämä osa on."
    made = decide_about(world, college, link, WORK_LIFE, weeks="4", grade="passed")
    with world.rooms.database.read() as session:
        record = find_decision(session, world.rooms.secrets, college.provider.organisation, made)
    assert (record.recognised_weeks, record.grade, record.recognised_osp) == (4, "passed", None)


@pytest.mark.parametrize(("target", "kind"), [(WORK_LIFE, "weeks"), (YTTT, "osp")])
def test_only_an_area_names_the_requirements_of_common_units(world: World, target: str, kind: str) -> None:
    """A part of TUVA is the same in every generation of them: neither the form, the decision, the paper nor the row says one."""
    college, sani = new_college(world), student(world, fit_for=(YTTT, WORK_LIFE))
    link, tuula = study_link(world, sani), signed_in(world, college.tuula_id)
    form = tuula.get(f"{link}/areas/{target}/decide?generation=2022").text
    made = decide_about(world, college, link, target, weeks="4")
    pages = [form, *(tuula.get(f"/decisions/{made}{path}").text for path in ("", "/print"))]
    assert [("Perusteet 2022" in plain(page)) for page in pages] == [kind == "osp"] * 3
    assert (";2022;" in tuula.get(f"/decisions/{made}/row.csv").text) is (kind == "osp")


def test_a_tuva_study_plan_is_no_place_for_it(talk: Talk) -> None:
    """The teacher ticks which plan it is: the decision says so, and eHOKS is refused; so it stays when it is corrected."""
    made = decide_about(talk.world, talk.college, talk.link, tuva_plan="yes")
    page = plain(talk.tuula.get(f"/decisions/{made}").text)
    assert "Opiskelijan suunnitelma TUVAn HOKS" in page
    assert "eHOKS ei ota aiemmin hankittua osaamista TUVAn HOKSiin." in page
    assert talk.tuula.get(f"/decisions/{made}/ehoks.json").status_code == 409
    assert form_of(talk.tuula.get(f"/decisions/{made}/correct").text, "/correct")["tuva_plan"] == "yes"


def test_a_language_is_chosen_for_an_area_of_one(world: World) -> None:
    """The language of the award is filled in."""
    vvtk = "ammatillisenoppiaineet_vvtk"
    find_fit(world, vvtk)
    issued = world.issue(
        badge="vuoro-kielet", award_language="sv", share={"purpose": "study-plan", "expires_on": "2027-03-01"}
    )
    link = issued["share_link"].removeprefix("http://localhost:8000")
    college = new_college(world)
    page = signed_in(world, college.tuula_id).get(f"{link}/areas/{vvtk}/decide?generation=2022").text
    assert form_of(page, "/decide")["language"] == "sv"
    made = decide_about(world, college, link, vvtk, decided="not-now")
    with world.rooms.database.read() as session:
        assert find_decision(session, world.rooms.secrets, college.provider.organisation, made).target.language == "sv"


def test_who_is_not_signed_in_comes_back(table: Talk) -> None:
    """The sign-in page knows the whole way back, and so does this browser."""
    client = browser(table.world)
    at = place(table, query="generation=2022&decided=full")
    answer = client.get(f"{at}&lang=sv")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=%2Fs%2F")
    assert answer.headers["location"].endswith("&lang=sv")
    assert "httponly" in answer.headers["set-cookie"].casefold()


def test_who_is_no_teacher_is_told_kindly(world: World) -> None:
    """An instructor, and an administrator and a teacher of an organisation that is no school: the one may not decide, the others not even read."""
    at = f"{study_link(world, student(world))}/areas/{YTTT}/decide?generation=2022"
    no_teacher, no_school = "Vain opettajat päättävät", "Organisaatiotasi ei ole merkitty oppilaitokseksi"
    for member, deciding, reading in (
        (world.keys.iida_id, no_teacher, no_teacher),
        (world.keys.aino_id, no_school, no_school),
        (new_member(world, Role.TEACHER), no_school, no_school),
    ):
        for path, title in ((at, deciding), ("/decisions", reading), (f"/decisions/{uuid.UUID(int=1)}", reading)):
            answer = signed_in(world, member).get(path)
            assert answer.status_code == 403
            assert title in plain(answer.text)


def test_another_sites_form_is_refused(table: Talk) -> None:
    """A decision is made on our own page only."""
    form = filled(table)
    answer = table.tuula.post(place(table), data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert count(table) == 0


@pytest.mark.parametrize("target", ["ammatillisenoppiaineet_mlma", "x", "tutkinnonosat_106729"])
def test_a_target_of_which_nothing_is_shown_leads_back(table: Talk, target: str) -> None:
    """To the picture, in the same requirements."""
    answer = table.tuula.get(place(table, target))
    assert answer.headers["location"] == f"{table.link}/areas?generation=2022"


def test_requirements_that_are_not_known_lead_back(table: Talk) -> None:
    """The picture says what is wrong with them."""
    answer = table.tuula.get(place(table, query="generation=2030"))
    assert answer.headers["location"] == f"{table.link}/areas?generation=2030"


def test_a_decision_of_another_school_is_not_touched(talk: Talk) -> None:
    """Two schools may decide on one link: neither sees the other's, nor supersedes it."""
    first = decide_about(talk.world, talk.college, talk.link)
    other = new_college(talk.world, "saku")
    second = decide_about(talk.world, other, talk.link)
    with talk.world.rooms.database.read() as session:
        assert [one.id for one in decisions_of(session, other.provider.organisation)] == [second]
    assert record_of(talk, first).supersedes is None


def test_nothing_of_it_is_in_the_journal(talk: Talk) -> None:
    """Codes, ids and a hash; no name, no grounds, no condition."""
    decide_about(talk.world, talk.college, talk.link, conditions="Tehtävä vielä.", title="lehtori")
    (event,) = events(talk.world, "decision.made")
    for words in ("Tuula", "lehtori", "Tehtävä", "Opiskelija", "Sani"):
        assert words not in event.details
