"""The issuer's side: a base proof, which lets the holder choose later what to disclose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import ec

from okbadges.credentials.cryptosuites import DATA_INTEGRITY_PROOF, ECDSA_SD_2023
from okbadges.credentials.data_integrity import ASSERTION
from okbadges.credentials.expansion import BUNDLED
from okbadges.credentials.selective.badges import open_badges_mandatory
from okbadges.credentials.selective.portability import refuse_unportable
from okbadges.credentials.selective.proof_value import HMAC_BYTES, MOST_SIGNATURES, BaseProofValue
from okbadges.credentials.selective.signatures import (
    base_data,
    encoded_key,
    require_p256,
    statements_hold,
)
from okbadges.credentials.selective.statements import Whole
from okbadges.credentials.signers import EcdsaSigner, generate_p256_number
from okbadges.credentials.times import moment_text
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from okbadges.credentials.expansion import Expander
    from okbadges.credentials.keys import PublicKey
    from okbadges.credentials.signers import Signer
    from okbadges.credentials.strict_json import Json


def sign_base(
    document: Mapping[str, Json],
    *,
    signer: Signer,
    verification_method: str,
    mandatory: Sequence[str] | None = None,
    random_bytes: Callable[[int], bytes],
    created: datetime | None = None,
    published_key: PublicKey | None = None,
    expander: Expander = BUNDLED,
) -> dict[str, Json]:
    """Return ``document`` with an ecdsa-sd-2023 base proof as its last member (ECDSA Cryptosuites 1.0, sections 3.6.1 to 3.6.5).

    ``mandatory`` are JSON pointers to what every derived credential holds: those of `open_badges_mandatory` for a badge when
    nothing is said, and what lacks a member of a badge is then refused ("no-such-member").
    ``random_bytes`` is `secrets.token_bytes` in production: 32 bytes for the HMAC key and 40 for the key of this proof. The
    result is for the holder alone. All signatures are verified before it is returned, the base signature with
    ``published_key`` (what verifiers will find) when given.

    Raises "already-signed"; "suite-key-mismatch" for a key that is not P-256; "signing-failed"; "malformed-key" when the
    randomness is short; "too-large" when too much is not mandatory; "not-portable" for a text that other implementations would read
    differently; what `Whole.part` refuses of the pointers, and what expanding and canonicalising refuse.
    """
    if "proof" in document:
        raise CredentialError("already-signed", "the document has a proof already", where="/proof")
    key = published_key or signer.public_key
    require_p256(key)
    options = _options(verification_method, created)
    pointers = open_badges_mandatory(document) if mandatory is None else tuple(mandatory)
    hmac_key = _random(random_bytes, HMAC_BYTES)
    whole = Whole.of(document, hmac_key, expander)
    required, optional = whole.divided(whole.part(pointers).positions)
    _refuse_what_cannot_be_used(whole, optional)
    own = _key_of_the_proof(random_bytes)
    data = base_data(document, options, encoded_key(own.public_key), required, expander)
    base_signature, signatures = signer.sign(data), tuple(own.sign(line.encode()) for line in optional)
    if not (key.verify(base_signature, data) and statements_hold(own.public_key, optional, signatures)):
        raise CredentialError("signing-failed", "the new signatures do not verify with the published key")
    value = BaseProofValue(base_signature, encoded_key(own.public_key), hmac_key, signatures, pointers)
    return {**document, "proof": {**options, "proofValue": value.text()}}


def _refuse_what_cannot_be_used(whole: Whole, optional: Sequence[str]) -> None:
    """Refuse what verifiers would refuse, before anything is signed."""
    if len(optional) > MOST_SIGNATURES:
        raise CredentialError("too-large", f"more than {MOST_SIGNATURES} statements are not mandatory")
    refuse_unportable(whole.document, whole.lines)


def _key_of_the_proof(random_bytes: Callable[[int], bytes]) -> EcdsaSigner:
    return EcdsaSigner.from_number(generate_p256_number(random_bytes), ec.SECP256R1())


def _options(verification_method: str, created: datetime | None) -> dict[str, Json]:
    options: dict[str, Json] = {"type": DATA_INTEGRITY_PROOF, "cryptosuite": ECDSA_SD_2023}
    if created is not None:
        options["created"] = moment_text(created)
    return {**options, "verificationMethod": verification_method, "proofPurpose": ASSERTION}


def _random(random_bytes: Callable[[int], bytes], length: int) -> bytes:
    data = random_bytes(length)
    if len(data) != length:
        raise CredentialError("malformed-key", f"the source of randomness gave {len(data)} bytes, not {length}")
    return data
