"""`/accessibility` and `/privacy`: how these pages are meant to work for everybody, what the service keeps, and whom to ask.

They claim only what is known here: what the pages aim at, what the tests try, what the operator said in the settings. Whether all
requirements are met is for whoever runs the service to assess; until they gave a day, the page says that none is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import Request, Response

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.pages.badges import PUBLIC
from okbadges.pages.site import Preview, visit

if TYPE_CHECKING:
    from datetime import date

    from okbadges.edge.rooms import Rooms

router = Router(include_in_schema=False)

# The Finnish Transport and Communications Agency has supervised act 306/2019 since 2025-01-01 (government proposal HE 71/2024); how to
# reach it is as other statements of 2025 print it. The agency also answers in Swedish and English at this address; look now and then
# whether it still holds. Its site has an address for each language (`accessibility.authority.site`).
AUTHORITY_EMAIL, AUTHORITY_TELEPHONE = "saavutettavuus@traficom.fi", "029 534 5000"


@dataclass(frozen=True, slots=True)
class ContactLink:
    """Where people can write to: the address behind the link, and what is read of it."""

    address: str
    text: str


@router.get("/accessibility")
def accessibility_page(request: Request, rooms: RoomsOf) -> Response:
    """Show the accessibility statement (act 306/2019): aims, tests, known gaps, where to tell of others, who supervises."""
    here, assessed_on = visit(request), _assessed_on(rooms)
    return here.page(
        "accessibility.html",
        # the heading may break where a soft hyphen is; the title of a window has no use for one
        preview=Preview(here.words("accessibility.title").replace("\u00ad", ""), here.words("accessibility.lead")),
        headers=PUBLIC,
        service=rooms.base_url.partition("://")[2],
        assessed=here.words("accessibility.state.assessed", day=here.words.day(assessed_on)) if assessed_on else None,
        contact=_contact_link(rooms.contact),
        authority_email=AUTHORITY_EMAIL,
        authority_telephone=AUTHORITY_TELEPHONE,
    )


@router.get("/privacy")
def privacy_page(request: Request, rooms: RoomsOf) -> Response:
    """Show what the service keeps and for how long in this installation, what it does not, and whom to ask."""
    here = visit(request)
    return here.page(
        "privacy.html",
        preview=Preview(here.words("privacy.title"), here.words("privacy.lead")),
        headers=PUBLIC,
        evidence_kept=here.words.counted("privacy.long.evidence", rooms.periods.evidence),
        labels_kept=here.words.counted("privacy.long.labels", rooms.periods.labels_and_notes),
        unfinished_kept=here.words.counted("privacy.long.quiet", rooms.periods.quiet),
        contact=_contact_link(rooms.contact),
    )


def _assessed_on(rooms: Rooms) -> date | None:
    """Return the day of the last assessment; one that is still to come is not known yet."""
    day = rooms.accessibility_assessed_on
    return day if day is not None and day <= rooms.now().date() else None


def _contact_link(contact: str | None) -> ContactLink | None:
    if contact is None:
        return None
    is_web_page = contact.startswith("https://")
    return (
        ContactLink(contact, contact.removeprefix("https://"))
        if is_web_page
        else ContactLink(f"mailto:{contact}", contact)
    )
