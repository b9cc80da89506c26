"""What goes into a credential before it is signed: the achievement of one badge version in one language, and the body around it.

By decision the body holds no name, e-mail address, evidence, own words, workshop, credits, level or grade (decisions.md, "One
credential, several forms"); ``validFrom`` is the first day of the award's month, and the subject's id is random.
Clauses: checklist 1.2 (Open Badges 3.0, classes), 1.4 (Bitstring status entry).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.catalogue.texts import LANGUAGES
from okbadges.credentials.status_list import entry
from okbadges.credentials.vocabulary import CREDENTIALS_V2, OPEN_BADGES_3_0_3, OPEN_BADGES_EXTENSIONS

if TYPE_CHECKING:
    from datetime import date

    from okbadges.catalogue.published import CredentialAlignment, PublishedBadge
    from okbadges.catalogue.texts import Language
    from okbadges.credentials.strict_json import Json
    from okbadges.issuing.order import Order
    from okbadges.organisations.issuers import Issuer

SCHEMA_URL = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
ESCO_TARGET_TYPE = "ceasn:Competency"
AREA_TARGET_TYPE = "CFItem"


def achievement_id(badge: PublishedBadge, language: str, base_url: str) -> str:
    """Return the address of one badge version in one language: immutable, and it opens."""
    return f"{base_url}/badges/{badge.slug}/v{badge.version}/{language}"


def achievement(badge: PublishedBadge, language: Language, base_url: str) -> dict[str, Json]:
    """Return the OB 3.0 `Achievement` of a badge version in a language (``fi``, ``sv`` or ``en``)."""
    own_id = achievement_id(badge, language, base_url)
    others = [other for other in LANGUAGES if other != language]
    return {
        "id": own_id,
        "type": ["Achievement"],
        "achievementType": "Badge",
        "name": badge.name.in_language(language)[0],
        "description": badge.description.in_language(language)[0],
        "criteria": {"id": f"{own_id}#criteria", "narrative": badge.criteria_narrative(language)},
        "image": {
            "id": f"{own_id}/image.png",
            "type": "Image",
            "caption": badge.artwork[language].alt,
        },
        "inLanguage": language,
        "version": str(badge.version),
        "alignment": [_alignment(one) for one in badge.credential_alignments(language)],
        "related": [
            {
                "id": achievement_id(badge, other, base_url),
                "type": ["Related"],
                "inLanguage": other,
                "version": str(badge.version),
            }
            for other in others
        ],
    }


@dataclass(frozen=True, slots=True)
class Varying:
    """What differs between two credentials of one badge version in one language, as texts of the document."""

    credential_id: str
    subject_id: str
    valid_from: str
    status_index: str
    valid_until: str | None = None

    @classmethod
    def of(cls, order: Order, credential_id: str, subject_id: str, status_index: int) -> Varying:
        """Return what an order makes vary: the first day of the month that it was earned in, and the last day if it has one."""
        return cls(
            credential_id,
            subject_id,
            f"{order.awarded_on.isoformat()[:7]}-01T00:00:00Z",
            str(status_index),
            None if order.valid_until is None else last_moment(order.valid_until),
        )

    def texts(self) -> dict[str, str]:
        """Return them by name; without ``valid_until`` where there is none."""
        texts = {
            "credential_id": self.credential_id,
            "subject_id": self.subject_id,
            "valid_from": self.valid_from,
            "status_index": self.status_index,
        }
        if self.valid_until is not None:
            texts["valid_until"] = self.valid_until
        return texts


def unsigned_credential(
    varying: Varying, *, badge: PublishedBadge, language: Language, issuer: Issuer, list_url: str, base_url: str
) -> dict[str, Json]:
    """Return the whole unsigned `OpenBadgeCredential` (VCDM 2.0)."""
    about = achievement(badge, language, base_url)
    document: dict[str, Json] = {
        "@context": [CREDENTIALS_V2, OPEN_BADGES_3_0_3, OPEN_BADGES_EXTENSIONS],
        "id": varying.credential_id,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": about["name"],
        "issuer": issuer.profile(),
        "validFrom": varying.valid_from,
    }
    if varying.valid_until is not None:
        document["validUntil"] = varying.valid_until
    document["credentialSubject"] = {"id": varying.subject_id, "type": ["AchievementSubject"], "achievement": about}
    document["credentialStatus"] = entry(list_url, varying.status_index)
    document["credentialSchema"] = [{"id": SCHEMA_URL, "type": "1EdTechJsonSchemaValidator2019"}]
    return document


def last_moment(day: date) -> str:
    """Return the end of a day as a DateTimeZ: a badge that is valid until a day is valid on that day."""
    return f"{day.isoformat()}T23:59:59Z"


def _alignment(one: CredentialAlignment) -> dict[str, Json]:
    return {
        "type": ["Alignment"],
        "targetName": one.name,
        "targetUrl": one.url,
        "targetCode": one.code,
        "targetFramework": one.framework,
        "targetType": ESCO_TARGET_TYPE if one.kind == "esco" else AREA_TARGET_TYPE,
    }
