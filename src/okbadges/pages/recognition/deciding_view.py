"""What the form of a decision shows beside its fields: the choices that are offered, and what the badges say about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.pages.recognition.decide_form import GRADES, LANGUAGES
from okbadges.pages.recognition.glance import FILLS, Fill, Glance, glance_at, osp
from okbadges.pages.recognition.names import badge_names
from okbadges.pages.recognition.prefill import outcome_words
from okbadges.recognition.changes import changes
from okbadges.recognition.mapping.picture import Outlook
from okbadges.recognition.record import Decided, Matched, Process, TargetKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from okbadges.catalogue.texts import Texts
    from okbadges.edge.rooms import Rooms
    from okbadges.pages.words import Phrase, Words
    from okbadges.recognition.changes import Change
    from okbadges.recognition.matters import Matter
    from okbadges.recognition.verifying_again import Again


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several: its value, its name, and what to know about it."""

    value: str
    name: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class SeenView:
    """One badge of a matter: its name, and the day of its award or why it does not count."""

    name: Phrase
    said: str


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """One compulsory outcome of which a part can be made, where a badge shows it."""

    id: str
    words: Phrase
    is_shown: bool


@dataclass(frozen=True, slots=True)
class MatterView:
    """What is decided about, as the form shows it. ``asks`` names the groups of fields that belong to it."""

    name: Phrase
    code: str
    of: Phrase | None
    year: str
    glance: Glance | None
    badges: tuple[SeenView, ...]
    missing: tuple[Phrase, ...]
    outcomes: tuple[OutcomeView, ...]
    decided: tuple[Choice, ...]
    processes: tuple[Choice, ...]
    matched: tuple[Choice, ...]
    grades: tuple[Choice, ...]
    languages: tuple[Choice, ...]
    size: str
    asks_osp_of_whole: bool
    asks_comparing: bool
    is_tuva: bool
    is_vocational: bool
    weeks: str


def matter_view(matter: Matter, rooms: Rooms, words: Words) -> MatterView:
    """Return what the form shows of a matter."""
    target, names = matter.target, outcome_words(rooms, matter)
    is_tuva = target.kind is TargetKind.TUVA_PART
    weeks = matter.weeks
    return MatterView(
        name=words.phrase(target.name.in_language(words.language)),
        code=target.code,
        of=words.phrase(target.unit_name.in_language(words.language)) if target.unit_name else None,
        year=matter.generation,
        glance=_glance(matter, words),
        badges=tuple(_seen(matter, badge_names(rooms, matter.badges, words), words)),
        missing=tuple(words.phrase(names[one].in_language(words.language)) for one in matter.missing if one in names),
        outcomes=tuple(_outcomes(matter, names, words)),
        decided=tuple(
            Choice(one, words(f"recognition.way.{one}"), _about(one, matter, words)) for one in matter.offered
        ),
        processes=_choices(Process, "process", words),
        matched=tuple(
            Choice(one, words(f"recognition.matched.{one}"), words(f"recognition.matched_about.{one}"))
            for one in Matched
        ),
        grades=tuple(_grades(is_tuva=is_tuva, words=words)),
        languages=tuple(
            Choice(one, words.language_name(one)) for one in (LANGUAGES if target.code.startswith(_OF_LANGUAGE) else ())
        ),
        size=osp(words, target.osp),
        asks_osp_of_whole=target.osp is None,
        asks_comparing=matter.outlook is Outlook.NOT_COMPARED,
        is_tuva=is_tuva,
        is_vocational=target.kind is TargetKind.VOCATIONAL_UNIT,
        weeks=words("recognition.size.weeks", least=weeks.least, most=weeks.most) if weeks else "",
    )


_OF_LANGUAGE = ("VVTK", "VVVK")
"""Areas, in every generation, that are about a language which the decision names."""


def changes_said(changes: Iterable[Change], names: Mapping[str, Phrase], words: Words) -> list[str]:
    """Return what changed since the form was shown, one sentence for each change."""
    some = words("recognition.changed.some")
    return [
        words(
            f"recognition.changed.{one.what}",
            badge=names[one.badge].text if one.badge is not None and one.badge in names else some,
        )
        for one in changes
    ]


def since_decided(again: Again, matter: Matter, names: Mapping[str, Phrase], words: Words) -> list[str]:
    """Return what is otherwise than in the decision that is corrected, and which badges could not be verified again."""
    said = changes_said(changes(again.before, matter), names, words)
    if again.is_unread:
        return [*said, words("recognition.changed.none_again")]
    return [*said, *(words("recognition.changed.not_again", badge=names[one].text) for one in again.unread)]


def _about(decided: Decided, matter: Matter, words: Words) -> str:
    """Return what a decision means; of the whole, how large it is."""
    if decided is Decided.FULL and matter.target.osp is not None:
        return words("recognition.way_about.full_of", osp=osp(words, matter.target.osp))
    return words(f"recognition.way_about.{decided}")


def _glance(matter: Matter, words: Words) -> Glance | None:
    """Return what the badges allow; None for a decision that is corrected, which rests on what was seen then."""
    outlook = matter.outlook
    if outlook is None:
        return None
    if matter.target.kind is TargetKind.COMMON_AREA:
        return glance_at(words, outlook, adds_up=matter.adds_up, carried_over=matter.carried_over)
    about = words(f"recognition.other.{matter.target.kind}.{outlook}")
    return Glance(FILLS.get(outlook, Fill.NONE), words(f"recognition.outlook.{outlook}.title"), (about,))


def _outcomes(matter: Matter, names: Mapping[str, Texts], words: Words) -> Iterable[OutcomeView]:
    """Yield the outcomes to tick, in the order of their text; none where no badge shows a known one."""
    if not matter.covered:
        return
    known = {*matter.covered, *matter.missing}
    for one in [*(name for name in names if name in known), *sorted(known - names.keys())]:
        said = names[one].in_language(words.language) if one in names else (one, words.language)
        yield OutcomeView(one, words.phrase(said), one in matter.covered)


def _seen(matter: Matter, names: Mapping[str, Phrase], words: Words) -> Iterable[SeenView]:
    for one in matter.badges:
        bar = matter.bars.get(one.credential_id)
        day = words("recognition.seen.awarded", day=words.day(one.awarded_on)) if one.awarded_on else ""
        said = words(f"recognition.bar.{bar}") if bar else day
        yield SeenView(names[one.credential_id], said)


def _grades(*, is_tuva: bool, words: Words) -> Iterable[Choice]:
    yield Choice("later", words("recognition.grade.later"))
    for one in GRADES[:1] if is_tuva else GRADES:
        yield Choice(one, words(f"recognition.grade.{one}"))


def _choices(kind: type[Process], key: str, words: Words) -> tuple[Choice, ...]:
    return tuple(Choice(one, words(f"recognition.{key}.{one}")) for one in kind)
