"""Shapes: what Open Badges 3.0 allows and asks, held against the published JSON Schemas in both directions."""

from __future__ import annotations

import json
import re
from collections import Counter
from contextlib import contextmanager
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

import jsonschema_rs
import pytest

from okbadges.credentials.model import Image, OpenBadgeCredential, ShapeMistake, check_shape

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BADGE: dict[str, Any] = {
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ],
    "id": "urn:uuid:0a7b3c52-6a5e-4a5f-9a54-0c0b0a1d2e3f",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "issuer": {"id": "did:web:badges.example:issuers:ok", "type": ["Profile"], "name": "OK! osaamismerkit"},
    "validFrom": "2026-03-01T00:00:00Z",
    "credentialSubject": {
        "id": "urn:uuid:5f7d5f0e-8f1a-4a59-8f1e-0c0b0a1d2e3f",
        "type": ["AchievementSubject"],
        "achievement": {
            "id": "https://badges.example/badges/ryhmatyo/v1/fi",
            "type": ["Achievement"],
            "name": "Ryhmätyö",
            "description": "Toimii ryhmässä.",
            "criteria": {"narrative": "Tekee osansa."},
            "inLanguage": "fi",
            "image": {"id": "https://badges.example/artwork/ryhmatyo.fi.png", "type": "Image", "caption": "Ryhmätyö"},
        },
    },
}
REMOVED: Final = object()


@pytest.fixture
def badge() -> dict[str, Any]:
    """Return a sound badge that a test may change."""
    return deepcopy(BADGE)


class Schemas:
    """The published JSON Schemas, draft 2019-09, with formats."""

    def __init__(self, shared: Path) -> None:
        """Read both."""
        folder = shared / "standards/data/schemas"
        self._validators = {
            kind: jsonschema_rs.Draft201909Validator(
                json.loads((folder / f"ob_v3p0_{kind}credential_schema.json").read_text()), validate_formats=True
            )
            for kind in ("achievement", "endorsement")
        }

    def accept(self, document: dict[str, Any], kind: str) -> bool:
        """Say whether the schema of this kind accepts it."""
        return self._validators[kind].is_valid(document)


def _kind(document: dict[str, Any]) -> str:
    return "endorsement" if "EndorsementCredential" in document.get("type", []) else "achievement"


@pytest.fixture(scope="module")
def schemas(shared: Path) -> Schemas:
    """Return the oracle."""
    return Schemas(shared)


@pytest.fixture(scope="module")
def sound_documents(shared: Path) -> dict[str, dict[str, Any]]:
    """Return the official examples and the richest samples of 1EdTech's validator."""
    data = shared / "standards/data"
    paths = [
        *sorted((data / "examples").glob("*.json")),
        data / "vectors/1edtech-validator/ob30/complete.json",
        data / "vectors/1edtech-validator/ob30/endorsement-valid.json",
        data / "vectors/1edtech-validator/ob30/bit-string-list/credential-status-revoked.json",
    ]
    return {path.stem: json.loads(path.read_text()) for path in paths}


def _at(document: Any, place: tuple[Any, ...]) -> Any:
    for step in place:
        document = document[step]
    return document


def _places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in members:
        yield (*place, name)
        yield from _places(inner, (*place, name))


@contextmanager
def _changed(document: dict[str, Any], place: tuple[Any, ...], value: Any) -> Iterator[None]:
    """Change one place and put it back afterwards: copying whole documents would take most of the time."""
    parent = _at(document, place[:-1])
    before = parent.copy()
    if value is REMOVED:
        del parent[place[-1]]
    else:
        parent[place[-1]] = value
    yield
    parent.clear()
    if isinstance(parent, dict):
        parent.update(before)
    else:
        parent.extend(before)


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


def test_official_examples_and_samples_are_sound(schemas: Schemas, sound_documents: dict[str, dict[str, Any]]) -> None:
    """The seven examples of the specification and three full samples are accepted here and by the schema."""
    assert len(sound_documents) == 10
    for name, document in sound_documents.items():
        assert check_shape(document) == [], name
        assert schemas.accept(document, _kind(document)), name


def test_the_samples_of_1edtech_agree_with_the_schema(shared: Path, schemas: Schemas) -> None:
    """Each VCDM 2.0 sample of the validator is accepted or refused as the schema does, but for three that it is too loose for."""
    folder = shared / "standards/data/vectors/1edtech-validator/ob30"
    stricter = set()
    for path in sorted(folder.rglob("*.json")):
        document = json.loads(path.read_text())
        ours, theirs = not check_shape(document), schemas.accept(document, _kind(document))
        if ours != theirs:
            assert not ours
            stricter.add(path.stem)
    # Their schema takes any single text as a type; their validator finds these by other means.
    assert stricter == {
        "simple-err-credential-subject-profile-type",
        "simple-err-credential-subject-achievement-result-description-type",
        "simple-err-evidence-type",
    }


def _replacements(value: Any) -> Iterator[Any]:
    yield REMOVED
    yield from (
        None,
        True,
        7,
        1.5,
        "",
        "text",
        "ext:x",
        "x ext:y",
        [],
        [None],
        [7],
        ["text"],
        {},
        {"fi": "x"},
        {"a": 1},
    )
    yield from (
        "2026-02-30T00:00:00Z",
        "2026-02-03",
        "2026-02-03T00:00:00",
        "2026-02-03t00:00:00z",
        "2026-02-03T00:00:00+02:00",
    )
    yield from ([value], [value, value], [[value]])
    if isinstance(value, list) and value:
        yield value[0]
    if isinstance(value, str):
        yield value + " x"
    if isinstance(value, dict):
        yield {**value, "extraMember": 1}
        yield {**value, "type": "Nonsense"}


def _at_pointer(document: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        if isinstance(document, list):
            document = document[int(step)]
        elif isinstance(document, dict):
            document = document.get(step.replace("~1", "/"))
        else:
            return None
    return document


def _is_language_map(value: Any) -> bool:
    return isinstance(value, dict) and value in ({}, {"fi": "x"})


def _why_stricter(mistake: ShapeMistake, document: dict[str, Any]) -> str | None:
    """Name the reason why we refuse what the schema accepts, or None when there is none that we meant."""
    parent, _, last = mistake.pointer.rpartition("/")
    value = _at_pointer(document, mistake.pointer)
    text = value if isinstance(value, str) else None
    within_issuer = parent.endswith("/issuer") and _is_language_map(_at_pointer(document, parent))
    reasons = {
        "null and empty lists do not survive safe mode": mistake.message.endswith("leave it out"),
        "contexts are a list of addresses in their order": "/@context" in mistake.pointer,
        "language maps do not survive safe mode": within_issuer or _is_language_map(value),
        "a single type names the class": text is not None and mistake.message.startswith("must hold"),
        "identifiers are absolute": text is not None and last in {"id", "issuer"},
        "extension terms begin with ext:": "begins with ext:" in mistake.message and "ext:" in (text or ""),
        "the letters of a time are capital": re.search(r"\dt.*z", text or "") is not None,
        "the rules between members": re.match("has a result|must have an id", mistake.message) is not None,
    }
    return next((reason for reason, applies in reasons.items() if applies), None)


def _class_and_member(document: dict[str, Any], place: tuple[Any, ...]) -> str:
    parent = _at(document, place[:-1])
    name = parent.get("type", place[-2:-1]) if isinstance(parent, dict) else f"in {place[-2]}"
    return f"{name} {place[-1] if isinstance(place[-1], str) else 'item'}"


def _new_places(document: dict[str, Any], seen: set[str]) -> Iterator[tuple[Any, ...]]:
    for place in list(_places(document)):
        member = _class_and_member(document, place)
        if member not in seen:
            seen.add(member)
            yield place


def test_every_mutation_agrees_with_the_schema(schemas: Schemas, sound_documents: dict[str, dict[str, Any]]) -> None:
    """Each member of each class removed, nulled, retyped, listed, unlisted: the schema says the same, or less by intent."""
    reasons: Counter[str] = Counter()
    seen: set[str] = set()
    tried = 0
    for name, document in sound_documents.items():
        kind = _kind(document)
        for place in _new_places(document, seen):
            # Without its type an endorsement is looked at as a badge, so only that one mistake must be explained.
            explained = any if place == ("type",) else all
            for value in list(_replacements(_at(document, place))):
                with _changed(document, place, value):
                    mistakes, accepted = check_shape(document), schemas.accept(document, kind)
                    found = [_why_stricter(mistake, document) for mistake in mistakes]
                tried += 1
                assert mistakes or accepted, (name, place, value)
                if mistakes and accepted:
                    assert explained(found), (name, place, value, mistakes)
                    reasons.update(reason for reason in found if reason)
    assert len(seen) > 150
    assert tried > 4_000
    assert set(reasons) == {
        "null and empty lists do not survive safe mode",
        "contexts are a list of addresses in their order",
        "language maps do not survive safe mode",
        "a single type names the class",
        "identifiers are absolute",
        "extension terms begin with ext:",
        "the letters of a time are capital",
        "the rules between members",
    }


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
