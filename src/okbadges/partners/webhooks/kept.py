"""A webhook as it is kept: what its row says, opened; how it is disabled and enabled; and how the journal tells of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import update
from sqlmodel import col, select

from okbadges.errors import Conflict, NotFound
from okbadges.partners.webhooks.events import Told
from okbadges.partners.webhooks.signing import read_secrets
from okbadges.storage import journal
from okbadges.storage.sealing import Sealed
from okbadges.storage.tables import IssuerRow, OrganisationRow, WebhookRow

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection

    from okbadges.partners.webhooks.signing import SigningSecrets
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.tables import EventRow


class Because(StrEnum):
    """Why a webhook is disabled."""

    PAUSED = "paused"
    """An administrator said so."""
    FAILING = "failing"
    """It failed for days without one success."""
    GONE = "gone"
    """It answered 410: nobody is there any more."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook. Its address and ``signing`` are sealed in its row."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    label: str
    url: str
    events: tuple[Told, ...]
    created_at: datetime
    changed_at: datetime
    failing_since: datetime | None
    disabled_at: datetime | None
    disabled_because: Because | None
    signing: SigningSecrets

    @property
    def is_enabled(self) -> bool:
        """Tell whether messages are sent."""
        return self.disabled_at is None


def opened(row: Any, secrets: Secrets) -> Webhook:  # noqa: ANN401 - a row of the table, by whichever query
    """Return the webhook of a row. Raises `ConfigurationError` when the secret is another one."""
    bound = bound_to(row.id)
    return Webhook(
        id=row.id,
        organisation_id=row.organisation_id,
        label=row.label,
        url=secrets.unseal(row.sealed_url, bound_to=bound, kind=Sealed.WEBHOOK).decode(),
        events=tuple(Told(one) for one in row.events.split()),
        created_at=row.created_at,
        changed_at=row.changed_at,
        failing_since=row.failing_since,
        disabled_at=row.disabled_at,
        disabled_because=Because(row.disabled_because) if row.disabled_because else None,
        signing=read_secrets(secrets.unseal(row.sealed_secrets, bound_to=bound, kind=Sealed.WEBHOOK)),
    )


def sealed(plain: bytes, row_id: uuid.UUID, *, secrets: Secrets, random_bytes: Callable[[int], bytes]) -> bytes:
    """Return an address, or secrets, as they are kept in the row with this id."""
    return secrets.seal(plain, bound_to=bound_to(row_id), random_bytes=random_bytes, kind=Sealed.WEBHOOK)


def bound_to(row_id: uuid.UUID) -> str:
    """Return what the sealed columns of a row are bound to."""
    return f"webhook:{row_id.hex}"


def require_row(connection: Connection, organisation_id: uuid.UUID, webhook_id: uuid.UUID) -> Any:  # noqa: ANN401 - see `opened`
    """Return the row of a webhook of this organisation inside a change. Raises `NotFound`, also for one that has ended."""
    its = select(WebhookRow).where(
        WebhookRow.id == webhook_id,
        WebhookRow.organisation_id == organisation_id,
        col(WebhookRow.ended_at).is_(None),
    )
    row = connection.execute(its).one_or_none()
    if row is None:
        raise unknown_webhook()
    return row


def require_enabled(row: Any) -> None:  # noqa: ANN401 - see `opened`
    """Refuse to have something sent to a webhook that is disabled. Raises `Conflict` (``webhook-disabled``)."""
    if row.disabled_at is not None:
        raise Conflict("webhook-disabled", "This webhook is disabled, and nothing is sent to it. Enable it first.")


def unknown_webhook() -> NotFound:
    """Return the refusal for a webhook that is not there, or not the caller's."""
    return NotFound("unknown-webhook", "None of your organisations has such a webhook.", field="webhook")


def disable(connection: Connection, stamp: Stamp, webhook_id: uuid.UUID, because: Because) -> None:
    """Disable a webhook that is enabled, inside a change, and tell the journal; one that is not stays as it is."""
    enabled = update(WebhookRow).where(
        col(WebhookRow.id) == webhook_id, col(WebhookRow.disabled_at).is_(None), col(WebhookRow.ended_at).is_(None)
    )
    values = {"disabled_at": stamp.now, "disabled_because": because, "changed_at": stamp.now}
    if connection.execute(enabled.values(**values)).rowcount:
        tell(connection, stamp, webhook_id, "webhook.disabled", because=because)


def tell(
    connection: Connection, stamp: Stamp, webhook_id: uuid.UUID, action: str, **details: str | int | None
) -> EventRow:
    """Append an event about a webhook that is there: to its issuer's chain, or the installation's where that one goes on elsewhere."""
    its = (
        select(IssuerRow.slug, IssuerRow.handed_over_at)
        .join(OrganisationRow, col(OrganisationRow.issuer_id) == IssuerRow.id)
        .join(WebhookRow, col(WebhookRow.organisation_id) == OrganisationRow.id)
        .where(WebhookRow.id == webhook_id)
    )
    issuer = connection.execute(its).one()
    chain = issuer.slug if issuer.handed_over_at is None else journal.INSTALLATION_CHAIN
    return journal.append(connection, stamp, journal.Event(chain, action, f"webhook:{webhook_id}", details))
