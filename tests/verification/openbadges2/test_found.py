"""What a report tells of a badge of 2.0, and whether it is about the person who was named."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest

from okbadges.credentials.strict_json import dumps
from okbadges.verification.intake import credential_in
from okbadges.verification.openbadges2 import check_recipient, find_credential, find_issuer, find_proofs
from okbadges.verification.recipient import Recipient
from okbadges.verification.report import AlignmentFound, IssuerFound, ProofFound
from verification.making import World
from verification.openbadges2.badges import (
    ASSERTION,
    BADGE,
    HOME,
    ISSUER,
    KEY,
    SignedWorld,
    assertion,
    badge_class,
    look,
    profile,
    web,
)


def test_what_is_told_is_what_stands_at_the_addresses() -> None:
    """Names come from the BadgeClass and the Profile themselves, not from the copies in the badge."""
    copy = badge_class(issuer=profile(name="A famous university"))
    mine = assertion(badge=copy, expires="2030-01-01T00:00:00Z", evidence=[f"{HOME}/e/1"])
    found = look(mine, web(assertion=mine))
    assert find_issuer(found, recognised=True) == IssuerFound(ISSUER, "Course House", HOME, recognised=True)
    told = find_credential(found)
    assert (told.id, told.achievement_id, told.name, told.has_evidence) == (ASSERTION, BADGE, "Café counter", True)
    assert told.valid_from == told.awarded_at == datetime(2026, 10, 1, tzinfo=UTC)
    assert told.valid_until == datetime(2030, 1, 1, tzinfo=UTC)


def test_everything_of_a_badge_class_is_told() -> None:
    """Criteria, picture, language and alignments have their place in the report."""
    badge = badge_class(
        criteria={"id": f"{HOME}/c", "narrative": "Opens."},
        image={"id": f"{HOME}/b.png", "caption": "A cup"},
        alignment={"targetName": "Customers", "targetUrl": "https://units.example/1", "targetCode": "U1"},
        tags="café",
        **{"@language": "fi"},
    )
    told = find_credential(look(assertion(), web(badge=badge)))
    assert (told.criteria, told.criteria_url, told.image_url) == ("Opens.", f"{HOME}/c", f"{HOME}/b.png")
    assert (told.image_caption, told.language) == ("A cup", "fi")
    assert told.alignments == (AlignmentFound("Customers", "https://units.example/1", "U1", None, None),)


def test_what_could_not_be_looked_up_is_told_as_it_was_received() -> None:
    """Beside a verdict that is not VALID, a page may still say what the file claims to be."""
    found = look(assertion(badge=badge_class(name="Claimed")), World())
    assert find_credential(found).name == "Claimed"
    assert find_issuer(found, recognised=False) == IssuerFound(ISSUER, None, None, recognised=False)
    assert find_issuer(look(assertion(), World()), recognised=False) is None
    odd: dict[str, Any]
    for odd in ({"badge": 7}, {"badge": {"issuer": 7}}, {"badge": {"issuer": {}}}, {"recipient": 7}):
        found = look(assertion(**odd), World())
        assert find_issuer(found, recognised=False) is None
        assert find_credential(found).id == ASSERTION


def test_only_a_plain_address_is_told_of_a_person() -> None:
    """A page may show who a badge is about when it says so by a web address; mail addresses and hashes stay where they are."""
    address = "https://people.example/aino"
    for recipient, told in (
        ({"type": "url", "identity": address}, address),
        ({"type": "url", "identity": _hashed(address), "hashed": True}, None),
        ({"type": "email", "identity": "aino@example.org"}, None),
    ):
        assert find_credential(look(assertion(recipient=recipient), World())).subject_id == told


def test_how_it_is_proven() -> None:
    """A signed badge tells its algorithm and key, a hosted one its address, an unsigned one nothing."""
    signed = SignedWorld()
    assert find_proofs(credential_in(signed.sign())) == (ProofFound("jwt", "ES256", KEY),)
    assert find_proofs(credential_in(dumps(assertion()))) == (ProofFound("hosted", None, ASSERTION),)
    assert find_proofs(credential_in(dumps(signed.assertion()))) == ()


def _hashed(identity: str, salt: str = "") -> str:
    return "sha256$" + hashlib.sha256((identity + salt).encode()).hexdigest()


@pytest.mark.parametrize(
    ("recipient", "asked", "expected"),
    [
        ({"type": "email", "identity": "aino@example.org"}, "aino@example.org", "passed"),
        ({"type": "email", "identity": "aino@example.org"}, "mailto:aino@example.org", "passed"),
        ({"type": "email", "identity": "aino@example.org"}, "eero@example.org", "failed"),
        (
            {"type": "email", "identity": _hashed("a@example.org", "sea"), "hashed": True, "salt": "sea"},
            "a@example.org",
            "passed",
        ),
        (
            {"type": "email", "identity": _hashed("a@example.org"), "hashed": True, "salt": "sea"},
            "a@example.org",
            "failed",
        ),
        ({"type": "email", "identity": _hashed("a@example.org"), "hashed": True}, "a@example.org", "passed"),
        ({"type": "email", "identity": _hashed("a@example.org"), "hashed": False}, _hashed("a@example.org"), "failed"),
        ({"type": "email", "identity": "md5$" + "0" * 32, "hashed": True}, "a@example.org", "not-checked"),
        ({"type": "url", "identity": "https://people.example/aino"}, "https://people.example/aino", "passed"),
        ({"type": "telephone", "identity": "+358401234567"}, "+358401234567", "passed"),
        ({"type": "telephone", "identity": "a@example.org"}, "a@example.org", "failed"),
        ({"type": "email"}, "a@example.org", "failed"),
        ({"type": ["email", "url"], "identity": "a@example.org"}, "a@example.org", "failed"),
        (7, "a@example.org", "failed"),
    ],
)
def test_the_recipient(recipient: Any, asked: str, expected: str) -> None:
    """The named person is compared in the way that the badge says: plainly, or as a salted hash."""
    found = look(assertion(recipient=recipient), World())
    check = check_recipient(found, Recipient.from_text(asked))
    assert (check.outcome.value, check.clause) == (expected, "Open Badges 2.0, IdentityObject")
