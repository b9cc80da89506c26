"""Proofs of conformance runs: a Data Integrity proof, alone, beside others or as the next link of a chain, and the two kinds of JWT.

Each of these verifies its own signature before it answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from okbadges.credentials.active_context import is_absolute
from okbadges.credentials.data_integrity import proofs_of, sign
from okbadges.credentials.jwt_signing import sign_jose
from okbadges.credentials.model import data_model
from okbadges.credentials.vocabulary import (
    CREDENTIALS_V2,
    DATA_INTEGRITY_V1,
    DATA_INTEGRITY_V2,
    ED25519_2020_V1,
)
from okbadges.errors import Conflict, CredentialError, InvalidInput
from okbadges.issuing.conformance.wanted import ED25519_SIGNATURE_2020, VC_JWT, VP_JWT
from okbadges.verification.profile import ANY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from okbadges.credentials.strict_json import Json
    from okbadges.issuing.conformance.keys import ConformanceKey
    from okbadges.issuing.conformance.wanted import Wanted

ENVELOPED_CREDENTIAL: Final = "EnvelopedVerifiableCredential"
ENVELOPED_PRESENTATION: Final = "EnvelopedVerifiablePresentation"


def with_context_of(form: str, document: Mapping[str, Json]) -> dict[str, Json]:
    """Return a copy whose contexts define the proof of this form: what is missing stands behind all the others.

    VC Data Model 2.0 brings `DataIntegrityProof` along, 1.1 does not, and neither has `Ed25519Signature2020`.
    """
    written = document.get("@context")
    listed = written if isinstance(written, list) else [written]
    defining: tuple[str, ...] = ()
    if form == ED25519_SIGNATURE_2020:
        defining = (ED25519_2020_V1,)
    elif form not in (VC_JWT, VP_JWT) and data_model(document) == "1.1":
        defining = (DATA_INTEGRITY_V2, DATA_INTEGRITY_V1)
    if written is None or not defining or any(one in listed for one in defining):
        return {**document}
    return {name: [*listed, defining[0]] if name == "@context" else value for name, value in document.items()}


def with_proof(
    document: dict[str, Json], wanted: Wanted, form: str, *, key: ConformanceKey, purpose: str, created: datetime
) -> dict[str, Json]:
    """Return the document with a Data Integrity proof; one that brings proofs gets ours as the last of them.

    Raises `InvalidInput` (``relative-iri``, ``previous-proof-missing``), `Conflict` (``proof-exists``) and what `sign` refuses.
    """
    present = proofs_of(document)
    _check_names([proof.get("id") for proof in present], wanted)
    more: dict[str, Any] = {
        "challenge": wanted.challenge,
        "domain": wanted.domain,
        "proof_id": wanted.proof_id,
        "previous": wanted.previous[0] if len(wanted.previous) == 1 else wanted.previous or None,
    }
    return sign(
        document,
        signer=key.signer,
        verification_method=key.verification_method,
        suite=form,
        created=created,
        canonical=ANY.canonical,
        another=bool(present),
        purpose=purpose,
        **{name: value for name, value in more.items() if value is not None},
    )


def _check_names(ids: list[Json], wanted: Wanted) -> None:
    if wanted.proof_id is not None and not is_absolute(wanted.proof_id):
        raise InvalidInput("relative-iri", "A proof is named by a URL.", field="options.proofId")
    if wanted.proof_id is not None and wanted.proof_id in ids:
        raise Conflict("proof-exists", "Another proof of the document has this id.", field="options.proofId")
    if any(name not in ids for name in wanted.previous):
        raise InvalidInput(
            "previous-proof-missing",
            "The document carries no proof of this id; the new one would continue nothing.",
            field="options.previousProof",
        )


def enveloped_credential(document: Mapping[str, Json], key: ConformanceKey) -> dict[str, Json]:
    """Return the envelope with the credential as ``vc+jwt`` (VC-JOSE-COSE, 3.1.1). Raises `CredentialError`."""
    _refuse_proof(document)
    jwt = sign_jose(document, signer=key.signer, key_id=key.verification_method, typ="vc+jwt")
    return _envelope(ENVELOPED_CREDENTIAL, VC_JWT, jwt)


def enveloped_presentation(document: Mapping[str, Json], wanted: Wanted, key: ConformanceKey) -> dict[str, Json]:
    """Return the envelope with the presentation as ``vp+jwt`` (VC-JOSE-COSE, 3.1.2). Raises `CredentialError`.

    A challenge becomes the claim ``nonce`` and a domain ``aud``.
    """
    _refuse_proof(document)
    asked = {"nonce": wanted.challenge, "aud": wanted.domain}
    claims: dict[str, Json] = {name: value for name, value in asked.items() if value is not None}
    jwt = sign_jose(document, signer=key.signer, key_id=key.verification_method, typ="vp+jwt", claims=claims)
    return _envelope(ENVELOPED_PRESENTATION, VP_JWT, jwt)


def _refuse_proof(document: Mapping[str, Json]) -> None:
    if "proof" in document:
        raise CredentialError("already-signed", "What goes into an envelope has no proof inside.", where="/proof")


def _envelope(type_name: str, media: str, jwt: str) -> dict[str, Json]:
    return {"@context": CREDENTIALS_V2, "id": f"data:application/{media},{jwt}", "type": type_name}
