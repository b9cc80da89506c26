"""eHOKS: a recognised area as one of ``aiemmin-hankitut-yhteiset-tutkinnon-osat``, by the field names of its schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.errors import Conflict
from okbadges.recognition.exports.shape import Export, ToFill, require_recognised
from okbadges.recognition.record import Decided, TargetKind

if TYPE_CHECKING:
    from okbadges.credentials.strict_json import Json
    from okbadges.recognition.record import DecisionRecord, Person

_SYSTEM = "eHOKS"
_UNIT_VERSION = ToFill(
    "tutkinnon-osa-koodi-versio",
    "student-register",
    "The version of the unit's code that the student's study plan uses.",
)


def to_ehoks(record: DecisionRecord) -> Export:
    """Return a decision as an element of ``aiemmin-hankitut-yhteiset-tutkinnon-osat``.

    Raises `Conflict`: ``tuva-study-plan`` (a TUVA study plan holds no earlier competence), ``not-a-common-area``,
    ``nothing-to-export`` (nothing was recognised).
    """
    if record.target.kind is TargetKind.TUVA_PART:
        raise Conflict(
            "tuva-study-plan",
            "eHOKS takes no earlier competence in a TUVA study plan; record it in Koski, or print it.",
            field="decision",
        )
    if record.target.kind is not TargetKind.COMMON_AREA or record.target.unit_uri is None:
        raise Conflict(
            "not-a-common-area",
            "This decision is not about an area of a common unit; print it, or keep it as JSON.",
            field="decision",
        )
    require_recognised(record, _SYSTEM, Decided.PART)
    unit: dict[str, Json] = {
        "tutkinnon-osa-koodi-uri": record.target.unit_uri,
        "koulutuksen-jarjestaja-oid": record.school.provider_oid,
        "osa-alueet": [_area(record)],
        "tarkentavat-tiedot-osaamisen-arvioija": _assessed(record),
    }
    to_fill = list(_process_to_fill(record))
    if record.target.unit_version is None:
        to_fill.insert(0, _UNIT_VERSION)
    else:
        unit["tutkinnon-osa-koodi-versio"] = record.target.unit_version
    if record.sent_for_assessment_on is None:
        to_fill.append(
            ToFill(
                "tarkentavat-tiedot-osaamisen-arvioija.lahetetty-arvioitavaksi",
                "teacher",
                "The day on which the competence was sent to be assessed, where it was.",
            )
        )
    return Export(_SYSTEM, {"aiemmin-hankitut-yhteiset-tutkinnon-osat": [unit]}, tuple(to_fill))


def _area(record: DecisionRecord) -> dict[str, Json]:
    target = record.target
    area: dict[str, Json] = {
        "osa-alue-koodi-uri": target.uri,
        "osa-alue-koodi-versio": target.version,
        "koulutuksen-jarjestaja-oid": record.school.provider_oid,
    }
    if record.process_code is not None:
        area["valittu-todentamisen-prosessi-koodi-uri"] = record.process_code
    if record.decided is Decided.PART and record.outcomes_missing:
        area["vaatimuksista-tai-tavoitteista-poikkeaminen"] = ", ".join(record.outcomes_missing)
    return area


def _process_to_fill(record: DecisionRecord) -> list[ToFill]:
    place = "osa-alueet[0].valittu-todentamisen-prosessi-koodi"
    version = ToFill(f"{place}-versio", "school", "The version of that code in the national code service.")
    if record.process_code is not None:
        return [version]
    meant = ToFill(
        f"{place}-uri",
        "school",
        f"The code of the verification process {record.process.value!r} (osaamisentodentamisenprosessi): the school confirms which one it is.",
    )
    return [meant, version]


def _assessed(record: DecisionRecord) -> dict[str, Json]:
    assessed: dict[str, Json] = {
        "aiemmin-hankitun-osaamisen-arvioijat": [_assessor(one, record) for one in (record.decider, *record.assessors)]
    }
    if record.sent_for_assessment_on is not None:
        assessed["lahetetty-arvioitavaksi"] = record.sent_for_assessment_on.isoformat()
    return assessed


def _assessor(person: Person, record: DecisionRecord) -> dict[str, Json]:
    oid = person.institution_oid or (record.school.institution_oid if person is record.decider else None)
    organisation: dict[str, Json] = {"oppilaitos-oid": oid} if oid else {}
    return {"nimi": person.name, "organisaatio": organisation}
