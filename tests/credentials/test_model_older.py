"""Badges and endorsements of VC Data Model 1.1, and how the two data models are kept apart."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from credentials.test_model import BADGE
from okbadges.credentials.expansion import to_quads
from okbadges.credentials.model import ShapeMistake, check_shape, data_model
from okbadges.credentials.vocabulary import (
    CREDENTIALS_V1,
    CREDENTIALS_V2,
    OPEN_BADGES_3_0,
    OPEN_BADGES_3_0_1,
    OPEN_BADGES_3_0_2,
    OPEN_BADGES_3_0_3,
)

if TYPE_CHECKING:
    from pathlib import Path

ENDORSEMENT: dict[str, Any] = {
    "@context": [CREDENTIALS_V2, OPEN_BADGES_3_0_3],
    "id": "urn:uuid:9c1b6c1a-0f43-4d0a-8f2f-0c0b0a1d2e3f",
    "type": ["VerifiableCredential", "EndorsementCredential"],
    "name": "Suositus",
    "issuer": {"id": "did:web:union.example", "type": ["Profile"]},
    "validFrom": "2026-03-01T00:00:00Z",
    "credentialSubject": {"id": "https://badges.example/badges/ryhmatyo/v1/fi", "type": ["EndorsementSubject"]},
}


def _older(document: dict[str, Any], badges: str = OPEN_BADGES_3_0_2) -> dict[str, Any]:
    """Return the same credential as VCDM 1.1 writes it."""
    copy = deepcopy(document)
    copy["@context"] = [CREDENTIALS_V1, badges]
    copy["issuanceDate"] = copy.pop("validFrom")
    copy.setdefault("name", "Ryhmätyö")
    return copy


@pytest.fixture
def badge() -> dict[str, Any]:
    """Return a sound badge of VCDM 1.1 that a test may change."""
    return _older(BADGE)


def places(document: dict[str, Any]) -> list[str]:
    """Return where the mistakes are."""
    return [mistake.pointer for mistake in check_shape(document)]


def test_it_works(badge: dict[str, Any]) -> None:
    """A sound badge of VCDM 1.1 has no mistakes."""
    assert data_model(badge) == "1.1"
    assert check_shape(badge) == []


@pytest.mark.parametrize("badges", [OPEN_BADGES_3_0, OPEN_BADGES_3_0_1, OPEN_BADGES_3_0_2])
def test_every_word_has_a_meaning_with_the_older_contexts(badges: str) -> None:
    """The contexts that such badges were issued with know all that is in one, and both shapes take them."""
    older = _older(BADGE, badges)
    del older["credentialSubject"]["achievement"]["inLanguage"]  # came with 3.0.3
    assert check_shape(older) == []
    assert to_quads(older)
    assert check_shape({**BADGE, "@context": [CREDENTIALS_V2, badges]}) == []


@pytest.mark.parametrize("member", ["name", "issuanceDate", "issuer", "credentialSubject", "id"])
def test_what_must_be_there(badge: dict[str, Any], member: str) -> None:
    """A name must be there in VCDM 1.1, and the date has another name."""
    del badge[member]
    assert check_shape(badge) == [ShapeMistake(f"/{member}", "is missing")]


def test_what_is_different_inside(badge: dict[str, Any]) -> None:
    """The issuer is always an object, the subject is closed, and the end has another name."""
    badge["expirationDate"] = "2027-03-01"
    badge["credentialSubject"]["own"] = 1
    assert set(places(badge)) == {"/expirationDate", "/credentialSubject/own"}
    badge["issuer"] = "did:web:badges.example"
    assert "/issuer" in places(badge)


def test_a_recipient_is_named_somehow(badge: dict[str, Any]) -> None:
    """The rules between members are those of the newer data model."""
    del badge["credentialSubject"]["id"]
    assert check_shape(badge) == [ShapeMistake("/credentialSubject", "must have an id or an identifier")]


def test_one_document_has_one_data_model(badge: dict[str, Any]) -> None:
    """The first context tells which, and no later one may be that of the other."""
    for first, other, document in ((CREDENTIALS_V1, CREDENTIALS_V2, badge), (CREDENTIALS_V2, CREDENTIALS_V1, BADGE)):
        both = {**document, "@context": [first, OPEN_BADGES_3_0_2, other]}
        assert check_shape(both) == [ShapeMistake("/@context", "must name one data model only")]
        assert "/@context" in places({**document, "@context": [first, other, OPEN_BADGES_3_0_2]})
    assert "/issuanceDate" in places({**badge, "@context": BADGE["@context"]})
    assert "/issuanceDate" in places({**BADGE, "@context": badge["@context"]})


def test_dates_of_the_other_data_model_may_not_be_stricter(badge: dict[str, Any]) -> None:
    """Issuers that write both dates are taken, as long as no reader would see a shorter time of validity than another."""
    badge["expirationDate"] = "2030-01-01T00:00:00Z"
    assert check_shape({**badge, "validFrom": "2022-12-31T00:00:00Z", "validUntil": badge["expirationDate"]}) == []
    assert places({**badge, "validUntil": "2029-01-01T00:00:00Z"}) == ["/validUntil"]
    assert places({**badge, "validFrom": "2026-03-02T00:00:00Z"}) == ["/validFrom"]
    assert places({**BADGE, "expirationDate": "2029-01-01T00:00:00Z"}) == ["/expirationDate"]
    assert check_shape({**BADGE, "issuanceDate": BADGE["validFrom"]}) == []


def test_endorsements_in_both_data_models(badge: dict[str, Any]) -> None:
    """An endorsement is sound alone, and inside a credential of its own data model; inside the other one it is not."""
    older = _older(ENDORSEMENT)
    assert check_shape(ENDORSEMENT) == []
    assert check_shape(older) == []
    assert check_shape({**BADGE, "endorsement": [ENDORSEMENT]}) == []
    assert check_shape({**badge, "endorsement": [older]}) == []
    assert "/endorsement/0/@context" in places({**BADGE, "endorsement": [older]})
    assert "/endorsement/0/@context" in places({**badge, "endorsement": [ENDORSEMENT]})
    assert places({**older, "credentialSubject": {"type": ["EndorsementSubject"]}}) == ["/credentialSubject/id"]


def test_endorsements_are_looked_at_wherever_they_stand(badge: dict[str, Any]) -> None:
    """On the achievement, on its creator and on the issuer too."""
    wrong = _older(ENDORSEMENT)
    del wrong["name"]
    badge["issuer"]["endorsement"] = wrong
    badge["credentialSubject"]["achievement"]["endorsement"] = [wrong]
    badge["credentialSubject"]["achievement"]["creator"] = {**badge["issuer"], "endorsement": [wrong]}
    subject = "/credentialSubject/achievement"
    assert set(places(badge)) == {
        "/issuer/endorsement/name",
        f"{subject}/endorsement/0/name",
        f"{subject}/creator/endorsement/0/name",
    }


def test_the_sample_of_1edtech_is_sound(shared: Path) -> None:
    """The signed badge of VCDM 1.1 among the validator's samples has its shape."""
    sample = shared / "standards/data/vectors/1edtech-validator/ob30/simple_v1.json"
    document = json.loads(sample.read_text())
    assert data_model(document) == "1.1"
    assert check_shape(document) == []
