"""The installation's secret and what is derived from it."""

from __future__ import annotations

import secrets as randomness

import pytest

from okbadges.errors import ConfigurationError
from okbadges.storage.sealing import Secrets

ONE, OTHER = Secrets(bytes(32)), Secrets(bytes([1]) * 32)


def test_what_is_sealed_opens_with_the_same_secret_and_row_only() -> None:
    """Another secret, another row or one changed byte opens nothing."""
    sealed = ONE.seal(b"private", bound_to="row", random_bytes=randomness.token_bytes)
    assert ONE.unseal(sealed, bound_to="row") == b"private"
    assert b"private" not in sealed
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for secrets, box, row in ((OTHER, sealed, "row"), (ONE, sealed, "other"), (ONE, changed, "row")):
        with pytest.raises(ConfigurationError):
            secrets.unseal(box, bound_to=row)


def test_tokens_are_long_different_and_repeatable() -> None:
    """A link's token has 160 bits, is the same for the same row, and another for another kind, row or secret."""
    token = ONE.link_token("share", "row")
    assert len(token) == 27
    assert token == ONE.link_token("share", "row")
    assert (
        len({token, ONE.link_token("claim", "row"), ONE.link_token("share", "row2"), OTHER.link_token("share", "row")})
        == 4
    )


def test_repeat_hashes_cannot_be_confused() -> None:
    """The parts of an idempotency hash do not run into each other."""
    assert ONE.repeat_hash("ab", "c") != ONE.repeat_hash("a", "bc")


def test_a_secret_of_the_wrong_length_is_refused() -> None:
    """Anything but 32 bytes is refused with the command that makes one."""
    with pytest.raises(ConfigurationError, match="okbadges secret create"):
        Secrets(b"short")
