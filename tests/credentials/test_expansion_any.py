"""What is taken of any W3C credential and never of a badge: contexts written out, the direction of text."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, Final

import pytest

from okbadges.credentials.expansion import ANY, BUNDLED, MAX_INLINE_CONTEXTS, Expander
from okbadges.credentials.inline_contexts import MAX_SCOPES, MAX_TERMS
from okbadges.credentials.rdfc import canonicalise
from okbadges.credentials.vocabulary import CREDENTIALS_EXAMPLES_V2, CREDENTIALS_V2
from okbadges.errors import CredentialError
from support import published

if TYPE_CHECKING:
    from pathlib import Path

OWN: Final = "https://example.org/words#"
I18N: Final = "https://www.w3.org/ns/i18n#"


def credential(*contexts: Any, **members: Any) -> dict[str, Any]:
    """Return the smallest credential with these further contexts and members."""
    return {"@context": [CREDENTIALS_V2, *contexts], "id": "urn:c", "type": "VerifiableCredential", **members}


def lines(*contexts: Any, **members: Any) -> set[tuple[str, str]]:
    """Return predicate and object of every quad that the members add, without the IRI of our own words."""
    quads = ANY.to_quads(credential(*contexts, **members))
    found = {(predicate.strip("<>"), value) for _, predicate, value, _ in quads if OWN in predicate + value}
    return {(predicate.removeprefix(OWN), value.replace(OWN, "own:")) for predicate, value in found}


def refusal(document: dict[str, Any], expander: Expander = ANY) -> tuple[str, str]:
    """Return code and pointer of the refusal."""
    with pytest.raises(CredentialError) as caught:
        expander.to_quads(document)
    return caught.value.code, caught.value.where


def test_it_works() -> None:
    """A context that is written out gives its words a meaning: plain, with a datatype, as a reference, as a list, by a prefix."""
    context = {
        "own": OWN,
        "plain": f"{OWN}plain",
        "short": "own:short",
        "dated": {"@id": "own:dated", "@type": f"{OWN}day"},
        "link": {"@id": "own:link", "@type": "@id"},
        "chosen": {"@id": "own:chosen", "@type": "@vocab"},
        "row": {"@id": "own:row", "@container": "@list"},
        "bag": {"@id": "own:bag", "@container": "@set"},
        "Kind": "own:Kind",
    }
    assert lines(
        context, plain="a", short=2, dated="x", link="urn:l", chosen="Kind", bag=["b"], evidence={"type": "Kind"}
    ) == {
        ("plain", '"a"'),
        ("short", '"2"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ("dated", '"x"^^<own:day>'),
        ("link", "<urn:l>"),
        ("chosen", "<own:Kind>"),
        ("bag", '"b"'),
        ("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "<own:Kind>"),
    }
    assert lines(context, row=["a", "b"]) == {("row", "_:/row#0")}


def test_badges_have_none_of_it() -> None:
    """The expander for badges refuses a context that is written out, and the direction of text."""
    assert refusal(credential({"own": f"{OWN}own"}, own="x"), BUNDLED) == ("inline-context", "/@context/1")
    directed = {"@value": "a", "@language": "en", "@direction": "ltr"}
    assert refusal(credential(name=directed), BUNDLED) == ("value-object", "/name")
    only_contexts, only_directions = Expander(inline_contexts=True), Expander(directions=True)
    assert refusal(credential(name=directed), only_contexts) == ("value-object", "/name")
    assert refusal(credential({}), only_directions) == ("inline-context", "/@context/1")


def test_a_direction_is_part_of_what_is_signed() -> None:
    """Language and direction are the datatype of a text, so neither can be changed; without them a text is as ever."""

    def name(**members: str) -> str:
        quads = ANY.to_quads(credential(name={"@value": "a", **{f"@{key}": value for key, value in members.items()}}))
        return next(quad[2] for quad in quads if quad[1].endswith("name>"))

    assert name(language="en-GB", direction="ltr") == f'"a"^^<{I18N}en-gb_ltr>'
    assert name(direction="rtl") == f'"a"^^<{I18N}_rtl>'
    assert name(language="en-GB") == '"a"@en-gb'


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"@value": "a"}, "/name"),
        ({"@value": "a", "@language": "en", "@direction": "up"}, "/name/@direction"),
        ({"@value": "a", "@language": "en", "@direction": None}, "/name/@direction"),
        ({"@value": "a", "@language": "e n", "@direction": "ltr"}, "/name/@language"),
        ({"@value": "a", "@language": None, "@direction": "ltr"}, "/name"),
        ({"@value": 1, "@direction": "ltr"}, "/name"),
        ({"@value": "a", "@language": "en", "@direction": "ltr", "url": "urn:x"}, "/name"),
        ({"@value": "a", "@direction": "ltr", "@type": "urn:x"}, "/name"),
    ],
)
def test_other_value_objects_are_refused(value: dict[str, Any], where: str) -> None:
    """A text has a language, a direction or both, and nothing else."""
    assert refusal(credential(name=value)) == ("value-object", where)


@pytest.mark.parametrize(
    ("context", "where"),
    [
        ({"@base": "urn:x"}, "/@base"),
        ({"@import": CREDENTIALS_V2}, "/@import"),
        ({"@language": "fi"}, "/@language"),
        ({"@propagate": False}, "/@propagate"),
        ({"@version": 1.0}, "/@version"),
        ({"@protected": "yes"}, "/@protected"),
        ({"@vocab": "relative"}, "/@vocab"),
        ({"@vocab": ""}, "/@vocab"),
        ({"@vocab": 7}, "/@vocab"),
        ({"@vocab": "urn:x:"}, "/@vocab"),
        ({"@vocab": "https://www.w3.org/2018/credentials#"}, "/@vocab"),
        ({"@vocab": "https://www.w3.org/2018/"}, "/@vocab"),
        ({"@vocab": "https://www.w3.org/2018/credentials#valid"}, "/@vocab"),
        ({"until": "https://www.w3.org/2018/credentials#validUntil"}, "/until"),
        ({"w3": "https://www.w3.org/2018/", "until": "w3:credentials#validUntil"}, "/until"),
        ({"gone": None}, "/gone"),
        ({"number": 7}, "/number"),
        ({"id": f"{OWN}id"}, "/id"),
        ({"type": "@id"}, "/type"),
        ({"me": "@id"}, "/me"),
        ({"me": {"@id": "@type"}}, "/me"),
        ({"a:b": f"{OWN}b"}, "/a:b"),
        ({"a/b": f"{OWN}b"}, "/a~1b"),
        ({"": f"{OWN}b"}, "/"),
        ({"a b": f"{OWN}b"}, "/a b"),
        ({"a": "b", "b": "c"}, "/a"),
        ({"a": "b:x", "b": {"@id": OWN}}, "/a"),
        ({"a": "b:x", "b": f"{OWN}b"}, "/a"),
        ({"a": {"@id": OWN}}, "/a"),
        ({"a": {}}, "/a"),
        ({"a": {"@id": f"{OWN}a", "@reverse": f"{OWN}b"}}, "/a"),
        ({"a": {"@id": f"{OWN}a", "@language": "fi"}}, "/a"),
        ({"a": {"@id": f"{OWN}a", "@container": "@language"}}, "/a"),
        ({"a": {"@id": f"{OWN}a", "@container": ["@list"]}}, "/a"),
        ({"a": {"@id": f"{OWN}a", "@type": "@json"}}, "/a"),
        ({"a": {"@id": f"{OWN}a", "@type": None}}, "/a"),
        ({"a": {"@id": f"{OWN}a", "@protected": 1}}, "/a/@protected"),
        ({"a": {"@id": f"{OWN}a", "@context": None}}, "/a"),
        ({"a": {"@id": f"{OWN}a", "@context": {"a": f"{OWN}b"}}}, "/a"),
        ({"a": {"@id": f"{OWN}a", "@context": {"b": {"@id": 7}}}}, "/a/@context/b"),
        ({f"t{number}": f"{OWN}{number}" for number in range(MAX_TERMS + 1)}, ""),
    ],
)
def test_what_a_written_out_context_may_not_say(context: dict[str, Any], where: str) -> None:
    """Everything but the plain forms is refused with its place, used or not; so are other names for the data model's words."""
    assert refusal(credential(context, name="x")) == ("inline-context", f"/@context/1{where}")


def test_written_out_contexts_are_few_and_shallow() -> None:
    """A document cannot make work by writing out contexts again and again, or inside each other."""
    evidence = [{"@context": {"own": f"{OWN}own"}, "type": "urn:t", "own": "x"} for _ in range(MAX_INLINE_CONTEXTS)]
    assert ANY.to_quads(credential(evidence=evidence))
    assert refusal(credential(evidence=[*evidence, evidence[0]])) == (
        "inline-context",
        f"/evidence/{len(evidence)}/@context",
    )
    scoped: dict[str, Any] = {}
    for level in range(MAX_SCOPES):
        scoped = {f"t{level}": {"@id": f"{OWN}{level}", "@context": scoped}}
    assert ANY.to_quads(credential(scoped, name="x"))
    deeper = {"last": {"@id": f"{OWN}last", "@context": scoped}}
    assert refusal(credential(deeper, name="x"))[0] == "inline-context"


def test_nothing_of_a_written_out_context_is_remembered() -> None:
    """The next document does not know the words of the one before."""
    expander = Expander(inline_contexts=True)
    assert expander.to_quads(credential({"own": f"{OWN}own"}, own="x"))
    assert refusal(credential({}, own="x"), expander) == ("undefined-term", "/own")
    assert refusal(credential(own="x"), expander) == ("undefined-term", "/own")


def test_words_without_a_term_stay_apart_from_the_terms() -> None:
    """With a @vocab any word means something, but not what another term means already; and null takes it back."""
    assert lines({"@vocab": OWN}, anything="x") == {("anything", '"x"')}
    assert (
        refusal(credential({"@vocab": "https://schema.org/", "name": f"{OWN}n"}, name="x"))[0]
        == "protected-term-redefined"
    )
    assert refusal(credential(CREDENTIALS_EXAMPLES_V2, {"@vocab": None}, anything="x")) == (
        "undefined-term",
        "/anything",
    )


def test_a_word_cannot_say_what_a_term_says() -> None:
    """Under a @vocab that ends early, a longer word would be a second name for a term."""
    written = {"@vocab": "https://schema.org/", "Place": "https://schema.org/place"}
    assert refusal(credential(written, place="x")) == ("iri-instead-of-term", "/place")


def test_protected_words_keep_their_meaning() -> None:
    """Neither the data model's terms nor those that a document protects itself can be given another meaning."""
    own = {"@protected": True, "own": f"{OWN}own"}
    code = "protected-term-redefined"
    assert refusal(credential({"VerifiableCredential": f"{OWN}V"})) == (code, "/@context/1")
    assert refusal(credential(own, {"own": f"{OWN}other"}, own="x")) == (code, "/@context/2")
    assert lines(own, {"own": f"{OWN}own"}, own="x") == {("own", '"x"')}
    assert lines({"own": f"{OWN}own"}, {"own": f"{OWN}other"}, own="x") == {("other", '"x"')}


V1: Final = "https://www.w3.org/2018/credentials/v1"
STATUS: Final = "https://www.w3.org/ns/credentials/status#"


@pytest.mark.parametrize(
    ("contexts", "where"),
    [
        # A known IRI gets another word, of a context that the document uses or not.
        ([CREDENTIALS_V2, {"x": f"{STATUS}statusSize"}], "/@context/1/x"),
        ([CREDENTIALS_V2, {"x": {"@id": f"{STATUS}statusMessage", "@context": {}}}], "/@context/1/x"),
        ([V1, {"x": "https://w3id.org/vc/status-list#StatusList2021Entry"}], "/@context/1/x"),
        ([V1, {"motto": "https://schema.org/name"}], "/@context/1/motto"),
        ([V1, {"Kind": "https://purl.imsglobal.org/spec/vc/ob/vocab.html#Achievement"}], "/@context/1/Kind"),
        # A known word gets another IRI, datatype or container.
        ([V1, {"name": f"{OWN}motto"}], "/@context/1/name"),
        ([V1, {"statusSize": f"{OWN}size"}], "/@context/1/statusSize"),
        ([V1, {"StatusList2021Entry": f"{OWN}Entry"}], "/@context/1/StatusList2021Entry"),
        ([V1, {"statusSize": {"@id": f"{STATUS}statusSize", "@type": "@id"}}], "/@context/1/statusSize"),
        ([V1, {"name": {"@id": "https://schema.org/name", "@container": "@list"}}], "/@context/1/name"),
        ([V1, {"sec": f"{OWN}sec#", "x": "sec:y"}], "/@context/1/sec"),
        ([V1, {"schema": "https://schema.org/", "x": "schema:name"}], "/@context/1/x"),
    ],
)
def test_known_words_and_iris_belong_together(contexts: list[Any], where: str) -> None:
    """No written-out context parts a word of any known context from its IRI, whichever contexts the document uses."""
    document: dict[str, Any] = {"@context": contexts, "id": "urn:c", "type": "VerifiableCredential"}
    assert refusal(document) == ("inline-context", where)


def test_scopes_are_held_to_it_where_they_are_in_force() -> None:
    """A scope that renames a known word is refused at the type, or the member, that brings it into force."""
    scope = {"until": {"@id": "cred:expirationDate"}}
    by_type = {"Zoo": {"@id": f"{OWN}Zoo", "@context": scope}}
    document: dict[str, Any] = {
        "@context": [V1, by_type],
        "id": "urn:c",
        "type": ["VerifiableCredential", "Zoo"],
        "until": "x",
    }
    assert refusal(document) == ("inline-context", "/type/until")
    by_member = {"zoo": {"@id": f"{OWN}zoo", "@context": scope}}
    document = {"@context": [V1, by_member], "id": "urn:c", "type": ["VerifiableCredential"], "zoo": {"until": "x"}}
    assert refusal(document) == ("inline-context", "/zoo/until")


def test_a_known_word_may_be_written_out_as_it_is() -> None:
    """The same word with the same IRI is no other meaning."""
    document: dict[str, Any] = {
        "@context": [V1, {"name": "https://schema.org/name", "xsd": "http://www.w3.org/2001/XMLSchema#"}],
        "id": "urn:c",
        "type": "VerifiableCredential",
        "name": "x",
    }
    assert ("<https://schema.org/name>", '"x"') in {quad[1:3] for quad in ANY.to_quads(document)}


def test_words_of_a_vocabulary_are_held_to_it_too() -> None:
    """A @vocab of the document makes no known word mean something else, and no other word a known thing."""
    document: dict[str, Any] = {"@context": [V1, {"@vocab": OWN}], "id": "urn:c", "type": "VerifiableCredential"}
    assert refusal(document | {"statusSize": 2}) == ("iri-instead-of-term", "/statusSize")
    assert refusal(document | {"evidence": {"type": "Achievement"}})[0] == "iri-instead-of-term"
    document["@context"] = [V1, {"@vocab": "https://w3id.org/security#"}]
    assert refusal(document | {"expiration": "x"}) == ("iri-instead-of-term", "/expiration")


def test_a_known_type_is_not_spelled_out() -> None:
    """A type that a known context has a word for is written by that word, so that the context cannot be left out."""
    entry = {"id": "urn:e", "type": "https://w3id.org/vc/status-list#StatusList2021Entry"}
    document: dict[str, Any] = {
        "@context": V1,
        "id": "urn:c",
        "type": "VerifiableCredential",
        "credentialStatus": entry,
    }
    assert refusal(document) == ("iri-instead-of-term", "/credentialStatus/type")


WORDS: Final = ("alpha", "beta", "Gamma", "name", "type", "id", "delta", "VerifiableCredential", "issuer")
IRIS: Final = (
    *([f"{OWN}a", f"{OWN}b", OWN, "https://example.org/b/", "alpha:x"] * 3),
    "beta",
    "beta:y",
    "urn:x:y",
    "https://schema.org/name",
    "@id",
    "@type",
    "relative",
    "https ://example.org",
    "sec:x",
)


def _definition(chance: random.Random, scopes: int) -> Any:
    if chance.random() < 0.5:
        return chance.choice(IRIS)
    definition: dict[str, Any] = {"@id": chance.choice(IRIS)}
    if chance.random() < 0.5:
        definition["@type"] = chance.choice(["@id", "@vocab", "@json", *IRIS])
    if chance.random() < 0.3:
        definition["@container"] = chance.choice(["@set", "@list", "@graph", "@language"])
    if chance.random() < 0.2 and scopes:
        definition["@context"] = _context(chance, scopes - 1)
    if chance.random() < 0.2:
        definition["@protected"] = chance.choice([True, False])
    return definition


def _context(chance: random.Random, scopes: int = 2) -> dict[str, Any]:
    context = {chance.choice(WORDS): _definition(chance, scopes) for _ in range(chance.randrange(1, 4))}
    if chance.random() < 0.3:
        context["@vocab"] = chance.choice([OWN, "https://schema.org/", "https://example.org/b"])
    if chance.random() < 0.2:
        context["@protected"] = True  # PyLD calls some contexts cyclic that say false
    return context


def _node(chance: random.Random, depth: int = 2) -> dict[str, Any]:
    node: dict[str, Any] = {}
    for _ in range(chance.randrange(1, 4)):
        inner = _node(chance, depth - 1) if depth else {"alpha": "x"}
        values = ["x", "alpha", "https://example.org/z", "alpha:z", 3, True, ["x", "y"], inner, [inner, "x"]]
        node[chance.choice([*WORDS[:3], "name", "delta", "other"])] = chance.choice(values)
    if chance.random() < 0.4:
        node["type"] = chance.choice(["Gamma", "alpha", "Other", "https://example.org/T", ["Gamma", "alpha"]])
    if chance.random() < 0.2:
        node["@context"] = _context(chance)
    return node


def test_whatever_is_accepted_is_what_others_read(shared: Path) -> None:
    """Of 10 000 random contexts and uses of them, the hundreds that are accepted have PyLD's canonical form."""
    documents = {CREDENTIALS_V2: published.contexts(shared)[CREDENTIALS_V2]}
    chance = random.Random(11)  # noqa: S311 (no secret: the same documents on every run)
    same = 0
    for _ in range(10_000):
        contexts = [_context(chance) for _ in range(chance.choice((1, 1, 2)))]
        document = credential(*contexts, **{**_node(chance), "type": "VerifiableCredential"})
        document["@context"] = [CREDENTIALS_V2, *contexts]
        try:
            ours = canonicalise(ANY.to_quads(document)).nquads
        except CredentialError:
            continue
        assert ours == published.pyld_nquads(document, documents), document
        same += 1
    assert same > 300
