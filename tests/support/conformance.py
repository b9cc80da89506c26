"""A service in the VC-API's profile ``any``, as a W3C suite meets it, and what the suites sign with."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from okbadges.app import create_app
from okbadges.credentials.data_integrity import sign
from okbadges.credentials.signers import Ed25519Signer
from okbadges.verification.profile import ANY
from support.world import BASE_URL, NOW, Clock, settings_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from httpx2 import Response

    from okbadges.issuing.conformance.issue import Conformance
    from support.world import Prepared

V2 = "https://www.w3.org/ns/credentials/v2"
SUITE_SEED = bytes(range(100, 132))
"""The key of a suite of our own: like those of W3C's suites an Ed25519 ``did:key``."""


@dataclass(frozen=True, slots=True)
class Run:
    """A service in a conformance run."""

    client: TestClient
    conformance: Conformance

    def issue(self, credential: dict[str, Any], *, form: str | None = None, **options: Any) -> Response:
        """Ask for a credential, as a suite does: on the address of a form, or on the plain one."""
        path = f"/vc-api/{form}/credentials/issue" if form else "/vc-api/credentials/issue"
        answer: Response = self.client.post(path, json={"credential": credential, "options": options})
        return answer

    def issued(self, credential: dict[str, Any], *, form: str | None = None, **options: Any) -> dict[str, Any]:
        """Return the issued credential; fails the test when it is refused."""
        answer = self.issue(credential, form=form, **options)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()["verifiableCredential"]
        return found

    def present(self, document: dict[str, Any], *, form: str | None = None, **options: Any) -> Response:
        """Ask for a presentation to be signed by its holder: on the address of a form, or on the plain one."""
        path = f"/vc-api/{form}/presentations" if form else "/vc-api/presentations"
        answer: Response = self.client.post(path, json={"presentation": document, "options": options})
        return answer

    def presented(self, document: dict[str, Any], *, form: str | None = None, **options: Any) -> dict[str, Any]:
        """Return the signed presentation; fails the test when it is refused."""
        answer = self.present(document, form=form, **options)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()["verifiablePresentation"]
        return found

    def verify(self, credential: object, **options: Any) -> Response:
        """Ask whether a credential is verified."""
        body = {"verifiableCredential": credential, "options": {"checks": ["proof"], **options}}
        answer: Response = self.client.post("/vc-api/credentials/verify", json=body)
        return answer

    def verify_presentation(self, presentation: object, **options: Any) -> Response:
        """Ask whether a presentation is verified."""
        body = {"verifiablePresentation": presentation, "options": options}
        answer: Response = self.client.post("/vc-api/presentations/verify", json=body)
        return answer


@pytest.fixture(scope="module")
def conformance_run(prepared_sqlite: tuple[Path, Prepared], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Return a service in the profile ``any`` where no access key is needed; it keeps nothing, so a module shares it."""
    copy = tmp_path_factory.mktemp("conformance") / "okbadges.sqlite3"
    shutil.copy(prepared_sqlite[0], copy)
    settings = settings_for(f"sqlite:///{copy}").model_copy(
        update={"vc_api_profile": "any", "vc_api_without_key": True}
    )
    app = create_app(settings, now=Clock())
    with TestClient(app, base_url=BASE_URL, raise_server_exceptions=False) as client:
        conformance = app.state.rooms.vc_api.conformance
        yield Run(client, conformance)


def suite_signer() -> tuple[Ed25519Signer, str]:
    """Return the signer of our suite and its DID."""
    signer = Ed25519Signer(SUITE_SEED)
    return signer, f"did:key:{signer.public_key.multibase()}"


def signed_by_suite(document: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Sign a document as a suite does, with its own key and eddsa-rdfc-2022."""
    signer, did = suite_signer()
    chosen = {"created": NOW, "canonical": ANY.canonical, **options}
    method = f"{did}#{did.removeprefix('did:key:')}"
    return sign(document, signer=signer, verification_method=method, **chosen)


def credential(**changes: Any) -> dict[str, Any]:
    """Return a credential that the data model takes, some members changed; a member that is None is left out."""
    usual = {"@context": [V2], "type": ["VerifiableCredential"], "credentialSubject": {"id": "did:example:subject"}}
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def presentation(**changes: Any) -> dict[str, Any]:
    """Return a presentation that the data model takes, some members changed; a member that is None is left out."""
    usual = {"@context": [V2], "type": ["VerifiablePresentation"]}
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}
