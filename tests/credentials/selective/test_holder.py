"""Deriving: what the holder discloses, what stays with them, and what they are warned of."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from credentials.selective.making import DID, SIGNER, badge, derived, signed, value_of
from okbadges.credentials.selective import derive
from okbadges.credentials.selective.proof_value import BaseProofValue, read_base
from okbadges.credentials.signers import EcdsaSigner, Ed25519Signer
from okbadges.credentials.strict_json import dumps
from okbadges.errors import CredentialError

SIGNED = signed()
LIST = "/credentialSubject/achievement/resultDescription/0/allowedValue"
FEW = ["/issuer", "/validFrom", "/credentialSubject/achievement/criteria"]


def refusal(document: dict[str, Any], *reveal: str, **arguments: Any) -> tuple[str, str]:
    """Return code and pointer of the refusal to derive."""
    with pytest.raises(CredentialError) as caught:
        derive(document, reveal=reveal, **arguments)
    return caught.value.code, caught.value.where


def with_value(**changes: Any) -> dict[str, Any]:
    """Return the signed badge with a changed base proof."""
    document = copy.deepcopy(SIGNED)
    parts = read_base(document["proof"]["proofValue"])
    fields = {name: getattr(parts, name) for name in BaseProofValue.__dataclass_fields__}
    document["proof"]["proofValue"] = BaseProofValue(**{**fields, **changes}).text()
    return document


def test_it_works() -> None:
    """One piece of evidence is shown, the other two and the holder's own words are not."""
    result = derived(SIGNED, "/evidence/0")
    assert result["evidence"] == [badge()["evidence"][0]]
    assert "narrative" not in result["credentialSubject"]
    assert {name: value for name, value in result["proof"].items() if name != "proofValue"} == {
        name: value for name, value in SIGNED["proof"].items() if name != "proofValue"
    }


def test_what_was_not_disclosed_is_nowhere() -> None:
    """Neither a word of the rest nor the HMAC key, with which it could be guessed, is in what is handed over."""
    result = dumps(derived(SIGNED, "/evidence/1"))
    value = value_of(derived(SIGNED, "/evidence/1"))
    for secret in ("breathe", "rush hour", "1" * 64, "2" * 64, "Trainee"):
        assert secret in dumps(SIGNED).decode()
        assert secret not in result.decode()
    secret_key = read_base(SIGNED["proof"]["proofValue"]).hmac_key
    assert secret_key not in {value.base_signature[:32], *value.labels.values()}
    assert len(value.signatures) == len(set(value.signatures)) == 4


def test_the_base_credential_stays_as_it_is() -> None:
    """Deriving changes nothing of the base credential, and shares nothing with it."""
    before = copy.deepcopy(SIGNED)
    result = derived(SIGNED, "/evidence")
    result["evidence"][0]["name"] = "Another"
    result["issuer"]["name"] = "Another"
    assert before == SIGNED


def test_an_ordered_list_is_disclosed_whole() -> None:
    """The values of a result description are ordered: they come together, by choice as by mandate."""
    document = signed(mandatory=FEW)
    result = derived(document, LIST)
    description = result["credentialSubject"]["achievement"]["resultDescription"][0]
    assert description["allowedValue"] == ["C", "B", "A"]
    assert "name" not in description
    assert "resultDescription" not in derived(document, "/name")["credentialSubject"]["achievement"]


def test_part_of_an_ordered_list_is_refused() -> None:
    """One value of an ordered list would be another list, which nobody signed."""
    assert refusal(signed(mandatory=FEW), f"{LIST}/1") == ("not-disclosable-alone", f"{LIST}/1")


def test_a_list_of_one_and_a_list_that_moves() -> None:
    """A list written as its one value, and one in an item that moves to the front, are found again."""
    document = badge()
    described = document["credentialSubject"]["achievement"]["resultDescription"]
    described += [
        {"id": "urn:uuid:2", "type": ["ResultDescription"], "allowedValue": ["B", "A"]},
        {"type": ["ResultDescription"], "name": "Alone", "allowedValue": "A"},
    ]
    base = signed(document, FEW)
    place = LIST.rpartition("/0/")[0]
    result = derived(base, f"{place}/2/allowedValue", f"{place}/1")
    assert result["credentialSubject"]["achievement"]["resultDescription"] == [
        described[1],
        {"type": ["ResultDescription"], "allowedValue": "A"},
    ]


def test_an_embedded_endorsement_keeps_its_proof() -> None:
    """Credentials inside the credential, each with its own proof, are disclosed whole and unchanged, whichever is chosen."""
    endorsements = [
        {
            "@context": badge()["@context"],
            "id": f"urn:uuid:{number}",
            "type": ["VerifiableCredential", "EndorsementCredential"],
            "issuer": {"id": DID, "type": ["Profile"]},
            "validFrom": "2026-10-01T00:00:00Z",
            "name": "Endorsed",
            "credentialSubject": {"id": badge()["id"], "type": ["EndorsementSubject"], "endorsementComment": "Good."},
            "proof": [{"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "proofValue": f"z{number}"}],
        }
        for number in (1, 2)
    ]
    base = signed(badge(endorsement=endorsements))
    assert derived(base, "/endorsement/1")["endorsement"] == [endorsements[1]]
    assert derived(base, "/endorsement")["endorsement"] == endorsements


def test_alike_nodes_can_be_told_apart_by_the_holder() -> None:
    """Two pieces of evidence that say the same are two: one or both can be shown."""
    assert len(derived(SIGNED, "/evidence/2")["evidence"]) == 1
    assert len(derived(SIGNED, "/evidence/1", "/evidence/2")["evidence"]) == 2


def test_a_statement_that_is_mandatory_elsewhere_needs_no_choice() -> None:
    """What is said twice in the document and mandatory in one place is mandatory."""
    result = derived(signed(mandatory=["/issuer"]), "/issuer/name")
    assert not value_of(result).signatures


def test_a_proof_alone_in_a_list_is_found() -> None:
    """The one proof may stand in a list."""
    assert derive({**SIGNED, "proof": [SIGNED["proof"]]}, reveal=["/name"]) == derive(SIGNED, reveal=["/name"])


@pytest.mark.parametrize("pointer", ["/nothing", "/evidence/3", "/proof", "/proof/created"])
def test_a_pointer_that_leads_nowhere_is_refused(pointer: str) -> None:
    """The holder learns that there is no such thing; the proof is nothing to choose."""
    assert refusal(SIGNED, "/evidence/0", pointer) == ("no-such-member", pointer)


def test_showing_nothing_is_refused() -> None:
    """Where nothing is mandatory, something has to be chosen."""
    assert refusal(signed(mandatory=[]))[0] == "nothing-disclosed"


def test_a_derived_credential_is_not_derived_again() -> None:
    """Only the base proof can be derived from."""
    assert refusal(derive(SIGNED, reveal=[]), "/name") == ("malformed-proof", "/proof/proofValue")


@pytest.mark.parametrize(
    ("proof", "code"),
    [
        ([], "no-proof"),
        ([SIGNED["proof"], SIGNED["proof"]], "several-proofs"),
        ({**SIGNED["proof"], "cryptosuite": "eddsa-rdfc-2022"}, "unsupported-suite"),
        ({**SIGNED["proof"], "type": "Ed25519Signature2020"}, "unsupported-suite"),
        ({**SIGNED["proof"], "@context": "https://www.w3.org/ns/credentials/v2"}, "context-not-allowed"),
        ({**SIGNED["proof"], "proofValue": 1}, "malformed-proof"),
    ],
)
def test_other_proofs_are_refused(proof: Any, code: str) -> None:
    """There must be exactly one proof, of this suite, with nothing strange about it."""
    assert refusal({**SIGNED, "proof": proof}, "/name")[0] == code


def test_changed_evidence_is_not_handed_on() -> None:
    """A base credential that is not what was signed is found out when what was changed is disclosed."""
    changed = copy.deepcopy(SIGNED)
    changed["evidence"][0]["name"] = "Another film"
    assert refusal(changed, "/evidence/0") == ("bad-signature", "/proof")
    del changed["evidence"][0]["name"]
    assert refusal(changed) == ("bad-signature", "/proof")


def test_with_the_issuers_key_what_is_mandatory_is_checked_too() -> None:
    """Without the key a change of what is mandatory goes unnoticed by the holder; with it, it does not."""
    changed = {**SIGNED, "name": "Another"}
    derive(changed, reveal=[])
    assert refusal(changed, public_key=SIGNER.public_key) == ("bad-signature", "/proof")
    other = EcdsaSigner.from_number(5, SIGNER._private_key.curve).public_key
    assert refusal(SIGNED, public_key=other) == ("bad-signature", "/proof")
    assert refusal(SIGNED, public_key=Ed25519Signer(b"1" * 32).public_key)[0] == "suite-key-mismatch"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"hmac_key": b"0" * 32}, "bad-signature"),
        ({"signatures": ()}, "bad-signature"),
        ({"mandatory_pointers": ("/issuer",)}, "bad-signature"),
        ({"mandatory_pointers": ("/nothing",)}, "no-such-member"),
        ({"public_key": b"\x80\x24" + bytes(33)}, "malformed-proof"),
        ({"public_key": b"\x80\x25" + SIGNER.public_key.encoded}, "malformed-proof"),
        ({"public_key": b"\x80\x24" + SIGNER.public_key.encoded}, "bad-signature"),
    ],
)
def test_a_changed_base_proof_is_noticed(changes: dict[str, Any], code: str) -> None:
    """Another HMAC key, other signatures, other mandatory parts, another key: nothing is derived."""
    assert refusal(with_value(**changes), "/evidence/1")[0] == code


def test_refusals_say_where() -> None:
    """What is wrong with the proof is pointed to."""
    proof = {name: value for name, value in SIGNED["proof"].items() if name != "proofValue"}
    assert refusal({**SIGNED, "proof": proof}) == ("malformed-proof", "/proof/proofValue")
    assert refusal({**SIGNED, "proof": {**proof, "@context": []}}) == ("context-not-allowed", "/proof/@context")
    assert refusal({**SIGNED, "proof": {**proof, "previousProof": "urn:x"}}) == (
        "unsupported-proof",
        "/proof/previousProof",
    )
    assert refusal({**SIGNED, "proof": {**proof, "type": "Other"}}) == ("unsupported-suite", "/proof")
    broken = with_value(public_key=bytes(35))
    assert refusal(broken, "/evidence/1") == ("malformed-proof", "/proof/proofValue")
