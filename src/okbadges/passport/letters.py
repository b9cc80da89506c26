"""Letters to holders: what one says, and how it waits for its turn. A letter is sealed until it is sent, and then it is gone."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import orjson

from okbadges.storage.sealing import Sealed
from okbadges.storage.tables import OutgoingMailRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable

    from sqlalchemy import Connection

    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets

SUBJECT = "Osaamispassi"
"""The same over every letter: it is seen on a locked phone, and by whoever stands beside."""


class Kind(StrEnum):
    """What a letter is."""

    CODE = "code"
    LINK = "link"
    ASKED = "asked"
    """None yet: somebody asks for a link to an address, which may be that of no passport."""


@dataclass(frozen=True, slots=True)
class Letter:
    """To whom something is told, in which language; ``says`` is the code, or the address of the link."""

    kind: Kind
    to: str
    language: str
    says: str


if TYPE_CHECKING:
    Wording = Callable[[Letter], str]
    """Puts a letter into words."""


def enqueue(
    connection: Connection,
    stamp: Stamp,
    secrets: Secrets,
    letter: Letter,
    *,
    row_id: uuid.UUID,
    passport_id: uuid.UUID | None,
) -> None:
    """Let a letter wait for its turn, inside the change that it belongs to."""
    sealed = secrets.seal(
        orjson.dumps(asdict(letter)), bound_to=_bound_to(row_id), random_bytes=stamp.random_bytes, kind=Sealed.MAIL
    )
    row = OutgoingMailRow(id=row_id, passport_id=passport_id, sealed_letter=sealed, next_try_at=stamp.now)
    add(connection, row)


def opened(secrets: Secrets, row: OutgoingMailRow) -> Letter:
    """Open a letter that waits."""
    plain = orjson.loads(secrets.unseal(row.sealed_letter, bound_to=_bound_to(row.id), kind=Sealed.MAIL))
    return Letter(Kind(plain["kind"]), plain["to"], plain["language"], plain["says"])


def _bound_to(row_id: uuid.UUID) -> str:
    return f"letter:{row_id.hex}"
