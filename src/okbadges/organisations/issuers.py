"""Issuers: a neutral joint name with a DID of its own, under which several organisations issue.

An issuer's slug is part of its DID and of every address in its credentials: it is never reused and never changed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import select

from okbadges.credentials.dids import did_web_from_base
from okbadges.errors import Conflict, InvalidInput, NotFound
from okbadges.storage import journal
from okbadges.storage.tables import IssuerRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.credentials.strict_json import Json
    from okbadges.storage.journal import Stamp
    from okbadges.storage.writer import Writer

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Issuer:
    """An issuer as the other rooms see it."""

    id: uuid.UUID
    slug: str
    name: str
    url: str
    description: str | None
    did: str

    def profile(self) -> dict[str, Json]:
        """Return the OB 3.0 `Profile` that goes into every credential (checklist 1.2)."""
        profile: dict[str, Json] = {"id": self.did, "type": ["Profile"], "name": self.name, "url": self.url}
        if self.description:
            profile["description"] = self.description
        return profile


def check_slug(slug: str, *, field: str) -> str:
    """Return a slug that can stand in an address; refuse any other."""
    if not _SLUG.fullmatch(slug):
        raise InvalidInput(
            "slug",
            "A slug has 1 to 48 small letters (a to z), digits and hyphens, and no hyphen at its ends: for example kemi-cafe.",
            field=field,
        )
    return slug


def create_issuer(
    writer: Writer,
    stamp: Stamp,
    *,
    slug: str,
    name: str,
    url: str,
    description: str | None,
    base_url: str,
) -> Issuer:
    """Create an issuer with its DID (keys are added by `okbadges.issuing.keyring`). Raises `Conflict` for a used slug."""
    check_slug(slug, field="slug")
    row = IssuerRow(
        id=stamp.row_id(),
        slug=slug,
        name=name,
        url=url,
        description=description,
        did=did_web_from_base(base_url, "issuers", slug),
        home_url=base_url,
        created_at=stamp.now,
    )

    def change(connection: Connection) -> None:
        taken = connection.execute(select(IssuerRow.id).where(IssuerRow.slug == slug)).first()
        if taken:
            raise Conflict("issuer-exists", f"There is already an issuer {slug}; a slug is never reused.", field="slug")
        add(connection, row)
        event = journal.Event(chain=slug, action="issuer.created", subject=row.did)
        journal.append(connection, stamp, event)

    writer.write(change)
    return _issuer(row)


def find_issuer(session: Session, slug: str) -> Issuer:
    """Return the issuer with this slug, or raise `NotFound`."""
    row = session.exec(select(IssuerRow).where(IssuerRow.slug == slug)).one_or_none()
    if row is None:
        raise NotFound("unknown-issuer", f"There is no issuer {slug}.", field="issuer")
    return _issuer(row)


def issuer_by_id(session: Session, issuer_id: uuid.UUID) -> Issuer:
    """Return the issuer of a row that refers to it."""
    return _issuer(session.get_one(IssuerRow, issuer_id))


def all_issuers(session: Session) -> list[Issuer]:
    """Return every issuer, in order of slug."""
    return [_issuer(row) for row in session.exec(select(IssuerRow).order_by(IssuerRow.slug))]


def _issuer(row: IssuerRow) -> Issuer:
    return Issuer(id=row.id, slug=row.slug, name=row.name, url=row.url, description=row.description, did=row.did)
