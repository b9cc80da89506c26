"""A holder cannot move what the issuer said of the credential to a place where nobody looks for it.

RDF merges objects that share one id, so the same signature holds wherever a member stands among them. What a verifier reads of
the credential must stand in the credential.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from okbadges.credentials.strict_json import dumps
from okbadges.errors import CredentialError
from okbadges.verification import Report, verify
from okbadges.verification.profile import ANY
from verification.making import LIST_URL, NOW, Maker, World, credential, status_entry

if TYPE_CHECKING:
    from collections.abc import Callable

CREDENTIAL = "urn:uuid:6f9a1c1e-3e1b-4f0e-9f06-9f6f3f6c2a10"


def shared_ids(maker: Maker, **changes: Any) -> dict[str, Any]:
    """Return a badge whose evidence has the credential's own id, so that RDF takes both for one thing."""
    evidence = [{"id": CREDENTIAL, "type": ["Evidence"], "name": credential("did:x:y")["name"]}]
    return maker.badge(evidence=evidence, **changes)


def checked(document: dict[str, Any], world: World) -> Report:
    """Verify a document on the day of these tests."""
    return verify(dumps(document), fetch=world, now=NOW)


def test_an_id_that_is_used_twice_is_not_forbidden_by_itself() -> None:
    """An honest badge whose evidence has the credential's id and name still holds, as does one that only refers to it."""
    maker = Maker.by_key()
    assert checked(shared_ids(maker), World()).verdict == "VALID"
    assert checked(maker.badge(evidence=[{"id": CREDENTIAL, "type": ["Evidence"]}]), World()).verdict == "VALID"


@pytest.mark.parametrize("member", ["credentialStatus", "validUntil", "validFrom", "credentialSchema"])
def test_a_moved_member_is_refused(member: str) -> None:
    """Each member that belongs to the credential is refused in another object of the same id."""
    maker = Maker.by_web()
    world = World(
        {"https://issuer.example/issuers/house/did.json": maker.did_document(), LIST_URL: maker.status_list(7)}
    )
    honest = shared_ids(maker, credentialStatus=status_entry(), validUntil="2026-10-20T00:00:00Z")
    assert checked(honest, world).verdict == "REVOKED"
    forged = copy.deepcopy(honest)
    forged["evidence"][0]["type"].append("VerifiableCredential")
    forged["evidence"][0][member] = forged.pop(member)
    report = checked(forged, world)
    assert report.verdict == "INVALID"
    assert "split-node" in {check.code for check in report.checks} or member == "validFrom"


def test_a_revoked_badge_cannot_be_made_valid_by_moving_two_members() -> None:
    """The holder of a revoked, expired badge who moves status and end away gets INVALID, never VALID."""
    maker = Maker.by_web()
    world = World(
        {"https://issuer.example/issuers/house/did.json": maker.did_document(), LIST_URL: maker.status_list(7)}
    )
    forged = shared_ids(maker, credentialStatus=status_entry(), validUntil="2026-10-20T00:00:00Z")
    forged["evidence"][0]["type"].append("VerifiableCredential")
    for member in ("credentialStatus", "validUntil"):
        forged["evidence"][0][member] = forged.pop(member)
    assert checked(forged, world).verdict == "INVALID"


@pytest.mark.parametrize("member", ["endorsement", "evidence", "x"])
def test_a_document_of_very_many_values_is_refused_before_any_work(member: str) -> None:
    """Tens of thousands of empty objects are refused at the door, whatever member they stand in."""
    maker = Maker.by_key()
    report = checked(maker.badge() | {member: [{}] * 20_000}, World())
    assert report.verdict == "REJECTED"
    assert report.checks[0].code == "too-many-values"


def test_a_picture_inside_a_badge_is_not_too_much() -> None:
    """A badge that holds its picture as a long data address is only one value more."""
    maker = Maker.by_key()
    image = {"id": "data:image/png;base64," + "A" * 400_000, "type": "Image"}
    assert checked(maker.badge(image=image), World()).verdict == "VALID"


def _endorsed(maker: Maker) -> dict[str, Any]:
    """Return an honest badge whose creator is the issuer, with endorsements of the badge, its holder and the achievement."""
    document = credential(maker.did, awardedDate="2026-10-01T00:00:00Z")
    subject = document["credentialSubject"]
    subject["achievement"]["creator"] = {"id": maker.did, "type": ["Profile"], "name": document["issuer"]["name"]}
    subject["result"] = [{"type": ["Result"], "value": "F"}]
    about = (document["id"], subject["id"], subject["achievement"]["id"])
    document["endorsement"] = [_endorsement(one, number) for number, one in enumerate(about)]
    return maker.sign(document)


def _endorsement(about: str, number: int) -> dict[str, Any]:
    other = Maker.by_key(5)
    return other.badge(
        id=f"urn:uuid:6f9a1c1e-3e1b-4f0e-9f06-9f6f3f6c2b1{number}",
        type=["VerifiableCredential", "EndorsementCredential"],
        credentialSubject={"id": about, "type": ["EndorsementSubject"], "endorsementComment": "Good."},
    )


def _result_away(badge: dict[str, Any]) -> None:
    target = badge["endorsement"][1]["credentialSubject"]
    target["type"].append("AchievementSubject")
    target["result"] = badge["credentialSubject"].pop("result")


def _alignment_away(badge: dict[str, Any]) -> None:
    target = badge["endorsement"][2]["credentialSubject"]
    target["alignment"] = badge["credentialSubject"]["achievement"].pop("alignment")


def _award_away(badge: dict[str, Any]) -> None:
    badge["endorsement"][0]["credentialSubject"]["awardedDate"] = badge.pop("awardedDate")


def _address_away(badge: dict[str, Any]) -> None:
    badge["credentialSubject"]["achievement"]["creator"]["url"] = badge["issuer"].pop("url")


@pytest.mark.parametrize("move", [_result_away, _alignment_away, _award_away, _address_away])
def test_nothing_can_be_moved_to_another_object_of_the_same_id(move: Callable[[dict[str, Any]], None]) -> None:
    """A result, an alignment, a date or the issuer's address away from its place: the badge is no longer VALID."""
    badge = _endorsed(Maker.by_key())
    assert checked(badge, World()).verdict == "VALID"
    move(badge)
    report = checked(badge, World())
    assert report.verdict in {"INVALID", "INDETERMINATE"}
    assert "ambiguous-node" in {check.code for check in report.checks}


def test_two_names_of_one_id_are_not_signed() -> None:
    """An issuer whose badge names the same profile in two ways is told before it is signed."""
    creator = {"id": Maker.by_key().did, "type": ["Profile"], "name": "Another department"}
    document = credential(Maker.by_key().did)
    document["credentialSubject"]["achievement"]["creator"] = creator
    with pytest.raises(CredentialError) as caught:
        Maker.by_key().sign(document)
    assert caught.value.code == "ambiguous-node"


DIPLOMA = {"Diploma": "https://ex.example/Diploma", "size": "https://ex.example/size"}


def _any(**members: Any) -> dict[str, Any]:
    maker = Maker.by_key()
    document = {
        "@context": ["https://www.w3.org/2018/credentials/v1", "https://w3id.org/security/data-integrity/v2", DIPLOMA],
        "id": CREDENTIAL,
        "type": ["VerifiableCredential", "Diploma"],
        "issuer": maker.did,
        "issuanceDate": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:a"},
        **members,
    }
    return maker.sign(document, canonical=ANY.canonical)


def test_the_end_of_a_credential_cannot_be_renamed() -> None:
    """In the profile of any credential, a context of the holder's own gives the end no name that nobody looks for."""
    signed = _any(expirationDate="2026-02-01T00:00:00Z")
    assert verify(dumps(signed), fetch=World(), now=NOW, profile=ANY).verdict == "EXPIRED"
    until = {"@id": "cred:expirationDate", "@type": "http://www.w3.org/2001/XMLSchema#dateTime"}
    signed["@context"][2] = {"Zoo": {"@id": DIPLOMA["Diploma"], "@context": {"until": until}}}
    signed["type"][1], signed["until"] = "Zoo", signed.pop("expirationDate")
    report = verify(dumps(signed), fetch=World(), now=NOW, profile=ANY)
    assert (report.verdict, {check.code for check in report.checks} & {"inline-context"}) == (
        "INVALID",
        {"inline-context"},
    )


def test_two_words_cannot_change_places() -> None:
    """A context of the holder's own does not make a signed motto the name that the report gives."""
    motto = {"name": "https://schema.org/name", "motto": "https://ex.example/motto"}
    contexts = [*_any()["@context"][:2], DIPLOMA | motto]
    signed = _any(**{"@context": contexts, "name": "Attended", "motto": "Master"})
    assert verify(dumps(signed), fetch=World(), now=NOW, profile=ANY).verdict == "VALID"
    signed["@context"][2] = DIPLOMA | {"name": motto["motto"], "motto": motto["name"]}
    signed["name"], signed["motto"] = "Master", "Attended"
    assert verify(dumps(signed), fetch=World(), now=NOW, profile=ANY).verdict == "INVALID"
