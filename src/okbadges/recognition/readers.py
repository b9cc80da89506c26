"""Who may read what a school decided: its teachers, and those who administer and audit it. Deciding is the teachers' alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from okbadges.organisations.roles import Role
from okbadges.recognition.providers import find_provider

if TYPE_CHECKING:
    from sqlmodel import Session

    from okbadges.organisations.sign_ins import SignedIn

READER_ROLES: Final = (Role.TEACHER, Role.ADMINISTRATOR, Role.AUDITOR)
"""A secretary who takes decisions along is made an auditor of the school."""


def reads_decisions(session: Session, who: SignedIn) -> bool:
    """Tell whether somebody belongs to a school, and to those of it who may read its decisions."""
    return who.caller.role in READER_ROLES and find_provider(session, who.organisation) is not None
