"""Whether the claims of a JWT agree with the document inside (Open Badges 3.0, 8.2.4.1; VC Data Model 1.1, 6.3.1).

A reader of the claims and a reader of the document must not see different things: what is said twice is said alike, or nothing
of it is believed. A claim that is missing is another matter; many honest issuers leave some out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.credentials.times import read_moment
from okbadges.credentials.vc_jwt import date_members, numeric_date, only_subject
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from okbadges.credentials.strict_json import Json
    from okbadges.credentials.vc_jwt import UnverifiedJwt


def compare_claims(jwt: UnverifiedJwt, document: Mapping[str, Json]) -> None:
    """Return when no claim of ``jwt`` contradicts the credential or presentation that it holds.

    Raises "issuer-mismatch" (``iss`` is not the issuer, or the holder of a presentation), "id-mismatch" (``jti``),
    "subject-mismatch" (``sub`` is not the one subject), "time-mismatch" (``nbf``, ``exp``; a fraction of a second in the
    document does not count, an ``exp`` may stand alone and then ends the credential, an ``nbf`` may not), "malformed-time", and
    "audience-mismatch" for a credential that is for somebody who is not its subject: RFC 7519, 4.1.3, forbids everyone else to
    accept it (1EdTech's samples name the subject, who may show it to anybody).
    """
    if jwt.held() == "presentation":
        _same(jwt, "iss", _id_of(document.get("holder")), "issuer-mismatch", needed=False)
        _same(jwt, "jti", document.get("id"), "id-mismatch", needed=False)
        jwt.moment("nbf")
        jwt.moment("exp")
        return
    _same(jwt, "iss", _id_of(document.get("issuer")), "issuer-mismatch")
    _same(jwt, "jti", document.get("id"), "id-mismatch")
    subject_id = (only_subject(document) or {}).get("id")
    _same(jwt, "sub", subject_id, "subject-mismatch")
    begin, end = date_members(document)
    _same_time(jwt, "nbf", document, begin)
    if end in document:
        _same_time(jwt, "exp", document, end)
    jwt.moment("exp")
    if "aud" in jwt.claims and subject_id not in jwt.audience():
        raise CredentialError("audience-mismatch", "the JWT is a credential that only somebody else may accept")


def _id_of(value: Json) -> Json:
    return value.get("id") if isinstance(value, dict) else value


def _same(jwt: UnverifiedJwt, claim: str, stated: Json, code: str, *, needed: bool = True) -> None:
    if claim not in jwt.claims or (stated is None and not needed):
        return
    if not isinstance(stated, str) or jwt.claims[claim] != stated:
        raise CredentialError(code, f"the claim {claim} of the JWT contradicts the document")


def _same_time(jwt: UnverifiedJwt, claim: str, document: Mapping[str, Json], name: str) -> None:
    if claim not in jwt.claims:
        return
    value = document.get(name)
    stated: datetime | None = read_moment(value).replace(microsecond=0) if isinstance(value, str) else None
    if numeric_date(jwt.claims[claim]) != stated:
        raise CredentialError("time-mismatch", f"the claim {claim} of the JWT contradicts {name}")
