"""Which form a body has, and which an answer may have: as the headers say it, never guessed from what is inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.edge.negotiation import prefers
from okbadges.errors import NotAcceptable, UnsupportedMediaType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import Request

JSON = "application/json"
NOT_KEPT = {"Cache-Control": "no-store"}


def media_type_of(request: Request, *known: str) -> str:
    """Return the media type of the body. Raises `UnsupportedMediaType` (``content-type``) for one that is not ``known``, or none."""
    sent = request.headers.getlist("content-type")
    media_type = sent[0].partition(";")[0].strip().lower() if len(sent) == 1 else ""
    if media_type not in known:
        raise UnsupportedMediaType(
            "content-type", f"Send the body with one Content-Type of: {', '.join(known)}.", field="Content-Type"
        )
    return media_type


def require_acceptable(request: Request, offers: Sequence[str] = (JSON,)) -> None:
    """Raise `NotAcceptable` (``accept``) when the caller takes none of the ``offers``."""
    if prefers(request.headers.get("accept"), *offers) is None:
        raise NotAcceptable("accept", f"The answer is {offers[0]}; send Accept: {offers[0]}, or none.", field="Accept")
