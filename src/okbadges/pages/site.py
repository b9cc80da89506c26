"""What every page shares: templates, words and static files, read once at start, and the frame around a page's content.

It lives on ``app.state.site``; nothing is kept in the module.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from okbadges.edge.sign_ins import brings_sign_in
from okbadges.pages import qr
from okbadges.pages.assets import Assets, read_assets
from okbadges.pages.language import Choice, choose, with_language
from okbadges.pages.words import LANGUAGE_NAMES, Words, read_catalogues, time_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fastapi import FastAPI, Request

    from okbadges.edge.rooms import Rooms

STYLE: Final = "okbadges.css"
"""The style of every page. Pages that somebody meets by a code on a slow telephone hold it, and need no second answer to be shown."""

VARY: Final = {"Vary": "Accept, Accept-Language"}

_CODES: Final = 256
"""How many QR codes are remembered, of some 8 KiB each."""
_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """One entry of the language switch."""

    code: str
    name: str
    address: str
    current: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What a chat or a search result may show of a page (OpenGraph); never anything about a person."""

    title: str
    description: str
    image: str | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """The templates, the words of every offered language, and the static files."""

    templates: Environment
    words: Mapping[str, Words]
    assets: Assets
    drawn_before: Callable[[str], qr.Code]
    """Draws the QR code of an address that is opened again and again, and remembers it: drawing one takes milliseconds."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a page: the words of its language, and links that keep it."""

    site: Site
    request: Request
    choice: Choice
    words: Words

    def link(self, path: str) -> str:
        """Return a link inside the service, with the language where the address asked for one."""
        return self.choice.keep(path)

    def page(
        self,
        template: str,
        *,
        preview: Preview,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        in_language: Callable[[str], str] | None = None,
        switch: bool = True,
        **model: object,
    ) -> HTMLResponse:
        """Render a page; ``model`` is what its template shows, ``in_language`` where it is in another language.

        Without ``switch`` there is no language switch: on a page that following a link would lose.
        """
        html = self.html(template, preview=preview, in_language=in_language, switch=switch, **model)
        return HTMLResponse(html, status_code=status, headers={**VARY, **(headers or {})})

    def html(
        self,
        template: str,
        *,
        preview: Preview,
        in_language: Callable[[str], str] | None = None,
        switch: bool = True,
        **model: object,
    ) -> str:
        """Render a page, as `page` does, and return it as text."""
        return self.site.templates.get_template(template).render(
            t=self.words,
            language=self.words.language,
            languages=self._language_links(in_language) if switch else [],
            link=self.link,
            asset=self.site.assets.address,
            inside=self.site.assets.inside,
            demo=_is_demo(self.request),
            brings_sign_in=brings_sign_in(self.request),
            preview=preview,
            **model,
        )

    def _language_links(self, in_language: Callable[[str], str] | None) -> list[LanguageLink]:
        url = self.request.url
        here = f"{url.path}?{url.query}" if url.query else url.path
        return [
            LanguageLink(
                code=code,
                name=LANGUAGE_NAMES[code],
                address=in_language(code) if in_language else with_language(here, code),
                current=code == self.words.language,
            )
            for code in self.site.words
        ]


def open_site() -> Site:
    """Read the templates, catalogues and static files. Raises when any is broken, or the machine has no time zones: at start, not on a visit."""
    time_zone()
    templates = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    return Site(
        templates, read_catalogues(_HERE / "locale"), read_assets(_HERE / "static"), lru_cache(_CODES)(qr.drawn)
    )


def site_of(app: FastAPI) -> Site:
    """Return the site of an application."""
    return cast("Site", app.state.site)


def visit(request: Request, language: str | None = None) -> Visit:
    """Begin a visit in the visitor's language, or in ``language`` where the path itself says it."""
    site = site_of(request.app)
    choice = choose(request, site.words)
    if language is not None and language in site.words:
        choice = Choice(language, asked_for=choice.asked_for or language != choice.language)
    return Visit(site, request, choice, site.words[choice.language])


def _is_demo(request: Request) -> bool:
    rooms = cast("Rooms | None", getattr(request.app.state, "rooms", None))
    return rooms is not None and rooms.demo
