"""``/s/{token}/areas/{target}/decide``: a teacher decides about one area on what the link shows. The badges are verified again when it is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fastapi import Request, Response

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import SameSite
from okbadges.errors import Gone, InvalidInput, NotFound
from okbadges.pages.recognition.decide_form import TypedDecision  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.pages.recognition.frame import TeacherOf, TeacherRoute, refused_page, see
from okbadges.pages.recognition.gathered import AskedOf, gather, ground_of
from okbadges.pages.recognition.prefill import first_form
from okbadges.pages.recognition.settling import WITHOUT_PROOF, Desk, form_page, settle
from okbadges.pages.site import visit
from okbadges.passport.matching import is_proven
from okbadges.recognition.decisions import Kept
from okbadges.recognition.matters import matter_at
from okbadges.recognition.record import Matched
from okbadges.recognition.standing import one_matter, standing_decision

if TYPE_CHECKING:
    import uuid

    from okbadges.edge.rooms import Rooms
    from okbadges.pages.recognition.frame import Teacher
    from okbadges.pages.recognition.gathered import Asked, Gathered
    from okbadges.recognition.matters import Matter

router = Router(prefix="/s/{token}/areas/{target}/decide", include_in_schema=False, route_class=TeacherRoute)


@router.get("")
def decide_page(
    request: Request, rooms: RoomsOf, teacher: TeacherOf, token: str, target: str, asked: AskedOf
) -> Response:
    """Show the form, filled with what the picture says; where nothing points at the target (any more), lead back to the picture."""
    try:
        gathered = gather(rooms, token, asked)
        matter = matter_at(gathered.picture, target, ground_of(rooms))
    except InvalidInput:
        return see(request, f"/s/{token}/areas?{asked.query()}")
    except NotFound as refused:
        if refused.code != "unknown-target":
            raise
        return see(request, f"/s/{token}/areas?{asked.query()}")
    desk = _desk(rooms, teacher, gathered, matter, token, asked)
    typed = first_form(rooms, teacher, matter, gathered, asked, visit(request).site.words)
    return form_page(request, rooms, desk, typed)


@router.post("", dependencies=[SameSite])
def decide(
    request: Request,
    rooms: RoomsOf,
    teacher: TeacherOf,
    token: str,
    target: str,
    asked: AskedOf,
    typed: TypedDecision,
) -> Response:
    """Keep a decision, once; or show the form again, with what changed since it was shown."""
    try:
        gathered = gather(rooms, token, asked)
        matter = matter_at(gathered.picture, target, ground_of(rooms))
    except (Gone, NotFound, InvalidInput):
        ended = Gone("link-ended", "The link does not show these badges any more.")
        return refused_page(request, ended, wrote=typed.texts)
    kept = Kept(teacher.school, teacher.member_id, _whose(gathered, matter), gathered.opened.id)
    return settle(request, rooms, _desk(rooms, teacher, gathered, matter, token, asked), kept, typed)


def _desk(rooms: Rooms, teacher: Teacher, gathered: Gathered, matter: Matter, token: str, asked: Asked) -> Desk:
    place, query = f"/s/{token}/areas", asked.query()
    return Desk(
        teacher=teacher,
        matter=matter,
        action=f"{place}/{matter.target.uri}/decide?{query}",
        back=f"{place}?{query}",
        corrects=_standing(rooms, teacher, gathered, matter),
        matched=tuple(Matched) if is_proven(rooms.secrets, token, asked.proof, now=rooms.now()) else WITHOUT_PROOF,
        match_at=f"{place}?{replace(asked, proof='').query()}#whose",
    )


def _standing(rooms: Rooms, teacher: Teacher, gathered: Gathered, matter: Matter) -> uuid.UUID | None:
    """Return what the school decided about the same person and matter: a new decision comes in its place, so that nothing counts twice."""
    same = one_matter(rooms.units, matter.target.uri)
    with rooms.database.read() as session:
        return standing_decision(session.connection(), teacher.school, _whose(gathered, matter), same)


def _whose(gathered: Gathered, matter: Matter) -> uuid.UUID | None:
    """Return whose badges are at the matter."""
    here = {one.credential_id for one in matter.badges}
    return next((one.participant_id for one in gathered.opened.credentials if one.credential_id in here), None)
