"""What others say about a badge of 2.0: looked up, told of, and never a reason for a verdict."""

from __future__ import annotations

from typing import Any

import pytest

from okbadges.verification import Fetched
from okbadges.verification.report import Verdict
from verification.openbadges2.badges import (
    ASSERTION,
    BADGE,
    CONTEXT,
    ISSUER,
    assertion,
    badge_class,
    look,
    outcome,
    profile,
    verdict_of,
    web,
)

ENDORSER = profile(id="https://endorser.example/me")
ENDORSEMENT = "https://endorser.example/e/1"


def endorsement(about: str = ASSERTION, **changes: Any) -> dict[str, Any]:
    """Return a hosted endorsement."""
    document = {
        "@context": CONTEXT,
        "id": ENDORSEMENT,
        "type": "Endorsement",
        "claim": {"id": about, "endorsementComment": "Good work."},
        "issuer": ENDORSER["id"],
        "issuedOn": "2026-10-05T00:00:00Z",
        "verification": {"type": "hosted"},
    }
    return {name: value for name, value in {**document, **changes}.items() if value is not ...}


def told(document: Any, entry: Any = ENDORSEMENT) -> tuple[str, str | None]:
    """Return the remark about an endorsement of the Assertion, whose verdict must not change."""
    mine = assertion(endorsement=entry)
    found = look(mine, web(assertion=mine, **{ENDORSEMENT: document, ENDORSER["id"]: ENDORSER}))
    assert verdict_of(found) is Verdict.VALID
    return outcome(found, "endorsements")


def test_it_works() -> None:
    """An endorsement at the endorser's own address, about this badge, holds; named or inside."""
    assert told(endorsement()) == ("passed", None)
    assert told(endorsement(), [endorsement()]) == ("passed", None)


def test_nothing_is_said_without_endorsements() -> None:
    """No remark is made about what is not there."""
    assert "endorsements" not in [check.id for check in look(assertion()).checks]


@pytest.mark.parametrize(
    "document",
    [
        endorsement("https://issuer.example/a/2"),
        endorsement(claim=...),
        endorsement(type="Assertion"),
        endorsement(id="https://endorser.example/e/2"),
        endorsement(issuer=ISSUER),
        endorsement(revoked=True),
        endorsement(verification={"type": "signed"}),
        endorsement(**{"@context": "https://x.example/"}),
        Fetched(410, {}, b""),
    ],
)
def test_what_does_not_endorse(document: Any) -> None:
    """Something about another badge, by somebody else, taken back or not proven is no endorsement."""
    assert told(document) == ("failed", "endorsements-fail")


@pytest.mark.parametrize(
    ("document", "entry"), [(..., ENDORSEMENT), (endorsement(), "urn:uuid:1"), (endorsement(), {})]
)
def test_what_cannot_be_looked_up(document: Any, entry: Any) -> None:
    """An endorsement that cannot be had leaves its remark open."""
    assert told(document, entry) == ("not-checked", "endorsements-open")


def test_endorsements_of_the_badge_class_and_the_issuer() -> None:
    """Each is about what it stands in; more than four are not looked up."""
    about = {"https://endorser.example/e/1": BADGE, "https://endorser.example/e/2": ISSUER}
    known = {url: endorsement(target, id=url) for url, target in about.items()}
    first, second = known
    world = web(
        badge=badge_class(endorsement=first),
        issuer=profile(endorsement=[second]),
        **known,
        **{ENDORSER["id"]: ENDORSER},
    )
    assert outcome(look(assertion(), world), "endorsements") == ("passed", None)
    many = badge_class(endorsement=[f"https://endorser.example/e/{n}" for n in range(9)])
    found = look(assertion(), web(badge=many))
    assert outcome(found, "endorsements") == ("not-checked", "endorsements-open")
