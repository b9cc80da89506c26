"""What an embedded proof says, read strictly before anything of it is believed (Data Integrity 1.0, section 2.1).

A proof is read whole or not at all: a member that is not understood might change what was meant. Reading needs no key and looks
at no document; whether the signature holds is for `okbadges.credentials.data_integrity` (or, for ecdsa-sd-2023,
`okbadges.credentials.selective`), and whose key it is, and whether it is meant for now and for this reader, for the caller.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from okbadges.credentials.active_context import is_absolute
from okbadges.credentials.controllers import ASSERTION
from okbadges.credentials.cryptosuites import DATA_INTEGRITY_PROOF, SUITES
from okbadges.credentials.times import read_moment
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from okbadges.credentials.cryptosuites import Suite
    from okbadges.credentials.strict_json import Json

_TEXTS: Final = ("id", "challenge", "nonce")
_UNDERSTOOD: Final = frozenset(
    {
        *("type", "cryptosuite", "verificationMethod", "proofPurpose", "proofValue", "created", "expires", "domain"),
        *("previousProof", *_TEXTS),
    }
)
_MOST_NAMES: Final = 16


@dataclass(frozen=True, slots=True)
class UnverifiedProof:
    """What a proof claims. ``created`` and ``expires`` are aware UTC; ``domain`` is empty when the proof names none."""

    suite: Suite
    verification_method: str
    purpose: str
    proof_value: str
    """As it stands there; its form is checked already, but for ecdsa-sd-2023, whose values `selective` decodes."""
    options: Mapping[str, Json]
    """All members but ``proofValue``: what is signed beside the document."""
    created: datetime | None
    expires: datetime | None
    challenge: str | None
    domain: tuple[str, ...]
    id: str | None
    previous: tuple[str, ...]
    """The ids of the proofs that this one is signed over as well (a chain); `previous_proofs` finds them."""


def read_proof(proof: Mapping[str, Json], *, purpose: str = ASSERTION) -> UnverifiedProof:
    """Read a proof of any suite in `SUITES` that was made for ``purpose``.

    Raises "unsupported-suite" (another type or cryptosuite), "purpose-mismatch", "context-not-allowed" (a context of its own,
    which only the ``jcs`` suites have), "unsupported-proof" (a member that Data Integrity does not have), "relative-iri" (an
    ``id`` or ``previousProof`` that is no URL) and "malformed-proof"; ``where`` begins with ``/proof``.
    """
    suite = suite_of(proof)
    _refuse_foreign_members(proof, suite)
    method, stated_purpose = _text(proof, "verificationMethod"), _text(proof, "proofPurpose")
    if method is None or stated_purpose is None:
        raise _malformed("names no key or no purpose", "verificationMethod" if method is None else "proofPurpose")
    if stated_purpose != purpose:
        raise CredentialError("purpose-mismatch", f"the proof is not for {purpose}", where="/proof/proofPurpose")
    texts = {name: _text(proof, name) for name in _TEXTS}
    previous = _names(proof, "previousProof")
    _check_names(texts["id"], previous)
    return UnverifiedProof(
        suite=suite,
        verification_method=method,
        purpose=stated_purpose,
        proof_value=_proof_value(proof, suite),
        options={name: value for name, value in proof.items() if name != "proofValue"},
        created=_moment(proof, "created"),
        expires=_moment(proof, "expires"),
        challenge=texts["challenge"],
        domain=_names(proof, "domain"),
        id=texts["id"],
        previous=previous,
    )


def only_proof(document: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return the one proof of ``document``, alone or in a list; raise "no-proof", "several-proofs" or "malformed-proof"."""
    proofs = proofs_of(document)
    if len(proofs) > 1:
        raise CredentialError("several-proofs", "the credential has more than one proof", where="/proof")
    if not proofs:
        raise CredentialError("no-proof", "the credential has no proof")
    return proofs[0]


def proofs_of(document: Mapping[str, Json]) -> list[dict[str, Json]]:
    """Return all proofs of ``document``, as many as there are; raise "malformed-proof" for one that is not an object."""
    entries = document.get("proof", [])
    proofs = [entry for entry in (entries if isinstance(entries, list) else [entries]) if isinstance(entry, dict)]
    if len(proofs) != (len(entries) if isinstance(entries, list) else 1):
        raise _malformed("is not an object")
    return proofs


def previous_proofs(document: Mapping[str, Json], names: Sequence[str]) -> list[dict[str, Json]]:
    """Return the proofs of ``document`` with these ids, in its own order: what a proof with them as ``previous`` signs besides.

    That is how Data Integrity 1.0, section 4.5, finds them. Raises "previous-proof-missing" when there is none of that id, and
    "malformed-proof" when several share it: nobody could tell which one was meant.
    """
    proofs = proofs_of(document)
    ids = [proof.get("id") for proof in proofs]
    for name in names:
        if name not in ids:
            raise missing_previous(name)
        if ids.count(name) > 1:
            raise _malformed("is signed over another, and several have that id", "previousProof")
    return [proof for proof, name in zip(proofs, ids, strict=True) if name in names]


def missing_previous(name: str) -> CredentialError:
    """Return the error for a proof that is signed over another that is not there."""
    detail = f"the proof is signed over another, {name[:200]}, that is not there"
    return CredentialError("previous-proof-missing", detail, where="/proof/previousProof")


def suite_of(proof: Mapping[str, Json]) -> Suite:
    """Return the suite that a proof, or the options of one, names; raise "unsupported-suite" or "malformed-proof"."""
    kind, name = _text(proof, "type"), _text(proof, "cryptosuite")
    if kind is None or (kind == DATA_INTEGRITY_PROOF and name is None):
        raise _malformed("does not say of what kind it is", "type" if kind is None else "cryptosuite")
    stated = name if kind == DATA_INTEGRITY_PROOF else kind
    suite = SUITES.get(stated or "")
    if suite is None or suite.proof_type != kind:
        raise CredentialError(
            "unsupported-suite", f"the proof is of a kind that is not supported: {stated}", where="/proof"
        )
    return suite


def _refuse_foreign_members(proof: Mapping[str, Json], suite: Suite) -> None:
    if "@context" in proof and suite.canonicalisation != "jcs":
        raise CredentialError("context-not-allowed", "the proof has a context of its own", where="/proof/@context")
    understood = _UNDERSTOOD if suite.proof_type == DATA_INTEGRITY_PROOF else _UNDERSTOOD - {"cryptosuite"}
    foreign = next((name for name in proof if name not in understood and name != "@context"), None)
    if foreign is not None:
        raise CredentialError(
            "unsupported-proof", "the proof has a member that is not understood", where=f"/proof/{foreign}"
        )


def _check_names(own_id: str | None, previous: Sequence[str]) -> None:
    """Refuse names that are no URLs (the suites that expand the proof would; the others would not), and a proof before itself."""
    if own_id in previous:
        raise _malformed("names itself as the one before it", "previousProof")
    for member, names in (("id", [own_id] if own_id is not None else []), ("previousProof", previous)):
        if not all(is_absolute(name) for name in names):
            raise CredentialError("relative-iri", "a proof is named by a URL", where=f"/proof/{member}")


def _malformed(what: str, member: str = "") -> CredentialError:
    return CredentialError("malformed-proof", f"the proof {what}", where=f"/proof/{member}" if member else "/proof")


def _text(proof: Mapping[str, Json], name: str) -> str | None:
    value = proof.get(name)
    if name in proof and not isinstance(value, str):
        raise _malformed(f"has a {name} that is not a text", name)
    return value if isinstance(value, str) else None


def _proof_value(proof: Mapping[str, Json], suite: Suite) -> str:
    value = _text(proof, "proofValue")
    if value is None:
        raise _malformed("has no proofValue", "proofValue")
    if suite.canonicalisation != "selective":
        try:
            suite.signature(value)
        except CredentialError as error:
            raise _malformed(f"has a proofValue that cannot be read: {error.detail}", "proofValue") from None
    return value


def _moment(proof: Mapping[str, Json], name: str) -> datetime | None:
    text = _text(proof, name)
    if text is None:
        return None
    try:
        return read_moment(text)
    except CredentialError as error:
        raise _malformed(f"has a {name} that cannot be read: {error.detail}", name) from None


def _names(proof: Mapping[str, Json], name: str) -> tuple[str, ...]:
    """Return a text or a list of texts, as ``domain`` and ``previousProof`` are written; an empty list says nothing: refused."""
    if name not in proof:
        return ()
    value = proof[name]
    entries = value if isinstance(value, list) else [value]
    texts = tuple(entry for entry in entries if isinstance(entry, str))
    if len(texts) != len(entries) or not 1 <= len(texts) <= _MOST_NAMES:
        raise _malformed(f"has a {name} that is not a text or a short list of them", name)
    return texts
