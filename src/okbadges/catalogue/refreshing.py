"""Refreshing the files of the common units from ePerusteet: into a difference that a person reads, not into the catalogue.

Names, versions and sizes follow the API; whatever it does not say stays. Only single lines change, so comments and order stay too. Which area
took the place of which, and our own short words for outcomes, are a person's to write: for those there are remarks.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

import yaml

from okbadges.catalogue.eperusteet import read_unit
from okbadges.catalogue.reading import GENERATION_FILES, read_units
from okbadges.catalogue.texts import LANGUAGES
from okbadges.errors import OkbadgesError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from okbadges.catalogue.eperusteet import PublishedArea, PublishedUnit
    from okbadges.catalogue.units import Area, Generation, Unit
    from okbadges.credentials.fetching import Fetch


@dataclass(frozen=True, slots=True)
class Refreshed:
    """One file as it is and as it would be; ``remarks`` are for a person, ``unread`` says which units could not be read and why."""

    file: str
    before: str
    after: str
    remarks: tuple[str, ...]
    unread: tuple[str, ...]

    def diff(self) -> str:
        """Return the unified difference; empty where nothing changes."""
        lines = (self.before.splitlines(keepends=True), self.after.splitlines(keepends=True))
        return "".join(difflib.unified_diff(*lines, fromfile=f"a/{self.file}", tofile=f"b/{self.file}"))


@dataclass(slots=True)
class _Edits:
    """Changes of single lines: a part of a line that is replaced, or a line that is put in front of another."""

    lines: list[str]
    replaced: list[tuple[int, int, int, str]] = field(default_factory=list)
    inserted: list[tuple[int, str]] = field(default_factory=list)

    def replace(self, node: yaml.Node, text: str) -> None:
        """Replace a value that stands on one line."""
        self.replaced.append((node.start_mark.line, node.start_mark.column, node.end_mark.column, text))

    def insert(self, line: int, text: str) -> None:
        """Put a line in front of the one with this number."""
        self.inserted.append((line, text))

    def applied(self) -> str:
        """Return the text with every change; from the end on, so that places stay what they were."""
        lines = list(self.lines)
        for number, begin, end, text in sorted(self.replaced, reverse=True):
            lines[number] = lines[number][:begin] + text + lines[number][end:]
        for number, text in sorted(self.inserted, reverse=True):
            lines.insert(number, f"{text}\n")
        return "".join(lines)


def refresh(folder: Path, fetch: Fetch, api: str, *, today: date) -> Iterator[Refreshed]:
    """Ask about every common unit and go through the files as they would be. Raises `CatalogueMistakes` for files that cannot be read."""
    for generation in read_units(folder).all:
        file = GENERATION_FILES[generation.generation]
        text = (folder / file).read_text("utf-8")
        yield _refreshed(generation, file, text, fetch, api, today)


def _refreshed(generation: Generation, file: str, text: str, fetch: Fetch, api: str, today: date) -> Refreshed:
    root, edits = yaml.compose(text, Loader=yaml.SafeLoader), _Edits(text.splitlines(keepends=True))
    remarks: list[str] = []
    unread: list[str] = []
    for unit, node in zip(generation.units, _value(root, "units").value, strict=True):
        try:
            published = read_unit(fetch, api, unit.uri)
        except OkbadgesError as refused:
            unread.append(f"{unit.code}: {refused.detail}")
            continue
        remarks += _unit(edits, node, unit, published)
        remarks += _outcomes(generation, unit, published)
    if not unread and generation.checked_on != today:
        edits.replace(_value(root, "checked_on"), today.isoformat())
    return Refreshed(file, text, edits.applied(), tuple(remarks), tuple(unread))


def _unit(edits: _Edits, node: yaml.Node, unit: Unit, published: PublishedUnit) -> Iterator[str]:
    """Change what differs in a unit and its areas, and go through what a person has to look at."""
    _names(edits, node, unit.name.model_dump(), published.name)
    there = {one.uri: one for one in published.areas}
    sizes: list[Decimal | None] = []
    for area, its in zip(unit.areas, _value(node, "areas").value, strict=True):
        found = there.pop(area.uri, None)
        if found is None:
            yield f"{unit.code}: ePerusteet does not have the area {area.code}; nothing of it was changed."
            sizes.append(area.osp)
            continue
        _area(edits, its, area, found)
        sizes.append(found.osp or area.osp)
    yield from (f"{unit.code}: ePerusteet has the area {one.uri}, and the file does not." for one in there.values())
    if published.osp is not None and published.osp != unit.osp:
        total = sum((one for one in sizes if one), Decimal(0))
        if None in sizes or total != published.osp:
            yield f"{unit.code}: ePerusteet says {published.osp} osp for the unit and its areas make {total}; it was not changed."
        else:
            _osp(edits, node, published.osp)


def _area(edits: _Edits, node: yaml.Node, area: Area, published: PublishedArea) -> None:
    _names(edits, node, area.name.model_dump(), published.name)
    if published.version is not None and published.version != area.version:
        edits.replace(_value(node, "version"), str(published.version))
    if published.osp is not None and published.osp != area.osp:
        _osp(edits, node, published.osp)


def _outcomes(generation: Generation, unit: Unit, published: PublishedUnit) -> Iterator[str]:
    """Go through the official texts of outcomes for which we have no words of our own yet."""
    if generation.outcomes != "unknown":
        return
    codes = {one.uri: one.code for one in unit.areas}
    for area in published.areas:
        for number, text in enumerate(area.outcomes, start=1):
            yield f"{codes.get(area.uri, area.uri)}-{number}, to be put into our own words: {text}"


def _names(edits: _Edits, node: yaml.Node, known: Mapping[str, str | None], published: Mapping[str, str]) -> None:
    names = _value(node, "name")
    for language in LANGUAGES:
        name = published.get(language)
        if name is None or name == known[language]:
            continue
        if known[language] is not None:
            edits.replace(_value(names, language), _plain(name))
        else:
            key, _ = names.value[-1]
            edits.insert(names.end_mark.line, f"{' ' * key.start_mark.column}{language}: {_plain(name)}")


def _osp(edits: _Edits, node: yaml.Node, osp: Decimal) -> None:
    """Set a size; a new one stands after the name."""
    fields = {key.value: (key, value) for key, value in node.value}
    if "osp" in fields:
        edits.replace(fields["osp"][1], str(osp))
        return
    key, name = fields["name"]
    edits.insert(name.end_mark.line, f"{' ' * key.start_mark.column}osp: {osp}")


def _value(node: yaml.Node | None, name: str) -> yaml.Node:
    """Return a field that the models say is there."""
    fields: Iterable[tuple[yaml.Node, yaml.Node]] = node.value if isinstance(node, yaml.MappingNode) else ()
    return next(value for key, value in fields if key.value == name)


def _plain(text: str) -> str:
    """Return a text as a value of YAML on one line, in quotes where it needs them."""
    written: str = yaml.safe_dump(text, allow_unicode=True, width=10_000)
    return written.splitlines()[0]
