"""Text forms of bytes: every byte string has one text, every other text is refused."""

from __future__ import annotations

import base58
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okbadges.credentials.multibase import (
    decode_base58,
    decode_base64url,
    decode_multibase_base58,
    decode_multibase_base64url,
    encode_base58,
    encode_base64url,
    encode_multibase_base58,
    encode_multibase_base64url,
)
from okbadges.errors import CredentialError


@given(st.binary(max_size=100), st.integers(0, 5))
def test_it_works(data: bytes, zeros: int) -> None:
    """Bytes survive all four forms, leading zeros too, and base58 is that of another library."""
    data = bytes(zeros) + data
    assert encode_base58(data) == base58.b58encode(data).decode()
    assert decode_base58(encode_base58(data), max_characters=200) == data
    assert decode_base64url(encode_base64url(data), max_characters=200) == data
    assert decode_multibase_base58(encode_multibase_base58(data), max_characters=200) == data
    assert decode_multibase_base64url(encode_multibase_base64url(data), max_characters=200) == data


@given(st.text(alphabet="ABCabc019-_=+/ \n", max_size=12))
def test_base64url_that_is_read_is_the_one_spelling(text: str) -> None:
    """What is read encodes to the same text again; everything else is refused."""
    try:
        data = decode_base64url(text, max_characters=100)
    except CredentialError as error:
        assert error.code == "malformed-base64url"  # noqa: PT017 - both ways are right
    else:
        assert encode_base64url(data) == text


@given(st.text(alphabet="12zZ0OIl \n", max_size=12))
def test_base58_that_is_read_is_the_one_spelling(text: str) -> None:
    """What is read encodes to the same text again; everything else is refused."""
    try:
        data = decode_base58(text, max_characters=100)
    except CredentialError as error:
        assert error.code == "malformed-base58"  # noqa: PT017 - both ways are right
    else:
        assert encode_base58(data) == text


def test_the_length_is_bounded() -> None:
    """Base58 takes time by the square of its length, so the caller says how much there may be."""
    for decode, code in ((decode_base58, "malformed-base58"), (decode_base64url, "malformed-base64url")):
        assert decode("1111", max_characters=4)
        with pytest.raises(CredentialError) as refused:
            decode("11111", max_characters=4)
        assert refused.value.code == code
