"""`okbadges.credentials` on its own, without the service: what it signs, publishes and bakes is accepted by other implementations."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from okbadges.credentials.baking import bake_png, bake_svg
from okbadges.credentials.controllers import PublishedKey, controller_document
from okbadges.credentials.data_integrity import sign
from okbadges.credentials.dids import did_web_from_base
from okbadges.credentials.signers import Ed25519Signer
from okbadges.credentials.status_list import StatusBits, entry, status_list_credential
from okbadges.credentials.vocabulary import CREDENTIALS_V2, OPEN_BADGES_3_0_3

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

    from okbadges.credentials.strict_json import Json
    from support.server import Serve
    from support.verifier import IndependentVerifiers

pytestmark = pytest.mark.node

SIGNER = Ed25519Signer(bytes(range(32)))
GOOD, REVOKED = 94_566, 94_567
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><title>Osaamismerkki</title></svg>'


class Issuer:
    """An issuer with one key and one status list, as an application that publishes both."""

    def __init__(self, base_url: str) -> None:
        """Take the address that it answers at, from which its DID follows."""
        self.did = did_web_from_base(base_url, "issuers", "testi")
        self.list_url = f"{base_url}/issuers/testi/status/1"

    def sign(self, document: dict[str, Json]) -> dict[str, Json]:
        """Sign with its only key."""
        return sign(document, signer=SIGNER, verification_method=f"{self.did}#key-1")

    def credential(self, index: int) -> dict[str, Json]:
        """Return a signed OpenBadgeCredential whose status is at `index`."""
        achievement: dict[str, Json] = {
            "id": "https://merkit.example/badges/digi-turva/v1/fi",
            "type": ["Achievement"],
            "name": "Turvallinen tietokoneen käyttö",
            "description": "Käyttää tietokonetta ja verkkoa turvallisesti, myös ääkkösin ja 🔒.",
            "criteria": {"narrative": "Vaihtaa salasanan."},
            "inLanguage": "fi",
        }
        return self.sign(
            {
                "@context": [CREDENTIALS_V2, OPEN_BADGES_3_0_3],
                "id": f"urn:uuid:6f9a1c1e-3e1b-4f0e-9f06-9f6f3f{index:06d}",
                "type": ["VerifiableCredential", "OpenBadgeCredential"],
                "issuer": {"id": self.did, "type": ["Profile"], "name": "Testipaja"},
                "validFrom": "2025-01-01T00:00:00Z",
                "name": "Turvallinen tietokoneen käyttö",
                "credentialSubject": {
                    "id": "urn:uuid:0b9f4b0e-7c5f-4f39-b0f4-1c6d6e1f9a10",
                    "type": ["AchievementSubject"],
                    "achievement": achievement,
                },
                "credentialStatus": entry(self.list_url, index),
            }
        )

    def app(self) -> Starlette:
        """Return the application: the did document, and the list in which one credential is revoked."""
        bits = StatusBits()
        bits.set(REVOKED)
        valid_from = datetime(2025, 1, 1, tzinfo=UTC)
        unsigned = status_list_credential(list_url=self.list_url, issuer=self.did, bits=bits, valid_from=valid_from)
        documents = {
            "/issuers/testi/did.json": controller_document(self.did, [PublishedKey("key-1", SIGNER.public_key)]),
            "/issuers/testi/status/1": self.sign(unsigned),
        }

        async def serve(request: Request) -> JSONResponse:
            return JSONResponse(documents[request.url.path])

        return Starlette(routes=[Route(path, serve) for path in documents])


def save(credential: dict[str, Json], name: str, folder: Path) -> list[Path]:
    """Write the credential as JSON and baked into a PNG and an SVG."""
    text = json.dumps(credential, ensure_ascii=False).encode()
    picture = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(picture, "PNG")
    forms = {"json": text, "png": bake_png(picture.getvalue(), text), "svg": bake_svg(SVG, text)}
    for kind, content in forms.items():
        (folder / f"{name}.{kind}").write_bytes(content)
    return [folder / f"{name}.{kind}" for kind in forms]


def test_others_accept_what_is_signed_here_and_see_what_is_revoked(
    serve: Serve, node_verifier: IndependentVerifiers, tmp_path: Path
) -> None:
    """Every form of a credential is accepted with its key and status fetched, and refused as revoked once its bit is set."""
    base_url = serve(lambda base_url: Issuer(base_url).app())
    issuer = Issuer(base_url)
    good = save(issuer.credential(GOOD), "good", tmp_path)
    revoked = save(issuer.credential(REVOKED), "revoked", tmp_path)
    tampered = tmp_path / "tampered.json"
    tampered.write_text(good[0].read_text().replace("Testipaja", "Toinen paja"))
    opinions = node_verifier.ask([*good, *revoked, tampered], base_url=base_url)
    assert [str(opinion) for opinion in opinions[:3] if not opinion.accepted] == []
    assert [str(opinion) for opinion in opinions[3:6] if not opinion.is_revoked] == []
    assert not opinions[6].accepted
    assert not opinions[6].is_revoked
