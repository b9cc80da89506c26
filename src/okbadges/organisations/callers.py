"""Callers: who asks for something, in which role and for which organisations; by an access key, or signed in on a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.errors import NotAllowed

if TYPE_CHECKING:
    import uuid

    from okbadges.organisations.roles import Role, Scope
    from okbadges.organisations.workshops import Organisation


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: for which organisations (by slug), with which scopes, in which role.

    ``actor`` is how the journal names them: ``access-key:…`` or ``member:…``. ``member_id`` is the person; None for a program.
    """

    actor: str
    organisations: dict[str, Organisation]
    scopes: frozenset[str]
    role: Role
    member_id: uuid.UUID | None

    def require(self, scope: Scope) -> None:
        """Raise `NotAllowed` unless the caller has the scope."""
        if scope not in self.scopes:
            raise NotAllowed(
                "scope-missing",
                f"This needs the scope {scope}, and you do not have it here. Ask the administrator of your organisation for it.",
                field="Authorization",
            )

    def organisation(self, slug: str) -> Organisation:
        """Return the organisation the caller may act for, or raise `NotAllowed` (also when there is no such organisation)."""
        found = self.organisations.get(slug)
        if found is None:
            raise NotAllowed(
                "organisation-not-allowed",
                f"You may not act for the organisation {slug!r} here; you may for: {', '.join(sorted(self.organisations))}.",
                field="organisation",
            )
        return found
