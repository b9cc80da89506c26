"""Badges of Open Badges 2.0 and the small web on which they stand: what the tests of this room are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from okbadges.credentials.strict_json import dumps
from okbadges.verification import checks
from okbadges.verification.intake import credential_in
from okbadges.verification.openbadges2 import Examination, examine
from okbadges.verification.resolve import Documents
from verification.jwts import EcdsaKey, compact
from verification.making import NOW, World

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    from okbadges.verification import Fetched
    from okbadges.verification.report import Verdict

CONTEXT = "https://w3id.org/openbadges/v2"
HOME = "https://issuer.example"
ASSERTION, BADGE, ISSUER = f"{HOME}/a/1", f"{HOME}/b/1", f"{HOME}/issuer"
KEY, LIST = f"{HOME}/key", f"{HOME}/revoked"


def _changed(document: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**document, **changes}.items() if value is not ...}


def assertion(**changes: Any) -> dict[str, Any]:
    """Return a hosted Assertion; a change to ``...`` leaves the member out."""
    document = {
        "@context": CONTEXT,
        "id": ASSERTION,
        "type": "Assertion",
        "recipient": {"type": "email", "identity": "aino@example.org", "hashed": False},
        "badge": BADGE,
        "issuedOn": "2026-10-01T00:00:00Z",
        "verification": {"type": "hosted"},
    }
    return _changed(document, changes)


def badge_class(**changes: Any) -> dict[str, Any]:
    """Return a BadgeClass."""
    document = {
        "@context": CONTEXT,
        "id": BADGE,
        "type": "BadgeClass",
        "name": "Café counter",
        "description": "Serves customers at a counter.",
        "image": f"{HOME}/b/1.png",
        "criteria": {"narrative": "Opens, serves, counts, closes."},
        "issuer": ISSUER,
    }
    return _changed(document, changes)


def profile(**changes: Any) -> dict[str, Any]:
    """Return the Profile of the issuer."""
    document = {
        "@context": CONTEXT,
        "id": ISSUER,
        "type": "Issuer",
        "name": "Course House",
        "url": HOME,
        "email": "house@issuer.example",
    }
    return _changed(document, changes)


def web(**documents: Any) -> World:
    """Return a world with an issuer, a badge, and an awarded one; ``assertion``, ``badge`` and ``issuer`` replace them."""
    known = {
        ASSERTION: documents.pop("assertion", assertion()),
        BADGE: documents.pop("badge", badge_class()),
        ISSUER: documents.pop("issuer", profile()),
    }
    return World({url: document for url, document in {**known, **documents}.items() if document is not ...})


def look(
    received: Mapping[str, Any] | bytes, fetch: Callable[[str], Fetched] | None = None, now: datetime = NOW
) -> Examination:
    """Examine a document, or the bytes of a JWS, in a world."""
    data = received if isinstance(received, bytes) else dumps(dict(received))
    return examine(credential_in(data), documents=Documents(fetch or web()), now=now)


def verdict_of(examination: Examination) -> Verdict:
    """Return what all checks come to, as it could be read."""
    return checks.verdict((checks.passed(checks.READABLE, "It can be read."), *examination.checks))


def outcome(examination: Examination, check_id: str) -> tuple[str, str | None]:
    """Return outcome and code of one check."""
    return next((check.outcome.value, check.code) for check in examination.checks if check.id == check_id)


def pem(key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey) -> str:
    """Return a public key as PEM."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@dataclass
class SignedWorld:
    """An issuer that signs its badges with a P-256 key, and the documents that it publishes."""

    key: EcdsaKey = field(default_factory=EcdsaKey)
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "ES256"})

    def key_document(self, **changes: Any) -> dict[str, Any]:
        """Return the CryptographicKey at the address of the key."""
        document = {
            "@context": CONTEXT,
            "id": KEY,
            "type": "CryptographicKey",
            "owner": ISSUER,
            "publicKeyPem": pem(self.key._key.public_key()),
        }
        return _changed(document, changes)

    def assertion(self, **changes: Any) -> dict[str, Any]:
        """Return an Assertion that is to be signed."""
        signed = {
            "id": "urn:uuid:6f9a1c1e-3e1b-4f0e-9f06-9f6f3f6c2a10",
            "verification": {"type": "signed", "creator": KEY},
        }
        return assertion(**{**signed, **changes})

    def sign(self, **changes: Any) -> bytes:
        """Return a signed badge."""
        return compact(self.header, self.assertion(**changes), self.key.sign)

    def web(self, **documents: Any) -> World:
        """Return the world of this issuer; ``key`` replaces the document of the key."""
        known = {
            "issuer": profile(publicKey=KEY),
            "assertion": ...,
            KEY: documents.pop("key", self.key_document()),
        }
        return web(**{**known, **documents})
