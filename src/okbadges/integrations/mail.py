"""The way out for mail: one letter at a time to the operator's mail server, over TLS that is verified, within time limits.

Nothing of a letter is in an error: what went wrong is a code, which may be logged.
"""

from __future__ import annotations

import smtplib
import ssl
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

from okbadges.errors import ConfigurationError, InvalidInput, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

LONGEST_ADDRESS = 254
"""RFC 5321, 4.5.3.1.3: a path of 256 characters holds the address between brackets."""
_LONGEST_LOCAL = 64
_LOCAL = frozenset("abcdefghijklmnopqrstuvwxyz0123456789!#$%&*+-/=?^_{|}~.'`")
_DOMAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-.")
_LONGEST_LABEL = 63
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_SECONDS = 10.0
"""How long any one answer of the mail server may take."""
_FOR_GOOD = 500


class Tls(StrEnum):
    """How a connection to the mail server is protected."""

    FROM_THE_START = "from the start"
    STARTTLS = "after STARTTLS"
    NONE = "not at all"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in, by whom, and the address that it comes from. User and password are never shown."""

    host: str
    port: int
    tls: Tls
    sender: str
    sign_in: tuple[str, str] | None = field(default=None, repr=False)


class NotSent(Unavailable):
    """A letter was not taken; ``for_good`` when another try would not help."""

    title = "The letter was not sent"

    def __init__(self, code: str, *, for_good: bool = False) -> None:
        """Keep whether another try would help."""
        super().__init__(code, "The mail server did not take the letter; look at OKBADGES_SMTP_URL and at its log.")
        self.for_good = for_good


def read_address(text: str) -> str:
    """Return an e-mail address in the one form that is kept: small letters, no space around it, its domain as the DNS has it.

    Raises `InvalidInput` (``mail-form``); what was typed is not repeated.

    >>> read_address(" Sani@Pöytä.FI ")
    'sani@xn--pyt-sla1g.fi'
    """
    typed = text.strip().lower()
    # what is too long is not worked on: bringing a domain into form takes its time
    local, at, domain = typed.rpartition("@") if len(typed) <= LONGEST_ADDRESS else ("", "", "")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        domain = ""
    labels = domain.split(".")
    is_domain = len(labels) > 1 and set(domain) <= _DOMAIN and all(map(_is_label, labels)) and not labels[-1].isdigit()
    is_local = 0 < len(local) <= _LONGEST_LOCAL and set(local) <= _LOCAL and all(local.split("."))
    if not (at and is_local and is_domain and len(local) + 1 + len(domain) <= LONGEST_ADDRESS):
        raise InvalidInput("mail-form", "This is not an e-mail address; write it as name@example.org.", field="address")
    return f"{local}@{domain}"


def read_mail_server(url: str, *, sign_in: str | None, sender: str) -> MailServer:
    """Return the mail server that ``url`` names; ``sign_in`` is ``user:password`` from a file, and wins.

    Raises `ConfigurationError` (``smtp-url``, ``mail-from``), which never repeats the URL.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _unusable() from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise _unusable()
    tls = Tls.FROM_THE_START if parts.scheme == "smtps" else Tls.STARTTLS
    if tls is Tls.STARTTLS and parts.hostname in _LOOPBACK:
        tls = Tls.NONE
    try:
        sender = read_address(sender)
    except InvalidInput:
        raise ConfigurationError("mail-from", "OKBADGES_MAIL_FROM must be an e-mail address.") from None
    usual = 465 if tls is Tls.FROM_THE_START else 587
    return MailServer(parts.hostname, port or usual, tls, sender, _sign_in(parts, sign_in))


def _sign_in(parts: SplitResult, given: str | None) -> tuple[str, str] | None:
    if given is not None:
        user, colon, password = given.partition(":")
    elif parts.username is None:
        return None
    else:
        user, colon, password = unquote(parts.username), ":", unquote(parts.password or "")
    if not (user and colon and password):
        raise ConfigurationError(
            "smtp-sign-in",
            "The mail server needs user and password: write USER:PASSWORD into OKBADGES_SMTP_PASSWORD_FILE.",
        )
    return user, password


def _unusable() -> ConfigurationError:
    return ConfigurationError(
        "smtp-url", "OKBADGES_SMTP_URL must look like smtp://mail.example.org:587 or smtps://mail.example.org:465."
    )


def _is_label(label: str) -> bool:
    return 0 < len(label) <= _LONGEST_LABEL and label.strip("-") == label


class Post:
    """Hands letters to a mail server, each over a connection of its own."""

    def __init__(self, server: MailServer, *, trust: ssl.SSLContext | None = None, seconds: float = _SECONDS) -> None:
        """Use ``server``, whose certificate ``trust`` must know (what this machine trusts, unless a test says otherwise)."""
        self._server = server
        self._trust = trust or ssl.create_default_context()
        self._seconds = seconds

    def send(self, to: str, subject: str, text: str, *, letter_id: str, now: datetime) -> None:
        """Send plain ``text``. Raises `NotSent`; `InvalidInput` (``mail-form``) for an address that is none."""
        letter = self._letter(read_address(to), subject, text, letter_id=letter_id, now=now)
        with _told_by_code(), self._connection() as connection:
            connection.ehlo_or_helo_if_needed()
            if self._server.tls is Tls.STARTTLS:
                connection.starttls(context=self._trust)
            if self._server.sign_in is not None:
                connection.login(*self._server.sign_in)
            connection.send_message(letter)

    def _connection(self) -> smtplib.SMTP:
        server, name = self._server, self._server.sender.partition("@")[2]
        if server.tls is Tls.FROM_THE_START:
            return smtplib.SMTP_SSL(
                server.host, server.port, local_hostname=name, timeout=self._seconds, context=self._trust
            )
        return smtplib.SMTP(server.host, server.port, local_hostname=name, timeout=self._seconds)

    def _letter(self, to: str, subject: str, text: str, *, letter_id: str, now: datetime) -> EmailMessage:
        letter = EmailMessage(policy=SMTP)
        letter["From"] = self._server.sender
        letter["To"] = to
        letter["Subject"] = subject
        letter["Date"] = format_datetime(now)
        letter["Message-ID"] = f"<{letter_id}@{self._server.sender.partition('@')[2]}>"
        # RFC 3834: no holiday note comes back
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(text, cte="quoted-printable")
        return letter


@contextmanager
def _told_by_code() -> Iterator[None]:
    """Turn whatever the way to the mail server raises into `NotSent`, without what a server said: it may repeat the address."""
    try:
        yield
    except ssl.SSLError:
        raise NotSent("mail-tls") from None
    except smtplib.SMTPNotSupportedError:
        raise NotSent("mail-not-offered") from None
    except smtplib.SMTPAuthenticationError:
        raise NotSent("mail-sign-in") from None
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [code for code, _ in refused.recipients.values()]
        raise NotSent("mail-refused", for_good=min(codes) >= _FOR_GOOD) from None
    except smtplib.SMTPResponseException as refused:
        raise NotSent("mail-refused", for_good=refused.smtp_code >= _FOR_GOOD) from None
    except (OSError, smtplib.SMTPException):
        raise NotSent("mail-unreachable") from None
