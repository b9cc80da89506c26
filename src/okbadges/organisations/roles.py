"""Who may do what: the scopes that an access key can have, and the roles that say which of them it may be given."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from okbadges.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Scope(StrEnum):
    """What an access key may do, within its organisations."""

    ISSUE = "credentials:issue"
    READ = "credentials:read"
    REVOKE = "credentials:revoke"
    """Revoke, reissue and renew."""
    VC_API = "vc-api:issue"
    """Sign whatever badge is handed in, in the name of the organisation's issuer."""
    GROUPS = "groups:manage"
    """Groups, their participants and labels: a member's own groups, an administrator's all (but no labels)."""
    PROGRESS = "progress:manage"
    """Steps and evidence of the participants in one's groups."""
    CONFIRM = "awards:confirm"
    """The second person's word for a summary badge."""
    RECOGNISE = "recognition:decide"
    """What badges mean in a student's requirements, and what the school decides about it."""
    ADMINISTER = "organisation:administer"
    """Workshops, recognition records, members, access keys, erasure."""
    AUDIT = "audit:read"
    """The journal, and the metrics."""


class Role(StrEnum):
    """What a member, or the program behind an access key, is to its organisation."""

    ADMINISTRATOR = "administrator"
    INSTRUCTOR = "instructor"
    TEACHER = "teacher"
    PARTNER = "partner"
    AUDITOR = "auditor"


MEMBER_ROLES = (Role.ADMINISTRATOR, Role.INSTRUCTOR, Role.TEACHER, Role.AUDITOR)
"""The roles of people. A partner is a program of somebody else."""

_INSTRUCTOR = frozenset({Scope.ISSUE, Scope.READ, Scope.REVOKE, Scope.GROUPS, Scope.PROGRESS, Scope.CONFIRM})

ALLOWED: Mapping[Role, frozenset[Scope]] = MappingProxyType(
    {
        Role.ADMINISTRATOR: frozenset({*_INSTRUCTOR, Scope.ADMINISTER, Scope.AUDIT}),
        Role.INSTRUCTOR: _INSTRUCTOR,
        Role.TEACHER: frozenset({Scope.CONFIRM, Scope.RECOGNISE}),
        Role.PARTNER: frozenset({Scope.ISSUE, Scope.READ, Scope.REVOKE, Scope.VC_API}),
        Role.AUDITOR: frozenset({Scope.AUDIT}),
    }
)
"""The most that a key of each role may be given; without a choice it gets all of it (a partner chooses)."""


def scopes_for(role: Role, wanted: Iterable[Scope]) -> frozenset[Scope]:
    """Return the scopes of a new key. Raises `InvalidInput` for a scope that the role does not allow, or for none at all."""
    chosen = frozenset(wanted)
    if not chosen:
        if role is Role.PARTNER:
            raise InvalidInput(
                "scope-missing", "Say what the partner's key may do: at least one scope.", field="scopes"
            )
        return ALLOWED[role]
    beyond = sorted(chosen - ALLOWED[role])
    if beyond:
        raise InvalidInput(
            "scope-not-for-role",
            f"A key of the role {role} may not have {', '.join(beyond)}; it may have: {', '.join(sorted(ALLOWED[role]))}.",
            field="scopes",
        )
    return chosen
