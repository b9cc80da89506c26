"""`/passport/steps/{badge}`: the small steps of a badge, said to the holder; those that somebody saw, what comes next, and own words on each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import Request, Response

from okbadges.catalogue.shelf import latest_badge
from okbadges.edge.problems import problem_of
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import HolderOf, SameSite
from okbadges.errors import InvalidInput, NotFound
from okbadges.pages.passport.frame import passport_page, see
from okbadges.pages.passport.own_words import TypedWords, WordsForm, keep_typed, kept_words, mistake_of, words_form
from okbadges.pages.passport.view import badge_address, steps_address, told_badge
from okbadges.pages.site import visit
from okbadges.passport.collection import collection_of, way_to
from okbadges.progress.steps import criterion_hash

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping
    from datetime import date

    from okbadges.catalogue.published import PublishedBadge
    from okbadges.edge.rooms import Rooms
    from okbadges.pages.passport.own_words import Mistake
    from okbadges.pages.words import Phrase, Words
    from okbadges.passport.collection import Held
    from okbadges.passport.holder import Holder
    from okbadges.passport.reflections import Reflection

router = Router(prefix="/passport/steps/{badge}", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class _Way:
    """How far the holder has come in a badge, and whose own words belong to it."""

    badge: PublishedBadge
    seen: Mapping[str, date]
    held: Held | None
    own: Mapping[str, Reflection]
    participant: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class StepView:
    """One step: what the holder does, the words for the day it was seen, whether it comes next, and the form for own words."""

    can: Phrase
    seen: str | None
    is_next: bool
    own: WordsForm


@router.get("")
def steps_page(request: Request, rooms: RoomsOf, holder: HolderOf, badge: str) -> Response:
    """Show the steps of a badge."""
    return _page(request, _way(rooms, holder, badge))


@router.post("/words", dependencies=[SameSite])
def keep_words(request: Request, rooms: RoomsOf, holder: HolderOf, badge: str, what: TypedWords) -> Response:
    """Keep own words about a step; a refused form comes back with all that was typed."""
    way = _way(rooms, holder, badge)
    hashes = [criterion_hash(one) for one in way.badge.criteria]
    if what.step not in hashes or way.participant is None:
        raise NotFound("unknown-step", "There is no such step in this badge.", field="step")
    kept = way.own.get(what.step)
    try:
        keep_typed(rooms, holder, kept.participant_id if kept else way.participant, badge, what)
    except InvalidInput as refused:
        mistake = mistake_of(what, refused, visit(request).words)
        return _page(request, way, status=problem_of(refused).status, mistake=mistake)
    return see(request, f"{steps_address(way.badge)}#step-{hashes.index(what.step) + 1}")


def _way(rooms: Rooms, holder: Holder, slug: str) -> _Way:
    """Return how far the holder has come. Raises `NotFound` (``unknown-badge``)."""
    with rooms.database.read() as session:
        badge = latest_badge(session, slug)
        ways = way_to(session, holder, badge)
        held = next((one for one in collection_of(session, holder).shelf if one.badge.slug == slug), None)
        own = kept_words(session, rooms, holder, slug)
    seen: dict[str, date] = {}
    for step in (step for way in ways for step in way.progress.steps if step.tick):
        day = step.tick.observed_on if step.tick else None
        if day is not None:
            key = criterion_hash(step.criterion)
            seen[key] = min(day, seen.get(key, day))
    participants = [way.participant_id for way in ways] or (
        [held.participant_id] if held else list(holder.participants)
    )
    return _Way(badge, seen, held, own, participants[0] if participants else None)


def _page(request: Request, way: _Way, *, status: int = 200, mistake: Mistake | None = None) -> Response:
    words, address = visit(request).words, steps_address(way.badge)
    told = told_badge(way.badge, words)
    hashes = [criterion_hash(one) for one in way.badge.criteria]
    to_come = [key for key in hashes if key not in way.seen] if way.held is None else []
    steps = [
        StepView(
            can=can,
            seen=_seen(way.seen.get(key), words),
            is_next=bool(to_come) and key == to_come[0],
            own=words_form(f"own-{number}", f"{address}/words", key, way.own, mistake),
        )
        for number, (key, can) in enumerate(zip(hashes, told.can, strict=True), start=1)
    ]
    return passport_page(
        request,
        "passport/steps.html",
        status=status,
        badge=told,
        steps=steps,
        can_write=way.participant is not None,
        is_done=way.held is None and not to_come,
        held=badge_address(way.held) if way.held else None,
    )


def _seen(day: date | None, words: Words) -> str | None:
    return words("passport.steps.seen", day=words.day(day)) if day else None
