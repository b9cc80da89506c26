"""Any W3C credential and presentation: the shapes of the data model, asked as the W3C's own suite asks."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from credentials.memory import peak_of
from okbadges.credentials.expansion import ANY
from okbadges.credentials.model import (
    ShapeMistake,
    check_credential_shape,
    check_presentation_shape,
    data_model,
    related_resources,
)
from okbadges.credentials.model.mistakes import MOST_MISTAKES
from okbadges.credentials.model.related_resources import KNOWN_DIGESTS
from okbadges.credentials.multibase import encode_multibase_base58, encode_multibase_base64url
from okbadges.credentials.vocabulary import (
    CREDENTIALS_EXAMPLES_V2,
    CREDENTIALS_V1,
    CREDENTIALS_V2,
)
from okbadges.errors import CredentialError
from support import published

if TYPE_CHECKING:
    from pathlib import Path

ISSUER: Final = "did:example:issuer"
PROOF: Final = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "proofPurpose": "assertionMethod"}
JWT: Final = "eyJhbGciOiJFUzI1NiJ9.e30.c2ln"


def credential(**members: Any) -> dict[str, Any]:
    """Return a small credential of VCDM 2.0 with these members; one that is ``...`` is left out."""
    document = {
        "@context": [CREDENTIALS_V2],
        "type": ["VerifiableCredential"],
        "issuer": ISSUER,
        "credentialSubject": {"id": "did:example:subject"},
        **members,
    }
    return {name: value for name, value in document.items() if value is not ...}


def older(**members: Any) -> dict[str, Any]:
    """Return a small credential of VCDM 1.1 with these members."""
    return credential(**{"@context": [CREDENTIALS_V1], "issuanceDate": "2026-01-01T00:00:00Z", **members})


def presentation(**members: Any) -> dict[str, Any]:
    """Return a small presentation with these members."""
    document = {"@context": [CREDENTIALS_V2], "type": ["VerifiablePresentation"], **members}
    return {name: value for name, value in document.items() if value is not ...}


def places(mistakes: list[ShapeMistake]) -> list[str]:
    """Return where the mistakes are."""
    return [mistake.pointer for mistake in mistakes]


def _as_the_suite_sends_it(document: dict[str, Any], *, signed: bool = True) -> dict[str, Any]:
    """Name the issuer and fill in the dates as the W3C's suite does before it sends a file to an implementation."""
    if "VerifiablePresentation" in document.get("type", []) or "verifiableCredential" in document:
        for held in document.get("verifiableCredential", []):
            if signed and isinstance(held, dict) and held.get("type") != "EnvelopedVerifiableCredential":
                held["proof"] = PROOF
        return document
    issuer = document.setdefault("issuer", ISSUER)
    if isinstance(issuer, dict):
        issuer.setdefault("id", ISSUER)
    for name, written in (("PAST DATE", "2020-01-01T00:00:00Z"), ("FUTURE DATE", "2060-01-01T00:00:00Z")):
        for member in ("validFrom", "validUntil"):
            if document.get(member) == name:
                document[member] = written
    return document


def _accepted(document: dict[str, Any], name: str) -> bool:
    """Say whether the document is sound and all of it has a meaning; what an envelope holds is for others to open."""
    check = check_presentation_shape if name.startswith("presentation") else check_credential_shape
    if check(document):
        return False
    document.pop("proof", None)
    try:
        ANY.to_quads(document)
    except CredentialError:
        return False
    return True


def test_it_works() -> None:
    """Small credentials of both data models and an empty presentation have no mistakes."""
    assert check_credential_shape(credential()) == []
    assert check_credential_shape(older()) == []
    assert check_presentation_shape(presentation()) == []


def test_every_input_of_the_w3c_gets_its_result(shared: Path) -> None:
    """Each ok file is accepted and each fail file refused, by its shape or because a word of it means nothing."""
    folder = shared / "standards/data/vectors/w3c-vcdm2-input"
    names = {"ok": 0, "fail": 0}
    for path in sorted(folder.rglob("*.json")):
        document = _as_the_suite_sends_it(json.loads(path.read_text()))
        if path.stem == "presentation-enveloped-vc-missing-type-fail":
            continue  # what its JWT holds is no credential: seen when the envelope is opened
        wanted = path.stem.endswith("-ok") or "self-asserted" in path.stem
        assert _accepted(document, path.stem) == wanted, path.name
        names["ok" if wanted else "fail"] += 1
    assert names["ok"] >= 60
    assert names["fail"] >= 35


def test_the_words_of_a_holder_need_the_holder(shared: Path) -> None:
    """A credential that nothing but the presentation secures is the holder's: who must be named, and be its issuer."""
    folder = shared / "standards/data/vectors/w3c-vcdm2-input"
    found = {}
    for path in sorted(folder.glob("presentation-self-asserted-*.json")):
        document = _as_the_suite_sends_it(json.loads(path.read_text()), signed=False)
        found[path.stem.removeprefix("presentation-self-asserted-vc-")] = places(check_presentation_shape(document))
    wrong = ["/verifiableCredential/0"]
    assert found == {"ok": [], "holder-mismatch": wrong, "issuer-mismatch": wrong, "no-holder": wrong}


@pytest.mark.parametrize(
    ("member", "value", "where"),
    [
        ("@context", ..., "/@context"),
        ("@context", CREDENTIALS_EXAMPLES_V2, "/@context"),
        ("@context", [], "/@context"),
        ("@context", [{"a": "urn:a"}, CREDENTIALS_V2], "/@context"),
        ("@context", [CREDENTIALS_V2, 7], "/@context"),
        ("@context", [CREDENTIALS_V2, CREDENTIALS_V1], "/@context"),
        ("@context", [CREDENTIALS_V2, CREDENTIALS_V2], "/@context"),
        ("id", ["urn:a"], "/id"),
        ("id", "a", "/id"),
        ("id", None, "/id"),
        ("type", ..., "/type"),
        ("type", [], "/type"),
        ("type", ["VerifiableCredential", 7], "/type/1"),
        ("type", ["https://example.org/T"], "/type"),
        ("issuer", ..., "/issuer"),
        ("issuer", "a", "/issuer"),
        ("issuer", {}, "/issuer/id"),
        ("issuer", [ISSUER], "/issuer"),
        ("issuer", {"id": ISSUER, "name": 7}, "/issuer/name"),
        ("credentialSubject", ..., "/credentialSubject"),
        ("credentialSubject", {}, "/credentialSubject"),
        ("credentialSubject", [], "/credentialSubject"),
        ("credentialSubject", "did:example:subject", "/credentialSubject"),
        ("credentialSubject", [{"id": "urn:a"}, {}], "/credentialSubject/1"),
        ("credentialSubject", {"id": ["urn:a"]}, "/credentialSubject/id"),
        ("validFrom", "2026-01-01", "/validFrom"),
        ("validUntil", "2026-01-01T00:00:00", "/validUntil"),
        ("issuanceDate", "2026-01-01T00:00:00Z", "/issuanceDate"),
        ("expirationDate", "2026-01-01T00:00:00Z", "/expirationDate"),
        ("proof", {"cryptosuite": "x"}, "/proof/type"),
        ("proof", [], "/proof"),
        ("credentialStatus", {"id": "urn:a"}, "/credentialStatus/type"),
        ("credentialStatus", [{"type": "T", "id": "urn:a"}, {"type": "T", "id": "a"}], "/credentialStatus/1/id"),
        ("credentialStatus", "urn:a", "/credentialStatus"),
        ("credentialSchema", {"type": "T"}, "/credentialSchema/id"),
        ("credentialSchema", {"id": "urn:a"}, "/credentialSchema/type"),
        ("refreshService", {"id": "urn:a"}, "/refreshService/type"),
        ("termsOfUse", [{"type": "T"}, {"id": "urn:a"}], "/termsOfUse/1/type"),
        ("evidence", {}, "/evidence/type"),
        ("confidenceMethod", {"id": "urn:a"}, "/confidenceMethod/type"),
        ("renderMethod", {"id": "urn:a"}, "/renderMethod/type"),
        ("name", 7, "/name"),
        ("name", [], "/name"),
        ("name", {"@value": "a", "@language": "en", "url": "urn:a"}, "/name"),
        ("name", {"@language": "en"}, "/name"),
        ("description", [{"@value": "a", "@language": "e n"}], "/description"),
        ("description", [{"@value": "a", "@language": "en"}, "b"], "/description"),
        ("description", {"@value": "a", "@direction": "up"}, "/description"),
        ("claims", {"deep": [None]}, "/claims/deep/0"),
    ],
)
def test_each_rule_of_the_data_model(member: str, value: Any, where: str) -> None:
    """One thing is wrong, and just that is found, where it is."""
    assert places(check_credential_shape(credential(**{member: value}))) == [where]


@pytest.mark.parametrize(
    "members",
    [
        {"@context": CREDENTIALS_V2},
        {"@context": [CREDENTIALS_V2, {"own": "urn:own"}, "https://example.org/context"]},
        {"type": "VerifiableCredential"},
        {"issuer": {"id": ISSUER, "name": [{"@value": "a", "@language": "en"}, {"@value": "b", "@language": "fi"}]}},
        {"name": {"@value": "a", "@language": "ar", "@direction": "rtl"}, "description": "b"},
        {"credentialStatus": [{"type": "A"}, {"type": ["A", "B"], "id": "urn:a"}], "evidence": [{"type": "A"}]},
        {"validFrom": "2026-01-01T00:00:00.5+02:00", "validUntil": "2026-01-01T00:00:00Z"},
        {"claims": {"empty": []}},
        {"@context": [CREDENTIALS_V2, {"@vocab": None}]},
    ],
)
def test_what_the_data_model_allows(members: dict[str, Any]) -> None:
    """One value or several, texts in languages, further contexts of any kind: all sound."""
    assert check_credential_shape(credential(**members)) == []


def test_dates_stand_in_their_order() -> None:
    """A credential does not end before it begins, in either data model."""
    dates = ("2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z")
    newer = credential(**dict(zip(("validFrom", "validUntil"), dates, strict=True)))
    before = older(**dict(zip(("issuanceDate", "expirationDate"), dates, strict=True)))
    assert check_credential_shape(newer) == [ShapeMistake("", "has a validUntil before its validFrom")]
    assert check_credential_shape(before) == [ShapeMistake("", "has an expirationDate before its issuanceDate")]


def test_the_first_context_tells_the_data_model() -> None:
    """Nothing else does: each data model has its own dates, and neither takes those of the other."""
    assert [data_model(document) for document in (older(), credential(), {}, {"@context": CREDENTIALS_V1})] == [
        "1.1",
        "2.0",
        "2.0",
        "1.1",
    ]
    assert places(check_credential_shape(older(issuanceDate=...))) == ["/issuanceDate"]
    assert places(check_credential_shape(older(**{"@context": [CREDENTIALS_V1, CREDENTIALS_V2]}))) == ["/@context"]


@pytest.mark.parametrize(
    ("members", "where"),
    [
        ({"validFrom": "2026-01-01T00:00:00Z"}, []),
        ({"validFrom": "2022-01-01T00:00:00Z"}, []),
        ({"validFrom": "2026-01-01T00:00:01Z"}, ["/validFrom"]),
        ({"validFrom": "2022"}, ["/validFrom"]),
        ({"validUntil": "2027-01-01T00:00:00Z"}, ["/validUntil"]),
        ({"validUntil": "2027-01-01T00:00:00Z", "expirationDate": "2027-01-01T00:00:00Z"}, []),
        ({"validUntil": "2028-01-01T00:00:00Z", "expirationDate": "2027-01-01T00:00:00Z"}, []),
        ({"validUntil": "2026-12-31T00:00:00Z", "expirationDate": "2027-01-01T00:00:00Z"}, ["/validUntil"]),
        ({"validUntil": 7, "expirationDate": "2027-01-01T00:00:00Z"}, ["/validUntil"]),
    ],
)
def test_the_dates_of_the_other_data_model_may_not_be_stricter(members: dict[str, Any], where: list[str]) -> None:
    """Some issuers write both; whoever reads the others must not find the credential invalid while we find it valid."""
    assert places(check_credential_shape(older(**members))) == where


SHA256: Final = bytes.fromhex(KNOWN_DIGESTS[CREDENTIALS_V2]["sha256"])
SRI: Final = "sha256-" + base64.b64encode(SHA256).decode()
MULTIHASH: Final = b"\x12\x20" + SHA256


def related(*entries: Any) -> dict[str, Any]:
    """Return a credential with these related resources."""
    return credential(relatedResource=list(entries))


def resource(identifier: str = "https://example.org/a", **members: Any) -> dict[str, Any]:
    """Return one related resource."""
    return {"id": identifier, **(members or {"digestSRI": SRI})}


@pytest.mark.parametrize(
    ("document", "where"),
    [
        (related(resource()), []),
        (
            related(
                resource(), resource("https://example.org/b", digestMultibase=encode_multibase_base64url(MULTIHASH))
            ),
            [],
        ),
        (related(resource(digestMultibase=encode_multibase_base58(MULTIHASH), mediaType="text/plain")), []),
        (related(resource(CREDENTIALS_V2)), []),
        (related(resource(), resource()), [""]),
        (related("https://example.org/a"), ["/relatedResource/0"]),
        (related({"digestSRI": SRI}), ["/relatedResource/0/id"]),
        (related({"id": "https://example.org/a"}), ["/relatedResource/0"]),
        (related(resource(digestSRI="sha256-" + SHA256.hex())), ["/relatedResource/0"]),
        (related(resource(digestSRI="sha1-" + "A" * 28)), ["/relatedResource/0"]),
        (related(resource(digestSRI="sha256-A")), ["/relatedResource/0"]),
        (related(resource(digestSRI=7)), ["/relatedResource/0"]),
        (related(resource(digestMultibase=encode_multibase_base64url(SHA256))), ["/relatedResource/0"]),
        (related(resource(digestMultibase=encode_multibase_base64url(MULTIHASH[:-1]))), ["/relatedResource/0"]),
        (related(resource(digestMultibase="uZTQ0MjM1NiAgcmVwb3J0")), ["/relatedResource/0"]),
        (related(resource(digestMultibase="z0")), ["/relatedResource/0"]),
        (related(resource(digestMultibase=None)), ["/relatedResource/0/digestMultibase"]),
        (related(resource(CREDENTIALS_V2, digestSRI="sha256-" + "A" * 43 + "=")), ["/relatedResource/0"]),
    ],
)
def test_related_resources_are_vouched_for(document: dict[str, Any], where: list[str]) -> None:
    """Each has an address of its own and a digest that can be one; that of a context we know must be right (5.3)."""
    assert [place for place in places(check_credential_shape(document)) if place in where or not where] == where


def test_the_digests_of_a_resource_are_compared_by_who_has_it(shared: Path) -> None:
    """All digests that are stated must be those of the content; the known ones are those of the published file."""
    content = (shared / "standards/data/contexts/1edtech-validator/credentials-v2.jsonld").read_bytes()
    assert KNOWN_DIGESTS[CREDENTIALS_V2] == {
        name: hashlib.new(name, content).hexdigest() for name in ("sha256", "sha384", "sha512")
    }
    both = {"digestSRI": SRI, "digestMultibase": encode_multibase_base64url(MULTIHASH)}
    one, two = related_resources(related(resource(), resource(**both)))
    assert one.matches(content)
    assert two.matches(content)
    assert not two.matches(content + b" ")
    wrong = {**both, "digestMultibase": encode_multibase_base64url(b"\x12\x20" + bytes(32))}
    (other,) = related_resources(related(resource(**wrong)))
    assert not other.matches(content)
    (long,) = related_resources(credential(relatedResource=resource(digestSRI="sha256-" + "A" * 44)))
    assert not long.matches(content)
    assert related_resources(credential()) == ()
    with pytest.raises(CredentialError) as caught:
        related_resources(related(resource(digestSRI="x")))
    assert caught.value.code == "malformed-digest"


ENVELOPE: Final = {
    "@context": CREDENTIALS_V2,
    "type": "EnvelopedVerifiableCredential",
    "id": f"data:application/vc+jwt,{JWT}",
}


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({}, []),
        ({"type": ["EnvelopedVerifiableCredential"]}, []),
        ({"@context": []}, ["/@context"]),
        ({"@context": CREDENTIALS_EXAMPLES_V2}, ["/@context"]),
        ({"id": JWT}, ["/id"]),
        ({"id": f"urn:{JWT}"}, [""]),
        ({"id": None}, ["/id"]),
    ],
)
def test_envelopes(change: dict[str, Any], where: list[str]) -> None:
    """An envelope has the base context, and a data: URL as its id; of a credential as of a presentation."""
    assert places(check_credential_shape({**ENVELOPE, **change})) == where
    of_presentation = {**ENVELOPE, **change, "type": "EnvelopedVerifiablePresentation"}
    assert places(check_presentation_shape(of_presentation)) == where
    inside = presentation(verifiableCredential=[{**ENVELOPE, **change}])
    assert places(check_presentation_shape(inside)) == [f"/verifiableCredential/0{place}" for place in where]


@pytest.mark.parametrize(
    ("members", "where"),
    [
        ({"verifiableCredential": credential(proof=PROOF)}, []),
        ({"verifiableCredential": [credential(proof=PROOF), ENVELOPE], "holder": {"id": ISSUER}}, []),
        ({"verifiableCredential": [older(proof=PROOF)]}, []),
        ({"verifiableCredential": []}, ["/verifiableCredential"]),
        ({"verifiableCredential": None}, ["/verifiableCredential"]),
        ({"verifiableCredential": [JWT]}, ["/verifiableCredential/0"]),
        ({"verifiableCredential": "urn:a"}, ["/verifiableCredential"]),
        ({"verifiableCredential": credential(proof=PROOF, issuer="a")}, ["/verifiableCredential/issuer"]),
        ({"verifiableCredential": credential()}, ["/verifiableCredential"]),
        ({"@context": [CREDENTIALS_V1], "verifiableCredential": [JWT]}, []),
        ({"@context": [CREDENTIALS_V1], "verifiableCredential": ["urn:a"]}, ["/verifiableCredential/0"]),
        ({"@context": ...}, ["/@context"]),
        ({"type": "Other"}, ["/type"]),
        ({"type": ...}, ["/type"]),
        ({"id": "a"}, ["/id"]),
        ({"holder": "a"}, ["/holder"]),
        ({"holder": {"name": "a"}}, ["/holder/id"]),
        ({"proof": {}}, ["/proof/type"]),
        ({"termsOfUse": {}}, ["/termsOfUse/type"]),
    ],
)
def test_presentations(members: dict[str, Any], where: list[str]) -> None:
    """Credentials are objects with all that makes them one; only in VCDM 1.1 a JWT may stand there as a text."""
    assert places(check_presentation_shape(presentation(**members))) == where


@pytest.mark.parametrize("document", [{}, {"type": 7}, {"type": [[]]}, {"@context": 7}, {"credentialSubject": [[]]}])
def test_anything_can_be_looked_at(document: dict[str, Any]) -> None:
    """Whatever JSON object comes, mistakes are found and nothing is raised."""
    assert check_credential_shape(document)
    assert check_presentation_shape(document)


def test_signed_samples_of_elsewhere_are_sound(shared: Path) -> None:
    """The signed credentials among the W3C's vectors and our samples have the shape that the data model asks."""
    looked_at = 0
    for name, document in published.documents(shared):
        if name.startswith(
            ("w3c-di-", "w3c-vc-jose", "samples/good", "sd/")
        ) and "VerifiableCredential" in document.get("type", []):
            found = check_credential_shape(document)
            assert not found or "derived" in name or "employ" in name, (name, found)
            looked_at += 1
    assert looked_at > 10


@pytest.mark.parametrize("member", ["verifiableCredential", "k" * 100_000, "termsOfUse"])
@pytest.mark.parametrize("value", [None, {}, {"a": None}], ids=["null", "nothing", "a null inside"])
def test_a_hostile_number_of_mistakes_is_bounded(member: str, value: Any) -> None:
    """A presentation of very many things that are none has a few mistakes and one that says that there are more."""
    found: list[ShapeMistake] = []
    held = {"type": ["VerifiablePresentation"], "@context": [CREDENTIALS_V2], member: [value] * 8_000}
    assert peak_of(lambda: found.extend(check_presentation_shape(held))) < 12_000_000
    assert len(found) <= MOST_MISTAKES + 1
    if member == "verifiableCredential":
        assert found[-1] == ShapeMistake("", "has more mistakes than are listed")
