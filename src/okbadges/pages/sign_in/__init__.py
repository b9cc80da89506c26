"""Where members sign in and out: with a one-time link, or with their account at a provider; and where they see both of their own."""

from __future__ import annotations

from okbadges.pages.sign_in import demo, links, me, providers, start

ROUTERS = (start.router, links.router, providers.router, me.router)
DEMO_ROUTERS = (demo.router,)
"""Only in a demo: what signs anybody in."""
