"""The catalogue as it is in git, and a copy of it to spoil."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalogue.drafts import Draft, copy_catalogue
from okbadges.catalogue.definitions import read_catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from okbadges.catalogue.badge_files import Catalogue


@pytest.fixture(scope="session")
def catalogue(checkout: Path) -> Catalogue:
    """Return the catalogue of this checkout."""
    return read_catalogue(checkout / "badge_definitions")


@pytest.fixture
def draft(checkout: Path, tmp_path: Path) -> Draft:
    """Return a copy of the catalogue of this checkout."""
    return copy_catalogue(checkout / "badge_definitions", tmp_path / "catalogue")
