"""Retention: what is deleted by itself, after how long, and said when it was.

Evidence goes on its day (24 months after it was made). Labels and notes go 12 months after the last thing that happened to the
participant, names of members 12 months after they left, a name typed for a link when the link ended, an offer that no wallet took the
day after. What was begun and is not used any more goes after 36 months: steps whose badge never came, own words, ended stays in groups,
the consent to a link after its end, and a profile that no program put again. What was sent to webhooks is told by their log for 30 days.
Badges stay, and with them their steps and the consent to receive them: they are the participant's, and `okbadges.passport.erasure` takes
them away on their wish. What programs were let in by goes a month after its end, and so does a program that nobody ever let in. Nothing is deleted when the clock made a leap that no quiet summer explains.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import CursorResult, delete, func, or_, select, update
from sqlmodel import col

from okbadges.errors import Unavailable
from okbadges.organisations.failures import forget_old_failures
from okbadges.storage import journal
from okbadges.storage.tables import (
    BadgeVersionRow,
    BroughtCredentialRow,
    ConsentRow,
    CredentialRow,
    EvidenceRow,
    GroupParticipantRow,
    HolderProfileRow,
    MemberRow,
    OAuthClientRow,
    OAuthGrantRow,
    OAuthTokenRow,
    ParticipantRow,
    ReflectionRow,
    ShareLinkRow,
    TickedStepRow,
    WalletOfferRow,
    WebhookAttemptRow,
    WebhookDeliveryRow,
)

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

    from sqlalchemy import ColumnElement, Connection, Select
    from sqlmodel import Session, SQLModel

    from okbadges.organisations.periods import Periods
    from okbadges.storage.journal import Stamp
    from okbadges.storage.writer import Writer

    _Rule = tuple[type[SQLModel], ColumnElement[bool], Mapping[str, Any] | None]

MESSAGES_KEPT = timedelta(days=30)
"""How long the log of webhooks tells of a message that was delivered or given up."""
LONGEST_PAUSE = timedelta(days=62)
"""Longer than this without a run is either a long pause or a wrong clock: somebody has to say which."""
_DAYS_OF_A_MONTH = 30.4375
_OF_PROGRAMS = timedelta(days=30)
_OF_USED_PROGRAMS = timedelta(days=365)
"""A backpack registers once for all its people: it stays for the next one, for a year."""
_OF_ACCESS_TOKENS = timedelta(days=1)
"""An access token that expired says nothing any more; a refresh token that was used says whether it was copied."""
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Deleted:
    """How many of each were deleted, or would be."""

    evidence: int
    labels: int
    notes: int
    names: int
    steps: int = 0
    stays: int = 0
    own_words: int = 0
    consents: int = 0
    profiles: int = 0
    attempts: int = 0
    messages: int = 0
    tokens: int = 0
    grants: int = 0
    programs: int = 0
    wallet_offers: int = 0

    def __bool__(self) -> bool:
        """Tell whether anything was deleted."""
        return any(asdict(self).values())

    def in_words(self) -> str:
        """Return what was deleted in one sentence."""
        if not self:
            return "Nothing is old enough to be deleted."
        parts = [f"{count} {name.replace('_', ' ')}" for name, count in asdict(self).items() if count]
        return f"Deleted: {', '.join(parts)}."


def due(session: Session, periods: Periods, *, now: datetime) -> Deleted:
    """Return what a run would delete now."""
    counts = {
        name: sum(session.scalar(select(func.count()).select_from(table).where(old)) or 0 for table, old, _ in rules)
        for name, rules in _rules(periods, now).items()
    }
    return Deleted(**counts)


def run(writer: Writer, stamp: Stamp, periods: Periods, *, last_run_at: datetime | None) -> Deleted:
    """Delete what is old enough, in one change with one event; without anything to delete there is no event.

    Raises `Unavailable` (``clock-leapt``) when the last run is longer ago than `LONGEST_PAUSE` by the clock.
    """
    if last_run_at is not None and stamp.now - last_run_at > LONGEST_PAUSE:
        raise Unavailable(
            "clock-leapt",
            f"Nothing was deleted: by the clock the last run was on {last_run_at:%Y-%m-%d}, {(stamp.now - last_run_at).days} days ago. "
            "If the clock is right, run: okbadges retention run --clock-is-right",
        )
    return writer.write(partial(_delete, stamp=stamp, periods=periods))


def _delete(connection: Connection, stamp: Stamp, periods: Periods) -> Deleted:
    forget_old_failures(connection, stamp.now)
    deleted = Deleted(
        **{
            name: sum(_apply(connection, table, old, values) for table, old, values in rules)
            for name, rules in _rules(periods, stamp.now).items()
        }
    )
    if deleted:
        event = journal.Event(
            chain=journal.INSTALLATION_CHAIN,
            action="retention.deleted",
            subject=journal.INSTALLATION_CHAIN,
            details=asdict(deleted),
        )
        journal.append(connection, stamp, event)
    return deleted


def _apply(
    connection: Connection, table: type[SQLModel], old: ColumnElement[bool], values: Mapping[str, Any] | None
) -> int:
    statement = delete(table).where(old) if values is None else update(table).where(old).values(values)
    result = connection.execute(statement)
    return result.rowcount if isinstance(result, CursorResult) else 0


def _rules(periods: Periods, now: datetime) -> dict[str, list[_Rule]]:
    """Return for each kind the tables it is in, which rows are old, and what is set in them (None: the row goes)."""
    return {
        "evidence": [(EvidenceRow, col(EvidenceRow.delete_on) <= now.date(), None)],
        "wallet_offers": _rules_of_wallet_offers(now),
        **_rules_of_words(now, _months_before(now, periods.labels_and_notes)),
        # a label and notes stay between those who led the participant: nobody forgets before them who that was
        **_rules_of_what_was_begun(_months_before(now, max(periods.quiet, periods.labels_and_notes))),
        **_rules_of_messages(now - MESSAGES_KEPT),
        **_rules_of_programs(now),
    }


def _rules_of_wallet_offers(now: datetime) -> list[_Rule]:
    """Return the rules of offers that no wallet took: the day after. One that was taken tells its holder where a copy is, and stays with the badge."""
    is_old = (col(WalletOfferRow.expires_at) < now - _A_DAY) & col(WalletOfferRow.wallet_hash).is_(None)
    its_token = col(OAuthTokenRow.offer_id).in_(select(col(WalletOfferRow.id)).where(is_old))
    return [(OAuthTokenRow, its_token, None), (WalletOfferRow, is_old, None)]


def _rules_of_words(now: datetime, since: datetime) -> dict[str, list[_Rule]]:
    """Return the rules of what somebody wrote about somebody, and of what people are called."""
    quiet = _quiet(since)
    note_old = or_(col(CredentialRow.participant_id).in_(quiet), col(CredentialRow.erased_at).is_not(None))
    has_note = col(CredentialRow.sealed_revocation_note).is_not(None)
    has_label = (col(ParticipantRow.last_event_at) < since) & col(ParticipantRow.sealed_label).is_not(None)
    step_note = col(TickedStepRow.participant_id).in_(quiet) & col(TickedStepRow.sealed_note).is_not(None)
    left = (col(MemberRow.left_at) < since) & (func.length(col(MemberRow.sealed_name)) > 0)
    ended = or_(col(ShareLinkRow.expires_on) < now.date(), col(ShareLinkRow.withdrawn_at).is_not(None))
    return {
        "labels": [(ParticipantRow, has_label, {"sealed_label": None})],
        "notes": [
            (TickedStepRow, step_note, {"sealed_note": None}),
            (CredentialRow, note_old & has_note, {"sealed_revocation_note": None}),
        ],
        "names": [
            (MemberRow, left, {"sealed_name": b""}),
            (ShareLinkRow, ended & col(ShareLinkRow.sealed_name).is_not(None), {"sealed_name": None}),
        ],
    }


def _rules_of_what_was_begun(since: datetime) -> dict[str, list[_Rule]]:
    """Return the rules of what is of no use any more to whom nothing happened since then, and of what ended before."""
    quiet = _quiet(since)
    holds_its_badge = (
        select(col(CredentialRow.id))
        .join(BadgeVersionRow, col(BadgeVersionRow.id) == col(CredentialRow.badge_version_id))
        .where(
            col(CredentialRow.participant_id) == col(TickedStepRow.participant_id),
            col(BadgeVersionRow.slug) == col(TickedStepRow.badge),
            col(CredentialRow.revoked_at).is_(None),
        )
    )
    showed_something = select(col(ShareLinkRow.id)).where(
        col(ShareLinkRow.participant_id) == col(ReflectionRow.participant_id), col(ShareLinkRow.created_at) >= since
    )
    old_words = col(ReflectionRow.participant_id).in_(quiet) & (col(ReflectionRow.written_at) < since)
    ended = or_(col(ShareLinkRow.expires_on) < since.date(), col(ShareLinkRow.withdrawn_at) < since)
    its_link = col(ConsentRow.share_link_id).in_(select(col(ShareLinkRow.id)).where(ended))
    return {
        "steps": [(TickedStepRow, col(TickedStepRow.participant_id).in_(quiet) & ~holds_its_badge.exists(), None)],
        "stays": [(GroupParticipantRow, col(GroupParticipantRow.left_at) < since, None)],
        "own_words": [(ReflectionRow, old_words & ~showed_something.exists(), None)],
        "consents": [(ConsentRow, its_link, None)],
        "profiles": [(HolderProfileRow, col(HolderProfileRow.changed_at) < since, None)],
    }


def _rules_of_messages(since: datetime) -> dict[str, list[_Rule]]:
    """Return the rule of messages to webhooks that were done before: they go with their attempts."""
    done = col(WebhookDeliveryRow.settled_at) < since
    its_attempts = col(WebhookAttemptRow.delivery_id).in_(select(col(WebhookDeliveryRow.id)).where(done))
    return {"attempts": [(WebhookAttemptRow, its_attempts, None)], "messages": [(WebhookDeliveryRow, done, None)]}


def _rules_of_programs(now: datetime) -> dict[str, list[_Rule]]:
    """Return the rules of what programs were let in by: tokens first, then what they rested on, then who nobody ever let in."""
    since = now - _OF_PROGRAMS
    still_holds = select(col(OAuthTokenRow.id)).where(
        col(OAuthTokenRow.grant_id) == col(OAuthGrantRow.id),
        col(OAuthTokenRow.ended_at).is_(None),
        col(OAuthTokenRow.expires_at) >= since,
    )
    over = or_(
        col(OAuthGrantRow.ended_at) < since, (col(OAuthGrantRow.code_expires_at) < since) & ~still_holds.exists()
    )
    of_what_is_over = col(OAuthTokenRow.grant_id).in_(select(col(OAuthGrantRow.id)).where(over))
    long_expired = or_(
        col(OAuthTokenRow.expires_at) < since,
        (col(OAuthTokenRow.kind) == "access") & (col(OAuthTokenRow.expires_at) < now - _OF_ACCESS_TOKENS),
    )
    let_in = select(col(OAuthGrantRow.id)).where(col(OAuthGrantRow.client_row_id) == col(OAuthClientRow.id))
    brought = select(col(BroughtCredentialRow.id)).where(col(BroughtCredentialRow.brought_by_id) == OAuthClientRow.id)
    not_lately = or_(
        col(OAuthClientRow.last_used_at).is_(None), col(OAuthClientRow.last_used_at) < now - _OF_USED_PROGRAMS
    )
    unused = not_lately & (col(OAuthClientRow.registered_at) < since) & ~brought.exists()
    return {
        "tokens": [(OAuthTokenRow, or_(of_what_is_over, long_expired), None)],
        "grants": [(OAuthGrantRow, over, None)],
        "programs": [(OAuthClientRow, unused & ~let_in.exists(), None)],
    }


def _quiet(since: datetime) -> Select[uuid.UUID]:
    """Return the query for those to whom nothing happened since then."""
    return select(col(ParticipantRow.id)).where(col(ParticipantRow.last_event_at) < since)


def _months_before(now: datetime, months: int) -> datetime:
    return now - timedelta(days=months * _DAYS_OF_A_MONTH)
