"""The teacher's pages: what badges cover in a student's requirements, deciding about it, and what a school takes along."""

from __future__ import annotations

from okbadges.pages.recognition import areas, correct, decide, decision, decisions, paper

ROUTERS = (areas.router, decide.router, decisions.router, decision.router, correct.router, paper.router)
