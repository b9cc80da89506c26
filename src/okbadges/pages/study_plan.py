"""What a teacher sees behind a link of purpose "study plan": who awarded it, how it was seen, and what may be credited.

Rules (product.md 2, 3 and 5): credit exists only in a school's decision, one skill badge alone is never creditable, and a
mapping is called creditable only where the workshop's environment recognition record covered it on the day of the award.
Where there is no such record nothing is offered, and the page says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from okbadges.catalogue.published import IN_CREDENTIAL
from okbadges.pages.badge_view import GenerationTable, area_row, by_generation, studies_heading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from okbadges.catalogue.published import AreaAlignment, PublishedBadge
    from okbadges.organisations.workshops import RecognitionRecord
    from okbadges.pages.words import Phrase, Words
    from okbadges.passport.sharing import Observation, TeacherFacts

_DAYS = ("begins.from", "begins.between")


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A vocational unit, a part of TUVA or a national badge, with its code and what to know about it."""

    name: Phrase
    of: Phrase | None
    code: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One environment recognition record that was valid on the day of the award."""

    sentence: str
    address: str | None


@dataclass(frozen=True, slots=True)
class StudyPlan:
    """The teacher's part of a share page.

    ``generations`` are all but the one for students in transition, which is ``folded``. ``withheld`` says once why nothing is offered
    for any area.
    """

    organisation: str
    workshop: str
    awarded_on: str
    observation: tuple[str, ...]
    records: tuple[RecordLine, ...]
    generations: tuple[GenerationTable, ...]
    folded: tuple[GenerationTable, ...]
    withheld: str | None
    offers_osp: bool
    vocational: tuple[UnitRow, ...]
    vocational_withheld: bool
    tuva: tuple[UnitRow, ...]
    tuva_withheld: bool
    national: tuple[UnitRow, ...]


@dataclass(frozen=True, slots=True)
class StudiesLink:
    """One answer to when the studies began: the days it stands for, and where the badges stand beside those requirements."""

    days: str
    address: str


def studies_links(badges: Iterable[PublishedBadge], words: Words, address: str, proof: str = "") -> list[StudiesLink]:
    """Return when studies can have begun as far as these badges know, the latest first; nothing where there is no choice.

    ``address`` is that of the page of areas; ``proof`` says that the six digits were right a moment ago, and goes along.
    """
    areas = [area for badge in badges for area in badge.areas]
    begins = {group[0].generation: day for day, group in by_generation(areas)}
    if len(begins) <= 1:
        return []
    return [
        StudiesLink(
            studies_heading(day, areas, words, _DAYS),
            f"{address}?{urlencode({'generation': generation, **({'proof': proof} if proof else {})})}",
        )
        for generation, day in begins.items()
    ]


def study_plan(badge: PublishedBadge, facts: TeacherFacts, words: Words, *, in_force: bool) -> StudyPlan:
    """Return what a teacher is shown of one award; nothing is offered for a badge that is not ``in_force``."""
    valid = [record for record in facts.recognition_records if record.covers(record.target_uri, facts.awarded_on)]
    covered = frozenset(record.target_uri for record in valid if in_force)
    tables = [
        (areas[0].generation in IN_CREDENTIAL, _table(badge, areas, covered, facts.award_language, words))
        for _, areas in by_generation(badge.areas)
    ]
    offers = any(_covers(area, covered) for area in badge.areas)
    units, parts = badge.teacher_only.vocational_units, badge.teacher_only.tuva_parts
    return StudyPlan(
        organisation=facts.organisation,
        workshop=facts.workshop,
        awarded_on=words.day(facts.awarded_on),
        observation=tuple(_observation(facts.observation, words)),
        records=tuple(dict.fromkeys(_record(record, words) for record in valid)),
        generations=tuple(table for is_open, table in tables if is_open),
        folded=tuple(table for is_open, table in tables if not is_open),
        withheld=None if offers or not badge.areas else words("study.no_record" if in_force else "study.not_valid"),
        offers_osp=any(_covers(area, covered) and area.planning_osp is not None for area in badge.areas),
        vocational=tuple(_vocational_rows(badge, covered, words)),
        vocational_withheld=in_force and bool(units) and not any(unit.uri in covered for unit in units),
        tuva=tuple(_tuva_rows(badge, covered, words)),
        tuva_withheld=in_force and bool(parts) and not any(part.uri in covered for part in parts),
        national=tuple(
            UnitRow(words.phrase(one.name.in_language(words.language)), None, one.code)
            for one in badge.teacher_only.national_badges
        ),
    )


def _covers(area: AreaAlignment, covered: frozenset[str]) -> bool:
    return area.area_uri in covered or area.unit_uri in covered


def _table(
    badge: PublishedBadge, areas: list[AreaAlignment], covered: frozenset[str], language: str | None, words: Words
) -> GenerationTable:
    heading = studies_heading(areas[0].generation_from, badge.areas, words)
    return GenerationTable(
        heading,
        tuple(area_row(area, words, credit=tuple(_credit(badge, area, covered, language, words))) for area in areas),
    )


def _credit(
    badge: PublishedBadge, area: AreaAlignment, covered: frozenset[str], language: str | None, words: Words
) -> Iterable[str]:
    """Say what may be credited for an area, or why not; nothing where nothing is offered for any area."""
    if not _covers(area, covered):
        if any(_covers(other, covered) for other in badge.areas):
            yield words("study.no_record")
        return
    if not area.counts_for(language):
        yield words("study.not_language")
        return
    part = "" if badge.kind == "summary" else "_part"
    yield words("study.may_belong" if area.coverage == "unknown" else f"study.creditable{part}")
    yield words(f"study.creditable{part}_about")
    yield words(f"study.coverage.{area.coverage}")
    if area.outcomes:
        key = "study.outcomes" if area.outcomes_confirmed else "study.outcomes_carried"
        yield words(key, outcomes=", ".join(area.outcomes))
    if badge.kind == "skill":
        yield _planning(area, words)


def _planning(area: AreaAlignment, words: Words) -> str:
    if area.planning_osp is None:
        return words("study.osp_unknown")
    osp = words.number(area.planning_osp)
    if area.area_osp is None:
        return words("study.osp", osp=osp)
    return words("study.osp_of", osp=osp, area=words.number(area.area_osp))


def _observation(observation: Observation | None, words: Words) -> Iterable[str]:
    """Say who saw the skill, by role, how often, when and how."""
    if observation is None:
        yield words("study.not_observed")
        return
    yield words(f"study.observed_by.{observation.observed_by}")
    yield words.counted("study.occasions", observation.occasions)
    begin, end = observation.observed_from, observation.observed_until
    if begin and end and begin != end:
        yield words("study.between_days", from_day=words.day(begin), until_day=words.day(end))
    elif day := begin or end:
        yield words("study.on_day", day=words.day(day))
    if observation.methods:
        yield words(
            "study.methods", methods=", ".join(words(f"study.method.{method}") for method in observation.methods)
        )


def _record(record: RecognitionRecord, words: Words) -> RecordLine:
    facts = {"report": record.report_id, "by": record.recognised_by, "from_day": words.day(record.valid_from)}
    address = record.report_url if (record.report_url or "").startswith("https://") else None
    if record.valid_until is None:
        return RecordLine(words("study.record", **facts), address)
    return RecordLine(words("study.record_until", until_day=words.day(record.valid_until), **facts), address)


def _vocational_rows(badge: PublishedBadge, covered: frozenset[str], words: Words) -> Iterable[UnitRow]:
    for unit in badge.teacher_only.vocational_units:
        if unit.uri in covered:
            ended = unit.superseded_on
            notes = (words("study.superseded", day=words.day(ended)),) if ended else ()
            name = words.phrase(unit.name.in_language(words.language))
            yield UnitRow(name, words.phrase(unit.qualification.in_language(words.language)), unit.code, notes)


def _tuva_rows(badge: PublishedBadge, covered: frozenset[str], words: Words) -> Iterable[UnitRow]:
    for part in badge.teacher_only.tuva_parts:
        if part.uri in covered:
            goals = words("study.tuva_goals", goals=", ".join(map(str, part.goals)))
            yield UnitRow(words.phrase(part.name.in_language(words.language)), None, part.code, (goals,))
