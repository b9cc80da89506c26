"""The revocation list of an issuer: who stands in it was taken back, and a list that cannot be relied on leaves it open."""

from __future__ import annotations

from typing import Any

import pytest

from okbadges.verification import Fetched
from okbadges.verification.report import StatusFound, Verdict
from verification.openbadges2.badges import (
    ASSERTION,
    CONTEXT,
    ISSUER,
    KEY,
    LIST,
    SignedWorld,
    assertion,
    look,
    outcome,
    profile,
    verdict_of,
    web,
)

SIGNED = SignedWorld()
ID = SIGNED.assertion()["id"]


def revocation_list(*revoked: Any, **changes: Any) -> dict[str, Any]:
    """Return a revocation list; a change to ``...`` leaves the member out."""
    document = {
        "@context": CONTEXT,
        "id": LIST,
        "type": "RevocationList",
        "issuer": ISSUER,
        "revokedAssertions": list(revoked),
    }
    return {name: value for name, value in {**document, **changes}.items() if value is not ...}


def looked_up(document: Any, **changes: Any) -> Any:
    """Examine a signed badge of an issuer that has this revocation list."""
    issuer = profile(publicKey=KEY, revocationList=LIST)
    return look(SIGNED.sign(**changes), SIGNED.web(issuer=issuer, **{LIST: document}))


@pytest.mark.parametrize(
    "entry", [ID, {"id": ID}, {"id": ID, "revocationReason": "By mistake"}, {"id": ID, "revoked": True}, {"uid": "a1"}]
)
def test_who_stands_in_the_list_was_taken_back(entry: Any) -> None:
    """An entry may be a name or an object, and may go by the older `uid`."""
    found = looked_up(revocation_list("urn:uuid:other", entry), uid="a1")
    assert (outcome(found, "status"), verdict_of(found)) == (("failed", "revoked"), Verdict.REVOKED)


def test_the_reason_is_told() -> None:
    """What the issuer gave as the reason stands in the check and in what was found; without one nothing does."""
    for entry, reason in (({"id": ID, "revocationReason": "By mistake"}, "By mistake"), (ID, None)):
        found = looked_up(revocation_list(entry))
        assert [check.detail for check in found.checks if check.id == "status"] == [reason]
        assert found.status == (StatusFound("RevocationList", "revocation", LIST, None, "set", reason),)
    for body, reason in (({"id": ASSERTION, "revoked": True, "revocationReason": "Moved"}, "Moved"), (b"", None)):
        answer = body if isinstance(body, dict) else Fetched(410, {}, body)
        found = look(assertion(), web(assertion=answer))
        assert [check.detail for check in found.checks if check.id == "status"] == [reason]


@pytest.mark.parametrize("entries", [[], ["urn:uuid:other"], [{"id": ID, "revoked": False}], [{"uid": "a2"}]])
def test_who_does_not_stand_in_it_was_not(entries: list[Any]) -> None:
    """Others in the list, and an entry that says that it is not revoked, take nothing back."""
    found = looked_up(revocation_list(*entries), uid="a1")
    assert verdict_of(found) is Verdict.VALID
    assert found.status == (StatusFound("RevocationList", "revocation", LIST, None, "clear", None),)


def test_a_single_entry_needs_no_array() -> None:
    """What 2.0 allows several times may stand alone."""
    assert verdict_of(looked_up(revocation_list(revokedAssertions=ID))) is Verdict.REVOKED


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (..., "status-unreachable"),
        (b"<html>", "status-unreachable"),
        (Fetched(410, {}, b""), "status-unreachable"),
        (revocation_list(type="Issuer"), "status-type-mismatch"),
        (revocation_list(issuer="https://stranger.example/issuer"), "status-issuer-mismatch"),
        (revocation_list(issuer=None), "status-issuer-mismatch"),
        (revocation_list(id="https://stranger.example/revoked"), "status-list-mismatch"),
        (revocation_list(revokedAssertions=...), "status-malformed"),
        (revocation_list(7), "status-malformed"),
        (revocation_list({}), "status-malformed"),
    ],
)
def test_a_list_that_cannot_be_relied_on_leaves_it_open(document: Any, code: str) -> None:
    """A list that is not there, is somebody else's or holds nonsense never reads as "not revoked"."""
    found = looked_up(document)
    assert (outcome(found, "status"), verdict_of(found)) == (("not-checked", code), Verdict.INDETERMINATE)


def test_id_and_issuer_of_a_list_may_be_missing() -> None:
    """Neither is required: the Profile has named the list by its address."""
    assert verdict_of(looked_up(revocation_list(id=..., issuer=...))) is Verdict.VALID


@pytest.mark.parametrize("named", ["urn:list:1", {"id": LIST}, "http://169.254.169.254/"])
def test_the_address_of_the_list(named: Any) -> None:
    """It is a web address or an object that has one; anything else cannot be looked up."""
    issuer = profile(publicKey=KEY, revocationList=named)
    found = look(SIGNED.sign(), SIGNED.web(issuer=issuer, **{LIST: revocation_list(ID)}))
    assert verdict_of(found) is (Verdict.REVOKED if isinstance(named, dict) else Verdict.INDETERMINATE)


def test_a_signed_badge_without_a_list() -> None:
    """An issuer need not offer a list; then nobody can see whether it was taken back, and the report says so."""
    found = look(SIGNED.sign(), SIGNED.web())
    assert (outcome(found, "status"), verdict_of(found)) == (("not-checked", "no-status"), Verdict.VALID)


def test_a_hosted_badge_in_the_list() -> None:
    """The list is for signed badges, but an issuer that lists a hosted one has taken it back; http is the same name."""
    issuer = profile(revocationList=LIST)
    for entry in (ASSERTION, ASSERTION.replace("https", "http")):
        world = web(issuer=issuer, **{LIST: revocation_list(entry)})
        assert verdict_of(look(assertion(), world)) is Verdict.REVOKED
    assert verdict_of(look(assertion(), web(issuer=issuer))) is Verdict.INDETERMINATE


def test_the_list_is_not_asked_for_a_forgery() -> None:
    """An issuer that is not proven to speak is not asked."""
    header, payload, signature = SIGNED.sign().split(b".")
    forged = b".".join((header, payload, signature[:-8] + b"AAAAAAAA"))
    world = SIGNED.web(issuer=profile(publicKey=KEY, revocationList=LIST), **{LIST: revocation_list()})
    found = look(forged, world)
    assert outcome(found, "status") == ("not-checked", "earlier-step")
    assert LIST not in world.asked
