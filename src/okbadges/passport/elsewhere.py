"""Elsewhere: an issuer that was handed over took along what it kept about people. Here it is erased here; there, only its new home can."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from okbadges.storage import journal
from okbadges.storage.tables import IssuerRow, OrganisationRow

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.organisations.workshops import Organisation


@dataclass(frozen=True, slots=True)
class NewHome:
    """Where an issuer is that was handed over, and the name of the organisation that people know."""

    organisation: str
    issuer: str
    home_url: str


def new_homes(session: Session, organisations: Collection[uuid.UUID]) -> list[NewHome]:
    """Return the new homes of the issuers of these organisations (their keys), in order of name; none for who is still here."""
    rows = session.exec(
        select(OrganisationRow.name, IssuerRow.name, IssuerRow.home_url)
        .join(IssuerRow, col(IssuerRow.id) == OrganisationRow.issuer_id)
        .where(col(OrganisationRow.id).in_(organisations), col(IssuerRow.handed_over_at).is_not(None))
        .order_by(col(OrganisationRow.name))
    )
    return [NewHome(*row) for row in rows]


def chain_here(connection: Connection, organisation: Organisation) -> str:
    """Return the journal chain that tells of an erasure: that of the issuer; where it was handed over, the installation's own."""
    still_here = select(IssuerRow.slug).where(
        IssuerRow.id == organisation.issuer_id, col(IssuerRow.handed_over_at).is_(None)
    )
    slug: str | None = connection.execute(still_here).scalar_one_or_none()
    return slug or journal.INSTALLATION_CHAIN
