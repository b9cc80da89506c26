"""The names and the tables behind the verdict, written down once more: others build on them, and a slip here would pass silently."""

from __future__ import annotations

import pytest

from okbadges.verification import Check, Outcome, Verdict, checks

NAMES = {
    "READABLE": "readable",
    "SHAPE": "shape",
    "ISSUER_KEY": "issuer-key",
    "CONTENT_UNALTERED": "content-unaltered",
    "DATES": "dates",
    "STATUS": "status",
    "ISSUER_RECOGNISED": "issuer-recognised",
    "RECIPIENT": "recipient",
    "CHALLENGE": "challenge",
    "SCHEMA_REFERENCE": "schema-reference",
    "STATUS_ENTRIES": "status-entries",
    "JWT_CLAIMS": "jwt-claims",
    "ENDORSEMENTS": "endorsements",
    "ENDORSED": "endorsed",
    "REFRESH": "refresh",
    "HOLDER_KEY": "holder-key",
    "PRESENTED": "presented-credentials",
}


def test_the_names_of_the_checks_never_change() -> None:
    """Pages translate by them and programs compare them; each has a clause."""
    assert {name: getattr(checks, name) for name in NAMES} == NAMES
    assert set(NAMES.values()) == checks.CLAUSES.keys()


def test_what_is_necessary() -> None:
    """Six checks make a credential, five a presentation: the list itself must not get shorter."""
    assert checks.NECESSARY == ("readable", "shape", "issuer-key", "content-unaltered", "dates", "status")
    assert checks.NECESSARY_TO_PRESENT == (
        "readable",
        "shape",
        "holder-key",
        "content-unaltered",
        "presented-credentials",
    )


def test_which_refusals_say_something_of_the_address() -> None:
    """Three codes are not the network's fault and are kept as they are."""
    assert {"url-not-allowed", "address-not-allowed", "redirect-refused"} == checks.REFUSED_ADDRESSES


@pytest.mark.parametrize("verdict", [one for one in Verdict if one is not Verdict.VALID])
def test_a_presentation_is_worth_its_worst_credential(verdict: Verdict) -> None:
    """The code of the check is the verdict in small letters with hyphens, and gives that verdict."""
    code = {Verdict.NOT_YET_VALID: "not-yet-valid"}.get(verdict, verdict.value.lower())
    assert checks.verdict_of(checks.failed(checks.PRESENTED, code, "x")) is verdict
    assert checks.verdict_of(checks.failed(checks.PRESENTED, "anything", "x")) is Verdict.INVALID


def test_a_check_is_required_unless_it_says_otherwise() -> None:
    """Each of the makers keeps what it is told: outcome, code, detail, and whether the check counts."""
    for make, outcome in ((checks.failed, Outcome.FAILED), (checks.not_checked, Outcome.NOT_CHECKED)):
        plain = make(checks.DATES, "code", "words")
        assert plain == Check("dates", outcome, "words", checks.CLAUSES["dates"], "code", None, required=True)
        told = make(checks.DATES, "code", "words", detail="more", required=False)
        assert told == Check("dates", outcome, "words", checks.CLAUSES["dates"], "code", "more", required=False)
    assert checks.passed(checks.DATES, "words").required is True
    told = checks.passed(checks.DATES, "words", detail="more", required=False)
    assert told == Check("dates", Outcome.PASSED, "words", checks.CLAUSES["dates"], None, "more", required=False)


def test_what_waits_says_for_which() -> None:
    """A later step that did not run names the earlier one."""
    waits = checks.waiting(checks.STATUS, checks.SHAPE)
    assert (waits.id, waits.outcome, waits.code, waits.required) == (
        "status",
        Outcome.NOT_CHECKED,
        "earlier-step",
        True,
    )
    assert "shape" in waits.message


def test_only_the_status_may_have_nothing_to_look_up() -> None:
    """Any other check that could not be made leaves it open, required or not; a required status does too."""
    for check_id in checks.CLAUSES:
        for required in (True, False):
            worth = checks.verdict_of(checks.not_checked(check_id, "x", "x", required=required))
            expected = Verdict.VALID if check_id == "status" and not required else Verdict.INDETERMINATE
            assert worth is expected, (check_id, required)
