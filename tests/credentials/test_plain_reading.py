"""Plain reading: what a JSON-LD processor would read in another way is refused, with the pointer to it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.memory import peak_of
from okbadges.credentials.places import everything
from okbadges.credentials.plain_reading import require_plain_reading
from okbadges.errors import CredentialError

V2 = "https://www.w3.org/ns/credentials/v2"


def refused(document: dict[str, Any]) -> tuple[str, str]:
    """Return code and pointer of the refusal."""
    with pytest.raises(CredentialError) as refusal:
        require_plain_reading(document)
    return refusal.value.code, refusal.value.where


def test_it_works() -> None:
    """Terms, contexts by their address (embedded credentials have their own), and texts with their language are plain."""
    require_plain_reading(
        {
            "@context": [V2, "https://example.org/more"],
            "id": "urn:uuid:1",
            "name": {"@value": "Merkki", "@language": "fi", "@direction": "ltr"},
            "description": [{"@value": "x"}, "y", 1, None],
            "endorsement": [{"@context": V2, "type": ["VerifiableCredential"]}],
        }
    )


@pytest.mark.parametrize(
    ("document", "code", "where"),
    [
        ({"@id": "did:example:evil"}, "keyword-key", "/@id"),
        ({"issuer": {"id": "did:example:1", "@id": "did:example:2"}}, "keyword-key", "/issuer/@id"),
        ({"credentialSubject": [{"@type": "X"}]}, "keyword-key", "/credentialSubject/0/@type"),
        ({"a/b": {"~": {"@graph": []}}}, "keyword-key", "/a~1b/~0/@graph"),
        ({"@included": []}, "keyword-key", "/@included"),
        ({"@anything": 1}, "keyword-key", "/@anything"),
        ({"@": 1}, "keyword-key", "/@"),
        ({"name": {"@value": 1}}, "keyword-key", "/name/@value"),
        ({"name": {"@value": "x", "@type": "y"}}, "keyword-key", "/name/@value"),
        ({"name": {"@value": "x", "id": "y"}}, "keyword-key", "/name/@value"),
        ({"name": {"@language": "fi"}}, "keyword-key", "/name/@language"),
        (
            {"https://www.w3.org/2018/credentials#issuer": "x"},
            "iri-key",
            "/https:~1~1www.w3.org~12018~1credentials#issuer",
        ),
        ({"proof": {"sec:proofValue": "z"}}, "iri-key", "/proof/sec:proofValue"),
        ({"@context": {"issuer": "https://evil.example/"}}, "inline-context", "/@context"),
        ({"@context": [V2, {"issuer": None}]}, "inline-context", "/@context"),
        ({"issuer": {"@context": None}}, "inline-context", "/issuer/@context"),
    ],
)
def test_what_has_two_readings_is_refused(document: dict[str, Any], code: str, where: str) -> None:
    """Keywords, IRIs as names, and contexts that are written out, anywhere in the document."""
    assert refused(document) == (code, where)


def test_a_long_name_is_not_multiplied_by_what_it_holds() -> None:
    """Only the place of a refusal is written."""
    document: dict[str, Any] = {"k" * 100_000: [{"a": [{}]} for _ in range(8_000)]}
    assert peak_of(lambda: require_plain_reading(document)) < 1_000_000
    assert refused({**document, "@id": 1}) == ("keyword-key", "/@id")


_NAMES = st.sampled_from(["a", "b", "a:b", "@id"])


@given(
    st.dictionaries(
        _NAMES, st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(_NAMES, inner), max_leaves=20)
    )
)
def test_the_quick_look_sees_what_the_walk_sees(document: dict[str, Any]) -> None:
    """Wherever a name of two readings stands, it is refused, and nothing else is."""
    names = {name for _, item in everything(document) if isinstance(item, dict) for name in item}
    if names & {"a:b", "@id"}:
        assert refused(document)[0] in {"keyword-key", "iri-key"}
    else:
        require_plain_reading(document)
