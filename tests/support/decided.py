"""Decisions in tests: a college that decided about somebody's badges, as its teacher's page would keep it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from okbadges.catalogue.shelf import badge_by_row_id
from okbadges.catalogue.texts import OfficialName, Texts
from okbadges.recognition.decisions import Kept, keep_decision
from okbadges.recognition.record import (
    BadgeSeen,
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
from okbadges.storage.tables import CredentialRow
from okbadges.verification.report import Verdict
from support.college import INSTITUTION_OID, PROVIDER_OID

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Mapping

    from okbadges.storage.writer import Writer
    from support.college import College
    from support.sharing import Sharer
    from support.world import World

YTTT = Target(
    kind=TargetKind.COMMON_AREA,
    uri="ammatillisenoppiaineet_yttt",
    code="YTTT",
    version=1,
    name=OfficialName(fi="Työelämässä toimiminen", sv="Att verka i arbetslivet", en="Operating in the world of work"),
    unit_uri="tutkinnonosat_106729",
    unit_version=1,
    unit_name=OfficialName(fi="Yhteiskunta- ja työelämäosaaminen"),
    osp=Decimal(2),
)
YTYK = YTTT.model_copy(update={"uri": "ammatillisenoppiaineet_ytyk", "code": "YTYK"})
VVTD = YTTT.model_copy(update={"uri": "ammatillisenoppiaineet_vvtd", "code": "VVTD"})
NEXT_STEP = Texts(fi="Näytä vielä, miten teet työsopimuksen.", sv="Visa ännu hur du gör ett arbetsavtal.")


def decide(
    world: World,
    college: College,
    sani: Sharer,
    *,
    decided: Decided = Decided.FULL,
    link: uuid.UUID | None = None,
    bars: Mapping[str, str] | None = None,
    only: Collection[str] | None = None,
    matter: Collection[str] = (),
    writer: Writer | None = None,
    **changes: Any,
) -> DecisionRecord:
    """Let Tuula decide about YTTT on somebody's badges (``only`` some of them) and keep it; ``bars`` say by badge why one does not count.

    ``matter`` are the URIs of the same in all requirements; ``writer`` is another one than the world's.
    """
    stamp = world.rooms.stamp(f"member:{college.tuula_id}")
    bars = bars or {}
    seen, barred = _seen(world, [row for badge, row in sani.rows.items() if only is None or badge in only], bars)
    recognises = decided in (Decided.FULL, Decided.PART)
    usual: dict[str, Any] = {
        "id": stamp.row_id(),
        "decided_at": stamp.now,
        "decided_on": stamp.now.date(),
        "school": School(name="Ammattiopisto Lappia", provider_oid=PROVIDER_OID, institution_oid=INSTITUTION_OID),
        "decider": Person(name="Tuula Opettaja", title="opettaja"),
        "requirements": Requirements(generation="2022", diary_number=None, version=None, begins_on=None),
        "target": YTTT,
        "decided": decided,
        "recognised_osp": Decimal({Decided.FULL: 2, Decided.PART: 1}[decided]) if recognises else None,
        "grade": "passed" if decided is Decided.FULL else None,
        "process": Process.DIRECTLY,
        "process_code": None,
        "grounds": Texts(fi="Merkit ja työpajan raportti.", sv="Märkena och verkstadens rapport."),
        "next_step": NEXT_STEP if decided is Decided.NOT_NOW else None,
        "badges": seen,
        "matched": Matched.MATCH_CODE,
    }
    record = DecisionRecord(**{**usual, **changes})
    kept = Kept(college.provider.organisation, college.tuula_id, sani.participant, link)
    keep_decision(writer or world.rooms.writer, stamp, world.rooms.secrets, record, kept, bars=barred, matter=matter)
    return record


def _seen(
    world: World, keys: Collection[uuid.UUID], bars: Mapping[str, str]
) -> tuple[tuple[BadgeSeen, ...], dict[str, str]]:
    """Return these credentials as a decision keeps them, and by credential id why those do not count that do not."""
    with world.rooms.database.read() as session:
        rows = session.exec(
            select(CredentialRow).where(col(CredentialRow.id).in_(keys)).order_by(col(CredentialRow.id))
        )
        found = [(row, badge_by_row_id(session, row.badge_version_id, row.language)[0]) for row in rows]
    seen = tuple(
        BadgeSeen(
            credential_id=row.credential_id,
            document_hash=row.document_hash,
            name=badge.name.fi,
            issuer="OK! osaamismerkit",
            badge=badge.slug,
            badge_version=badge.version,
            verdict=Verdict.VALID,
            awarded_on=row.awarded_on,
            counted=badge.slug not in bars,
            report_id="OTT-2026-7",
            report_url=None,
            recognised_by=None,
        )
        for row, badge in found
    )
    return seen, {row.credential_id: bars[badge.slug] for row, badge in found if badge.slug in bars}
