"""A decision that is kept, in words: for its page, for the list of a school, and for paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.errors import Conflict
from okbadges.pages.recognition.glance import Fill, osp
from okbadges.pages.recognition.names import badge_names
from okbadges.pages.recognition.prefill import outcome_words
from okbadges.recognition.exports.ehoks import to_ehoks
from okbadges.recognition.exports.koski import to_koski
from okbadges.recognition.matters import ALWAYS, NOT_IN_FORCE, matter_again
from okbadges.recognition.record import Decided, TargetKind
from okbadges.verification.report import Verdict

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Iterable

    from okbadges.catalogue.texts import Texts
    from okbadges.edge.rooms import Rooms
    from okbadges.pages.words import Phrase, Words
    from okbadges.recognition.exports.shape import Export
    from okbadges.recognition.matters import Ground
    from okbadges.recognition.record import BadgeSeen, DecisionRecord, Person

FILLS = {
    Decided.FULL: Fill.WHOLE,
    Decided.PART: Fill.HALF,
    Decided.NOT_NOW: Fill.NONE,
    Decided.REFER: Fill.NONE,
    Decided.WITHDRAWN: Fill.NONE,
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of a decision, by its name."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class KeptBadge:
    """One badge that was considered: its name, what was found then, and by which record it counted."""

    name: Phrase
    said: tuple[str, ...]
    credential_id: str
    document_hash: str


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision as a page shows it."""

    id: uuid.UUID
    decided: Decided
    fill: Fill
    headline: str
    target: Phrase
    code: str
    of: Phrase | None
    day: str
    school: str
    decider: str
    facts: tuple[Fact, ...]
    grounds: tuple[Phrase, ...]
    next_step: tuple[Phrase, ...]
    conditions: str | None
    correction: str | None
    supersedes: uuid.UUID | None
    covered: tuple[Phrase, ...]
    missing: tuple[Phrase, ...]
    badges: tuple[KeptBadge, ...]

    @property
    def is_recognised(self) -> bool:
        """Tell whether something was recognised."""
        return self.decided in (Decided.FULL, Decided.PART)

    @property
    def is_withdrawn(self) -> bool:
        """Tell whether it only ends a decision that was made by mistake."""
        return self.decided is Decided.WITHDRAWN

    @property
    def is_part(self) -> bool:
        """Tell whether a part was recognised: its outcomes are then those that the school recognised, not all that the badges show."""
        return self.decided is Decided.PART


@dataclass(frozen=True, slots=True)
class FillLine:
    """A field that is to be filled by somebody else, and why it is not in the file."""

    field: str
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class ExportView:
    """A file for another system, or why there is none."""

    system: str
    address: str | None
    to_fill: tuple[FillLine, ...]
    refused: str | None
    to_fill_address: str | None = None


def decision_view(record: DecisionRecord, rooms: Rooms, ground: Ground, words: Words) -> DecisionView:
    """Return what a page shows of a decision; texts that are kept in Finnish and Swedish, in both."""
    names = outcome_words(rooms, matter_again(record, ground, {}))
    badges = badge_names(rooms, record.badges, words)
    target, language = record.target, words.language

    def said(ids: Iterable[str]) -> tuple[Phrase, ...]:
        return tuple(words.phrase(names[one].in_language(language) if one in names else (one, language)) for one in ids)

    return DecisionView(
        id=record.id,
        decided=record.decided,
        fill=FILLS[record.decided],
        headline=words(f"recognition.decided.{record.decided}"),
        target=words.phrase(target.name.in_language(language)),
        code=target.code,
        of=words.phrase(target.unit_name.in_language(language)) if target.unit_name else None,
        day=words.day(record.decided_on),
        school=record.school.name,
        decider=person(record.decider),
        facts=tuple(_facts(record, words)),
        grounds=_both(record.grounds, words),
        next_step=_both(record.next_step, words),
        conditions=record.conditions,
        correction=record.correction,
        supersedes=record.supersedes,
        covered=() if record.decided is Decided.WITHDRAWN else said(record.outcomes_covered),
        missing=() if record.decided is Decided.WITHDRAWN else said(record.outcomes_missing),
        badges=tuple(_badge(one, badges[one.credential_id], words) for one in record.badges),
    )


def export_views(record: DecisionRecord, words: Words, *, is_superseded: bool) -> list[ExportView]:
    """Return what can be taken along to other systems, each with what is left to fill there; nothing of a decision that was superseded."""
    exports = {"ehoks": to_ehoks, "koski": to_koski}
    if record.decided in (*ALWAYS, Decided.WITHDRAWN):
        why = "withdrawn" if record.decided is Decided.WITHDRAWN else "nothing"
        return [ExportView("", None, (), words(f"recognition.export.refused.{why}"))]
    if is_superseded:
        why = words("recognition.export.refused.decision-superseded")
        return [ExportView(words(f"recognition.export.{name}"), None, (), why) for name in exports]
    return [_export(record, name, export, words) for name, export in exports.items()]


def person(one: Person) -> str:
    """Return somebody by name and title."""
    return f"{one.name}, {one.title}" if one.title else one.name


def _facts(record: DecisionRecord, words: Words) -> Iterable[Fact]:
    """Yield what was recognised, what the student follows, and how it was verified; nothing that is not known."""
    facts = (*_recognised(record, words), *_followed(record, words), *_verified(record, words))
    return (Fact(words(f"recognition.fact.{name}"), value) for name, value in facts if value)


def _recognised(record: DecisionRecord, words: Words) -> Iterable[tuple[str, str | None]]:
    if record.recognised_osp is not None:
        yield "osp", osp(words, record.recognised_osp)
    if record.recognised_weeks is not None:
        yield "weeks", words.counted("recognition.size.of_weeks", record.recognised_weeks)
    if record.decided is Decided.FULL:
        yield "grade", words(f"recognition.grade.{record.grade or 'later'}")
    if record.target.language:
        yield "language", words.language_name(record.target.language)


def _followed(record: DecisionRecord, words: Words) -> Iterable[tuple[str, str | None]]:
    """Yield the requirements; their generation is that of the common units, and says nothing of a vocational unit or a part of TUVA."""
    requirements = record.requirements
    if record.target.kind is TargetKind.COMMON_AREA:
        yield "generation", words("recognition.generation.name", year=requirements.generation)
    yield "diary_number", requirements.diary_number
    yield "version", str(requirements.version or "")
    yield "begins_on", words.day(requirements.begins_on) if requirements.begins_on else None
    yield "funded", words("recognition.funded.yes") if record.funded else None
    yield "study_plan", words("recognition.study_plan.tuva") if record.tuva_plan else None


def _verified(record: DecisionRecord, words: Words) -> Iterable[tuple[str, str | None]]:
    yield "process", words(f"recognition.process.{record.process}")
    yield "sent_on", words.day(record.sent_for_assessment_on) if record.sent_for_assessment_on else None
    yield "assessors", "; ".join(map(person, record.assessors))
    yield "matched", words(f"recognition.matched.{record.matched}")
    yield "evidence", words(f"recognition.evidence.{'seen' if record.evidence_viewed else 'not_seen'}")


def _both(texts: Texts | None, words: Words) -> tuple[Phrase, ...]:
    """Return a text in each language in which it is kept, that of the page first."""
    if texts is None:
        return ()
    there = [(text, language) for language, text in texts.model_dump().items() if text]
    return tuple(words.phrase(one) for one in sorted(there, key=lambda one: one[1] != words.language))


def _badge(one: BadgeSeen, name: Phrase, words: Words) -> KeptBadge:
    said = []
    if one.awarded_on:
        said.append(words("recognition.seen.awarded", day=words.day(one.awarded_on)))
    said.append(words("recognition.kept.valid" if one.verdict is Verdict.VALID else f"recognition.bar.{NOT_IN_FORCE}"))
    if not one.counted and one.verdict is Verdict.VALID:
        said.append(words("recognition.kept.not_counted"))
    if one.seen_on:
        said.append(words("recognition.kept.seen_on", day=words.day(one.seen_on)))
    if one.report_id:
        said.append(words("recognition.grounds.record", report=one.report_id, by=one.recognised_by or ""))
    return KeptBadge(name, tuple(said), one.credential_id, one.document_hash)


def _export(record: DecisionRecord, name: str, export: Callable[[DecisionRecord], Export], words: Words) -> ExportView:
    system = words(f"recognition.export.{name}")
    try:
        found = export(record)
    except Conflict as refused:
        return ExportView(system, None, (), words(f"recognition.export.refused.{refused.code}"))
    lines = tuple(
        FillLine(
            one.field,
            words(f"recognition.fill.by.{one.by}"),
            why_to_fill(record, one.field, words),
        )
        for one in found.to_fill
    )
    at = f"/decisions/{record.id}/{name}"
    return ExportView(system, f"{at}.json", lines, None, f"{at}-to-fill.txt")


def why_to_fill(record: DecisionRecord, field: str, words: Words) -> str:
    """Return what belongs into a field of another system, and why it is not in the file."""
    return words(f"recognition.fill.{fill_key(field)}", process=words(f"recognition.process.{record.process}"))


def fill_key(field: str) -> str:
    """Return the key of the words for a field of another system: its last name, which is the telling one."""
    return field.rpartition(".")[2].replace("[0]", "").lower()
