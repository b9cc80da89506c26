"""What is remembered between reports, and that nothing which may change is: each test would see a memory that answers too much."""

from __future__ import annotations

import gc
import tracemalloc
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from okbadges.credentials.controllers import PublishedKey, controller_document
from okbadges.credentials.dids import did_web_to_url
from okbadges.credentials.jws import write_jws
from okbadges.credentials.signers import Ed25519Signer
from okbadges.credentials.strict_json import dumps
from okbadges.verification import Verdict, status
from okbadges.verification.proven import Proven
from okbadges.verification.status_lists import BITSTRING
from verification.making import LIST_URL, NOW, Maker, World, check, code_of, status_entry, world_of

if TYPE_CHECKING:
    from okbadges.credentials.status_list import StatusBits

MAKER = Maker.by_key()
WEB = Maker.by_web()
BADGE = MAKER.badge(credentialStatus=status_entry())


@pytest.fixture
def unpacked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the lists that are unpacked during a test, as they come."""
    lists: list[str] = []

    def decode(encoded: str) -> StatusBits:
        lists.append(encoded)
        return BITSTRING.decode(encoded)

    monkeypatch.setitem(status._LIST_KINDS, BITSTRING.entry_type, replace(BITSTRING, decode=decode))
    return lists


def listed(*taken_back: int, **changes: Any) -> World:
    """Return a world with the issuer's list, on which these are taken back."""
    return world_of(status=MAKER.status_list(*taken_back, **changes))


def test_a_list_of_the_same_bytes_is_read_once(unpacked: list[str]) -> None:
    """Any number of credentials look up their places in it, and each report still asks for the list."""
    proven, world = Proven(), listed(8)
    for index, verdict in ((7, Verdict.VALID), (8, Verdict.REVOKED), (9, Verdict.VALID)):
        badge = MAKER.badge(credentialStatus=status_entry(index))
        assert check(badge, world, proven=proven).verdict is verdict
    assert (len(unpacked), world.asked) == (1, [LIST_URL] * 3)


def test_a_list_that_has_changed_is_read_anew(unpacked: list[str]) -> None:
    """A revocation shows in the next report, and so does its end."""
    proven = Proven()
    for taken_back, verdict in (((), Verdict.VALID), ((7,), Verdict.REVOKED), ((), Verdict.VALID)):
        assert check(BADGE, listed(*taken_back), proven=proven).verdict is verdict
    assert len(unpacked) == 2


def test_a_changed_list_under_the_old_signature_is_refused() -> None:
    """That a signature held is remembered for the very document that it held for."""
    proven, signed = Proven(), MAKER.status_list(7)
    assert check(BADGE, world_of(status=signed), proven=proven).verdict is Verdict.REVOKED
    subject = MAKER.status_list()["credentialSubject"]
    assert (
        code_of(check(BADGE, world_of(status={**signed, "credentialSubject": subject}), proven=proven), "status")
        == "status-bad-signature"
    )


def test_a_list_that_has_expired_is_not_served_from_memory() -> None:
    """Its dates are looked at for each report."""
    proven, world = Proven(), listed(validUntil="2026-11-03T00:00:00Z")
    assert check(BADGE, world, proven=proven).verdict is Verdict.VALID
    later = check(BADGE, world, proven=proven, now=NOW + timedelta(days=1))
    assert code_of(later, "status") == "status-list-dates"


def test_a_list_of_one_issuer_is_not_anothers_from_memory() -> None:
    """Whose list it is, is looked at for each report."""
    proven, world = Proven(), listed()
    assert check(BADGE, world, proven=proven).verdict is Verdict.VALID
    other = Maker.by_key(9).badge(credentialStatus=status_entry())
    assert code_of(check(other, world, proven=proven), "status") == "status-issuer-mismatch"


def test_a_list_of_one_address_is_not_anothers_from_memory() -> None:
    """So is where it is at home, and for what it is."""
    proven, world = Proven(), listed()
    assert check(BADGE, world, proven=proven).verdict is Verdict.VALID
    elsewhere = f"{LIST_URL}0"
    world.documents[elsewhere] = world.documents[LIST_URL]
    moved = MAKER.badge(credentialStatus=status_entry(url=elsewhere))
    assert code_of(check(moved, world, proven=proven), "status") == "status-list-mismatch"
    suspending = MAKER.badge(credentialStatus=status_entry(purpose="suspension"))
    assert code_of(check(suspending, world, proven=proven), "status") == "status-purpose-mismatch"


def test_another_key_under_the_same_name_proves_nothing_from_memory() -> None:
    """The issuer's document is looked at for each report: the list was proven with the key that stood there."""
    proven, badge = Proven(), WEB.badge(credentialStatus=status_entry())
    world = world_of(WEB, status=WEB.status_list())
    assert check(badge, world, proven=proven).verdict is Verdict.VALID
    stranger = Ed25519Signer(bytes([77]) * 32).public_key
    world.documents[did_web_to_url(WEB.did)] = controller_document(WEB.did, [PublishedKey("key-1", stranger)])
    assert code_of(check(badge, world, proven=proven), "content-unaltered") == "bad-signature"
    newly = Maker(WEB.did, Ed25519Signer(bytes([77]) * 32), WEB.method).badge(credentialStatus=status_entry())
    assert code_of(check(newly, world, proven=proven), "status") == "status-bad-signature"


def test_a_revoked_key_proves_nothing_from_memory() -> None:
    """Nor does a list whose key the issuer has taken back since, for a badge that another key of theirs signed."""
    newer = Maker(WEB.did, Ed25519Signer(bytes([78]) * 32), f"{WEB.did}#key-2")
    proven, badge = Proven(), newer.badge(credentialStatus=status_entry())
    world = world_of(WEB, status=WEB.status_list())
    key, newer_key = (PublishedKey(name, one.signer.public_key) for name, one in (("key-1", WEB), ("key-2", newer)))
    for ended, code in ((None, None), (NOW - timedelta(days=1), "status-bad-signature")):
        keys = [replace(key, revoked_at=ended), newer_key]
        world.documents[did_web_to_url(WEB.did)] = controller_document(WEB.did, keys)
        assert code_of(check(badge, world, proven=proven), "status") == code


def test_a_list_that_is_not_proven_is_not_remembered(unpacked: list[str]) -> None:
    """Nobody fills the memory with lists that are not an issuer's, and none of them is even unpacked."""
    proven, forged = Proven(), dumps({**MAKER.status_list(), "proof": Maker.by_key(9).status_list()["proof"]})
    assert code_of(check(BADGE, world_of(status=forged), proven=proven), "status") == "status-bad-signature"
    assert (unpacked, proven.list_in(forged, BITSTRING.entry_type)) == ([], None)


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"evidence": [{"id": f"urn:x:{number}"} for number in range(300)]},
        {"evidence": [{"id": f"urn:x:{number}", "type": f"urn:t:{number}"} for number in range(150)]},
    ],
)
@pytest.mark.parametrize("in_jwt", [False, True])
def test_strangers_fill_no_more_memory_than_is_set(members: dict[str, Any], *, in_jwt: bool) -> None:
    """Whatever lists are made of, what is kept of them stays within the bytes that were named: each is proven to be somebody's."""
    most = 600_000
    proven = Proven(most_list_bytes=most)
    worlds = []
    for number in range(30):
        url = f"https://issuer.example/status/{number}"
        unsigned = {**MAKER.status_list(url=url, **members)}
        if in_jwt:
            del unsigned["proof"]
            header = {"alg": "EdDSA", "typ": "vc+jwt", "kid": MAKER.method}
            body = write_jws(header, dumps(unsigned), MAKER.signer).compact.encode()
        else:
            body = dumps(unsigned)
        world = world_of()
        world.documents[url] = body
        worlds.append((MAKER.badge(credentialStatus=status_entry(url=url)), world))
    check(*worlds[0], proven=Proven())
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for badge, world in worlds:
            assert check(badge, world, proven=proven).verdict is Verdict.VALID
        gc.collect()
        assert 0 < tracemalloc.get_traced_memory()[0] - before < most * 1.1
    finally:
        tracemalloc.stop()


def test_a_list_is_remembered_as_the_kind_it_was_read_as() -> None:
    """Bytes that were read as one kind of list say nothing about another kind."""
    proven, body = Proven(), dumps(MAKER.status_list())
    assert check(BADGE, world_of(status=body), proven=proven).verdict is Verdict.VALID
    assert proven.list_in(body, BITSTRING.entry_type) is not None
    assert proven.list_in(body, "StatusList2021Entry") is None


def test_lists_are_remembered_up_to_a_weight(unpacked: list[str]) -> None:
    """The one that was asked for longest ago goes first; what is forgotten is read again, and right."""
    proven = Proven(most_list_bytes=40_000)
    for taken_back, verdict in (
        ((), Verdict.VALID),
        ((7,), Verdict.REVOKED),
        ((8,), Verdict.VALID),
        ((), Verdict.VALID),
    ):
        assert check(BADGE, listed(*taken_back), proven=proven).verdict is verdict
    assert len(unpacked) == 4
