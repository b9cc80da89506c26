"""Steps 3 and 4: whose key it is, and whether the content is as it was signed. For credentials and for status lists alike.

A document may carry several proofs and come in a JWT besides: every one of them must be the issuer's and must hold, because a
proof that nobody looked at is what a forger would hide behind. A suite that is not supported leaves the check open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from okbadges.credentials.canonical import canonical_nquads
from okbadges.credentials.data_integrity import read_proof, verify_proof
from okbadges.credentials.fetching import FetchError
from okbadges.credentials.strict_json import dumps
from okbadges.credentials.vc_jwt import numeric_date, verify_jwt
from okbadges.errors import CredentialError
from okbadges.verification.checks import (
    CHALLENGE,
    CONTENT_UNALTERED,
    ISSUER_KEY,
    JWT_CLAIMS,
    REFUSED_ADDRESSES,
    failed,
    not_checked,
    passed,
    waiting,
)
from okbadges.verification.reading import issuer_id, items, members, read_time
from okbadges.verification.resolve import issuer_key, jwt_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from okbadges.credentials.data_integrity import UnverifiedProof
    from okbadges.credentials.strict_json import Json
    from okbadges.credentials.vc_jwt import UnverifiedJwt
    from okbadges.verification.intake import Received
    from okbadges.verification.report import Check
    from okbadges.verification.resolve import Documents

MAX_PROOFS = 4
_NOT_KNOWN = frozenset({"unsupported-key"})
_KEPT_CODES = REFUSED_ADDRESSES | {"did-unsupported", "key-not-listed"}


def check_proofs(received: Received, *, documents: Documents, now: datetime) -> tuple[Check, Check]:
    """Return the checks ``issuer-key`` and ``content-unaltered``.

    Codes of ``issuer-key``: those of `okbadges.credentials.dids`, ``key-not-named``, ``no-issuer``; not checked:
    ``issuer-unreachable``, ``did-unsupported``, ``key-not-listed``, ``unsupported-key`` and refused addresses. Codes of ``content-unaltered``:
    ``unsigned``, ``malformed-proof``, ``too-many-proofs``, those of expansion, canonicalisation and signatures,
    ``issuer-mismatch``, ``subject-mismatch``, ``id-mismatch``, ``time-mismatch``, ``malformed-time``; not checked:
    ``unsupported-suite``, and ``unsupported-proof`` for a chain of proofs.
    """
    document = received.document
    issuer = issuer_id(document)
    if issuer is None:
        no_issuer = failed(ISSUER_KEY, "no-issuer", "The credential does not say who issued it.")
        return no_issuer, waiting(CONTENT_UNALTERED, ISSUER_KEY)
    entries = items(document.get("proof"))
    try:
        proofs = _read_proofs(entries, is_jwt=received.jwt is not None)
    except CredentialError as error:
        return waiting(ISSUER_KEY, CONTENT_UNALTERED), _no_content(error)
    try:
        keys = [issuer_key(issuer, proof.verification_method, documents, now=now) for proof in proofs]
        key_of_jwt = jwt_key(issuer, received.jwt, documents, now=now) if received.jwt else None
    except CredentialError as error:
        return _no_key(error), waiting(CONTENT_UNALTERED, ISSUER_KEY)
    found = passed(ISSUER_KEY, "The key is one that the issuer lists for issuing.", detail=issuer[:200])
    canonical = _remembering(canonical_nquads)
    try:
        for entry, key in zip(entries, keys, strict=True):
            verify_proof(document, cast("Mapping[str, Json]", entry), key, canonical=canonical)
        if received.jwt is not None and key_of_jwt is not None:
            verify_jwt(received.jwt, key_of_jwt)
            _compare_claims(received.jwt, document)
    except CredentialError as error:
        return found, _no_content(error)
    return found, passed(CONTENT_UNALTERED, "The content is exactly as it was signed.")


def _remembering(canonical: Callable[[Mapping[str, Json]], str]) -> Callable[[Mapping[str, Json]], str]:
    """Return ``canonical`` for the proofs of one document: what they all sign is brought into its form once, not once each."""
    known: dict[bytes, str] = {}

    def remembered(document: Mapping[str, Json]) -> str:
        key = dumps(dict(document))
        if key not in known:
            known[key] = canonical(document)
        return known[key]

    return remembered


def _read_proofs(entries: list[object], *, is_jwt: bool) -> list[UnverifiedProof]:
    """Read every proof before any key is fetched for it."""
    if not entries and not is_jwt:
        raise CredentialError("unsigned", "Nobody has signed this.")
    if len(entries) > MAX_PROOFS:
        raise CredentialError("too-many-proofs", f"More than {MAX_PROOFS} proofs are not looked at.")
    if not all(isinstance(entry, Mapping) for entry in entries):
        raise CredentialError("malformed-proof", "A proof is not an object.")
    return [read_proof(cast("Mapping[str, Json]", entry)) for entry in entries]


def _no_content(error: CredentialError) -> Check:
    detail = f"{error.detail} (at {error.where})" if error.where else error.detail
    if error.code == "unsupported-suite" or error.where == "/proof/previousProof":
        message = "The credential is signed in a way that cannot be checked here yet."
        return not_checked(CONTENT_UNALTERED, error.code, message, detail=detail[:400])
    message = "The content is not what was signed, or the signature does not hold."
    return failed(CONTENT_UNALTERED, error.code, message, detail=detail[:400])


def _no_key(error: CredentialError) -> Check:
    if isinstance(error, FetchError):
        code = error.code if error.code in _KEPT_CODES else "issuer-unreachable"
        return not_checked(ISSUER_KEY, code, "The issuer's keys could not be looked up.", detail=error.detail[:400])
    if error.code in _NOT_KNOWN:
        return not_checked(
            ISSUER_KEY, error.code, "The issuer's key is of a kind that is not supported.", detail=error.detail
        )
    return failed(ISSUER_KEY, error.code, "The key is not one that the issuer lists for issuing.", detail=error.detail)


def _compare_claims(jwt: UnverifiedJwt, document: Mapping[str, Json]) -> None:
    """Compare the claims of the envelope with what they repeat (Open Badges 3.0, 8.2.4.1); one that is missing is tolerated."""
    repeated = {
        "iss": (issuer_id(document), "issuer-mismatch"),
        "sub": (members(document.get("credentialSubject")).get("id"), "subject-mismatch"),
        "jti": (document.get("id"), "id-mismatch"),
    }
    for claim, (value, code) in repeated.items():
        if claim in jwt.claims and jwt.claims[claim] != value:
            raise CredentialError(code, f"the claim {claim} of the JWT contradicts the credential")
    for claim, name in (("nbf", "validFrom"), ("exp", "validUntil")):
        if claim not in jwt.claims:
            continue
        claimed, stated = numeric_date(jwt.claims[claim]), read_time(document.get(name))
        ends_by_claim_alone = claim == "exp" and name not in document
        if not ends_by_claim_alone and (stated is None or stated.replace(microsecond=0) != claimed):
            raise CredentialError("time-mismatch", f"the claim {claim} of the JWT contradicts {name}")


def end_by_envelope(jwt: UnverifiedJwt | None) -> datetime | None:
    """Return when a JWT says that it ends: its ``exp`` counts also where the credential inside states no end."""
    try:
        return numeric_date(jwt.claims["exp"]) if jwt is not None and "exp" in jwt.claims else None
    except CredentialError:
        return None  # `check_proofs` has refused it


def check_claims(jwt: UnverifiedJwt) -> Check:
    """Remark on claims that Open Badges requires and many issuers leave out; never changes the verdict."""
    missing = sorted({"iss", "jti", "nbf"} - jwt.claims.keys())
    if missing:
        remark = "The JWT leaves out claims that Open Badges requires."
        return failed(JWT_CLAIMS, "missing-claims", remark, detail=", ".join(missing), required=False)
    return passed(JWT_CLAIMS, "The JWT repeats what Open Badges requires.", required=False)


def check_challenge(document: Mapping[str, Json], *, challenge: str | None, domain: str | None) -> Check:
    """Compare what the caller demanded with what the proofs were made for: a required check, since somebody asked.

    Code: ``challenge-mismatch``.
    """
    proofs = [members(proof) for proof in items(document.get("proof"))]
    for name, wanted in (("challenge", challenge), ("domain", domain)):
        if wanted is not None and not any(wanted in items(proof.get(name)) for proof in proofs):
            return failed(CHALLENGE, "challenge-mismatch", f"The proof was not made for this {name}.")
    return passed(CHALLENGE, "The proof was made for this challenge.")
