"""Verifying a derived credential: each way to cheat with it, and the one that is honest."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from credentials.selective.making import DID, SIGNER, badge, derived, identity, signed, value_of
from okbadges.credentials.expansion import BUNDLED, to_quads
from okbadges.credentials.rdfc import canonicalise
from okbadges.credentials.selective import verify_derived
from okbadges.credentials.selective.proof_value import DerivedProofValue
from okbadges.credentials.selective.signatures import base_data, encoded_key
from okbadges.credentials.selective.statements import lines_of, number_of, without_proof
from okbadges.credentials.signers import EcdsaSigner, Ed25519Signer
from okbadges.errors import CredentialError

BASE = signed()
SHOWN = derived(BASE, "/evidence/0", "/evidence/1", "/credentialSubject/narrative", "/credentialSubject/identifier")
VALUE = value_of(SHOWN)


def shown() -> dict[str, Any]:
    """Return a copy of the derived badge to change."""
    return copy.deepcopy(SHOWN)


def code(document: dict[str, Any], **changes: Any) -> str:
    """Return the code of the refusal to verify, with changes to what the proofValue holds."""
    fields = {name: getattr(VALUE, name) for name in DerivedProofValue.__dataclass_fields__}
    proof = document["proof"]
    if changes:
        proof = {**proof, "proofValue": DerivedProofValue(**{**fields, **changes}).text()}
    with pytest.raises(CredentialError) as caught:
        verify_derived(document, proof, SIGNER.public_key)
    return caught.value.code


def test_it_works() -> None:
    """A derived badge verifies with the issuer's key, alone and with its proof in a list."""
    verify_derived(SHOWN, SHOWN["proof"], SIGNER.public_key)
    verify_derived({**SHOWN, "proof": [SHOWN["proof"]]}, SHOWN["proof"], SIGNER.public_key)


def test_what_rdf_does_not_tell_apart_verifies() -> None:
    """The order of members and items, and a list of one against its only value, are no part of what is signed."""
    document = dict(reversed(shown().items()))
    document["evidence"].reverse()
    document["credentialSubject"]["type"] = "AchievementSubject"
    verify_derived(document, document["proof"], SIGNER.public_key)


def test_a_base_proof_is_refused_with_a_clear_word() -> None:
    """The issuer's proof was for the holder alone, and says so."""
    with pytest.raises(CredentialError, match="holder") as caught:
        verify_derived(BASE, BASE["proof"], SIGNER.public_key)
    assert (caught.value.code, caught.value.where) == ("base-proof-not-verifiable", "/proof/proofValue")


@pytest.mark.parametrize(
    "key", [Ed25519Signer(b"1" * 32).public_key, EcdsaSigner.from_number(1, ec.SECP384R1()).public_key]
)
def test_the_key_must_be_on_p256(key: Any) -> None:
    """Any other kind of key is refused before anything is done."""
    with pytest.raises(CredentialError) as caught:
        verify_derived(SHOWN, SHOWN["proof"], key)
    assert caught.value.code == "suite-key-mismatch"


def test_another_key_is_refused() -> None:
    """A signature holds for one key."""
    with pytest.raises(CredentialError) as caught:
        verify_derived(SHOWN, SHOWN["proof"], EcdsaSigner.from_number(5, ec.SECP256R1()).public_key)
    assert caught.value.code == "bad-signature"


@pytest.mark.parametrize("member", ["created", "verificationMethod", "proofPurpose"])
def test_the_options_are_signed(member: str) -> None:
    """When, by which key and for what the proof was made cannot be changed, nor left out."""
    other = {"created": "2026-11-02T12:00:01Z", "verificationMethod": f"{DID}#other", "proofPurpose": "authentication"}
    document = shown()
    document["proof"][member] = other[member]
    assert code(document) == "bad-signature"
    del document["proof"][member]
    assert code(document) == "bad-signature"


@pytest.mark.parametrize(
    ("member", "value", "expected"),
    [
        ("expires", "2030-01-01T00:00:00Z", "bad-signature"),
        ("nonce", "1", "bad-signature"),
        ("colour", "red", "undefined-term"),
        ("@context", "https://www.w3.org/ns/credentials/v2", "context-not-allowed"),
        ("previousProof", "urn:uuid:1", "unsupported-proof"),
        ("cryptosuite", "bbs-2023", "unsupported-suite"),
        ("type", "Ed25519Signature2020", "unsupported-suite"),
        ("proofValue", None, "malformed-proof"),
    ],
)
def test_nothing_is_added_to_the_proof(member: str, value: Any, expected: str) -> None:
    """A member more, another suite or a context of its own is refused."""
    document = shown()
    document["proof"][member] = value
    assert code(document) == expected


def test_what_is_mandatory_cannot_be_left_out() -> None:
    """The end of the validity was mandatory; without it the badge is not what was signed, whatever the indexes say."""
    document = shown()
    del document["validUntil"]
    assert code(document) == "bad-signature"
    for dropped in range(len(VALUE.mandatory_indexes)):
        indexes = [index - (place > dropped) for place, index in enumerate(VALUE.mandatory_indexes) if place != dropped]
        assert code(document, mandatory_indexes=tuple(indexes)) == "bad-signature"


def test_nothing_can_be_added() -> None:
    """What was never signed is refused, as chosen and as mandatory."""
    document = shown()
    document["credentialSubject"]["licenseNumber"] = "1"
    assert code(document) == "bad-signature"
    assert code(document, signatures=(*VALUE.signatures, VALUE.signatures[0])) == "bad-signature"
    top = len(VALUE.signatures) + len(VALUE.mandatory_indexes)
    for index in range(top + 1):
        if index not in VALUE.mandatory_indexes:
            assert code(document, mandatory_indexes=tuple(sorted({*VALUE.mandatory_indexes, index}))) == "bad-signature"


def lines(document: dict[str, Any], value: DerivedProofValue = VALUE) -> tuple[str, ...]:
    """Return the statements of ``document``, every node under the HMAC that ``value`` has for it."""
    quads = to_quads(without_proof(document))
    names = canonicalise(quads).labels
    return lines_of(quads, {label: value.labels[number_of(name)] for label, name in names.items()})


def test_a_key_of_the_forgers_own_is_refused() -> None:
    """The key of the proof is signed by the issuer: statements signed by another do not count."""
    forger = EcdsaSigner.from_number(7, ec.SECP256R1())
    document = shown()
    document["credentialSubject"]["narrative"] = "I am the best."
    chosen = [line for index, line in enumerate(lines(document)) if index not in VALUE.mandatory_indexes]
    assert any("I am the best." in line for line in chosen)
    signatures = tuple(forger.sign(line.encode()) for line in chosen)
    assert code(document, public_key=encoded_key(forger.public_key), signatures=signatures) == "bad-signature"
    assert code(document, signatures=signatures) == "bad-signature"


def test_a_key_that_is_none_is_refused() -> None:
    """The issuer might sign any bytes as the key of the proof; they must be a point of P-256."""
    broken = b"\x80\x24\x02" + b"\xff" * 32
    options = {name: value for name, value in BASE["proof"].items() if name != "proofValue"}
    plain = derived(BASE)
    value = value_of(plain)
    data = base_data(BASE, options, broken, lines(plain, value), BUNDLED)
    every = tuple(range(len(value.mandatory_indexes)))
    changes = {"labels": value.labels, "mandatory_indexes": every, "signatures": ()}
    assert code(plain, **changes, public_key=broken, base_signature=SIGNER.sign(data)) == "malformed-proof"


def test_signatures_are_for_their_statements_in_their_order() -> None:
    """Two exchanged, one left out, one doubled: each is refused."""
    first, second, *rest = VALUE.signatures
    for signatures in [(second, first, *rest), (second, *rest), (first, *VALUE.signatures), ()]:
        assert code(shown(), signatures=tuple(signatures)) == "bad-signature"


def test_indexes_stay_within_the_document() -> None:
    """An index beyond the last statement is refused, and so is none at all."""
    for indexes in [(*VALUE.mandatory_indexes, 10_000), VALUE.mandatory_indexes[:-1], ()]:
        assert code(shown(), mandatory_indexes=indexes) == "bad-signature"


def test_statements_of_two_credentials_cannot_be_mixed() -> None:
    """What the same issuer signed in another credential of the same person does not fit into this one."""
    other = badge()
    other["credentialSubject"]["narrative"] = "Another course."
    foreign = derived(signed(other, seed=2), "/credentialSubject/narrative")
    lent = value_of(foreign).signatures
    document = derived(BASE, "/credentialSubject/narrative")
    own = value_of(document)
    document["credentialSubject"]["narrative"] = "Another course."
    assert (
        code(document, labels=own.labels, mandatory_indexes=own.mandatory_indexes, signatures=lent) == "bad-signature"
    )


def test_one_node_is_not_given_out_for_two() -> None:
    """One piece of evidence cannot be torn into two: two nodes with one label are refused, though each statement was signed."""
    base = signed(mandatory=["/issuer"])
    honest = derived(base, "/evidence/1")
    value = value_of(honest)
    (label,) = value.labels.values()
    torn = copy.deepcopy(honest)
    torn["evidence"] = [{"type": ["Evidence"], "name": "A diary"}, {"type": ["Evidence"], "genre": "Diary"}]
    both = {f"_:/evidence/{place}": label for place in (0, 1)}
    assert lines_of(to_quads(without_proof(torn)), both) == lines(honest, value)
    changes = {"signatures": value.signatures, "mandatory_indexes": value.mandatory_indexes}
    assert code(torn, **changes, labels={0: label, 1: label}) == "malformed-proof"
    assert code(torn, **changes, labels={0: label}) == "bad-signature"


def test_two_nodes_are_not_given_out_for_one() -> None:
    """Two identifiers cannot be melted into one, nor exchange their hashes."""
    merged, exchanged = shown(), shown()
    first, second = merged["credentialSubject"]["identifier"]
    merged["credentialSubject"]["identifier"] = {
        name: first[name] if first[name] == second[name] else [first[name], second[name]] for name in first
    }
    assert code(merged) == "bad-signature"
    assert code(merged, labels=dict(list(VALUE.labels.items())[:-1])) == "bad-signature"
    exchanged["credentialSubject"]["identifier"] = [
        identity("nationalIdentityNumber", "1" * 64),
        identity("emailAddress", "2" * 64),
    ]
    assert code(exchanged) == "bad-signature"


def test_every_node_has_its_label_and_no_label_is_left_over() -> None:
    """A label too many, one too few, or another number is refused."""
    labels = dict(VALUE.labels)
    assert code(shown(), labels={**labels, len(labels): b"x" * 32}) == "bad-signature"
    assert code(shown(), labels={number + 1: label for number, label in labels.items()}) == "bad-signature"
    del labels[0]
    assert code(shown(), labels=labels) == "bad-signature"


def test_what_cannot_be_read_is_said_with_its_place() -> None:
    """A term without a meaning is refused as everywhere."""
    with pytest.raises(CredentialError) as caught:
        verify_derived({**SHOWN, "colour": "red"}, SHOWN["proof"], SIGNER.public_key)
    assert (caught.value.code, caught.value.where) == ("undefined-term", "/colour")


def test_a_context_that_is_not_known_is_refused_at_its_place() -> None:
    """The options of the proof are read by the document's own contexts, and a mistake there is not put into the proof."""
    with pytest.raises(CredentialError) as caught:
        verify_derived({**SHOWN, "@context": "urn:x"}, SHOWN["proof"], SIGNER.public_key)
    assert (caught.value.code, caught.value.where) == ("context-not-allowed", "/@context")
