"""Education providers: organisations whose teachers may decide about credit, known by their OIDs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete
from sqlmodel import col, select

from okbadges.errors import Conflict, InvalidInput, NotAllowed
from okbadges.organisations.workshops import chain_of
from okbadges.recognition.record import Process
from okbadges.storage import journal
from okbadges.storage.tables import EducationProviderRow, OrganisationRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.organisations.workshops import Organisation
    from okbadges.storage.journal import Stamp
    from okbadges.storage.writer import Writer

_OID = re.compile(r"1\.2\.246\.562\.10\.[0-9]{1,20}")
"""The OID of an organisation, as far as eHOKS takes it; what is beside 1.2.246.562.10 are people, studies and other things."""
_PROCESS_CODE = re.compile(r"osaamisentodentamisenprosessi_[0-9]{4}")


@dataclass(frozen=True, slots=True)
class EducationProvider:
    """An organisation as a school that decides. ``process_codes`` are empty where it has not confirmed them."""

    organisation: Organisation
    provider_oid: str
    institution_oid: str | None
    process_codes: tuple[str, ...]

    def process_code(self, process: Process) -> str | None:
        """Return the code of a verification process, as the school confirmed it; None where it has not."""
        return self.process_codes[list(Process).index(process)] if self.process_codes else None


def note_provider(
    writer: Writer,
    stamp: Stamp,
    organisation: Organisation,
    *,
    provider_oid: str,
    institution_oid: str | None = None,
    process_codes: Sequence[str] = (),
) -> EducationProvider:
    """Note that an organisation is an education provider, or correct what was noted; the same again changes nothing.

    Only the operator does. Raises `InvalidInput`: ``oid``, ``process-codes``; `Conflict` (``oid-noted``): another one is this school.
    """
    _check(provider_oid, institution_oid, process_codes)
    row = EducationProviderRow(
        organisation_id=organisation.id,
        provider_oid=provider_oid,
        institution_oid=institution_oid,
        process_codes=" ".join(process_codes) or None,
        noted_at=stamp.now,
    )

    def change(connection: Connection) -> None:
        _require_free(connection, organisation, institution_oid)
        its = col(EducationProviderRow.organisation_id) == organisation.id
        there = connection.execute(select(EducationProviderRow).where(its)).one_or_none()
        if there is not None:
            said = row.model_dump(exclude={"noted_at"})
            if said == {name: getattr(there, name) for name in said}:
                return
            connection.execute(delete(EducationProviderRow).where(its))
        add(connection, row)
        details = {"provider_oid": provider_oid, "institution_oid": institution_oid}
        about = {"action": "education-provider.noted", "subject": f"organisation:{organisation.slug}"}
        journal.append(
            connection, stamp, journal.Event(chain=chain_of(connection, organisation), **about, details=details)
        )

    writer.write(change)
    return EducationProvider(organisation, provider_oid, institution_oid, tuple(process_codes))


def provider_of(session: Session, organisation: Organisation) -> EducationProvider:
    """Return an organisation as the school that it is. Raises `NotAllowed` (``not-a-school``)."""
    found = find_provider(session, organisation)
    if found is None:
        raise NotAllowed(
            "not-a-school",
            f"{organisation.slug} is not noted as an education provider, and only those decide about credit. "
            "The operator notes its OIDs: okbadges organisation education-provider",
            field="organisation",
        )
    return found


def find_provider(session: Session, organisation: Organisation) -> EducationProvider | None:
    """Return an organisation as the school that it is; None where it is not noted as one."""
    row = session.get(EducationProviderRow, organisation.id)
    if row is None:
        return None
    return EducationProvider(
        organisation, row.provider_oid, row.institution_oid, tuple((row.process_codes or "").split())
    )


def _require_free(connection: Connection, organisation: Organisation, institution_oid: str | None) -> None:
    """Raise `Conflict` where another organisation is this school. Several schools can be of one education provider."""
    its = (
        select(OrganisationRow.slug)
        .join(EducationProviderRow, col(EducationProviderRow.organisation_id) == OrganisationRow.id)
        .where(EducationProviderRow.institution_oid == institution_oid, OrganisationRow.id != organisation.id)
    )
    other = connection.execute(its).first() if institution_oid is not None else None
    if other is not None:
        raise Conflict(
            "oid-noted",
            f"The school {institution_oid} is noted as {other.slug} already: let its teachers be members there. "
            f"If that is a mistake, note {other.slug} with its own OID first.",
            field="institution_oid",
        )


def _check(provider_oid: str, institution_oid: str | None, process_codes: Sequence[str]) -> None:
    for field, oid in (("provider_oid", provider_oid), ("institution_oid", institution_oid)):
        if oid is not None and not _OID.fullmatch(oid):
            raise InvalidInput(
                "oid",
                "The OID of an organisation looks like 1.2.246.562.10.12345678901; look it up in the register of organisations (Opintopolku).",
                field=field,
            )
    are_codes = all(map(_PROCESS_CODE.fullmatch, process_codes))
    if process_codes and not (len(set(process_codes)) == len(process_codes) == len(Process) and are_codes):
        raise InvalidInput(
            "process-codes",
            "Give three different codes like osaamisentodentamisenprosessi_0001: for directly, by assessors, by demonstration; or none.",
            field="process_codes",
        )
