"""The whole story: what a report says, step by step, and that each required check alone keeps a credential from being valid."""

from __future__ import annotations

import copy
import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from okbadges.credentials.baking import bake_svg
from okbadges.credentials.strict_json import dumps
from okbadges.verification import Outcome, Verdict, verify
from verification.making import (
    NOW,
    SCHEMA,
    Maker,
    World,
    check,
    code_of,
    credential,
    outcome_of,
    status_entry,
    unsettled,
    world_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable


MAKER = Maker.by_key()
EMAIL = "a@example.com"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><rect width="1" height="1"/></svg>'


def test_it_works() -> None:
    """A badge of a did:web issuer with a status entry is valid, in three fetches at most, and the report says what it found."""
    maker = Maker.by_web()
    badge = maker.badge(credentialStatus=status_entry())
    world = world_of(maker, status=maker.status_list(8))
    report = check(badge, world, recognised=lambda issuer: issuer == maker.did)
    assert report.verdict is Verdict.VALID
    assert [found.id for found in report.checks] == [
        "readable",
        "shape",
        "issuer-key",
        "content-unaltered",
        "dates",
        "schema-reference",
        "status",
        "issuer-recognised",
    ]
    assert all(found.outcome is Outcome.PASSED for found in report.checks)
    assert len(world.asked) == 2
    assert (report.form, report.checked_at, report.recipient_match) == ("json", NOW, None)
    assert report.document_hash == hashlib.sha256(dumps(badge)).hexdigest()
    assert report.document == badge


def test_the_report_says_what_the_credential_says() -> None:
    """Issuer, achievement, dates and alignments are read from the document that was checked."""
    image = {"id": "https://issuer.example/counter.png", "type": "Image", "caption": "A counter"}
    badge = credential(MAKER.did, awardedDate="2026-10-05T08:00:00+03:00", validUntil="2027-10-01T00:00:00Z")
    badge["credentialSubject"]["achievement"]["image"] = image
    badge["credentialSubject"]["achievement"]["criteria"]["id"] = "https://issuer.example/criteria"
    report = check(MAKER.sign(badge))
    assert report.issuer is not None
    assert (report.issuer.id, report.issuer.name, report.issuer.recognised) == (MAKER.did, "Course House", False)
    found = report.credential
    assert found is not None
    assert (found.id, found.achievement_name) == (badge["id"], "Café counter")
    assert (found.criteria, found.criteria_url) == ("Opens, serves, counts, closes.", "https://issuer.example/criteria")
    assert (found.image_url, found.image_caption, found.language) == (image["id"], "A counter", "en")
    assert found.subject_id == badge["credentialSubject"]["id"]
    assert found.awarded_at == datetime.fromisoformat("2026-10-05T05:00:00+00:00")
    assert [(alignment.name, alignment.code) for alignment in found.alignments] == [("Working with customers", "U1")]
    assert not found.has_evidence


def test_forms_give_the_same_report() -> None:
    """The same credential as JSON, inside an SVG and behind a link gets the same verdict and checks."""
    badge = MAKER.badge()
    link = "https://issuer.example/c/1"
    as_json, as_svg = check(badge), check(bake_svg(SVG, dumps(badge)))
    by_link = check(link.encode(), World({link: badge}))
    assert {as_json.verdict, as_svg.verdict, by_link.verdict} == {Verdict.VALID}
    assert as_json.checks == as_svg.checks == by_link.checks
    assert (as_json.form, as_svg.form, by_link.form) == ("json", "svg", "url")


def test_a_clock_without_a_zone_is_a_mistake_of_the_caller() -> None:
    """Only a mistake of the caller raises."""
    with pytest.raises(ValueError, match="aware"):
        verify(b"{}", fetch=World(), now=NOW.replace(tzinfo=None))


def without_shape() -> tuple[dict[str, Any], World]:
    """Sign a badge without criteria."""
    badge = credential(MAKER.did)
    del badge["credentialSubject"]["achievement"]["criteria"]
    return MAKER.sign(badge), World()


def without_key() -> tuple[dict[str, Any], World]:
    """Sign in the name of an issuer whose document does not list the key."""
    maker, stranger = Maker.by_web(number=2), Maker.by_web(number=3)
    return stranger.badge(), world_of(maker)


def of_a_key_no_longer_listed() -> tuple[dict[str, Any], World]:
    """Sign with a key that the issuer's document knows and does not let assert."""
    maker = Maker.by_web()
    url = "https://issuer.example/issuers/house/did.json"
    return maker.badge(), World({url: {**maker.did_document(), "assertionMethod": []}})


def altered() -> tuple[dict[str, Any], World]:
    """Change a name after signing."""
    return {**MAKER.badge(), "name": "Runs the whole café"}, World()


def expired() -> tuple[dict[str, Any], World]:
    """Let it end yesterday."""
    return MAKER.badge(validUntil="2026-11-01T00:00:00Z"), World()


def early() -> tuple[dict[str, Any], World]:
    """Let it begin tomorrow."""
    return MAKER.badge(validFrom="2026-11-03T00:00:00Z"), World()


def revoked() -> tuple[dict[str, Any], World]:
    """Take it back."""
    return MAKER.badge(credentialStatus=status_entry()), world_of(status=MAKER.status_list(7))


@pytest.mark.parametrize(
    ("make", "check_id", "code", "verdict"),
    [
        (without_shape, "shape", "schema", Verdict.INVALID),
        (of_a_key_no_longer_listed, "issuer-key", "purpose-mismatch", Verdict.INVALID),
        (altered, "content-unaltered", "bad-signature", Verdict.INVALID),
        (without_key, "content-unaltered", "bad-signature", Verdict.INVALID),
        (expired, "dates", "expired", Verdict.EXPIRED),
        (early, "dates", "not-yet-valid", Verdict.NOT_YET_VALID),
        (revoked, "status", "revoked", Verdict.REVOKED),
    ],
)
def test_each_check_alone_keeps_a_credential_from_being_valid(
    make: Callable[[], tuple[dict[str, Any], World]], check_id: str, code: str, verdict: Verdict
) -> None:
    """Exactly one check fails; those that ran before and beside it passed, those that wait for it say so."""
    report = check(*make())
    assert report.verdict is verdict
    assert outcome_of(report, check_id) == ("failed", code)
    for found in report.checks:
        if found.id != check_id and found.required:
            assert found.outcome is Outcome.PASSED or found.code == "earlier-step"


@pytest.mark.parametrize(
    ("received", "code"),
    [
        (b"", "not-readable"),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"<html></html>", None),
        (b'{"a":1,"a":1}', None),
        (b"a.b.c", None),
    ],
)
def test_what_cannot_be_read_is_rejected(received: bytes, code: str | None) -> None:
    """The first step fails, every later one says that it did not run, and there is no document."""
    report = check(received)
    assert report.verdict is Verdict.REJECTED
    assert outcome_of(report, "readable")[0] == "failed"
    assert code is None or code_of(report, "readable") == code
    assert {found.outcome for found in report.checks[1:]} == {Outcome.NOT_CHECKED}
    assert (report.document, report.issuer, report.credential) == (None, None, None)


def test_a_link_that_does_not_answer_leaves_everything_open() -> None:
    """A dead link is not a bad credential; a link that is not allowed is refused."""
    assert check(b"https://gone.example/c").verdict is Verdict.INDETERMINATE
    assert check(b"file:///etc/passwd").verdict is Verdict.REJECTED


def test_an_issuer_out_of_reach_leaves_it_open() -> None:
    """Without the issuer's document neither key nor signature is passed, and the verdict is open."""
    report = check(Maker.by_web().badge())
    assert report.verdict is Verdict.INDETERMINATE
    assert outcome_of(report, "issuer-key") == ("not-checked", "issuer-unreachable")
    assert outcome_of(report, "content-unaltered") == ("not-checked", "earlier-step")


def test_recognition_is_beside_the_verdict() -> None:
    """Whether this service knows the issuer is told, and changes nothing; nobody is recognised on an unproven claim."""
    known = check(MAKER.badge(), recognised=lambda _: True)
    unknown = check(MAKER.badge())
    forged = check({**MAKER.badge(), "name": "Other"}, recognised=lambda _: True)
    assert known.verdict is unknown.verdict is Verdict.VALID
    assert outcome_of(unknown, "issuer-recognised") == ("failed", "issuer-not-recognised")
    assert [report.issuer.recognised for report in (known, unknown, forged) if report.issuer] == [True, False, False]
    assert outcome_of(forged, "issuer-recognised") == ("not-checked", "earlier-step")


def named(**changes: Any) -> dict[str, Any]:
    """Sign a badge whose recipient is named by a plain e-mail address."""
    badge = credential(MAKER.did)
    identity = {"type": "IdentityObject", "hashed": False, "identityHash": EMAIL, "identityType": "emailAddress"}
    badge["credentialSubject"]["identifier"] = [{**identity, **changes}]
    return MAKER.sign(badge)


def test_a_recipient_that_is_asked_for_is_required() -> None:
    """The right person leaves it valid, another makes it invalid, and nobody asked means no check."""
    assert check(named(), recipient=EMAIL).recipient_match is True
    wrong = check(named(), recipient="b@example.com")
    assert (wrong.verdict, wrong.recipient_match, unsettled(wrong)) == (Verdict.INVALID, False, {"recipient"})
    assert check(named()).recipient_match is None


def test_a_recipient_in_a_forged_credential_is_not_confirmed() -> None:
    """A match with content that is not proven is no match."""
    report = check({**named(), "name": "Other"}, recipient=EMAIL)
    assert (report.recipient_match, code_of(report, "recipient")) == (None, "earlier-step")
    assert check(b"", recipient=EMAIL).verdict is Verdict.REJECTED


def test_schemas_are_never_fetched() -> None:
    """The schema of Open Badges is covered, another is not looked at, and neither changes the verdict."""
    world = World()
    other = {"id": "https://schemas.example/s.json", "type": "1EdTechJsonSchemaValidator2019"}
    both, none = check(MAKER.badge(credentialSchema=[SCHEMA, other]), world), check(MAKER.badge(credentialSchema=...))
    assert outcome_of(both, "schema-reference") == ("not-checked", "schema-unknown")
    assert outcome_of(none, "schema-reference") == ("not-checked", "no-schema")
    assert {both.verdict, none.verdict} == {Verdict.VALID}
    assert world.asked == []


def test_verifying_changes_nothing_it_was_given() -> None:
    """The same input gives the same report, and later reports are independent of earlier ones."""
    badge = MAKER.badge()
    before = copy.deepcopy(badge)
    assert check(badge) == check(badge)
    assert badge == before
    assert check(badge, now=NOW + timedelta(days=1)).verdict is Verdict.VALID
