"""A program registers itself (RFC 7591, as Open Badges 3.0 asks for it): it says what it is, and gets a name and a secret.

Nobody here checks what it says of itself. So all its addresses have one host, by which a holder can know it; and ``contacts``, which may
be people's addresses, are not kept.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

import orjson
from sqlmodel import select

from okbadges.errors import InvalidInput
from okbadges.partners.grants import HolderScope
from okbadges.partners.oauth.clients import PROGRAM_MARK
from okbadges.storage import journal
from okbadges.storage.sealing import token_hash
from okbadges.storage.tables import IssuerRow, OAuthClientRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from okbadges.storage.journal import Stamp
    from okbadges.storage.writer import Writer

GRANT_TYPES = ("authorization_code", "refresh_token")
AUTH_METHOD = "client_secret_basic"
LONGEST_NAME, LONGEST_ADDRESS, MOST_REDIRECTS = 80, 500, 10
_SECRET_MARK = "oks_"  # noqa: S105 - how a secret begins is none
_OURS = ("okbadges", "osaamispassi")
_LONG_ENOUGH = 6
_LED_BACK_WITH = {"code", "state", "iss", "scope", "error", "error_description", "error_uri"}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
# RFC 3986, without what no address of a program needs: user names and fragments are looked for below
_ADDRESS = re.compile(r"https?://[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a program says of itself. ``pages`` are its addresses by the name of their member."""

    name: str
    pages: Mapping[str, str]
    software_id: str
    software_version: str
    redirect_uris: Sequence[str]
    scope: str
    grant_types: Sequence[str] = GRANT_TYPES
    response_types: Sequence[str] = ("code",)
    auth_method: str = AUTH_METHOD


@dataclass(frozen=True, slots=True)
class Registered:
    """A registered program: its name, its secret (the only time that it is seen), and what is kept of what it said."""

    client_id: str
    client_secret: str
    issued_at: int
    kept: Mapping[str, Any]


def register(writer: Writer, stamp: Stamp, wanted: Wanted, *, loopback: bool) -> Registered:
    """Register a program. ``loopback`` lets those in that run on this machine, by http, as developers' do.

    Raises `InvalidInput`: ``invalid-redirect-uri``, ``invalid-client-metadata``.
    """
    _check(wanted, loopback=loopback)
    kept = {
        "client_name": wanted.name,
        **wanted.pages,
        "software_id": wanted.software_id,
        "software_version": wanted.software_version,
        "redirect_uris": list(wanted.redirect_uris),
        "scope": " ".join(dict.fromkeys(wanted.scope.split())),
        "token_endpoint_auth_method": wanted.auth_method,
        "grant_types": list(dict.fromkeys(wanted.grant_types)),
        "response_types": list(dict.fromkeys(wanted.response_types)),
    }
    client_id = PROGRAM_MARK + base64.b32encode(stamp.random_bytes(10)).decode().lower()
    secret = _SECRET_MARK + base64.urlsafe_b64encode(stamp.random_bytes(32)).rstrip(b"=").decode()
    row = OAuthClientRow(
        id=stamp.row_id(),
        client_id=client_id,
        secret_hash=token_hash(secret),
        registration=orjson.dumps(kept).decode(),
        registered_at=stamp.now,
    )

    def change(connection: Connection) -> None:
        _require_own_name(connection, wanted.name)
        add(connection, row)
        event = journal.Event(
            chain=journal.INSTALLATION_CHAIN, action="program.registered", subject=f"oauth-client:{row.id}"
        )
        journal.append(connection, stamp, event)

    writer.write(change)
    return Registered(client_id, secret, int(stamp.now.timestamp()), kept)


def _check(wanted: Wanted, *, loopback: bool) -> None:
    texts = {"client_name": wanted.name, "software_id": wanted.software_id, "software_version": wanted.software_version}
    for member, text in texts.items():
        # what cannot be printed could turn the words around it on the page where a holder decides
        if not 1 <= len(text) <= LONGEST_NAME or not text.isprintable() or text.strip() != text:
            raise _wrong(member, f"{member} has 1 to {LONGEST_NAME} printable characters.")
    hosts = {_host(page, member, loopback=loopback) for member, page in wanted.pages.items()}
    if len(hosts) > 1:
        raise _wrong("client_uri", "All addresses of a program have the same host.")
    _check_redirects(wanted.redirect_uris, hosts, loopback=loopback)
    _check_what_it_may(wanted)


def _require_own_name(connection: Connection, name: str) -> None:
    """Refuse a name that holders would take for ours: the page on which they decide shows it large."""
    ours = [*_OURS, *connection.execute(select(IssuerRow.name)).scalars()]
    if any(_is_in(_folded(one), _folded(name)) for one in ours):
        raise _wrong("client_name", "Holders would take this name for ours; name your program by a name of its own.")


def _is_in(ours: str, name: str) -> bool:
    """Tell whether a name has ours in it; one that is short may stand in many words, and has to be the whole."""
    return ours == name or (len(ours) >= _LONG_ENOUGH and ours in name)


def _folded(name: str) -> str:
    """Return a name as eyes compare it: letters and digits only, in one case and one width."""
    return "".join(one for one in unicodedata.normalize("NFKC", name).casefold() if one.isalnum())


def _check_redirects(redirect_uris: Sequence[str], hosts: set[str], *, loopback: bool) -> None:
    if not 1 <= len(redirect_uris) <= MOST_REDIRECTS or len(set(redirect_uris)) < len(redirect_uris):
        raise _wrong("redirect_uris", f"Name 1 to {MOST_REDIRECTS} addresses to lead back to, each once.")
    for place, uri in enumerate(redirect_uris):
        if _host(uri, f"redirect_uris.{place}", loopback=loopback) not in hosts:
            raise _wrong(f"redirect_uris.{place}", "All addresses of a program have the same host.")
        taken = {name for name, _ in parse_qsl(urlsplit(uri).query, keep_blank_values=True)} & _LED_BACK_WITH
        if taken:
            raise _wrong(f"redirect_uris.{place}", f"We lead back with these: leave out {', '.join(sorted(taken))}.")


def _check_what_it_may(wanted: Wanted) -> None:
    scopes = wanted.scope.split()
    unknown = sorted(set(scopes) - set(HolderScope))
    if unknown or not set(scopes) - {HolderScope.OFFLINE}:
        raise _wrong("scope", f"Name scopes among these, not only the last one: {' '.join(HolderScope)}.")
    if "authorization_code" not in wanted.grant_types or not set(wanted.grant_types) <= set(GRANT_TYPES):
        raise _wrong("grant_types", f"Name authorization_code, and refresh_token if wished: {', '.join(GRANT_TYPES)}.")
    if set(wanted.response_types) != {"code"}:
        raise _wrong("response_types", "The one response type is code.")
    if wanted.auth_method != AUTH_METHOD:
        raise _wrong("token_endpoint_auth_method", f"The one method of registered programs is {AUTH_METHOD}.")


def _host(address: str, member: str, *, loopback: bool) -> str:
    """Return the host of an address that a program may have. Raises `InvalidInput` for any other."""
    parts = _parts(address) if len(address) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(address) else None
    if parts is None or not parts.hostname or "@" in parts.netloc or "#" in address:
        raise _wrong(
            member, f"{member} is an https address of at most {LONGEST_ADDRESS} characters, without user and fragment."
        )
    if parts.scheme != "https" and not (loopback and parts.hostname in _LOOPBACK):
        raise _wrong(member, f"{member} has to begin with https://.")
    return parts.hostname


def _parts(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises for one that is none
    except ValueError:
        return None
    return parts


def _wrong(member: str, detail: str) -> InvalidInput:
    code = "invalid-redirect-uri" if member.startswith("redirect_uris") else "invalid-client-metadata"
    return InvalidInput(code, detail, field=member)
