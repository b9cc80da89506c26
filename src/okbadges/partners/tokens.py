"""Tokens: what a program shows instead of a key. 256 random bits, kept as a hash, for a short time, and each rests on one thing.

An access token begins with ``okt_``, a refresh token with ``okr_``: neither is ever taken for an access key (``okb_``) or for the other.
What a token opens follows from what it rests on; when that ends, the token opens nothing, whatever its own dates say.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlmodel import col, select

from okbadges.errors import NotAuthenticated
from okbadges.storage.sealing import token_hash
from okbadges.storage.tables import OAuthTokenRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Iterable
    from datetime import datetime, timedelta

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.storage.journal import Stamp

ACCESS_MARK, REFRESH_MARK = "okt_", "okr_"
_BYTES = 32


class TokenKind(StrEnum):
    """What a token is for: to be shown with a request, or to get another one."""

    ACCESS = "access"
    REFRESH = "refresh"


@dataclass(frozen=True, slots=True)
class RestsOn:
    """The one thing that a token rests on, by its row: a holder's grant, an access key, or an offer to a wallet."""

    grant_id: uuid.UUID | None = None
    access_key_id: uuid.UUID | None = None
    offer_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A token that holds by its own dates; whether what it ``rests_on`` still stands is for whoever knows that."""

    id: uuid.UUID
    kind: TokenKind
    scopes: frozenset[str]
    rests_on: RestsOn
    expires_at: datetime


def new_token(kind: TokenKind, random_bytes: Callable[[int], bytes]) -> str:
    """Return a new token: the only time that it is seen."""
    mark = ACCESS_MARK if kind is TokenKind.ACCESS else REFRESH_MARK
    return mark + base64.urlsafe_b64encode(random_bytes(_BYTES)).rstrip(b"=").decode()


def keep_token(
    connection: Connection,
    stamp: Stamp,
    token: str,
    *,
    kind: TokenKind,
    scopes: Iterable[str],
    rests_on: RestsOn,
    lasts: timedelta,
) -> None:
    """Keep a new token inside a change."""
    row = OAuthTokenRow(
        id=stamp.row_id(),
        token_hash=token_hash(token),
        kind=kind,
        scopes=" ".join(sorted(scopes)),
        grant_id=rests_on.grant_id,
        access_key_id=rests_on.access_key_id,
        offer_id=rests_on.offer_id,
        issued_at=stamp.now,
        expires_at=stamp.now + lasts,
    )
    add(connection, row)


def find_token(session: Session, text: str, kind: TokenKind, *, now: datetime) -> Token:
    """Return the token that was shown. Raises `NotAuthenticated`: ``token-unknown`` (also one that was ended), ``token-expired``."""
    row = session.exec(select(OAuthTokenRow).where(col(OAuthTokenRow.token_hash) == token_hash(text))).one_or_none()
    if row is None or row.kind != kind or row.ended_at is not None:
        raise unknown_token()
    if row.expires_at <= now:
        raise NotAuthenticated(
            "token-expired", "This token has expired; get a new one from /oauth/token.", field="Authorization"
        )
    return Token(
        id=row.id,
        kind=TokenKind(row.kind),
        scopes=frozenset(row.scopes.split()),
        rests_on=RestsOn(row.grant_id, row.access_key_id, row.offer_id),
        expires_at=row.expires_at,
    )


def unknown_token() -> NotAuthenticated:
    """Return what is raised for a token that opens nothing here, whatever the reason."""
    return NotAuthenticated(
        "token-unknown", "This token is not known here or was taken back; ask for a new one.", field="Authorization"
    )
