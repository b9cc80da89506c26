"""Vocational units and parts of TUVA as the page shows them, and the badges that count for nothing, each with the reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.pages.recognition.areas_view import SeenLine, TargetView, badge_address, official, same_said, seen
from okbadges.pages.recognition.glance import FILLS, Fill, Glance, RecordLine, age, osp, record_line
from okbadges.pages.verdict_words import panel
from okbadges.recognition.mapping.picture import Bar, Outlook
from okbadges.recognition.matters import matter_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from okbadges.catalogue.texts import OfficialName
    from okbadges.pages.recognition.areas_view import Frame
    from okbadges.pages.verdict_words import Panel
    from okbadges.pages.words import Phrase, Words
    from okbadges.recognition.mapping.considered import Considered
    from okbadges.recognition.mapping.other_kinds import BadgeAtTarget
    from okbadges.recognition.matters import Matter


@dataclass(frozen=True, slots=True)
class CheckView:
    """What the verification says now, the badges of which it says it, and where the first of them stands."""

    panel: Panel
    names: tuple[Phrase, ...]
    address: str | None
    counts: bool


def check_views(frame: Frame) -> list[CheckView]:
    """Return the verdicts on the badges of the link, each once with its badges; what needs a look comes first."""
    groups: dict[tuple[str, str], list[tuple[Panel, Considered]]] = {}
    for badge, shared in zip(frame.gathered.badges, frame.gathered.opened.credentials, strict=True):
        said = panel(frame.gathered.reports[shared.credential_id], frame.words, revoked_on=shared.revoked_on)
        groups.setdefault((said.tone, said.headline), []).append((said, badge))
    views = [
        CheckView(
            panel=group[0][0],
            names=tuple(frame.name(badge) for _, badge in group),
            address=badge_address(frame, group[0][1]),
            counts=group[0][1].counts,
        )
        for group in groups.values()
    ]
    return sorted(views, key=lambda view: view.counts)


def elsewhere_names(frame: Frame) -> list[Phrase]:
    """Return the badges that point at nothing in these requirements."""
    return [frame.name(one) for one in frame.gathered.picture.elsewhere]


def vocational_views(frame: Frame, *, today: date) -> list[TargetView]:
    """Return the vocational units of which badges show something, where a workshop was found fit for them: others are not named."""
    words, views = frame.words, []
    for one in (each for each in frame.gathered.picture.vocational if each.is_recognised):
        ended = one.unit.superseded_on
        facts = [words("recognition.vocational.of", year=one.unit.requirements), osp(words, one.unit.osp)]
        if ended and ended <= today:
            facts.append(words("study.superseded", day=words.day(ended)))
        views.append(
            _view(frame, one.unit.uri, one.unit.name, one.badges, facts, of=one.unit.qualification, today=today)
        )
    return sorted(views, key=lambda view: view.folded)


def tuva_views(frame: Frame, *, today: date) -> list[TargetView]:
    """Return the parts of TUVA that badges point at, each with its size in weeks and its goals; where a workshop was found fit for them."""
    words, views = frame.words, []
    for one in (each for each in frame.gathered.picture.tuva if each.is_recognised):
        part = frame.ground.tuva.get(one.part.uri)
        facts = [words("study.tuva_goals", goals=", ".join(map(str, one.goals)))]
        if part is not None:
            facts.insert(0, words("recognition.size.weeks", least=part.weeks.least, most=part.weeks.most))
        views.append(_view(frame, one.part.uri, one.part.name, one.badges, facts, of=None, today=today))
    return sorted(views, key=lambda view: view.folded)


def withheld(frame: Frame) -> bool:
    """Tell whether badges point at vocational units or parts of TUVA that are not named, because no workshop was found fit for them."""
    found = frame.gathered.picture
    return not (all(one.is_recognised for one in found.vocational) and all(one.is_recognised for one in found.tuva))


def _view(
    frame: Frame,
    uri: str,
    name: OfficialName,
    at: Sequence[BadgeAtTarget],
    facts: Sequence[str],
    *,
    of: OfficialName | None,
    today: date,
) -> TargetView:
    words, matter = frame.words, matter_at(frame.gathered.picture, uri, frame.ground)
    bare = [frame.name(one.badge).text for one in at if one.record is None]
    return TargetView(
        id=f"target-{matter.target.code}",
        uri=uri,
        code=matter.target.code,
        name=official(name, words),
        of=official(of, words) if of else None,
        facts=tuple(facts),
        glance=_glance(matter, words),
        outcomes=(),
        environment=tuple(_environment(at, words)),
        not_covered=words("recognition.environment.none", names=", ".join(bare)) if bare else None,
        badges=same_said(frame, [(one.badge, _line(frame, one, today)) for one in at]),
        number=len(at),
        how_old=None,
        missing=(),
        missing_said=words("recognition.missing.other"),
        planning=(),
        ways=frame.ways(matter),
        folded=matter.outlook is not Outlook.PART,
        brief=True,
    )


def _glance(matter: Matter, words: Words) -> Glance:
    outlook = matter.outlook or Outlook.NO_RECORD
    about = words(f"recognition.other.{matter.target.kind}.{outlook}")
    return Glance(FILLS.get(outlook, Fill.NONE), words(f"recognition.outlook.{outlook}.title"), (about,))


def _environment(at: Sequence[BadgeAtTarget], words: Words) -> Iterable[RecordLine]:
    for record, number in Counter(one.record for one in at if one.record).items():
        line = record_line(record, words)
        yield RecordLine(f"{line.sentence} {words.counted('recognition.environment.valid', number)}", line.address)


def _line(frame: Frame, at: BadgeAtTarget, today: date) -> SeenLine:
    earned = at.badge.earned
    return SeenLine(
        extent=None,
        seen=seen(frame, at.badge),
        age=age(frame.words, (today - earned.awarded_on).days) if earned else None,
        bar=None if at.record else frame.words(f"recognition.bar.{Bar.NO_RECORD}"),
    )
