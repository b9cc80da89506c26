"""The story of checking a badge of 2.0, step by step.

1. The Assertion has the shape of one. 2. Hosted: its host says the same. Signed: it came with a signature. 3. The BadgeClass and the
Profile of the issuer are had from their own addresses and have the shape of what they are. 4. The issuer has allowed this
host, or lists the key, and the signature holds. 5. It is within its dates. 6. The issuer has not taken it back.

Every step that asks somebody else waits for the ones before it. What the file says is never believed of others: the BadgeClass,
the Profile, the keys and the revocation list are those that stand at their own addresses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from okbadges.errors import CredentialError
from okbadges.verification.checks import CONTENT_UNALTERED, ISSUER_KEY, SHAPE, STATUS
from okbadges.verification.openbadges2.dates import check_dates
from okbadges.verification.openbadges2.endorsements import check_endorsements
from okbadges.verification.openbadges2.extensions import require_extensions
from okbadges.verification.openbadges2.hosted import ask_host, check_scope
from okbadges.verification.openbadges2.objects import Chain, find_chain
from okbadges.verification.openbadges2.outcomes import open_or_failed, passed, waiting
from okbadges.verification.openbadges2.shape import (
    is_hosted,
    is_revoked,
    require_assertion,
    require_badge,
    require_profile,
)
from okbadges.verification.openbadges2.signed import check_signature, unsigned
from okbadges.verification.openbadges2.status import check_status, revoked_by_host
from okbadges.verification.report import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from okbadges.credentials.strict_json import Json
    from okbadges.credentials.vc_jwt import UnverifiedJwt
    from okbadges.verification.received import Received
    from okbadges.verification.report import Check, StatusFound
    from okbadges.verification.resolve import Documents

_UNCLEAR_SHAPE: Final = frozenset({"form-not-supported", "context-not-known"})
_ENVELOPE: Final = frozenset({"iss", "sub", "aud", "jti", "nbf", "exp", "iat", "nonce"})
_UNCLEAR_CHAIN: Final = frozenset({"not-an-address"})


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found out about one badge of 2.0: its checks, and the documents that it consists of.

    ``badge`` and ``issuer`` are as they stand at their own addresses; None when it did not come to that.
    """

    assertion: Mapping[str, Json]
    checks: tuple[Check, ...]
    badge: Mapping[str, Json] | None = None
    issuer: Mapping[str, Json] | None = None
    status: tuple[StatusFound, ...] = ()


def examine(received: Received, *, documents: Documents, now: datetime) -> Examination:
    """Check a badge of 2.0, hosted or signed; whatever it holds, the answer is an examination.

    The checks are ``shape``, ``issuer-key``, ``content-unaltered``, ``dates`` and ``status``, and ``endorsements`` where there
    are some; their codes are with the functions that make them. At most eight addresses are asked (`Documents`).
    """
    assertion, jwt = received.document, received.jwt
    shape = _check_assertion(assertion, jwt)
    dates = check_dates(assertion, now=now, claims=jwt.claims if jwt is not None else {})
    if shape.outcome is not Outcome.PASSED:
        later = (waiting(check_id, SHAPE) for check_id in (ISSUER_KEY, CONTENT_UNALTERED))
        return Examination(assertion, (shape, *later, dates, waiting(STATUS, SHAPE)))
    case = _Case(assertion, shape, dates, documents)
    if jwt is None:
        return _examine_hosted(case) if is_hosted(assertion) or is_revoked(assertion) else case.ended(*unsigned())
    if is_revoked(assertion):
        return _taken_back(case, waiting(CONTENT_UNALTERED, STATUS), None)
    return _examine_chain(case, lambda chain: check_signature(assertion, jwt, chain.issuer, documents))


@dataclass(frozen=True, slots=True)
class _Case:
    """What is known after the first step, and where to ask."""

    assertion: Mapping[str, Json]
    shape: Check
    dates: Check
    documents: Documents

    def ended(self, issuer_key: Check, content: Check) -> Examination:
        """Return the examination that stops before it comes to the issuer."""
        found = (self.shape, issuer_key, content, self.dates, waiting(STATUS, CONTENT_UNALTERED))
        return Examination(self.assertion, found)


def _examine_hosted(case: _Case) -> Examination:
    host = ask_host(case.assertion, case.documents)
    if host.revoked or is_revoked(case.assertion):
        return _taken_back(case, host.content, host.reason)
    if host.content.outcome is not Outcome.PASSED:
        return case.ended(waiting(ISSUER_KEY, CONTENT_UNALTERED), host.content)
    return _examine_chain(case, lambda chain: _prove_hosted(case, chain, host.content))


def _prove_hosted(case: _Case, chain: Chain, content: Check) -> tuple[Check, Check]:
    """Return ``issuer-key`` and ``content-unaltered``: what a host confirms counts when it is one of the issuer's."""
    issuer_key = check_scope(case.assertion, chain)
    return issuer_key, content if issuer_key.outcome is Outcome.PASSED else waiting(CONTENT_UNALTERED, ISSUER_KEY)


def _check_assertion(assertion: Mapping[str, Json], jwt: UnverifiedJwt | None) -> Check:
    """Check the Assertion alone. A JWS holds nothing beside it, and says of itself that it is signed."""
    try:
        require_assertion(assertion)
        unknown = require_extensions(assertion)
        if jwt is not None:
            _require_signed(assertion, jwt)
    except CredentialError as error:
        return _no_shape(error)
    return _sound_shape(unknown)


def _require_signed(assertion: Mapping[str, Json], jwt: UnverifiedJwt) -> None:
    beside = jwt.claims.keys() - assertion.keys() - _ENVELOPE
    if beside or any(jwt.claims.get(name) != member for name, member in assertion.items()):
        raise CredentialError("ambiguous-credential", "The JWS holds something beside the badge.")
    if is_hosted(assertion):
        raise CredentialError("schema", "It came signed, but says that it is hosted.", where="/verification/type")


def _no_shape(error: CredentialError) -> Check:
    message = "The badge is not built as Open Badges 2.0 says."
    return open_or_failed(SHAPE, error, message, unreachable="badge-unreachable", open_codes=_UNCLEAR_SHAPE)


def _sound_shape(unknown: list[str]) -> Check:
    told = f"extensions that were not looked into: {', '.join(unknown)}"[:400] if unknown else None
    return passed(SHAPE, "The badge is built as Open Badges 2.0 says.", detail=told)


def _taken_back(case: _Case, content: Check, reason: str | None) -> Examination:
    stated = case.assertion.get("revocationReason")
    check, status = revoked_by_host(case.assertion, reason or (stated if isinstance(stated, str) else None))
    found = (case.shape, waiting(ISSUER_KEY, STATUS), content, case.dates, check)
    return Examination(case.assertion, found, status=(status,))


def _examine_chain(case: _Case, prove: Callable[[Chain], tuple[Check, Check]]) -> Examination:
    """Go on to the BadgeClass and the issuer; ``prove`` returns ``issuer-key`` and ``content-unaltered`` once they are had."""
    try:
        chain = find_chain(case.assertion, case.documents)
    except CredentialError as error:
        message = "What was awarded, or by whom, could not be found out."
        issuer_key = open_or_failed(
            ISSUER_KEY, error, message, unreachable="issuer-unreachable", open_codes=_UNCLEAR_CHAIN
        )
        return case.ended(issuer_key, waiting(CONTENT_UNALTERED, ISSUER_KEY))
    shape = _check_chain(case, chain)
    if shape.outcome is not Outcome.PASSED:
        later = (waiting(check_id, SHAPE) for check_id in (ISSUER_KEY, CONTENT_UNALTERED))
        found = (shape, *later, case.dates, waiting(STATUS, SHAPE))
        return Examination(case.assertion, found, chain.badge, chain.issuer)
    issuer_key, content = prove(chain)
    return _finish(case, (shape, issuer_key, content, case.dates), chain)


def _check_chain(case: _Case, chain: Chain) -> Check:
    try:
        require_badge(chain.badge, is_inside=isinstance(case.assertion.get("badge"), dict))
        require_profile(chain.issuer)
        unknown = [*require_extensions(chain.badge), *require_extensions(chain.issuer)]
    except CredentialError as error:
        return _no_shape(error)
    return case.shape if not unknown else _sound_shape([*require_extensions(case.assertion), *unknown])


def _finish(case: _Case, found: tuple[Check, ...], chain: Chain) -> Examination:
    """Look for revocation and endorsements, which speak for the issuer: only when it is proven that the issuer speaks."""
    waits_for = next(
        (check.id for check in found if check.outcome is not Outcome.PASSED and check is not case.dates), None
    )
    if waits_for is not None:
        return Examination(case.assertion, (*found, waiting(STATUS, waits_for)), chain.badge, chain.issuer)
    check, status = check_status(case.assertion, chain.issuer, case.documents, is_hosted=is_hosted(case.assertion))
    endorsements = check_endorsements((case.assertion, chain.badge, chain.issuer), case.documents)
    return Examination(case.assertion, (*found, check, *endorsements), chain.badge, chain.issuer, status)
