"""Labels: a few words that only a leader understands, and nothing that identifies anybody elsewhere."""

from __future__ import annotations

import unicodedata

import pytest

from okbadges.errors import InvalidInput
from okbadges.organisations.labels import LONGEST_LABEL, check_label, folded, free_label, warnings_for
from support.groups import STRANGE_LABELS

IDENTIFIERS = {
    "label-identity-code": [
        "131052-308T",
        "010190A123A",
        "010190Y123A",
        "010190f123a",
        "010190 - 123 A",
        "010190\u2013123A",
        "\uff10\uff11\uff10\uff11\uff19\uff10-\uff11\uff12\uff13\uff21",
        "010190+123A",
        "Sani 010190B123A",
    ],
    "label-email": [
        "sani@koti.fi",
        "sani @ koti",
        "sani\uff20koti",
        "sani(at)koti",
        "sani [at] koti",
        "sani{ät}koti",
    ],
    "label-web-address": [
        "https://sani.example",
        "www.sani",
        "sani.fi",
        "koti.sani.com",
        "ftp://x",
        "did:web:sani",
        "mailto:sani",
    ],
    "label-long-number": [
        "040 123 4567",
        "+358401234567",
        "040-123456",
        "Sani 0401234",
        "1.1.1990 01",
        "01.01.1990",
        "010190",
        "٠٤٠١٢٣٤",
    ],
}


@pytest.mark.parametrize(
    "label",
    ["Sani", "Sani 2", "blue cap", "Äijä", "S", "🐟", "Åsa-Märet", "Çağla", "ოთარ", "سانی", "pöytä 12", "A+B", "N:o 5", "@SUM(1)", "=A1"],
)  # fmt: skip
def test_what_a_leader_understands_is_kept(label: str) -> None:
    """Names, nicknames, signs and small numbers are labels, in any script; even what a spreadsheet would calculate."""
    assert check_label(label) == label
    assert check_label(f"  {label} ") == label


def test_one_form_of_letters() -> None:
    """However a keyboard composes ä, the label is the same one, and its length is counted after that."""
    assert check_label(unicodedata.normalize("NFD", "Äiti")) == "Äiti"
    assert check_label(unicodedata.normalize("NFD", "ä" * LONGEST_LABEL)) == "ä" * LONGEST_LABEL


@pytest.mark.parametrize("label", STRANGE_LABELS.values(), ids=STRANGE_LABELS.keys())
def test_what_misleads_the_eye_is_refused(label: str) -> None:
    """Control, invisible and direction characters, nothing to see and too much of it are refused."""
    with pytest.raises(InvalidInput) as refused:
        check_label(label)
    assert refused.value.code == "label-form"


@pytest.mark.parametrize(("code", "label"), [(code, label) for code, labels in IDENTIFIERS.items() for label in labels])
def test_what_identifies_a_person_elsewhere_is_refused(code: str, label: str) -> None:
    """Identity codes, addresses and long numbers are refused in whatever form, and the refusal does not repeat them."""
    with pytest.raises(InvalidInput) as refused:
        check_label(label)
    assert refused.value.code == code
    assert label not in refused.value.detail


@pytest.mark.parametrize(
    "label", ["Sani Virtanen", "SANI VIRTANEN", "Matti-Pekka Aalto", "Virtanen, Sani", "Ćiro Đorđić"]
)
def test_a_full_name_is_warned_of(label: str) -> None:
    """What looks like a first name and a surname is warned of and kept all the same."""
    assert [one.code for one in warnings_for(check_label(label))] == ["label-full-name"]


@pytest.mark.parametrize("label", ["Sani", "Sani 2", "Sani K", "blue cap", "Blue cap", "Matti-Pekka", "Sani K."])
def test_a_nickname_is_not_warned_of(label: str) -> None:
    """First names, initials and descriptions pass without a word."""
    assert warnings_for(label) == ()


def test_labels_that_people_would_mix_up_are_one() -> None:
    """Case, width and spaces do not tell two labels apart; another letter does."""
    assert folded("Sani  2") == folded("SANI 2") == folded("\uff33ani 2")
    assert folded("Säni") != folded("Sani")


def test_a_free_label_is_proposed() -> None:
    """The first number that is free is proposed, and it fits the length."""
    assert free_label("Sani", {"sani"}) == "Sani 2"
    assert free_label("Sani 2", {"sani", "sani 2"}) == "Sani 3"
    long = "x" * LONGEST_LABEL
    assert free_label(long, {long, "x" * 22 + " 2"}) == "x" * 22 + " 3"
