"""What is remembered between reports, and that nothing which may change is: each test would see a memory that answers too much."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from okbadges.credentials.controllers import PublishedKey, controller_document
from okbadges.credentials.dids import did_web_to_url
from okbadges.credentials.signers import Ed25519Signer
from okbadges.credentials.strict_json import dumps
from okbadges.verification import Verdict, status
from okbadges.verification.proven import Kept, Proven
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
    """Nor does a key that the issuer has taken back since."""
    proven, badge = Proven(), WEB.badge(credentialStatus=status_entry())
    world = world_of(WEB, status=WEB.status_list())
    assert check(badge, world, proven=proven).verdict is Verdict.VALID
    ended = PublishedKey("key-1", WEB.signer.public_key, revoked_at=NOW - timedelta(days=1))
    world.documents[did_web_to_url(WEB.did)] = controller_document(WEB.did, [ended])
    assert code_of(check(badge, world, proven=proven), "issuer-key") == "key-revoked"


def test_a_list_that_is_not_proven_is_not_remembered(unpacked: list[str]) -> None:
    """Nobody fills the memory with lists that are not an issuer's, and none of them is even unpacked."""
    proven, forged = Proven(), dumps({**MAKER.status_list(), "proof": Maker.by_key(9).status_list()["proof"]})
    assert code_of(check(BADGE, world_of(status=forged), proven=proven), "status") == "status-bad-signature"
    assert (unpacked, proven.list_in(forged, BITSTRING.entry_type)) == ([], None)


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


def test_what_is_kept_weighs_no_more_than_it_may() -> None:
    """What was asked for longest ago goes first, what is kept again replaces the old, what is too heavy is not kept."""
    kept: Kept[str] = Kept(10)
    for key, weight in (("a", 4), ("b", 4), ("a", 5)):
        kept.keep(key, key * weight, weight)
    assert (kept.get("b"), kept.get("a")) == ("bbbb", "aaaaa")
    assert kept.get("b")
    kept.keep("c", "c", 2)
    assert [kept.get(key) for key in "abc"] == [None, "bbbb", "c"]
    kept.keep("d", "d", 11)
    assert [kept.get(key) for key in "abcd"] == [None, "bbbb", "c", None]
