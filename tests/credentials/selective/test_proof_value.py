"""The bytes of a proofValue: one spelling, and everything else refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okbadges.credentials.multibase import decode_multibase_base64url, encode_multibase_base64url
from okbadges.credentials.selective.proof_value import (
    LONGEST_TEXT,
    BaseProofValue,
    DerivedProofValue,
    read_base,
    read_derived,
)
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Callable

BASE: Final = b"\xd9\x5d\x00"
DERIVED: Final = b"\xd9\x5d\x01"
SIGNATURE, KEY, SECRET = b"s" * 64, b"k" * 35, b"h" * 32
BASE_PARTS: Final[list[Any]] = [SIGNATURE, KEY, SECRET, [SIGNATURE], ["/issuer"]]
DERIVED_PARTS: Final[list[Any]] = [SIGNATURE, KEY, [SIGNATURE], {0: SECRET, 1: b"i" * 32}, [0, 2]]


def text(tag: bytes, encoded: bytes) -> str:
    """Return a proofValue of these bytes."""
    return encode_multibase_base64url(tag + encoded)


def refusal(read: Callable[[str], object], value: str) -> str:
    """Return the code of the refusal."""
    with pytest.raises(CredentialError) as caught:
        read(value)
    assert caught.value.where == "/proof/proofValue"
    return caught.value.code


def test_it_works() -> None:
    """Both forms are read as they were written."""
    base = BaseProofValue(SIGNATURE, KEY, SECRET, (SIGNATURE,), ("/issuer",))
    assert read_base(base.text()) == base
    derived = DerivedProofValue(SIGNATURE, KEY, (SIGNATURE,), {1: SECRET, 0: b"i" * 32}, (0, 2))
    read = read_derived(derived.text())
    assert (dict(read.labels), read.mandatory_indexes) == ({0: b"i" * 32, 1: SECRET}, (0, 2))
    assert read.text() == derived.text()


def test_labels_in_any_order_are_read_and_keep_it() -> None:
    """Other makers may have another order of a map than ours: what is written again is what was read."""
    other = text(DERIVED, cbor2.dumps(parts(3, {1: SECRET, 0: b"i" * 32})))
    assert dict(read_derived(other).labels) == {0: b"i" * 32, 1: SECRET}
    assert read_derived(other).text() == other


def test_a_base_proof_is_no_derived_one() -> None:
    """The issuer's proof is refused with a word of its own; the other way round it is just another form."""
    assert refusal(read_derived, text(BASE, cbor2.dumps(BASE_PARTS))) == "base-proof-not-verifiable"
    assert refusal(read_base, text(DERIVED, cbor2.dumps(DERIVED_PARTS))) == "malformed-proof"


def parts(place: int, value: Any, of: list[Any] = DERIVED_PARTS) -> list[Any]:
    """Return the parts with another value in one place."""
    return [*of[:place], value, *of[place + 1 :]]


@pytest.mark.parametrize(
    "changed",
    [
        parts(0, b"s" * 63),
        parts(0, "s" * 64),
        parts(1, b"k" * 34),
        parts(1, None),
        parts(2, {}),
        parts(2, SIGNATURE),
        parts(2, [b"s" * 65]),
        parts(2, [SIGNATURE] * 2001),
        parts(2, [[SIGNATURE]]),
        parts(3, []),
        parts(3, {"0": SECRET}),
        parts(3, {"c14n0": SECRET}),
        parts(3, {0: b"h" * 31}),
        parts(3, {-1: SECRET}),
        parts(3, {0: SECRET, 1: SECRET}),
        parts(3, {True: SECRET}),
        parts(4, {}),
        parts(4, [-1, 2]),
        parts(4, [1, 1]),
        parts(4, [2, 1]),
        parts(4, [0, True]),
        parts(4, [0.0]),
        parts(4, ["0"]),
        DERIVED_PARTS[:4],
        [*DERIVED_PARTS, 0],
        {0: DERIVED_PARTS},
        0,
    ],
    ids=lambda changed: str(changed)[-40:],
)
def test_another_shape_is_refused(changed: Any) -> None:
    """Each part has its one kind and length; two nodes never share a label; indexes ascend."""
    assert refusal(read_derived, text(DERIVED, cbor2.dumps(changed))) == "malformed-proof"


@pytest.mark.parametrize(
    "changed", [parts(2, b"h", BASE_PARTS), parts(4, "/issuer", BASE_PARTS), parts(4, [0], BASE_PARTS)]
)
def test_another_shape_of_a_base_proof_is_refused(changed: Any) -> None:
    """A base proof is read as strictly."""
    assert refusal(read_base, text(BASE, cbor2.dumps(changed))) == "malformed-proof"


ENCODED: Final = cbor2.dumps(DERIVED_PARTS)


@pytest.mark.parametrize(
    "encoded",
    [
        ENCODED + b"\0",
        ENCODED[:-1],
        b"",
        b"\x9f" + ENCODED[1:] + b"\xff",
        b"\x98\x05" + ENCODED[1:],
        ENCODED.replace(b"\x82\x00\x02", b"\x82\x00\x18\x02"),
        ENCODED.replace(b"\x82\x00\x02", b"\x9f\x00\x02\xff"),
        ENCODED.replace(b"\x82\x00\x02", b"\x82\x00\xc2\x41\x02"),
        ENCODED.replace(b"\xa2\x00", b"\xa2\x01"),
        ENCODED.replace(b"\xa2\x00", b"\xa2\x20"),
        b"\xd8\x1c" + ENCODED,
        ENCODED.replace(b"\x81\x58\x40", b"\x81\xd8\x1c\x58\x40"),
        b"\x81" * 10_000,
        b"\x9b\x00\xff\xff\xff\xff\xff\xff\xff",
        b"\x85\x5b\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"\x85\x7a\x00\x00\x00\x02\xff\xff",
        b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff",
    ],
    ids=lambda encoded: encoded[:12].hex(),
)
def test_another_spelling_is_refused(encoded: bytes) -> None:
    """Nothing follows, lengths are definite and short, no tag stands inside, no length is believed before it is there."""
    assert refusal(read_derived, text(DERIVED, encoded)) == "malformed-proof"


def test_no_tag_is_given_a_meaning(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tag that stands for a regular expression is refused before anything is compiled, which could take seconds."""
    compiled = []
    monkeypatch.setattr(re, "compile", lambda *arguments: compiled.append(arguments))
    tagged = cbor2.dumps(parts(4, cbor2.CBORTag(35, "(a?)b")))
    assert refusal(read_derived, text(DERIVED, tagged)) == "malformed-proof"
    assert compiled == []
    cbor2.loads(tagged)
    assert compiled == [("(a?)b",)]


@pytest.mark.parametrize("tag", [b"", b"\xd9\x5d", b"\xd9\x5d\x02", b"\xd9\x5d\x03", b"\x5d\x01"])
def test_another_tag_is_refused(tag: bytes) -> None:
    """What is neither form of this suite is not guessed at."""
    assert refusal(read_derived, text(tag, ENCODED)) == "malformed-proof"
    assert refusal(read_base, text(tag, cbor2.dumps(BASE_PARTS))) == "malformed-proof"
    assert refusal(read_base, text(DERIVED, cbor2.dumps(BASE_PARTS))) == "malformed-proof"


@pytest.mark.parametrize(
    "value", ["", "u", "z" + text(DERIVED, ENCODED)[1:], text(DERIVED, ENCODED) + "=", "u" + "A" * LONGEST_TEXT + "A"]
)
def test_another_multibase_is_refused(value: str) -> None:
    """The bytes stand in base64url without padding, and there are not too many of them."""
    assert refusal(read_derived, value) == "malformed-proof"


def read_or_refused(read: Callable[[str], Any], value: str) -> Any:
    """Return what was read, or the code of the refusal; no other error comes out."""
    try:
        return read(value)
    except CredentialError as error:
        return error.code


@given(st.integers(0, len(ENCODED) + 2), st.integers(1, 255))
def test_no_byte_can_be_changed_unnoticed(place: int, change: int) -> None:
    """Whatever byte is changed, the value is refused or reads as another one."""
    original = text(DERIVED, ENCODED)
    data = bytearray(decode_multibase_base64url(original, max_characters=LONGEST_TEXT))
    data[place] ^= change
    outcome = read_or_refused(read_derived, encode_multibase_base64url(bytes(data)))
    assert outcome != read_derived(original)
    assert isinstance(outcome, DerivedProofValue) or outcome in {"malformed-proof", "base-proof-not-verifiable"}


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """No input raises anything else than a refusal, with or without the tags of the two forms before it."""
    for tag in (b"", BASE, DERIVED):
        for read in (read_base, read_derived):
            assert read_or_refused(read, text(tag, data)) is not None
