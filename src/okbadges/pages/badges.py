"""The catalogue for people: all badges by family, one badge, and every version of it in every language. JSON by Accept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from okbadges.catalogue.shelf import badge_png, badge_version, latest_badge, latest_badges, retired_slugs, versions_of
from okbadges.edge.badge_json import badge_json
from okbadges.edge.negotiation import PAGE, prefers
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.errors import NotFound
from okbadges.issuing.body import achievement
from okbadges.pages.assets import FOREVER
from okbadges.pages.badge_view import badge_card, badge_view, drawn_language, version_address
from okbadges.pages.site import Preview, Visit, visit

if TYPE_CHECKING:
    from sqlmodel import Session

    from okbadges.catalogue.published import PublishedBadge
    from okbadges.catalogue.texts import Language
    from okbadges.edge.rooms import Rooms
    from okbadges.pages.badge_view import BadgeCard
    from okbadges.pages.words import Words

PUBLIC = {"Cache-Control": "public, max-age=300"}
_JSON = "application/json"
_ACHIEVEMENT_FORMS = (_JSON, "application/ld+json")
_FAMILY_ORDER = ("arki", "tyo", "vuorovaikutus", "digi", "kadentaidot", "opiskelu", "hyvinvointi", "kooste")
_PICTURE = {"Cache-Control": FOREVER, "Access-Control-Allow-Origin": "*"}

router = Router(prefix="/badges", include_in_schema=False)


def families(badges: list[PublishedBadge]) -> list[list[PublishedBadge]]:
    """Group badges by family, in the order in which families are shown; one that is new here comes last."""
    groups: dict[str, list[PublishedBadge]] = {}
    for badge in badges:
        groups.setdefault(badge.family.id, []).append(badge)
    place = {family: number for number, family in enumerate(_FAMILY_ORDER)}
    return [groups[family] for family in sorted(groups, key=lambda family: place.get(family, len(place)))]


@router.get("")
def all_badges(request: Request, rooms: RoomsOf) -> Response:
    """Show every badge that is issued, by family."""
    with rooms.database.read() as session:
        badges = latest_badges(session)
    if _wants_json(request):
        twins = [badge_json(badge, rooms.base_url).model_dump(exclude_none=True) for badge in badges]
        return JSONResponse({"badges": twins}, headers={**PUBLIC, "Vary": "Accept"})
    return _catalogue_page(visit(request), badges)


@router.get("/{slug}")
def newest_version(request: Request, rooms: RoomsOf, slug: str) -> Response:
    """Show a badge in its newest version."""
    with rooms.database.read() as session:
        badge = latest_badge(session, slug)
        if _wants_json(request):
            twin = badge_json(badge, rooms.base_url).model_dump(exclude_none=True)
            return JSONResponse(twin, headers={**PUBLIC, "Vary": "Accept"})
        return _badge_page(visit(request), rooms, session, badge)


@router.get("/{slug}/emblem.svg")
def emblem(rooms: RoomsOf, slug: str, v: int | None = None) -> Response:
    """Answer the picture without words; of one version it never changes."""
    with rooms.database.read() as session:
        badge = badge_version(session, slug, v) if v is not None else latest_badge(session, slug)
    return Response(badge.emblem_svg, media_type="image/svg+xml", headers=PUBLIC if v is None else _PICTURE)


@router.get("/{slug}/v{version:int}/{language}")
def one_version(request: Request, rooms: RoomsOf, slug: str, version: int, language: str) -> Response:
    """Show one version of a badge in one language; a program gets the OB 3.0 Achievement with this address as its id."""
    with rooms.database.read() as session:
        badge = badge_version(session, slug, version)
        published = _published(badge, language)
        form = prefers(request.headers.get("accept"), PAGE, *_ACHIEVEMENT_FORMS)
        if form in _ACHIEVEMENT_FORMS:
            headers = {"Cache-Control": FOREVER, "Vary": "Accept", "Access-Control-Allow-Origin": "*"}
            return JSONResponse(achievement(badge, published, rooms.base_url), media_type=form, headers=headers)
        return _badge_page(visit(request, published), rooms, session, badge, pinned=True)


@router.get("/{slug}/v{version:int}/{language}/image.svg")
def picture(rooms: RoomsOf, slug: str, version: int, language: str) -> Response:
    """Answer the artwork of one version in one language, as SVG."""
    with rooms.database.read() as session:
        badge = badge_version(session, slug, version)
    return Response(badge.artwork[_published(badge, language)].svg, media_type="image/svg+xml", headers=_PICTURE)


@router.get("/{slug}/v{version:int}/{language}/image.png")
def picture_png(rooms: RoomsOf, slug: str, version: int, language: str) -> Response:
    """Answer the artwork of one version in one language, as PNG."""
    with rooms.database.read() as session:
        png = badge_png(session, slug, version, language)
    return Response(png, media_type="image/png", headers=_PICTURE)


def _wants_json(request: Request) -> bool:
    return prefers(request.headers.get("accept"), PAGE, _JSON) == _JSON


def _published(badge: PublishedBadge, language: str) -> Language:
    """Return the language, if this version is published in it; raise `NotFound` otherwise."""
    drawn = drawn_language(badge, language)
    if drawn != language:
        raise NotFound("unknown-badge-language", f"This badge is not published in the language {language}.")
    return drawn


def _catalogue_page(here: Visit, badges: list[PublishedBadge]) -> Response:
    words = here.words
    shelves = [
        (group[0].family.id, words.phrase(group[0].family.name.in_language(words.language)), _cards(group, words))
        for group in families(badges)
    ]
    preview = Preview(words("badges.title"), words("badges.about"))
    return here.page("badges.html", preview=preview, headers=PUBLIC, shelves=shelves)


def _badge_page(
    here: Visit, rooms: Rooms, session: Session, badge: PublishedBadge, *, pinned: bool = False
) -> Response:
    """Render a badge; ``pinned`` is the page of one version, whose address says the language."""
    words, versions, others = here.words, versions_of(session, badge.slug), latest_badges(session)
    view = badge_view(badge, words)
    image = f"{rooms.base_url}{version_address(badge, words.language)}/image.png"
    return here.page(
        "badge.html",
        preview=Preview(view.name.text, view.description.text, image),
        headers=PUBLIC,
        in_language=(lambda code: version_address(badge, code)) if pinned else None,
        badge=view,
        collects=_cards([other for other in others if other.slug in badge.collects], words),
        collected_in=_cards([other for other in others if badge.slug in other.collects], words),
        is_newest=badge.version == versions[0],
        older=[
            (n, version_address(badge.model_copy(update={"version": n}), words.language))
            for n in versions
            if n != badge.version
        ],
        is_retired=badge.slug in retired_slugs(session),
    )


def _cards(badges: list[PublishedBadge], words: Words) -> list[BadgeCard]:
    return [badge_card(badge, words) for badge in badges]
