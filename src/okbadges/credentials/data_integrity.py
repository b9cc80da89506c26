"""Embedded proofs: Verifiable Credential Data Integrity 1.0 with the suite eddsa-rdfc-2022.

What is signed is 64 bytes: SHA-256 of the canonical proof options, then SHA-256 of the canonical document without its proof
(Data Integrity EdDSA Cryptosuites 1.0, section 3.2; the options carry the document's own ``@context``). A proof is read
before it is believed: `read_proof` refuses every shape that is not exactly understood, `verify_proof` says whether the
signature holds. Whose key that is, whether the proof is meant for now and for this reader is for the caller to ask.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from okbadges.credentials.canonical import canonical_nquads
from okbadges.credentials.multibase import decode_multibase_base58, encode_multibase_base58
from okbadges.credentials.strict_json import Json
from okbadges.credentials.times import moment_text, read_moment
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from datetime import datetime

    from okbadges.credentials.keys import PublicKey
    from okbadges.credentials.signers import Signer

PROOF_TYPE: Final = "DataIntegrityProof"
EDDSA_RDFC_2022: Final = "eddsa-rdfc-2022"
ASSERTION: Final = "assertionMethod"

Canonical = Callable[[Mapping[str, Json]], str]
"""From a document to its canonical N-Quads: `canonical_nquads` for badges, or one that allows other contexts."""

_SIGNATURE_BYTES: Final = 64
_TEXTS: Final = ("id", "challenge", "nonce")
_UNDERSTOOD: Final = frozenset(
    {"type", "cryptosuite", "verificationMethod", "proofPurpose", "proofValue", "created", "expires", "domain", *_TEXTS}
)


@dataclass(frozen=True, slots=True)
class UnverifiedProof:
    """What a proof claims. ``created`` and ``expires`` are aware UTC; ``domain`` is empty when the proof names none."""

    verification_method: str
    purpose: str
    signature: bytes
    options: Mapping[str, Json]
    created: datetime | None
    expires: datetime | None
    challenge: str | None
    domain: tuple[str, ...]


def hash_data(
    document: Mapping[str, Json], proof_options: Mapping[str, Json], *, canonical: Canonical = canonical_nquads
) -> bytes:
    """Return the 64 bytes that an eddsa-rdfc-2022 proof with these options signs for ``document``.

    ``document``'s own ``proof`` and the options' ``proofValue`` do not count. Raises what canonicalising refuses (safe mode),
    for the options with a ``where`` under ``/proof``.
    """
    options = {name: value for name, value in proof_options.items() if name != "proofValue"}
    bare = {name: value for name, value in document.items() if name != "proof"}
    try:
        options_text = canonical({**options, "@context": document.get("@context")})
    except CredentialError as error:
        where = "/proof" + error.where if not error.where.startswith("/@context") else error.where
        raise CredentialError(error.code, error.detail, where=where) from None
    return sha256(options_text.encode()).digest() + sha256(canonical(bare).encode()).digest()


def proof_options(verification_method: str, *, created: datetime | None = None) -> dict[str, Json]:
    """Return the options of a proof by okbadges: everything but the value, ``created`` only when it is given."""
    options: dict[str, Json] = {"type": PROOF_TYPE, "cryptosuite": EDDSA_RDFC_2022}
    if created is not None:
        options["created"] = moment_text(created)
    return {**options, "verificationMethod": verification_method, "proofPurpose": ASSERTION}


def signed_value(data: bytes, signer: Signer, *, published_key: PublicKey | None = None) -> str:
    """Sign ``data`` and return the ``proofValue``, after checking the signature over these very bytes.

    It is checked with ``published_key`` (what verifiers will find) when given, else with the signer's own public key; raises
    "signing-failed" when it does not hold, and "suite-key-mismatch" for a key that is not Ed25519.
    """
    key = published_key or signer.public_key
    if key.kind != "ed25519":
        raise CredentialError("suite-key-mismatch", f"{EDDSA_RDFC_2022} signs with an Ed25519 key")
    signature = signer.sign(data)
    if not key.verify(signature, data):
        raise CredentialError(
            "signing-failed", "the new signature does not verify with the published key; nothing was issued"
        )
    return encode_multibase_base58(signature)


def sign(
    document: Mapping[str, Json],
    *,
    signer: Signer,
    verification_method: str,
    created: datetime | None = None,
    published_key: PublicKey | None = None,
    canonical: Canonical = canonical_nquads,
) -> dict[str, Json]:
    """Return ``document`` with an eddsa-rdfc-2022 proof as its last member.

    Raises "already-signed" when it has one, what canonicalising refuses, and what `signed_value` raises.
    """
    if "proof" in document:
        raise CredentialError(
            "already-signed", "the document has a proof; okbadges never adds a second", where="/proof"
        )
    options = proof_options(verification_method, created=created)
    value = signed_value(hash_data(document, options, canonical=canonical), signer, published_key=published_key)
    return {**document, "proof": {**options, "proofValue": value}}


def only_proof(document: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return the one proof of ``document``, alone or in a list; raise "no-proof", "several-proofs" or "malformed-proof"."""
    proof = document.get("proof")
    if isinstance(proof, list):
        if len(proof) > 1:
            raise CredentialError("several-proofs", "the credential has more than one proof", where="/proof")
        proof = proof[0] if proof else None
    if proof is None:
        raise CredentialError("no-proof", "the credential has no proof")
    if not isinstance(proof, dict):
        raise _malformed("is not an object")
    return proof


def read_proof(proof: Mapping[str, Json], *, purpose: str = ASSERTION) -> UnverifiedProof:
    """Read an eddsa-rdfc-2022 proof and refuse every other: what is not understood might change what was meant.

    Raises "unsupported-suite" (another type or cryptosuite), "purpose-mismatch", "context-not-allowed" (a context of its own),
    "unsupported-proof" (a chain, or a member that Data Integrity does not have) and "malformed-proof".
    """
    kind, suite, stated_purpose = (_text(proof, name) for name in ("type", "cryptosuite", "proofPurpose"))
    if kind is None or (kind == PROOF_TYPE and suite is None):
        raise _malformed("does not say of what kind it is", "type" if kind is None else "cryptosuite")
    if kind != PROOF_TYPE or suite != EDDSA_RDFC_2022:
        name = suite if kind == PROOF_TYPE else kind
        raise CredentialError(
            "unsupported-suite", f"the proof is of a kind that is not supported: {name}", where="/proof"
        )
    if "@context" in proof:
        raise CredentialError("context-not-allowed", "the proof has a context of its own", where="/proof/@context")
    foreign = next((name for name in proof if name not in _UNDERSTOOD), None)
    if foreign is not None:
        raise CredentialError(
            "unsupported-proof", "the proof has a member that is not understood", where=f"/proof/{foreign}"
        )
    method = _text(proof, "verificationMethod")
    if method is None or stated_purpose is None:
        raise _malformed("names no key or no purpose", "verificationMethod" if method is None else "proofPurpose")
    if stated_purpose != purpose:
        raise CredentialError("purpose-mismatch", f"the proof is not for {purpose}", where="/proof/proofPurpose")
    texts = {name: _text(proof, name) for name in _TEXTS}
    return UnverifiedProof(
        verification_method=method,
        purpose=stated_purpose,
        signature=_signature(_text(proof, "proofValue")),
        options={name: value for name, value in proof.items() if name != "proofValue"},
        created=_moment(proof, "created"),
        expires=_moment(proof, "expires"),
        challenge=texts["challenge"],
        domain=_domain(proof.get("domain", [])),
    )


def verify_proof(
    document: Mapping[str, Json],
    proof: Mapping[str, Json],
    public_key: PublicKey,
    *,
    purpose: str = ASSERTION,
    canonical: Canonical = canonical_nquads,
) -> None:
    """Return when ``proof`` is a signature by ``public_key`` over ``document``; raise otherwise.

    Raises what `read_proof` and canonicalising refuse, "suite-key-mismatch" for a key that is not Ed25519, and
    "bad-signature". Dates, domain, challenge and whose key it is are not looked at.
    """
    unverified = read_proof(proof, purpose=purpose)
    if public_key.kind != "ed25519":
        raise CredentialError(
            "suite-key-mismatch", f"{EDDSA_RDFC_2022} needs an Ed25519 key, this is {public_key.kind}"
        )
    if not public_key.verify(unverified.signature, hash_data(document, unverified.options, canonical=canonical)):
        raise CredentialError(
            "bad-signature", "the document is not what was signed, or another key signed it", where="/proof"
        )


def _malformed(what: str, member: str = "") -> CredentialError:
    return CredentialError("malformed-proof", f"the proof {what}", where=f"/proof/{member}" if member else "/proof")


def _text(proof: Mapping[str, Json], name: str) -> str | None:
    value = proof.get(name)
    if name in proof and not isinstance(value, str):
        raise _malformed(f"has a {name} that is not a text", name)
    return value if isinstance(value, str) else None


def _signature(value: str | None) -> bytes:
    if value is None:
        raise _malformed("has no proofValue", "proofValue")
    try:
        signature = decode_multibase_base58(value, max_characters=100)
    except CredentialError as error:
        raise _malformed(f"has a proofValue that cannot be read: {error.detail}", "proofValue") from None
    if len(signature) != _SIGNATURE_BYTES:
        raise _malformed(f"has a proofValue that is not {_SIGNATURE_BYTES} bytes", "proofValue")
    return signature


def _moment(proof: Mapping[str, Json], name: str) -> datetime | None:
    text = _text(proof, name)
    if text is None:
        return None
    try:
        return read_moment(text)
    except CredentialError as error:
        raise _malformed(f"has a {name} that cannot be read: {error.detail}", name) from None


def _domain(value: Json) -> tuple[str, ...]:
    names = value if isinstance(value, list) else [value]
    texts = tuple(name for name in names if isinstance(name, str))
    if len(texts) != len(names):
        raise _malformed("has a domain that is not a text", "domain")
    return texts
