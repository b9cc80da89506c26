"""What of a badge is mandatory, what is the holder's to choose, and that every choice leaves a badge."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.selective.making import badge, derived, identity, signed, value_of
from okbadges.credentials.model import check_shape
from okbadges.credentials.selective import (
    OPEN_BADGES_MANDATORY,
    open_badges_choices,
    open_badges_mandatory,
)
from okbadges.errors import CredentialError

SIGNED = signed()
CHOICES = (
    "/credentialSubject/identifier/0",
    "/credentialSubject/identifier/1",
    "/credentialSubject/narrative",
    "/credentialSubject/role",
    "/evidence/0",
    "/evidence/1",
    "/evidence/2",
)


def test_it_works() -> None:
    """Of the badge everything that makes it one is mandatory; evidence, own words and identifiers are the holder's."""
    assert open_badges_mandatory(badge()) == (
        "/issuer",
        "/validFrom",
        "/credentialSubject/achievement",
        "/credentialSubject/result",
        "/name",
        "/validUntil",
        "/credentialSchema",
    )
    assert open_badges_choices(SIGNED) == CHOICES


def test_whatever_limits_the_badge_is_mandatory() -> None:
    """Status, end, terms and the like cannot be left out by the holder."""
    limits = {name: {"type": "Example"} for name in ("credentialStatus", "refreshService", "termsOfUse")}
    document = badge(**limits)
    assert set(open_badges_mandatory(document)) == set(OPEN_BADGES_MANDATORY)
    assert open_badges_choices(document) == CHOICES


def test_the_exact_day_is_the_holders_to_show() -> None:
    """Next to a workshop's calendar the day would tell who was there; what holds from when to when is mandatory all the same."""
    document = badge(awardedDate="2026-10-01T00:00:00Z")
    assert "/awardedDate" not in open_badges_mandatory(document)
    assert "/awardedDate" in open_badges_choices(document)


def test_a_subject_without_an_id_keeps_its_identifiers() -> None:
    """Somebody must be named: where there is no id, the identifiers are mandatory."""
    subject = {"type": ["AchievementSubject"], "achievement": {}, "identifier": [identity("emailAddress", "0" * 64)]}
    document = badge(credentialSubject=subject)
    assert "/credentialSubject/identifier" in open_badges_mandatory(document)
    assert open_badges_choices(document) == ("/evidence/0", "/evidence/1", "/evidence/2")


@pytest.mark.parametrize(
    ("member", "value", "missing"),
    [
        ("issuer", ..., "/issuer"),
        ("validFrom", ..., "/validFrom"),
        ("credentialSubject", ..., "/credentialSubject"),
        ("credentialSubject", [], "/credentialSubject"),
        ("credentialSubject", "urn:uuid:1", "/credentialSubject"),
        ("credentialSubject", {"id": "urn:uuid:1"}, "/credentialSubject/achievement"),
        ("credentialSubject", {"achievement": {}}, "/credentialSubject/identifier"),
    ],
)
def test_what_is_no_badge_has_no_mandatory_parts(member: str, value: object, missing: str) -> None:
    """Where something required is not there, or there are several subjects, nothing is guessed."""
    document = {name: held for name, held in badge(**{member: value}).items() if held is not ...}
    with pytest.raises(CredentialError) as caught:
        open_badges_mandatory(document)
    assert (caught.value.code, caught.value.where) == ("no-such-member", missing)


def test_members_with_odd_names_can_be_chosen() -> None:
    """A slash in the name of a member is escaped in its pointer."""
    assert "/a~1b" in open_badges_choices(badge(**{"a/b": 1}))


def test_disclosing_everything_gives_the_whole_badge() -> None:
    """With all that can be chosen the derived badge says what the base badge said."""
    shown = derived(SIGNED, *CHOICES)
    assert {name: value for name, value in shown.items() if name != "proof"} == badge()


@settings(max_examples=40)
@given(st.sets(st.sampled_from(CHOICES)))
def test_every_choice_leaves_a_badge(chosen: set[str]) -> None:
    """Whatever the holder chooses, the derived badge has the shape of a badge and exactly what was chosen."""
    shown = derived(SIGNED, *sorted(chosen))
    assert list(check_shape(shown)) == []
    assert ("narrative" in shown["credentialSubject"]) == ("/credentialSubject/narrative" in chosen)
    expected = [badge()["evidence"][place] for place in range(3) if f"/evidence/{place}" in chosen]
    assert shown.get("evidence", []) == expected
    assert bool(value_of(shown).signatures) == bool(chosen)
