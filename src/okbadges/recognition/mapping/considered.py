"""A badge as the mapping looks at it: whether it counts at all, what it says about which area, and where it was earned."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from okbadges.catalogue.teacher_only import TeacherOnly
from okbadges.verification.report import Verdict

if TYPE_CHECKING:
    from datetime import date

    from okbadges.catalogue.published import AreaAlignment, Kind
    from okbadges.organisations.workshops import RecognitionRecord


@dataclass(frozen=True, slots=True)
class Earned:
    """What is known of an award of a badge of ours: where it counts by its version, and the records of its workshop.

    ``basis_ended`` tells that a badge which this summary badge rests on was revoked, and that nothing came in its place.
    """

    slug: str
    version: int
    kind: Kind
    awarded_on: date
    award_language: str | None
    areas: tuple[AreaAlignment, ...]
    records: tuple[RecognitionRecord, ...]
    teacher_only: TeacherOnly = field(default_factory=TeacherOnly)
    basis_ended: bool = False


@dataclass(frozen=True, slots=True)
class Considered:
    """One credential that was verified just now. ``earned`` is None for a badge of another service.

    ``codes`` are the codes and addresses of its alignments, as the credential states them: all that is known of a badge of others.
    ``verdict`` is that of the verification; only `VALID` counts.
    """

    credential_id: str
    document_hash: str
    name: str
    language: str | None
    verdict: Verdict
    issuer: str
    earned: Earned | None
    codes: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        """Tell whether the badge is in force: nothing else is mapped."""
        return self.verdict is Verdict.VALID
