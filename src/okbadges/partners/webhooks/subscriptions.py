"""Webhooks as an organisation's administrators make, change, rotate and end them.

A webhook that is disabled reads no further, and goes on from there when it is enabled again: nothing that happened meanwhile is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, update
from sqlmodel import col, select

from okbadges.credentials.fetching import FetchError
from okbadges.errors import Conflict, InvalidInput
from okbadges.organisations.wording import one_line
from okbadges.organisations.workshops import chain_of
from okbadges.partners.webhooks.deliveries import delivery_id, settle_what_waits, try_now
from okbadges.partners.webhooks.events import Told
from okbadges.partners.webhooks.kept import Because, opened, require_enabled, require_row, sealed, tell, unknown_webhook
from okbadges.partners.webhooks.signing import new_secrets
from okbadges.storage import journal
from okbadges.storage.tables import EventHeadRow, WebhookRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.integrations.webhooks import Receivers
    from okbadges.organisations.callers import Caller
    from okbadges.organisations.workshops import Organisation
    from okbadges.partners.webhooks.kept import Webhook
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer

LONGEST_LABEL = 80
MOST_OF_ONE = 20
"""How many webhooks an organisation may have."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a webhook is to be; None leaves a thing as it is."""

    url: str | None = None
    label: str | None = None
    events: Sequence[Told] | None = None
    enabled: bool | None = None


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """Makes and changes webhooks."""

    writer: Writer
    secrets: Secrets
    receivers: Receivers

    def create(self, stamp: Stamp, organisation: Organisation, wanted: Wanted) -> tuple[uuid.UUID, str]:
        """Make a webhook that tells of what happens from now on; return its id and its secret, which is never shown again.

        Raises `InvalidInput` (``webhook-url``, ``label``, ``events``) and `Conflict` (``too-many-webhooks``).
        """
        wanted, row_id, signing = self._checked(wanted), stamp.row_id(), new_secrets(stamp.random_bytes)

        def change(connection: Connection) -> None:
            _require_room(connection, organisation)
            row = WebhookRow(
                id=row_id,
                organisation_id=organisation.id,
                **self._columns(stamp, row_id, wanted),
                sealed_secrets=self._seal(stamp, row_id, signing.written()),
                issuer_from=_newest(connection, chain_of(connection, organisation)),
                catalogue_from=_newest(connection, journal.INSTALLATION_CHAIN),
                created_at=stamp.now,
                changed_at=stamp.now,
            )
            add(connection, row)
            tell(connection, stamp, row_id, "webhook.created", events=row.events)

        self.writer.write(change)
        return row_id, signing.newest

    def change(self, stamp: Stamp, organisation: Organisation, webhook_id: uuid.UUID, wanted: Wanted) -> None:
        """Change a webhook; what is so already stays as it is. Raises as `create`, and `NotFound`."""
        wanted = self._checked(wanted)

        def change(connection: Connection) -> None:
            before = opened(require_row(connection, organisation.id, webhook_id), self.secrets)
            new = _differing(before, wanted)
            if new == Wanted():
                return
            values = self._columns(stamp, webhook_id, new) | _switched(stamp, new)
            if new.url is not None:
                # how long another address failed says nothing of this one
                values["failing_since"] = None
            _update(connection, stamp, webhook_id, values)
            if new.enabled:
                try_now(connection, stamp, webhook_id)
            tell(connection, stamp, webhook_id, "webhook.changed", **_said(new))

        self.writer.write(change)

    def rotate(self, stamp: Stamp, organisation: Organisation, webhook_id: uuid.UUID) -> str:
        """Give a webhook a new secret and return it; the one before signs too for a day. Raises `NotFound`, `Conflict`."""

        def change(connection: Connection) -> str:
            before = opened(require_row(connection, organisation.id, webhook_id), self.secrets)
            rotated = before.signing.rotated(stamp.now, stamp.random_bytes)
            values = {"sealed_secrets": self._seal(stamp, webhook_id, rotated.written())}
            _update(connection, stamp, webhook_id, values)
            tell(connection, stamp, webhook_id, "webhook.secret-rotated")
            return rotated.newest

        return self.writer.write(change)

    def end(self, stamp: Stamp, organisation: Organisation, webhook_id: uuid.UUID) -> None:
        """End a webhook for good: its address and secrets go, and what waits is not sent. Raises `NotFound`, a second time too."""

        def change(connection: Connection) -> None:
            require_row(connection, organisation.id, webhook_id)
            _update(connection, stamp, webhook_id, {"sealed_url": b"", "sealed_secrets": b"", "ended_at": stamp.now})
            settle_what_waits(connection, stamp, webhook_id)
            tell(connection, stamp, webhook_id, "webhook.ended")

        self.writer.write(change)

    def test(self, stamp: Stamp, organisation: Organisation, webhook_id: uuid.UUID) -> uuid.UUID:
        """Have a message sent that says nothing but that the way works; return the id of its delivery. Raises `NotFound`, `Conflict`."""

        def change(connection: Connection) -> uuid.UUID:
            require_enabled(require_row(connection, organisation.id, webhook_id))
            return delivery_id(webhook_id, tell(connection, stamp, webhook_id, "webhook.tested").id)

        return self.writer.write(change)

    def find(self, session: Session, caller: Caller, webhook_id: uuid.UUID) -> tuple[Organisation, Webhook]:
        """Return a webhook of one of the caller's organisations, and which. Raises `NotFound` (``unknown-webhook``) for any other."""
        row = session.get(WebhookRow, webhook_id)
        its = {one.id: one for one in caller.organisations.values()}
        if row is None or row.ended_at is not None or row.organisation_id not in its:
            raise unknown_webhook()
        return its[row.organisation_id], opened(row, self.secrets)

    def _checked(self, wanted: Wanted) -> Wanted:
        """Return what is wanted as it is kept. Raises `InvalidInput`."""
        if wanted.label is not None:
            label = one_line(wanted.label, longest=LONGEST_LABEL, field="label", code="label")
            wanted = replace(wanted, label=label)
        if wanted.events is not None:
            wanted = replace(wanted, events=tuple(one for one in Told if one in wanted.events))
            if not wanted.events:
                raise InvalidInput("events", f"Say at least one of: {', '.join(Told)}.", field="events")
        if wanted.url is not None:
            try:
                self.receivers.check(wanted.url)
            except FetchError as refused:
                raise InvalidInput("webhook-url", refused.detail, field="url") from None
        return wanted

    def _columns(self, stamp: Stamp, row_id: uuid.UUID, wanted: Wanted) -> dict[str, Any]:
        values = {
            "label": wanted.label,
            "events": " ".join(wanted.events) if wanted.events else None,
            "sealed_url": self._seal(stamp, row_id, wanted.url.encode()) if wanted.url else None,
        }
        return {name: value for name, value in values.items() if value is not None}

    def _seal(self, stamp: Stamp, row_id: uuid.UUID, plain: bytes) -> bytes:
        return sealed(plain, row_id, secrets=self.secrets, random_bytes=stamp.random_bytes)


def _differing(before: Webhook, wanted: Wanted) -> Wanted:
    """Return what is wanted otherwise than it is."""
    return Wanted(
        url=None if wanted.url == before.url else wanted.url,
        label=None if wanted.label == before.label else wanted.label,
        events=None if wanted.events == before.events else wanted.events,
        enabled=None if wanted.enabled == before.is_enabled else wanted.enabled,
    )


def _switched(stamp: Stamp, new: Wanted) -> dict[str, Any]:
    match new.enabled:
        case True:
            return {"disabled_at": None, "disabled_because": None, "failing_since": None}
        case False:
            return {"disabled_at": stamp.now, "disabled_because": Because.PAUSED}
        case None:
            return {}


def _said(new: Wanted) -> dict[str, str | int | None]:
    """Return what the journal tells of a change: which events, whether it is enabled, and that the rest is another one."""
    said: dict[str, str | int | None] = {"events": " ".join(new.events)} if new.events else {}
    if new.enabled is not None:
        said["enabled"] = int(new.enabled)
    others = " ".join(name for name, value in (("url", new.url), ("label", new.label)) if value is not None)
    return said | ({"changed": others} if others else {})


def _update(connection: Connection, stamp: Stamp, webhook_id: uuid.UUID, values: dict[str, Any]) -> None:
    connection.execute(
        update(WebhookRow).where(col(WebhookRow.id) == webhook_id).values(**values, changed_at=stamp.now)
    )


def _newest(connection: Connection, chain: str) -> int:
    """Return the number of a chain's newest event."""
    return connection.execute(select(EventHeadRow.number).where(EventHeadRow.chain == chain)).scalar_one_or_none() or 0


def _require_room(connection: Connection, organisation: Organisation) -> None:
    its = select(func.count()).where(
        col(WebhookRow.organisation_id) == organisation.id, col(WebhookRow.ended_at).is_(None)
    )
    if connection.execute(its).scalar_one() >= MOST_OF_ONE:
        raise Conflict(
            "too-many-webhooks",
            f"{organisation.slug} has {MOST_OF_ONE} webhooks, and that is the most. Delete one that is not needed.",
            field="organisation",
        )
