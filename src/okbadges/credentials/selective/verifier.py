"""The verifier's side: whether a derived credential says what its issuer signed, and holds all that the issuer made mandatory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.credentials.expansion import BUNDLED
from okbadges.credentials.rdfc import canonicalise
from okbadges.credentials.selective.proof_value import read_derived
from okbadges.credentials.selective.signatures import (
    base_data,
    read_key,
    read_proof_text,
    require_p256,
    statements_hold,
)
from okbadges.credentials.selective.statements import lines_of, number_of, without_proof
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.expansion import Expander
    from okbadges.credentials.keys import PublicKey
    from okbadges.credentials.selective.proof_value import DerivedProofValue
    from okbadges.credentials.strict_json import Json


def verify_derived(
    document: Mapping[str, Json],
    proof: Mapping[str, Json],
    public_key: PublicKey,
    *,
    expander: Expander = BUNDLED,
) -> None:
    """Return when ``proof`` is a derived ecdsa-sd-2023 proof over ``document`` that goes back to ``public_key``; raise otherwise.

    ``document``'s own ``proof`` does not count (ECDSA Cryptosuites 1.0, section 3.6.7). Purpose, dates, challenge and whose key
    it is are not looked at; `data_integrity.read_proof` reads them.

    Raises "bad-signature"; "base-proof-not-verifiable" for what the issuer gave to the holder only; "malformed-proof",
    "unsupported-suite", "suite-key-mismatch"; and what expanding and canonicalising refuse.
    """
    text, options = read_proof_text(proof)
    value = read_derived(text)
    require_p256(public_key)
    lines = _lines(without_proof(document), value, expander)
    mandatory = frozenset(value.mandatory_indexes)
    if value.mandatory_indexes and value.mandatory_indexes[-1] >= len(lines):
        raise _not_what_was_signed("has fewer statements than were signed as mandatory")
    required = [line for index, line in enumerate(lines) if index in mandatory]
    chosen = [line for index, line in enumerate(lines) if index not in mandatory]
    data = base_data(document, options, value.public_key, required, expander)
    if not public_key.verify(value.base_signature, data):
        raise _not_what_was_signed("is not what was signed, or another key signed it")
    if not statements_hold(read_key(value.public_key), chosen, value.signatures):
        raise _not_what_was_signed("states something that was not signed")


def _lines(document: Mapping[str, Json], value: DerivedProofValue, expander: Expander) -> tuple[str, ...]:
    """Return the statements of ``document`` as they were signed: every blank node under the label that the proof has for it."""
    quads = expander.to_quads(document)
    names = canonicalise(quads).labels
    if {number_of(name) for name in names.values()} != value.labels.keys():
        raise _not_what_was_signed("has other nodes than were disclosed")
    return lines_of(quads, {label: value.labels[number_of(name)] for label, name in names.items()})


def _not_what_was_signed(how: str) -> CredentialError:
    return CredentialError("bad-signature", f"the document {how}", where="/proof")
