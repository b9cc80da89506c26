"""The vocabulary says what the published contexts say, term by term, and nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pytest
from pyld import jsonld
from pyld.context_resolver import ContextResolver

from okbadges.credentials import vocabulary
from okbadges.credentials.active_context import NamedContext, empty_context
from okbadges.credentials.expansion import ANY
from okbadges.credentials.vocabulary import ANY_CONTEXTS, BADGE_CONTEXTS, CONTEXTS, Context, context_document
from support import published

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def _understood(url: str, documents: Mapping[str, Any]) -> dict[str, Any]:
    """Return the terms of a context as PyLD understands them, those of every scope inside included."""
    load = published.loader(documents)
    options = {
        "contextResolver": ContextResolver({}, load),
        "base": "",
        "processingMode": "json-ld-1.1",
        "documentLoader": load,
    }
    processor = jsonld.JsonLdProcessor()

    def process(active: dict[str, Any], context: Any, *, override: bool) -> dict[str, Any]:
        result = processor._process_context(active, context, options, override_protected=override)
        terms = {}
        for name in result["mappings"].keys() & context.keys():
            term = dict(result["mappings"][name])
            scope = term.pop("@context", False)
            if isinstance(scope, dict):
                term["inside"] = process(result, scope, override=True)
            elif scope is None:
                term["inside"] = "nothing"
            terms[name] = term
        return {"terms": terms, "@vocab": result.get("@vocab")}

    initial = processor._get_initial_context({"processingMode": "json-ld-1.1"})
    return process(initial, documents[url]["@context"], override=False)


@pytest.mark.parametrize("url", sorted(set(CONTEXTS) - published.NOT_SHARED))
def test_a_context_means_what_the_published_file_means(shared: Path, url: str) -> None:
    """PyLD reads from our context document the same terms, scopes and protection as from the published one."""
    theirs = published.contexts(shared)
    ours = {url: context_document(url)}
    assert _understood(url, ours) == _understood(url, theirs)


LIST: Final = "https://w3id.org/vc/status-list#"
SECURITY: Final = "https://w3id.org/security#"


@pytest.mark.parametrize(
    ("document", "wanted"),
    [
        (
            {
                "@context": [vocabulary.CREDENTIALS_V1, vocabulary.STATUS_LIST_2021_V1],
                "id": "urn:list",
                "type": ["VerifiableCredential", "StatusList2021Credential"],
                "credentialSubject": {
                    "id": "urn:s",
                    "type": "StatusList2021",
                    "statusPurpose": "revocation",
                    "encodedList": "H4s",
                },
                "credentialStatus": {
                    "id": "urn:e",
                    "type": "StatusList2021Entry",
                    "statusPurpose": "suspension",
                    "statusListIndex": "7",
                    "statusListCredential": "urn:l",
                },
            },
            {
                ("urn:list", "type", f"<{LIST}StatusList2021Credential>"),
                ("urn:s", "type", f"<{LIST}StatusList2021>"),
                ("urn:s", f"{LIST}statusPurpose", '"revocation"'),
                ("urn:s", f"{LIST}encodedList", '"H4s"'),
                ("urn:e", "type", f"<{LIST}StatusList2021Entry>"),
                ("urn:e", f"{LIST}statusPurpose", '"suspension"'),
                ("urn:e", f"{LIST}statusListIndex", '"7"'),
                ("urn:e", f"{LIST}statusListCredential", "<urn:l>"),
            },
        ),
        (
            {
                "@context": [vocabulary.JWK_V1],
                "id": "urn:k",
                "type": "JsonWebKey",
                "controller": "urn:c",
                "expires": "2030-01-01T00:00:00Z",
            },
            {
                ("urn:k", "type", f"<{SECURITY}JsonWebKey>"),
                ("urn:k", f"{SECURITY}controller", "<urn:c>"),
                (
                    "urn:k",
                    f"{SECURITY}expiration",
                    '"2030-01-01T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>',
                ),
            },
        ),
    ],
)
def test_contexts_whose_files_are_not_shared(document: dict[str, Any], wanted: set[tuple[str, str, str]]) -> None:
    """Status lists of 2021 and JSON web keys: every word of theirs means what their specifications print."""
    quads = ANY.to_quads(document)
    found = {
        (subject[1:-1], re.sub(".*#type", "type", predicate[1:-1]), value) for subject, predicate, value, _ in quads
    }
    assert wanted <= found


def test_every_address_has_its_constant() -> None:
    """No context is known under an address that the module does not name, and each name is known."""
    named = {value for value in vars(vocabulary).values() if isinstance(value, str) and value.startswith("https://")}
    assert named == set(CONTEXTS)


def test_badges_may_not_use_the_context_that_makes_every_word_a_term() -> None:
    """The examples context, with its @vocab, is for conformance suites only."""
    assert {url for url, context in CONTEXTS.items() if context.vocab} == {vocabulary.CREDENTIALS_EXAMPLES_V2}
    assert vocabulary.CREDENTIALS_EXAMPLES_V2 not in BADGE_CONTEXTS
    assert set(ANY_CONTEXTS) == set(CONTEXTS)


def _scopes(context: Context, path: str = "") -> Iterator[tuple[str, Context]]:
    yield path, context
    for name, term in context.terms.items():
        if term.scope is not None:
            yield from _scopes(term.scope, f"{path}.{name}")


@pytest.mark.parametrize("url", sorted(CONTEXTS))
def test_id_and_type_are_the_only_other_names_of_keywords(url: str) -> None:
    """The walk reads ``id`` and ``type`` by name: no context may call them otherwise or mean something else by them."""
    for path, context in _scopes(CONTEXTS[url]):
        for name, term in context.terms.items():
            assert (name in {"id", "type"}) == term.iri.startswith("@"), (path, name)
            assert name not in {"id", "type"} or term.iri == f"@{name}", (path, name)


@pytest.mark.parametrize("url", sorted(CONTEXTS))
def test_no_scope_changes_the_term_it_belongs_to(url: str) -> None:
    """Inside the scope of a term the term itself keeps its meaning, so that looking it up before entering is right."""
    for path, context in _scopes(CONTEXTS[url]):
        name = path.rpartition(".")[2]
        assert not name or name not in context.terms, path


def test_two_terms_never_share_an_iri_and_its_coercion_in_one_place() -> None:
    """A member cannot be renamed into another one that says the same, but for what the published contexts themselves double."""
    contexts = [vocabulary.CREDENTIALS_V2, vocabulary.OPEN_BADGES_3_0_3, vocabulary.OPEN_BADGES_EXTENSIONS]
    root = empty_context().after_contexts([NamedContext(url, CONTEXTS[url], "") for url in contexts])
    active = [root, *(root.extended(term.scope, "", override=True) for term in root.terms.values() if term.scope)]
    shared = set()
    for place in active:
        meanings: dict[tuple[str, str], str] = {}
        for name, term in place.terms.items():
            other = meanings.setdefault((term.iri, term.coercion), name)
            if other != name:
                shared.add(frozenset({other, name}))
    # The badge class has two names; `geo` of an address has the IRI of the class of its values.
    assert shared == {frozenset({"OpenBadgeCredential", "AchievementCredential"}), frozenset({"GeoCoordinates", "geo"})}
