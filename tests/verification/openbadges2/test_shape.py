"""What an Assertion, a BadgeClass and a Profile must be like, and that their names mean what they say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okbadges.verification.openbadges2 import is_open_badge_2
from okbadges.verification.openbadges2.vocabulary import TERMS
from okbadges.verification.report import Verdict
from verification.making import World, check
from verification.openbadges2.badges import (
    CONTEXT,
    HOME,
    assertion,
    badge_class,
    look,
    outcome,
    profile,
    verdict_of,
    web,
)

if TYPE_CHECKING:
    from pathlib import Path

HASHED = "sha256$ecf5409f3f4b91ab60cc5ef4c02aef7032354375e70cf4d8e43f6a1d29891942"


def told(**changes: Any) -> tuple[tuple[str, str | None], Verdict]:
    """Return the check of shape and the verdict for a changed Assertion that its host confirms."""
    changed = assertion(**changes)
    found = look(changed, web(assertion=changed))
    return outcome(found, "shape"), verdict_of(found)


def test_the_vocabulary_is_the_published_one(shared: Path) -> None:
    """Our terms are those of the published context, one by one."""
    published = json.loads((shared / "standards/data/contexts/1edtech-validator/ob-v2p0.json").read_text())
    assert dict(TERMS) == published["@context"]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (assertion(), True),
        (badge_class(), True),
        (profile(), True),
        ({"@context": [CONTEXT, {}]}, True),
        ({"type": "Assertion"}, True),
        ({"@context": "https://w3id.org/openbadges/v1"}, True),
        ({"@context": CONTEXT, "type": ["VerifiableCredential"]}, False),
        ({"type": ["Assertion", "VerifiablePresentation"]}, False),
        ({"type": "Profile"}, False),
        ({}, False),
        ({"@context": [7, None, {}], "type": 7}, False),
    ],
)
def test_open_badges_2_is_told_apart(document: dict[str, Any], expected: bool) -> None:  # noqa: FBT001 - a parameter
    """By its context or its type; a W3C credential is never taken for one."""
    assert is_open_badge_2(document) is expected


@pytest.mark.parametrize(
    "changes",
    [
        {"type": ["Assertion", "https://x.example/Special"]},
        {"verification": {"type": "HostedBadge"}},
        {"verification": ..., "verify": {"type": "hosted", "url": f"{HOME}/a/1"}},
        {"recipient": {"type": "email", "identity": HASHED, "hashed": True, "salt": "deadsea"}},
        {"recipient": {"type": "email", "identity": "md5$" + "0" * 32, "hashed": True}},
        {"recipient": {"type": ["email"], "identity": "aino@example.org"}},
        {"image": f"{HOME}/a/1.png"},
        {"image": {"id": f"{HOME}/a/1.png", "caption": "A cup"}},
        {"evidence": [f"{HOME}/e/1", {"id": "_:b1", "narrative": "x"}, {"narrative": "y"}]},
        {"narrative": "x", "expires": "2030-01-01T00:00:00+02:00", "revoked": False, "@language": "fi"},
        {"issuedOn": "2026-10-01T00:00Z"},
        {"issuedOn": "2016-12-31T23:59:59.123456+00:00"},
        {"@context": [CONTEXT]},
        {"@context": [CONTEXT, {"mood": "https://x.example/mood"}], "mood": "glad"},
        {"@context": [CONTEXT, {"mood": {"@id": "https://x.example/mood", "@type": "@id"}}]},
        {"@context": [CONTEXT, {"name": {"@id": "schema:name"}}]},
        {"@context": [CONTEXT, "https://w3id.org/openbadges/extensions/exampleExtension/context.json"]},
        {"@context": dict(TERMS)},
        {"https://x.example/mood": "glad", "schema:comment": "x", "unknown": 1},
    ],
)
def test_what_is_allowed(changes: dict[str, Any]) -> None:
    """The spellings that the specification allows are all read."""
    assert told(**changes) == (("passed", None), Verdict.VALID)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"type": "OtherAssertion"}, "not-an-assertion"),
        ({"type": []}, "not-an-assertion"),
        ({"id": ...}, "schema"),
        ({"id": 7}, "schema"),
        ({"id": "no uri"}, "schema"),
        ({"id": "urn:uuid:1"}, "hosted-without-address"),
        ({"id": f"{HOME}/a/1#x"}, "hosted-without-address"),
        ({"id": "https://issuer.example/a/%2e%2e/1"}, "hosted-without-address"),
        ({"id": "https://x@issuer.example/a/1"}, "hosted-without-address"),
        ({"id": "https://issuer.example\\a/1"}, "schema"),
        ({"badge": ...}, "schema"),
        ({"badge": ["https://issuer.example/b/1"]}, "schema"),
        ({"badge": "b"}, "schema"),
        ({"recipient": ...}, "schema"),
        ({"recipient": "aino@example.org"}, "schema"),
        ({"recipient": {"type": "email"}}, "schema"),
        ({"recipient": {"identity": "x"}}, "schema"),
        ({"recipient": {"type": ["email", "url"], "identity": "x"}}, "schema"),
        ({"recipient": {"type": "email", "identity": HASHED}}, "schema"),
        ({"recipient": {"type": "email", "identity": "x", "hashed": True}}, "schema"),
        ({"recipient": {"type": "email", "identity": "sha1$" + "0" * 40, "hashed": True}}, "schema"),
        ({"recipient": {"type": "email", "identity": "x", "hashed": "no"}}, "schema"),
        ({"recipient": {"type": "email", "identity": "x", "salt": 1}}, "schema"),
        ({"issuedOn": ...}, "schema"),
        ({"issuedOn": 1_475_280_000}, "schema"),
        ({"expires": None}, "schema"),
        ({"verification": ...}, "schema"),
        ({"verification": {"type": "blockchain"}}, "schema"),
        ({"verification": {"type": ["hosted", "signed"]}}, "schema"),
        ({"verify": {"type": "signed"}}, "schema"),
        ({"verification": "hosted"}, "schema"),
        ({"image": "data:image/png;base64,AA=="}, "schema"),
        ({"image": {"id": "data:image/png;base64,AA=="}}, "schema"),
        ({"image": 7}, "schema"),
        ({"revoked": "true"}, "schema"),
        ({"evidence": [7]}, "schema"),
        ({"@context": ...}, "context"),
        ({"@context": "https://w3id.org/openbadges/invalid"}, "context"),
        ({"@context": [{"badge": "https://x.example/badge"}]}, "context"),
        ({"@context": [CONTEXT, {"badge": "https://x.example/badge"}]}, "context"),
        ({"@context": [CONTEXT, {"merkki": {"@id": "obi:badge", "@type": "@id"}}]}, "context"),
        ({"@context": [CONTEXT, {"merkki": "https://w3id.org/openbadges#badge"}]}, "context"),
        ({"@context": [CONTEXT, {"merkki": "badge"}]}, "context"),
        ({"@context": [CONTEXT, {"tunnus": "@id"}]}, "context"),
        ({"@context": [CONTEXT, {"ob": "https://w3id.org/openbadges#"}], "ob:badge": "urn:x:1"}, "context"),
        ({"@context": [CONTEXT, {"w3": "https://w3id.org/"}], "w3:openbadges#badge": "urn:x:1"}, "context"),
        ({"@context": [CONTEXT, {"ob": "obi:"}], "ob:badge": "urn:x:1"}, "context"),
        ({"@context": [CONTEXT, {"@vocab": "https://x.example/"}]}, "context"),
        ({"@context": [CONTEXT, {"x": {"@id": "https://x.example/x", "@reverse": "y"}}]}, "context"),
        ({"@context": [CONTEXT, {"x": None}]}, "context"),
        ({"@context": [CONTEXT, 7]}, "context"),
        ({"@context": {**TERMS, "badge": "https://x.example/badge"}}, "context"),
        ({"evidence": {"@context": CONTEXT, "narrative": "x"}}, "context"),
        ({"@id": "https://issuer.example/a/1"}, "ambiguous-term"),
        ({"@type": "Assertion"}, "ambiguous-term"),
        ({"@graph": []}, "ambiguous-term"),
        ({"evidence": {"@id": "https://x.example/"}}, "ambiguous-term"),
        ({"evidence": [[{"@reverse": {}}]]}, "ambiguous-term"),
        ({"obi:badge": "https://x.example/b"}, "ambiguous-term"),
        ({"https://w3id.org/openbadges#badge": "https://x.example/b"}, "ambiguous-term"),
        ({"sec:expiration": "2020-01-01T00:00:00Z"}, "ambiguous-term"),
        ({"http://schema.org/image": "https://x.example/b"}, "ambiguous-term"),
    ],
)
def test_what_is_refused(changes: dict[str, Any], code: str) -> None:
    """A missing or odd member, a second meaning, a second spelling: each is INVALID with its code, and nothing is asked for."""
    world = World()
    found = look(assertion(**changes), world)
    assert (outcome(found, "shape"), verdict_of(found)) == (("failed", code), Verdict.INVALID)
    assert world.asked == []


@pytest.mark.parametrize(
    ("context", "code"),
    [
        ([CONTEXT, "https://x.example/context.json"], "context-not-known"),
        ("https://w3id.org/openbadges/v1", "form-not-supported"),
    ],
)
def test_what_cannot_be_judged_is_left_open(context: Any, code: str) -> None:
    """A context that is not bundled, and a badge of 1.1, may be honest; they are not VALID."""
    assert told(**{"@context": context}) == (("not-checked", code), Verdict.INDETERMINATE)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"type": "Assertion"}, "schema"),
        ({"name": ...}, "schema"),
        ({"description": 7}, "schema"),
        ({"criteria": ...}, "schema"),
        ({"image": "cup.png"}, "schema"),
        ({"alignment": [{"targetName": "x"}]}, "schema"),
        ({"tags": ["a", 7]}, "schema"),
        ({"@context": "https://x.example/context.json"}, "context"),
        ({"obi:issuer": "https://x.example/issuer"}, "ambiguous-term"),
    ],
)
def test_a_badge_class_is_looked_at(changes: dict[str, Any], code: str) -> None:
    """What was awarded must be described as the specification says, fetched or inside."""
    found = look(assertion(), web(badge=badge_class(**changes)))
    assert (outcome(found, "shape"), verdict_of(found)) == (("failed", code), Verdict.INVALID)
    inside = assertion(badge=badge_class(**changes))
    assert verdict_of(look(inside, web(assertion=inside))) is Verdict.INVALID


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"type": "BadgeClass"}, "schema"),
        ({"name": ...}, "schema"),
        ({"url": "home"}, "schema"),
        ({"email": ...}, "schema"),
        ({"verification": "hosted"}, "schema"),
        ({"publicKey": 7}, "schema"),
        ({"@context": [CONTEXT, {"publicKey": "https://x.example/k"}]}, "context"),
        ({"sec:publicKey": "https://x.example/k"}, "ambiguous-term"),
    ],
)
def test_a_profile_is_looked_at(changes: dict[str, Any], code: str) -> None:
    """Who issued it must be described as the specification says."""
    found = look(assertion(), web(issuer=profile(**changes)))
    assert (outcome(found, "shape"), verdict_of(found)) == (("failed", code), Verdict.INVALID)


def test_a_badge_class_or_a_profile_alone_awards_nothing() -> None:
    """Only an Assertion says that somebody has something."""
    for document in (badge_class(), profile(), {"@context": CONTEXT, "type": "Endorsement"}):
        assert outcome(look(document), "shape") == ("failed", "not-an-assertion")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.data())
def test_whatever_stands_anywhere_the_answer_is_an_examination(data: st.DataObject) -> None:
    """No value in any member of any of the three documents makes the checks raise, or a stranger's badge VALID."""
    documents = {"assertion": assertion(), "badge": badge_class(), "issuer": profile()}
    which = data.draw(st.sampled_from(sorted(documents)))
    names = [*documents[which], "verification", "publicKey", "revocationList", "endorsement", "expires", "extensions:x"]
    documents[which][data.draw(st.sampled_from(names))] = data.draw(json_values)
    found = look(documents["assertion"], web(**documents))
    assert verdict_of(found) in Verdict
    assert verdict_of(look(documents["assertion"], World())) is not Verdict.VALID


@pytest.mark.parametrize("entry", [["x"], [[]], 7, True, None])
def test_a_context_that_is_no_context_is_refused(entry: Any) -> None:
    """Whatever stands among the contexts gets an answer, also what cannot be looked up."""
    document = {"@context": ["https://w3id.org/openbadges/v2", entry], "type": "Assertion", "id": "https://a.example/1"}
    assert check(document, World()).verdict in {Verdict.INVALID, Verdict.INDETERMINATE}
