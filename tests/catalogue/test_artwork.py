"""The artwork: what is in git is what the drawing makes, can be read by everyone, and loads nothing from elsewhere."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from okbadges.catalogue.artwork import BAND, FAMILY_COLOURS, PAPER, alternative_text, draw_all, draw_badge, draw_emblem
from okbadges.catalogue.lettering import DEFAULT_FONT, open_font, outline_name, set_lines
from okbadges.catalogue.pictograms import PICTOGRAMS
from okbadges.catalogue.texts import LANGUAGES, Texts
from okbadges.errors import ConfigurationError, InvalidInput

if TYPE_CHECKING:
    from okbadges.catalogue.badge_files import BadgeDefinition, Catalogue
    from okbadges.catalogue.lettering import Font

MOST_SVG, MOST_EMBLEM, MOST_PNG = 12_000, 4_000, 25_000
LEAST_FOR_TEXT, LEAST_FOR_SIGNS = 4.5, 3.0
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def badges(catalogue: Catalogue) -> list[BadgeDefinition]:
    """Return all badges of the catalogue."""
    return list(catalogue.badges.values())


@pytest.fixture(scope="module")
def artwork(checkout: Path) -> Path:
    """Return the folder of the drawn files."""
    return checkout / "badge_definitions" / "artwork"


@pytest.fixture(scope="module")
def font() -> Font:
    """Return the font that the committed artwork is drawn with."""
    if not Path(DEFAULT_FONT).is_file():
        pytest.skip(f"needs the font {DEFAULT_FONT}: apt-get install fonts-dejavu-core")
    return open_font(Path(DEFAULT_FONT))


def contrast(one: str, other: str) -> float:
    """Return the WCAG 2.2 contrast ratio of two colours written #RRGGBB."""

    def luminance(colour: str) -> float:
        shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_every_badge_has_all_its_pictures_and_nothing_else_is_there(
    badges: list[BadgeDefinition], artwork: Path
) -> None:
    """A badge has an emblem, and an SVG and a PNG in each language; a picture of no badge is a leftover."""
    endings = ["emblem.svg", *(f"{language}.{kind}" for language in LANGUAGES for kind in ("svg", "png"))]
    wanted = {f"{badge.slug}.{ending}" for badge in badges for ending in endings}
    assert {path.name for path in artwork.iterdir()} == wanted


def test_pictures_are_small(artwork: Path) -> None:
    """Pictures travel inside credentials and lists over slow connections, so each kind has a cap."""
    for path in artwork.iterdir():
        most = MOST_PNG if path.suffix == ".png" else MOST_EMBLEM if ".emblem" in path.name else MOST_SVG
        assert 0 < path.stat().st_size <= most, path.name


def test_drawings_are_well_formed_and_load_nothing(artwork: Path) -> None:
    """A drawing holds only shapes and words: no script, no link, no style, no id that could clash in a page."""
    shapes = {f"{SVG}{tag}" for tag in ("svg", "g", "path", "circle", "title", "desc")}
    for path in artwork.glob("*.svg"):
        root = ET.fromstring(path.read_bytes())  # noqa: S314 - our own files
        for element in root.iter():
            assert element.tag in shapes, path.name
            assert not {
                name for name in element.attrib if name in {"id", "style"} or "href" in name or name[:2] == "on"
            }
            assert not re.search(r"url\(|https?:", " ".join(element.attrib.values())), path.name


def test_drawings_say_what_they_are(badges: list[BadgeDefinition], artwork: Path) -> None:
    """A full badge names itself and its picture in its own language; an emblem has no words and keeps silent."""
    for badge in badges:
        for language in LANGUAGES:
            root = ET.parse(artwork / f"{badge.slug}.{language}.svg").getroot()  # noqa: S314 - our own files
            assert (root.get("role"), root.get("lang")) == ("img", language)
            assert badge.name.in_language(language)[0] in (root.findtext(f"{SVG}title") or "")
            assert root.findtext(f"{SVG}desc") == alternative_text(badge, language)
        emblem = ET.parse(artwork / f"{badge.slug}.emblem.svg").getroot()  # noqa: S314 - our own files
        assert emblem.get("aria-hidden") == "true"
        assert not "".join(emblem.itertext()).strip()


def test_pngs_are_512_pixels_wide_and_keep_the_colours(badges: list[BadgeDefinition], artwork: Path) -> None:
    """A PNG has a palette, clear corners and exactly the family's colour: the palette averages nothing."""
    for badge in badges:
        for language in LANGUAGES:
            with Image.open(artwork / f"{badge.slug}.{language}.png") as picture:
                assert (picture.mode, picture.width) == ("P", 512)
                pixels = picture.convert("RGBA")
            ground = FAMILY_COLOURS[badge.family].ground
            assert pixels.getpixel((0, 0)) == (0, 0, 0, 0)
            assert (*bytes.fromhex(ground[1:]), 255) in {colour for _, colour in pixels.getcolors(256) or ()}


def test_drawing_again_gives_the_committed_drawings(badges: list[BadgeDefinition], artwork: Path, font: Font) -> None:
    """What is in git is what the definitions draw, byte for byte; after a change `okbadges catalogue draw` draws anew."""
    for badge in badges:
        assert draw_emblem(badge).encode() == (artwork / f"{badge.slug}.emblem.svg").read_bytes(), badge.slug
        for language in LANGUAGES:
            drawn = draw_badge(badge, language, outline_name(font, badge.name.in_language(language)[0], BAND))
            assert drawn.encode() == (artwork / f"{badge.slug}.{language}.svg").read_bytes(), (badge.slug, language)


@pytest.mark.usefixtures("font")
def test_draw_all_writes_every_file_of_a_badge(badges: list[BadgeDefinition], artwork: Path, tmp_path: Path) -> None:
    """Drawing one badge into an empty folder writes its seven files, with the pixels of the committed PNGs."""
    written = draw_all(badges[:1], tmp_path / "new", Path(DEFAULT_FONT))
    assert sorted(path.name for path in written) == sorted(path.name for path in artwork.glob(f"{badges[0].slug}.*"))
    for path in (each for each in written if each.suffix == ".png"):
        pixels = [Image.open(io.BytesIO(each.read_bytes())).convert("RGBA") for each in (path, artwork / path.name)]
        assert pixels[0].tobytes() == pixels[1].tobytes()


def test_pictograms_are_all_different_and_all_used(badges: list[BadgeDefinition]) -> None:
    """Each badge has its own sign, and no sign is left without a badge."""
    assert set(PICTOGRAMS) == {badge.slug for badge in badges}
    assert len({pictogram.strokes for pictogram in PICTOGRAMS.values()}) == len(PICTOGRAMS)


def test_pictograms_stay_on_their_grid() -> None:
    """No stroke begins outside the grid of 24 units, and only strokes are drawn."""
    for slug, pictogram in PICTOGRAMS.items():
        assert re.fullmatch(r"[MLHVCSAZmlhvcsaz0-9. -]+", pictogram.strokes), slug
        for x, y in re.findall(r"M(-?[\d.]+)[ ]?(-?[\d.]+)", pictogram.strokes):
            assert 1.5 <= float(x) <= 22.5, slug
            assert 1.5 <= float(y) <= 22.5, slug


def test_alternative_texts_are_words_of_their_own(badges: list[BadgeDefinition]) -> None:
    """Each picture is described in three languages, none a copy of another, no two badges with the same words."""
    for badge in badges:
        pictogram = PICTOGRAMS[badge.slug]
        assert all((pictogram.fi, pictogram.sv, pictogram.en)), badge.slug
        assert len({alternative_text(badge, language) for language in LANGUAGES}) == len(LANGUAGES), badge.slug
    for language in LANGUAGES:
        assert len({PICTOGRAMS[badge.slug].shows(language) for badge in badges}) == len(badges)


def test_alternative_text_says_name_and_picture(catalogue: Catalogue) -> None:
    """The words are those one would say to somebody who does not see the badge."""
    badge = catalogue.badges["digi-turva"]
    assert alternative_text(badge, "fi") == "Osaamismerkki Turvallisesti verkossa: lukittu munalukko."
    assert alternative_text(badge, "sv") == "Märket Tryggt på nätet: ett låst hänglås."
    assert alternative_text(badge, "en") == "Badge Safe online: a closed padlock."


@pytest.mark.parametrize("family", FAMILY_COLOURS)
def test_colours_can_be_told_apart(family: str) -> None:
    """The name on the band, the sign on its ground and the pegs in the rim keep WCAG's contrasts."""
    colours = FAMILY_COLOURS[family]
    assert contrast(colours.shade, PAPER) >= LEAST_FOR_TEXT
    assert contrast(colours.ink, colours.ground) >= LEAST_FOR_TEXT
    assert contrast(colours.ink, colours.shade) >= LEAST_FOR_SIGNS
    assert contrast(colours.peg_colour, colours.wood) >= LEAST_FOR_SIGNS


def test_rim_has_one_peg_for_each_small_step(badges: list[BadgeDefinition]) -> None:
    """Counting the pegs gives the number of small steps."""
    for badge in badges:
        pegs = re.search(r'stroke-width="18"[^>]* d="([^"]+)"', draw_emblem(badge))
        assert pegs is not None
        assert pegs[1].count("m") == len(badge.criteria), badge.slug


def test_names_are_set_as_large_as_they_fit(badges: list[BadgeDefinition], font: Font) -> None:
    """Every name of the catalogue fits the band in one line or two, in letters that can be read."""
    for badge in badges:
        for language in LANGUAGES:
            size, lines = set_lines(font, badge.name.in_language(language)[0], BAND)
            assert len(lines) <= 2
            assert size >= BAND.smallest
            assert max(font.width(line) for line in lines) * size <= BAND.width + 0.01


def test_a_summary_name_breaks_at_its_dash(font: Font) -> None:
    """Where a summary badge's name breaks at the dash, the new line stands for it."""
    _, lines = set_lines(font, "Työelämätaidot \N{EN DASH} kooste", BAND)
    assert lines == ["Työelämätaidot", "kooste"]


def test_a_name_too_long_for_the_band_is_refused(font: Font) -> None:
    """A name that would be set too small to read is not drawn."""
    with pytest.raises(InvalidInput) as refused:
        outline_name(font, "Vastaanottotarkastuksen, varastoinnin ja lähetystoiminnan perusteiden hallinta", BAND)
    assert refused.value.code == "badge-name-too-long"


def test_a_letter_missing_from_the_font_is_refused(font: Font) -> None:
    """A letter that the font lacks is named, never left out."""
    with pytest.raises(InvalidInput) as refused:
        outline_name(font, "\N{HIRAGANA LETTER A}", BAND)
    assert refused.value.code == "letter-not-in-font"


def test_northern_sami_letters_can_be_drawn(font: Font) -> None:
    """The font has the letters of Northern Sámi, for the day a translator has been there."""
    assert outline_name(font, "áčđŋšŧž ÁČĐŊŠŦŽ", BAND)


def test_words_are_escaped(catalogue: Catalogue) -> None:
    """A name with the signs of XML stays words."""
    badge = catalogue.badges["digi-turva"].model_copy(update={"name": Texts(fi='Tietoa & "turvaa" <nyt>')})
    root = ET.fromstring(draw_badge(badge, "fi", ""))  # noqa: S314 - drawn here
    assert root.findtext(f"{SVG}title") == 'Osaamismerkki Tietoa & "turvaa" <nyt>'


@pytest.mark.parametrize(("field", "code"), [("slug", "badge-without-pictogram"), ("family", "family-without-colour")])
def test_what_cannot_be_drawn_is_refused(catalogue: Catalogue, field: str, code: str) -> None:
    """A new badge without a pictogram, or a family without colours, is refused with what to do."""
    badge = catalogue.badges["digi-turva"].model_copy(update={field: "unheard-of"})
    with pytest.raises(InvalidInput) as refused:
        draw_emblem(badge)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_missing_font_says_how_to_install_it(tmp_path: Path) -> None:
    """Without the font nothing is drawn, and the error says what to install."""
    with pytest.raises(ConfigurationError, match="fonts-dejavu-core"):
        open_font(tmp_path / "none.ttf")
