"""The classes of Open Badges 3.0 as shapes, in VCDM 2.0 and 1.1, and those of any W3C credential: which members there are, of what kind, and which must be there.

The credential itself stays the JSON that it is; these models only look. `check_shape` is the way to use them: it names every
mistake with its place. As the published JSON Schemas do, a member that may have several values is read alone or in a list,
and members that no class knows are extensions (JSON-LD safe mode decides about them). Stricter than the schemas on purpose,
where a signature or a reader would suffer:

* no null and no empty array anywhere, no language maps (neither survives JSON-LD safe mode);
* ``type`` holds the name of its class even when it is a single text; every ``id`` is an absolute IRI;
* the contexts are a list of addresses in their order, without objects; extension terms begin with ``ext:``;
* a credential follows one data model (`data_model` tells which), and dates of the other one do not contradict it;
* a subject has ``id`` or ``identifier``, a result refers to a description in the achievement and states the status it needs.
"""

from okbadges.credentials.model.achievements import (
    Achievement,
    AchievementSubject,
    Alignment,
    Criteria,
    OpenBadgeCredential,
    Related,
    Result,
    ResultDescription,
    RubricCriterionLevel,
)
from okbadges.credentials.model.any_credential import check_credential_shape
from okbadges.credentials.model.mistakes import ShapeMistake
from okbadges.credentials.model.older import OlderEndorsementCredential, OlderOpenBadgeCredential
from okbadges.credentials.model.presentations import check_presentation_shape
from okbadges.credentials.model.profiles import (
    Address,
    Credential,
    CredentialSchema,
    EndorsementCredential,
    EndorsementSubject,
    Evidence,
    GeoCoordinates,
    IdentifierEntry,
    IdentityObject,
    Image,
    Profile,
    Proof,
)
from okbadges.credentials.model.related_resources import RelatedResource, related_resources
from okbadges.credentials.model.shape import DataModel, check_shape, data_model

__all__ = [
    "Achievement",
    "AchievementSubject",
    "Address",
    "Alignment",
    "Credential",
    "CredentialSchema",
    "Criteria",
    "DataModel",
    "EndorsementCredential",
    "EndorsementSubject",
    "Evidence",
    "GeoCoordinates",
    "IdentifierEntry",
    "IdentityObject",
    "Image",
    "OlderEndorsementCredential",
    "OlderOpenBadgeCredential",
    "OpenBadgeCredential",
    "Profile",
    "Proof",
    "Related",
    "RelatedResource",
    "Result",
    "ResultDescription",
    "RubricCriterionLevel",
    "ShapeMistake",
    "check_credential_shape",
    "check_presentation_shape",
    "check_shape",
    "data_model",
    "related_resources",
]
