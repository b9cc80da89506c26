"""What every answer carries: a strict content policy, no referrer, no sniffing; pages about people are not indexed and not kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_CONTENT_POLICY = (
    "default-src 'none'; style-src 'self' {style}; img-src 'self' data:; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ABOUT_PEOPLE = ("/s/", "/c/", "/p/", "/passport", "/sign-in", "/verify", "/workshop", "/oauth/")
_CATALOGUE = ("/v1/badges", "/v1/units")


class SecurityHeaders:
    """Adds the headers to every answer."""

    def __init__(self, app: ASGIApp, *, https: bool, style: str) -> None:
        """Wrap ``app``; with ``https`` browsers are told to come back by https only.

        ``style`` is the hash of the one style that may stand inside a page.
        """
        self._app = app
        self._https = https
        self._content_policy = _CONTENT_POLICY.format(style=style)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add headers to what comes back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message), path)
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _add(self, headers: MutableHeaders, path: str) -> None:
        headers["Content-Security-Policy"] = self._content_policy
        headers["Referrer-Policy"] = "no-referrer"
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=()"
        if self._https:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        is_of_somebody = path.startswith("/v1/") and not path.startswith(_CATALOGUE)
        if is_of_somebody or path.startswith(_ABOUT_PEOPLE):
            headers["Cache-Control"] = "no-store"
        if path.startswith(_ABOUT_PEOPLE):
            headers["X-Robots-Tag"] = "noindex, nofollow"
