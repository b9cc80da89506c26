"""1EdTech's own samples of Open Badges 3.0 with the outcomes that its validator expects: every row agrees or is explained.

Its validator believes a key that stands in the address of the key itself (``https://issuer#z6Mk…``). We ask the issuer's own
document, so each sample is run in two worlds: with no network, where no such sample is ever VALID, and with the document that the
issuer would have to publish. What differs is explained in ``docs/ob3-divergences.md``.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from okbadges.errors import CredentialError
from okbadges.verification import FetchError, Verdict, verify
from okbadges.verification.intake import take_in
from okbadges.verification.profile import ANY
from okbadges.verification.reading import issuer_id, items, members, text
from okbadges.verification.resolve import Documents
from verification.making import World, code_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 7, 1, tzinfo=UTC)
STATUS_LIST = "ob30/bit-string-list/testlist"

DIFFERENT = {
    # The verification method is a did:key, the issuer an https address that does not list it: anybody could have made it.
    "ob30/simple-did-key-method.json": Verdict.INVALID,
    # A status list is a credential and no badge; the profile for any credential takes it, which the test below shows.
    STATUS_LIST: Verdict.INVALID,
}
"""Rows where our verdict differs in kind from what is expected there, also when the issuer's document is had."""
EXPECTED_GOOD = frozenset({"valid", "warning", "probe-warning"})


@pytest.fixture(scope="module")
def samples(shared: Path) -> Path:
    """Return the folder of 1EdTech's samples."""
    return shared / "standards" / "data" / "vectors" / "1edtech-validator"


@pytest.fixture(scope="module")
def rows(samples: Path) -> dict[str, str]:
    """Return sample → expected outcome for the rows on Open Badges 3.0."""
    listed = json.loads((samples / "EXPECTED.json").read_text())
    return {row["sample"]: row["expected"] for row in listed if row["sample"].startswith("ob30/")}


def published(received: bytes, samples: Path) -> World:
    """Return the world in which every issuer publishes the key that its signature names, and the status list is at its place."""
    world = World()
    try:
        taken = take_in(received, Documents(no_network))
    except CredentialError:
        return world
    for document in signed_documents(dict(taken.document)):
        for proof in map(members, items(document.get("proof"))):
            method = text(proof.get("verificationMethod")) or ""
            controller, _, key = method.partition("#")
            entry: dict[str, Any] = {
                "id": method,
                "type": "Multikey",
                "controller": controller,
                "publicKeyMultibase": key,
            }
            world.documents[controller] = {"id": controller, "verificationMethod": [entry], "assertionMethod": [method]}
        for status in map(members, items(document.get("credentialStatus"))):
            if status.get("type") == "BitstringStatusListEntry":
                world.documents[str(status["statusListCredential"])] = (samples / STATUS_LIST).read_bytes()
    if taken.jwt is not None and taken.jwt.embedded_key is not None:
        issuer = issuer_id(taken.document) or ""
        jwk = dict(taken.jwt.embedded_key.jwk())
        entry = {"id": f"{issuer}#key", "type": "JsonWebKey", "controller": issuer, "publicKeyJwk": jwk}
        world.documents[issuer] = {"id": issuer, "verificationMethod": [entry], "assertionMethod": [f"{issuer}#key"]}
    return world


def signed_documents(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object inside that is signed or names a status."""
    if isinstance(value, dict):
        if value.keys() & {"proof", "credentialStatus"}:
            yield value
        for inner in value.values():
            yield from signed_documents(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from signed_documents(inner)


def no_network(url: str) -> Any:
    """Answer nothing."""
    raise FetchError("unreachable", url)


def test_every_row_agrees_or_is_explained(samples: Path, rows: dict[str, str]) -> None:
    """With the issuer's document had, what is expected to be valid is VALID and nothing else is."""
    differing = {}
    for sample, expected in rows.items():
        received = (samples / sample).read_bytes()
        verdict = verify(received, fetch=published(received, samples), now=NOW).verdict
        if (verdict is Verdict.VALID) != (expected in EXPECTED_GOOD):
            differing[sample] = verdict
    assert differing == DIFFERENT
    assert len(rows) == 44


def test_no_key_is_believed_because_it_stands_in_its_own_address(samples: Path, rows: dict[str, str]) -> None:
    """Without the network not one of the samples is VALID: all their issuers are https addresses that have to be asked."""
    verdicts = {verify((samples / sample).read_bytes(), fetch=no_network, now=NOW).verdict for sample in rows}
    assert verdicts == {Verdict.INVALID, Verdict.EXPIRED, Verdict.INDETERMINATE}


def test_a_list_that_says_it_belongs_elsewhere_settles_nothing(samples: Path) -> None:
    """The list of the samples has another id than its address: an issuer's other list, put there, could hide a revocation."""
    for name in ("credential-status-revoked.json", "credential-status-revoked-blank-nodes.json"):
        received = (samples / "ob30" / "bit-string-list" / name).read_bytes()
        report = verify(received, fetch=published(received, samples), now=NOW)
        assert (report.verdict, code_of(report, "status")) == (Verdict.INDETERMINATE, "status-list-mismatch")


def test_a_status_list_is_a_credential_for_who_takes_any(samples: Path) -> None:
    """In the profile for any credential the list of the samples is VALID."""
    received = (samples / STATUS_LIST).read_bytes()
    assert verify(received, fetch=published(received, samples), now=NOW, profile=ANY).verdict is Verdict.VALID
