"""Decentralised identifiers: what their names may look like, and where their documents are.

Methods: ``did:key`` and ``did:jwk`` (the document follows from the name) and ``did:web`` (the document is at one https URL).
Names are read strictly: a second spelling of a place is a second issuer with the same key, so it is refused. What the documents
say is the business of `okbadges.credentials.controllers`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from okbadges.credentials.multibase import encode_base64url
from okbadges.credentials.strict_json import dumps
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from okbadges.credentials.keys import PublicKey

_LONGEST_DID: Final = 2048
_LONGEST_HOST: Final = 253
_DID = re.compile(r"did:([a-z0-9]+):((?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2}|:(?!\Z))+)\Z")
_FRAGMENT = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})+\Z")
_WEB_AUTHORITY = re.compile(r"([a-z0-9.-]+)(?:%3[Aa]([1-9][0-9]{0,4}))?\Z")
_WEB_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")
_WEB_SEGMENT = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9._-]+\Z")
_NUMBER_LABEL = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)\Z")  # a host that ends so is an IPv4 address to a URL parser
_LOOPBACK_HOSTS: Final = frozenset({"localhost", "127.0.0.1"})
_HTTPS_PORT: Final = 443
_FIRST_FREE_PORT: Final = 1024
_LAST_PORT: Final = 65535


@dataclass(frozen=True, slots=True)
class DidUrl:
    """A DID and, where it names one thing inside the document, its fragment (without ``#``)."""

    did: str
    method: str
    identifier: str
    fragment: str | None = None

    @classmethod
    def parse(cls, text: str) -> DidUrl:
        """Read a DID (DID Core, section 3.1) with an optional fragment; raise "did-malformed".

        Paths, queries and parameters are refused: nothing that okbadges reads uses them.
        """
        did, separator, fragment = text.partition("#")
        match = _DID.match(did) if len(text) <= _LONGEST_DID else None
        if match is None or (separator and not _FRAGMENT.match(fragment)):
            raise CredentialError("did-malformed", "not a DID, or a DID URL with more than a fragment")
        return cls(did, match[1], match[2], fragment if separator else None)


def did_key(public_key: PublicKey) -> str:
    """Return the did:key of a public key."""
    return f"did:key:{public_key.multibase()}"


def did_jwk(public_key: PublicKey) -> str:
    """Return the did:jwk of a public key, with the members that make the key and in their order (RFC 7638)."""
    return f"did:jwk:{encode_base64url(dumps({**public_key.jwk()}))}"


def did_web_to_url(did: str, *, loopback_http: bool = False) -> str:
    """Return the one URL where the document of a did:web is; raise "did-malformed" for a name that is not plain.

    Plain is: a lower-case DNS name with a dot (an internationalised one as ``xn--``), ``%3A`` and a port that is 443 or above
    1023, then path segments of letters, digits, ``.``, ``_`` and ``-``. IP addresses are refused. ``localhost`` and
    ``127.0.0.1`` are read only when ``loopback_http`` is set, and then over http.
    """
    name = DidUrl.parse(did)
    if name.method != "web" or name.fragment is not None:
        raise CredentialError("did-malformed", "not a did:web")
    authority, *segments = name.identifier.split(":")
    match = _WEB_AUTHORITY.match(authority)
    if match is None or not all(_WEB_SEGMENT.match(segment) for segment in segments):
        raise CredentialError("did-malformed", "the host, port or path of the did:web is not plainly written")
    host, port = match[1], int(match[2]) if match[2] else None
    loopback = loopback_http and host in _LOOPBACK_HOSTS
    if not loopback:
        _check_public_host(host, port)
    if port is not None and port > _LAST_PORT:
        raise CredentialError("did-malformed", "there is no such port")
    path = "/".join(segments) if segments else ".well-known"
    return f"{'http' if loopback else 'https'}://{host}{f':{port}' if port else ''}/{path}/did.json"


def did_web_from_base(base_url: str, *path: str) -> str:
    """Return the did:web whose document is served at ``base_url`` followed by ``path``; raise "did-malformed".

    ``did_web_from_base("https://host:8443/x", "issuers", "a")`` is ``did:web:host%3A8443:x:issuers:a``. http is accepted for
    ``localhost`` and ``127.0.0.1``.
    """
    try:
        url = urlsplit(base_url)
        host, port = url.hostname or "", url.port
    except ValueError:
        raise CredentialError("did-malformed", "the host or port of the base URL cannot be read") from None
    if url.scheme not in {"http", "https"} or url.username is not None or url.query or url.fragment:
        raise CredentialError("did-malformed", "the base URL is not http(s)://host[:port][/path]")
    default_port = _HTTPS_PORT if url.scheme == "https" else 80
    authority = host if port in {None, default_port} else f"{host}%3A{port}"
    segments = [*(part for part in url.path.split("/") if part), *path]
    did = ":".join(("did:web", authority, *segments))
    if not did_web_to_url(did, loopback_http=url.scheme == "http").startswith(f"{url.scheme}://"):
        raise CredentialError("did-malformed", "http is for the loopback host only; a public issuer needs https")
    return did


def _check_public_host(host: str, port: int | None) -> None:
    labels = host.split(".")
    if (
        len(labels) == 1
        or len(host) > _LONGEST_HOST
        or not all(map(_WEB_LABEL.match, labels))
        or _NUMBER_LABEL.match(labels[-1])
    ):
        raise CredentialError("did-malformed", "the did:web does not name a public host")
    if labels[-1] == "localhost" or (port is not None and port != _HTTPS_PORT and port < _FIRST_FREE_PORT):
        raise CredentialError("did-malformed", "the did:web names a host or port where no document of an issuer is")
