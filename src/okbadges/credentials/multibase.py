"""Text forms of bytes, read strictly: base58btc, base64url without padding, and Multibase's ``z`` and ``u`` before them.

Every byte string has exactly one text here. Whitespace, padding, another alphabet, left-over bits, or more characters than
the caller allows are refused, so that one key or one signature cannot be written in two ways.
"""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from functools import lru_cache

from okbadges.errors import CredentialError

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_NOT_BASE64URL = ("+", "/", "=")
"""What base64 has and base64url without padding has not."""
_PAIRS = [high + low for high in _ALPHABET for low in _ALPHABET]
_TWO_DIGITS = 58**2
_FOUR_DIGITS = 58**4
"""Fits in one digit of Python's own whole numbers, by which it divides in one go."""
_FOREIGN = 255
_VALUES = bytes(_ALPHABET.find(chr(code)) % (_FOREIGN + 1) for code in range(256))
"""The value of each character by its code."""


def encode_base58(data: bytes) -> str:
    """Return ``data`` in base58btc; every leading zero byte becomes one ``1``."""
    number = int.from_bytes(data)
    pairs: list[str] = []
    while number:
        number, step = divmod(number, _FOUR_DIGITS)
        pairs += (_PAIRS[step % _TWO_DIGITS], _PAIRS[step // _TWO_DIGITS])
    pairs.reverse()
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "1" * zeros + "".join(pairs).lstrip("1")


# a proof is read more than once on its way, and keys come again and again
@lru_cache(maxsize=1024)
def decode_base58(text: str, *, max_characters: int) -> bytes:
    """Return the bytes of base58btc ``text``; raise "malformed-base58" for a foreign character or too many of them."""
    if len(text) > max_characters:
        raise CredentialError("malformed-base58", f"more than {max_characters} base58 characters")
    # four at a time; a leading 1 is a zero, and changes no number
    digits = text.rjust(-(-len(text) // 4) * 4, "1").encode("latin-1", "replace").translate(_VALUES)
    if _FOREIGN in digits:
        raise CredentialError("malformed-base58", "a character that base58btc does not have")
    number = 0
    for first, second, third, fourth in zip(*[iter(digits)] * 4, strict=True):
        number = number * _FOUR_DIGITS + ((first * 58 + second) * 58 + third) * 58 + fourth
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8)


def encode_base64url(data: bytes) -> str:
    """Return ``data`` in base64url without padding (RFC 7515, section 2)."""
    spelt = b2a_base64(data, newline=False).rstrip(b"=")
    # replacing is several times faster than translating, of which the library's own function is made
    return spelt.replace(b"+", b"-").replace(b"/", b"_").decode("ascii")


def decode_base64url(text: str, *, max_characters: int) -> bytes:
    """Return the bytes of unpadded base64url ``text``; raise "malformed-base64url" unless it is the one right spelling."""
    if len(text) > max_characters:
        raise CredentialError("malformed-base64url", f"more than {max_characters} base64url characters")
    if any(character in text for character in _NOT_BASE64URL):
        raise CredentialError("malformed-base64url", "not base64url without padding")
    try:
        spelt = text.encode("ascii").replace(b"-", b"+").replace(b"_", b"/")
        data = a2b_base64(spelt + b"=" * (-len(text) % 4), strict_mode=True)
    except ValueError:
        raise CredentialError("malformed-base64url", "not base64url without padding") from None
    if len(text) % 4 and encode_base64url(data[-(len(data) % 3) :]) != text[-(len(text) % 4) :]:
        raise CredentialError("malformed-base64url", "the last base64url character holds bits that belong to no byte")
    return data


def encode_multibase_base58(data: bytes) -> str:
    """Return ``data`` as Multibase base58btc: ``z`` and the digits."""
    return "z" + encode_base58(data)


def decode_multibase_base58(text: str, *, max_characters: int) -> bytes:
    """Return the bytes of a ``z…`` Multibase text; raise "malformed-multibase" or "malformed-base58"."""
    if not text.startswith("z"):
        raise CredentialError("malformed-multibase", "does not start with z (base58btc)")
    return decode_base58(text[1:], max_characters=max_characters)


def encode_multibase_base64url(data: bytes) -> str:
    """Return ``data`` as Multibase base64url without padding: ``u`` and the digits."""
    return "u" + encode_base64url(data)


def decode_multibase_base64url(text: str, *, max_characters: int) -> bytes:
    """Return the bytes of a ``u…`` Multibase text; raise "malformed-multibase" or "malformed-base64url"."""
    if not text.startswith("u"):
        raise CredentialError("malformed-multibase", "does not start with u (base64url without padding)")
    return decode_base64url(text[1:], max_characters=max_characters)
