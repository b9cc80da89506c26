"""What is signed in an ecdsa-sd-2023 proof, and whether the signatures hold. One set of rules for issuer, holder and verifier.

The issuer's key signs the options of the proof, a key made for this one proof, and the mandatory statements. That key signs every
other statement by itself (Data Integrity ECDSA Cryptosuites 1.0, section 3.5.1). So nothing mandatory can be left out, nothing
can be added, and statements of two credentials cannot be mixed.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from okbadges.credentials.cryptosuites import DATA_INTEGRITY_PROOF, ECDSA_SD_2023
from okbadges.credentials.keys import public_key_from_multibase
from okbadges.credentials.multibase import encode_multibase_base58
from okbadges.credentials.rdfc import canonicalise
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from okbadges.credentials.expansion import Expander
    from okbadges.credentials.keys import PublicKey
    from okbadges.credentials.strict_json import Json

_P256_MULTICODEC: Final = b"\x80\x24"


def base_data(
    document: Mapping[str, Json],
    options: Mapping[str, Json],
    proof_key: bytes,
    mandatory: Iterable[str],
    expander: Expander,
) -> bytes:
    """Return the 99 bytes that the issuer signs: hash of the options, key of the proof, hash of the mandatory statements.

    The options carry the document's own ``@context``; what expanding refuses there has a ``where`` under ``/proof``.
    """
    try:
        quads = expander.to_quads({**options, "@context": document.get("@context")})
    except CredentialError as error:
        where = error.where if error.where.startswith("/@context") else "/proof" + error.where
        raise CredentialError(error.code, error.detail, where=where) from None
    proof_hash = sha256(canonicalise(quads).nquads.encode()).digest()
    return proof_hash + proof_key + sha256("".join(mandatory).encode()).digest()


def read_proof_text(proof: Mapping[str, Json]) -> tuple[str, dict[str, Json]]:
    """Return the ``proofValue`` and the options of an ecdsa-sd-2023 proof; raise "unsupported-suite" or "malformed-proof".

    Looked at is only what these signatures stand on; purpose, dates and the rest are for `data_integrity.read_proof`. A context
    of its own is "context-not-allowed". A chain is "unsupported-proof": statements that are signed one by one cover no other
    proof, so ``previousProof`` would promise what is not so.
    """
    if proof.get("type") != DATA_INTEGRITY_PROOF or proof.get("cryptosuite") != ECDSA_SD_2023:
        raise CredentialError("unsupported-suite", f"not a proof of the kind {ECDSA_SD_2023}", where="/proof")
    if "@context" in proof:
        raise CredentialError("context-not-allowed", "the proof has a context of its own", where="/proof/@context")
    if "previousProof" in proof:
        raise CredentialError(
            "unsupported-proof",
            f"a proof of the kind {ECDSA_SD_2023} is signed over no other",
            where="/proof/previousProof",
        )
    text = proof.get("proofValue")
    if not isinstance(text, str):
        raise CredentialError("malformed-proof", "the proof has no proofValue", where="/proof/proofValue")
    return text, {name: value for name, value in proof.items() if name != "proofValue"}


def encoded_key(key: PublicKey) -> bytes:
    """Return a P-256 key as a proofValue holds it: multicodec prefix and compressed point."""
    return _P256_MULTICODEC + key.encoded


def require_p256(key: PublicKey) -> None:
    """Raise "suite-key-mismatch" for any other kind of key."""
    if key.kind != "p-256":
        raise CredentialError("suite-key-mismatch", f"{ECDSA_SD_2023} needs a P-256 key, this is {key.kind}")


def read_key(encoded: bytes) -> PublicKey:
    """Return the key of one proof; raise "malformed-proof" when it is not one on P-256."""
    try:
        key = public_key_from_multibase(encode_multibase_base58(encoded))
        require_p256(key)
    except CredentialError as error:
        raise CredentialError(
            "malformed-proof",
            f"the proofValue has a key that cannot be used: {error.detail}",
            where="/proof/proofValue",
        ) from None
    return key


def statements_hold(key: PublicKey, lines: Sequence[str], signatures: Sequence[bytes]) -> bool:
    """Say whether each of ``lines`` was signed, in this order, by ``key``: none without its signature, none to spare."""
    return len(lines) == len(signatures) and all(
        key.verify(signature, line.encode()) for line, signature in zip(lines, signatures, strict=True)
    )
