"""The picture as a page shows it: for each area what it is, the learning environment, what was seen, how old, what is missing, what to do.

The order is that of the questions a teacher has. Nothing here says that something is credited: the ways to decide lead on to the school.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.pages.recognition.glance import Fill, Glance, RecordLine, Way, age, fill_of, glance_at, osp, record_line
from okbadges.pages.study_plan import study_plan
from okbadges.recognition.mapping.picture import Bar, Extent, Outlook
from okbadges.recognition.matters import matter_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from okbadges.catalogue.texts import OfficialName
    from okbadges.pages.recognition.gathered import Asked, Gathered
    from okbadges.pages.words import Phrase, Words
    from okbadges.recognition.mapping.considered import Considered
    from okbadges.recognition.mapping.picture import AreaPicture, BadgeInArea
    from okbadges.recognition.matters import Ground, Matter

_STRONG = (Outlook.WHOLE, Outlook.PART, Outlook.NOT_COMPARED)
_ORDER = tuple(Outlook)


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """One compulsory outcome, how much of it is shown, and by what."""

    fill: Fill
    words: Phrase
    said: str


@dataclass(frozen=True, slots=True)
class SeenLine:
    """What was seen, when, and why it does not count where it does not."""

    extent: str | None
    seen: str
    age: str | None
    bar: str | None


@dataclass(frozen=True, slots=True)
class SeenBadges:
    """Badges of which the same is to be said, each with where it stands."""

    badges: tuple[tuple[Phrase, str | None], ...]
    line: SeenLine


@dataclass(frozen=True, slots=True)
class TargetView:
    """An area, a vocational unit or a part of TUVA as the page shows it. ``number`` is how many badges point at it.

    ``folded`` where nothing can be recognised, ``brief`` where what was seen is said at an area already.
    """

    id: str
    uri: str
    code: str
    name: Phrase
    of: Phrase | None
    facts: tuple[str, ...]
    glance: Glance
    outcomes: tuple[OutcomeLine, ...]
    environment: tuple[RecordLine, ...]
    not_covered: str | None
    badges: tuple[SeenBadges, ...]
    number: int
    how_old: str | None
    missing: tuple[Phrase, ...]
    missing_said: str
    planning: tuple[str, ...]
    ways: tuple[Way, ...]
    folded: bool
    brief: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What every part of the page is made with: the words, what stands behind the link, and where the ways lead."""

    words: Words
    gathered: Gathered
    ground: Ground
    asked: Asked
    place: str
    """The address of this page, without its query."""

    def ways(self, matter: Matter) -> tuple[Way, ...]:
        """Return the ways to decide about a matter."""
        return tuple(
            Way(
                one,
                self.words(f"recognition.way.{one}"),
                f"{self.place}/{matter.target.uri}/decide?{self.asked.query(decided=one)}",
                is_first=place == 0,
            )
            for place, one in enumerate(matter.offered)
        )

    def name(self, badge: Considered) -> Phrase:
        """Return the name of a badge, in the language of the page where it is one of ours."""
        shared = self.gathered.shared(badge.credential_id)
        if shared is None:
            return self.words.phrase((badge.name, badge.language or ""))
        return self.words.phrase(shared.badge.name.in_language(self.words.language))


def area_views(frame: Frame) -> list[TargetView]:
    """Return the areas, those first at which most can be decided."""
    areas = sorted(frame.gathered.picture.areas, key=lambda one: _ORDER.index(one.outlook))
    return [_area(frame, one) for one in areas]


def _area(frame: Frame, area: AreaPicture) -> TargetView:
    words, place = frame.words, area.place
    matter = matter_at(frame.gathered.picture, place.area.uri, frame.ground)
    return TargetView(
        id=f"area-{place.area.code.lower()}",
        uri=place.area.uri,
        code=place.area.code,
        name=official(place.area.name, words),
        of=official(place.unit.name, words),
        facts=(place.unit.code, osp(words, place.area.osp)),
        glance=glance_at(words, area.outlook, adds_up=area.adds_up, carried_over=area.carried_over),
        outcomes=tuple(
            OutcomeLine(
                fill_of(one.extent),
                words.phrase(one.outcome.words.in_language(words.language)),
                _shown_by(frame, one.shown_by, one.extent),
            )
            for one in area.outcomes
        ),
        environment=tuple(_environment(area.badges, words)),
        not_covered=_not_covered(frame, area.badges),
        badges=same_said(frame, [(one.badge, _line(frame, one)) for one in area.badges]),
        number=len(area.badges),
        how_old=_how_old(area.badges, words),
        missing=tuple(words.phrase(one.words.in_language(words.language)) for one in area.missing),
        missing_said=_missing_said(area, words),
        planning=_planning(area, words),
        ways=frame.ways(matter),
        folded=area.outlook not in _STRONG,
    )


def _shown_by(frame: Frame, badges: Sequence[BadgeInArea], extent: Extent | None) -> str:
    if extent is None:
        return frame.words("recognition.outcome.missing")
    names = ", ".join(frame.name(one.badge).text for one in badges)
    return frame.words(f"recognition.outcome.{extent}", names=names)


def _environment(badges: Sequence[BadgeInArea], words: Words) -> Iterable[RecordLine]:
    """Return each record once, with on how many of the badges it was valid, and that it is for the earlier area where it is."""
    counts = Counter(one.record for one in badges if one.record)
    for record, number in counts.items():
        line = record_line(record, words)
        other = any(one.record == record and one.by_other_generation for one in badges)
        said = [line.sentence, words.counted("recognition.environment.valid", number)]
        if other:
            said.append(words("recognition.environment.other_generation"))
        yield RecordLine(" ".join(said), line.address)


def _not_covered(frame: Frame, badges: Sequence[BadgeInArea]) -> str | None:
    names = [frame.name(one.badge).text for one in badges if one.record is None and one.bar is not Bar.OTHERS]
    return frame.words("recognition.environment.none", names=", ".join(names)) if names else None


def same_said(frame: Frame, lines: Iterable[tuple[Considered, SeenLine]]) -> tuple[SeenBadges, ...]:
    """Return the badges in their order, those together of which the same is said."""
    groups: dict[SeenLine, list[Considered]] = {}
    for badge, line in lines:
        groups.setdefault(line, []).append(badge)
    return tuple(
        SeenBadges(tuple((frame.name(one), badge_address(frame, one)) for one in badges), line)
        for line, badges in groups.items()
    )


def _line(frame: Frame, at: BadgeInArea) -> SeenLine:
    words = frame.words
    counts = at.bar is None and bool(at.outcomes)
    return SeenLine(
        extent=words(f"recognition.extent.{at.extent}") if counts else None,
        seen=seen(frame, at.badge),
        age=age(words, at.age_days) if at.age_days is not None else None,
        bar=words(f"recognition.bar.{at.bar}") if at.bar else None,
    )


def badge_address(frame: Frame, badge: Considered) -> str | None:
    """Return where a badge stands on the page of the link."""
    ids = [one.credential_id for one in frame.gathered.opened.credentials]
    if badge.credential_id not in ids:
        return None
    page = frame.place.removesuffix("/areas")
    return page if len(ids) == 1 else f"{page}#badge-{ids.index(badge.credential_id) + 1}"


def seen(frame: Frame, badge: Considered) -> str:
    """Return how a skill was seen: by whom (a role), how often, how, and on which day it was awarded."""
    shared, words = frame.gathered.shared(badge.credential_id), frame.words
    if shared is None or shared.teacher_facts is None:
        return words("recognition.seen.unknown")
    plan = study_plan(shared.badge, shared.teacher_facts, words, in_force=badge.counts)
    return " ".join([*plan.observation, words("recognition.seen.awarded", day=plan.awarded_on)])


def _how_old(badges: Sequence[BadgeInArea], words: Words) -> str | None:
    ages = sorted(one.age_days for one in badges if one.age_days is not None)
    if not ages:
        return None
    newest, oldest = age(words, ages[0]), age(words, ages[-1])
    if newest == oldest:
        return words("recognition.old.all", age=oldest)
    return words("recognition.old.between", newest=newest, oldest=oldest)


def _missing_said(area: AreaPicture, words: Words) -> str:
    """Return what to say of the whole area: what is missing, that nothing is, or that nobody can tell."""
    if not area.outcomes:
        return words("recognition.missing.unknown")
    if area.missing:
        return words("recognition.missing.these")
    return words("recognition.missing.nothing" if area.outlook is Outlook.WHOLE else "recognition.missing.size")


def _planning(area: AreaPicture, words: Words) -> tuple[str, ...]:
    if area.planning_osp is None or area.place.area.osp is None:
        return ()
    about, of = words.number(area.planning_osp.normalize()), words.number(area.place.area.osp)
    return (words("study.osp_of", osp=about, area=of), words("study.osp_caveat"))


def official(name: OfficialName, words: Words) -> Phrase:
    """Return a name that somebody else owns, in the language of the page where it has one."""
    return words.phrase(name.in_language(words.language))
