"""The record of a decision: what a school decided about one area, unit or part, on which badges, by whom, and on what grounds.

It is the school's document. It is kept sealed, as the JSON of these models; its hash is kept beside it, so that a later change of it would
show. A record is never edited: one that was wrong is superseded by another. The fields are chosen so that eHOKS and Koski can be filled
(`okbadges.recognition.exports`). There is no field for the student's name.
"""

from __future__ import annotations

import hashlib
import operator
import uuid
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field

from okbadges.catalogue.published import GenerationName
from okbadges.catalogue.texts import OfficialName, Texts
from okbadges.verification.report import Verdict


class Decided(StrEnum):
    """What was decided, the most first. There is nothing for a failure: "not now" says what comes next."""

    FULL = "full"
    PART = "part"
    NOT_NOW = "not-now"
    REFER = "refer"
    WITHDRAWN = "withdrawn"
    """In the place of a decision that was made by mistake: nothing is decided."""


RECOGNISES = (Decided.FULL, Decided.PART)


class TargetKind(StrEnum):
    """What was decided about."""

    COMMON_AREA = "common-area"
    VOCATIONAL_UNIT = "vocational-unit"
    TUVA_PART = "tuva-part"


class Process(StrEnum):
    """How the competence was verified (koodisto ``osaamisentodentamisenprosessi``; a code stands for itself where its meaning is not known)."""

    DIRECTLY = "directly"
    BY_ASSESSORS = "by-assessors"
    BY_DEMONSTRATION = "by-demonstration"


class Matched(StrEnum):
    """How it was seen that the badges are this student's."""

    MATCH_CODE = "match-code"
    IN_PERSON = "in-person"
    NOT_MATCHED = "not-matched"


Grade = Literal["1", "2", "3", "4", "5", "passed"]


class _Kept(BaseModel):
    """Part of a kept record: never changed, and nothing unknown is ever read back."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Person(_Kept):
    """Somebody of the school or of working life who decided or assessed. ``institution_oid`` where they are of a school."""

    name: str
    title: str | None = None
    institution_oid: str | None = None


class School(_Kept):
    """The education provider that decided, by its OIDs."""

    name: str
    provider_oid: str
    institution_oid: str | None


class Requirements(_Kept):
    """The requirements that the student follows. ``begins_on`` is the first day of the study right, where it was said."""

    generation: GenerationName
    diary_number: str | None
    version: int | None
    begins_on: date | None


class Target(_Kept):
    """What was decided about: an area of a common unit, a vocational unit, or a part of TUVA (with its size in weeks).

    ``unit_uri`` is the unit that an area belongs to. A version is that of the code in the national code service.
    """

    kind: TargetKind
    uri: str
    code: str
    version: int | None
    name: OfficialName
    unit_uri: str | None
    unit_version: int | None
    unit_name: OfficialName | None
    osp: Decimal | None
    weeks: int | None = None
    language: str | None = None
    compulsory: bool = True


class BadgeSeen(_Kept):
    """One badge that was considered, with its bytes' hash and what its verification said at that time.

    ``seen_on`` is the day of an earlier decision, where a correction could not verify it again; else it was verified for this decision.
    """

    credential_id: str
    document_hash: str
    name: str
    issuer: str
    badge: str | None
    badge_version: int | None
    verdict: Verdict
    awarded_on: date | None
    counted: bool
    report_id: str | None
    report_url: str | None
    recognised_by: str | None
    seen_on: date | None = None


class DecisionRecord(_Kept):
    """One decision, whole."""

    record_version: Literal[1] = 1
    id: uuid.UUID
    decided_at: datetime
    decided_on: date
    school: School
    decider: Person
    assessors: tuple[Person, ...] = ()
    requirements: Requirements
    target: Target
    decided: Decided
    outcomes_covered: tuple[str, ...] = ()
    outcomes_missing: tuple[str, ...] = ()
    recognised_osp: Decimal | None = None
    recognised_weeks: int | None = None
    grade: Grade | None = None
    process: Process
    process_code: Annotated[str, Field(pattern=r"^osaamisentodentamisenprosessi_[0-9]{4}$")] | None
    sent_for_assessment_on: date | None = None
    grounds: Texts
    next_step: Texts | None = None
    conditions: str | None = None
    badges: tuple[BadgeSeen, ...]
    evidence_viewed: bool = False
    matched: Matched
    supersedes: uuid.UUID | None = None
    correction: str | None = None
    tuva_plan: Annotated[bool, Field(exclude_if=operator.not_)] = False
    funded: Annotated[bool, Field(exclude_if=operator.not_)] = False
    """Whether the student has a TUVA study plan. Added later, so written only where it says something: older records keep their bytes."""

    def written(self) -> bytes:
        """Return the JSON that is kept: the same record, the same bytes."""
        return orjson.dumps(self.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)


def read_record(written: bytes) -> DecisionRecord:
    """Return the record that `DecisionRecord.written` wrote."""
    return DecisionRecord.model_validate_json(written)


def record_hash(written: bytes) -> str:
    """Return the SHA-256 (hex) by which a kept record is told from an altered one."""
    return hashlib.sha256(written).hexdigest()
