"""Objects with one id: the same statements dealt out in another way are refused, honest repetitions are not."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from okbadges.credentials.expansion import ANY, to_quads
from okbadges.credentials.vocabulary import CREDENTIALS_V2, OPEN_BADGES_3_0_3
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Callable

ISSUER, ACHIEVEMENT, HOLDER = "did:web:issuer.example", "https://issuer.example/a", "urn:uuid:holder"
CONTEXTS = [CREDENTIALS_V2, OPEN_BADGES_3_0_3]
AMBIGUOUS, SPLIT = "ambiguous-node", "split-node"


def endorsement(about: str, number: int = 1) -> dict[str, Any]:
    """Return an endorsement as it stands in a badge, with its own contexts."""
    return {
        "@context": CONTEXTS,
        "id": f"urn:e:{number}",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": "urn:endorser", "type": ["Profile"], "name": f"Endorser {number}"},
        "credentialSubject": {"id": about, "type": ["EndorsementSubject"], "endorsementComment": "ok"},
    }


def badge() -> dict[str, Any]:
    """Return an honest badge with endorsements of the badge, of its subject, of the achievement and of the issuer."""
    return {
        "@context": CONTEXTS,
        "id": "urn:badge",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Badge",
        "awardedDate": "2026-01-01T00:00:00Z",
        "issuer": {"id": ISSUER, "type": ["Profile"], "name": "House", "email": "a@issuer.example"},
        "credentialSubject": {
            "id": HOLDER,
            "type": ["AchievementSubject"],
            "result": [{"type": ["Result"], "value": "F"}],
            "achievement": {
                "id": ACHIEVEMENT,
                "type": ["Achievement"],
                "name": "Counter",
                "creator": {"id": ISSUER, "type": ["Profile"], "name": "House"},
                "alignment": [{"type": ["Alignment"], "targetName": "Customers"}],
            },
        },
        "endorsement": [
            endorsement(about, number) for number, about in enumerate(("urn:badge", HOLDER, ACHIEVEMENT, ISSUER))
        ],
    }


def refusal(document: dict[str, Any]) -> tuple[str, str]:
    """Return code and pointer of the refusal, the same by both expanders and in both orders of the members."""
    found = set()
    for expand in (to_quads, ANY.to_quads):
        for one in (document, _backwards(document)):
            with pytest.raises(CredentialError) as caught:
                expand(one)
            found.add((caught.value.code, caught.value.where))
    assert len(found) == 1
    return found.pop()


def _backwards(value: Any) -> Any:
    """Return the document with the members of every object in the other order."""
    if isinstance(value, dict):
        return {key: _backwards(value[key]) for key in reversed(value)}
    return [_backwards(item) for item in value] if isinstance(value, list) else value


def _creator(document: dict[str, Any]) -> Any:
    return document["credentialSubject"]["achievement"]["creator"]


def _endorsed(document: dict[str, Any], number: int) -> Any:
    return document["endorsement"][number]["credentialSubject"]


def _result_away(document: dict[str, Any]) -> None:
    _endorsed(document, 1)["type"].append("AchievementSubject")
    _endorsed(document, 1)["result"] = document["credentialSubject"].pop("result")


def _alignment_away(document: dict[str, Any]) -> None:
    _endorsed(document, 2)["alignment"] = document["credentialSubject"]["achievement"].pop("alignment")


def _all_but_alignment_copied(document: dict[str, Any]) -> None:
    """Make the endorsement's subject the object that says most."""
    whole = document["credentialSubject"]["achievement"]
    types = ["EndorsementSubject", "Achievement"]
    document["endorsement"][2]["credentialSubject"] |= copy.deepcopy(whole) | {"type": types}
    del whole["alignment"]


def _award_away(document: dict[str, Any]) -> None:
    _endorsed(document, 0)["awardedDate"] = document.pop("awardedDate")


def _profile_to_the_endorsement(document: dict[str, Any]) -> None:
    _endorsed(document, 3).update(
        name="House", type=["EndorsementSubject", "Profile"], email=document["issuer"].pop("email")
    )


def _profile_to_the_creator(document: dict[str, Any]) -> None:
    _creator(document)["email"] = document["issuer"].pop("email")


def _issuer_a_string(document: dict[str, Any]) -> None:
    document["issuer"] = ISSUER


def _two_names(document: dict[str, Any]) -> None:
    _creator(document)["name"] = "Department"


def _names_swapped(document: dict[str, Any]) -> None:
    _creator(document)["name"], document["issuer"]["name"] = "House", "Department"


def _types_away(document: dict[str, Any]) -> None:
    document["type"].remove("OpenBadgeCredential")
    _endorsed(document, 0)["type"].append("OpenBadgeCredential")


def _another_kind_of_one(document: dict[str, Any]) -> None:
    document["issuer"]["official"], _creator(document)["official"] = True, 1


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (_result_away, "/endorsement/1/credentialSubject"),
        (_alignment_away, "/endorsement/2/credentialSubject"),
        (_all_but_alignment_copied, "/endorsement/2/credentialSubject"),
        (_award_away, "/endorsement/0/credentialSubject"),
        (_profile_to_the_endorsement, "/endorsement/3/credentialSubject"),
        (_profile_to_the_creator, "/credentialSubject/achievement/creator"),
        (_issuer_a_string, "/credentialSubject/achievement/creator"),
        (_two_names, "/credentialSubject/achievement/creator"),
        (_names_swapped, "/credentialSubject/achievement/creator"),
        (_types_away, "/endorsement/0/credentialSubject"),
        (_another_kind_of_one, "/credentialSubject/achievement/creator"),
    ],
)
def test_what_could_have_been_moved_is_refused(change: Callable[[dict[str, Any]], None], where: str) -> None:
    """Whatever is said of a thing only away from its home is refused, whichever of its objects comes first in the text."""
    document = badge()
    change(document)
    assert refusal(document) == (AMBIGUOUS, where)


def test_what_belongs_to_the_credential_is_split() -> None:
    """A member of the credential's own in another object is a forgery, also in one with contexts of its own."""
    document = badge()
    document["endorsement"][0]["id"] = "urn:badge"
    del document["endorsement"][0]["issuer"]
    assert refusal(document) == (SPLIT, "/endorsement/0/credentialSubject")
    document = badge() | {"evidence": {"id": "urn:badge", "type": ["Evidence", "VerifiableCredential"]}}
    assert to_quads(document | {"evidence": {"id": "urn:badge", "type": "Evidence"}})
    document["evidence"]["validUntil"] = "2026-01-01T00:00:00Z"
    assert refusal(document) == (SPLIT, "/evidence/validUntil")


def _full_creator(document: dict[str, Any]) -> None:
    _creator(document).update(document["issuer"])


def _bare(document: dict[str, Any]) -> None:
    document["credentialSubject"]["achievement"]["creator"] = {"id": ISSUER}


def _same_in_other_forms(document: dict[str, Any]) -> None:
    _creator(document)["name"] = ["House"]
    document["issuer"]["image"] = {"id": "https://issuer.example/i", "type": "Image"}
    _creator(document)["image"] = "https://issuer.example/i"


def _endorsers_differ(document: dict[str, Any]) -> None:
    document["endorsement"][1]["issuer"]["url"] = "https://endorser.example"


def _endorsed_at_the_creator(document: dict[str, Any]) -> None:
    _creator(document)["endorsement"] = [endorsement(ISSUER, 9)]


def _own_subject(document: dict[str, Any]) -> None:
    document["credentialSubject"]["id"] = ISSUER


def _subject_named(document: dict[str, Any]) -> None:
    _endorsed(document, 2).update(name="Counter")


@pytest.mark.parametrize(
    "change",
    [
        lambda _: None,
        _full_creator,
        _bare,
        _same_in_other_forms,
        _endorsers_differ,
        _endorsed_at_the_creator,
        _subject_named,
    ],
)
def test_honest_repetitions_are_taken(change: Callable[[dict[str, Any]], None]) -> None:
    """Exact and partial repetitions, bare references, and what endorsements say on their own are no contradiction."""
    document = badge()
    change(document)
    assert to_quads(document)
    assert to_quads(_backwards(document))


def test_an_issuer_may_be_the_subject() -> None:
    """A self-issued badge says who its issuer is where the issuer stands, but nothing of the subject there."""
    document = badge()
    del document["credentialSubject"]["achievement"]["creator"], document["endorsement"][3]
    _own_subject(document)
    assert to_quads(document)
    document["issuer"]["type"].append("AchievementSubject")
    document["issuer"]["result"] = document["credentialSubject"].pop("result")
    assert refusal(document) == (AMBIGUOUS, "/issuer")


def test_criteria_may_have_the_address_of_their_achievement() -> None:
    """Their text stands with them; it may not be moved to the achievement, nor anything of the achievement to them."""
    document = badge()
    achievement = document["credentialSubject"]["achievement"]
    achievement["criteria"] = {"id": ACHIEVEMENT, "narrative": "Opens, serves, closes."}
    assert to_quads(document)
    achievement["criteria"]["alignment"] = achievement.pop("alignment")
    assert refusal(document) == (AMBIGUOUS, "/credentialSubject/achievement/criteria")
    achievement["alignment"] = achievement["criteria"].pop("alignment")
    achievement["narrative"] = achievement["criteria"].pop("narrative")
    assert refusal(document) == (AMBIGUOUS, "/credentialSubject/achievement/criteria")


def test_the_first_of_an_array_is_the_home_of_what_stands_in_it_twice() -> None:
    """Of two objects at the same kind of place the first one has to say everything."""
    whole, part = {"id": "urn:v", "type": ["Evidence"], "name": "Photo"}, {"id": "urn:v", "type": ["Evidence"]}
    assert to_quads(badge() | {"evidence": [whole, part]})
    assert refusal(badge() | {"evidence": [part, whole]}) == (AMBIGUOUS, "/evidence/1")


def test_graphs_are_compared_on_their_own() -> None:
    """What stands in a proof, or in a credential that a presentation holds, cannot be moved out, so it is not compared."""
    held = badge()
    document: dict[str, Any] = {
        "@context": CONTEXTS,
        "type": "VerifiablePresentation",
        "holder": {"id": ISSUER, "type": "Profile", "name": "Another name"},
        "verifiableCredential": [held],
    }
    assert to_quads(document)
    _two_names(held)
    assert refusal(document) == (
        AMBIGUOUS,
        "/verifiableCredential/0/credentialSubject/achievement/creator",
    )


def test_words_of_digits_are_no_places() -> None:
    """A member whose name is a very long number is no harm."""
    name = "9" * 5000
    context = {"@vocab": "https://example.org/"}
    document: dict[str, Any] = {"@context": [CREDENTIALS_V2, context], "id": "urn:c", "type": "VerifiableCredential"}
    assert ANY.to_quads(document | {name: {"id": "urn:x", "b": "y"}, "z": {"id": "urn:x"}})


@pytest.mark.parametrize("name", ["a#0", "x@graph"])
def test_a_word_cannot_take_the_label_of_something_else(name: str) -> None:
    """Labels of list cells and of proof graphs are ours: a word that would make one is not taken, by whichever way."""
    document: dict[str, Any] = {
        "@context": [CREDENTIALS_V2, {"@vocab": "https://example.org/"}],
        "type": "VerifiableCredential",
    }
    with pytest.raises(CredentialError) as caught:
        ANY.to_quads(document | {name: {"b": "y"}})
    assert caught.value.code == "undefined-term"
    document["@context"] = [CREDENTIALS_V2, {name: "https://example.org/a"}]
    with pytest.raises(CredentialError) as caught:
        ANY.to_quads(document)
    assert caught.value.code == "inline-context"
