"""The catalogue as the demo publishes it: every name and every picture says DEMO, so that nobody can pass one off as earned."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.catalogue.definitions import BadgePictures, Catalogue
    from okbadges.catalogue.importing import Plan
    from okbadges.catalogue.texts import Texts

MARK = "DEMO"
_STAMP = (
    '<g transform="rotate(-18 240 196)"><rect x="96" y="160" width="288" height="76" rx="10" fill="#fff" stroke="#1b2430" '
    'stroke-width="6"/><text x="240" y="216" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="54" '
    f'font-weight="700" letter-spacing="10" fill="#1b2430">{MARK}</text></g>'
)


def marked(catalogue: Catalogue, pictures: Mapping[str, BadgePictures]) -> tuple[Catalogue, dict[str, BadgePictures]]:
    """Return the catalogue with DEMO before every name and across every picture (the PNGs are for `stamped`)."""
    badges = {slug: badge.model_copy(update={"name": _marked(badge.name)}) for slug, badge in catalogue.badges.items()}
    stamped_pictures = {
        slug: replace(
            each,
            by_language={
                language: replace(picture, svg=_across(picture.svg), alt=f"{MARK}: {picture.alt}")
                for language, picture in each.by_language.items()
            },
        )
        for slug, each in pictures.items()
    }
    return replace(catalogue, badges=badges), stamped_pictures


def stamped(planned: Plan) -> Plan:
    """Return the plan with DEMO across every PNG that it would store."""
    publications = tuple(
        replace(each, pngs={language: _on(png) for language, png in each.pngs.items()}) for each in planned.publications
    )
    return replace(planned, publications=publications)


def _marked(name: Texts) -> Texts:
    return name.model_copy(
        update={language: f"{MARK} {text}" for language, text in name.model_dump(exclude_none=True).items()}
    )


def _across(svg: str) -> str:
    before, end, after = svg.rpartition("</svg>")
    return f"{before}{_STAMP}{end}{after}"


def _on(png: bytes) -> bytes:
    """Draw a tilted plate with the word across the middle of a picture."""
    picture = Image.open(io.BytesIO(png)).convert("RGBA")
    width = picture.width
    plate = Image.new("RGBA", (int(width * 0.6), int(width * 0.16)), (255, 255, 255, 255))
    draw = ImageDraw.Draw(plate)
    edge = (27, 36, 48, 255)
    draw.rectangle((0, 0, plate.width - 1, plate.height - 1), outline=edge, width=max(2, width // 80))
    font = ImageFont.load_default(size=plate.height * 0.7)
    draw.text((plate.width / 2, plate.height / 2), MARK, fill=edge, font=font, anchor="mm")
    turned = plate.rotate(18, expand=True, resample=Image.Resampling.BICUBIC)
    picture.alpha_composite(turned, ((width - turned.width) // 2, int(width * 0.41) - turned.height // 2))
    out = io.BytesIO()
    # not optimised: the last tenth of the size would take seconds
    picture.quantize(128, method=Image.Quantize.FASTOCTREE).save(out, "PNG")
    return out.getvalue()
