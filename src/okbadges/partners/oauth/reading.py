"""What a program sent, as plain values: each parameter once, in characters that OAuth knows, and one secret, shown in one place."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote_plus

from okbadges.errors import MalformedInput, NotAuthenticated

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_PARAMETERS = 40
# RFC 6749, appendix A: printable ASCII; without these two, which no parameter of ours needs, every value can stand in an error too
_VALUE = re.compile(r"[ !#-\[\]-~]{1,2000}")
_KNOWN = (
    "client_id",
    "client_secret",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "grant_type",
    "redirect_uri",
    "refresh_token",
    "response_type",
    "scope",
    "token",
    "token_type_hint",
)


@dataclass(frozen=True, slots=True)
class Shown:
    """As whom a program came, and by which secret: ``in_header`` by HTTP Basic, else in the form."""

    client_id: str
    secret: str
    in_header: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """The parameters of a form, and the header by which a program says who it is."""

    values: Mapping[str, str]
    authorization: str | None = None

    def shown(self) -> Shown:
        """Return as whom the program came.

        Raises `NotAuthenticated` (``invalid-client``) where it shows nothing, and `MalformedInput` (``invalid-request``) for two ways at once.
        """
        client_id, secret = self.values.get("client_id"), self.values.get("client_secret")
        if self.authorization is None:
            if client_id is None or secret is None:
                raise no_client("Show who you are: HTTP Basic with client_id and client_secret.")
            return Shown(client_id, secret, in_header=False)
        shown = _basic(self.authorization)
        if secret is not None or client_id not in (None, shown.client_id):
            raise _refused("Show who you are in one way only: HTTP Basic, or client_id and client_secret in the form.")
        return shown


def read_form(body: bytes, authorization: str | None) -> Sent:
    """Read a form as programs send it. Raises `MalformedInput` (``invalid-request``)."""
    try:
        pairs = parse_qsl(body.decode(), max_num_fields=MOST_PARAMETERS, errors="strict")
    except ValueError:
        raise _refused(f"Send a form in UTF-8 with at most {MOST_PARAMETERS} parameters.") from None
    return Sent(each_once(pairs), authorization)


def each_once(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Return the parameters by name; one without a value was not sent (RFC 6749, 3.1). Raises `MalformedInput` (``invalid-request``)."""
    values: dict[str, str] = {}
    for name, value in pairs:
        if name in values:
            raise _refused(f"Send each parameter once{f': {name} came twice' if name in _KNOWN else ''}.")
        if name in _KNOWN and _VALUE.fullmatch(value) is None:
            raise _refused(f"The parameter {name} has characters that it cannot have, or is too long.")
        values[name] = value
    return values


def no_client(detail: str) -> NotAuthenticated:
    """Return what is raised for a program that does not say who it is in a way that holds, whatever the reason."""
    return NotAuthenticated("invalid-client", detail, field="Authorization")


def _basic(authorization: str) -> Shown:
    """Read HTTP Basic, in which both parts are written as in a form (RFC 6749, 2.3.1)."""
    scheme, _, told = authorization.partition(" ")
    try:
        words = base64.b64decode(told.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        words = ""
    client_id, colon, secret = words.partition(":")
    if scheme.lower() != "basic" or not colon:
        raise no_client("Say who you are by HTTP Basic: client_id and client_secret, with a colon between, in base 64.")
    return Shown(unquote_plus(client_id), unquote_plus(secret), in_header=True)


def _refused(detail: str) -> MalformedInput:
    return MalformedInput("invalid-request", detail)
