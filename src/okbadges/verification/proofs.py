"""Steps 3 and 4: whose key it is, and whether the content is as it was signed. For credentials, presentations and status lists alike.

A document may carry several proofs and come in a JWT besides: every one of them must be the controller's and must hold, because a
proof that nobody looked at is what a forger would hide behind. A suite that is not supported leaves the check open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.credentials.controllers import ASSERTION
from okbadges.credentials.data_integrity import check_signature
from okbadges.credentials.fetching import FetchError
from okbadges.credentials.jwt_claims import compare_claims
from okbadges.credentials.proof_reading import previous_proofs, proofs_of, read_proof
from okbadges.credentials.selective import verify_derived
from okbadges.credentials.vc_jwt import verify_jwt
from okbadges.errors import CredentialError
from okbadges.verification.checks import (
    CONTENT_UNALTERED,
    HOLDER_KEY,
    ISSUER_KEY,
    REFUSED_ADDRESSES,
    failed,
    not_checked,
    passed,
    waiting,
)
from okbadges.verification.profile import OPEN_BADGES
from okbadges.verification.proven import signature_over
from okbadges.verification.reading import issuer_id
from okbadges.verification.resolve import controllers_key, jwt_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from okbadges.credentials.keys import PublicKey
    from okbadges.credentials.proof_reading import UnverifiedProof
    from okbadges.credentials.strict_json import Json
    from okbadges.verification.profile import Profile
    from okbadges.verification.proven import Proven
    from okbadges.verification.received import Received
    from okbadges.verification.report import Check
    from okbadges.verification.resolve import Documents

MAX_PROOFS = 4
_WORDS = {
    "unsigned": "Nobody has signed this.",
    "base-proof-not-verifiable": "This is the holder's own copy, from which a file to hand over is made; it proves nothing itself.",
}
_LEFT_OPEN = {
    "unsupported-suite": "The credential is signed in a way that cannot be checked here.",
    "ambiguous-node": "Two objects of one id say different things; a signature cannot tell which of them says what.",
}
_OPEN_CODES = frozenset({"unsupported-key", "too-many-keys"})
_KEPT_CODES = REFUSED_ADDRESSES | {"did-unsupported", "key-not-listed"}


def check_proofs(
    received: Received,
    *,
    documents: Documents,
    now: datetime,
    controller: str | None = None,
    purpose: str = ASSERTION,
    profile: Profile = OPEN_BADGES,
) -> tuple[Check, Check]:
    """Return the checks ``issuer-key`` (``holder-key`` for another ``purpose``) and ``content-unaltered``.

    ``controller`` is who must have signed: the issuer when nobody is named. Codes of the first: those of
    `okbadges.credentials.controllers`, ``key-not-named``, ``no-issuer``; not checked: ``issuer-unreachable``, ``did-unsupported``,
    ``key-not-listed``, ``unsupported-key`` and refused addresses. Codes of ``content-unaltered``: ``unsigned``, ``too-many-proofs``,
    and those of reading proofs, expansion, canonicalisation, signatures and claims; not checked: ``unsupported-suite`` and ``ambiguous-node``.
    """
    document = received.document
    key_check = ISSUER_KEY if purpose == ASSERTION else HOLDER_KEY
    signer = controller or issuer_id(document)
    if signer is None:
        return failed(key_check, "no-issuer", "It does not say who issued it."), waiting(CONTENT_UNALTERED, key_check)
    try:
        proofs = _read_proofs(document, purpose, is_jwt=received.jwt is not None)
    except CredentialError as error:
        return waiting(key_check, CONTENT_UNALTERED), _no_content(error)
    named = [proof.verification_method for proof in proofs]
    try:
        keys = [controllers_key(signer, name, documents, purpose=purpose, now=now) for name in named]
        key_of_jwt = jwt_key(signer, received.jwt, documents, purpose=purpose, now=now) if received.jwt else None
    except CredentialError as error:
        return _no_key(key_check, error), waiting(CONTENT_UNALTERED, key_check)
    found = passed(key_check, "The key is one that the signer's own document lists for this.", detail=signer[:200])
    try:
        _verify_all(received, proofs, keys, profile, documents.proven)
        if received.jwt is not None and key_of_jwt is not None:
            verify_jwt(received.jwt, key_of_jwt)
            compare_claims(received.jwt, document)
    except CredentialError as error:
        return found, _no_content(error)
    return found, passed(CONTENT_UNALTERED, "The content is exactly as it was signed.")


def _read_proofs(document: Mapping[str, Json], purpose: str, *, is_jwt: bool) -> list[UnverifiedProof]:
    """Read every proof before any key is fetched for it."""
    entries = proofs_of(document)
    if not entries and not is_jwt:
        raise CredentialError("unsigned", "Nobody has signed this.")
    if len(entries) > MAX_PROOFS:
        raise CredentialError("too-many-proofs", f"More than {MAX_PROOFS} proofs are not looked at.")
    return [read_proof(entry, purpose=purpose) for entry in entries]


def _verify_all(
    received: Received,
    proofs: list[UnverifiedProof],
    keys: list[PublicKey],
    profile: Profile,
    proven: Proven,
) -> None:
    document = received.document
    canonical = profile.remembering_canonical() if len(proofs) > 1 else profile.canonical
    for number, (entry, proof, key) in enumerate(zip(proofs_of(document), proofs, keys, strict=True)):
        signature = signature_over(received, number, key, profile.name)
        if proven.holds(signature):
            continue
        if proof.suite.canonicalisation == "selective":
            verify_derived(document, entry, key, expander=profile.expander)
        else:
            previous = previous_proofs(document, proof.previous)
            check_signature(document, proof, key, canonical=canonical, previous=previous)
        proven.remember(signature)


def _no_content(error: CredentialError) -> Check:
    detail = f"{error.detail} (at {error.where})" if error.where else error.detail
    if error.code in _LEFT_OPEN:
        return not_checked(CONTENT_UNALTERED, error.code, _LEFT_OPEN[error.code], detail=detail[:400])
    message = _WORDS.get(error.code, "The content is not what was signed, or the signature does not hold.")
    return failed(CONTENT_UNALTERED, error.code, message, detail=detail[:400])


def _no_key(key_check: str, error: CredentialError) -> Check:
    if isinstance(error, FetchError):
        code = error.code if error.code in _KEPT_CODES else "issuer-unreachable"
        return not_checked(key_check, code, "The keys could not be looked up.", detail=error.detail[:400])
    if error.code in _OPEN_CODES:
        return not_checked(key_check, error.code, "The key is of a kind that is not supported.", detail=error.detail)
    return failed(
        key_check, error.code, "The key is not one that the signer's own document lists.", detail=error.detail
    )
