"""`/workshop/people/{participant}/badges/{badge}/evidence`: a photo or a text that shows what somebody did, kept only where they agree.

The form is read in memory, and only after whoever sends it was found to lead the person.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Path, Request, Response

from okbadges.catalogue.neutrality import find_disclosing_words
from okbadges.catalogue.shelf import latest_badge
from okbadges.edge.private_forms import read_private_form
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import SameSite
from okbadges.errors import InvalidInput, OkbadgesError
from okbadges.organisations import consents
from okbadges.organisations.consents import Consenting
from okbadges.organisations.workshops import Organisation
from okbadges.pages import files
from okbadges.pages.badge_view import badge_card
from okbadges.pages.site import visit
from okbadges.pages.work.frame import REFUSALS, LeaderOf, ParticipantOf, WorkRoute, mistake_of, see, work_page
from okbadges.pages.work.view import steps_address
from okbadges.progress.evidence import (
    NewPiece,
    delete_evidence,
    evidence_of,
    keep_evidence,
    open_evidence,
    require_own_group,
)
from okbadges.progress.evidence_content import LONGEST_TEXT, Content, photo_content, text_content
from okbadges.progress.photos import LONGEST_SIDE

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms
    from okbadges.organisations.sign_ins import SignedIn
    from okbadges.pages.words import Words
    from okbadges.progress.evidence import Piece

router = Router(
    prefix="/workshop/people/{participant}/badges/{badge}/evidence", route_class=WorkRoute, include_in_schema=False
)
_MOST_SHOWN = 200
_AGREED = "yes"


@dataclass(frozen=True, slots=True)
class Sent:
    """What the form sent: a photo, a text, or the piece that is to be deleted; or why it could not be read."""

    text: str = ""
    photo: bytes = b""
    agreed: bool = False
    delete: str = ""
    refused: OkbadgesError | None = None


def _own_person(rooms: RoomsOf, who: LeaderOf, participant: ParticipantOf) -> Organisation:
    """Return whose participant it is. Raises `NotFound`, and `NotAllowed` (``leaders-only``) for an administrator who does not lead them."""
    with rooms.database.read() as session:
        return require_own_group(session, who.caller, participant)


OwnOf = Annotated[Organisation, Depends(_own_person)]


async def _sent(request: Request, _own: OwnOf) -> Sent:
    try:
        form = await read_private_form(request, texts=("text", "agreed", "delete"), file="photo")
    except InvalidInput as refused:
        return Sent(refused=refused)
    return Sent(form.texts["text"], form.file or b"", form.texts["agreed"] == _AGREED, form.texts["delete"])


@router.get("")
def evidence_page(
    request: Request, rooms: RoomsOf, who: LeaderOf, _own: OwnOf, participant: ParticipantOf, badge: str, said: str = ""
) -> Response:
    """Show what is kept for the badge, and ask for more."""
    return _page(request, rooms, who, participant, badge, said=said)


@router.post("", dependencies=[SameSite])
def change_evidence(
    request: Request,
    rooms: RoomsOf,
    who: LeaderOf,
    own: OwnOf,
    participant: ParticipantOf,
    badge: str,
    sent: Annotated[Sent, Depends(_sent)],
) -> Response:
    """Keep a photo, a text or both, or delete a piece."""
    with rooms.database.read() as session:
        slug = latest_badge(session, badge).slug
    stamp = rooms.stamp(who.caller.actor)
    try:
        if sent.delete:
            piece = _id(sent.delete)
            delete_evidence(rooms.writer, stamp, organisation=own, participant_id=participant, piece_id=piece)
        for content in [] if sent.delete else _contents(sent, rooms):
            keep_evidence(
                rooms.writer,
                stamp,
                rooms.secrets,
                organisation=own,
                participant_id=participant,
                new=NewPiece(slug, content, sent.agreed),
                months=rooms.periods.evidence,
            )
    except REFUSALS as refused:
        return _page(request, rooms, who, participant, badge, refused=refused, sent=sent)
    told = "deleted" if sent.delete else "kept-told" if find_disclosing_words(sent.text) else "kept"
    return see(request, f"{steps_address(participant, slug)}/evidence?said={told}")


@router.get("/{piece}")
def evidence_file(rooms: RoomsOf, _own: OwnOf, participant: ParticipantOf, piece: Annotated[str, Path()]) -> Response:
    """Answer what a piece holds, as a file to save."""
    with rooms.database.read() as session:
        found, data = open_evidence(session, rooms.secrets, participant, _id(piece))
    return files.evidence(found, data)


def _id(text: str) -> uuid.UUID:
    """Return the id of a piece; one that nobody has for what is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)


def _contents(sent: Sent, rooms: Rooms) -> list[Content]:
    """Return what is to be kept, all of it checked before any of it is. Raises why it could not be read, and `InvalidInput`."""
    if sent.refused is not None:
        raise sent.refused
    contents = [photo_content(sent.photo, rooms.photos)] if sent.photo else []
    if sent.text.strip():
        contents.append(text_content(sent.text))
    if not contents:
        raise InvalidInput("evidence-empty", "Send a photo or write a text.", field="photo")
    return contents


def _page(
    request: Request,
    rooms: Rooms,
    who: SignedIn,
    participant_id: uuid.UUID,
    slug: str,
    *,
    said: str = "",
    refused: OkbadgesError | None = None,
    sent: Sent | None = None,
) -> Response:
    words, here, key = visit(request).words, steps_address(participant_id, slug), f"work.said.{said}"
    with rooms.database.read() as session:
        badge = latest_badge(session, slug)
        pieces = evidence_of(session, participant_id, badge=slug, limit=_MOST_SHOWN)
        has_agreed = consents.holds(session.connection(), participant_id, Consenting.EVIDENCE)
    field = "photo" if refused and refused.field in ("file", "body") else None
    return work_page(
        request,
        who,
        "work/evidence.html",
        mistake=mistake_of(refused, words, field=field) if refused else None,
        back=here,
        here=f"{here}/evidence",
        badge=badge_card(badge, words),
        pieces=[(one.id, _line(one, words)) for one in pieces],
        has_agreed=has_agreed,
        agreed=_AGREED,
        sent=sent or Sent(),
        months=rooms.periods.evidence,
        longest=LONGEST_TEXT,
        longest_side=LONGEST_SIDE,
        said=words(key) if words.knows(key) else "",
    )


def _line(piece: Piece, words: Words) -> str:
    return words(
        f"work.piece.{piece.kind}",
        day=words.day(piece.created_at.date()),
        until=words.day(piece.delete_on),
    )
