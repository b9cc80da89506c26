"""What an import would do, worked out before anything is stored: new badges, new versions, unchanged and retired ones.

Pure: the catalogue in git and the newest published versions go in, a `Plan` comes out. A badge whose content is the same keeps its
version; any difference makes the next version, and what was published before never changes. Storing a plan is
`okbadges.catalogue.shelf.publish`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.catalogue.publishing import publish

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from okbadges.catalogue.badge_files import Catalogue
    from okbadges.catalogue.pictures import BadgePictures
    from okbadges.catalogue.published import Language, PublishedBadge

LONGEST_SHOWN = 80
"""A text longer than this is cut when a difference is described."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs between two versions; None where there was or is nothing."""

    field: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        """Return the difference in one line."""
        if "<svg" in (self.before or "")[:200] or "<svg" in (self.after or "")[:200]:
            return f"{self.field}: drawn anew"
        if self.before is None:
            return f"{self.field}: + {_short(self.after)}"
        if self.after is None:
            return f"{self.field}: - {_short(self.before)}"
        return f"{self.field}: {_short(self.before)} → {_short(self.after)}"


@dataclass(frozen=True, slots=True)
class Publication:
    """A version that an import stores: the badge, its PNGs by language, and what differs from the version before (None: new)."""

    badge: PublishedBadge
    pngs: Mapping[Language, bytes]
    differences: tuple[Difference, ...] | None
    returns: bool = False
    """True: the badge was retired and is offered again."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import does. ``unchanged`` and ``retired`` are slugs."""

    publications: tuple[Publication, ...]
    unchanged: tuple[str, ...]
    retired: frozenset[str]

    @property
    def is_empty(self) -> bool:
        """True: the catalogue is published as it stands."""
        return not self.publications and not self.retired

    def to_publish(self) -> dict[str, tuple[PublishedBadge, Mapping[Language, bytes]]]:
        """Return the new versions with their PNGs by slug, as `okbadges.catalogue.shelf.publish` takes them."""
        return {each.badge.slug: (each.badge, each.pngs) for each in self.publications}

    def describe(self) -> str:
        """Return the plan for a person: one line for each badge, the differences field by field under it."""
        lines: list[str] = []
        for each in self.publications:
            what = "new" if each.differences is None else "offered again" if each.returns else "new version"
            lines.append(f"{what}: {each.badge.slug} v{each.badge.version} ({each.badge.name.fi})")
            lines += [f"    {difference}" for difference in each.differences or ()]
        lines += [f"retired: {slug} (what was issued stays valid)" for slug in sorted(self.retired)]
        changed = sum(each.differences is not None for each in self.publications)
        new = len(self.publications) - changed
        counts = f"{new} new, {changed} new versions, {len(self.retired)} retired, {len(self.unchanged)} unchanged"
        return "\n".join([*lines, counts])


def plan(
    catalogue: Catalogue,
    latest: Mapping[str, PublishedBadge],
    pictures: Mapping[str, BadgePictures],
    *,
    retired: Collection[str] = (),
) -> Plan:
    """Compare the catalogue with the newest published versions by slug.

    ``latest`` holds the retired badges too, and ``retired`` says which they are: one of them that is in the catalogue again becomes
    the next version. A badge that is published and has no file any more, or says ``retired: true``, is retired.
    """
    publications, unchanged = [], []
    offered = {slug: badge for slug, badge in catalogue.badges.items() if not badge.retired}
    for slug, definition in offered.items():
        before = latest.get(slug)
        badge = publish(catalogue, definition, pictures.get(slug), version=before.version + 1 if before else 1)
        returns = slug in retired
        if before and not returns and before.content_hash() == badge.content_hash():
            unchanged.append(slug)
            continue
        found = pictures.get(slug)
        pngs = {language: picture.png for language, picture in found.by_language.items()} if found else {}
        differences = tuple(differing(before, badge)) if before else None
        publications.append(Publication(badge, pngs, differences, returns))
    gone = frozenset(slug for slug in latest if slug not in offered and slug not in retired)
    return Plan(tuple(publications), tuple(unchanged), gone)


def differing(before: PublishedBadge, after: PublishedBadge) -> Iterator[Difference]:
    """Go through the fields that differ between two versions of a badge, in the order of the badge."""
    old, new = (dict(_leaves(badge.model_dump(mode="json", exclude={"version"}))) for badge in (before, after))
    for field in [*old, *(field for field in new if field not in old)]:
        if old.get(field) != new.get(field):
            yield Difference(field, old.get(field), new.get(field))


def _leaves(value: object, field: str = "") -> Iterator[tuple[str, str]]:
    """Go through all single values with their dotted fields; nothing is said of what is empty."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{field}.{key}" if field else str(key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _leaves(inner, f"{field}[{number}]")
    elif value is not None:
        yield field, str(value)


def _short(text: str | None) -> str:
    shown = text or ""
    return f'"{shown[:LONGEST_SHOWN]}…"' if len(shown) > LONGEST_SHOWN else f'"{shown}"'
