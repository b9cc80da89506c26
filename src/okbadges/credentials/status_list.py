"""Bitstring Status List 1.0: the bits, their encoding, the unsigned list credential, the entry that points into it.

StatusList2021, its draft, is read and not written.

The encoding is deterministic, decoding is safe against bombs, and indices come from a keyed permutation: they look random
to whoever does not know the key, so an index says nothing about when or in what order credentials were issued, and none is
given out twice.
"""

from __future__ import annotations

import struct
import zlib
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from okbadges.credentials.multibase import (
    decode_base64url,
    decode_multibase_base64url,
    encode_multibase_base64url,
)
from okbadges.credentials.times import moment_text
from okbadges.credentials.vocabulary import CREDENTIALS_V2
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from okbadges.credentials.strict_json import Json

SMALLEST_SIZE: Final = 131_072  # the specification's minimum: fewer bits would single people out
LARGEST_LIST_BYTES: Final = 4 * 1024 * 1024  # 33 million credentials
LARGEST_VALUE_BITS: Final = 8  # 256 messages; the specification names no limit
_SHORTEST_KEY_BYTES: Final = 16
_LONGEST_KEY_BYTES: Final = 64
_ROUNDS: Final = 8
# RFC 1952 header without name, time or system: the same bits give the same bytes on every machine.
_GZIP_HEADER: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


class StatusBits:
    """One bit per credential, bit 0 being the most significant bit of byte 0; all clear at first."""

    __slots__ = ("_data",)

    def __init__(self, size: int = SMALLEST_SIZE) -> None:
        """Make ``size`` clear bits; raise "status-list-too-short" below the least size, or when not whole bytes."""
        if size < SMALLEST_SIZE or size % 8:
            raise CredentialError(
                "status-list-too-short", f"a status list has at least {SMALLEST_SIZE} bits, in whole bytes"
            )
        self._data = bytearray(size // 8)

    @classmethod
    def from_bytes(cls, data: bytes) -> StatusBits:
        """Take over bits as `to_bytes` gave them; raise "status-list-too-short"."""
        bits = cls(len(data) * 8)
        bits._data[:] = data
        return bits

    @property
    def size(self) -> int:
        """How many bits there are."""
        return len(self._data) * 8

    def get(self, index: int) -> bool:
        """Say whether the bit is set; raise "status-index-out-of-range" (the specification's RANGE_ERROR)."""
        self._check(index)
        return bool(self._data[index >> 3] & (0x80 >> (index & 7)))

    def value(self, index: int, *, size: int = 1) -> int:
        """Return the ``index``-th value of ``size`` bits (at most 8), most significant bit first.

        Raises "status-list-too-short" where values of that size leave fewer places than a list must have, and
        "status-index-out-of-range".
        """
        if not 1 <= size <= LARGEST_VALUE_BITS:
            raise ValueError(f"a status value has 1 to {LARGEST_VALUE_BITS} bits")
        if self.size // size < SMALLEST_SIZE:
            raise CredentialError(
                "status-list-too-short", f"a status list has at least {SMALLEST_SIZE} places of {size} bits"
            )
        first = index * size
        self._check(first)
        self._check(first + size - 1)
        window = int.from_bytes(self._data[first >> 3 : (first >> 3) + 2].ljust(2, b"\0"))
        return window >> (16 - size - (first & 7)) & ((1 << size) - 1)

    def set(self, index: int, *, to: bool = True) -> None:
        """Set or clear the bit; raise "status-index-out-of-range"."""
        self._check(index)
        mask = 0x80 >> (index & 7)
        if to:
            self._data[index >> 3] |= mask
        else:
            self._data[index >> 3] &= ~mask

    def to_bytes(self) -> bytes:
        """Return the bits, eight to a byte."""
        return bytes(self._data)

    def encoded(self) -> str:
        """Return ``encodedList``: ``u`` and base64url of gzip (level 6, no time), always the same for the same bits."""
        deflate = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = deflate.compress(self._data) + deflate.flush()
        trailer = struct.pack("<II", zlib.crc32(self._data), len(self._data))
        return encode_multibase_base64url(_GZIP_HEADER + packed + trailer)

    def _check(self, index: int) -> None:
        if not 0 <= index < self.size:
            raise CredentialError(
                "status-index-out-of-range", f"the list has {self.size} bits, there is no bit {index}"
            )


def decode_list(encoded: str, *, max_bytes: int = LARGEST_LIST_BYTES) -> StatusBits:
    """Read ``encodedList``; never hold more than ``max_bytes`` of it unpacked.

    Raises "malformed-multibase" or "malformed-base64url" (how it is written), "malformed-status-list" (not exactly one whole
    gzip member), "status-list-too-large" and "status-list-too-short" (the specification's STATUS_LIST_LENGTH_ERROR).
    """
    return _unpacked(decode_multibase_base64url(encoded, max_characters=2 * max_bytes), max_bytes)


def decode_list_2021(encoded: str, *, max_bytes: int = LARGEST_LIST_BYTES) -> StatusBits:
    """Read ``encodedList`` of StatusList2021 (Verifiable Credentials Status List v2021, 4.1): gzip in base64, with no prefix.

    That text did not say which alphabet, and issuers use both, with padding and without. All are read, since the list is signed
    and its spelling decides nothing, but never a mixture of them. Raises like `decode_list`.
    """
    text = encoded.removesuffix("=").removesuffix("=")
    padded_wrongly = text != encoded and len(encoded) % 4
    if padded_wrongly or (set("+/") & set(text) and set("-_") & set(text)):
        raise CredentialError("malformed-base64url", "neither base64 nor base64url")
    spelt = text.replace("+", "-").replace("/", "_")
    return _unpacked(decode_base64url(spelt, max_characters=2 * max_bytes), max_bytes)


def _unpacked(packed: bytes, max_bytes: int) -> StatusBits:
    unzip = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        data = unzip.decompress(packed, max_bytes + 1)
    except zlib.error:
        raise CredentialError("malformed-status-list", "the status list is not gzip") from None
    if len(data) > max_bytes:
        raise CredentialError("status-list-too-large", f"the status list unpacks to more than {max_bytes} bytes")
    if not unzip.eof or unzip.unused_data:
        raise CredentialError("malformed-status-list", "the status list is cut off, or something follows it")
    return StatusBits.from_bytes(data)


def status_list_credential(
    *,
    list_url: str,
    issuer: Mapping[str, Json] | str,
    bits: StatusBits,
    valid_from: datetime,
    ttl_ms: int | None = None,
) -> dict[str, Json]:
    """Return the unsigned BitstringStatusListCredential for revocation that is served at ``list_url``.

    ``valid_from`` is aware; ``ttl_ms`` says for how many milliseconds a verifier may use its copy.
    """
    subject: dict[str, Json] = {
        "id": f"{list_url}#list",
        "type": "BitstringStatusList",
        "statusPurpose": "revocation",
        "encodedList": bits.encoded(),
    }
    if ttl_ms is not None:
        subject["ttl"] = ttl_ms
    return {
        "@context": [CREDENTIALS_V2],
        "id": list_url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer if isinstance(issuer, str) else {**issuer},
        "validFrom": moment_text(valid_from),
        "credentialSubject": subject,
    }


def entry(list_url: str, index: int | str) -> dict[str, Json]:
    """Return the BitstringStatusListEntry for one credential; it needs no ``id``, and one would name it."""
    return {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": list_url,
    }


def permuted_index(counter: int, *, key: bytes, size: int = SMALLEST_SIZE) -> int:
    """Return where the ``counter``-th credential stands in a list of ``size`` bits, by a permutation that ``key`` chooses.

    Different counters below ``size`` give different indices. An alternating Feistel network over as many bits as ``size``
    needs; a value at or over ``size`` is sent through again until it falls below (cycle walking). Raises
    "status-index-out-of-range" for a counter that is not below ``size``, and "malformed-key" for a key
    that is not 16 to 64 bytes.
    """
    if not 0 <= counter < size:
        raise CredentialError("status-index-out-of-range", f"a list of {size} bits has no place for number {counter}")
    if not _SHORTEST_KEY_BYTES <= len(key) <= _LONGEST_KEY_BYTES:
        raise CredentialError("malformed-key", f"the key is {_SHORTEST_KEY_BYTES} to {_LONGEST_KEY_BYTES} random bytes")
    width = max((size - 1).bit_length(), 2)
    value = _feistel(counter, key, width)
    while value >= size:
        value = _feistel(value, key, width)
    return value


def _feistel(value: int, key: bytes, width: int) -> int:
    low = width // 2
    left, right = value >> low, value & ((1 << low) - 1)
    left_mask, right_mask = (1 << (width - low)) - 1, (1 << low) - 1
    for number in range(0, _ROUNDS, 2):
        left ^= _round(number, right, key) & left_mask
        right ^= _round(number + 1, left, key) & right_mask
    return left << low | right


def _round(number: int, half: int, key: bytes) -> int:
    return int.from_bytes(blake2b(struct.pack("<BQ", number, half), digest_size=8, key=key).digest())
