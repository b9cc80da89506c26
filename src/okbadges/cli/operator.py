"""The person at the command line as a caller: who may do everything, for every organisation."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from okbadges.cli.opened import OPERATOR
from okbadges.organisations.access_keys import Caller
from okbadges.organisations.roles import Role, Scope
from okbadges.organisations.workshops import all_organisations

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms


class Operator(Caller):
    """Somebody who needs no access key: they have the database and the secret."""

    @property
    def actor(self) -> str:
        """Return how the operator is named in the journal."""
        return OPERATOR


def operator_of(rooms: Rooms) -> Operator:
    """Return the caller for a command."""
    with rooms.database.read() as session:
        organisations = {one.slug: one for one in all_organisations(session)}
    return Operator(uuid.UUID(int=0), OPERATOR, organisations, frozenset(Scope), Role.ADMINISTRATOR)
