"""Presentations through the whole verification: who presents is proven, and the worst of what is held is the verdict."""

from __future__ import annotations

from typing import Any

import pytest

from okbadges.verification import Outcome, Verdict
from okbadges.verification.report import Kind
from verification.jwts import compact
from verification.making import LIST_URL, Maker, check, code_of, credential, outcome_of, status_entry, world_of

ISSUER, HOLDER, STRANGER = Maker.by_key(), Maker.by_key(3), Maker.by_key(4)
CHALLENGE, DOMAIN = "a-challenge", "https://verifier.example"
MADE_FOR = {"purpose": "authentication", "challenge": CHALLENGE, "domain": DOMAIN}


def badge(subject: str = HOLDER.did, **changes: Any) -> dict[str, Any]:
    """Return a signed badge about the holder, or about somebody else."""
    document = credential(ISSUER.did, **changes)
    document["credentialSubject"]["id"] = subject
    return ISSUER.sign(document)


def presentation(*held: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return an unsigned presentation by the holder."""
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": HOLDER.did,
        "verifiableCredential": list(held),
        **changes,
    }


def test_a_presentation_of_ones_own_badge_is_valid() -> None:
    """The report names the holder and holds a whole report on every badge."""
    report = check(HOLDER.sign(presentation(badge()), **MADE_FOR), challenge=CHALLENGE, domain=DOMAIN)
    assert (report.verdict, report.kind, report.holder) == (Verdict.VALID, Kind.PRESENTATION, HOLDER.did)
    (held,) = report.credentials
    assert (held.verdict, held.kind) == (Verdict.VALID, Kind.BADGE)
    assert held.issuer is not None
    assert held.issuer.id == ISSUER.did


def test_the_challenge_and_the_domain_must_be_those_that_were_asked() -> None:
    """A presentation for somebody else, or for another time, was overheard."""
    shown = HOLDER.sign(presentation(badge()), **MADE_FOR)
    wrong: tuple[dict[str, Any], ...] = ({"challenge": "other"}, {"domain": "https://other.example"}, {"challenge": ""})
    for asked in wrong:
        report = check(shown, **{"challenge": CHALLENGE, "domain": DOMAIN, **asked})
        assert (report.verdict, code_of(report, "challenge")) == (Verdict.INVALID, "challenge-mismatch")
    assert check(shown).verdict is Verdict.VALID
    unbound = HOLDER.sign(presentation(badge()), purpose="authentication")
    assert code_of(check(unbound, challenge=CHALLENGE), "challenge") == "challenge-mismatch"


def test_who_presents_must_have_signed() -> None:
    """Nobody else's key, no assertion, and no presentation without a signature; nothing that is held is looked at then."""
    by_stranger = STRANGER.sign(presentation(badge()), purpose="authentication")
    assert code_of(check(by_stranger), "holder-key") == "key-not-issuers"
    assertion = HOLDER.sign(presentation(badge()))
    assert code_of(check(assertion), "content-unaltered") == "purpose-mismatch"
    unsigned = check(presentation(badge()))
    assert unsigned.verdict is Verdict.INVALID
    assert unsigned.credentials == ()
    held_back = HOLDER.sign(presentation(badge()), purpose="authentication")
    changed = {**held_back, "verifiableCredential": [badge(name="Another")]}
    assert code_of(check(changed), "content-unaltered") == "bad-signature"


def test_the_worst_of_what_is_held_is_the_verdict() -> None:
    """A revoked badge among good ones makes the presentation REVOKED, a forged one INVALID."""
    revoked = badge(credentialStatus=status_entry(7, url=LIST_URL))
    world = world_of(ISSUER, status=ISSUER.status_list(7))
    report = check(HOLDER.sign(presentation(badge(), revoked), purpose="authentication"), world)
    assert (report.verdict, code_of(report, "presented-credentials")) == (Verdict.REVOKED, "revoked")
    assert [one.verdict for one in report.credentials] == [Verdict.VALID, Verdict.REVOKED]
    forged = {**badge(), "name": "Knows everything"}
    assert check(HOLDER.sign(presentation(forged), purpose="authentication")).verdict is Verdict.INVALID


def test_somebody_elses_badge_is_not_ones_own() -> None:
    """The signature of the holder does not make a badge about somebody else theirs; of a nameless subject nobody can tell."""
    others = check(HOLDER.sign(presentation(badge(STRANGER.did)), purpose="authentication"))
    assert (others.verdict, code_of(others, "presented-credentials")) == (Verdict.INVALID, "holder-not-subject")
    nameless = check(HOLDER.sign(presentation(badge("urn:uuid:1")), purpose="authentication"))
    assert (nameless.verdict, outcome_of(nameless, "presented-credentials")[0]) == (
        Verdict.INDETERMINATE,
        "not-checked",
    )


def test_a_presentation_may_be_a_jwt() -> None:
    """The nonce is the challenge, the audience the domain, and the times of the envelope count."""

    def as_jwt(**claims: Any) -> bytes:
        payload = {**presentation(badge()), "iss": HOLDER.did, "nonce": CHALLENGE, "aud": DOMAIN, **claims}
        return compact({"alg": "EdDSA", "kid": HOLDER.method, "typ": "vp+jwt"}, payload, HOLDER.signer.sign)

    asked: dict[str, Any] = {"challenge": CHALLENGE, "domain": DOMAIN}
    assert check(as_jwt(), **asked).verdict is Verdict.VALID
    assert code_of(check(as_jwt(nonce="other"), **asked), "challenge") == "challenge-mismatch"
    assert code_of(check(as_jwt(aud="https://other.example"), **asked), "challenge") == "challenge-mismatch"
    assert check(as_jwt(exp=1_700_000_000), **asked).verdict is Verdict.EXPIRED
    assert check(as_jwt(nbf=4_000_000_000), **asked).verdict is Verdict.NOT_YET_VALID
    assert check(as_jwt(iss=STRANGER.did), **asked).verdict is Verdict.INVALID
    # Times inside do not stretch those of the envelope.
    assert check(as_jwt(exp=1_700_000_000, validUntil="2099-01-01T00:00:00Z"), **asked).verdict is not Verdict.VALID
    assert check(as_jwt(nbf=4_000_000_000, validFrom="2020-01-01T00:00:00Z"), **asked).verdict is not Verdict.VALID


@pytest.mark.parametrize("holder", [{}, 7, "", None, ["did:key:x"]])
def test_a_holder_who_is_not_named_proves_nothing(holder: Any) -> None:
    """A holder that is no identifier is refused before anything else is looked at."""
    report = check(HOLDER.sign(presentation(badge()), purpose="authentication") | {"holder": holder})
    assert report.verdict in {Verdict.INVALID, Verdict.REJECTED}
    assert all(found.outcome is not Outcome.PASSED for found in report.checks if found.id == "presented-credentials")
