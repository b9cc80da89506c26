"""The plan of an import: new, changed, unchanged, retired; and saying so field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.catalogue.importing import Plan, plan
from okbadges.catalogue.pictures import BadgePictures, Picture

if TYPE_CHECKING:
    from catalogue.drafts import Draft
    from okbadges.catalogue.badge_files import Catalogue
    from okbadges.catalogue.published import PublishedBadge

RAHA = "badges/arki-raha.yaml"


def _stored(done: Plan) -> dict[str, PublishedBadge]:
    return {slug: badge for slug, (badge, _) in done.to_publish().items()}


def test_it_works(catalogue: Catalogue) -> None:
    """The first import publishes all forty badges as version 1."""
    first = plan(catalogue, {}, {})

    assert len(first.publications) == 40
    assert {badge.version for badge, _ in first.to_publish().values()} == {1}
    assert "new: arki-raha v1 (Raha-asiat hallussa)" in first.describe()
    assert first.describe().endswith("40 new, 0 new versions, 0 retired, 0 unchanged")


def test_a_second_import_does_nothing(catalogue: Catalogue) -> None:
    """What is published as it stands keeps its version."""
    again = plan(catalogue, _stored(plan(catalogue, {}, {})), {})

    assert again.is_empty
    assert len(again.unchanged) == 40
    assert again.describe() == "0 new, 0 new versions, 0 retired, 40 unchanged"


def test_a_changed_badge_is_a_new_version(draft: Draft) -> None:
    """Only the changed badge gets the next version, and the plan shows the change field by field."""
    before = _stored(plan(draft.read(), {}, {}))
    draft.change(RAHA, "sv: Koll på pengarna", "sv: Kläm på pengarna")
    draft.change(RAHA, "hours: {least: 8, most: 16}\n", "")

    after = plan(draft.read(), before, {})

    assert [(each.badge.slug, each.badge.version) for each in after.publications] == [("arki-raha", 2)]
    assert after.describe().split("\n") == [
        "new version: arki-raha v2 (Raha-asiat hallussa)",
        '    name.sv: "Koll på pengarna" → "Kläm på pengarna"',
        '    hours.least: - "8"',
        '    hours.most: - "16"',
        "0 new, 1 new versions, 0 retired, 39 unchanged",
    ]
    assert before["arki-raha"].version == 1


def test_a_common_word_is_part_of_every_version(draft: Draft) -> None:
    """A changed common word makes new versions of all badges, a changed family name of its badges."""
    before = _stored(plan(draft.read(), {}, {}))
    draft.change("families.yaml", "en: Everyday skills", "en: Daily skills")
    assert len(plan(draft.read(), before, {}).publications) == 4

    draft.change("words.yaml", "'The holder of this badge:'", "'Whoever holds this badge:'")
    assert len(plan(draft.read(), before, {}).publications) == 40


def test_writing_it_differently_changes_nothing(draft: Draft) -> None:
    """The order of fields, comments, quotes and zeros after a decimal are not content."""
    before = _stored(plan(draft.read(), {}, {}))
    draft.change(RAHA, "slug: arki-raha\nfamily: arki\n", "# A comment\nfamily: 'arki'\nslug: arki-raha\n")
    draft.change(RAHA, "planning_osp: 0.75", "planning_osp: 0.750")

    assert plan(draft.read(), before, {}).is_empty


def test_a_badge_without_a_file_is_retired(draft: Draft) -> None:
    """A removed file and `retired: true` both retire a badge, once."""
    before = _stored(plan(draft.read(), {}, {}))
    draft.remove("badges/kasi-piha.yaml")
    draft.add("badges/kasi-puu.yaml", "retired: true\n")

    after = plan(draft.read(), before, {})

    assert after.retired == {"kasi-piha", "kasi-puu"}
    assert not after.publications
    assert "retired: kasi-piha (what was issued stays valid)" in after.describe()
    assert plan(draft.read(), before, {}, retired=after.retired).is_empty


def test_a_badge_that_comes_back_is_the_next_version(catalogue: Catalogue) -> None:
    """A retired badge that is in the catalogue again is published anew, even when nothing in it changed."""
    before = _stored(plan(catalogue, {}, {}))

    after = plan(catalogue, before, {}, retired={"kasi-puu"})

    assert [(each.badge.slug, each.badge.version, each.returns) for each in after.publications] == [
        ("kasi-puu", 2, True)
    ]
    assert "offered again: kasi-puu v2 (Puutyön perusteet)" in after.describe()


def test_pictures_are_part_of_a_version(catalogue: Catalogue) -> None:
    """A redrawn SVG is a new version and is described without its code; the PNG goes along and is not content."""
    before = _stored(plan(catalogue, {}, {"kasi-puu": _pictures("<svg>1</svg>", b"png")}))

    same = plan(catalogue, before, {"kasi-puu": _pictures("<svg>1</svg>", b"other png")})
    redrawn = plan(catalogue, before, {"kasi-puu": _pictures("<svg>2</svg>", b"png")})

    assert same.is_empty
    assert redrawn.to_publish()["kasi-puu"][1] == {"fi": b"png"}
    assert redrawn.to_publish()["kasi-puu"][0].artwork["fi"].alt == "Höylä"
    assert "    artwork.fi.svg: drawn anew" in redrawn.describe()


def _pictures(svg: str, png: bytes) -> BadgePictures:
    return BadgePictures("<svg/>", {"fi": Picture(svg, png, "Höylä")})
