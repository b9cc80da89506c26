"""What counts as an Open Badges 3.0 credential, and what is known to be something else."""

from __future__ import annotations

import pytest

from okbadges.verification import Verdict
from okbadges.verification.report import Kind
from verification.making import Maker, check, code_of

MAKER = Maker.by_key()


@pytest.mark.parametrize("kind", ["EndorsementCredential", "VerifiablePresentation", "EnvelopedVerifiableCredential"])
def test_a_badge_that_says_it_is_something_else_too_is_no_badge(kind: str) -> None:
    """Two kinds at once would be judged by the rules of one and shown as the other."""
    report = check({**MAKER.badge(), "type": ["VerifiableCredential", "OpenBadgeCredential", kind]})
    assert report.verdict in {Verdict.INVALID, Verdict.REJECTED}
    assert report.kind is Kind.UNKNOWN


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


def test_many_mistakes_in_the_status_do_not_hide_the_others() -> None:
    """Entries of a status list are judged elsewhere; a document that is full of broken ones is not sound because of that."""
    report = check({**MAKER.badge(), "credentialStatus": [None] * 500})
    assert code_of(report, "shape") == "schema"
    assert report.verdict is not Verdict.VALID
