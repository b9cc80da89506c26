"""Making a group by its name alone, as one does on a phone: its slug follows from the name, and is one that nobody has."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from okbadges.errors import Conflict
from okbadges.organisations.groups import WantedGroup, create_group

if TYPE_CHECKING:
    import uuid

    from okbadges.organisations.groups import Group
    from okbadges.organisations.workshops import Organisation, Workshop
    from okbadges.storage.journal import Stamp
    from okbadges.storage.writer import Writer

_LONGEST = 40
_MOST_OF_A_NAME = 99


def create_named_group(
    writer: Writer, stamp: Stamp, *, organisation: Organisation, workshop: Workshop, leader_id: uuid.UUID, name: str
) -> Group:
    """Create a group with the first slug that is free for its name: ``kahvila-syksy``, ``kahvila-syksy-2``. Raises as `create_group`."""
    stem = slug_of(name) or workshop.slug
    number = 1
    while True:
        slug = stem if number == 1 else f"{stem}-{number}"
        try:
            return create_group(
                writer, stamp, organisation=organisation, wanted=WantedGroup(workshop, leader_id, slug, name)
            )
        except Conflict as taken:
            if taken.code != "group-exists" or number == _MOST_OF_A_NAME:
                raise
        number += 1


def slug_of(name: str) -> str:
    """Return what of a name can stand in a slug; nothing for a name without a Latin letter or a digit.

    >>> slug_of("  Kahvila, syksy / Öljymäki ")
    'kahvila-syksy-oljymaki'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST].strip("-")
