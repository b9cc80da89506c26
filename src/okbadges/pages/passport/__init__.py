"""The passport's own pages: opened with a card, then shown to its holder only."""

from __future__ import annotations

from okbadges.pages.passport import badge, links, match, opening, settings, share, shelf, steps

ROUTERS = tuple(module.router for module in (opening, shelf, badge, steps, settings, share, links, match))
