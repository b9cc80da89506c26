"""One observation for whatever was ticked: how it was seen, on which day, by whom, and a note. What was typed is never lost."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, get_args

from fastapi import Depends, Form

from okbadges.catalogue.published import EvidenceKind
from okbadges.errors import Conflict, InvalidInput
from okbadges.pages.work.frame import Typed, read_day
from okbadges.progress.observation import EARLIEST_AWARD, ObservedBy
from okbadges.progress.ticking import Sighting

if TYPE_CHECKING:
    from datetime import date

    from okbadges.catalogue.published import PublishedBadge
    from okbadges.pages.words import Words

METHODS: tuple[str, ...] = get_args(EvidenceKind)
WITNESSES: tuple[str, ...] = get_args(ObservedBy)
_USUAL = "observation"
_VERSION = re.compile("[1-9][0-9]{0,5}")


@dataclass(frozen=True, slots=True)
class TypedSighting:
    """What the form sends, as it was typed; ``steps`` are the criteria that were chosen, by their hashes."""

    method: str
    observed_on: str
    observed_by: str
    note: str = ""
    version: str = ""
    steps: frozenset[str] = frozenset()

    def sighting(self) -> Sighting:
        """Return what was seen. Raises `InvalidInput` (``day-form``, ``invalid-field``), `Conflict` (``badge-changed``) without a version."""
        for field, value, known in (
            ("method", self.method, METHODS),
            ("observed_by", self.observed_by, WITNESSES),
        ):
            if value not in known:
                raise InvalidInput("invalid-field", f"One of: {', '.join(known)}.", field=field)
        if not _VERSION.fullmatch(self.version):
            raise Conflict("badge-changed", "The form has to say which version was read.", field="version")
        day = read_day(self.observed_on, field="observed_on")
        return Sighting(self.observed_by, self.method, day, self.note, int(self.version))


@dataclass(frozen=True, slots=True)
class ObservationForm:
    """The form as it is shown: what is chosen in it, the ways of seeing with the badge's own first, and the days that make sense."""

    typed: TypedSighting
    methods: tuple[tuple[str, str], ...]
    witnesses: tuple[tuple[str, str], ...]
    first_day: str
    last_day: str
    is_note_open: bool


def observation_form(
    badge: PublishedBadge, words: Words, *, today: date, typed: TypedSighting | None = None
) -> ObservationForm:
    """Return the form for a badge: what was typed, or what is usual for it, seen today by the instructor."""
    own = badge.evidence_kinds
    usual = _USUAL if _USUAL in own or not own else own[0]
    shown = typed or TypedSighting(usual, today.isoformat(), WITNESSES[0])
    return ObservationForm(
        typed=shown,
        methods=tuple((one, words(f"work.method.{one}")) for one in dict.fromkeys((*own, *METHODS))),
        witnesses=tuple((one, words(f"work.witness.{one}")) for one in WITNESSES),
        first_day=EARLIEST_AWARD.isoformat(),
        last_day=today.isoformat(),
        is_note_open=bool(shown.note) or shown.observed_by != WITNESSES[0],
    )


def _typed_sighting(
    *,
    method: Typed = "",
    observed_on: Typed = "",
    observed_by: Typed = "",
    note: Typed = "",
    version: Typed = "",
    step: Annotated[list[str] | None, Form()] = None,
) -> TypedSighting:
    return TypedSighting(method, observed_on, observed_by, note, version, frozenset(step or ()))


SightingOf = Annotated[TypedSighting, Depends(_typed_sighting)]
