"""The pictures are there, say what they show, and load nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from okbadges.catalogue.definitions import CatalogueMistakes, check
from okbadges.catalogue.pictures import MOST_SVG_BYTES, find_pictures

if TYPE_CHECKING:
    from pathlib import Path

    from catalogue.drafts import Draft
    from okbadges.catalogue.badge_files import BadgeDefinition, Catalogue

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>{title}</title><path d="M1 1"/></svg>'
PNG = b"\x89PNG\r\n\x1a\n and so on"


@pytest.fixture
def badges(catalogue: Catalogue) -> dict[str, BadgeDefinition]:
    """Return one badge."""
    return {"kasi-puu": catalogue.badges["kasi-puu"]}


@pytest.fixture
def artwork(tmp_path: Path) -> Path:
    """Return a folder with all pictures of that badge."""
    for language in ("fi", "sv", "en"):
        (tmp_path / f"kasi-puu.{language}.svg").write_text(SVG.format(title=f"Puutyö {language}"), encoding="utf-8")
        (tmp_path / f"kasi-puu.{language}.png").write_bytes(PNG)
    (tmp_path / "kasi-puu.emblem.svg").write_text(SVG.format(title="Puutyö"), encoding="utf-8")
    return tmp_path


def test_it_works(artwork: Path, badges: dict[str, BadgeDefinition]) -> None:
    """All pictures of a badge are found with their alternative text."""
    found, mistakes = find_pictures(artwork, badges)

    assert mistakes == []
    assert found["kasi-puu"].by_language["sv"].alt == "Puutyö sv"
    assert found["kasi-puu"].by_language["en"].png == PNG
    assert found["kasi-puu"].emblem_svg.startswith("<svg")


def test_the_description_is_part_of_the_alternative_text(artwork: Path, badges: dict[str, BadgeDefinition]) -> None:
    """What `<desc>` says more than `<title>` is read out after it, with its entities resolved."""
    text = "<svg><title>Puutyö</title><desc>Höylä &amp; lastu</desc></svg>"
    (artwork / "kasi-puu.fi.svg").write_text(text, encoding="utf-8")

    found, _ = find_pictures(artwork, badges)

    assert found["kasi-puu"].by_language["fi"].alt == "Puutyö. Höylä & lastu"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("kasi-puu.sv.svg", None, "is missing"),
        ("kasi-puu.sv.png", None, "is missing"),
        ("kasi-puu.emblem.svg", None, "is missing"),
        ("kasi-puu.sv.png", b"", "is empty"),
        ("kasi-puu.sv.png", b"GIF89a", "is not a PNG"),
        ("kasi-puu.sv.svg", b"hello", "is not an SVG"),
        ("kasi-puu.sv.svg", b"<svg><path/></svg>", "title: is missing"),
        ("kasi-puu.sv.svg", b"<svg><title>a</title><script>1</script></svg>", "holds '<script'"),
        ("kasi-puu.sv.svg", b'<svg onload="x()"><title>a</title></svg>', "holds 'onload='"),
        (
            "kasi-puu.sv.svg",
            b'<svg><title>a</title><image href="https://x.example/a.png"/></svg>',
            "loads and runs nothing",
        ),
        ("kasi-puu.sv.svg", b"<svg><title>a</title>" + b" " * MOST_SVG_BYTES + b"</svg>", "is over 200 kB"),
        ("kasi-muu.fi.svg", b"<svg/>", "belongs to no badge"),
    ],
)
def test_an_unfit_picture_is_named(
    artwork: Path, badges: dict[str, BadgeDefinition], name: str, content: bytes | None, words: str
) -> None:
    """A picture that is missing, of the wrong kind, silent, active or left over is named by its file."""
    if content is None:
        (artwork / name).unlink()
    else:
        (artwork / name).write_bytes(content)

    _, mistakes = find_pictures(artwork, badges)

    assert len(mistakes) == 1
    assert str(mistakes[0]).startswith(f"artwork/{name}: ")
    assert words in str(mistakes[0])


def test_check_looks_at_words_and_pictures(draft: Draft) -> None:
    """`check` says the mistakes of the definitions and the missing pictures together."""
    draft.change("badges/arki-raha.yaml", "  sv: Koll på pengarna\n", "")

    with pytest.raises(CatalogueMistakes) as error:
        check(draft.folder)

    said = [str(mistake) for mistake in error.value.mistakes]
    assert "badges/arki-raha.yaml: name.sv: is missing" in said
    assert "artwork/arki-raha.fi.svg: is missing" in said
    assert len(said) == 1 + 40 * 7
