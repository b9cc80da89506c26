"""The issuer's newer version: where it is looked for, when it is the same credential, and when it may stand for the original."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from okbadges.credentials.baking import bake_svg
from okbadges.credentials.fetching import FetchError
from okbadges.credentials.strict_json import dumps
from okbadges.errors import CredentialError
from okbadges.verification import Fetched, Outcome, Report, Verdict, checks
from okbadges.verification.refresh import check_refresh, prevails, refreshed
from okbadges.verification.resolve import Documents
from verification.jwts import claims_of, compact
from verification.making import LIST_URL, Maker, World, check, credential, status_entry, world_of

if TYPE_CHECKING:
    from okbadges.verification.received import Received

MAKER = Maker.by_key()
URL = "https://issuer.example/refresh/1"
SERVICE = {"id": URL, "type": "1EdTechCredentialRefresh"}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><rect width="1" height="1"/></svg>'
LATER = "2026-10-15T00:00:00Z"


def original(**changes: Any) -> dict[str, Any]:
    """Return a badge that names the address of its newer version."""
    return MAKER.badge(refreshService=SERVICE, **changes)


def newer(**changes: Any) -> dict[str, Any]:
    """Return the version that begins later."""
    return MAKER.badge(**{"validFrom": LATER, **changes})


def asked(document: dict[str, Any], answer: Any) -> Received | None:
    """Return what the address of the newer version gives."""
    return refreshed(document, Documents(World({URL: answer})))


def refusal(document: dict[str, Any], answer: Any) -> str:
    """Return why what the address gives is no newer version."""
    with pytest.raises(CredentialError) as refused:
        asked(document, answer)
    return refused.value.code


def test_it_works() -> None:
    """The newer version is fetched once, in any form a credential may have."""
    document = credential(MAKER.did, validFrom=LATER)
    as_jwt = compact({"alg": "EdDSA", "kid": MAKER.method}, claims_of(document), MAKER.signer.sign)
    for answer in (newer(), as_jwt, bake_svg(SVG, as_jwt), bake_svg(SVG, dumps(newer()))):
        world = World({URL: answer})
        received = refreshed(original(), Documents(world))
        assert received is not None
        assert received.document["validFrom"] == LATER
        assert world.asked == [URL]


def test_without_a_service_nobody_is_asked() -> None:
    """No service, and services of other kinds, offer no newer version."""
    service: Any
    for service in (..., {"id": URL, "type": "ManualRefreshService2018"}, "x", []):
        world = World()
        assert refreshed(credential(MAKER.did, refreshService=service), Documents(world)) is None
        assert world.asked == []


@pytest.mark.parametrize(
    "service",
    [
        {"type": "1EdTechCredentialRefresh"},
        {**SERVICE, "id": 5},
        {**SERVICE, "id": ""},
        {**SERVICE, "id": '{"id": "x"}'},
        {**SERVICE, "id": "a.b.c"},
        {**SERVICE, "id": "https://issuer.example/\u00e4"},
        [SERVICE, {**SERVICE, "id": "https://issuer.example/other"}],
    ],
)
def test_an_address_that_is_none_is_not_asked(service: Any) -> None:
    """The credential itself is never taken for the answer, and two addresses are one too many."""
    world = World()
    with pytest.raises(CredentialError) as refused:
        refreshed(credential(MAKER.did, refreshService=service), Documents(world))
    assert (refused.value.code, world.asked) == ("refresh-malformed", [])


def test_an_answer_that_cannot_be_had_is_told_apart() -> None:
    """Unreachable, refused and unreadable are three things."""
    assert refusal(original(), Fetched(404, {}, b"")) == "unreachable"
    inside = MAKER.badge(refreshService={**SERVICE, "id": "http://10.0.0.1/r"})
    with pytest.raises(FetchError) as refused:
        refreshed(inside, Documents(World()))
    assert refused.value.code == "url-not-allowed"
    assert refusal(original(), b"<html></html>") not in {"unreachable", "refresh-another-credential"}
    assert refusal(original(), b"https://issuer.example/refresh/2") == "not-readable"


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "urn:uuid:6f9a1c1e-3e1b-4f0e-9f06-9f6f3f6c2a11"},
        {"id": ...},
        {"issuer": {"id": "did:web:issuer.example", "type": ["Profile"]}},
        {"issuer": ...},
        {"type": ["VerifiableCredential", "EndorsementCredential"]},
        {"type": ["VerifiableCredential"]},
        {"credentialSubject": {"id": "urn:uuid:somebody-else", "type": ["AchievementSubject"]}},
        {"credentialSubject": {"identifier": [{"identityHash": "x"}]}},
        {"credentialSubject": "x"},
    ],
)
def test_another_credential_is_no_newer_version(changes: dict[str, Any]) -> None:
    """Id, issuer, kind and subject must be the same."""
    assert refusal(original(), credential(MAKER.did, validFrom=LATER, **changes)) == "refresh-another-credential"


def test_a_subject_without_an_id_is_known_by_its_identifiers() -> None:
    """A changed e-mail hash is another person."""
    mine, other = ({"type": ["AchievementSubject"], "identifier": [{"identityHash": name}]} for name in "ab")
    document = credential(MAKER.did, refreshService=SERVICE, credentialSubject=mine)
    assert asked(document, credential(MAKER.did, validFrom=LATER, credentialSubject=mine)) is not None
    assert refusal(document, credential(MAKER.did, validFrom=LATER, credentialSubject=other)) == (
        "refresh-another-credential"
    )


def test_a_credential_without_an_id_has_no_newer_version() -> None:
    """Two documents that both have no name are not thereby the same."""
    document = credential(MAKER.did, id=..., refreshService=SERVICE)
    assert refusal(document, credential(MAKER.did, id=..., validFrom=LATER)) == "refresh-another-credential"


def test_the_two_names_of_a_badge_are_one_kind() -> None:
    """OpenBadgeCredential and AchievementCredential mean the same."""
    assert asked(original(), newer(type=["VerifiableCredential", "AchievementCredential"])) is not None


@pytest.mark.parametrize(
    "begins", ["2026-10-01T00:00:00Z", "2026-09-30T23:59:59Z", "2026-10-01T01:00:00+01:00", "x", 5]
)
def test_only_what_begins_later_is_newer(begins: Any) -> None:
    """The same version again, and an older one, are none; a time that is none is not guessed."""
    assert refusal(original(), credential(MAKER.did, validFrom=begins)) == "refresh-not-newer"


def test_the_older_data_model_has_its_own_dates() -> None:
    """A badge of VCDM 1.1 is renewed by one of either model."""
    older = {
        **credential(MAKER.did, validFrom=..., refreshService=SERVICE),
        "@context": ["https://www.w3.org/2018/credentials/v1"],
        "issuanceDate": "2026-10-01T00:00:00Z",
    }
    assert asked(older, newer()) is not None
    assert asked(older, {**older, "issuanceDate": LATER}) is not None
    assert refusal(older, {**older, "validFrom": LATER}) == "refresh-not-newer"


VALID = check(original())
EXPIRED = check(original(validUntil="2026-10-02T00:00:00Z"))
NOT_YET = check(original(validFrom="2026-12-01T00:00:00Z"))
FORGED = check({**original(), "name": "Other"})
LISTED = MAKER.badge(credentialStatus=status_entry())
REVOKED = check(LISTED, world_of(status=MAKER.status_list(7)))
SUSPENDED = check(
    MAKER.badge(credentialStatus=status_entry(purpose="suspension")),
    world_of(status=MAKER.status_list(7, purpose="suspension")),
)
OPEN = check(LISTED)
EXPIRED_AND_OPEN = check(MAKER.badge(credentialStatus=status_entry(), validUntil="2026-10-02T00:00:00Z"))
UNREAD = check(b"x")


def stands(first: Report, second: Report) -> bool:
    """Say whether the second stands in the place of the first."""
    return prevails(first.checks, second.checks)


@pytest.mark.parametrize("second", [VALID, EXPIRED, REVOKED, SUSPENDED], ids=lambda report: report.verdict)
def test_a_good_or_expired_original_gives_way(second: Report) -> None:
    """A renewal renews, and whatever the issuer says of the newer version is said."""
    assert stands(VALID, second)
    assert stands(EXPIRED, second)


@pytest.mark.parametrize("second", [NOT_YET, OPEN, FORGED, UNREAD], ids=lambda report: report.verdict)
def test_what_is_unproven_or_not_in_force_stands_for_nothing(second: Report) -> None:
    """On failure the original is what was checked."""
    assert not stands(VALID, second)
    assert not stands(EXPIRED, second)


@pytest.mark.parametrize(
    "first", [REVOKED, SUSPENDED, OPEN, FORGED, UNREAD, NOT_YET], ids=lambda report: report.verdict
)
def test_nothing_hides_what_is_wrong_with_the_original(first: Report) -> None:
    """A valid newer version does not undo a revocation, a suspension, a forgery, or a list that could not be had."""
    assert not stands(first, VALID)


def test_expiry_does_not_cover_an_open_status() -> None:
    """An original that has expired, and whose list could not be had, may have been revoked before."""
    assert EXPIRED_AND_OPEN.verdict is Verdict.EXPIRED
    assert not stands(EXPIRED_AND_OPEN, VALID)


def test_the_remark_never_counts_and_says_what_became_of_it() -> None:
    """Five things can become of a newer version."""
    said = [
        check_refresh(None, stands=True),
        check_refresh(CredentialError("refresh-not-newer", "d"), stands=False),
        check_refresh(None, stands=False),
        check_refresh(CredentialError("refresh-another-credential", "d"), stands=False),
        check_refresh(FetchError("too-slow", "d"), stands=False),
        check_refresh(FetchError("address-not-allowed", "d"), stands=False),
    ]
    assert [(one.outcome, one.code) for one in said] == [
        (Outcome.PASSED, None),
        (Outcome.PASSED, None),
        (Outcome.FAILED, "refresh-not-relied-on"),
        (Outcome.FAILED, "refresh-another-credential"),
        (Outcome.NOT_CHECKED, "refresh-unreachable"),
        (Outcome.NOT_CHECKED, "address-not-allowed"),
    ]
    assert {(one.id, one.required) for one in said} == {(checks.REFRESH, False)}
    assert said[0].message != said[1].message


def test_an_expired_badge_is_renewed_by_its_issuer() -> None:
    """The report is on the newer version and says so; a revoked original stays revoked, whatever is offered in its place."""
    renewed = check(original(validUntil="2026-10-02T00:00:00Z"), World({URL: newer()}))
    assert (renewed.verdict, renewed.refreshed) == (Verdict.VALID, True)
    assert renewed.document == newer()
    listed = {"credentialStatus": status_entry()}
    revoked = check(original(**listed), World({URL: newer(), LIST_URL: MAKER.status_list(7)}))
    assert (revoked.verdict, revoked.refreshed) == (Verdict.REVOKED, False)
    withdrawn = check(original(), World({URL: newer(**listed), LIST_URL: MAKER.status_list(7)}))
    assert (withdrawn.verdict, withdrawn.refreshed) == (Verdict.REVOKED, True)


def test_a_newer_version_that_does_not_hold_leaves_the_original() -> None:
    """A forged, an unsigned and an unreachable newer version are remarks."""
    for answer in ({**newer(), "name": "Other"}, credential(MAKER.did, validFrom=LATER), Fetched(500, {}, b"")):
        report = check(original(), World({URL: answer}))
        remark = next(found for found in report.checks if found.id == checks.REFRESH)
        assert (report.verdict, report.refreshed, remark.required) == (Verdict.VALID, False, False)
        assert remark.outcome is not Outcome.PASSED


def test_nobody_is_asked_for_a_newer_version_of_a_forgery() -> None:
    """The address in a forged badge is a stranger's wish."""
    world = World({URL: newer()})
    assert check({**original(), "name": "Other"}, world).verdict is Verdict.INVALID
    assert world.asked == []


def test_the_newer_version_is_not_refreshed_again() -> None:
    """Once only: a chain of newer versions is not followed."""
    second = "https://issuer.example/refresh/2"
    world = World({URL: newer(refreshService={**SERVICE, "id": second})})
    assert check(original(), world).refreshed
    assert world.asked == [URL]


def test_a_newer_version_that_is_not_relied_on_says_what_it_is_worth() -> None:
    """The remark tells the verdict on the newer version, so that nobody has to look it up by hand."""
    remark = check_refresh(None, stands=False, newer=Verdict.INVALID)
    assert (remark.code, remark.detail) == ("refresh-not-relied-on", "The newer version is INVALID.")
    report = check(original(), World({URL: {**newer(), "name": "Another"}}))
    assert report.verdict is Verdict.VALID
    [told] = [found for found in report.checks if found.id == checks.REFRESH]
    assert (told.required, told.code, told.detail) == (False, "refresh-not-relied-on", "The newer version is INVALID.")
