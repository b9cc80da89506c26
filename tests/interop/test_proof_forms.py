"""Proofs in other forms than a badge of okbadges has: other implementations accept those too, and refuse them when changed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from okbadges.credentials.data_integrity import sign
from okbadges.credentials.signers import Ed25519Signer
from okbadges.credentials.vocabulary import ED25519_2020_V1
from support.small_badge import SMALL_BADGE

if TYPE_CHECKING:
    from pathlib import Path

    from support.verifier import IndependentVerifiers

pytestmark = pytest.mark.node

SIGNER = Ed25519Signer(bytes(range(32)))
KEY = SIGNER.public_key.multibase()
METHOD = f"did:key:{KEY}#{KEY}"
CREATED = datetime(2026, 3, 1, tzinfo=UTC)
CREDENTIAL: dict[str, Any] = {**SMALL_BADGE, "issuer": {**SMALL_BADGE["issuer"], "id": f"did:key:{KEY}"}}


def test_a_set_of_proofs_is_accepted(node_verifier: IndependentVerifiers, tmp_path: Path) -> None:
    """Two proofs beside each other hold, and neither does when a word is changed; these verifiers know no chains."""
    first = sign(CREDENTIAL, signer=SIGNER, verification_method=METHOD, proof_id="urn:uuid:1")
    both = sign(first, signer=SIGNER, verification_method=METHOD, created=CREATED, another=True)
    files = [tmp_path / "good.json", tmp_path / "changed.json"]
    files[0].write_text(json.dumps(both))
    files[1].write_text(json.dumps({**both, "name": "Something else"}))
    assert [opinion.accepted for opinion in node_verifier.ask(files)] == [True, False]


def test_ed25519_signature_2020_is_accepted(node_verifier: IndependentVerifiers, tmp_path: Path) -> None:
    """Of the verifiers one knows the older suite: it accepts ours, and not when a word is changed."""
    document = {**CREDENTIAL, "@context": [*CREDENTIAL["@context"], ED25519_2020_V1]}
    signed = sign(document, signer=SIGNER, verification_method=METHOD, suite="Ed25519Signature2020", created=CREATED)
    files = [tmp_path / "good.json", tmp_path / "changed.json"]
    files[0].write_text(json.dumps(signed))
    files[1].write_text(json.dumps({**signed, "name": "Something else"}))
    good, changed = node_verifier.ask(files)
    assert "@digitalcredentials/verifier-core" in good.passed, good
    assert "@digitalcredentials/verifier-core" in changed.failed, changed
