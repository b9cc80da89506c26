"""A badge with everything that a participant may want to keep back, its issuer, and an expander for the context of the W3C's vectors."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from okbadges.credentials.dids import did_key
from okbadges.credentials.expansion import Expander
from okbadges.credentials.multibase import decode_multibase_base58
from okbadges.credentials.selective import derive, open_badges_mandatory, sign_base, verify_derived
from okbadges.credentials.selective.proof_value import read_derived
from okbadges.credentials.signers import EcdsaSigner
from okbadges.credentials.vocabulary import ANY_CONTEXTS, CREDENTIALS_V2

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from okbadges.credentials.selective.proof_value import DerivedProofValue

SIGNER: Final = EcdsaSigner.from_number(20231123, ec.SECP256R1())
DID: Final = did_key(SIGNER.public_key)
METHOD: Final = f"{DID}#{SIGNER.public_key.multibase()}"
CREATED: Final = datetime(2026, 11, 2, 12, tzinfo=UTC)


def chance(seed: int = 1) -> Callable[[int], bytes]:
    """Return a source of bytes that look random and are the same for the same seed."""
    asked = [seed]

    def random_bytes(length: int) -> bytes:
        asked.append(length)
        return b"".join(sha256(repr((asked, block)).encode()).digest() for block in range(length // 32 + 1))[:length]

    return random_bytes


def badge(**members: Any) -> dict[str, Any]:
    """Return an unsigned badge with evidence, own words, results and an ordered list; ``members`` are put in or added."""
    description = {
        "id": "urn:uuid:f6ab24cd-86e8-4eaf-b8c6-ded74e8fd41c",
        "type": ["ResultDescription"],
        "name": "How it went",
        "resultType": "LetterGrade",
        "allowedValue": ["C", "B", "A"],
    }
    document: dict[str, Any] = {
        "@context": [
            CREDENTIALS_V2,
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
        ],
        "id": "urn:uuid:6f9a1c1e-3e1b-4f0e-9f06-9f6f3f6c2a10",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": DID, "type": ["Profile"], "name": "Course House"},
        "validFrom": "2026-10-01T00:00:00Z",
        "validUntil": "2036-10-01T00:00:00Z",
        "name": "Runs a café counter",
        "credentialSubject": {
            "id": "urn:uuid:0c1ad6f6-8e51-4a52-9b8c-8a0d3c1b7f11",
            "type": ["AchievementSubject"],
            "identifier": [identity("emailAddress", "1" * 64), identity("nationalIdentityNumber", "2" * 64)],
            "narrative": "I learned to *breathe* before I count.",
            "role": "Trainee",
            "result": [{"type": ["Result"], "resultDescription": description["id"], "value": "A"}],
            "achievement": {
                "id": "https://issuer.example/badges/counter/v1/en",
                "type": ["Achievement"],
                "name": "Café counter",
                "description": "Serves customers at a counter.",
                "criteria": {"narrative": "Opens, serves, counts, closes."},
                "resultDescription": [description],
            },
        },
        "evidence": [
            {"id": "https://files.example/1", "type": ["Evidence"], "name": "A film", "narrative": "The rush hour."},
            {"type": ["Evidence"], "name": "A diary", "genre": "Diary"},
            {"type": ["Evidence"], "name": "A diary", "genre": "Diary"},
        ],
        "credentialSchema": [
            {
                "id": "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",
                "type": "1EdTechJsonSchemaValidator2019",
            }
        ],
    }
    document.update(copy.deepcopy(members))
    return document


def identity(kind: str, digest: str) -> dict[str, Any]:
    """Return a hashed identifier of the recipient."""
    return {"type": "IdentityObject", "hashed": True, "identityHash": f"sha256${digest}", "identityType": kind}


def signed(
    document: dict[str, Any] | None = None, mandatory: Sequence[str] | None = None, seed: int = 1
) -> dict[str, Any]:
    """Return ``document`` (a badge) with a base proof by `SIGNER`."""
    unsigned = badge() if document is None else document
    return sign_base(
        unsigned,
        signer=SIGNER,
        verification_method=METHOD,
        mandatory=open_badges_mandatory(unsigned) if mandatory is None else mandatory,
        random_bytes=chance(seed),
        created=CREATED,
    )


def derived(base: dict[str, Any], *reveal: str) -> dict[str, Any]:
    """Return what the holder hands over, after verifying it."""
    document: dict[str, Any] = derive(base, reveal=reveal, public_key=SIGNER.public_key)
    verify_derived(document, document["proof"], SIGNER.public_key)
    return document


def value_of(document: dict[str, Any]) -> DerivedProofValue:
    """Return what the proof of a derived credential holds."""
    return read_derived(document["proof"]["proofValue"])


def read(file: Path) -> Any:
    """Return the JSON of a file."""
    return json.loads(file.read_bytes())


def secret_of(multibase: str) -> EcdsaSigner:
    """Return the signer of a ``secretKeyMultibase`` of the W3C's vectors (P-256)."""
    return EcdsaSigner.from_number(
        int.from_bytes(decode_multibase_base58(multibase, max_characters=80)[2:]), ec.SECP256R1()
    )


def vector_expander() -> Expander:
    """Return an expander that also knows the context of two of the W3C's vectors, which no badge may use."""
    return Expander(ANY_CONTEXTS)
