"""The shape of a badge: what Open Badges 3.0 allows and asks."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from credentials.memory import peak_of
from okbadges.credentials.model import Image, OpenBadgeCredential, ShapeMistake, check_shape
from okbadges.credentials.model.mistakes import MOST_MISTAKES
from support.small_badge import SMALL_BADGE

if TYPE_CHECKING:
    from pathlib import Path

BADGE: dict[str, Any] = deepcopy(SMALL_BADGE)
BADGE["credentialSubject"]["achievement"] |= {
    "inLanguage": "fi",
    "image": {"id": "https://badges.example/artwork/ryhmatyo.fi.png", "type": "Image", "caption": "Ryhmätyö"},
}


@pytest.fixture
def badge() -> dict[str, Any]:
    """Return a sound badge that a test may change."""
    return deepcopy(BADGE)


def test_it_works(badge: dict[str, Any]) -> None:
    """A sound badge has no mistakes."""
    assert check_shape(badge) == []
    assert OpenBadgeCredential.model_validate(badge).credential_subject.achievement.in_language == "fi"


def test_mistakes_say_where_and_what(badge: dict[str, Any]) -> None:
    """Every mistake is found at once, each with the pointer of the member in the document as it was written."""
    achievement = badge["credentialSubject"]["achievement"]
    del achievement["criteria"]
    achievement["alignment"] = {
        "type": "Alignment",
        "targetName": "x",
        "targetUrl": "https://x.example",
        "targetType": "y",
    }
    achievement["tag"] = ["a", 7]
    achievement["image"]["alt/text"] = "x"
    badge["validUntil"] = "tomorrow"
    badge["name"] = None
    assert set(check_shape(badge)) == {
        ShapeMistake("/credentialSubject/achievement/criteria", "is missing"),
        ShapeMistake(
            "/credentialSubject/achievement/alignment/targetType",
            "is neither a term of Open Badges 3.0 nor an extension that begins with ext:",
        ),
        ShapeMistake("/credentialSubject/achievement/tag/1", "must be a text"),
        ShapeMistake("/credentialSubject/achievement/image/alt~1text", "is not a member of this class"),
        ShapeMistake("/validUntil", "not a date and time with its zone, like 2026-03-01T12:00:00Z"),
        ShapeMistake("/name", "must not be null; leave it out"),
    }


def test_an_issuer_may_be_named_by_its_address_alone(badge: dict[str, Any]) -> None:
    """The schema allows it, though okbadges always writes the Profile."""
    badge["issuer"] = "did:web:badges.example:issuers:ok"
    assert check_shape(badge) == []
    badge["issuer"] = "not an address"
    assert [mistake.pointer for mistake in check_shape(badge)] == ["/issuer"]


def test_extensions_are_allowed_where_the_classes_are_open(badge: dict[str, Any]) -> None:
    """Any object but a picture and the two identities may have members of its own."""
    badge["extension"] = {"any": ["thing"]}
    badge["credentialSubject"]["achievement"]["criteria"]["level"] = 3
    assert check_shape(badge) == []


def test_a_status_array_is_a_mistake(badge: dict[str, Any]) -> None:
    """The official schema allows one entry only; verification looks at the entries of an array all the same."""
    entry: dict[str, Any] = {"type": "BitstringStatusListEntry"}
    assert check_shape({**badge, "credentialStatus": entry}) == []
    assert [m.pointer for m in check_shape({**badge, "credentialStatus": [entry]})] == ["/credentialStatus"]


def test_a_recipient_is_named_somehow(badge: dict[str, Any]) -> None:
    """An id, or an identifier, or both."""
    del badge["credentialSubject"]["id"]
    assert check_shape(badge) == [ShapeMistake("/credentialSubject", "must have an id or an identifier")]
    identity = {"type": "IdentityObject", "hashed": False, "identityHash": "a", "identityType": "emailAddress"}
    badge["credentialSubject"]["identifier"] = identity
    assert check_shape(badge) == []


def test_results_belong_to_their_descriptions(badge: dict[str, Any]) -> None:
    """A result refers to a description of the achievement, and states a status when that is the kind of result."""
    subject = badge["credentialSubject"]
    description = {"id": "urn:uuid:1", "type": ["ResultDescription"], "name": "x", "resultType": "Status"}
    subject["achievement"]["resultDescription"] = [description]
    subject["result"] = [{"type": ["Result"], "resultDescription": "urn:uuid:1", "status": "Completed"}]
    assert check_shape(badge) == []
    del subject["result"][0]["status"]
    assert "without the status" in check_shape(badge)[0].message
    subject["result"][0]["resultDescription"] = "urn:uuid:2"
    assert "not in the achievement" in check_shape(badge)[0].message


@pytest.mark.parametrize(
    "document", [{}, {"type": 7}, {"type": None}, {"type": [["VerifiableCredential"]]}, {"a": [{}]}]
)
def test_anything_can_be_looked_at(document: dict[str, Any]) -> None:
    """Whatever JSON object comes, mistakes are found and nothing is raised."""
    assert check_shape(document)


def test_models_are_frozen() -> None:
    """What was read is not changed."""
    image = Image(id="https://x.example/a.png", type="Image")
    with pytest.raises(ValueError, match="frozen"):
        image.caption = "x"  # type: ignore[misc]


def test_the_attacks_on_shape(shared: Path) -> None:
    """The correctly signed credentials of the attack suite that are no badges are found out here; the honest ones are not."""
    cases = json.loads((shared / "attacks/cases.json").read_text())["cases"]
    found = {
        case["id"]: check_shape(json.loads(case["input"]["payload"]))
        for case in cases
        if case["input"]["kind"] == "json"
        and (case["group"] == "A" or case["id"].startswith(("E-shape", "E-date", "E-st-null")))
    }
    mistaken = {name for name, mistakes in found.items() if mistakes}
    honest = {name for name in found if name.startswith("A-")}
    assert len(honest) > 5
    assert not mistaken & honest
    assert found.keys() - mistaken - honest <= {"E-date-24h"}


@pytest.mark.parametrize(
    "members",
    [
        {"k" * 100_000: [None] * 8_000},
        {"more": [{"a": []} for _ in range(50_000)]},
        {"evidence": [{}] * 50_000},
        {"evidence": [{"type": [1] * 1_000}] * 50},
        {"credentialSchema": [None] * 50_000},
    ],
    ids=["long name", "empty lists", "no members", "no texts", "nulls"],
)
def test_a_hostile_number_of_mistakes_is_bounded(badge: dict[str, Any], members: dict[str, Any]) -> None:
    """However many values are wrong and however long their names are, a few mistakes are named."""
    found: list[ShapeMistake] = []
    assert peak_of(lambda: found.extend(check_shape({**badge, **members}))) < 12_000_000
    assert 0 < len(found) <= MOST_MISTAKES + 1


def test_the_rest_of_the_mistakes_is_one_that_no_member_explains(badge: dict[str, Any]) -> None:
    """As many as are listed are all there are, or the last one is about the whole document and says that there are more."""
    exactly = check_shape({**badge, "more": [None] * MOST_MISTAKES})
    assert [mistake.pointer for mistake in exactly] == [f"/more/{position}" for position in range(MOST_MISTAKES)]
    more = check_shape({**badge, "more": [None] * MOST_MISTAKES, "validUntil": "x"})
    assert more == [*exactly, ShapeMistake("", "has more mistakes than are listed")]
    assert check_shape({**badge, "more": [None] * 500}) == more
