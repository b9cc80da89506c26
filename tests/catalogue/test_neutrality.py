"""The lint finds words that could tell why somebody was there, and only those."""

from __future__ import annotations

import pytest

from okbadges.catalogue.neutrality import Disclosure, find_disclosing_words, warn


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Osallistui kuntouttavaan työtoimintaan.", ["kuntouttavaan"]),
        ("Mielenterveysyhdistyksen merkki", ["Mielenterveysyhdistyksen"]),
        ("päihteet ja PÄIHDEKUNTOUTUS", ["päihteet", "PÄIHDEKUNTOUTUS"]),
        ("vammaisten työpaja, työttömien paja, työtön", ["vammaisten", "työttömien", "työtön"]),
        ("osatyökykyinen, työkyvyn arviointi", ["osatyökykyinen", "työkyvyn"]),
        ("syrjäytymisvaarassa, pudokas", ["syrjäytymisvaarassa", "pudokas"]),
        ("tuen  tarpeet", ["tuen  tarpeet"]),
        ("tuen-tarve", ["tuen-tarve"]),
        (
            "diagnoosi, sairaus, masennus, psyykkinen, psykiatri",
            ["diagnoosi", "sairaus", "masennus", "psyykkinen", "psykiatri"],
        ),
        ("rikostausta, lastensuojelu", ["rikostausta", "lastensuojelu"]),
        ("rehabilitation of unemployed and disabled people", ["rehabilitation", "unemployed", "disabled"]),
        (
            "a mental health association, addiction, illness, criminal record",
            ["mental health", "addiction", "illness", "criminal"],
        ),
        (
            "arbetslösa, funktionsnedsättning, missbruk, sjukdom, diagnos",
            ["arbetslösa", "funktionsnedsättning", "missbruk", "sjukdom", "diagnos"],
        ),
        ("TELMA-koulutus", ["TELMA"]),
        ("kuntou\u00adttava", ["kuntouttava"]),
    ],
)
def test_disclosing_words_are_found(text: str, words: list[str]) -> None:
    """Each stem of the list is found at the beginning of a word, in any case, with soft hyphens taken out."""
    assert find_disclosing_words(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "environmental health and fundamental healthy food",
        "Huolehtii hyvinvoinnista ja turvallisesta työstä.",
        "Sköter gårdar och utomhusområden",
        "Osaa käyttää työkaluja",
        "discriminate between colours",
        "ett utslag av glädje",
        "",
    ],
)
def test_other_words_are_not_found(text: str) -> None:
    """A stem inside a word is not a hit: "environmental health" is not "mental health"."""
    assert find_disclosing_words(text) == []


def test_one_language_can_be_asked() -> None:
    """With a language only the stems of that language are looked for, and those of every language without one."""
    assert find_disclosing_words("sjukdom, sairaus, illness", "sv") == ["sjukdom"]
    assert find_disclosing_words("sjukdom, sairaus, illness") == ["sjukdom", "sairaus", "illness"]
    assert find_disclosing_words("sjukdom, sairaus, illness", "se") == ["sjukdom", "sairaus", "illness"]


def test_a_word_is_said_once() -> None:
    """A word that comes twice is one warning."""
    assert find_disclosing_words("sairaus ja sairaus") == ["sairaus"]


def test_names_and_notes_are_warned_about() -> None:
    """Arbitrary texts give warnings with their field and a sentence that helps; nothing is refused."""
    warnings = warn([("organisation.name", "Tornion paja"), ("workshop.name", "Kuntouttava paja")])

    assert warnings == [Disclosure("workshop.name", "Kuntouttava")]
    assert "what the person can do" in warnings[0].message
