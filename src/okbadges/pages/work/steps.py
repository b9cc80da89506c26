"""`/workshop/people/{participant}/badges/{badge}`: the steps of a badge. Those that were seen are ticked, one or several with one observation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import Request, Response

from okbadges.catalogue.neutrality import find_disclosing_words
from okbadges.catalogue.published import PublishedBadge
from okbadges.catalogue.shelf import latest_row
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import SameSite
from okbadges.organisations.groups import require_leader
from okbadges.organisations.participants import read_label
from okbadges.pages.badge_view import badge_card
from okbadges.pages.site import visit
from okbadges.pages.work.frame import (
    REFUSALS,
    LeaderOf,
    ParticipantOf,
    Typed,
    WorkRoute,
    mistake_of,
    see,
    seen_as,
    work_page,
)
from okbadges.pages.work.observing import SightingOf, TypedSighting, observation_form
from okbadges.pages.work.view import person_address, steps_address
from okbadges.progress.evidence import leads
from okbadges.progress.notes import LONGEST_NOTE, note_of
from okbadges.progress.on_the_way import standpoints
from okbadges.progress.steps import criterion_hash, progress_of
from okbadges.progress.ticking import find_steps, tick_steps, untick_step

if TYPE_CHECKING:
    import uuid

    from okbadges.edge.rooms import Rooms
    from okbadges.errors import OkbadgesError
    from okbadges.organisations.sign_ins import SignedIn
    from okbadges.pages.words import Phrase, Words
    from okbadges.progress.on_the_way import Standpoint
    from okbadges.progress.steps import Progress, Step

router = Router(prefix="/workshop/people/{participant}/badges/{badge}", route_class=WorkRoute, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class StepView:
    """One step: what is to be seen, in words how it was seen, the note if whoever reads may, and what the note could tell."""

    key: str
    text: Phrase
    seen: str
    note: str
    disclosing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Opened:
    """One badge of one person, as far as it is."""

    badge: PublishedBadge
    is_retired: bool
    progress: Progress
    at: Standpoint
    label: str | None
    is_led: bool


@router.get("")
def steps_page(
    request: Request, rooms: RoomsOf, who: LeaderOf, participant: ParticipantOf, badge: str, said: str = ""
) -> Response:
    """Show the steps; ``said`` is what happened just now."""
    return _page(request, rooms, who, participant, badge, said=said)


@router.post("", dependencies=[SameSite])
def change_steps(
    request: Request,
    rooms: RoomsOf,
    who: LeaderOf,
    participant: ParticipantOf,
    badge: str,
    seen: SightingOf,
    untick: Typed = "",
) -> Response:
    """Tick the steps that were chosen; or take a tick back (``untick`` is its criterion)."""
    stamp = rooms.stamp(who.caller.actor)
    try:
        with rooms.database.read() as session:
            chosen = {untick} if untick else seen.steps
            steps = find_steps(session, who.caller, participant, badge, chosen)
        if untick:
            untick_step(rooms.writer, stamp, steps[0])
        else:
            tick_steps(rooms.writer, stamp, rooms.secrets, steps, seen.sighting())
    except REFUSALS as refused:
        return _page(request, rooms, who, participant, badge, refused=refused, typed=None if untick else seen)
    return see(request, f"{steps_address(participant, badge)}?said={'unticked' if untick else 'ticked'}")


def _opened(rooms: Rooms, who: SignedIn, participant_id: uuid.UUID, slug: str) -> _Opened:
    """Return a badge of somebody whom the caller may work with. Raises `NotFound` for any other."""
    with rooms.database.read() as session:
        require_leader(session, who.caller, participant_id)
        row = latest_row(session, slug)
        badge = PublishedBadge.model_validate_json(row.definition)
        return _Opened(
            badge=badge,
            is_retired=row.retired_at is not None,
            progress=progress_of(session, participant_id, badge),
            at=standpoints(session, [participant_id], today=rooms.now().date())[participant_id],
            label=read_label(session, rooms.secrets, member_id=who.member_id, participant_id=participant_id),
            is_led=leads(session, who.caller, participant_id),
        )


def _page(
    request: Request,
    rooms: Rooms,
    who: SignedIn,
    participant_id: uuid.UUID,
    slug: str,
    *,
    said: str = "",
    refused: OkbadgesError | None = None,
    typed: TypedSighting | None = None,
) -> Response:
    words, opened = visit(request).words, _opened(rooms, who, participant_id, slug)
    held, key = opened.at.holds(slug), f"work.said.{said}"
    steps = [_step(one, opened, rooms, words) for one in opened.progress.steps]
    return work_page(
        request,
        who,
        "work/steps.html",
        mistake=mistake_of(refused, words) if refused else None,
        here=steps_address(participant_id, slug),
        person=person_address(participant_id),
        name=seen_as(opened.label, participant_id),
        badge=badge_card(opened.badge, words),
        version=opened.badge.version,
        hints=words.phrase(opened.badge.instructor_notes.in_language(words.language))
        if opened.badge.instructor_notes
        else None,
        steps=steps,
        form=observation_form(opened.badge, words, today=rooms.now().date(), typed=typed),
        longest=LONGEST_NOTE,
        held=words("work.held.since", day=words.day(held.awarded_on)) if held else "",
        is_retired=opened.is_retired,
        is_done=not opened.progress.missing,
        is_led=opened.is_led,
        said=words(key) if words.knows(key) else "",
    )


def _step(step: Step, opened: _Opened, rooms: Rooms, words: Words) -> StepView:
    tick = step.tick
    note = (note_of(rooms.secrets, tick) or "") if tick and opened.is_led else ""
    return StepView(
        key=criterion_hash(step.criterion),
        text=words.phrase(step.criterion.in_language(words.language)),
        seen=words(
            "work.steps.seen",
            day=words.day(tick.observed_on),
            method=words(f"work.method.{tick.method}"),
            by=words(f"work.witness.{tick.observed_by}"),
        )
        if tick
        else "",
        note=note,
        disclosing=tuple(words("work.note.word", word=word) for word in find_disclosing_words(note)),
    )
