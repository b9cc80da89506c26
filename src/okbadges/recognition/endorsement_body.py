"""What goes into an endorsement before it is signed: a school's issuer says of one credential that it was among the grounds of a decision.

Public words only: the area, and whether the whole or a part of it was recognised. No name, no grade, no competence points, no day: those
are the school's to tell. ``validFrom`` is the first day of the decision's month, as in a badge.
Clauses: Open Badges 3.0, `EndorsementCredential` and `EndorsementSubject`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.catalogue.texts import LANGUAGES
from okbadges.credentials.vocabulary import CREDENTIALS_V2, OPEN_BADGES_3_0_3, OPEN_BADGES_EXTENSIONS
from okbadges.recognition.record import Decided

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.strict_json import Json
    from okbadges.organisations.issuers import Issuer
    from okbadges.recognition.record import DecisionRecord

SCHEMA_URL = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_endorsementcredential_schema.json"

_NAMES: Mapping[str, str] = {
    "fi": "Oppilaitoksen vahvistus: {area}",
    "sv": "Läroanstaltens bekräftelse: {area}",
    "en": "Confirmation by a school: {area}",
}
_WHOLE: Mapping[str, str] = {
    "fi": "{school} on tunnustanut osaamisen: {area} ({code}).",
    "sv": "{school} har erkänt kunnandet: {area} ({code}).",
    "en": "{school} has recognised the competence: {area} ({code}).",
}
_PART: Mapping[str, str] = {
    "fi": "{school} on tunnustanut osan osaamisesta: {area} ({code}).",
    "sv": "{school} har erkänt en del av kunnandet: {area} ({code}).",
    "en": "{school} has recognised part of the competence: {area} ({code}).",
}
_GROUND: Mapping[str, str] = {
    "fi": "Tämä osaamismerkki oli päätöksen perusteena.",
    "sv": "Detta kompetensmärke låg till grund för beslutet.",
    "en": "This badge was among the grounds of the decision.",
}


def unsigned_endorsement(
    record: DecisionRecord,
    *,
    issuer: Issuer,
    endorsement_id: str,
    credential_id: str,
    language: str,
    status_entry: dict[str, Json],
) -> dict[str, Json]:
    """Return the whole unsigned `EndorsementCredential` (VCDM 2.0) about one credential, in the language of that credential.

    The decision recognises the whole or a part of an area; `okbadges.recognition.endorsing` sees to that.
    """
    spoken = language if language in LANGUAGES else "fi"
    area, _ = record.target.name.in_language(spoken)
    words = {"school": record.school.name, "area": area, "code": record.target.code}
    recognised = _WHOLE if record.decided is Decided.FULL else _PART
    return {
        "@context": [CREDENTIALS_V2, OPEN_BADGES_3_0_3, OPEN_BADGES_EXTENSIONS],
        "id": endorsement_id,
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": _NAMES[spoken].format(**words),
        "issuer": issuer.profile(),
        "validFrom": f"{record.decided_on.replace(day=1).isoformat()}T00:00:00Z",
        "credentialSubject": {
            "id": credential_id,
            "type": ["EndorsementSubject"],
            "endorsementComment": f"{recognised[spoken].format(**words)} {_GROUND[spoken]}",
        },
        "credentialStatus": status_entry,
        "credentialSchema": [{"id": SCHEMA_URL, "type": "1EdTechJsonSchemaValidator2019"}],
    }
