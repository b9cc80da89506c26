"""The frame of the passport's own pages: what they are called, that nobody keeps them, and what a chat may show of them: nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi.responses import RedirectResponse

from okbadges.organisations.consents import Consenting, consents_of, newest
from okbadges.pages.files import NOT_KEPT
from okbadges.pages.site import Preview, visit
from okbadges.pages.verdict_words import Panel, panel
from okbadges.verification.report import Verdict

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection
    from datetime import date

    from fastapi import Request, Response
    from sqlmodel import Session

    from okbadges.pages.words import Words
    from okbadges.verification.report import Report

_SEE_OTHER = 303


@dataclass(frozen=True, slots=True)
class Standing:
    """How a badge stands, for its holder: a panel only where something is not right, and the sentence of when it was looked at."""

    panel: Panel | None
    is_revoked: bool
    checked: str


def passport_page(request: Request, template: str, *, status: int = 200, **model: object) -> Response:
    """Render a page of the passport. What was refused has no language switch: following it would lose what was typed."""
    here = visit(request)
    preview = Preview(here.words("passport.title"), here.words("passport.preview"))
    return here.page(
        template,
        preview=preview,
        status=status,
        headers=NOT_KEPT,
        in_language=None,
        switch=request.method == "GET",
        **model,
    )


def see(request: Request, path: str) -> Response:
    """Send the browser on after a change, in the language of the page that it came from."""
    address, mark, place = path.partition("#")
    return RedirectResponse(visit(request).link(address) + mark + place, _SEE_OTHER, headers=NOT_KEPT)


def has_agreed(session: Session, participants: Collection[uuid.UUID]) -> bool:
    """Tell whether somebody agreed to receive badges, and has not taken it back."""
    last = newest(consents_of(session, participants), Consenting.RECEIVING)
    return last is not None and last.withdrawn_at is None


def standing_for_holder(report: Report, words: Words, *, revoked_on: date | None, is_replaced: bool) -> Standing:
    """Return what a holder has to know before showing a badge; nothing alarming for one that is valid."""
    checked = words("verdict.checked", moment=words.moment(report.checked_at))
    is_revoked = report.verdict is Verdict.REVOKED
    if report.verdict is Verdict.VALID:
        return Standing(None, is_revoked, checked)
    shown = panel(report, words, revoked_on=revoked_on)
    if is_revoked:
        sentence = words("claim.replaced" if is_replaced else "claim.revoked")
        shown = Panel(shown.tone, shown.sign, shown.headline, (sentence,), shown.checked)
    return Standing(shown, is_revoked, checked)
