"""The code of a share link: what somebody types who has the paper and no camera. It leads to the page of the link, and nowhere else.

A card's code has the same form and is another kind of thing: it opens a passport, and is never for showing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import select

from okbadges.errors import InvalidInput, NotFound
from okbadges.passport.holder import WRONG_CODES
from okbadges.storage.tables import CardRow, ShareLinkRow

if TYPE_CHECKING:
    import uuid

    from sqlmodel import Session

    from okbadges.organisations.failures import Failures
    from okbadges.storage.sealing import Secrets


def link_by_code(session: Session, secrets: Secrets, failures: Failures, code: str, *, tried_from: str) -> uuid.UUID:
    """Return the share link with this code (as `okbadges.passport.cards.read_code` gives it), be it open or not.

    Raises `NotFound` (``unknown-code``, counted for ``tried_from`` together with codes of no card), `InvalidInput` (``code-of-card``) and
    `TooManyRequests`.
    """
    failures.refuse_when_too_many(WRONG_CODES, tried_from)
    found = session.exec(select(ShareLinkRow.id).where(ShareLinkRow.code_hash == secrets.link_code_hash(code))).first()
    if found is not None:
        return found
    if session.exec(select(CardRow.id).where(CardRow.code_hash == secrets.code_hash(code))).first() is not None:
        raise InvalidInput("code-of-card", "This code opens a passport; it is for its holder only.", field="text")
    failures.count_failure(WRONG_CODES, tried_from)
    raise NotFound("unknown-code", "No link has this code. Look at the paper once more.", field="text")
