"""What is refused before any route is looked for: addresses that nothing of ours has, doubled headers, forms of other sites."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fastapi import Request

from okbadges.edge.negotiation import prefers_page
from okbadges.errors import MalformedInput, NotAllowed, NotFound

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

    from okbadges.errors import OkbadgesError

LONGEST_PATH = 2000
# A browser takes two slashes, a slash and a backslash, or the two with a tab between for another host when a page links to
# them; no database of ours takes NUL.
_STRANGE_CHARACTERS = re.compile(r"[\x00-\x1f\x7f\\]")
_BEGINNING = re.compile(r"/(?:[a-z0-9]{1,20}/?){0,4}", re.ASCII)
_NUL = (b"%00", b"\x00")
_ONCE = {b"authorization": "Authorization", b"idempotency-key": "Idempotency-Key"}
_OWN_FORMS = "/c/"


class ForeignForm(NotAllowed):
    """A form of ours that another site sent."""

    title = "Only our own pages may send this"


class Threshold:
    """Refuses, or passes on."""

    def __init__(self, app: ASGIApp, *, answer: Callable[[Request, Exception], Response]) -> None:
        """Wrap ``app``; ``answer`` says how a refusal looks."""
        self._app = app
        self._answer = answer

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass the request on if nothing speaks against it."""
        if scope["type"] == "http":
            if (refused := _strange(scope)) is not None:
                return self._answer(Request(_front(scope)), refused)(scope, receive, send)
            _check_headers(scope)
        return self._app(scope, receive, send)


def _front(scope: Scope) -> Scope:
    """Return the request as if at the front: a page links to its own address in other languages. A protocol still answers in its shape."""
    is_page = prefers_page(Request(scope))
    found = None if is_page else _BEGINNING.match(scope["path"])
    path = found.group() if found else "/"
    return {**scope, "path": path, "raw_path": path.encode(), "query_string": b""}


def _strange(scope: Scope) -> OkbadgesError | None:
    """Return why nothing of ours can have such an address; None for any that could."""
    path: str = scope["path"]
    query: bytes = scope["query_string"]
    if len(path) > LONGEST_PATH or path.startswith("//") or _STRANGE_CHARACTERS.search(path) is not None:
        return NotFound("not-found", "There is nothing at this address.")
    if query and any(nul in query for nul in _NUL):
        return MalformedInput(
            "query-nul", "What stands after the question mark holds the character NUL; leave it out.", field="query"
        )
    return None


def _check_headers(scope: Scope) -> None:
    """Raise `MalformedInput` for a header that says two things, `ForeignForm` for a form that another site sent."""
    seen = [name for name, _ in scope["headers"] if name in _ONCE]
    for raw in seen:
        if seen.count(raw) > 1:
            name = _ONCE[raw]
            raise MalformedInput("header-twice", f"Send {name} once; which one is meant is not guessed.", field=name)
    is_own_form = scope["method"] == "POST" and scope["path"].startswith(_OWN_FORMS)
    if is_own_form and (b"sec-fetch-site", b"cross-site") in [(name, value) for name, value in scope["headers"]]:
        raise ForeignForm("cross-site-form", "Open the page itself and press its button there.")
