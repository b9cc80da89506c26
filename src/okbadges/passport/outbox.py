"""The outbox: letters that wait are sent after whatever asked for them was answered, a few times if need be, and then given up.

Here, and not while somebody waits for an answer, it is looked up whether an address is that of a passport: who asks for a link sees no
difference, and measures none. The log tells codes and counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import delete, exists, update
from sqlmodel import col, select

from okbadges.integrations.mail import NotSent
from okbadges.passport.letters import SUBJECT, Kind, Letter, enqueue, opened
from okbadges.passport.mail import CODE_LASTS, LINK_LASTS, tell
from okbadges.storage.sealing import token_hash
from okbadges.storage.tables import CardRow, OutgoingMailRow, PassportMailRow

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from okbadges.integrations.mail import Post
    from okbadges.passport.letters import Wording
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer

TRY_AGAIN_AFTER = (timedelta(minutes=1), timedelta(minutes=3), timedelta(minutes=6))
"""After these pauses a letter is tried again; then it is given up, for what it says is soon of no use."""
_AT_ONCE = 20


@dataclass(slots=True)
class Sent:
    """What one run did, in numbers of letters."""

    sent: int = 0
    put_off: int = 0
    given_up: int = 0

    def in_words(self) -> str:
        """Return it as a sentence for the log; nothing, where there was nothing to do."""
        if not (self.sent or self.put_off or self.given_up):
            return ""
        return f"letters: sent {self.sent}, put off {self.put_off}, given up {self.given_up}"


@dataclass(frozen=True, slots=True)
class Outbox:
    """Sends what waits, through ``post``, in the ``wording`` of the pages."""

    writer: Writer
    secrets: Secrets
    post: Post
    wording: Wording
    base_url: str
    stamp: Callable[[], Stamp]

    def send_what_waits(self) -> Sent:
        """Send the letters whose time has come, oldest first; where the mail server does not answer the others wait for the next run."""
        done = Sent()
        self._forget_unconfirmed()
        for row, letter in self._due():
            if letter.kind is Kind.ASKED:
                self._make_links(row, letter)
        for row, letter in self._due():
            if letter.kind is not Kind.ASKED and not self._send(row, letter, done):
                break
        return done

    def _due(self) -> list[tuple[OutgoingMailRow, Letter]]:
        due = select(OutgoingMailRow).where(OutgoingMailRow.next_try_at <= self.stamp().now)
        with self.writer.database.read() as session:
            rows = session.exec(due.order_by(col(OutgoingMailRow.id)).limit(_AT_ONCE)).all()
        return [(row, opened(self.secrets, row)) for row in rows]

    def _send(self, row: OutgoingMailRow, letter: Letter, done: Sent) -> bool:
        """Send one letter and forget it, or put it off; tell whether the mail server answered."""
        try:
            self.post.send(letter.to, SUBJECT, self.wording(letter), letter_id=row.id.hex, now=self.stamp().now)
        except NotSent as refused:
            self._put_off(row, refused, done)
            return refused.for_good
        self._delete(row)
        done.sent += 1
        return True

    def _put_off(self, row: OutgoingMailRow, refused: NotSent, done: Sent) -> None:
        is_last = refused.for_good or row.tries >= len(TRY_AGAIN_AFTER)
        structlog.get_logger().warning("mail-given-up" if is_last else "mail-put-off", code=refused.code)
        if is_last:
            done.given_up += 1
            self._delete(row)
            return
        done.put_off += 1
        again = self.stamp().now + TRY_AGAIN_AFTER[row.tries]
        later = update(OutgoingMailRow).where(col(OutgoingMailRow.id) == row.id)
        self.writer.write(lambda connection: connection.execute(later.values(tries=row.tries + 1, next_try_at=again)))

    def _delete(self, row: OutgoingMailRow) -> None:
        its = delete(OutgoingMailRow).where(col(OutgoingMailRow.id) == row.id)
        self.writer.write(lambda connection: connection.execute(its))

    def _make_links(self, row: OutgoingMailRow, asked: Letter) -> None:
        """Make a link for every passport that has this address, which ends the one before; then what was asked is done."""
        theirs = (col(PassportMailRow.address_hash) == self.secrets.mail_hash(asked.to)) & _opens()
        with self.writer.database.read() as session:
            found = session.exec(select(PassportMailRow.passport_id, PassportMailRow.language).where(theirs)).all()
        for passport_id, language in found:
            self._make_link(passport_id, replace(asked, kind=Kind.LINK, language=language))
        self._delete(row)

    def _make_link(self, passport_id: uuid.UUID, letter: Letter) -> None:
        stamp = self.stamp()
        letter_id = stamp.row_id()
        token = self.secrets.link_token("mail-link", letter_id.hex)
        letter = replace(letter, says=f"{self.base_url}/p/mail/{token}?lang={letter.language}")
        its = update(PassportMailRow).where(
            col(PassportMailRow.passport_id) == passport_id,
            col(PassportMailRow.address_hash) == self.secrets.mail_hash(letter.to),
            _opens(),
        )

        def change(connection: Connection) -> None:
            made = its.values(link_hash=token_hash(token), link_until=stamp.now + LINK_LASTS)
            # taken away since it was looked up: then nobody is written to
            if connection.execute(made).rowcount:
                _forget_letters(connection, passport_id)
                enqueue(connection, stamp, self.secrets, letter, row_id=letter_id, passport_id=passport_id)
                tell(connection, stamp, "mail-link.made", passport_id)

        self.writer.write(change)

    def _forget_unconfirmed(self) -> None:
        """Delete addresses whose code was not typed in time: they never were those of a passport, and leave no event."""
        late = self._late(self.stamp().now)
        with self.writer.database.read() as session:
            is_any = session.exec(select(PassportMailRow.id).where(late).limit(1)).first() is not None
        if is_any:
            self.writer.write(lambda connection: connection.execute(delete(PassportMailRow).where(late)))

    @staticmethod
    def _late(now: datetime) -> ColumnElement[bool]:
        return col(PassportMailRow.confirmed_at).is_(None) & (col(PassportMailRow.added_at) <= now - CODE_LASTS)


def _opens() -> ColumnElement[bool]:
    """Return which addresses a link can be sent to: confirmed ones, of passports that a card opens."""
    card = exists().where(col(CardRow.passport_id) == col(PassportMailRow.passport_id), col(CardRow.ended_at).is_(None))
    return col(PassportMailRow.confirmed_at).is_not(None) & card


def _forget_letters(connection: Connection, passport_id: uuid.UUID) -> None:
    """Delete a link that still waits to be sent: the new one has ended it."""
    connection.execute(delete(OutgoingMailRow).where(col(OutgoingMailRow.passport_id) == passport_id))
