"""What is known from other documents changes nothing: the canonical form and every refusal are those of the walk."""

from __future__ import annotations

import copy
import random
import threading
import tracemalloc
from typing import TYPE_CHECKING, Any, Final

import pytest

from okbadges.credentials.canonical import Canonicaliser
from okbadges.credentials.expansion import Expander
from okbadges.credentials.parts import MOST_BYTES
from okbadges.credentials.rdfc import canonicalise
from okbadges.credentials.vocabulary import ANY_CONTEXTS, CREDENTIALS_V2, OPEN_BADGES_3_0_3
from okbadges.errors import CredentialError
from support import published

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from okbadges.credentials.rdfc import Hash

ISSUER: Final = "did:web:issuer.example"
ACHIEVEMENT: Final = "https://issuer.example/a"


def achievement(**members: Any) -> dict[str, Any]:
    """Return a badge with blank nodes in it, with ``members`` beside."""
    return {
        "id": ACHIEVEMENT,
        "type": ["Achievement"],
        "name": "Hitsaus",
        "criteria": {"narrative": "Hitsaa kulman"},
        "alignment": [{"type": ["Alignment"], "targetName": f"Osa {n}"} for n in range(3)],
        **members,
    }


def credential(number: int, badge: object, **members: Any) -> dict[str, Any]:
    """Return the credential of somebody for ``badge``, with ``members`` beside."""
    return {
        "@context": [CREDENTIALS_V2, OPEN_BADGES_3_0_3],
        "id": f"urn:credential:{number}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": ISSUER, "type": ["Profile"], "name": "Talo"},
        "credentialSubject": {"id": f"urn:holder:{number}", "type": ["AchievementSubject"], "achievement": badge},
        **members,
    }


def found(canonicaliser: Canonicaliser, document: Any, algorithm: Hash = "sha256") -> object:
    """Return the canonical form, or code and place of the refusal."""
    try:
        return canonicaliser(document, algorithm=algorithm)
    except CredentialError as error:
        return error.code, error.where


def walked(document: Any, algorithm: Hash = "sha256") -> object:
    """Return the same by a walk over the whole document, with nothing known before."""
    try:
        return canonicalise(Expander().to_quads(document), algorithm=algorithm).nquads
    except CredentialError as error:
        return error.code, error.where


def knowing(*documents: Any) -> tuple[Canonicaliser, Expander]:
    """Return a canonicaliser that has met the parts of ``documents`` often enough to know them."""
    expander = Expander()
    canonicaliser = Canonicaliser(expander)
    for document in documents * 3:
        canonicaliser(document)
    return canonicaliser, expander


def test_a_badge_and_its_issuer_are_known_from_the_third_credential_on() -> None:
    """The first two are walked whole; then only what is somebody's own is walked, and the form is the same."""
    expander = Expander()
    counts = [len(expander.to_parts(credential(number, achievement()))[1]) for number in range(4)]
    assert counts == [0, 2, 2, 2]
    canonicaliser, _ = knowing(*(credential(number, achievement()) for number in range(3)))
    for number in range(3, 6):
        document = credential(number, achievement())
        assert canonicaliser(document) == walked(document)


def test_every_shared_document_and_crosses_of_them_are_as_without_memory(shared: Path) -> None:
    """Documents by the hundred, many with the badge or the issuer of another one, come out as the walk has them, refusals too."""
    chance = random.Random(20261123)  # noqa: S311 - the same documents each time
    documents = [
        document
        for _, document in published.documents(shared)
        if isinstance(document, dict) and isinstance(document.get("credentialSubject"), dict)
    ]
    canonicaliser = Canonicaliser(Expander())
    compared = refused = 0
    for _ in range(1500):
        one, other = copy.deepcopy(chance.choice(documents)), chance.choice(documents)
        if chance.random() < 0.5 and "issuer" in other:
            one["issuer"] = other["issuer"]
        if chance.random() < 0.5 and "achievement" in other["credentialSubject"]:
            one["credentialSubject"]["achievement"] = other["credentialSubject"]["achievement"]
        wanted = walked(one)
        assert all(found(canonicaliser, one) == wanted for _ in range(3))
        compared += 1
        refused += isinstance(wanted, tuple)
    assert compared == 1500
    assert 100 < refused < 1400


@pytest.mark.parametrize(
    "members",
    [
        {"evidence": [{"id": ACHIEVEMENT, "type": ["Evidence"], "name": "Muuta"}]},
        {"evidence": [{"id": ISSUER, "type": ["Evidence"], "description": "Muuta"}]},
        {"evidence": [{"id": ACHIEVEMENT, "type": ["Evidence"]}]},
        {"evidence": [{"type": ["Evidence"], "name": "Osa 1"}]},
        {"termsOfUse": {"type": "Alignment"}},
        {"issuer": {"id": ISSUER, "type": ["Profile"], "nickname": "ei ole"}},
        {"issuer": {"type": ["Profile"], "name": "ilman tunnusta"}},
        {"issuer": {"id": "ei-osoite", "type": ["Profile"]}},
        {"issuer": ISSUER},
        {"validFrom": True},
    ],
)
def test_what_a_known_part_says_is_still_compared_with_the_rest(members: dict[str, Any]) -> None:
    """Objects of one id, statements that stand twice, nodes that look alike, mistakes: all as if nothing had been known."""
    document = credential(1, achievement())
    canonicaliser, _ = knowing(document, credential(2, achievement()))
    other = {**document, **members}
    assert [found(canonicaliser, other) for _ in range(3)] == [walked(other)] * 3


def test_nodes_that_look_alike_inside_and_outside_a_known_part_are_told_apart() -> None:
    """Two alignments of the badge look alike, and a third one beside them in a result: labels are those of the walk."""
    twins = achievement(alignment=[{"type": ["Alignment"], "targetName": "Osa"}] * 2)
    subject = {"result": [{"type": ["Result"], "alignment": [{"type": ["Alignment"], "targetName": "Osa"}]}]}
    canonicaliser, _ = knowing(credential(1, twins), credential(2, twins))
    document = credential(3, twins)
    document["credentialSubject"] |= subject
    assert [found(canonicaliser, document) for _ in range(3)] == [walked(document)] * 3
    assert "_:c14n3" in str(walked(document))


def test_the_same_badge_at_another_place_or_under_other_terms_is_another_part() -> None:
    """A part is known by its bytes, its place and the terms in force there."""
    badge = achievement()
    canonicaliser, _ = knowing(credential(1, badge), credential(2, badge))
    moved = credential(3, badge)
    moved["credentialSubject"] = [moved["credentialSubject"], {"id": "urn:x", "type": ["AchievementSubject"]}]
    other_terms = {**credential(4, badge), "@context": [OPEN_BADGES_3_0_3, CREDENTIALS_V2]}
    for document in (moved, other_terms):
        assert [found(canonicaliser, document) for _ in range(3)] == [walked(document)] * 3


@pytest.mark.parametrize("value", [1, 1.0, True, "1", "1.0", "\u2028", 'a"b\\', 2**53])
def test_values_that_python_takes_for_the_same_are_other_parts(value: object) -> None:
    """A badge with 1 is not the badge with 1.0 or true."""
    others = [credential(n, achievement(creditsAvailable=one)) for n, one in enumerate((1, 1.5, 2))]
    canonicaliser, _ = knowing(*others)
    document = credential(9, achievement(creditsAvailable=value))
    assert [found(canonicaliser, document) for _ in range(3)] == [walked(document)] * 3


def test_a_document_that_is_changed_afterwards_changes_nothing_that_is_known() -> None:
    """The caller may do with their document what they like."""
    document = credential(1, achievement())
    wanted = walked(document)
    canonicaliser, _ = knowing(document)
    document["credentialSubject"]["achievement"]["name"] = "Muu"
    document["credentialSubject"]["achievement"]["alignment"].append({"type": ["Alignment"], "targetName": "Uusi"})
    repeated = credential(1, achievement(), evidence=[{"id": ACHIEVEMENT, "type": ["Evidence"], "name": "Hitsaus"}])
    assert found(canonicaliser, credential(1, achievement())) == wanted
    assert found(canonicaliser, repeated) == walked(repeated)
    assert found(canonicaliser, document) == walked(document) != wanted


def test_another_hash_than_that_of_the_parts_is_walked() -> None:
    """P-384 proofs tell blank nodes apart by SHA-384."""
    document = credential(1, achievement())
    canonicaliser, _ = knowing(document)
    assert found(canonicaliser, document, "sha384") == walked(document, "sha384") != walked(document)


def test_options_of_a_proof_are_known_by_every_byte() -> None:
    """Options that differ in one text have another canonical form, also when the first are known."""
    options: dict[str, Any] = {
        "@context": [CREDENTIALS_V2],
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "verificationMethod": f"{ISSUER}#key-1",
        "proofPurpose": "assertionMethod",
    }
    canonicaliser, _ = knowing(options)
    assert canonicaliser(options) == walked(options)
    for name, value in (("verificationMethod", f"{ISSUER}#key-2"), ("created", "2026-01-01T00:00:00Z"), ("x", "y")):
        other = {**options, name: value}
        assert [found(canonicaliser, other) for _ in range(2)] == [walked(other)] * 2
    assert found(canonicaliser, {**options, "created": float("nan")}) == walked({**options, "created": float("nan")})


@pytest.mark.parametrize(
    ("make", "many"),
    [
        (lambda n: {"alignment": [{"type": ["Alignment"], "targetCode": f"{n} {i}"} for i in range(350)]}, 16),
        (lambda n: {"tag": [f"{n} {i}" for i in range(1700)]}, 12),
        (lambda n: {"description": f"{n}" + "x" * 15_000}, 60),
        (lambda n: {"description": f"{n}" + "ä" * 7_000}, 60),
    ],
)
def test_strangers_fill_no_more_memory_than_is_set(make: Callable[[int], dict[str, Any]], many: int) -> None:
    """Whatever badges are made of, what is kept of them stays within the bytes that the module names."""
    documents = [credential(number, achievement(**make(number))) for number in range(many)]
    canonicaliser, _ = knowing(credential(0, achievement()))
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for document in documents:
            for _ in range(3):
                canonicaliser(document)
        assert tracemalloc.get_traced_memory()[0] - before < MOST_BYTES * 1.1
    finally:
        tracemalloc.stop()


def test_large_parts_and_those_with_contexts_of_their_own_are_walked_each_time() -> None:
    """Neither is worth remembering; both come out right."""
    endorsed = achievement(
        endorsement=[
            {
                "@context": [CREDENTIALS_V2, OPEN_BADGES_3_0_3],
                "id": "urn:e",
                "type": ["VerifiableCredential", "EndorsementCredential"],
                "issuer": {"id": "urn:endorser", "type": ["Profile"]},
                "credentialSubject": {"id": ACHIEVEMENT, "type": ["EndorsementSubject"]},
            }
        ]
    )
    for badge in (achievement(description="x" * 17_000), endorsed):
        document = credential(1, badge)
        canonicaliser, expander = knowing(document)
        assert found(canonicaliser, document) == walked(document)
        assert f"<{ACHIEVEMENT}>" not in {part.subject for part in expander.to_parts(document)[1]}


def test_when_the_terms_are_worked_out_anew_the_parts_are_too() -> None:
    """Strangers' lists of types make an expander begin anew; what it knew by terms that are gone, it knows no more."""
    expander = Expander(ANY_CONTEXTS)
    document = credential(1, achievement())
    for _ in range(3):
        expander.to_parts(document)
    for number in range(1100):
        expander.to_quads(credential(1, achievement(), type=["VerifiableCredential", f"urn:{number}"]))
    counts = [len(expander.to_parts(document)[1]) for _ in range(3)]
    assert counts == [0, 2, 2]
    assert Canonicaliser(expander)(document) == walked(document)


def test_many_threads_get_the_same() -> None:
    """Parts that become known while others read them are whole."""
    documents = [credential(number, achievement(name=f"{number % 7}")) for number in range(60)]
    wanted = [walked(document) for document in documents]
    canonicaliser = Canonicaliser(Expander())
    same: list[bool] = []

    def work(order: list[int]) -> None:
        same.extend(canonicaliser(documents[one]) == wanted[one] for one in order)

    orders = [[(start + step * 7) % 60 for step in range(60)] for start in range(8)]
    threads = [threading.Thread(target=work, args=[order]) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert same == [True] * 480
