"""Derived badges that others made verify here; those made here verify with implementations that are not okbadges."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from credentials.selective.making import METHOD, SIGNER, badge, chance, read, signed
from okbadges.credentials.keys import public_key_from_multibase
from okbadges.credentials.selective import (
    derive,
    open_badges_choices,
    open_badges_mandatory,
    sign_base,
    verify_derived,
)
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from pathlib import Path

    from okbadges.credentials.keys import PublicKey
    from support.verifier import IndependentVerifiers


def key_of(proof: dict[str, Any]) -> PublicKey:
    """Return the key that the fragment of the verification method spells."""
    return public_key_from_multibase(proof["verificationMethod"].partition("#")[2])


def test_the_sample_of_another_library_verifies(shared: Path) -> None:
    """A badge that was signed and derived elsewhere verifies."""
    document = read(shared / "interop/samples/good-ecdsa-sd-2023-derived.json")
    verify_derived(document, document["proof"], key_of(document["proof"]))


@pytest.mark.parametrize(
    ("name", "code"),
    [("bad-ecdsa-sd-2023-derived", "bad-signature"), ("base-ecdsa-sd-2023", "base-proof-not-verifiable")],
)
def test_the_bad_samples_do_not(shared: Path, name: str, code: str) -> None:
    """The changed badge and the base proof are refused, each for its reason."""
    document = read(shared / f"interop/samples/{name}.json")
    with pytest.raises(CredentialError) as caught:
        verify_derived(document, document["proof"], key_of(document["proof"]))
    assert caught.value.code == code


def test_a_base_proof_of_another_library_is_derived_from(shared: Path) -> None:
    """The holder may have the base credential from any issuer."""
    base = read(shared / "interop/samples/base-ecdsa-sd-2023.json")
    key = key_of(base["proof"])
    for reveal in [[], ["/evidence/0/genre"], ["/credentialSubject/identifier", "/awardedDate"]]:
        document: dict[str, Any] = derive(base, reveal=reveal, public_key=key)
        verify_derived(document, document["proof"], key)


def test_the_sample_of_1edtech_verifies(shared: Path) -> None:
    """The derived credential of 1EdTech's validator verifies; its proof stands in a list."""
    document = read(shared / "standards/data/vectors/1edtech-validator/ob30/sd/derivedcredential.json")
    verify_derived(document, document["proof"][0], key_of(document["proof"][0]))


@pytest.mark.node
def test_independent_verifiers_accept_what_is_derived_here(
    node_verifier: IndependentVerifiers, tmp_path: Path, shared: Path
) -> None:
    """Nothing chosen, something, everything, and ordered lists by choice: each is accepted; a changed one is not."""
    base, sample = signed(), read(shared / "interop/samples/base-ecdsa-sd-2023.json")
    everything = open_badges_choices(base)
    listed = badge()
    listed["credentialSubject"]["achievement"]["resultDescription"].append(
        {
            "id": "urn:uuid:2",
            "type": ["ResultDescription"],
            "name": "b",
            "resultType": "LetterGrade",
            "allowedValue": ["B"],
        }
    )
    achievement = "/credentialSubject/achievement"
    fewer = [p for p in open_badges_mandatory(listed) if p != achievement]
    fewer += [f"{achievement}/{name}" for name in ("name", "description", "criteria", "resultDescription/0")]
    by_choice = sign_base(
        listed,
        signer=SIGNER,
        verification_method=METHOD,
        mandatory=fewer,
        random_bytes=chance(),
        created=datetime(2026, 11, 1, tzinfo=UTC),
    )
    honest = {
        "nothing": derive(base, reveal=[]),
        "own-words": derive(base, reveal=["/credentialSubject/narrative"]),
        "evidence": derive(base, reveal=["/evidence/2", "/evidence/0"]),
        "everything": derive(base, reveal=everything),
        "lists": derive(by_choice, reveal=[f"{achievement}/resultDescription/1", "/evidence/1"]),
        "their-base": derive(sample, reveal=["/evidence/0"]),
    }
    changed = {**derive(base, reveal=["/evidence"]), "name": "Another"}
    files = []
    for name, document in {**honest, "changed": changed}.items():
        files.append(tmp_path / f"{name}.json")
        files[-1].write_text(json.dumps(document))
    opinions = node_verifier.ask(files)
    assert [str(opinion) for opinion in opinions[:-1] if not opinion.accepted] == []
    assert all(any("@digitalbazaar/vc" in check for check in opinion.passed) for opinion in opinions[:-1])
    assert not opinions[-1].accepted
