"""The cryptosuites of Data Integrity that are understood here: by name, what signs, what is hashed, how a signature is written.

A proof says which suite it follows; everything else follows from that name and from the key. A suite says what its keys are,
and the key says the hash (P-384 goes with SHA-384, everything else with SHA-256): a proof cannot choose a weaker one.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from okbadges.credentials.multibase import decode_multibase_base58
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.keys import KeyKind, PublicKey
    from okbadges.credentials.rdfc import Hash

DATA_INTEGRITY_PROOF: Final = "DataIntegrityProof"
EDDSA_RDFC_2022: Final = "eddsa-rdfc-2022"
ECDSA_SD_2023: Final = "ecdsa-sd-2023"
ED25519_SIGNATURE_2020: Final = "Ed25519Signature2020"

Canonicalisation = Literal["rdfc", "jcs", "selective"]
"""How a document becomes the bytes that are hashed: RDFC-1.0, JCS (RFC 8785), or statement by statement (ecdsa-sd-2023)."""

_MOST_CHARACTERS: Final = 140  # 96 bytes are 132 characters in base58


@dataclass(frozen=True, slots=True)
class Suite:
    """One cryptosuite."""

    name: str
    """What ``cryptosuite`` says; for a proof that is of a type of its own (Ed25519Signature2020) that type."""
    key_kinds: frozenset[KeyKind]
    canonicalisation: Canonicalisation
    proof_type: str = DATA_INTEGRITY_PROOF
    legacy: bool = False
    """The suite under the name that an early draft gave it: verified, never signed with."""

    def check_key(self, key: PublicKey) -> None:
        """Raise "suite-key-mismatch" unless signatures of this suite are made with such a key."""
        if key.kind not in self.key_kinds:
            wanted = " or ".join(sorted(self.key_kinds))
            raise CredentialError("suite-key-mismatch", f"{self.name} needs a key of kind {wanted}, not {key.kind}")

    def require_whole_document(self) -> None:
        """Raise "unsupported-suite" for the one that signs statement by statement: `okbadges.credentials.selective` knows it."""
        if self.canonicalisation == "selective":
            detail = f"{self.name} does not sign the document as a whole"
            raise CredentialError("unsupported-suite", detail, where="/proof")

    def signature(self, proof_value: str) -> bytes:
        """Return the signature in a ``proofValue`` of base58btc: 64 bytes, or 96 for the suites that take P-384.

        Raises "malformed-multibase", "malformed-base58" or "malformed-signature" (another length).
        """
        lengths = (64, 96) if "p-384" in self.key_kinds else (64,)
        signature = decode_multibase_base58(proof_value, max_characters=_MOST_CHARACTERS)
        if len(signature) not in lengths:
            wanted = " or ".join(str(length) for length in lengths)
            raise CredentialError("malformed-signature", f"a signature of {self.name} is {wanted} bytes")
        return signature


def hash_of(key: PublicKey) -> Hash:
    """Return the hash that goes with a key (Data Integrity ECDSA Cryptosuites 1.0, section 3: P-384 with SHA-384)."""
    return "sha384" if key.kind == "p-384" else "sha256"


_ED25519: Final[frozenset[KeyKind]] = frozenset({"ed25519"})
_ECDSA: Final[frozenset[KeyKind]] = frozenset({"p-256", "p-384"})
_P256: Final[frozenset[KeyKind]] = frozenset({"p-256"})

SUITES: Final[Mapping[str, Suite]] = MappingProxyType(
    {
        suite.name: suite
        for suite in (
            Suite(EDDSA_RDFC_2022, _ED25519, "rdfc"),
            Suite("eddsa-jcs-2022", _ED25519, "jcs"),
            Suite("ecdsa-rdfc-2019", _ECDSA, "rdfc"),
            Suite("ecdsa-jcs-2019", _ECDSA, "jcs"),
            Suite(ECDSA_SD_2023, _P256, "selective"),
            Suite(ED25519_SIGNATURE_2020, _ED25519, "rdfc", proof_type=ED25519_SIGNATURE_2020),
            Suite("eddsa-2022", _ED25519, "rdfc", legacy=True),
        )
    }
)
"""Every suite that is understood, by its name."""
