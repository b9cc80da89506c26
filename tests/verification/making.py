"""Credentials, status lists and a small world of documents, signed by our own signer: what the tests of verification stand on."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from okbadges.credentials.controllers import PublishedKey, controller_document
from okbadges.credentials.data_integrity import sign
from okbadges.credentials.dids import did_key, did_web_to_url
from okbadges.credentials.signers import EcdsaSigner, Ed25519Signer
from okbadges.credentials.status_list import StatusBits, entry, status_list_credential
from okbadges.credentials.strict_json import dumps
from okbadges.verification import Fetched, FetchError, Outcome, Report, verify

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cryptography.hazmat.primitives.asymmetric import ec

    from okbadges.credentials.signers import Signer

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
LIST_URL = "https://issuer.example/status/1"
SCHEMA = {
    "id": "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",
    "type": "1EdTechJsonSchemaValidator2019",
}


def credential(issuer: str, /, **changes: Any) -> dict[str, Any]:
    """Return an unsigned badge; a change to ``...`` leaves the member out."""
    document: dict[str, Any] = {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
        ],
        "id": "urn:uuid:6f9a1c1e-3e1b-4f0e-9f06-9f6f3f6c2a10",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": issuer, "type": ["Profile"], "name": "Course House", "url": "https://issuer.example/"},
        "validFrom": "2026-10-01T00:00:00Z",
        "name": "Knows how to run a café counter",
        "credentialSubject": {
            "id": "urn:uuid:0c1ad6f6-8e51-4a52-9b8c-8a0d3c1b7f11",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "https://issuer.example/badges/counter/v1/en",
                "type": ["Achievement"],
                "name": "Café counter",
                "description": "Serves customers at a counter.",
                "criteria": {"narrative": "Opens, serves, counts, closes."},
                "inLanguage": "en",
                "alignment": [
                    {
                        "type": ["Alignment"],
                        "targetName": "Working with customers",
                        "targetUrl": "https://units.example/1",
                        "targetCode": "U1",
                    }
                ],
            },
        },
        "credentialSchema": [SCHEMA],
    }
    document.update(changes)
    return {name: value for name, value in document.items() if value is not ...}


@dataclass
class Maker:
    """An issuer of the tests: ``did`` says where its key is, `sign` signs as that issuer."""

    did: str
    signer: Signer
    method: str

    @classmethod
    def by_key(cls, number: int = 1) -> Maker:
        """Return an issuer whose did:key is its key."""
        return cls.of(Ed25519Signer(bytes([number]) * 32))

    @classmethod
    def by_curve(cls, curve: ec.EllipticCurve, number: int = 1) -> Maker:
        """Return an issuer whose did:key is a key on P-256 or P-384."""
        return cls.of(EcdsaSigner.from_number(number, curve))

    @classmethod
    def of(cls, signer: Signer) -> Maker:
        """Return the issuer whose did:key is the key of ``signer``."""
        did = did_key(signer.public_key)
        return cls(did, signer, f"{did}#{did.removeprefix('did:key:')}")

    @classmethod
    def by_web(cls, did: str = "did:web:issuer.example:issuers:house", number: int = 2) -> Maker:
        """Return an issuer whose key is in a did document on the web."""
        return cls(did, Ed25519Signer(bytes([number]) * 32), f"{did}#key-1")

    def did_document(self) -> dict[str, Any]:
        """Return the document that a did:web points at."""
        return dict(controller_document(self.did, [PublishedKey("key-1", self.signer.public_key)]))

    def sign(
        self, document: Mapping[str, Any], *, method: str | None = None, suite: str = "eddsa-rdfc-2022", **more: Any
    ) -> dict[str, Any]:
        """Return the document with this issuer's proof."""
        unsigned = copy.deepcopy(dict(document))
        return dict(sign(unsigned, signer=self.signer, verification_method=method or self.method, suite=suite, **more))

    def badge(self, **changes: Any) -> dict[str, Any]:
        """Return a signed badge."""
        return self.sign(credential(self.did, **changes))

    def status_list(
        self, *taken_back: int, url: str = LIST_URL, purpose: str = "revocation", **changes: Any
    ) -> dict[str, Any]:
        """Return a signed status list with these bits set."""
        bits = StatusBits()
        for index in taken_back:
            bits.set(index)
        document: dict[str, Any] = dict(
            status_list_credential(
                list_url=url, issuer=self.did, bits=bits, valid_from=datetime(2026, 1, 1, tzinfo=UTC)
            )
        )
        document["credentialSubject"]["statusPurpose"] = purpose
        document.update(changes)
        return self.sign({name: value for name, value in document.items() if value is not ...})


def status_entry(index: int | str = 7, *, url: str = LIST_URL, purpose: str = "revocation") -> dict[str, Any]:
    """Return a status entry that points into a list."""
    return {
        **entry(url, 7),
        "statusListIndex": index if isinstance(index, str) else str(index),
        "statusPurpose": purpose,
    }


@dataclass
class World:
    """Documents by URL, as a fetch function that keeps count; everything else is unreachable."""

    documents: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __call__(self, url: str) -> Fetched:
        """Return the document, or raise `FetchError`."""
        self.asked.append(url)
        if url not in self.documents:
            raise FetchError("unreachable", "no such host")
        document = self.documents[url]
        if isinstance(document, Fetched):
            return document
        return Fetched(200, {}, document if isinstance(document, bytes) else dumps(document))


def world_of(*makers: Maker, **documents: Any) -> World:
    """Return a world that holds the did documents of did:web issuers and ``LIST_URL`` as ``status``."""
    known = {did_web_to_url(maker.did): maker.did_document() for maker in makers if maker.did.startswith("did:web:")}
    if "status" in documents:
        known[LIST_URL] = documents["status"]
    return World(known)


def check(document: Mapping[str, Any] | bytes, fetch: Callable[[str], Fetched] | None = None, **asked: Any) -> Report:
    """Verify a document (or bytes) in a world, at `NOW` unless told otherwise."""
    received = document if isinstance(document, bytes) else dumps(dict(document))
    return verify(received, fetch=fetch or World(), **{"now": NOW, **asked})


def code_of(report: Report, check_id: str) -> str | None:
    """Return the code of one check of the report."""
    return next(found.code for found in report.checks if found.id == check_id)


def unsettled(report: Report) -> set[str]:
    """Return the required checks that have not passed."""
    return {found.id for found in report.checks if found.required and found.outcome is not Outcome.PASSED}


def outcome_of(report: Report, check_id: str) -> tuple[str, str | None]:
    """Return outcome and code of one check."""
    return next((found.outcome.value, found.code) for found in report.checks if found.id == check_id)
