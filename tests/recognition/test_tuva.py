"""The parts of TUVA, read from the definitions: sizes in weeks, or every mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from okbadges.catalogue.mistakes import CatalogueMistakes
from okbadges.catalogue.own import own_definitions
from okbadges.recognition.tuva import read_tuva_parts

if TYPE_CHECKING:
    from pathlib import Path


def test_each_part_has_its_weeks() -> None:
    """Work-life skills are 0 to 20 weeks; nothing of TELMA is among the parts."""
    parts = read_tuva_parts(own_definitions())
    weeks = parts["koulutuksenosattuva_102"].weeks
    assert (weeks.least, weeks.most) == (0, 20)
    assert all(uri.startswith("koulutuksenosattuva_") for uri in parts)


@pytest.mark.parametrize(
    ("text", "said"), [(None, "cannot be read"), ("parts: x", "units/tuva.yaml: "), ("parts: [", "units/tuva.yaml: ")]
)
def test_a_broken_file_stops_the_start(tmp_path: Path, text: str | None, said: str) -> None:
    """A file that is missing or broken is named, with what is wrong."""
    (tmp_path / "units").mkdir()
    if text is not None:
        (tmp_path / "units" / "tuva.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueMistakes, match=said):
        read_tuva_parts(tmp_path)
