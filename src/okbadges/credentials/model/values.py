"""The kinds of values that members of a credential have, and the terms that some of them are taken from."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Final, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from okbadges.credentials.times import read_moment
from okbadges.credentials.vocabulary import CREDENTIALS_V2
from okbadges.errors import CredentialError

T = TypeVar("T")

_CONTEXT = re.compile(r"https://purl\.imsglobal\.org/spec/ob/v3p0/context(-3\.\d\.\d)*\.json", re.ASCII)
_EXTENSION = re.compile(r"ext:[A-Za-z0-9|._]\S*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _terms(words: str) -> frozenset[str]:
    return frozenset(words.split())


ACHIEVEMENT_TYPES: Final = _terms(
    """Achievement ApprenticeshipCertificate Assessment Assignment AssociateDegree Award Badge BachelorDegree Certificate
    CertificateOfCompletion Certification CommunityService Competency Course CoCurricular Degree Diploma DoctoralDegree
    Fieldwork GeneralEducationDevelopment JourneymanCertificate LearningProgram License Membership ProfessionalDoctorate
    QualityAssuranceCredential MasterCertificate MasterDegree MicroCredential ResearchDoctorate SecondarySchoolDiploma"""
)
TARGET_TYPES: Final = _terms(
    "ceasn:Competency ceterms:Credential CFItem CFRubric CFRubricCriterion CFRubricCriterionLevel CTDL"
)
IDENTIFIER_TYPES: Final = _terms(
    """name sourcedId systemId productId userName accountId emailAddress nationalIdentityNumber isbn issn lisSourcedId
    oneRosterSourcedId sisSourcedId ltiContextId ltiDeploymentId ltiToolId ltiPlatformId ltiUserId identifier"""
)
RESULT_TYPES: Final = _terms(
    """GradePointAverage LetterGrade Percent PerformanceLevel PredictedScore RawScore Result RubricCriterion
    RubricCriterionLevel RubricScore ScaledScore Status"""
)


def _listed(value: object) -> object:
    return tuple(value) if isinstance(value, list) else (value,)


def holding(*names: str) -> AfterValidator:
    """Return the check that ``type`` holds one of ``names``."""

    def check(types: tuple[str, ...]) -> tuple[str, ...]:
        if not any(name in types for name in names):
            raise ValueError(f"must hold {' or '.join(names)}")
        return types

    return AfterValidator(check)


def _one_of(terms: frozenset[str]) -> AfterValidator:
    def check(term: str) -> str:
        if term not in terms and not _EXTENSION.fullmatch(term):
            raise ValueError("is neither a term of Open Badges 3.0 nor an extension that begins with ext:")
        return term

    return AfterValidator(check)


def _moment(value: object) -> datetime:
    try:
        return read_moment(value if isinstance(value, str) else "")
    except CredentialError as error:
        raise ValueError(error.detail) from None


def _day(value: object) -> date:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise ValueError("not a date like 2026-03-01")
    return date.fromisoformat(value)


def _contexts(contexts: tuple[str, ...]) -> tuple[str, ...]:
    if contexts[:1] != (CREDENTIALS_V2,) or not _CONTEXT.fullmatch("".join(contexts[1:2])):
        raise ValueError(f"must begin with {CREDENTIALS_V2} and the context of Open Badges 3.0, in this order")
    return contexts


Text = str
Many = Annotated[tuple[T, ...], BeforeValidator(_listed)]
"""One value or a list of them; that the list is not empty is seen by `check_shape` for the whole document."""
Names = Many[str]
Iri = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]*$")]
Number = Annotated[float, Field(allow_inf_nan=False)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Day = Annotated[date, BeforeValidator(_day)]
Contexts = Annotated[Names, AfterValidator(_contexts)]
CompactJws = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_-]+\.[a-zA-Z0-9_-]*\.[a-zA-Z0-9_-]+$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,4}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$")]
AchievementType = Annotated[str, _one_of(ACHIEVEMENT_TYPES)]
TargetType = Annotated[str, _one_of(TARGET_TYPES)]
IdentifierType = Annotated[str, _one_of(IDENTIFIER_TYPES)]
ResultType = Annotated[str, _one_of(RESULT_TYPES)]
