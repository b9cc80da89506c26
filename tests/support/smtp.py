"""A mail server as a test writes it: real SMTP on this machine, right in everything unless the test says otherwise."""

from __future__ import annotations

import base64
import ssl
import threading
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import TYPE_CHECKING, cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlmodel import select

from okbadges.integrations.mail import MailServer, Post, Tls
from okbadges.pages.letters import wording
from okbadges.passport.mail import add_mail, ask_for_link, confirm_mail
from okbadges.passport.outbox import Outbox
from okbadges.storage.tables import OutgoingMailRow, PassportMailRow
from support.passport import holder_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path

    from okbadges.passport.cards import Card
    from okbadges.passport.outbox import Sent
    from support.world import World

SENDER = "osaamispassi@badges.example"
_BAD_SEQUENCE = "503 not now"


@dataclass(frozen=True, slots=True)
class Received:
    """One letter as the server got it: from whom and to whom the envelope says, and the bytes."""

    sender: str
    to: str
    content: bytes

    @property
    def letter(self) -> EmailMessage:
        """Return the letter, read by another reader than what wrote it."""
        return message_from_bytes(self.content, policy=default)

    @property
    def text(self) -> str:
        """Return what it says."""
        return cast("str", self.letter.get_content())


class ScriptedMailServer:
    """What a mail server takes. Its attributes are what a test changes."""

    def __init__(self, certificate: ssl.SSLContext | None = None) -> None:
        """Be right in everything, without TLS unless there is a ``certificate``."""
        self.port = 0
        self.certificate = certificate
        self.from_the_start = False
        self.offers_starttls = certificate is not None
        self.refuses: dict[str, str] = {}
        """What is answered instead, by command."""
        self.sign_in: tuple[str, str] | None = None
        self.letters: list[Received] = []
        self.was_encrypted: list[bool] = []

    def answer_to(self, command: str, usual: str) -> str:
        """Return what is answered to a command."""
        return self.refuses.get(command, usual)

    def post(self, tls: Tls = Tls.NONE, *, trust: ssl.SSLContext | None = None) -> Post:
        """Return the product's way to this server."""
        return Post(MailServer("localhost", self.port, tls, SENDER, self.sign_in), trust=trust, seconds=5)

    def newest(self) -> Received:
        """Return the letter that came last."""
        return self.letters[-1]


@contextmanager
def running_mail_server(certificate: ssl.SSLContext | None = None) -> Iterator[ScriptedMailServer]:
    """Serve on a free port until the test is over."""
    script = ScriptedMailServer(certificate)

    class Handler(_Handler):
        scripted = script

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        script.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield script
        server.shutdown()
        thread.join()


class _Handler(StreamRequestHandler):
    """One connection."""

    scripted: ScriptedMailServer
    timeout = 20

    def handle(self) -> None:
        """Answer one command after the other."""
        script, self.is_encrypted, self.signed_in = self.scripted, False, False
        try:
            if script.from_the_start:
                self._encrypt()
            self._say(script.answer_to("CONNECT", "220 here"))
            while line := self.rfile.readline():
                command, _, rest = line.decode("ascii").strip().partition(" ")
                if not self._answer(command.upper(), rest):
                    return
        except (OSError, ssl.SSLError):
            return

    def _answer(self, command: str, rest: str) -> bool:
        script = self.scripted
        match command:
            case "EHLO":
                offers = ["STARTTLS"] if script.offers_starttls and not self.is_encrypted else []
                offers += ["AUTH PLAIN"] if script.sign_in else []
                self._say(*(f"250-{one}" for one in ["hello", *offers]), "250 8BITMIME")
            case "STARTTLS":
                self._say("220 go on")
                self._encrypt()
            case "AUTH":
                given = base64.b64decode(rest.partition(" ")[2]).decode().split("\0")[1:]
                self.signed_in = tuple(given) == script.sign_in
                self._say("235 welcome" if self.signed_in else "535 who?")
            case "MAIL":
                self.sender = rest
                self._say(script.answer_to(command, "250 ok" if self.signed_in or not script.sign_in else "530 who?"))
            case "RCPT":
                self.to = rest.partition("<")[2].partition(">")[0]
                self._say(script.answer_to(command, "250 ok"))
            case "DATA":
                self._say("354 go on")
                self._take(script)
            case "QUIT":
                self._say("221 bye")
                return False
            case _:
                self._say(_BAD_SEQUENCE if command != "RSET" else "250 ok")
        return True

    def _take(self, script: ScriptedMailServer) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        answer = script.answer_to("DATA", "250 taken")
        if answer.startswith("250"):
            script.letters.append(Received(self.sender, self.to, b"".join(lines)))
            script.was_encrypted.append(self.is_encrypted)
        self._say(answer)

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())
        self.wfile.flush()

    def _encrypt(self) -> None:
        assert self.scripted.certificate is not None
        self.request = self.connection = self.scripted.certificate.wrap_socket(self.request, server_side=True)
        self.rfile = self.connection.makefile("rb", -1)
        self.wfile = self.connection.makefile("wb", 0)
        self.is_encrypted = True

    def finish(self) -> None:
        """Close, also what was encrypted."""
        super().finish()
        self.connection.close()


def made_up_certificate(folder: Path, host: str = "localhost") -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Make a certificate that nobody but the test knows; return what serves with it, and what trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    begin = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "mail.pem"
    file.write_bytes(
        made.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    serves = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serves.load_cert_chain(file)
    return serves, ssl.create_default_context(cafile=str(file))


def give_mail(world: World, *, confirmed: Card, waiting: Card) -> dict[str, str]:
    """Give an installation mail that never leaves it, and two passports an address; return the addresses of their pages by name."""
    post = Post(MailServer("localhost", 1, Tls.NONE, SENDER))
    rooms = world.app.state.rooms = replace(world.rooms, post=post)
    for card in (waiting, confirmed):
        add_mail(
            rooms.writer,
            rooms.stamp("holder"),
            rooms.secrets,
            rooms.failures,
            holder_of(world, card),
            f"{card.id.hex}@posti.example",
            language="fi",
        )
    to = f"{confirmed.id.hex}@posti.example"
    with rooms.database.read() as session:
        its = PassportMailRow.address_hash == rooms.secrets.mail_hash(to)
        code = rooms.secrets.mail_code(session.exec(select(PassportMailRow.id).where(its)).one().hex)
    holder = holder_of(world, confirmed)
    confirm_mail(rooms.writer, rooms.stamp("holder"), rooms.secrets, rooms.failures, holder, code)
    ask_for_link(
        rooms.writer, rooms.stamp("guest"), rooms.secrets, rooms.failures, to, language="fi", asked_from="192.0.2.1"
    )
    # nobody listens: the letter waits, and the link that is in it opens
    outbox_of(world).send_what_waits()
    with rooms.database.read() as session:
        theirs = OutgoingMailRow.passport_id == holder.passport_id
        letter = session.exec(select(OutgoingMailRow.id).where(theirs)).one()
    return {"mail_link": f"/p/mail/{rooms.secrets.link_token('mail-link', letter.hex)}"}


def outbox_of(world: World) -> Outbox:
    """Return the outbox of an installation that has mail."""
    rooms = world.rooms
    assert rooms.post is not None
    return Outbox(
        rooms.writer, rooms.secrets, rooms.post, wording(world.app), rooms.base_url, lambda: rooms.stamp("duty")
    )


@dataclass(frozen=True, slots=True)
class Mailing:
    """An installation that has mail, and the server that takes its letters."""

    world: World
    server: ScriptedMailServer

    def deliver(self) -> Sent:
        """Do what the duty does from time to time."""
        return outbox_of(self.world).send_what_waits()

    def code(self) -> str:
        """Return the six digits of the newest letter."""
        return next(word for word in self.server.newest().text.split() if word.isdecimal() and len(word) == 6)

    def link(self) -> str:
        """Return the path of the link in the newest letter."""
        address = next(word for word in self.server.newest().text.split() if "/p/mail/" in word)
        return address.removeprefix(self.world.rooms.base_url)


@contextmanager
def mailing(world: World) -> Iterator[Mailing]:
    """Give an installation a mail server for as long as the test lasts."""
    with running_mail_server() as server:
        world.app.state.rooms = replace(world.rooms, post=server.post())
        yield Mailing(world, server)
