"""Endorsing: a school's signed word about a badge that was among the grounds of a decision; linted, verified, stored, revoked with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from okbadges.credentials.model import check_shape
from okbadges.errors import Conflict, NotFound
from okbadges.keys.rotation import mark_compromised
from okbadges.operations.doctor import examine
from okbadges.organisations.issuers import find_issuer
from okbadges.passport.accepting import Decision
from okbadges.passport.shown_endorsements import endorsements_of
from okbadges.recognition.endorsements import endorsements_of_decision
from okbadges.recognition.record import Decided, TargetKind
from okbadges.verification.report import Kind, Verdict
from support.college import new_college
from support.corrections import COLLECTED, SUMMARY, correct, events, side_by_side
from support.decided import YTTT, decide
from support.passport import row_of, say
from support.restoring import erase
from support.sharing import sharer

if TYPE_CHECKING:
    import uuid

    from okbadges.passport.shown_endorsements import Endorsement
    from support.college import College
    from support.world import World


@pytest.fixture
def college(world: World) -> College:
    """Return a college with an issuer of its own."""
    return new_college(world, own_issuer=True)


def endorse(world: World, college: College, decision: uuid.UUID) -> list[Endorsement]:
    """Press the button."""
    return world.rooms.endorsing.endorse(college.provider.organisation, decision, actor=f"member:{college.tuula_id}")


def body_of(endorsement: Endorsement) -> dict[str, Any]:
    """Return the signed document."""
    body: dict[str, Any] = orjson.loads(endorsement.document)
    return body


def test_it_works(world: World, college: College) -> None:
    """Each badge that counted is endorsed by the college's own issuer; our verifier finds every endorsement valid, in the right shape."""
    sani = sharer(world, "digi-turva", "arki-ruoka")
    made = decide(world, college, sani, bars={"arki-ruoka": "no-record"})
    (endorsement,) = endorse(world, college, made.id)
    body = body_of(endorsement)
    assert check_shape(body) == []
    assert body["type"] == ["VerifiableCredential", "EndorsementCredential"]
    assert body["issuer"]["id"] == "did:web:localhost%3A8000:issuers:lappia"
    assert body["validFrom"] == "2026-11-01T00:00:00Z"
    subject = body["credentialSubject"]
    assert subject["id"] == sani.issued["digi-turva"]["id"] == endorsement.credential_id
    assert subject["endorsementComment"] == (
        "Ammattiopisto Lappia on tunnustanut osaamisen: Työelämässä toimiminen (YTTT). "
        "Tämä osaamismerkki oli päätöksen perusteena."
    )
    report = world.rooms.verify(endorsement.document)
    assert (report.kind, report.verdict) == (Kind.ENDORSEMENT, Verdict.VALID)
    assert report.issuer is not None
    assert report.issuer.recognised
    (event,) = events(world, "endorsement.made")
    assert (event.chain, event.subject) == ("lappia", f"endorsement:{endorsement.id}")


def test_nothing_of_the_person_or_the_school_record_is_in_it(world: World, college: College) -> None:
    """No grade, no points, no day, no name, no workshop: what is public in it is the school, the area and the badge's id."""
    sani = sharer(world, "digi-turva")
    made = decide(world, college, sani, grade="3")
    text = endorse(world, college, made.id)[0].document.decode()
    for word in ("Tuula", "osp", "arvosana", "2026-11-21", "kemi", "taitopaja", str(sani.participant), str(made.id)):
        assert word.casefold() not in text.casefold(), word


def test_of_a_set_the_summary_badge_is_endorsed(world: World, college: College) -> None:
    """Where a summary badge counted, it alone: one paper for one decision."""
    sani = sharer(world, *COLLECTED, SUMMARY)
    made = decide(world, college, sani, decided=Decided.PART)
    (endorsement,) = endorse(world, college, made.id)
    assert endorsement.credential_id == sani.issued[SUMMARY]["id"]
    assert "osan osaamisesta" in body_of(endorsement)["credentialSubject"]["endorsementComment"]


def test_it_speaks_the_language_of_the_badge(world: World, college: College) -> None:
    """A Swedish badge is endorsed in Swedish."""
    sani = sharer(world, "digi-turva")
    swedish = world.issue(badge="arki-ruoka", participant=str(sani.participant), language="sv")
    sani.rows["arki-ruoka"] = row = row_of(world, swedish["id"])
    say(world, sani.participant, row, Decision.ACCEPT)
    made = decide(world, college, sani, only=("arki-ruoka",))
    body = body_of(endorse(world, college, made.id)[0])
    assert "har erkänt kunnandet: Att verka i arbetslivet" in body["credentialSubject"]["endorsementComment"]
    with world.rooms.database.read() as session:
        assert len(endorsements_of(session, [row])) == 1


def test_a_repeat_makes_nothing_twice(world: World, college: College) -> None:
    """The button pressed twice, also by two at once, gives the same endorsement and one event."""
    sani = sharer(world, "digi-turva")
    made = decide(world, college, sani)
    first = side_by_side([lambda: endorse(world, college, made.id)] * 2)
    assert [one.id for one in endorse(world, college, made.id)] == [one.id for one in first[0]]
    assert first[0] == first[1]
    assert len(events(world, "endorsement.made")) == 1


@pytest.mark.parametrize("decided", [Decided.NOT_NOW, Decided.REFER])
def test_what_recognises_nothing_is_not_endorsed(world: World, college: College, decided: Decided) -> None:
    """A "not now" is nobody's recommendation."""
    made = decide(world, college, sharer(world, "digi-turva"), decided=decided)
    with pytest.raises(Conflict) as refused:
        endorse(world, college, made.id)
    assert refused.value.code == "nothing-to-endorse"


def test_only_an_area_is_endorsed(world: World, college: College) -> None:
    """A part of TUVA would tell where somebody studies."""
    target = YTTT.model_copy(update={"kind": TargetKind.TUVA_PART})
    made = decide(world, college, sharer(world, "digi-turva"), target=target)
    with pytest.raises(Conflict) as refused:
        endorse(world, college, made.id)
    assert refused.value.code == "not-to-endorse"


def test_nobody_endorses_themselves(world: World) -> None:
    """A college under the issuer of the badges has no word of its own to add, and says what it needs."""
    college = new_college(world)
    made = decide(world, college, sharer(world, "digi-turva"))
    with pytest.raises(Conflict, match="issuer of its own"):
        endorse(world, college, made.id)


def test_another_school_cannot(world: World, college: College) -> None:
    """A decision of others is not there."""
    made = decide(world, college, sharer(world, "digi-turva"))
    with pytest.raises(NotFound):
        endorse(world, new_college(world, "saku"), made.id)


@pytest.mark.parametrize("ended", ["revoked", "declined", "erased"])
def test_a_badge_that_is_gone_is_not_endorsed(world: World, college: College, ended: str) -> None:
    """What was taken back, declined or erased since the decision is no ground any more."""
    sani = sharer(world, "digi-turva")
    made = decide(world, college, sani)
    if ended == "revoked":
        correct(world, sani.issued["digi-turva"]["id"], "revoke", reason="issued-in-error")
    elif ended == "declined":
        say(world, sani.participant, sani.rows["digi-turva"], Decision.DECLINE)
    else:
        erase(world, str(sani.participant))
    with pytest.raises(Conflict) as refused:
        endorse(world, college, made.id)
    assert refused.value.code == "nothing-to-endorse"


def test_it_is_revoked_with_its_decision(world: World, college: College) -> None:
    """Superseding a decision takes its endorsement back, for everybody who has the file; the new decision can be endorsed."""
    sani = sharer(world, "digi-turva")
    made = decide(world, college, sani)
    (endorsement,) = endorse(world, college, made.id)
    world.clock.move(seconds=2)
    again = decide(world, college, sani, decided=Decided.PART, supersedes=made.id, correction="Osa riittää.")
    world.clock.move(seconds=2)
    assert world.rooms.verify(endorsement.document).verdict is Verdict.REVOKED
    with world.rooms.database.read() as session:
        assert endorsements_of_decision(session, made.id) == []
    with pytest.raises(Conflict, match="superseded already"):
        endorse(world, college, made.id)
    (new,) = endorse(world, college, again.id)
    assert world.rooms.verify(new.document).verdict is Verdict.VALID
    assert world.rooms.verify(orjson.dumps(sani.issued["digi-turva"]["credential"])).verdict is Verdict.VALID


def test_after_a_compromised_key_it_is_made_anew(world: World, college: College) -> None:
    """Nobody believes the old one, so it is not shown any more, and the button makes another."""
    sani = sharer(world, "digi-turva")
    made = decide(world, college, sani)
    (old,) = endorse(world, college, made.id)
    rooms = world.rooms
    with rooms.database.read() as session:
        issuer = find_issuer(session, "lappia")
    world.clock.move(minutes=1)
    mark_compromised(rooms.keyring, rooms.database, rooms.writer, rooms.stamp("test"), issuer, 1, since=world.clock())
    with rooms.database.read() as session:
        assert endorsements_of(session, [sani.rows["digi-turva"]]) == []
    (new,) = endorse(world, college, made.id)
    assert new.id != old.id
    assert rooms.verify(new.document).verdict is Verdict.VALID


def test_the_doctor_looks_at_it(world: World, college: College) -> None:
    """A sound one is no finding; the places of endorsements are not places that were never given."""
    sani = sharer(world, "digi-turva")
    made = decide(world, college, sani)
    endorse(world, college, made.id)
    assert [one for one in examine(world.rooms) if one.about != "duty"] == []
