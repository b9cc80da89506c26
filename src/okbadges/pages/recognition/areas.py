"""``/s/{token}/areas``: what the badges behind a link for a study plan cover in the student's requirements. Nobody signs in to look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Form, Request, Response

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import SameSite
from okbadges.pages.language import with_language
from okbadges.pages.recognition.areas_view import Frame, area_views
from okbadges.pages.recognition.frame import PRIVATE, TeacherRoute, mistake_of, see, teacher_here
from okbadges.pages.recognition.gathered import (
    Asked,
    AskedOf,
    Gathered,
    gather,
    ground_of,
    require_right,
    without_mistake,
)
from okbadges.pages.recognition.glance import span
from okbadges.pages.recognition.other_views import (
    check_views,
    elsewhere_names,
    tuva_views,
    vocational_views,
    withheld,
)
from okbadges.pages.share import MatchView, match_view
from okbadges.pages.shared_view import name_view
from okbadges.pages.site import Preview, visit
from okbadges.pages.words import time_zone
from okbadges.passport.matching import prove_match
from okbadges.passport.shown_words import shown_name
from okbadges.recognition.decisions import decisions_about
from okbadges.recognition.standing import one_matter

if TYPE_CHECKING:
    from okbadges.catalogue.units import Generation
    from okbadges.edge.rooms import Rooms
    from okbadges.pages.recognition.frame import Teacher
    from okbadges.pages.words import Words

router = Router(prefix="/s/{token}/areas", include_in_schema=False, route_class=TeacherRoute)


@dataclass(frozen=True, slots=True)
class GenerationView:
    """One choice of requirements: the beginnings of a study right that it is for, its name, and where it leads."""

    name: str
    begins: str
    address: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class DecidedView:
    """What the teacher's own school decided already about this person, and about one matter."""

    sentence: str
    address: str


@router.get("")
def areas_page(request: Request, rooms: RoomsOf, token: str, asked: AskedOf) -> Response:
    """Check what the link shows, now, and say what it covers: in the requirements of today, or in those that were chosen."""
    return _page(request, rooms, token, asked, MatchView())


@router.post("/match", dependencies=[SameSite])
def areas_match(
    request: Request, rooms: RoomsOf, token: str, asked: AskedOf, digits: Annotated[str, Form()] = ""
) -> Response:
    """Answer the match check on this page; the proof that it held goes along to the decision, and is kept nowhere else."""
    match = match_view(visit(request), rooms, token, digits)
    proof = prove_match(rooms.secrets, token, now=rooms.now()) if match.answer == "yes" else ""
    return _page(request, rooms, token, Asked(asked.generation, asked.begins_on, proof), match)


@router.get("/match")
def match_again(request: Request, token: str) -> Response:
    """Lead back to the page whoever reloads the answer."""
    return see(request, f"/s/{token}/areas")


def _page(request: Request, rooms: Rooms, token: str, asked: Asked, match: MatchView) -> Response:
    here, place = visit(request), f"/s/{token}/areas"
    refused, today = require_right(rooms, asked), rooms.now().date()
    gathered = gather(rooms, token, without_mistake(asked) if refused else asked)
    frame = Frame(here.words, gathered, ground_of(rooms), without_mistake(asked) if refused else asked, place)
    with rooms.database.read() as session:
        name = shown_name(session, rooms.secrets, gathered.opened.id)
    mistake = mistake_of(refused, here.words) if refused else None
    waiting = {"Retry-After": str(match.wait_seconds)} if match.wait_seconds else {}
    return here.page(
        "recognition/areas.html",
        preview=Preview(here.words("recognition.areas.title"), here.words("recognition.preview")),
        status=mistake.status if mistake else match.status,
        headers={**PRIVATE, **waiting},
        in_language=lambda language: with_language(f"{place}?{asked.query()}", language),
        link_place=place.removesuffix("/areas"),
        place=place,
        checks=(checks := check_views(frame)),
        name=name_view(name, here.words),
        match=match,
        match_at=f"{place}/match?{asked.query()}",
        generations=[_generation(one, rooms, frame) for one in rooms.units.all],
        begins_on=asked.begins_on,
        proof=asked.proof,
        mistake=mistake,
        says=_says(gathered, rooms, here.words),
        areas=area_views(frame),
        vocational=vocational_views(frame, today=today),
        tuva=tuva_views(frame, today=today),
        left_out=[one for one in checks if not one.counts],
        number=len(gathered.badges),
        elsewhere=elsewhere_names(frame),
        withheld=withheld(frame),
        keeps_language=here.choice.asked_for,
        decided=_decided(rooms, teacher, gathered, here.words) if (teacher := teacher_here(request, rooms)) else {},
        teacher=teacher,
        printed=here.words("qr.printed", day=here.words.day(rooms.now().astimezone(time_zone()).date())),
    )


def _generation(one: Generation, rooms: Rooms, frame: Frame) -> GenerationView:
    at = rooms.units.all.index(one)
    begin = one.applies_from if at else None
    following = rooms.units.all[at + 1].applies_from if at + 1 < len(rooms.units.all) else None
    asked = Asked(one.generation, proof=frame.asked.proof)
    return GenerationView(
        name=frame.words("recognition.generation.name", year=one.generation),
        begins=span(frame.words, begin, following),
        address=f"{frame.place}?{asked.query()}#requirements",
        is_current=one is frame.gathered.generation,
    )


def _says(gathered: Gathered, rooms: Rooms, words: Words) -> str:
    """Return which requirements these are, and that the study right chose them where it did."""
    year = gathered.generation.generation
    if gathered.begins_on is not None and rooms.units.on(gathered.begins_on) is gathered.generation:
        return words("recognition.generation.by_day", year=year, day=words.day(gathered.begins_on))
    return words("recognition.generation.is", year=year)


def _decided(rooms: Rooms, teacher: Teacher, gathered: Gathered, words: Words) -> dict[str, list[DecidedView]]:
    """Return what the school of whoever is signed in decided about this person, by target: one decision for each matter, in any requirements."""
    with rooms.database.read() as session:
        lines = decisions_about(session, teacher.school, gathered.opened.credentials[0].participant_id)
    found: dict[str, list[DecidedView]] = {}
    for line in lines:
        if line.target_uri in found:
            continue
        sentence = words(
            "recognition.areas.decided",
            day=words.day(line.decided_on),
            decided=words(f"recognition.decided.{line.decided}"),
        )
        view = DecidedView(sentence, f"/decisions/{line.id}")
        found |= {uri: [view] for uri in one_matter(rooms.units, line.target_uri)}
    return found
