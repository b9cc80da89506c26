"""`/passport`: a new badge first, alone and large; then the shelf, what is on its way, and what was put away. And the way out."""

from __future__ import annotations

import uuid  # noqa: TC003 - FastAPI reads the annotation at run time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import Request, Response

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import HolderOf, SameSite, end_visit
from okbadges.pages.passport.brought_view import brought_cards
from okbadges.pages.passport.frame import has_agreed, passport_page, see
from okbadges.pages.passport.recognised import recognised_view
from okbadges.pages.passport.view import badge_address, held_card, shelves, told_badge, way_cards
from okbadges.pages.site import visit
from okbadges.passport.brought import brought_of
from okbadges.passport.collection import collection_of
from okbadges.recognition.recognised import recognised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from okbadges.pages.passport.brought_view import BroughtCard
    from okbadges.pages.words import Phrase, Words
    from okbadges.passport.collection import Collection, Held
    from okbadges.recognition.recognised import Recognised

_MOST_BROUGHT = 4
"""Badges of others on the shelf; where there are more, all have a page of their own."""
_MOST_NEAR = 2
"""Summary badges that come near are shown one or two at a time: more would be a list of what is missing."""

router = Router(prefix="/passport", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Said:
    """What the holder decided just now about a badge, as it is kept: in words, with the name of the badge after them, and what more there is."""

    sentence: str
    name: Phrase
    more: str


@router.get("")
def passport_shelf(
    request: Request, rooms: RoomsOf, holder: HolderOf, at: str = "", about: uuid.UUID | None = None
) -> Response:
    """Show a new badge that waits for a word, or the shelf (at once with ``at=shelf``); ``about`` is what was decided on just now."""
    with rooms.database.read() as session:
        collection = collection_of(session, holder)
        decided = recognised(session, rooms.secrets, holder.participants, rooms.units)
        consents_now = has_agreed(session, holder.participants)
        brought = brought_of(session, rooms.secrets, holder.passport_id, most=_MOST_BROUGHT)
    said = _said(collection, about, visit(request).words)
    if collection.new and at != "shelf":
        return _greeting(request, collection.new[0], said, asks=not consents_now)
    return _shelf(request, collection, said, decided, brought_cards(brought, visit(request).words))


@router.post("/close", dependencies=[SameSite])
def close_passport(request: Request, rooms: RoomsOf) -> Response:
    """End the visit, whoever's it was, and go to where a passport is opened, which says so."""
    answer = see(request, "/p?closed=1")
    end_visit(rooms, answer)
    return answer


def _greeting(request: Request, new: Held, said: Said | None, *, asks: bool) -> Response:
    words = visit(request).words
    return passport_page(
        request,
        "passport/shelf.html",
        new=told_badge(new.badge, words),
        decision=f"{badge_address(new)}/decision",
        asks=asks,
        said=said,
    )


def _shelf(
    request: Request,
    collection: Collection,
    said: Said | None,
    decided: Sequence[Recognised],
    others: Sequence[BroughtCard],
) -> Response:
    words, shelf = visit(request).words, collection.shelf
    return passport_page(
        request,
        "passport/shelf.html",
        new=None,
        said=said,
        recognised=recognised_view(decided, words),
        waiting=[held_card(one, words) for one in collection.new],
        newest=held_card(shelf[0], words) if shelf else None,
        shelves=shelves(shelf[1:], words),
        ways=way_cards(collection.ways, collection.near[:_MOST_NEAR], words),
        others=others,
        away=[held_card(one, words) for one in collection.put_away],
    )


def _said(collection: Collection, about: uuid.UUID | None, words: Words) -> Said | None:
    """Return what is true of the badge that was decided on: an address alone makes the page say nothing else."""
    held = next((one for one in collection.held if one.row_id == about), None)
    if held is None or held.is_new:
        return None
    key = "declined" if held.declined_at else "hidden" if held.hidden_at else "accepted"
    more = words("passport.said.declined_about") if key == "declined" else ""
    return Said(words(f"passport.said.{key}"), words.phrase(held.badge.name.in_language(words.language)), more)
