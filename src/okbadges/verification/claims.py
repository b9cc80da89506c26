"""What a signature says beside the content: the claims of a JWT, the challenge that it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from okbadges.credentials.vc_jwt import only_subject
from okbadges.errors import CredentialError
from okbadges.verification.checks import CHALLENGE, JWT_CLAIMS, failed, passed
from okbadges.verification.reading import items, members, text, validity_members

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from okbadges.credentials.strict_json import Json
    from okbadges.credentials.vc_jwt import UnverifiedJwt
    from okbadges.verification.report import Check


def begin_by_envelope(jwt: UnverifiedJwt | None) -> datetime | None:
    """Return before when a JWT says that nobody may accept it (``nbf``)."""
    return _moment(jwt, "nbf")


def end_by_envelope(jwt: UnverifiedJwt | None) -> datetime | None:
    """Return when a JWT says that it ends: its ``exp`` counts also where the credential inside states no end."""
    return _moment(jwt, "exp")


def _moment(jwt: UnverifiedJwt | None, claim: Literal["nbf", "exp"]) -> datetime | None:
    try:
        return jwt.moment(claim) if jwt is not None else None
    except CredentialError:
        return None  # comparing the claims refuses it


def check_claims(jwt: UnverifiedJwt, document: Mapping[str, Json]) -> Check:
    """Remark on claims that Open Badges requires and many issuers leave out (8.2.4.1); never changes the verdict.

    ``sub`` is required when the one subject has an id, ``exp`` when the credential has an end.
    """
    required = {"iss", "jti", "nbf"}
    if (only_subject(document) or {}).get("id") is not None:
        required.add("sub")
    if validity_members(document)[1] in document:
        required.add("exp")
    missing = sorted(required - jwt.claims.keys())
    if missing:
        remark = "The JWT leaves out claims that Open Badges requires."
        return failed(JWT_CLAIMS, "missing-claims", remark, detail=", ".join(missing), required=False)
    return passed(JWT_CLAIMS, "The JWT repeats what Open Badges requires.", required=False)


def check_challenge(
    document: Mapping[str, Json], jwt: UnverifiedJwt | None, *, challenge: str | None, domain: str | None
) -> Check:
    """Compare what the caller demanded with what the proofs were made for: a required check, since somebody asked.

    In a JWT the challenge is ``nonce`` and the domain one of ``aud``. Code: ``challenge-mismatch``.
    """
    made_for = [
        (text(members(proof).get("challenge")), items(members(proof).get("domain")))
        for proof in items(document.get("proof"))
    ]
    if jwt is not None:
        made_for.append((text(jwt.claims.get("nonce")), items(jwt.claims.get("aud"))))
    if challenge is not None and (not made_for or any(stated != challenge for stated, _ in made_for)):
        return failed(CHALLENGE, "challenge-mismatch", "The proof was not made for this challenge.")
    if domain is not None and (not made_for or any(domain not in stated for _, stated in made_for)):
        return failed(CHALLENGE, "challenge-mismatch", "The proof was not made for this domain.")
    return passed(CHALLENGE, "The proof was made for this challenge.")
