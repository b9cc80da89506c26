"""The file of an endorsement: behind a link that shows it, and for its holder."""

from __future__ import annotations

import uuid  # noqa: TC003 - FastAPI reads the annotation at run time

from fastapi import Response

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import HolderOf  # noqa: TC001 - the same
from okbadges.pages.files import NOT_KEPT
from okbadges.passport.sharing import open_share_link
from okbadges.passport.shown_endorsements import open_own_endorsement, open_shown_endorsement

router = Router(include_in_schema=False)


@router.get("/s/{token}/endorsements/{endorsement}")
def shown_endorsement(rooms: RoomsOf, token: str, endorsement: uuid.UUID) -> Response:
    """Answer the signed endorsement of a badge, where its holder wants it to be seen."""
    with rooms.database.read() as session:
        opened = open_share_link(session, token, now=rooms.now())
        found = open_shown_endorsement(session, opened, endorsement)
    return _file(found.document, found.id)


@router.get("/passport/share/endorsements/{endorsement}")
def own_endorsement(rooms: RoomsOf, holder: HolderOf, endorsement: uuid.UUID) -> Response:
    """Answer an endorsement of the holder's own."""
    with rooms.database.read() as session:
        found = open_own_endorsement(session, holder, endorsement)
    return _file(found.document, found.id)


def _file(document: bytes, name: uuid.UUID) -> Response:
    headers = {**NOT_KEPT, "Content-Disposition": f'attachment; filename="endorsement-{name.hex[-8:]}.json"'}
    return Response(document, media_type="application/vc", headers=headers)
