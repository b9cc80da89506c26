"""The frame of the pages on which instructors work: who may open them, what of a form was wrong, and that nobody keeps a page.

No label is in a title or in an address: both stay in a browser's history.
"""

from __future__ import annotations

import re
import uuid
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Form, HTTPException, Path, Request, Response
from fastapi.responses import RedirectResponse

from okbadges.edge.problems import problem_of
from okbadges.edge.routing import LateRoute
from okbadges.edge.sign_ins import SignedInOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.errors import Conflict, Gone, InvalidInput, NotAllowed, NotFound, OkbadgesError, Unavailable
from okbadges.organisations.groups import unknown_participant
from okbadges.organisations.members import LEADER_ROLES
from okbadges.organisations.sign_ins import SignedIn
from okbadges.pages.files import NOT_KEPT
from okbadges.pages.mistake import Mistake
from okbadges.pages.site import Preview, visit

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from okbadges.pages.words import Words

WORK = "/workshop"
REFUSALS = (InvalidInput, Conflict, Gone, NotAllowed, Unavailable)
"""What a form is shown again for; what is not there (any more) has a page of its own."""
_SEE_OTHER = 303
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Typed = Annotated[str, Form()]


class WorkRoute(LateRoute):
    """A route that answers for what is not there (any more) with a page that says how to go on, and the same for whatever it was."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler."""
        handle = super().get_route_handler()

        async def kindly(request: Request) -> Response:
            try:
                return await handle(request)
            except NotFound as missing:
                return _bare(request, "work/missing.html", status=problem_of(missing).status)

        return kindly


def require_leading(signed_in: SignedInOf) -> SignedIn:
    """Return who is signed in, if their role leads groups; sends everybody else to the first page, which tells them what they can do."""
    if signed_in.caller.role not in LEADER_ROLES:
        raise HTTPException(_SEE_OTHER, headers={"Location": WORK, **NOT_KEPT})
    return signed_in


def _id(text: str) -> uuid.UUID:
    """Return the id that stands in an address. Raises `NotFound` for what is none, as for one that nobody knows."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise unknown_participant() from None


def _participant_id(participant: Annotated[str, Path()]) -> uuid.UUID:
    return _id(participant)


def _group_id(group: Annotated[str, Path()]) -> uuid.UUID:
    return _id(group)


LeaderOf = Annotated[SignedIn, Depends(require_leading)]
ParticipantOf = Annotated[uuid.UUID, Depends(_participant_id)]
GroupOf = Annotated[uuid.UUID, Depends(_group_id)]


def work_page(
    request: Request, who: SignedIn, template: str, *, mistake: Mistake | None = None, **model: object
) -> Response:
    """Render a page for whoever is signed in. What was refused has no language switch: following it would lose what was typed."""
    status = mistake.status if mistake else 200
    return _bare(request, template, status=status, organisation=who.organisation.name, mistake=mistake, **model)


def see(request: Request, path: str) -> Response:
    """Send the browser on after a change, in the language of the page that it came from."""
    return RedirectResponse(visit(request).link(path), _SEE_OTHER, headers=NOT_KEPT)


def mistake_of(refused: OkbadgesError, words: Words, *, field: str | None = None) -> Mistake:
    """Return a refusal in the words of the page, beside the ``field`` given or the one that it names itself."""
    key = f"work.mistake.{refused.code}"
    sentence = words(key) if words.knows(key) else words("work.mistake.other")
    return Mistake(field or refused.field, sentence, problem_of(refused).status)


def read_day(text: str, *, field: str) -> date:
    """Return the day that a date field sends. Raises `InvalidInput` (``day-form``)."""
    try:
        if _DAY.fullmatch(text.strip()):
            return date.fromisoformat(text.strip())
    except ValueError:
        pass
    raise InvalidInput("day-form", "Give a day as 2026-11-20.", field=field)


def seen_as(label: str | None, participant_id: uuid.UUID) -> str:
    """Return what a page calls a participant: their label for their leader, for others the end of their id, as on a sheet of cards."""
    return label or f"…{participant_id.hex[-4:]}"


def _bare(request: Request, template: str, *, status: int, **model: object) -> Response:
    here = visit(request)
    return here.page(
        template,
        preview=Preview(here.words("work.title"), here.words("signing.preview")),
        status=status,
        headers=NOT_KEPT,
        in_language=None,
        switch=request.method == "GET",
        **model,
    )
