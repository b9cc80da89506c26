"""The compiled walk and our RDFC-1.0 give, byte for byte, what others give with the published contexts."""

from __future__ import annotations

import copy
import json
import random
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import pytest
from pyld.jsonld import JsonLdError

from okbadges.credentials.canonical import canonical_nquads
from okbadges.credentials.expansion import ANY
from okbadges.credentials.rdfc import Hash, canonicalise
from okbadges.credentials.vocabulary import CONTEXTS, CREDENTIALS_V2, OPEN_BADGES_3_0_3, context_document
from okbadges.errors import CredentialError
from support import published

if TYPE_CHECKING:
    from pathlib import Path

REFUSED: Final = {
    # A type, term or identifier that means nothing with the contexts given.
    "bad-undefined-term.json": "undefined-term",
    "complete_v1.json": "undefined-type",
    "simple-err-proof-method-no-scheme.json": "relative-iri",
    "simple-multiple-proofs.json": "undefined-type",
    "presentation-missing-base-context-fail.json": "undefined-term",
    "credential-missing-base-context-fail-or-inject.json": "undefined-term",
    # A data URL with line breaks in it.
    "presentation-multiple.json": "invalid-iri",
    # Its own context makes the proof a type of which nothing is known; a proof is taken off before anything is signed.
    "credential-proof-ok.json": "undefined-term",
    # A learner record: the credentials in it say more of the subject, in the same graph, so that it could be moved about.
    "complex.json": "ambiguous-node",
    "simple_v1.json": "ambiguous-node",
    "clr20/simple.json": "ambiguous-node",
}
"""What the walk refuses although the file is not there to be refused, or that is refused for this reason only."""


OPEN_BADGES_2: Final = ("assets/", "ob20/", "rdf-validation/")
"""Folders of Open Badges 2.0, which write out the whole context of it: no signature there is over what JSON-LD says."""


@pytest.fixture(scope="module")
def contexts(shared: Path) -> dict[str, Any]:
    """Return the published contexts; our own where the published file is not shared."""
    return {url: context_document(url) for url in published.NOT_SHARED} | published.contexts(shared)


def _uses_only(document: Any, known: frozenset[str]) -> bool:
    """Say whether every address in every @context in ``document`` is known."""
    if isinstance(document, list):
        return all(_uses_only(item, known) for item in document)
    if not isinstance(document, dict):
        return True
    written = document.get("@context", [])
    urls = written if isinstance(written, list) else [written]
    if not all(url in known for url in urls if isinstance(url, str)):
        return False
    return all(_uses_only(value, known) for name, value in document.items() if name != "@context")


def test_every_shared_document_is_the_same_as_with_the_published_contexts(
    shared: Path, contexts: dict[str, Any]
) -> None:
    """Each document that uses supported contexts equals PyLD's canonical form, or is refused as a document should be."""
    same = 0
    astray = []
    for name, document in published.documents(shared):
        if not _uses_only(document, frozenset(contexts)) or name.startswith(OPEN_BADGES_2):
            continue
        file = name.rpartition("/")[2]
        try:
            ours = canonicalise(ANY.to_quads(document)).nquads
        except CredentialError as error:
            wanted = REFUSED.get(name) or REFUSED.get(file, "undefined-type" if file.startswith("simple-err-") else "")
            if error.code != wanted and not file.endswith("-fail.json"):
                astray.append((name, error.code, error.where))
            continue
        assert ours == published.pyld_nquads(document, contexts), name
        same += 1
    assert not astray
    assert same >= 183


@pytest.mark.parametrize(
    ("document", "canonical", "algorithm"),
    [
        ("w3c-di-eddsa/unsigned.json", "w3c-di-eddsa/eddsa-rdfc-2022/canonDocDataInt.txt", "sha256"),
        (
            "w3c-di-eddsa/eddsa-rdfc-2022/proofConfigDataInt.json",
            "w3c-di-eddsa/eddsa-rdfc-2022/proofCanonDataInt.txt",
            "sha256",
        ),
        (
            "w3c-di-eddsa/Ed25519Signature2020/proofConfigEdSig.json",
            "w3c-di-eddsa/Ed25519Signature2020/proofCanonEdSig.txt",
            "sha256",
        ),
        ("w3c-di-ecdsa/unsigned.json", "w3c-di-ecdsa/ecdsa-rdfc-2019-p256/canonDocECDSAP256.txt", "sha256"),
        (
            "w3c-di-ecdsa/ecdsa-rdfc-2019-p256/proofConfigECDSAP256.json",
            "w3c-di-ecdsa/ecdsa-rdfc-2019-p256/proofCanonECDSAP256.txt",
            "sha256",
        ),
        ("w3c-di-ecdsa/unsigned.json", "w3c-di-ecdsa/ecdsa-rdfc-2019-p384/canonDocECDSAP384.txt", "sha384"),
        (
            "w3c-di-ecdsa/ecdsa-rdfc-2019-p384/proofConfigECDSAP384.json",
            "w3c-di-ecdsa/ecdsa-rdfc-2019-p384/proofCanonECDSAP384.txt",
            "sha384",
        ),
        (
            "w3c-di-eddsa/employmentAuth.json",
            "w3c-di-eddsa/eddsa-rdfc-2022/employ/canonDocDataInt.txt",
            "sha256",
        ),
        (
            "w3c-di-ecdsa/ecdsa-rdfc-2019-p256/employ/signedECDSAP256.json",
            "w3c-di-ecdsa/ecdsa-rdfc-2019-p256/employ/canonDocECDSAP256.txt",
            "sha256",
        ),
        (
            "w3c-di-ecdsa/ecdsa-rdfc-2019-p384/employ/signedECDSAP384.json",
            "w3c-di-ecdsa/ecdsa-rdfc-2019-p384/employ/canonDocECDSAP384.txt",
            "sha384",
        ),
        ("w3c-di-ecdsa/employmentAuth.json", "w3c-di-ecdsa/ecdsa-sd-2023/employ/addBaseDocCanon.json", "sha256"),
        (
            "w3c-di-ecdsa/ecdsa-sd-2023/prc/addSignedSDBase.json",
            "w3c-di-ecdsa/ecdsa-sd-2023/prc/addBaseDocCanon.json",
            "sha256",
        ),
        ("ob30-impl-guide/signed-credential.json", "ob30-impl-guide/obv3p0/document-canon.txt", "sha256"),
    ],
)
def test_the_signed_vectors_have_the_canonical_form_they_print(
    shared: Path, document: str, canonical: str, algorithm: Hash
) -> None:
    """The canonical N-Quads that the W3C and 1EdTech print beside their signatures are ours."""
    vectors = shared / "standards" / "data" / "vectors"
    unsigned = json.loads((vectors / document).read_text(encoding="utf-8"))
    unsigned.pop("proof", None)
    printed = (vectors / canonical).read_text(encoding="utf-8")
    if canonical.endswith(".json"):
        printed = "".join(json.loads(printed))
    assert canonicalise(ANY.to_quads(unsigned), algorithm=algorithm).nquads.strip() == printed.strip()


WORDS: Final = (
    "",
    "Hitsauksen perusteet",
    'a "quoted" \\ back\\slash',
    "line\nbreak\r\ttab",
    "åäö ŠĐŽ 漢字 🛠️ \u2028 \u00a0 \u0301",
    "assertionMethod",
    "https://example.org/a?b=c#d",
    "urn:uuid:00000000-0000-4000-8000-000000000000",
    "did:web:example.org:issuers:ok",
    "relative/path",
    "xsd:string",
    "sec:proof",
    "2026-01-01T00:00:00Z",
    "_:b0",
)
NUMBERS: Final = (
    0,
    1,
    -7,
    1.0,
    1.5,
    -0.25,
    100.0,
    1e-7,
    123456.789,
    1e20,
    1e21,
    1.7976931348623157e308,
    2**53,
    2**53 + 1,
)
TYPES: Final = sorted(
    name for url in (CREDENTIALS_V2, OPEN_BADGES_3_0_3) for name in CONTEXTS[url].terms if name[0].isupper()
)
TERMS: Final = sorted(
    {name for url in (CREDENTIALS_V2, OPEN_BADGES_3_0_3) for name in CONTEXTS[url].terms}
    | {
        inner
        for url in (CREDENTIALS_V2, OPEN_BADGES_3_0_3)
        for term in CONTEXTS[url].terms.values()
        for inner in (term.scope.terms if term.scope else ())
    }
)


GENERAL: Final = (
    "name",
    "description",
    "image",
    "url",
    "narrative",
    "alignment",
    "endorsement",
    "inLanguage",
    "kid",
    "exp",
)
"""Terms that are in force everywhere."""


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Return every (container, key) in a document but those of contexts."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        container = waiting.pop()
        keys = list(container) if isinstance(container, dict) else list(range(len(container)))
        for key in keys:
            if key != "@context":
                found.append((container, key))
                if isinstance(container[key], dict | list):
                    waiting.append(container[key])
    return found


def _something(chance: random.Random, document: Any) -> Any:
    """Return a value to put somewhere: mostly a scalar, else a language string, a small node, or a part of the document."""
    container, key = chance.choice(_places(document))
    return chance.choice(
        [
            chance.choice(WORDS),
            chance.choice(WORDS),
            chance.choice(NUMBERS),
            chance.choice([True, False, None, [], {}, [[]]]),
            {"@value": chance.choice(WORDS), "@language": chance.choice(["fi", "sv-FI", "en-us"])},
            {"type": chance.choice(TYPES), chance.choice(GENERAL): chance.choice(WORDS)},
            {"id": chance.choice(WORDS)},
            copy.deepcopy(container[key]),
        ]
    )


def mutated(chance: random.Random, original: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of a document with one to three edits."""
    document = copy.deepcopy(original)
    for _ in range(chance.choice((1, 1, 2, 3))):
        container, key = chance.choice(_places(document))
        what = chance.randrange(10)
        if what == 0 and key != "type":
            del container[key]
        elif what == 1:
            container[key] = [container[key]] if not isinstance(container[key], list) else container[key][:1]
        elif what == 2 and isinstance(container, dict):
            container[chance.choice(TERMS)] = container.pop(key)
        elif what == 3 and isinstance(container, dict) and "type" in container:
            types = container["type"] if isinstance(container["type"], list) else [container["type"]]
            container["type"] = [*types, chance.choice([*TYPES, "https://example.org/T"])]
        elif what == 4 and isinstance(container, dict):
            container["@context"] = chance.choice([CREDENTIALS_V2, [CREDENTIALS_V2, OPEN_BADGES_3_0_3], []])
        elif what in {5, 6} and isinstance(container, dict):
            container[chance.choice(GENERAL)] = _something(chance, document)
        elif what == 7 and isinstance(container, list):
            container.append(_something(chance, document))
        elif key not in {"id", "type"} or chance.random() < 0.2:
            container[key] = _something(chance, document)
    return document


def _without(document: dict[str, Any], pointer: str) -> dict[str, Any]:
    """Return a copy without the member or item that ``pointer`` names."""
    result = copy.deepcopy(document)
    *path, last = (step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])
    container: Any = result
    for step in path:
        container = container[int(step)] if isinstance(container, list) else container[step]
    del container[int(last) if isinstance(container, list) else last]
    return result


SEEDS: Final = (
    "standards/data/examples/skillAssertionCase.json",
    "standards/data/examples/endorsement.json",
    "standards/data/vectors/1edtech-validator/ob30/simple.json",
    "standards/data/vectors/1edtech-validator/ob30/simple_v1.json",
    "interop/samples/good-did-web-status.json",
    "interop/samples/good-endorsement.json",
    "interop/samples/good-ecdsa-sd-2023-derived.json",
)


def compare(document: dict[str, Any], contexts: dict[str, Any]) -> str:
    """Hold one document against PyLD and return what happened: "same", or the code of a refusal.

    Two kinds of refusal are held against PyLD too: a member that means nothing is dropped by it in silence, contexts that
    contradict each other are an error for it.
    """
    try:
        ours = canonical_nquads(document)
    except CredentialError as error:
        refusal = error
    else:
        assert ours == published.pyld_nquads(document, contexts)
        return "same"
    if refusal.code in {"undefined-term", "null-value"}:
        with suppress(JsonLdError):
            kept = published.pyld_nquads(document, contexts)
            assert kept == published.pyld_nquads(_without(document, refusal.where), contexts), refusal.where
    if refusal.code == "protected-term-redefined":
        with pytest.raises(JsonLdError):
            published.pyld_nquads(document, contexts)
    return refusal.code


def test_mutated_documents_are_the_same_or_refused(shared: Path, contexts: dict[str, Any]) -> None:
    """Four hundred random edits of real badges: what is accepted equals PyLD, what is refused as meaningless PyLD drops."""
    originals = [json.loads((shared / seed).read_text(encoding="utf-8")) for seed in SEEDS]
    chance = random.Random(2026)  # noqa: S311 (no secret: the same edits on every run)
    outcomes = [compare(mutated(chance, chance.choice(originals)), contexts) for _ in range(400)]
    assert outcomes.count("same") > 100
