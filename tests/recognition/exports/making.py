"""Decisions to export."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from okbadges.catalogue.texts import OfficialName, Texts
from okbadges.recognition.record import (
    Decided,
    DecisionRecord,
    Matched,
    Person,
    Process,
    Requirements,
    School,
    Target,
    TargetKind,
)
from support.college import INSTITUTION_OID, PROVIDER_OID

YTTT = Target(
    kind=TargetKind.COMMON_AREA,
    uri="ammatillisenoppiaineet_yttt",
    code="YTTT",
    version=2,
    name=OfficialName(fi="Työelämässä toimiminen"),
    unit_uri="tutkinnonosat_106729",
    unit_version=None,
    unit_name=OfficialName(fi="Yhteiskunta- ja työelämäosaaminen"),
    osp=Decimal(2),
)
TUVA = Target(
    kind=TargetKind.TUVA_PART,
    uri="koulutuksenosattuva_102",
    code="102",
    version=1,
    name=OfficialName(fi="Työelämätaidot"),
    unit_uri=None,
    unit_version=None,
    unit_name=None,
    osp=None,
)


def decision(target: Target = YTTT, **changes: Any) -> DecisionRecord:
    """Return a decision that recognises the whole of an area."""
    usual: dict[str, Any] = {
        "id": uuid.UUID(int=1),
        "decided_at": datetime(2026, 11, 21, 12, tzinfo=UTC),
        "decided_on": date(2026, 11, 21),
        "school": School(name="Lappia", provider_oid=PROVIDER_OID, institution_oid=INSTITUTION_OID),
        "decider": Person(name="Tuula Opettaja", title="opettaja"),
        "requirements": Requirements(generation="2022", diary_number=None, version=None, begins_on=None),
        "target": target,
        "decided": Decided.FULL,
        "recognised_osp": Decimal(2),
        "grade": "passed",
        "process": Process.DIRECTLY,
        "process_code": None,
        "grounds": Texts(fi="Seitsemän merkkiä.", sv="Sju märken."),
        "badges": (),
        "matched": Matched.MATCH_CODE,
    }
    return DecisionRecord(**{**usual, **changes})
