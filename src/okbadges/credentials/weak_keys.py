"""Keys with which anybody could sign: known kinds of them, told from the public half alone.

Ed25519 points of small order, and RSA moduli that are factored without effort: too small, even, with a small factor, of two
primes next to each other, or from the generator of CVE-2017-15361. What is not found here may still be weak: nobody can tell.
"""

from __future__ import annotations

from math import gcd, isqrt, prod
from typing import Final

SMALLEST_RSA_BITS: Final = 2048
LARGEST_RSA_BITS: Final = 8192  # beyond this a verification costs more than any issuer's key is worth
ED25519_FIELD_PRIME: Final = 2**255 - 19

_SMALLEST_EXPONENT: Final = 65537
_LARGEST_EXPONENT: Final = 2**32 - 1
_FERMAT_ROUNDS: Final = 8  # the keys of CVE-2022-26320 fall in the first; a round costs a few microseconds

# Ed25519 keys of order 1, 2, 4 and 8 "verify" signatures that nobody made; these are their y coordinates.
_ORDER_8_Y: Final = 2707385501144840649318225287225658788936804267575313519463743609750303402022
_SMALL_ORDER_Y: Final = frozenset({0, 1, ED25519_FIELD_PRIME - 1, _ORDER_8_Y, ED25519_FIELD_PRIME - _ORDER_8_Y})

_SMALL_PRIMES: Final = tuple(n for n in range(2, 1000) if all(n % divisor for divisor in range(2, isqrt(n) + 1)))
_SMALL_PRIMES_PRODUCT: Final = prod(_SMALL_PRIMES)
_ROCA_PRIMES: Final = tuple(n for n in _SMALL_PRIMES if 11 <= n <= 167)  # noqa: PLR2004 - those of the published fingerprint


def has_small_order(y: int) -> bool:
    """Say whether an Ed25519 key with this y coordinate has order 1, 2, 4 or 8 (RFC 8032 does not ask; checklist: refuse)."""
    return y in _SMALL_ORDER_Y


def rsa_weakness(modulus: int, exponent: int) -> str | None:
    """Return in words why nobody should believe an RSA key, or None when nothing is known against it."""
    if not SMALLEST_RSA_BITS <= modulus.bit_length() <= LARGEST_RSA_BITS:
        return f"an RSA key must have {SMALLEST_RSA_BITS} to {LARGEST_RSA_BITS} bits"
    if exponent % 2 == 0 or not _SMALLEST_EXPONENT <= exponent <= _LARGEST_EXPONENT:
        return "the RSA exponent is not one that a sound generator chooses"
    if gcd(modulus, _SMALL_PRIMES_PRODUCT) != 1:
        return "the RSA modulus has a small factor"
    if _has_close_factors(modulus):
        return "the RSA modulus is the product of two primes next to each other (CVE-2022-26320)"
    if _has_roca_fingerprint(modulus):
        return "the RSA key comes from a generator with a known flaw (CVE-2017-15361)"
    return None


def _has_close_factors(modulus: int) -> bool:
    """Try the first rounds of Fermat's method, which finds factors that differ little; a square is found as well."""
    middle = isqrt(modulus - 1) + 1
    for candidate in range(middle, middle + _FERMAT_ROUNDS):
        square = candidate * candidate - modulus
        if isqrt(square) ** 2 == square:
            return True
    return False


def _has_roca_fingerprint(modulus: int) -> bool:
    """Say whether the modulus is a power of 65537 modulo each of these primes, which a sound key is not (ROCA, 2017)."""
    for prime in _ROCA_PRIMES:
        residue, powers = 1, set[int]()
        while residue not in powers:
            powers.add(residue)
            residue = residue * 65537 % prime
        if modulus % prime not in powers:
            return False
    return True
