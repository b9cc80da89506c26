"""The passport's own pages: opened with a card, then shown to its holder only."""

from __future__ import annotations

from okbadges.pages.passport import (
    badge,
    brought,
    links,
    mail,
    match,
    opening,
    paper,
    programs,
    settings,
    share,
    shelf,
    steps,
    wallet,
)

# the address of a card would take /p/mail for a token
ROUTERS = tuple(
    module.router
    for module in (mail, opening, shelf, badge, brought, wallet, steps, settings, share, links, paper, match, programs)
)
