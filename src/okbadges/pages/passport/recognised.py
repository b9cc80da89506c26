"""What schools recognised, said to the person: a recognition in one line, and what is next. Nothing here is ever a failure.

A decision that was superseded is not there any more. Nobody else sees any of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.pages.endorsement_view import comment_of
from okbadges.pages.foreign import show
from okbadges.recognition.record import RECOGNISES, Decided

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from okbadges.pages.words import Phrase, Words
    from okbadges.passport.shown_endorsements import Endorsement
    from okbadges.recognition.recognised import Recognised
    from okbadges.recognition.record import DecisionRecord


@dataclass(frozen=True, slots=True)
class RecognisedLine:
    """One decision in words: who (``lead``), what (``target``), how much (``amount``, or nothing), when, and what is next."""

    lead: str
    target: Phrase
    amount: str
    day: str
    next: Phrase | None
    about: str


@dataclass(frozen=True, slots=True)
class RecognisedView:
    """What was recognised, and what is next where a school asks for more; both can be empty."""

    lines: tuple[RecognisedLine, ...]
    steps: tuple[RecognisedLine, ...]

    def __bool__(self) -> bool:
        """Tell whether there is anything to say."""
        return bool(self.lines or self.steps)


@dataclass(frozen=True, slots=True)
class OwnEndorsement:
    """What a school signed about a badge, for its holder to carry away."""

    says: Phrase
    address: str


def recognised_on(found: Sequence[Recognised], badge: uuid.UUID, words: Words) -> RecognisedView:
    """Return what was decided on one badge: recognitions in which it counted, and next steps for which it was looked at."""
    its = [one for one in found if badge in (one.counted if _recognises(one) else one.considered)]
    return recognised_view(its, words)


def recognised_view(found: Sequence[Recognised], words: Words) -> RecognisedView:
    """Return decisions that stand, in words and in their order."""
    return RecognisedView(
        lines=tuple(_line(one.record, words) for one in found if _recognises(one)),
        steps=tuple(_line(one.record, words) for one in found if not _recognises(one)),
    )


def own_endorsements(found: Sequence[Endorsement], language: str, words: Words) -> list[OwnEndorsement]:
    """Return what schools signed about a badge of the holder, in the ``language`` of the badge."""
    return [
        OwnEndorsement(words.phrase((comment_of(one), language)), f"/passport/share/endorsements/{one.id}")
        for one in found
    ]


def _recognises(one: Recognised) -> bool:
    return one.record.decided in RECOGNISES


def _line(record: DecisionRecord, words: Words) -> RecognisedLine:
    step = record.next_step.in_language(words.language) if record.next_step else None
    about = {Decided.NOT_NOW: "" if step else words("recognised.ask"), Decided.REFER: words("recognised.referred")}
    return RecognisedLine(
        lead=words(f"recognised.{record.decided.value}", school=record.school.name),
        target=words.phrase(record.target.name.in_language(words.language)),
        amount=_amount(record, words),
        day=words("recognised.day", day=words.day(record.decided_on)),
        next=show(step[0], words, language=step[1]).phrase if step else None,
        about=about.get(record.decided, ""),
    )


def _amount(record: DecisionRecord, words: Words) -> str:
    """Return how much was recognised; nothing where the school did not say."""
    if record.recognised_weeks is not None:
        return words.counted("recognised.weeks", record.recognised_weeks)
    if record.recognised_osp is not None:
        return words("recognised.osp", number=words.number(record.recognised_osp))
    return ""
