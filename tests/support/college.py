"""A vocational college as it meets okbadges: an organisation with its OIDs, and Tuula who teaches there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from okbadges.organisations.access_keys import WantedKey, create_access_key
from okbadges.organisations.issuers import create_issuer
from okbadges.organisations.members import create_member
from okbadges.organisations.roles import Role
from okbadges.organisations.workshops import create_organisation, find_organisation
from okbadges.recognition.providers import note_provider

if TYPE_CHECKING:
    import uuid

    from okbadges.organisations.issuers import Issuer
    from okbadges.recognition.providers import EducationProvider
    from support.world import World

PROVIDER_OID = "1.2.246.562.10.20516711478"
INSTITUTION_OID = "1.2.246.562.10.63813695861"


@dataclass(frozen=True, slots=True)
class College:
    """Lappia, and Tuula's access key there."""

    provider: EducationProvider
    tuula_id: uuid.UUID
    key: str

    @property
    def as_tuula(self) -> dict[str, str]:
        """Return the headers with which Tuula's program calls."""
        return {"Authorization": f"Bearer {self.key}"}


def new_college(world: World, slug: str = "lappia", *, own_issuer: bool = False) -> College:
    """Make a college with a teacher, under Kemi's issuer or one of its own."""
    rooms, stamp = world.rooms, world.rooms.stamp("test")
    with rooms.database.read() as session:
        issuer_id = find_organisation(session, "kemi").issuer_id
    if own_issuer:
        issuer_id = new_issuer(world, slug).id
    organisation = create_organisation(rooms.writer, stamp, issuer_id=issuer_id, slug=slug, name="Ammattiopisto Lappia")
    # every school has its own
    oid = INSTITUTION_OID if slug == "lappia" else f"1.2.246.562.10.{int.from_bytes(slug.encode()[:8])}"
    provider = note_provider(rooms.writer, stamp, organisation, provider_oid=PROVIDER_OID, institution_oid=oid)
    tuula = create_member(
        rooms.writer, stamp, rooms.secrets, organisation=organisation, role=Role.TEACHER, name="Tuula Opettaja"
    )
    wanted = WantedKey("recognition", [organisation], [], world.clock() + timedelta(days=30), Role.TEACHER, tuula.id)
    return College(provider, tuula.id, create_access_key(rooms.writer, stamp, rooms.secrets, wanted))


def new_issuer(world: World, slug: str) -> Issuer:
    """Make an issuer with its keys, as an operator does."""
    rooms, stamp = world.rooms, world.rooms.stamp("test")
    issuer = create_issuer(
        rooms.writer,
        stamp,
        slug=slug,
        name="Ammattiopisto Lappia",
        url="https://lappia.example",
        description=None,
        base_url=rooms.base_url,
    )
    with rooms.database.read() as session:
        rooms.keyring.add_first_keys(session, rooms.writer, stamp, issuer)
    return issuer
