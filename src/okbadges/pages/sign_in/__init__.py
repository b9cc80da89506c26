"""Where members sign in and out: with a one-time link, or with their account at a provider."""

from __future__ import annotations

from okbadges.pages.sign_in import demo, links, start

ROUTERS = (start.router, links.router)
DEMO_ROUTERS = (demo.router,)
"""Only in a demo: what signs anybody in."""
