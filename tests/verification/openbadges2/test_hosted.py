"""Hosted badges: what the host says is the badge, and only where the issuer allows it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okbadges.credentials.strict_json import dumps
from okbadges.verification import Fetched
from okbadges.verification.report import Verdict
from verification.making import World
from verification.openbadges2.badges import (
    ASSERTION,
    BADGE,
    HOME,
    ISSUER,
    assertion,
    badge_class,
    look,
    outcome,
    profile,
    verdict_of,
    web,
)

STRANGER = "https://stranger.example"


def test_it_works() -> None:
    """A badge that its host confirms, from an issuer at the same origin, is VALID."""
    world = web()
    examination = look(assertion(), world)
    assert verdict_of(examination) is Verdict.VALID
    assert world.asked == [ASSERTION, BADGE, ISSUER]
    assert all(check.clause.startswith("Open Badges 2.0") for check in examination.checks)


@pytest.mark.parametrize("url", [ASSERTION, BADGE, ISSUER])
@pytest.mark.parametrize("answer", [..., Fetched(500, {}, b""), Fetched(302, {}, b""), b"<html>", b"[]"])
def test_what_cannot_be_had_leaves_it_open(url: str, answer: Any) -> None:
    """Without the host, the BadgeClass or the Profile nothing is proven either way."""
    world = web()
    world.documents[url] = answer
    if answer is ...:
        del world.documents[url]
    found = look(assertion(), world)
    assert verdict_of(found) is Verdict.INDETERMINATE
    assert outcome(found, "content-unaltered")[0] == "not-checked"


@pytest.mark.parametrize(
    "changes",
    [
        {"issuedOn": "2026-09-01T00:00:00Z"},
        {"badge": f"{HOME}/b/2"},
        {"recipient": {"type": "email", "identity": "eero@example.org", "hashed": False}},
        {"narrative": "With honours."},
        {"expires": "2030-01-01T00:00:00Z"},
        {"type": ["Assertion"]},
        {"revoked": False},
        {"revoked": True},
    ],
)
def test_a_copy_that_says_something_else_is_not_the_badge(changes: dict[str, Any]) -> None:
    """Whatever is changed, added or left out in the file, the host does not say it."""
    for received, hosted in ((assertion(**changes), assertion()), (assertion(), assertion(**changes))):
        found = look(received, web(assertion=hosted))
        if hosted.get("revoked") is True:
            assert verdict_of(found) is Verdict.REVOKED
        else:
            assert (outcome(found, "content-unaltered"), verdict_of(found)) == (
                ("failed", "content-differs"),
                Verdict.INVALID,
            )


@given(st.data())
def test_any_single_edit_is_not_valid(data: st.DataObject) -> None:
    """Any member changed or left out, or a new one, makes a hosted badge something that its host does not say."""
    original = assertion(evidence={"narrative": "Sold a hundred buns."}, version=1)
    name = data.draw(st.sampled_from([*original, "narrative", "x"]))
    value = data.draw(
        st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5) | st.just({"id": "urn:x:1"}) | st.just(...)
    )
    edited = {key: item for key, item in {**original, name: value}.items() if item is not ...}
    same = dumps(edited) == dumps(original)
    verdict = verdict_of(look(edited, web(assertion=original)))
    assert same is (verdict is Verdict.VALID)


def test_true_and_one_are_not_the_same() -> None:
    """What Python holds for equal are two values in JSON."""
    hosted = assertion(evidence={"narrative": "x", "other": 1})
    received = assertion(evidence={"narrative": "x", "other": True})
    assert verdict_of(look(received, web(assertion=hosted))) is Verdict.INVALID


def test_the_order_of_members_is_not_content() -> None:
    """A host may write the same badge in another order."""
    hosted = dict(reversed(list(assertion().items())))
    assert verdict_of(look(assertion(), web(assertion=hosted))) is Verdict.VALID


def test_the_host_must_speak_of_this_badge() -> None:
    """Another badge at the address is another badge, even if everything else is the same."""
    found = look(assertion(), web(assertion=assertion(id=f"{HOME}/a/2")))
    assert (outcome(found, "content-unaltered"), verdict_of(found)) == (("failed", "id-mismatch"), Verdict.INVALID)


def test_gone_is_revoked() -> None:
    """The answer 410 says that the badge was taken back, whatever comes with it."""
    for body in (b"", b'{"revoked":true}', b"<html>"):
        found = look(assertion(), web(assertion=Fetched(410, {}, body)))
        assert (outcome(found, "status"), verdict_of(found)) == (("failed", "revoked"), Verdict.REVOKED)


def test_revoked_with_a_reason() -> None:
    """A host may leave nothing but the word and the reason, which is told."""
    stub = {"@context": ..., "type": ...}
    hosted = {"id": ASSERTION, "revoked": True, "revocationReason": "Awarded by mistake"} | stub
    found = look(assertion(), web(assertion={k: v for k, v in hosted.items() if v is not ...}))
    assert verdict_of(found) is Verdict.REVOKED
    assert [(one.state, one.message) for one in found.status] == [("set", "Awarded by mistake")]


def test_a_badge_that_says_of_itself_that_it_is_revoked() -> None:
    """The stub that a host leaves is read as what it is; when the host knows better, it is a changed copy."""
    stub = assertion(revoked=True, recipient=..., badge=..., issuedOn=..., verification=...)
    assert verdict_of(look(stub, web(assertion=stub))) is Verdict.REVOKED
    assert verdict_of(look(stub, World())) is Verdict.REVOKED
    assert verdict_of(look(stub, web())) is Verdict.INVALID
    assert verdict_of(look({**stub, "id": "urn:uuid:1"}, web())) is Verdict.INVALID


def test_a_stranger_cannot_host_badges_of_an_issuer() -> None:
    """A badge on somebody else's server that names the issuer's BadgeClass is outside the issuer's scope."""
    forged = assertion(id=f"{STRANGER}/a/1")
    found = look(forged, web(**{f"{STRANGER}/a/1": forged}))
    assert (outcome(found, "issuer-key"), verdict_of(found)) == (("failed", "outside-issuer-scope"), Verdict.INVALID)
    for waiting in ("content-unaltered", "status"):  # what a stranger's host confirms, the issuer has not said
        assert outcome(found, waiting) == ("not-checked", "earlier-step")


def test_an_embedded_profile_cannot_open_the_scope() -> None:
    """Where badges may be hosted, only the Profile at its own address says."""
    generous = profile(verification={"allowedOrigins": ["stranger.example"]})
    for badge in (badge_class(issuer=generous), badge_class(issuer=generous, id=f"{STRANGER}/b/1")):
        forged = assertion(id=f"{STRANGER}/a/1", badge=badge)
        found = look(forged, web(**{f"{STRANGER}/a/1": forged, f"{STRANGER}/b/1": badge}))
        assert verdict_of(found) is Verdict.INVALID
        assert found.issuer == profile()


def test_the_badge_class_is_the_issuers_own() -> None:
    """A BadgeClass on a foreign server is not what the issuer awards, though it names the issuer."""
    foreign = badge_class(id=f"{STRANGER}/b/1")
    mine = assertion(badge=foreign["id"])
    found = look(mine, web(assertion=mine, **{foreign["id"]: foreign}))
    assert (outcome(found, "issuer-key"), verdict_of(found)) == (("failed", "badge-not-issuers"), Verdict.INVALID)


def test_somebody_elses_badge_class_inside() -> None:
    """An issuer that puts a BadgeClass with a foreign address into its badges is checked against the original."""
    evil = profile(id=f"{STRANGER}/issuer")
    inside = badge_class(issuer=evil["id"], name="A degree")
    forged = assertion(id=f"{STRANGER}/a/1", badge=inside)
    found = look(forged, web(**{forged["id"]: forged, evil["id"]: evil}))
    assert (outcome(found, "issuer-key"), verdict_of(found)) == (("failed", "badge-not-issuers"), Verdict.INVALID)


def test_a_badge_class_inside_is_vouched_for_by_the_host() -> None:
    """With an address of the issuer's, or none on the web, it is taken as it stands there."""
    for identifier in (f"{HOME}/b/9", "urn:uuid:0c1ad6f6-8e51-4a52-9b8c-8a0d3c1b7f11"):
        inside = assertion(badge=badge_class(id=identifier, issuer=profile()))
        world = web(assertion=inside)
        found = look(inside, world)
        assert verdict_of(found) is Verdict.VALID
        assert world.asked == [ASSERTION, ISSUER]


@pytest.mark.parametrize(
    ("instructions", "verdict"),
    [
        ({}, Verdict.INVALID),
        ({"allowedOrigins": "hosting.example"}, Verdict.VALID),
        ({"allowedOrigins": ["issuer.example", "Hosting.Example"]}, Verdict.VALID),
        ({"allowedOrigins": ["hosting.example.evil.example"]}, Verdict.INVALID),
        ({"allowedOrigins": ["example"]}, Verdict.INVALID),
        ({"allowedOrigins": []}, Verdict.INVALID),
        ({"allowedOrigins": [None, 1, {}]}, Verdict.INVALID),
        ({"startsWith": "https://hosting.example/house/"}, Verdict.VALID),
        ({"startsWith": "http://hosting.example/house/"}, Verdict.VALID),
        ({"startsWith": ["https://x.example/", "https://hosting.example/house/a"]}, Verdict.VALID),
        ({"startsWith": "https://hosting.example/other/"}, Verdict.INVALID),
        ({"startsWith": "https://hosting"}, Verdict.INVALID),
        ({"startsWith": "https:"}, Verdict.INVALID),
        ({"startsWith": ""}, Verdict.INVALID),
        ({"startsWith": "https://hosting.example/house/", "allowedOrigins": ["hosting.example"]}, Verdict.VALID),
        ({"startsWith": "https://hosting.example/house/", "allowedOrigins": ["other.example"]}, Verdict.INVALID),
        ({"startsWith": "https://other.example/", "allowedOrigins": ["hosting.example"]}, Verdict.INVALID),
    ],
)
def test_the_profile_says_where_badges_may_be_hosted(instructions: dict[str, Any], verdict: Verdict) -> None:
    """`allowedOrigins` and `startsWith` replace the rule of the same origin; both together must both hold."""
    away = assertion(id="https://hosting.example/house/a/1")
    world = web(issuer=profile(verification={"type": "VerificationObject", **instructions}), **{away["id"]: away})
    assert verdict_of(look(away, world)) is verdict


def test_own_instructions_can_shut_out_the_own_origin() -> None:
    """An issuer on a shared host names its own corner, and the rest of the host is out."""
    narrow = profile(verification={"startsWith": f"{HOME}/a/"})
    assert verdict_of(look(assertion(), web(issuer=narrow))) is Verdict.VALID
    other = assertion(id=f"{HOME}/students/1")
    found = look(other, web(issuer=narrow, **{other["id"]: other}))
    assert outcome(found, "issuer-key") == ("failed", "outside-issuer-scope")


def test_another_property_to_verify_by_is_not_defined() -> None:
    """Only `id` is defined; an issuer that asks for another one is not guessed at."""
    odd = profile(verification={"verificationProperty": "url", "startsWith": HOME})
    assert verdict_of(look(assertion(), web(issuer=odd))) is Verdict.INVALID


def test_http_addresses_are_asked_over_https() -> None:
    """Old badges name http addresses; nothing goes out in the clear, and the names still match."""
    old = assertion(id="http://issuer.example/a/1", badge="http://issuer.example/b/1")
    world = web(assertion=old, badge=badge_class(id="http://issuer.example/b/1", issuer="http://issuer.example/issuer"))
    assert verdict_of(look(old, world)) is Verdict.VALID
    assert world.asked == [ASSERTION, BADGE, ISSUER]


def test_a_document_may_name_its_real_address_once() -> None:
    """An address that answers with a document of another address leads there, but not on from there."""
    moved = assertion(badge=f"{HOME}/old")
    world = web(assertion=moved, **{f"{HOME}/old": badge_class()})
    found = look(moved, world)
    assert verdict_of(found) is Verdict.VALID
    assert found.badge == badge_class()
    world = web(assertion=moved, badge=badge_class(id=f"{HOME}/b/2"), **{f"{HOME}/old": badge_class()})
    found = look(moved, world)
    assert (outcome(found, "issuer-key"), verdict_of(found)) == (("failed", "id-mismatch"), Verdict.INVALID)


@pytest.mark.parametrize("identifier", ["urn:uuid:1", "did:web:issuer.example", "ftp://issuer.example/x", ..., 7, None])
def test_an_issuer_without_a_web_address_is_not_identified(identifier: Any) -> None:
    """A Profile that does not say at which address it stands leaves open who issued the badge."""
    found = look(assertion(), web(issuer=profile(id=identifier)))
    assert (outcome(found, "issuer-key"), verdict_of(found)) == (
        ("not-checked", "not-an-address"),
        Verdict.INDETERMINATE,
    )


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1/a", "https://issuer.example@evil.example/a", "https://issuer.example/a/../b", "https://e/ b"],
)
def test_odd_addresses_are_never_asked(url: str) -> None:
    """Addresses that two programs could read differently name nothing; what is on this machine is the fetcher's business."""
    world = World({"https://issuer.example/b": assertion()})
    assert verdict_of(look(assertion(id=url), world)) in {Verdict.INVALID, Verdict.INDETERMINATE}
    assert set(world.asked) <= {"http://127.0.0.1:1/a"}


def test_a_refused_address_is_told_as_such() -> None:
    """An address that is never asked, whoever names it, keeps its own code and is not called unreachable."""
    clear = "http://issuer.example:81/"
    named = assertion(id=clear)
    assert outcome(look(named, web()), "content-unaltered") == ("not-checked", "url-not-allowed")
    named = assertion(badge=clear)
    assert outcome(look(named, web(assertion=named)), "issuer-key") == ("not-checked", "url-not-allowed")
    issuer = profile(revocationList=clear)
    assert outcome(look(assertion(), web(issuer=issuer)), "status") == ("not-checked", "url-not-allowed")


def test_at_most_eight_addresses_are_asked() -> None:
    """Keys, lists and endorsements without end do not make a badge a weapon."""
    endorsed = assertion(endorsement=[f"https://e{n}.example/" for n in range(50)])
    world = web(assertion=endorsed)
    assert verdict_of(look(endorsed, world)) is Verdict.VALID
    assert len(world.asked) <= 8
