"""The parts of TUVA with their sizes in weeks, from the definitions of this release: a published badge does not hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from okbadges.catalogue.mistakes import CatalogueMistakes, Mistake, field_path, in_words
from okbadges.catalogue.reading import TUVA
from okbadges.catalogue.units import TuvaFile
from okbadges.catalogue.yaml_files import read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from okbadges.catalogue.units import TuvaPartFacts


def read_tuva_parts(folder: Path) -> Mapping[str, TuvaPartFacts]:
    """Return every part of TUVA by its code URI. Raises `CatalogueMistakes`."""
    mistakes: list[Mistake] = []
    fields = read_yaml(folder / TUVA, TUVA, mistakes)
    if fields is None or mistakes:
        raise CatalogueMistakes(mistakes)
    try:
        file = TuvaFile.model_validate(fields)
    except ValidationError as error:
        found = error.errors(include_url=False)
        raise CatalogueMistakes(
            Mistake(TUVA, field_path(each["loc"]), in_words(each, TuvaFile.model_fields)) for each in found
        ) from None
    return {part.uri: part for part in file.parts}
