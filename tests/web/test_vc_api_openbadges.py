"""``/vc-api`` in the profile ``openbadges``: a partner hands in a badge, our issuer signs it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from okbadges.app import create_app
from okbadges.credentials.vc_jwt import read_jwt
from okbadges.organisations.roles import Scope
from okbadges.storage.tables import EventRow
from support.conformance import signed_by_suite, suite_signer
from support.journal import broken_links
from support.world import BASE_URL, Clock, settings_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from httpx2 import Response

    from support.world import Prepared, World

OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
V2 = "https://www.w3.org/ns/credentials/v2"
DID = "did:web:localhost%3A8000:issuers:ok"


def badge(**changes: Any) -> dict[str, Any]:
    """Return a badge as a partner writes it, some members changed; a member that is None is left out."""
    usual = {
        "@context": [V2, OB],
        "id": "urn:uuid:0b1f5f1e-6b3c-4a53-9c58-5a4d7c1f2e3d",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Knot tying",
        "issuer": DID,
        "validFrom": "2026-11-01T00:00:00Z",
        "credentialSubject": {
            "id": "did:example:ada",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "https://partner.example/badges/knots",
                "type": ["Achievement"],
                "name": "Knot tying",
                "description": "Ties six knots.",
                "criteria": {"narrative": "Ties six knots without help."},
            },
        },
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def _issue(world: World, document: object, scopes: tuple[Scope, ...] = (Scope.VC_API,)) -> Response:
    body = {"credential": document, "options": {}}
    answer: Response = world.client.post("/vc-api/credentials/issue", json=body, headers=world.key(scopes))
    return answer


def test_it_works(world: World) -> None:
    """A badge that names our issuer is signed with its key, keeps what it says, and is verified and recognised."""
    answer = _issue(world, badge())
    assert answer.status_code == 201, answer.text
    signed = answer.json()["verifiableCredential"]
    assert signed["issuer"]["id"] == DID
    assert signed["issuer"]["name"] == "OK! osaamismerkit"
    assert {name: value for name, value in signed.items() if name not in ("issuer", "proof")} == badge(issuer=None)
    found = world.client.post("/vc-api/credentials/verify", json={"verifiableCredential": signed})
    assert found.status_code == 200, found.text
    assert found.json()["report"]["issuer"]["recognised"] is True
    assert found.headers["cache-control"] == "no-store"
    with world.rooms.database.read() as session:
        event = session.exec(select(EventRow).where(EventRow.action == "credential.handed-in")).one()
        assert event.subject == badge()["id"]
        assert json.loads(event.details)["document"]
        assert list(broken_links(session)) == []


def test_id_and_issuer_are_filled_in(world: World) -> None:
    """A badge without an id and an issuer gets a random id and the only issuer of the key's organisation."""
    first = _issue(world, badge(id=None, issuer=None)).json()["verifiableCredential"]
    second = _issue(world, badge(id=None, issuer={"type": ["Profile"]})).json()["verifiableCredential"]
    assert first["id"].startswith("urn:uuid:")
    assert first["id"] != second["id"]
    assert first["issuer"] == second["issuer"]


def test_a_key_needs_the_scope_of_its_own(world: World) -> None:
    """No other scope opens this address, and no key is no key."""
    assert _issue(world, badge(), (Scope.ISSUE, Scope.READ, Scope.REVOKE)).status_code == 403
    assert world.client.post("/vc-api/credentials/issue", json={"credential": badge()}).status_code == 401


NOT_OURS: tuple[tuple[dict[str, Any], int, str], ...] = (
    ({"type": ["VerifiableCredential"]}, 422, "not-a-badge"),
    ({"type": ["VerifiableCredential", "EndorsementCredential"]}, 422, "not-a-badge"),
    ({"type": "OpenBadgeCredential"}, 422, "not-a-badge"),
    ({"issuer": "did:example:other"}, 422, "issuer-not-allowed"),
    ({"issuer": {"id": None}}, 422, "issuer-not-allowed"),
    ({"issuer": ["did:example:other"]}, 422, "issuer-not-allowed"),
    ({"issuer": {"id": DID, "name": "Somebody else"}}, 422, "issuer-differs"),
    ({"proof": {"type": "DataIntegrityProof"}}, 400, "already-signed"),
    ({"validFrom": None}, 400, "lint"),
    ({"@context": [V2]}, 400, "lint"),
    ({"surprise": "a term that no context defines"}, 400, "undefined-term"),
    ({"credentialSubject": {"type": ["AchievementSubject"]}}, 400, "lint"),
    ({"id": "not a url"}, 400, "lint"),
)


def test_what_is_not_a_badge_of_ours_is_refused(world: World) -> None:
    """Another type, another issuer, a mistake or a lost term: refused with the field, and nothing is in the journal."""
    headers = world.key((Scope.VC_API,))
    for change, status, code in NOT_OURS:
        body = {"credential": badge(**change)}
        answer = world.client.post("/vc-api/credentials/issue", json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
        assert answer.json()["field"].startswith("credential")
    with world.rooms.database.read() as session:
        assert session.exec(select(EventRow).where(EventRow.action == "credential.handed-in")).first() is None


def test_our_status_lists_are_ours(world: World) -> None:
    """A place in one of our lists is not for a partner to choose, however the address is spelled."""
    for address in ("http://localhost:8000/issuers/ok/status/1", "HTTP://LOCALHOST:8000/issuers/ok/status/1"):
        entry = {
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "1",
            "statusListCredential": address,
        }
        answer = _issue(world, badge(credentialStatus=entry))
        assert (answer.status_code, answer.json()["code"]) == (422, "status-list-ours")


def test_an_id_that_this_service_issued_is_not_signed_again(world: World) -> None:
    """A credential of ours cannot get a second content under its id."""
    ours = world.issue()["id"]
    answer = _issue(world, badge(id=ours))
    assert (answer.status_code, answer.json()["code"]) == (409, "credential-exists")


def test_forms_and_keys_of_conformance_runs_are_not_there(world: World) -> None:
    """Outside of a conformance run there are no other forms, no derived credentials and no lists of its keys."""
    headers = world.key((Scope.VC_API,))
    for path in ("/vc-api/eddsa-jcs-2022/credentials/issue", "/vc-api/credentials/derive"):
        assert world.client.post(path, json={"credential": badge()}, headers=headers).status_code == 404
    assert world.client.get("/vc-api/status/ed25519").status_code == 404
    assert world.rooms.vc_api.conformance is None


NOT_VERIFIABLE: tuple[tuple[dict[str, Any], int], ...] = (
    ({}, 422),
    ({"verifiableCredential": None}, 422),
    ({"verifiableCredential": []}, 422),
    ({"verifiableCredential": "https://elsewhere.example/badge"}, 400),
    ({"verifiableCredential": "a.b"}, 400),
    ({"verifiableCredential": "a.b.c"}, 400),
    ({"verifiableCredential": {}}, 400),
    ({"verifiableCredential": {"type": 7}}, 400),
    ({"verifiableCredential": badge()}, 400),
)


def test_what_cannot_be_verified_is_a_problem(world: World) -> None:
    """Never 200 and never 500; a link is not followed."""
    for body, status in NOT_VERIFIABLE:
        answer = world.client.post("/vc-api/credentials/verify", json=body)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_status_that_cannot_be_looked_up_leaves_it_open(world: World) -> None:
    """What could not be told is 422, with the word for it."""
    _, did = suite_signer()
    signed = signed_by_suite(badge(issuer={"id": did, "type": ["Profile"]}, credentialStatus=_entry()))
    answer = world.client.post("/vc-api/credentials/verify", json={"verifiableCredential": signed})
    body = answer.json()
    assert answer.status_code == 422, answer.text
    assert body["verified"] is False
    assert body["report"]["verdict"] == "INDETERMINATE"
    assert [problem["code"] for problem in body["problemDetails"]] == [body["code"]]


def _entry(url: str = "https://127.0.0.1:9/status/1") -> dict[str, str]:
    return {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "1",
        "statusListCredential": url,
    }


NEVER_VALID: tuple[dict[str, Any], ...] = (
    _entry(),
    _entry("http://elsewhere.example/status"),
    {**_entry(), "statusListIndex": "-1"},
    {**_entry(), "statusPurpose": "dreaming"},
)


@pytest.mark.parametrize("entry", NEVER_VALID)
def test_a_status_that_our_verifier_does_not_pass_is_not_signed(world: World, entry: dict[str, Any]) -> None:
    """A badge whose status nobody can look up would never be valid: refused, with the field, and not in the journal."""
    answer = _issue(world, badge(credentialStatus=entry))
    assert (answer.status_code, answer.json()["field"]) == (422, "credential.credentialStatus"), answer.text
    assert _handed_in(world) == []


def test_a_status_without_effect_is_signed(world: World) -> None:
    """An entry that changes nothing, such as one for newer versions, does not stand in the way."""
    answer = _issue(world, badge(credentialStatus={**_entry(), "statusPurpose": "refresh"}))
    assert answer.status_code == 201, answer.text


def test_a_badge_that_begins_later_or_is_over_is_signed(world: World) -> None:
    """The dates are the partner's to choose: only what no day would make valid is refused."""
    later = _issue(world, badge(id=None, validFrom="2030-01-01T00:00:00Z"))
    over = _issue(world, badge(id=None, validFrom="2020-01-01T00:00:00Z", validUntil="2021-01-01T00:00:00Z"))
    assert (later.status_code, over.status_code) == (201, 201)


REFUSED_OPTIONS: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"cryptosuite": "ecdsa-rdfc-2019"}, "unknown-form", "options.cryptosuite"),
    ({"cryptosuite": "eddsa-jcs-2022"}, "unknown-form", "options.cryptosuite"),
    ({"cryptosuite": "bogus"}, "unknown-form", "options.cryptosuite"),
    ({"mandatoryPointers": ["/issuer"]}, "unknown-form", "options.mandatoryPointers"),
    ({"challenge": "c"}, "option-not-supported", "options.challenge"),
    ({"domain": "d"}, "option-not-supported", "options.domain"),
    ({"proofId": "urn:x:1"}, "option-not-supported", "options.proofId"),
    ({"previousProof": "urn:x:1"}, "option-not-supported", "options.previousProof"),
    ({"credentialStatus": True}, "option-not-supported", "options.credentialStatus"),
    ({"cryptosuite": 7}, "invalid-field", "options.cryptosuite"),
    ({"mandatoryPointers": "/issuer"}, "invalid-field", "options.mandatoryPointers"),
    ({"previousProof": {}}, "invalid-field", "options.previousProof"),
)


@pytest.mark.parametrize(("options", "code", "field"), REFUSED_OPTIONS)
def test_options_that_are_not_followed_are_refused(
    world: World, options: dict[str, Any], code: str, field: str
) -> None:
    """Who asks for another form of proof does not get ours instead."""
    body = {"credential": badge(), "options": options}
    answer = world.client.post("/vc-api/credentials/issue", json=body, headers=world.key((Scope.VC_API,)))
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, code, field), answer.text
    assert _handed_in(world) == []


def test_the_form_of_badges_may_be_named(world: World) -> None:
    """Asking for what is done anyway, or for things that we do not know, changes nothing."""
    options = {
        "cryptosuite": "eddsa-rdfc-2022",
        "mandatoryPointers": [],
        "credentialStatus": False,
        "credentialId": "x",
    }
    body = {"credential": badge(), "options": options}
    answer = world.client.post("/vc-api/credentials/issue", json=body, headers=world.key((Scope.VC_API,)))
    assert answer.status_code == 201, answer.text


def test_one_id_has_one_content(world: World) -> None:
    """The same badge again gets the same bytes and no second event; another of the same id is a conflict, also after hours."""
    first = _issue(world, badge())
    again = _issue(world, badge())
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    world.clock.move(hours=5)
    other = _issue(world, badge(name="Another name"))
    assert (other.status_code, other.json()["code"], other.json()["field"]) == (
        409,
        "credential-exists",
        "credential.id",
    )
    assert _handed_in(world) == [badge()["id"]]


def test_one_id_has_one_content_also_at_the_same_moment(world: World) -> None:
    """Of several badges of one id that arrive together exactly one is signed."""
    headers = world.key((Scope.VC_API,))

    def hand_in(number: int) -> int:
        body = {"credential": badge(name=f"Name {number}")}
        status: int = world.client.post("/vc-api/credentials/issue", json=body, headers=headers).status_code
        return status

    with ThreadPoolExecutor(8) as together:
        assert sorted(together.map(hand_in, range(8))) == [201] + [409] * 7
    assert _handed_in(world) == [badge()["id"]]


def _handed_in(world: World) -> list[str]:
    with world.rooms.database.read() as session:
        return list(session.exec(select(EventRow.subject).where(EventRow.action == "credential.handed-in")))


def test_every_mistake_is_named(world: World) -> None:
    """A badge with several mistakes gets all of them at once, each a sentence with its dotted field."""
    wrong = badge(name=7, validFrom="yesterday", awardedDate=None)
    wrong["credentialSubject"]["achievement"].pop("description")
    body = _issue(world, wrong).json()
    assert (body["status"], body["code"]) == (400, "lint")
    found = {one["field"]: one["detail"] for one in body["errors"]}
    assert found == {
        "credential.name": "name must be a text.",
        "credential.validFrom": "validFrom is not a date and time with its zone, like 2026-03-01T12:00:00Z.",
        "credential.credentialSubject.achievement.description": "credentialSubject.achievement.description is missing.",
    }
    assert body["field"] == body["errors"][0]["field"]
    assert body["detail"].startswith("This credential would not be valid: ")
    assert body["detail"].count(";") == 2


def test_no_more_than_twenty_mistakes_are_listed(world: World) -> None:
    """Of very many mistakes the first are listed, and the detail counts the rest."""
    body = _issue(world, {**badge(), **{f"ext:{number}": None for number in range(50)}}).json()
    assert len(body["errors"]) == 20
    assert body["errors"][1]["field"] == "credential.ext:1"
    assert body["detail"].endswith("; and 47 more.")


def test_a_field_is_a_dotted_path(world: World) -> None:
    """Fields are written as everywhere in our API, also for terms that no context defines."""
    assert _issue(world, badge(surprise="x")).json()["field"] == "credential.surprise"
    changed = badge()
    changed["credentialSubject"]["achievement"]["a/b"] = "x"
    assert _issue(world, changed).json()["field"] == "credential.credentialSubject.achievement.a/b"


@pytest.mark.parametrize("value", [7, None, [], True])
def test_a_wrong_type_is_said_in_plain_words(world: World, value: object) -> None:
    """What is neither an object nor a text is named by its field, in one sentence without words of our tools."""
    for path, member in (("credentials", "verifiableCredential"), ("presentations", "verifiablePresentation")):
        answer = world.client.post(f"/vc-api/{path}/verify", json={member: value})
        body = answer.json()
        assert (answer.status_code, body["field"]) == (422, member)
        assert body["errors"] == [{"field": member, "detail": "must be a JSON object, or a text that is a compact JWT"}]
    body = {"credential": value}
    refused = world.client.post("/vc-api/credentials/issue", json=body, headers=world.key((Scope.VC_API,)))
    assert refused.json()["detail"] == "credential: must be a JSON object"


def test_checks_that_waited_are_no_problems(world: World) -> None:
    """What is wrong is listed, and not every check that could not be made because of it; the report has them all."""
    answer = world.client.post("/vc-api/credentials/verify", json={"verifiableCredential": {"type": 7}})
    body = answer.json()
    assert "earlier-step" in answer.text
    assert [problem["code"] for problem in body["problemDetails"]] == [body["code"]]
    assert not any("Not looked at" in words for words in body["errors"])
    forged = _issue(world, badge()).json()["verifiableCredential"] | {"name": "Another"}
    body = world.client.post("/vc-api/credentials/verify", json={"verifiableCredential": forged}).json()
    types = [problem["type"].partition("#")[2] for problem in body["problemDetails"]]
    assert types == ["PROOF_VERIFICATION_ERROR"]


def test_a_revoked_credential_is_not_verified(world: World) -> None:
    """Revoking a credential of ours turns 200 into 400."""
    issued = world.issue()
    body = {"verifiableCredential": issued["credential"]}
    assert world.client.post("/vc-api/credentials/verify", json=body).status_code == 200
    reason = {"reason": "issued-in-error"}
    world.client.post(f"/v1/credentials/{issued['id']}/revoke", json=reason, headers=world.as_iida())
    world.clock.move(seconds=2)
    answer = world.client.post("/vc-api/credentials/verify", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "revoked")


def test_another_credential_than_a_badge_is_not_verified(world: World) -> None:
    """In this profile only Open Badges are verified."""
    other = {
        "@context": [V2],
        "type": ["VerifiableCredential"],
        "issuer": DID,
        "credentialSubject": {"id": "did:example:a"},
    }
    answer = world.client.post("/vc-api/credentials/verify", json={"verifiableCredential": other})
    assert answer.status_code == 400


def test_off_means_that_nothing_is_there(ground: tuple[str, Prepared]) -> None:
    """With OKBADGES_VC_API_PROFILE=off nothing is issued or verified under /vc-api, nor described; wallets still take what is offered."""
    settings = settings_for(ground[0]).model_copy(update={"vc_api_profile": "off"})
    with TestClient(create_app(settings, now=Clock()), base_url=BASE_URL) as client:
        for path in ("credentials/issue", "credentials/verify", "presentations/verify"):
            assert client.post(f"/vc-api/{path}", json={}).status_code == 404
        described = client.get("/openapi.json").json()["paths"]
        assert [path for path in described if path.startswith("/vc-api")] == ["/vc-api/exchanges/{token}"]


def test_a_conformance_run_asks_for_a_key_unless_told_otherwise(
    ground: tuple[str, Prepared], keyed: Callable[[Any], dict[str, str]]
) -> None:
    """In the profile any the same scope is needed, unless OKBADGES_VC_API_WITHOUT_KEY is set."""
    settings = settings_for(ground[0]).model_copy(update={"vc_api_profile": "any"})
    app = create_app(settings, now=Clock())
    document = {"@context": [V2], "type": ["VerifiableCredential"], "credentialSubject": {"id": "did:example:a"}}
    with TestClient(app, base_url=BASE_URL) as client:
        assert client.post("/vc-api/credentials/issue", json={"credential": document}).status_code == 401
        headers = keyed(app)
        issued = client.post("/vc-api/vc+jwt/credentials/issue", json={"credential": document}, headers=headers)
        assert issued.status_code == 201
        jwt = issued.json()["verifiableCredential"]["id"].partition(",")[2]
        assert read_jwt(jwt).algorithm == "ES256"


@pytest.fixture
def keyed() -> Callable[[Any], dict[str, str]]:
    """Return a function that makes a key with the scope of VC-API in an application's installation."""
    from support.world import World as Installation  # noqa: PLC0415 - for its method that makes keys

    return lambda app: Installation(app, TestClient(app), Clock(), None).key((Scope.VC_API,))  # type: ignore[arg-type]
