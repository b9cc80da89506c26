"""The words to the holder: there for every badge and step, in three languages, and never anything but the neutral ones in what is signed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from okbadges.catalogue.importing import plan
from okbadges.catalogue.published import PublishedBadge
from okbadges.catalogue.publishing import publish
from okbadges.catalogue.second_person import ToHolder, to_holder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogue.drafts import Draft
    from okbadges.catalogue.badge_files import BadgeDefinition, Catalogue
    from okbadges.catalogue.texts import Texts

RAHA = "badges/arki-raha.yaml"
ADDRESSED = {"fi": r"\w+t\b", "sv": r"Du\b|.* du\b", "en": r"You\b|.* you\b"}
"""How a text to the holder begins or goes on: in Finnish with its verb, whose ending is the "you"."""


def pairs(badge: BadgeDefinition) -> Iterator[tuple[Texts, Texts]]:
    """Go through the neutral texts of a badge, each with what is said to the holder."""
    assert badge.you is not None, badge.slug
    yield badge.description, badge.you.description
    yield from zip(badge.criteria, badge.you.criteria, strict=True)


def first_version(catalogue: Catalogue, slug: str) -> PublishedBadge:
    """Return a badge of the catalogue as its first version."""
    return publish(catalogue, catalogue.badges[slug], None, version=1)


def test_it_works(catalogue: Catalogue) -> None:
    """A page asks what to say to the holder, and gets the description and one text for each step."""
    said = to_holder(first_version(catalogue, "arki-palvelut"))

    assert said.says_you
    assert said.description.in_language("fi") == ("Osaat löytää palvelun, varata ajan ja hoitaa asiasi.", "fi")
    assert said.description.in_language("sv")[0].startswith("Du kan hitta en tjänst")
    assert said.criteria[0].fi == "Löydät kolme eri palvelua ja kerrot, mihin niitä käytetään."
    assert said.criteria[0].en == "You find three different services and explain what they are for."
    assert len(said.criteria) == 3


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_every_badge_and_step_speaks_to_its_holder(catalogue: Catalogue, language: str) -> None:
    """All forty have a text of their own for the description and each step, calm, and in the second person."""
    for badge in catalogue.badges.values():
        for neutral, to_you in pairs(badge):
            text = getattr(to_you, language)
            assert text != getattr(neutral, language), badge.slug
            assert re.match(ADDRESSED[language], text), f"{badge.slug}: {text}"
            assert text[0].isupper(), text
            assert text.endswith("."), text
            assert "!" not in text, text


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        pytest.param("    fi: Osaat suunnitella omaa rahankäyttöäsi ja vertailla ostoksia.\n", "", "you.description.fi: is missing", id="Finnish description"),
        pytest.param("    sv: Du kan planera din egen ekonomi och jämföra inköp.\n", "", "you.description.sv: is missing", id="Swedish description"),
        pytest.param("      en: You find the amount and the due date on a sample bill.\n", "", "you.criteria[2].en: is missing", id="English step"),
        pytest.param("fi: Löydät esimerkkilaskusta summan ja eräpäivän.", "fi: ''", "you.criteria[2].fi: is empty", id="empty step"),
        pytest.param("you:\n  description:\n    fi: Osaat suunnitella omaa rahankäyttöäsi ja vertailla ostoksia.\n    sv: Du kan planera din egen ekonomi och jämföra inköp.\n    en: You can plan your own spending and compare purchases.\n", "you:\n", "you.description: is missing", id="no description"),
        pytest.param("    en: You can plan your own spending and compare purchases.\n", "    en: You can plan your own spending and compare purchases.\n  motto: {fi: Hyvä}\n", "you.motto: 'motto' is not a known field", id="unknown field"),
        pytest.param("fi: Löydät esimerkkilaskusta summan", "fi: Löydät päihdelaskusta summan", "you.criteria[2].fi: the word 'päihdelaskusta' could tell why", id="disclosing word"),
        pytest.param("en: You can plan your own spending", "en: You can plan spending while unemployed", "you.description.en: the word 'unemployed' could tell why", id="disclosing English word"),
        pytest.param("sv: Du kan planera din egen", "sv: Du kan <b>planera</b> din egen", "you.description.sv: must be plain words", id="markup"),
        pytest.param("fi: Löydät esimerkkilaskusta summan", "fi: Löydät " + "hyvin " * 30 + "esimerkkilaskusta summan", "you.criteria[2].fi: is too long (225 characters, at most 180)", id="long step"),
        pytest.param("  fi: Osaa suunnitella", "  fi: Osaa " + "hyvin " * 30 + "suunnitella", f"{RAHA}: description.fi: is too long", id="long neutral text"),
    ],
)  # fmt: skip
def test_a_mistake_is_found(draft: Draft, old: str, new: str, mistake: str) -> None:
    """One spoiled text to the holder is named by its file and field, and is the only mistake."""
    draft.change(RAHA, old, new)

    (found,) = draft.mistakes()

    assert found.startswith(f"{RAHA}: ")
    assert mistake in found


def test_a_text_too_few_or_too_many_is_found(draft: Draft) -> None:
    """Each criterion has its one text to the holder."""
    step = "    - fi: Löydät esimerkkilaskusta summan ja eräpäivän.\n      sv: Du hittar summan och förfallodagen på en exempelfaktura.\n      en: You find the amount and the due date on a sample bill.\n"
    field = f"{RAHA}: you.criteria: must have one text for each criterion, in the same order: there are"

    draft.change(RAHA, step, "")
    assert draft.mistakes() == [f"{field} 3 texts for 4 criteria"]

    draft.change(RAHA, "    - fi: Kerrot, mitä", step + step + "    - fi: Kerrot, mitä")
    assert draft.mistakes() == [f"{field} 5 texts for 4 criteria"]


def test_a_badge_that_says_nothing_to_its_holder_is_found(draft: Draft) -> None:
    """A file without the words to the holder is no badge of the catalogue."""
    file = draft.folder / RAHA
    text = re.sub(r"^you:\n(?: .*\n)+", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    draft.write(RAHA, text)

    assert draft.mistakes() == [f"{RAHA}: you: is missing: the description and each criterion said to the holder"]


def test_an_allowed_word_passes(draft: Draft) -> None:
    """What is allowed for the badge is allowed in its words to the holder."""
    draft.change(RAHA, "fi: Löydät esimerkkilaskusta", "fi: Löydät diagnoosin")
    draft.add(RAHA, "allowed_words: [{word: diagnoosin, reason: Taken from the name of a task.}]\n")

    assert draft.mistakes() == []


def test_an_older_version_is_read_neutrally(catalogue: Catalogue) -> None:
    """What was stored before there were words to the holder loads, keeps its hash, and is read in its neutral words."""
    stored = first_version(catalogue, "arki-raha").model_dump(mode="json", exclude={"you"})

    old = PublishedBadge.model_validate(stored)

    assert old.you is None
    assert to_holder(old) == ToHolder(old.description, old.criteria, says_you=False)
    assert old.content_hash() == PublishedBadge.model_validate({**stored, "you": None}).content_hash()


def test_the_words_are_part_of_a_version(draft: Draft) -> None:
    """Words to the holder where there were none, and changed ones, make the next version of that badge and of no other."""
    catalogue = draft.read()
    before = {slug: first_version(catalogue, slug) for slug in catalogue.badges}
    without = {**before, "arki-raha": before["arki-raha"].model_copy(update={"you": None})}

    added = plan(catalogue, without, {})
    draft.change(RAHA, "sv: Du kan planera din egen ekonomi", "sv: Du kan sköta din egen ekonomi")
    changed = plan(draft.read(), before, {})

    assert [(each.badge.slug, each.badge.version) for each in added.publications] == [("arki-raha", 2)]
    assert '    you.description.en: + "You can plan your own spending and compare purchases."' in added.describe()
    assert [(each.badge.slug, each.badge.version) for each in changed.publications] == [("arki-raha", 2)]
    assert changed.describe().split("\n")[1].startswith("    you.description.sv: ")


def test_what_is_stored_is_read_back(catalogue: Catalogue) -> None:
    """A version keeps the words through its JSON, and refuses what it does not know."""
    badge = first_version(catalogue, "kooste-yhteiskunta")

    assert PublishedBadge.model_validate_json(badge.model_dump_json()) == badge
    with pytest.raises(ValueError, match="motto"):
        PublishedBadge.model_validate({**badge.model_dump(), "you": {**badge.model_dump()["you"], "motto": "Hyvä"}})
