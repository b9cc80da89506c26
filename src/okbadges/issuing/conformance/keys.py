"""The keys of conformance runs: one for each kind, derived from the installation's secret, each its own ``did:key``.

They are the same in every run, so that a suite's manifest can name them, and they are never the key of an issuer of badges.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric import ec

from okbadges.credentials.signers import SEED_BYTES, EcdsaSigner, Ed25519Signer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.signers import Signer
    from okbadges.storage.sealing import Secrets

ED25519: Final = "ed25519"
P_256: Final = "p-256"
P_384: Final = "p-384"

_CURVES: Final[Mapping[str, tuple[ec.EllipticCurve, int]]] = MappingProxyType(
    {
        # with each curve the order of its group (SEC 2, sections 2.4.2 and 2.5.1)
        P_256: (ec.SECP256R1(), 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551),
        P_384: (
            ec.SECP384R1(),
            0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
        ),
    }
)


@dataclass(frozen=True, slots=True)
class ConformanceKey:
    """One key: its kind (``ed25519``, ``p-256``, ``p-384``), the ``did:key`` that issues with it, and what signs."""

    kind: str
    did: str
    signer: Signer

    @property
    def verification_method(self) -> str:
        """Return the DID URL of the key."""
        return f"{self.did}#{self.did.removeprefix('did:key:')}"


def conformance_keys(secrets: Secrets) -> dict[str, ConformanceKey]:
    """Return the keys of this installation's conformance runs by kind."""
    return {kind: _key(kind, secrets.conformance_secret(kind)) for kind in (ED25519, *_CURVES)}


def _key(kind: str, secret: bytes) -> ConformanceKey:
    signer: Signer
    if kind == ED25519:
        signer = Ed25519Signer(secret[:SEED_BYTES])
    else:
        curve, order = _CURVES[kind]
        # 512 bits brought into 1 … order - 1; for P-384 too the excess keeps the numbers even enough
        signer = EcdsaSigner.from_number(int.from_bytes(secret) % (order - 1) + 1, curve)
    return ConformanceKey(kind, f"did:key:{signer.public_key.multibase()}", signer)
