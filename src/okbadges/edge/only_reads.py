"""A process on a read replica answers what everybody may read, and nothing else; what must be of this moment is asked of the primary.

Not here: what somebody has just written and looks at again (passport, work pages, the API of programs), and what an issuer publishes for
verifiers. A status list comes from the primary alone, so that it never goes back behind what somebody has already seen.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from fastapi import Request

from okbadges.errors import OkbadgesError, Unavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

    from okbadges.storage.replica import Replica

_READS: Final = re.compile(r"/s/[^/]+(?!/areas)(/.*)?|/badges(/.*)?|/v1/(badges|units)(/.*)?")
"""Share links (not what a teacher decides on, who is signed in), and the catalogue."""
_ALWAYS: Final = frozenset({"/healthz", "/metrics"})
_FILES: Final = "/static/"
_METHODS: Final = frozenset({"GET", "HEAD"})


class OnlyReads:
    """Refuses, with 503, whatever a replica should not answer; the proxy in front then asks another process."""

    def __init__(self, app: ASGIApp, *, replica: Replica, answer: Callable[[Request, Exception], Response]) -> None:
        """Wrap ``app``; ``answer`` says how a refusal looks."""
        self._app = app
        self._replica = replica
        self._answer = answer

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a public read on while the replica is fresh enough."""
        if scope["type"] == "http" and not _needs_no_data(scope["path"]):
            try:
                self._check(scope)
            except OkbadgesError as refused:
                return self._answer(Request(scope), refused)(scope, receive, send)
        return self._app(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        """Raise `Unavailable` (``only-reads``, ``replica-behind``) for what is not answered here, or not now."""
        path = scope["path"]
        if path != "/readyz" and (scope["method"] not in _METHODS or _READS.fullmatch(path) is None):
            raise Unavailable("only-reads", "This process only answers public reads; ask one on the primary database.")
        self._replica.require_fresh()


def _needs_no_data(path: str) -> bool:
    return path in _ALWAYS or path.startswith(_FILES)
