"""Issuers: a neutral joint name with a DID of its own, under which several organisations issue.

An issuer's slug is part of every address in its credentials, and of its DID unless it has a domain of its own: it is never
reused and never changed, and neither is the domain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from okbadges.credentials.dids import did_web_from_base, did_web_to_url
from okbadges.errors import Conflict, CredentialError, InvalidInput, NotFound
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
    home_url: str
    """Where its did document and status lists are, and the badges that its credentials name."""

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
    domain: str | None = None,
) -> Issuer:
    """Create an issuer with its DID (`okbadges.keys.keyring` makes its keys), under ``base_url`` or at a domain of its own.

    Raises `InvalidInput` (``slug``, ``domain``) and `Conflict` for a slug or a domain that is taken.
    """
    check_slug(slug, field="slug")
    did, home_url = (did_web_from_base(base_url, "issuers", slug), base_url) if domain is None else _at(domain)
    row = IssuerRow(
        id=stamp.row_id(),
        slug=slug,
        name=name,
        url=url,
        description=description,
        did=did,
        home_url=home_url,
        created_at=stamp.now,
    )

    def change(connection: Connection) -> None:
        taken = connection.execute(select(IssuerRow.id).where(IssuerRow.slug == slug)).first()
        if taken:
            raise Conflict("issuer-exists", f"There is already an issuer {slug}; a slug is never reused.", field="slug")
        if connection.execute(select(IssuerRow.id).where(IssuerRow.did == did)).first():
            raise Conflict("domain-taken", f"Another issuer has the domain {domain}.", field="domain")
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


def did_at(host: str) -> str:
    """Return the DID of an issuer whose own domain is ``host``, which can be written in many ways."""
    return f"did:web:{host.lower().removesuffix(':443').replace(':', '%3A')}"


def issuer_at(session: Session, host: str) -> Issuer:
    """Return the issuer whose own domain is the ``Host`` that a request names, or raise `NotFound`."""
    row = session.exec(select(IssuerRow).where(IssuerRow.did == did_at(host))).one_or_none()
    if row is None:
        raise NotFound("no-issuer-here", "No issuer has this domain for its own.")
    return _issuer(row)


def all_issuers(session: Session) -> list[Issuer]:
    """Return every issuer, in order of slug."""
    return [_issuer(row) for row in session.exec(select(IssuerRow).order_by(IssuerRow.slug))]


def homes_of_issuers(session: Session) -> frozenset[str]:
    """Return every address under which documents of our issuers are: their own domains, and the base URL of most.

    The domain of an issuer that was handed over leads to its new home, and is not ours any more.
    """
    ours = select(IssuerRow.home_url).where(col(IssuerRow.handed_over_at).is_(None)).distinct()
    return frozenset(session.exec(ours))


def _at(domain: str) -> tuple[str, str]:
    """Return the DID and the home of an issuer at a domain of its own; a port is for trying it out on this machine only."""
    did = f"did:web:{domain.replace(':', '%3A')}"
    try:
        home_url = did_web_to_url(did, loopback_http=True).removesuffix("/.well-known/did.json")
    except CredentialError:
        home_url = ""
    scheme, _, authority = home_url.partition("://")
    if not authority or authority != domain or (":" in domain and scheme == "https"):
        raise InvalidInput(
            "domain",
            "A domain has small letters, digits, hyphens and dots, and nothing else: for example badges.example.org.",
            field="domain",
        )
    return did, home_url


def _issuer(row: IssuerRow) -> Issuer:
    return Issuer(
        id=row.id,
        slug=row.slug,
        name=row.name,
        url=row.url,
        description=row.description,
        did=row.did,
        home_url=row.home_url,
    )
