"""The samples of the independent verifiers: what they call good and bad gets our verdict too."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from okbadges.verification import Verdict, verify
from verification.making import World

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2027, 1, 1, tzinfo=UTC)

EXPECTED = {
    "good-did-key.json": Verdict.VALID,
    "good-did-web-status.json": Verdict.VALID,
    "good-https-issuer.json": Verdict.VALID,
    "good-endorsement-jwt-inside.json": Verdict.VALID,
    "good-baked.png": Verdict.VALID,
    "good-baked.svg": Verdict.VALID,
    "good-es256-kid-jwk.jwt": Verdict.VALID,
    "good-rs256-kid-jwks.jwt": Verdict.VALID,
    "bad-expired.json": Verdict.EXPIRED,
    "bad-revoked.json": Verdict.REVOKED,
    "bad-no-proof.json": Verdict.INVALID,
    "bad-other-issuer.json": Verdict.INVALID,
    "bad-schema-no-criteria.json": Verdict.INVALID,
    "bad-schema-target-type.json": Verdict.INVALID,
    "bad-tampered-claim.json": Verdict.INVALID,
    "bad-tampered-hash.json": Verdict.INVALID,
    "bad-tampered-proof-created.json": Verdict.INVALID,
    "bad-undefined-term.json": Verdict.INVALID,
    "bad-tampered.jwt": Verdict.INVALID,
    "bad-iss.jwt": Verdict.INVALID,
    "bad-alg-none.jwt": Verdict.REJECTED,
    # A key that only came along in the header: nothing of the issuer's says that it is the issuer's, and its own document lists
    # another. The independent verifiers take it; anybody could have made it.
    "good-rs256-jwk.jwt": Verdict.INVALID,
    "good-baked-jwt.png": Verdict.INVALID,
    "good-baked-jwt.svg": Verdict.INVALID,
    "bad-no-nbf.jwt": Verdict.INVALID,
    "good-ecdsa-sd-2023-derived.json": Verdict.VALID,
    "bad-ecdsa-sd-2023-derived.json": Verdict.INVALID,
    "base-ecdsa-sd-2023.json": Verdict.INVALID,  # the holder derives from it and hands nobody the base
    "good-endorsement.json": Verdict.VALID,
    # Its issuer is a server on the same machine, which does not run.
    "example-live-did-web-localhost.json": Verdict.INDETERMINATE,
}


@pytest.fixture(scope="module")
def samples(shared: Path) -> Path:
    """Return the folder of samples."""
    return shared / "interop" / "samples"


def test_every_sample_gets_its_verdict(samples: Path) -> None:
    """Good ones are valid, bad ones are not, and no sample is left out."""
    world = World(json.loads((samples / "url-map.json").read_text()))
    files = [path for path in sorted(samples.iterdir()) if path.name != "url-map.json"]
    assert {path.name: verify(path.read_bytes(), fetch=world, now=NOW).verdict for path in files} == EXPECTED
