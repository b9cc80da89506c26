"""Weak keys: each known kind is found, and a sound key is not taken for one."""

from __future__ import annotations

from itertools import count, islice
from math import gcd, prod

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from okbadges.credentials.weak_keys import has_small_order, rsa_weakness

SOUND = rsa.generate_private_key(65537, 2048).public_key().public_numbers().n
HALF = 3 << 1022  # a number of 1024 bits whose square has 2048


def next_odd_without_small_factor(start: int) -> int:
    """Return a number that only the search for close factors can tell from a prime."""
    number = start | 1
    while any(number % divisor == 0 for divisor in range(3, 1000, 2)):
        number += 2
    return number


def test_it_works() -> None:
    """Nothing is known against a new key."""
    assert rsa_weakness(SOUND, 65537) is None
    assert not has_small_order(9)


@pytest.mark.parametrize(
    ("modulus", "word"),
    [
        (SOUND >> 1, "bits"),
        (1 << 8192 | 1, "bits"),
        (SOUND - 1, "small factor"),
        (next_odd_without_small_factor(SOUND >> 9) * 997, "small factor"),
        (next_odd_without_small_factor(HALF) ** 2, "next to each other"),
        (
            next_odd_without_small_factor(HALF) * next_odd_without_small_factor(HALF + 500_000),
            "next to each other",
        ),
    ],
    ids=["short", "long", "even", "divisible", "square", "close"],
)
def test_a_modulus_that_anybody_can_factor(modulus: int, word: str) -> None:
    """Too short or too long, even, with a small prime in it, a square, or of two factors that differ little."""
    weakness = rsa_weakness(modulus, 65537)
    assert weakness is not None
    assert word in weakness


def test_the_fingerprint_of_a_flawed_generator() -> None:
    """A modulus that is a power of 65537 modulo every prime from 11 to 167 is refused; one prime that disagrees acquits it."""
    primes = [n for n in range(11, 168) if all(n % divisor for divisor in range(2, n))]
    product = prod(primes)
    residue = pow(65537, 5, product)
    times = (3 << 2046) // product
    flawed = next(n for n in count(residue + times * product, product) if gcd(n, prod(range(2, 1000))) == 1)
    assert "CVE-2017-15361" in (rsa_weakness(flawed, 65537) or "")
    for prime in (11, 13):
        others = count(flawed + product // prime, product // prime)
        assert any(rsa_weakness(number, 65537) is None for number in islice(others, 1_000))


@pytest.mark.parametrize("bits", [2048, 8192])
def test_the_sizes_at_the_limits_are_read(bits: int) -> None:
    """The shortest and the longest modulus that is allowed."""
    assert rsa_weakness(next_odd_without_small_factor(3 << (bits - 2)), 65537) is None
    assert rsa_weakness(next_odd_without_small_factor(3 << (bits - 2)), 2**32 - 1) is None


@pytest.mark.parametrize("exponent", [1, 3, 65535, 65536, 65538, 2**32 + 1])
def test_an_exponent_that_no_generator_chooses(exponent: int) -> None:
    """Small ones have been broken, even ones are none, and large ones cost the verifier."""
    assert "exponent" in (rsa_weakness(SOUND, exponent) or "")
