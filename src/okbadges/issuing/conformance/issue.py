"""Issuing in a conformance run: 1. choose form and key 2. fill in what the signer says itself 3. lint 4. sign and verify.

Everything else of what was sent stays as it was. What the data model refuses, and what canonicalisation would drop, is not
signed in any form, also where the form itself would not notice (JCS, JWT).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.credentials.controllers import ASSERTION, AUTHENTICATION
from okbadges.credentials.model import check_credential_shape, check_presentation_shape
from okbadges.credentials.selective import derive, sign_base
from okbadges.credentials.vocabulary import CREDENTIALS_V2
from okbadges.errors import CredentialError
from okbadges.issuing.conformance.keys import conformance_keys
from okbadges.issuing.conformance.lists import ConformanceLists
from okbadges.issuing.conformance.proving import (
    ENVELOPED_CREDENTIAL,
    ENVELOPED_PRESENTATION,
    enveloped_credential,
    enveloped_presentation,
    with_context_of,
    with_proof,
)
from okbadges.issuing.conformance.wanted import ECDSA_SD_2023, VC_JWT, VP_JWT, chosen
from okbadges.issuing.mistakes import refuse
from okbadges.verification.profile import ANY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from okbadges.credentials.strict_json import Json
    from okbadges.issuing.conformance.keys import ConformanceKey
    from okbadges.issuing.conformance.wanted import Wanted
    from okbadges.storage.sealing import Secrets


class Conformance:
    """Issues for conformance runs; ``keys`` by kind and ``lists`` are what it publishes."""

    def __init__(
        self,
        secrets: Secrets,
        *,
        base_url: str,
        now: Callable[[], datetime],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        """Derive the keys from the installation's secret; status lists are published under ``base_url``."""
        self.keys = conformance_keys(secrets)
        self.lists = ConformanceLists(self.keys, base_url=base_url, now=now, random_bytes=random_bytes)
        self._now = now
        self._random_bytes = random_bytes

    def issue(self, document: Mapping[str, Json], wanted: Wanted) -> dict[str, Json]:
        """Return the credential with its proof; as ``vc+jwt`` the `EnvelopedVerifiableCredential` that holds it.

        Raises `InvalidInput` (form, options, issuer), `Conflict` (``proof-exists``) and `CredentialError` (``lint``, and what
        signing refuses).
        """
        # 1. Which form, which key.
        form, key = chosen(document, wanted, self.keys)
        # 2. What only the issuer can say, and the context of the proof.
        filled = with_context_of(form, _with_issuer(document, key.did))
        if self._adds_status(filled, wanted):
            filled["credentialStatus"] = self.lists.entry(key.kind)
        # 3. Only what a verifier would take.
        _lint(filled)
        # 4. Sign; each of these verifies its own signature before it answers.
        if form == VC_JWT:
            return enveloped_credential(filled, key)
        if form == ECDSA_SD_2023:
            return self._selective(filled, wanted, key)
        return with_proof(filled, wanted, form, key=key, purpose=ASSERTION, created=self._seconds())

    def present(self, document: Mapping[str, Json], wanted: Wanted) -> dict[str, Json]:
        """Return the presentation with its holder's proof, for the challenge and domain that are wanted.

        As ``vp+jwt`` it is the `EnvelopedVerifiablePresentation` that holds it. A holder who is named is one of our keys; none is
        added. Raises as `issue` does.
        """
        form, key = chosen(document, wanted, self.keys, presented=True)
        filled = with_context_of(form, document)
        _lint_presentation(filled)
        if form == VP_JWT:
            return enveloped_presentation(filled, wanted, key)
        return with_proof(filled, wanted, form, key=key, purpose=AUTHENTICATION, created=self._seconds())

    def derive(self, document: Mapping[str, Json], reveal: Sequence[str]) -> dict[str, Json]:
        """Return what a holder hands on of an ecdsa-sd-2023 base credential: the mandatory parts and what ``reveal`` points to."""
        return derive(document, reveal=reveal, expander=ANY.expander)

    def _adds_status(self, document: Mapping[str, Json], wanted: Wanted) -> bool:
        """Tell whether to add a status entry: on request, and without one where no form was asked for by name.

        A verifier that cannot check a status refuses what has one; so the forms, which are checked by verifiers of the suites'
        own, come without. The terms are those of the base context of 2.0.
        """
        asked = wanted.status if wanted.status is not None else wanted.form is None
        contexts = document.get("@context")
        return (
            asked
            and "credentialStatus" not in document
            and isinstance(contexts, list)
            and contexts[:1] == [CREDENTIALS_V2]
        )

    def _selective(self, document: dict[str, Json], wanted: Wanted, key: ConformanceKey) -> dict[str, Json]:
        status = ("/credentialStatus",) if "credentialStatus" in document else ()
        return sign_base(
            document,
            signer=key.signer,
            verification_method=key.verification_method,
            mandatory=[*wanted.mandatory, *(one for one in status if one not in wanted.mandatory)],
            random_bytes=self._random_bytes,
            created=self._seconds(),
            expander=ANY.expander,
        )

    def _seconds(self) -> datetime:
        return self._now().replace(microsecond=0)


def _with_issuer(document: Mapping[str, Json], did: str) -> dict[str, Json]:
    """Return a copy that names its issuer."""
    issuer = document.get("issuer")
    return {**document, "issuer": {**issuer, "id": did} if isinstance(issuer, dict) else did}


def _lint(document: Mapping[str, Json]) -> None:
    _refuse_envelope(document, ENVELOPED_CREDENTIAL)
    refuse(check_credential_shape(document))
    _expand(document)


def _lint_presentation(document: Mapping[str, Json]) -> None:
    _refuse_envelope(document, ENVELOPED_PRESENTATION)
    refuse(check_presentation_shape(document), what="presentation")
    _expand(document)


def _refuse_envelope(document: Mapping[str, Json], name: str) -> None:
    types = document.get("type")
    if name in (types if isinstance(types, list) else [types]):
        raise CredentialError("already-signed", "An envelope holds something that was signed.", where="/type")


def _expand(document: Mapping[str, Json]) -> None:
    """Raise what canonicalisation would refuse, also for the forms that do not canonicalise."""
    ANY.expander.to_quads({name: value for name, value in document.items() if name != "proof"})
