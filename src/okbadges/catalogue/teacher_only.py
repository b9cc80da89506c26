"""What a published badge relates to that only a teacher is shown: vocational units, TUVA, national badges. Never part of a credential."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

from okbadges.catalogue.texts import OfficialName


class _Stored(BaseModel):
    """Part of a stored version: never changed, and nothing unknown is ever read back."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class VocationalUnit(_Stored):
    """A unit of a vocational qualification that the badge shows a small part of. For teachers only."""

    code: str
    uri: str
    name: OfficialName
    qualification: OfficialName
    requirements: str
    """The year of the qualification requirements the code belongs to ("2018", "2022", "2023")."""
    superseded_on: date | None
    """From this day new students follow other requirements, whose codes are not known here."""
    osp: Decimal | None
    coverage: Literal["small-part"]


class TuvaPart(_Stored):
    """A part of TUVA (preparatory education); its size is in weeks. For teachers only."""

    code: str
    uri: str
    name: OfficialName
    goals: tuple[int, ...]
    """1-based places of the goals in the text of OPH-1488-2021."""
    coverage: Literal["partial"]


class NationalBadge(_Stored):
    """A national basic-skills badge (osaamismerkki) on the same subject: related, never equal. For teachers only."""

    code: str
    uri: str
    name: OfficialName


class TeacherOnly(_Stored):
    """What only a teacher is shown; never part of a credential."""

    vocational_units: tuple[VocationalUnit, ...] = ()
    tuva_parts: tuple[TuvaPart, ...] = ()
    national_badges: tuple[NationalBadge, ...] = ()
