"""What counts as an Open Badges 3.0 credential, and what is known to be something else."""

from __future__ import annotations

from typing import Any

import pytest

from okbadges.verification import Verdict
from verification.making import Maker, World, check, code_of, outcome_of, unsettled

MAKER = Maker.by_key()


@pytest.mark.parametrize(
    "document",
    [
        {"@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": "https://issuer.example/a"},
        {
            "@context": ["https://www.w3.org/2018/credentials/v1"],
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
        },
        {"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiablePresentation"]},
        {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiableCredential", "EndorsementCredential"],
        },
    ],
)
def test_forms_to_come_get_an_honest_answer(document: dict[str, Any]) -> None:
    """What is known to be another kind of thing is neither valid nor called a forgery, and nobody is asked about it."""
    world = World()
    report = check({**document, "issuer": "https://issuer.example/1"}, world)
    assert report.verdict is Verdict.INDETERMINATE
    assert outcome_of(report, "shape") == ("not-checked", "form-not-supported")
    assert world.asked == []
    assert unsettled(report) == {"shape", "issuer-key", "content-unaltered", "dates", "status"}
    assert outcome_of(report, "issuer-recognised") == ("not-checked", "earlier-step")


@pytest.mark.parametrize("kind", ["EndorsementCredential", "VerifiablePresentation", "EnvelopedVerifiableCredential"])
def test_a_badge_that_says_it_is_something_else_too_is_no_badge(kind: str) -> None:
    """Two kinds at once would be judged by the rules of one and shown as the other."""
    report = check({**MAKER.badge(), "type": ["VerifiableCredential", "OpenBadgeCredential", kind]})
    assert outcome_of(report, "shape") == ("not-checked", "form-not-supported")


def test_json_that_is_no_badge_is_invalid() -> None:
    """Any other JSON object, and a credential that is no badge, does not pass as one."""
    assert code_of(check(b"{}"), "shape") == "not-an-open-badge"
    other = MAKER.sign(
        {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiableCredential"],
            "issuer": MAKER.did,
            "validFrom": "2026-01-01T00:00:00Z",
            "credentialSubject": {"id": "urn:uuid:1"},
        }
    )
    assert check(other).verdict is Verdict.INVALID
