"""OAuth 2.0 for programs: the metadata, registration, tokens, and giving them back. The page on which a holder decides is in `pages`."""

from __future__ import annotations

from okbadges.web.oauth import metadata, registration, revocation, token

ROUTERS = (metadata.router, registration.router, token.router, revocation.router)
