"""Status lists: bits that survive their encoding, lists that are refused, indices that never repeat."""

from __future__ import annotations

import base64
import gzip
import itertools
import json
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okbadges.credentials.multibase import decode_base64url, encode_base64url
from okbadges.credentials.status_list import (
    SMALLEST_SIZE,
    StatusBits,
    decode_list,
    decode_list_2021,
    entry,
    permuted_index,
    status_list_credential,
)
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from pathlib import Path

LIST_URL = "https://badges.example/issuers/ok/status/1"
KEY = bytes(range(32))


def _code_of(encoded: str, **limits: int) -> str:
    with pytest.raises(CredentialError) as refused:
        decode_list(encoded, **limits)
    return refused.value.code


def _encoded(data: bytes) -> str:
    return "u" + encode_base64url(gzip.compress(data, mtime=0))


def test_it_works() -> None:
    """A bit that was set is the one that is found set after encoding and decoding."""
    bits = StatusBits()
    bits.set(94_567)
    again = decode_list(bits.encoded())
    assert again.size == SMALLEST_SIZE
    assert again.get(94_567)
    assert not again.get(94_566)
    assert again.to_bytes() == bits.to_bytes()


def test_bit_0_is_the_most_significant_bit_of_byte_0() -> None:
    """The order of bits is the one of the specification."""
    bits = StatusBits()
    bits.set(0)
    bits.set(15)
    assert bits.to_bytes()[:3] == b"\x80\x01\x00"


@given(st.sets(st.integers(0, SMALLEST_SIZE - 1), max_size=200))
@settings(max_examples=30)
def test_any_set_of_bits_survives(indices: set[int]) -> None:
    """Exactly the bits that were set come back, and clearing them leads back to the empty list."""
    bits = StatusBits()
    for index in indices:
        bits.set(index)
    again = decode_list(bits.encoded())
    assert {index for index in range(SMALLEST_SIZE) if again.get(index)} == indices
    for index in indices:
        again.set(index, to=False)
    assert again.to_bytes() == StatusBits().to_bytes()


def test_the_encoding_is_deterministic_and_standard_gzip() -> None:
    """The same bits give the same text, without the time of day in it, and any gzip reads it."""
    bits = StatusBits()
    bits.set(7)
    packed = decode_base64url(bits.encoded()[1:], max_characters=10_000)
    assert packed[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
    assert gzip.decompress(packed) == bits.to_bytes()
    assert bits.encoded() == StatusBits.from_bytes(bits.to_bytes()).encoded()


def test_the_list_of_the_specification_is_read(shared: Path) -> None:
    """The encodedList printed in Bitstring Status List 1.0 is 131 072 clear bits."""
    path = shared / "standards/data/vectors/w3c-bitstring-status-list/status-list-credential-unsigned.json"
    bits = decode_list(json.loads(path.read_text())["credentialSubject"]["encodedList"])
    assert (bits.size, any(bits.to_bytes())) == (SMALLEST_SIZE, False)


@pytest.mark.parametrize("index", [-1, SMALLEST_SIZE, 10**30])
def test_a_bit_that_is_not_there_is_refused(index: int) -> None:
    """Neither reading nor setting wraps around."""
    bits = StatusBits()
    for use in (bits.get, bits.set):
        with pytest.raises(CredentialError) as refused:
            use(index)
        assert refused.value.code == "status-index-out-of-range"


@pytest.mark.parametrize("size", [0, 8, SMALLEST_SIZE - 8, SMALLEST_SIZE + 1])
def test_a_list_is_long_enough_and_whole_bytes(size: int) -> None:
    """Short lists would single people out; they are neither made nor read."""
    with pytest.raises(CredentialError) as refused:
        StatusBits(size)
    assert refused.value.code == "status-list-too-short"


@pytest.mark.parametrize(
    ("encoded", "code"),
    [
        ("", "malformed-multibase"),
        (StatusBits().encoded()[1:], "malformed-multibase"),
        ("z" + StatusBits().encoded()[1:], "malformed-multibase"),
        (StatusBits().encoded() + "=", "malformed-base64url"),
        ("uAAA+", "malformed-base64url"),
        ("u", "malformed-status-list"),
        ("uAAAA", "malformed-status-list"),
        ("u" + encode_base64url(bytes(SMALLEST_SIZE // 8)), "malformed-status-list"),
        (StatusBits().encoded()[:-8], "malformed-status-list"),
        ("u" + encode_base64url(gzip.compress(bytes(16_384), mtime=0) + b"\0"), "malformed-status-list"),
        ("u" + encode_base64url(gzip.compress(bytes(16_384), mtime=0) * 2), "malformed-status-list"),
        ("u" + encode_base64url(gzip.compress(bytes(16_384), mtime=0)[:-1] + b"\x01"), "malformed-status-list"),
        (_encoded(bytes(16_383)), "status-list-too-short"),
        (_encoded(b""), "status-list-too-short"),
        (_encoded(bytes(4 * 1024 * 1024 + 1)), "status-list-too-large"),
    ],
)
def test_malformed_lists_are_refused(encoded: str, code: str) -> None:
    """Another alphabet, padding, no gzip, cut off, a wrong checksum, a second member, too short, too large."""
    assert _code_of(encoded) == code


def test_a_bomb_is_stopped_while_it_unpacks() -> None:
    """A small text that unpacks to 256 MiB never takes more than its limit in memory."""
    bomb = _encoded(bytes(256 * 1024 * 1024))
    tracemalloc.start()
    try:
        assert _code_of(bomb, max_bytes=1024 * 1024) == "status-list-too-large"
        assert tracemalloc.get_traced_memory()[1] < 8 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_an_overlong_text_is_not_even_decoded() -> None:
    """Incompressible text is bounded too."""
    assert _code_of("u" + "A" * 5_000, max_bytes=2_000) == "malformed-base64url"


def test_the_credential_has_what_the_specification_asks() -> None:
    """Type, purpose and list, the issuer as given, the time in UTC."""
    bits = StatusBits()
    made = status_list_credential(
        list_url=LIST_URL,
        issuer="did:web:badges.example:issuers:ok",
        bits=bits,
        valid_from=datetime(2026, 3, 1, 14, 0, 5, 999, tzinfo=timezone(timedelta(hours=2))),
        ttl_ms=30_000,
    )
    assert made == {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": LIST_URL,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": "did:web:badges.example:issuers:ok",
        "validFrom": "2026-03-01T12:00:05Z",
        "credentialSubject": {
            "id": f"{LIST_URL}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": bits.encoded(),
            "ttl": 30_000,
        },
    }
    plain = status_list_credential(
        list_url=LIST_URL, issuer={"id": "did:example:1"}, bits=bits, valid_from=datetime(2026, 3, 1, tzinfo=UTC)
    )
    assert plain["issuer"] == {"id": "did:example:1"}
    assert "ttl" not in str(plain)


def test_a_time_without_a_zone_makes_no_list() -> None:
    """Nobody's local time is guessed."""
    with pytest.raises(CredentialError) as refused:
        status_list_credential(
            list_url=LIST_URL,
            issuer="did:example:1",
            bits=StatusBits(),
            valid_from=datetime(2026, 3, 1),  # noqa: DTZ001 - that it has no zone is the point
        )
    assert refused.value.code == "malformed-time"


def test_the_index_in_an_entry_is_a_decimal_string() -> None:
    """W3C says string where the Open Badges examples show a number."""
    assert entry(LIST_URL, 94_567) == {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "94567",
        "statusListCredential": LIST_URL,
    }


def test_no_index_is_given_out_twice() -> None:
    """Over the whole list the permutation hits every bit exactly once."""
    indices = [permuted_index(counter, key=KEY) for counter in range(SMALLEST_SIZE)]
    assert sorted(indices) == list(range(SMALLEST_SIZE))
    neighbours = sum(abs(a - b) == 1 for a, b in itertools.pairwise(indices))
    assert neighbours < 20, "neighbouring counters do not stand beside each other"


@given(size=st.integers(1, 700), key=st.binary(min_size=16, max_size=32))
@settings(max_examples=40)
def test_the_permutation_fits_any_size(size: int, key: bytes) -> None:
    """Sizes that are no power of two are walked around, still once each."""
    assert sorted(permuted_index(counter, key=key, size=size) for counter in range(size)) == list(range(size))


def test_the_permutation_follows_its_key() -> None:
    """Another key, another order; the same key, the same order, for ever."""
    first = [permuted_index(counter, key=KEY) for counter in range(5)]
    assert first == [permuted_index(counter, key=KEY) for counter in range(5)]
    assert first != [permuted_index(counter, key=bytes(32)) for counter in range(5)]


@pytest.mark.parametrize("counter", [-1, SMALLEST_SIZE])
def test_a_full_list_gives_no_index(counter: int) -> None:
    """The caller must open a new list; nothing wraps around."""
    with pytest.raises(CredentialError) as refused:
        permuted_index(counter, key=KEY)
    assert refused.value.code == "status-index-out-of-range"


def test_the_permutation_needs_a_real_key() -> None:
    """An empty or short key would let anyone undo it."""
    with pytest.raises(CredentialError) as refused:
        permuted_index(0, key=b"short")
    assert refused.value.code == "malformed-key"


@given(size=st.integers(1, 8), places=st.lists(st.tuples(st.integers(0, 131_071), st.integers(0, 255)), max_size=6))
@settings(max_examples=40)
def test_values_of_several_bits_come_back(size: int, places: list[tuple[int, int]]) -> None:
    """What is written bit by bit, most significant first, is read as one value; what is not written is zero."""
    bits = StatusBits(SMALLEST_SIZE * size)
    values = {index: value % (1 << size) for index, value in places}
    for index, value in values.items():
        for offset in range(size):
            bits.set(index * size + offset, to=bool(value >> (size - 1 - offset) & 1))
    assert {index: bits.value(index, size=size) for index in values} == values
    free = next(index for index in range(10) if index not in values)
    assert bits.value(free, size=size) == 0


def test_the_last_value_of_a_list_is_read_and_none_after_it() -> None:
    """A value must lie in the list whole."""
    bits = StatusBits(SMALLEST_SIZE * 3 + 8)
    places = bits.size // 3
    bits.set(places * 3 - 1)
    assert bits.value(places - 1, size=3) == 1
    for index in (-1, places):
        with pytest.raises(CredentialError) as refused:
            bits.value(index, size=3)
        assert refused.value.code == "status-index-out-of-range"


def test_large_values_need_a_longer_list() -> None:
    """The least number of places is counted in values, not in bits (STATUS_LIST_LENGTH_ERROR)."""
    with pytest.raises(CredentialError) as refused:
        StatusBits().value(0, size=2)
    assert refused.value.code == "status-list-too-short"
    assert StatusBits(SMALLEST_SIZE * 2).value(0, size=2) == 0


@pytest.mark.parametrize("size", [0, 9, -1])
def test_a_value_has_one_to_eight_bits(size: int) -> None:
    """Another size is a mistake of the caller."""
    with pytest.raises(ValueError, match="1 to 8 bits"):
        StatusBits().value(0, size=size)


def test_the_list_of_2021_has_no_prefix_and_either_alphabet() -> None:
    """Both alphabets of base64 give the same bits, padded or not; the Multibase prefix is not one of them."""
    bits = bytearray(SMALLEST_SIZE // 8)
    bits[::7] = b"\x5a" * len(bits[::7])
    packed = gzip.compress(bytes(bits), mtime=0)
    standard, url = base64.b64encode(packed).decode(), base64.urlsafe_b64encode(packed).decode()
    for encoded in (standard, standard.rstrip("="), url, url.rstrip("=")):
        assert decode_list_2021(encoded).to_bytes() == bytes(bits)
    for wrong in ("u" + url.rstrip("="), standard + "=", standard + "====", "+-" + standard[2:], standard + "\n"):
        with pytest.raises(CredentialError):
            decode_list_2021(wrong)


def test_the_list_of_2021_keeps_the_limits() -> None:
    """Too long and too short are refused as for the bitstring list."""
    for data, code in ((bytes(100), "status-list-too-short"), (bytes(SMALLEST_SIZE), "status-list-too-large")):
        with pytest.raises(CredentialError) as refused:
            decode_list_2021(base64.b64encode(gzip.compress(data)).decode(), max_bytes=SMALLEST_SIZE // 8)
        assert refused.value.code == code
