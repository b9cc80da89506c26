"""Signing a base proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from credentials.selective.making import METHOD, SIGNER, badge, chance, derived, signed
from okbadges.credentials.selective import open_badges_mandatory, sign_base
from okbadges.credentials.selective.proof_value import read_base
from okbadges.credentials.signers import EcdsaSigner, Ed25519Signer
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from okbadges.credentials.keys import PublicKey


def refusal(document: dict[str, Any] | None = None, **changes: Any) -> tuple[str, str]:
    """Return code and pointer of the refusal to sign."""
    arguments: dict[str, Any] = {
        "signer": SIGNER,
        "verification_method": METHOD,
        "mandatory": ["/issuer"],
        "random_bytes": chance(),
        **changes,
    }
    with pytest.raises(CredentialError) as caught:
        sign_base(badge() if document is None else document, **arguments)
    return caught.value.code, caught.value.where


def test_it_works() -> None:
    """The document is as it was, with a proof that names key, purpose and time, and that holds what the holder needs."""
    document = signed()
    proof = document.pop("proof")
    assert document == badge()
    assert list(proof) == ["type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"]
    assert proof["created"] == "2026-11-02T12:00:00Z"
    value = read_base(proof["proofValue"])
    assert value.mandatory_pointers[0] == "/issuer"
    assert value.hmac_key == chance()(32)


def test_created_may_be_left_out() -> None:
    """A proof need not say when it was made."""
    document: dict[str, Any] = sign_base(
        badge(), signer=SIGNER, verification_method=METHOD, mandatory=["/issuer"], random_bytes=chance()
    )
    assert "created" not in derived(document, "/name")["proof"]


def test_every_proof_has_keys_of_its_own() -> None:
    """Other randomness gives another HMAC key, another key and other labels; the same gives the same proof."""
    first, second = (read_base(signed(seed=seed)["proof"]["proofValue"]) for seed in (1, 2))
    assert first.hmac_key != second.hmac_key
    assert first.public_key != second.public_key
    assert not set(first.signatures) & set(second.signatures)
    assert signed(seed=1) == signed(seed=1)


def test_nothing_need_be_mandatory() -> None:
    """Without mandatory pointers every statement has a signature of its own, the types too."""
    document = signed(mandatory=[])
    assert set(derived(document, "/validFrom")) == {"@context", "id", "type", "validFrom", "proof"}


def test_a_badge_keeps_its_required_parts_when_nothing_is_said() -> None:
    """The default is what every badge must hold; a credential that is no badge needs to be told."""
    arguments: dict[str, Any] = {"signer": SIGNER, "verification_method": METHOD}
    base = sign_base(badge(), random_bytes=chance(), **arguments)
    assert base == sign_base(badge(), mandatory=open_badges_mandatory(badge()), random_bytes=chance(), **arguments)
    no_badge = {name: value for name, value in badge().items() if name != "credentialSubject"}
    with pytest.raises(CredentialError) as refused:
        sign_base(no_badge, random_bytes=chance(), **arguments)
    assert refused.value.code == "no-such-member"


def test_everything_may_be_mandatory() -> None:
    """With the pointer to the whole document nothing is left to choose."""
    document = signed(mandatory=[""])
    assert read_base(document["proof"]["proofValue"]).signatures == ()
    shown = derived(document)
    assert {name: shown[name] for name in badge()} == badge()


def test_a_second_proof_is_refused() -> None:
    """What is signed is not signed again."""
    assert refusal(signed()) == ("already-signed", "/proof")


@pytest.mark.parametrize("signer", [Ed25519Signer(b"1" * 32), EcdsaSigner.from_number(1, ec.SECP384R1())])
def test_only_p256_signs(signer: Ed25519Signer | EcdsaSigner) -> None:
    """The suite is for P-256 keys."""
    assert refusal(signer=signer)[0] == "suite-key-mismatch"
    assert refusal(published_key=signer.public_key)[0] == "suite-key-mismatch"


def test_the_key_that_is_published_must_fit() -> None:
    """When verifiers would find another key, nothing is issued."""
    other = EcdsaSigner.from_number(5, ec.SECP256R1())
    assert refusal(published_key=other.public_key)[0] == "signing-failed"


def test_a_signer_that_fails_is_noticed() -> None:
    """A signature that does not hold is never given out."""

    class Faulty:
        """Signs something else."""

        public_key: PublicKey = SIGNER.public_key

        def sign(self, message: bytes) -> bytes:
            """Return the signature over another message."""
            return SIGNER.sign(message[:-1])

    assert refusal(signer=Faulty())[0] == "signing-failed"


@pytest.mark.parametrize("length", [32, 40])
def test_short_randomness_is_refused(length: int) -> None:
    """A source that gives fewer bytes than were asked for signs nothing."""
    assert refusal(random_bytes=lambda asked: bytes(asked - (asked == length)))[0] == "malformed-key"


@pytest.mark.parametrize(
    ("mandatory", "code"),
    [
        ("/validuntil", "no-such-member"),
        ("issuer", "malformed-pointer"),
        ("/proof", "no-such-member"),
        ("/credentialSubject/achievement/resultDescription/0/allowedValue/0", "not-disclosable-alone"),
    ],
)
def test_mandatory_pointers_must_lead_somewhere(mandatory: str, code: str) -> None:
    """A slip in a pointer would let the holder leave out what was meant to stay; so it is refused."""
    assert refusal(mandatory=["/issuer", mandatory]) == (code, mandatory)


def test_safe_mode() -> None:
    """What no context defines would not be covered, and is refused with its place."""
    assert refusal(badge(colour="red")) == ("undefined-term", "/colour")


def test_a_key_name_that_is_no_iri_is_refused() -> None:
    """The options of the proof are read as strictly, and the place is that in the proof."""
    assert refusal(verification_method="key-1") == ("relative-iri", "/proof/verificationMethod")


def test_too_much_to_choose_from_is_refused() -> None:
    """More than 2000 statements that are not mandatory are not signed; as many are, and can be read again."""
    evidence = [{"id": f"urn:x:{number}", "type": "Evidence"} for number in range(1000)]
    document = {name: value for name, value in badge(evidence=evidence[:-1]).items() if name != "name"}
    everything_else = ["/credentialSubject", "/issuer", "/validFrom", "/validUntil", "/credentialSchema"]
    most = signed({**document, "name": "N", "description": "D"}, everything_else)
    assert len(read_base(most["proof"]["proofValue"]).signatures) == 2000
    assert len(derived(most, "/evidence")["evidence"]) == 999
    assert refusal({**document, "evidence": evidence, "name": "N"}, mandatory=everything_else)[0] == "too-large"


@pytest.mark.parametrize("text", ["I smile _:) a lot", "_:b0", "ends with _:"])
def test_a_text_that_looks_like_a_blank_node_is_not_signed(text: str) -> None:
    """Other implementations would change such a text before they check its signature; so no badge is made that fails there."""
    document = badge()
    document["evidence"][1]["name"] = text
    assert refusal(document) == ("not-portable", "/evidence/1/name")
    assert refusal(badge(id="urn:x:_:1")) == ("not-portable", "/id")


def test_an_order_that_is_not_the_same_everywhere_is_not_signed() -> None:
    """By code points a face comes after a full-width mark, by JavaScript's code units before it; alone, each is signed."""
    for tags in (["\N{GRINNING FACE}"], ["\N{FULLWIDTH EXCLAMATION MARK}"], ["!", "\N{GRINNING FACE}"]):
        document = badge()
        document["credentialSubject"]["achievement"]["tag"] = tags
        assert derived(signed(document))["credentialSubject"]["achievement"]["tag"] == tags
    document["credentialSubject"]["achievement"]["tag"] = ["\N{FULLWIDTH EXCLAMATION MARK}", "\N{GRINNING FACE}"]
    assert refusal(document)[0] == "not-portable"
