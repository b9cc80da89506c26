"""Embedded proofs: Verifiable Credential Data Integrity 1.0 with the suites of `okbadges.credentials.cryptosuites`.

A proof of a set signs the document alone; a proof of a chain signs it with the proofs that ``previousProof`` names, as they
stand there (Data Integrity 1.0, sections 4.3 and 4.5).

`verify_proof` says whether the signature holds. Whose key that is, whether the proof is meant for now and for this reader, and
whether the other proofs hold is for the caller to ask. Badges of okbadges are signed with eddsa-rdfc-2022.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict, Unpack

from okbadges.credentials.canonical import Canonical, canonical_nquads
from okbadges.credentials.controllers import ASSERTION
from okbadges.credentials.cryptosuites import DATA_INTEGRITY_PROOF, EDDSA_RDFC_2022, SUITES, Suite, hash_of
from okbadges.credentials.multibase import encode_multibase_base58
from okbadges.credentials.proof_hashing import check_contexts, hash_data
from okbadges.credentials.proof_reading import (
    UnverifiedProof,
    missing_previous,
    only_proof,
    previous_proofs,
    proofs_of,
    read_proof,
)
from okbadges.credentials.times import moment_text
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from okbadges.credentials.keys import PublicKey
    from okbadges.credentials.signers import Signer
    from okbadges.credentials.strict_json import Json

__all__ = [
    "ASSERTION",
    "EDDSA_RDFC_2022",
    "SUITES",
    "Canonical",
    "MoreOptions",
    "Suite",
    "UnverifiedProof",
    "check_signature",
    "hash_data",
    "only_proof",
    "previous_proofs",
    "proof_options",
    "proofs_of",
    "read_proof",
    "sign",
    "signed_value",
    "verify_proof",
]


class MoreOptions(TypedDict, total=False):
    """What a proof may say beside suite, key and time; what is left out is not in the proof."""

    purpose: str
    """``assertionMethod`` when left out."""
    challenge: str
    domain: str | Sequence[str]
    expires: datetime
    proof_id: str
    """A URL, for other proofs to name."""
    previous: str | Sequence[str]
    """The ids of proofs of the document that are signed besides: the new proof continues a chain."""


def proof_options(
    verification_method: str,
    *,
    created: datetime | None = None,
    suite: Suite = SUITES[EDDSA_RDFC_2022],
    **more: Unpack[MoreOptions],
) -> dict[str, Json]:
    """Return the options of a proof: everything but the value, and nothing that was not asked for."""
    options: dict[str, Json] = {"type": suite.proof_type}
    if suite.proof_type == DATA_INTEGRITY_PROOF:
        options["cryptosuite"] = suite.name
    if "proof_id" in more:
        options["id"] = more["proof_id"]
    if created is not None:
        options["created"] = moment_text(created)
    if "expires" in more:
        options["expires"] = moment_text(more["expires"])
    options |= {"verificationMethod": verification_method, "proofPurpose": more.get("purpose", ASSERTION)}
    if "challenge" in more:
        options["challenge"] = more["challenge"]
    if "domain" in more:
        options["domain"] = _one_or_list(more["domain"])
    if "previous" in more:
        options["previousProof"] = _one_or_list(more["previous"])
    return options


def signed_value(
    data: bytes, signer: Signer, *, published_key: PublicKey | None = None, suite: Suite = SUITES[EDDSA_RDFC_2022]
) -> str:
    """Sign ``data`` and return the ``proofValue``, after checking the signature over these very bytes.

    It is checked with ``published_key`` (what verifiers will find) when given, else with the signer's own public key; raises
    "signing-failed" when it does not hold, and "suite-key-mismatch" for a key that the suite does not take.
    """
    key = published_key or signer.public_key
    suite.check_key(key)
    signature = signer.sign(data)
    if not key.verify(signature, data):
        raise CredentialError(
            "signing-failed", "the new signature does not verify with the published key; nothing was issued"
        )
    return encode_multibase_base58(signature)


def sign(
    document: Mapping[str, Json],
    *,
    signer: Signer,
    verification_method: str,
    suite: str = EDDSA_RDFC_2022,
    created: datetime | None = None,
    published_key: PublicKey | None = None,
    canonical: Canonical = canonical_nquads,
    another: bool = False,
    **more: Unpack[MoreOptions],
) -> dict[str, Json]:
    """Return ``document`` with a new proof as its last member.

    A document that has a proof is refused ("already-signed"), unless ``another`` says that the new one joins a set or
    ``previous`` that it continues a chain. Raises "unsupported-suite", what canonicalising refuses, what `signed_value` and
    `previous_proofs` raise, and what `read_proof` says of options that no proof can have: the proof that is returned is one
    that reads and holds.
    """
    chosen = _suite_to_sign_with(suite)
    present = proofs_of(document)
    if "proof" in document and not another and "previous" not in more:
        raise CredentialError(
            "already-signed", "the document has a proof; a second is added only when that is asked for", where="/proof"
        )
    options = proof_options(verification_method, created=created, suite=chosen, **more)
    if chosen.canonicalisation == "jcs" and "@context" in document:
        options["@context"] = document["@context"]
    data = hash_data(
        document,
        options,
        algorithm=hash_of(published_key or signer.public_key),
        canonical=canonical,
        previous=previous_proofs(document, _as_list(more.get("previous", ()))),
    )
    proof = {**options, "proofValue": signed_value(data, signer, published_key=published_key, suite=chosen)}
    read_proof(proof, purpose=more.get("purpose", ASSERTION))
    together: list[Json] = [*present, proof]
    return {**document, "proof": together if present else proof}


def verify_proof(
    document: Mapping[str, Json],
    proof: Mapping[str, Json],
    public_key: PublicKey,
    *,
    purpose: str = ASSERTION,
    canonical: Canonical = canonical_nquads,
    previous: Sequence[Mapping[str, Json]] = (),
) -> None:
    """Return when ``proof`` is a signature by ``public_key`` over ``document``; raise otherwise.

    For a link of a chain ``previous`` are the proofs that it names, as `previous_proofs` finds them; they are signed with it
    and have to be verified by the caller like every other. Raises what `read_proof` and canonicalising refuse,
    "previous-proof-missing" when one that is named is not given, "unsupported-suite" for ecdsa-sd-2023 (that is for
    `okbadges.credentials.selective`), "suite-key-mismatch" for a key that the suite does not take, and "bad-signature".
    Dates, domain, challenge and whose key it is are not looked at.
    """
    check_signature(document, read_proof(proof, purpose=purpose), public_key, canonical=canonical, previous=previous)


def check_signature(
    document: Mapping[str, Json],
    unverified: UnverifiedProof,
    public_key: PublicKey,
    *,
    canonical: Canonical = canonical_nquads,
    previous: Sequence[Mapping[str, Json]] = (),
) -> None:
    """Do what `verify_proof` does, with a proof that was read; raises the same, but for what `read_proof` refuses."""
    suite = unverified.suite
    suite.require_whole_document()
    suite.check_key(public_key)
    given = {other.get("id") for other in previous}
    for name in unverified.previous:
        if name not in given:
            raise missing_previous(name)
    if "@context" in unverified.options:
        check_contexts(document, unverified.options["@context"])
    data = hash_data(
        document, unverified.options, algorithm=hash_of(public_key), canonical=canonical, previous=previous
    )
    if not public_key.verify(suite.signature(unverified.proof_value), data):
        raise CredentialError(
            "bad-signature", "the document is not what was signed, or another key signed it", where="/proof"
        )


def _suite_to_sign_with(name: str) -> Suite:
    suite = SUITES.get(name)
    if suite is None or suite.legacy or suite.canonicalisation == "selective":
        raise CredentialError("unsupported-suite", f"nothing is signed here with {name}")
    return suite


def _as_list(names: str | Sequence[str]) -> list[str]:
    return [names] if isinstance(names, str) else list(names)


def _one_or_list(names: str | Sequence[str]) -> Json:
    return names if isinstance(names, str) else list(names)
