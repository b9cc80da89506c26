"""Extensions: those whose schema is bundled keep to it, the others are told of and not relied on."""

from __future__ import annotations

from typing import Any

import pytest

from okbadges.verification.report import Verdict
from verification.openbadges2.badges import assertion, badge_class, look, outcome, profile, verdict_of, web

NODE = {"@context": "https://w3id.org/openbadges/extensions/exampleExtension/context.json"}


def extension(*types: str, **members: Any) -> dict[str, Any]:
    """Return an extension of these types."""
    return {**NODE, "type": ["Extension", *types], **members}


@pytest.mark.parametrize(
    "found",
    [
        extension("extensions:ExampleExtension", exampleProperty="x"),
        extension("extensions:ExampleExtension", **{"http://schema.org/text": "x"}),
        extension("https://w3id.org/openbadges/extensions#ApplyLink", url="https://x.example/"),
        extension("extensions:ExampleExtension", "extensions:ApplyLink", exampleProperty="x", url="https://x.example/"),
        extension("extensions:RecipientProfile", name="Aino"),
        extension("extensions:OriginalCreator", url="https://x.example/"),
        extension("extensions:Unknown", **{"@id": "https://x.example/", "obi:badge": 7}),
        {"type": "Extension"},
        {},
    ],
)
def test_extensions_that_are_sound_or_unknown(found: dict[str, Any]) -> None:
    """They do not change the verdict, and inside them any name may stand."""
    for documents in (
        {"assertion": assertion(**{"extensions:x": found})},
        {"badge": badge_class(**{"extensions:x": found})},
        {"issuer": profile(**{"extensions:x": found})},
    ):
        assert verdict_of(look(documents.get("assertion", assertion()), web(**documents))) is Verdict.VALID


@pytest.mark.parametrize(
    "found",
    [
        extension("extensions:ExampleExtension"),
        extension("extensions:ExampleExtension", exampleProperty=1337),
        extension("obi:extensions/#ExampleExtension", **{"http://schema.org/text": 1337}),
        extension("extensions:ExampleExtension", exampleProperty="x", **{"http://schema.org/text": "y"}),
        extension("extensions:ApplyLink"),
        extension("extensions:ApplyLink", url="nowhere"),
        extension("extensions:RecipientProfile", name=7),
    ],
)
def test_extensions_that_break_their_schema(found: dict[str, Any]) -> None:
    """Wherever they stand, and by whatever spelling of their type."""
    nested = {"narrative": "x", "extensions:x": found}
    for documents in (
        {"assertion": assertion(**{"extensions:x": found})},
        {"assertion": assertion(**{"https://x.example/#e": found})},
        {"assertion": assertion(evidence=[nested])},
        {"badge": badge_class(**{"extensions:x": [found]})},
        {"issuer": profile(**{"extensions:x": found})},
    ):
        examined = look(documents.get("assertion", assertion()), web(**documents))
        assert (outcome(examined, "shape"), verdict_of(examined)) == (("failed", "extension"), Verdict.INVALID)


def test_unknown_extensions_are_told_of() -> None:
    """The report names what was not looked into, of the badge and of its issuer."""
    mine = assertion(**{"extensions:geo": extension("extensions:GeoCoordinates")})
    found = look(mine, web(assertion=mine, issuer=profile(**{"extensions:a": extension("extensions:Accreditation")})))
    detail = next(check.detail for check in found.checks if check.id == "shape")
    assert detail == "extensions that were not looked into: extensions:GeoCoordinates, extensions:Accreditation"
