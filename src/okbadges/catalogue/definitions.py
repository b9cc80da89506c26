"""The catalogue as people write and review it: the one way from ``badge_definitions`` to a catalogue that can be trusted.

`read_catalogue` reads strictly and finds every mistake at once; `check` looks at the pictures too. Nothing here knows a database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.catalogue.area_checks import check_areas
from okbadges.catalogue.badge_files import BadgeDefinition, Catalogue, IssuerDefinition
from okbadges.catalogue.checks import check_badge, check_common_files
from okbadges.catalogue.findings import Findings
from okbadges.catalogue.mistakes import CatalogueMistakes, Mistake
from okbadges.catalogue.pictures import BadgePictures, find_pictures
from okbadges.catalogue.reading import read_folder
from okbadges.catalogue.unit_checks import check_units

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = [
    "BadgeDefinition",
    "BadgePictures",
    "Catalogue",
    "CatalogueMistakes",
    "IssuerDefinition",
    "Mistake",
    "check",
    "read_catalogue",
]


def read_catalogue(folder: Path) -> Catalogue:
    """Read all definitions in ``folder`` (not the artwork). Raises `CatalogueMistakes` with every mistake there is."""
    catalogue, mistakes = _read(folder)
    if mistakes:
        raise CatalogueMistakes(mistakes)
    return catalogue


def check(folder: Path) -> tuple[Catalogue, Mapping[str, BadgePictures]]:
    """Read the definitions and the artwork, as an import needs them. Raises `CatalogueMistakes` with every mistake in both."""
    catalogue, mistakes = _read(folder)
    pictures, wrong_pictures = find_pictures(folder / "artwork", catalogue.badges)
    if mistakes or wrong_pictures:
        raise CatalogueMistakes([*mistakes, *wrong_pictures])
    return catalogue, pictures


def _read(folder: Path) -> tuple[Catalogue, list[Mistake]]:
    findings = Findings()
    catalogue = read_folder(folder, findings)
    check_common_files(catalogue, findings)
    check_units(catalogue, findings)
    for stem, badge in catalogue.badges.items():
        check_badge(catalogue, stem, badge, findings)
    check_areas(catalogue, findings)
    return catalogue, findings.mistakes
