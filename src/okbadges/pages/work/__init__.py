"""The pages of those who work there: an instructor's way on a phone, from a group to a person, their steps, an award and cards to print."""

from __future__ import annotations

from okbadges.pages.work import award, awarded, cards, confirm, evidence, group, learned, person, start, steps, together

ROUTERS = (
    start.router,
    group.router,
    together.router,
    cards.router,
    person.router,
    steps.router,
    evidence.router,
    award.router,
    awarded.router,
    confirm.router,
    learned.router,
)
