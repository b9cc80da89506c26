"""StatusList2021, the draft before Bitstring Status List: the same bits, another spelling, other type names."""

from __future__ import annotations

import base64
import gzip
from typing import TYPE_CHECKING, Any

import pytest

from okbadges.verification import Outcome, Verdict
from okbadges.verification.report import StatusFound
from okbadges.verification.resolve import Documents
from okbadges.verification.status import check_status
from verification.jwts import compact
from verification.making import LIST_URL, NOW, Maker, World, check, status_entry

if TYPE_CHECKING:
    from okbadges.verification.report import Check

MAKER = Maker.by_key()
ENTRY = {**status_entry(), "type": "StatusList2021Entry"}


def packed(*taken_back: int) -> bytes:
    """Return the gzip of 131 072 bits with these set."""
    bits = bytearray(131_072 // 8)
    for index in taken_back:
        bits[index // 8] |= 0x80 >> index % 8
    return gzip.compress(bytes(bits), mtime=0)


def plain(*taken_back: int) -> str:
    """Return the list in base64url without padding, as the most used library writes it."""
    return base64.urlsafe_b64encode(packed(*taken_back)).rstrip(b"=").decode()


def listed(encoded: str, subject: dict[str, Any] | None = None, maker: Maker = MAKER, **changes: Any) -> World:
    """Return a world with the issuer's list of 2021 as a JWT; a change to ``...`` leaves a member out."""
    document: dict[str, Any] = {
        "@context": ["https://www.w3.org/2018/credentials/v1", "https://w3id.org/vc/status-list/2021/v1"],
        "id": LIST_URL,
        "type": ["VerifiableCredential", "StatusList2021Credential"],
        "issuer": MAKER.did,
        "issuanceDate": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "id": f"{LIST_URL}#list",
            "type": "StatusList2021",
            "statusPurpose": "revocation",
            "encodedList": encoded,
            **(subject or {}),
        },
        **changes,
    }
    kept = {name: value for name, value in document.items() if value is not ...}
    return World({LIST_URL: compact({"alg": "EdDSA", "kid": maker.method}, kept, maker.signer.sign)})


def looked_up(world: World, **changes: Any) -> tuple[Check, StatusFound]:
    """Return the check and what was found for the entry with these changes."""
    document: dict[str, Any] = {"id": "urn:uuid:1", "issuer": MAKER.did, "credentialStatus": {**ENTRY, **changes}}
    checks, found = check_status(document, documents=Documents(world), now=NOW)
    return checks[0], found[0]


def test_it_works() -> None:
    """The bit decides, and the report tells where it stood."""
    clear, found = looked_up(listed(plain(8)))
    assert (clear.outcome, found.state) == (Outcome.PASSED, "clear")
    revoked, found = looked_up(listed(plain(7)))
    assert (revoked.outcome, revoked.code) == (Outcome.FAILED, "revoked")
    assert found == StatusFound("StatusList2021Entry", "revocation", LIST_URL, 7, "set", None)


def test_a_suspension_suspends() -> None:
    """The draft has the two purposes that take a credential back."""
    world = listed(plain(7), {"statusPurpose": "suspension"})
    assert looked_up(world, statusPurpose="suspension")[0].code == "suspended"


@pytest.mark.parametrize("alphabet", ["standard", "url"])
@pytest.mark.parametrize("padded", [True, False])
def test_every_spelling_of_base64_is_read(alphabet: str, padded: bool) -> None:  # noqa: FBT001 - a parametrised argument
    """The draft says base64 and issuers use both alphabets, with and without padding."""
    encode = base64.b64encode if alphabet == "standard" else base64.urlsafe_b64encode
    encoded = encode(packed(*range(7, 131_072, 3_331))).decode()
    world = listed(encoded if padded else encoded.rstrip("="))
    assert looked_up(world)[0].code == "revoked"


@pytest.mark.parametrize("encoded", ["", "u" + plain(7), "z", "A" * 400, plain() + "=", plain() + "-+", "\u00e4"])
def test_what_is_no_list_is_not_relied_on(encoded: str) -> None:
    """A Multibase prefix, a mixture of alphabets, wrong padding and what is not gzip leave the status open."""
    found, read = looked_up(listed(encoded))
    assert (found.outcome, found.required, read.state) == (Outcome.NOT_CHECKED, True, None)


@pytest.mark.parametrize(
    ("changes", "subject", "code"),
    [
        ({"type": ["VerifiableCredential", "BitstringStatusListCredential"]}, {}, "status-type-mismatch"),
        ({}, {"type": "BitstringStatusList"}, "status-type-mismatch"),
        ({}, {"statusPurpose": "suspension"}, "status-purpose-mismatch"),
        ({"issuer": "did:example:other"}, {}, "status-issuer-mismatch"),
        ({"expirationDate": "2026-02-01T00:00:00Z"}, {}, "status-list-dates"),
        ({"issuanceDate": "2027-01-01T00:00:00Z"}, {}, "status-list-dates"),
        ({"id": f"{LIST_URL}/other"}, {}, "status-list-mismatch"),
    ],
)
def test_a_list_of_another_kind_place_or_time_is_not_relied_on(
    changes: dict[str, Any], subject: dict[str, Any], code: str
) -> None:
    """The rules are those of the bitstring list, with the names and the dates of the older data model."""
    found, _ = looked_up(listed(plain(), subject, **changes))
    assert (found.outcome, found.code) == (Outcome.NOT_CHECKED, code)


def test_a_list_that_somebody_else_signed_is_not_relied_on() -> None:
    """The signature is the issuer's or the list says nothing."""
    found, _ = looked_up(listed(plain(), maker=Maker.by_key(9)))
    assert (found.outcome, found.code) == (Outcome.NOT_CHECKED, "status-bad-signature")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"statusPurpose": "message"}, "status-unknown-purpose"),
        ({"statusPurpose": "refresh"}, "status-unknown-purpose"),
        ({"statusSize": 2}, "status-malformed"),
        ({"statusListIndex": "131072"}, "status-index-out-of-range"),
    ],
)
def test_what_the_draft_does_not_have_leaves_it_open(changes: dict[str, Any], code: str) -> None:
    """Messages and values of several bits came later."""
    found, _ = looked_up(listed(plain()), **changes)
    assert (found.outcome, found.required, found.code) == (Outcome.NOT_CHECKED, True, code)


def test_an_entry_of_one_kind_is_not_answered_by_a_list_of_the_other() -> None:
    """A bitstring list does not answer for the draft; a verdict stays open."""
    bitstring = World({LIST_URL: MAKER.status_list()})
    assert looked_up(bitstring)[0].code == "status-type-mismatch"
    report = check(MAKER.badge(credentialStatus=status_entry()), listed(plain()))
    assert report.verdict is Verdict.INDETERMINATE


def test_a_list_with_an_embedded_proof_is_relied_on() -> None:
    """The terms of the draft's own context are known, so that a list of the older data model may carry its proof inside."""
    document = {
        "@context": [
            "https://www.w3.org/2018/credentials/v1",
            "https://w3id.org/vc/status-list/2021/v1",
            "https://w3id.org/security/data-integrity/v2",
        ],
        "id": LIST_URL,
        "type": ["VerifiableCredential", "StatusList2021Credential"],
        "issuer": MAKER.did,
        "issuanceDate": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "id": f"{LIST_URL}#list",
            "type": "StatusList2021",
            "statusPurpose": "revocation",
            "encodedList": plain(7),
        },
    }
    assert looked_up(World({LIST_URL: MAKER.sign(document)}))[0].code == "revoked"
