"""The smallest sound badge: what tests of single steps stand on."""

from __future__ import annotations

from typing import Any, Final

SMALL_BADGE: Final[dict[str, Any]] = {
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ],
    "id": "urn:uuid:0a7b3c52-6a5e-4a5f-9a54-0c0b0a1d2e3f",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "issuer": {"id": "did:web:badges.example:issuers:ok", "type": ["Profile"], "name": "OK! osaamismerkit"},
    "validFrom": "2026-03-01T00:00:00Z",
    "credentialSubject": {
        "id": "urn:uuid:5f7d5f0e-8f1a-4a59-8f1e-0c0b0a1d2e3f",
        "type": ["AchievementSubject"],
        "achievement": {
            "id": "https://badges.example/badges/ryhmatyo/v1/fi",
            "type": ["Achievement"],
            "name": "Ryhmätyö",
            "description": "Toimii ryhmässä.",
            "criteria": {"narrative": "Tekee osansa."},
        },
    },
}
