"""``/passport/others``: badges that others gave and a program brought, each checked when the holder asks for it; and the profile that a program put."""

from __future__ import annotations

import uuid  # noqa: TC003 - FastAPI reads the annotation at run time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Form, Request, Response
from starlette.concurrency import run_in_threadpool

from okbadges.credentials.strict_json import loads
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import HolderOf, SameSite
from okbadges.organisations.issuers import all_issuers
from okbadges.pages.credential_view import credential_view
from okbadges.pages.files import NOT_KEPT
from okbadges.pages.foreign import LONGEST_NAME, show
from okbadges.pages.passport.brought_view import (
    ADDRESS,
    brought_cards,
    came,
    panel_for_holder,
    said_by,
    said_name,
    seen_unchecked,
)
from okbadges.pages.passport.frame import passport_page, see
from okbadges.pages.site import visit
from okbadges.passport.brought import brought_by_id, brought_of, remove_brought
from okbadges.passport.profiles import profile_of, remove_profile

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms
    from okbadges.pages.words import Phrase, Words
    from okbadges.passport.brought import Brought
    from okbadges.passport.profiles import HolderProfile

router = Router(prefix=ADDRESS, include_in_schema=False)

_SAID = ("name", "givenName", "familyName", "email", "phone", "url", "dateOfBirth", "description")
"""What a page shows of a profile; all of it is in the file of everything."""
_DONE = {"removed", "profile-removed"}


@dataclass(frozen=True, slots=True)
class ProfileView:
    """What a program said of the holder, and when."""

    since: str
    facts: tuple[tuple[str, Phrase], ...]


@router.get("")
def brought_page(request: Request, rooms: RoomsOf, holder: HolderOf, done: str = "") -> Response:
    """Show everything that programs brought into the passport; ``done`` names what was removed just now."""
    words = visit(request).words
    with rooms.database.read() as session:
        brought = brought_of(session, rooms.secrets, holder.passport_id)
        profile = profile_of(session, rooms.secrets, holder.passport_id)
    return passport_page(
        request,
        "passport/brought.html",
        cards=brought_cards(brought, words),
        profile=_profile(profile, words) if profile else None,
        done=words(f"brought.done.{done}") if done in _DONE else None,
    )


@router.post("/profile/remove", dependencies=[SameSite])
def remove_the_profile(request: Request, rooms: RoomsOf, holder: HolderOf) -> Response:
    """Remove the profile that a program put."""
    remove_profile(rooms.writer, rooms.stamp("holder"), holder.passport_id)
    return see(request, f"{ADDRESS}?done=profile-removed")


@router.get("/{row_id}")
async def one_brought_page(
    request: Request, rooms: RoomsOf, holder: HolderOf, row_id: uuid.UUID, check: str = ""
) -> Response:
    """Show one badge of another issuer, and check it only when asked to: its issuer's server may notice, and a look is nobody's business."""
    if check != "now":
        return await run_in_threadpool(_unchecked, request, rooms, holder.passport_id, row_id)
    # it waits for strangers, where any other check does
    async with rooms.verify_turns.turn():
        return await run_in_threadpool(_checked, request, rooms, holder.passport_id, row_id)


@router.get("/{row_id}/file")
def brought_file(rooms: RoomsOf, holder: HolderOf, row_id: uuid.UUID) -> Response:
    """Answer the badge byte for byte as it came."""
    brought = _found(rooms, holder.passport_id, row_id)
    name = f"{'badge.jwt' if brought.is_jwt else 'badge.json'}"
    headers = {**NOT_KEPT, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(brought.document, media_type=brought.media_type, headers=headers)


@router.post("/{row_id}/remove", dependencies=[SameSite])
def remove_one(
    request: Request, rooms: RoomsOf, holder: HolderOf, row_id: uuid.UUID, sure: Annotated[str, Form()] = ""
) -> Response:
    """Remove a badge of another issuer from the passport, for good, once the holder said that they are sure."""
    if sure != "yes":
        return see(request, f"{ADDRESS}/{row_id}#remove")
    remove_brought(rooms.writer, rooms.stamp("holder"), holder.passport_id, row_id)
    return see(request, f"{ADDRESS}?done=removed")


def _unchecked(request: Request, rooms: Rooms, passport_id: uuid.UUID, row_id: uuid.UUID) -> Response:
    words, brought = visit(request).words, _found(rooms, passport_id, row_id)
    report = seen_unchecked(brought)
    return passport_page(
        request,
        "passport/brought_one.html",
        name=said_name(report.credential, words),
        by=said_by(report.issuer, words),
        panel=None,
        signed=words("brought.signed", day=words.day(brought.changed_at)),
        credential=credential_view(report, words, badge=None),
        came=came(brought, words),
        here=f"{ADDRESS}/{row_id}",
    )


def _checked(request: Request, rooms: Rooms, passport_id: uuid.UUID, row_id: uuid.UUID) -> Response:
    words, brought = visit(request).words, _found(rooms, passport_id, row_id)
    report = rooms.verify(brought.document)
    with rooms.database.read() as session:
        names = [issuer.name for issuer in all_issuers(session)]
    return passport_page(
        request,
        "passport/brought_one.html",
        name=said_name(report.credential, words),
        panel=panel_for_holder(report, words),
        credential=credential_view(report, words, badge=None, known_names=names),
        came=came(brought, words),
        here=f"{ADDRESS}/{row_id}",
    )


def _found(rooms: Rooms, passport_id: uuid.UUID, row_id: uuid.UUID) -> Brought:
    """Return a badge that was brought into this passport. Raises `NotFound` (``unknown-credential``) for any other."""
    with rooms.database.read() as session:
        return brought_by_id(session, rooms.secrets, passport_id, row_id)


def _profile(profile: HolderProfile, words: Words) -> ProfileView:
    said = loads(profile.document)
    texts = {name: said[name] for name in _SAID if name in said} if isinstance(said, dict) else {}
    facts = tuple(
        (words(f"brought.profile.{name.lower()}"), show(text, words, longest=LONGEST_NAME).phrase)
        for name, text in texts.items()
        if isinstance(text, str) and text.strip()
    )
    return ProfileView(words("brought.profile.since", day=words.day(profile.changed_at)), facts)
