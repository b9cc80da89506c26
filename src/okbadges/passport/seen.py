"""What somebody saw in the preview of a link, as a mark: a link is made only while others would see just that.

Badges are revoked and renewed, and evidence and own words are added, while somebody looks. The mark comes back with the form. It gives
nothing that is not the holder's own: one that does not fit leads to the preview again.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import orjson
from sqlmodel import Session

from okbadges.passport.own_links import Shown
from okbadges.passport.sharing import as_it_would_open
from okbadges.passport.shown_evidence import shown_evidence
from okbadges.passport.shown_words import shown_words

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection

    from okbadges.passport.holder import Holder
    from okbadges.passport.own_links import WantedLink
    from okbadges.passport.sharing import OpenedLink, SharedCredential
    from okbadges.storage.sealing import Secrets


def seen_mark(session: Session, secrets: Secrets, opened: OpenedLink, *, today: date) -> str:
    """Return the mark of what a link shows: another one as soon as others would see anything else."""
    shown = [
        opened.purpose,
        opened.expires_on,
        sorted(opened.shows),
        [_shown(session, secrets, opened, shared, today) for shared in opened.credentials],
    ]
    return hashlib.sha256(orjson.dumps(shown)).hexdigest()


def looks_as_seen(
    connection: Connection, secrets: Secrets, holder: Holder, wanted: WantedLink, mark: str, *, now: datetime
) -> bool:
    """Tell inside a change whether a link would still show what its holder saw. Raises what `okbadges.passport.own_links.check_link` raises."""
    with Session(connection) as session:
        opened = as_it_would_open(session, holder, wanted, now=now)
        return seen_mark(session, secrets, opened, today=now.date()) == mark


def _shown(session: Session, secrets: Secrets, opened: OpenedLink, shared: SharedCredential, today: date) -> list[Any]:
    """Return what a link shows of one badge. The signed bytes and the version of the badge never change: their hash is enough."""
    pieces = shown_evidence(session, secrets, opened, shared, today=today)
    return [
        shared.document_hash,
        shared.revoked_on,
        shared.has_successor,
        shared.teacher_facts,
        shared.awarded_on if Shown.DAY in opened.shows else None,
        [one.piece.id for one in pieces],
        shown_words(session, secrets, opened, shared),
    ]
