"""What every answer carries: a strict content policy, no referrer, no sniffing; pages about people are not indexed and not kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        everywhere = {
            "content-security-policy": _CONTENT_POLICY.format(style=style),
            "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
            "cross-origin-opener-policy": "same-origin",
            "permissions-policy": "camera=(self), geolocation=(), microphone=()",
            **({"strict-transport-security": "max-age=31536000"} if https else {}),
        }
        self._everywhere = _raw(everywhere)
        self._of_somebody = _raw({**everywhere, "cache-control": "no-store"})
        self._about_people = _raw({**everywhere, "cache-control": "no-store", "x-robots-tag": "noindex, nofollow"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add headers to what comes back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        ours = self._headers_of(scope["path"])

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = [header for header in message.get("headers", ()) if header[0].lower() not in ours]
                message["headers"] = [*said, *ours.items()]
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _headers_of(self, path: str) -> Mapping[bytes, bytes]:
        if path.startswith(_ABOUT_PEOPLE):
            return self._about_people
        is_of_somebody = path.startswith("/v1/") and not path.startswith(_CATALOGUE)
        return self._of_somebody if is_of_somebody else self._everywhere


def _raw(headers: Mapping[str, str]) -> Mapping[bytes, bytes]:
    return {name.encode(): value.encode() for name, value in headers.items()}
