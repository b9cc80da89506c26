"""The kinds of values that members of a credential have, and the terms that some of them are taken from."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Final, TypeGuard, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from okbadges.credentials.times import read_moment
from okbadges.credentials.vocabulary import CREDENTIALS_V1, CREDENTIALS_V2
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")

_CONTEXT = re.compile(r"https://purl\.imsglobal\.org/spec/ob/v3p0/context(-3\.\d\.\d)*\.json", re.ASCII)
_EXTENSION = re.compile(r"ext:[A-Za-z0-9|._]\S*")
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


DATA_MODELS: Final = frozenset({CREDENTIALS_V1, CREDENTIALS_V2})
"""The contexts that say which data model a credential follows."""


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


def _texts(value: object) -> object:
    """Read a text, a text with its language, or several of these in different languages (VCDM 2.0, 11.1)."""
    if isinstance(value, str):
        return (value,)
    found = [one for one in (value if isinstance(value, list) else [value]) if _is_text_with_language(one)]
    if not found or (isinstance(value, list) and len(found) < len(value)):
        raise ValueError("must be a text, or texts with @value, @language and @direction")
    return tuple(one["@value"] for one in found)


def _is_text_with_language(value: object) -> TypeGuard[Mapping[str, str]]:
    return (
        isinstance(value, dict)
        and value.keys() <= {"@value", "@language", "@direction"}
        and all(isinstance(member, str) for member in value.values())
        and "@value" in value
        and _LANGUAGE_TAG.fullmatch(value.get("@language", "und")) is not None
        and value.get("@direction", "ltr") in {"ltr", "rtl"}
    )


def _listed_some(value: object) -> object:
    if value == []:
        raise ValueError("must not be an empty list")
    return _listed(value)


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


def _beginning_with(data_model: str) -> AfterValidator:
    def check(contexts: tuple[str, ...]) -> tuple[str, ...]:
        if contexts[:1] != (data_model,) or not _CONTEXT.fullmatch("".join(contexts[1:2])):
            raise ValueError(f"must begin with {data_model} and the context of Open Badges 3.0, in this order")
        if not DATA_MODELS.isdisjoint(contexts[1:]):
            raise ValueError("must name one data model only")
        return contexts

    return AfterValidator(check)


Text = str
Many = Annotated[tuple[T, ...], Field(fail_fast=True), BeforeValidator(_listed)]
"""One value or a list of them; that the list is not empty is seen by `check_shape` for the whole document. The first
element that is wrong speaks for the others: a hostile list would have a mistake for every few characters."""
Some = Annotated[tuple[T, ...], Field(fail_fast=True), BeforeValidator(_listed_some)]
"""One value or a list of them, which is not empty."""
Names = Many[str]
TypeNames = Some[str]
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]
"""A text, or one or several with their language; the texts alone."""
Iri = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]*$")]
Number = Annotated[float, Field(allow_inf_nan=False)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Day = Annotated[date, BeforeValidator(_day)]
Contexts = Annotated[Names, _beginning_with(CREDENTIALS_V2)]
OlderContexts = Annotated[Names, _beginning_with(CREDENTIALS_V1)]
CompactJws = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_-]+\.[a-zA-Z0-9_-]*\.[a-zA-Z0-9_-]+$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,4}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$")]
AchievementType = Annotated[str, _one_of(ACHIEVEMENT_TYPES)]
TargetType = Annotated[str, _one_of(TARGET_TYPES)]
IdentifierType = Annotated[str, _one_of(IDENTIFIER_TYPES)]
ResultType = Annotated[str, _one_of(RESULT_TYPES)]
