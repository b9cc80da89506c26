"""The way out for mail: over TLS that is verified, with headers that nobody else can add, and errors that are codes."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from okbadges.errors import ConfigurationError, InvalidInput
from okbadges.integrations.mail import MailServer, NotSent, Post, Tls, read_address, read_mail_server
from support.smtp import SENDER, made_up_certificate, running_mail_server
from support.world import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.smtp import ScriptedMailServer

TO = "sani@posti.example"


@pytest.fixture
def server() -> Iterator[ScriptedMailServer]:
    """Serve without TLS, as a relay on this machine does."""
    with running_mail_server() as running:
        yield running


def send(post: Post, *, to: str = TO, subject: str = "Osaamispassi", text: str = "Hei! Koodisi on 123456\n") -> None:
    """Send one letter."""
    post.send(to, subject, text, letter_id="abc", now=NOW)


def test_it_works(server: ScriptedMailServer) -> None:
    """A plain letter, in whatever letters, from the operator's address to one."""
    send(server.post(), text="Hei!\n\nÄlä anna tätä kenellekään: 🔑\n" + "pitkä " * 300 + "\n.\n..x\n")
    (got,) = server.letters
    assert got.to == TO
    assert (got.letter["From"], got.letter["To"], got.letter["Subject"]) == (SENDER, TO, "Osaamispassi")
    assert got.letter["Auto-Submitted"] == "auto-generated"
    assert got.letter["Message-ID"] == "<abc@badges.example>"
    assert got.letter["Date"].datetime == NOW
    assert got.letter.get_content_type() == "text/plain"
    assert got.text.replace("\r\n", "\n") == "Hei!\n\nÄlä anna tätä kenellekään: 🔑\n" + "pitkä " * 300 + "\n.\n..x\n"
    assert max(len(line) for line in got.content.splitlines()) < 998


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.FROM_THE_START])
def test_it_is_encrypted(tmp_path: Path, tls: Tls) -> None:
    """After STARTTLS, or from the start, with user and password."""
    serves, trust = made_up_certificate(tmp_path)
    with running_mail_server(serves) as server:
        server.from_the_start = tls is Tls.FROM_THE_START
        server.sign_in = ("okbadges", "pass: word%")
        send(server.post(tls, trust=trust))
        assert server.was_encrypted == [True]


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.FROM_THE_START])
@pytest.mark.parametrize("host", ["localhost", "mail.example"])
def test_a_certificate_that_does_not_hold_gets_nothing(tmp_path: Path, tls: Tls, host: str) -> None:
    """One that nobody vouches for, and one that is of another host: neither password nor letter is said."""
    serves, trust = made_up_certificate(tmp_path, host)
    with running_mail_server(serves) as server:
        server.from_the_start = tls is Tls.FROM_THE_START
        server.sign_in = ("okbadges", "password")
        with pytest.raises(NotSent) as refused:
            send(server.post(tls, trust=None if host == "localhost" else trust))
        assert (refused.value.code, refused.value.for_good, server.letters) == ("mail-tls", False, [])


def test_a_server_that_does_not_offer_tls_gets_nothing(server: ScriptedMailServer) -> None:
    """Somebody on the way may have taken the offer out: then nothing is said in the clear."""
    with pytest.raises(NotSent) as refused:
        send(server.post(Tls.STARTTLS))
    assert (refused.value.code, server.letters) == ("mail-not-offered", [])


@pytest.mark.parametrize(
    ("command", "answer", "code", "for_good"),
    [
        ("CONNECT", "554 no", "mail-refused", True),
        ("CONNECT", "421 later", "mail-refused", False),
        ("MAIL", "550 not you", "mail-refused", True),
        ("RCPT", f"550 {TO} is unknown", "mail-refused", True),
        ("RCPT", "451 greylisted", "mail-refused", False),
        ("DATA", "552 too much", "mail-refused", True),
        ("DATA", "452 later", "mail-refused", False),
    ],
)
def test_a_refusal_is_a_code(
    server: ScriptedMailServer, command: str, answer: str, code: str, *, for_good: bool
) -> None:
    """Whether another try would help; nothing of what the server said, for it may repeat the address."""
    server.refuses[command] = answer
    with pytest.raises(NotSent) as refused:
        send(server.post())
    assert (refused.value.code, refused.value.for_good) == (code, for_good)
    assert TO not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_wrong_password_is_a_code(tmp_path: Path) -> None:
    """The operator has to look; the letter waits."""
    serves, trust = made_up_certificate(tmp_path)
    with running_mail_server(serves) as server:
        server.sign_in = ("okbadges", "wrong")
        post = server.post(Tls.STARTTLS, trust=trust)
        server.sign_in = ("okbadges", "right")
        with pytest.raises(NotSent) as refused:
            send(post)
        assert (refused.value.code, refused.value.for_good) == ("mail-sign-in", False)


def test_a_server_that_is_down_or_silent_is_a_code() -> None:
    """Nobody listens, or somebody listens and says nothing: the time limit ends it."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        waiting = Post(MailServer("localhost", port, Tls.NONE, SENDER), seconds=0.2)
        with pytest.raises(NotSent) as refused:
            send(waiting)
        assert refused.value.code == "mail-unreachable"
    with pytest.raises(NotSent) as refused:
        send(waiting)
    assert (refused.value.code, refused.value.for_good) == ("mail-unreachable", False)


@pytest.mark.parametrize(
    "to",
    [
        "sani@posti.example\r\nBcc: all@posti.example",
        "sani@posti.example\nX: y",
        "sani@posti.example>\r\nRCPT TO:<all@posti.example",
        "Sani <sani@posti.example>",
        "sani@posti.example, eino@posti.example",
        "sani\u2028@posti.example",
        '"sani\r\n"@posti.example',
    ],
)
def test_nobody_adds_a_header_or_a_receiver(server: ScriptedMailServer, to: str) -> None:
    """What is no single address is refused before anything is said to the mail server."""
    with pytest.raises(InvalidInput):
        send(server.post(), to=to)
    assert server.letters == []


def test_a_subject_of_two_lines_is_refused(server: ScriptedMailServer) -> None:
    """It is always ours; even so it cannot become a header."""
    with pytest.raises(ValueError, match=r"linefeed|newline"):
        send(server.post(), subject="Osaamispassi\r\nBcc: all@posti.example")
    assert server.letters == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("sani@posti.example", "sani@posti.example"),
        ("  Sani.Esimerkki+passi@Posti.EXAMPLE\n", "sani.esimerkki+passi@posti.example"),
        ("sani@pöytä.fi", "sani@xn--pyt-sla1g.fi"),
        ("o'hara@a-b.example", "o'hara@a-b.example"),
        (f"{'a' * 64}@posti.example", f"{'a' * 64}@posti.example"),
    ],
)
def test_an_address_has_one_form(typed: str, kept: str) -> None:
    """However it is typed, it is found again."""
    assert read_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "sani",
        "@posti.example",
        "sani@",
        "sani@posti",
        "sani@@posti.example",
        "sa ni@posti.example",
        ".sani@posti.example",
        "sani.@posti.example",
        "sa..ni@posti.example",
        "sani@-posti.example",
        "sani@posti..example",
        "sani@posti.example.",
        "sani@127.0.0.1",
        "sani@[127.0.0.1]",
        "sani@posti.example\0",
        "säni@posti.example",
        '"sani"@posti.example',
        f"{'a' * 65}@posti.example",
        f"sani@{'a' * 64}.example",
        f"sani@{'a.' * 130}example",
        "a" * 100_000,
        "@" * 100_000,
        "sani@" + "ä" * 60_000 + ".fi",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    """And not repeated."""
    with pytest.raises(InvalidInput) as refused:
        read_address(typed)
    assert (refused.value.code, refused.value.field) == ("mail-form", "address")


@pytest.mark.parametrize(
    ("url", "host", "port", "tls", "sign_in"),
    [
        ("smtp://mail.example:587", "mail.example", 587, Tls.STARTTLS, None),
        ("smtp://mail.example", "mail.example", 587, Tls.STARTTLS, None),
        ("smtp://localhost:25", "localhost", 25, Tls.NONE, None),
        ("smtp://[::1]:25", "::1", 25, Tls.NONE, None),
        ("smtps://me:a%40b%3Ac@mail.example", "mail.example", 465, Tls.FROM_THE_START, ("me", "a@b:c")),
    ],
)
def test_a_mail_server_is_read(url: str, host: str, port: int, tls: Tls, sign_in: tuple[str, str] | None) -> None:
    """Only on this machine it may be without TLS."""
    assert read_mail_server(url, sign_in=None, sender=SENDER) == MailServer(host, port, tls, SENDER, sign_in)


def test_a_file_wins_over_the_url() -> None:
    """User and password from a file; neither is in what is shown of a server."""
    found = read_mail_server("smtps://you:other@mail.example", sign_in="me:secret:word", sender=SENDER)
    assert found.sign_in == ("me", "secret:word")
    assert "secret" not in repr(found)


@pytest.mark.parametrize(
    ("url", "sign_in", "sender"),
    [
        ("https://mail.example", None, SENDER),
        ("mail.example:587", None, SENDER),
        ("smtp://", None, SENDER),
        ("smtp://me:hidden@mail.example:99999", None, SENDER),
        ("smtp://mail.example/hidden", None, SENDER),
        ("smtps://me@mail.example", None, SENDER),
        ("smtps://mail.example", "hidden", SENDER),
        ("smtps://mail.example", None, "Osaamispassi <a@b.example>"),
    ],
)
def test_what_is_no_mail_server_is_refused(url: str, sign_in: str | None, sender: str) -> None:
    """In a sentence that holds no password."""
    with pytest.raises(ConfigurationError) as refused:
        read_mail_server(url, sign_in=sign_in, sender=sender)
    assert "hidden" not in refused.value.detail
