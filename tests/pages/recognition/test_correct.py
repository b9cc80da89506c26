"""``/decisions/{id}/correct``: another decision takes the place of one that was wrong."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import select

from okbadges.passport.accepting import Decision
from okbadges.storage.tables import DecisionBadgeRow, DecisionRow
from okbadges.verification.report import Verdict
from pages.recognition.test_areas import plain
from pages.recognition.test_decide import count, mistake, record_of
from support.corrections import events
from support.decided import decide
from support.passport import new_card, open_with, say
from support.studying import YTTT, choices_of, decide_about, form_of, revoke, signed_in
from support.world import on_both_databases

if TYPE_CHECKING:
    from httpx2 import Response

    from pages.recognition.conftest import Talk


LESS = ["not-now", "refer", "withdrawn"]


@pytest.fixture
def kept(talk: Talk) -> uuid.UUID:
    """Return a decision in which a grade is wrong."""
    return decide_about(talk.world, talk.college, talk.link, grade="2", title="lehtori", conditions="Ei ehtoja.")


def corrected(talk: Talk, decision: uuid.UUID, **typed: Any) -> Response:
    """Send the form of a correction as it is filled, with these changes."""
    shown = talk.tuula.get(f"/decisions/{decision}/correct")
    assert shown.status_code == 200, shown.text
    answer: Response = talk.tuula.post(
        f"/decisions/{decision}/correct", data={**form_of(shown.text, "/correct"), **typed}
    )
    return answer


@on_both_databases
def test_it_works(talk: Talk, kept: uuid.UUID) -> None:
    """The form is as it was decided; the new decision has the note, the badges as they were seen, and belongs to the same person."""
    answer = corrected(talk, kept, grade="3", correction="Arvosana oli väärin.")
    assert answer.status_code == 303, answer.text
    made = uuid.UUID(answer.headers["location"].removeprefix("/decisions/").partition("?")[0])
    before, after = record_of(talk, kept), record_of(talk, made)
    assert (after.grade, after.supersedes, after.correction) == ("3", kept, "Arvosana oli väärin.")
    assert (after.badges, after.grounds, after.target) == (before.badges, before.grounds, before.target)
    assert (after.conditions, after.decider.title, after.matched) == ("Ei ehtoja.", "lehtori", before.matched)
    with talk.world.rooms.database.read() as session:
        rows = {one.id: one for one in session.exec(select(DecisionRow))}
    assert rows[made].participant_id == rows[kept].participant_id == talk.sani.participant
    assert rows[made].share_link_id == rows[kept].share_link_id
    assert len(events(talk.world, "decision.made")) == 2


@on_both_databases
def test_a_decision_by_mistake_is_withdrawn(talk: Talk, kept: uuid.UUID) -> None:
    """It was the wrong area: nothing stays decided, the passport is silent, both stay in the school's list, and it can be decided anew."""
    answer = corrected(talk, kept, decided="withdrawn", correction="Väärä osa-alue.")
    assert answer.status_code == 303, answer.text
    made = uuid.UUID(answer.headers["location"].removeprefix("/decisions/").partition("?")[0])
    record = record_of(talk, made)
    assert (record.supersedes, record.grade, record.recognised_osp, record.next_step) == (kept, None, None, None)
    assert (
        "Ammattiopisto Lappia"
        not in open_with(talk.world, new_card(talk.world, talk.sani.participant)).get("/passport?at=shelf").text
    )
    page = plain(talk.tuula.get(f"/decisions/{made}").text)
    assert "Jos veit aiemman päätöksen eHOKSiin tai Koskeen, korjaa se myös siellä." in page
    assert "Korjaa päätös" not in page
    for system in ("ehoks", "koski"):
        assert talk.tuula.get(f"/decisions/{made}/{system}.json").status_code == 409
    assert talk.tuula.get(f"/decisions/{made}/correct").headers["location"] == f"/decisions/{made}"
    again = talk.tuula.post(f"/decisions/{made}/correct", data={"decided": "full", "correction": "x"})
    assert again.status_code == 422
    listed = plain(talk.tuula.get("/decisions").text)
    assert "Peruttu: tehty erehdyksessä" in listed
    assert "Tunnustettu kokonaan" in listed
    assert "päätti" not in plain(talk.tuula.get(f"{talk.link}/areas?generation=2022").text)
    anew = decide_about(talk.world, talk.college, talk.link)
    assert record_of(talk, anew).supersedes is None


def test_a_withdrawal_is_not_offered_at_first(talk: Talk) -> None:
    """There is nothing yet that it could end."""
    at = f"{talk.link}/areas/{YTTT}/decide?generation=2022"
    assert "withdrawn" not in choices_of(talk.tuula.get(at).text, "decided")
    form = form_of(talk.tuula.get(at).text, "/decide")
    assert talk.tuula.post(at, data={**form, "decided": "withdrawn", "matched": "in-person"}).status_code == 422


def test_a_note_is_asked_for(talk: Talk, kept: uuid.UUID) -> None:
    """Without it nothing is kept, and what was typed stays."""
    answer = corrected(talk, kept, grade="3")
    assert answer.status_code == 422
    assert mistake(answer.text, "correction") == "Kirjoita, mitä korjaat ja miksi."
    assert form_of(answer.text, "/correct")["grade"] == "3"
    assert count(talk) == 1


def test_it_works_when_the_link_has_ended(talk: Talk, kept: uuid.UUID) -> None:
    """A slip of the pen is mended on what was seen then, whatever became of the badges; form and record say that."""
    talk.world.clock.move(days=200)
    revoke(talk.world, talk.sani.issued["tyo-oikeudet"]["id"])
    tuula = signed_in(talk.world, talk.college.tuula_id)
    page = tuula.get(f"/decisions/{kept}/correct").text
    answer = tuula.post(
        f"/decisions/{kept}/correct", data={**form_of(page, "/correct"), "correction": "x", "grade": "passed"}
    )
    assert answer.status_code == 303, answer.text
    assert "Merkkejä ei voitu tarkistaa uudelleen" in plain(page)
    made = uuid.UUID(answer.headers["location"].removeprefix("/decisions/").partition("?")[0])
    before, after = record_of(talk, kept), record_of(talk, made)
    assert {one.seen_on for one in before.badges} == {None}
    assert {(one.seen_on, one.verdict) for one in after.badges} == {(before.decided_on, Verdict.VALID)}
    assert "Ei voitu tarkistaa uudelleen. Nähty 21.11.2026." in plain(tuula.get(f"/decisions/{made}").text)


def test_a_badge_that_ended_since_is_said_and_does_not_count(talk: Talk, kept: uuid.UUID) -> None:
    """The form says what changed since the decision, also when it comes again; the record has what is true now."""
    revoke(talk.world, talk.sani.issued["tyo-oikeudet"]["id"])
    talk.world.clock.move(seconds=2)
    page = talk.tuula.get(f"/decisions/{kept}/correct").text
    assert "Työsopimus ja oikeudet: ei ole enää voimassa." in plain(page)
    refused = corrected(talk, kept, decided="part", osp="1")
    assert mistake(refused.text, "correction")
    assert "Työsopimus ja oikeudet: ei ole enää voimassa." in plain(refused.text)
    answer = corrected(talk, kept, decided="part", osp="1", correction="Yksi merkki on peruttu.")
    assert answer.status_code == 303, answer.text
    made = uuid.UUID(answer.headers["location"].removeprefix("/decisions/").partition("?")[0])
    record = record_of(talk, made)
    assert {(one.verdict, one.counted) for one in record.badges if one.badge == "tyo-oikeudet"} == {
        (Verdict.REVOKED, False)
    }
    assert sum(one.counted for one in record.badges) == len(record.badges) - 1
    assert record.outcomes_missing
    with talk.world.rooms.database.read() as session:
        bars = set(session.exec(select(DecisionBadgeRow.bar).where(DecisionBadgeRow.decision_id == made)))
    assert bars == {None, "not-in-force"}


def test_nothing_is_recognised_on_badges_that_are_gone(talk: Talk, kept: uuid.UUID) -> None:
    """Four of five were revoked since: what a lone badge allows is left, and "full" is refused whoever sends it."""
    for badge in ("tyo-oikeudet", "tyo-ala-tutuksi", "tyo-pelisaannot", "tyo-ohjeesta-valmiiksi"):
        revoke(talk.world, talk.sani.issued[badge]["id"])
    talk.world.clock.move(seconds=2)
    assert choices_of(talk.tuula.get(f"/decisions/{kept}/correct").text, "decided") == LESS
    answer = corrected(talk, kept, decided="full", grade="3", correction="Arvosana.")
    assert answer.status_code == 422
    assert mistake(answer.text, "decided").startswith("Merkit eivät riitä")
    assert count(talk) == 1


def test_what_the_teacher_left_out_stays_out(talk: Talk) -> None:
    """A part of one outcome; another badge is revoked: the correction recognises that one outcome, and not what the others show."""
    made = decide_about(talk.world, talk.college, talk.link, decided="part", osp="1", outcomes=["YTTT-1"])
    revoke(talk.world, talk.sani.issued["tyo-pelisaannot"]["id"])
    talk.world.clock.move(seconds=2)
    answer = corrected(talk, made, correction="Merkki on peruttu.")
    assert answer.status_code == 303, answer.text
    after = record_of(talk, uuid.UUID(answer.headers["location"].removeprefix("/decisions/").partition("?")[0]))
    assert (after.outcomes_covered, after.outcomes_missing) == (("YTTT-1",), ("YTTT-2", "YTTT-3"))


def test_a_hidden_badge_does_not_keep_what_another_one_lost(talk: Talk, kept: uuid.UUID) -> None:
    """One cannot be read, the only one that shows an outcome was revoked: the outcome is gone, and so is the whole."""
    say(talk.world, talk.sani.participant, talk.sani.rows["tyo-oikeudet"], Decision.HIDE)
    revoke(talk.world, talk.sani.issued["tyo-ala-tutuksi"]["id"])
    talk.world.clock.move(seconds=2)
    page = talk.tuula.get(f"/decisions/{kept}/correct").text
    assert "full" not in choices_of(page, "decided")
    answer = corrected(talk, kept, decided="part", osp="1", correction="x")
    assert answer.status_code == 303, answer.text
    after = record_of(talk, uuid.UUID(answer.headers["location"].removeprefix("/decisions/").partition("?")[0]))
    assert "YTTT-1" in after.outcomes_missing


def test_going_back_and_changing_a_correction_is_another_one(talk: Talk, kept: uuid.UUID) -> None:
    """The form that was kept already comes again, and what is then kept takes the place of what stands."""
    shown = form_of(talk.tuula.get(f"/decisions/{kept}/correct").text, "/correct")
    at = f"/decisions/{kept}/correct"
    assert talk.tuula.post(at, data={**shown, "grade": "3", "correction": "x"}).status_code == 303
    again = talk.tuula.post(at, data={**shown, "grade": "5", "correction": "y"})
    assert again.status_code == 409
    answer = talk.tuula.post(at, data=form_of(again.text, "/correct"))
    assert answer.status_code == 303, answer.text
    last = record_of(talk, uuid.UUID(answer.headers["location"].removeprefix("/decisions/").partition("?")[0]))
    assert (last.grade, last.supersedes) == ("5", uuid.UUID(shown["id"]))


def test_the_papers_of_a_withdrawal_say_what_it_is(talk: Talk, kept: uuid.UUID) -> None:
    """Which decision ended, and why; nothing of what the badges show."""
    answer = corrected(talk, kept, decided="withdrawn", correction="Väärä osa-alue.")
    made = answer.headers["location"].partition("?")[0]
    sheet = plain(talk.tuula.get(f"{made}/print").text)
    assert "Peruttu: tehty erehdyksessä" in sheet
    assert "Väärä osa-alue." in sheet
    assert f"Tämä päättää päätöksen {kept}." in sheet
    assert "Mitä olet näyttänyt" not in sheet
    assert "Näytetty" not in plain(talk.tuula.get(made).text)
    row = talk.tuula.get(f"{made}/row.csv").content.decode("utf-8-sig").splitlines()[1]
    assert "mitään ei ole päätettynä" in row
    assert "Väärä osa-alue." in row


def test_a_badge_that_ends_while_the_form_is_open_is_looked_at(talk: Talk, kept: uuid.UUID) -> None:
    """As on every form of a decision: nothing is kept before somebody saw it."""
    form = form_of(talk.tuula.get(f"/decisions/{kept}/correct").text, "/correct")
    revoke(talk.world, talk.sani.issued["tyo-oikeudet"]["id"])
    talk.world.clock.move(seconds=2)
    less = {"decided": "part", "osp": "1", "outcomes": ["YTTT-1"], "correction": "x"}
    answer = talk.tuula.post(f"/decisions/{kept}/correct", data={**form, **less})
    assert answer.status_code == 409
    assert count(talk) == 1


def test_a_badge_that_is_hidden_stays_as_it_was_seen(talk: Talk, kept: uuid.UUID) -> None:
    """One is not shown any more, the others are verified."""
    say(talk.world, talk.sani.participant, talk.sani.rows["tyo-oikeudet"], Decision.HIDE)
    assert "Työsopimus ja oikeudet: ei voitu tarkistaa uudelleen." in plain(
        talk.tuula.get(f"/decisions/{kept}/correct").text
    )
    answer = corrected(talk, kept, grade="3", correction="x")
    made = uuid.UUID(answer.headers["location"].removeprefix("/decisions/").partition("?")[0])
    assert [one.badge for one in record_of(talk, made).badges if one.seen_on] == ["tyo-oikeudet"]


def test_how_the_person_was_matched_stays(talk: Talk, kept: uuid.UUID) -> None:
    """A correction is no meeting: the digits that nobody checked then cannot be chosen, those that were stay."""
    page = talk.tuula.get(f"/decisions/{kept}/correct").text
    assert choices_of(page, "matched") == ["in-person", "not-matched"]
    assert mistake(corrected(talk, kept, matched="match-code", correction="x").text, "matched")
    other = decide(talk.world, talk.college, talk.sani, supersedes=kept, correction="x")
    page = talk.tuula.get(f"/decisions/{other.id}/correct").text
    assert choices_of(page, "matched") == ["match-code", "in-person", "not-matched"]
    answer = corrected(talk, other.id, correction="y")
    made = uuid.UUID(answer.headers["location"].removeprefix("/decisions/").partition("?")[0])
    assert record_of(talk, made).matched == "match-code"


@pytest.mark.parametrize(
    ("decided", "offered"),
    [("part", ["part", *LESS]), ("not-now", LESS), ("refer", LESS)],
)
def test_a_correction_never_recognises_more(talk: Talk, decided: str, offered: list[str]) -> None:
    """For more than was decided a teacher looks at what the student shows now."""
    made = decide_about(talk.world, talk.college, talk.link, decided=decided)
    assert choices_of(talk.tuula.get(f"/decisions/{made}/correct").text, "decided") == offered
    answer = corrected(talk, made, decided="full", correction="x")
    assert mistake(answer.text, "decided").startswith("Merkit eivät riitä")


def test_the_reasons_of_badges_stay(talk: Talk) -> None:
    """What did not count then does not count now, for the same reason."""
    revoke(talk.world, talk.sani.issued["tyo-oikeudet"]["id"])
    made = decide_about(talk.world, talk.college, talk.link, decided="part")
    answer = corrected(talk, made, correction="x", osp="1")
    again = uuid.UUID(answer.headers["location"].removeprefix("/decisions/").partition("?")[0])
    with talk.world.rooms.database.read() as session:
        bars = [
            set(session.exec(select(DecisionBadgeRow.bar).where(DecisionBadgeRow.decision_id == one)))
            for one in (made, again)
        ]
    assert bars == [{None, "not-in-force"}] * 2


def test_a_superseded_decision_leads_to_the_newer_one(talk: Talk, kept: uuid.UUID) -> None:
    """Only what stands is corrected; a form that was open meanwhile says so."""
    page = talk.tuula.get(f"/decisions/{kept}/correct").text
    newer = corrected(talk, kept, grade="3", correction="x").headers["location"].partition("?")[0]
    assert talk.tuula.get(f"/decisions/{kept}/correct").headers["location"] == newer
    late = talk.tuula.post(
        f"/decisions/{kept}/correct", data={**form_of(page, "/correct"), "correction": "y", "grade": "4"}
    )
    assert late.status_code == 409
    assert "Oppilaitoksesi päätti tästä, kun lomake oli auki." in plain(late.text)
    assert form_of(late.text, "/correct")["supersedes"] == newer.removeprefix("/decisions/")
    assert count(talk) == 2


def test_pressed_twice_it_is_one_correction(talk: Talk, kept: uuid.UUID) -> None:
    """The same form leads to the same decision."""
    page = talk.tuula.get(f"/decisions/{kept}/correct").text
    form = {**form_of(page, "/correct"), "correction": "x", "grade": "4"}
    first, second = (talk.tuula.post(f"/decisions/{kept}/correct", data=form) for _ in range(2))
    assert first.headers["location"] == second.headers["location"]
    assert count(talk) == 2


def test_another_sites_form_is_refused(talk: Talk, kept: uuid.UUID) -> None:
    """As everywhere."""
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert talk.tuula.post(f"/decisions/{kept}/correct", data={}, headers=headers).status_code == 403
