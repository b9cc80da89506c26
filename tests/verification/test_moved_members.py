"""A holder cannot move what the issuer said of the credential to a place where nobody looks for it.

RDF merges objects that share one id, so the same signature holds wherever a member stands among them. What a verifier reads of
the credential must stand in the credential.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest

from okbadges.credentials.strict_json import dumps
from okbadges.verification import Report, verify
from verification.making import LIST_URL, NOW, Maker, World, status_entry

CREDENTIAL = "urn:uuid:6f9a1c1e-3e1b-4f0e-9f06-9f6f3f6c2a10"


def shared_ids(maker: Maker, **changes: Any) -> dict[str, Any]:
    """Return a badge whose evidence has the credential's own id, so that RDF takes both for one thing."""
    evidence = [{"id": CREDENTIAL, "type": ["Evidence"], "name": "Photo"}]
    return maker.badge(evidence=evidence, **changes)


def checked(document: dict[str, Any], world: World) -> Report:
    """Verify a document on the day of these tests."""
    return verify(dumps(document), fetch=world, now=NOW)


def test_an_id_that_is_used_twice_is_not_forbidden_by_itself() -> None:
    """An honest badge whose evidence has the credential's id still holds, as does one that is only referred to by id."""
    maker = Maker.by_key()
    assert checked(shared_ids(maker), World()).verdict == "VALID"
    assert checked(maker.badge(evidence=[{"id": CREDENTIAL, "type": ["Evidence"]}]), World()).verdict == "VALID"


@pytest.mark.parametrize("member", ["credentialStatus", "validUntil", "validFrom", "credentialSchema"])
def test_a_moved_member_is_refused(member: str) -> None:
    """Each member that belongs to the credential is refused in another object of the same id."""
    maker = Maker.by_web()
    world = World(
        {"https://issuer.example/issuers/house/did.json": maker.did_document(), LIST_URL: maker.status_list(7)}
    )
    honest = shared_ids(maker, credentialStatus=status_entry(), validUntil="2026-10-20T00:00:00Z")
    assert checked(honest, world).verdict == "REVOKED"
    forged = copy.deepcopy(honest)
    forged["evidence"][0]["type"].append("VerifiableCredential")
    forged["evidence"][0][member] = forged.pop(member)
    report = checked(forged, world)
    assert report.verdict == "INVALID"
    assert "split-node" in {check.code for check in report.checks} or member == "validFrom"


def test_a_revoked_badge_cannot_be_made_valid_by_moving_two_members() -> None:
    """The holder of a revoked, expired badge who moves status and end away gets INVALID, never VALID."""
    maker = Maker.by_web()
    world = World(
        {"https://issuer.example/issuers/house/did.json": maker.did_document(), LIST_URL: maker.status_list(7)}
    )
    forged = shared_ids(maker, credentialStatus=status_entry(), validUntil="2026-10-20T00:00:00Z")
    forged["evidence"][0]["type"].append("VerifiableCredential")
    for member in ("credentialStatus", "validUntil"):
        forged["evidence"][0][member] = forged.pop(member)
    assert checked(forged, world).verdict == "INVALID"


@pytest.mark.parametrize("member", ["endorsement", "evidence", "x"])
def test_a_document_of_very_many_values_is_refused_before_any_work(member: str) -> None:
    """Tens of thousands of empty objects are refused at the door, whatever member they stand in."""
    maker = Maker.by_key()
    report = checked(maker.badge() | {member: [{}] * 20_000}, World())
    assert report.verdict == "REJECTED"
    assert report.checks[0].code == "too-many-values"


def test_a_picture_inside_a_badge_is_not_too_much() -> None:
    """A badge that holds its picture as a long data address is only one value more."""
    maker = Maker.by_key()
    image = {"id": "data:image/png;base64," + "A" * 400_000, "type": "Image"}
    assert checked(maker.badge(image=image), World()).verdict == "VALID"
