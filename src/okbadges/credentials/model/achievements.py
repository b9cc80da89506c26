"""What was achieved: achievements, what they correspond to, results, and the badge that says so."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import model_validator

from okbadges.credentials.model.profiles import (
    Credential,
    EndorsementCredential,
    IdentifierEntry,
    IdentityObject,
    Image,
    Part,
    Profile,
)
from okbadges.credentials.model.values import (
    AchievementType,
    CompactJws,
    Iri,
    Language,
    Many,
    Moment,
    Names,
    Number,
    ResultType,
    TargetType,
    Text,
    holding,
)

BadgeTypes = Annotated[Names, holding("VerifiableCredential"), holding("AchievementCredential", "OpenBadgeCredential")]


class Alignment(Part):
    """What else an achievement corresponds to: a common area, an ESCO skill."""

    type: Annotated[Names, holding("Alignment")]
    target_name: Text
    target_url: Text
    target_code: Text | None = None
    target_description: Text | None = None
    target_framework: Text | None = None
    target_type: TargetType | None = None


class Criteria(Part):
    """What has to be shown: a page, words, or both."""

    id: Iri | None = None
    narrative: Text | None = None


class Related(Part):
    """Another version or language of the same achievement."""

    id: Iri
    type: Annotated[Names, holding("Related")]
    in_language: Language | None = None
    version: Text | None = None


class RubricCriterionLevel(Part):
    """One level of a rubric."""

    id: Iri
    type: Annotated[Names, holding("RubricCriterionLevel")]
    name: Text
    alignment: Many[Alignment] | None = None
    description: Text | None = None
    level: Text | None = None
    points: Text | None = None


class ResultDescription(Part):
    """A result that recipients of the achievement may have."""

    id: Iri
    type: Annotated[Names, holding("ResultDescription")]
    name: Text
    result_type: ResultType
    alignment: Many[Alignment] | None = None
    allowed_value: Many[str] | None = None
    required_level: Text | None = None
    required_value: Text | None = None
    rubric_criterion_level: Many[RubricCriterionLevel] | None = None
    value_max: Text | None = None
    value_min: Text | None = None


class AchievementMembers(Part):
    """What an achievement holds in both data models; they differ in the parties and endorsements inside it."""

    id: Iri
    type: Annotated[Names, holding("Achievement")]
    name: Text
    description: Text
    criteria: Criteria
    achievement_type: AchievementType | None = None
    alignment: Many[Alignment] | None = None
    credits_available: Number | None = None
    endorsement_jwt: Many[CompactJws] | None = None
    field_of_study: Text | None = None
    human_code: Text | None = None
    image: Image | None = None
    in_language: Language | None = None
    other_identifier: Many[IdentifierEntry] | None = None
    related: Many[Related] | None = None
    result_description: Many[ResultDescription] | None = None
    specialization: Text | None = None
    tag: Many[str] | None = None
    version: Text | None = None


class Achievement(AchievementMembers):
    """What can be achieved: in okbadges, one badge in one version and language."""

    creator: Profile | None = None
    endorsement: Many[EndorsementCredential] | None = None


class Result(Part):
    """A result that the recipient has."""

    type: Annotated[Names, holding("Result")]
    achieved_level: Text | None = None
    alignment: Many[Alignment] | None = None
    result_description: Text | None = None
    status: Literal["Completed", "Enrolled", "Failed", "InProgress", "OnHold", "Provisional", "Withdrew"] | None = None
    value: Text | None = None


class SubjectMembers(Part):
    """What a subject holds in both data models, and the rules between its members."""

    type: Annotated[Names, holding("AchievementSubject")]
    achievement: AchievementMembers
    id: Iri | None = None
    identifier: Many[IdentityObject] | None = None
    activity_start_date: Moment | None = None
    activity_end_date: Moment | None = None
    credits_earned: Number | None = None
    image: Image | None = None
    license_number: Text | None = None
    narrative: Text | None = None
    result: Many[Result] | None = None
    role: Text | None = None
    term: Text | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.id is None and self.identifier is None:
            raise ValueError("must have an id or an identifier")
        described = {one.id: one.result_type for one in self.achievement.result_description or ()}
        for result in self.result or ():
            kind = described.get(result.result_description or "")
            if result.result_description is not None and kind is None:
                raise ValueError("has a result whose resultDescription is not in the achievement")
            if kind == "Status" and result.status is None:
                raise ValueError("has a result without the status that its description asks for")
        return self


class AchievementSubject(SubjectMembers):
    """The recipient and what they achieved."""

    achievement: Achievement
    source: Profile | None = None


class OpenBadgeCredential(Credential):
    """An AchievementCredential, which is the same thing by its older name."""

    type: BadgeTypes
    credential_subject: AchievementSubject
    name: Text | None = None
    image: Image | None = None
    endorsement: Many[EndorsementCredential] | None = None
    endorsement_jwt: Many[CompactJws] | None = None
