"""``/decisions/{id}/correct``: another decision takes the place of one that was wrong."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import select

from okbadges.storage.tables import DecisionBadgeRow, DecisionRow
from pages.recognition.test_areas import plain
from pages.recognition.test_decide import count, mistake, record_of
from support.corrections import events
from support.studying import choices_of, decide_about, form_of, revoke, signed_in

if TYPE_CHECKING:
    from httpx2 import Response

    from pages.recognition.conftest import Talk


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


def test_a_note_is_asked_for(talk: Talk, kept: uuid.UUID) -> None:
    """Without it nothing is kept, and what was typed stays."""
    answer = corrected(talk, kept, grade="3")
    assert answer.status_code == 422
    assert mistake(answer.text, "correction") == "Kirjoita, mitä korjaat ja miksi."
    assert form_of(answer.text, "/correct")["grade"] == "3"
    assert count(talk) == 1


def test_it_works_when_the_link_has_ended(talk: Talk, kept: uuid.UUID) -> None:
    """A slip of the pen is mended on what was seen then, whatever became of the badges."""
    talk.world.clock.move(days=200)
    revoke(talk.world, talk.sani.issued["tyo-oikeudet"]["id"])
    tuula = signed_in(talk.world, talk.college.tuula_id)
    page = tuula.get(f"/decisions/{kept}/correct").text
    answer = tuula.post(
        f"/decisions/{kept}/correct", data={**form_of(page, "/correct"), "correction": "x", "grade": "passed"}
    )
    assert answer.status_code == 303, answer.text


@pytest.mark.parametrize(
    ("decided", "offered"),
    [("part", ["part", "not-now", "refer"]), ("not-now", ["not-now", "refer"]), ("refer", ["not-now", "refer"])],
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
    assert "Tämän päätöksen tilalla on jo uudempi." in plain(late.text)
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
