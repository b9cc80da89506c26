"""``/vc-api`` and W3C's suite for the data model 2.0: its inputs, asked as it asks them."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from support.conformance import V2, credential, signed_by_suite, suite_signer

if TYPE_CHECKING:
    from pathlib import Path

    from support.conformance import Run

REFUSED = (400, 422)
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
_NOT_ASKED = {"credential-no-issuer-fail.json": "the suite puts the issuer in before it asks"}
_SUITES_OWN_HOLDER = "did:key:z6MkpJySvETLnxhQG9DzEdmKJtysBDjuuTeDfUj1uNNCUqcj"


@pytest.fixture(scope="module")
def inputs(shared: Path) -> Path:
    """Return the suite's inputs."""
    return shared / "standards" / "data" / "vectors" / "w3c-vcdm2-input"


def _read(file: Path) -> dict[str, Any]:
    """Return an input; the dates of two of them are filled in by the suite, a year before and after its run."""
    read: dict[str, Any] = json.loads(file.read_bytes())
    if file.name.startswith("credential-validUntil-validFrom"):
        before, after = "2025-11-21T12:00:00Z", "2027-11-21T12:00:00Z"
        is_sound = file.name.endswith("-ok.json")
        read["validFrom"], read["validUntil"] = (before, after) if is_sound else (after, before)
    return read


def _as_the_suite_sends(document: dict[str, Any], did: str) -> dict[str, Any]:
    """Put the issuer of the manifest in where the input names none."""
    sent = copy.deepcopy(document)
    issuer = sent.get("issuer", did)
    if isinstance(issuer, dict):
        issuer = {**issuer, "id": issuer.get("id", did)}
    return {**sent, "issuer": issuer}


def test_every_credential_is_issued_or_refused_as_the_suite_expects(conformance_run: Run, inputs: Path) -> None:
    """Each `-ok` input is issued, each other one refused with 400 or 422, whatever it is."""
    did = conformance_run.conformance.keys["ed25519"].did
    files = sorted(inputs.glob("**/*.json"))
    wrong = []
    for file in files:
        if file.name.startswith("presentation") or file.name in _NOT_ASKED:
            continue
        answer = conformance_run.issue(_as_the_suite_sends(_read(file), did))
        expected = (201,) if file.name.endswith("-ok.json") else REFUSED
        if answer.status_code not in expected:
            wrong.append((file.name, answer.status_code, answer.json().get("detail")))
    assert wrong == []
    assert len(files) >= 110


def test_what_is_issued_of_the_inputs_is_verified_but_for_the_dates_and_status_of_the_inputs(
    conformance_run: Run, inputs: Path
) -> None:
    """What was issued is VALID, unless the input itself ended, has not begun, or points to a status that nobody can look up."""
    did = conformance_run.conformance.keys["ed25519"].did
    verdicts: dict[str, set[str]] = {}
    for file in sorted(inputs.glob("**/*-ok.json")):
        if file.name.startswith("presentation"):
            continue
        issued = conformance_run.issued(_as_the_suite_sends(_read(file), did))
        answer = conformance_run.verify(issued)
        assert answer.status_code in (200, *REFUSED)
        verdicts.setdefault(answer.json()["report"]["verdict"], set()).add(file.name)
    assert verdicts.keys() <= {"VALID", "EXPIRED", "NOT_YET_VALID", "INDETERMINATE", "INVALID"}
    assert verdicts.get("INVALID", set()) == {"credential-proof-ok.json"}  # its own first proof holds nothing
    assert {name.split("-")[1] for name in verdicts.get("INDETERMINATE", set())} <= {"status"}
    assert {name.split("-")[1] for name in verdicts.get("EXPIRED", set())} <= {"validuntil", "validUntil"}
    assert {name.split("-")[1] for name in verdicts.get("NOT_YET_VALID", set())} <= {"validfrom", "validUntil"}
    assert len(verdicts["VALID"]) >= 40


def test_what_is_not_secured_or_not_a_credential_is_refused(conformance_run: Run) -> None:
    """A credential without a proof, and a document that is none, are not verified as either."""
    did = conformance_run.conformance.keys["ed25519"].did
    assert conformance_run.verify(credential(issuer=did)).status_code in REFUSED
    strange = {"type": ["NonconformingDocument"]}
    assert conformance_run.verify(strange).status_code in REFUSED
    assert conformance_run.verify_presentation(strange).status_code in REFUSED


def test_relating_resources_and_the_base_context_are_compared(conformance_run: Run) -> None:
    """A related resource needs an id of its own and a digest, and a wrong digest of a known one is refused."""

    def related(*resources: object) -> int:
        return conformance_run.issue(credential(relatedResource=list(resources))).status_code

    right = {"id": V2, "digestSRI": "sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU"}
    multibase = {"id": V2, "digestMultibase": "uEiBZlVztZpfWHgPyslVv6-UwirFoQoRvW1htfx963sknNA"}
    assert related(right) == 201
    assert related(multibase) == 201
    assert related({**right, "mediaType": "application/ld+json"}) == 201
    for wrong in (
        ["https://example.org/a"],
        [{"digestSRI": right["digestSRI"]}],
        [right, right],
        [{"id": V2}],
        [{**right, "digestSRI": "sha384-" + "A" * 64}],
        [{**multibase, "digestMultibase": "uEiBZlVztZpfWHgPyslVv6-UwirFoQoRvW1htfx963sknNB"}],
        [{**multibase, "digestMultibase": "uZTQ0MjM1NiAgcmVwb3J0cc5jZWxhdGVkLXJlc291cmNlLmpzb24K"}],
    ):
        assert related(*wrong) in REFUSED, wrong


def _presented(presentation: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Secure a presentation as the suite does: every credential in it that has no proof, then the whole."""
    _, did = suite_signer()
    secured = json.loads(json.dumps(presentation).replace(_SUITES_OWN_HOLDER, did))
    inside = [
        one
        if "proof" in one or one["type"] == "EnvelopedVerifiableCredential"
        else signed_by_suite({**one, "issuer": did})
        for one in secured.get("verifiableCredential", [])
    ]
    if inside:
        secured["verifiableCredential"] = inside
    proof = {"purpose": "authentication", "challenge": "c1", "domain": "github.com/w3c", **options}
    return signed_by_suite(secured, **proof)


@pytest.mark.parametrize(
    "name",
    [
        "presentation-ok",
        "presentation-id-ok",
        "presentation-optional-type-ok",
        "presentation-vc-ok",
        "presentation-multiple-vc-ok",
        "presentation-holder-ok",
        "presentation-holder-object-ok",
        "presentation-context-combo1-ok",
        "presentation-context-combo2-ok",
    ],
)
def test_a_sound_presentation_is_verified(conformance_run: Run, inputs: Path, name: str) -> None:
    """Each presentation that the suite calls right is verified, with the challenge and domain and without asking for them."""
    signed = _presented(_read(inputs / f"{name}.json"))
    answer = conformance_run.verify_presentation(signed, challenge="c1", domain="github.com/w3c")
    assert answer.status_code == 200, answer.text
    assert conformance_run.verify_presentation(signed, checks=[]).status_code == 200
    assert conformance_run.verify_presentation(signed, challenge="c2", domain="github.com/w3c").status_code == 400
    assert conformance_run.verify_presentation(signed, challenge="c1", domain="elsewhere").status_code == 400


@pytest.mark.parametrize(
    "name",
    [
        "presentation-context-order-fail",
        "presentation-missing-base-context-fail",
        "presentation-no-context-fail-or-inject",
        "presentation-no-type-fail",
        "presentation-missing-required-type-fail",
        "presentation-vc-as-string-fail",
        "presentation-vc-missing-required-type-fail",
        "presentation-enveloped-vc-missing-type-fail",
        "presentation-holder-fail",
        "presentation-holder-name-fail",
        "presentation-holder-object-fail",
    ],
)
def test_an_unsound_presentation_is_refused(conformance_run: Run, inputs: Path, name: str) -> None:
    """Each presentation that the suite calls wrong is refused as it stands."""
    assert conformance_run.verify_presentation(_read(inputs / f"{name}.json")).status_code in REFUSED


@pytest.mark.parametrize("context", ["https://example.com", "https ://not-a-url/contexts/example/v1", 123192875])
def test_a_context_put_in_after_signing_is_refused(conformance_run: Run, inputs: Path, context: object) -> None:
    """A context that is unknown, no URL or no context is refused."""
    signed = _presented(_read(inputs / "presentation-vc-ok.json"))
    signed["@context"] = [V2, context]
    assert conformance_run.verify_presentation(signed).status_code in REFUSED


def test_an_altered_presentation_is_refused(conformance_run: Run, inputs: Path) -> None:
    """Another proof value, another order of contexts, or no context at all is not what was signed."""
    signed = _presented(_read(inputs / "presentation-ok.json"))
    other = copy.deepcopy(signed)
    other["proof"]["proofValue"] = "z5nmMBw2u9TGKd9NxxHJtyZKgjN2Eh"
    assert conformance_run.verify_presentation(other).status_code in REFUSED
    assert conformance_run.verify_presentation({**signed, "@context": [EXAMPLES, V2]}).status_code in REFUSED
    without = {name: value for name, value in signed.items() if name != "@context"}
    assert conformance_run.verify_presentation(without).status_code in REFUSED


def test_the_holders_own_word_needs_the_holder(conformance_run: Run, inputs: Path) -> None:
    """A credential that only the presentation secures is verified when holder and issuer are who signed, and never else."""
    _, did = suite_signer()

    def signed(name: str) -> dict[str, Any]:
        text = (inputs / f"presentation-self-asserted-vc-{name}.json").read_text().replace(_SUITES_OWN_HOLDER, did)
        return signed_by_suite(json.loads(text), purpose="authentication", challenge="c1", domain="here.example")

    for name in ("no-holder", "holder-mismatch", "issuer-mismatch"):
        assert conformance_run.verify_presentation(signed(name)).status_code in REFUSED
    answer = conformance_run.verify_presentation(signed("ok"))
    assert answer.status_code == 200, answer.text


def test_credentials_and_presentations_have_an_address_each(conformance_run: Run, inputs: Path) -> None:
    """A credential at the address for presentations, and the other way round, is refused."""
    issued = conformance_run.issued(credential())
    answer = conformance_run.verify_presentation(issued)
    assert (answer.status_code, answer.json()["code"]) == (400, "wrong-kind")
    presented = _presented(_read(inputs / "presentation-ok.json"))
    assert conformance_run.verify(presented).status_code == 400


def test_an_enveloped_credential_is_presented(conformance_run: Run) -> None:
    """A presentation may hold a `vc+jwt` in its envelope; one that was altered is refused."""
    key = conformance_run.conformance.keys["p-256"]
    envelope = conformance_run.issued(credential(issuer=key.did), form="vc+jwt")
    _, did = suite_signer()
    presentation = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "holder": did,
        "verifiableCredential": [envelope],
    }
    answer = conformance_run.verify_presentation(_presented(presentation))
    assert answer.status_code == 200, answer.text
    broken = {**envelope, "id": envelope["id"][:-8] + "AAAAAAAA"}
    presentation["verifiableCredential"] = [broken]
    assert conformance_run.verify_presentation(_presented(presentation)).status_code == 400
