"""A published badge says everything by itself, and keeps from credentials what only teachers may see."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from okbadges.catalogue.published import OfficialName, PublishedBadge, Texts
from okbadges.catalogue.publishing import publish

if TYPE_CHECKING:
    from okbadges.catalogue.badge_files import Catalogue

CODE = "https://virkailija.opintopolku.fi/koodisto-service/rest/codeelement/"


@pytest.fixture(scope="module")
def published(catalogue: Catalogue) -> dict[str, PublishedBadge]:
    """Return all badges as their first version."""
    return {slug: publish(catalogue, badge, None, version=1) for slug, badge in catalogue.badges.items()}


def test_it_works(published: dict[str, PublishedBadge]) -> None:
    """A badge reads back from its JSON as it was."""
    badge = published["arki-raha"]

    assert PublishedBadge.model_validate_json(badge.model_dump_json()) == badge
    assert badge.name.in_language("sv") == ("Koll på pengarna", "sv")
    assert badge.family.name.fi == "Arjen taidot"


def test_a_badge_relates_to_three_generations(published: dict[str, PublishedBadge]) -> None:
    """Arjen rytmi is YTTH in 2018 and 2022 and YTLTTH26 in 2026, where everything but the names is unknown."""
    old, current, new = published["hyva-arjen-rytmi"].areas

    assert (old.generation, old.unit_code, old.area_code, old.outcomes_confirmed) == ("2018", "400014", "YTTH", True)
    assert (current.generation, current.unit_code, current.area_code) == ("2022", "106729", "YTTH")
    assert (current.planning_osp, current.area_osp, current.outcomes) == (Decimal("0.5"), Decimal(2), ("YTTH-1",))
    assert not current.outcomes_confirmed
    assert (new.generation, new.unit_code, new.area_code) == ("2026", "108358", "YTLTTH26")
    assert (new.coverage, new.planning_osp, new.area_osp, new.outcomes) == ("unknown", None, None, ())


def test_a_credential_names_areas_and_esco(published: dict[str, PublishedBadge]) -> None:
    """The alignments of a credential are the areas of 2022 and 2026 and the ESCO skills, in its language, with code and address."""
    alignments = published["hyva-liiketta-viikkoon"].credential_alignments("sv")

    assert [(each.kind, each.name, each.code, each.url) for each in alignments] == [
        (
            "common-area",
            "Upprätthållande av arbetsförmågan och välbefinnandet",
            "ammatillisenoppiaineet_ytth",
            f"{CODE}ammatillisenoppiaineet_ytth",
        ),
        (
            "common-area",
            "Gymnastik och hälsokunskap samt främjande av arbetsförmågan och välbefinnandet",
            "ammatillisenoppiaineet_ytltth26",
            f"{CODE}ammatillisenoppiaineet_ytltth26",
        ),
        (
            "esco",
            "arbeta ergonomiskt",
            "http://data.europa.eu/esco/skill/156f8c5b-894a-4ccc-a70e-37a2726f3f00",
            "http://data.europa.eu/esco/skill/156f8c5b-894a-4ccc-a70e-37a2726f3f00",
        ),
    ]
    assert alignments[0].framework == "Gemensamma examensdelar 2022: Kunnande om samhälle och arbetsliv"
    assert alignments[2].framework == "ESCO"


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_nothing_for_teachers_is_in_a_credential(published: dict[str, PublishedBadge], language: str) -> None:
    """No vocational unit, TUVA part, national badge, outcome or osp leaks into the alignments of any badge."""
    for badge in published.values():
        teacher = badge.teacher_only
        hidden = {
            each.uri
            for kind in (teacher.vocational_units, teacher.tuva_parts, teacher.national_badges)
            for each in kind
        } | {outcome for area in badge.areas for outcome in area.outcomes}
        said = repr(badge.credential_alignments(language))

        assert not [each for each in hidden if each in said]
        assert not any(
            word in said for word in ("osp", "tutkinnonosat_", "koulutuksenosattuva", "osaamismerkit", "Decimal")
        )
        for alignment in badge.credential_alignments(language):
            assert alignment.code.startswith(("ammatillisenoppiaineet_", "http://data.europa.eu/esco/skill/"))
            assert alignment.name_language == language


def test_an_unknown_esco_label_is_said_in_our_words(published: dict[str, PublishedBadge]) -> None:
    """ESCO's own name wins; where it is not known in a language our wording is used, and the label itself stays ESCO's."""
    (skill, *_) = published["tyo-materiaali-kiertoon"].esco

    assert skill.in_language("en") == ("sort waste", "en")
    assert skill.in_language("fi") == ("lajitella jätteitä", "fi")
    assert skill.in_language("se") == ("sort waste", "en")
    assert skill.label.fi is None


def test_the_criteria_are_small_steps(published: dict[str, PublishedBadge]) -> None:
    """The narrative is a lead and one list item for each criterion, in the language asked for."""
    lines = published["digi-turva"].criteria_narrative("fi").split("\n")

    assert lines[0] == "Merkin saanut henkilö:"
    assert lines[2] == "- Tekee vahvan salasanan tai ottaa käyttöön kaksivaiheisen tunnistautumisen."
    assert len(lines) == 5


def test_the_kind_is_said_in_words(published: dict[str, PublishedBadge]) -> None:
    """A skill badge and a summary badge say what they are."""
    assert published["digi-turva"].kind_words("fi") == ("Taitomerkki: yksi osoitettu taito", "fi")
    assert published["kooste-yhteiskunta"].kind_words("en") == ("Summary badge: collects the badges of one area", "en")


@pytest.mark.parametrize(
    ("language", "areas"),
    [("sv", ["VVTK"]), ("fi", ["VVTK"]), ("en", ["VVVK"]), ("se", ["VVVK"]), (None, [])],
)
def test_the_language_of_an_award_chooses_the_area(
    published: dict[str, PublishedBadge], language: str | None, areas: list[str]
) -> None:
    """An award of vuoro-kielet counts to exactly one area, by its language, and to none while that is not known."""
    badge = published["vuoro-kielet"]

    assert [area.area_code for area in badge.areas_in("2022") if area.counts_for(language)] == areas
    assert all(area.counts_for(None) for area in published["arki-raha"].areas)


def test_the_hash_is_of_the_content(published: dict[str, PublishedBadge]) -> None:
    """The version does not change the hash; a word of the badge, a common word and a name of an area do."""
    badge = published["arki-raha"]
    lead = badge.words.criteria_lead.model_copy(update={"fi": "Hän:"})
    area = badge.areas[0].model_copy(update={"area_name": OfficialName(fi="Uusi nimi")})

    assert badge.model_copy(update={"version": 7}).content_hash() == badge.content_hash()
    others = [
        badge.model_copy(update={"name": Texts(fi="Rahat")}),
        badge.model_copy(update={"words": badge.words.model_copy(update={"criteria_lead": lead})}),
        badge.model_copy(update={"areas": (area, *badge.areas[1:])}),
    ]
    assert len({each.content_hash() for each in (badge, *others)}) == 4
    assert len({each.content_hash() for each in published.values()}) == 40


def test_a_text_falls_back_and_says_so() -> None:
    """A missing language gives the Finnish text and says that it is Finnish; an official name gives what there is."""
    assert Texts(fi="Moi", sv="Hej").in_language("en") == ("Moi", "fi")
    assert OfficialName(en="sort waste").in_language("sv") == ("sort waste", "en")
    with pytest.raises(ValidationError, match="at least one language"):
        OfficialName()


def test_a_published_badge_never_changes(published: dict[str, PublishedBadge]) -> None:
    """What is stored is frozen, and nothing unknown is read back."""
    badge = published["arki-raha"]

    with pytest.raises(ValidationError):
        badge.slug = "toinen"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        PublishedBadge.model_validate({**badge.model_dump(), "grade": 5})
