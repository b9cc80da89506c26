"""The person at the command line as a caller: who may do everything, for every organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.cli.opened import OPERATOR
from okbadges.organisations.callers import Caller
from okbadges.organisations.roles import Role, Scope
from okbadges.organisations.workshops import all_organisations

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms


def operator_of(rooms: Rooms) -> Caller:
    """Return the caller for a command: somebody who needs no access key, as they have the database and the secret."""
    with rooms.database.read() as session:
        organisations = {one.slug: one for one in all_organisations(session)}
    return Caller(OPERATOR, organisations, frozenset(Scope), Role.ADMINISTRATOR, None)
