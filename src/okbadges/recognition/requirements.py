"""The requirements that badges are laid beside: the common units in every generation, and the parts of TUVA."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from okbadges.catalogue.reading import read_units
from okbadges.recognition.tuva import read_tuva_parts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from okbadges.catalogue.units import Generations, TuvaPartFacts


class Requirements:
    """The requirements as the files of one release say them.

    They are read when somebody asks first: most commands and many servers never do.
    """

    def __init__(self, folder: Path) -> None:
        """Read from ``folder``, later."""
        self._folder = folder

    @cached_property
    def units(self) -> Generations:
        """Return the common units in every generation. Raises `CatalogueMistakes`."""
        return read_units(self._folder)

    @cached_property
    def tuva(self) -> Mapping[str, TuvaPartFacts]:
        """Return the parts of TUVA by their code URI, with their sizes. Raises `CatalogueMistakes`."""
        return read_tuva_parts(self._folder)
