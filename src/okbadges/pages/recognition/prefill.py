"""A form as it is first seen: what the picture says already is written in it, so that a teacher reads and corrects instead of writing.

Grounds and the next step are written in Finnish and in Swedish, whatever language the page is in: eHOKS, Koski and the student read those.
They name badges, months, the record of the learning environment and who recognised it; nothing else of the workshop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.errors import ConfigurationError
from okbadges.pages.recognition.decide_form import Typed
from okbadges.recognition.changes import state_of
from okbadges.recognition.decisions import decisions_of, find_decision
from okbadges.recognition.mapping.picture import Outlook
from okbadges.recognition.matters import NOT_IN_FORCE
from okbadges.recognition.record import Process, TargetKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlmodel import Session

    from okbadges.catalogue.texts import Texts
    from okbadges.edge.rooms import Rooms
    from okbadges.pages.recognition.frame import Teacher
    from okbadges.pages.recognition.gathered import Asked, Gathered
    from okbadges.pages.words import Words
    from okbadges.recognition.matters import Matter
    from okbadges.recognition.record import BadgeSeen, DecisionRecord

_WEAK = (Outlook.NOT_ALONE, Outlook.NO_RECORD, Outlook.NOT_COUNTED, Outlook.OTHERS_ONLY)
_LOOKED_AT = 20
"""In how many of the school's last decisions a teacher's own title is looked for."""


def first_form(
    rooms: Rooms,
    teacher: Teacher,
    matter: Matter,
    gathered: Gathered,
    asked: Asked,
    catalogues: Mapping[str, Words],
) -> Typed:
    """Return the form for a matter of a link, with what the picture and the teacher's last decision say."""
    with rooms.database.read() as session:
        before = _last_of(session, rooms, teacher)
    usual = before.requirements if before and before.requirements.generation == matter.generation else None
    decided = asked.decided if asked.decided in matter.offered else ""
    return Typed(
        id=str(rooms.stamp(teacher.actor).row_id()),
        decided=decided,
        outcomes=list(matter.covered),
        process=Process.DIRECTLY.value,
        title=(before.decider.title or "") if before else "",
        osp=_osp(matter),
        weeks="",
        grade="",
        language=matter.target.language or "",
        diary_number=(usual.diary_number or "") if usual else "",
        version=str(usual.version or "") if usual else "",
        begins_on=gathered.begins_on.isoformat() if gathered.begins_on else "",
        assessor_is_ours="yes",
        grounds_fi=grounds(matter, gathered, rooms, catalogues["fi"]),
        grounds_sv=grounds(matter, gathered, rooms, catalogues["sv"]),
        next_step_fi=next_step(matter, rooms, catalogues["fi"]),
        next_step_sv=next_step(matter, rooms, catalogues["sv"]),
        seen=list(state_of(matter)),
    )


def form_again(rooms: Rooms, teacher: Teacher, record: DecisionRecord, matter: Matter) -> Typed:
    """Return the form for correcting a decision: everything as it was decided."""
    assessor = record.assessors[0] if record.assessors else None
    return Typed(
        id=str(rooms.stamp(teacher.actor).row_id()),
        decided=record.decided.value,
        outcomes=list(matter.covered),
        process=record.process.value,
        matched=record.matched.value,
        title=record.decider.title or "",
        assessor=assessor.name if assessor else "",
        assessor_title=(assessor.title or "") if assessor else "",
        assessor_is_ours="yes" if assessor is None or assessor.institution_oid else "",
        osp=f"{record.recognised_osp.normalize():f}" if record.recognised_osp is not None else "",
        weeks=str(record.recognised_weeks or ""),
        grade=record.grade or "",
        language=record.target.language or "",
        diary_number=record.requirements.diary_number or "",
        version=str(record.requirements.version or ""),
        begins_on=record.requirements.begins_on.isoformat() if record.requirements.begins_on else "",
        sent_on=record.sent_for_assessment_on.isoformat() if record.sent_for_assessment_on else "",
        grounds_fi=record.grounds.fi,
        grounds_sv=record.grounds.sv or "",
        next_step_fi=record.next_step.fi if record.next_step else "",
        next_step_sv=(record.next_step.sv or "") if record.next_step else "",
        conditions=record.conditions or "",
        evidence_viewed="yes" if record.evidence_viewed else "",
        tuva_plan="yes" if record.tuva_plan else "",
        funded="yes" if record.funded else "",
        seen=list(state_of(matter)),
    )


def grounds(matter: Matter, gathered: Gathered, rooms: Rooms, words: Words) -> str:
    """Return the grounds in one language: true for every decision that can be made, so that it need not be known yet."""
    standing = [one for one in matter.badges if matter.bars.get(one.credential_id) != NOT_IN_FORCE]
    if not standing:
        return words("recognition.grounds.none")
    said = [words("recognition.grounds.badges", badges="; ".join(_named(standing, gathered, words)))]
    issuers = ", ".join(dict.fromkeys(one.issuer for one in standing))
    said.append(words("recognition.grounds.issuer", issuer=issuers, day=words.day(rooms.now().date())))
    records = dict.fromkeys((one.report_id, one.recognised_by) for one in matter.counted if one.report_id)
    said += [words("recognition.grounds.record", report=report, by=by) for report, by in records]
    if matter.outlook in _WEAK:
        said.append(words(f"recognition.grounds.{matter.outlook}"))
    return " ".join([*said, *_compared(matter, rooms, words)])


def _compared(matter: Matter, rooms: Rooms, words: Words) -> Iterable[str]:
    """Say which outcomes the badges show and of which text these are, or that nobody has compared."""
    names = outcome_words(rooms, matter)
    if matter.target.kind is not TargetKind.COMMON_AREA or matter.outlook in _WEAK:
        return
    if not matter.covered and not matter.missing:
        yield words("recognition.grounds.not_compared", year=matter.generation)
        return
    if matter.missing:
        yield words("recognition.grounds.covered", outcomes="; ".join(_words_of(matter.covered, names, words)))
    elif matter.outlook is not Outlook.WHOLE:
        yield words("recognition.grounds.touched")
    else:
        yield words("recognition.grounds.adds_up" if matter.adds_up else "recognition.grounds.whole")
    if matter.carried_over:
        yield words("recognition.grounds.carried")


def next_step(matter: Matter, rooms: Rooms, words: Words) -> str:
    """Return what can come next, from what is missing."""
    if matter.outlook in _WEAK:
        return words(f"recognition.next.{matter.outlook}")
    if matter.missing:
        missing = _words_of(matter.missing, outcome_words(rooms, matter), words)
        return words("recognition.next.missing", outcomes="; ".join(missing))
    return words("recognition.next.show")


def outcome_words(rooms: Rooms, matter: Matter) -> dict[str, Texts]:
    """Return our own short words for the outcomes of a matter, by their ids."""
    place = rooms.units.place(matter.generation, matter.target.code)
    return {one.id: one.words for one in rooms.units.outcomes(place)} if place else {}


def _words_of(ids: Iterable[str], names: Mapping[str, Texts], words: Words) -> list[str]:
    return [names[one].in_language(words.language)[0] if one in names else one for one in ids]


def _named(badges: Iterable[BadgeSeen], gathered: Gathered, words: Words) -> Iterable[str]:
    """Yield the badges by their names in this language, those of one month together."""
    months: dict[str, list[str]] = {}
    for one in badges:
        shared = gathered.shared(one.credential_id)
        name = shared.badge.name.in_language(words.language)[0] if shared else one.name
        months.setdefault(words.in_month(one.awarded_on) if one.awarded_on else "", []).append(name)
    for month, found in months.items():
        names = ", ".join(found)
        yield words("recognition.grounds.badge", names=names, month=month) if month else names


def _osp(matter: Matter) -> str:
    """Return what is offered as a part: the estimate, where it is less than the whole."""
    estimate = matter.planning_osp
    if estimate is None or (matter.target.osp is not None and estimate >= matter.target.osp):
        return ""
    return f"{estimate.normalize():f}"


def _last_of(session: Session, rooms: Rooms, teacher: Teacher) -> DecisionRecord | None:
    """Return the teacher's own last decision: their title, and the requirements that they work with, are likely the same.

    One that somebody altered fills in nothing, and keeps nobody from deciding: the doctor finds it.
    """
    lines = decisions_of(session, teacher.school, limit=_LOOKED_AT)
    own = next((line for line in lines if line.member_id == teacher.member_id), None)
    try:
        return find_decision(session, rooms.secrets, teacher.school, own.id) if own else None
    except ConfigurationError:
        return None
