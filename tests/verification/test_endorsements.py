"""Endorsements: found anywhere, opened one by one, about something in the credential, and never part of its verdict."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from credentials.memory import peak_of
from okbadges.verification import Outcome, Verdict, checks
from okbadges.verification.checks import verdict_of
from okbadges.verification.embedded import Embedded
from okbadges.verification.endorsements import MAX_ENDORSEMENTS, check_endorsed, endorsed_id, endorsements_in, sum_up
from okbadges.verification.received import Received
from verification.jwts import claims_of, compact
from verification.making import Maker, check, code_of, credential

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MAKER, OTHER = Maker.by_key(), Maker.by_key(5)
ACHIEVEMENT = "https://issuer.example/badges/counter/v1/en"


def endorsement(about: Any = ACHIEVEMENT, **changes: Any) -> dict[str, Any]:
    """Return an unsigned endorsement by somebody else."""
    subject = {"id": about, "type": ["EndorsementSubject"], "endorsementComment": "Good."}
    kept = {name: value for name, value in subject.items() if value is not ...}
    types = ["VerifiableCredential", "EndorsementCredential"]
    own = "urn:uuid:d3a4b0e2-1c8f-4f8e-8f0c-0c9a4b1e2f33"
    return credential(
        OTHER.did, **{"id": own, "type": types, "name": "Endorsement", "credentialSubject": kept, **changes}
    )


def as_jwt(document: dict[str, Any]) -> str:
    """Return the document as a compact JWS."""
    return compact({"alg": "EdDSA", "kid": OTHER.method}, claims_of(document), OTHER.signer.sign).decode()


def badge(**members: Any) -> dict[str, Any]:
    """Return a badge with more members in its achievement."""
    document = credential(MAKER.did)
    document["credentialSubject"]["achievement"].update(members)
    return document


def test_it_works() -> None:
    """Both forms are opened, alone and in a list, wherever they stand."""
    document = badge(endorsement=[endorsement(), endorsement()], endorsementJwt=as_jwt(endorsement()))
    document["issuer"]["endorsement"] = endorsement(MAKER.did)
    document["endorsementJwt"] = [as_jwt(endorsement())]
    found = endorsements_in(document)
    assert [one.pointer for one in found] == [
        "/endorsementJwt/0",
        "/issuer/endorsement",
        "/credentialSubject/achievement/endorsement/0",
        "/credentialSubject/achievement/endorsement/1",
        "/credentialSubject/achievement/endorsementJwt",
    ]
    assert [one.problem for one in found] == [None] * 5
    assert [bool(one.received and one.received.jwt) for one in found] == [True, False, False, False, True]
    assert [one.received and endorsed_id(one.received.document) for one in found][1:3] == [MAKER.did, ACHIEVEMENT]


def test_a_badge_without_endorsements_has_none() -> None:
    """Nothing is found, and nothing is remarked."""
    assert endorsements_in(badge()) == []
    assert endorsements_in({"endorsement": []}) == []
    assert endorsements_in({"endorsement": None}) == []
    assert sum_up([], []) == []


def test_they_are_found_in_the_official_example(shared: Path) -> None:
    """The complete example of the public validator carries five, at four places."""
    path = shared / "standards/data/vectors/1edtech-validator/ob30/complete.json"
    document = json.loads(path.read_text())
    found = endorsements_in(document)
    assert [one.pointer for one in found if one.problem is None and one.received] == [
        "/endorsement/0",
        "/issuer/endorsement/0",
        "/credentialSubject/achievement/endorsement/0",
        "/credentialSubject/achievement/creator/endorsement/0",
        "/credentialSubject/achievement/creator/endorsement/1",
    ]
    subjects = {check_endorsed(one.received.document, document).outcome for one in found if one.received}
    assert subjects == {Outcome.PASSED}


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"endorsement": "https://issuer.example/endorsement"}, "not-an-endorsement"),
        ({"endorsement": 5}, "not-an-endorsement"),
        ({"endorsement": {}}, "not-an-endorsement"),
        ({"endorsement": credential(MAKER.did)}, "not-an-endorsement"),
        ({"endorsement": [[endorsement()]]}, "not-an-endorsement"),
        ({"endorsementJwt": as_jwt(credential(OTHER.did))}, "not-an-endorsement"),
        ({"endorsementJwt": "x"}, "malformed-jwt"),
        ({"endorsementJwt": endorsement()}, "malformed-jwt"),
        ({"endorsementJwt": "https://issuer.example/endorsement.jwt"}, "malformed-jwt"),
        ({"endorsementJwt": "AAAA.AAAA.AAAA"}, "json-not-utf8"),
    ],
)
def test_what_is_none_keeps_its_place(members: dict[str, Any], code: str) -> None:
    """Something else in the place of an endorsement is told, and the good one beside it still opened."""
    found = endorsements_in(badge(**members, other={"endorsement": endorsement()}))
    assert found[0].received is None
    assert found[0].problem == code or found[0].problem in {"json-malformed", "malformed-jwt"}
    assert [one.problem for one in found[1:]] == [None]


def test_endorsements_of_endorsements_are_not_followed() -> None:
    """One layer is opened, and a chain of any length costs nothing."""
    inner = endorsement()
    for _ in range(20):
        inner = endorsement(endorsement=inner)
    assert [one.pointer for one in endorsements_in(badge(endorsement=inner))] == [
        "/credentialSubject/achievement/endorsement"
    ]


def test_more_than_eight_are_said_and_not_looked_at() -> None:
    """The number is bounded, and the rest is not passed over in silence."""
    found = endorsements_in(badge(endorsement=[endorsement()] * (MAX_ENDORSEMENTS + 5)))
    assert [one.problem for one in found] == [None] * MAX_ENDORSEMENTS + ["too-many-endorsements"]
    exactly = endorsements_in(badge(endorsement=[endorsement()] * MAX_ENDORSEMENTS))
    assert [one.problem for one in exactly] == [None] * MAX_ENDORSEMENTS


@pytest.mark.parametrize("about", [ACHIEVEMENT, MAKER.did, "urn:uuid:6f9a1c1e-3e1b-4f0e-9f06-9f6f3f6c2a10"])
def test_an_endorsement_may_be_about_anything_that_the_badge_says(about: str) -> None:
    """The achievement, the issuer and the credential itself can be endorsed."""
    found = check_endorsed(endorsement(about), badge(endorsement=endorsement(about)))
    assert (found.id, found.outcome, found.required) == (checks.ENDORSED, Outcome.PASSED, True)


@pytest.mark.parametrize("about", ["https://issuer.example/badges/other", "", ..., 5, {"id": ACHIEVEMENT}])
def test_an_endorsement_of_something_else_was_put_there(about: Any) -> None:
    """The only other place with that id is the endorsement itself."""
    inside = badge(endorsement=endorsement(about))
    found = check_endorsed(endorsement(about), inside)
    assert (found.outcome, found.code) == (Outcome.FAILED, "endorses-something-else")
    assert verdict_of(found) is Verdict.INVALID


@pytest.mark.parametrize("member", ["credentialStatus", "credentialSchema", "proof", "refreshService", "termsOfUse"])
def test_what_a_badge_is_checked_with_cannot_be_endorsed(member: str) -> None:
    """An endorsement of the schema is not one of the badge, and every badge names the same schema."""
    document = credential(MAKER.did, **{member: [{"id": "https://issuer.example/x", "type": "X"}]})
    assert check_endorsed(endorsement("https://issuer.example/x"), document).outcome is Outcome.FAILED


def held(problem: str | None = None) -> Embedded:
    """Return an endorsement that was opened, or was not for a reason."""
    document: Mapping[str, Any] = {}
    return Embedded("/endorsement/0", None if problem else Received(document), problem, problem)


@pytest.mark.parametrize(
    ("found", "verdicts", "outcome", "code"),
    [
        ([held()], [Verdict.VALID], Outcome.PASSED, None),
        ([held(), held()], [Verdict.VALID, Verdict.INVALID], Outcome.FAILED, "endorsement-not-valid"),
        ([held(), held()], [Verdict.REVOKED, Verdict.INDETERMINATE], Outcome.FAILED, "endorsement-not-valid"),
        ([held("malformed-jwt")], [None], Outcome.FAILED, "endorsement-not-valid"),
        ([held(), held()], [Verdict.INDETERMINATE, Verdict.VALID], Outcome.NOT_CHECKED, "endorsement-open"),
        ([held(), held("too-many-endorsements")], [Verdict.VALID, None], Outcome.NOT_CHECKED, "too-many-endorsements"),
        ([held(), held("too-many-endorsements")], [Verdict.EXPIRED, None], Outcome.FAILED, "endorsement-not-valid"),
    ],
)
def test_the_remark_on_all_of_them_never_counts(
    found: list[Embedded], verdicts: list[Verdict | None], outcome: Outcome, code: str | None
) -> None:
    """The worst is said, place by place, and the badge does not depend on it."""
    (remark,) = sum_up(found, verdicts)
    assert (remark.id, remark.outcome, remark.code, remark.required) == (checks.ENDORSEMENTS, outcome, code, False)
    assert remark.detail
    assert remark.detail.count("/endorsement/0") == len(found)


def test_each_endorsement_is_verified_and_shown_apart() -> None:
    """A good one, a forged one, and one of something else: three reports, and the badge is as good as before."""
    good = OTHER.sign(endorsement())
    forged = {**OTHER.sign(endorsement(id="urn:uuid:2")), "name": "Forged"}
    elsewhere = OTHER.sign(endorsement(OTHER.did, id="urn:uuid:3"))
    report = check(MAKER.sign(badge(endorsement=[good, forged, elsewhere], endorsementJwt=as_jwt(endorsement()))))
    assert report.verdict is Verdict.VALID
    assert [one.verdict for one in report.endorsements] == [
        Verdict.VALID,
        Verdict.INVALID,
        Verdict.INVALID,
        Verdict.VALID,
    ]
    assert code_of(report, checks.ENDORSEMENTS) == "endorsement-not-valid"
    assert code_of(report.endorsements[1], "content-unaltered") == "bad-signature"
    assert code_of(report.endorsements[2], checks.ENDORSED) == "endorses-something-else"


def test_the_endorsements_of_a_forged_badge_are_not_looked_at() -> None:
    """Whoever wrote the badge is not known, so nobody is asked about the others in it."""
    report = check({**MAKER.sign(badge(endorsement=OTHER.sign(endorsement()))), "name": "Other"})
    assert (report.verdict, report.endorsements) == (Verdict.INVALID, ())


def test_a_long_name_is_not_multiplied_by_what_it_holds() -> None:
    """The pointers of endorsements are written, and no others."""
    document: dict[str, Any] = {"k" * 100_000: [[0] for _ in range(8_000)], "other": {"endorsement": endorsement()}}
    found: list[Embedded] = []
    assert peak_of(lambda: found.extend(endorsements_in(document))) < 3_000_000
    assert [one.pointer for one in found] == ["/other/endorsement"]


def test_the_outer_ones_come_first() -> None:
    """When only some are looked at, those that are hidden deep do not push out the others."""
    document: dict[str, Any] = {
        "a/b": [{"endorsement": [endorsement()] * MAX_ENDORSEMENTS}],
        "endorsement": endorsement(),
    }
    found = [one.pointer for one in endorsements_in(document)]
    assert found == ["/endorsement", *(f"/a~1b/0/endorsement/{position}" for position in range(MAX_ENDORSEMENTS))]
