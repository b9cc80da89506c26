"""Presentations: who presents, what is presented, and that it is the holder's own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from okbadges.credentials.data_integrity import sign
from okbadges.credentials.vc_jwt import read_jwt
from okbadges.errors import CredentialError
from okbadges.verification import Outcome, Verdict, checks
from okbadges.verification.checks import verdict_of
from okbadges.verification.embedded import Embedded
from okbadges.verification.presentations import (
    MAX_PRESENTED,
    check_presented,
    credentials_in,
    holder_of,
    is_presentation,
)
from okbadges.verification.received import Received
from verification.jwts import claims_of, compact
from verification.making import Maker, check, credential

if TYPE_CHECKING:
    from pathlib import Path

MAKER, HOLDER = Maker.by_key(), Maker.by_key(3)
V2, V1 = "https://www.w3.org/ns/credentials/v2", "https://www.w3.org/2018/credentials/v1"


def badge(subject: Any = HOLDER.did, **changes: Any) -> dict[str, Any]:
    """Return a badge about the holder, or about somebody else."""
    document = credential(MAKER.did, **changes)
    document["credentialSubject"]["id"] = subject
    return document


def as_jwt(document: dict[str, Any]) -> str:
    """Return the badge as a compact JWS."""
    return compact({"alg": "EdDSA", "kid": MAKER.method}, claims_of(document), MAKER.signer.sign).decode()


def presentation(*held: Any, **changes: Any) -> dict[str, Any]:
    """Return an unsigned presentation; a change to ``...`` leaves a member out."""
    document = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "holder": HOLDER.did,
        "verifiableCredential": list(held),
        **changes,
    }
    return {name: value for name, value in document.items() if value is not ...}


def enveloped(document: dict[str, Any]) -> dict[str, Any]:
    """Return the badge in an envelope."""
    return {
        "@context": V2,
        "id": f"data:application/vc+jwt,{as_jwt(document)}",
        "type": "EnvelopedVerifiableCredential",
    }


def test_it_works() -> None:
    """Objects and envelopes are opened in their order."""
    found = credentials_in(presentation(badge(), enveloped(badge())))
    assert [(one.pointer, one.problem) for one in found] == [
        ("/verifiableCredential/0", None),
        ("/verifiableCredential/1", None),
    ]
    assert [one.received and one.received.document for one in found] == [badge(), badge()]
    passed = check_presented(found, [Verdict.VALID, Verdict.VALID], holder=HOLDER.did)
    assert (passed.id, passed.outcome, passed.required) == (checks.PRESENTED, Outcome.PASSED, True)


def test_a_presentation_is_told_by_its_type() -> None:
    """In an envelope or not; a badge is none."""
    assert is_presentation(presentation())
    assert is_presentation({"type": "EnvelopedVerifiablePresentation"})
    assert not is_presentation(badge())
    assert not is_presentation({"type": "EnvelopedVerifiableCredential"})


def test_one_credential_may_stand_alone() -> None:
    """A single value needs no list."""
    found = credentials_in(presentation(verifiableCredential=badge()))
    assert [(one.pointer, one.problem) for one in found] == [("/verifiableCredential", None)]


def test_texts_are_credentials_only_in_the_older_data_model() -> None:
    """VC Data Model 2.0 forbids values that are no objects; 1.1 presents JWTs as texts."""
    text = as_jwt(badge())
    older = {"@context": [V1]}
    assert [one.problem for one in credentials_in(presentation(text, **older))] == [None]
    assert [one.problem for one in credentials_in(presentation(text))] == ["not-a-credential"]
    assert [one.problem for one in credentials_in(presentation("https://issuer.example/1", **older))] == [
        "malformed-jwt"
    ]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (5, "not-a-credential"),
        (None, "not-a-credential"),
        ([], "not-a-credential"),
        ([badge()], "not-a-credential"),
        ({}, "not-a-credential"),
        ({"type": ["Thing"]}, "not-a-credential"),
        (presentation(badge()), "not-a-credential"),
        ({**badge(), "type": ["VerifiableCredential", "VerifiablePresentation"]}, "not-a-credential"),
        ({**enveloped(badge()), "type": "EnvelopedVerifiablePresentation"}, "envelope-not-supported"),
        ({**enveloped(badge()), "name": "x"}, "envelope-malformed"),
        ({**enveloped(badge()), "id": "data:application/vc+cose;base64,AA"}, "envelope-not-supported"),
    ],
)
def test_what_is_no_credential_keeps_its_place(value: Any, code: str) -> None:
    """A presentation inside a presentation, and anything else, is told; what stands beside it is opened."""
    found = credentials_in(presentation(value, badge()))
    assert [one.problem for one in found] == [code, None]
    outcome = check_presented(found, [None, Verdict.VALID], holder=HOLDER.did)
    assert outcome.code == code
    assert verdict_of(outcome) in {Verdict.INVALID, Verdict.INDETERMINATE}


def test_a_null_is_not_an_empty_presentation() -> None:
    """Only a member that is not there, or an empty list, holds nothing."""
    assert [one.problem for one in credentials_in(presentation(verifiableCredential=None))] == ["not-a-credential"]
    assert credentials_in(presentation(verifiableCredential=...)) == []
    assert credentials_in(presentation()) == []


def test_more_than_sixteen_are_not_looked_at() -> None:
    """The number is bounded, and a presentation over it is not valid."""
    found = credentials_in(presentation(*[badge()] * (MAX_PRESENTED + 3)))
    assert [one.problem for one in found] == [None] * MAX_PRESENTED + ["too-many-credentials"]
    verdicts = [Verdict.VALID] * MAX_PRESENTED
    outcome = check_presented(found, [*verdicts, None], holder=HOLDER.did)
    assert (outcome.outcome, outcome.code) == (Outcome.FAILED, "too-many-credentials")
    exactly = credentials_in(presentation(*[badge()] * MAX_PRESENTED))
    assert check_presented(exactly, verdicts, holder=HOLDER.did).outcome is Outcome.PASSED


def held(document: dict[str, Any] | None = None) -> Embedded:
    """Return a badge that was opened."""
    return Embedded("/verifiableCredential/0", Received(document or badge()))


@pytest.mark.parametrize("verdict", [verdict for verdict in Verdict if verdict is not Verdict.VALID])
def test_the_worst_credential_is_what_the_presentation_is_worth(verdict: Verdict) -> None:
    """One that is not valid is not made better by others, wherever it stands."""
    for verdicts in ([Verdict.VALID, verdict, Verdict.VALID], [verdict, Verdict.VALID, Verdict.INDETERMINATE]):
        outcome = check_presented([held()] * 3, verdicts, holder=HOLDER.did)
        assert verdict_of(outcome) is verdict
        assert outcome.code == verdict.value.lower().replace("_", "-")


def test_a_verdict_that_is_missing_is_open() -> None:
    """A credential that nobody has looked at is not valid."""
    outcome = check_presented([held()], [None], holder=HOLDER.did)
    assert verdict_of(outcome) is Verdict.INDETERMINATE
    with pytest.raises(ValueError, match="zip"):
        check_presented([held()], [], holder=HOLDER.did)


def test_nothing_is_not_a_presentation_of_badges() -> None:
    """The holder's signature under nothing proves nothing; the data model itself allows it."""
    outcome = check_presented([], [], holder=HOLDER.did)
    assert (outcome.outcome, outcome.code) == (Outcome.FAILED, "nothing-presented")
    assert check_presented([], [], holder=HOLDER.did, badges=False).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("subject", "outcome", "code"),
    [
        (HOLDER.did, Outcome.PASSED, None),
        (MAKER.did, Outcome.FAILED, "holder-not-subject"),
        (HOLDER.did + "#key", Outcome.FAILED, "holder-not-subject"),
        (HOLDER.did.upper(), Outcome.NOT_CHECKED, "subject-not-provable"),
        ("https://people.example/ada", Outcome.FAILED, "holder-not-subject"),
        ("urn:uuid:0c1ad6f6-8e51-4a52-9b8c-8a0d3c1b7f11", Outcome.NOT_CHECKED, "subject-not-provable"),
        ("mailto:ada@example.org", Outcome.NOT_CHECKED, "subject-not-provable"),
        (5, Outcome.NOT_CHECKED, "subject-not-provable"),
        ("", Outcome.NOT_CHECKED, "subject-not-provable"),
    ],
)
def test_a_badge_is_presented_by_whom_it_is_about(subject: Any, outcome: Outcome, code: str | None) -> None:
    """Somebody else's badge is refused; one whose subject nobody could prove to be stays open."""
    found = check_presented([held(badge(subject))], [Verdict.VALID], holder=HOLDER.did)
    assert (found.outcome, found.code) == (outcome, code)
    anybody = check_presented([held(badge(subject))], [Verdict.VALID], holder=HOLDER.did, badges=False)
    assert anybody.outcome is Outcome.PASSED


def test_a_badge_of_another_among_ones_own_is_refused() -> None:
    """Every credential is asked, and each of its subjects."""
    mixed = [held(), held(badge(MAKER.did))]
    assert check_presented(mixed, [Verdict.VALID] * 2, holder=HOLDER.did).code == "holder-not-subject"
    subjects = {**badge(), "credentialSubject": [{"id": HOLDER.did}, {"id": MAKER.did}]}
    assert check_presented([held(subjects)], [Verdict.VALID], holder=HOLDER.did).code == "holder-not-subject"
    none = {**badge(), "credentialSubject": []}
    assert check_presented([held(none)], [Verdict.VALID], holder=HOLDER.did).code == "subject-not-provable"


def test_the_worse_of_holder_and_verdict_is_said() -> None:
    """A revoked badge of somebody else is somebody else's; an open one too."""
    for verdict in (Verdict.REVOKED, Verdict.INDETERMINATE):
        outcome = check_presented([held(badge(MAKER.did))], [verdict], holder=HOLDER.did)
        assert verdict_of(outcome) is Verdict.INVALID


@pytest.mark.parametrize("holder", [HOLDER.did, {"id": HOLDER.did}, {"id": HOLDER.did, "name": "Ada"}])
def test_the_holder_is_an_identifier_or_an_object_with_one(holder: Any) -> None:
    """VC Data Model 2.0 allows both."""
    assert holder_of(Received(presentation(holder=holder))) == HOLDER.did


@pytest.mark.parametrize("holder", [None, 5, "", {}, {"name": "Ada"}, {"id": 5}, [HOLDER.did], []])
def test_a_holder_that_is_named_wrongly_is_refused(holder: Any) -> None:
    """What says who presents, and does not, is not passed over for the proof's word."""
    with pytest.raises(CredentialError) as refused:
        holder_of(Received(presentation(holder=holder)))
    assert refused.value.code == "holder-malformed"


def proof(method: Any = HOLDER.method) -> dict[str, Any]:
    """Return a proof that names its key."""
    return {"type": "DataIntegrityProof", "verificationMethod": method}


def test_without_a_holder_whoever_signed_presents() -> None:
    """The holder is optional; then the key says who it is, when all proofs say the same."""
    proofs: Any
    for proofs in (proof(), [proof(), proof(HOLDER.did)]):
        assert holder_of(Received(presentation(holder=..., proof=proofs))) == HOLDER.did
    for proofs in ([], [proof(), proof(MAKER.method)], proof(5), [proof(), 5], proof("#key"), "x"):
        with pytest.raises(CredentialError) as refused:
            holder_of(Received(presentation(holder=..., proof=proofs)))
        assert refused.value.code == "no-holder"


@pytest.mark.parametrize(
    ("header", "claims", "who"),
    [
        ({"kid": HOLDER.method}, {}, HOLDER.did),
        ({"kid": "other"}, {"iss": HOLDER.did}, HOLDER.did),
        ({}, {"iss": HOLDER.did}, HOLDER.did),
        ({}, {}, None),
        ({"kid": HOLDER.method}, {"proof": proof(MAKER.method)}, None),
    ],
)
def test_a_jwt_names_its_holder_by_issuer_or_key(
    header: dict[str, Any], claims: dict[str, Any], who: str | None
) -> None:
    """In a JWT ``iss`` is who presents, and an embedded proof beside it must be of the same."""
    payload = {**presentation(badge(), holder=...), **claims}
    jwt = read_jwt(compact({"alg": "EdDSA", **header}, payload, HOLDER.signer.sign).decode())
    received = Received(payload, jwt)
    if who is not None:
        assert holder_of(received) == who
        return
    with pytest.raises(CredentialError) as refused:
        holder_of(received)
    assert refused.value.code == "no-holder"


def test_the_inputs_of_the_data_model_suite_are_opened(shared: Path) -> None:
    """Every presentation of the suite is told to be one unless its type is missing, and the text in one is no credential."""
    folder = shared / "standards/data/vectors/w3c-vcdm2-input"
    problems, others = {}, set()
    for path in sorted(folder.glob("presentation-*.json")):
        document = json.loads(path.read_text())
        if not is_presentation(document):
            others.add(path.stem)
        found = {one.problem for one in credentials_in(document)} - {None}
        if found:
            problems[path.stem] = found
    assert others == {"presentation-missing-required-type-fail", "presentation-no-type-fail"}
    assert problems == {
        "presentation-enveloped-vc-missing-type-fail": {"not-a-credential"},
        "presentation-enveloped-vc-ok": {"envelope-not-supported"},
        "presentation-vc-as-string-fail": {"not-a-credential"},
        "presentation-vc-missing-required-type-fail": {"not-a-credential"},
    }


def shown(*held: Any, **proof_members: Any) -> dict[str, Any]:
    """Return a presentation that the holder has signed for the challenge c and the domain d."""
    members = {"purpose": "authentication", "challenge": "c", "domain": "d", **proof_members}
    members = {name: value for name, value in members.items() if value is not ...}
    signed = sign(presentation(*held), signer=HOLDER.signer, verification_method=HOLDER.method, **members)
    return dict(signed)


def test_a_holder_presents_their_own_badge() -> None:
    """The badge is verified by itself, and the presentation is worth as much."""
    own = MAKER.sign(badge())
    report = check(shown(own), challenge="c", domain="d")
    assert (report.verdict, report.holder) == (Verdict.VALID, HOLDER.did)
    assert [one.verdict for one in report.credentials] == [Verdict.VALID]
    assert check(shown(enveloped(badge())), challenge="c", domain="d").verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("held_badge", "proof_members", "asked"),
    [
        (badge(), {}, {}),
        (MAKER.sign(badge(MAKER.did)), {}, {}),
        ({**MAKER.sign(badge()), "name": "Other"}, {}, {}),
        (MAKER.sign(badge()), {"challenge": "old"}, {"challenge": "c"}),
        (MAKER.sign(badge()), {"domain": "elsewhere"}, {"domain": "d"}),
        (MAKER.sign(badge()), {"challenge": ...}, {"challenge": "c"}),
        (MAKER.sign(badge()), {"purpose": "assertionMethod"}, {}),
    ],
    ids=["unsigned", "anothers", "altered", "old challenge", "other domain", "no challenge", "other purpose"],
)
def test_what_is_not_right_with_a_presentation_makes_it_invalid(
    held_badge: dict[str, Any], proof_members: dict[str, Any], asked: dict[str, Any]
) -> None:
    """One thing is wrong in each, and none is valid."""
    assert check(shown(held_badge, **proof_members), **asked).verdict is Verdict.INVALID
