"""Whatever a document is made of, expanding and canonicalising it stays cheap, bounded and the same for everyone."""

from __future__ import annotations

import threading
from typing import Any, Final

import pytest

from okbadges.credentials.canonical import canonical_nquads
from okbadges.credentials.expansion import MAX_DEPTH, Expander, to_quads
from okbadges.credentials.vocabulary import CREDENTIALS_V2, OPEN_BADGES_3_0_3, OPEN_BADGES_EXTENSIONS
from okbadges.errors import CredentialError

CONTEXTS: Final = [CREDENTIALS_V2, OPEN_BADGES_3_0_3, OPEN_BADGES_EXTENSIONS]


def badge(**members: Any) -> dict[str, Any]:
    """Return the smallest badge with these members added or put in place of its own."""
    return {
        "@context": CONTEXTS,
        "id": "urn:uuid:1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        **members,
    }


def test_nesting_is_bounded() -> None:
    """Nodes nested too deep are refused before Python's stack has a say."""
    profile: dict[str, Any] = {"type": "Profile"}
    for _ in range(MAX_DEPTH - 2):
        profile = {"type": "Profile", "parentOrg": profile}
    assert to_quads(badge(issuer=profile))
    with pytest.raises(CredentialError) as caught:
        to_quads(badge(issuer={"type": "Profile", "parentOrg": profile}))
    assert (caught.value.code, caught.value.where) == ("too-deep", "/issuer" + "/parentOrg" * (MAX_DEPTH - 1))


def test_what_is_remembered_is_bounded() -> None:
    """Thousands of lists of types, each new, leave an expander no larger and no slower than before."""
    expander = Expander()
    for number in range(3000):
        expander.to_quads(badge(type=["VerifiableCredential", f"https://example.org/{number}"]))
    assert expander._root.family.derived < 1100
    assert expander.to_quads(badge(name="x")) == to_quads(badge(name="x"))


def test_one_expander_serves_many_threads() -> None:
    """Threads that share an expander, cold at first, all get the same quads."""
    expander = Expander()
    document = badge(
        issuer={"id": "urn:i", "type": "Profile", "name": "x"}, credentialSubject={"type": "AchievementSubject"}
    )
    wanted = to_quads(document)
    found: list[bool] = []
    threads = [threading.Thread(target=lambda: found.append(expander.to_quads(document) == wanted)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 16


def _hostile() -> dict[str, dict[str, Any]]:
    types = ["Profile", "Image", "Evidence", "Address", "Related", "Result", "Alignment", "Achievement"]
    subsets = [[name for bit, name in enumerate(types) if number >> bit & 1] for number in range(1, 256)]
    twins: Any = [{"type": "Evidence"} for _ in range(1500)]
    return {
        "anonymous nodes": badge(evidence=[{"type": "Evidence"} for _ in range(2500)]),
        "twins with alike children": badge(evidence=[{"type": "Evidence", "alignment": [{}] * 50} for _ in range(80)]),
        "two alike stars": badge(endorsement=[{"image": twins}, {"image": twins}]),
        "a list of one thing": badge(credentialSubject={"type": "ResultDescription", "allowedValue": ["x"] * 10_000}),
        "every mix of types": badge(evidence=[{"type": mix, "name": str(n)} for n in range(4) for mix in subsets]),
        "types without end": badge(evidence=[{"type": f"https://example.org/{n}", "name": "x"} for n in range(1200)]),
        "deep and alike": badge(endorsement=[_nested(40), _nested(40)]),
        "contexts again and again": badge(
            evidence=[{"@context": CONTEXTS, "type": "Evidence", "name": str(n)} for n in range(200)]
        ),
    }


def _nested(levels: int) -> dict[str, Any]:
    node: dict[str, Any] = {}
    for _ in range(levels):
        node = {"image": [node, {}]}
    return node


@pytest.mark.parametrize("name", sorted(_hostile()))
def test_hostile_documents_come_to_an_end(name: str) -> None:
    """Documents of 64 kB that are made to be slow are canonical, or refused when the budget is spent."""
    document = _hostile()[name]
    try:
        canonical_nquads(document)
    except CredentialError as error:
        assert error.code in {"canonicalisation-too-complex", "protected-term-redefined"}  # noqa: PT017 (both ends are fine)
