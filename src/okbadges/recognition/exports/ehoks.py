"""eHOKS: a recognised area as one of ``aiemmin-hankitut-yhteiset-tutkinnon-osat``, by the field names of its schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.errors import Conflict
from okbadges.recognition.exports.shape import Export, ToFill, require_whole
from okbadges.recognition.record import Decided, Process, TargetKind

if TYPE_CHECKING:
    from okbadges.credentials.strict_json import Json
    from okbadges.recognition.record import DecisionRecord, Person

_SYSTEM = "eHOKS"
_UNIT_VERSION = ToFill(
    "tutkinnon-osa-koodi-versio",
    "student-register",
    "The version of the unit's code that the student's study plan uses.",
)
_AREA = "osa-alueet[0]"
_PROCESS_URI = "valittu-todentamisen-prosessi-koodi-uri"
_PROCESS = f"{_AREA}.{_PROCESS_URI.removesuffix('-uri')}"
_SENT_ON = ToFill(
    f"{_AREA}.tarkentavat-tiedot-osaamisen-arvioija.lahetetty-arvioitavaksi",
    "teacher",
    "The day on which the competence was sent to be assessed.",
)
_DEMONSTRATION = f"{_AREA}.tarkentavat-tiedot-naytto[0]"
_OF_DEMONSTRATION = {
    "nayttoymparisto.nimi": "The organisation where the competence was demonstrated.",
    "sisallon-kuvaus": "The situations and work processes in which it was demonstrated, as a list.",
    "alku": "The first day of the demonstration.",
    "loppu": "The last day of the demonstration.",
}
"""What the schema requires of a demonstration; a decision knows none of it."""


def to_ehoks(record: DecisionRecord) -> Export:
    """Return a decision as an element of ``aiemmin-hankitut-yhteiset-tutkinnon-osat``.

    Raises `Conflict`: ``tuva-study-plan`` (a TUVA study plan holds no earlier competence), ``not-a-common-area``,
    ``whole-area-only`` (eHOKS has no field for a part of an area: what it calls a deviation is what a student is exempted from),
    ``nothing-to-export`` (nothing was recognised).
    """
    if record.tuva_plan or record.target.kind is TargetKind.TUVA_PART:
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
    if record.decided is Decided.PART:
        raise Conflict(
            "whole-area-only", "eHOKS takes a whole area: print the decision, or take its row.", field="decision"
        )
    require_whole(record, _SYSTEM)
    area, to_fill = _area(record)
    unit: dict[str, Json] = {
        "tutkinnon-osa-koodi-uri": record.target.unit_uri,
        "koulutuksen-jarjestaja-oid": record.school.provider_oid,
        "osa-alueet": [area],
    }
    if record.target.unit_version is None:
        to_fill.insert(0, _UNIT_VERSION)
    else:
        unit["tutkinnon-osa-koodi-versio"] = record.target.unit_version
    return Export(_SYSTEM, {"aiemmin-hankitut-yhteiset-tutkinnon-osat": [unit]}, tuple(to_fill))


def _area(record: DecisionRecord) -> tuple[dict[str, Json], list[ToFill]]:
    """Return the area with how it was verified, and what else the schema asks for with that process."""
    target = record.target
    area: dict[str, Json] = {
        "osa-alue-koodi-uri": target.uri,
        "osa-alue-koodi-versio": target.version,
        "koulutuksen-jarjestaja-oid": record.school.provider_oid,
    }
    to_fill = [ToFill(f"{_PROCESS}-versio", "school", "The version of that code in the national code service.")]
    if record.process_code is not None:
        area[_PROCESS_URI] = record.process_code
    else:
        why = f"The code (osaamisentodentamisenprosessi) of the process {record.process.value!r}: the school confirms which one it is."
        to_fill.insert(0, ToFill(f"{_PROCESS}-uri", "school", why))
    if record.process is Process.BY_ASSESSORS:
        area["tarkentavat-tiedot-osaamisen-arvioija"] = _assessed(record)
        if record.sent_for_assessment_on is None:
            to_fill.append(_SENT_ON)
    elif record.process is Process.BY_DEMONSTRATION:
        to_fill += [ToFill(f"{_DEMONSTRATION}.{name}", "teacher", why) for name, why in _OF_DEMONSTRATION.items()]
    return area, to_fill


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
