"""A credential inside a picture (Open Badges 3.0, section 5.3): put into PNG and SVG, and taken out of what strangers send.

Baking adds one PNG chunk or one SVG element and changes no other byte. Unbaking reads a file with limits, refuses whatever
two programs could read differently (a second credential, comments between its parts, entities), unpacks nothing and loads
nothing. What comes out is unverified. Badges of Open Badges 2.0 are only taken out, from the places of their own.
"""

from __future__ import annotations

import re
from typing import Final

from okbadges.credentials.baking import png as _png
from okbadges.credentials.baking import svg as _svg
from okbadges.credentials.baking.limits import LARGEST_IMAGE_BYTES, Place, Unbaked
from okbadges.credentials.baking.svg import OPEN_BADGES_SVG
from okbadges.credentials.strict_json import DEFAULT_LIMITS, loads
from okbadges.errors import CredentialError

__all__ = ["LARGEST_IMAGE_BYTES", "OPEN_BADGES_SVG", "Place", "Unbaked", "bake_png", "bake_svg", "take_out", "unbake"]

_COMPACT_JWS = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\Z")
_ADDRESS = re.compile(rb"https?://[!-~]{1,2000}\Z")
_WHITESPACE: Final = b" \t\r\n"


def bake_png(png: bytes, credential: bytes) -> bytes:
    """Return ``png`` with ``credential`` (JSON object or compact JWS, UTF-8) in an ``iTXt`` chunk right after the header.

    Raises "malformed-image", "image-too-large", "already-baked" (a credential is never overwritten) and what the JSON is
    refused for. Every other chunk stays byte for byte.
    """
    _check_credential(credential)
    _check_not_baked(list(_png.png_credentials(png)))
    return _png.with_credential(png, credential)


def bake_svg(svg: bytes, credential: bytes) -> bytes:
    r"""Return ``svg`` with ``credential`` in an ``openbadges:credential`` element right after the opening ``<svg …>``.

    A JWS goes into the attribute ``verify``, JSON into a CDATA section, where ``]]>`` is written ``]]\u003e``. Raises
    "malformed-image", "image-too-large", "already-baked", what `take_out` refuses in an SVG, and what the JSON is refused for.
    """
    is_jws = _check_credential(credential)
    reader = _svg.SvgReader(svg)
    _check_not_baked(reader.credentials)
    return _svg.with_credential(svg, reader, credential, is_jws=is_jws)


def take_out(data: bytes) -> Unbaked:
    """Return what a PNG or SVG holds as its one badge, of 3.0 or of 2.0; unverified, and the kind of badge not yet looked at.

    In the place of 2.0 (``openbadges`` in ``iTXt``, in old pictures ``tEXt``; ``openbadges:assertion``) there may also be the
    http(s) address of the hosted badge. Raises "not-an-image", "image-too-large", "malformed-image", "dtd-forbidden",
    "no-credential", "several-credentials" (of whichever version) and "ambiguous-credential" (there is one, but not in the
    plain form that every program reads the same).
    """
    if data.startswith(_png.PNG_SIGNATURE):
        found = list(_png.png_credentials(data))
    elif data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        found = _svg.SvgReader(data).credentials
    else:
        raise CredentialError("not-an-image", "neither a PNG nor an SVG picture")
    if len(found) > 1:
        raise CredentialError("several-credentials", "the picture holds more than one credential")
    if not found:
        raise CredentialError("no-credential", "the picture holds no Open Badges credential")
    if not _is_credential(found[0]):
        raise CredentialError("no-credential", "what stands in the place of the credential is neither JSON nor a JWS")
    return found[0]


def unbake(data: bytes) -> bytes:
    """Return the credential of Open Badges 3.0 (JSON or compact JWS, unverified) that a PNG or SVG holds.

    Raises like `take_out`; "no-credential" also when the badge in the picture stands in the place of 2.0.
    """
    unbaked = take_out(data)
    if unbaked.place is not Place.OPEN_BADGES_3:
        raise CredentialError("no-credential", "the picture holds a badge of Open Badges 2.0")
    return unbaked.content


def _is_credential(unbaked: Unbaked) -> bool:
    if unbaked.content.lstrip().startswith(b"{") or _COMPACT_JWS.match(unbaked.content):
        return True
    return unbaked.place is Place.OPEN_BADGES_2 and bool(_ADDRESS.match(unbaked.content.strip(_WHITESPACE)))


def _check_credential(credential: bytes) -> bool:
    """Say whether it is a compact JWS; raise unless it is that or a JSON object within the limits."""
    if len(credential) <= DEFAULT_LIMITS.bytes and _COMPACT_JWS.match(credential):
        return True
    if not isinstance(loads(credential), dict):
        raise CredentialError("not-a-credential", "a credential is a JSON object or a compact JWS")
    return False


def _check_not_baked(found: list[Unbaked]) -> None:
    if found:
        raise CredentialError("already-baked", "this picture already holds a credential; bake into the plain picture")
