"""From JSON to quads: what each form becomes, and what is refused, where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from okbadges.credentials.expansion import Expander, pointer_of, to_quads
from okbadges.credentials.vocabulary import (
    BADGE_CONTEXTS,
    CREDENTIALS_EXAMPLES_V2,
    CREDENTIALS_V1,
    CREDENTIALS_V2,
    OPEN_BADGES_3_0,
    OPEN_BADGES_3_0_3,
    OPEN_BADGES_EXTENSIONS,
)
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from okbadges.credentials.strict_json import Json

CONTEXTS: Final = [CREDENTIALS_V2, OPEN_BADGES_3_0_3, OPEN_BADGES_EXTENSIONS]
OB: Final = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"


def badge(**members: Any) -> dict[str, Any]:
    """Return the smallest badge with these members added or put in place of its own."""
    return {
        "@context": list(CONTEXTS),
        "id": "urn:uuid:1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        **members,
    }


def objects(**members: Any) -> list[str]:
    """Return the objects of the quads that one more member adds to the badge."""
    return [quad[2] for quad in to_quads(badge(**members)) if quad not in to_quads(badge())]


def refusal(document: dict[str, Any]) -> tuple[str, str]:
    """Return code and pointer of the refusal."""
    with pytest.raises(CredentialError) as caught:
        to_quads(document)
    return caught.value.code, caught.value.where


def test_it_works() -> None:
    """A badge becomes quads: its types, a plain text, a date with its datatype, a reference."""
    quads = to_quads(badge(name="Hitsaus", validFrom="2026-01-01T00:00:00Z", issuer="did:web:example.org"))
    assert quads == [
        ("<urn:uuid:1>", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", f"<{vc}>", "")
        for vc in ("https://www.w3.org/2018/credentials#VerifiableCredential", f"{OB}OpenBadgeCredential")
    ] + [
        ("<urn:uuid:1>", "<https://schema.org/name>", '"Hitsaus"', ""),
        (
            "<urn:uuid:1>",
            "<https://www.w3.org/2018/credentials#validFrom>",
            f'"2026-01-01T00:00:00Z"^^<{XSD}dateTime>',
            "",
        ),
        ("<urn:uuid:1>", "<https://www.w3.org/2018/credentials#issuer>", "<did:web:example.org>", ""),
    ]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, '"0"^^<{}integer>'),
        (-12, '"-12"^^<{}integer>'),
        (5.0, '"5"^^<{}integer>'),
        (-0.0, '"0"^^<{}integer>'),
        (2**53, '"9007199254740992"^^<{}integer>'),
        (1e20, '"100000000000000000000"^^<{}integer>'),
        (1e21, '"1.0E21"^^<{}double>'),
        (0.1, '"1.0E-1"^^<{}double>'),
        (1.5, '"1.5E0"^^<{}double>'),
        (-123456.789, '"-1.23456789E5"^^<{}double>'),
        (1e-6, '"1.0E-6"^^<{}double>'),
        (1.7976931348623157e308, '"1.797693134862316E308"^^<{}double>'),
        (True, '"true"^^<{}boolean>'),
        (False, '"false"^^<{}boolean>'),
    ],
)
def test_numbers_and_booleans_have_one_way_to_be_written(value: Json, written: str) -> None:
    """Numbers take the canonical form of JSON-LD 1.1 API 8.2.2, booleans their word."""
    assert objects(narrative=value) == [written.format(XSD)]


def test_a_number_takes_the_datatype_of_its_term() -> None:
    """Where the context names a datatype, the number keeps its form and takes that datatype."""
    subject: Json = {"type": "AchievementSubject", "creditsEarned": 2, "id": "urn:s"}
    part: Json = {"type": "AchievementSubject", "creditsEarned": 2.5, "id": "urn:s"}
    assert '"2"^^<https://www.w3.org/2001/XMLSchema#float>' in objects(credentialSubject=subject)
    assert '"2.5E0"^^<https://www.w3.org/2001/XMLSchema#float>' in objects(credentialSubject=part)


def test_text_is_escaped_as_canonical_nquads_demands() -> None:
    """Quotes, back-slashes, line ends and control characters are escaped, everything else stands as it is."""
    assert objects(name='"\\\n\r\t\b\f\x00\x0b\x1f\x7f\x80\u2028\ufffe\uffffå🛠') == [
        '"\\"\\\\\\n\\r\\t\\b\\f\\u0000\\u000B\\u001F\\u007F\x80\u2028\\uFFFE\\uFFFFå🛠"'
    ]


def test_text_with_its_language() -> None:
    """A value object with a language becomes a literal with the language in small letters."""
    assert objects(name={"@value": "Svetsning", "@language": "sv-FI"}) == ['"Svetsning"@sv-fi']


def test_a_list_keeps_its_order() -> None:
    """A term that is a list becomes an RDF collection; one value alone is a list of one, none the empty list."""
    for value, count in ((["a", "b", "a"], 3), ("a", 1), ([], 0)):
        quads = to_quads(badge(id="urn:r", type="ResultDescription", allowedValue=value))
        firsts = [quad[2] for quad in quads if quad[1].endswith("#first>")]
        assert [first.strip('"') for first in reversed(firsts)] == list(value)
        assert sum(quad[1].endswith("#rest>") for quad in quads) == count
        assert any(quad[2].endswith("#nil>") for quad in quads)


def test_a_proof_stands_in_a_graph_of_its_own() -> None:
    """What a proof says is in a named graph, and the purpose is a word of the proof's own vocabulary."""
    proof: Json = {"type": "DataIntegrityProof", "proofPurpose": "assertionMethod", "cryptosuite": "eddsa-rdfc-2022"}
    quads = to_quads(badge(proof=[proof]))
    assert {quad[3] for quad in quads} == {"", "_:/proof/0@graph"}
    assert ("<urn:uuid:1>", "<https://w3id.org/security#proof>", "_:/proof/0@graph", "") in quads
    purpose = "<https://w3id.org/security#assertionMethod>"
    assert ("_:/proof/0", "<https://w3id.org/security#proofPurpose>", purpose, "_:/proof/0@graph") in quads


def test_a_blank_node_is_labelled_by_its_place() -> None:
    """Labels are JSON pointers, and can be turned back into them."""
    achievement: Json = {
        "type": "Achievement",
        "alignment": [{"type": "Alignment"}, {"type": "Alignment", "targetName": "x"}],
    }
    quads = to_quads(badge(credentialSubject={"type": "AchievementSubject", "achievement": achievement}))
    labels = {quad[0] for quad in quads if quad[0].startswith("_:")}
    where = "/credentialSubject/achievement"
    assert labels == {"_:/credentialSubject", f"_:{where}", f"_:{where}/alignment/0", f"_:{where}/alignment/1"}
    assert pointer_of(f"_:{where}/alignment/1") == f"{where}/alignment/1"
    assert pointer_of("_:/proof@graph") == "/proof"
    assert pointer_of("_:/allowedValue#2") == "/allowedValue"


def test_terms_of_a_type_do_not_reach_into_the_nodes_inside() -> None:
    """``salt`` belongs to IdentityObject: it means nothing in the node around it or inside it."""
    subject: dict[str, Json] = {"type": "AchievementSubject", "identifier": [{"type": "IdentityObject", "salt": "x"}]}
    assert '"x"' in objects(credentialSubject=subject)
    outside = badge(credentialSubject={**subject, "salt": "x"})
    assert refusal(outside) == ("undefined-term", "/credentialSubject/salt")
    inside = badge(credentialSubject={"type": "IdentityObject", "image": {"type": "Image", "salt": "x"}})
    assert refusal(inside) == ("undefined-term", "/credentialSubject/image/salt")


def test_a_presentation_forgets_its_terms_inside_its_credentials() -> None:
    """A credential in a presentation brings its own @context; without it, its members mean nothing."""
    presentation: dict[str, Any] = {
        "@context": CREDENTIALS_V2,
        "type": "VerifiablePresentation",
        "verifiableCredential": [badge(name="a")],
    }
    assert any(quad[1] == "<https://schema.org/name>" for quad in to_quads(presentation))
    bare = {**presentation, "verifiableCredential": [{"type": "VerifiableCredential"}]}
    assert refusal(bare) == ("undefined-type", "/verifiableCredential/0/type")


@pytest.mark.parametrize(
    ("document", "code", "where"),
    [
        (badge(favouriteColour="red"), "undefined-term", "/favouriteColour"),
        (badge(**{"a/b~c": 1}), "undefined-term", "/a~1b~0c"),
        (badge(**{"": 1}), "undefined-term", "/"),
        (badge(name={"en": "x"}), "undefined-term", "/name/en"),
        (badge(evidence=[{"id": "urn:e"}, {"genre": "x"}]), "undefined-term", "/evidence/1/genre"),
        (badge(**{"https://schema.org/name": "x"}), "iri-key", "/https:~1~1schema.org~1name"),
        (badge(type=["VerifiableCredential", "Nonsense"]), "undefined-type", "/type"),
        (badge(type="relative/type"), "undefined-type", "/type"),
        (badge(evidence={"type": "_:b0"}), "blank-node-id", "/evidence/type"),
        (badge(type=[1]), "invalid-type", "/type"),
        (badge(type={"a": 1}), "invalid-type", "/type"),
        (badge(type=None), "invalid-type", "/type"),
        (badge(type=f"{OB}OpenBadgeCredential"), "iri-instead-of-term", "/type"),
        (badge(id="relative"), "relative-iri", "/id"),
        (badge(id=""), "relative-iri", "/id"),
        (badge(id="//example.org/x"), "relative-iri", "/id"),
        (badge(id=":x"), "relative-iri", "/id"),
        (badge(id="https://example.org/a b"), "invalid-iri", "/id"),
        (badge(id="https://example.org/>"), "invalid-iri", "/id"),
        (badge(id="urn:\ud800"), "invalid-iri", "/id"),
        (badge(id="_:b0"), "blank-node-id", "/id"),
        (badge(id=None), "invalid-id", "/id"),
        (badge(id=["urn:a"]), "invalid-id", "/id"),
        (badge(issuer="example.org"), "relative-iri", "/issuer"),
        (badge(issuer="_:b0"), "blank-node-id", "/issuer"),
        (badge(issuer={"id": "x"}), "relative-iri", "/issuer/id"),
        (badge(image=["urn:a", "b"]), "relative-iri", "/image/1"),
        (badge(name=None), "null-value", "/name"),
        (badge(name=["a", None]), "null-value", "/name/1"),
        (badge(endorsement=[[]]), "nested-array", "/endorsement/0"),
        (badge(proof="urn:proof"), "graph-value", "/proof"),
        (badge(proof=[5]), "graph-value", "/proof/0"),
        (badge(proof={"id": "urn:p"}), "graph-value", "/proof"),
        (badge(proof=[{"id": "urn:p", "name": []}]), "graph-value", "/proof/0"),
        (badge(**{"@id": "urn:a"}), "keyword-key", "/@id"),
        (badge(**{"@type": "x"}), "keyword-key", "/@type"),
        (badge(**{"@graph": []}), "keyword-key", "/@graph"),
        (badge(**{"@included": {}}), "keyword-key", "/@included"),
        (badge(**{"@foo": 1}), "keyword-key", "/@foo"),
        (badge(name={"@set": ["a"]}), "keyword-key", "/name/@set"),
        (badge(name={"@value": "a"}), "value-object", "/name"),
        (badge(name={"@value": 1, "@language": "fi"}), "value-object", "/name"),
        (badge(name={"@value": "a", "@language": "fi fi"}), "value-object", "/name/@language"),
        (badge(name={"@value": "a", "@language": "fi", "@direction": "ltr"}), "value-object", "/name"),
        (badge(validFrom={"@value": "a", "@type": f"{XSD}dateTime"}), "value-object", "/validFrom"),
        (badge(_sd=["x"]), "json-literal", "/_sd"),
        (badge(name=2**53 + 1), "number-out-of-range", "/name"),
        (badge(name=-1e-7), "number-out-of-range", "/name"),
        (badge(name=float("inf")), "unsupported-value", "/name"),
        (badge(name=float("nan")), "unsupported-value", "/name"),
        (badge(name=object()), "unsupported-value", "/name"),
        (badge(**{"@context": [*CONTEXTS, {}]}), "inline-context", "/@context/3"),
        (badge(**{"@context": {"@vocab": "urn:x:"}}), "inline-context", "/@context"),
        (badge(**{"@context": None}), "inline-context", "/@context"),
        (badge(**{"@context": [*CONTEXTS, None]}), "inline-context", "/@context/3"),
        (badge(**{"@context": [[CREDENTIALS_V2]]}), "inline-context", "/@context/0"),
        (badge(**{"@context": "https://evil.example/"}), "context-not-allowed", "/@context"),
        (badge(**{"@context": [f"{CREDENTIALS_V2}/"]}), "context-not-allowed", "/@context/0"),
        (badge(**{"@context": [CREDENTIALS_V2, CREDENTIALS_EXAMPLES_V2]}), "context-not-allowed", "/@context/1"),
        (badge(**{"@context": []}), "undefined-type", "/type"),
        (badge(issuer={"@context": None, "id": "urn:i"}), "inline-context", "/issuer/@context"),
        (badge(**{"@context": [CREDENTIALS_V2, OPEN_BADGES_3_0]}), "protected-term-redefined", "/@context/1"),
        (badge(issuer={"@context": CREDENTIALS_V1, "id": "urn:i"}), "protected-term-redefined", "/issuer/@context"),
        (
            badge(evidence={"type": ["AchievementSubject", "IdentifierEntry"]}),
            "protected-term-redefined",
            "/evidence/type",
        ),
        ({"id": "urn:a"}, "context-missing", ""),
        ({"@context": CREDENTIALS_V2, "id": "urn:a"}, "empty-document", ""),
        ({"@context": []}, "empty-document", ""),
    ],
)
def test_what_would_be_dropped_or_guessed_is_refused_with_its_place(
    document: dict[str, Any], code: str, where: str
) -> None:
    """Whatever a signature would not cover, or could cover in two ways, is an error that points at it."""
    assert refusal(document) == (code, where)


def test_a_shortened_iri_is_refused() -> None:
    """Where a context defines prefixes (VCDM 1.1), an identifier must still be written out."""
    old: dict[str, Any] = {"@context": [CREDENTIALS_V1], "type": "VerifiableCredential", "issuer": "cred:issuer"}
    assert refusal(old) == ("compact-iri", "/issuer")
    assert refusal({**old, "issuer": {"id": "sec:x"}}) == ("compact-iri", "/issuer/id")
    assert to_quads({**old, "issuer": "did:key:z6Mk"})


def test_an_expander_knows_the_contexts_it_was_given_and_no_other() -> None:
    """What is allowed is decided where the expander is made; with the examples' @vocab every word is a term."""
    strict = Expander({CREDENTIALS_V2})
    with pytest.raises(CredentialError) as caught:
        strict.to_quads(badge())
    assert (caught.value.code, caught.value.where) == ("context-not-allowed", "/@context/1")
    wide = Expander(BADGE_CONTEXTS | {CREDENTIALS_EXAMPLES_V2})
    document = badge(
        **{"@context": [CREDENTIALS_V2, CREDENTIALS_EXAMPLES_V2], "type": ["VerifiableCredential", "Own"], "own": "x"}
    )
    document["type"] = ["VerifiableCredential", "Own"]
    words = {quad[1] for quad in wide.to_quads(document)} | {quad[2] for quad in wide.to_quads(document)}
    assert {
        "<https://www.w3.org/ns/credentials/examples#own>",
        "<https://www.w3.org/ns/credentials/examples#Own>",
    } <= words


def test_without_types_of_their_own_id_and_type_mean_nothing() -> None:
    """A context that defines no ``id`` and ``type`` cannot give them by @vocab."""
    wide = Expander({CREDENTIALS_EXAMPLES_V2})
    for member in ({"id": "urn:a"}, {"type": "Own"}):
        with pytest.raises(CredentialError) as caught:
            wide.to_quads({"@context": CREDENTIALS_EXAMPLES_V2, **member})
        assert caught.value.code == "undefined-term"
