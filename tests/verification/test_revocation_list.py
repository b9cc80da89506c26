"""The revocation list of 1EdTech: whose page it must be, which credentials it names, and when it says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from okbadges.credentials.strict_json import dumps
from okbadges.verification import Fetched, Outcome, Verdict
from okbadges.verification.report import StatusFound
from okbadges.verification.resolve import Documents
from okbadges.verification.status import check_status
from verification.jwts import compact
from verification.making import NOW, Maker, World, check, world_of

if TYPE_CHECKING:
    from okbadges.verification.report import Check

WEB = Maker.by_web()
URL = "https://issuer.example/api/revocations/house"
BADGE_ID = "urn:uuid:6f9a1c1e-3e1b-4f0e-9f06-9f6f3f6c2a10"
ENTRY = {"id": URL, "type": "1EdTechRevocationList"}


def revocations(*names: Any, **changes: Any) -> dict[str, Any]:
    """Return a list that names these credentials; a change to ``...`` leaves a member out."""
    entries = [name if isinstance(name, dict) else {"id": name, "revoked": True} for name in names]
    document = {"id": URL, "issuer": WEB.did, "revokedCredentials": entries, **changes}
    return {name: value for name, value in document.items() if value is not ...}


def looked_up(
    answer: Any, *, issuer: str = WEB.did, credential_id: Any = BADGE_ID, **entry: Any
) -> tuple[Check, StatusFound]:
    """Return the check and what was found when the address answers that."""
    world = world_of(WEB)
    url = entry.get("id", URL)
    world.documents[url] = answer
    document = {"id": credential_id, "issuer": {"id": issuer}, "credentialStatus": {**ENTRY, **entry}}
    checks, found = check_status(document, documents=Documents(world), now=NOW)
    return checks[0], found[0]


def assert_open(found: Check, code: str) -> None:
    """Assert that the status could not be told, for this reason, and that this counts."""
    assert (found.outcome, found.required, found.code) == (Outcome.NOT_CHECKED, True, code)


def test_it_works() -> None:
    """A credential that the issuer's list names is revoked, another one is not; the whole badge says so too."""
    revoked, found = looked_up(revocations("urn:uuid:other", BADGE_ID))
    assert (revoked.outcome, revoked.code) == (Outcome.FAILED, "revoked")
    assert found == StatusFound("1EdTechRevocationList", "revocation", URL, None, "set", None)
    clear, found = looked_up(revocations("urn:uuid:other"))
    assert (clear.outcome, found.state) == (Outcome.PASSED, "clear")
    for names, verdict in (((BADGE_ID,), Verdict.REVOKED), ((), Verdict.VALID)):
        world = world_of(WEB)
        world.documents[URL] = revocations(*names)
        assert check(WEB.badge(credentialStatus=ENTRY), world).verdict is verdict


@pytest.mark.parametrize("member", ["revokedCredentials", "revokedCredential"])
def test_both_names_of_the_member_are_read(member: str) -> None:
    """1EdTech's texts and its validator do not agree on the name; a single entry may stand without its list."""
    for value in ([{"id": BADGE_ID}], {"id": BADGE_ID}):
        found, _ = looked_up(revocations(**{"revokedCredentials": ..., member: value}))
        assert found.code == "revoked"


def test_revoked_may_be_left_out_and_may_be_false() -> None:
    """An entry counts unless it says that the credential is not revoked; any entry that counts is enough."""
    assert looked_up(revocations({"id": BADGE_ID}))[0].code == "revoked"
    assert looked_up(revocations({"id": BADGE_ID, "revoked": False}))[0].outcome is Outcome.PASSED
    both = revocations({"id": BADGE_ID, "revoked": False}, {"id": BADGE_ID, "revocationReason": "wrong person"})
    assert looked_up(both)[0].code == "revoked"


def test_ids_are_compared_without_escapes_and_spaces() -> None:
    """A credential is not saved by another spelling of its id."""
    assert (
        looked_up(revocations(" https://a.example/x%2Dy "), credential_id="https://a.example/x-y")[0].code == "revoked"
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/revocations",
        "https://issuer.example.evil.example/revocations",
        "https://issuer.example:8443/revocations",
        "https://sub.issuer.example/revocations",
        "https://issuer.example@evil.example/revocations",
        "https://user@issuer.example/revocations",
    ],
)
def test_an_unsigned_list_elsewhere_says_nothing(url: str) -> None:
    """All that makes a plain page the issuer's is that it stands at the issuer's origin."""
    found, read = looked_up({**revocations(), "id": url}, id=url)
    assert_open(found, "status-issuer-mismatch")
    assert read.state is None


@pytest.mark.parametrize(
    ("issuer", "url", "is_the_issuers"),
    [
        ("https://issuer.example/profiles/1", URL, True),
        ("https://ISSUER.example/", URL, True),
        ("did:web:issuer.example", URL, True),
        ("did:web:issuer.example%3A443", URL, True),
        ("did:web:issuer.example%3A8443", URL, False),
        ("did:web:issuer.example%3A8443", "https://issuer.example:8443/r", True),
        ("http://issuer.example/", URL, False),
        ("https://[issuer.example/", URL, False),
        ("did:web:", URL, False),
        (Maker.by_key().did, URL, False),
        ("urn:uuid:6f9a1c1e-3e1b-4f0e-9f06-9f6f3f6c2a10", URL, False),
    ],
)
def test_the_origin_is_that_of_the_issuers_identifier(issuer: str, url: str, is_the_issuers: bool) -> None:  # noqa: FBT001
    """A did:web and an https identifier have an origin; a key or a urn has none."""
    found, _ = looked_up({"issuer": issuer, "revokedCredentials": []}, issuer=issuer, id=url)
    assert (found.code is None) is is_the_issuers


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"issuer": "did:web:issuer.example:issuers:other"}, "status-issuer-mismatch"),
        ({"issuer": 5}, "status-issuer-mismatch"),
        ({"id": "https://issuer.example/other"}, "status-list-mismatch"),
        ({"id": None}, "status-list-mismatch"),
        ({"revokedCredentials": ..., "id": ...}, "status-malformed"),
        ({"revokedCredentials": ..., "issuer": ...}, "status-malformed"),
        ({"revokedCredentials": ["x"]}, "status-malformed"),
        ({"revokedCredentials": [{"revoked": True}]}, "status-malformed"),
        ({"revokedCredentials": [{"id": BADGE_ID, "revoked": "false"}]}, "status-malformed"),
        ({"revokedCredentials": [{"id": BADGE_ID, "revoked": None}]}, "status-malformed"),
        ({"revokedCredentials": [{"id": BADGE_ID}, 7]}, "status-malformed"),
        ({"revokedCredentials": "x"}, "status-malformed"),
    ],
)
def test_a_list_that_belongs_elsewhere_or_is_broken_says_nothing(changes: dict[str, Any], code: str) -> None:
    """Neither "not revoked" nor "revoked" is read from it."""
    assert_open(looked_up(revocations(**changes))[0], code)


def test_a_list_may_leave_out_what_it_does_not_need() -> None:
    """With entries it need not repeat whose it is, and a list that has nothing to name says whose it is."""
    assert looked_up(revocations(id=..., issuer=...))[0].outcome is Outcome.PASSED
    assert looked_up(revocations(revokedCredentials=...))[0].outcome is Outcome.PASSED
    assert looked_up(revocations(issuer={"id": WEB.did, "type": "Profile"}))[0].outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Fetched(404, {}, b"{}"), "status-unreachable"),
        (Fetched(500, {}, dumps(revocations())), "status-unreachable"),
        (b"<html>", "json-malformed"),
        (b"[]", "status-malformed"),
        (b'{"id":1,"id":2}', "json-duplicate-key"),
        (b'{"error":"not found"}', "status-malformed"),
    ],
)
def test_what_is_no_list_says_nothing(answer: Any, code: str) -> None:
    """An error page is not a list without entries."""
    assert_open(looked_up(answer)[0], code)


def test_only_https_is_asked() -> None:
    """A list over plain http is anybody's."""
    found, _ = looked_up(revocations(), id="http://issuer.example/r")
    assert_open(found, "url-not-allowed")


def test_without_ids_nothing_can_be_looked_up() -> None:
    """The entry says where the list is, and the credential by which name it would stand there."""
    assert_open(looked_up(revocations(), credential_id=5)[0], "status-malformed")
    checks, _ = check_status(
        {"issuer": WEB.did, "credentialStatus": {"type": "1EdTechRevocationList"}},
        documents=Documents(World()),
        now=NOW,
    )
    assert_open(checks[0], "status-malformed")


def test_a_purpose_in_the_entry_cannot_weaken_it() -> None:
    """This kind of list has one purpose, whatever else the entry says."""
    found, read = looked_up(revocations(BADGE_ID), statusPurpose="message")
    assert (found.outcome, found.code, read.purpose) == (Outcome.FAILED, "revoked", "revocation")


def test_a_long_list_is_read() -> None:
    """Ten thousand names are a list, not an attack."""
    names = [f"urn:uuid:{number:08}-0000-4000-8000-000000000000" for number in range(10_000)]
    assert looked_up(revocations(*names, BADGE_ID))[0].code == "revoked"


def signed(maker: Maker, **changes: Any) -> bytes:
    """Return the list as a JWT of that maker."""
    return compact({"alg": "EdDSA", "kid": maker.method}, revocations(**changes), maker.signer.sign)


def test_a_signed_list_may_stand_anywhere() -> None:
    """The issuer's own signature is worth more than a place."""
    key, url = Maker.by_key(), "https://cdn.example/revocations"
    for names, outcome in (((BADGE_ID,), Outcome.FAILED), (("urn:uuid:other",), Outcome.PASSED)):
        answer = compact(
            {"alg": "EdDSA", "kid": key.method}, {**revocations(*names), "id": url, "issuer": key.did}, key.signer.sign
        )
        found, _ = looked_up(answer, issuer=key.did, id=url)
        assert found.outcome is outcome


def test_the_issuer_of_a_signed_list_may_be_its_claim() -> None:
    """In a JWT the issuer may stand in iss alone."""
    assert looked_up(signed(WEB, issuer=..., iss=WEB.did))[0].outcome is Outcome.PASSED


def test_a_signature_that_does_not_hold_is_worse_than_none() -> None:
    """A list that claims to be signed is judged by that, also at the issuer's origin."""
    other = Maker.by_key(9)
    forged = compact({"alg": "EdDSA", "kid": WEB.method}, revocations(), other.signer.sign)
    assert_open(looked_up(forged)[0], "status-bad-signature")
    assert_open(looked_up({**revocations(), "proof": {"type": "DataIntegrityProof"}})[0], "status-bad-signature")
    assert_open(looked_up(signed(other, issuer=other.did))[0], "status-issuer-mismatch")
    assert_open(looked_up(signed(WEB, exp=1_790_900_000))[0], "status-list-dates")
