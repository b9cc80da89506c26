"""Issuing in a conformance run: 1. choose form and key 2. fill in what the issuer says itself 3. lint 4. sign and verify.

Everything else of the credential stays as it was sent. What the data model refuses, and what canonicalisation would drop, is not
signed in any form, also where the form itself would not notice (JCS, JWT).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from okbadges.credentials.data_integrity import proofs_of, sign
from okbadges.credentials.jwt_signing import sign_jose
from okbadges.credentials.model import check_credential_shape
from okbadges.credentials.selective import derive, sign_base
from okbadges.credentials.vocabulary import CREDENTIALS_V2
from okbadges.errors import CredentialError
from okbadges.issuing.conformance.keys import conformance_keys
from okbadges.issuing.conformance.lists import ConformanceLists
from okbadges.issuing.conformance.wanted import ECDSA_SD_2023, VC_JWT, chosen
from okbadges.verification.profile import ANY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from okbadges.credentials.strict_json import Json
    from okbadges.issuing.conformance.keys import ConformanceKey
    from okbadges.issuing.conformance.wanted import Wanted
    from okbadges.storage.sealing import Secrets

ENVELOPED_CREDENTIAL: Final = "EnvelopedVerifiableCredential"


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

        Raises `InvalidInput` (form, issuer) and `CredentialError` (``lint``, and what signing refuses).
        """
        # 1. Which form, which key.
        form, key = chosen(document, wanted, self.keys)
        # 2. What only the issuer can say.
        filled = _with_issuer(document, key.did)
        if self._adds_status(filled, wanted):
            filled["credentialStatus"] = self.lists.entry(key.kind)
        # 3. Only what a verifier would take.
        _lint(filled)
        # 4. Sign; each of these verifies its own signature before it answers.
        if form == VC_JWT:
            return self._enveloped(filled, key)
        if form == ECDSA_SD_2023:
            return self._selective(filled, wanted, key)
        return self._with_proof(filled, wanted, form, key)

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

    def _with_proof(self, document: dict[str, Json], wanted: Wanted, form: str, key: ConformanceKey) -> dict[str, Json]:
        meant_for = {"challenge": wanted.challenge, "domain": wanted.domain}
        return sign(
            document,
            signer=key.signer,
            verification_method=key.verification_method,
            suite=form,
            created=self._seconds(),
            canonical=ANY.canonical,
            # a credential that brings a proof gets ours beside it (Data Integrity 1.0, proof sets)
            another=bool(proofs_of(document)),
            **{name: value for name, value in meant_for.items() if value is not None},  # type: ignore[arg-type]
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

    def _enveloped(self, document: dict[str, Json], key: ConformanceKey) -> dict[str, Json]:
        if "proof" in document:
            raise CredentialError("already-signed", "an enveloped credential has no proof inside", where="/proof")
        jwt = sign_jose(document, signer=key.signer, key_id=key.verification_method, typ=VC_JWT)
        return {"@context": CREDENTIALS_V2, "id": f"data:application/vc+jwt,{jwt}", "type": ENVELOPED_CREDENTIAL}

    def _seconds(self) -> datetime:
        return self._now().replace(microsecond=0)


def _with_issuer(document: Mapping[str, Json], did: str) -> dict[str, Json]:
    """Return a copy that names its issuer."""
    issuer = document.get("issuer")
    return {**document, "issuer": {**issuer, "id": did} if isinstance(issuer, dict) else did}


def _lint(document: Mapping[str, Json]) -> None:
    types = document.get("type")
    if ENVELOPED_CREDENTIAL in (types if isinstance(types, list) else [types]):
        raise CredentialError("already-signed", "An envelope is a credential that was signed.", where="/type")
    mistakes = check_credential_shape(document)
    if mistakes:
        first = mistakes[0]
        raise CredentialError("lint", f"This credential would not be valid: {first.message}", where=first.pointer)
    ANY.expander.to_quads({name: value for name, value in document.items() if name != "proof"})
