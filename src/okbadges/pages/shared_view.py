"""What a share link shows, as view models: for the page behind it, and for the preview that its holder sees before it is made.

Each badge has a verdict of its own. What the holder adds (a name, the day, own words, evidence) stands apart from what the issuer
signed, says whose words it is, and is shown as plain text in which nothing hides.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from okbadges.pages.credential_view import CredentialView, credential_view
from okbadges.pages.endorsement_view import EndorsementView, endorsement_views
from okbadges.pages.foreign import LONGEST_NAME, show
from okbadges.pages.study_plan import StudyPlan, study_plan
from okbadges.passport.own_links import Shown
from okbadges.passport.shown_evidence import ShownPiece, shown_evidence
from okbadges.passport.shown_words import OF_THE_BADGE, shown_words
from okbadges.progress.evidence_content import PDF, PieceKind
from okbadges.progress.steps import criterion_hash
from okbadges.verification.report import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlmodel import Session

    from okbadges.edge.rooms import Rooms
    from okbadges.pages.words import Phrase, Words
    from okbadges.passport.reflections import Reflection
    from okbadges.passport.sharing import OpenedLink, SharedCredential
    from okbadges.verification.report import Report

    EvidenceAt = Callable[[ShownPiece], str]

_KIB = 1024


@dataclass(frozen=True, slots=True)
class NameView:
    """The name that the holder typed for this link, shown for what it is."""

    name: Phrase
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WordsView:
    """What the holder says themselves, about the badge or about one ``step`` of it, and how sure they say they are."""

    step: Phrase | None
    words: Phrase | None
    sure: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PieceView:
    """One piece of evidence: a text inline, or a photo or file at an ``address``."""

    label: str
    text: Phrase | None
    is_photo: bool
    address: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BesideView:
    """What the holder wants to be seen beside one badge; None and nothing where they do not."""

    day: str | None
    own: tuple[WordsView, ...]
    pieces: tuple[PieceView, ...]


@dataclass(frozen=True, slots=True)
class SharedView:
    """One credential of a link as the page shows it; ``query`` is what its downloads need in their address.

    ``replaced`` tells that the holder has a newer one in its place.
    """

    credential: CredentialView
    study: StudyPlan | None
    beside: BesideView
    endorsements: tuple[EndorsementView, ...]
    query: str
    replaced: bool
    report: Report


def shared_views(
    opened: OpenedLink,
    rooms: Rooms,
    words: Words,
    *,
    evidence_at: EvidenceAt,
    endorsements_at: str = "",
) -> list[SharedView]:
    """Check every credential of a link, now, and return what is shown of each.

    A photo or file among the evidence is opened at the address that ``evidence_at`` gives it, an endorsement under ``endorsements_at``.
    """
    with rooms.database.read() as session:
        beside = [_beside(session, rooms, opened, shared, words, evidence_at) for shared in opened.credentials]
    endorsed = [endorsement_views(rooms, opened, shared, words, at=endorsements_at) for shared in opened.credentials]
    return [
        _view(shared, number, rooms, words, beside[number - 1], endorsed[number - 1])
        for number, shared in enumerate(opened.credentials, start=1)
    ]


def name_view(name: str | None, words: Words) -> NameView | None:
    """Return the name that the holder typed, with nothing hidden in it, or None where they typed none."""
    if name is None:
        return None
    shown = show(name, words, longest=LONGEST_NAME)
    return NameView(shown.phrase, shown.warnings)


def _view(
    shared: SharedCredential,
    number: int,
    rooms: Rooms,
    words: Words,
    beside: BesideView,
    endorsements: tuple[EndorsementView, ...],
) -> SharedView:
    facts, report = shared.teacher_facts, rooms.verify(shared.document)
    in_force, badge = report.verdict is Verdict.VALID, shared.badge
    return SharedView(
        credential=credential_view(report, words, badge=badge, revoked_on=shared.revoked_on),
        study=study_plan(badge, facts, words, in_force=in_force) if facts else None,
        beside=beside,
        endorsements=endorsements,
        query="" if number == 1 else f"?item={number}",
        replaced=shared.has_successor,
        report=report,
    )


def _beside(
    session: Session, rooms: Rooms, opened: OpenedLink, shared: SharedCredential, words: Words, evidence_at: EvidenceAt
) -> BesideView:
    # a teacher is told the day with everything else that is for the study plan
    with_day = Shown.DAY in opened.shows and shared.teacher_facts is None
    pieces = shown_evidence(session, rooms.secrets, opened, shared, today=rooms.now().date())
    return BesideView(
        day=words("share.awarded", day=words.day(shared.awarded_on)) if with_day else None,
        own=tuple(_own(one, shared, words) for one in shown_words(session, rooms.secrets, opened, shared)),
        pieces=tuple(_pieces(pieces, words, evidence_at)),
    )


def _own(reflection: Reflection, shared: SharedCredential, words: Words) -> WordsView:
    text = show(reflection.words, words) if reflection.words else None
    return WordsView(
        step=_step(reflection.criterion_hash, shared, words),
        words=text.phrase if text else None,
        sure=tuple(
            words(f"share.sure.{when}", sure=words(f"share.sureness.{sure}"))
            for when, sure in (("before", reflection.sure_before), ("after", reflection.sure_after))
            if sure is not None
        ),
        warnings=text.warnings if text else (),
    )


def _step(criterion: str, shared: SharedCredential, words: Words) -> Phrase | None:
    if criterion == OF_THE_BADGE:
        return None
    found = next(one for one in shared.badge.criteria if criterion_hash(one) == criterion)
    return words.phrase(found.in_language(words.language))


def _pieces(pieces: Iterable[ShownPiece], words: Words, evidence_at: EvidenceAt) -> Iterable[PieceView]:
    seen: Counter[PieceKind] = Counter()
    for one in pieces:
        seen[one.piece.kind] += 1
        text = show(one.text, words) if one.text is not None else None
        kind = "pdf" if one.piece.media_type == PDF else one.piece.kind.value
        yield PieceView(
            label=words(f"share.piece.{kind}", number=seen[one.piece.kind], size=_size(one.piece.size, words)),
            text=text.phrase if text else None,
            is_photo=one.piece.kind is PieceKind.PHOTO,
            address=evidence_at(one),
            warnings=text.warnings if text else (),
        )


def _size(size: int, words: Words) -> str:
    kilobytes = max(1, round(size / _KIB))
    if kilobytes < _KIB:
        return words("share.kilobytes", number=kilobytes)
    return words("share.megabytes", number=words.number(round(Decimal(kilobytes) / _KIB, 1)))
