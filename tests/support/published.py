"""The contexts as they are published, and PyLD as a second opinion on what a document means."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pyld import jsonld

from okbadges.credentials import vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

FILES = {
    vocabulary.CREDENTIALS_V2: "1edtech-validator/credentials-v2.jsonld",
    vocabulary.CREDENTIALS_V1: "1edtech-validator/2018-credentials-v1.jsonld",
    vocabulary.CREDENTIALS_EXAMPLES_V2: "examples-v2.jsonld",
    vocabulary.OPEN_BADGES_3_0_3: "context-3.0.3.2026-06-29.json",
    vocabulary.OPEN_BADGES_3_0_2: "context-3.0.2.json",
    vocabulary.OPEN_BADGES_3_0_1: "context-3.0.1.json",
    vocabulary.OPEN_BADGES_3_0: "context.json",
    vocabulary.OPEN_BADGES_EXTENSIONS: "1edtech-validator/ob-v3p0-extensions.json",
    vocabulary.DATA_INTEGRITY_V1: "1edtech-validator/data-integrity-v1.jsonld",
    vocabulary.ED25519_2020_V1: "1edtech-validator/suites-ed25519-2020.jsonld",
    vocabulary.DID_V1: "1edtech-validator/did-v1.jsonld",
    vocabulary.CLR_2_0_1: "1edtech-validator/clr-v2p0-2.0.1.json",
    vocabulary.CLR_2_0: "1edtech-validator/clr-v2p0.json",
}

NOT_SHARED = frozenset(
    {vocabulary.MULTIKEY_V1, vocabulary.JWK_V1, vocabulary.STATUS_LIST_2021_V1, vocabulary.CITIZENSHIP_V4}
)
"""Contexts whose published files are not among the shared ones."""


def contexts(shared: Path) -> dict[str, dict[str, Any]]:
    """Return the published context documents by address; those of ``NOT_SHARED`` are not among them."""
    folder = shared / "standards" / "data" / "contexts"
    found = {url: json.loads((folder / name).read_text(encoding="utf-8")) for url, name in FILES.items()}
    others = json.loads((shared / "attacks" / "contexts.json").read_text(encoding="utf-8"))
    found[vocabulary.DATA_INTEGRITY_V2] = others[vocabulary.DATA_INTEGRITY_V2]
    return found


def loader(documents: Mapping[str, Any]) -> Callable[[str, object], dict[str, Any]]:
    """Return a document loader for PyLD that knows ``documents`` and nothing else."""

    def load(url: str, _options: object) -> dict[str, Any]:
        return {
            "contextUrl": None,
            "documentUrl": url,
            "document": documents[url],
            "contentType": "application/ld+json",
        }

    return load


def pyld_nquads(document: object, documents: Mapping[str, Any]) -> str:
    """Return what PyLD makes of ``document``; it raises for much of what it cannot read, and drops the rest in silence."""
    options = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "documentLoader": loader(documents),
        "rdfDirection": "i18n-datatype",
    }
    nquads = jsonld.normalize(document, options)
    assert isinstance(nquads, str)
    return nquads


def documents(shared: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and content of every JSON file with an @context among the examples, vectors and samples."""
    data = shared / "standards" / "data"
    for folder in (data / "examples", data / "vectors", shared / "interop" / "samples"):
        for path in sorted(folder.rglob("*.json")):
            try:
                document = json.loads(path.read_text(encoding="utf-8"))
            except ValueError:
                continue
            if isinstance(document, dict) and "@context" in document:
                yield f"{path.parent.name}/{path.name}", document
