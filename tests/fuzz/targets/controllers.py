"""Controller documents that strangers publish: a key is given out only when the document lists it, for any document at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz.finding import refusals
from okbadges.credentials.controllers import permitted_key
from okbadges.credentials.strict_json import dumps, loads
from verification.making import NOW, Maker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAKER = Maker.by_web()


def target(data: bytes) -> None:
    """Ask the document for the maker's key."""
    with refusals():
        document = loads(data)
        if isinstance(document, dict):
            permitted_key(document, MAKER.method, MAKER.did, now=NOW)
            assert document["id"] == MAKER.did
            assert document.get("assertionMethod")


def seeds(_shared: Path | None) -> Iterator[bytes]:
    """Yield documents in the forms that DID Core allows."""
    document = MAKER.did_document()
    method = document["verificationMethod"][0]
    yield dumps(document)
    yield dumps({**document, "assertionMethod": [method], "verificationMethod": []})
    yield dumps({**document, "verificationMethod": {**method, "expires": "2026-01-01T00:00:00Z", "revoked": "x"}})
    jwk = {name: value for name, value in method.items() if name != "publicKeyMultibase"}
    yield dumps({**document, "verificationMethod": [{**jwk, "type": "JsonWebKey", "publicKeyJwk": {"kty": "OKP"}}]})
