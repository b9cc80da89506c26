"""What stands behind a link, seen by a teacher: every badge verified now, and the picture in the requirements that were chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query

from okbadges.errors import InvalidInput
from okbadges.passport.sharing import open_share_link
from okbadges.recognition.gathering import chosen_generation, on_link
from okbadges.recognition.mapping.picture import picture
from okbadges.recognition.matters import Ground
from okbadges.spreadsheets import read_date

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from okbadges.catalogue.units import Generation
    from okbadges.edge.rooms import Rooms
    from okbadges.passport.sharing import OpenedLink, SharedCredential
    from okbadges.recognition.mapping.considered import Considered
    from okbadges.recognition.mapping.picture import Picture
    from okbadges.verification.report import Report


@dataclass(frozen=True, slots=True)
class Asked:
    """Which requirements were asked for, as the address says it; ``proof`` says that the match check held a moment ago."""

    generation: str = ""
    begins_on: str = ""
    proof: str = ""
    decided: str = ""

    def query(self, **more: str) -> str:
        """Return the part of an address that asks for the same again."""
        said = {"generation": self.generation, "begins_on": self.begins_on, "proof": self.proof, **more}
        return urlencode({name: value for name, value in said.items() if value})


def _asked(
    generation: Annotated[str, Query(max_length=10)] = "",
    begins_on: Annotated[str, Query(max_length=20)] = "",
    proof: Annotated[str, Query(max_length=80)] = "",
    decided: Annotated[str, Query(max_length=20)] = "",
) -> Asked:
    return Asked(generation.strip(), begins_on.strip(), proof, decided)


AskedOf = Annotated[Asked, Depends(_asked)]


@dataclass(frozen=True, slots=True)
class Gathered:
    """A link as a teacher sees it: what it shows, the report on each badge (by credential id), and the picture of all of them."""

    opened: OpenedLink
    reports: Mapping[str, Report]
    badges: tuple[Considered, ...]
    picture: Picture
    begins_on: date | None

    @property
    def generation(self) -> Generation:
        """Return the requirements of the picture."""
        return self.picture.generation

    def shared(self, credential_id: str) -> SharedCredential | None:
        """Return what the link shows of a badge; None for a badge that is not on it."""
        return next((one for one in self.opened.credentials if one.credential_id == credential_id), None)


def gather(rooms: Rooms, token: str, asked: Asked) -> Gathered:
    """Open a link and verify every badge of it, now.

    Raises `NotFound` and `Gone` for the link, `NotAllowed` (``not-for-study-plan``), `InvalidInput`: ``generation-unknown``, ``date``.
    """
    with rooms.database.read() as session:
        opened = open_share_link(session, token, now=rooms.now())
    reports: dict[bytes, Report] = {}

    def verify(document: bytes) -> Report:
        reports[document] = rooms.verify(document)
        return reports[document]

    badges = on_link(opened, verify)
    today, begins_on = rooms.now().date(), read_begins_on(asked)
    generation = chosen_generation(rooms.units, named=asked.generation or None, begins_on=begins_on, today=today)
    return Gathered(
        opened=opened,
        reports={one.credential_id: reports[one.document] for one in opened.credentials},
        badges=badges,
        picture=picture(badges, generation, rooms.units, today=today),
        begins_on=begins_on,
    )


def read_begins_on(asked: Asked) -> date | None:
    """Return the first day of the study right that was typed. Raises `InvalidInput` (``date``)."""
    return read_date(asked.begins_on, field="begins_on") if asked.begins_on else None


def without_mistake(asked: Asked) -> Asked:
    """Return the same question without what could not be understood: the requirements of today."""
    return Asked(proof=asked.proof)


def require_right(rooms: Rooms, asked: Asked) -> InvalidInput | None:
    """Return why the requirements that were asked for cannot be found, or None."""
    try:
        chosen_generation(
            rooms.units,
            named=asked.generation or None,
            begins_on=read_begins_on(asked),
            today=rooms.now().date(),
        )
    except InvalidInput as refused:
        return refused
    return None


def ground_of(rooms: Rooms) -> Ground:
    """Return what the requirements are known by here."""
    return Ground(rooms.units, rooms.tuva)
