"""The frame of the teacher's pages: who may decide, kind pages for everybody else, and that nobody keeps a page.

No name of a participant is in a title, in an address or in what is kept; a page says only what its link or its decision says.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Path, Request, Response
from fastapi.responses import RedirectResponse

from okbadges.edge.problems import problem_of
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import LateRoute
from okbadges.edge.sign_ins import signed_in_here
from okbadges.errors import NotAllowed, NotAuthenticated, NotFound
from okbadges.organisations.members import find_member
from okbadges.organisations.roles import Scope
from okbadges.pages.files import NOT_KEPT
from okbadges.pages.mistake import Mistake
from okbadges.pages.recognition.decide_form import Typed
from okbadges.pages.sign_in.coming_back import SignInFirst, sign_in_first
from okbadges.pages.site import Preview, visit
from okbadges.recognition.providers import EducationProvider, provider_of
from okbadges.recognition.readers import READER_ROLES

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from okbadges.edge.rooms import Rooms
    from okbadges.errors import OkbadgesError
    from okbadges.organisations.sign_ins import SignedIn
    from okbadges.organisations.workshops import Organisation
    from okbadges.pages.words import Words

PRIVATE = {**NOT_KEPT, "X-Robots-Tag": "noindex, nofollow"}
_SEE_OTHER = 303
WRITTEN = ("grounds_fi", "grounds_sv", "next_step_fi", "next_step_sv", "conditions", "correction")
"""The fields of a decision that hold words of one's own."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is signed in and may read what their school decided: a member of it, by the name that the school knows."""

    member_id: uuid.UUID
    actor: str
    name: str
    provider: EducationProvider

    @property
    def school(self) -> Organisation:
        """Return the organisation that decides."""
        return self.provider.organisation

    @property
    def decides(self) -> bool:
        """Tell whether they may decide, correct and endorse as well; who may not is not offered it."""
        return False


@dataclass(frozen=True, slots=True)
class Teacher(Reader):
    """Who is signed in and may decide."""

    @property
    def decides(self) -> bool:
        """Return True: that is what a teacher is."""
        return True


class TeacherRoute(LateRoute):
    """A route that answers kindly whom it cannot help: no teacher, no school, a link for another purpose, a decision of others.

    Who is not signed in any more when a decision is sent gets back what they wrote; nothing of it is kept.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler."""
        handle = super().get_route_handler()

        async def kindly(request: Request) -> Response:
            try:
                return await handle(request)
            except SignInFirst as away:
                wrote = await _written(request)
                if not wrote:
                    raise
                return _signed_out_page(request, away, wrote)
            except (NotAllowed, NotFound) as refused:
                if not visit(request).words.knows(f"recognition.refused.{refused.code}.title"):
                    raise
                return refused_page(request, refused)

        return kindly


def require_teacher(request: Request, rooms: RoomsOf) -> Teacher:
    """Return who is signed in and may decide for a school; sends whoever is not signed in there, and back afterwards.

    Raises `NotAllowed`: ``not-a-teacher``, ``not-a-school``.
    """
    found = signed_in_here(request, rooms)
    if found is None:
        raise sign_in_first(request, rooms)
    return _teacher(rooms, found)


def require_reader(request: Request, rooms: RoomsOf) -> Reader:
    """Return who is signed in and may read what their school decided: a `Teacher`, or who administers or audits the school.

    Raises what `require_teacher` raises.
    """
    found = signed_in_here(request, rooms)
    if found is None:
        raise sign_in_first(request, rooms)
    return _reader(rooms, found)


def teacher_here(request: Request, rooms: Rooms) -> Teacher | None:
    """Return the teacher who is signed in in this browser; None for everybody else, who may look as well."""
    found = signed_in_here(request, rooms)
    try:
        return _teacher(rooms, found) if found else None
    except NotAllowed:
        return None


def _decision_id(decision: Annotated[str, Path()]) -> uuid.UUID:
    try:
        return uuid.UUID(decision)
    except ValueError:
        raise NotFound("unknown-decision", "Your school has no such decision.", field="decision") from None


TeacherOf = Annotated[Teacher, Depends(require_teacher)]
ReaderOf = Annotated[Reader, Depends(require_reader)]
DecisionOf = Annotated[uuid.UUID, Depends(_decision_id)]


def private_page(
    request: Request, template: str, *, title: str, mistake: Mistake | None = None, status: int = 200, **model: object
) -> Response:
    """Render a page that nobody keeps. What was refused has no language switch: following it would lose what was typed."""
    here = visit(request)
    return here.page(
        template,
        preview=Preview(title, here.words("recognition.preview")),
        status=mistake.status if mistake else status,
        headers=PRIVATE,
        in_language=None,
        switch=request.method == "GET",
        mistake=mistake,
        **model,
    )


def refused_page(request: Request, refused: OkbadgesError, *, wrote: tuple[str, ...] = ()) -> Response:
    """Say kindly why this cannot be done and what to do; ``wrote`` is what somebody typed, so that it is not lost."""
    words, key = visit(request).words, f"recognition.refused.{refused.code}"
    return private_page(
        request,
        "recognition/refused.html",
        title=words(f"{key}.title"),
        status=problem_of(refused).status,
        lead=words(f"{key}.lead"),
        wrote=wrote,
        signs_in=refused.code in ("not-a-teacher", "not-a-school"),
        again_at=None,
    )


async def _written(request: Request) -> tuple[str, ...]:
    """Return what somebody wrote into the form of a decision that was sent; nothing of any other form."""
    if request.method != "POST":
        return ()
    sent = await request.form()
    texts = {name: text for name in WRITTEN if isinstance(text := sent.get(name), str)}
    return Typed(**texts).texts


def _signed_out_page(request: Request, away: SignInFirst, wrote: tuple[str, ...]) -> Response:
    """Give back what was written, with the way to sign in again and from there to the form."""
    words = visit(request).words
    ended = NotAuthenticated("sign-in-ended", "The sign-in has ended. Sign in again; nothing was kept.")
    answer = private_page(
        request,
        "recognition/refused.html",
        title=words("signing.over.title"),
        status=problem_of(ended).status,
        lead=words("signing.over.lead"),
        wrote=wrote,
        signs_in=False,
        again_at=away.leads["Location"],
    )
    answer.headers.append("Set-Cookie", away.leads["Set-Cookie"])
    return answer


def see(request: Request, path: str) -> Response:
    """Send the browser on, in the language of the page that it came from."""
    return RedirectResponse(visit(request).link(path), _SEE_OTHER, headers=PRIVATE)


def mistake_of(refused: OkbadgesError, words: Words) -> Mistake:
    """Return a refusal in the words of the page, beside the field that it names."""
    key = f"recognition.mistake.{refused.code}"
    sentence = words(key) if words.knows(key) else words("recognition.mistake.other")
    return Mistake(refused.field, sentence, problem_of(refused).status)


def download(content: bytes, media_type: str, name: str) -> Response:
    """Answer a file for the school's own archive."""
    return Response(
        content,
        media_type=media_type,
        headers={**PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'},
    )


def _teacher(rooms: Rooms, found: SignedIn) -> Teacher:
    reader = _reader(rooms, found)
    if not isinstance(reader, Teacher):
        raise NotAllowed("not-a-teacher", "Only the teachers of a school decide about credit.")
    return reader


def _reader(rooms: Rooms, found: SignedIn) -> Reader:
    if found.caller.role not in READER_ROLES:
        raise NotAllowed(
            "not-a-teacher", "Only those who teach at a school, administer or audit it read its decisions."
        )
    with rooms.database.read() as session:
        provider = provider_of(session, found.organisation)
        name = find_member(session, rooms.secrets, found.organisation, found.member_id).name
    kind = Teacher if Scope.RECOGNISE in found.caller.scopes else Reader
    return kind(found.member_id, found.caller.actor, name, provider)
