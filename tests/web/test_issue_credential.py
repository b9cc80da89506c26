"""``POST /v1/credentials``."""

from __future__ import annotations

import hashlib
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func
from sqlmodel import col, select

from okbadges.catalogue.shelf import publish
from okbadges.organisations.roles import Scope
from okbadges.storage.tables import CredentialRow, EventRow, ParticipantRow, ShareLinkRow
from support.journal import broken_links
from support.world import order

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import World


def stored(world: World) -> tuple[int, int, int, int]:
    """Count what is kept: credentials, participants, share links, events."""
    with world.rooms.database.read() as session:
        return tuple(  # type: ignore[return-value]
            session.scalar(select(func.count()).select_from(table)) or 0
            for table in (CredentialRow, ParticipantRow, ShareLinkRow, EventRow)
        )


def test_it_works(world: World) -> None:
    """Iida issues a badge to somebody new and gets the credential, its id, and a claim link."""
    answer = world.client.post("/v1/credentials", json=order(), headers=world.as_iida())
    assert answer.status_code == 201
    body = answer.json()
    assert body["id"] == body["credential"]["id"]
    assert body["id"].startswith("urn:uuid:")
    assert body["badge"] == "digi-turva"
    assert body["badge_version"] == 1
    assert uuid.UUID(body["participant"]).version == 4
    assert body["claim_link"].startswith("http://localhost:8000/c/")
    assert body["share_link"] is None


def test_the_credential_is_as_decided(world: World) -> None:
    """The signed body is an OpenBadgeCredential of a neutral issuer that tells nothing about the person."""
    credential = world.issue(valid_until="2028-11-20")["credential"]
    assert credential["@context"] == [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
    ]
    assert credential["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert credential["issuer"]["id"] == "did:web:localhost%3A8000:issuers:ok"
    assert credential["validFrom"] == "2026-11-01T00:00:00Z"
    assert credential["validUntil"] == "2028-11-20T23:59:59Z"
    assert set(credential["credentialSubject"]) == {"id", "type", "achievement"}
    assert uuid.UUID(credential["credentialSubject"]["id"].removeprefix("urn:uuid:")).version == 4
    status = credential["credentialStatus"]
    assert status["type"] == "BitstringStatusListEntry"
    assert status["statusPurpose"] == "revocation"
    assert isinstance(status["statusListIndex"], str)
    assert credential["credentialSchema"][0]["type"] == "1EdTechJsonSchemaValidator2019"
    assert credential["proof"]["cryptosuite"] == "eddsa-rdfc-2022"
    assert credential["proof"]["verificationMethod"] == "did:web:localhost%3A8000:issuers:ok#key-1"
    assert "created" not in credential["proof"]


def test_the_achievement_carries_only_what_everyone_may_see(world: World) -> None:
    """Alignments are common areas of both generations and ESCO; no vocational unit, TUVA part, credits, level or osp is signed."""
    credential = world.issue(badge="vuoro-asiakas")["credential"]
    achievement = credential["credentialSubject"]["achievement"]
    codes = [alignment["targetCode"] for alignment in achievement["alignment"]]
    assert "ammatillisenoppiaineet_vvai22" in codes
    assert "ammatillisenoppiaineet_vvai26" in codes
    assert all(code.startswith(("ammatillisenoppiaineet_", "http://data.europa.eu/esco/skill/")) for code in codes)
    text = json.dumps(credential)
    for forbidden in (
        "tutkinnonosat_106374",
        "koulutuksenosattuva",
        "osaamismerkit_",
        "creditsAvailable",
        "creditsEarned",
        "osp",
        "Kahvila",
        "Kemin",
        "evidence",
        "awardedDate",
    ):
        assert forbidden not in text
    assert {one["inLanguage"] for one in achievement["related"]} == {"sv", "en"}
    assert achievement["inLanguage"] == "fi"
    assert achievement["image"]["caption"]


def test_the_answer_holds_the_stored_bytes(world: World) -> None:
    """What is answered is what was signed and stored, byte for byte."""
    answer = world.client.post("/v1/credentials", json=order(), headers=world.as_iida())
    with world.rooms.database.read() as session:
        row = session.exec(select(CredentialRow)).one()
    assert row.document is not None
    assert row.document in answer.content
    assert row.document_hash == hashlib.sha256(row.document).hexdigest()


def test_a_share_link_is_made_when_asked_for(world: World) -> None:
    """An order with `share` answers with a link that opens."""
    body = world.issue(share={"purpose": "study-plan", "expires_on": "2027-05-01"})
    assert body["share_link"].startswith("http://localhost:8000/s/")
    assert len(body["share_link"].rsplit("/", 1)[1]) >= 22
    opened = world.client.get(body["share_link"], headers={"Accept": "application/json"})
    assert opened.json()["verdict"] == "VALID"


def test_a_share_link_needs_the_participants_word(world: World) -> None:
    """Nobody takes a badge and shows it in a participant's name: without their word nothing is kept, and the words say what to do."""
    body = order(share={"purpose": "study-plan", "expires_on": "2027-05-01"})
    del body["share"]["agreed"]
    before = stored(world)
    answer = world.client.post("/v1/credentials", json=body, headers=world.as_iida())
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (
        422,
        "share-not-agreed",
        "share.agreed",
    )
    assert "leave share out" in answer.json()["detail"]
    assert stored(world) == before


def test_a_known_participant_gets_another_badge(world: World) -> None:
    """Otto, who has one badge, gets a second under the same participant id and another subject id."""
    otto = world.issue()
    second = world.issue(badge="digi-laite", participant=otto["participant"])
    assert second["participant"] == otto["participant"]
    assert second["credential"]["credentialSubject"]["id"] != otto["credential"]["credentialSubject"]["id"]
    assert stored(world)[:2] == (2, 1)


def test_every_language_can_be_issued(world: World) -> None:
    """A badge is issued in Finnish, Swedish or English, each with its own achievement."""
    for language, name in (("fi", "Turvallisesti verkossa"), ("sv", "Tryggt på nätet"), ("en", "Safe online")):
        credential = world.issue(language=language)["credential"]
        assert credential["name"] == name
        assert credential["credentialSubject"]["achievement"]["id"].endswith(f"/v1/{language}")


def test_a_repeat_gets_the_same_bytes(world: World) -> None:
    """The same Idempotency-Key and order are answered with the same bytes, and nothing is issued twice."""
    headers = {**world.as_iida(), "Idempotency-Key": "monday-1"}
    ordered = order(share={"purpose": "other", "expires_on": "2026-12-01"})
    first = world.client.post("/v1/credentials", json=ordered, headers=headers)
    world.clock.move(days=1)
    again = world.client.post("/v1/credentials", json=ordered, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert stored(world)[0] == 1


def test_a_repeat_with_another_order_is_refused(world: World) -> None:
    """An Idempotency-Key that was used for one order does not order anything else."""
    headers = {**world.as_iida(), "Idempotency-Key": "monday-1"}
    world.client.post("/v1/credentials", json=order(), headers=headers)
    other = world.client.post("/v1/credentials", json=order(language="sv"), headers=headers)
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency-key-reused"
    assert stored(world)[0] == 1


def test_equal_requests_side_by_side_issue_once(world: World) -> None:
    """Twenty equal requests at the same moment make one credential and twenty equal answers."""
    headers = {**world.as_iida(), "Idempotency-Key": "all-at-once"}
    with ThreadPoolExecutor(20) as pool:
        answers = list(
            pool.map(lambda _: world.client.post("/v1/credentials", json=order(), headers=headers), range(20))
        )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert stored(world)[0] == 1


def test_an_idempotency_key_belongs_to_its_organisation(world: World) -> None:
    """Two organisations may use the same Idempotency-Key without meeting each other's credentials."""
    ours = world.client.post("/v1/credentials", json=order(), headers={**world.as_iida(), "Idempotency-Key": "k"})
    theirs = world.client.post(
        "/v1/credentials",
        json=order(organisation="ranua", workshop="puu"),
        headers={**world.as_partner(), "Idempotency-Key": "k"},
    )
    assert theirs.status_code == 201
    assert theirs.json()["id"] != ours.json()["id"]


def test_every_issue_is_one_event_in_an_unbroken_chain(world: World) -> None:
    """Each credential has exactly one event, and the hash chain is whole."""
    ids = [world.issue()["id"] for _ in range(3)]
    with world.rooms.database.read() as session:
        issued = select(EventRow.subject).where(EventRow.action == "credential.issued")
        assert session.exec(issued.order_by(col(EventRow.number))).all() == ids
        assert list(broken_links(session)) == []


@pytest.mark.parametrize(
    ("changes", "status", "code", "field"),
    [
        ({"badge": "digi-xyz"}, 422, "unknown-badge", "badge"),
        ({"badge": None}, 422, "invalid-field", "badge"),
        ({"organisation": "ranua"}, 403, "organisation-not-allowed", "organisation"),
        ({"organisation": "nowhere"}, 403, "organisation-not-allowed", "organisation"),
        ({"workshop": "puu"}, 422, "unknown-workshop", "workshop"),
        ({"participant": "6f2d1c1e-0d5a-4f0e-9d5b-1c8a2f7e4b11"}, 422, "unknown-participant", "participant"),
        ({"participant": "Otto"}, 422, "invalid-field", "participant"),
        ({"language": "se"}, 422, "invalid-field", "language"),
        ({"awarded_on": "2026-11-22"}, 422, "awarded-in-future", "awarded_on"),
        ({"awarded_on": "1999-12-31"}, 422, "awarded-too-early", "awarded_on"),
        ({"awarded_on": "yesterday"}, 422, "invalid-field", "awarded_on"),
        ({"valid_until": "2026-11-19"}, 422, "valid-until", "valid_until"),
        ({"valid_until": "9999-12-31"}, 422, "valid-until", "valid_until"),
        ({"share": {"purpose": "study-plan", "expires_on": "2027-11-22"}}, 422, "share-expiry", "share.expires_on"),
        ({"share": {"purpose": "study-plan", "expires_on": "2026-11-01"}}, 422, "share-expiry", "share.expires_on"),
        (
            {"share": {"purpose": "other", "expires_on": "2027-01-01", "agreed": False}},
            422,
            "share-not-agreed",
            "share.agreed",
        ),
        (
            {"share": {"purpose": "other", "expires_on": "2027-01-01", "agreed": "yes"}},
            422,
            "invalid-field",
            "share.agreed",
        ),
        ({"share": {"purpose": "study-plan"}}, 422, "invalid-field", "share.expires_on"),
        ({"share": {"purpose": "selling", "expires_on": "2027-01-01"}}, 422, "invalid-field", "share.purpose"),
        ({"name": "Otto Oppija"}, 422, "invalid-field", "name"),
        ({"award_language": "sv"}, 422, "award-language-unasked", "award_language"),
        ({"badge": "vuoro-kielet"}, 422, "award-language-missing", "award_language"),
        ({"badge": "vuoro-kielet", "award_language": "zz"}, 422, "award-language-unknown", "award_language"),
        (
            {"observation": {"observed_by": "mother", "methods": ["observation"], "occasions": 1}},
            422,
            "invalid-field",
            "observation.observed_by",
        ),
        (
            {
                "observation": {
                    "observed_by": "instructor",
                    "methods": ["observation"],
                    "occasions": 2,
                    "observed_from": "2026-11-10",
                    "observed_until": "2026-11-21",
                }
            },
            422,
            "observation-days",
            "observation.observed_until",
        ),
    ],
)
def test_a_wrong_order_names_the_field_and_stores_nothing(
    world: World, changes: dict[str, Any], status: int, code: str, field: str
) -> None:
    """Whatever is wrong with an order, the problem names the field and nothing is kept."""
    before = stored(world)
    answer = world.client.post("/v1/credentials", json=order(**changes), headers=world.as_iida())
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["field"]) == (status, code, field)
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["detail"]
    assert stored(world) == before


def test_a_retired_badge_is_not_issued(world: World) -> None:
    """A retired badge is refused by name, while what was issued stays valid."""
    issued = world.issue(share={"purpose": "other", "expires_on": "2026-12-01"})
    publish(world.rooms.writer, world.rooms.stamp("test"), {}, frozenset({"digi-turva"}))
    answer = world.client.post("/v1/credentials", json=order(), headers=world.as_iida())
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "badge-retired", "badge")
    shared = world.client.get(issued["share_link"], headers={"Accept": "application/json"})
    assert shared.json()["verdict"] == "VALID"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "access-key-missing"),
        ({"Authorization": "Basic abc"}, "access-key-missing"),
        ({"Authorization": "Bearer okb_abc_def"}, "access-key-malformed"),
        ({"Authorization": "Bearer \xe4\xf6"}, "access-key-malformed"),
    ],
)
def test_without_a_key_nothing_is_issued(world: World, headers: dict[str, str], code: str) -> None:
    """A stranger without a whole access key is told what to send."""
    encoded = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
    answer = world.client.post("/v1/credentials", json=order(), headers=encoded)
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert answer.json()["field"] == "Authorization"
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert stored(world)[0] == 0


def test_an_expired_key_is_refused(world: World) -> None:
    """A key that has ended says so."""
    headers = world.key([Scope.ISSUE], lasts=timedelta(days=1))
    world.clock.move(days=2)
    answer = world.client.post("/v1/credentials", json=order(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "access-key-expired")
    assert answer.json()["field"] == "Authorization"


def test_an_unknown_key_is_refused(world: World) -> None:
    """A key that looks right but was never made here opens nothing."""
    from okbadges.organisations.access_keys import _check_digits  # noqa: PLC0415 - a stranger can compute it too

    key = f"okb_abcdefgh_{'a' * 52}"
    answer = world.client.post(
        "/v1/credentials", json=order(), headers={"Authorization": f"Bearer {key}{_check_digits(key)}"}
    )
    assert (answer.status_code, answer.json()["code"]) == (401, "access-key-unknown")
    assert answer.json()["field"] == "Authorization"


def test_a_key_without_the_scope_is_refused(world: World) -> None:
    """A key that may only read may not issue."""
    answer = world.client.post("/v1/credentials", json=order(), headers=world.key([Scope.READ]))
    assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")
    assert answer.json()["field"] == "Authorization"
    assert stored(world)[0] == 0


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"badge": "digi-turva", "badge": "digi-laite"}', 400, "json-duplicate-key"),
        (b'{"badge": NaN}', 400, "json-malformed"),
        (b"{", 400, "json-malformed"),
        (b"\xff\xfe", 400, "json-not-utf8"),
        (b"[]", 422, "invalid-field"),
        (b"", 422, "invalid-field"),
    ],
)
def test_a_body_that_is_not_strict_json_is_refused(world: World, body: bytes, status: int, code: str) -> None:
    """Duplicate keys, broken JSON and other bodies are refused with a code of their own."""
    headers = {**world.as_iida(), "Content-Type": "application/json"}
    answer = world.client.post("/v1/credentials", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert stored(world)[0] == 0


def test_a_body_that_is_too_large_is_refused(world: World) -> None:
    """A body over 64 KiB is refused before it is read."""
    big = b'{"badge": "' + b"x" * 70_000 + b'"}'
    answer = world.client.post(
        "/v1/credentials", content=big, headers={**world.as_iida(), "Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert answer.json()["field"] == "body"


def test_an_unusable_idempotency_key_is_refused(world: World) -> None:
    """An Idempotency-Key that is too long is refused by name."""
    answer = world.client.post(
        "/v1/credentials", json=order(), headers={**world.as_iida(), "Idempotency-Key": "x" * 201}
    )
    assert (answer.status_code, answer.json()["field"]) == (422, "Idempotency-Key")


def test_the_answer_passes_the_official_schema(world: World, shared: Path) -> None:
    """What is issued passes the published JSON Schema of 1EdTech, formats checked, in every language and for every badge."""
    import jsonschema_rs  # noqa: PLC0415 - an oracle that only this test needs

    schema = json.loads((shared / "standards/data/schemas/ob_v3p0_achievementcredential_schema.json").read_bytes())
    validator = jsonschema_rs.validator_for(schema, validate_formats=True)
    badges = world.client.get("/v1/badges").json()
    assert len(badges) == 40
    participant = None
    # a summary badge comes after the badges that it brings together, which somebody has to hold
    for badge in sorted(badges, key=lambda one: one["kind"] == "summary"):
        changes = {"award_language": "sv"} if badge["slug"] == "vuoro-kielet" else {}
        issued = world.issue(badge=badge["slug"], language="sv", participant=participant, **changes)
        credential, participant = issued["credential"], issued["participant"]
        assert [error.message for error in validator.iter_errors(credential)] == []
