"""Only what was linted can be signed, once, and only what survives safe mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from okbadges.errors import CredentialError, Unavailable
from okbadges.issuing.linting import lint, sign_linted
from okbadges.organisations.issuers import find_issuer

if TYPE_CHECKING:
    from okbadges.keys.keyring import SigningKey
    from support.world import World


def body(world: World) -> dict[str, Any]:
    """Return an unsigned body that is right."""
    credential: dict[str, Any] = world.issue()["credential"]
    del credential["proof"]
    return credential


def key(world: World) -> SigningKey:
    """Return the key of this world's issuer."""
    with world.rooms.database.read() as session:
        return world.rooms.keyring.signing_key(session, find_issuer(session, "ok"))


def test_a_body_is_signed_once(world: World) -> None:
    """What was taken to be signed cannot be signed again."""
    linted = lint(body(world))
    sign_linted(linted, key=key(world))
    with pytest.raises(CredentialError, match="already signed"):
        sign_linted(linted, key=key(world))


def test_a_body_without_criteria_is_not_signed(world: World) -> None:
    """A body that the model refuses never reaches the key."""
    wrong = body(world)
    del wrong["credentialSubject"]["achievement"]["criteria"]
    with pytest.raises(CredentialError) as refused:
        lint(wrong)
    assert refused.value.where.startswith("/credentialSubject/achievement")


def test_a_term_that_would_be_lost_is_not_signed(world: World) -> None:
    """A member that no context defines is refused before signing: nobody could trust that it was signed."""
    wrong = body(world)
    wrong["credentialSubject"]["achievement"]["nickname"] = "x"
    with pytest.raises(CredentialError) as refused:
        sign_linted(lint(wrong), key=key(world))
    assert "nickname" in refused.value.where


def test_a_signature_is_checked_with_the_published_key(world: World) -> None:
    """When the published key is not the signer's, nothing is issued."""
    from dataclasses import replace  # noqa: PLC0415 - only here

    from okbadges.credentials.signers import Ed25519Signer  # noqa: PLC0415 - only here

    wrong = replace(key(world), published_key=Ed25519Signer(bytes(range(1, 33))).public_key)
    with pytest.raises(Unavailable) as refused:
        sign_linted(lint(body(world)), key=wrong)
    assert refused.value.code == "signing-failed"


def test_two_objects_of_one_id_are_not_signed(world: World) -> None:
    """When two objects share an id, RDF takes them for one and a holder could move members between them: refused."""
    wrong = body(world)
    achievement = wrong["credentialSubject"]["achievement"]
    achievement["criteria"]["id"] = achievement["id"]
    with pytest.raises(CredentialError, match="Two objects"):
        lint(wrong)
