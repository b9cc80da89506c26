"""The two forms of an ecdsa-sd-2023 ``proofValue``, as bytes: Multibase base64url of a tag and CBOR.

Data Integrity ECDSA Cryptosuites 1.0, sections 3.5.2, 3.5.3, 3.5.7 and 3.5.8. Every value has one spelling here: definite lengths,
shortest heads, no tags inside, no member more or less, every byte string of its one length; only the label map may be in any order,
as others may write it. Whatever else comes is ``malformed-proof``; a base proof where a derived one is needed is
``base-proof-not-verifiable``.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NoReturn

import cbor2

from okbadges.credentials.multibase import decode_multibase_base64url, encode_multibase_base64url
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST_TEXT: Final = 256 * 1024
"""How many characters a proofValue may have: as many as a document."""

MOST_SIGNATURES: Final = 2_000
"""How many statements may be signed one by one; such a proofValue, with all else that it holds, is not too long."""

SIGNATURE_BYTES: Final = 64
KEY_BYTES: Final = 35
"""A P-256 public key: the two bytes of its multicodec prefix and the compressed point."""
HMAC_BYTES: Final = 32

_BASE: Final = b"\xd9\x5d\x00"
_DERIVED: Final = b"\xd9\x5d\x01"
_PARTS: Final = 5


@dataclass(frozen=True, slots=True)
class BaseProofValue:
    """What the issuer hands to the holder, who keeps it: with the HMAC key everybody could tell which nodes are the same."""

    base_signature: bytes
    public_key: bytes
    """The key of this one proof, which signed the statements that are not mandatory: multicodec prefix and point."""
    hmac_key: bytes
    signatures: tuple[bytes, ...]
    """One for each statement that is not mandatory, in their order."""
    mandatory_pointers: tuple[str, ...]

    def text(self) -> str:
        """Return it as ``proofValue``."""
        pointers, signatures = list(self.mandatory_pointers), list(self.signatures)
        return _text(_BASE, [self.base_signature, self.public_key, self.hmac_key, signatures, pointers])


@dataclass(frozen=True, slots=True)
class DerivedProofValue:
    """What the holder hands to a verifier."""

    base_signature: bytes
    public_key: bytes
    signatures: tuple[bytes, ...]
    labels: Mapping[int, bytes]
    """By the number of a canonical label (3 for ``c14n3``): the HMAC that stood for it when the statements were signed."""
    mandatory_indexes: tuple[int, ...]
    """Which of the disclosed statements, in their order, are mandatory; ascending."""

    def text(self) -> str:
        """Return it as ``proofValue``."""
        signatures, indexes = list(self.signatures), list(self.mandatory_indexes)
        return _text(_DERIVED, [self.base_signature, self.public_key, signatures, dict(self.labels), indexes])


def read_base(text: str) -> BaseProofValue:
    """Read the ``proofValue`` of a base proof; raise "malformed-proof"."""
    data = _decoded(text)
    if not data.startswith(_BASE):
        _refuse("is not that of a base proof")
    signature, key, hmac_key, signatures, pointers = _parts(data)
    if type(pointers) is not list or any(type(pointer) is not str for pointer in pointers):
        _refuse("has mandatory pointers that are not texts")
    return BaseProofValue(
        _bytes(signature, SIGNATURE_BYTES),
        _bytes(key, KEY_BYTES),
        _bytes(hmac_key, HMAC_BYTES),
        _signatures(signatures),
        tuple(pointers),
    )


def read_derived(text: str) -> DerivedProofValue:
    """Read the ``proofValue`` of a derived proof; raise "base-proof-not-verifiable" for a base proof, or "malformed-proof"."""
    data = _decoded(text)
    if data.startswith(_BASE):
        raise CredentialError(
            "base-proof-not-verifiable",
            "This is the issuer's base proof, which is for the holder alone; ask the holder for a credential derived from it.",
            where="/proof/proofValue",
        )
    if not data.startswith(_DERIVED):
        _refuse("is neither a base proof nor a derived one")
    signature, key, signatures, labels, indexes = _parts(data)
    return DerivedProofValue(
        _bytes(signature, SIGNATURE_BYTES),
        _bytes(key, KEY_BYTES),
        _signatures(signatures),
        _labels(labels),
        _indexes(indexes),
    )


class _NoTags(dict[int, "Callable[..., NoReturn]"]):
    """What `cbor2` asks for the meaning of a tag, before it would make regular expressions, dates and the like of it."""

    def __missing__(self, _tag: int) -> Callable[..., NoReturn]:
        return _refuse_tag


def _refuse_tag(*_arguments: object) -> NoReturn:
    raise ValueError("a tag inside")


def _text(tag: bytes, parts: list[Any]) -> str:
    return encode_multibase_base64url(tag + cbor2.dumps(parts))


def _refuse(what: str) -> NoReturn:
    raise CredentialError("malformed-proof", f"the proofValue {what}", where="/proof/proofValue")


def _decoded(text: str) -> bytes:
    try:
        return decode_multibase_base64url(text, max_characters=LONGEST_TEXT)
    except CredentialError as error:
        _refuse(f"cannot be read: {error.detail}")


def _parts(data: bytes) -> list[Any]:
    """Return the five parts after the tag; their kinds are for the caller to look at."""
    encoded = data[len(_BASE) :]
    try:
        parts = cbor2.loads(encoded, semantic_decoders=_NoTags())
        # Written again it must be the same bytes: nothing behind it, no open lengths, no key twice, nothing longer than it need be.
        spelled_otherwise = cbor2.dumps(parts) != encoded
    except (cbor2.CBORError, ValueError, TypeError, OverflowError):
        _refuse("is not the CBOR that it should be")
    if spelled_otherwise or type(parts) is not list or len(parts) != _PARTS:
        _refuse("is not an array of five parts in CBOR's shortest form")
    return parts


def _bytes(value: object, length: int) -> bytes:
    if type(value) is not bytes or len(value) != length:
        _refuse(f"has something other than {length} bytes where {length} bytes should be")
    return value


def _signatures(value: object) -> tuple[bytes, ...]:
    if type(value) is not list or len(value) > MOST_SIGNATURES:
        _refuse("has no array of signatures, or one too long")
    return tuple(_bytes(signature, SIGNATURE_BYTES) for signature in value)


def _labels(value: object) -> Mapping[int, bytes]:
    """Read the label map: two nodes of the document must not be given out for one that was signed."""
    if type(value) is not dict or any(type(number) is not int or number < 0 for number in value):
        _refuse("has no map from numbers to labels")
    labels = {number: _bytes(label, HMAC_BYTES) for number, label in value.items()}
    if len(set(labels.values())) != len(labels):
        _refuse("gives two nodes the same label")
    return MappingProxyType(labels)


def _indexes(value: object) -> tuple[int, ...]:
    if type(value) is not list or any(type(index) is not int or index < 0 for index in value):
        _refuse("has no array of indexes")
    if any(after <= before for before, after in pairwise(value)):
        _refuse("has indexes that do not ascend")
    return tuple(value)
