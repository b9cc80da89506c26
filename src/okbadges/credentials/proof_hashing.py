"""What an embedded proof signs: the hash of its own options, then the hash of the document without its proofs.

Both are brought into one spelling first: as RDF (Data Integrity EdDSA and ECDSA Cryptosuites 1.0, section 3.2) or as JSON
(section 3.3 of both). The JSON suites would sign anything. Here the document is read in safe mode for them as well: what a
JSON-LD reader would drop or understand differently is not signed, and not accepted.
"""

from __future__ import annotations

from hashlib import sha256, sha384
from typing import TYPE_CHECKING, Final

from okbadges.credentials.canonical import Canonical, canonical_nquads
from okbadges.credentials.jcs import canonical_json
from okbadges.credentials.proof_reading import proofs_of, suite_of
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from okbadges.credentials.rdfc import Hash
    from okbadges.credentials.strict_json import Json

_DIGESTS: Final = {"sha256": sha256, "sha384": sha384}


def hash_data(
    document: Mapping[str, Json],
    proof_options: Mapping[str, Json],
    *,
    algorithm: Hash = "sha256",
    canonical: Canonical = canonical_nquads,
    previous: Sequence[Mapping[str, Json]] = (),
) -> bytes:
    """Return the 64 bytes (96 with ``sha384``) that a proof with these options signs for ``document``.

    ``document``'s own ``proof`` and the options' ``proofValue`` do not count; ``previous`` are the proofs that are signed
    besides. Raises "unsupported-suite" (ecdsa-sd-2023 has no such bytes) and what canonicalising refuses (safe mode), for the
    options with a ``where`` under ``/proof``.
    """
    options = {name: value for name, value in proof_options.items() if name != "proofValue"}
    bare = {name: value for name, value in document.items() if name != "proof"}
    whole = dict(bare)
    if previous:
        whole["proof"] = [dict(proof) for proof in previous]
    suite = suite_of(options)
    suite.require_whole_document()
    digest = _DIGESTS[algorithm]
    if suite.canonicalisation == "jcs":
        signed_context = {"@context": options["@context"]} if "@context" in options else {}
        data = digest(canonical_json(options)).digest() + digest(canonical_json({**whole, **signed_context})).digest()
        canonical({**bare, **signed_context}, algorithm=algorithm)  # for what it refuses alone
        return data
    try:
        options_text = canonical({**options, "@context": document.get("@context")}, algorithm=algorithm)
    except CredentialError as error:
        where = "/proof" + error.where if not error.where.startswith("/@context") else error.where
        raise CredentialError(error.code, error.detail, where=where) from None
    return digest(options_text.encode()).digest() + digest(canonical(whole, algorithm=algorithm).encode()).digest()


def check_contexts(document: Mapping[str, Json], signed: Json) -> None:
    """Compare the contexts that a ``jcs`` proof signed with those of the document (Cryptosuites 1.0, section 3.3.2).

    The document may have more of them behind the signed ones, since a later proof of a set may need its own. Here another proof
    must have signed those that were added: what nobody signed is not accepted. Raises "bad-signature".
    """
    stated, known = _contexts(document.get("@context")), _contexts(signed)
    if stated == known:
        return
    somebody_signed_all = any(
        "@context" not in proof or _contexts(proof["@context"]) == stated for proof in proofs_of(document)
    )
    if stated[: len(known)] != known or not somebody_signed_all:
        raise CredentialError(
            "bad-signature", "the document has other contexts than those that were signed", where="/@context"
        )


def _contexts(written: Json) -> list[bytes]:
    """Return each context in one spelling, by which alone they are compared: Python takes 1, 1.0 and True for the same."""
    return [canonical_json(context) for context in (written if isinstance(written, list) else [written])]
