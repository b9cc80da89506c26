"""Presentations by which a wallet proves its key in an exchange (VC-API; Verifiable Presentation Request, "DID Authentication").

Asked for is a presentation that holds nothing, signed by the wallet's key for our challenge and domain. Its proof may be of any suite that is
verified here; the Learner Credential Wallet signs with Ed25519Signature2020. Only keys that follow from their name: nothing is fetched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from okbadges.credentials.cryptosuites import ED25519_SIGNATURE_2020, EDDSA_RDFC_2022
from okbadges.credentials.dids import DidUrl
from okbadges.credentials.strict_json import dumps
from okbadges.errors import CredentialError, MalformedInput
from okbadges.verification.checks import verdict_of
from okbadges.verification.presentations import holder_of
from okbadges.verification.profile import ANY
from okbadges.verification.received import Received
from okbadges.verification.report import Kind, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.strict_json import Json
    from okbadges.verification.profile import Profile
    from okbadges.verification.report import Report

METHODS: Final = ("key", "jwk")
SUITES: Final = (ED25519_SIGNATURE_2020, EDDSA_RDFC_2022, "ecdsa-rdfc-2019")
_FIELD: Final = "verifiablePresentation"


class Verifying(Protocol):
    """Verification with the clock of this service."""

    def __call__(self, received: bytes, *, challenge: str, domain: str, profile: Profile) -> Report:
        """Return the report on ``received``."""


def presentation_request(*, challenge: str, domain: str, address: str) -> dict[str, Any]:
    """Return what a wallet is asked for: who it is, and nothing else; it answers to ``address``."""
    query = {
        "type": "DIDAuthentication",
        "acceptedMethods": [{"method": method} for method in METHODS],
        "acceptedCryptosuites": [{"cryptosuite": suite} for suite in SUITES],
    }
    service = {"type": "UnmediatedHttpPresentationService2021", "serviceEndpoint": address}
    return {
        "verifiablePresentationRequest": {
            "query": [query],
            "challenge": challenge,
            "domain": domain,
            "interact": {"service": [service]},
        }
    }


def stated_challenge(presentation: Mapping[str, Json]) -> str:
    """Return the challenge that a presentation says it answers, unverified. Raises `MalformedInput` (``challenge-missing``)."""
    proof = presentation.get("proof")
    stated = proof.get("challenge") if isinstance(proof, dict) else None
    if not isinstance(stated, str):
        raise MalformedInput(
            "challenge-missing", "The presentation has one proof, made for the challenge.", field=f"{_FIELD}.proof"
        )
    return stated


def presenting_wallet(presentation: dict[str, Json], *, challenge: str, domain: str, verify: Verifying) -> str:
    """Return the DID of the wallet that signed a presentation for this challenge and domain.

    Raises `MalformedInput`: ``credentials-not-asked`` (it holds some), ``holder-not-supported`` (not a did:key or did:jwk), ``not-a-presentation``
    and the code of the check that failed.
    """
    if presentation.get("verifiableCredential", []) != []:
        raise MalformedInput(
            "credentials-not-asked",
            "Send a presentation that holds no credential.",
            field=f"{_FIELD}.verifiableCredential",
        )
    holder = _holder(presentation)
    report = verify(dumps(presentation), challenge=challenge, domain=domain, profile=ANY)
    if report.kind is not Kind.PRESENTATION:
        raise MalformedInput("not-a-presentation", "Send a VerifiablePresentation.", field=_FIELD)
    if report.verdict is not Verdict.VALID or report.holder != holder:
        raise _refused(report)
    return holder


def _holder(presentation: dict[str, Json]) -> str:
    try:
        name = DidUrl.parse(holder_of(Received(presentation)))
    except CredentialError:
        name = None
    if name is None or name.fragment is not None or name.method not in METHODS:
        raise MalformedInput(
            "holder-not-supported",
            "The holder is a did:key or a did:jwk, without a fragment.",
            field=f"{_FIELD}.holder",
        )
    return name.did


def _refused(report: Report) -> MalformedInput:
    wrong = [check for check in report.checks if check.required and verdict_of(check) is not Verdict.VALID]
    wrong.sort(key=lambda check: check.code == "earlier-step")
    if not wrong:
        return MalformedInput("not-verified", "The presentation could not be verified.", field=_FIELD)
    return MalformedInput(wrong[0].code or "not-verified", wrong[0].message, field=_FIELD)
