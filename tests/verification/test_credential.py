"""What others and the issuer have said of a credential since: endorsements beside it, a newer version in its place."""

from __future__ import annotations

from typing import Any

from okbadges.credentials.jwt_signing import sign_vc_jwt
from okbadges.verification import Verdict
from okbadges.verification.report import Kind
from verification.making import LIST_URL, Maker, World, check, code_of, credential, outcome_of, status_entry, world_of

ISSUER, EMPLOYER = Maker.by_key(), Maker.by_key(3)
NEWER = "https://issuer.example/refresh/1"
SERVICE = {"id": NEWER, "type": "1EdTechCredentialRefresh"}


def endorsement(about: str = ISSUER.did, **changes: Any) -> dict[str, Any]:
    """Return an unsigned endorsement by the employer."""
    return {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": "urn:uuid:22222222-2222-4222-8222-222222222222",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "We hire by these badges",
        "issuer": {"id": EMPLOYER.did, "type": ["Profile"], "name": "An employer"},
        "validFrom": "2026-10-01T00:00:00Z",
        "credentialSubject": {"id": about, "type": ["EndorsementSubject"], "endorsementComment": "Careful work."},
        **changes,
    }


def test_endorsements_are_verified_and_shown_apart() -> None:
    """An embedded one and a JWT each get a report of their own, anywhere in the badge."""
    jwt = sign_vc_jwt(endorsement(), signer=EMPLOYER.signer, key_id=EMPLOYER.method)
    document = credential(ISSUER.did, endorsement=[EMPLOYER.sign(endorsement())])
    document["issuer"]["endorsementJwt"] = [jwt]
    report = check(ISSUER.sign(document))
    assert report.verdict is Verdict.VALID
    assert [(one.verdict, one.kind, one.form) for one in report.endorsements] == [
        (Verdict.VALID, Kind.ENDORSEMENT, "json"),
        (Verdict.VALID, Kind.ENDORSEMENT, "jwt"),
    ]
    assert [one.pointer for one in report.endorsements] == ["/endorsement/0", "/issuer/endorsementJwt/0"]
    assert outcome_of(report, "endorsements") == ("passed", None)


def test_an_endorsement_never_changes_the_verdict() -> None:
    """A forged, expired, strange or unreadable one is said to be that; the badge is what it is."""
    forged = {**EMPLOYER.sign(endorsement()), "name": "Buy now"}
    expired = EMPLOYER.sign(endorsement(validUntil="2026-10-02T00:00:00Z"))
    strange = EMPLOYER.sign(endorsement(about="https://elsewhere.example/"))
    report = check(ISSUER.badge(endorsement=[forged, expired, strange], endorsementJwt=["aaa.bbb.ccc"]))
    assert report.verdict is Verdict.VALID
    verdicts = [one.verdict for one in report.endorsements]
    assert verdicts == [Verdict.INVALID, Verdict.EXPIRED, Verdict.INVALID, Verdict.REJECTED]
    assert outcome_of(report, "endorsements") == ("failed", "endorsement-not-valid")


def test_an_endorsement_alone_is_verified_and_called_one() -> None:
    """It is a credential like any other, and no badge."""
    report = check(EMPLOYER.sign(endorsement()))
    assert (report.verdict, report.kind) == (Verdict.VALID, Kind.ENDORSEMENT)


def test_the_newer_version_of_an_expired_badge_stands_for_it() -> None:
    """The issuer has renewed it: everything in the report is said of the newer version, and it says so."""
    old = ISSUER.badge(refreshService=SERVICE, validUntil="2026-10-15T00:00:00Z")
    new = ISSUER.badge(refreshService=SERVICE, validFrom="2026-10-16T00:00:00Z")
    world = World({NEWER: new})
    report = check(old, world)
    assert (report.verdict, report.refreshed) == (Verdict.VALID, True)
    assert report.document == new
    assert outcome_of(report, "refresh") == ("passed", None)
    assert world.asked == [NEWER]  # once only, and the newer one's own service is not asked


def test_a_newer_version_never_hides_that_the_older_was_revoked() -> None:
    """What was taken back stays taken back, whatever stands at the address."""
    status = status_entry(7, url=LIST_URL)
    old = ISSUER.badge(refreshService=SERVICE, credentialStatus=status)
    new = ISSUER.badge(validFrom="2026-10-16T00:00:00Z")
    world = world_of(ISSUER, status=ISSUER.status_list(7))
    world.documents[NEWER] = new
    report = check(old, world)
    assert (report.verdict, report.refreshed) == (Verdict.REVOKED, False)


def test_what_is_no_newer_version_leaves_the_original() -> None:
    """A forged answer, another badge, or none: the original stays what was checked, with a remark."""
    old = ISSUER.badge(refreshService=SERVICE)
    forged = {**ISSUER.badge(validFrom="2026-10-16T00:00:00Z"), "name": "Knows everything"}
    for answer, code in ((forged, "refresh-not-relied-on"), (EMPLOYER.badge(), "refresh-another-credential")):
        report = check(old, World({NEWER: answer}))
        assert (report.verdict, report.refreshed, report.document) == (Verdict.VALID, False, old)
        assert code_of(report, "refresh") == code
    assert code_of(check(old, World()), "refresh") == "refresh-unreachable"


def test_a_badge_of_the_older_data_model_is_verified() -> None:
    """VCDM 1.1 has other names for the dates; they count like those of 2.0."""
    older = credential(ISSUER.did, validFrom=..., issuanceDate="2026-10-01T00:00:00Z", credentialSchema=...)
    del older["credentialSubject"]["achievement"]["inLanguage"]  # not in that context yet
    older["@context"] = [
        "https://www.w3.org/2018/credentials/v1",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json",
        "https://w3id.org/security/data-integrity/v2",
    ]
    report = check(ISSUER.sign(older))
    assert report.verdict is Verdict.VALID
    assert report.credential is not None
    assert report.credential.valid_from is not None
    assert check(ISSUER.sign({**older, "expirationDate": "2026-10-02T00:00:00Z"})).verdict is Verdict.EXPIRED
    assert check(ISSUER.sign({**older, "issuanceDate": "2027-10-02T00:00:00Z"})).verdict is Verdict.NOT_YET_VALID
