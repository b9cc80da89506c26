"""Cards: a piece of paper that opens a passport, by a QR code or by a code that can be read aloud. No name is on it, and none behind it.

A lost card is replaced, never copied: the instructor meets the person and issues a new one; the old one ends in the same change,
and with it the PIN and every visit that was open. The credentials stay as they are. Out of a joined passport a participant is taken in
the same way, by a card to a passport of their own; the card of the others stays.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import update
from sqlmodel import col, select

from okbadges.errors import Conflict, InvalidInput
from okbadges.organisations.groups import require_running, unknown_participant
from okbadges.organisations.participants import touch
from okbadges.organisations.stays import is_present
from okbadges.organisations.workshops import chain_of
from okbadges.passport.joining import is_joined, new_passport
from okbadges.passport.let_in import forget_ways_in
from okbadges.storage import journal
from okbadges.storage.sealing import SPOKEN, token_hash
from okbadges.storage.tables import CardRow, ParticipantRow, PassportRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.organisations.groups import Group
    from okbadges.organisations.workshops import Organisation
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer

_MISHEARD = str.maketrans("OIL", "011")
_PIECE = 4


@dataclass(frozen=True, slots=True)
class Card:
    """A card as it is printed; shown to whoever issues it, once. ``code`` is in groups of four; ``replaces`` tells that one ended."""

    id: uuid.UUID
    participant_id: uuid.UUID
    address: str
    code: str
    issued_at: datetime
    replaces: bool


@dataclass(frozen=True, slots=True)
class OpenCard:
    """The card with which a passport can be opened now: what an instructor is told of it, and nothing that opens it."""

    issued_at: datetime
    opened_at: datetime | None


def issue_card(
    writer: Writer,
    stamp: Stamp,
    secrets: Secrets,
    *,
    base_url: str,
    organisation: Organisation,
    participant_id: uuid.UUID,
    repeat: str | None = None,
    own_passport: bool = False,
) -> Card:
    """Issue a card to a participant of an organisation, ending the one before; their first one makes their passport.

    ``own_passport`` takes them out of a joined one: then nothing of the others ends. The same ``repeat`` (whoever asks, and their
    Idempotency-Key) is answered with the same card, until its holder has opened it. Raises `NotFound` (``unknown-participant``), and
    `Conflict` (``card-in-use``) for a repeat after that, or after the card was replaced.
    """
    making = _Making(secrets, base_url, repeat, own_passport=own_passport)
    card = writer.write(_change(stamp, making, organisation, participant_id, replace=True))
    if card is None:
        raise Conflict(
            "card-in-use",
            "The card of this Idempotency-Key was opened by its holder or replaced since, and is not shown again. "
            "For another card send a new key; it ends the one before.",
            field="Idempotency-Key",
        )
    return card


def issue_cards(  # noqa: PLR0913 - what cards are made with, for whom, and what becomes of those before
    writer: Writer,
    stamp: Stamp,
    secrets: Secrets,
    *,
    base_url: str,
    group: Group,
    participants: Collection[uuid.UUID],
    replace: bool = False,
    repeat: str | None = None,
    own_passport: bool = False,
) -> list[Card]:
    """Issue a card to each of these who is in the group, in their order; who has one gets another only to ``replace`` it.

    ``own_passport`` is as for `issue_card`, and replaces too. The same ``repeat`` answers those cards again that nobody has opened yet.
    Raises `Conflict`: ``group-ended``, ``group-handed-over``.
    """
    making = _Making(secrets, base_url, repeat, own_passport=own_passport)

    def present(connection: Connection, participant_id: uuid.UUID) -> bool:
        require_running(connection, group)
        return is_present(connection, group.id, participant_id)

    waiting = [
        writer.submit(_change(stamp, making, group.organisation, one, replace=replace or own_passport, only_if=present))
        for one in participants
    ]
    return [card for card in (one.result() for one in waiting) if card is not None]


def open_card(session: Session, participant_id: uuid.UUID) -> OpenCard | None:
    """Return the card that opens a participant's passport now; None for who has none."""
    return open_cards(session, [participant_id]).get(participant_id)


def open_cards(session: Session, participants: Collection[uuid.UUID]) -> dict[uuid.UUID, OpenCard]:
    """Return the cards that open the passports of these participants now; who has none is not among them."""
    return _open_cards(session.connection(), participants)


def is_opened_by_card(connection: Connection, participant_id: uuid.UUID) -> bool:
    """Tell whether a card opens a participant's passport: then nothing else does, no claim link either."""
    return participant_id in _open_cards(connection, [participant_id])


def card_token(secrets: Secrets, card_id: uuid.UUID) -> str:
    """Return what stands in the QR code of a card."""
    return secrets.link_token("card", card_id.hex)


def written(code: str) -> str:
    """Return a code as it is printed and read aloud: in groups of four.

    >>> written("7K3MX9QRT2AB")
    '7K3M-X9QR-T2AB'
    """
    return "-".join(code[start : start + _PIECE] for start in range(0, len(code), _PIECE))


def read_code(text: str) -> str:
    """Return a code as somebody typed it: small letters, spaces, dashes, and O, I and L for 0 and 1 do not matter.

    Raises `InvalidInput` (``code-form``) for what cannot be a code; it is not repeated.

    >>> read_code(" 7k3m x9qr t2ab ")
    '7K3MX9QRT2AB'
    """
    code = "".join(text.split()).replace("-", "").replace("\u2013", "").upper().translate(_MISHEARD)
    if len(code) != 3 * _PIECE or not set(code) <= set(SPOKEN):
        raise InvalidInput(
            "code-form", "The code has 12 letters and digits. Look at your card once more.", field="code"
        )
    return code


@dataclass(frozen=True, slots=True)
class _Making:
    """What a card is made with. One that has a ``repeat`` gets its id from it, and so its token and its code."""

    secrets: Secrets
    base_url: str
    repeat: str | None = None
    own_passport: bool = False


def _change(
    stamp: Stamp,
    making: _Making,
    organisation: Organisation,
    participant_id: uuid.UUID,
    *,
    replace: bool,
    only_if: Callable[[Connection, uuid.UUID], bool] = lambda *_: True,
) -> Callable[[Connection], Card | None]:
    """Return the change that issues one card; its result is None where there is none to be shown."""
    card_id = _card_id(making, organisation, participant_id) or stamp.row_id()

    def change(connection: Connection) -> Card | None:
        if not only_if(connection, participant_id):
            return None
        earlier = connection.execute(select(CardRow).where(CardRow.id == card_id)).one_or_none()
        if earlier is not None:
            return (
                None
                if earlier.ended_at or earlier.opened_at
                else _repeated(connection, making, earlier, participant_id)
            )
        if not replace and _open_cards(connection, [participant_id]):
            return None
        ended = _store(connection, stamp, making, organisation, card_id, participant_id)
        return _card(making, card_id, participant_id, stamp.now, replaces=ended > 0)

    return change


def _store(
    connection: Connection,
    stamp: Stamp,
    making: _Making,
    organisation: Organisation,
    card_id: uuid.UUID,
    participant_id: uuid.UUID,
) -> int:
    """Write a new card, end those before it, and tell the journal; return how many ended."""
    passport_id = _passport_of(connection, organisation, participant_id)
    is_taken_out = making.own_passport and passport_id is not None and is_joined(connection, passport_id)
    if passport_id is None or is_taken_out:
        passport_id = new_passport(connection, stamp, participant_id)
    ended = _end_cards(connection, stamp, passport_id)
    row = CardRow(
        id=card_id,
        passport_id=passport_id,
        token_hash=token_hash(card_token(making.secrets, card_id)),
        code_hash=making.secrets.code_hash(making.secrets.spoken_code(card_id.hex)),
        issued_at=stamp.now,
        issued_by=stamp.actor,
    )
    add(connection, row)
    touch(connection, stamp, participant_id)
    event = journal.Event(
        chain=chain_of(connection, organisation),
        action="card.issued",
        subject=f"participant:{participant_id}",
        details={"card": str(card_id), "ended": ended, **({"own_passport": 1} if is_taken_out else {})},
    )
    journal.append(connection, stamp, event)
    return ended


def _card(
    making: _Making, card_id: uuid.UUID, participant_id: uuid.UUID, issued_at: datetime, *, replaces: bool
) -> Card:
    address = f"{making.base_url}/p/{card_token(making.secrets, card_id)}"
    code = written(making.secrets.spoken_code(card_id.hex))
    return Card(card_id, participant_id, address, code, issued_at, replaces)


def _repeated(connection: Connection, making: _Making, row: Any, participant_id: uuid.UUID) -> Card:  # noqa: ANN401 - a row of columns has no type of its own
    """Return a card as it was answered before."""
    ended_by_it = select(CardRow.id).where(CardRow.passport_id == row.passport_id, CardRow.ended_at == row.issued_at)
    replaces = connection.execute(ended_by_it.limit(1)).first() is not None
    return _card(making, row.id, participant_id, row.issued_at, replaces=replaces)


def _card_id(making: _Making, organisation: Organisation, participant_id: uuid.UUID) -> uuid.UUID | None:
    if making.repeat is None:
        return None
    kind = "card to a passport of one's own" if making.own_passport else "card"
    kept = making.secrets.repeat_hash(kind, organisation.id.hex, participant_id.hex, making.repeat)
    return uuid.UUID(bytes=kept[:16], version=4)


def _open_cards(connection: Connection, participants: Collection[uuid.UUID]) -> dict[uuid.UUID, OpenCard]:
    rows = connection.execute(
        select(ParticipantRow.id, CardRow.issued_at, CardRow.opened_at)
        .join(CardRow, col(CardRow.passport_id) == ParticipantRow.passport_id)
        .where(col(ParticipantRow.id).in_(participants), col(CardRow.ended_at).is_(None))
    )
    return {row.id: OpenCard(row.issued_at, row.opened_at) for row in rows}


def _passport_of(connection: Connection, organisation: Organisation, participant_id: uuid.UUID) -> uuid.UUID | None:
    """Return the participant's passport; None before their first card."""
    found = connection.execute(
        select(ParticipantRow.passport_id).where(
            ParticipantRow.id == participant_id,
            ParticipantRow.organisation_id == organisation.id,
            col(ParticipantRow.stands_for_erased).is_(False),
        )
    ).one_or_none()
    if found is None:
        raise unknown_participant()
    passport_id: uuid.UUID | None = found.passport_id
    return passport_id


def _end_cards(connection: Connection, stamp: Stamp, passport_id: uuid.UUID) -> int:
    """End the cards of a passport, its PIN, its e-mail address and its open visits; return how many cards that were."""
    still = (col(CardRow.passport_id) == passport_id) & col(CardRow.ended_at).is_(None)
    ended = connection.execute(update(CardRow).where(still).values(ended_at=stamp.now)).rowcount
    if ended:
        connection.execute(
            update(PassportRow).where(col(PassportRow.id) == passport_id).values(pin_hash=None, visits_from=stamp.now)
        )
        forget_ways_in(connection, passport_id)
    return ended
