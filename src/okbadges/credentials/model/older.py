"""The same classes in VC Data Model 1.1, as badges of the contexts 3.0.1 and 3.0.2 were issued.

They differ from `profiles` and `achievements` as the published schemas do: ``issuanceDate`` and ``expirationDate`` instead of
``validFrom`` and ``validUntil``, a ``name`` that must be there, an issuer that is always an object, endorsements of the same data
model inside, and a subject that is closed to extensions.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from okbadges.credentials.model.achievements import AchievementMembers, BadgeTypes, SubjectMembers
from okbadges.credentials.model.profiles import CredentialMembers, EndorsementSubject, Image, Party, Profile
from okbadges.credentials.model.values import CompactJws, Many, Moment, Names, OlderContexts, Text, holding


class OlderProfile(Party):
    """A party, with endorsements of the older data model. Only its ``parentOrg`` is a profile of the newer one, as published."""

    endorsement: Many[OlderEndorsementCredential] | None = None
    parent_org: Profile | None = None


class OlderCredential(CredentialMembers):
    """What both kinds of credential have in VCDM 1.1."""

    context: Annotated[OlderContexts, Field(alias="@context")]
    name: Text
    issuer: OlderProfile
    issuance_date: Moment
    expiration_date: Moment | None = None


class OlderEndorsementCredential(OlderCredential):
    """An endorsement of the older data model."""

    type: Annotated[Names, holding("VerifiableCredential"), holding("EndorsementCredential")]
    credential_subject: EndorsementSubject


class OlderAchievement(AchievementMembers):
    """An achievement, with parties and endorsements of the older data model."""

    creator: OlderProfile | None = None
    endorsement: Many[OlderEndorsementCredential] | None = None


class OlderAchievementSubject(SubjectMembers):
    """The recipient and what they achieved; the published schema closes this class in this data model alone."""

    model_config = ConfigDict(extra="forbid")

    achievement: OlderAchievement
    source: OlderProfile | None = None


class OlderOpenBadgeCredential(OlderCredential):
    """A badge of the older data model."""

    type: BadgeTypes
    credential_subject: OlderAchievementSubject
    image: Image | None = None
    endorsement: Many[OlderEndorsementCredential] | None = None
    endorsement_jwt: Many[CompactJws] | None = None
