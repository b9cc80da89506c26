"""What an instructor orders: which badge, awarded where and when, to whom, in which language; checked before anything is made."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import orjson

from okbadges.errors import InvalidInput
from okbadges.progress.observation import EARLIEST_AWARD, check_observation

if TYPE_CHECKING:
    import uuid

    from okbadges.catalogue.texts import Language
    from okbadges.progress.observation import Observation

LATEST_END = date(2100, 1, 1)
_LEAP_DAY = (2, 29)


class Purpose(StrEnum):
    """Whom a share link is for; it decides what is shown beside the credential."""

    STUDY_PLAN = "study-plan"
    WORKPLACE = "workplace"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Share:
    """A share link to be made together with the credential.

    ``agreed`` is that the participant said so to whoever orders it, now: that they take the badge and want this link, and of one for a study
    plan that a school may decide on it. It is recorded as theirs.
    """

    purpose: Purpose
    expires_on: date
    agreed: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """One credential to be issued. ``participant`` None means somebody new, who gets a random id and nothing else.

    ``criteria_met`` is the instructor's explicit word that every criterion is met, for when not every step was ticked.
    """

    badge: str
    organisation: str
    workshop: str
    participant: uuid.UUID | None
    language: Language
    awarded_on: date
    valid_until: date | None = None
    award_language: str | None = None
    share: Share | None = None
    observation: Observation | None = None
    criteria_met: bool = False

    def request_hash(self) -> bytes:
        """Return the SHA-256 of the order: the same order, the same hash, however it was written."""
        said = _members(self)
        for name, inner in (("share", self.share), ("observation", self.observation)):
            said[name] = _members(inner) if inner else None
        return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).digest()


def _members(of: Order | Share | Observation) -> dict[str, Any]:
    return {name: getattr(of, name) for name in of.__slots__}


def check_dates(order: Order, *, today: date) -> None:
    """Refuse an order whose days make no sense on ``today`` (UTC); the error names the field."""
    if order.awarded_on > today:
        raise InvalidInput(
            "awarded-in-future",
            f"awarded_on is {order.awarded_on}, later than today ({today}, UTC). Issue it on or after that day.",
            field="awarded_on",
        )
    if order.awarded_on < EARLIEST_AWARD:
        raise InvalidInput("awarded-too-early", f"awarded_on must be {EARLIEST_AWARD} or later.", field="awarded_on")
    if order.valid_until is not None and not max(order.awarded_on, today) <= order.valid_until <= LATEST_END:
        raise InvalidInput(
            "valid-until",
            f"valid_until must be between today ({today}) and {LATEST_END}; leave it out for a badge that does not end.",
            field="valid_until",
        )
    if order.share is not None:
        _check_share(order.share, today)
    if order.observation is not None:
        check_observation(order.observation, order.awarded_on)


def latest_share_day(today: date) -> date:
    """Return the last day that a share link made ``today`` may have, whoever makes it: the same date a year on, or the one before where there is none.

    >>> str(latest_share_day(date(2026, 11, 22))), str(latest_share_day(date(2028, 2, 29)))
    ('2027-11-22', '2029-02-28')
    """
    day = today if (today.month, today.day) != _LEAP_DAY else today - timedelta(days=1)
    return day.replace(year=today.year + 1)


def check_agreed(order: Order) -> None:
    """Refuse an order that takes the badge and shows it in the participant's name without their word."""
    if order.share is not None and not order.share.agreed:
        raise InvalidInput(
            "share-not-agreed",
            "The participant has not agreed to take the badge and to be shown by this link. Ask them; when they say yes, send "
            "share.agreed=true (share_agreed in a spreadsheet). Or leave share out: they make the link in their passport.",
            field="share.agreed",
        )


def _check_share(share: Share, today: date) -> None:
    latest = latest_share_day(today)
    if not today <= share.expires_on <= latest:
        raise InvalidInput(
            "share-expiry",
            f"share.expires_on must be between today ({today}) and {latest}: a share link lasts a year at the most.",
            field="share.expires_on",
        )
