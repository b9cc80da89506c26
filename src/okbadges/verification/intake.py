"""From received bytes to one credential: JSON, compact JWS, baked PNG or SVG, or one https link that leads to any of them.

Only the outermost layer is opened here and nothing is believed. Whatever cannot be read, or is over a limit, raises
`CredentialError`; a link is followed once, never from inside a file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from okbadges.credentials.strict_json import Limits, loads
from okbadges.credentials.vc_jwt import read_jwt
from okbadges.errors import CredentialError
from okbadges.verification.openbadges2 import take_from_picture
from okbadges.verification.received import Received

if TYPE_CHECKING:
    from okbadges.verification.resolve import Documents

MAX_FILE_BYTES = 8 * 1024 * 1024
"""Images may be this large; the credential inside, and any text, only `MAX_CREDENTIAL_BYTES`."""
MAX_CREDENTIAL_BYTES = 1024 * 1024
MAX_VALUES = 2_000
"""The largest official example holds about three hundred; each value may cost a page of work when it is wrong."""

_PNG = b"\x89PNG\r\n\x1a\n"
_WHITESPACE = b" \t\r\n"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_COMPACT_JWS = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*")
_LINK = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]{1,20}:[!-~]{1,2000}")

_WEB_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*<(?:!doctype +html|html)\b", re.IGNORECASE)


def form_of(received: bytes) -> str:
    """Tell the form by its look: ``png``, ``svg``, ``json``, ``jwt``, ``url`` or ``unknown``; nothing is opened.

    Only pictures may be larger than `MAX_CREDENTIAL_BYTES`; any other file of that size is ``unknown``.
    """
    if received.startswith(_PNG):
        return "png"
    if received.removeprefix(_BYTE_ORDER_MARK)[:1_000].lstrip(_WHITESPACE).startswith(b"<"):
        return "svg"
    if len(received) > MAX_CREDENTIAL_BYTES:
        return "unknown"
    text = received.strip(_WHITESPACE)
    if text.removeprefix(_BYTE_ORDER_MARK).startswith(b"{"):
        return "json"
    if _COMPACT_JWS.fullmatch(text):
        return "jwt"
    return "url" if _LINK.fullmatch(text) else "unknown"


def take_in(received: bytes, documents: Documents) -> Received:
    """Return the credential in ``received``, following it first when it is one link.

    Raises `CredentialError`: ``too-large``, ``not-readable``, ``url-not-allowed`` and the codes of the JSON reader, of unbaking
    and of fetching.
    """
    if form_of(received) != "url":
        return _opened(received, documents)
    return _opened(documents.get(received.strip(_WHITESPACE).decode("ascii")), documents)


def _opened(received: bytes, documents: Documents) -> Received:
    if len(received) > MAX_FILE_BYTES:
        raise CredentialError("too-large", f"The file is larger than {MAX_FILE_BYTES} bytes.")
    if _WEB_PAGE.match(received):
        raise CredentialError(
            "not-readable", "This is a web page: download the badge from it as a file, and send that."
        )
    if form_of(received) in {"png", "svg"}:
        return take_from_picture(received, documents, credential_in)
    return credential_in(received)


def credential_in(text: bytes) -> Received:
    """Return the credential that is the whole of ``text``: JSON or a compact JWS. Raises like `take_in`."""
    if len(text) > MAX_CREDENTIAL_BYTES:
        raise CredentialError("too-large", f"The credential is larger than {MAX_CREDENTIAL_BYTES} bytes.")
    form = form_of(text)
    limits = Limits(bytes=MAX_CREDENTIAL_BYTES, values=MAX_VALUES)
    if form == "jwt":
        jwt = read_jwt(text.strip(_WHITESPACE).decode("ascii"), limits=limits)
        return Received(jwt.unverified_document(), jwt)
    if form != "json":
        raise CredentialError(
            "not-readable", "This is not a credential: neither JSON, nor a JWT, nor an image with one inside."
        )
    document = loads(text, limits=limits)
    if not isinstance(document, dict):
        raise CredentialError("not-readable", "The JSON is not an object.")
    return Received(document)
