"""Text forms of bytes, tried out completely where they are short: every byte, every pair of characters."""

from __future__ import annotations

import base64
import itertools

import base58
import pytest

from okbadges.credentials.multibase import (
    decode_base58,
    decode_base64url,
    decode_multibase_base58,
    decode_multibase_base64url,
    encode_base58,
    encode_base64url,
)
from okbadges.errors import CredentialError

DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def code_of(text: str) -> str:
    """Return the code that base64url is refused with, or nothing."""
    try:
        decode_base64url(text, max_characters=10)
    except CredentialError as error:
        return error.code
    return ""


def test_every_byte_and_every_pair_of_bytes_in_base58() -> None:
    """Each byte, alone, after a zero and before each of some others, is written as another library writes it, and read again."""
    for value in range(256):
        for data in (
            bytes([value]),
            bytes([0, value]),
            bytes([value, 0]),
            bytes([value, 255, value, 120]),
            bytes([0, 0, value, 49]),
        ):
            text = encode_base58(data)
            assert text == base58.b58encode(data).decode()
            assert decode_base58(text, max_characters=10) == data


def test_every_pair_of_digits_is_the_only_spelling_of_its_bytes() -> None:
    """All 3 364 texts of two digits, and with more before them, come back as they were."""
    for first, second in itertools.product(DIGITS, repeat=2):
        for text in (
            first + second,
            "1" + first + second,
            "zz" + first + second,
            first + second + "1234567890ABCDE".replace("0", "z"),
        ):
            assert encode_base58(decode_base58(text, max_characters=20)) == text


def test_long_numbers_go_through_every_step() -> None:
    """Around each multiple of the ten digits that are read at a time, texts and bytes match the other library."""
    for length in range(60):
        for digit in "12z":
            text = digit * length
            assert decode_base58(text, max_characters=60) == base58.b58decode(text)
            assert encode_base58(decode_base58(text, max_characters=60)) == text


def test_characters_that_base58_leaves_out_are_refused() -> None:
    """Zero, capital O, capital I and small l look like others; nothing outside ASCII is a digit either."""
    for character in "0OIl+/-_ \n\x00é\uff11":
        for text in (character, "1" + character, character + "1"):
            with pytest.raises(CredentialError) as refused:
                decode_base58(text, max_characters=10)
            assert refused.value.code == "malformed-base58"


def test_every_pair_and_triple_of_base64url() -> None:
    """Of all texts of two characters exactly those without left-over bits are read; of those of three, every seventh is tried."""
    for length, step in ((2, 1), (3, 7)):
        for characters in itertools.islice(itertools.product(LETTERS, repeat=length), 0, None, step):
            text = "".join(characters)
            data = base64.urlsafe_b64decode(text + "=" * (-length % 4))
            only = base64.urlsafe_b64encode(data).decode().rstrip("=") == text
            assert code_of(text) == ("" if only else "malformed-base64url"), text
            assert encode_base64url(data) == base64.urlsafe_b64encode(data).decode().rstrip("=")


@pytest.mark.parametrize(
    "text", ["A", "AAAAA", "AA==", "AA=", "A A", "AA\n", "+AAA", "/AAA", "ÄAAA", "AAAB=", "=", " "]
)
def test_what_is_no_base64url_is_refused(text: str) -> None:
    """A length that no bytes have, padding, white space and the other alphabet."""
    assert code_of(text) == "malformed-base64url"


def test_the_letter_before_says_which_alphabet() -> None:
    """Multibase without its letter, or with another's, is refused, and the letter does not count as one of the characters."""
    assert decode_multibase_base58("z11", max_characters=2) == b"\0\0"
    assert decode_multibase_base64url("uAAAA", max_characters=4) == b"\0\0\0"
    for decode in (decode_multibase_base58, decode_multibase_base64url):
        for text in ("", "11", "Z11", "U11", "m11", "f11"):
            with pytest.raises(CredentialError) as refused:
                decode(text, max_characters=10)
            assert refused.value.code == "malformed-multibase"


def test_the_limit_counts_characters() -> None:
    """As many as are allowed are read, one more is refused, whatever it is."""
    for decode, code in ((decode_base58, "malformed-base58"), (decode_base64url, "malformed-base64url")):
        assert decode("AA" * 3, max_characters=6)
        with pytest.raises(CredentialError) as refused:
            decode("AA" * 3, max_characters=5)
        assert refused.value.code == code
