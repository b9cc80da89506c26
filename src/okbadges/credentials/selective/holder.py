"""The holder's side: from the issuer's base proof to a credential that says only what the holder wants to say."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from okbadges.credentials.data_integrity import only_proof
from okbadges.credentials.expansion import BUNDLED
from okbadges.credentials.selective.proof_value import DerivedProofValue, read_base
from okbadges.credentials.selective.signatures import (
    base_data,
    read_key,
    read_proof_text,
    require_p256,
    statements_hold,
)
from okbadges.credentials.selective.statements import Whole
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from okbadges.credentials.expansion import Expander
    from okbadges.credentials.keys import PublicKey
    from okbadges.credentials.selective.proof_value import BaseProofValue
    from okbadges.credentials.strict_json import Json


def derive(
    base_document: Mapping[str, Json],
    *,
    reveal: Sequence[str],
    public_key: PublicKey | None = None,
    expander: Expander = BUNDLED,
) -> dict[str, Json]:
    """Return a credential with what ``reveal`` points to and all that is mandatory, under a derived proof (section 3.6.6).

    ``base_document`` has one proof, a base proof by `sign_base` or by anyone else; it stays as it is. The signatures over what is
    disclosed are verified first; with ``public_key`` the issuer's own too, so that nobody hands on what no verifier would take.

    Raises what `Whole.part` refuses of the pointers ("no-such-member", "malformed-pointer", "not-disclosable-alone"),
    "nothing-disclosed", "bad-signature", "malformed-proof", "unsupported-suite", "no-proof", "several-proofs" and what
    expanding and canonicalising refuse.
    """
    text, options = read_proof_text(only_proof(base_document))
    base = read_base(text)
    whole = Whole.of(base_document, base.hmac_key, expander)
    mandatory = frozenset(whole.part(base.mandatory_pointers).positions)
    disclosed = whole.part((*base.mandatory_pointers, *reveal))
    if not disclosed.positions:
        raise CredentialError(
            "nothing-disclosed", "Nothing is mandatory and nothing was chosen: there is nothing to show."
        )
    required, optional = whole.divided(mandatory)
    if public_key is not None:
        require_p256(public_key)
        data = base_data(base_document, options, base.public_key, required, expander)
        if not public_key.verify(base.base_signature, data):
            raise _not_what_was_signed()
    shown = frozenset(whole.lines[position] for position in disclosed.positions)
    value = DerivedProofValue(
        base.base_signature,
        base.public_key,
        _signatures(base, optional, shown),
        dict(sorted(disclosed.hmacs.items())),
        tuple(index for index, position in enumerate(disclosed.positions) if position in mandatory),
    )
    return {**deepcopy(disclosed.document), "proof": {**deepcopy(options), "proofValue": value.text()}}


def _signatures(base: BaseProofValue, optional: Sequence[str], shown: frozenset[str]) -> tuple[bytes, ...]:
    """Return the signatures of what is shown by choice, in order; raise "bad-signature" if one of them does not hold."""
    if len(optional) != len(base.signatures):
        raise _not_what_was_signed()
    chosen = [(line, signature) for line, signature in zip(optional, base.signatures, strict=True) if line in shown]
    lines, signatures = [line for line, _ in chosen], tuple(signature for _, signature in chosen)
    if not statements_hold(read_key(base.public_key), lines, signatures):
        raise _not_what_was_signed()
    return signatures


def _not_what_was_signed() -> CredentialError:
    return CredentialError(
        "bad-signature", "the document is not what was signed, or another key signed it", where="/proof"
    )
