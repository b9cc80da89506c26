"""Whether the organisations that asked for it are still told: webhooks that were disabled by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from okbadges.operations.findings import Finding
from okbadges.partners.webhooks.kept import Because
from okbadges.partners.webhooks.log import waiting
from okbadges.storage.tables import OrganisationRow, WebhookRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from okbadges.edge.rooms import Rooms

_WORDS = {
    Because.FAILING: "it failed for five days without one success",
    Because.GONE: "its receiver answered 410 (gone)",
}


def webhook_findings(rooms: Rooms) -> Iterator[Finding]:
    """Yield each webhook that was disabled without anybody saying so."""
    disabled = (
        select(WebhookRow, OrganisationRow.slug)
        .join(OrganisationRow, col(OrganisationRow.id) == WebhookRow.organisation_id)
        .where(col(WebhookRow.disabled_because).in_(_WORDS), col(WebhookRow.ended_at).is_(None))
        .order_by(col(WebhookRow.id))
    )
    with rooms.database.read() as session:
        found = session.exec(disabled).all()
        waits = waiting(session, [row.id for row, _ in found])
    for row, organisation in found:
        yield Finding(
            "webhook",
            f"The webhook {row.id} of {organisation} is disabled since {row.disabled_at:%Y-%m-%d %H:%M} UTC, because "
            f"{_WORDS[Because(row.disabled_because or Because.FAILING)]}; {waits.get(row.id, 0)} messages wait.",
            "Its administrators see it at GET /v1/webhooks. When the receiver works again they enable it, and all that happened "
            "meanwhile is sent; one that is not needed any more they delete.",
        )
