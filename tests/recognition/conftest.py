"""What the tests of recognition share: the catalogue of this checkout as it would be published, and badges as they would be considered."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING, Protocol

import pytest

from okbadges.catalogue.definitions import read_catalogue
from okbadges.catalogue.publishing import publish
from okbadges.organisations.workshops import RecognitionRecord
from okbadges.recognition.mapping.considered import Considered, Earned
from okbadges.verification.report import Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from okbadges.catalogue.badge_files import Catalogue
    from okbadges.catalogue.units import Generations

AWARDED_ON = date(2026, 5, 20)


def record_for(*targets: str, until: date | None = date(2027, 12, 31)) -> tuple[RecognitionRecord, ...]:
    """Return the environment recognition records of a workshop for these areas or units."""
    return tuple(
        RecognitionRecord(
            report_id="R-2024-7",
            report_url=None,
            target_uri=target,
            recognised_by="a teacher of Lappia",
            valid_from=date(2024, 8, 1),
            valid_until=until,
        )
        for target in targets
    )


class Earning(Protocol):
    """Makes a badge of the catalogue as it would be considered."""

    def __call__(  # noqa: D102 - the class says it
        self,
        slug: str,
        *,
        records: tuple[RecognitionRecord, ...] = (),
        verdict: Verdict = Verdict.VALID,
        awarded_on: date = AWARDED_ON,
        award_language: str | None = None,
        basis_ended: bool = False,
    ) -> Considered: ...


@pytest.fixture(scope="session")
def catalogue(checkout: Path) -> Catalogue:
    """Return the catalogue of this checkout."""
    return read_catalogue(checkout / "badge_definitions")


@pytest.fixture(scope="session")
def units(catalogue: Catalogue) -> Generations:
    """Return all generations of the common units."""
    return catalogue.generations


@pytest.fixture(scope="session")
def earned(catalogue: Catalogue) -> Earning:
    """Return what makes a badge as it would be considered."""

    def make(
        slug: str,
        *,
        records: tuple[RecognitionRecord, ...] = (),
        verdict: Verdict = Verdict.VALID,
        awarded_on: date = AWARDED_ON,
        award_language: str | None = None,
        basis_ended: bool = False,
    ) -> Considered:
        badge = publish(catalogue, catalogue.badges[slug], None, version=1)
        return Considered(
            credential_id=f"urn:uuid:{uuid.uuid4()}",
            document_hash="0" * 64,
            name=badge.name.fi,
            language="fi",
            verdict=verdict,
            issuer="OK! osaamismerkit",
            earned=Earned(
                slug=slug,
                version=1,
                kind=badge.kind,
                awarded_on=awarded_on,
                award_language=award_language,
                areas=badge.areas,
                records=records,
                teacher_only=badge.teacher_only,
                basis_ended=basis_ended,
            ),
        )

    return make
