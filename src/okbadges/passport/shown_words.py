"""Own words on a share link: what the holder wrote before they made it, and the name that they typed for it alone.

What they write or change later is theirs: it was not looked at when the link was made, so the link does not show it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from okbadges.passport.own_links import Shown, bound_to
from okbadges.passport.reflections import reflections_of
from okbadges.progress.steps import criterion_hash
from okbadges.storage.sealing import Sealed
from okbadges.storage.tables import ReflectionRow, ShareLinkRow

if TYPE_CHECKING:
    import uuid

    from sqlmodel import Session

    from okbadges.passport.reflections import Reflection
    from okbadges.passport.sharing import OpenedLink, SharedCredential
    from okbadges.storage.sealing import Secrets

OF_THE_BADGE = ""
"""The criterion of what was written about a badge as a whole."""


def shown_name(session: Session, secrets: Secrets, link_id: uuid.UUID) -> str | None:
    """Return the name that the holder typed for a link; None where they typed none."""
    row = session.get(ShareLinkRow, link_id)
    if row is None or row.sealed_name is None:
        return None
    return secrets.unseal(row.sealed_name, bound_to=bound_to(link_id), kind=Sealed.OWN_WORDS).decode()


def shown_words(
    session: Session, secrets: Secrets, opened: OpenedLink, shared: SharedCredential
) -> tuple[Reflection, ...]:
    """Return what a link shows of the holder's own words about one of its badges: about the badge first, then step by step."""
    if Shown.OWN_WORDS not in opened.shows:
        return ()
    order = (OF_THE_BADGE, *(criterion_hash(criterion) for criterion in shared.badge.criteria))
    written = select(ReflectionRow.criterion_hash).where(
        ReflectionRow.participant_id == shared.participant_id,
        ReflectionRow.badge == shared.badge.slug,
        col(ReflectionRow.written_at) <= opened.made_at,
        col(ReflectionRow.criterion_hash).in_(order),
    )
    may_be_shown = set(session.exec(written))
    found = [
        one
        for one in reflections_of(session, secrets, [shared.participant_id])
        if one.badge == shared.badge.slug and one.criterion_hash in may_be_shown
    ]
    return tuple(sorted(found, key=lambda one: order.index(one.criterion_hash)))
