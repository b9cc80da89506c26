"""Koski: a recognised area, or part of TUVA, as a performance with ``tunnustettu``, by the field names of its data model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.errors import Conflict
from okbadges.recognition.exports.shape import Export, ToFill, require_whole
from okbadges.recognition.record import TargetKind

if TYPE_CHECKING:
    from decimal import Decimal

    from okbadges.credentials.strict_json import Json
    from okbadges.recognition.record import DecisionRecord

_SYSTEM = "Koski"
_OSP, _WEEKS = "6", "8"
"""Codes of ``opintojenlaajuusyksikko``: competence points, weeks."""
_LANGUAGE_AREAS = ("VVAI", "VVTK", "VVVK")
"""Areas, with any suffix of a generation, that say which language they are about."""
_TUVA_TYPE, _OTHER_TUVA_TYPES = (
    "tutkintokoulutukseenvalmentava",
    ("tuvaperusopetus", "tuvalukiokoulutus", "tuvaammatillinenkoulutus"),
)
"""Types of the performance of a part of TUVA; elective studies have the first one, every other part any of the four."""
_ELECTIVE_STUDIES = "104"


def to_koski(record: DecisionRecord) -> Export:
    """Return a decision to recognise the whole of an area, or a part of TUVA, as a performance of Koski.

    Raises `Conflict`: ``not-for-koski`` (a vocational unit is recorded otherwise), ``nothing-to-export`` (not the whole).
    """
    if record.target.kind is TargetKind.VOCATIONAL_UNIT:
        raise Conflict(
            "not-for-koski",
            "A small part of a vocational unit is recorded in Koski under a local code of the school; print the decision for that.",
            field="decision",
        )
    require_whole(record, _SYSTEM)
    is_area = record.target.kind is TargetKind.COMMON_AREA
    module, to_fill = _module(record, is_area=is_area)
    performance: dict[str, Json] = {
        "koulutusmoduuli": module,
        "tunnustettu": {"selite": _grounds(record), "rahoituksenPiirissä": record.funded},
    }
    if is_area:
        performance["tyyppi"] = _code("ammatillisentutkinnonosanosaalue", "suorituksentyyppi")
    elif record.target.code == _ELECTIVE_STUDIES:
        performance["tyyppi"] = _code(_TUVA_TYPE, "suorituksentyyppi")
    else:
        to_fill.append(ToFill("tyyppi", "student-register", f"One of {', '.join((_TUVA_TYPE, *_OTHER_TUVA_TYPES))}."))
    if record.grade is None:
        to_fill.append(
            ToFill("arviointi", "teacher", "The grade is decided later; until then the performance is not complete.")
        )
    else:
        performance["arviointi"] = [_assessment(record)]
    to_fill.append(ToFill("suorituskieli", "student-register", "The language in which the student studies."))
    return Export(_SYSTEM, performance, tuple(to_fill))


def _module(record: DecisionRecord, *, is_area: bool) -> tuple[dict[str, Json], list[ToFill]]:
    target, to_fill = record.target, list[ToFill]()
    module: dict[str, Json] = {
        "tunniste": _code(target.code, "ammatillisenoppiaineet" if is_area else "koulutuksenosattuva"),
    }
    if is_area:
        module["pakollinen"] = target.compulsory
    amount = record.recognised_osp if is_area else record.recognised_weeks
    if amount is None:
        unit = "competence points" if is_area else "weeks"
        to_fill.append(
            ToFill(
                "koulutusmoduuli.laajuus",
                "school",
                f"The size in {unit}: it is not known here, and the decision does not say it.",
            )
        )
    else:
        module["laajuus"] = {
            "arvo": _number(amount),
            "yksikkö": _code(_OSP if is_area else _WEEKS, "opintojenlaajuusyksikko"),
        }
    if is_area and target.code.rstrip("0123456789") in _LANGUAGE_AREAS:
        if target.language is None:
            to_fill.append(ToFill("koulutusmoduuli.kieli", "teacher", "Which language the area is about."))
        else:
            module["kieli"] = _code(target.language.upper(), "kielivalikoima")
    return module, to_fill


def _assessment(record: DecisionRecord) -> dict[str, Json]:
    is_area = record.target.kind is TargetKind.COMMON_AREA
    """Return the grade. The assessors of an area are named; the assessment of a part of TUVA has no field for them."""
    grade = "Hyväksytty" if record.grade == "passed" else str(record.grade)
    assessment: dict[str, Json] = {
        "arvosana": _code(grade, "arviointiasteikkoammatillinen15" if is_area else "arviointiasteikkotuva"),
        "päivä": record.decided_on.isoformat(),
    }
    if is_area:
        assessment["arvioitsijat"] = [{"nimi": one.name} for one in (record.decider, *record.assessors)]
    return assessment


def _grounds(record: DecisionRecord) -> dict[str, Json]:
    return {language: words for language, words in record.grounds.model_dump().items() if words and language != "se"}


def _code(value: str, code_set: str) -> dict[str, Json]:
    return {"koodiarvo": value, "koodistoUri": code_set}


def _number(amount: Decimal | int) -> Json:
    """Return a size as JSON writes it: 2 and not 2.0."""
    return int(amount) if amount == int(amount) else float(amount)
