"""The files that a badge is carried away in: the exact stored bytes, alone or inside its picture, never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Response

from okbadges.credentials.baking import bake_png, bake_svg
from okbadges.pages.badge_view import drawn_language

if TYPE_CHECKING:
    from okbadges.passport.sharing import SharedCredential
    from okbadges.progress.evidence import Piece

NOT_KEPT = {"Cache-Control": "no-store"}
CREDENTIAL_FORMS = ("application/vc", "application/vc+ld+json", "application/ld+json")
"""The media types under which a share link answers the signed document itself (checklist 1.5)."""


def credential_json(shared: SharedCredential) -> Response:
    """Answer the stored bytes as a file."""
    return _file(shared.document, "application/json", f"{shared.badge.slug}.json")


def baked_png(shared: SharedCredential) -> Response:
    """Answer the picture as PNG with the stored bytes inside."""
    return _file(bake_png(shared.image_png, shared.document), "image/png", f"{shared.badge.slug}.png")


def baked_svg(shared: SharedCredential) -> Response:
    """Answer the picture as SVG with the stored bytes inside."""
    artwork = shared.badge.artwork[drawn_language(shared.badge, shared.language)]
    return _file(bake_svg(artwork.svg.encode(), shared.document), "image/svg+xml", f"{shared.badge.slug}.svg")


def jwt_file(shared: SharedCredential, jwt: bytes) -> Response:
    """Answer the credential as JWT."""
    return _file(jwt, "application/jwt", f"{shared.badge.slug}.jwt")


def selective_file(shared: SharedCredential, base: bytes) -> Response:
    """Answer the file of which the holder shows parts."""
    return _file(base, "application/json", f"{shared.badge.slug}-selective.json")


def evidence(piece: Piece, data: bytes, name: str | None = None) -> Response:
    """Answer what a piece of evidence holds, under another ``name`` than its id where it has one: as a file to save, never as a page of ours."""
    answer = _file(data, piece.media_type, piece.file_name(name))
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _file(content: bytes, media_type: str, name: str) -> Response:
    headers = {**NOT_KEPT, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
