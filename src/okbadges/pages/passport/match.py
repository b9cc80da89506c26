"""``/passport/match``: six digits that say "I am the holder" to somebody who was shown a link. Nothing of it is kept."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from babel.dates import format_time
from fastapi import Request, Response

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import HolderOf  # noqa: TC001 - the same
from okbadges.pages.passport.frame import passport_page
from okbadges.pages.site import visit
from okbadges.pages.words import time_zone
from okbadges.passport.matching import match_code

if TYPE_CHECKING:
    from datetime import datetime

    from okbadges.pages.words import Words

_HALF = 3

router = Router(prefix="/passport/match", include_in_schema=False)


@router.get("")
def match_page(request: Request, rooms: RoomsOf, holder: HolderOf) -> Response:
    """Show the digits of now, large, and until when they are shown."""
    now, words = rooms.now(), visit(request).words
    code = match_code(rooms.secrets, holder, now=now)
    return passport_page(
        request,
        "passport/match.html",
        digits=f"{code.digits[:_HALF]} {code.digits[_HALF:]}",
        spelled=" ".join(code.digits),
        until=words("match.until", time=_clock_time(code.shown_until, words)),
        seconds=math.ceil((code.shown_until - now).total_seconds()),
    )


def _clock_time(moment: datetime, words: Words) -> str:
    return format_time(moment.astimezone(time_zone()), words("date.time"), locale=words.language)
