"""``/healthz`` (the process lives) and ``/readyz`` (the database answers and is of this version)."""

from __future__ import annotations

from pydantic import BaseModel

from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.storage.version import require_current

router = Router(tags=["operations"])


class Health(BaseModel):
    """A short word."""

    status: str


@router.get("/healthz", summary="Does it live?")
async def healthy() -> Health:
    """Tell that the process lives; nothing else is asked, not even for a free thread."""
    return Health(status="ok")


@router.get("/readyz", summary="Is it ready?", responses=responses(503))
def ready(rooms: RoomsOf) -> Health:
    """Tell that the database answers and is migrated."""
    require_current(rooms.database)
    return Health(status="ready")
