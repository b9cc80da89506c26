"""The match check: six digits that an open passport shows for a few minutes, typed by whoever was shown a link.

They answer one question, "is this the person whose badges these are?", to somebody who sees the person. Nothing is stored but how
often a link was answered wrongly, so that the digits cannot be tried out. The code of the card is never shown to anybody.
Whoever was answered "yes" carries a proof of it along for an hour, to the decision that may rest on it; nothing of that is stored either.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, select

from okbadges.errors import InvalidInput, NotFound
from okbadges.organisations.failures import Tries
from okbadges.storage.sealing import token_hash
from okbadges.storage.tables import ParticipantRow, ShareLinkRow

if TYPE_CHECKING:
    from sqlmodel import Session

    from okbadges.organisations.failures import Failures
    from okbadges.passport.holder import Holder
    from okbadges.storage.sealing import Secrets

WINDOW = timedelta(minutes=3)
PROOF_LASTS = timedelta(minutes=60)
"""How long a right answer can be carried to a decision: a talk, and the form."""
TRIES = Tries("match-code", 10)
"""Digits for one link, right or wrong: a million possibilities, of which two hold at any moment."""
_UNTIL = re.compile(r"[0-9]{1,12}", re.ASCII)
_DIGITS = re.compile(r"[0-9]{6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class MatchCode:
    """Six digits, and until when they are shown; they are taken for one window more, as reading and typing takes a while."""

    digits: str
    shown_until: datetime


def match_code(secrets: Secrets, holder: Holder, *, now: datetime) -> MatchCode:
    """Return the digits that a passport shows now."""
    window = _window(now)
    until = datetime.fromtimestamp((window + 1) * WINDOW.total_seconds(), UTC)
    return MatchCode(secrets.match_code(holder.passport_id.hex, window), until)


def read_digits(text: str) -> str:
    """Return six digits as somebody typed them. Raises `InvalidInput` (``match-form``)."""
    digits = "".join(text.split())
    if _DIGITS.fullmatch(digits) is None:
        raise InvalidInput("match-form", "Type the six digits that the passport shows.", field="digits")
    return digits


def matches(
    session: Session, secrets: Secrets, failures: Failures, token: str, digits: str, *, now: datetime
) -> bool | None:
    """Tell whether the digits are those of the passport that made this link; None where no passport is behind it.

    Each try counts before it is looked at. Raises `TooManyRequests`, `NotFound` (``unknown-share-link``), `Unavailable`.
    """
    found = session.exec(
        select(ShareLinkRow.id, ParticipantRow.passport_id)
        .join(ParticipantRow, col(ParticipantRow.id) == ShareLinkRow.participant_id)
        .where(ShareLinkRow.token_hash == token_hash(token))
    ).one_or_none()
    if found is None:
        raise NotFound("unknown-share-link", "There is no such link. Check that the whole address was copied.")
    link_id, passport_id = found
    if passport_id is None:
        return None
    failures.count_try(TRIES, link_id.hex)
    window = _window(now)
    right = [secrets.match_code(passport_id.hex, one) for one in (window, window - 1)]
    return any(hmac.compare_digest(digits, one) for one in right)


def prove_match(secrets: Secrets, token: str, *, now: datetime) -> str:
    """Return the proof that the digits were right on this link a moment ago: its last second, and an HMAC."""
    until = int((now + PROOF_LASTS).timestamp())
    return f"{until}.{secrets.match_proof(token, until)}"


def is_proven(secrets: Secrets, token: str, proof: str, *, now: datetime) -> bool:
    """Tell whether a proof is ours, of this link, and not too old."""
    until, _, _ = proof.partition(".")
    if _UNTIL.fullmatch(until) is None or int(until) < now.timestamp():
        return False
    right = f"{until}.{secrets.match_proof(token, int(until))}"
    return hmac.compare_digest(proof.encode(), right.encode())


def _window(now: datetime) -> int:
    return int(now.timestamp() // WINDOW.total_seconds())
